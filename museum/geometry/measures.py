"""What is measured on a whole scan with some effort, for its page: borders, spacing, texel, crossings, symmetry.

All lengths in millimetres where the scan has scale, else in the file's unit. Nothing is guessed: unknown is None.
"""

from dataclasses import dataclass

import numpy as np

from museum.geometry import borders, crossings, symmetry, texture
from museum.geometry.crossings import Crossings
from museum.geometry.distance import Surface, Yardstick
from museum.geometry.mesh import Mesh, face_normals
from museum.geometry.symmetry import Mirror

_SPACED = 4096


@dataclass(frozen=True, kw_only=True)
class Measures:
    """`borders` open borders with their whole length and the longest; `point_spacing` the middle distance between
    neighbouring points; `texel_size` what a pixel of the picture covers on the surface, None without a picture."""

    borders: int
    border_length: float
    border_longest: float
    point_spacing: float
    texel_size: float | None
    crossings: Crossings
    mirror: Mirror


def measure(mesh: Mesh, yardstick: Yardstick) -> Measures:
    """Measure `mesh`; `yardstick` is its own. Some 5 s for a million triangles."""
    rim = borders.borders(mesh)
    return Measures(
        borders=rim.count,
        border_length=rim.length,
        border_longest=rim.longest,
        point_spacing=point_spacing(mesh),
        texel_size=texel_size(mesh),
        crossings=crossings.crossings(mesh, yardstick.surface),
        mirror=symmetry.mirror(mesh, yardstick.points),
    )


def point_spacing(mesh: Mesh) -> float:
    """The middle length of a mesh's edges; of a cloud, the middle distance from a point to its nearest neighbour."""
    if not mesh.is_point_cloud:
        return borders.median_edge(mesh)
    points = mesh.vertices_mm
    count = min(_SPACED, max(1, len(points) // 50))
    chosen = np.zeros(len(points), bool)
    chosen[np.random.default_rng(20_260_103).choice(len(points), count, replace=False)] = True
    if chosen.all():
        return 0.0
    rest = Mesh(vertices_mm=points[~chosen], faces=mesh.faces)
    away = Surface.of(rest).distances(points[chosen])
    apart = away[away > 0]
    return float(np.median(apart)) if len(apart) else 0.0


def texel_size(mesh: Mesh) -> float | None:
    """The middle side of a base picture's pixel on the surface, by area; None where no picture lies on it."""
    if mesh.uv is None:
        return None
    sizes, areas = [], []
    for number, material in enumerate(mesh.materials):
        picture = material.base_texture
        side = texture.size_px(picture) if picture is not None else None
        faces = mesh.faces[mesh.face_material == number]
        if side is None or not len(faces):
            continue
        area = np.linalg.norm(face_normals(mesh.vertices_mm, faces), axis=1)
        a, b, c = (mesh.uv[faces[:, i]] for i in range(3))
        u, v = b - a, c - a
        texels = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) * side[0] * side[1]
        sound = (area > 0) & (texels > 0)
        sizes.append(np.sqrt(area[sound] / texels[sound]))
        areas.append(area[sound])
    if not sizes or not sum(len(size) for size in sizes):
        return None
    size, weight = np.concatenate(sizes), np.concatenate(areas)
    order = np.argsort(size)
    middle = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
    return float(size[order][min(middle, len(size) - 1)])
