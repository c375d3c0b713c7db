"""A kylin (kỳ lân) that crouches on a seal, low and calm, its head towards +z: about 61 high and 90 long, on y = 0."""

import numpy as np

from museum.demonstration.blades import Blade, mirrored, round_blade
from museum.demonstration.ornament import smooth
from museum.demonstration.solids import Body, Floats, rotation

TRUNK, FACE, EYE, CURL, LIMB = range(5)
_BACK = smooth([(0, 17, -28), (0, 21, -14), (0, 20, 4), (0, 24, 18), (0, 32, 25)], 12)


def body() -> Body:
    """Trunk, legs, head and the curls of the mane."""
    result = Body()
    radii = np.interp(np.linspace(0, 1, 12), [0, 0.3, 0.7, 1], [15.5, 14.5, 15, 12])
    result.chain(_BACK, radii, blend=6, label=TRUNK)
    result.ellipsoid((0, 18, 23), (14, 14, 11), blend=7, label=FACE)
    for side in (-1, 1):
        result.ellipsoid((side * 14.5, 13.5, -22), (8.5, 13.5, 15), blend=4, label=TRUNK, turn=rotation("x", -25).T)
        result.cone((side * 17, 6.5, -30), (side * 19, 4.2, -8), 6, 4.6, blend=3, label=LIMB)
        result.cone((side * 13, 20, 21), (side * 18.5, 9, 16), 8.5, 6.2, blend=5, label=LIMB)
        result.cone((side * 18.5, 8, 16), (side * 17.5, 4.4, 36), 5.6, 4.8, blend=3, label=LIMB)
        for z, x in ((-5, 19), (38, 17.5)):
            for toe in (-1, 0, 1):
                result.ellipsoid((side * x + toe * 3.9, 3.3, z + 2 - abs(toe)), (2.3, 3.0, 4.8), blend=1.0, label=FACE)
                result.cone((side * x + toe * 4.1, 2.6, z + 5), (side * x + toe * 4.3, 0.8, z + 8), 1.4, 0.5, blend=0.6,
                            label=FACE)  # fmt: skip
    for centre, _ in curls():
        result.ellipsoid(centre, (3.7, 3.7, 3.7), blend=0.8, label=CURL)
    _head(result)
    return result


def _head(result: Body) -> None:
    """A broad muzzle over a square jaw, small eyes deep under a heavy brow."""
    result.ellipsoid((0, 42.5, 29), (13.2, 11.5, 13), blend=5, label=FACE)
    result.ellipsoid((0, 38.4, 41), (12, 6.6, 9), blend=4, label=FACE)
    result.ellipsoid((0, 37.4, 46.5), (10.6, 5.0, 5.8), blend=3, label=FACE)
    result.cone((0, 31, 32), (0, 30, 43.5), 9.4, 7.2, blend=2.5, label=FACE, flat=1.15, across=(1, 0, 0))
    mouth = [(-13.4, 36, 34), (-10.6, 33.4, 46), (-5, 33.2, 51.5), (0, 34, 52.5)]
    mouth += [(-x, y, z) for x, y, z in mouth[-2::-1]]
    result.chain(smooth(mouth, 18), np.full(18, 1.35), blend=1.2, cut=True)
    result.ellipsoid((0, 42.6, 49.5), (6.4, 3.0, 3.8), blend=2, label=FACE)
    for side in (-1, 1):
        result.ellipsoid((side * 4.8, 41.6, 51), (3.1, 2.5, 2.8), blend=1.2, label=FACE)
        result.ellipsoid((side * 5.4, 41.2, 53.4), (1.3, 1.0, 1.5), blend=0.5, cut=True)
        result.ellipsoid((side * 7.4, 45.6, 43.6), (3.3, 2.1, 2.6), blend=1.2, cut=True)
        result.ellipsoid((side * 7.3, 45.3, 41.4), (2.2, 1.8, 2.2), blend=0.4, label=EYE)
        brow = smooth([(side * 1.4, 46.6, 46.4), (side * 6.5, 49.6, 44.4), (side * 12.6, 49.4, 36.5)], 9)
        result.chain(brow, np.linspace(1.5, 1.9, 9), blend=1.4, label=FACE)
        lid = smooth([(side * 4.2, 43.8, 44.6), (side * 7.4, 43.0, 44), (side * 10.6, 44.4, 41)], 7)
        result.chain(lid, np.full(7, 0.9), blend=1.0, label=FACE)
        jaw = smooth([(side * 12.6, 38, 30), (side * 12, 30, 36), (side * 7, 26.6, 45), (side * 1, 26, 49)], 11)
        result.chain(jaw, np.linspace(2.0, 1.4, 11), blend=1.6, label=FACE)
        fold = smooth([(side * 6, 41.4, 49.6), (side * 10.6, 39.6, 45), (side * 13, 36.6, 38)], 8)
        result.chain(fold, np.full(8, 1.2), blend=1.4, label=FACE)
        result.ellipsoid((side * 11.4, 42.4, 37), (3.2, 2.8, 3.4), blend=2, label=FACE)


def curls() -> list[tuple[Floats, Floats]]:
    """Centre of each tight curl of the mane and the way it looks."""
    result = []
    for ring in range(5):
        middle = np.array([0.0, 42.0 - 3.4 * ring, 21.5 - 3.2 * ring])
        reach, count = 14.6 + 0.7 * ring, 9 + (ring % 2)
        for turn in np.radians(np.linspace(-128, 128, count)):
            way = np.array([np.sin(turn), np.cos(turn), -0.25])
            result.append((middle + reach * way, way / np.linalg.norm(way)))
    return result


def snails(points: Floats) -> Floats:
    """(n,) heights −1..1 of the spiral on the nearest curl."""
    pairs = curls()
    centres, ways = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    nearest = np.argmin(((points[:, None] - centres) ** 2).sum(axis=2), axis=1)
    away, way = points - centres[nearest], ways[nearest]
    side = np.cross(way, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    over = np.cross(way, side)
    height = (away * way).sum(axis=1)
    across, up = (away * side).sum(axis=1), (away * over).sum(axis=1)
    spread = np.arctan2(np.hypot(across, up), height)
    spiral: Floats = np.cos(np.arctan2(up, across) * np.sign(way[:, 0] + 1e-6) - 7.0 * spread)
    return spiral


def blades() -> list[Blade]:
    """Horns, ears, whiskers, beard, flames at shoulders and haunches, the ridge of the back, the tail."""
    one = [
        round_blade([(4.6, 51, 31), (6.4, 56, 24), (6.4, 57.6, 15), (5.6, 60, 9)], [(0, 2.4), (0.6, 1.7), (1, 0.3)],
                    label=FACE),
        Blade(points=[(11, 47, 29), (16.5, 49, 24), (19.5, 51.5, 17)], width=[(0, 1.6), (0.45, 3.0), (1, 0.3)],
              thick=[(0, 1.8), (0.5, 1.1), (1, 0.3)], face=(0.5, 0, 1), ribs=1, rib_mm=0.5, label=FACE),
        round_blade([(8, 36.8, 49.5), (13, 33.8, 46), (15.6, 34.4, 39), (17.6, 32, 33)],
                    [(0, 1.1), (0.5, 0.9), (1, 0.3)], label=FACE),
        Blade(points=[(2.2, 47.6, 46.2), (6.8, 50.4, 44.4), (12.2, 51.2, 38), (16.6, 54.5, 31)],
              width=[(0, 1.2), (0.35, 2.5), (0.7, 2.0), (1, 0.3)], thick=[(0, 1.4), (0.4, 1.8), (1, 0.4)],
              face=(0.4, 0.5, 0.9), ribs=3, rib_mm=0.6, label=FACE),
    ]  # fmt: skip
    for i in range(3):
        root = np.array([15.5, 9.0 + 3.4 * i, 24.0 - 2.4 * i])
        points = [root, _from(root, 5.6, 2.2, -4), _from(root, 5.4, 5.4, -10), _from(root, 4.0, 10.0, -14.5)]
        one.append(_flame(points, (1, 0.15, 0)))
    for i in range(2):
        root = np.array([18.0, 9.0 + 4.5 * i, -10.0 - 4 * i])
        points = [root, _from(root, 4.6, 3, -4), _from(root, 4.4, 7, -9), _from(root, 2.0, 12.5, -12)]
        one.append(_flame(points, (1, 0.1, 0)))
    for i in (1, 2):
        root = np.array([2.0 * i, 20.0, -37.0])
        points = [root, _from(root, 4.5 * i, 10, -8), _from(root, 5.2 * i, 22 - 3 * i, -8)]
        points.append(_from(root, 3.4 * i, 34 - 6 * i, -2))
        one.append(_flame(points, (0.35 * i, 0.2, -1), width=4.6))
    result = [*one, *mirrored(one, 0)]
    tail = [(0, 19, -37), (0, 33, -47), (0, 48, -46), (0, 61, -36)]
    result.append(_flame([np.array(p, np.float64) for p in tail], (0, 0.2, -1), width=5.2))
    for i in (-1, 0, 1):
        beard = [np.array([3.8 * i, 28.0, 42.0]), np.array([5.0 * i, 23, 43]), np.array([6.2 * i, 17, 40])]
        result.append(_flame(beard, (0.3 * i, 0.1, 1), width=2.6))
    for i in range(6):
        root = _BACK[1 + i] + np.array([0.0, 12.5, 0.0])
        points = [root, _from(root, 0, 3.4, -1.6), _from(root, 0, 5.0, -6.5)]
        result.append(Blade(
            points=points, width=[(0, 3.2), (0.5, 2.4), (1, 0.3)], thick=[(0, 2.0), (0.5, 1.3), (1, 0.3)],
            face=(1, 0, 0), ribs=2, rib_mm=0.3, label=FACE,
        ))  # fmt: skip
    return result


def _from(root: Floats, x: float, y: float, z: float) -> Floats:
    moved: Floats = root + np.array([x, y, z])
    return moved


def _flame(points: list[Floats], face: tuple[float, float, float], *, width: float = 3.4) -> Blade:
    return Blade(
        points=points, width=[(0, 0.5 * width), (0.35, width), (0.7, 0.7 * width), (1, 0.25)],
        thick=[(0, 1.6), (0.5, 1.3), (1, 0.3)], face=face, ribs=3, rib_mm=0.55, label=FACE,
    )  # fmt: skip
