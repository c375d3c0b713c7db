"""The parts of an urn: its outline, mouldings, feet and ears (Y up, millimetres, front +Z)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import joints
from museum.demonstration.turning import Outline, Turned

Floats = NDArray[np.float64]
Shape = tuple[Floats, NDArray[np.int32]]

FOOT_ANGLES = (7 * np.pi / 6, 11 * np.pi / 6, np.pi / 2)  # front left, front right, back
EAR_ANGLES = (0.0, np.pi)
ROWS = 3
_BOTTOM = 515.0  # height of the belly's lowest place on an urn of 2.5 m
_WALL = 25.0
_LIP = 122.0  # breadth of the rim that the ears stand on
_EAR = (84.0, 94.0)  # thickness of an ear outward and along the rim


@dataclass(frozen=True, kw_only=True)
class Form:
    """An outline with the places on it that others need: heights of the body's parts and arc lengths of the rows.

    rows : arc lengths (low, high) of the three rows of panels, the top row first; beads : arc length of the neck's band
    """

    outline: Outline
    bottom: float
    rim: float
    lip: float
    thickness: float
    ear_height: float
    rows: tuple[tuple[float, float], ...]
    neck: float
    edge: float
    lip_along: float

    def coarse(self, along: float) -> float:
        """How much sparser than the reliefs a place may be."""
        low, high = self.rows[-1][0] - 40, self.neck + 60
        if low < along < high:
            return 1.0
        if along < self.lip_along + 110:
            return 2.0
        return 6.0

    def row_share(self, along: float) -> float:
        """Rows stand closer on rings and edges."""
        return 0.8 if self.rows[0][1] < along < self.lip_along + 110 else 1.0


def form(*, height: float, mouth: float, belly: float, belly_at: float, neck: float) -> Form:
    """The outline for given sizes: whole height with ears, diameters of mouth, belly and neck."""
    k = height / 2500
    bottom, rim = _BOTTOM * k, 2115 * k
    wall = _WALL
    lip, waist, wide = mouth / 2, neck / 2, belly / 2
    span = rim - bottom

    def up(share: float) -> float:
        return bottom + span * share

    swell = up(belly_at)
    outside = [
        (0.0, bottom), (0.28 * wide, up(0.006)), (0.54 * wide, up(0.034)), (0.75 * wide, up(0.105)),
        (0.895 * wide, up(0.215)), (0.972 * wide, (up(0.215) + swell) / 2 + 0.01 * span), (wide, swell),
        (0.978 * wide, swell + 0.45 * (up(0.81) - swell)), (0.48 * 0.978 * wide + 0.52 * waist + 12, up(0.812)),
        (waist + 12, up(0.872)), (waist, up(0.902)), (waist + 9, up(0.928)), (waist + 0.55 * (lip - waist), up(0.960)),
        (lip - 8, up(0.977)), (lip, up(0.984)), (lip, up(0.994)), (lip - 7, rim),
    ]  # fmt: skip
    inner = lip - _LIP
    top = [(lip - 7, rim), (lip - 30, rim + 1), (inner + 10, rim), (inner, rim - 9)]
    below = Outline.through(outside)
    back = below.points - below.normals * wall
    heights = np.array([0.915, 0.875, 0.83, 0.78, 0.70, 0.60, 0.50, 0.40, 0.30, 0.21, 0.13, 0.075])
    index = [int(np.abs(below.points[:, 1] - up(float(h))).argmin()) for h in heights]
    inside = [(float(back[i, 0]), float(back[i, 1])) for i in index]
    inside[0] = (min(inside[0][0], inner - 14), inside[0][1])
    floor = [(0.42 * wide, up(0.030) + wall * 1.1), (0.2 * wide, bottom + wall * 1.35), (0.0, bottom + wall * 1.35)]
    whole = Outline.through([*outside, *top[1:], (inner - 8, rim - 46), *inside, *floor])
    low, high = whole.where(up(0.190)), whole.where(up(0.846))
    third = (high - low) / ROWS
    gap = 15.0
    rows = tuple((low + third * i + gap, low + third * (i + 1) - gap) for i in reversed(range(ROWS)))
    return Form(
        outline=whole, bottom=bottom, rim=rim, lip=lip, thickness=wall, ear_height=height - rim, rows=rows,
        neck=whole.where(up(0.895)), edge=whole.where(up(0.989)),
        lip_along=float(whole.along[int(whole.points[:, 1].argmax())]),
    )  # fmt: skip


def ring(along: Floats, at: float, *, width: float, height: float) -> Floats:
    """A half-round ring moulding around arc length `at`."""
    t = np.clip(1 - ((along - at) / (width / 2)) ** 2, 0, 1)
    result: Floats = height * np.sqrt(t) * np.minimum(1.0, t * 6)
    return result


def mouldings(body: Turned, shape: Form, *, beads: int) -> Floats:
    """(n,) millimetres of plain rings between the rows, and of rings and a string of beads at the neck."""
    s = body.along
    outside = s < shape.lip_along
    result = np.zeros(len(s))
    result += ring(s, shape.rows[2][0] - 15, width=30, height=9)
    result += ring(s, shape.rows[2][0] - 46, width=14, height=4.5)
    for i in (0, 1):
        result += ring(s, shape.rows[i][0] - 15, width=22, height=7)
    result += ring(s, shape.rows[0][1] + 15, width=30, height=9)
    result += ring(s, shape.neck - 34, width=20, height=7) + ring(s, shape.neck + 34, width=20, height=7)
    if beads:
        step = 2 * np.pi / beads
        size = float(np.interp(shape.neck, shape.outline.along, shape.outline.points[:, 0])) * step / 2
        turn = (body.angle + step / 2) % step / step - 0.5
        far = ((turn * 2 * size) ** 2 + (s - shape.neck) ** 2) / (0.86 * min(size, 19.0)) ** 2
        result += 0.62 * min(size, 19.0) * np.sqrt(np.clip(1 - far, 0, 1))
    else:
        result += ring(s, shape.neck, width=26, height=9)
    return np.where(outside, result, 0.0)


def feet(shape: Form, kind: str, *, detail: float) -> list[Shape]:
    """Three legs that swell to a knee below the belly and stand on a hoof or paw."""
    around = 16 * max(3, round(10 * np.sqrt(detail)))
    rows = max(40, round(190 * np.sqrt(detail)))
    result = []
    for angle in FOOT_ANGLES:
        result.append(
            joints.closed(joints.rooted(_leg(shape, kind, angle, around), shape.outline, fillet_mm=34, rows=rows))
        )
    return result


def _leg(shape: Form, kind: str, angle: float, around: int) -> Floats:
    """(s, around, 3) rings from the middle of the sole up into the belly."""
    k = shape.bottom / _BOTTOM
    heights = np.array([0, 18, 55, 105, 175, 260, 345, 430, 520, 640, 820, 1050]) * k
    reach = np.array([566, 566, 566, 561, 549, 535, 527, 526, 528, 530, 532, 532]) * k
    width = np.array([184, 194, 188, 158, 142, 146, 168, 200, 232, 258, 270, 274])
    depth = np.array([196, 210, 202, 166, 148, 152, 178, 212, 240, 262, 272, 274])
    if kind == "paw":
        width = width + np.array([26, 28, 20, 4, -4, -4, 0, 4, 6, 4, 0, 0])
        depth = depth + np.array([34, 38, 26, 6, -4, -4, 0, 4, 6, 4, 0, 0])
    y = np.linspace(0, 1050 * k, 420)
    ease = _smooth(y, heights, np.stack([reach, width, depth], axis=1))
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    front, side = np.cos(turn)[None], np.sin(turn)[None]
    half = np.stack([ease[:, 2], ease[:, 1]], axis=1)[:, None] / 2
    power = 2.5
    radius = (np.abs(front) ** power + np.abs(side) ** power) ** (-1 / power)
    first, second = half[:, :, 0] * front * radius, half[:, :, 1] * side * radius
    share = y[:, None] / k
    bump = np.zeros((len(y), around))
    if kind == "knee":
        bump += 26 * np.exp(-(((share - 395) / 85) ** 2)) * np.clip(front, 0, 1) ** 2
        bump += 7 * np.exp(-(((share - 86) / 11) ** 2)) + 5 * np.exp(-(((share - 110) / 8) ** 2))
        bump -= 16 * np.exp(-(((share - 225) / 100) ** 2)) * np.clip(-front, 0, 1)
    elif kind == "paw":
        toes = np.abs(np.sin(turn * 2.5 + np.pi / 2))[None] ** 0.5
        bump += 20 * (toes - 0.75) * np.exp(-((share / 78) ** 4)) * np.clip(front + 0.45, 0, 1)
        bump += 18 * np.exp(-(((share - 375) / 95) ** 2)) * np.clip(front, 0, 1) ** 2
        bump += 6 * np.exp(-(((share - 140) / 10) ** 2))
    else:
        for at, high in ((88, 8), (122, 6), (318, 7), (350, 9), (382, 7)):
            bump += high * np.exp(-(((share - at) / 9.0) ** 2))
    length = np.hypot(first, second)
    first, second = first * (1 + bump / length), second * (1 + bump / length)
    foot = np.clip(y / (13 * k), 0, 1)[:, None]
    edge = 1 - 0.09 * (1 - foot) ** 2
    reach_now = ease[:, 0][:, None]
    across = (np.cos(angle), -np.sin(angle))
    beside = (-np.sin(angle), -np.cos(angle))
    rings = np.stack(
        [
            across[0] * (reach_now + first * edge) + beside[0] * second * edge,
            np.broadcast_to(y[:, None], first.shape),
            across[1] * (reach_now + first * edge) + beside[1] * second * edge,
        ],
        axis=-1,
    )  # fmt: skip
    middle = np.array([across[0] * reach_now[0, 0], 0.0, across[1] * reach_now[0, 0]])
    sole = np.stack([middle + (rings[0] - middle) * part for part in (0.15, 0.45, 0.75, 0.92)])
    return np.concatenate([sole, rings])


def _smooth(at: Floats, places: Floats, values: Floats) -> Floats:
    """(n, k) a curve through values (m, k) at rising places, without overshoot (monotone cubic, F. Fritsch, 1980)."""
    step = np.diff(places)[:, None]
    slope = np.diff(values, axis=0) / step
    tangent = np.zeros_like(values, dtype=np.float64)
    same = slope[:-1] * slope[1:] > 0
    tangent[1:-1] = np.where(same, 2 * slope[:-1] * slope[1:] / np.where(same, slope[:-1] + slope[1:], 1), 0)
    i = np.clip(np.searchsorted(places, at, side="right") - 1, 0, len(places) - 2)
    h = step[i]
    t = (at - places[i])[:, None] / h
    result: Floats = (
        (1 + 2 * t) * (1 - t) ** 2 * values[i] + t * (1 - t) ** 2 * h * tangent[i]
        + t * t * (3 - 2 * t) * values[i + 1] + t * t * (t - 1) * h * tangent[i + 1]
    )  # fmt: skip
    return result


def ears(shape: Form, kind: str, *, detail: float) -> list[Shape]:
    """Two upright handles on the rim, their arches in line with it."""
    around = 16 * max(2, round(6 * np.sqrt(detail)))
    rows = max(30, round(120 * np.sqrt(detail)))
    result = []
    for angle in EAR_ANGLES:
        grid = _ear(shape, kind, angle, around)
        middle = len(grid) // 2
        one = joints.rooted(grid[middle::-1], shape.outline, fillet_mm=15, rows=rows)
        other = joints.rooted(grid[middle:], shape.outline, fillet_mm=15, rows=rows)
        result.append(joints.closed(np.concatenate([one[::-1], other[1:]])))
    return result


def _ear(shape: Form, kind: str, angle: float, around: int) -> Floats:
    """(s, around, 3) sections of a handle from within the rim over its arch back into the rim."""
    outward, thick = _EAR
    high, half = shape.ear_height - thick / 2, 200.0
    corner = {"plain": 130.0, "rope": 165.0, "angular": 74.0}[kind]
    lean = 26.0
    sunk = 60.0
    turn = np.linspace(0, np.pi / 2, 60)
    left = [(-half, y) for y in np.linspace(-sunk, high - corner, 90)]
    arch_left = [(-half + corner - corner * np.cos(t), high - corner + corner * np.sin(t)) for t in turn[1:]]
    top = [(x, high) for x in np.linspace(-half + corner, half - corner, 60)[1:-1]]
    flat = np.array(left + arch_left + top + [(-x, y) for x, y in reversed(left + arch_left)])
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(flat, axis=0), axis=1))])
    even = np.linspace(0, steps[-1], 601)
    flat = np.stack([np.interp(even, steps, flat[:, c]) for c in range(2)], axis=1)
    for _ in range(6):
        flat[1:-1] = (flat[:-2] + 2 * flat[1:-1] + flat[2:]) / 4
    radius = shape.lip - _LIP / 2
    rise = np.clip(flat[:, 1] / high, 0, 1)
    out = radius + lean * rise**1.5
    bow = angle + flat[:, 0] / radius
    path = np.stack([out * np.cos(bow), shape.rim + flat[:, 1], -out * np.sin(bow)], axis=1)
    up = np.stack([np.cos(bow), 0 * bow, -np.sin(bow)], axis=1)
    count = len(path)
    if kind == "rope":
        return joints.swept(path, _rope(even, around, thick), up=up)
    wide = np.full(count, outward)
    deep = np.full(count, thick)
    section = joints.rounded(wide, deep, around=around, power=5.0 if kind == "angular" else 3.2)
    if kind == "angular":
        section = _grooved(section, even, outward, thick)
    return joints.swept(path, section, up=up)


def _grooved(section: Floats, length: Floats, outward: float, thick: float) -> Floats:
    """A sunk field along the inner and outer face, ending before the roots."""
    ends = np.minimum(length, length[-1] - length)[:, None]
    across = np.clip((0.30 - np.abs(section[:, :, 1]) / thick) / 0.05, 0, 1)
    face = np.abs(section[:, :, 0]) > 0.42 * outward
    sunk = 6.0 * across * across * (3 - 2 * across) * np.clip((ends - 110) / 12, 0, 1) * face
    result = section.copy()
    result[:, :, 0] -= np.sign(section[:, :, 0]) * sunk
    return result


def _rope(length: Floats, around: int, thick: float) -> Floats:
    """(count, around, 2) three twisted strands, running out to a round bar at both ends."""
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)[None]
    ends = np.minimum(length, length[-1] - length)[:, None]
    share = np.clip((ends - 95) / 40, 0, 1)
    share = share * share * (3 - 2 * share)
    twist = 2 * np.pi * length[:, None] / 250
    lobe = np.abs(np.sin(1.5 * (turn - twist)))
    radius = thick / 2 * (0.93 + share * (0.20 * lobe**0.8 - 0.14))
    collar = 3.5 * np.exp(-(((ends - 92) / 9) ** 2))
    radius = radius + collar
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=-1)


@dataclass(frozen=True, kw_only=True)
class Zones:
    """Shares 0..1 of each vertex: how much hands touch it, how far it lies out of rain and light, how near a joint."""

    touched: Floats
    sheltered: Floats
    joined: Floats


def zones(vertices: Floats, body_count: int, body: Turned, shape: Form) -> Zones:
    """Hands reach the ears, the lip and the belly's widest part; the inside and the belly's underside stay dry."""
    y = vertices[:, 1]
    touched = np.zeros(len(y))
    is_body = np.arange(len(y)) < body_count
    touched[~is_body] = np.clip((y[~is_body] - shape.rim - 20) / 120, 0, 1)
    reach = np.exp(-(((y - 0.56 * shape.rim) / (0.22 * shape.rim)) ** 2)) * 0.45
    lip = np.exp(-(((body.along - shape.edge - 10) / 30) ** 2)) * 0.7
    touched[is_body] = np.maximum(reach[is_body], lip)
    sheltered = np.zeros(len(y))
    inside = np.clip((body.along - shape.lip_along - 70) / 160, 0, 1)
    under = np.clip((shape.rows[2][0] - 120 - body.along) / 200, 0, 1) * 0.55
    sheltered[is_body] = np.maximum(inside, under)
    joined = np.zeros(len(y))
    gap, _, _ = shape.outline.nearest(vertices[body_count:])
    joined[body_count:] = np.clip((16 - gap) / 12, 0, 1)
    return Zones(touched=touched, sheltered=sheltered, joined=joined)
