"""Pictures of scans without a GPU, a browser or a system library: an own z-buffer studio.

Perspective, a soft key light and a sky with true shadows, linear light, textures, a lacquer floor, sRGB out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from museum.geometry import camera as lens
from museum.geometry import color, levels, pigment, raster, shading, studio, surfels
from museum.geometry.camera import Camera, View
from museum.geometry.gate import COMPILED
from museum.geometry.mesh import Bytes, Floats, Mesh, shown_materials

_CASTERS = 160_000
_PREVIEW_PX = 160
_BRIGHT = 0.74
_FLOOR_SIDE = 320


@dataclass(frozen=True, kw_only=True)
class Background:
    """sRGB 0..255 colours of the stage: `glow` behind the object, `edge` at the picture's rim; the floor's manners.

    `pool` is the light on the floor, `reflection` how much of a lacquer mirror it is; `has_floor` False lets the
    object float. `is_transparent` gives pictures with alpha and no stage at all.
    """

    glow: tuple[float, float, float] = (54, 45, 38)
    edge: tuple[float, float, float] = (21, 17, 15)
    pool: float = 0.02
    reflection: float = 0.5
    has_floor: bool = True
    is_transparent: bool = False


LACQUER = Background()


def render(
    mesh: Mesh,
    *,
    width_px: int,
    height_px: int,
    view: View | None = None,
    background: Background = LACQUER,
    samples: int = 96,
    exposure: float | None = None,
) -> Bytes:
    """(h, w, 3) uint8 sRGB picture of `mesh`, or (h, w, 4) with straight alpha when the background is transparent.

    `samples` is the number of lights in the studio (their shadows make every softness; 48 is quick, 192 smooth);
    `exposure` None measures the object and exposes for it. The same input gives the same picture.
    """
    view = view or View(up=mesh.up_axis)
    with COMPILED:
        scene = _Scene.of(mesh, view)
        look = _look(scene, view, width_px * 2, height_px * 2)
        lights = studio.build(scene.caster_points, scene.caster_faces, look, samples=samples)
        packed = (lights.axes, lights.placing, lights.power, lights.maps, lights.key_count, lights.boxes)
        if exposure is None:
            exposure = _measure(scene, view, packed, width_px, height_px)
        light = _picture(scene, look, packed, background, exposure, width_px, height_px)
        return _encoded(light, background)


def poster(
    mesh: Mesh,
    *,
    long_side_px: int = 1600,
    width_px: int | None = None,
    height_px: int | None = None,
    view: View | None = None,
    samples: int = 96,
) -> Bytes:
    """(h, w, 3) uint8 sRGB: the picture shown first, three-quarter view on dark lacquer.

    Its shape follows the object, between 4:3 and 3:4, unless width and height are given.
    """
    view = view or View(up=mesh.up_axis)
    if width_px is None or height_px is None:
        width_px, height_px = _shape(mesh, view, long_side_px)
    return render(mesh, width_px=width_px, height_px=height_px, view=view, samples=samples)


def _shape(mesh: Mesh, view: View, long_side_px: int) -> tuple[int, int]:
    turned = mesh.vertices_mm[:: max(1, len(mesh.vertices_mm) // 20_000)] @ lens.studio_turn(view.up or mesh.up_axis).T
    width, height, depth = (float(v) for v in np.ptp(turned, axis=0))
    ratio = max(width, depth) / max(height, 1e-12)
    short = round(long_side_px * 3 / 4)
    if ratio > 1.15:
        return long_side_px, short
    return (short, long_side_px) if ratio < 0.7 else (long_side_px, long_side_px)


def turntable(
    mesh: Mesh, *, frames: int, width_px: int, height_px: int, view: View | None = None, samples: int = 32
) -> Iterator[Bytes]:
    """`frames` pictures around the object, the first from `view`, all with one exposure and from one distance."""
    view = view or View(up=mesh.up_axis)
    with COMPILED:
        scene = _Scene.of(mesh, view)
    exposure: float | None = None
    far = _swept(scene.points)
    for number in range(frames):
        turned = replace(view, azimuth_deg=view.azimuth_deg + 360 * number / frames)
        with COMPILED:
            look = _look(scene, turned, width_px * 2, height_px * 2, points=far)
            lights = studio.build(scene.caster_points, scene.caster_faces, look, samples=samples)
            packed = (lights.axes, lights.placing, lights.power, lights.maps, lights.key_count, lights.boxes)
            if exposure is None:
                exposure = _measure(scene, turned, packed, width_px, height_px)
            frame = _encoded(_picture(scene, look, packed, LACQUER, exposure, width_px, height_px), LACQUER)
        yield frame


def _swept(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 3) the outline that the object sweeps when it turns: what every frame has room for."""
    around = np.linspace(0, 2 * np.pi, 25)[:-1]
    radius = np.linalg.norm(points[:, [0, 2]], axis=1)
    heights = points[:, 1]
    rings = np.linspace(float(heights.min()), float(heights.max()), 24)
    band = np.clip(np.digitize(heights, rings) - 1, 0, len(rings) - 1)
    widest = np.zeros(len(rings))
    np.maximum.at(widest, band, radius)
    ring = np.stack([np.sin(around), np.zeros(len(around)), np.cos(around)], axis=1)
    swept = [ring * reach + [0, height, 0] for reach, height in zip(widest, rings, strict=True)]
    return np.concatenate(swept).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """The object in studio space: Y up, on the floor at 0, its largest side 1."""

    points: NDArray[np.float32]
    faces: NDArray[np.int32]
    parts: tuple[object, ...]
    paint: tuple[object, ...]
    caster_points: NDArray[np.float32]
    caster_faces: NDArray[np.int32]

    @classmethod
    def of(cls, mesh: Mesh, view: View) -> "_Scene":
        solid = surfels.discs(mesh) if mesh.is_point_cloud else levels.with_normals(mesh)
        turn = lens.studio_turn(view.up or mesh.up_axis)
        low, high = solid.vertices_mm.min(axis=0), solid.vertices_mm.max(axis=0)
        size = float((high - low).max())

        def placed(vertices: Floats) -> NDArray[np.float32]:
            stood = ((vertices - (low + high) / 2) / size) @ turn.T
            single: NDArray[np.float32] = stood.astype(np.float32)
            return single

        points = placed(solid.vertices_mm)
        lift = np.array([0, -points[:, 1].min(), 0], np.float32)
        points = points + lift
        normals = solid.normals if solid.normals is not None else np.zeros_like(solid.vertices_mm)
        colors = np.zeros((0, 3), np.float32)
        if solid.colors is not None:
            colors = color.to_linear(np.arange(256) / 255).astype(np.float32)[solid.colors[:, :3]]
            if solid.surface is not None:
                colors = np.concatenate([colors, solid.surface.astype(np.float32) / np.float32(255)], axis=1)
        uv = np.zeros((0, 2), np.float32) if solid.uv is None else solid.uv.astype(np.float32)
        values = pigment.pack(shown_materials(solid))
        caster = solid
        if not mesh.is_point_cloud and len(solid.faces) > _CASTERS * 1.5:
            caster = levels.simplified(Mesh(vertices_mm=solid.vertices_mm, faces=solid.faces), max_faces=_CASTERS)
        return cls(
            points=points,
            faces=solid.faces,
            parts=(
                points, solid.faces, (normals @ turn.T).astype(np.float32), colors, uv, solid.face_material,
            ),
            paint=(values.values, values.slots, values.texels, values.places),
            caster_points=placed(caster.vertices_mm) + lift,
            caster_faces=caster.faces,
        )  # fmt: skip


def _look(
    scene: _Scene, view: View, width: int, height: int, *, points: NDArray[np.float32] | None = None
) -> Camera:  # fmt: skip
    """The camera that has room for `points`, those of the scene unless given."""
    thin = scene.points[:: max(1, len(scene.points) // 60_000)] if points is None else points
    return lens.framed(thin, view, width_px=width, height_px=height)


def _measure(scene: _Scene, view: View, lights: tuple[object, ...], width_px: int, height_px: int) -> float:
    """The exposure that puts the object's bright parts where paper white has room above them."""
    scale = _PREVIEW_PX / max(width_px, height_px)
    width, height = max(16, round(width_px * scale)), max(16, round(height_px * scale))
    look = _look(scene, view, width * 2, height * 2)
    small = _picture(scene, look, lights, Background(has_floor=False), 1e-3, width, height)
    inside = small[:, :, :3][small[:, :, 3] == 1]
    if len(inside) == 0:
        return 1.0
    # Lacquer red and gold have little luminance, yet their strongest channel must not burn out.
    luminance = np.maximum(inside @ np.array([0.2126, 0.7152, 0.0722]), 0.8 * inside.max(axis=1))
    bright = float(np.quantile(luminance, 0.96)) * 1e3
    return float(np.clip(_BRIGHT / max(bright, 1e-6), 0.35, 2.6))


def _picture(
    scene: _Scene, look: Camera, lights: tuple[object, ...], background: Background,
    exposure: float, width_px: int, height_px: int,
) -> NDArray[np.float32]:  # fmt: skip
    width, height = width_px * 2, height_px * 2
    seen = raster.draw(look.project(scene.points), scene.faces, width, height)
    has_floor = background.has_floor and not background.is_transparent and look.eye[1] > 0
    below = (np.zeros((1, 1), np.float32), np.zeros((1, 1), np.int32))
    if has_floor and background.reflection > 0:
        mirrored = scene.points * np.array([1, -1, 1], np.float32)
        below = raster.draw(look.project(mirrored), scene.faces, width, height)
    strength = background.pool if has_floor else -1.0
    floor = np.array([0.0, background.reflection if below[0].size > 1 else 0.0, strength], np.float32)
    floor_map = shading.floor_shadow(lights, _FLOOR_SIDE) if has_floor else np.ones((2, 2), np.float32)
    stage = 0.0 if background.is_transparent else 1.0
    glow = (stage * color.to_linear(np.array(background.glow) / 255)).astype(np.float32)
    edge = (stage * color.to_linear(np.array(background.edge) / 255)).astype(np.float32)
    eye = (look.eye.astype(np.float32), look.axes.astype(np.float32), look.focal_px, look.centre_x, look.centre_y)
    result: NDArray[np.float32] = shading.shade(
        scene.parts, scene.paint, lights, seen, below, eye, floor, floor_map, glow, edge, exposure
    )
    return result


def _encoded(light: NDArray[np.float32], background: Background) -> Bytes:
    """sRGB bytes, with alpha where there is no stage; light is premultiplied by coverage there."""
    if background.is_transparent:
        light[:, :, :3] /= np.maximum(light[:, :, 3:], 1e-3)
    noise = (np.random.default_rng(7).random(65_521) - 0.5).astype(np.float32) * np.float32(0.9)
    picture: Bytes = shading.encode(light, noise)
    return picture if background.is_transparent else np.ascontiguousarray(picture[:, :, :3])
