"""Stored manifests and collections: bytes with a placeholder for the museum's public address, filled when served."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import orjson

from museum.addresses import PLACEHOLDER
from museum.errors import Invalid

# A text may hold the placeholder's very characters; there its brace is written as a JSON escape, so `fill` passes it.
_GUARD = "\ue000"
_REST = PLACEHOLDER[1:]


def guarded(words: str) -> str:
    """A text with the placeholder in it disarmed: `serialize` writes it so that `fill` leaves it alone."""
    return words.replace(PLACEHOLDER, _GUARD + _REST)


def serialize(document: dict[str, Any]) -> bytes:
    """JSON bytes of a document whose texts went through `guarded`; addresses keep the placeholder."""
    return orjson.dumps(document).replace((_GUARD + _REST).encode(), rb"\u007b" + _REST.encode())


def fill(body: bytes, public_url: str) -> bytes:
    """The stored bytes with the museum's public address in place of the placeholder.

    `public_url` is http(s)://host[:port][/path] without query; Invalid ``iiif.wrong_public_url`` otherwise
    (it comes from a request's Host header when no setting says it, so nothing else may enter the JSON).
    """
    return body.replace(PLACEHOLDER.encode(), _checked(public_url).encode())


def etag(body: bytes, public_url: str) -> str:
    """A strong ETag, quotes included: digest of the stored bytes and of the address they are filled with."""
    digest = sha256(sha256(body).digest() + _checked(public_url).encode())
    return f'"{digest.hexdigest()[:32]}"'


def _checked(public_url: str) -> str:
    url = public_url.rstrip("/")
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        fits = fits and (parts.port is None or parts.port > 0) and "@" not in parts.netloc
    except ValueError:
        fits = False
    if not fits or not url.isascii() or any(c in '"\\{}<> ' or ord(c) < 33 or ord(c) == 127 for c in url):
        raise Invalid("iiif.wrong_public_url", url=public_url)
    return url
