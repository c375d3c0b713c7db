"""Stored derivatives and the built front end: byte ranges, validators, caches that never ask again."""

import hashlib
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from museum.catalog import institutions, store
from museum.catalog.store import Derivative, Found
from museum.db import reading
from museum.errors import NotFound
from museum.geometry.labelling import labelled
from museum.web.assets import locate, zipped
from museum.web.context import museum
from museum.web.public import public_media, public_record
from museum.web.responses import IMMUTABLE, allow_everyone
from museum.web.scan_labels import is_labelled, label_of
from museum.web.sending import safe_type, send_stored

blueprint = Blueprint("files", __name__)
_ZIPPED = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
_AS_IT_IS = {".woff2": "font/woff2", ".wasm": "application/wasm", ".png": "image/png", ".webp": "image/webp"}


@blueprint.get("/d/<media_id>/<digest>/<path:name>")
def derivative(media_id: str, digest: str, name: str) -> Response:
    """A derivative of a published record; `digest` is the start of its own SHA-256, so it never changes."""
    with reading(museum().engine) as session:
        found = public_media(session, media_id)
        made = store.derivatives(session, (found.sha256,))[found.sha256]
        wanted = _wanted(made, name, digest)
        is_taken = "download" in request.args and is_labelled(found.kind, wanted)
        said = _label(session, found, media_id, wanted) if is_taken else {}
    if is_taken:
        return _taken(found.sha256, wanted, said)
    kind = safe_type(wanted.media_type)
    response = send_stored(museum().store, found.sha256, name, media_type=kind, etag=wanted.digest[:32])
    how = "attachment" if "download" in request.args else "inline"
    response.headers.set("Content-Disposition", how, filename=name.rsplit("/", 1)[-1])
    response.headers["Cache-Control"] = IMMUTABLE
    response.headers["Accept-Ranges"] = "bytes"
    # A document opens in the browser's own reader, which needs no script of ours; nothing inside may run.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return allow_everyone(response)


def _wanted(made: Sequence[Derivative], name: str, digest: str) -> Derivative:
    found = next((d for d in made if d.name == name and len(digest) == 12 and d.digest.startswith(digest)), None)
    if found is None:
        raise NotFound("web.no_file", name=name)
    return found


def _label(session: Session, found: Found, media_id: str, wanted: Derivative) -> dict[str, str]:
    record = public_record(session, found.record_id)
    media = next((m for m in record.media if m.id == media_id), None)
    if media is None:
        raise NotFound("catalog.no_media", id=media_id)
    try:
        institution = institutions.get(session, record.institution)
    except NotFound:
        institution = None
    return label_of(record, media, wanted, institution)


def _taken(sha256: str, wanted: Derivative, said: Mapping[str, str]) -> Response:
    """The file with what goes with it inside; asked for anew after a while, since rights may change."""
    body = labelled(museum().store.read(sha256, wanted.name), wanted.name, said)
    response = Response(body, mimetype=safe_type(wanted.media_type))
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    response.headers.set("Content-Disposition", "attachment", filename=wanted.name)
    response.headers["Cache-Control"] = "public, max-age=300"
    return allow_everyone(response)


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """A file of the built front end; names carry a digest, or their address does."""
    path = locate(name)
    kind = _ZIPPED.get(path.suffix) or _AS_IT_IS.get(path.suffix) if path else None
    if path is None or kind is None:
        raise NotFound("web.no_file", name=name)
    if path.suffix in _ZIPPED and request.accept_encodings.quality("gzip") > 0:
        response = Response(zipped(path, path.stat().st_mtime_ns), mimetype=kind)
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    else:
        response = Response(path.read_bytes(), mimetype=kind)
    has_digest = "v" in request.args or "-" in path.stem
    is_fresh = museum().assets.is_built and has_digest
    response.headers["Cache-Control"] = IMMUTABLE if is_fresh else "public, max-age=0, must-revalidate"
    return allow_everyone(response)
