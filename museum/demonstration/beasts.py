"""Beasts as bodies: the tortoise of a stele, dragons in relief, a seal's kylin, a roof's dragon-fish."""

import numpy as np

from museum.demonstration.ornament import smooth
from museum.demonstration.solids import Body, Point, rotation
from museum.demonstration.surfaces import Floats

BODY, FIN, MANE, FACE, BELLY, TOOTH, EYE = range(7)
SHELL, LIMB = 0, 1


def curve(points: list[tuple[float, ...]], count: int) -> Floats:
    """(count, 3) a smooth curve through points in space."""
    return smooth(points, count)


def from_root(root: Floats, *offsets: Point) -> list[tuple[float, ...]]:
    """The root and the places at these offsets from it."""
    return [tuple(root), *(tuple(root + np.asarray(offset, np.float64)) for offset in offsets)]


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
    """The kylin's head above its chest: a square muzzle, deep eyes, horns laid back, a mane in locks."""
    body.ellipsoid((0, 50, 29), (14.5, 13, 15), blend=6, label=FACE)
    body.ellipsoid((0, 46.5, 42), (12, 7, 9), blend=4, label=FACE)
    body.ellipsoid((0, 45, 47), (10, 5.5, 6.5), blend=4, label=FACE)
    body.cone((0, 38, 34), (0, 37, 45), 9.5, 7.5, blend=3, label=FACE)
    body.chain(
        curve([(-13, 42, 36), (-9.5, 40.4, 49), (0, 40.2, 54), (9.5, 40.4, 49), (13, 42, 36)], 14),
        np.full(14, 1.7),
        blend=1.6,
        cut=True,
    )
    body.ellipsoid((0, 50.2, 51), (5.5, 3.2, 3.4), blend=2.5, label=FACE)
    for side in (-1, 1):
        body.ellipsoid((side * 4.2, 49.6, 52.6), (2.6, 2.3, 2.4), blend=1.5, label=FACE)
        body.ellipsoid((side * 4.6, 49.4, 54.8), (1.0, 0.9, 1.2), blend=0.6, cut=True)
        body.ellipsoid((side * 8.2, 54, 42.5), (4.2, 3.4, 3.2), blend=1.5, cut=True)
        body.ellipsoid((side * 8.0, 54, 41.2), (3.2, 3.0, 3.2), blend=0.8, label=EYE)
        body.chain(
            curve([(side * 3, 56.5, 45.5), (side * 8.5, 58.6, 43), (side * 14, 57.4, 36)], 7),
            np.linspace(1.9, 1.3, 7),
            blend=2,
            label=FACE,
        )
        body.cone((side * 7.5, 41.8, 49), (side * 7.5, 38.6, 49.6), 1.3, 0.5, blend=0.6, label=FACE)
        body.chain(
            curve([(side * 5, 61, 31), (side * 7.5, 65, 23), (side * 8, 65.5, 13), (side * 7, 62, 6)], 9),
            np.linspace(2.7, 1.0, 9),
            blend=2,
            label=FIN,
        )
        body.ellipsoid((side * 16, 55, 25), (2.4, 5.0, 6.5), blend=2, label=FACE, turn=rotation("z", side * -30).T)
        for i in range(6):
            root = np.array([side * (12.5 - 0.4 * i), 57 - 5.6 * i, 24.0 + 1.8 * i])
            lock = curve(
                from_root(root, (side * 6, -2.5, -8), (side * 4.5, -1.5, -17), (side * 6, 1.5, -20)),
                9,
            )
            body.chain(lock, np.interp(np.linspace(0, 1, 9), [0, 0.4, 1], [3.2, 3.6, 1.0]), blend=1.4, label=MANE)
        for i in range(3):
            root = np.array([side * (2.5 + 4.2 * i), 61.5 - 1.5 * i, 20])
            lock = curve(from_root(root, (side, -1.5, -9), (side * 1.5, -8, -15)), 7)
            body.chain(lock, np.linspace(3.6, 1.2, 7), blend=1.4, label=MANE)
    for i in range(-1, 2):
        body.chain(
            curve([(i * 4.5, 34, 43), (i * 6, 28, 41), (i * 7, 23, 37)], 6),
            np.linspace(2.6, 1.0, 6),
            blend=1.4,
            label=MANE,
        )


def dragon_fish() -> Body:
    """The dragon-fish of a roof's ridge, biting it at -x, its tail thrown up: about 430 × 480 × 150."""
    body = Body()
    spine = curve(
        [(-62, 172, 0), (6, 146, 0), (86, 158, 0), (140, 222, 0), (134, 306, 0), (84, 362, 0), (34, 388, 0)], 40
    )  # fmt: skip
    radii = np.interp(np.linspace(0, 1, 40), [0, 0.2, 0.45, 0.75, 1], [70, 72, 60, 40, 24])
    body.chain(spine, radii, blend=8, label=BODY, flat=0.84)
    for i in range(11, 38, 3):
        forward = spine[min(i + 1, 39)] - spine[i - 1]
        forward /= np.linalg.norm(forward)
        out = np.array([forward[1], -forward[0], 0.0])
        root, high = spine[i] + out * radii[i] * 0.8, 30 + 0.4 * radii[i]
        flame = curve(
            [tuple(root), tuple(root + out * high * 0.6 + forward * 8), tuple(root + out * high + forward * 34)], 8
        )
        body.chain(flame, np.interp(np.linspace(0, 1, 8), [0, 0.35, 1], [17, 15, 3]), blend=6, label=FIN, flat=0.55)
    for step, length in enumerate((96, 124, 142, 150, 140, 118, 84)):
        a = np.radians(78 + 21 * step)
        reach, aside = np.array([np.cos(a), np.sin(a), 0]), np.array([-np.sin(a), np.cos(a), 0])
        ray = from_root(spine[-2], reach * length * 0.55 - aside * 13, reach * length + aside * 22)
        width = np.interp(np.linspace(0, 1, 14), [0, 0.55, 0.8, 1], [24, 27, 18, 3])
        body.chain(curve(ray, 14), width, blend=3, label=FIN, flat=0.5)
    for side in (-1, 1):
        for i in range(4):
            a = np.radians(-20 + 27 * i)
            root = np.array([8.0, 150.0, side * 52])
            way = np.array([np.cos(a) * 84, np.sin(a) * 84, side * 10])
            lobe = curve(from_root(root, way / 2 + np.array([4, -6, side * 9]), way + np.array([-6, 8, 0])), 8)
            body.chain(lobe, np.interp(np.linspace(0, 1, 8), [0, 0.5, 1], [13, 15, 4]), blend=4, label=FIN)
    return body.add(_fish_head())


def _fish_head() -> Body:
    """A heavy head: square muzzle with a curled lip, deep-set eyes under flaming brows, horns laid back."""
    body = Body()
    body.ellipsoid((-104, 190, 0), (70, 58, 60), blend=26, label=FACE)
    muzzle = curve([(-120, 194, 0), (-168, 188, 0), (-204, 194, 0), (-220, 214, 0)], 10)
    body.chain(muzzle, np.linspace(50, 25, 10), blend=12, label=FACE, flat=1.15)
    body.chain(
        curve([(-92, 140, 0), (-140, 106, 0), (-196, 92, 0)], 8), np.linspace(48, 27, 8), blend=12, label=FACE, flat=1.1
    )
    body.chain(
        curve([(-112, 152, 0), (-170, 136, 0), (-262, 134, 0)], 8), np.linspace(10, 33, 8), blend=8, cut=True, flat=2.2
    )
    body.chain(curve([(-112, 142, 0), (-160, 124, 0), (-190, 130, 0)], 7), np.linspace(18, 8, 7), blend=5, label=BELLY)
    for side in (-1, 1):
        body.ellipsoid((-140, 214, side * 46), (19, 15, 12), cut=True, blend=8)
        body.ellipsoid((-139, 213, side * 40), (14, 13, 14), blend=2, label=EYE)
        brow = curve(
            [(-174, 226, side * 40), (-142, 236, side * 54), (-104, 234, side * 58), (-62, 256, side * 62)], 10
        )
        body.chain(brow, np.interp(np.linspace(0, 1, 10), [0, 0.4, 1], [8, 13, 4]), blend=5, label=FIN)
        lid = curve([(-158, 222, side * 46), (-140, 227, side * 52), (-120, 219, side * 52)], 6)
        body.chain(lid, np.full(6, 6.0), blend=4, label=FACE)
        body.ellipsoid((-206, 220, side * 19), (15, 13, 12), blend=7, label=FACE)
        body.ellipsoid((-220, 218, side * 21), (7, 6, 6), blend=4, cut=True)
        lip = curve([(-218, 186, side * 24), (-176, 172, side * 40), (-132, 160, side * 50), (-96, 150, side * 56)], 10)
        body.chain(lip, np.linspace(8, 11, 10), blend=6, label=FACE)
        low = curve([(-206, 104, side * 20), (-150, 122, side * 38), (-104, 140, side * 52)], 8)
        body.chain(low, np.linspace(7, 10, 8), blend=6, label=FACE)
        whisker = curve(
            [(-204, 196, side * 28), (-186, 188, side * 54), (-150, 196, side * 66), (-112, 186, side * 70)], 9
        )
        body.chain(whisker, np.linspace(7, 3.5, 9), blend=4, label=FIN)
        horn = curve([(-92, 236, side * 26), (-58, 272, side * 30), (-18, 286, side * 30), (18, 276, side * 28)], 10)
        body.chain(horn, np.linspace(14, 5, 10), blend=6, label=BELLY)
        for i in range(6):
            y = 236 - 21 * i
            tip = (12 - 9 * abs(i - 2), y + 12 - 4 * i, side * (64 - 2 * i))
            lock = curve([(-88, y, side * 52), (-44, y + 4 - 3 * i, side * 70), tip], 9)
            body.chain(lock, np.interp(np.linspace(0, 1, 9), [0, 0.4, 1], [12, 14, 3]), blend=4, label=MANE)
        for i, high in enumerate((19, 12, 12, 11)):
            place = (-204 + 20 * i, 172 - 5 * i, side * (22 + 5 * i))
            body.cone(place, (place[0] - 2, place[1] - high, place[2]), 6.5, 2.2, blend=2, label=TOOTH)
            place = (-194 + 20 * i, 116 + 6 * i, side * (20 + 5 * i))
            body.cone(place, (place[0] - 2, place[1] + high - 2, place[2]), 6, 2, blend=2, label=TOOTH)
    return body
