"""A lacquered board (hoành phi): four gilded characters, cranes and lotus, a key-fret frame with mother-of-pearl.

120 × 60 cm. The lacquer is crackled and lost in places down to the grey ground and the wood; iron nails hold the frame.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import carving, glyphs, ornament
from museum.demonstration.grain import cells, noise
from museum.demonstration.model import Model
from museum.demonstration.motifs.field import height_field
from museum.demonstration.surfaces import Floats, Skin, leaf_gilt, step
from museum.geometry.mesh import smooth_normals

WIDTH_MM, HEIGHT_MM, DEPTH_MM = 1200.0, 600.0, 45.0
TEXT = "存永物文"
"""Read from the right, as on the boards of communal houses: 文物永存."""
RETOUCH_MM = (315.0, 165.0, 95.0, 60.0)
"""Centre and half axes of a place that was painted over: like its surroundings by day, dark under ultraviolet."""
_FRAME_MM = 74.0
_CLOSE_MM = 1.5  # a mesh as fine as this is looked at from near


def build(*, detail: float = 1.0, epoch: str = "") -> Model:
    """The board from its front; `epoch` has no effect."""
    del epoch
    step_mm = 1.12 / np.sqrt(detail)
    body = carving.block(WIDTH_MM, HEIGHT_MM, DEPTH_MM, step_mm=step_mm, side_step_mm=step_mm * 5)
    points = body.front_points.reshape(-1, 3)
    relief, gilt, pearl = _relief(body, step_mm)
    lost, crack = _losses(points, relief, gilt)
    # Close up, an edge that falls within one step of the mesh shows as a row of teeth.
    reach = 1.0 if step_mm < _CLOSE_MM else 0.8 / step_mm
    carved = carving.blur(relief.reshape(body.front.shape), reach)
    gilt = step(carving.blur(gilt.reshape(body.front.shape), reach).ravel(), 0.25, 0.75)
    flat = (carved.ravel() - 1.1 * lost - 0.35 * crack * (1 - lost)).reshape(body.front.shape)
    broken = carving.chipped(body, depth_mm=DEPTH_MM, round_mm=4, chip_mm=13, scale_mm=70, seed=52)
    vertices = broken.raised(flat * np.clip(body.edge[body.front] / 6, 0, 1))
    normals = smooth_normals(vertices, body.faces)
    vertices = vertices + normals * (0.35 * noise(vertices, scale_mm=60, seed=53))[:, None]
    hollow = np.zeros(len(vertices))
    hollow[body.front] = np.clip((carving.blur(carved, 4 / step_mm) - carved) / 5, -0.6, 0.6)
    skin = _lacquered(vertices, hollow)
    front = body.front.ravel()
    spread = [np.zeros(len(vertices)) for _ in range(4)]
    for target, source in zip(spread, (gilt, pearl, lost, crack), strict=True):
        target[front] = source
    _finished(skin, hollow, *spread)
    return skin.model(body.faces, name="lacquer", hidden=_nails())


def _relief(body: carving.Block, step_mm: float) -> tuple[Floats, Floats, Floats]:
    """Heights in millimetres, share of gold and of mother-of-pearl on the front."""
    points = body.front_points.reshape(-1, 3)
    edge, place = body.edge[body.front].ravel(), body.place[body.front].ravel()
    x, y = points[:, 0], points[:, 1] - HEIGHT_MM / 2
    height = np.where(edge < _FRAME_MM, 12.0, 0.0)
    bead = ornament.band(edge, low=_FRAME_MM - 9, high=_FRAME_MM + 1, soft=2)
    outer = ornament.band(edge, low=2, high=11, soft=2)
    pitch = body.outline_mm / round(body.outline_mm / 52)
    fret = ornament.meander(place, edge - 18, pitch=pitch, width=42) * ((edge > 18) & (edge < 60))
    corner = np.hypot(np.abs(x) - WIDTH_MM / 2 + 37, np.abs(y) - HEIGHT_MM / 2 + 37)
    fret *= corner > 42
    flower = _blended(lambda u, v: _rosette(u, v, 27.0), np.abs(x) - WIDTH_MM / 2 + 37, np.abs(y) - HEIGHT_MM / 2 + 37,
                      corner < 34, step_mm=step_mm)  # fmt: skip
    height += 5 * bead + 4 * outer + 3.0 * fret
    gold = np.maximum.reduce([bead, outer, fret])
    pearl = flower
    height += 0.8 * pearl
    text = glyphs.text_field(TEXT, width_px=round(660 / step_mm), height_px=round(240 / step_mm))
    letters = np.clip(carving.sampled(text, (x + 330) / 660, (y + 120) / 240) * 1.9, 0, 1)
    height += 11 * letters
    gold = np.maximum(gold, step(letters, 0.12, 0.35))
    for name, left, low, width, flip, strength in (
        ("crane", -516, -22, 186, False, 10.0), ("crane", 330, -22, 186, True, 10.0),
        ("lotus_plant", -512, -214, 180, False, 10.0), ("lotus_plant", 332, -214, 180, True, 10.0),
        ("lucky_cloud", -235, 128, 135, False, 5.5), ("lucky_cloud", 100, 128, 135, True, 5.5),
        ("lucky_cloud", -68, 138, 135, False, 5.5),
    ):  # fmt: skip
        tall = width / (1.74 if name == "lucky_cloud" else 1.0)
        pixels = (max(24, round(width / step_mm)), max(24, round(tall / step_mm)))
        field = np.asarray(height_field(name, width_px=pixels[0], height_px=pixels[1]), np.float64)
        u = (x - left) / width
        seen = carving.sampled(field, 1 - u if flip else u, (y - low) / tall)
        height += strength * seen
        gold = np.maximum(gold, step(seen, 0.06, 0.2))
    inlay = _blended(_inlay, x, y, (np.abs(y + 172) < 40) & (np.abs(x) < 322), step_mm=step_mm)
    pearl = np.maximum(pearl, inlay * (letters < 0.02))
    return height + 0.5 * inlay, gold * (1 - pearl), pearl


def _blended(
    shape: Callable[[Floats, Floats], Floats], x: Floats, y: Floats, where: NDArray[np.bool_], *, step_mm: float
) -> Floats:
    """(n,) mean of a drawn shape over the reach of each vertex, so that its edges have no steps; 0 outside `where`."""
    result = np.zeros(len(x))
    u, v = x[where], y[where]
    offsets = (np.arange(4) - 1.5) / 4 * 1.5 * step_mm
    for across in offsets:
        for up in offsets:
            result[where] += shape(u + across, v + up) / 16
    return result


def _rosette(x: Floats, y: Floats, radius: float) -> Floats:
    """A flower of eight petals with a heart, 0 or 1."""
    away, angle = np.hypot(x, y), np.arctan2(y, x)
    petal = np.abs(np.sin(4 * angle)) ** 0.6
    ring = (away < radius * (0.56 + 0.40 * petal)) & (away > 0.36 * radius)
    gap = np.abs(np.sin(4 * angle)) * away > 0.035 * radius
    result: Floats = ((ring & gap) | (away < 0.25 * radius)).astype(np.float64)
    return result


def _inlay(x: Floats, y: Floats) -> Floats:
    """Mother-of-pearl under the text: a fine waving stem with leaves and small flowers, 0 or 1."""
    high, long = 8.0, 150.0
    wave = -172 + high * np.sin(2 * np.pi * x / long)
    slope = np.sqrt(1 + (high * 2 * np.pi / long * np.cos(2 * np.pi * x / long)) ** 2)
    stem = np.abs(y - wave) / slope < 0.9
    leaves = np.zeros(len(x), bool)
    for side in (-1, 1):
        out = side * (y - wave) - 1.2
        u = (((x + side * 9 - 0.9 * out) / 22.0) % 1.0) * 2 - 1
        v = np.clip(out / 11.5, 0, 1)
        half = 0.62 * np.sin(np.pi * v**0.75) ** 0.9
        leaves |= (np.abs(u) < half) & (np.abs(u) > 0.05) & (out > 0) & (out < 11.5)
    number = np.floor((x + 337.5) / 75)
    cx = number * 75 - 300
    cy = -172 + high * np.sin(2 * np.pi * cx / long) + np.where(number % 2 == 0, -11.0, 11.0)
    flower = (_rosette(x - cx, y - cy, 10.0) > 0) & (np.abs(cx) < 310)
    free = np.hypot(x - cx, y - cy) > 12.5
    drawn = ((stem | leaves) & free) | flower
    result: Floats = (drawn & (np.abs(x) < 316)).astype(np.float64)
    return result


def _losses(points: Floats, relief: Floats, gilt: Floats) -> tuple[Floats, Floats]:
    """Where lacquer is gone (0..1), and the lines of its craquelure."""
    border, _ = cells(points + 6 * noise(points, scale_mm=30, seed=56)[:, None], scale_mm=46, seed=54)
    wild = noise(points, scale_mm=230, seed=55, octaves=6)
    low = step(points[:, 1], 190.0, 10.0) * 0.20 + step(np.abs(points[:, 0]), 480.0, 600.0) * 0.10
    lost = step(wild + low - 0.22 * gilt + 0.05 * noise(points, scale_mm=9, seed=57), 0.43, 0.46)
    age = step(noise(points, scale_mm=330, seed=58), -0.25, 0.25)
    crack = step(border, 0.045, 0.012) * age
    fine, _ = cells(points, scale_mm=15, seed=59)
    return lost, np.maximum(crack, 0.5 * step(fine, 0.06, 0.015) * step(wild, 0.12, 0.4)) * (relief < 40)


def _lacquered(vertices: Floats, hollow: Floats) -> Skin:
    """Red-brown lacquer over the whole board: brighter where polished, brown with age and smoke."""
    skin = Skin(vertices, (50, 12, 10), roughness=0.24, seed=51)
    skin.light[:] = (92, 74, 34)
    skin.lay((36, 11, 10), np.clip(0.4 + 0.8 * skin.noise(220, 1), 0, 1))
    skin.lay((60, 16, 12), np.clip(0.9 * skin.noise(90, 2), 0, 0.7))
    skin.roughness += 0.10 * skin.noise(40, 3)
    skin.lay((22, 10, 9), 0.7 * step(hollow, 0.05, 0.35), roughness=0.55)
    return skin


def _finished(skin: Skin, hollow: Floats, gilt: Floats, pearl: Floats, lost: Floats, crack: Floats) -> None:
    x, y = skin.points[:, 0], skin.points[:, 1]
    back = (skin.points[:, 2] < -DEPTH_MM / 2 + 3).astype(np.float64)
    skin.lay((62, 44, 32), back, roughness=0.8, light=(50, 48, 44))
    leaf_gilt(skin, gilt, hollow, worn=0.55, ground=(74, 18, 13))
    _nacre(skin, pearl)
    skin.lay((26, 12, 10), 0.75 * crack * (1 - lost), roughness=0.7)
    deep = step(skin.noise(34, 62, octaves=5) + 0.3 * skin.noise(120, 63), 0.02, 0.10)
    skin.lay((126, 114, 94), lost * (1 - deep), roughness=0.92, light=(120, 124, 138))
    skin.lay((88, 62, 40), lost * deep, roughness=0.85, light=(66, 62, 52))
    skin.shade(1 - 0.2 * lost * np.clip(skin.noise(5, 64, stretch=(8, 1, 1)), 0, 1))
    dust = step(hollow, 0.1, 0.5) * np.clip(0.5 + skin.noise(50, 65), 0, 1) + 0.12 * step(skin.noise(150, 66), 0.1, 0.5)
    skin.lay((120, 106, 88), 0.3 * dust, roughness=0.9)
    cx, cy, rx, ry = RETOUCH_MM
    patch = (
        step(np.hypot((x - cx) / rx, (y - cy) / ry) + 0.25 * skin.noise(40, 67), 1.05, 0.95) * (1 - gilt) * (1 - lost)
    )
    skin.lay((60, 14, 11), 0.45 * patch, roughness=0.36)
    skin.light += (np.array([22.0, 16.0, 34.0]) - skin.light) * patch[:, None]
    runs = step(skin.noise(50, 68, stretch=(0.6, 9, 1)), 0.25, 0.5) * (1 - patch)
    skin.light *= (1 + 0.35 * runs)[:, None]


def _nacre(skin: Skin, pearl: Floats) -> None:
    """Mother-of-pearl: small straight-sided pieces, each with its own sheen of rose, green or blue, and dark joints."""
    flat = skin.points * np.array([1.0, 1.0, 0.0])
    border, number = cells(flat, scale_mm=10.0, seed=61)
    sheen = number * 2.2 + 0.5 * skin.noise(11, 62, octaves=2) + 0.10 * np.sin(flat @ np.array([0.9, 1.3, 0.0]))
    tones = np.array(
        [(132, 104, 112), (126, 124, 106), (92, 122, 108), (92, 112, 128), (118, 106, 124), (132, 104, 112)]
    )
    place = (sheen % 1.0) * 5
    low = np.minimum(place.astype(np.int64), 4)
    color = tones[low] + (tones[low + 1] - tones[low]) * (place - low)[:, None]
    color *= (0.74 + 0.40 * ((number * 7.3) % 1.0))[:, None]
    share = pearl * 0.94
    skin.color += (color - skin.color) * share[:, None]
    skin.roughness += (0.14 - skin.roughness) * share
    skin.light += (np.array([170.0, 176.0, 190.0]) - skin.light) * share[:, None]
    skin.lay((30, 16, 13), pearl * 0.75 * step(border, 0.12, 0.03), roughness=0.4)


def _nails() -> list[carving.Shape]:
    """Iron nails through the frame, along the edges."""
    places = [(x, y) for x in np.linspace(-540, 540, 9) for y in (37.0, HEIGHT_MM - 37.0)]
    places += [(x, y) for y in np.linspace(150, 450, 3) for x in (-563.0, 563.0)]
    return [
        carving.rod(np.array([x, y, -18.0]), np.array([x + 1.5, y + 0.8, DEPTH_MM / 2 + 4]), 2.2) for x, y in places
    ]
