"""The dragon-fish (cá hóa rồng) that ends a roof's ridge in Huế: a thick S of scales, open jaws to −x, its tail a fan.

Head and trunk are one blended body; fins, locks, horns, whiskers and teeth are blades, as the potter laid them on.
"""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration.blades import Blade, mirrored, round_blade
from museum.demonstration.grain import along
from museum.demonstration.ornament import foot, smooth
from museum.demonstration.solids import Body, Floats
from museum.demonstration.surfaces import step

TRUNK, FACE, EYE, FIN, LOCK, FLAME, TOOTH, TONGUE, SADDLE = range(9)

_SPINE = smooth(
    [(-74, 200), (-28, 166), (40, 142), (108, 152), (154, 200), (150, 262), (106, 308), (70, 350), (80, 400)], 64
)
_RADII = np.interp(np.linspace(0, 1, 64), [0, 0.2, 0.42, 0.62, 0.84, 1], [46, 51, 51, 42, 29, 17])
_FLAT = 0.86
_AROUND = 16  # scales around the trunk


def body() -> Body:
    """Trunk and head, about 400 × 320 × 100, its belly on y = 92."""
    result = Body()
    spine = np.column_stack([_SPINE, np.zeros(len(_SPINE))])[::2]
    result.chain(spine, _RADII[::2], blend=6, label=TRUNK, flat=_FLAT)
    result.ellipsoid((-92, 214, 0), (48, 45, 45), blend=20, label=FACE)
    _line(result, [(-108, 222), (-150, 222), (-188, 226), (-212, 238)], (37, 33, 24, 17), blend=10, flat=1.08)
    _line(result, [(-82, 168), (-120, 140), (-160, 122), (-192, 120), (-208, 132)], (36, 25, 18, 14, 9), blend=10)
    _line(result, [(-92, 184), (-150, 172), (-250, 176)], (4, 20, 34), blend=7, flat=2.4, cut=True)
    for side in (-1, 1):
        result.ellipsoid((-84, 186, side * 32), (26, 24, 18), blend=12, label=FACE)
        result.ellipsoid((-198, 246, side * 14), (15, 12, 12), blend=6, label=FACE)
        result.ellipsoid((-210, 247, side * 20), (6, 5, 7), blend=4, cut=True)
        result.ellipsoid((-137, 241, side * 40), (17, 13, 13), blend=5, cut=True)
        result.ellipsoid((-136, 240, side * 33), (11.5, 11, 10), blend=1.5, label=EYE)
        result.ellipsoid((-139, 240, side * 44), (3.6, 3.6, 4), blend=1, cut=True)
    saddle = smooth([(-46, 80, 0), (60, 84, 0), (170, 80, 0)], 12)
    result.chain(saddle, np.full(12, 25.0), blend=3, label=SADDLE, flat=2.1)
    for wrinkle in range(3):
        x = -166 - 11 * wrinkle
        ridge = [(x, 244, -24 + 2 * wrinkle), (x - 4, 252 + wrinkle, 0), (x, 244, 24 - 2 * wrinkle)]
        result.chain(smooth(ridge, 9), np.full(9, 4.5), blend=5, label=FACE)
    return result


def _line(
    result: Body, points: list[tuple[float, float]], radii: tuple[float, ...], *, blend: float, flat: float = 1.0,
    cut: bool = False,
) -> None:  # fmt: skip
    """A chain in the plane z = 0 with these radii at its points."""
    count = 4 * len(points)
    path = smooth([(*p, 0.0) for p in points], count)
    sizes = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(radii)), radii)
    result.chain(path, sizes, blend=blend, label=FACE, flat=flat, cut=cut)


def blades() -> list[Blade]:
    """Everything laid on: both sides of the head, the crest on the back, the tail's fan."""
    one = [*_head_side(), *_mane_side(), *_fin_side()]
    return [*one, *mirrored(one, 2), *_middle(), *_crest(), *_tail()]


def _head_side() -> list[Blade]:
    """Lips, brow, lids, horn, ear, whisker, teeth of the side z > 0."""
    upper = [(-226, 232, 10), (-206, 214, 22), (-170, 197, 32), (-128, 189, 41), (-98, 188, 46), (-80, 204, 48)]
    lower = [(-208, 140, 6), (-184, 136, 16), (-148, 143, 26), (-114, 163, 38), (-96, 182, 45)]
    brow = [(-172, 247, 24), (-146, 259, 38), (-116, 262, 46), (-84, 270, 50), (-50, 296, 50), (-40, 318, 46)]
    result = [
        round_blade(upper, [(0, 4), (0.3, 6.5), (0.8, 6), (1, 2)], label=FACE),
        round_blade(lower, [(0, 4), (0.4, 5.5), (1, 3)], label=FACE),
        Blade(points=brow, width=[(0, 3), (0.3, 10), (0.6, 9), (1, 1)], thick=[(0, 4), (0.4, 8), (1, 1.5)],
              face=(0, 0.35, 0.9), ribs=3, rib_mm=1.2, label=FLAME),
        Blade(points=[(-112, 262, 46), (-92, 256, 52), (-66, 262, 56), (-46, 276, 55)],
              width=[(0, 3), (0.4, 8), (1, 1)], thick=[(0, 3), (0.4, 5), (1, 1.2)], ribs=2, rib_mm=0.8, label=FLAME),
        round_blade([(-156, 240, 34), (-138, 229, 42), (-116, 236, 45)], [(0, 2), (0.5, 4.2), (1, 2)], label=FACE),
        round_blade([(-158, 243, 32), (-138, 252, 43), (-114, 243, 46)], [(0, 2), (0.5, 4.6), (1, 2)], label=FACE),
        round_blade([(-94, 252, 18), (-62, 282, 24), (-22, 296, 27), (14, 318, 25)],
                    [(0, 10), (0.5, 7.5), (0.9, 4), (1, 1)], label=FIN),
        round_blade([(-48, 288, 25), (-30, 306, 30), (-26, 328, 27)], [(0, 6.5), (0.7, 4), (1, 1)], label=FIN),
        Blade(points=[(-80, 232, 44), (-56, 246, 60), (-24, 248, 62)], width=[(0, 4), (0.45, 10), (1, 1)],
              thick=[(0, 6), (0.5, 4), (1, 1)], ribs=2, rib_mm=1.5, label=FACE),
        round_blade([(-206, 226, 20), (-222, 202, 36), (-202, 178, 50), (-160, 172, 56), (-118, 168, 60),
                     (-98, 148, 60)], [(0, 5.5), (0.5, 4), (1, 1.2)], label=FIN),
    ]  # fmt: skip
    for i, high in enumerate((12, 26, 11, 10, 10, 9)):
        x, z = -212 + 18 * i, 15 + 4.2 * i
        tip = (x + 4, 214 - 4.4 * i - high, z - 2)
        result.append(round_blade([(x, 218 - 4.4 * i, z), (x - 1, 214 - 4.4 * i - high / 2, z), tip],
                                  [(0, 5), (0.5, 4), (1, 0.8)], label=TOOTH))  # fmt: skip
    for i, high in enumerate((20, 10, 10, 9)):
        x, z, y = -196 + 19 * i, 11 + 5 * i, 134 + 3.5 * i + 1.6 * i * i
        result.append(round_blade([(x, y - 4, z), (x - 1, y + high / 2, z), (x + 2, y + high, z - 1)],
                                  [(0, 4.6), (0.5, 3.6), (1, 0.8)], label=TOOTH))  # fmt: skip
    return result


def _flame(
    root: tuple[float, float, float], angle_deg: float, length: float, *, width: float, bend: float, label: int,
    lift: float = 7.0, ribs: int = 3,
) -> Blade:  # fmt: skip
    """A lock like a flame: it leaves its root, sways one way and licks up at its tip."""
    a = np.radians(angle_deg)
    way, aside = np.array([np.cos(a), np.sin(a), 0.0]), np.array([-np.sin(a), np.cos(a), 0.0])
    place = np.asarray(root, np.float64)
    points = [
        place, place + length * (0.36 * way - 0.13 * bend * aside) + [0, 0, lift],
        place + length * (0.72 * way - 0.06 * bend * aside) + [0, 0, 1.2 * lift],
        place + length * (way + 0.24 * bend * aside) + [0, 0, 0.4 * lift],
    ]  # fmt: skip
    return Blade(
        points=points, width=[(0, 0.5 * width), (0.32, width), (0.68, 0.72 * width), (1, 0.6)],
        thick=[(0, 5), (0.4, 4.6), (0.8, 3), (1, 0.8)], ribs=ribs, rib_mm=2.6, label=label,
    )  # fmt: skip


def _mane_side() -> list[Blade]:
    """Two layers of flames behind the cheek and a beard along the jaw, on the side z > 0."""
    result = []
    for i in range(7):
        angle, y = 62 - 17 * i, 252 - 17 * i
        root = (-76 - 3.5 * abs(i - 2), y, 30.0 + 1.5 * min(i, 3))
        bend = 1.1 if i < 5 else -0.9
        result.append(_flame(root, angle, 106 - 6 * abs(i - 2), width=14, bend=bend, label=LOCK, lift=17.0, ribs=4))
    for i in range(6):
        angle, y = 46 - 17 * i, 238 - 16 * i
        root = (-98 - 2.0 * abs(i - 2), y, 35.0 + 1.0 * min(i, 3))
        bend = 1.2 if i < 4 else -0.9
        result.append(_flame(root, angle, 78 - 4 * abs(i - 2), width=13, bend=bend, label=FLAME, lift=18.0, ribs=4))
    for i in range(4):
        root = (-112 - 19 * i, 150 - 9 * i + i * i, 22.0 - 4 * i)
        result.append(_flame(root, -14 - 8 * i, 58 - 5 * i, width=9, bend=1.1, label=LOCK, lift=9.0))
    return result


def _fin_side() -> list[Blade]:
    """The breast fin: ribbed rays spread backwards from the flank."""
    result = []
    for i, length in enumerate((66, 84, 92, 84, 64)):
        root = (0.0, 146.0 + 3 * i, 40.0 + 0.8 * i)
        result.append(_flame(root, -6 + 19 * i, length, width=12, bend=0.8, label=FIN, lift=12.0, ribs=4))
    return result


def _middle() -> list[Blade]:
    """The upper lip's scroll, the chin's tip and the tongue."""
    lip = [(-204, 226, 0), (-228, 228, 0), (-244, 244, 0), (-240, 266, 0), (-222, 270, 0), (-216, 257, 0)]
    return [
        Blade(points=lip, width=[(0, 13), (0.4, 9), (1, 3)], thick=[(0, 17), (0.5, 14), (1, 6)], label=FACE),
        Blade(points=[(-196, 122, 0), (-216, 128, 0), (-222, 144, 0), (-214, 152, 0)], width=[(0, 9), (1, 2.5)],
              thick=[(0, 11), (1, 4)], label=FACE),
        Blade(points=[(-88, 174, 0), (-130, 152, 0), (-168, 150, 0), (-194, 164, 0), (-204, 182, 0)],
              width=[(0, 17), (0.6, 13), (1, 1)], thick=[(0, 9), (0.6, 5), (1, 1)], face=(0, 1, 0.01), ribs=2, rib_mm=1,
              label=TONGUE),
    ]  # fmt: skip


def _crest() -> list[Blade]:
    """Flames along the back, leaning towards the tail."""
    result = []
    for i in range(9, 60, 4):
        forward = _SPINE[min(i + 1, 63)] - _SPINE[i - 1]
        forward /= np.linalg.norm(forward)
        out, radius = np.array([-forward[1], forward[0]]), _RADII[i]
        high = 14 + 0.36 * radius
        root = _SPINE[i] + out * (radius - 7)
        points = [root, root + out * (0.55 * high + 4) + forward * 3, root + out * (high + 6) + forward * 20]
        result.append(Blade(
            points=[(*p, 0.0) for p in points], width=[(0, 12), (0.4, 10), (1, 0.8)],
            thick=[(0, 7), (0.5, 4.5), (1, 1)], ribs=3, rib_mm=1.0, label=FIN,
        ))  # fmt: skip
    return result


def _tail() -> list[Blade]:
    """The fan: ribbed rays that overlap, long in the middle, thin at the rim."""
    result = []
    lengths = (88, 104, 116, 120, 124, 126, 126, 122, 114, 102, 84)
    for i, length in enumerate(lengths):
        bend = (i - 5) / 5
        a = np.radians(92 - 16.0 * (i - 5))
        way, aside = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
        root = np.array([80.0, 390.0])
        points = [root, root + 0.42 * length * way + 9 * bend * aside, root + 0.76 * length * way + 5 * bend * aside,
                  root + length * way - (20 * bend - 7) * aside]  # fmt: skip
        layer = 5.0 * (1 - abs(i - 5) % 2)
        z = [0.0, layer, layer + 3, layer + 12]
        result.append(Blade(
            points=[(*p, q) for p, q in zip(points, z, strict=True)],
            width=[(0, 9), (0.3, 15), (0.62, 19), (0.84, 11), (1, 0.6)],
            thick=[(0, 12), (0.3, 6.5), (0.7, 3.6), (1, 0.8)], ribs=6, rib_mm=2.4, label=FIN,
        ))  # fmt: skip
    return result


def scales(points: Floats) -> tuple[Floats, Floats]:
    """(n,) heights 0..1 of overlapping scales and belly plates at places of the trunk; share 0..1 of the belly."""
    flat: NDArray[np.float64] = np.ascontiguousarray(points[:, :2])
    _, place, normal = along(flat, _SPINE)
    lengths = np.linalg.norm(np.diff(_SPINE, axis=0), axis=1)
    steps = np.concatenate([[0.0], np.cumsum(lengths)])
    pitch = _RADII * 2 * np.pi / _AROUND * 0.78
    rows = np.concatenate([[0.0], np.cumsum(lengths / ((pitch[1:] + pitch[:-1]) / 2))])
    side = ((flat - foot(_SPINE, place)) * normal).sum(axis=1)
    turn = np.arctan2(points[:, 2] / _FLAT, side)
    row = np.interp(place, steps, rows)
    number = np.floor(row)
    v = row - number
    u = (turn / (2 * np.pi) * _AROUND + 0.5 * (number % 2)) % 1.0 - 0.5
    tip = 0.34 + 0.62 * np.sqrt(np.clip(1 - (2 * u) ** 2, 0, 1))
    own = step(v, tip + 0.03, tip - 0.05)
    below = (u + 0.5) % 1.0 - 0.5
    rib = 0.10 * np.exp(-((np.where(v < tip, u, below) / 0.05) ** 2))
    rim = 0.12 * np.exp(-(((v - tip + 0.14) / 0.06) ** 2))
    scaled = own * (0.50 + 0.40 * v + rim) + (1 - own) * (0.42 * v) + rib
    belly = step(np.abs(turn), 2.25, 2.4)
    plate = (row * 0.8) % 1.0
    plates = np.where(plate < 0.86, 0.35 + 0.5 * plate, 0.05)
    return scaled * (1 - belly) + plates * belly, belly


def saddle_lines(points: Floats) -> Floats:
    """(n,) heights 0..1 of the leaning flutes on the saddle, drawn as waves are."""
    x, y, z = points.T
    turn = ((x - 0.35 * np.abs(z) + 0.4 * y) / 17.0) % 1.0
    flutes: Floats = np.sqrt(np.clip(1 - (2 * turn - 1) ** 2, 0, 1))
    return flutes
