"""Several scans of one object: sizes that differ as units do mean that one of them was read in a wrong unit."""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from museum.geometry.units import UNITS_MM
from museum.ingest.merging import Looked
from museum.ingest.problems import Problem

_NEAR = 0.05  # scans of one object agree in size to some per cent; units differ by 2.5 at least


def mixed_scales(looked: Sequence[Looked]) -> list[Problem]:
    """Warnings for pairs of whole scans of an object whose sizes differ by a ratio of units. Nothing is mended."""
    sized = list(_sized(looked))
    for (first, one), (second, two) in combinations(sized, 2):
        ratio = max(one, two) / min(one, two)
        if any(abs(math.log(ratio / factor)) < _NEAR for factor in _ratios()):
            large, small = (first, second) if one > two else (second, first)
            values = {"large": large.draft.reference, "small": small.draft.reference, "factor": f"{ratio:.4g}"}
            place = large.draft
            return [
                Problem(code="ingest.mixed_units", file=place.table, row=place.row, column=place.column, values=values,
                        severity="warning")
            ]  # fmt: skip
    return []


def _sized(looked: Sequence[Looked]) -> Iterator[tuple[Looked, float]]:
    """The scans that show the whole object, each with its largest size: in millimetres, or in its own numbers."""
    for one in looked:
        if one.inspected is None or one.draft.kind != "scan" or one.draft.role not in ("view", ""):
            continue
        extent = one.inspected.facts.get("extent_mm") or one.inspected.facts.get("extent")
        if extent and max(extent) > 0:
            yield one, float(max(extent))


def _ratios() -> set[float]:
    sizes = UNITS_MM.values()
    return {a / b for a in sizes for b in sizes if a / b > 2}
