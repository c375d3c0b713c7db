"""Where a server enters: `museum serve`, or gunicorn 'museum.web.entry:application()'."""

import os
from contextlib import ExitStack
from pathlib import Path

from museum import config
from museum.ingest.lock import serving
from museum.jobs.processes import end_with_parent
from museum.web import app, logs
from museum.web.images import Site
from museum.web.measuring import Measured, Wsgi, count_tile

_in_use = ExitStack()


def application() -> Wsgi:
    """The application of the museum that MUSEUM_HOME (else the present folder) names."""
    return site().application


def site() -> Site:
    """The same for `museum serve`."""
    end_with_parent()
    settings = config.load(Path(os.environ.get("MUSEUM_HOME") or Path.cwd()))
    _in_use.enter_context(serving(settings))  # as long as this process lives: no upgrade changes the schema under it
    logs.configure()
    whole = app.site(settings, count=count_tile)
    return whole._replace(application=Measured(whole.application))
