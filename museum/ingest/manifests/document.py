"""The bytes of a manifest or collection → a document in the words of Presentation 3.0, or a clear refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import orjson

from museum.errors import SourceError
from museum.ingest.manifests import upgrade
from museum.ingest.manifests.wording import cleaned

Json = dict[str, Any]
Kind = Literal["manifest", "collection"]
_KINDS: dict[str, Kind] = {"Manifest": "manifest", "Collection": "collection"}
_CONTEXT = "iiif.io/api/presentation/"
_VERSION_1 = ("shared-canvas.org/ns/context", "iiif.io/api/presentation/1")
IDENTIFIER = "iiif_manifest"
"""The scheme of the identifier by which a record that came from a manifest is found again."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A manifest or collection. `id` is absolute; `body` is as Presentation 3.0 says, whatever `version` it was."""

    id: str
    kind: Kind
    version: int
    body: Json

    @property
    def key(self) -> str:
        """What the document is known by: its id, http and https being one, without a fragment."""
        return canonical(self.id)


def canonical(address: str) -> str:
    """An address as it is compared: https for http, the host in small letters, no fragment, no default port."""
    parts = urlsplit(address)
    host = parts.netloc.lower()
    for scheme, port in (("http", ":80"), ("https", ":443")):
        if parts.scheme == scheme:
            host = host.removesuffix(port)
    scheme = "https" if parts.scheme in ("http", "https") else parts.scheme
    return parts._replace(scheme=scheme, netloc=host, fragment="").geturl()


def looks_like_one(start: bytes) -> bool:
    """Whether the first bytes of a JSON file speak of a manifest or collection."""
    return any(word.encode() in start for word in (_CONTEXT, _VERSION_1[0]))


def read(data: bytes, *, address: str = "") -> Document:
    """The document in `data`; `address` is where it was found ("" for a file).

    Raises SourceError manifest.not_json, .is_page, .no_context, .unknown_context, .version_1, .version_4,
    .other_type, .no_id, .relative_id.
    """
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise SourceError("manifest.is_page")
    try:
        body = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise SourceError("manifest.not_json", reason=str(error)) from error
    if not isinstance(body, dict):
        raise SourceError("manifest.not_json", reason=type(body).__name__)
    version = _version(body.get("@context"))
    if version == 2:
        body = upgrade.upgraded(body)
    kind = _KINDS.get(str(body.get("type", "")))
    if kind is None:
        raise SourceError("manifest.other_type", type=cleaned(str(body.get("type", body.get("@type", "?"))))[:80])
    return Document(id=_id(body, address=address), kind=kind, version=version, body=body)


def _version(context: Any) -> int:
    given = [str(c) for c in (context if isinstance(context, list) else [context]) if isinstance(c, str)]
    if not given:
        raise SourceError("manifest.no_context")
    if any(word in c for c in given for word in _VERSION_1):
        raise SourceError("manifest.version_1")
    for version in (3, 2):
        if any(f"{_CONTEXT}{version}/" in c for c in given):
            return version
    if any(f"{_CONTEXT}4" in c for c in given):
        raise SourceError("manifest.version_4")
    raise SourceError("manifest.unknown_context", context=cleaned(", ".join(given))[:200])


def _id(body: Json, *, address: str) -> str:
    stated = body.get("id")
    if not isinstance(stated, str) or not stated.strip():
        if not address:
            raise SourceError("manifest.no_id")
        return address
    found = absolute(stated, base=address)
    if not found:
        raise SourceError("manifest.relative_id", id=cleaned(stated)[:200])
    return found


def is_address(text: str) -> bool:
    """True for a full http or https address."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "{" not in text and " " not in text


def absolute(address: Any, *, base: str) -> str:
    """An address of a document, full; "" where there is none or it leads nowhere."""
    if not isinstance(address, str) or not address.strip():
        return ""
    try:
        found = urljoin(base, address.strip())
    except ValueError:
        return ""
    return found if is_address(found) else ""


def listed(thing: Any) -> Sequence[Any]:
    """A property that may hold one thing, several or none."""
    if thing is None:
        return ()
    return thing if isinstance(thing, list) else (thing,)


def objects(thing: Any) -> list[Json]:
    """The JSON objects among what a property holds."""
    return [item for item in listed(thing) if isinstance(item, dict)]
