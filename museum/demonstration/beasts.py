"""Beasts as bodies: the tortoise under a stele, dragons in relief, the crouching beast of a seal, a roof's dragon-fish."""

import numpy as np

from museum.demonstration.ornament import smooth
from museum.demonstration.solids import Body, rotation
from museum.demonstration.surfaces import Floats

BODY, FIN, MANE, FACE, BELLY, TOOTH, EYE = range(7)
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
        body.ellipsoid((0, 212 + 34 * ring, 700 + 62 * ring), (148 - 5 * ring, 142 - 5 * ring, 20), blend=24, label=LIMB,
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


def crouching() -> Body:
    """A kylin crouching on y = 0, its head towards +z: the knob of a seal, about 62 high and 84 long."""
    body = Body()
    back = curve([(0, 22, -27), (0, 27, -12), (0, 25, 6), (0, 30, 20), (0, 41, 27)], 12)
    body.chain(back, np.interp(np.linspace(0, 1, 12), [0, 0.3, 0.7, 1], [16.5, 15.5, 16.5, 13]), blend=6, label=BODY)
    body.ellipsoid((0, 22, 22), (15, 16, 13), blend=8, label=BELLY)
    for side in (-1, 1):
        body.ellipsoid((side * 15, 15, -23), (9.5, 15, 16), blend=5, label=BODY, turn=rotation("x", -25).T)
        body.cone((side * 17, 7, -30), (side * 19, 4.5, -8), 6.5, 5, blend=4, label=BODY)
        body.cone((side * 13, 24, 22), (side * 19, 12, 18), 9, 7, blend=5, label=BODY)
        body.cone((side * 19, 12, 18), (side * 18, 5, 34), 6.5, 5.5, blend=4, label=BODY)
        for z, x in ((-5, 19), (37, 18)):
            for toe in (-1, 0, 1):
                body.ellipsoid((side * x + toe * 4, 3.6, z + 2 - abs(toe)), (2.6, 3.4, 5), blend=1.5, label=FACE)
    _beast_head(body)
    tail = curve([(0, 24, -40), (0, 36, -49), (0, 52, -45), (0, 58, -34), (0, 52, -26)], 12)
    body.chain(tail, np.interp(np.linspace(0, 1, 12), [0, 0.6, 1], [6.5, 6, 3.5]), blend=4, label=MANE)
    for side in (-1, 1):
        for rise in (0, 1):
            lock = curve([(0, 34 + 8 * rise, -47), (side * 8, 44 + 9 * rise, -50), (side * 12, 54 + 6 * rise, -44)], 7)
            body.chain(lock, np.linspace(5, 1.6, 7), blend=3, label=MANE)
    for i in range(7):
        place = back[i + 2] + np.array([0, 15.5, 0])
        body.cone(place, place + np.array([0, 6.0, -5.0]), 3.2, 1.0, blend=2.5, label=FIN, flat=0.6, across=(1, 0, 0))
    return body


def _beast_head(body: Body) -> None:
    """The kylin's head, above its chest."""
    body.ellipsoid((0, 50, 30), (15, 13.5, 15), blend=6, label=FACE)
    body.ellipsoid((0, 46, 43), (11.5, 7, 9.5), blend=5, label=FACE)
    body.cone((0, 37.5, 36), (0, 37, 46), 8.5, 6, blend=3, label=FACE)
    body.cone((-9, 41, 53), (9, 41, 53), 2.4, 2.4, blend=2, cut=True)
    body.cone((-12, 42, 47), (12, 42, 47), 2.2, 2.2, blend=2, cut=True)
    body.ellipsoid((0, 50.5, 51), (6.5, 4.5, 4.5), blend=3, label=FACE)
    for side in (-1, 1):
        body.ellipsoid((side * 4, 51, 54), (3, 2.6, 2.8), blend=1.5, label=FACE)
        body.ellipsoid((side * 8, 55, 42), (4.6, 4.4, 4.4), blend=1.5, label=EYE)
        body.chain(
            curve([(side * 3, 58, 46), (side * 9, 61, 43), (side * 15, 59, 36)], 6),
            np.linspace(2.6, 1.6, 6),
            blend=2,
            label=MANE,
        )
        body.chain(
            curve([(side * 6, 60, 32), (side * 10, 68, 24), (side * 9, 72, 12), (side * 7, 70, 4)], 9),
            np.linspace(3.4, 1.3, 9),
            blend=2,
            label=FIN,
        )
        body.ellipsoid((side * 17, 54, 26), (3, 7.5, 4.5), blend=2, label=FACE, turn=rotation("z", side * -35).T)
        for i in range(5):
            root = np.array([side * (13 - 0.5 * i), 56 - 6.5 * i, 24.0 + 1.5 * i])
            lock = curve([tuple(root), tuple(root + [side * 6, -2, -9]), tuple(root + [side * 5, 1.5, -19])], 7)
            body.chain(lock, np.linspace(4.6, 1.4, 7), blend=1.8, label=MANE)
    for i in range(3):
        root = np.array([(i - 1) * 6.0, 62 - abs(i - 1) * 2, 22])
        body.chain(
            curve([tuple(root), tuple(root + [0, 1, -9]), tuple(root + [0, -7, -18])], 7),
            np.linspace(4.6, 1.6, 7),
            blend=1.8,
            label=MANE,
        )
    for i in range(-1, 2):
        body.chain(
            curve([(i * 4, 33, 44), (i * 5.5, 26, 42), (i * 6, 21, 38)], 5),
            np.linspace(2.8, 1.2, 5),
            blend=1.5,
            label=MANE,
        )


def dragon_fish() -> Body:
    """The dragon-fish of a roof's ridge, biting it at -x, its tail thrown up: about 470 × 470 × 170."""
    body = Body()
    spine = curve(
        [
            (-70, 168, 0),
            (0, 150, 0),
            (84, 160, 0),
            (142, 226, 0),
            (140, 312, 0),
            (84, 376, 0),
            (20, 392, 0),
            (-30, 372, 0),
        ],
        40,
    )
    radii = np.interp(np.linspace(0, 1, 40), [0, 0.2, 0.45, 0.75, 1], [66, 70, 62, 40, 20])
    body.chain(spine, radii, blend=8, label=BODY, flat=0.86)
    for i in range(3, 38):
        forward = spine[min(i + 1, 39)] - spine[i - 1]
        forward /= np.linalg.norm(forward)
        out = np.array([forward[1], -forward[0], 0.0])
        if i < 30 or i % 2:
            high = 26 + 10 * (i % 2)
            body.cone(
                spine[i] + out * radii[i] * 0.86, spine[i] + out * (radii[i] + high) + forward * 16, 12, 4,
                blend=6, label=FIN, flat=0.6,
            )  # fmt: skip
    for angle, length in ((128, 150), (152, 165), (178, 160), (204, 140), (232, 105)):
        a = np.radians(angle)
        reach = np.array([np.cos(a), np.sin(a), 0])
        bend = np.array([-np.sin(a), np.cos(a), 0])
        root = spine[-1]
        lobe = curve(
            [tuple(root), tuple(root + reach * length * 0.55 + bend * 10), tuple(root + reach * length - bend * 24)], 12
        )
        body.chain(lobe, np.interp(np.linspace(0, 1, 12), [0, 0.5, 1], [17, 21, 5]), blend=6, label=FIN, flat=0.62)
    for side in (-1, 1):
        for i in range(5):
            a = np.radians(-38 + 24 * i)
            root = np.array([6.0, 150.0, side * 56])
            tip = root + np.array([np.cos(a) * 92, np.sin(a) * 92, side * 16])
            lobe = curve([tuple(root), tuple((root + tip) / 2 + [0, 8, side * 10]), tuple(tip)], 8)
            body.chain(lobe, np.interp(np.linspace(0, 1, 8), [0, 0.6, 1], [12, 13, 4]), blend=4, label=FIN)
    return body.add(_fish_head())


def _fish_head() -> Body:
    body = Body()
    body.ellipsoid((-112, 184, 0), (72, 62, 62), blend=24, label=FACE)
    body.chain(
        curve([(-130, 196, 0), (-190, 196, 0), (-226, 222, 0), (-228, 248, 0)], 10),
        np.linspace(46, 17, 10),
        blend=10,
        label=FACE,
    )
    body.chain(curve([(-100, 138, 0), (-150, 106, 0), (-206, 92, 0)], 8), np.linspace(44, 24, 8), blend=12, label=FACE)
    body.chain(
        curve([(-118, 156, 0), (-170, 142, 0), (-262, 142, 0)], 8), np.linspace(13, 40, 8), blend=8, cut=True, flat=1.6
    )
    body.chain(curve([(-120, 146, 0), (-170, 128, 0), (-206, 132, 0)], 7), np.linspace(18, 8, 7), blend=5, label=MANE)
    for side in (-1, 1):
        body.ellipsoid((-134, 222, side * 46), (20, 20, 15), blend=3, label=EYE)
        body.chain(
            curve([(-166, 236, side * 38), (-132, 250, side * 52), (-92, 236, side * 58)], 8),
            np.linspace(13, 7, 8),
            blend=6,
            label=MANE,
        )
        body.ellipsoid((-212, 226, side * 16), (14, 13, 12), blend=6, label=FACE)
        body.chain(
            curve([(-96, 238, side * 30), (-60, 290, side * 36), (-20, 316, side * 36), (16, 312, side * 34)], 10),
            np.linspace(15, 5, 10),
            blend=6,
            label=FIN,
        )
        for i in range(5):
            y = 226 - 24 * i
            lock = curve([(-84, y, side * 56), (-46, y + 14, side * 74), (-6 + 3 * i, y + 6, side * 70)], 8)
            body.chain(lock, np.interp(np.linspace(0, 1, 8), [0, 0.4, 1], [13, 15, 4]), blend=5, label=MANE)
        for i in range(4):
            body.cone(
                (-142 - 20 * i, 166 + 3 * i, side * 26),
                (-144 - 20 * i, 146 + 3 * i, side * 27),
                7,
                2.5,
                blend=2,
                label=TOOTH,
            )
            body.cone(
                (-146 - 16 * i, 122 - 2 * i, side * 22),
                (-148 - 16 * i, 136 - 2 * i, side * 23),
                6,
                2,
                blend=2,
                label=TOOTH,
            )
    return body
