"""The loop of the bell: a dragon (bồ lao) with two heads whose four feet grip the crown."""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import carving
from museum.demonstration.grain import along
from museum.demonstration.ornament import smooth
from museum.demonstration.solids import Body
from museum.demonstration.surfaces import step
from museum.geometry.mesh import smooth_normals

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

_TRUNK, _HEAD, _LIMB = 1, 2, 3
_SCALE_MM = 30.0
_CLOSE = 0.5  # a model of that detail is looked at from near
# Right half of the trunk in the plane of the loop, from the top down to where the chest meets the crown.
_ARCH = [
    (0.0, 2212.0),
    (62.0, 2200.0),
    (126.0, 2150.0),
    (166.0, 2070.0),
    (186.0, 1985.0),
    (192.0, 1905.0),
    (190.0, 1862.0),
]
_ARCH_RADII = (58.0, 58.5, 60.0, 62.0, 66.0, 76.0, 98.0)
# The neck leaves the trunk and carries the head outward.
_NECK = [(176.0, 2030.0), (214.0, 2052.0), (262.0, 2056.0), (306.0, 2040.0)]
_NECK_RADII = (58.0, 57.0, 53.0, 50.0)


def loop(*, detail: float) -> tuple[Floats, Ints]:
    """The closed mesh of the dragon in the bell's own place: its feet in the crown, its arch along x."""
    fine = 4.4 / np.sqrt(max(detail, 0.05))
    half = _half()
    body = Body().add(half).add(half.mirrored())
    # Tips of horns and claws that are thinner than a cell come out torn, which shows from near.
    cell = fine if detail >= _CLOSE else float(np.clip(2 * fine, 7.0, 10.0))
    vertices, faces = carving.skin(body, cell_mm=cell, step_mm=fine)
    labels = body.labels(vertices)
    normals = smooth_normals(vertices, faces)
    return vertices + normals * _scales(vertices, labels)[:, None], faces


def _half() -> Body:
    """The right half: trunk, neck, head, fore and hind leg; blended with its own mirror image at the top."""
    body = Body()
    arch = smooth(_ARCH, 26)
    radii = np.interp(np.linspace(0, 1, 26), np.linspace(0, 1, len(_ARCH_RADII)), _ARCH_RADII)
    body.chain(_flat(arch), radii, blend=14, label=_TRUNK)
    neck = smooth(_NECK, 10)
    body.chain(_flat(neck), np.interp(np.linspace(0, 1, 10), np.linspace(0, 1, 4), _NECK_RADII), blend=22, label=_TRUNK)
    _head(body)
    for side in (-1, 1):
        _leg(body, side)
    _fins(body, arch)
    return body


def _flat(line: Floats) -> Floats:
    return np.column_stack([line, np.zeros(len(line))])


def _head(body: Body) -> None:
    """Skull, muzzle, open jaws with fangs, brows, eyes, ears, horns, mane and whiskers, looking along +x."""
    body.ellipsoid((338, 2030, 0), (66, 54, 54), blend=20, label=_HEAD)
    body.cone((366, 2032, 0), (440, 2020, 0), 40, 31, blend=16, label=_HEAD)
    body.ellipsoid((454, 2032, 0), (27, 25, 31), blend=10, label=_HEAD)
    body.cone((350, 1984, 0), (420, 1934, 0), 28, 17, blend=12, label=_HEAD)
    body.cone((420, 1934, 0), (440, 1942, 0), 15, 10, blend=6, label=_HEAD)
    body.cone((376, 1976, 0), (440, 1966, 0), 13, 8, blend=4, label=_HEAD)
    for side in (-1, 1):
        body.ellipsoid((464, 2046, 15 * side), (11, 10, 10), blend=5, label=_HEAD)
        body.ellipsoid((468, 2042, 17 * side), (5, 5, 4.5), blend=2, label=_HEAD, cut=True)
        body.ellipsoid((372, 2058, 34 * side), (34, 15, 15), blend=8, label=_HEAD)
        body.ellipsoid((380, 2040, 45 * side), (18, 16, 13), blend=2, label=_HEAD)
        body.ellipsoid((344, 2006, 44 * side), (30, 24, 16), blend=8, label=_HEAD)
        body.cone((432, 1994, 19 * side), (430, 1964, 17 * side), 9, 5.5, blend=3, label=_HEAD)
        body.cone((404, 1996, 24 * side), (402, 1976, 23 * side), 8, 5.5, blend=3, label=_HEAD)
        body.chain(
            np.array(
                [[330, 2062, 30 * side], [300, 2092, 40 * side], [256, 2114, 52 * side], [206, 2126, 66 * side]], float
            ),
            np.array([17.0, 15, 12, 7]), blend=5, label=_HEAD,
        )  # fmt: skip
        body.cone((280, 2108, 45 * side), (290, 2142, 58 * side), 11, 6.5, blend=5, label=_HEAD)
        body.cone((318, 2030, 52 * side), (276, 2040, 86 * side), 15, 5, blend=7, label=_HEAD, flat=0.5)
        whisker = smooth([(454, 2010), (478, 1990), (470, 1950), (440, 1930), (420, 1900), (436, 1882)], 14)
        spread = np.linspace(26, 78, 14) * side
        body.chain(np.column_stack([whisker, spread]), np.linspace(9, 6.5, 14), blend=4, label=_HEAD)
        for number, (y, reach) in enumerate(((2030, 64), (2004, 74), (1978, 66), (1954, 50))):
            lock = np.array(
                [[322 - 6 * number, y, 40 * side], [288, y - 6, 60 * side], [288 - reach * 0.6, y + 2, 70 * side],
                 [288 - reach, y + 20, 66 * side]], float,
            )  # fmt: skip
            body.chain(lock, np.array([16.0, 15, 12, 7]), blend=5, label=_HEAD)
    for number in range(3):
        body.cone(
            (378 - 22 * number, 1952 - 6 * number, 0), (366 - 24 * number, 1912, 0), 12, 6.5, blend=5, label=_HEAD
        )


def _leg(body: Body, side: int) -> None:
    """A leg that comes from the flank, bends at the elbow, and grips the crown with four claws."""
    joints = np.array(
        [[168, 2000, 44 * side], [196, 1976, 96 * side], [176, 1930, 140 * side], [214, 1884, 152 * side]], float
    )
    body.chain(joints, np.array([48.0, 44, 32, 27]), blend=16, label=_LIMB)
    body.ellipsoid((224, 1874, 154 * side), (36, 22, 30), blend=10, label=_LIMB)
    for number in range(4):
        swing = np.radians(-62 + 38 * number) * side
        ahead = np.array([np.cos(swing), 0.0, np.sin(swing)])
        start = np.array([228.0, 1876.0, 154.0 * side])
        toe = np.stack(
            [
                start + ahead * 18,
                start + ahead * 48 + [0, 2, 0],
                start + ahead * 70 + [0, -20, 0],
                start + ahead * 78 + [0, -48, 0],
            ]
        )
        body.chain(toe, np.array([16.0, 15, 12, 7]), blend=5, label=_LIMB)


def _fins(body: Body, arch: Floats) -> None:
    """A row of fins along the back, a flaming pearl on top."""
    forward = np.gradient(arch, axis=0)
    forward /= np.linalg.norm(forward, axis=1)[:, None]
    outward = np.stack([-forward[:, 1], forward[:, 0]], axis=1) * [1, 1]
    outward *= np.sign((outward * (arch - [0.0, 2040.0])).sum(axis=1))[:, None]
    for i in range(2, 15, 2):
        root = arch[i] + outward[i] * 50
        tip = arch[i] + outward[i] * 92 - forward[i] * 16
        body.cone((*root, 0.0), (*tip, 0.0), 20, 8, blend=7, label=_HEAD, flat=0.7)
    body.ellipsoid((0, 2284, 0), (30, 30, 30), blend=8, label=_LIMB)
    body.cone((0, 2250, 0), (0, 2266, 0), 40, 30, blend=12, label=_LIMB)
    body.cone((14, 2300, 0), (4, 2346, 0), 16, 7, blend=10, label=_LIMB)


def _scales(points: Floats, labels: NDArray[np.int64]) -> Floats:
    """(n,) millimetres of overlapping scales on the trunk, rows along it, a belly of cross plates below."""
    line = smooth(_ARCH, 120)
    line = np.vstack([line[::-1] * [-1, 1], line[1:]])
    _, place, _ = along(points[:, :2], line)
    around = np.arctan2(points[:, 2], _side(points[:, :2], line))
    u = around / (2 * np.pi) * 14
    v = np.abs(place - place.max() / 2) / _SCALE_MM
    result = np.full(len(points), 0.2)
    for shift in (1, 0):
        row = np.floor(v) - shift
        across = (u + 0.5 * (row % 2)) % 1.0 - 0.5
        far = np.hypot(1.9 * across, (v - row) / 1.2)
        result = np.where(far < 1, 0.15 + 0.85 * far**1.6, result)
    ridge = np.clip(1 - np.abs(np.abs(around) - np.pi) / 0.5, 0, 1)  # the belly has no scales
    share = step(points[:, 1], 1905, 1950) * (labels == _TRUNK) * (1 - ridge)
    raised: Floats = 5.0 * (result - 0.5) * share
    return raised


def _side(points: Floats, line: Floats) -> Floats:
    """Positive outside the arch, negative inside it."""
    inner = np.array([0.0, 1960.0])
    distance = np.hypot(points[:, 0] - inner[0], points[:, 1] - inner[1])
    angle = np.arctan2(points[:, 0], points[:, 1] - inner[1])
    reach_angle = np.arctan2(line[:, 0], line[:, 1] - inner[1])
    order = np.argsort(reach_angle)
    reach = np.interp(angle, reach_angle[order], np.hypot(line[:, 0], line[:, 1] - inner[1])[order])
    outside: Floats = distance - reach
    return outside
