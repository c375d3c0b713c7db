"""The restoration dossier of one record: epochs in order, checks and treatments, pictures of before and after."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from museum.catalog import dates
from museum.catalog.record import Media, Procedure, Record

DETAILS = ("reason", "grade", "light", "method", "materials", "result", "recommendation", "follow_up")
KINDS = ("condition", "treatment", "sampling", "scan", "photography")
_CAPTURES = ("scan", "photography")
_DATED = re.compile(r"-?\d{4}")
_NUMBERS = re.compile(r"\d+|\D+")


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """One campaign of photographs or scans: its name, its EDTF date ("" where nobody stated one), its originals."""

    name: str
    date: str
    media: tuple[Media, ...]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The same view in two successive epochs.

    `is_registered` where both have one pixel size, so that a place in one is the same place in the other.
    """

    before: Media
    after: Media
    is_registered: bool


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """What is documented: `events` and `epochs` oldest first, `pairs` in the order of the record's media.

    `captures` are the originals whose making or making device is of interest: photographs and scans.
    """

    events: tuple[Procedure, ...] = ()
    epochs: tuple[Epoch, ...] = ()
    pairs: tuple[Pair, ...] = ()
    captures: tuple[Media, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nobody documented any care: no event, and not two epochs to compare."""
        return not self.events and len(self.epochs) < 2


def dossier_of(record: Record) -> Dossier:
    """The dossier as the record's media and procedures tell it; nothing is inferred that nobody stated."""
    events = sorted((p for p in record.procedures if p.kind in KINDS), key=lambda p: _moment(p.date))
    captures = tuple(sorted((m for m in record.media if m.kind in ("photo", "scan")), key=lambda m: m.order))
    epochs = _epochs(captures, events)
    return Dossier(events=tuple(events), epochs=epochs, pairs=_pairs(epochs), captures=captures)


def _epochs(captures: Sequence[Media], events: Sequence[Procedure]) -> tuple[Epoch, ...]:
    by_name: dict[str, list[Media]] = {}
    for media in captures:
        if media.epoch:
            by_name.setdefault(media.epoch, []).append(media)
    found = [
        Epoch(name=name, date=_date_of(name, {m.id for m in media}, events), media=tuple(media))
        for name, media in by_name.items()
    ]
    return tuple(sorted(found, key=lambda e: (_moment(e.date), _natural(e.name))))


def _date_of(name: str, ids: set[str], events: Sequence[Procedure]) -> str:
    """When an epoch was taken: the day of the campaign that names its files, else its own name where that is a date."""
    stated = [p.date for p in events if p.date and p.kind in _CAPTURES and ids.intersection(p.media)]
    if stated:
        return stated[0]
    return name if _DATED.match(name) and dates.bounds(name) is not None else ""


def _pairs(epochs: Sequence[Epoch]) -> tuple[Pair, ...]:
    """For each successive two epochs, each earlier medium with its likeliest later one, every medium used once."""
    found: list[Pair] = []
    for earlier, later in pairwise(epochs):
        free = [m for m in later.media if m.kind == "photo"]
        for before in (m for m in earlier.media if m.kind == "photo"):
            likely = sorted(
                (m for m in free if m.role == before.role), key=lambda m: _likeness(before, m), reverse=True
            )
            if likely and _likeness(before, likely[0]) > 0:
                free.remove(likely[0])
                found.append(Pair(before=before, after=likely[0], is_registered=_size(before) == _size(likely[0])))
    return tuple(found)


def _likeness(one: Media, two: Media) -> int:
    """How surely two photographs of one role show the same view: same size 2, same label 4, alike in name 1."""
    same_name = _stem(one.file_name) == _stem(two.file_name)
    has_size = _size(one) != (0, 0)
    same_label = bool(one.label) and one.label == two.label
    return 2 * (has_size and _size(one) == _size(two)) + 4 * same_label + same_name


def _size(media: Media) -> tuple[int, int]:
    return int(media.facts.get("width_px", 0)), int(media.facts.get("height_px", 0))


def _stem(file_name: str) -> str:
    """A file's name without numbers, so that "lanh-to-1.jpg" and "lanh-to-2.jpg" are alike."""
    return re.sub(r"[\d\s_.-]+", "", file_name.rsplit("/", 1)[-1].lower())


def _moment(edtf: str) -> tuple[bool, int, str]:
    """A sort key: dated things by the year they begin in and then as EDTF writes them, undated ones after them."""
    found = dates.bounds(edtf) if edtf else None
    return found is None, found[0] if found else 0, edtf


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in _NUMBERS.findall(name)]
