"""A story as its pages show it: each stop with its figure, its words, what the player needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson
from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog import store
from museum.catalog.record import Record
from museum.exhibitions.story import Source, Stop, Story, View
from museum.text import Text
from museum.viewer.story import Gallery, view_options
from museum.web.compounds import bind
from museum.web.language import say, words, words_language
from museum.web.pictures import Picture, title_text
from museum.web.public import public_stories, public_story, shown_records
from museum.web.showing import first_picture
from museum.web.story_figures import SMALL_PX, Figure, figure_of, playable_sound
from museum.web.story_places import PlaceShown, place_of

_WORDS_A_MINUTE = 180
_LOOKING_S = 15  # what a visitor looks at a stop beside reading it


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Another view of the stop: its place in `data-views`, the word on its button, where it leads without scripts."""

    index: int
    words: str
    address: str


@dataclass(frozen=True, kw_only=True)
class ObjectShown:
    """An object of the story: its page, title, number, small picture."""

    address: str
    title: str
    title_language: str
    number: str
    picture: Picture | None


@dataclass(frozen=True, kw_only=True)
class SourceShown:
    """A source with its number in the story's list."""

    number: int
    words: str
    language: str
    link: str


@dataclass(frozen=True, kw_only=True)
class StopShown:
    """One stop, ready for the page; languages are "" where they are the page's.

    `spots` are the named points on its scans; `spoken` the files of its words read aloud (address, media type);
    `lacks`: an object of it is not shown now; `views` is the JSON of `viewer.story` for the player. `places` are the
    panels of its views after the first that are places.
    """

    id: str
    number: int
    title: str
    title_language: str
    text: str
    text_language: str
    alt: str
    alt_language: str
    figure: Figure | None
    views: str
    choices: tuple[Choice, ...]
    objects: tuple[ObjectShown, ...]
    sources: tuple[SourceShown, ...]
    spots: tuple[str, ...]
    spoken: tuple[tuple[str, str], ...]
    lacks: bool
    places: tuple[PlaceShown, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StoryShown:
    """A whole story, ready for the page."""

    story: Story
    shown_ids: frozenset[str]
    shown_media: frozenset[str]
    title: str
    title_language: str
    lead: str
    lead_language: str
    note: str
    cover: StopShown
    stops: tuple[StopShown, ...]
    objects: tuple[ObjectShown, ...]
    sources: tuple[SourceShown, ...]
    minutes: int
    page: str
    text_page: str


@dataclass(frozen=True, kw_only=True)
class StoryCard:
    """A story as it stands in a list."""

    address: str
    title: str
    title_language: str
    lead: str
    lead_language: str
    picture: Picture | None
    line: str
    made: Text


def story_shown(session: Session, slug: str) -> StoryShown:
    """The public story of an address with everything its pages show; three statements. NotFound or Gone otherwise."""
    story = public_story(session, slug)
    return shown(story, gallery_of(session, [story]))


def gallery_of(session: Session, given: Sequence[Story]) -> Gallery:
    """What these stories may show now; two statements."""
    records = shown_records(session, list(dict.fromkeys(i for story in given for i in story.objects)))
    shelf = store.derivatives(session, (m.sha256 for r in records.values() for m in r.media))
    return Gallery(records=records, derivatives=shelf, say=words)


def shown(story: Story, gallery: Gallery) -> StoryShown:
    """The story in the page's language."""
    numbered = {s.id: _source(n, s) for n, s in enumerate(story.sources, start=1)}
    stops = tuple(_stop(stop, n, gallery, numbered) for n, stop in enumerate(story.stops, start=1))
    opening = Stop(id="start", title=story.title, text=story.lead, alt=_cover_alt(story), views=(story.cover,))
    return StoryShown(
        story=story,
        shown_ids=frozenset(gallery.records),
        shown_media=frozenset(m.id for record in gallery.records.values() for m in record.media),
        title=bind(words(story.title)),
        title_language=words_language(story.title),
        lead=words(story.lead),
        lead_language=words_language(story.lead),
        note=words(story.note),
        cover=_stop(opening, 0, gallery, {}),
        stops=stops,
        objects=tuple(_object(gallery.records[i], gallery) for i in story.objects if i in gallery.records),
        sources=tuple(numbered.values()),
        minutes=_minutes(story),
        page=addresses.story_page(story.slug, kind=story.kind),
        text_page=addresses.story_text(story.slug, kind=story.kind),
    )


def cards(session: Session, given: Sequence[Story]) -> tuple[StoryCard, ...]:
    """Stories as a list shows them; two statements."""
    gallery = gallery_of(session, [replace(s, stops=()) for s in given])
    return tuple(_card(story, gallery) for story in given)


def _card(story: Story, gallery: Gallery) -> StoryCard:
    figure = figure_of(story.cover, gallery, alt=Text())
    return StoryCard(
        address=addresses.story_page(story.slug, kind=story.kind),
        title=bind(words(story.title)),
        title_language=words_language(story.title),
        lead=words(story.lead),
        lead_language=words_language(story.lead),
        picture=figure.frames[0].picture if figure and figure.frames else None,
        line=" · ".join((_kind_words(story), _length_words(story))),
        made=figure.made if figure else Text(),
    )


def _kind_words(story: Story) -> str:
    return say("Tour") if story.kind == "tour" else say("Exhibition")


def _length_words(story: Story) -> str:
    return say("%(stops)s stops, about %(minutes)s minutes", stops=len(story.stops), minutes=_minutes(story))


def _minutes(story: Story) -> int:
    said = sum(len(words(stop.text).split()) for stop in story.stops) + len(words(story.lead).split())
    return max(1, round(said / _WORDS_A_MINUTE + len(story.stops) * _LOOKING_S / 60))


def _cover_alt(story: Story) -> Text:
    """The words of the stop that shows what the cover shows, else none."""
    same = (s.alt for s in story.stops if s.views and s.views[0].media == story.cover.media)
    return next(same, Text())


def _stop(stop: Stop, number: int, gallery: Gallery, sources: dict[str, SourceShown]) -> StopShown:
    told = [(view, options) for view in stop.views if (options := view_options(view, gallery=gallery)) is not None]
    asked = [i for view in stop.views for i in view.objects]
    choices = [
        Choice(index=n, words=_choice_words(view), address=_without_scripts(view, gallery))
        for n, (view, _) in enumerate(told)
        if n
    ]
    return StopShown(
        id=stop.id,
        number=number,
        title=bind(words(stop.title)),
        title_language=words_language(stop.title),
        text=words(stop.text),
        text_language=words_language(stop.text),
        alt=words(stop.alt),
        alt_language=words_language(stop.alt),
        figure=figure_of(told[0][0], gallery, alt=stop.alt) if told else None,
        views=orjson.dumps([options for _, options in told]).decode(),
        choices=tuple(choices),
        objects=tuple(_object(gallery.records[i], gallery) for i in dict.fromkeys(asked) if i in gallery.records),
        sources=tuple(sources[i] for i in stop.sources if i in sources),
        spots=tuple(words(spot.label) for view, _ in told for spot in view.hotspots),
        spoken=_spoken(stop, gallery),
        lacks=any(i not in gallery.records for i in asked) or len(told) < len(stop.views),
        places=tuple(
            place_of(gallery.records[view.object], gallery, number=n)
            for n, (view, _) in enumerate(told)
            if n and view.kind == "place"
        ),
    )


def _spoken(stop: Stop, gallery: Gallery) -> tuple[tuple[str, str], ...]:
    owner = next((view.object for view in stop.views if view.object), "")
    media = gallery.media(owner, stop.audio) if stop.audio else None
    return playable_sound(media, gallery) if media else ()


def _choice_words(view: View) -> str:
    if view.label:
        return words(view.label)
    names = {
        "image": say("Photograph"),
        "scan": say("Turn it in 3D"),
        "compare": say("Before and after"),
        "row": say("Side by side"),
        "audio": say("Listen"),
        "place": say("The place"),
    }
    return names[view.kind]


def _without_scripts(view: View, gallery: Gallery) -> str:
    if not view.object:
        return ""
    page, media_id = addresses.object_page(view.object), view.media or view.after
    return f"{page}?view={media_id}" if gallery.media(view.object, media_id) else page


def _object(record: Record, gallery: Gallery) -> ObjectShown:
    title = title_text(record)
    number = next((i.value for i in record.identifiers if not i.former), "")
    return ObjectShown(
        address=addresses.object_page(record.id),
        title=bind(words(title)),
        title_language=words_language(title),
        number=number,
        picture=first_picture(record, gallery.derivatives, up_to_px=SMALL_PX),
    )


def _source(number: int, source: Source) -> SourceShown:
    return SourceShown(
        number=number, words=words(source.words), language=words_language(source.words), link=source.link
    )


def published_cards(session: Session, *, kind: str | None = None) -> tuple[StoryCard, ...]:
    """Every story the public may see, newest first; three statements."""
    return cards(session, public_stories(session, kind=kind))
