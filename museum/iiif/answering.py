"""An HTTP answer of the image service, and how refusals become one."""

import re
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from museum.errors import LANGUAGES, BackendError, Invalid, MuseumError, NotFound, message_of

Headers = list[tuple[str, str]]
METHODS = "GET, HEAD, OPTIONS"
CORS = ("Access-Control-Allow-Origin", "*")
NOSNIFF = ("X-Content-Type-Options", "nosniff")
_TAG = re.compile(r'"[^"]*"')
_LANGUAGES = tuple(sorted(LANGUAGES))  # English first: whoever calls by program reads the first line
_STATUS = {"image_request.busy": 503, "image_request.too_slow": 503, "image_request.too_many": 429}
_AGAIN = ("image_request.busy", "image_request.too_many")  # these say in how many seconds


class Answer(NamedTuple):
    """An HTTP answer; the body of a HEAD is already empty. A tuple, since it is made for each tile."""

    status: int
    headers: Headers
    body: bytes


def is_unchanged(etag: str, modified: str, *, if_none_match: str, if_modified_since: str) -> bool:
    """Whether the asker has it already (RFC 9110 §13.2.2: tags win over the date).

    Of the tags any of the list, weakly compared, or ``*``; a date that is none is ignored.
    """
    if if_none_match == etag:  # what browsers send
        return True
    if if_none_match:
        return if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)
    if not if_modified_since or if_modified_since == modified:
        return bool(if_modified_since)
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(if_modified_since)
    except (ValueError, TypeError):  # no date, or one without a zone
        return False


def other_method(method: str) -> Answer:
    """OPTIONS, or a method that is not for images."""
    if method == "OPTIONS":
        allowed = [("Access-Control-Allow-Methods", METHODS), ("Access-Control-Allow-Headers", "*")]
        headers = [CORS, *allowed, ("Access-Control-Max-Age", "86400"), ("Allow", METHODS)]
        return Answer(204, headers, b"")
    body = _words("image_request.method", {"value": method[:20], "known": METHODS})
    return Answer(405, [("Allow", METHODS), CORS, *_text(body)], body)


def refusal(error: MuseumError) -> Answer:
    """400, 404, 429, 501, 503 or 500, with the error's words in English and Vietnamese as the body."""
    status = _STATUS.get(error.code, 500)
    if isinstance(error, NotFound):
        status = 404
    elif isinstance(error, Invalid):
        status = 501 if error.code.endswith("_not_offered") else 400
    body = _words(error.code, error.values)
    is_lasting = status in (400, 404, 501)
    headers = [("Cache-Control", "public, max-age=60" if is_lasting else "no-store"), CORS, *_text(body)]
    if isinstance(error, BackendError) and error.code in _AGAIN:
        headers.append(("Retry-After", str(error.values["seconds"])))
    return Answer(status, headers, body)


def _words(code: str, values: dict[str, object]) -> bytes:
    return "".join(f"{message_of(code, language, values)}\n" for language in _LANGUAGES).encode()


def _text(body: bytes) -> Headers:
    return [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), NOSNIFF]
