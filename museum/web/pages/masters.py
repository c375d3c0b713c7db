"""Originals: handed out for a signed link, or to a signed-in person with the right; byte ranges, always as a file."""

from flask import Blueprint, Response, request, send_file

from museum.catalog import store
from museum.catalog.record import Media, Record
from museum.db import reading, writing
from museum.errors import NotFound
from museum.storage.ocfl import Masters
from museum.web import links, sessions
from museum.web.answers import NotAllowed
from museum.web.context import museum
from museum.web.people import signed_in
from museum.web.private import CACHE_CONTROL
from museum.web.sending import OPAQUE, safe_type
from museum.web.signing import presented

blueprint = Blueprint("masters", __name__)
_KINDS = ("image/", "audio/", "video/", "model/")  # whatever else somebody's file may claim to be is only bytes
_SAFE = "default-src 'none'; sandbox"


@blueprint.get("/master/<media_id>")
def by_link(media_id: str) -> Response:
    """The original that a signed link opens; each use is noted."""
    shown = presented(request.args.to_dict(flat=False))
    with reading(museum().engine) as session:
        record, media = links.opened(session, media_id, shown, keys=museum().ring.keys)
    response = _handed_out(record, media)
    if request.method == "GET" and _is_beginning():
        with writing(museum().engine) as session:
            links.note_use(session, shown.link_id, address=sessions.client_address())
    return response


@blueprint.get("/work/master/<media_id>")
def by_right(media_id: str) -> Response:
    """The original, for a signed-in person who may have it."""
    who = signed_in()
    with reading(museum().engine) as session:
        record = store.get(session, store.find_media(session, media_id).record_id)
    media = next(m for m in record.media if m.id == media_id)
    if not links.may_fetch(who, record, media):
        raise NotAllowed("link.not_yours", media=media_id)
    return _handed_out(record, media)


def _handed_out(record: Record, media: Media) -> Response:
    settings = museum().settings
    masters = Masters(settings.masters_root, settings.staging, quarantine=settings.quarantine)
    path = masters.open_path(f"urn:museum:{record.institution}:{record.id}", media.path)
    if not path.is_file():
        raise NotFound("web.no_file", name=media.file_name)
    response = send_file(
        path,
        mimetype=media_type_of(media),
        conditional=True,
        etag=media.sha256,
        as_attachment=True,
        download_name=media.file_name,
    )
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Security-Policy"] = _SAFE
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def media_type_of(media: Media) -> str:
    """The type to send with an original: never one that a browser might run."""
    kind = safe_type(media.media_type)
    return kind if kind.startswith(_KINDS) else OPAQUE


def _is_beginning() -> bool:
    """A download, or the first part of one: players and download managers then go on by ranges."""
    asked = request.headers.get("Range", "")
    return not asked or asked.replace(" ", "").startswith("bytes=0-")
