"""The words inside one object, as notes on the canvases of its manifest: what is said in films and sounds, what stands
written on it, what exhibitions and tours tell of it and of the points on its scans."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import orjson
from sqlalchemy.orm import Session

from museum.catalog import store
from museum.catalog.arrangement import arrange
from museum.catalog.record import Media, Record
from museum.catalog.store import Derivative
from museum.errors import NotFound
from museum.exhibitions import store as stories
from museum.exhibitions.story import Stop, Story, View
from museum.iiif.content_search import Note
from museum.iiif.source import Shelf
from museum.storage.derivatives import Derivatives
from museum.text import nfc, tidy, unmarked
from museum.web.context import museum
from museum.web.public import is_shown, public_manifest, shown_records
from museum.web.transcripts import read_lines

_TEXTS = ("text/vtt", "text/plain")
_KEPT = 64  # texts that stay at hand, some 100 kB each
_LONGEST = 2_000_000  # characters of one
_IMAGE = re.compile(r"/iiif/image/3/([^/~]+)[/~]")
_PARAGRAPHS = re.compile(r"\n\s*\n")


@dataclass(frozen=True, kw_only=True)
class _Canvas:
    id: str
    size: tuple[int, int]
    kind: str  # "" in a manifest of 3.0


@dataclass(frozen=True)
class _Place:
    """A canvas, or a part of it ("#xywh=…", "#t=…")."""

    canvas: _Canvas
    part: str = ""


@dataclass(frozen=True)
class _Sheet:
    """The canvases of a manifest by the media that they show, in order."""

    by_media: Mapping[str, _Canvas]
    base: str

    @property
    def first(self) -> _Canvas | None:
        return next(iter(self.by_media.values()), None)


def has_words(session: Session, record_id: str) -> bool:
    """Whether there may be anything to find in this public record; at most three statements."""
    record = shown_records(session, [record_id]).get(record_id)
    if record is None:
        return False
    if "inscription" in record.values or any(m.kind in ("captions", "transcript") for m in record.media):
        return True
    played = [m for m in record.media if m.kind in ("film", "sound")]
    made = store.derivatives(session, (m.sha256 for m in played))
    return any(d.name.startswith("captions.") for found in made.values() for d in found) or bool(
        _stories_of(session, record_id)
    )


def notes(session: Session, record_id: str, *, presentation: int = 3) -> list[Note]:
    """All notes of a public record in the order of its canvases' kinds: spoken, written, told; on the containers of its
    manifest of that version of the Presentation API. Raises as `public_manifest` does."""
    sheet = _sheet(public_manifest(session, record_id, version=str(presentation)), with_kinds=presentation > 3)
    record = shown_records(session, [record_id]).get(record_id)
    if record is None or sheet.first is None:
        return []
    made = store.derivatives(session, (m.sha256 for m in record.media))
    told = _stories_of(session, record_id)
    return [
        *_spoken(record, Shelf(derivatives=made), sheet),
        *_written(record, sheet, sheet.first),
        *(note for story in told for note in _told(story, record, sheet, sheet.first)),
    ]


def _stories_of(session: Session, record_id: str) -> list[Story]:
    found = stories.showing(session, record_id, with_samples=museum().settings.show_samples)
    return [story for story in found if is_shown(story)]


def _sheet(body: bytes, *, with_kinds: bool) -> _Sheet:
    document = orjson.loads(body)
    base = str(document["id"]).rpartition("/")[0]
    found: dict[str, _Canvas] = {}
    shown: dict[str, _Canvas] = {}
    for item in document.get("items", ()):
        size = (item.get("width", 0), item.get("height", 0))
        canvas = _Canvas(id=item["id"], size=size, kind=item["type"] if with_kinds else "")
        found[item["id"].rpartition("/")[2]] = canvas
        shown.update(dict.fromkeys(_IMAGE.findall(orjson.dumps(item["items"]).decode()), canvas))
    return _Sheet({**found, **{media: canvas for media, canvas in shown.items() if media not in found}}, base)


def _spoken(record: Record, shelf: Shelf, sheet: _Sheet) -> Iterator[Note]:
    """Captions, and transcripts in languages that no captions have; texts of documents."""
    a = arrange(record)
    for owner in (*a.films, *a.sounds, *a.documents):
        canvas = sheet.by_media.get(owner.id)
        if canvas is None:
            continue
        languages: set[str] = set()
        for language, item, text in _captions_of(owner, (*a.of(owner, "captions"), owner), shelf):
            languages.add(language)
            yield from _lines(canvas, language, item, text)
        transcripts = [m for m in a.of(owner, "transcript") if m.language not in languages]
        for item in (*transcripts, *([owner] if owner.kind == "document" else ())):
            found = shelf.of_type(item, *_TEXTS)
            if found is not None:
                yield from _lines(canvas, item.language, item, found)


def _captions_of(owner: Media, holders: Iterable[Media], shelf: Shelf) -> Iterator[tuple[str, Media, Derivative]]:
    """(language, medium, its text) of each different file of captions."""
    seen: set[str] = set()
    for item in holders:
        for found in shelf.starting(item, "captions."):
            if found.digest not in seen:
                seen.add(found.digest)
                yield (item.language if item is not owner else "") or found.name.split(".")[1], item, found


def _lines(canvas: _Canvas, language: str, item: Media, text: Derivative) -> Iterator[Note]:
    for number, (words, span) in enumerate(_read(museum().store, item.sha256, text.name, text.digest)):
        at = f"#t={span[0]:g},{span[1]:g}" if span else ""
        note_id = f"{canvas.id}/text/{item.id}/{quote(text.name)}/{number}"
        yield _note(note_id, words, _Place(canvas, at), motivation="supplementing", language=language)


def _note(note_id: str, words: str, place: _Place, *, motivation: str, language: str) -> Note:
    return Note(
        id=note_id,
        words=words,
        target=place.canvas.id + place.part,
        motivation=motivation,
        language=language,
        size=place.canvas.size,
        container=place.canvas.kind,
    )


@lru_cache(maxsize=_KEPT)
def _read(
    shelf: Derivatives, sha256: str, name: str, digest: str
) -> tuple[tuple[str, tuple[float, float] | None], ...]:
    """(words, seconds from and to) of each line of captions, or of each paragraph of another text; `digest` is that of
    the text, so that it is read again when it was made anew."""
    del digest
    try:
        text = nfc(shelf.read(sha256, name).decode("utf-8", "replace"))[:_LONGEST]
    except NotFound:
        return ()
    if text.lstrip("\ufeff").startswith("WEBVTT"):
        return tuple((line.words, (line.start_s, line.end_s)) for line in read_lines(text))
    parts = (tidy(part) for part in _PARAGRAPHS.split(text))
    return tuple((part, None) for part in parts if part)


def _written(record: Record, sheet: _Sheet, first: _Canvas) -> Iterator[Note]:
    """Inscriptions: the table does not say where they stand, so they stand on the first canvas."""
    for number, value in enumerate(record.values.get("inscription", ())):
        if words := nfc(unmarked(str(value.value))).strip():
            note_id = f"{sheet.base}/annotation/inscription/{number}"
            yield _note(note_id, words, _Place(first), motivation="supplementing", language=value.language)


def _told(story: Story, record: Record, sheet: _Sheet, first: _Canvas) -> Iterator[Note]:
    """What a story says of the record: a stop's words on what it shows of it first, the names of points on scans."""
    for stop in story.stops:
        views = [view for view in stop.views if record.id in view.objects]
        base = f"{sheet.base}/annotation/story/{story.slug}/{stop.id}"
        for code, words in _words(stop).items() if views else ():
            place = _place(views[0], record.id, sheet, first)
            yield _note(f"{base}/{code}", words, place, motivation="commenting", language=code)
        for number, view in enumerate(views):
            place = _place(view, record.id, sheet, first)
            for at, spot in enumerate(view.hotspots):
                for code, words in spot.label.items():
                    note_id = f"{base}/{number}/{at}/{code}"
                    yield _note(note_id, nfc(words), place, motivation="commenting", language=code)


def _words(stop: Stop) -> dict[str, str]:
    """Title and text of a stop by language."""
    return {
        code: "\n".join(filter(None, (nfc(unmarked(text.get(code, ""))) for text in (stop.title, stop.text))))
        for code in dict.fromkeys((*stop.title, *stop.text))
    }


def _place(view: View, record_id: str, sheet: _Sheet, first: _Canvas) -> _Place:
    """The canvas of what a view shows of the record, the part of it where it shows a part."""
    media = next((item.media for item in view.items if item.object == record_id), view.media or view.before)
    canvas = sheet.by_media.get(media)
    if canvas is None:
        return _Place(first)
    if view.kind == "audio" and (view.start_s or view.end_s):
        return _Place(canvas, f"#t={view.start_s:g}" + (f",{view.end_s:g}" if view.end_s else ""))
    if view.region and all(canvas.size):
        return _Place(canvas, f"#xywh={','.join(map(str, _pixels(view.region, canvas.size)))}")
    return _Place(canvas)


def _pixels(region: Sequence[float], size: tuple[int, int]) -> Iterator[int]:
    """A region's shares in pixels, at least one wide and high."""
    sides = (*size, *size)
    for place, (share, side) in enumerate(zip(region, sides, strict=True)):
        yield max(round(share * side), 1 if place > 1 else 0)
