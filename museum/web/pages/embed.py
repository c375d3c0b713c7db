"""The small pages of records and stories that other sites put into frames: no cookies, no script needed."""

import orjson
from flask import Blueprint, render_template, request

from museum import addresses
from museum.catalog import store
from museum.db import reading
from museum.exhibitions.story import Story
from museum.text import Text
from museum.viewer.story import Gallery
from museum.viewer.strings import viewer_strings
from museum.web import stories
from museum.web.cards import summary_line
from museum.web.context import museum
from museum.web.details import Rights, display_of, rights_of
from museum.web.labels import synthetic_label
from museum.web.language import address, current, words, words_language
from museum.web.pictures import title_text
from museum.web.public import base_url, public_record, public_story
from museum.web.scan_points import points_of
from museum.web.showing import show_of
from museum.web.stories import StoryShown
from museum.web.viewer_options import script_safe, viewer_options

blueprint = Blueprint("embed", __name__)


@blueprint.get("/embed/o/<record_id>")
def show_record(record_id: str) -> str:
    """A record: one view of it, its title, where it is, whose it is. `?view=` chooses the view."""
    with reading(museum().engine) as session:
        record = public_record(session, record_id)
        shelf = store.derivatives(session, (m.sha256 for m in record.media))
        show = show_of(record, shelf, asked=request.args.get("view", ""))
        points = points_of(session, show)
    title, current = title_text(record), show.current
    chosen = addresses.object_page(record.id) + (f"?view={current.id}" if current and "view" in request.args else "")
    return render_template(
        "embed/object.html",
        title=words(title),
        title_language=words_language(title),
        line=summary_line(record),
        show=show,
        options=viewer_options(
            show, shelf, title=words(title), page=address(chosen), is_site=record.kind == "monument", points=points
        ),
        made=current.made if current else synthetic_label(record),
        display=display_of(record),
        rights=rights_of([show.media[current.id]]) if current else (),
        own_path=addresses.object_embed(record.id),
        page_address=base_url() + address(chosen),
        canonical_address=base_url() + address(addresses.object_page(record.id)),
    )


@blueprint.get("/embed/e/<slug>")
def show_story(slug: str) -> str:
    """An exhibition or a tour: its opening picture, title, length and lead; with `?play=1` its stops and player.

    The first asks for no script; the second is reached inside the frame by a link, so that it needs none either.
    """
    with reading(museum().engine) as session:
        story = public_story(session, slug)
        gallery = stories.gallery_of(session, [story])
        is_playing = bool(request.args.get("play"))
        card = None if is_playing else stories.cards(session, [story])[0]
    rights, made = _of_cover(story, gallery)
    page = base_url() + address(addresses.story_page(story.slug, kind=story.kind))
    play = address(addresses.story_embed(story.slug, is_playing=True))
    if is_playing:
        return _playing(stories.shown(story, gallery), rights=rights, page=page)
    return render_template(
        "embed/story.html",
        card=card,
        rights=rights,
        made=made,
        play_address=f"{play}#{story.stops[0].id}" if story.stops else "",
        page_address=page,
        canonical_address=page,
    )


def _playing(shown: StoryShown, *, rights: tuple[Rights, ...], page: str) -> str:
    """The story's article in a frame."""
    return render_template(
        "embed/story_play.html",
        shown=shown,
        strings=script_safe(orjson.dumps(viewer_strings(current())).decode()),
        rights=rights,
        page_address=page,
    )


def _of_cover(story: Story, gallery: Gallery) -> tuple[tuple[Rights, ...], Text]:
    """Rights of the opening picture, and the words that software made it (empty where none did)."""
    media = gallery.media(story.cover.object, story.cover.media)
    if media is not None:
        return rights_of([media]), synthetic_label(media)
    record = gallery.records.get(story.cover.object)
    return (), synthetic_label(record) if record else Text()
