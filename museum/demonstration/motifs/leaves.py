"""Foliage, flowers and fruits that the plants are put together from."""

import math
from collections.abc import Callable

from museum.demonstration.motifs import path
from museum.demonstration.motifs.ink import Ink

Leaf = Callable[[Ink, float, float, float, float, float], None]
"""Draws one leaf: (sheet, x, y, angle, length, level)."""


def simple(share: float = 0.38, *, bend: float = 0.12, pairs: int = 4, widest: float = 0.45, rib: float = 0.55) -> Leaf:
    """An undivided leaf, `share` as wide as long, with midrib and `pairs` of veins."""

    def draw(ink: Ink, x: float, y: float, angle: float, length: float, level: float) -> None:
        curve = bend if math.cos(math.radians(angle)) >= 0 else -bend
        outline, middle = path.blade(x, y, angle, length, length * share, bend=curve, widest=widest)
        ink.fill(outline, level)
        ink.cut(path.through(middle[:-1]), rib)
        if pairs:
            ink.cut(path.veins(middle, length * share, count=pairs), rib * 0.7)

    return draw


def heart(*, teeth: int = 0, lobes: float = 0.0, share: float = 0.8) -> Leaf:
    """A heart-shaped leaf on its stalk, its edge toothed where `teeth` are given (mulberry, betel, hibiscus)."""

    def draw(ink: Ink, x: float, y: float, angle: float, length: float, level: float) -> None:
        points = []
        count = 72
        for index in range(count):
            t = 2 * math.pi * index / count
            reach = 0.5 + 0.42 * math.cos(t) ** 3 - 0.02 * math.cos(2 * t)
            across = share * 0.62 * math.sin(t) * (1 - 0.42 * math.cos(t)) * (1 + lobes * math.cos(5 * t))
            tooth = 1 + (0.05 * ((index * teeth / count) % 1) if teeth else 0)
            points.append((length * (reach * tooth - 0.02), length * across * tooth))
        with ink.placed(x, y, turn=angle):
            ink.fill(path.polygon(points), level)
            ink.cut(path.through([(0, 0), (length * 0.5, 0.01), (length * 0.88, 0)]), 0.55)
            for side in (-1, 1):
                for slant, reach in ((70, 0.42), (42, 0.46), (34, 0.3)):
                    start = {70: 0.06, 42: 0.2, 34: 0.48}[slant] * length
                    ex, ey = path.toward(start, 0, side * slant, reach * length * share)
                    ink.cut(path.through([(start, 0), ((start + ex) / 2 - 0.3, ey * 0.55), (ex, ey)]), 0.42)

    return draw


def palmate(fingers: int = 5, *, spread: float = 200, share: float = 0.42, deep: bool = True) -> Leaf:
    """A hand-shaped leaf of `fingers` lobes about the end of its stalk (parasol tree, cotton, mallow)."""

    def draw(ink: Ink, x: float, y: float, angle: float, length: float, level: float) -> None:
        order = sorted(range(fingers), key=lambda k: -abs(k - (fingers - 1) / 2))
        for k in order:
            turn = (k - (fingers - 1) / 2) * spread / fingers
            size = length * (1 - 0.28 * abs(turn) / 90) * (0.72 if deep else 0.62)
            cx, cy = path.toward(x, y, angle, length * 0.28)
            outline, rib = path.blade(cx, cy, angle + turn, size, size * share * (1 if deep else 1.5), widest=0.5)
            ink.fill(outline, level, 0.35)
            ink.cut(path.through(rib[:-2]), 0.5)

    return draw


def pinnate(pairs: int = 5, *, share: float = 0.34, tip: bool = True, slant: float = 52) -> Leaf:
    """A feathered leaf: leaflets in pairs along a stalk (ironwood, lacquer tree, lychee)."""

    def draw(ink: Ink, x: float, y: float, angle: float, length: float, level: float) -> None:
        for k in range(pairs):
            t = 0.18 + 0.72 * k / max(pairs - 1, 1)
            px, py = path.toward(x, y, angle, length * t)
            size = length * 0.42 * math.sin(math.pi * (0.3 + 0.5 * t))
            for side in (-1, 1):
                outline, rib = path.blade(px, py, angle + side * slant, size, size * share * 1.1)
                ink.fill(outline, level, 0.5)
                ink.cut(path.through(rib[:-2]), 0.35)
        if tip:
            px, py = path.toward(x, y, angle, length * 0.88)
            ink.fill(path.blade(px, py, angle, length * 0.3, length * 0.11)[0], level, 0.5)
        ex, ey = path.toward(x, y, angle, length * 0.93)
        ink.cord(path.through([(x, y), (ex, ey)]), 0.8, level, 0.4)

    return draw


def trefoil(*, share: float = 0.66) -> Leaf:
    """Three leaflets on a stalk, as beans have."""
    one = simple(share, pairs=3, bend=0.0, widest=0.4)

    def draw(ink: Ink, x: float, y: float, angle: float, length: float, level: float) -> None:
        cx, cy = path.toward(x, y, angle, length * 0.3)
        ink.cord(path.through([(x, y), (cx, cy)]), 0.9, level)
        for turn, size in ((-72, 0.56), (72, 0.56), (0, 0.68)):
            one(ink, cx, cy, angle + turn, length * size, level)

    return draw


def needles(count: int = 15, *, spread: float = 170) -> Leaf:
    """A fan of pine needles."""

    def draw(ink: Ink, x: float, y: float, angle: float, length: float, level: float) -> None:
        half = spread / 2
        rim = [path.toward(x, y, angle + t * half / 8, length * 0.97) for t in range(-8, 9)]
        ink.fill(path.polygon([(x, y), *rim]), level, 0.8)
        lines = []
        for k in range(count):
            turn = -half + spread * (k + 0.5) / count
            ax, ay = path.toward(x, y, angle + turn, length * 0.16)
            bx, by = path.toward(x, y, angle + turn, length * 1.02)
            lines.append(path.through([(ax, ay), (bx, by)]))
        ink.cut(lines, max(0.45, length * 0.045))

    return draw


def along(
    ink: Ink, stem: str, leaf: Leaf, *, count: int, length: float, angle: float = 52, level: float = 0.4,
    start: float = 0.2, taper: float = 0.35, paired: bool = False, both: bool = True, tip: bool = True,
) -> None:  # fmt: skip
    """Leaves along a stem written as a brush, alternating or paired, shrinking by `taper` towards the tip."""
    spine = path.sampled(stem)
    for k in range(count):
        t = start + (0.96 - start) * k / max(count - 1, 1)
        index = min(round(t * (len(spine) - 1)), len(spine) - 2)
        a, b = spine[max(index - 1, 0)], spine[index + 1]
        heading = math.degrees(math.atan2(b.y - a.y, b.x - a.x))
        sides = (-1, 1) if paired else ((-1) ** k,)
        for side in sides if both else (1,):
            size = length * (1 - taper * t) * (1 + 0.06 * math.sin(7.3 * k + side))
            leaf(ink, spine[index].x, spine[index].y, heading + side * angle * (1 - 0.25 * t), size, level)
    if tip:
        a, b = spine[-3], spine[-1]
        leaf(ink, b.x, b.y, math.degrees(math.atan2(b.y - a.y, b.x - a.x)), length * (1 - taper), level + 0.04)


def blossom(
    ink: Ink, x: float, y: float, radius: float, *, petals: int = 5, rows: int = 1, level: float = 0.7,
    share: float = 0.78, notch: bool = False, heart: float = 0.24, turn: float = -90, stamens: int = 0,
) -> None:  # fmt: skip
    """An open flower seen from the front: rows of round petals about a beaded heart."""
    for row in range(rows):
        size = radius * (1 - 0.3 * row)
        for k in range(petals):
            angle = turn + 360 * (k + 0.5 * row) / petals
            petal(ink, x, y, angle, size, size * share * (1.1 if petals < 6 else 0.82), level + 0.06 * row, notch=notch)
    if stamens:
        for k in range(stamens):
            angle = turn + 360 * (k + 0.5) / stamens
            ax, ay = path.toward(x, y, angle, radius * heart)
            bx, by = path.toward(x, y, angle, radius * 0.56)
            ink.cord(path.through([(ax, ay), (bx, by)]), 0.35, level + 0.2, 0.3)
            ink.fill(path.ellipse(bx, by, radius * 0.055), level + 0.25, 0.3)
    ink.fill(path.ellipse(x, y, radius * heart), level + 0.25, 0.6)
    if radius * heart > 1.6:
        for k in range(6):
            px, py = path.toward(x, y, 60 * k, radius * heart * 0.58)
            ink.cut(path.ellipse(px, py, radius * heart * 0.2), 0.3)


def petal(
    ink: Ink, x: float, y: float, angle: float, length: float, width: float, level: float, *, notch: bool = False
) -> None:
    """A petal, round at its end or notched, with a few graved lines from its base."""
    with ink.placed(x, y, turn=angle):
        h = width / 2
        dip = 0.84 if notch else 1.02
        shape = [
            (0, 0), (length * 0.3, -h * 0.55), (length * 0.68, -h), (length * 0.95, -h * 0.55), (length * dip, 0),
            (length * 0.95, h * 0.55), (length * 0.68, h), (length * 0.3, h * 0.55),
        ]  # fmt: skip
        ink.fill(path.through(shape, closed=True), level)
        for side in (-0.4, 0.0, 0.4):
            ends = [(length * 0.3, h * side * 0.5), (length * 0.55, h * side), (length * 0.76, h * side * 1.2)]
            ink.cut(path.through(ends), 0.3)


def pod(ink: Ink, x: float, y: float, angle: float, length: float, *, seeds: int = 5, level: float = 0.62) -> None:
    """A bean pod with its seeds swelling."""
    outline, _ = path.blade(x, y, angle, length, length * 0.21, bend=0.12, widest=0.5)
    ink.fill(outline, level)
    for k in range(seeds):
        t = 0.17 + 0.68 * k / max(seeds - 1, 1)
        px, py = path.toward(x, y, angle, length * t)
        sx, sy = path.toward(px, py, angle + 90, 0.12 * length * t * t)
        ink.cut(path.ellipse(sx, sy, length * 0.055, length * 0.07, angle), 0.4)


def seedhead(ink: Ink, stem: str, *, grains: int = 11, size: float = 3.0, level: float = 0.66) -> None:
    """An ear of rice or millet: grains in two rows along a bowed stalk."""
    spine = path.sampled(stem)
    for k in range(grains):
        index = round((0.22 + 0.76 * k / (grains - 1)) * (len(spine) - 2))
        a, b = spine[index], spine[index + 1]
        heading = math.degrees(math.atan2(b.y - a.y, b.x - a.x))
        for side in (-1, 1):
            outline, rib = path.blade(a.x, a.y, heading + side * 34, size * 1.7, size * 0.72, widest=0.55)
            ink.fill(outline, level, 0.4)
            ink.cut(path.through(rib[1:-3]), 0.25)


def ground(ink: Ink, x: float, y: float, width: float, *, level: float = 0.3) -> None:
    """A low rocky mound to stand on, with a graved fold and grass."""
    w = width / 2
    outline = path.through(
        [(x - w, y + 3), (x - w * 0.7, y - 0.5), (x - w * 0.2, y - 2.6), (x + w * 0.3, y - 1.2), (x + w * 0.75, y - 1),
         (x + w, y + 3), (x + w * 0.4, y + 4.2), (x - w * 0.5, y + 4.2)], closed=True)  # fmt: skip
    ink.fill(outline, level)
    ink.cut(path.through([(x - w * 0.72, y + 1.6), (x - w * 0.2, y + 0.4), (x + w * 0.2, y + 1.8)]), 0.5)
    ink.cut(path.through([(x + w * 0.1, y + 2.8), (x + w * 0.5, y + 1.2), (x + w * 0.8, y + 2.2)]), 0.5)
