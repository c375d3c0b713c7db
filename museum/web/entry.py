"""Where a WSGI server enters: granian (`museum serve`) or gunicorn 'museum.web.entry:application()'."""

import os
from pathlib import Path

from museum import config
from museum.web.app import Wsgi, wsgi


def application() -> Wsgi:
    """The application of the museum that MUSEUM_HOME (else the present folder) names."""
    return wsgi(config.load(Path(os.environ.get("MUSEUM_HOME") or Path.cwd())))
