"""The front door for scan files: `inspect` them, `load` them, or do both with one reading."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from museum.errors import Invalid, SourceError
from museum.geometry import child
from museum.geometry.checks import UP_AXES
from museum.geometry.child import OnStage
from museum.geometry.chunks import slices
from museum.geometry.facts import ScanFacts, enclosed_volume
from museum.geometry.header import read_header
from museum.geometry.limits import DEFAULT_LIMITS, ScanLimits
from museum.geometry.mesh import Floats, Mesh
from museum.geometry.posture import guess_up
from museum.geometry.reading.workspace import Workspace
from museum.geometry.units import unit_mm


@dataclass(frozen=True, kw_only=True)
class Scan:
    """One scan file, read once: its mesh and its facts."""

    mesh: Mesh
    facts: ScanFacts


def open_scan(
    path: Path,
    *,
    parts: Sequence[Path] = (),
    unit: str = "",
    up_axis: str = "",
    fallback_unit: str = "",
    limits: ScanLimits = DEFAULT_LIMITS,
    name: str | None = None,
    salvage: bool = False,
    work: Path | None = None,
    on_stage: OnStage | None = None,
) -> Scan:
    """Read the scan at `path` in a bounded child process.

    `parts` are the other files of the same upload. `unit` and `up_axis` are what a table or a person states and win
    over the format; `fallback_unit` holds where neither states one. Without any, the mesh stays in file units with
    `has_scale` False. `name` is the file's original name. `salvage` keeps what is good of a damaged scan, `work` is a
    folder for large arrays, `on_stage` hears what is being done (see `child.parse`). Raises SourceError `scan.*` for
    bad files, Invalid for an unknown unit or axis.
    """
    for stated in (unit, fallback_unit):
        if stated:
            unit_mm(stated)
    if up_axis not in UP_AXES:
        raise Invalid("scan.axis_unknown", axis=up_axis)
    shown = name or path.name
    header = read_header(path, parts=parts, limits=limits, name=shown, salvage=salvage)
    mesh, measured = child.parse(
        path.resolve(), parts=tuple(p.resolve() for p in parts), shown=shown, limits=limits, salvage=salvage, work=work,
        on_stage=on_stage,
    )  # fmt: skip
    unit = unit or header.unit or fallback_unit
    up_axis = up_axis or header.up_axis
    view_up = up_axis or guess_up(mesh)
    facts = ScanFacts(
        format=header.format,
        vertices=len(mesh.vertices_mm),
        faces=len(mesh.faces),
        is_point_cloud=mesh.is_point_cloud,
        has_vertex_color=mesh.colors is not None,
        has_texture=any(material.base_texture is not None for material in mesh.materials),
        has_uv=mesh.uv is not None,
        has_normals=mesh.normals is not None,
        extent=mesh.extent,
        unit=unit,
        format_unit=header.unit,
        up_axis=up_axis,
        view_up=view_up,
        view_up_is_guessed=not up_axis,
        is_watertight=measured["is_watertight"],
        is_closed=measured["is_closed"],
        open_edges=measured["open_edges"],
        nonmanifold_edges=measured["nonmanifold_edges"],
        area=measured["area"],
        volume=enclosed_volume(mesh) if measured["is_watertight"] and unit else None,
        file_parts=tuple(header.references),
        remarks=tuple(SourceError(said["code"], **said["values"]) for said in measured["remarks"]),
        dropped=measured["dropped"],
    )
    vertices = _scaled(mesh.let_go().vertices_mm, unit_mm(unit) if unit else 1.0, work)
    scaled = replace(mesh, vertices_mm=vertices, has_scale=bool(unit), up_axis=up_axis)
    return Scan(mesh=scaled.let_go(), facts=facts)


def _scaled(vertices: Floats, scale: float, work: Path | None) -> Floats:
    """The vertices in millimetres: large ones in a file in `work`, as they were."""
    if scale == 1.0:
        return vertices
    result = Workspace(folder=work).empty(vertices.shape, np.float64)
    for part in slices(len(vertices)):
        result[part] = vertices[part] * scale
    return result


def inspect(
    path: Path,
    *,
    parts: Sequence[Path] = (),
    unit: str = "",
    fallback_unit: str = "",
    limits: ScanLimits = DEFAULT_LIMITS,
    name: str | None = None,
    salvage: bool = False,
    work: Path | None = None,
    on_stage: OnStage | None = None,
) -> ScanFacts:
    """The facts of the scan at `path`; see `open_scan`."""
    return open_scan(
        path, parts=parts, unit=unit, fallback_unit=fallback_unit, limits=limits, name=name, salvage=salvage, work=work,
        on_stage=on_stage,
    ).facts  # fmt: skip


def load(
    path: Path,
    *,
    parts: Sequence[Path] = (),
    unit: str = "",
    up_axis: str = "",
    limits: ScanLimits = DEFAULT_LIMITS,
    name: str | None = None,
) -> Mesh:
    """The mesh of the scan at `path`, in millimetres where a unit is known; see `open_scan`."""
    return open_scan(path, parts=parts, unit=unit, up_axis=up_axis, limits=limits, name=name).mesh
