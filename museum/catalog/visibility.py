"""Who may see what of a record: the level of each part, and the record as somebody of a level sees it.

A visitor's page, manifest, index, print, export and file draw on `seen(record, types, Level.PUBLIC)`, on nothing else.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from museum.accounts.policy import VISITOR, Target, may
from museum.accounts.roles import Action, Level
from museum.catalog.arrangement import arrange
from museum.catalog.licences import licence_uri
from museum.catalog.record import Media, Procedure, Record, Value
from museum.catalog.record_types import RecordTypes
from museum.db import utc_now
from museum.text import Text

# What a device wrote that everybody may know: when, with what, how, and whose it is. Never where, never which piece.
CAPTURE = frozenset(
    {"taken_at", "camera", "lens", "exposure", "aperture", "iso", "focal_mm", "artist", "copyright", "digital_source"}
)
# What a file says of its maker's person and place, wherever an importer put it.
_PRIVATE_FACTS = re.compile(r"gps|position|latitude|longitude|altitude|serial|author|owner|\btitle\b|contact", re.ASCII)
_LEVELS: Mapping[str, Level] = {level.name.lower(): level for level in Level}
_LIFE_YEARS = 110  # somebody born longer ago is not alive
_YEAR = re.compile(r"-?\d[\dX]{3}")
_TELLS = "+"  # begins the fence of what tells of images on request; the others are hexadecimal
_WHO = 10  # characters of it that say which images, and behind what
_SERVING = ("captions", "transcript", "part")


def stated(word: str, default: Level) -> Level:
    """The level of a part's own word; `default` without one. A word nobody knows is CONFIDENTIAL."""
    return _LEVELS.get(word, Level.CONFIDENTIAL) if word else default


def target_of(record: Record, *, level: Level = Level.PUBLIC, created_by: str = "") -> Target:
    """What the policy is asked about a record, or about a part of it at `level`."""
    collections = frozenset(str(v.value) for v in record.values.get("collection", ()))
    return Target(
        institution=record.institution, collections=collections, state=record.state, level=level, created_by=created_by
    )


def is_open(state: str, level: Level = Level.PUBLIC) -> bool:
    """True when everybody may see a thing of this state and level: the policy's answer to a visitor."""
    return may(VISITOR, Action.VIEW, Target(state=state, level=level))


def is_on_request(kind: str, state: str, level: Level) -> bool:
    """True for images that the museum may tell of though not everybody sees them (decision 0019): photographs at the
    level of its own people, in published records. Whether it tells is a setting."""
    return kind == "photo" and state == "published" and level is Level.INTERNAL


def told_on_request(record: Record) -> tuple[Media, ...]:
    """The images of a record that a museum may tell of though not everybody sees them, as much of each as it tells
    (decision 0026): id, digest, size and a known licence. No word of anybody's, no name of a file, no camera."""
    levels = levels_of_media(record)
    return tuple(
        Media(
            id=m.id, kind="photo", sha256=m.sha256, size_bytes=0, path="", file_name="", media_type="image/jpeg",
            rights=licence_uri(m.rights, m.licence), level=m.level,
            facts={name: m.facts[name] for name in ("width_px", "height_px") if name in m.facts},
        )
        for m in record.media
        if is_on_request(m.kind, "published", levels[m.id])
    )  # fmt: skip


def level_of_value(record: Record, name: str, value: Value, types: RecordTypes) -> Level:
    """The level of one statement: its own word, else its field's; of a field that no form knows, the shipped rule's."""
    if value.level:
        return stated(value.level, Level.CONFIDENTIAL)
    known = types.fields_by_kind.get(record.kind, {}).get(name)
    if known is None:
        return types.levels_by_field.get(name, types.levels.of_part("unknown_field"))
    if known.level_while_living > known.level and _may_live(value):
        return known.level_while_living
    return known.level


def level_of_procedure(procedure: Procedure, types: RecordTypes) -> Level:
    """The level of an event: its own word, else its kind's."""
    return stated(procedure.level, types.levels.of_procedure(procedure.kind))


def levels_of_media(record: Record) -> dict[str, Level]:
    """The level of each medium by id: public unless its word says otherwise; what serves one has at least its level."""
    levels = {m.id: stated(m.level, Level.PUBLIC) for m in record.media}
    if any(levels.values()):
        _hand_down(record, levels)
    return levels


def seen(record: Record, types: RecordTypes, level: Level, *, linked: Collection[str] | None = None) -> Record:
    """The record as somebody who may see things up to `level` sees it; its state is another question (`is_open`).

    Left out: statements, files, events and numbers above the level, who carried out events and where an object off
    display is, and for the public what devices wrote beyond an allow-list. `linked`: ids of the records that may be
    known; links to others are left out (None: all stay).
    """
    media = _media(record, level)
    hidden = frozenset(m.id for m in record.media) - {m.id for m in media}
    with_people = types.levels.of_part("people") <= level
    return replace(
        record,
        values={
            name: left for name, given in record.values.items() if (left := _values(record, name, given, types, level))
        },
        identifiers=tuple(
            i for i in record.identifiers if types.levels.identifiers.get(i.scheme, Level.PUBLIC) <= level
        ),
        links=record.links if linked is None else tuple(x for x in record.links if x.target in linked),
        media=media,
        procedures=tuple(
            _procedure(p, hidden, with_people=with_people)
            for p in record.procedures
            if level_of_procedure(p, types) <= level
        ),
        display_place=record.display_place if _tells_place(record, types, level) else Text(),
    )


def fence(record: Record, types: RecordTypes, *, terms: str = "") -> str:
    """What is hidden from the public in short, "" where nothing is; at most 16 characters.

    An edit that hides and opens nothing leaves it as it is, and so does one of a field that is hidden as a whole.
    `terms`: images on request are told of, in these words; then it names them and the words too.
    """
    hidden = _hidden(record, types)
    told = [m.id for m in told_on_request(record)] if terms else []
    if not told:
        return hidden
    return f"{_TELLS}{_short((hidden, told))[:_WHO]}{_short(terms)[: 15 - _WHO]}"


def is_behind(built: str, record: Record, types: RecordTypes, *, tells: bool) -> bool:
    """Whether what was built behind the fence `built` may be shown still: it holds nothing that is hidden now, and of
    images on request only what is told of at present (`tells`), in whatever words. What tells less may be shown."""
    if not is_of_request(built):
        return built == _hidden(record, types)
    now = fence(record, types, terms="told") if tells else ""
    return now.startswith(_TELLS) and built[: 1 + _WHO] == now[: 1 + _WHO]


def is_of_request(built: str) -> bool:
    """Whether what was built behind the fence `built` tells of images on request."""
    return built.startswith(_TELLS)


def _hidden(record: Record, types: RecordTypes) -> str:
    said: list[Any] = sorted(i for i, level in levels_of_media(record).items() if level)
    for name, given in sorted(record.values.items()):
        levels = [level_of_value(record, name, v, types) for v in given]
        if levels and all(levels):
            said.append(name)
        else:
            said += [(name, str(v.value), v.language) for v, level in zip(given, levels, strict=True) if level]
    said += sorted({i.scheme for i in record.identifiers if types.levels.identifiers.get(i.scheme)})
    return _short(said) if said else ""


def _short(said: object) -> str:
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()


def _values(record: Record, name: str, given: tuple[Value, ...], types: RecordTypes, level: Level) -> tuple[Value, ...]:
    known = types.fields_by_kind.get(record.kind, {}).get(name)
    if known is not None and known.level_while_living <= known.level and not any(value.level for value in given):
        return given if known.level <= level else ()  # all are of the field's level
    return tuple(v for v in given if level_of_value(record, name, v, types) <= level)


def _may_live(value: Value) -> bool:
    """True unless the EDTF life dates of a person state an end, or a beginning too long ago for a life."""
    written = str(value.value)
    begin, slash, end = written.partition("/")
    if slash and _YEAR.search(end):
        return False
    year = _YEAR.search(begin)
    return year is None or int(year[0].replace("X", "9")) > utc_now().year - _LIFE_YEARS


def _hand_down(record: Record, levels: dict[str, Level]) -> None:
    """Raise what serves a medium to that medium's level; a material may name a texture, so until nothing moves."""
    owners = {m.id: m.of for m in record.media if m.of}
    if any(m.kind in _SERVING and not m.of for m in record.media):
        for owner, items in arrange(record).serving.items():
            owners.update({m.id: owner for m in items})
    for _ in owners:
        moved = {i: levels[of] for i, of in owners.items() if of in levels and levels[of] > levels[i]}
        if not moved:
            return
        levels.update(moved)


def _media(record: Record, level: Level) -> tuple[Media, ...]:
    levels = levels_of_media(record)
    left = tuple(m for m in record.media if levels[m.id] <= level)
    if level > Level.PUBLIC:
        return left
    return tuple(_without_private_facts(m) for m in left)


def _without_private_facts(media: Media) -> Media:
    if media.capture.keys() <= CAPTURE and not any(map(_is_private, media.facts)):
        return media
    capture = {name: said for name, said in media.capture.items() if name in CAPTURE}
    facts = {name: said for name, said in media.facts.items() if not _is_private(name)}
    return replace(media, capture=capture, facts=facts)


@lru_cache(maxsize=1024)
def _is_private(name: str) -> bool:
    return _PRIVATE_FACTS.search(name) is not None


def _procedure(procedure: Procedure, hidden: frozenset[str], *, with_people: bool) -> Procedure:
    if (with_people or not procedure.people) and hidden.isdisjoint(procedure.media):
        return procedure
    people = procedure.people if with_people else ()
    return replace(procedure, people=people, media=tuple(i for i in procedure.media if i not in hidden))


def _tells_place(record: Record, types: RecordTypes, level: Level) -> bool:
    """Where an object stands is for everybody while it is on display, else it is where a treasure lies."""
    return record.display == "on_display" or types.levels.of_part("place_off_display") <= level
