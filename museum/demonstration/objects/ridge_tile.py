"""A ridge end of a Huế palace roof: a dragon-fish on a course of tiles, in ochre and copper-green lead glaze."""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import carving, dragon_fish
from museum.demonstration.blades import shells
from museum.demonstration.grain import averaged, cells, noise
from museum.demonstration.model import Model
from museum.demonstration.surfaces import Color, Floats, Skin, step
from museum.geometry.mesh import smooth_normals

_LENGTH_MM, _HEIGHT_MM, _HALF_MM = 450.0, 86.0, 86.0
_JOINTS_MM = (-92.0, 78.0)
_TILE, _MORTAR = 20, 21
_CLAY: Color = (124, 98, 70)
_LIME: Color = (112, 106, 92)
_OCHRE = ((158, 134, 84), (112, 82, 30), (44, 27, 10))
_AMBER = ((138, 112, 66), (88, 62, 24), (34, 21, 9))
_GREEN = ((104, 106, 66), (40, 62, 40), (11, 24, 18))
_COBALT = ((94, 100, 92), (34, 46, 62), (14, 19, 32))
_CREAM = ((176, 160, 122), (150, 130, 90), (88, 66, 40))
_BROWN = ((116, 74, 44), (78, 42, 24), (40, 20, 12))
_GLAZES: dict[int, tuple[Color, Color, Color]] = {
    dragon_fish.TRUNK: _GREEN, dragon_fish.FACE: _GREEN, dragon_fish.EYE: _CREAM, dragon_fish.FIN: _OCHRE,
    dragon_fish.LOCK: _COBALT, dragon_fish.FLAME: _OCHRE, dragon_fish.TOOTH: _CREAM, dragon_fish.TONGUE: _BROWN,
    dragon_fish.SADDLE: _GREEN, _TILE: _AMBER, _MORTAR: _OCHRE,
}  # fmt: skip
"""Each glaze where it is thin, where it is right, where it pooled."""


def build(*, detail: float = 1.0, epoch: str = "") -> Model:
    """The ornament, about 47 × 52 × 18 cm; `epoch` has no effect."""
    del epoch
    step_mm = 1.15 / np.sqrt(detail)
    body = dragon_fish.body()
    figure, figure_faces = carving.skin(body, cell_mm=5.2, step_mm=step_mm * 1.1)
    labels = body.labels(figure)
    trunk = averaged((labels == dragon_fish.TRUNK).astype(np.float64)[:, None], figure_faces, times=2)[:, 0]
    fluted = labels == dragon_fish.SADDLE
    relief, belly = dragon_fish.scales(figure)
    figure = (
        figure
        + smooth_normals(figure, figure_faces)
        * (3.4 * trunk * (relief - 0.3) + 2.4 * fluted * dragon_fish.saddle_lines(figure))[:, None]
    )
    laid, laid_labels = shells(dragon_fish.blades(), step_mm=step_mm * 1.55)
    tiles, tile_labels = _course(step_mm)
    bed = _bed(step_mm)
    vertices, faces = carving.joined([(figure, figure_faces), laid, tiles, bed])
    normals = smooth_normals(vertices, faces)
    vertices = vertices + normals * (0.5 * noise(vertices, scale_mm=34, seed=82, octaves=3))[:, None]
    hollow = carving.hollows(vertices, faces, reach_mm=7.0) * 1.3
    # What is laid on the trunk shades where it meets it.
    start = len(figure)
    near = body.distance(vertices[start : start + len(laid[0])])
    hollow[start : start + len(near)] *= 0.5
    hollow[start : start + len(near)] += 0.22 * step(near, 5.0, -1.0)
    lost = _losses(vertices, normals, hollow)
    vertices = vertices - normals * (0.9 * lost)[:, None]
    which = np.concatenate([labels, laid_labels, tile_labels, np.full(len(bed[0]), _MORTAR)]).astype(np.int64)
    spread = np.zeros(len(vertices))
    spread[: len(belly)] = belly * trunk
    skin = _glazed(vertices, faces, hollow, which, spread, lost)
    _aged(skin, normals, hollow, which, lost)
    return skin.model(faces, name="glazed earthenware")


def _course(step_mm: float) -> tuple[carving.Shape, Floats]:
    """Half-round ridge tiles one after the other, a lip at each joint; which of it is tile and which is mortar."""
    levels = max(8, round(_HALF_MM / (step_mm * 2)))
    body = carving.block(
        _LENGTH_MM, _HEIGHT_MM, 2 * _HALF_MM, step_mm=step_mm * 1.9, side_step_mm=2 * _HALF_MM / (2 * levels)
    )
    points = body.vertices.copy()
    x, u, v = points[:, 0], points[:, 2] / _HALF_MM, points[:, 1] / _HEIGHT_MM
    reach = np.maximum(np.abs(u), v)
    length = np.maximum(np.hypot(u, v), 1e-9)
    swell, joint = np.zeros(len(x)), np.zeros(len(x))
    for place in _JOINTS_MM:
        away = x - place
        swell += 6.0 * step(away, 0.0, 2.5) * step(away, 30.0, 26.0)
        swell += 2.2 * step(away, 30.0, 33.0) * step(away, 42.0, 39.0)
        joint = np.maximum(joint, step(np.abs(away + 3.5), 5.0, 3.5))
    ends = step(np.abs(x), _LENGTH_MM / 2 - 16, _LENGTH_MM / 2 - 13)
    swell += 4.5 * ends - 3.0 * joint - 5.0 * step(np.abs(x), _LENGTH_MM / 2 - 5, _LENGTH_MM / 2) ** 2
    radius = reach * (_HEIGHT_MM - 6 + swell + 0.7 * noise(points, scale_mm=70, seed=86))
    points[:, 1], points[:, 2] = radius * v / length, radius * u / length
    return (points, body.faces), np.where((joint > 0.5) & (reach > 0.9), _MORTAR, _TILE).astype(np.float64)


def _bed(step_mm: float) -> carving.Shape:
    """Lime mortar squeezed out under the tiles."""
    body = carving.block(_LENGTH_MM - 6, 17, 2 * _HALF_MM + 8, step_mm=step_mm * 3, side_step_mm=step_mm * 3)
    points = body.vertices.copy()
    rough = noise(points, scale_mm=30, seed=87) + 0.5 * noise(points, scale_mm=9, seed=88)
    high = points[:, 1] / 17
    points[:, 2] *= 1 + (0.05 * rough - 0.06 * high**2) * (np.abs(points[:, 2]) / _HALF_MM)
    points[:, 0] *= 1 + 0.008 * rough - 0.012 * high**2
    points[:, 1] *= 1 + 0.35 * rough * high
    return points, body.faces


def _losses(vertices: Floats, normals: Floats, hollow: Floats) -> Floats:
    """(n,) 1 where glaze came off: patches on what lies to the weather, arrises and thin rims, chips."""
    wild = noise(vertices, scale_mm=95, seed=84, octaves=6) + 0.05 * normals[:, 1]
    fine = noise(vertices, scale_mm=17, seed=89, octaves=4)
    patch = step(wild + 0.10 * fine, 0.40, 0.43)
    rim = step(np.clip(-hollow, 0, 0.35) + 0.34 * fine + 0.12 * wild, 0.42, 0.47)
    low = step(vertices[:, 1] + 16 * noise(vertices, scale_mm=40, seed=90), 20.0, 14.0)
    lost: Floats = np.maximum.reduce([patch, rim, low])
    return lost


def _glazed(
    vertices: Floats, faces: NDArray[np.int32], hollow: Floats, which: NDArray[np.int64], belly: Floats, lost: Floats
) -> Skin:
    """Clay under lead glazes: pale where they ran thin, dark where they pooled."""
    skin = Skin(vertices, _CLAY, roughness=0.88, seed=80)
    skin.light[:] = (70, 50, 42)
    skin.shade(1 + 0.16 * skin.noise(4, 1) + 0.16 * skin.noise(40, 2))
    shares = np.stack([(which == kind).astype(np.float64) for kind in _GLAZES], axis=1)
    shares = averaged(shares, faces, times=2)
    thick = np.clip(hollow * 2.6 + 0.30 * skin.noise(46, 3) + 0.16 * skin.noise(13, 4), -1, 1)
    thick -= 0.25 * step(skin.noise(26, 5, stretch=(0.7, 5, 0.7)), 0.15, 0.6)
    thin, deep = np.clip(-thick * 1.5, 0, 1)[:, None], np.clip(thick * 1.25, 0, 1)[:, None]
    mixed = np.zeros_like(skin.color)
    for number, tones in enumerate(_GLAZES.values()):
        pale, right, dark = (np.asarray(tone, np.float64) for tone in tones)
        mixed += shares[:, number : number + 1] * (right + (pale - right) * thin + (dark - right) * deep)
    ochre = (
        np.asarray(_OCHRE[1]) + (np.asarray(_OCHRE[0]) - _OCHRE[1]) * thin + (np.asarray(_OCHRE[2]) - _OCHRE[1]) * deep
    )
    mixed += (ochre - mixed) * belly[:, None]
    # Green ran down over the ochre of the tiles, ochre into the green of the flanks.
    run = step(skin.noise(34, 6, stretch=(0.6, 5, 0.6)), 0.10, 0.5)
    green = np.asarray(_GREEN[1], np.float64)
    mixed += (green - mixed) * (0.55 * run * (which == _TILE) * step(vertices[:, 1], 30.0, 80.0))[:, None]
    amber = np.asarray((104, 84, 34), np.float64)
    mixed += (amber - mixed) * (0.40 * run * shares[:, 0])[:, None]
    covered = (1 - lost) * (which != _MORTAR)
    skin.color += (mixed - skin.color) * covered[:, None]
    skin.roughness += (0.19 + 0.07 * np.clip(skin.noise(60, 7), -0.5, 1) - skin.roughness) * covered
    skin.light += (np.array([60.0, 62.0, 74.0]) - skin.light) * covered[:, None]
    edge = step(lost, 0.03, 0.4) * step(lost, 0.97, 0.6)
    skin.lay((178, 150, 108), 0.5 * edge)
    skin.lay(_LIME, (which == _MORTAR) * 1.0, roughness=0.93, light=(120, 122, 118))
    skin.shade(1 + (which == _MORTAR) * (0.25 * skin.noise(6, 8) + 0.2 * skin.noise(30, 9)))
    return skin


def _aged(skin: Skin, normals: Floats, hollow: Floats, which: NDArray[np.int64], lost: Floats) -> None:
    """Crackle, soot that rain drew down, dirt in the hollows, lichen in dots, dull places that look up."""
    points, up = skin.points, normals[:, 1]
    whole = (1 - lost) * (which != _MORTAR)
    border, _ = cells(points + 2.5 * skin.noise(9, 20)[:, None], scale_mm=15.0, seed=85)
    skin.lay((44, 36, 28), 0.30 * whole * step(border, 0.13, 0.02), roughness=0.4)
    inside = (which == dragon_fish.FACE) * _mouth(points, normals)
    skin.lay((58, 32, 22), 0.8 * inside, roughness=0.4)
    skin.lay(
        (16, 13, 12), step(np.hypot(points[:, 0] + 139, points[:, 1] - 240), 5.2, 4.0) * (which == dragon_fish.EYE)
    )
    dirt = step(hollow + 0.10 * skin.noise(20, 21), 0.08, 0.32)
    skin.lay((42, 37, 30), 0.72 * dirt, roughness=0.8, light=(20, 18, 24))
    run = skin.noise(30, 22, stretch=(0.5, 8, 0.5)) + 0.5 * skin.noise(11, 23, stretch=(0.5, 9, 0.5), octaves=3)
    soot = step(run + 0.10 * up, 0.08, 0.5) * (0.35 + 0.65 * step(skin.noise(120, 24), -0.2, 0.3))
    skin.lay((34, 32, 29), 0.68 * soot, roughness=0.6)
    wash = step(skin.noise(150, 25) + 0.3 * up, 0.1, 0.6)
    skin.lay((74, 68, 58), 0.22 * wash, roughness=0.45)
    for scale, color, light, salt in (
        (13.0, (146, 148, 128), (96, 88, 120), 26),
        (9.0, (150, 116, 58), (176, 92, 34), 27),
    ):
        wobble = np.stack([skin.noise(4, salt + 10 * k, octaves=2) for k in (1, 2, 3)], axis=1) * 2.0
        edge, number = cells(points + wobble, scale_mm=scale, seed=salt)
        where = step(skin.noise(85, salt + 5) + 0.25 * up, 0.05, 0.55)
        dots = step(edge, 0.22, 0.42) * (number < 0.30 * where + 0.01)
        skin.lay(color, 0.75 * dots, roughness=0.95, light=light)
    skin.roughness += whole * 0.05 * step(up, 0.2, 0.9)


def _mouth(points: Floats, normals: Floats) -> Floats:
    """(n,) 1 on the palate and the floor of the mouth."""
    x, y, z = points.T
    ahead = step(x, -78.0, -92.0) * step(np.abs(z), 34.0, 26.0)
    roof = step(normals[:, 1], -0.2, -0.6) * step(y, 168.0, 176.0) * step(y, 222.0, 214.0)
    floor = step(normals[:, 1], 0.2, 0.6) * step(y, 180.0, 172.0) * step(y, 116.0, 124.0)
    inner: Floats = ahead * np.maximum(roof, floor)
    return inner
