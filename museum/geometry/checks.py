"""Judgements on what was read: sound numbers, known units, and sizes that contradict the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from museum.errors import Invalid, SourceError
from museum.geometry.limits import ScanLimits
from museum.geometry.mesh import Mesh

UNITS_MM: Mapping[str, float] = {"µm": 0.001, "mm": 1.0, "cm": 10.0, "dm": 100.0, "m": 1000.0, "in": 25.4, "ft": 304.8}
"""Millimetres in one unit, by the unit's symbol."""

UP_AXES = ("", "X", "Y", "Z")

# Measured by tape against measured by scanner: casts, plinths and rounding differ, a wrong unit differs by 2.5 or more.
_AGREEMENT = 1.5
_NEAR = 0.2


def unit_mm(unit: str) -> float:
    """Millimetres in one `unit`; raises Invalid `scan.unit_unknown`."""
    if unit not in UNITS_MM:
        raise Invalid("scan.unit_unknown", unit=unit, known=", ".join(UNITS_MM))
    return UNITS_MM[unit]


def check_mesh(mesh: Mesh, *, shown: str, limits: ScanLimits, is_mesh_promised: bool) -> None:
    """Refuse what no viewer or measure could use: NaN, infinity, nothing, all points in one place, bad indices."""
    vertices = mesh.vertices_mm
    if len(vertices) == 0 or (is_mesh_promised and len(mesh.faces) == 0):
        raise SourceError("scan.no_geometry", file=shown)
    for what, count, limit in (("vertices", len(vertices), limits.vertices), ("faces", len(mesh.faces), limits.faces)):
        if count > limit:
            raise SourceError("scan.too_many", file=shown, what=what, count=count, limit=limit)
    finite = np.isfinite(vertices).all(axis=1)
    if not finite.all():
        raise SourceError("scan.not_finite", file=shown, count=int((~finite).sum()), first=int(np.argmin(finite)))
    if len(mesh.faces) and (int(mesh.faces.min()) < 0 or int(mesh.faces.max()) >= len(vertices)):
        raise SourceError("scan.bad_indices", file=shown, largest=int(mesh.faces.max()), vertices=len(vertices))
    if max(mesh.extent) <= 0:
        raise SourceError("scan.collapsed", file=shown, vertices=len(vertices))


@dataclass(frozen=True, kw_only=True)
class ScaleConflict:
    """A scan whose size contradicts the record.

    `factor` is what the scan would have to be divided by to agree; `explained_by` the unit that the numbers would then
    be in ("mm", "cm", "in" …), "" when no unit explains it. Nothing is mended: a curator decides.
    """

    extent_mm: tuple[float, float, float]
    stated_mm: tuple[float, ...]
    factor: float
    explained_by: str


def scale_conflict(
    extent_mm: Sequence[float], stated_mm: Sequence[float | None], *, unit: str = "m"
) -> ScaleConflict | None:
    """The contradiction between a scan's extent and the record's dimensions, or None where they agree.

    `extent_mm` are the three sizes read with `unit`; `stated_mm` any of height, width, depth, diameter (None where
    the record is silent). Sizes are compared from the largest down, for axes are often named otherwise.
    """
    stated = sorted((float(v) for v in stated_mm if v and v > 0), reverse=True)
    found = sorted((float(v) for v in extent_mm), reverse=True)
    if not stated or found[0] <= 0:
        return None
    ratio = found[0] / stated[0]
    if 1 / _AGREEMENT <= ratio <= _AGREEMENT:
        return None
    size = unit_mm(unit)
    near = [
        (abs(np.log(ratio * other / size)), name)
        for name, other in UNITS_MM.items()
        if abs(np.log(ratio * other / size)) < _NEAR
    ]
    explained = min(near)[1] if near else ""
    factor = size / UNITS_MM[explained] if explained else ratio
    return ScaleConflict(
        extent_mm=(float(extent_mm[0]), float(extent_mm[1]), float(extent_mm[2])),
        stated_mm=tuple(stated), factor=float(f"{factor:.6g}"), explained_by=explained,
    )  # fmt: skip
