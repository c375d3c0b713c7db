"""Judgements on what was read: sound numbers, known units, and sizes that contradict the record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry.chunks import slices
from museum.geometry.limits import ScanLimits
from museum.geometry.mesh import Floats, Mesh
from museum.geometry.reading.workspace import Workspace
from museum.geometry.units import UNITS_MM, unit_mm

UP_AXES = ("", "X", "Y", "Z")

# Measured by tape against measured by scanner: casts, plinths and rounding differ, a wrong unit differs by 2.5 or more.
_AGREEMENT = 1.5
_NEAR = 0.2
_FARTHEST = 1e12  # a hundred times the way to the sun in millimetres would be 1.5e16; no scan on Earth passes 1.3e13 µm
_MOSTLY = 0.5


def check_mesh(
    mesh: Mesh, *, shown: str, limits: ScanLimits, is_mesh_promised: bool, workspace: Workspace | None = None
) -> Mesh:
    """Refuse what no viewer or measure could use: NaN, infinity, nothing, all points in one place, bad indices.

    A `workspace` that salvages gets the sound rest instead, and counts what was left out.
    """
    workspace = workspace or Workspace(limits=limits)
    vertices = mesh.vertices_mm
    if len(vertices) == 0 or (is_mesh_promised and len(mesh.faces) == 0):
        raise SourceError("scan.no_geometry", file=shown)
    for what, count, limit in (("vertices", len(vertices), limits.vertices), ("faces", len(mesh.faces), limits.faces)):
        if count > limit:
            raise SourceError("scan.too_many", file=shown, what=what, count=count, limit=limit)
    bad = _bad_vertices(vertices)
    wrong = _bad_faces(mesh)
    if (bad.any() or wrong.any()) and workspace.salvage:
        mesh = _salvaged(mesh, bad, wrong, workspace, shown)
    elif bad.any():
        first = int(np.argmax(bad))
        code = "scan.absurd_place" if np.isfinite(vertices[first]).all() else "scan.not_finite"
        place = ", ".join(f"{value:g}" for value in vertices[first])
        raise SourceError(code, file=shown, count=int(bad.sum()), first=first, place=place)
    elif wrong.any():
        raise SourceError("scan.bad_indices", file=shown, largest=int(mesh.faces.max()), vertices=len(vertices))
    if len(mesh.vertices_mm) == 1:
        raise SourceError("scan.single_point", file=shown)
    if max(mesh.extent) <= 0:
        raise SourceError("scan.collapsed", file=shown, vertices=len(mesh.vertices_mm))
    _remark_faces(mesh, shown, workspace)
    return mesh


def _bad_vertices(vertices: Floats) -> NDArray[np.bool_]:
    """(n,) which are no numbers, or further away than anything on Earth in any unit."""
    bad = np.zeros(len(vertices), bool)
    for part in slices(len(vertices)):
        bad[part] = ~(np.abs(vertices[part]) < _FARTHEST).all(axis=1)
    return bad


def _bad_faces(mesh: Mesh) -> NDArray[np.bool_]:
    """(m,) which name a vertex that isn't there."""
    wrong = np.zeros(len(mesh.faces), bool)
    for part in slices(len(mesh.faces)):
        faces = mesh.faces[part]
        wrong[part] = ((faces < 0) | (faces >= len(mesh.vertices_mm))).any(axis=1)
    return wrong


def _salvaged(mesh: Mesh, bad: NDArray[np.bool_], wrong: NDArray[np.bool_], workspace: Workspace, shown: str) -> Mesh:
    """The mesh without bad vertices and the faces that use them or name none; raises SourceError scan.no_geometry."""
    keep = ~wrong
    keep[keep] = ~bad[mesh.faces[keep]].any(axis=1)
    workspace.drop("vertices", int(bad.sum()))
    workspace.drop("faces", int((~keep).sum()))
    if bad.all() or (len(keep) and not keep.any()):
        raise SourceError("scan.no_geometry", file=shown)
    if len(mesh.faces):
        return mesh.with_faces(mesh.faces[keep], mesh.face_material[keep])
    good = ~bad
    return replace(
        mesh,
        vertices_mm=mesh.vertices_mm[good],
        normals=None if mesh.normals is None else mesh.normals[good],
        colors=None if mesh.colors is None else mesh.colors[good],
        uv=None if mesh.uv is None else mesh.uv[good],
    )


def _remark_faces(mesh: Mesh, shown: str, workspace: Workspace) -> None:
    """Tell of faces without area, and of texture coordinates that cover nothing."""
    if not len(mesh.faces):
        return
    flat = empty = 0
    for part in slices(len(mesh.faces)):
        faces = mesh.faces[part]
        corners = mesh.vertices_mm[faces]
        crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        flat += int((~crossed.any(axis=1)).sum())
        if mesh.uv is not None:
            a, b, c = (mesh.uv[faces[:, i]] for i in range(3))
            (ux, uy), (vx, vy) = (b - a).T, (c - a).T
            empty += int((ux * vy == uy * vx).sum())
    if flat == len(mesh.faces):
        raise SourceError("scan.all_flat", file=shown, faces=flat)
    if flat:
        workspace.remark("scan.flat_faces", file=shown, count=flat, faces=len(mesh.faces))
    textured = any(m.base_texture is not None for m in mesh.materials)
    if textured and (mesh.uv is None or empty > _MOSTLY * (len(mesh.faces))):
        workspace.remark("scan.empty_uv", file=shown, count=empty, faces=len(mesh.faces))


def plausible_unit(extent: Sequence[float], stated_mm: Sequence[float]) -> str:
    """The unit in which a scan of that extent has the size that the record states, "" where none fits.

    Only ever a hint for a curator: nothing is measured with it.
    """
    stated = max((value for value in stated_mm if value > 0), default=0.0)
    largest = max(extent, default=0.0)
    if not stated or largest <= 0:
        return ""
    off = {name: abs(float(np.log(largest * size / stated))) for name, size in UNITS_MM.items()}
    best = min(off, key=lambda name: off[name])
    return best if off[best] < _NEAR else ""


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
