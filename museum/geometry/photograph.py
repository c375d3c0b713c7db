"""Photographs of finely meshed objects, up to tens of megapixels: studio, raking and ultraviolet light.

Light is baked on the vertices once for a position of the lamps; every picture is then developed from it in bands, so a
picture of 30 megapixels needs seconds and little memory. For meshes whose triangles are no larger than what light
changes over; `museum.geometry.render` serves every other one.
"""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from museum.geometry import camera as lens
from museum.geometry import color, darkroom, meshopt, shading, skin, studio
from museum.geometry.camera import Camera, View
from museum.geometry.facts import signed_volume
from museum.geometry.gate import COMPILED
from museum.geometry.mesh import Bytes, Ints, Mesh
from museum.geometry.render import LACQUER, Background
from museum.geometry.studio import STUDIO, Lamps

_ROWS = 24
_PREVIEW_PX = 200
_BRIGHT = 0.74
_FLOOR_SIDE = 224
_FINE_FACES = 15_000
_QUICK = 24  # lamps from which on shadows are drawn finely
_FINE = 1_000_000  # triangles from which on vertices stand so close that a finer shadow can be seen
_FINEST = 1 / 50  # of the object's size: longer edges are divided before light is baked on their ends
_DIVISIONS = 5
DARK = Background(glow=(9, 6, 15), edge=(4, 3, 7), pool=0.0, reflection=0.0)

Singles = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Grain:
    """Fine skin that no mesh can hold: `steepness` of its bumps, `tone` of its specks, both in shares, and the largest
    wave in millimetres. Polished places have less of it; the seed makes it the same every time."""

    steepness: float = 0.5
    tone: float = 0.06
    largest_mm: float = 8.0
    seed: int = 1


@dataclass
class _Bake:
    """The lamps of one heading and what of them reaches every vertex."""

    key: tuple[float, Lamps]
    skin: Singles
    floor_map: Singles
    boxes: Singles
    key_light: Singles
    spread: float


@dataclass
class Sitter:
    """An object ready to be photographed, in studio space: Y up, on the floor at 0, its largest side 1.

    points (n, 3), faces (m, 3), skin (n, 16) as `museum.geometry.skin` lays it out, glow (n, 3) linear light under
    ultraviolet; `size_mm` is the length of 1. Keeps the light of the last heading.
    """

    points: Singles
    faces: Ints
    skin: Singles
    glow: Singles
    size_mm: float
    grain: Grain
    _bake: _Bake | None = field(default=None, repr=False)

    @classmethod
    def of(cls, mesh: Mesh, *, fluorescence: Bytes | None = None, grain: Grain | None = None) -> "Sitter":
        """Prepare a mesh with vertex colours; `fluorescence` (n, 3) uint8 sRGB, none where there is none."""
        turn = lens.studio_turn(mesh.up_axis)
        columns = mesh.vertices_mm.T
        low, high = np.array([c.min() for c in columns]), np.array([c.max() for c in columns])
        size = float((high - low).max())
        points = (((mesh.vertices_mm - (low + high) / 2) / size) @ turn.T).astype(np.float32)
        points[:, 1] -= points[:, 1].min()
        count = len(points)
        rows = np.zeros((count, skin.WIDTH), np.float32)
        table = color.to_linear(np.arange(256) / 255).astype(np.float32)
        material = mesh.materials[0]
        rows[:, skin.COLOR : skin.COLOR + 3] = (
            material.base_color[:3] if mesh.colors is None else table[mesh.colors[:, :3]]
        )
        surface = mesh.surface
        rows[:, skin.ROUGH] = material.roughness if surface is None else surface[:, 0] / np.float32(255)
        rows[:, skin.METAL] = material.metallic if surface is None else surface[:, 1] / np.float32(255)
        glow = np.zeros((count, 3), np.float32) if fluorescence is None else table[fluorescence[:, :3]]
        faces = np.ascontiguousarray(mesh.faces, np.int32)
        if mesh.normals is not None:
            rows[:, :3] = mesh.normals @ turn.T
        else:
            rows[:, :3] = _smooth(points, faces)
        points, faces, rows, glow = _divided(points, faces, rows, glow)
        return cls(points=points, faces=faces, skin=rows, glow=glow, size_mm=size, grain=grain or Grain())

    def camera(self, view: View, *, width_px: int, height_px: int) -> Camera:
        """The camera of a view; the same view and size give the same one whatever the light."""
        thin = self.points[:: max(1, len(self.points) // 60_000)]
        return lens.framed(thin, view, width_px=width_px, height_px=height_px)

    def lit(self, look: Camera, lamps: Lamps, *, samples: int) -> _Bake:
        """The light of `lamps` for a camera's heading, baked once for it."""
        heading = round(math.degrees(math.atan2(-look.axes[2, 0], -look.axes[2, 2])), 3)
        if self._bake is None or self._bake.key != (heading, lamps):
            side = 512 if len(self.faces) <= 60_000 or samples <= _QUICK else 768 if len(self.faces) < _FINE else 1024
            lights = studio.build(
                self.points, self.faces, look, samples=samples, side=side, lamps=lamps, is_closed=True
            )
            rows = self.skin.copy()
            skin.bake(
                self.points, rows, lights.axes, lights.placing, lights.power, lights.maps, lights.key_count,
                studio.SUBSETS, lamps.lift,
            )  # fmt: skip
            packed = (lights.axes, lights.placing, lights.power, lights.maps, lights.key_count, lights.boxes)
            self._bake = _Bake(
                key=(heading, lamps), skin=rows,
                floor_map=1 - (1 - shading.floor_shadow(packed, _FLOOR_SIDE)) * np.float32(lamps.floor_shadow),
                boxes=lights.boxes, key_light=np.append(lights.key, np.float32(lamps.bounce)),
                spread=math.sin(math.radians(lamps.key_radius_deg)) * 0.6,
            )  # fmt: skip
        return self._bake


def photograph(
    sitter: Sitter,
    *,
    width_px: int,
    height_px: int,
    view: View,
    lamps: Lamps = STUDIO,
    background: Background = LACQUER,
    exposure: float | None = None,
    samples: int = 72,
) -> Bytes:
    """(h, w, 3) uint8 sRGB. `exposure` None measures the object; give `exposure_of` to keep it through a series."""
    with COMPILED:
        if exposure is None:
            exposure = _exposure(sitter, view, width_px, height_px, lamps, samples)
        look = sitter.camera(view, width_px=width_px * 2, height_px=height_px * 2)
        bake = sitter.lit(look, lamps, samples=samples)
        out = np.empty((height_px, width_px, 3), np.uint8)
        _develop(sitter, bake, look, view, background, exposure, out, _NONE)
    return out


def exposure_of(
    sitter: Sitter, view: View, *, width_px: int, height_px: int, lamps: Lamps = STUDIO, samples: int = 72
) -> float:
    """The exposure that puts the object's bright parts where paper white has room above them."""
    with COMPILED:
        return _exposure(sitter, view, width_px, height_px, lamps, samples)


def ultraviolet(
    sitter: Sitter, *, width_px: int, height_px: int, view: View, exposure: float = 1.0, samples: int = 72
) -> Bytes:
    """(h, w, 3) uint8 sRGB of the object's own light under ultraviolet, in a room that is all but dark."""
    with COMPILED:
        look = sitter.camera(view, width_px=width_px * 2, height_px=height_px * 2)
        bake = sitter.lit(look, STUDIO, samples=samples)
        rows = bake.skin.copy()
        lightness = rows[:, skin.COLOR : skin.COLOR + 3] @ np.array([0.3, 0.6, 0.1], np.float32)
        rows[:, skin.METAL] = lightness
        rows[:, skin.COLOR : skin.COLOR + 3] = sitter.glow
        out = np.empty((height_px, width_px, 3), np.uint8)
        dark = replace(bake, skin=rows)
        _develop(sitter, dark, look, view, DARK, exposure, out, _NONE, mode=darkroom.ULTRAVIOLET)
    return out


def suits(mesh: Mesh) -> bool:
    """Whether a closed mesh can be photographed from baked light: fine, right side out, without pictures on it.

    The insides of an open one would be as dark as its outside is bright.
    """
    pictures = (m.base_texture or m.normal_texture or m.surface_texture or m.occlusion_texture for m in mesh.materials)
    is_plain = (mesh.colors is not None or len(mesh.materials) == 1) and not any(pictures)
    return is_plain and len(mesh.faces) >= _FINE_FACES and signed_volume(mesh) > 0


def vertex_normals(mesh: Mesh) -> Singles:
    """(n, 3) float32 unit normals of a mesh: its own, or smooth ones, quickly."""
    if mesh.normals is not None:
        return mesh.normals.astype(np.float32)
    centred = (mesh.vertices_mm - mesh.vertices_mm.mean(axis=0)).astype(np.float32)
    return _smooth(centred, np.ascontiguousarray(mesh.faces, np.int32))


def _smooth(points: Singles, faces: Ints) -> Singles:
    kept, places = meshopt.merge_rows(points)
    result: Singles = skin.normals(points, faces, places, len(kept))
    return result


_NONE = np.zeros((0, 0, 4), np.float32)
_NO_BYTES = np.zeros((0, 0, 3), np.uint8)


def _exposure(sitter: Sitter, view: View, width_px: int, height_px: int, lamps: Lamps, samples: int) -> float:
    whole = replace(view, region=(0.0, 0.0, 1.0, 1.0))
    scale = _PREVIEW_PX / max(width_px, height_px)
    width, height = max(16, round(width_px * scale)), max(16, round(height_px * scale))
    look = sitter.camera(whole, width_px=width * 2, height_px=height * 2)
    bake = sitter.lit(look, lamps, samples=samples)
    light = np.zeros((height, width, 4), np.float32)
    _develop(sitter, bake, look, whole, Background(has_floor=False), 1e-3, _NO_BYTES, light)
    inside = light[:, :, :3][light[:, :, 3] == 1]
    if len(inside) == 0:
        return 1.0
    # Lacquer red and gold have little luminance, yet their strongest channel must not burn out.
    luminance = np.maximum(inside @ np.array([0.2126, 0.7152, 0.0722]), 0.8 * inside.max(axis=1))
    bright = float(np.quantile(luminance, 0.96)) * 1e3
    return float(np.clip(_BRIGHT / max(bright, 1e-6), 0.35, 3.2))


def _develop(
    sitter: Sitter, bake: _Bake, look: Camera, view: View, background: Background, exposure: float, out: Bytes,
    light: Singles, *, mode: int = darkroom.VISIBLE,
) -> None:  # fmt: skip
    height, width = (out if out.size else light).shape[:2]
    count = -(-height // _ROWS)
    screen = look.project(sitter.points)
    order, starts = darkroom.bands_of(screen, sitter.faces, 2 * _ROWS, count)
    has_floor = background.has_floor and not background.is_transparent and look.eye[1] > 0
    mirrored = (screen[:0], order[:0], starts)
    if has_floor and background.reflection > 0:
        single = replace(look, focal_px=look.focal_px / 2, centre_x=look.centre_x / 2, centre_y=look.centre_y / 2)
        below = single.project(sitter.points * np.array([1, -1, 1], np.float32))
        mirrored = (below, *darkroom.bands_of(below, sitter.faces, _ROWS, count))
    x, y, w, h = view.region
    frame = np.array([-x / w * 2 * width, -y / h * 2 * height, 2 * width / w, 2 * height / h], np.float32)
    floor = np.array([background.reflection, background.pool if has_floor else -1.0], np.float32)
    glow = color.to_linear(np.array(background.glow) / 255).astype(np.float32)
    edge = color.to_linear(np.array(background.edge) / 255).astype(np.float32)
    eye = (
        look.eye.astype(np.float32), look.axes.astype(np.float32), np.float32(look.focal_px),
        np.float32(look.centre_x), np.float32(look.centre_y),
    )  # fmt: skip
    grain = sitter.grain
    fine = np.array([grain.steepness, grain.tone, grain.largest_mm / sitter.size_mm], np.float32)
    scene: tuple[object, ...] = (
        (sitter.points, sitter.faces, bake.skin), (bake.boxes, bake.key_light, np.float32(bake.spread)), fine, mode,
        eye, frame, floor, bake.floor_map, glow, edge, np.float32(exposure), grain.seed,
    )  # fmt: skip
    turns = np.argsort(np.arange(count) * 0.618033988749895 % 1.0)  # far bands in turn, so that cores share the work
    rest = ((screen, order, starts), mirrored, turns, _ROWS, darkroom.film(), out, light)
    darkroom.develop(*(*scene, *rest))


def _divided(points: Singles, faces: Ints, rows: Singles, glow: Singles) -> tuple[Singles, Ints, Singles, Singles]:
    """The same surface with faces whose edges are long divided in four, until light can lie on their corners."""
    done: list[Ints] = []
    halved: list[Ints] = []  # (k, 2) ends of the edges whose middles are the new vertices
    for _ in range(_DIVISIONS):
        is_long = _longest(points, faces) > _FINEST
        if not is_long.any():
            break
        done.append(faces[~is_long])
        a, b, c = faces[is_long].T
        ends = np.concatenate([np.stack(pair, axis=1) for pair in ((a, b), (b, c), (c, a))])
        ab, bc, ca = (len(points) + np.arange(len(ends), dtype=np.int32)).reshape(3, -1)
        points = np.concatenate([points, points[ends].sum(axis=1) / np.float32(2)])
        halved.append(ends)
        faces = np.concatenate([np.stack(t, axis=1) for t in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    if not halved:
        return points, faces, rows, glow
    return points, np.concatenate([*done, faces]), _with_middles(rows, halved), _with_middles(glow, halved)


def _longest(points: Singles, faces: Ints) -> Singles:
    """(m,) the longest edge of each face."""
    corners = [points[faces[:, i]] for i in range(3)]
    squares = [np.einsum("ij,ij->i", side, side) for side in (corners[i] - corners[i - 1] for i in range(3))]
    longest: Singles = np.sqrt(np.maximum(np.maximum(squares[0], squares[1]), squares[2]))
    return longest


def _with_middles(values: Singles, halved: list[Ints]) -> Singles:
    """`values` of vertices, then the means over the ends of each edge, which may be such means themselves."""
    at = len(values)
    out = np.empty((at + sum(map(len, halved)), values.shape[1]), np.float32)
    out[:at] = values
    for ends in halved:
        out[at : at + len(ends)] = (out[ends[:, 0]] + out[ends[:, 1]]) / np.float32(2)
        at += len(ends)
    return out
