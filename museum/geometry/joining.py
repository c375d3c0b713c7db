"""Several materials as one: what a scan of many pictures shows at each place, for one picture that holds all of it.

A base colour is factor × picture × vertex colour in linear light (glTF 2.0 §3.9.2). Pictures are shrunk to about the
size at which they are needed, by those of their texels that the scan shows: what lies beside its charts never bleeds.
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from museum.geometry import baking, color, raster, texture
from museum.geometry.chunks import slices
from museum.geometry.gate import COMPILED
from museum.geometry.levels import seamless
from museum.geometry.mesh import Bytes, Floats, Ints, Material, Mesh, Picture, face_normals, shown_materials

_FILLED = 0.55  # of a picture is covered by charts, as measured
_STEP_PX, _LEAST_PX, _MOST_PX = 128, 256, 4096
_TEXELS_A_VERTEX, _PLAIN_PX = 2, 1024  # where there are no pictures: eight texels a vertex of 150,000 triangles
_FINER = 1.5  # times the texels of what is made: shrunk to just as many, and shifted, fine drawing would blur
_OPAQUE = 250
_LINEAR = color.to_linear(np.arange(256) / 255).astype(np.float32)
_SHARE = (np.arange(256) / 255).astype(np.float32)


def suits(mesh: Mesh) -> bool:
    """Whether a mesh is a surface of several materials and opaque: no factor, vertex or picture lets light through.

    Pictures are asked at their charts' corners and middles, so that what lies beside charts may well be clear.
    """
    numbers = np.flatnonzero(np.bincount(mesh.face_material))
    if len(numbers) < 2 or (mesh.colors is not None and (mesh.colors[:, 3] < _OPAQUE).any()):
        return False
    return not any(_lets_light_through(mesh, int(number)) for number in numbers)


def _lets_light_through(mesh: Mesh, number: int) -> bool:
    material = mesh.materials[number]
    if material.base_color[3] < 1:
        return True
    picture = material.base_texture
    if picture is None or mesh.uv is None or picture.media_type == "image/jpeg":
        return False
    corners = mesh.uv[mesh.faces[mesh.face_material == number]]
    at = np.concatenate([corners.reshape(-1, 2), corners.mean(axis=1)])
    alpha = texture.decode(picture, max_px=1024)[:, :, 3]
    rows, columns = ((np.mod(at[:, axis], 1.0) * alpha.shape[1 - axis]).astype(np.int64) for axis in (1, 0))
    return bool((alpha[rows.clip(max=len(alpha) - 1), columns.clip(max=alpha.shape[1] - 1)] < _OPAQUE).any())


def used(mesh: Mesh) -> Mesh:
    """The mesh with those materials alone that triangles have; itself where these are all."""
    if len(mesh.materials) < 2 or mesh.is_point_cloud:
        return mesh
    counts = np.zeros(len(mesh.materials), np.int64)
    for part in slices(len(mesh.faces)):
        counts += np.bincount(mesh.face_material[part], minlength=len(counts))
    kept = np.flatnonzero(counts)
    if len(kept) == len(mesh.materials):
        return mesh
    number = np.zeros(len(mesh.materials), np.int32)
    number[kept] = np.arange(len(kept))
    return replace(mesh, materials=tuple(mesh.materials[k] for k in kept), face_material=number[mesh.face_material])


def one(mesh: Mesh) -> Mesh:
    """The surface alone, of one material."""
    return replace(
        mesh, uv=None, colors=None, surface=None, tangents=None, materials=(Material(is_stated=False),),
        face_material=np.zeros(len(mesh.faces), np.int32),
    )  # fmt: skip


def bare(mesh: Mesh) -> Mesh:
    """The surface alone, with one vertex a place: seams would stop the simplifier."""
    return seamless(one(mesh)) or one(mesh)


def side_px(mesh: Mesh) -> int:
    """The side of one square picture that shows as many texels a square millimetre as the scan's pictures do in the
    mean, or two a vertex where these are more; at most 4,096."""
    areas, texels = _measures(mesh)
    has_picture = (texels > 0) & (areas > 0)
    wanted = min(_PLAIN_PX, float(np.sqrt(_TEXELS_A_VERTEX * len(mesh.vertices_mm) / _FILLED)))
    if has_picture.any():
        shown = texels[has_picture].sum() / areas[has_picture].sum() * areas.sum()
        wanted = max(wanted, float(np.sqrt(shown / _FILLED)))
    return min(_MOST_PX, max(_LEAST_PX, int(np.ceil(wanted / _STEP_PX)) * _STEP_PX))


def held_px(mesh: Mesh, *, most_px: int = _MOST_PX) -> int:
    """The side of one square picture of as many texels as the scan's base pictures have, shown or not, each with no
    side over `most_px`; 0 without any."""
    pictures = {material.base_texture for material in mesh.materials if material.base_texture is not None}
    sizes = [size for picture in pictures if (size := texture.size_px(picture)) is not None]
    shares = [min(1.0, most_px / max(size)) for size in sizes]
    texels = sum(width * height * share**2 for (width, height), share in zip(sizes, shares, strict=True))
    return round(float(np.sqrt(texels)))


def _measures(mesh: Mesh) -> tuple[Floats, Floats]:
    """((materials,) their areas on the surface, (materials,) how many texels of their base pictures these show)."""
    areas, texels = np.zeros(len(mesh.materials)), np.zeros(len(mesh.materials))
    for number, material in enumerate(mesh.materials):
        faces = mesh.faces[mesh.face_material == number]
        areas[number] = np.linalg.norm(face_normals(mesh.vertices_mm, faces), axis=1).sum() / 2
        size = None if material.base_texture is None else texture.size_px(material.base_texture)
        if size is not None and mesh.uv is not None:
            u, v = mesh.uv[faces[:, 1]] - mesh.uv[faces[:, 0]], mesh.uv[faces[:, 2]] - mesh.uv[faces[:, 0]]
            texels[number] = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum() / 2 * size[0] * size[1]
    return areas, texels


@dataclass(frozen=True, kw_only=True)
class _Dye:
    """A material with its pictures decoded, (h, w, 4) each: `factor` (3,) linear, `data` (3,) of occlusion, roughness
    and metalness."""

    factor: Floats
    data: Floats
    base: Bytes | None
    normal: Bytes | None
    rough: Bytes | None
    occlusion: Bytes | None


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a scan shows. `has_colors`: not one colour all over; `has_data`: nor one roughness and metalness."""

    mesh: Mesh
    dyes: tuple[_Dye, ...]
    own: Material
    has_colors: bool
    has_data: bool
    has_normals: bool

    @classmethod
    def of(cls, mesh: Mesh, *, side_px: int) -> "Look":
        """Prepare what `mesh` shows for a picture of `side_px` pixels a side."""
        areas, texels = _measures(mesh)
        materials = shown_materials(mesh)
        needed = _FILLED * side_px**2 * areas / max(float(areas.sum()), 1e-300)
        shares = _FINER * np.sqrt(needed / np.maximum(texels, 1.0))
        dyes = tuple(
            _dye(mesh, number, material, float(shares[number]) if texels[number] else 1.0)
            for number, material in enumerate(materials)
        )
        seen = [dye for dye, area in zip(dyes, areas, strict=True) if area > 0] or list(dyes)
        return cls(
            mesh=mesh, dyes=dyes, own=materials[int(np.argmax(areas))],
            has_colors=mesh.colors is not None
            or any(dye.base is not None or (dye.factor != seen[0].factor).any() for dye in seen),
            has_data=any(
                dye.rough is not None or dye.occlusion is not None or (dye.data != seen[0].data).any() for dye in seen
            ),
            has_normals=any(d.normal is not None for d in seen),
        )  # fmt: skip

    def at(self, faces: Ints, weights: Floats, normals: Floats) -> tuple[Bytes, Bytes, Floats]:
        """((k, 3) base colours in sRGB, (k, 3) occlusion, roughness and metalness, (k, 3) unit normals) of the places
        that lie in (k,) `faces`, at (k, 3) `weights` of their corners, where vertices alone have `normals`."""
        mesh, corners = self.mesh, self.mesh.faces[faces]
        light, data, bent = np.ones((len(faces), 3)), np.ones((len(faces), 3)), normals.copy()
        if mesh.colors is not None:
            light = np.einsum("kc,kcd->kd", weights, _LINEAR[mesh.colors[corners][:, :, :3]].astype(np.float64))
        uv = np.zeros((len(faces), 2)) if mesh.uv is None else np.einsum("kc,kcd->kd", weights, mesh.uv[corners])
        owner = mesh.face_material[faces]
        for number, dye in enumerate(self.dyes):
            here = np.flatnonzero(owner == number)
            if not len(here):
                continue
            light[here] *= dye.factor
            data[here] *= dye.data
            if dye.base is not None:
                light[here] *= _shown(dye.base, uv[here], _LINEAR)
            if dye.rough is not None:
                data[here, 1:] *= _shown(dye.rough, uv[here], _SHARE)[:, 1:]
            if dye.occlusion is not None:
                data[here, 0] *= _shown(dye.occlusion, uv[here], _SHARE)[:, 0]
            if dye.normal is not None:
                told = _shown(dye.normal, uv[here], _SHARE) * 2.0 - 1
                bent[here] = baking.bent(mesh, mesh.faces[faces[here]], normals[here], told)
        return np.rint(color.to_srgb(light) * 255).astype(np.uint8), np.rint(data * 255).astype(np.uint8), bent


def _dye(mesh: Mesh, number: int, material: Material, share: float) -> _Dye:
    """The material with pictures of `share` of their size, where that is less than all."""
    known: dict[int, Bytes] = {}

    def decoded(picture: Picture | None) -> Bytes | None:
        if picture is None or mesh.uv is None:
            return None
        if id(picture) not in known:
            known[id(picture)] = _decoded(mesh, number, picture, share)
        return known[id(picture)]

    return _Dye(
        factor=np.array(material.base_color[:3], np.float64),
        data=np.array([1.0, material.roughness, material.metallic]),
        base=decoded(material.base_texture), normal=decoded(material.normal_texture),
        rough=decoded(material.surface_texture), occlusion=decoded(material.occlusion_texture),
    )  # fmt: skip


def _decoded(mesh: Mesh, number: int, picture: Picture, share: float) -> Bytes:
    pixels = np.array(texture.decode(picture, max_px=_MOST_PX))
    if share >= 1:
        return pixels
    height, width = pixels.shape[:2]
    faces = mesh.faces[mesh.face_material == number]
    assert mesh.uv is not None
    used = mesh.uv[faces]
    places = np.ones((len(mesh.uv), 3), np.float32)
    places[:, :2] = mesh.uv * (width, height)
    if used.min() >= -1e-6 and used.max() <= 1 + 1e-6:
        with COMPILED:
            covered = raster.draw(places, faces, width, height)[1] >= 0
        if covered.any():
            pixels = np.dstack([pixels[:, :, :3], covered.astype(np.uint8) * 255])
    return np.array(texture.reduced(pixels, max_px=max(4, round(max(width, height) * share))))


@njit(cache=True, nogil=True, error_model="numpy")
def _shown(pixels, uv, table):  # type: ignore[no-untyped-def]  # numba infers
    """(k, 3) float32 what a picture shows at (k, 2) `uv` by a table of its 256 values: bilinear, repeating, each texel
    as much as it is there (alpha)."""
    height, width = pixels.shape[:2]
    result = np.zeros((len(uv), 3), np.float32)
    for i in range(len(uv)):
        x, y = (uv[i, 0] - np.floor(uv[i, 0])) * width - 0.5, (uv[i, 1] - np.floor(uv[i, 1])) * height - 0.5
        left, top = int(np.floor(x)), int(np.floor(y))
        total = 0.0
        for step in range(8):  # the four around; once more, all of them alike, where none of them is there
            if step == 4 and total > 0:
                break
            row, column = top + (step & 1), left + (step >> 1 & 1)
            share = (1 - abs(y - row)) * (1 - abs(x - column))
            row, column = row % height, column % width
            if step < 4:
                share *= pixels[row, column, 3]
            total += share
            for k in range(3):
                result[i, k] += share * table[pixels[row, column, k]]
        for k in range(3):
            result[i, k] /= total
    return result
