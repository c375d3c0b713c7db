"""Outlines: flowing curves through points, tapered strokes, leaves, scrolls, as SVG path data.

Coordinates are units of a sheet 100 wide, y down; angles in degrees, 0 to the right, −90 up.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """A point of an outline; `corner` breaks the smooth flow there; `width` is that of a stroke."""

    x: float
    y: float
    corner: bool = False
    width: float = 0.0


def nodes(text: str) -> list[Node]:
    """Points written "x,y x,y! x,y,w": "!" makes a corner, a third number a stroke's width."""
    found = []
    for word in text.split():
        numbers = [float(part) for part in word.rstrip("!").split(",")]
        found.append(Node(numbers[0], numbers[1], word.endswith("!"), numbers[2] if len(numbers) > 2 else 0.0))
    return found


def _tangent(before: Node, after: Node, at: Node) -> Point:
    if at.corner:
        return (0.0, 0.0)
    return ((after.x - before.x) / 6, (after.y - before.y) / 6)


def _segments(through: Sequence[Node], *, closed: bool) -> list[tuple[Point, Point, Point, Point]]:
    count = len(through)
    result = []
    for index in range(count if closed else count - 1):
        a, b = through[index], through[(index + 1) % count]
        before = through[index - 1] if closed or index else a
        after = through[(index + 2) % count] if closed or index + 2 < count else b
        (ax, ay), (bx, by) = _tangent(before, b, a), _tangent(a, after, b)
        result.append(((a.x, a.y), (a.x + ax, a.y + ay), (b.x - bx, b.y - by), (b.x, b.y)))
    return result


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _data(segments: Iterable[tuple[Point, Point, Point, Point]], *, closed: bool) -> str:
    parts: list[str] = []
    for (x0, y0), (x1, y1), (x2, y2), (x3, y3) in segments:
        if not parts:
            parts.append(f"M{_n(x0)} {_n(y0)}")
        parts.append(f"C{_n(x1)} {_n(y1)} {_n(x2)} {_n(y2)} {_n(x3)} {_n(y3)}")
    return "".join(parts) + ("Z" if closed else "")


def blob(text: str) -> str:
    """A closed outline flowing through the points."""
    return _data(_segments(nodes(text), closed=True), closed=True)


def line(text: str) -> str:
    """An open line flowing through the points."""
    return _data(_segments(nodes(text), closed=False), closed=False)


def through(points: Iterable[Point], *, closed: bool = False) -> str:
    """A flowing line or outline through computed points."""
    return _data(_segments([Node(x, y) for x, y in points], closed=closed), closed=closed)


def polygon(points: Iterable[Point]) -> str:
    """A closed outline of straight edges."""
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) + "Z"


def straight(text: str) -> str:
    """A closed outline of straight edges through written points."""
    return polygon((node.x, node.y) for node in nodes(text))


def ellipse(x: float, y: float, rx: float, ry: float | None = None, turn: float = 0.0) -> str:
    """An ellipse turned by `turn` degrees; one radius gives a circle."""
    ry = rx if ry is None else ry
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    k = 0.5523
    unit = [
        [(1, 0), (1, k), (k, 1), (0, 1)],
        [(0, 1), (-k, 1), (-1, k), (-1, 0)],
        [(-1, 0), (-1, -k), (-k, -1), (0, -1)],
        [(0, -1), (k, -1), (1, -k), (1, 0)],
    ]
    placed = [tuple((x + u * rx * c - v * ry * s, y + u * rx * s + v * ry * c) for u, v in arc) for arc in unit]
    return _data([(a[0], a[1], a[2], a[3]) for a in placed], closed=True)


def sampled(text: str, *, steps: int = 8) -> list[Node]:
    """The flowing line through the points as many points, widths going over smoothly."""
    given = nodes(text)
    result: list[Node] = []
    for index, (p0, p1, p2, p3) in enumerate(_segments(given, closed=False)):
        for step in range(steps):
            t = step / steps
            result.append(_at(p0, p1, p2, p3, t, _ease(given[index].width, given[index + 1].width, t)))
    last = given[-1]
    result.append(Node(last.x, last.y, width=last.width))
    return result


def _ease(a: float, b: float, t: float) -> float:
    return a + (b - a) * t * t * (3 - 2 * t)


def _at(p0: Point, p1: Point, p2: Point, p3: Point, t: float, width: float) -> Node:
    u = 1 - t
    a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
    x = a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0]
    return Node(x, a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1], width=width)


def normals(spine: Sequence[Node]) -> list[Point]:
    """Unit normals along a sampled line, pointing to its left as it goes (upwards when going right)."""
    result = []
    for index in range(len(spine)):
        a, b = spine[max(index - 1, 0)], spine[min(index + 1, len(spine) - 1)]
        dx, dy = b.x - a.x, b.y - a.y
        length = math.hypot(dx, dy) or 1.0
        result.append((dy / length, -dx / length))
    return result


def widened(spine: Sequence[Node]) -> str:
    """The closed outline of a stroke along a sampled line with its widths."""
    sides = normals(spine)
    left = [(p.x + nx * p.width / 2, p.y + ny * p.width / 2) for p, (nx, ny) in zip(spine, sides, strict=True)]
    right = [(p.x - nx * p.width / 2, p.y - ny * p.width / 2) for p, (nx, ny) in zip(spine, sides, strict=True)]
    return polygon([*left, *reversed(right)])


def brush(text: str, *, steps: int = 8) -> str:
    """A stroke with changing width: "x,y,w x,y,w …"."""
    return widened(sampled(text, steps=steps))


def toward(x: float, y: float, angle: float, distance: float) -> Point:
    """The point `distance` away in the direction `angle`."""
    return x + distance * math.cos(math.radians(angle)), y + distance * math.sin(math.radians(angle))


def spiral(x: float, y: float, radius: float, *, turns: float = 1.4, start: float = 0.0, sense: int = 1) -> list[Point]:
    """Points of a scroll from its outer end at angle `start` inwards to near the centre (x, y)."""
    count = max(8, int(turns * 14))
    result = []
    for index in range(count + 1):
        share = index / count
        result.append(toward(x, y, start + sense * share * turns * 360, radius * (1 - share) ** 0.8 + 0.06 * radius))
    return result


def blade(
    x: float, y: float, angle: float, length: float, width: float, *, bend: float = 0.0, widest: float = 0.45
) -> tuple[str, list[Point]]:
    """A leaf from its base: (outline, points of its midrib); `bend` sideways drift of the tip as share of length."""
    count = 12
    rib = []
    for index in range(count + 1):
        t = index / count
        px, py = toward(x, y, angle, length * t)
        sx, sy = toward(0, 0, angle + 90, bend * length * t * t)
        rib.append((px + sx, py + sy))
    spine = [Node(px, py, width=width * _swell(index / count, widest)) for index, (px, py) in enumerate(rib)]
    return widened(spine), rib


def _swell(t: float, widest: float) -> float:
    power = math.log(0.5) / math.log(widest)
    return float(math.sin(math.pi * min(max(t, 0.0), 1.0) ** power) ** 0.8)


def veins(rib: Sequence[Point], width: float, *, count: int = 4, slant: float = 42.0, reach: float = 0.72) -> list[str]:
    """Side veins of a leaf as path data, pairs along its midrib."""
    result = []
    spine = [Node(x, y) for x, y in rib]
    for pair in range(count):
        index = 1 + round((len(rib) - 3) * (pair + 0.4) / count)
        (ax, ay), (bx, by) = rib[index - 1], rib[index + 1]
        heading = math.degrees(math.atan2(by - ay, bx - ax))
        half = width / 2 * _swell(index / (len(spine) - 1), 0.45) * reach / math.sin(math.radians(slant))
        for side in (-1, 1):
            x, y = toward(*rib[index], heading + side * slant, half)
            result.append(f"M{_n(rib[index][0])} {_n(rib[index][1])}L{_n(x)} {_n(y)}")
    return result
