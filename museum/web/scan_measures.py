"""What was measured on a scan, in words for its page; no length, area or volume stands without an undisputed unit."""

from collections.abc import Iterable, Mapping
from typing import Any

from museum.catalog.record import Media
from museum.catalog.store import Derivative
from museum.web.facts import Fact, Statement
from museum.web.formats import decimal, integer, significant
from museum.web.language import say

_MEASURES = "measures.json"
_SYMMETRIC = 0.01  # of the longest side: more is no mirror image but a likeness


def measure_facts(media: Media, made: Iterable[Derivative]) -> tuple[Fact, ...]:
    """The lines for one scan; none before they were measured."""
    found = next((d.facts for d in made if d.name == _MEASURES), None)
    if found is None:
        return ()
    has_unit = bool(found.get("unit")) and not media.facts.get("scale_conflict")
    unit = str(found["unit"]) if has_unit else ""
    lines = [
        (say("Size of the scan"), _extent(found, unit)),
        (say("Holes and open rims"), _borders(media, found, unit)),
        (say("Distance between points"), _length(found.get("point_spacing"), unit)),
        (say("Size of a picture's pixel on the surface"), _length(found.get("texel_size"), unit)),
        (say("Triangles that cross others"), _crossings(found)),
        (say("Mirror symmetry"), _mirror(found, unit)),
    ]
    return tuple(
        Fact(name=f"file-measure-{number}", label=label, statements=(Statement(words=said),))
        for number, (label, said) in enumerate(lines)
        if said
    )


def _extent(found: Mapping[str, Any], unit: str) -> str:
    sides = found.get("extent")
    if not unit or not isinstance(sides, list):
        return ""
    return " × ".join(decimal(float(side), digits=1) for side in sides) + f"\u00a0{unit}"


def _borders(media: Media, found: Mapping[str, Any], unit: str) -> str:
    count = found.get("borders")
    if media.facts.get("is_point_cloud") or not isinstance(count, int):
        return ""
    if count == 0:
        return say("none found")
    if not unit:
        return integer(count)
    return say(
        "%(number)s, together %(length)s, the longest %(longest)s",
        number=integer(count),
        length=_length(found.get("border_length"), unit),
        longest=_length(found.get("border_longest"), unit),
    )


def _length(value: object, unit: str) -> str:
    if not unit or not isinstance(value, int | float) or not value:
        return ""
    return f"{significant(float(value), figures=3)}\u00a0{unit}"


def _crossings(found: Mapping[str, Any]) -> str:
    crossed, tested = found.get("crossing_triangles"), found.get("crossing_tested")
    if not isinstance(crossed, int) or not isinstance(tested, int) or not tested:
        return ""
    if found.get("crossing_is_sampled"):
        return say(
            "%(crossed)s of a random sample of %(tested)s", crossed=integer(crossed), tested=integer(tested)
        )  # fmt: skip
    return say("none found") if crossed == 0 else integer(crossed)


def _mirror(found: Mapping[str, Any], unit: str) -> str:
    share, rms = found.get("mirror_share"), found.get("mirror_rms")
    if not isinstance(share, int | float) or not isinstance(rms, int | float):
        return ""
    away = _length(rms, unit) or f"{decimal(100 * share)}\u00a0%"
    if share > _SYMMETRIC:
        return say("none: the best mirror image is %(away)s away (RMS)", away=away)
    return say("yes, the mirror image is %(away)s away (RMS)", away=away)
