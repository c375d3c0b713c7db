"""Which stored pictures show a media item, at which sizes, and with which alternative text."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from museum import addresses
from museum.catalog.arrangement import is_turntable, light_of
from museum.catalog.covers import FORMATS
from museum.catalog.record import Media, Record
from museum.catalog.store import Derivative
from museum.text import Text, phrases
from museum.web.language import current, words, words_language

_LAST_NUMBER = re.compile(r"0*(\d+)\D*$")
_ORDER = {media_type: place for place, media_type in enumerate(FORMATS)}


@dataclass(frozen=True, kw_only=True)
class Source:
    """One line of a <picture>: a media type and a srcset."""

    media_type: str
    srcset: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture ready for the page; `address` is the fallback every browser reads. Sizes in pixels."""

    address: str
    width_px: int
    height_px: int
    sources: tuple[Source, ...]
    alt: str
    alt_language: str
    alt_is_written: bool


@dataclass(frozen=True, kw_only=True)
class _Stored:
    address: str
    media_type: str
    width_px: int
    height_px: int


def picture_of(
    media: Media, record: Record, derivatives: Mapping[str, Sequence[Derivative]], *, up_to_px: int
) -> Picture | None:
    """The posters of a media item no wider than `up_to_px` (the smallest there is, if all are wider)."""
    made = derivatives.get(media.sha256, ())
    return _picture(media.id, made, up_to_px=up_to_px, alternative=lambda: alternative_text(media, record))


def listed_picture(media_id: str, made: Sequence[Derivative], *, up_to_px: int, title: Text) -> Picture | None:
    """The same of a list in which the title stands beside the picture."""
    return _picture(media_id, made, up_to_px=up_to_px, alternative=lambda: (words(title), words_language(title), False))


def _picture(
    media_id: str, made: Sequence[Derivative], *, up_to_px: int, alternative: Callable[[], tuple[str, str, bool]]
) -> Picture | None:
    stored = [
        _Stored(
            address=addresses.derivative(media_id, d.name, d.digest),
            media_type=d.media_type,
            width_px=int(d.facts.get("width_px", 0)),
            height_px=int(d.facts.get("height_px", 0)),
        )
        for d in made
        if d.media_type in _ORDER and d.facts.get("width_px")
    ]
    if not stored:
        return None
    smallest = min(s.width_px for s in stored)
    fitting = [s for s in stored if s.width_px <= max(up_to_px, smallest)]
    largest = max(s.width_px for s in fitting)
    readable = [s for s in fitting if s.media_type in ("image/jpeg", "image/png")] or fitting
    fallback = max(readable, key=lambda s: (s.width_px, _ORDER[s.media_type]))
    shape = next(s for s in fitting if s.width_px == largest)
    alt, alt_language, is_written = alternative()
    return Picture(
        address=fallback.address,
        width_px=shape.width_px,
        height_px=shape.height_px,
        sources=tuple(_sources(fitting, fallback)),
        alt=alt,
        alt_language=alt_language,
        alt_is_written=is_written,
    )


def _sources(stored: Sequence[_Stored], fallback: _Stored) -> list[Source]:
    by_type: dict[str, list[_Stored]] = {}
    for item in sorted(stored, key=lambda s: (_ORDER[s.media_type], s.width_px)):
        by_type.setdefault(item.media_type, []).append(item)
    lines = [
        Source(media_type=kind, srcset=", ".join(f"{s.address} {s.width_px}w" for s in items))
        for kind, items in by_type.items()
    ]
    return [] if len(lines) == 1 and len(by_type[fallback.media_type]) == 1 else lines


def alternative_text(media: Media, record: Record) -> tuple[str, str, bool]:
    """(words, their language where it differs from the page's, whether a person wrote them).

    Without written words: the title and the view, as the catalogue knows them.
    """
    if current() in media.alt:
        return media.alt[current()], "", True
    if media.alt:
        return words(media.alt), words_language(media.alt), True
    title, label = words(title_text(record)), view_label(media)
    made = f"{title} – {label}" if title and label else title or label
    return made, words_language(title_text(record)), False


def view_label(media: Media) -> str:
    """What this view is called: the light it was taken in, its place on the turntable, the table's label, or ""."""
    return words(view_text(media))


def view_text(media: Media) -> Text:
    """The same by language."""
    light = light_of(media)
    if light:
        return phrases("media")[f"light_{light}"]
    number = _LAST_NUMBER.search(words(media.label))
    if is_turntable(media) and number:
        return Text({code: f"{said} {number[1]}" for code, said in phrases("media")["turntable_frame"].items()})
    return media.label


def title_text(record: Record) -> Text:
    """The record's title, else its number, else the words for "untitled" in both languages."""
    return title_or(record.title, (i.value for i in record.identifiers if not i.former))


def title_or(title: Text, numbers: Iterable[str]) -> Text:
    """A title, else the first of the numbers, else the words for "untitled" in both languages."""
    if title:
        return title
    number = next(iter(numbers), "")
    return Text({"und": number}) if number else phrases("media")["untitled"]
