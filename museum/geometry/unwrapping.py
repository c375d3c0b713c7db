"""Colours and relief of a scan without pictures, baked into pictures for a mesh of fewer triangles.

Each texel asks for the nearest place of the whole: its colour, and its normal in the level's own tangent space
(glTF 2.0 §3.9.3). Tangents are stated (§3.7.2.1), for those that clients derive from such layouts differ by up to 30°.
"""

from dataclasses import replace

import numpy as np
from numba import njit

from museum.geometry import charts, raster, texture
from museum.geometry.charts import Layout
from museum.geometry.distance import Surface
from museum.geometry.gate import COMPILED
from museum.geometry.mesh import Bytes, Floats, Mesh, shown_materials

_TEXELS_A_VERTEX = 2
_FILLED = 0.55  # of a picture is covered by charts, as measured
_STEP_PX, _LEAST_PX = 128, 256
_MOST_PX = 1024  # eight texels a vertex of 150,000 triangles; 1,536 is 0.6 MB more for 0.6 of a degree
_FEWER = 0.75  # of the whole's triangles: a level of more has nearly all of its relief itself
_PIECE = 1 << 18
_GUTTER = 8
_RELIEF_QUALITY, _COLOR_QUALITY = 80, 85  # of JPEG: 90 for both costs a third more bytes for half a degree


def suits(mesh: Mesh) -> bool:
    """Whether a prepared scan is one whose levels can be unwrapped: a surface of one material, without pictures."""
    if mesh.is_point_cloud or mesh.normals is None or mesh.uv is not None or len(mesh.materials) > 1:
        return False
    return mesh.colors is None or bool((mesh.colors[:, 3] == 255).all())


def unwrapped(level: Mesh, whole: Mesh, surface: Surface, *, texture_px: int) -> Mesh:
    """`level` under pictures of the colours and normals of `whole`, its own vertex colours gone; `level` itself where
    it keeps most of the whole's triangles or no layout is found.

    `surface` is that of `whole`, for which `suits` holds. Pictures have some two texels a vertex of the whole, and no
    more than `texture_px` or 1,024 a side.
    """
    if level.normals is None or len(level.faces) > _FEWER * len(whole.faces):
        return level
    wanted = np.sqrt(_TEXELS_A_VERTEX * len(whole.vertices_mm) / _FILLED)
    side = min(texture_px, _MOST_PX, max(_LEAST_PX, int(np.ceil(wanted / _STEP_PX)) * _STEP_PX))
    found = charts.layout(level, side_px=side)
    if found is None:
        return level
    normals, tangents = _frames(level.normals[found.vertices], found.up)
    laid = replace(
        level, vertices_mm=level.vertices_mm[found.vertices], faces=found.faces, colors=None, surface=None,
        normals=normals, tangents=tangents, uv=found.uv,
    )  # fmt: skip
    relief, colors = _baked(laid, found, whole, surface, side)
    own = replace(
        shown_materials(level)[0], normal_texture=texture.encoded(relief, is_data=True, quality=_RELIEF_QUALITY)
    )
    if whole.colors is not None:
        own = replace(own, base_texture=texture.encoded(colors, quality=_COLOR_QUALITY), is_stated=True)
    return replace(laid, materials=(own,))


def _frames(normals: Floats, up: Floats) -> tuple[Floats, Floats]:
    """((k, 3) normals, those that are missing made up, (k, 4) where the picture runs to the right on the surface, and
    always 1, for nothing is mirrored)."""
    axes = np.eye(3)
    sound = np.where((normals**2).sum(axis=1, keepdims=True) > 0.5, normals, np.roll(up, 1, axis=1))
    right = np.cross(up, sound)
    other = np.cross(axes[np.argmin(np.abs(sound), axis=1)], sound)  # of a normal that points up the picture
    right = np.where((right**2).sum(axis=1, keepdims=True) > 1e-6, right, other)
    tangents = np.ones((len(sound), 4))
    tangents[:, :3] = right / np.linalg.norm(right, axis=1, keepdims=True)
    return sound, tangents


def _baked(laid: Mesh, found: Layout, whole: Mesh, surface: Surface, side: int) -> tuple[Bytes, Bytes]:
    """((side, side, 3) normals, (side, side, 3) colours) as pictures."""
    assert laid.uv is not None and laid.normals is not None and laid.tangents is not None and whole.normals is not None
    places = np.ones((len(laid.uv), 3), np.float32)
    places[:, :2] = laid.uv * side
    with COMPILED:
        face = raster.draw(places, laid.faces[~found.is_guest], side, side)[1]
    hosts = np.flatnonzero(~found.is_guest)
    rows, columns = np.nonzero(face >= 0)
    owner = laid.faces[hosts[face[rows, columns]]]
    relief, colors = (np.zeros((side, side, 3), np.uint8) for _ in range(2))
    paint = np.zeros((0, 4), np.uint8) if whole.colors is None else whole.colors
    for start in range(0, len(rows), _PIECE):
        here = slice(start, start + _PIECE)
        at = rows[here], columns[here]
        points, weights = _spots(laid.vertices_mm, laid.uv, owner[here], at[0], at[1], side)
        corners = whole.faces[surface.nearest(points)[1]]
        relief[at], colors[at] = _told(
            points, weights, owner[here], laid.normals, laid.tangents, corners, whole.vertices_mm, whole.normals, paint
        )
    covered = face >= 0
    for picture, beyond in ((relief, (128, 128, 255)), (colors, colors[covered].mean(axis=0))):
        _gutter(picture, covered.copy(), np.rint(np.array(beyond, np.float64)).astype(np.uint8))
    return relief, colors


@njit(cache=True, nogil=True, error_model="numpy")
def _spots(vertices, uv, owner, rows, columns, side):  # type: ignore[no-untyped-def]  # numba infers
    """((k, 3) places of the texels on the surface, (k, 3) weights of their triangle's corners)."""
    points, weights = np.empty((len(rows), 3)), np.empty((len(rows), 3))
    for i in range(len(rows)):
        a, b, c = owner[i, 0], owner[i, 1], owner[i, 2]
        px, py = (columns[i] + 0.5) / side - uv[a, 0], (rows[i] + 0.5) / side - uv[a, 1]
        ux, uy, vx, vy = uv[b, 0] - uv[a, 0], uv[b, 1] - uv[a, 1], uv[c, 0] - uv[a, 0], uv[c, 1] - uv[a, 1]
        whole = ux * vy - vx * uy
        second = third = 0.0
        if whole != 0:
            second = min(1.0, max(0.0, (px * vy - vx * py) / whole))
            third = min(1.0 - second, max(0.0, (ux * py - px * uy) / whole))
        first = 1 - second - third
        weights[i, 0], weights[i, 1], weights[i, 2] = first, second, third
        for k in range(3):
            points[i, k] = first * vertices[a, k] + second * vertices[b, k] + third * vertices[c, k]
    return points, weights


@njit(cache=True, nogil=True, error_model="numpy")
def _told(points, weights, owner, normals, tangents, corners, vertices, fine, paint):  # type: ignore[no-untyped-def]
    """((k, 3) bytes of the normals in tangent space, (k, 3) of the colours): what the nearest triangle of the whole,
    `corners` (k, 3), has where it is nearest."""
    relief, colors = np.empty((len(points), 3), np.uint8), np.zeros((len(points), 3), np.uint8)
    told = np.empty(3)
    for i in range(len(points)):
        a, b, c = corners[i, 0], corners[i, 1], corners[i, 2]
        first, second, third = _weights(points[i], vertices[a], vertices[b], vertices[c])
        for k in range(3 if len(paint) else 0):
            colors[i, k] = np.uint8(first * paint[a, k] + second * paint[b, k] + third * paint[c, k] + 0.5)
        wanted = _mixed(fine, a, b, c, first, second, third)
        x, y, z = owner[i, 0], owner[i, 1], owner[i, 2]
        normal = _mixed(normals, x, y, z, weights[i, 0], weights[i, 1], weights[i, 2])
        right = _mixed(tangents, x, y, z, weights[i, 0], weights[i, 1], weights[i, 2])
        ux = uy = uz = 0.0
        for j in range(3):
            n, t, share = normals[owner[i, j]], tangents[owner[i, j]], weights[i, j]
            ux += share * (n[1] * t[2] - n[2] * t[1])
            uy += share * (n[2] * t[0] - n[0] * t[2])
            uz += share * (n[0] * t[1] - n[1] * t[0])
        up = _unit(ux, uy, uz)
        # Those three are what a shader makes of them, not quite at right angles: so the inverse, not the transpose.
        away = _cross(right, up)
        turn = _dot(away, normal)
        told[:] = 0.0, 0.0, 1.0
        if abs(turn) > 0.1 and _dot(wanted, normal) > 0:
            told[0] = _dot(_cross(up, normal), wanted) / turn
            told[1] = _dot(_cross(normal, right), wanted) / turn
            told[2] = max(0.05, _dot(away, wanted) / turn)
            told[0], told[1], told[2] = _unit(told[0], told[1], told[2])
        for k in range(3):
            relief[i, k] = np.uint8(min(255.0, max(0.0, told[k] * 127.5 + 127.5)) + 0.5)
    return relief, colors


@njit(cache=True, nogil=True, error_model="numpy")
def _weights(p, a, b, c):  # type: ignore[no-untyped-def]  # numba infers
    """Weights of a triangle's corners where it is nearest to a point, nearly so beside it."""
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    px, py, pz = p[0] - a[0], p[1] - a[1], p[2] - a[2]
    uu, uv, vv = ux * ux + uy * uy + uz * uz, ux * vx + uy * vy + uz * vz, vx * vx + vy * vy + vz * vz
    pu, pv = px * ux + py * uy + pz * uz, px * vx + py * vy + pz * vz
    area = max(uu * vv - uv * uv, 1e-300)
    second, third = max(0.0, (vv * pu - uv * pv) / area), max(0.0, (uu * pv - uv * pu) / area)
    first = max(0.0, 1 - second - third)
    total = max(first + second + third, 1e-12)
    return first / total, second / total, third / total


@njit(cache=True, nogil=True, error_model="numpy")
def _mixed(rows, a, b, c, first, second, third):  # type: ignore[no-untyped-def]  # numba infers
    """The unit vector along three rows mixed."""
    return _unit(
        first * rows[a, 0] + second * rows[b, 0] + third * rows[c, 0],
        first * rows[a, 1] + second * rows[b, 1] + third * rows[c, 1],
        first * rows[a, 2] + second * rows[b, 2] + third * rows[c, 2],
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _unit(x, y, z):  # type: ignore[no-untyped-def]  # numba infers
    length = max(np.sqrt(x * x + y * y + z * z), 1e-12)
    return x / length, y / length, z / length


@njit(cache=True, nogil=True, error_model="numpy")
def _cross(a, b):  # type: ignore[no-untyped-def]  # numba infers
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


@njit(cache=True, nogil=True, error_model="numpy")
def _dot(a, b):  # type: ignore[no-untyped-def]  # numba infers
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@njit(cache=True, nogil=True, error_model="numpy")
def _gutter(picture, known, beyond):  # type: ignore[no-untyped-def]  # numba infers
    """Texels beside the charts take a neighbour's value, so that no edge shines through; `beyond` further out."""
    height, width = known.shape
    for _ in range(_GUTTER):
        before = known.copy()
        for y in range(height):
            for x in range(width):
                if before[y, x]:
                    continue
                for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
                    row, column = y + dy, x + dx
                    if 0 <= row < height and 0 <= column < width and before[row, column]:
                        picture[y, x] = picture[row, column]
                        known[y, x] = True
                        break
    for y in range(height):
        for x in range(width):
            if not known[y, x]:
                picture[y, x] = beyond
