"""Colours of vertices as a picture, for those who show no coloured vertices (Quick Look): an own layout by triangle.

Two triangles share a square cell of a regular grid, in the order of a space-filling curve, so that what lies near on
the surface lies near in the picture; each texel takes its colour from the nearest place of the master.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt, texture
from museum.geometry.distance import Surface
from museum.geometry.mesh import Bytes, Floats, Mesh, shown_materials

_PIECE = 250_000
_EDGE = 1.0  # texels between a triangle and its cell's border, so that filtering finds its own colours


def painted(level: Mesh, master: Mesh, surface: Surface, *, texture_px: int) -> Mesh:
    """`level` under a picture of the colours of `master`, three vertices a triangle, its vertex colours gone.

    `surface` is the master's. A level without vertex colours, or with pictures of
    its own, is given back as it is.
    """
    if level.colors is None or master.colors is None or level.is_point_cloud:
        return level
    if any(material.base_texture is not None for material in level.materials):
        return level
    order = _along_curve(level)
    cells = -(-len(order) // 2)
    columns = int(np.ceil(np.sqrt(cells)))
    side_px = texture_px // columns
    place = np.arange(len(order)) // 2
    corner = np.stack([place % columns, place // columns], axis=1).astype(np.float64) * side_px
    uv_px = corner[:, None, :] + _halves(side_px)[np.arange(len(order)) % 2]
    faces = level.faces[order]
    pixels = _colored(level.vertices_mm[faces], uv_px, side_px, columns * side_px, master, surface)
    picture = texture.encoded(pixels)
    flat = faces.ravel()
    own = shown_materials(level)[0]
    return replace(
        level,
        vertices_mm=level.vertices_mm[flat],
        faces=np.arange(len(flat), dtype=np.int32).reshape(-1, 3),
        normals=None if level.normals is None else level.normals[flat],
        colors=None,
        surface=None,
        uv=uv_px.reshape(-1, 2) / (columns * side_px),
        materials=(replace(own, base_texture=picture, normal_texture=None, surface_texture=None, is_stated=True),),
        face_material=np.zeros(len(faces), np.int32),
    )


def _along_curve(level: Mesh) -> NDArray[np.int64]:
    """(m,) numbers of the triangles along a space-filling curve."""
    centres = level.vertices_mm[level.faces].mean(axis=1)
    return meshopt.spatial_order((centres - centres.mean(axis=0)).astype(np.float32))


def _halves(side_px: int) -> Floats:
    """(2, 3, 2) corners in texels of the two triangles of a cell, apart from each other and from its border."""
    low, high = _EDGE, side_px - _EDGE
    gap = min(1.5, side_px / 4)
    first = [[low, low], [high - gap, low], [low, high - gap]]
    second = [[high, high], [low + gap, high], [high, low + gap]]
    return np.array([first, second])


def _colored(
    corners: Floats, uv_px: Floats, side_px: int, width: int, master: Mesh, surface: Surface
) -> NDArray[np.uint8]:
    """(width, width, 3) the picture: every texel of a cell belongs to the half whose diagonal side it lies on."""
    pixels = np.zeros((width, width, 3), np.uint8)
    row, column = (grid.ravel() for grid in np.mgrid[0:side_px, 0:side_px])
    is_second = (row + column + 1 > side_px).astype(np.int64)
    weights = np.stack([_weights(uv, np.stack([column, row], axis=1) + 0.5) for uv in _halves(side_px)])
    mine = weights[is_second, np.arange(len(row))]  # (texels of a cell, 3)
    cells = -(-len(corners) // 2)
    step = max(1, _PIECE // len(row))
    for start in range(0, cells, step):
        cell = np.arange(start, min(cells, start + step))
        half = np.minimum(cell[:, None] * 2 + is_second, len(corners) - 1)
        points = np.einsum("ntc,ntcd->ntd", np.broadcast_to(mine, (*half.shape, 3)), corners[half])
        shown = _nearest_colors(points.reshape(-1, 3), master, surface)
        origin = uv_px[cell * 2, 0] - _EDGE
        y = (origin[:, 1:] + row).astype(np.int64)
        x = (origin[:, :1] + column).astype(np.int64)
        pixels[y.ravel(), x.ravel()] = shown
    return pixels


def _weights(corners: Floats, points: Floats) -> Floats:
    """(k, 3) weights of a triangle's corners in `points`, those outside moved onto it."""
    u, v, p = corners[1] - corners[0], corners[2] - corners[0], points - corners[0]
    whole = u[0] * v[1] - u[1] * v[0]
    second = (p[:, 0] * v[1] - p[:, 1] * v[0]) / whole
    third = (u[0] * p[:, 1] - u[1] * p[:, 0]) / whole
    inside = np.stack([1 - second - third, second, third], axis=1).clip(0, 1)
    result: Floats = inside / inside.sum(axis=1, keepdims=True)
    return result


def _nearest_colors(points: Floats, master: Mesh, surface: Surface) -> NDArray[np.uint8]:
    """(k, 3) sRGB of the master where it is nearest to each point, mixed of the corners of the triangle there."""
    assert master.colors is not None
    faces = surface.faces[surface.nearest(points)[1]]
    a, b, c = (master.vertices_mm[faces[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    whole = np.maximum((normal**2).sum(axis=1), 1e-300)
    second = (np.cross(points - a, c - a) * normal).sum(axis=1) / whole
    third = (np.cross(b - a, points - a) * normal).sum(axis=1) / whole
    weights = np.stack([1 - second - third, second, third], axis=1).clip(0, 1)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    mixed = np.einsum("kc,kcd->kd", weights, master.colors[faces][:, :, :3].astype(np.float64))
    result: Bytes = np.rint(mixed).clip(0, 255).astype(np.uint8)
    return result
