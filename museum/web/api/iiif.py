"""IIIF Presentation: stored manifests, and collections, with the museum's address filled in."""

from dataclasses import replace

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog import collections, institutions, store
from museum.db import reading
from museum.errors import NotFound
from museum.iiif import content_search, content_search_1
from museum.iiif.collection import Member
from museum.iiif.manifest import first_day, label_or
from museum.iiif.result import Part, build_part
from museum.iiif.source import Institution
from museum.iiif.stored import etag, fill
from museum.iiif.story import build_story_manifest
from museum.web import inside
from museum.web.api.search import checked, limit_in
from museum.web.asking import address_of, asked_in, from_the_start
from museum.web.context import museum
from museum.web.finding import Asked, find
from museum.web.public import base_url, public_manifest, public_story
from museum.web.responses import allow_everyone
from museum.web.results import Listed, listed
from museum.web.stories import gallery_of

blueprint = Blueprint("iiif", __name__)
# IIIF Presentation 3.0 §6.1
MEDIA_TYPE = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'
MEDIA_TYPE_4 = MEDIA_TYPE.replace("/3/", "/4/")
_PART, _MOST_OF_A_PART = 100, 500  # manifests of one part of a result
_STEPS = 10  # pages of a result that are looked through for one part: few records may have anything to show


@blueprint.get("/iiif/presentation/3/<record_id>/manifest")
def manifest(record_id: str) -> Response:
    """The stored manifest of a published record, with the search within it where there are words to find."""
    with reading(museum().engine) as session:
        body = public_manifest(session, record_id)
        if inside.has_words(session, record_id):
            services = (content_search.service(record_id), content_search_1.service(record_id))
            body = content_search.naming_services(body, services)
    return _answer(body)


@blueprint.get("/iiif/presentation/4/<record_id>/manifest")
def scene_manifest(record_id: str) -> Response:
    """The stored Presentation 4.0 (draft) manifest of a published record with scans, with the search within it where
    there are words to find."""
    with reading(museum().engine) as session:
        body = public_manifest(session, record_id, version="4")
        if inside.has_words(session, record_id):
            body = content_search.naming_services(body, [content_search.service(record_id, presentation=4)])
    return _answer(body, media_type=MEDIA_TYPE_4)


@blueprint.get("/iiif/presentation/3/story/<slug>/manifest")
def story_manifest(slug: str) -> Response:
    """A public story as a manifest of what it may show now (see `iiif.story` on why it is not stored)."""
    with reading(museum().engine) as session:
        story = public_story(session, slug)
        gallery = gallery_of(session, [story])
        owner = institutions.get(session, story.institution)
    body = build_story_manifest(
        story,
        records=gallery.records,
        derivatives=gallery.derivatives,
        institution=Institution(code=owner.code, name=owner.name, homepage=owner.homepage),
        languages=_languages(),
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


@blueprint.get(addresses.search_collection())
def result() -> Response:
    """A part of a search result as collection: those of its records that have a manifest, and the part after it."""
    asked = checked(asked_in(request.args))
    limit = limit_in(_PART, _MOST_OF_A_PART)
    path = addresses.search_collection()
    members: list[Member] = []
    known = museum().reader.position()  # before the search: what it finds is of this moment or later
    following, found = asked, find(asked, limit=limit, counted=())
    with reading(museum().engine) as session:
        for _ in range(_STEPS):
            given = listed(session, found.hits, known=known, base=base_url())
            members += [_member(one) for one in given if one.manifest]
            following = replace(asked, cursor=found.cursor)
            if len(members) >= limit or not found.cursor:
                break
            found = find(following, limit=limit, counted=())
        if following.cursor and not _leads_on(session, following):
            following = replace(asked, cursor="")
        owner = institutions.get(session, museum().settings.institution_code)
    named = {"limit": request.args.get("limit", "")}
    part = Part(
        address=address_of(path, asked, **named),
        first=address_of(path, from_the_start(asked), **named),
        following=address_of(path, following, **named) if following.cursor else "",
        page=address_of(addresses.search_page(), from_the_start(asked)),
        words=asked.text,
        total=found.total,
        members=members,
    )
    institution = Institution(code=owner.code, name=owner.name, homepage=owner.homepage)
    return _answer(build_part(part, institution=institution, languages=_languages()))


def _leads_on(session: Session, asked: Asked) -> bool:
    """Whether anything with a manifest follows: no part shall be empty (False is certain, True nearly)."""
    for _ in range(_STEPS):
        found = find(asked, limit=_MOST_OF_A_PART, counted=())
        if store.manifest_ids(session, [hit.id for hit in found.hits]):
            return True
        if not found.cursor:
            return False
        asked = replace(asked, cursor=found.cursor)
    return True


def _languages() -> tuple[str, str]:
    return ("vi", "en") if museum().settings.language == "vi" else ("en", "vi")


def _member(one: Listed) -> Member:
    said = one.summary
    return Member(
        address=addresses.manifest(said.id),
        label=label_or(said.title, said.numbers[0] if said.numbers else said.id),
        thumbnail=[one.small] if one.small else (),
        nav_date=first_day(said.date),
    )


def _answer(body: bytes, *, media_type: str = MEDIA_TYPE) -> Response:
    """Stored bytes as a response: address filled in, strong ETag, open to every origin."""
    response = Response(fill(body, base_url()), content_type=media_type)
    response.headers["ETag"] = etag(body, base_url())
    response.headers["Cache-Control"] = "public, max-age=60"
    return allow_everyone(response)
