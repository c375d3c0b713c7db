"""What landscapes are put together from: peaks, waves, rivers, small trees, houses, gates and sails."""

import math
import random

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import limbs


def peak(
    ink: Ink, x: float, base: float, width: float, height: float, *, level: float = 0.5, seed: int = 1, steep: float = 1.0,
    flat: float = 0.0,
) -> None:  # fmt: skip
    """A mountain of folded ridges with graved clefts; `steep` > 1 needles, < 1 domes; `flat` cuts its top level."""
    rng = random.Random(seed)
    left, right = [], []
    for k in range(6):
        t = k / 6
        reach = width / 2 * (1 - t) ** steep
        step = width * 0.035 * (1 if k % 2 else -1) * (0.6 + rng.random())
        left.append((x - reach + step, base - height * min(t, 1 - flat)))
        step = width * 0.035 * (-1 if k % 2 else 1) * (0.6 + rng.random())
        right.append((x + reach + step, base - height * min(t * (0.94 + 0.08 * rng.random()), 1 - flat)))
    top = (x + width * 0.04 * (rng.random() - 0.5), base - height * (1 - flat))
    ink.fill(
        path.through(
            [*left, top, *reversed(right), (x + width * 0.2, base + 1.5), (x - width * 0.25, base + 1.2)], closed=True
        ),
        level,
    )
    for k in range(5):
        share = -0.7 + 0.35 * k + 0.1 * (rng.random() - 0.5)
        start = 0.16 + 0.34 * abs(share) + 0.1 * rng.random()
        points = []
        for step in range(5):
            t = start + (0.86 - start) * step / 4 * (0.8 + 0.2 * rng.random())
            spread = width / 2 * (1 - (1 - t)) ** steep
            points.append((x + share * spread * 0.9 + (1.2 if step % 2 else -1.2), base - height * (1 - t)))
        ink.cut(path.through(points), 0.8)
    for k in range(4):
        px = x + (k - 1.5) * width * 0.2 + rng.random() * 2
        py = base - height * (0.1 + 0.1 * rng.random())
        ink.cut(path.line(f"{px - 3},{py + 1.4} {px},{py - 1} {px + 3.4},{py + 1.6}"), 0.6)


def tree(ink: Ink, x: float, y: float, size: float, kind: str, *, level: float = 0.6) -> None:
    """A small tree: "pine", "palm", "bamboo", "round" or "bare"."""
    with ink.placed(x, y, scale=size / 10):
        if kind == "palm":
            limbs(ink, level, "0,0,1.8 1,-6,1.4 0,-11,1.3")
            for angle in (-170, -10, -140, -40, -112, -68):
                outline, rib = path.blade(0, -11, angle, 8, 2.4, bend=0.35 if angle > -90 else -0.35)
                ink.fill(outline, level + 0.05, 0.5)
                ink.cut(path.through(rib[1:-2]), 0.4)
        elif kind == "pine":
            limbs(ink, level, "0,0,2.2 1.4,-5,1.7 -0.6,-12,1")
            for dx, dy, r in ((4.4, -6, 4), (-4, -8.6, 4), (0, -12, 4.4)):
                leaves.needles(9)(ink, dx, dy, -90, r, level + 0.06)
        elif kind == "bamboo":
            for dx, bend in ((-2, -2.4), (0, 0.6), (2, 2.8)):
                limbs(ink, level, f"{dx * 0.4},0,1 {dx},-7,0.9 {dx + bend},-13,0.5")
                for k in range(4):
                    ink.fill(
                        path.blade(dx + bend * k / 4, -5 - 2.4 * k, 30 if k % 2 else 150, 4.6, 1.3)[0],
                        level + 0.08,
                        0.4,
                    )
        else:
            limbs(ink, level, "0,0,2 0,-4,1.6 0.4,-8,1")
            if kind == "round":
                for dx, dy in ((-3.4, -7), (3.4, -7), (-2, -11), (2.4, -11), (0, -8.4)):
                    ink.fill(path.ellipse(dx, dy, 3.2, 2.8), level + 0.06, 0.6)
                    ink.cut(path.line(f"{dx - 1.6},{dy + 0.6} {dx},{dy - 0.8} {dx + 1.6},{dy + 0.6}"), 0.45)


def house(ink: Ink, x: float, y: float, size: float, *, level: float = 0.6, storeys: int = 1) -> None:
    """A house or hall with swept roofs; several storeys make a tower."""
    with ink.placed(x, y, scale=size / 10):
        for k in range(storeys):
            s = 1 - 0.2 * k
            base = -7.4 * k * 0.95
            ink.fill(path.straight(f"{-5 * s},{base} {5 * s},{base} {5 * s},{base - 4.4} {-5 * s},{base - 4.4}"), level)
            ink.cut([f"M{u * s} {base}L{u * s} {base - 4}" for u in (-3, -1, 1, 3)], 0.5)
            roof = f"{-8 * s},{base - 5}! {-4.6 * s},{base - 5.4} {-3.6 * s},{base - 8.6}! {3.6 * s},{base - 8.6}! {4.6 * s},{base - 5.4} {8 * s},{base - 5}! {5 * s},{base - 3.6} {-5 * s},{base - 3.6}"
            ink.fill(path.blob(roof), level + 0.14)
            ink.cut([f"M{u * s} {base - 8}L{u * 1.35 * s} {base - 4}" for u in (-2.4, -0.8, 0.8, 2.4)], 0.45)


def gate(ink: Ink, x: float, y: float, size: float, *, level: float = 0.62) -> None:
    """A fortress gate: rampart with battlements, arch, a watch-house above."""
    with ink.placed(x, y, scale=size / 30):
        house(ink, 0, -15, 13, level=level + 0.1)
        ink.fill(path.straight("-15,0 -14,-16 14,-16 15,0"), level)
        for row in range(4):
            ink.cut(f"M-15 {-3.4 - 3.4 * row}L15 {-3.4 - 3.4 * row}", 0.4)
            ink.cut(
                [
                    f"M{-12 + 5 * k + 2.4 * (row % 2)} {-3.4 * row}L{-12 + 5 * k + 2.4 * (row % 2)} {-3.4 - 3.4 * row}"
                    for k in range(6)
                ],
                0.4,
            )
        for k in range(7):
            ink.fill(
                path.straight(
                    f"{-14 + 4.1 * k},-15 {-14 + 4.1 * k},-18.6 {-11.2 + 4.1 * k},-18.6 {-11.2 + 4.1 * k},-15"
                ),
                level + 0.06,
                0.5,
            )
        ink.fill(path.blob("-5.4,0! -5.4,-6 -3,-9.6 0,-10.8 3,-9.6 5.4,-6 5.4,0!"), level + 0.1)
        ink.sink(path.blob("-3.8,0! -3.8,-5.4 -2,-8.2 0,-9 2,-8.2 3.8,-5.4 3.8,0!"), 1)


def wall(ink: Ink, text: str, *, level: float = 0.56) -> None:
    """A rampart running over the hills."""
    ink.fill(path.brush(text), level)
    for node in path.sampled(text)[::3]:
        ink.fill(
            path.straight(
                f"{node.x - 1.3},{node.y - node.width * 0.4} {node.x - 1.3},{node.y - node.width * 0.9} {node.x + 1.3},{node.y - node.width * 0.9} {node.x + 1.3},{node.y - node.width * 0.4}"
            ),
            level + 0.06,
            0.5,
        )


def sail(
    ink: Ink, x: float, y: float, size: float, *, mirror: bool = False, sails: int = 1, level: float = 0.66
) -> None:
    """A small boat with battened sails or none."""
    with ink.placed(x, y, scale=size / 10, mirror=mirror):
        for k in range(sails):
            u = -3 + 5 * k if sails > 1 else 0
            ink.cord(f"M{u} 0L{u} -12", 0.8, level - 0.1)
            ink.fill(path.blob(f"{u + 0.4},-12! {u + 5},-10 {u + 5.6},-3! {u + 0.4},-2!"), level)
            ink.cut([f"M{u + 0.4} {-9.6 + 2.4 * j}L{u + 5.4} {-8.4 + 2 * j}" for j in range(3)], 0.45)
        ink.fill(path.blob("-9,-2! -5,0 0,0.4 5,0 9,-2.4! 6,2.4 -6,2.4"), level + 0.1)
        ink.cut(path.line("-7,0.2 0,1.4 7,0"), 0.45)
        if not sails:
            ink.fill(path.blob("-3,0! -2.4,-3 0,-3.8 2.4,-3 3,0!"), level)


def river(ink: Ink, course: str, *, level: float = 0.3, seed: int = 3) -> None:
    """Flowing water: two low banks and wavelets between them."""
    drawn = path.sampled(course, steps=10)
    sides = path.normals(drawn)
    outline = path.widened(drawn)
    with ink.within(outline, f"river{seed}"):
        y, row = min(n.y - n.width for n in drawn), 0
        while y < max(n.y + n.width for n in drawn):
            x = min(n.x for n in drawn) - 10 + 5.5 * (row % 2) + seed % 3
            while x < max(n.x for n in drawn) + 6:
                crest = f"{x:.1f},{y + 0.8:.1f},0.3 {x + 2.6:.1f},{y - 1.2:.1f},1.5 {x + 5.6:.1f},{y + 0.8:.1f},1.5 {x + 8.6:.1f},{y - 1.1:.1f},1.3 {x + 10.4:.1f},{y - 0.4:.1f},0.3"
                ink.fill(path.brush(crest, steps=5), level + 0.06, 0.4)
                x += 11
            y, row = y + 3.5, row + 1
    for side in (-0.5, 0.5):
        bank = []
        for k, (node, (nx, ny)) in enumerate(zip(drawn, sides, strict=True)):
            across = node.width * side + 0.5 * math.sin(0.9 * k + seed) * (1 if side > 0 else -1)
            ends = min(1.0, min(k, len(drawn) - 1 - k) / 4)
            bank.append(path.Node(node.x + nx * across, node.y + ny * across, width=0.4 + 1.7 * ends))
        ink.fill(path.widened(bank), level + 0.2, 0.5)


def ripples(ink: Ink, y: float, rows: int, *, left: float = 4, right: float = 96, level: float = 0.36) -> None:
    """Rows of scale waves, each arch with two arcs inside, the lower row in front."""
    for row in range(rows):
        x = left + (4 if row % 2 else 0)
        while x + 8 <= right:
            yy = y + 3.4 * row
            ink.fill(
                path.blob(f"{x:.1f},{yy + 4:.1f}! {x + 1},{yy} {x + 4},{yy - 2.6} {x + 7},{yy} {x + 8},{yy + 4}!"),
                level + 0.02 * row,
                0.6,
            )
            ink.cut(
                path.line(
                    f"{x + 1.8},{yy + 4} {x + 2.4},{yy + 0.6} {x + 4},{yy - 0.6} {x + 5.6},{yy + 0.6} {x + 6.2},{yy + 4}"
                ),
                0.45,
            )
            x += 8


def billow(ink: Ink, x: float, y: float, size: float, *, mirror: bool = False, level: float = 0.5) -> None:
    """A great wave rolling over: body, foam curl with claws of spray, lines of its rise."""
    with ink.placed(x, y, scale=size / 30, mirror=mirror):
        ink.fill(
            path.blob("-30,10! -20,6 -12,-2 -6,-12 2,-18 11,-18 16,-12 15,-6! 11,-10 6,-9 3,-3 5,4 14,9 26,10!"), level
        )
        for k in range(4):
            d = 2.2 * k
            ink.cut(
                path.line(
                    f"{-24 + 3 * k},{9.4 - 0.3 * k} {-12 + d},{2 + 0.6 * k} {-5 + 0.8 * d},{-8 + d} {2 + 0.5 * d},{-14.6 + 1.2 * d} {8},{-15.6 + 1.3 * d}"
                ),
                0.7,
            )
        for px, py, r in (
            (15.4, -6, 2.6),
            (11.4, -8.4, 2.2),
            (17.4, -11, 2.6),
            (14.4, -16, 2.6),
            (9, -19, 2.4),
            (3, -18.6, 2),
        ):
            ink.fill(path.ellipse(px, py, r), level + 0.16, 0.6)
            ink.cut(path.through(path.spiral(px, py, r * 0.7, turns=1.1)), 0.5)
        for px, py in ((21, -14), (19, -19.6), (22, -8), (14, -22)):
            ink.fill(path.ellipse(px, py, 0.9), level + 0.1, 0.4)


def shore(ink: Ink, text: str, *, level: float = 0.4) -> None:
    """Low land: a flat form with a few graved lines along it."""
    ink.fill(path.blob(text), level)
    corners = path.nodes(text)
    cx, cy = sum(n.x for n in corners) / len(corners), sum(n.y for n in corners) / len(corners)
    for share, count in ((0.82, 9), (0.58, 7), (0.34, 4)):
        for k in range(count):
            node = corners[k * len(corners) // count]
            x, y = cx + share * (node.x - cx), cy + share * (node.y - cy)
            ink.cut(path.line(f"{x - 3.4:.1f},{y + 1:.1f} {x:.1f},{y - 1:.1f} {x + 3.4:.1f},{y + 0.8:.1f}"), 0.7)
    for k, node in enumerate(corners):
        x, y = cx + 0.86 * (node.x - cx), cy + 0.86 * (node.y - cy)
        peak(ink, x, y + 2.4, 9, 7, seed=k + round(node.x), steep=1.0, level=level + 0.1)
