"""The relief of a master as a picture: tangent-space normals for a mesh of fewer triangles (glTF 2.0 §3.9.3).

Both meshes share one UV layout, since simplification keeps original vertices: so a texel is the same place on both,
and what the picture says there stays where the master's colours say it is.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from museum.geometry import raster, texture
from museum.geometry.gate import COMPILED
from museum.geometry.mesh import Floats, Ints, Material, Mesh

Singles = NDArray[np.float32]

_OVERLAP = 1.03  # so much more than the layout's own area may be covered: triangles' edges share texels
_GUTTER = 8
_MOST_PX = 2048  # normals any finer took 1 GB to bake
_LEAST = 0.02  # a layout that covers less of its picture is none


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """One material's triangles drawn in UV space: `face` (h, w) int32 the triangle of each texel, -1 for none;
    `weights` (k, 3) its corners' weights in the k texels that `covered` (h, w) marks."""

    faces: Ints
    face: NDArray[np.int32]
    covered: NDArray[np.bool_]
    weights: Floats

    def spread(self, values: Floats) -> Floats:
        """(k, d) a vertex attribute in every covered texel."""
        corners = self.faces[self.face[self.covered]]
        result: Floats = np.einsum("kc,kcd->kd", self.weights, values[corners])
        return result

    def of_faces(self, values: Floats) -> Floats:
        """(k, d) an attribute of triangles in every covered texel."""
        result: Floats = values[self.face[self.covered]]
        return result


def baked(level: Mesh, master: Mesh, *, texture_px: int) -> Mesh:
    """`level` with the relief of `master` in its normal textures, `level` itself where that is impossible.

    Impossible without UV or normals, where UV leave the picture (tiling) or lie over each other, or where the level
    has all of the master's triangles.
    """
    if level.uv is None or level.normals is None or master.uv is None or master.normals is None:
        return level
    if len(level.faces) >= len(master.faces):
        return level
    materials = list(level.materials)
    for number in sorted({int(n) for n in level.face_material}):
        found = _baked_one(level, master, number, texture_px)
        if found is None:
            return level
        materials[number] = found
    return replace(level, materials=tuple(materials))


def _baked_one(level: Mesh, master: Mesh, number: int, texture_px: int) -> Material | None:
    material = level.materials[number]
    side = _side(material, texture_px)
    fine, coarse = _layout(master, number, side), _layout(level, number, side)
    if fine is None or coarse is None:
        return None
    assert master.normals is not None and level.normals is not None
    world = np.zeros((side, side, 3))
    world[fine.covered] = _detailed(fine, master, material, side)
    both = fine.covered & coarse.covered
    wanted = world[coarse.covered]
    tangent, bitangent, normal = _frames(coarse, level)
    told = np.stack([(axis * wanted).sum(axis=1) for axis in (tangent, bitangent, normal)], axis=1)
    told[~both[coarse.covered]] = (0.0, 0.0, 1.0)
    told[:, 2] = np.maximum(told[:, 2], 0.05)  # no texel looks into the surface
    picture = np.zeros((side, side, 3))
    picture[coarse.covered] = told / np.maximum(np.linalg.norm(told, axis=1, keepdims=True), 1e-9)
    filled = _with_gutter(picture, coarse.covered)
    encoded = texture.encoded(np.rint(filled * 127.5 + 127.5).clip(0, 255).astype(np.uint8), is_data=True)
    return replace(material, normal_texture=encoded)


def _side(material: Material, texture_px: int) -> int:
    """As fine as the material's finest picture, 1,024 px without any, never beyond `texture_px` or 2,048."""
    slots = (material.base_texture, material.normal_texture, material.surface_texture)
    sizes = [texture.size_px(picture) for picture in slots if picture is not None]
    finest = max((max(size) for size in sizes if size is not None), default=1024)
    return min(finest, texture_px, _MOST_PX)


def _layout(mesh: Mesh, number: int, side: int) -> _Layout | None:
    assert mesh.uv is not None
    faces = np.ascontiguousarray(mesh.faces[mesh.face_material == number])
    used = np.unique(faces)
    if not len(faces) or mesh.uv[used].min() < -1e-6 or mesh.uv[used].max() > 1 + 1e-6:
        return None
    places = np.ones((len(mesh.uv), 3), np.float32)
    places[:, :2] = mesh.uv * side
    with COMPILED:
        _, face = raster.draw(places, faces, side, side)
    covered = face >= 0
    a, b, c = (mesh.uv[faces[:, i]] * side for i in range(3))
    u, v = b - a, c - a
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    is_laid = _LEAST * side * side < covered.sum()
    if not is_laid or np.abs(area).sum() / 2 > _OVERLAP * covered.sum() + 4 * side:
        return None
    row, column = np.nonzero(covered)
    own = face[covered]
    x, y = column + 0.5 - a[own, 0], row + 0.5 - a[own, 1]
    whole = np.where(area[own] == 0, 1.0, area[own])
    second = (x * v[own, 1] - y * v[own, 0]) / whole
    third = (u[own, 0] * y - u[own, 1] * x) / whole
    weights = np.stack([1 - second - third, second, third], axis=1)
    return _Layout(faces=faces, face=face, covered=covered, weights=weights)


def _frames(layout: _Layout, mesh: Mesh) -> tuple[Floats, Floats, Floats]:
    """(k, 3) tangent (along u), bitangent (against v, glTF 2.0 §3.9.3: green points up) and normal of each texel."""
    assert mesh.normals is not None
    normal = _unit(layout.spread(mesh.normals))
    tangent, bitangent = _axes(normal, *(layout.of_faces(found) for found in _gradients(mesh, layout.faces)))
    return tangent, bitangent, normal


def _gradients(mesh: Mesh, faces: Ints) -> tuple[Floats, Floats, Floats]:
    """((m, 3) where u grows on each triangle, (m, 1) -1 where the picture is upright on it, (m, 3) its winding)."""
    assert mesh.uv is not None
    along = mesh.vertices_mm[faces[:, 1:]] - mesh.vertices_mm[faces[:, :1]]
    flat = mesh.uv[faces[:, 1:]] - mesh.uv[faces[:, :1]]
    turn = flat[:, 0, 0] * flat[:, 1, 1] - flat[:, 0, 1] * flat[:, 1, 0]
    sign = np.where(turn < 0, -1.0, 1.0)[:, None]
    across = sign * (along[:, 0] * flat[:, 1, 1:] - along[:, 1] * flat[:, 0, 1:])
    return across, sign, np.cross(along[:, 0], along[:, 1])


def _axes(normal: Floats, across: Floats, sign: Floats, wound: Floats) -> tuple[Floats, Floats]:
    """((k, 3) tangent, (k, 3) bitangent) at right angles to (k, 3) normals; turned where the winding is turned over."""
    tangent = _unit(across - (across * normal).sum(axis=1, keepdims=True) * normal)
    facing = np.where((wound * normal).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    # With v downwards an upright picture has a negative turn in glTF's own frame: there green is normal × tangent.
    return tangent, np.cross(normal, tangent) * -sign * facing


def bent(mesh: Mesh, faces: Ints, normal: Floats, told: Floats) -> Floats:
    """(k, 3) unit normals: (k, 3) `normal` of places in triangles `faces` (k, 3), as a normal texture has `told`."""
    return _bent(*_axes(normal, *_gradients(mesh, faces)), normal, told)


def _bent(tangent: Floats, bitangent: Floats, normal: Floats, told: Floats) -> Floats:
    x, y, z = told.T
    return _unit(tangent * x[:, None] + bitangent * y[:, None] + normal * np.maximum(z, 0.0)[:, None])


def _detailed(layout: _Layout, mesh: Mesh, material: Material, side: int) -> Floats:
    """(k, 3) the master's own shading normals: its vertices', and its normal texture upon them."""
    tangent, bitangent, normal = _frames(layout, mesh)
    if material.normal_texture is None:
        return normal
    pixels = texture.resized(material.normal_texture, side_px=side)[layout.covered][:, :3].astype(np.float64)
    return _bent(tangent, bitangent, normal, pixels / 127.5 - 1)


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Floats = vectors / np.where(length > 1e-12, length, 1.0)
    return result


def _with_gutter(picture: Floats, covered: NDArray[np.bool_]) -> Floats:
    """Texels beside the layout take their neighbours' value, so that no edge shines through; flat further out."""
    filled, known = picture.copy(), covered.copy()
    for _ in range(_GUTTER):
        total, count = np.zeros_like(filled), np.zeros(known.shape)
        for axis in (0, 1):
            for step in (1, -1):
                beside = np.roll(known, step, axis)
                total += np.roll(filled, step, axis) * beside[..., None]
                count += beside
        fresh = ~known & (count > 0)
        filled[fresh] = total[fresh] / count[fresh][:, None]
        known |= fresh
    filled[~known] = (0.0, 0.0, 1.0)
    return filled
