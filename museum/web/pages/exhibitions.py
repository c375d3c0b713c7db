"""Exhibitions and tours: their list, the player's page, the text version, a story as data."""

from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from museum import addresses
from museum.db import reading
from museum.errors import NotFound
from museum.exhibitions import listing as story_listing
from museum.viewer.strings import viewer_strings
from museum.web.context import museum
from museum.web.language import address, current, words
from museum.web.public import base_url
from museum.web.responses import allow_everyone
from museum.web.sharing import share_story
from museum.web.stories import StoryShown, published_cards, story_shown
from museum.web.viewer_options import script_safe

blueprint = Blueprint("exhibitions", __name__)


@blueprint.get("/exhibitions")
def listing() -> str:
    """Every exhibition and tour that is open, newest first; a fixed number of statements."""
    with reading(museum().engine) as session:
        cards = published_cards(session)
    return render_template("pages/exhibitions.html", cards=cards)


@blueprint.get("/e/<name>")
@blueprint.get("/t/<name>")
def show(name: str) -> AnyResponse:
    """A story with its player; by suffix as data."""
    slug, _, suffix = name.partition(".")
    if suffix not in ("", "json"):
        raise NotFound("web.no_page")
    shown = _shown(slug)
    if suffix:
        return _answer_json(shown)
    return _moved(shown.page) or _page("pages/exhibition.html", shown)


@blueprint.get("/e/<slug>/text")
@blueprint.get("/t/<slug>/text")
def text(slug: str) -> AnyResponse:
    """The same story as text: what is said, what is seen, where it comes from."""
    shown = _shown(slug)
    return _moved(shown.text_page) or _page("pages/exhibition_text.html", shown)


def _shown(slug: str) -> StoryShown:
    with reading(museum().engine) as session:
        return story_shown(session, slug)


def _moved(path: str) -> AnyResponse | None:
    """Send on from /e/ to /t/ or back: a story has one address."""
    return None if request.path == path else redirect(address(path), 308)


def _page(template: str, shown: StoryShown) -> AnyResponse:
    page = render_template(
        template,
        shown=shown,
        base_address=base_url(),
        strings=script_safe(orjson.dumps(viewer_strings(current())).decode()),
        jsonld=script_safe(orjson.dumps(_jsonld(shown)).decode()),
        manifest=addresses.story_manifest(shown.story.slug),
        sharing=share_story(shown.story.slug, title=words(shown.story.title), kind=shown.story.kind),
        json_address=addresses.story_json(shown.story.slug, kind=shown.story.kind),
    )
    return Response(page, mimetype="text/html")


def _answer_json(shown: StoryShown) -> Response:
    """The story as data, addresses absolute; what is not shown now is left out."""
    body = story_listing.describe(shown.story, shown=shown.shown_ids, media=shown.shown_media, base_url=base_url())
    return allow_everyone(Response(orjson.dumps(body), mimetype="application/json"))


def _jsonld(shown: StoryShown) -> dict[str, Any]:
    """The story as one schema.org node: an exhibition's event has no dates here, so it is told as a creative work."""
    base, story = base_url(), shown.story
    picture = shown.cover.figure.frames[0].picture if shown.cover.figure and shown.cover.figure.frames else None
    node: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "TouristTrip" if story.kind == "tour" else ["CreativeWork", "LearningResource"],
        "@id": base + shown.page,
        "url": base + address(shown.page),
        "name": words(story.title),
        "description": shown.lead,
        "inLanguage": sorted(story.title),
        "isAccessibleForFree": True,
        "accessMode": ["textual", "visual"],
        "accessModeSufficient": [{"@type": "ItemList", "itemListElement": ["textual"]}],
        "timeRequired": f"PT{shown.minutes}M",
        "image": base + picture.address if picture else None,
        "publisher": {"@type": "Museum", "name": words(museum().settings.name), "url": base + "/"},
        "about": [{"@id": base + o.address, "name": o.title} for o in shown.objects],
        "citation": [s.link or s.words for s in shown.sources],
    }
    if story.kind == "tour":
        node = {k: v for k, v in node.items() if k not in ("inLanguage", "accessMode", "accessModeSufficient", "about")}
    return {key: value for key, value in node.items() if value not in (None, "", [], {})}
