"""Where a WSGI server enters: granian (`museum serve`) or gunicorn 'museum.web.entry:application()'."""

import os
from contextlib import ExitStack
from pathlib import Path

from museum import config
from museum.ingest.lock import serving
from museum.jobs.processes import end_with_parent
from museum.web import logs
from museum.web.app import Wsgi, wsgi
from museum.web.measuring import Measured

_in_use = ExitStack()


def application() -> Wsgi:
    """The application of the museum that MUSEUM_HOME (else the present folder) names."""
    end_with_parent()
    settings = config.load(Path(os.environ.get("MUSEUM_HOME") or Path.cwd()))
    _in_use.enter_context(serving(settings))  # as long as this process lives: no upgrade changes the schema under it
    logs.configure()
    return Measured(wsgi(settings))
