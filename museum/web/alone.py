"""The image service alone, for a host that shares storage and database with the museum: `museum serve --only iiif`.

Images and /healthz, nothing else: no page, no manifest, no search, no job, no web framework. It reads only.
"""

import json
import logging
import os
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, event, text

from museum import config
from museum.config import Settings
from museum.db import open_engine, reading
from museum.errors import BackendError
from museum.iiif.answering import Answer
from museum.ingest.lock import serving
from museum.jobs.processes import end_with_parent
from museum.web import traces
from museum.web.images import Site, with_images
from museum.web.proxies import PATH, refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from museum.web.tiles import Gate

log = logging.getLogger("museum.alone")
_in_use = ExitStack()


def application() -> "WSGIApplication":
    """The images of the museum that MUSEUM_HOME (else the present folder) names, as WSGI."""
    return site().application


def site() -> Site:
    """The same for `museum serve`."""
    end_with_parent()
    configure_logging()
    settings = config.load(Path(os.environ.get("MUSEUM_HOME") or Path.cwd()))
    try:
        _in_use.enter_context(serving(settings))
    except BackendError:
        # Storage that this host may only read holds no lock: nothing here stops an upgrade of the schema.
        log.warning("the storage can't be written: stop this service by hand before `museum upgrade`")
    return images_only(settings, open_engine(settings.database))


def images_only(settings: Settings, engine: Engine) -> Site:
    """The images of one museum and /healthz; `engine` is for reading only from now on.

    Images on request are answered for under the museum's own address: the whole site, behind the same proxy, lets
    people in, and their cookie comes along. Under a path, or without opting in, they are unknown.
    """
    engine = only_reading(engine)

    def rest(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/healthz":
            return refuse(environ, start_response, 404, "image_route.only_images")
        with reading(engine) as session:
            session.execute(text("SELECT 1"))
        body = b"ok\n"
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response("200 OK", [*headers, ("Cache-Control", "no-store")])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    images = with_images(rest, settings, engine, has_prefix=True, gate=_gate(settings, engine))
    return images._replace(application=Guarded(images.application))


def _gate(settings: Settings, engine: Engine) -> "Gate | None":
    if not settings.images_on_request or urlsplit(settings.public_url).path.strip("/"):
        return None
    from museum.web.image_gate import gate_of  # people and their rights: only who needs them loads them

    gate = gate_of(settings, engine, ring=None)

    def answer(environ: "WSGIEnvironment", identifier: str, rest: str | None, version: int, url: str) -> Answer | None:
        return None if environ.get(PATH) else gate.answer(environ, identifier, rest, version, url)

    return answer


def only_reading(engine: Engine) -> Engine:
    """An engine over the same database whose transactions can't write."""
    if engine.dialect.name != "sqlite":
        return engine.execution_options(postgresql_readonly=True)
    event.listen(engine, "connect", _only_read)
    return engine


class Guarded:
    """WSGI: what `app` didn't expect is told to the log, without the asker's words, and answered with 500."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            return self._app(environ, start_response)
        except Exception:
            log.exception("a request failed")
            return refuse(environ, start_response, 500, "web.broken")


def configure_logging() -> None:
    """From now on everything logged in this process is a JSON line on standard error, as the whole site writes it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
        line["at"] = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line |= {"error": traces.types(error), "through": traces.places(error.__traceback__)}
        return json.dumps(line, ensure_ascii=False)


def _only_read(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only=ON")
