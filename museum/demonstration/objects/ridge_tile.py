"""A ridge ornament of a Huế roof: a dragon-fish that bites the ridge, on its saddle tile, under colored lead glazes."""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import beasts, carving
from museum.demonstration.grain import averaged, cells, noise
from museum.demonstration.model import Model
from museum.demonstration.surfaces import Color, Floats, Skin, glaze, step
from museum.geometry.mesh import smooth_normals

_GREEN: Color = (46, 84, 54)
_YELLOW: Color = (178, 124, 44)
_BLUE: Color = (42, 62, 96)
_CREAM: Color = (206, 190, 150)
_BROWN: Color = (92, 48, 32)
_COLORS = {
    beasts.BODY: _GREEN, beasts.FIN: _YELLOW, beasts.MANE: _BLUE, beasts.FACE: (60, 98, 58),
    beasts.BELLY: (116, 60, 40), beasts.TOOTH: _CREAM, beasts.EYE: (186, 150, 70),
}  # fmt: skip


def build(*, detail: float = 1.0, epoch: str = "") -> Model:
    """The ornament, about 50 × 56 × 19 cm; `epoch` has no effect."""
    del epoch
    step_mm = 1.15 / np.sqrt(detail)
    beast = beasts.dragon_fish()
    shape = carving.skin(beast, cell_mm=7.0, step_mm=step_mm * 1.2)
    labels = beast.labels(shape[0])
    normals = smooth_normals(*shape)
    trunk = (labels == beasts.BODY).astype(np.float64)
    relief = 3.6 * trunk * _scales(shape[0]) + 0.6 * (labels == beasts.FIN) * _ribs(shape[0])
    figure = shape[0] + normals * relief[:, None] + np.array([18.0, 6.0, 0.0])
    vertices, faces = carving.joined([(figure, shape[1]), _saddle(step_mm)])
    normals = smooth_normals(vertices, faces)
    vertices = vertices + normals * (0.7 * noise(vertices, scale_mm=38, seed=82))[:, None]
    chips = _chips(vertices, normals)
    vertices = vertices - normals * (1.3 * chips)[:, None]
    hollow = carving.hollows(vertices, faces, reach_mm=9.0) * 1.3
    which = np.concatenate([labels, np.full(len(vertices) - len(labels), -1)])
    return _painted(vertices, faces, normals, hollow, which, chips).model(faces, name="glazed earthenware")


def _saddle(step_mm: float) -> carving.Shape:
    """The tile that sits on the ridge: a block with its top rounded along x and two raised edges."""
    body = carving.block(430, 96, 178, step_mm=step_mm * 2.2, side_step_mm=step_mm * 2.2)
    body = carving.chipped(body, depth_mm=178, round_mm=5, chip_mm=13, scale_mm=60, seed=81)
    vertices = body.vertices.copy()
    vertices[:, 1] -= 30 * (vertices[:, 2] / 89) ** 2 * step(vertices[:, 1], 30.0, 96.0)
    rim = step(np.abs(vertices[:, 0]), 176.0, 188.0) + step(np.abs(np.abs(vertices[:, 0]) - 150), 9.0, 4.0)
    vertices[:, 1:] *= 1 + 0.055 * np.clip(rim, 0, 1)[:, None] * np.array([1.0, 1.0])
    return vertices, body.faces


def _scales(points: Floats) -> Floats:
    """Overlapping scales 0..1 on a net that follows the curl of the body."""
    away = points[:, :2] - np.array([52.0, 266.0])
    angle, radius = np.arctan2(away[:, 1], away[:, 0]), np.hypot(away[:, 0], away[:, 1])
    row = angle * 104 / 21
    number = np.floor(row)
    side = np.where(np.abs(points[:, 2]) > 1, np.arctan2(radius - 108, np.abs(points[:, 2])), 0) * 58 / 22
    u = (side + 0.5 * (number % 2)) % 1.0 - 0.5
    v = row - number
    reach = np.hypot(u * 1.5, 0.15 - v)
    scales: Floats = step(reach, 0.92, 0.78) * (0.45 + 0.55 * v)
    return scales


def _ribs(points: Floats) -> Floats:
    """Fine combed rays around the tail's root, on the tail."""
    turn = np.arctan2(points[:, 1] - 366, points[:, 0] - 46)
    rays: Floats = np.where(points[:, 1] > 330, np.sin(turn * 46), 0.0)
    return rays


def _chips(vertices: Floats, normals: Floats) -> Floats:
    """(n,) 1 where glaze came off: rims, tips, patches that weather from above."""
    wild = noise(vertices, scale_mm=105, seed=84, octaves=6) + 0.10 * normals[:, 1]
    return step(wild, 0.33, 0.36)


def _painted(
    vertices: Floats, faces: NDArray[np.int32], normals: Floats, hollow: Floats,
    which: NDArray[np.int64], chips: Floats,
) -> Skin:  # fmt: skip
    skin = Skin(vertices, (176, 128, 92), roughness=0.9, seed=80)
    skin.light[:] = (70, 50, 42)
    skin.shade(1 + 0.15 * skin.noise(4, 1) + 0.12 * skin.noise(40, 2))
    bare = np.maximum(chips, step(vertices[:, 1] - 8 * skin.noise(40, 4), 12.0, 8.0))
    covered = 1 - bare
    kinds = {**_COLORS, -1: _YELLOW}
    shares = np.stack([(which == kind).astype(np.float64) for kind in kinds], axis=1)
    shares = averaged(shares, faces, times=3)
    mixed = shares @ np.array([kinds[kind] for kind in kinds], np.float64)
    glaze(skin, _YELLOW, covered, hollow)
    skin.color += (mixed * (1 + 0.16 * skin.noise(42, 5))[:, None] - skin.color) * covered[:, None]
    skin.color *= (1 - covered * np.clip(hollow * 2.4, -0.25, 0.55))[:, None]
    run = step(skin.noise(40, 6, stretch=(0.6, 5, 0.6)), 0.12, 0.5) * covered
    skin.lay(_GREEN, 0.32 * run * (which == -1))
    skin.lay((150, 96, 30), 0.4 * run * (which != -1))
    pupil = step(np.hypot(vertices[:, 0] + 123, vertices[:, 1] - 218), 6.5, 5.0) * (which == beasts.EYE)
    skin.lay((26, 20, 18), pupil)
    border, _ = cells(vertices + 3 * skin.noise(12, 7)[:, None], scale_mm=17.0, seed=85)
    skin.lay((58, 44, 32), 0.30 * covered * step(border, 0.06, 0.015), roughness=0.4)
    skin.roughness += covered * (0.16 * np.clip(skin.noise(70, 8), 0, 1) + 0.12 * step(normals[:, 1], 0.2, 0.9))
    dirt = step(hollow + 0.10 * skin.noise(20, 9), 0.03, 0.24)
    skin.lay((60, 52, 42), 0.8 * dirt, roughness=0.9, light=(20, 18, 24))
    grown = step(skin.noise(60, 10) + 0.45 * normals[:, 1] + hollow, 0.5, 0.85)
    skin.lay((78, 80, 66), 0.55 * grown, roughness=0.95, light=(110, 40, 34))
    rim = step(chips, 0.05, 0.4) * step(chips, 0.95, 0.6)
    skin.lay((120, 84, 58), 0.6 * rim)
    return skin
