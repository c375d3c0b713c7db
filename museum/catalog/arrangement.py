"""How the media of one record belong together: lights of one view, turntable, scans, films with their captions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from museum.catalog.record import Media, Record
from museum.text import fold

LIGHTS = ("normal", "raking", "uv", "infrared", "x-ray")
# What tables write in the label of an examination photograph (folded), in either language.
_LIGHT_WORDS = {
    "normal": ("visible", "normal", "anh sang thuong", "kha kien"),
    "raking": ("raking", "anh sang xien", "chieu xien"),
    "uv": ("ultraviolet", "uv", "tu ngoai"),
    "infrared": ("infrared", "ir ", "hong ngoai"),
    "x-ray": ("x-ray", "x-radiograph", "tia x", "x quang"),
}
_TURNTABLE_WORDS = ("turntable", "ban xoay", "goc xoay")
_TURNTABLE_LEAST = 3  # two frames are two views


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """The media of a record by what they are for, each in table order.

    `lights` are sets of photographs registered on one another (same epoch, same pixel size), normal light first;
    `serving` maps the id of a film, sound or scan to its captions, transcripts and parts.
    """

    lights: tuple[tuple[Media, ...], ...] = ()
    views: tuple[Media, ...] = ()
    turntable: tuple[Media, ...] = ()
    composites: tuple[Media, ...] = ()
    scans: tuple[Media, ...] = ()
    films: tuple[Media, ...] = ()
    sounds: tuple[Media, ...] = ()
    documents: tuple[Media, ...] = ()
    serving: Mapping[str, tuple[Media, ...]] = field(default_factory=dict)

    def of(self, media: Media, kind: str) -> tuple[Media, ...]:
        """The captions, transcripts or parts that serve `media`."""
        return tuple(m for m in self.serving.get(media.id, ()) if m.kind == kind)

    @property
    def photographs(self) -> tuple[Media, ...]:
        """Every photograph once, in the order of showing."""
        return (*(m for one in self.lights for m in one), *self.views, *self.turntable, *self.composites)


def arrange(record: Record) -> Arrangement:
    """The record's media, arranged. Nothing is left out except what serves no medium of the record."""
    media = sorted(record.media, key=lambda m: m.order)
    photographs = [m for m in media if m.kind == "photo"]
    lights = _light_sets(photographs)
    taken = {m.id for one in lights for m in one}
    rest = [m for m in photographs if m.id not in taken]
    turntable = [m for m in rest if is_turntable(m)]
    if len(turntable) < _TURNTABLE_LEAST:
        turntable = []
    turning = {m.id for m in turntable}
    return Arrangement(
        lights=lights,
        views=tuple(m for m in rest if m.id not in turning and m.role != "composite"),
        turntable=tuple(turntable),
        composites=tuple(m for m in rest if m.id not in turning and m.role == "composite"),
        scans=_of_kind(media, "scan"),
        films=_of_kind(media, "film"),
        sounds=_of_kind(media, "sound"),
        documents=_of_kind(media, "document"),
        serving=_serving(media),
    )


def leading(record: Record) -> tuple[Media, ...]:
    """The media that may stand for the record in lists, the best first."""
    return in_order(arrange(record))


def in_order(a: Arrangement) -> tuple[Media, ...]:
    """Scans first where there are any, then lights, views, films, sounds, documents, turntable, composites."""
    lights = tuple(m for one in a.lights for m in one)
    pictures = (*lights, *a.views) if (lights or a.views) else a.turntable
    turning = () if pictures is a.turntable else a.turntable
    return (*a.scans, *pictures, *a.films, *a.sounds, *a.documents, *turning, *a.composites)


def light_of(media: Media) -> str:
    """Which light a photograph was taken under (one of LIGHTS), or "" where nothing says so."""
    if media.role in LIGHTS:
        return media.role
    if media.role == "examination":
        words = [fold(w) for w in media.label.values()]
        for light, known in _LIGHT_WORDS.items():
            if any(w.startswith(k) or f" {k}" in w for w in words for k in known):
                return light
    return ""


def is_turntable(media: Media) -> bool:
    """True for a frame of a series taken around the object, by its role or its label."""
    if media.role == "turntable":
        return True
    return media.role == "view" and any(w in fold(label) for label in media.label.values() for w in _TURNTABLE_WORDS)


def _of_kind(media: list[Media], kind: str) -> tuple[Media, ...]:
    return tuple(m for m in media if m.kind == kind)


def _light_sets(photographs: list[Media]) -> tuple[tuple[Media, ...], ...]:
    """Sets of at least two different lights with one epoch and one pixel size; a light twice begins no second set."""
    groups: dict[tuple[object, ...], dict[str, Media]] = {}
    for media in photographs:
        light = light_of(media)
        if light:
            frame = (media.epoch, media.facts.get("width_px"), media.facts.get("height_px"))
            groups.setdefault(frame, {}).setdefault(light, media)
    return tuple(
        tuple(found[light] for light in LIGHTS if light in found) for found in groups.values() if len(found) > 1
    )


def _serving(media: list[Media]) -> dict[str, tuple[Media, ...]]:
    found: dict[str, list[Media]] = {}
    for item in media:
        if item.kind in ("captions", "transcript", "part"):
            owner = item.of or _owner(item, media)
            if owner:
                found.setdefault(owner, []).append(item)
    return {owner: tuple(items) for owner, items in found.items()}


def _owner(item: Media, media: list[Media]) -> str:
    """Where the table names no owner: the medium of the same file name, else the only one there is, else none."""
    wanted = ("scan",) if item.kind == "part" else ("film", "sound")
    candidates = [m for m in media if m.kind in wanted]
    stem = PurePosixPath(item.file_name).name.split(".")[0]
    same = [m for m in candidates if PurePosixPath(m.file_name).name.split(".")[0] == stem]
    chosen = same or candidates
    return chosen[0].id if len(chosen) == 1 else ""
