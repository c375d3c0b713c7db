"""QR codes of permanent addresses, as SVG and PNG, for whoever prints a leaflet."""

from flask import Blueprint, Response

from museum import addresses
from museum.db import reading
from museum.errors import NotFound
from museum.web import qr
from museum.web.context import museum
from museum.web.public import base_url, public_record, public_story
from museum.web.responses import allow_everyone

blueprint = Blueprint("qr", __name__)
_KINDS = {"svg": (qr.svg, "image/svg+xml"), "png": (qr.png, "image/png")}
_CACHE = "public, max-age=86400"


@blueprint.get("/o/<record_id>/qr.<suffix>")
def of_record(record_id: str, suffix: str) -> Response:
    """The code of a record's permanent address."""
    with reading(museum().engine) as session:
        record = public_record(session, record_id)
    return _answer(addresses.object_page(record.id), suffix, file_name=f"qr-{record.id}")


@blueprint.get("/e/<slug>/qr.<suffix>")
@blueprint.get("/t/<slug>/qr.<suffix>")
def of_story(slug: str, suffix: str) -> Response:
    """The code of an exhibition's or a tour's address."""
    with reading(museum().engine) as session:
        story = public_story(session, slug)
    return _answer(addresses.story_page(story.slug, kind=story.kind), suffix, file_name=f"qr-{story.slug}")


def _answer(path: str, suffix: str, *, file_name: str) -> Response:
    if suffix not in _KINDS:
        raise NotFound("web.no_page")
    draw, media_type = _KINDS[suffix]
    response = Response(draw(base_url() + path), mimetype=media_type)
    response.headers["Cache-Control"] = _CACHE
    response.headers["Content-Disposition"] = f'inline; filename="{file_name}.{suffix}"'
    return allow_everyone(response)
