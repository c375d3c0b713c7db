"""Permanent addresses that lead to a place on a record's page: media, scans, inventory numbers."""

from urllib.parse import urlencode

from flask import Blueprint, redirect
from werkzeug.wrappers import Response as AnyResponse

from museum import addresses
from museum.db import reading
from museum.errors import NotFound
from museum.web.context import museum
from museum.web.language import address
from museum.web.public import public_by_number, public_media

blueprint = Blueprint("redirects", __name__)


@blueprint.get("/m/<media_id>")
def media(media_id: str) -> AnyResponse:
    """To the page that shows this media item on its stage."""
    return _to_view(media_id, kinds=())


@blueprint.get("/s/<media_id>")
def scan(media_id: str) -> AnyResponse:
    """To the page that shows this scan."""
    return _to_view(media_id, kinds=("scan",))


@blueprint.get("/n/<path:number>")
def number(number: str) -> AnyResponse:
    """To the record that bears this number; to a search where several do."""
    with reading(museum().engine) as session:
        public = list(public_by_number(session, number))
    if not public:
        raise NotFound("web.no_number", number=number)
    if len(public) > 1:
        return redirect(address(f"{addresses.search_page()}?{urlencode({'q': number})}"))
    return redirect(address(addresses.object_page(public[0])))


def _to_view(media_id: str, *, kinds: tuple[str, ...]) -> AnyResponse:
    with reading(museum().engine) as session:
        found = public_media(session, media_id)
    if kinds and found.kind not in kinds:
        raise NotFound("catalog.no_media", id=media_id)
    answer = redirect(address(f"{addresses.object_page(found.record_id)}?view={media_id}"))
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
