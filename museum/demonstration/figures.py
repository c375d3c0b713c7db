"""Figures in the manner of Cham reliefs: seated frontal, kneeling in adoration; calm faces, high crowns, heavy jewels.

Each is a body in its own frame: x right, y up from the seat, z towards the viewer, the ground of the relief at z = 0.
"""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration.solids import Body, rotation

Floats = NDArray[np.float64]


def head(*, tiers: int = 5) -> Body:
    """A head about 75 high without its crown, its chin at y = 0, looking along +z."""
    body = Body()
    body.cone((0, -14, -2), (0, 14, 0), 17, 18, blend=6)
    body.ellipsoid((0, 42, 0), (29, 36, 30), blend=8)
    body.ellipsoid((0, 22, 7), (24, 24, 23), blend=14)
    body.ellipsoid((0, 7, 19), (11, 9, 10), blend=10)
    for side in (-1, 1):
        body.ellipsoid((side * 15, 24, 15), (11, 11, 11), blend=10)
        body.ellipsoid((side * 12.5, 38, 24.5), (8.5, 4.6, 5.5), blend=2.5)
        body.cone((side * 3, 45, 29), (side * 13, 48.5, 27), 2.4, 2.4, blend=3)
        body.cone((side * 13, 48.5, 27), (side * 24, 44, 18), 2.4, 1.8, blend=3)
        body.cone((side * 4.5, 25.5, 29), (side * 5.5, 25.5, 28), 3.8, 3.4, blend=3)
        body.cone((side * 30, 46, -3), (side * 33, 10, 0), 5.5, 6.5, blend=4, flat=0.6, across=(1, 0, 0))
        body.ellipsoid((side * 34, -4, 3), (7.5, 11, 8), blend=2)
        body.ellipsoid((side * 34, -18, 3), (4.5, 6, 5), blend=2)
    body.cone((0, 44, 28), (0, 27, 34), 3.0, 5.0, blend=4)
    body.ellipsoid((0, 17.5, 28), (11.5, 2.9, 4.6), blend=2)
    body.ellipsoid((0, 12.3, 27), (9.5, 3.2, 4.8), blend=1.5)
    return body.add(_crown(tiers))


def _crown(tiers: int) -> Body:
    body = Body()
    body.ellipsoid((0, 60, -1), (32, 7.5, 32), blend=2)
    body.ellipsoid((0, 55, -1), (30.5, 3, 31), blend=1)
    for angle in (-60, -30, 0, 30, 60):
        turn = rotation("y", angle)
        size = 1.0 if angle == 0 else (0.82 if abs(angle) == 30 else 0.7)
        place = turn @ np.array([0, 67 + 7 * size, 29.0])
        body.ellipsoid(place, (8.5 * size, 14 * size, 4.5), blend=2, turn=turn.T)
    height, radius = 74.0, 25.0
    for i in range(tiers):
        body.ellipsoid((0, height, -2), (radius, 9.5, radius), blend=1.5)
        height += 10.5 - 0.5 * i
        radius *= 0.83
    body.ellipsoid((0, height + 4, -2), (6, 14, 6), blend=3)
    return body


def seated() -> Body:
    """A seated figure, legs crossed, about 375 high with the crown: a bud in the right hand, the left on the thigh."""
    body = Body()
    body.ellipsoid((0, 54, 26), (62, 30, 40))
    body.ellipsoid((0, 92, 32), (39, 36, 29), blend=22)
    body.ellipsoid((0, 142, 32), (50, 38, 30), blend=26)
    body.cone((-46, 170, 26), (46, 170, 26), 19, 19, blend=16)
    for side in (-1, 1):
        body.ellipsoid((side * 21, 148, 53), (23, 17, 10), blend=12)
        body.ellipsoid((side * 60, 168, 28), (19, 19, 19), blend=12)
        # Thigh out to the knee, shin back to the middle, the foot laid on it.
        body.cone((side * 34, 48, 36), (side * 112, 30, 50), 30, 24, blend=12)
        body.cone((side * 112, 27, 52), (side * 18, 21, 76 + 6 * side), 22, 13, blend=8)
        body.ellipsoid((side * -34, 30, 82 + 8 * side), (27, 9, 11), blend=4, turn=rotation("z", side * -10).T)
    body.ellipsoid((0, 88, 61), (3.2, 3.2, 5), cut=True, blend=3)
    _arms_of_seated(body)
    _jewels_of_seated(body)
    return body.add(head().moved((0, 205, 42)))


def _arms_of_seated(body: Body) -> None:
    body.cone((-64, 166, 30), (-92, 104, 36), 17, 14, blend=8)
    body.cone((-92, 104, 36), (-96, 152, 64), 13.5, 10, blend=6)
    body.ellipsoid((-96, 164, 67), (12, 14, 10), blend=5)
    for i in range(4):
        body.cone((-105, 158 + 6 * i, 74), (-89, 159 + 6 * i, 78), 3.6, 3.2, blend=1.5)
    stem = np.array([[-97, 150, 74], [-97, 186, 66], [-99, 208, 54], [-103, 226, 46]], float)
    body.chain(stem, np.array([3.8, 3.8, 3.8, 4.5]), blend=2)
    body.ellipsoid((-103, 240, 42), (12, 20, 12), blend=3)
    for side in (-1, 1):
        body.ellipsoid((-103 + side * 9, 234, 42), (6, 17, 9), blend=1.5, turn=rotation("z", side * -22).T)
    body.cone((64, 166, 30), (90, 106, 32), 17, 14, blend=8)
    body.cone((90, 106, 34), (72, 62, 80), 13.5, 9.5, blend=6)
    body.ellipsoid((64, 52, 90), (15, 10, 8), blend=5, turn=rotation("z", 30).T)
    for i in range(4):
        body.cone((56 + 5 * i, 46, 94), (50 + 6 * i, 33, 92), 3.4, 2.8, blend=1.5)


def _jewels_of_seated(body: Body) -> None:
    for drop, reach, size in ((0, 30, 3.4), (11, 39, 4.2)):
        angles = np.linspace(-1.25, 1.25, 15)
        line = np.stack([reach * np.sin(angles), 190 - drop - 0.75 * reach * np.cos(angles), 0 * angles + 90], axis=1)
        _laid(body, line, size)
    body.ellipsoid((0, 149, 66), (8, 11, 6), blend=2)
    for side in (-1, 1):
        body.ellipsoid((side * 73, 143, 32), (20, 5, 20), blend=2, turn=rotation("z", side * 19).T)
        body.ellipsoid((side * 75, 151, 49), (7, 11, 5), blend=2)
    body.ellipsoid((-96, 143, 60), (13, 4.5, 13), blend=2, turn=rotation("x", 30).T)
    body.ellipsoid((77, 72, 68), (13, 4.5, 13), blend=2, turn=rotation("x", -45).T)
    line = np.stack([np.linspace(-37, 37, 13), 74 - 5 * np.cos(np.linspace(-1.3, 1.3, 13)), np.full(13, 95.0)], axis=1)
    _laid(body, line, 5.0)
    body.ellipsoid((0, 69, 66), (10, 9, 6), blend=2)
    for i in range(-3, 4):
        body.cone((i * 5, 62, 64), (i * 9, 6, 84), 3.6, 4.2, blend=2)


def _laid(body: Body, line: Floats, size: float) -> None:
    """A string of beads along a line, laid onto what the body's front is so far."""
    placed = line.copy()
    for _ in range(40):
        placed[:, 2] -= 0.8 * np.clip(body.distance(placed), -4, 20)
    for point in placed:
        body.ellipsoid(point, (size, size, size * 0.9), blend=1.2)


def kneeling() -> Body:
    """A figure kneeling on one knee towards +x, hands joined, about 290 high with the crown."""
    body = Body()
    body.ellipsoid((-18, 58, 34), (37, 32, 32))
    body.ellipsoid((-12, 98, 34), (30, 34, 25), blend=18)
    body.ellipsoid((-4, 134, 36), (37, 33, 27), blend=22)
    body.cone((-34, 156, 44), (26, 158, 24), 15, 14, blend=14)
    # The far leg with its knee up, then the near one with its knee on the ground.
    body.cone((-2, 58, 22), (66, 84, 20), 23, 19, blend=10)
    body.cone((66, 84, 20), (58, 18, 20), 18, 12, blend=6)
    body.ellipsoid((70, 9, 24), (25, 9, 12), blend=4)
    body.cone((-18, 50, 46), (58, 24, 52), 27, 21, blend=10)
    body.cone((56, 20, 52), (-48, 15, 44), 17, 12, blend=6)
    body.ellipsoid((-66, 14, 42), (22, 10, 12), blend=4)
    for i in range(4):
        body.cone((-2 + 11 * i, 62 - 7 * i, 66 + 1.5 * i), (-8 + 16 * i, 30 - 3 * i, 68), 2.2, 2.2, blend=3)
    body.cone((26, 156, 26), (44, 112, 34), 13, 11, blend=7)
    body.cone((44, 112, 34), (62, 148, 44), 11, 8, blend=5)
    body.cone((-36, 152, 50), (-4, 100, 66), 15, 12, blend=8)
    body.cone((-4, 100, 66), (58, 146, 54), 12, 8.5, blend=5)
    for depth in (44, 54):
        body.cone((58, 142, depth), (70, 182, depth - 3), 9, 4.5, blend=3, flat=0.75, across=(0, 0, 1))
    body.ellipsoid((-23, 132, 58), (17, 4.5, 17), blend=2, turn=rotation("z", -32).T)
    body.ellipsoid((44, 134, 54), (4, 10, 10), blend=2, turn=rotation("z", -35).T)
    line = np.stack([np.linspace(-24, 22, 11), 156 - 9 * np.cos(np.linspace(-1.4, 1.4, 11)), np.full(11, 90.0)], axis=1)
    _laid(body, line, 3.6)
    line = np.stack([np.linspace(-40, 14, 11), 74 - 4 * np.cos(np.linspace(-1.3, 1.3, 11)), np.full(11, 95.0)], axis=1)
    _laid(body, line, 4.2)
    turn = rotation("y", 34) @ rotation("x", 6)
    return body.add(head(tiers=4).moved((0, 190, 40), scale=0.84, turn=turn))
