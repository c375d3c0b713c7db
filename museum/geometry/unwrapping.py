"""Colours and relief of a scan baked into pictures for a mesh of fewer triangles, on a layout of its own.

For scans without pictures, and for those of several materials, which become one. Each texel asks for the nearest place
of the whole: what that shows (`joining`), and its normal in the level's own tangent space (glTF 2.0 §3.9.3). Tangents
are stated (§3.7.2.1), for those that clients derive from such layouts differ by up to 30°.
"""

from dataclasses import replace

import numpy as np
from numba import njit

from museum.geometry import charts, joining, raster, texture
from museum.geometry.charts import Layout
from museum.geometry.distance import Surface
from museum.geometry.gate import COMPILED
from museum.geometry.joining import Look
from museum.geometry.mesh import Bytes, Floats, Material, Mesh

_MOST_RELIEF_PX = 2048  # normals and roughness; colours have what the scan's own pictures have
_FEWER = 0.75  # of the whole's triangles: a level of more has nearly all of its relief itself
_PIECE = 1 << 18
_GUTTER = 8
_RELIEF_QUALITY, _COLOR_QUALITY = 80, 85  # of JPEG: 90 for both costs a third more bytes for half a degree


def suits(mesh: Mesh) -> bool:
    """Whether a prepared scan is one whose levels can be unwrapped: an opaque surface without pictures, or of several
    materials."""
    if mesh.is_point_cloud or mesh.normals is None:
        return False
    if len(mesh.materials) > 1:
        return joining.suits(mesh)
    return mesh.uv is None and (mesh.colors is None or bool((mesh.colors[:, 3] == 255).all()))


def unwrapped(level: Mesh, whole: Mesh, surface: Surface, *, texture_px: int) -> Mesh:
    """`level` under pictures of what `whole` shows, of one material, its own vertex colours gone; `level` itself where
    no layout is found, or where it keeps most of the triangles of a whole of one material.

    `surface` is that of `whole`, for which `suits` holds. Pictures have as many texels as the whole has (see
    `joining.side_px`), and no more than `texture_px` a side.
    """
    if level.normals is None or (len(whole.materials) < 2 and len(level.faces) > _FEWER * len(whole.faces)):
        return level
    side = min(texture_px, joining.side_px(whole))
    found = charts.layout(level, side_px=side)
    if found is None:
        return level
    normals, tangents = _frames(level.normals[found.vertices], found.up)
    laid = replace(
        level, vertices_mm=level.vertices_mm[found.vertices], faces=found.faces, colors=None, surface=None,
        normals=normals, tangents=tangents, uv=found.uv, face_material=np.zeros(len(found.faces), np.int32),
    )  # fmt: skip
    look = Look.of(whole, side_px=side)
    pictures = _baked(laid, found, look, surface, side)
    if len(level.faces) < len(whole.faces) or look.has_normals:
        return replace(laid, materials=(_material(look, *pictures),))
    return replace(laid, materials=(replace(_material(look, *pictures), normal_texture=None),), tangents=None)


def _material(look: Look, relief: Bytes, colors: Bytes, data: Bytes) -> Material:
    """The one material under these pictures, those that would be of one colour left out."""
    own = replace(
        look.own, base_texture=None, surface_texture=None, occlusion_texture=None,
        normal_texture=texture.encoded(_halved(relief), is_data=True, quality=_RELIEF_QUALITY),
    )  # fmt: skip
    if look.has_colors:
        shown = texture.encoded(colors, quality=_COLOR_QUALITY)
        own = replace(own, base_texture=shown, base_color=(1.0, 1.0, 1.0, 1.0), is_stated=True)
    if look.has_data:
        rough = texture.encoded(_halved(data), is_data=True, quality=_RELIEF_QUALITY)
        own = replace(own, surface_texture=rough, occlusion_texture=rough, roughness=1.0, metallic=1.0)
    return own


def _halved(picture: Bytes) -> Bytes:
    """The picture at half its size where it is larger than relief needs."""
    if len(picture) <= _MOST_RELIEF_PX:
        return picture
    four = [picture[row::2, column::2].astype(np.uint16) for row in (0, 1) for column in (0, 1)]
    return ((sum(four[1:], four[0]) + 2) // 4).astype(np.uint8)


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


def _baked(laid: Mesh, found: Layout, look: Look, surface: Surface, side: int) -> tuple[Bytes, Bytes, Bytes]:
    """((side, side, 3) normals, colours, and occlusion with roughness and metalness) as pictures."""
    whole = look.mesh
    assert laid.uv is not None and laid.normals is not None and laid.tangents is not None and whole.normals is not None
    places = np.ones((len(laid.uv), 3), np.float32)
    places[:, :2] = laid.uv * side
    with COMPILED:
        face = raster.draw(places, laid.faces[~found.is_guest], side, side)[1]
    hosts = np.flatnonzero(~found.is_guest)
    rows, columns = np.nonzero(face >= 0)
    owner = laid.faces[hosts[face[rows, columns]]]
    relief, colors, data = (np.zeros((side, side, 3), np.uint8) for _ in range(3))
    for start in range(0, len(rows), _PIECE):
        here = slice(start, start + _PIECE)
        at = rows[here], columns[here]
        points, weights = _spots(laid.vertices_mm, laid.uv, owner[here], at[0], at[1], side)
        faces = surface.nearest(points)[1]
        shares, wanted = _there(points, whole.faces[faces], whole.vertices_mm, whole.normals)
        colors[at], data[at], wanted = look.at(faces, shares, wanted)
        relief[at] = _told(weights, owner[here], laid.normals, laid.tangents, wanted)
    covered = face >= 0
    for picture in (relief, colors, data):
        beyond = (128, 128, 255) if picture is relief else picture[covered].mean(axis=0)
        _gutter(picture, covered.copy(), np.rint(np.array(beyond, np.float64)).astype(np.uint8))
    return relief, colors, data


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
def _there(points, corners, vertices, fine):  # type: ignore[no-untyped-def]  # numba infers
    """((k, 3) weights of the corners of the nearest triangles, `corners` (k, 3), where these are nearest, (k, 3) the
    unit normals there)."""
    shares, normals = np.empty((len(points), 3)), np.empty((len(points), 3))
    for i in range(len(points)):
        a, b, c = corners[i, 0], corners[i, 1], corners[i, 2]
        first, second, third = _weights(points[i], vertices[a], vertices[b], vertices[c])
        shares[i, 0], shares[i, 1], shares[i, 2] = first, second, third
        normals[i, 0], normals[i, 1], normals[i, 2] = _mixed(fine, a, b, c, first, second, third)
    return shares, normals


@njit(cache=True, nogil=True, error_model="numpy")
def _told(weights, owner, normals, tangents, fine):  # type: ignore[no-untyped-def]  # numba infers
    """(k, 3) bytes of the normals `fine` (k, 3) in the level's tangent space."""
    relief = np.empty((len(owner), 3), np.uint8)
    told = np.empty(3)
    for i in range(len(owner)):
        wanted = (fine[i, 0], fine[i, 1], fine[i, 2])
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
    return relief


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
