"""The one table error → status, and the pages that say it in both languages."""

import orjson
from flask import Flask, Response, current_app, g, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from museum.accounts.throttle import TooMany
from museum.errors import (
    BackendError,
    Conflict,
    Forbidden,
    Invalid,
    MuseumError,
    NotFound,
    SourceError,
    message_of,
)
from museum.web import language
from museum.web.context import museum
from museum.web.private import is_private
from museum.web.protection import EMBEDS
from museum.web.signing import Refused

STATUS: dict[type[MuseumError], int] = {
    NotFound: 404,
    Forbidden: 404,  # a visitor is not told that something hidden exists
    Invalid: 400,
    SourceError: 400,
    Conflict: 409,
    BackendError: 500,
}
_RETRY_S = 10
_HTTP_CODES = {404: "web.no_page", 405: "web.wrong_method", 400: "web.bad_request", 413: "web.too_large"}
_HEADINGS = {
    400: language.later("This cannot be answered"),
    403: language.later("This is not open to you"),
    404: language.later("Nothing stands here"),
    405: language.later("This cannot be answered"),
    409: language.later("This cannot be answered"),
    410: language.later("Taken out of the museum"),
    429: language.later("Too many attempts"),
    501: language.later("This museum does not offer that"),
    503: language.later("Too much at once"),
    500: language.later("Something broke on our side"),
}


class Gone(NotFound):
    """The thing was here and was taken away: a tombstone answers."""


class Moved(NotFound):
    """What stood at this address was merged into another: values `id` and `target`. Answered by 301 (RFC 9110 §15.4.2)
    to the same address with the other's identifier."""


class Private(Forbidden):
    """The thing is known and not public at present (oEmbed 1.0 §2.3.4 answers 401)."""


class NotAllowed(Forbidden):
    """A person whom we know asked for what their roles don't reach: they are told so."""


class NotOffered(Invalid):
    """A format or service that this museum does not offer."""


class Busy(BackendError):
    """Too much is asked for at this moment; later it will be answered."""


_OWN_STATUS: tuple[tuple[type[MuseumError], int], ...] = (
    (Gone, 410),
    (Private, 401),
    (NotAllowed, 403),
    (Refused, 403),
    (TooMany, 429),
    (NotOffered, 501),
    (Busy, 503),
)


def register(app: Flask) -> None:
    """Answer every error of ours, of Werkzeug and of the database with a page or with JSON."""
    app.register_error_handler(MuseumError, answer_error)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(SQLAlchemyError, _on_database)
    app.register_error_handler(Exception, _on_anything)


def status_of(error: MuseumError) -> int:
    """The HTTP status of one of our errors."""
    known = (*_OWN_STATUS, *STATUS.items())
    return next((status for kind, status in known if isinstance(error, kind)), 500)


def answer_error(error: MuseumError) -> Response:
    """The answer to one of our errors: a page, or JSON for programs."""
    if isinstance(error, Moved):
        return _lead_on(str(error.values["id"]), str(error.values["target"]))
    status = status_of(error)
    if isinstance(error, Forbidden) and status == 404 and is_private(request.path):
        status = 403  # among the museum's own people, what is refused may be named
    code = "web.no_page" if isinstance(error, Forbidden) and status == 404 else error.code
    return _answer(status, code, dict(error.values))


def _lead_on(old: str, new: str) -> Response:
    """The same address of what took its place: path and query, so that oEmbed's `url` follows too."""
    response = Response("", status=301, headers={"Location": request.full_path.rstrip("?").replace(old, new)})
    response.headers["Cache-Control"] = "public, max-age=60"  # a merge can be undone
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _on_http(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        redirect = error.get_response()
        assert isinstance(redirect, Response)
        return redirect
    code = _HTTP_CODES.get(status, "web.no_page" if status < 500 else "web.broken")
    return _answer(status, code, {"address": request.path, "method": request.method})


def _on_database(error: SQLAlchemyError) -> Response:
    current_app.logger.error("database", exc_info=error)  # without its words: they quote what was asked
    return _answer(500, "web.broken", {})


def _on_anything(error: Exception) -> Response:
    if current_app.testing:
        raise error
    current_app.logger.exception("unexpected", exc_info=error)
    return _answer(500, "web.broken", {})


def _answer(status: int, code: str, values: dict[str, object]) -> Response:
    if not hasattr(g, "language"):
        language.choose_language(museum().settings.language)
    if _wants_json():
        body = {"error": code, "vi": message_of(code, "vi", values), "en": message_of(code, "en", values)}
        response = Response(orjson.dumps(body), status=status, mimetype="application/json")
        response.headers["Access-Control-Allow-Origin"] = "*"
    else:
        page = render_template(
            "embed/error.html" if request.path.startswith(EMBEDS) else "pages/error.html",
            status=status,
            heading=language.say(_HEADINGS.get(status, _HEADINGS[500])),
            message=message_of(code, language.current(), values),
            other_message=message_of(code, language.other(), values),
        )
        response = Response(page, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "public, max-age=60" if status in (404, 410) else "no-store"
    if status == 429:
        response.headers["Retry-After"] = str(values.get("seconds", _RETRY_S))
    if status == 503:
        response.headers["Retry-After"] = str(_RETRY_S)
    return response


def _wants_json() -> bool:
    if request.path.startswith(("/api/", "/iiif/", "/oembed")) or request.path.endswith((".json", ".jsonld")):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"
