"""A stele on a tortoise, after the type of the stele of Thiên Mụ: marble with a dragon head, columns of Hán text.

The slab is 120 × 260 × 22 cm; the text is ours and says of itself that it belongs to a sample.
"""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import beasts, carving, glyphs, ornament
from museum.demonstration.grain import drafted, noise
from museum.demonstration.model import Model
from museum.demonstration.motifs.field import height_field
from museum.demonstration.surfaces import Floats, Skin, step, stone, weathered
from museum.geometry.mesh import smooth_normals

WIDTH_MM, HEIGHT_MM, DEPTH_MM = 1200.0, 2600.0, 220.0
CUT_MM = 3.0
"""Depth of the characters."""
TITLE = "本樣"
"""Over the text, read from the right: 樣本, "sample"."""
LINES = (
    "此碑非古物乃以算法所造之樣本也", "山川秀麗民物繁昌前人鑄鼎刻石以傳後世", "今之守者以光影記其形以文字存其義",
    "使遠方之人不出戶而得觀焉", "石有時而泐金有時而銹惟慎守之則可以久", "凡觀此者知其為樣本不可以為真",
    "然愛古之心則真也", "謹立此石以明其事願山河長在文物永存",
)  # fmt: skip
_SPRING_MM = 2060.0
_FOOT_MM = 505.0
_BORDER_MM = 118.0


def build(*, detail: float = 1.0, epoch: str = "") -> Model:
    """The stele with its tortoise and plinth, about 3.1 m high; `epoch` has no effect."""
    del epoch
    step_mm = 2.5 / np.sqrt(detail)
    slab, slab_faces, slab_hollow = _slab(step_mm)
    beast, beast_faces = _tortoise(step_mm)
    base, base_faces = _plinth(step_mm)
    foot, foot_faces = _foot(step_mm)
    vertices, faces = carving.joined([(slab, slab_faces), (beast, beast_faces), (foot, foot_faces), (base, base_faces)])
    normals = smooth_normals(vertices, faces)
    hollow = carving.hollows(vertices, faces, reach_mm=26.0) * 0.9
    hollow[: len(slab)] = slab_hollow
    skin = _stones(vertices, len(slab), normals, hollow)
    return skin.model(faces, name="stone")


def _head(x: Floats) -> Floats:
    """Height of the slab's rounded head at x."""
    return _SPRING_MM + (HEIGHT_MM - _SPRING_MM) * np.clip(1 - np.abs(x / (WIDTH_MM / 2)) ** 2.3, 0, 1) ** 0.55


def _slab(step_mm: float) -> tuple[Floats, NDArray[np.int32], Floats]:
    body = carving.block(WIDTH_MM, HEIGHT_MM, DEPTH_MM, step_mm=step_mm, side_step_mm=step_mm * 4, top=_head)
    relief = drafted(_relief(body, step_mm), step_mm=step_mm, slope=2.0)
    relief = carving.blur(relief, 1.1 / step_mm)
    points = body.front_points.reshape(-1, 3)
    worn = step(noise(points, scale_mm=420, seed=44, octaves=3), 0.05, 0.45).reshape(relief.shape)
    relief = relief + (carving.blur(relief, 5 / step_mm) - relief) * 0.6 * worn
    pits = step(noise(points, scale_mm=19, seed=45, octaves=3), 0.45, 0.7) + 3 * step(
        noise(points, scale_mm=90, seed=46), 0.5, 0.62
    )
    relief -= 1.2 * pits.reshape(relief.shape)
    block = carving.chipped(body, depth_mm=DEPTH_MM, round_mm=7, chip_mm=46, scale_mm=150, seed=42)
    vertices = block.raised(relief * np.clip(body.edge[body.front] / 9, 0, 1))
    normals = smooth_normals(vertices, body.faces)
    vertices = vertices + normals * (1.1 * noise(vertices, scale_mm=60, seed=43))[:, None]
    hollow = np.zeros(len(vertices))
    hollow[body.front] = np.clip((carving.blur(relief, 9 / step_mm) - relief) / 8, -0.5, 0.6)
    return vertices + np.array([0.0, _FOOT_MM, -60.0]), body.faces, hollow


def _relief(body: carving.Block, step_mm: float) -> Floats:
    """(rows, columns) millimetres: border scroll, dragons and clouds in the head, title and cut text."""
    points = body.front_points.reshape(-1, 3)
    x, y = points[:, 0], points[:, 1]
    edge, place = body.edge[body.front].ravel(), body.place[body.front].ravel()
    height = 9 * ornament.band(edge, low=14, high=24, soft=4) + 9 * ornament.band(
        edge, low=_BORDER_MM - 10, high=_BORDER_MM, soft=4
    )
    inside = (edge > 26) & (edge < _BORDER_MM - 12)
    height = np.maximum(height, np.where(inside, 12 * _scroll(place, edge - 66, body.outline_mm), 0.0))
    head = (y > _SPRING_MM - 40) & (edge > _BORDER_MM)
    height = np.maximum(height, np.where(head, _sky(points, step_mm), 0.0))
    for level in (_SPRING_MM - 64, _SPRING_MM - 286):
        height = np.maximum(
            height, 9 * ornament.band(np.abs(y - level), low=-9, high=5, soft=4) * (edge > _BORDER_MM - 4)
        )
    title = glyphs.text_field(TITLE, width_px=max(32, round(400 / step_mm)), height_px=max(16, round(176 / step_mm)))
    height = np.maximum(
        height, 8 * np.clip(carving.sampled(title, (x + 200) / 400, (y - _SPRING_MM + 263) / 176) * 2, 0, 1)
    )
    wide, low, tall = 880.0, 170.0, _SPRING_MM - 286 - 45 - 170.0
    text = glyphs.text_field(
        "\n".join(LINES), vertical=True, width_px=round(wide / step_mm), height_px=round(tall / step_mm)
    )
    cut = np.clip(carving.sampled(text, (x + wide / 2) / wide, (y - low) / tall) * 2.2, 0, 1)
    return (height - CUT_MM * cut).reshape(body.front.shape)


def _scroll(place: Floats, out: Floats, total: float) -> Floats:
    """A waving stem with a flower and two leaves in every bend, along the border."""
    pitch = total / round(total / 230)
    phase = 2 * np.pi * place / pitch
    swing = 26.0
    slope = np.sqrt(1 + (swing * 2 * np.pi / pitch * np.cos(phase)) ** 2)
    stem = np.sqrt(np.clip(1 - ((out - swing * np.sin(phase)) / slope / 6.5) ** 2, 0, 1))
    half = np.floor(place / (pitch / 2))
    side = np.where(half % 2 == 0, -1.0, 1.0)
    u, v = place - (half + 0.5) * pitch / 2, out - side * 9
    away, angle = np.hypot(u, v), np.arctan2(v, u)
    flower = np.sqrt(np.clip(1 - (away / (24 * (1 + 0.14 * np.cos(6 * angle)))) ** 2, 0, 1)) * (
        0.8 + 0.3 * np.cos(6 * angle) ** 2
    )
    flower -= 0.5 * np.exp(-(((away - 9) / 2.5) ** 2))
    leaves = ornament.petals(
        place + 20, side * -(out - swing * np.sin(phase)) - 5, pitch=pitch / 6, length=20, lean=0.7
    )
    other = ornament.petals(place, side * (out - swing * np.sin(phase)) - 4, pitch=pitch / 7, length=17, lean=0.7)
    highest: Floats = np.maximum.reduce(
        [0.85 * stem, flower, 0.62 * leaves * (flower < 0.05), 0.55 * other * (flower < 0.05)]
    )
    return highest


def _sky(points: Floats, step_mm: float) -> Floats:
    """Two dragons turned to the sun between clouds, as heights on the head."""
    x, y = points[:, 0], points[:, 1]
    xs = np.arange(-480, 480 + step_mm, step_mm)
    ys = np.arange(_SPRING_MM - 40, HEIGHT_MM, step_mm)
    dragon = beasts.relief_dragon().moved((262, 2215, 0), scale=0.98)
    both = dragon.heights(xs, ys, top=70, floor=0.0)
    both = np.maximum(both, both[:, ::-1])
    grid_x, grid_y = np.meshgrid(xs, ys)
    scales = 2.0 * np.sin(grid_x * 0.42 + grid_y * 0.25) * np.sin(grid_y * 0.42 - grid_x * 0.25)
    both = np.where(both > 6, both * 0.62 + scales * step(both, 14.0, 26.0), both * 0.62)
    size = (xs[-1] - xs[0], ys[-1] - ys[0])
    height = carving.sampled(both[::-1], (x - xs[0]) / size[0], (y - ys[0]) / size[1])
    sun = np.hypot(x, y - 2330)
    angle = np.arctan2(y - 2330, x)
    flame = 72 * (1 + 0.42 * np.abs(np.sin(4 * angle + 0.5 * np.sin(sun * 0.08))))
    disc = 17 * np.sqrt(np.clip(1 - (sun / 50) ** 2, 0, 1)) + 9 * ornament.band(sun, low=52, high=56, soft=3)
    height = np.maximum.reduce([height, disc, 8 * step(sun, 1.0, 0.0) + 8 * step(sun - flame, 3.0, -3.0) * (sun > 56)])
    cloud = np.asarray(
        height_field("lucky_cloud", width_px=round(150 / step_mm) + 8, height_px=round(86 / step_mm) + 8), np.float64
    )
    for cx, cy, wide in (
        (0, 2090, 170),
        (120, 2160, 120),
        (0, 2440, 130),
        (210, 2420, 130),
        (392, 2070, 110),
        (250, 2062, 120),
    ):
        for side in (-1, 1):
            seen = carving.sampled(cloud, (side * x - cx) / wide + 0.5, (y - cy) / (wide * 0.57) + 0.5)
            height = np.maximum(height, 10 * seen)
    return height


def _tortoise(step_mm: float) -> carving.Shape:
    body = beasts.tortoise()
    vertices, faces = carving.skin(body, cell_mm=36, step_mm=step_mm * 3.2)
    normals = smooth_normals(vertices, faces)
    shell = (body.labels(vertices) == beasts.SHELL).astype(np.float64)
    shift = shell * _plates(vertices) + (1 - shell) * (2.2 * np.abs(noise(vertices, scale_mm=46, seed=47, octaves=2)))
    shift += 2.6 * noise(vertices, scale_mm=70, seed=48)
    vertices = vertices + normals * shift[:, None]
    vertices[:, 1] = np.maximum(vertices[:, 1], 0) + 66
    return vertices, faces


def _plates(points: Floats) -> Floats:
    """Height of the shell's plates in millimetres: thirteen on the back, a row around the rim, rings within each."""
    seeds = [(0.0, z) for z in (-640, -370, -60, 250, 540)]
    seeds += [(side * 350.0, z) for side in (-1, 1) for z in (-500, -190, 130, 430)]
    flat = np.abs(points[:, ::2] - np.array([0.0, -30.0])) / np.array([668.0, 812.0])
    rim = np.hypot(flat[:, 0], flat[:, 1])
    ring = [(640 * np.cos(a), 780 * np.sin(a) - 30) for a in np.arange(24) * 2 * np.pi / 24 + 0.13]
    centres = np.array(seeds + ring)
    gaps = np.hypot(points[:, 0:1] - centres[:, 0], (points[:, 2:3] - centres[:, 1]))
    gaps[:, len(seeds) :] += 95
    nearest = np.partition(gaps, 1, axis=1)
    border = nearest[:, 1] - nearest[:, 0]
    rings = np.sin(np.sqrt(border + 1) * 2.4) * step(border, 20.0, 60.0)
    plates: Floats = 13 * step(border, 4.0, 40.0) + 1.6 * rings - 6 * step(rim, 1.02, 1.08)
    return plates


def _plinth(step_mm: float) -> carving.Shape:
    body = carving.block(1560, 70, 2250, step_mm=step_mm * 6, side_step_mm=step_mm * 8)
    body = carving.chipped(body, depth_mm=2250, round_mm=9, chip_mm=40, scale_mm=170, seed=49)
    return body.vertices + np.array([0.0, 0.0, 90.0]), body.faces


def _foot(step_mm: float) -> carving.Shape:
    """The socket between shell and slab, with lotus petals."""
    body = carving.block(1290, 190, 330, step_mm=step_mm * 1.3, side_step_mm=step_mm * 3)
    points = body.front_points.reshape(-1, 3)
    petals = 16 * ornament.petals(points[:, 0], 172 - points[:, 1], pitch=86, length=130)
    broken = carving.chipped(body, depth_mm=330, round_mm=9, chip_mm=30, scale_mm=120, seed=50)
    vertices = broken.raised(carving.blur(petals.reshape(body.front.shape), 1.2))
    return vertices + np.array([0.0, _FOOT_MM - 170, -60.0]), body.faces


def _stones(vertices: Floats, slab: int, normals: Floats, hollow: Floats) -> Skin:
    """Marble for the slab, sandstone for what carries it; rain from above, dust and algae from below."""
    skin = stone(vertices, low=(128, 116, 98), high=(160, 148, 128), grain_mm=4.0, seed=41)
    marble = np.zeros(len(vertices))
    marble[:slab] = 1
    skin.lay((168, 166, 160), 0.92 * marble, roughness=0.62)
    veins = np.abs(skin.noise(320, 5, octaves=5, stretch=(1.0, 0.6, 1.0)))
    skin.lay((122, 124, 126), marble * 0.55 * step(veins, 0.07, 0.0))
    skin.lay((186, 182, 172), marble * np.clip(0.8 * skin.noise(260, 6), 0, 0.6))
    weathered(skin, hollow, normals[:, 1], dirt=0.6, lichen=0.45, streaks=0.55)
    cut = marble * step(hollow, 0.08, 0.3)
    skin.lay((70, 66, 60), 0.55 * cut)
    low = step(vertices[:, 1] + 60 * skin.noise(200, 7), 420.0, 60.0)
    skin.lay((88, 82, 62), 0.35 * low)
    return skin
