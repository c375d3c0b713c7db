"""A bronze bell after the type of Thiên Mụ's great bell of 1710, generated: 188 cm without its loop, mouth 140 cm."""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import bronze, glyphs, shapes
from museum.demonstration.grain import noise
from museum.demonstration.model import Model
from museum.demonstration.motifs import field
from museum.demonstration.objects.bell_loop import loop
from museum.demonstration.ornament import beads, petals
from museum.demonstration.surfaces import step
from museum.demonstration.turning import Outline, Turned, turn

Floats = NDArray[np.float64]

HEIGHT_MM = 1880.0
MOUTH_MM = 1400.0
RELIEF_MM = 8.0
_FRONT = 1.5 * np.pi
_FIELDS = 4
_BOSS_AT = 705.0  # height of the bosses' middle
_BOSS_MM = 104.0  # radius of a boss with its petals
_BAND_MM = 62.0  # half breadth of the upright bands
# Composed for this sample; it says of itself what it is. Columns from right to left.
_TEXTS = (
    "此非古物乃以算法\n所造之樣本也\n凡觀此者知其為樣本\n不可以為真\n然愛古之心則真也",
    "山川秀麗民物繁昌\n前人鑄鼎刻石\n以傳後世\n今之守者以光影\n記其形以文字存其義",
    "觀物之法先問其真\n次問其年再問其地\n有圖有文有尺有衡\n皆須記其所出\n未詳者書未詳",
    "石有時而泐\n金有時而銹\n惟慎守之則可以久\n使遠方之人得觀焉\n願山河長在文物永存",
)
_LOWER = ("phoenix", "dragon", "phoenix", "dragon")

_OUTLINE: list[tuple[float, float]] = [
    (0, 1846), (230, 1842), (392, 1804), (482, 1728), (540, 1600), (573, 1470), (596, 1220), (610, 940), (625, 640),
    (641, 380), (652, 210), (654, 110), (660, 40), (676, 4), (686, 0), (698, 12), (700, 46), (696, 104), (684, 190),
    (664, 360), (646, 640), (632, 940), (618, 1240), (598, 1480), (566, 1620), (496, 1752), (400, 1826), (318, 1853),
    (312, 1866), (296, 1873), (150, 1878), (0, 1880),
]  # fmt: skip


def build(*, detail: float = 1.0, epoch: str = "") -> Model:
    """The bell, standing on its mouth, a boss towards +Z; it has one state, so any other `epoch` is a ValueError."""
    if epoch:
        raise ValueError(f"the bell has one state, not {epoch!r}")
    outline = Outline.through(_OUTLINE)
    lip = float(outline.along[int(outline.points[:, 1].argmin())])
    low, high = outline.where(40, beyond=lip), outline.where(1740, beyond=lip)
    body = turn(
        outline, count=64 * max(6, round(21 * np.sqrt(detail))),
        coarse=lambda s: 1.0 if low < s < high else (2.5 if s > lip - 60 else 6.0),
    )  # fmt: skip
    cast = body.raised(_relief(body, outline, lip))
    parts = [(cast, body.faces), loop(detail=detail)]
    vertices, faces = shapes.joined(parts)
    outside = body.along > lip
    touched, sheltered = np.zeros(len(vertices)), np.zeros(len(vertices))
    sheltered[: len(cast)] = np.clip((lip - 40 - body.along) / 200, 0, 1)
    struck = _struck(body, outline, lip)
    touched[: len(cast)] = np.where(outside, np.maximum(struck, 0.35 * step(cast[:, 1], 330, 60)), 0)
    return bronze.painted(
        vertices, faces, seed=31, name="bronze", touched=touched, sheltered=sheltered,
        corroded=np.zeros(len(vertices)), green=0.62, size_mm=1900,
    )  # fmt: skip


def _angles(body: Turned, middle: float) -> Floats:
    """(n,) angle from the nearest of four places around, the first at `middle`."""
    pitch = 2 * np.pi / _FIELDS
    return (body.angle - middle + pitch / 2) % pitch - pitch / 2


def _struck(body: Turned, outline: Outline, lip: float) -> Floats:
    """(n,) 1 at the middle of each boss, where the beam strikes."""
    across = _angles(body, _FRONT) * np.hypot(body.vertices[:, 0], body.vertices[:, 2])
    away = np.hypot(across, body.along - outline.where(_BOSS_AT, beyond=lip))
    return np.clip(1.25 - away / 60, 0, 1)


def _relief(body: Turned, outline: Outline, lip: float) -> Floats:
    """(n,) millimetres of bands, bosses, petals, waves, motifs and characters on the outside."""
    s = body.along
    radius = np.hypot(body.vertices[:, 0], body.vertices[:, 2])
    across = _angles(body, _FRONT) * radius

    def at(height: float) -> float:
        return outline.where(height, beyond=lip)

    away = np.hypot(across, s - at(_BOSS_AT))
    clear = step(away, _BOSS_MM + 10, _BOSS_MM + 16)  # bands end where a boss stands
    result = np.zeros(len(s))
    rings: list[tuple[float, float, float]] = [
        (58, 7, 26), (92, 4, 13), (222, 4, 13), (252, 7, 24), (1488, 7, 24), (1518, 4, 13),
    ]  # fmt: skip
    for height, size, wide in rings:
        result += bump(s - at(height), wide) * size
    for offset, size, wide in ((-58.0, 6.0, 20.0), (-34.0, 3.5, 11.0), (34.0, 3.5, 11.0), (58.0, 6.0, 20.0)):
        result = np.maximum(result, bump(s - at(_BOSS_AT + offset), wide) * size * clear)
    upright = (s > at(252)) & (s < at(1488))
    for offset, size, wide in ((_BAND_MM, 6.0, 20.0), (_BAND_MM - 24, 3.5, 11.0)):
        for side in (-1, 1):
            result = np.maximum(result, np.where(upright, bump(across - side * offset, wide) * size * clear, 0))
    result = np.maximum(result, _boss(away, np.arctan2(s - at(_BOSS_AT), across)))
    circle = 2 * np.pi * 560.0
    dome = petals(body.angle * 560.0, s - at(1540), pitch=circle / 36, length=at(1700) - at(1540))
    result = np.maximum(result, 8 * dome)
    result = np.maximum(result, 6 * beads(body.angle * 600, s - at(1503), pitch=2 * np.pi * 600 / 120, size=9))
    result = np.maximum(
        result, np.where((s > at(104)) & (s < at(212)), 4.5 * waves(body.angle * 690, s - at(104), 690), 0)
    )
    result += _fields(body, outline, lip)
    uneven = 1.2 * noise(body.vertices, scale_mm=380, seed=31, octaves=2)
    result = np.where(s > lip, result, 0)
    return np.where(radius > 1, result + uneven + 0.2 * noise(body.vertices, scale_mm=30, seed=32, octaves=2), 0)


def bump(offset: Floats, width: float) -> Floats:
    """A rounded ridge of unit height over an offset in millimetres."""
    t = np.clip(1 - (offset / (width / 2)) ** 2, 0, 1)
    rounded: Floats = np.sqrt(t) * np.minimum(1.0, 6 * t)
    return rounded


def _boss(away: Floats, turn_at: Floats) -> Floats:
    """A domed striking disc in a ring of beads and sixteen petals."""
    dome = 30 * np.sqrt(np.clip(1 - (away / 62) ** 2, 0, 1)) * 0.55 + 6 * (away < 60)
    ring = 7 * bump(away - 64, 9)
    leaves = 9 * petals(turn_at * 84, away - 69, pitch=2 * np.pi * 84 / 16, length=_BOSS_MM - 69)
    return np.maximum(np.maximum(np.where(away < 62, dome, 0), ring), np.where(away < _BOSS_MM, leaves, 0))


def waves(place: Floats, out: Floats, radius: float) -> Floats:
    """Scales of waves, each of three arcs, around a body of that radius; 0..1."""
    pitch = 2 * np.pi * radius / 60
    result = np.zeros(len(place))
    for row in range(4, -1, -1):
        u = ((place / pitch + 0.5 * (row % 2)) % 1.0 - 0.5) * pitch
        v = out - 24 * row
        far = np.hypot(u, v)
        inside = (far < pitch * 0.5) & (v > -2)
        arcs = np.maximum.reduce([bump(far - pitch * part, 9) for part in (0.45, 0.29, 0.13)])
        result = np.where(inside, arcs, result)
    return result


def _fields(body: Turned, outline: Outline, lip: float) -> Floats:
    """Characters in the four upper fields, motifs in the lower ones, a thin frame around each."""
    result = np.zeros(len(body.along))
    grid = 0.85 * body.spacing
    for number in range(_FIELDS):
        middle = _FRONT + (number + 0.5) * 2 * np.pi / _FIELDS
        for low, high, width in ((_BOSS_AT + 92, 1452, 740.0), (276, _BOSS_AT - 80, 820.0)):
            bottom, top = outline.where(low, beyond=lip), outline.where(high, beyond=lip)
            size = round(width / grid), round((top - bottom) / grid)
            if low > _BOSS_AT:
                picture = glyphs.text_field(_TEXTS[number], width_px=size[0], height_px=size[1], vertical=True)
            else:
                name = _LOWER[number]
                picture = field.height_field(name, width_px=size[0], height_px=size[1])
            near, value = body.stamped(picture, middle=middle, width_mm=width, low=bottom, high=top)
            result[near] += RELIEF_MM * value
    return result
