"""IIIF Presentation: stored manifests, and collections, with the museum's address filled in."""

from flask import Blueprint, Response

from museum.catalog import collections, institutions
from museum.db import reading
from museum.errors import NotFound
from museum.iiif.source import Institution
from museum.iiif.stored import etag, fill
from museum.iiif.story import build_story_manifest
from museum.web.context import museum
from museum.web.public import base_url, public_manifest, public_story
from museum.web.responses import allow_everyone
from museum.web.stories import gallery_of

blueprint = Blueprint("iiif", __name__)
# IIIF Presentation 3.0 §6.1
MEDIA_TYPE = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'
MEDIA_TYPE_4 = MEDIA_TYPE.replace("/3/", "/4/")


@blueprint.get("/iiif/presentation/3/<record_id>/manifest")
def manifest(record_id: str) -> Response:
    """The stored manifest of a published record."""
    with reading(museum().engine) as session:
        body = public_manifest(session, record_id)
    return _answer(body)


@blueprint.get("/iiif/presentation/4/<record_id>/manifest")
def scene_manifest(record_id: str) -> Response:
    """The stored Presentation 4.0 (draft) manifest of a published record with scans."""
    with reading(museum().engine) as session:
        body = public_manifest(session, record_id, version="4")
    return _answer(body, media_type=MEDIA_TYPE_4)


@blueprint.get("/iiif/presentation/3/story/<slug>/manifest")
def story_manifest(slug: str) -> Response:
    """A public story as a manifest of what it may show now (see `iiif.story` on why it is not stored)."""
    settings = museum().settings
    with reading(museum().engine) as session:
        story = public_story(session, slug)
        gallery = gallery_of(session, [story])
        owner = institutions.get(session, story.institution)
    body = build_story_manifest(
        story,
        records=gallery.records,
        derivatives=gallery.derivatives,
        institution=Institution(code=owner.code, name=owner.name, homepage=owner.homepage),
        languages=("vi", "en") if settings.language == "vi" else ("en", "vi"),
    )
    if body is None:
        raise NotFound("story.nothing_to_show", slug=slug)
    return _answer(body)


@blueprint.get("/iiif/collection/<slug>")
def collection(slug: str) -> Response:
    """A stored collection of manifests by reference."""
    with reading(museum().engine) as session:
        body = collections.get(session, slug, with_samples=museum().settings.show_samples)
    return _answer(body)


def _answer(body: bytes, *, media_type: str = MEDIA_TYPE) -> Response:
    """Stored bytes as a response: address filled in, strong ETag, open to every origin."""
    response = Response(fill(body, base_url()), content_type=media_type)
    response.headers["ETag"] = etag(body, base_url())
    response.headers["Cache-Control"] = "public, max-age=60"
    return allow_everyone(response)
