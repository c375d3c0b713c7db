"""What is measured on a scan once it is read: topology, area, volume, extent. Nothing is invented: unknown is None."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from museum.errors import SourceError
from museum.geometry import edges
from museum.geometry.chunks import slices
from museum.geometry.mesh import Mesh, face_normals
from museum.geometry.reading.workspace import Workspace
from museum.geometry.units import unit_mm


@dataclass(frozen=True, kw_only=True)
class ScanFacts:
    """Facts of one scan, in the file's own units unless a name ends in `_mm`.

    `unit` is stated by the format (`format_unit`) or by the caller, else "": then there is no scale bar and no measure.
    `open_edges` and `nonmanifold_edges` are counted after joining vertices that lie at exactly the same place (STL and
    UV seams double them). `volume` is None unless the mesh is watertight and a unit is known. `view_up` is the axis
    that pictures use; with `view_up_is_guessed` it was chosen from the shape, for viewing only. `remarks` are what a
    curator should know; `dropped` counts what salvaging left out ("vertices", "faces", "textures").
    """

    format: str
    vertices: int
    faces: int
    is_point_cloud: bool
    has_vertex_color: bool
    has_texture: bool
    has_uv: bool
    has_normals: bool
    extent: tuple[float, float, float]
    unit: str
    up_axis: str
    view_up: str
    view_up_is_guessed: bool
    is_watertight: bool
    is_closed: bool
    open_edges: int
    nonmanifold_edges: int
    area: float
    volume: float | None
    format_unit: str = ""
    file_parts: tuple[str, ...] = ()
    remarks: tuple[SourceError, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def extent_mm(self) -> tuple[float, float, float] | None:
        """Size along x, y, z in millimetres, None while no unit is known."""
        if not self.unit:
            return None
        x, y, z = (value * unit_mm(self.unit) for value in self.extent)
        return x, y, z


@dataclass(frozen=True, kw_only=True)
class Topology:
    """Edges of a mesh after welding: open ones bound one face, non-manifold ones more than two.

    `is_closed`: every edge is run as often one way as the other, so the surface has an inside and an outside even
    where parts of it touch; watertight says more, that no parts do.
    """

    open_edges: int
    nonmanifold_edges: int
    is_watertight: bool
    is_closed: bool


def topology(mesh: Mesh, workspace: Workspace | None = None) -> Topology:
    """Count the edges; watertight means each is shared by exactly two faces that run it in opposite directions."""
    if mesh.is_point_cloud:
        return Topology(open_edges=0, nonmanifold_edges=0, is_watertight=False, is_closed=False)
    count = single = many = odd = uneven = 0
    for uses, balance in edges.uses(mesh, workspace or Workspace()):
        count += len(uses)
        single += int((uses == 1).sum())
        many += int((uses > 2).sum())
        uneven += int((balance != 0).sum())
        odd += int(((uses != 2) | (balance != 0)).sum())
    return Topology(
        open_edges=single, nonmanifold_edges=many, is_watertight=count > 0 and not odd,
        is_closed=count > 0 and not uneven,
    )  # fmt: skip


def area(mesh: Mesh) -> float:
    """Surface area in the square of the mesh's unit."""
    parts = (face_normals(mesh.vertices_mm, mesh.faces[part]) for part in slices(len(mesh.faces)))
    return float(sum(np.linalg.norm(crossed, axis=1).sum() for crossed in parts) / 2)


def enclosed_volume(mesh: Mesh) -> float:
    """Volume in the cube of the mesh's unit; only true of a watertight mesh."""
    return abs(signed_volume(mesh))


def signed_volume(mesh: Mesh) -> float:
    """Volume by the divergence theorem, negative where a closed mesh is turned inside out."""
    middle = mesh.vertices_mm.mean(axis=0)
    total = 0.0
    for part in slices(len(mesh.faces)):
        a, b, c = (mesh.vertices_mm[mesh.faces[part, i]] - middle for i in range(3))
        total += float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)
    return total
