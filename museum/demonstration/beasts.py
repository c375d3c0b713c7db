"""Beasts as bodies: the tortoise of a stele, dragons in relief."""

import numpy as np

from museum.demonstration.ornament import smooth
from museum.demonstration.solids import Body, rotation
from museum.demonstration.surfaces import Floats

BODY, FIN, MANE, FACE, EYE = range(5)
SHELL, LIMB = 0, 1


def curve(points: list[tuple[float, ...]], count: int) -> Floats:
    """(count, 3) a smooth curve through points in space."""
    return smooth(points, count)


def tortoise() -> Body:
    """A tortoise 1.25 m wide, 1.9 m long with its head raised towards +z, its dome 0.43 m high."""
    body = Body()
    body.ellipsoid((0, 120, -30), (610, 330, 760), label=SHELL)
    body.ellipsoid((0, 112, -30), (668, 62, 812), blend=60, label=SHELL)
    body.ellipsoid((0, 60, -30), (520, 110, 640), blend=30, label=LIMB)
    for side in (-1, 1):
        for front in (-1, 1):
            foot = (side * 500, 70, -30 + front * 560)
            body.cone((side * 380, 130, -30 + front * 430), foot, 130, 112, blend=50, label=LIMB)
            body.ellipsoid((side * 520, 42, front * 610 - 10), (112, 66, 132), blend=40, label=LIMB)
            for toe in (-1, 0, 1):
                place = (side * 520 + toe * 62, 24, -10 + front * (610 + 108 - 18 * abs(toe)))
                body.ellipsoid(place, (27, 26, 46), blend=10, label=LIMB)
    neck = curve([(0, 190, 560), (0, 225, 740), (0, 292, 880), (0, 350, 960)], 9)
    body.chain(neck, np.linspace(158, 122, 9), blend=50, label=LIMB)
    for ring in range(4):
        size = (148 - 5 * ring, 142 - 5 * ring, 20)
        body.ellipsoid((0, 212 + 34 * ring, 700 + 62 * ring), size, blend=24, label=LIMB,
                       turn=rotation("x", -28).T)  # fmt: skip
    _tortoise_head(body)
    tail = curve([(0, 100, -760), (60, 80, -850), (140, 72, -880), (210, 76, -850)], 8)
    return body.chain(tail, np.linspace(62, 18, 8), blend=30, label=LIMB)


def _tortoise_head(body: Body) -> None:
    body.ellipsoid((0, 385, 1010), (132, 112, 168), blend=45, label=LIMB)
    body.ellipsoid((0, 362, 1130), (98, 80, 96), blend=50, label=LIMB)
    body.ellipsoid((0, 410, 1090), (88, 66, 110), blend=40, label=LIMB)
    for side in (-1, 1):
        body.ellipsoid((side * 84, 432, 1068), (44, 36, 46), blend=16, label=LIMB)
        body.ellipsoid((side * 94, 428, 1082), (30, 25, 30), blend=4, label=LIMB)
        body.cone((side * 48, 470, 1110), (side * 118, 462, 1010), 20, 14, blend=18, label=LIMB)
        body.ellipsoid((side * 34, 392, 1212), (11, 9, 12), blend=8, cut=True)
        line = curve(
            [(side * 8, 346, 1232), (side * 62, 344, 1196), (side * 104, 354, 1120), (side * 122, 376, 1040)], 9
        )
        body.chain(line, np.full(9, 9.0), blend=12, cut=True)


def relief_dragon() -> Body:
    """A dragon flying towards -x in relief, about 480 × 330, its head at (-210, 40) turned to a pearl at its left."""
    body = Body()
    spine = curve(
        [(-150, 30, 12), (-90, 76, 10), (-10, 66, 14), (40, 0, 12), (20, -70, 10), (90, -120, 12), (170, -88, 10),
         (205, -10, 10), (250, 26, 8), (300, 10, 4)], 46,
    )  # fmt: skip
    radii = np.interp(np.linspace(0, 1, 46), [0, 0.12, 0.4, 0.75, 1], [24, 27, 29, 22, 6])
    body.chain(spine, radii, blend=4, label=BODY)
    for i in range(2, 42, 2):
        step = spine[i + 1] - spine[i - 1]
        over = np.array([-step[1], step[0], 0.0]) / np.linalg.norm(step[:2])
        over *= 1 if i < 16 or i > 30 else -1
        body.cone(
            spine[i] + over * radii[i] * 0.8, spine[i] + over * (radii[i] + 15) - step * 0.3, 7, 2, blend=4, label=FIN
        )
    for at, way in ((9, (-46, -66)), (15, (86, 44)), (28, (-30, -84)), (35, (88, -20))):
        _leg(body, spine[at], np.array([*way, 6.0]))
    for i in range(5):
        angle = np.radians(-50 + 26 * i)
        tip = spine[-1] + np.array([58 * np.cos(angle), 58 * np.sin(angle), 0])
        body.chain(
            curve([tuple(spine[-1]), tuple((spine[-1] + tip) / 2 + [0, 10, 0]), tuple(tip)], 6),
            np.linspace(8, 3, 6),
            blend=4,
            label=MANE,
        )
    return body.add(_relief_head().moved((-178, 30, 20)))


def _leg(body: Body, root: Floats, way: Floats) -> None:
    knee = root + way * 0.55 + np.array([-way[1], way[0], 0]) * 0.22
    foot = root + way
    body.cone(root, knee, 17, 12, blend=8).cone(knee, foot, 11, 8, blend=5)
    heading = np.arctan2(way[1], way[0])
    for spread in (-0.9, -0.3, 0.3, 0.9):
        tip = foot + 26 * np.array([np.cos(heading + spread), np.sin(heading + spread), 0.1])
        body.cone(foot, tip, 6, 2.5, blend=3, label=FIN)


def _relief_head() -> Body:
    """A dragon's head in profile, looking to -x, about 130 long."""
    body = Body()
    body.ellipsoid((0, 6, 0), (36, 31, 26), blend=6, label=FACE)
    body.cone((-20, 8, 4), (-66, 12, 2), 22, 15, blend=8, label=FACE)
    body.ellipsoid((-76, 21, 2), (12, 11, 14), blend=6, label=FACE)
    body.cone((-8, -22, 2), (-56, -24, 2), 13, 9, blend=8, label=FACE)
    body.cone((-16, -8, 8), (-62, -8, 14), 6, 5, cut=True, blend=4)
    body.ellipsoid((-18, 24, 20), (10, 9, 9), blend=2, label=EYE)
    body.cone((-32, 34, 18), (0, 38, 16), 6, 5, blend=4, label=MANE)
    for line, size in (
        ([(4, 32, 10), (40, 56, 12), (84, 60, 8)], 8), ([(18, 10, 14), (62, 22, 16), (98, 14, 8)], 10),
        ([(18, -10, 14), (58, -8, 16), (92, -24, 8)], 9), ([(8, -26, 12), (38, -42, 14), (72, -60, 6)], 8),
        ([(-40, -34, 4), (-44, -58, 8), (-26, -76, 4)], 5), ([(-78, 14, 8), (-112, -4, 8), (-120, -36, 2)], 4),
    ):  # fmt: skip
        body.chain(curve([tuple(map(float, p)) for p in line], 8), np.linspace(size, 2.2, 8), blend=4, label=MANE)
    return body
