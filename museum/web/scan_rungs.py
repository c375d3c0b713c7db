"""A scan's models as the page offers them: rungs of detail, files for a room (AR), a turn around the object."""

from collections.abc import Iterable
from dataclasses import dataclass

from museum import addresses
from museum.catalog.record import Media
from museum.catalog.store import Derivative
from museum.web.facts import Fact, Statement
from museum.web.formats import bytes_size, integer, significant
from museum.web.language import later, say

_NAMES = {
    "thumb": later("Overview"),
    "low": later("Low"),
    "medium": later("Medium"),
    "medium-4k": later("Medium, fine pictures"),
    "high": later("High"),
}
_ORDER = tuple(_NAMES)


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One model for the viewer. `deviation_*`: how far it lies from the master, in `deviation_unit` ("mm", or "" for
    the file's own unit), None where it wasn't measured; `largest` is the Hausdorff distance, sampled."""

    name: str
    address: str
    faces: int
    vertices: int
    texture_px: int
    size_bytes: int
    deviation_rms: float | None
    deviation_p99: float | None
    deviation_largest: float | None
    deviation_unit: str
    has_baked_normals: bool
    unit: str


@dataclass(frozen=True, kw_only=True)
class Turntable:
    """One picture of many frames, row by row; the first at `azimuth_start_deg`, each further by `azimuth_step_deg`."""

    address: str
    frames: int
    columns: int
    rows: int
    frame_width_px: int
    frame_height_px: int
    azimuth_start_deg: float
    azimuth_step_deg: float
    elevation_deg: float
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Ar:
    """The model at its true size in one's own room: GLB for Scene Viewer, USDZ for Quick Look ("" without)."""

    glb: str
    usdz: str


def rungs_of(media: Media, made: Iterable[Derivative]) -> tuple[Rung, ...]:
    """The models that the viewer may choose from, smallest first."""
    found = {str(d.facts["rung"]): d for d in made if d.facts.get("rung") in _NAMES and d.name != "open.glb"}
    return tuple(_rung(media, found[name]) for name in _ORDER if name in found)


def turntable_of(media: Media, made: Iterable[Derivative]) -> Turntable | None:
    """The turn around the object, None until it is made."""
    found = next((d for d in made if d.name == "turntable.webp"), None)
    if found is None:
        return None
    facts = found.facts
    return Turntable(
        address=addresses.derivative(media.id, found.name, found.digest),
        frames=int(facts["frames"]),
        columns=int(facts["columns"]),
        rows=int(facts["rows"]),
        frame_width_px=int(facts["frame_width_px"]),
        frame_height_px=int(facts["frame_height_px"]),
        azimuth_start_deg=float(facts["azimuth_start_deg"]),
        azimuth_step_deg=float(facts["azimuth_step_deg"]),
        elevation_deg=float(facts["elevation_deg"]),
        size_bytes=found.size_bytes,
    )


def ar_of(media: Media, made: Iterable[Derivative]) -> Ar | None:
    """What phones need to stand the object in a room; None where it isn't made or its scale is doubtful."""
    if not media.unit or media.facts.get("scale_conflict"):
        return None
    found = {d.name: addresses.derivative(media.id, d.name, d.digest) for d in made if d.name in ("ar.glb", "ar.usdz")}
    return Ar(glb=found["ar.glb"], usdz=found.get("ar.usdz", "")) if "ar.glb" in found else None


def rung_facts(media: Media, made: Iterable[Derivative]) -> tuple[Fact, ...]:
    """A line for the page: each model's size and its measured deviation from the master."""
    statements = tuple(Statement(words=_words(rung)) for rung in rungs_of(media, made))
    if not statements:
        return ()
    return (Fact(name="file-rungs", label=say("Levels of detail and their deviation"), statements=statements),)


def deviation_words(rms: float | None, p99: float | None, largest: float | None, *, unit: str) -> str:
    """ "0.05 mm on average (RMS), 99 % within …, at most …"; "" where nothing was measured."""
    if rms is None or p99 is None or largest is None:
        return ""
    shown = unit or say("file units")
    return say(
        "deviation RMS %(rms)s, 99 %% within %(p99)s, at most %(largest)s %(unit)s",
        rms=significant(rms), p99=significant(p99), largest=significant(largest), unit=shown,
    )  # fmt: skip


def _words(rung: Rung) -> str:
    count = (
        say("%(number)s triangles", number=integer(rung.faces))
        if rung.faces
        else say("%(number)s points", number=integer(rung.vertices))
    )
    picture = f"{integer(rung.texture_px)}\u00a0px" if rung.texture_px else ""
    normals = say("relief of the original in its normals") if rung.has_baked_normals else ""
    told = deviation_words(
        rung.deviation_rms, rung.deviation_p99, rung.deviation_largest, unit=rung.deviation_unit
    )  # fmt: skip
    parts = (count, picture, bytes_size(rung.size_bytes), normals, told)
    return f"{say(_NAMES[rung.name])}: {', '.join(part for part in parts if part)}"


def _rung(media: Media, made: Derivative) -> Rung:
    facts = made.facts
    return Rung(
        name=str(facts["rung"]),
        address=addresses.derivative(media.id, made.name, made.digest),
        faces=int(facts.get("faces", 0)),
        vertices=int(facts.get("vertices", 0)),
        texture_px=int(facts.get("texture_px", 0)),
        size_bytes=made.size_bytes,
        deviation_rms=facts.get("deviation_rms"),
        deviation_p99=facts.get("deviation_p99"),
        deviation_largest=facts.get("deviation_largest"),
        deviation_unit=str(facts.get("deviation_unit", "")),
        has_baked_normals=bool(facts.get("has_baked_normals")),
        unit=str(facts.get("unit", "")),
    )
