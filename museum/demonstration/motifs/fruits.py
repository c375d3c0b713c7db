"""Fruits of the urns, on tree, palm or bough."""

import math

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import limbs
from museum.demonstration.motifs.trees import crown, trunk


def fruit(
    ink: Ink, x: float, y: float, rx: float, ry: float, *, turn: float = 0.0, skin: str = "", level: float = 0.72
) -> None:
    """A fruit with calyx and skin: "bumps", "seam", "dots" or smooth."""
    with ink.placed(x, y, turn=turn):
        ink.fill(path.ellipse(0, 0, rx, ry), level)
        if skin == "bumps":
            rows = max(3, int(ry / 1.5))
            for row in range(rows):
                v = -1 + 2 * (row + 0.5) / rows
                half = rx * math.sqrt(1 - v * v)
                number = max(1, int(half / 1.3))
                for k in range(number):
                    u = (k - (number - 1) / 2) * 2.4 + (row % 2) * 0.6
                    if abs(u) < half - 0.6:
                        ink.cut(path.ellipse(u, v * ry, 0.95, 0.85), 0.4)
        if skin == "seam":
            ink.cut(path.line(f"{-rx * 0.1},{-ry} {rx * 0.5},0 {rx * 0.1},{ry}"), 0.8)
        if skin == "dots":
            for k in range(9):
                px, py = path.toward(0, 0, 137 * k, rx * 0.24 * math.sqrt(k))
                ink.cut(path.ellipse(px, py * ry / rx, 0.4), 0.5)
        ink.cut(path.line(f"-1.2,{-ry + 1.4} 0,{-ry + 2} 1.2,{-ry + 1.4}"), 0.6)


def branch(ink: Ink, main: str, *twigs: str, level: float = 0.5) -> None:
    limbs(ink, level, main, *twigs)
    for node in path.sampled(main)[4::7]:
        ink.cut(path.ellipse(node.x, node.y, node.width * 0.28, node.width * 0.18, 30), 0.45)


def jackfruit(ink: Ink) -> None:
    """Jackfruit tree: great warty fruits hanging from trunk and boughs."""
    leaves.ground(ink, 50, 95, 58, level=0.26)
    trunk(ink, "50,94,13 49,74,11 51,54,9 50,32,5", "50,50,5 34,40,3.6 22,38,2", "50,46,5 66,36,3.6 80,36,2")
    for x, y in ((22.0, 34.0), (36, 32), (80, 32), (64, 30), (44, 18), (58, 18), (50, 26)):
        crown(ink, x, y, 8, leaves.simple(0.5, pairs=3), count=8, length=12, level=0.46)
    for x, y, rx, ry, turn in ((34.0, 60.0, 8.4, 11.0, 8.0), (65, 58, 8.4, 12, -8), (53, 76, 8.6, 11, 4)):
        ink.cord(f"M{x} {y - ry - 4}L{x} {y - ry}", 2, 0.6)
        fruit(ink, x, y, rx, ry, turn=turn, skin="bumps", level=0.76)


def langsat(ink: Ink) -> None:
    """Langsat (nam trân): round fruits in grape-like bunches on the bough."""
    limbs(ink, 0.5, "4,26,5 30,20,6 60,24,5 96,14,2")
    for x, y, angle, length in (
        (16.0, 22.0, -60.0, 20.0),
        (30, 20, -110, 20),
        (46, 20, -70, 22),
        (62, 22, -100, 20),
        (78, 18, -60, 20),
        (92, 15, 10, 12),
        (88, 18, 70, 20),
        (14, 26, 110, 20),
    ):
        leaves.simple(0.46, pairs=4)(ink, x, y, angle, length, 0.44)
    for x, rows in ((32, (2, 3, 4, 4, 3, 2, 1)), (64, (2, 3, 3, 4, 3, 2))):
        ink.cord(f"M{x} 22L{x} {34 + 7 * len(rows)}", 1.6, 0.4)
        for r, number in enumerate(rows):
            for k in range(number):
                fruit(ink, x + (k - (number - 1) / 2) * 7.4, 36 + 7.6 * r, 4.2, 4.4, skin="dots", level=0.66 + 0.02 * r)


def mango(ink: Ink) -> None:
    """Mango: long leaves in whorls, kidney-shaped fruits on hanging stalks."""
    leaves.ground(ink, 50, 95, 56, level=0.26)
    trunk(ink, "50,94,12 52,74,10 49,56,8 50,36,5", "50,56,5 32,44,3.6 22,42,2", "50,52,5 68,42,3.6 80,40,2")
    for x, y in ((22.0, 36.0), (80, 34), (38, 28), (64, 26), (50, 20)):
        crown(ink, x, y, 5, leaves.simple(0.22, pairs=5, bend=0.16), count=10, length=19, level=0.44)
    for x, y, turn in ((30.0, 64.0, 20.0), (38, 70, 30), (66, 62, -20), (74, 66, -30), (58, 72, -14)):
        ink.cord(path.line(f"{x + (50 - x) * 0.1:.0f},48 {x},{y - 6}"), 0.9, 0.44)
        with ink.placed(x, y, turn=turn):
            ink.fill(path.blob("0,-7 4.4,-5 5.4,1 3,7 -1,8 -4.4,4 -4.6,-2 -3,-6"), 0.74)
            ink.cut(path.line("-2,5.6 1,6 3,4"), 0.5)


def areca(ink: Ink) -> None:
    """An areca palm: ringed slender stem, feather fronds, nuts in a hanging bunch."""
    leaves.ground(ink, 50, 96, 48, level=0.26)
    for angle, length, bend in (
        (-170, 38, -0.3),
        (-10, 38, 0.3),
        (-148, 40, -0.26),
        (-32, 40, 0.26),
        (-122, 36, -0.14),
        (-58, 36, 0.14),
        (-90, 32, 0),
    ):
        _, rib = path.blade(50, 30, angle, length, 4, bend=bend)
        for k in range(2, len(rib)):
            (ax, ay), (bx, by) = rib[k - 1], rib[k]
            heading = math.degrees(math.atan2(by - ay, bx - ax))
            for side in (-1, 1):
                outline, _ = path.blade(
                    bx, by, heading + side * 44, 12 * math.sin(math.pi * (0.25 + 0.65 * k / len(rib))), 2.8
                )
                ink.fill(outline, 0.44, 0.4)
        ink.cord(path.through(rib), 1, 0.56, 0.4)
    trunk(ink, "50,95,7 50,76,5.6 50,56,5.2 50,38,5.6", bark="rings")
    ink.fill(path.blob("46.6,42 46.4,32 48,26 52,26 53.6,32 53.4,42"), 0.66)
    for side in (-1, 1):
        for k in range(11):
            px, py = 50 + side * (5 + 2.2 * (k % 4) + 0.8 * (k // 4)), 44 + 3.4 * (k // 2)
            ink.fill(path.ellipse(px, py, 1.9, 2.4, side * 20), 0.74, 0.5)


def apricot(ink: Ink) -> None:
    """The apricot (mai): a gnarled angular bough with five-petalled flowers, buds and fruits."""
    branch(
        ink,
        "6,94,9 22,72,8 18,56,7 40,46,6 46,28,5 70,22,3.4 92,6,1",
        "40,46,4 62,54,3 88,48,0.8",
        "20,62,4 36,74,3 58,78,0.8",
        "46,30,3 34,16,2 30,4,0.6",
    )
    for x, y, r in ((30.0, 58.0, 8.0), (52, 26, 9), (74, 24, 8), (66, 54, 8), (40, 76, 8), (33, 14, 6.6), (86, 10, 6)):
        leaves.blossom(ink, x, y, r, share=0.9, heart=0.16, stamens=9)
    for x, y in ((88.0, 47.0), (58, 78), (30, 4), (46, 40), (80, 52)):
        ink.fill(path.ellipse(x, y, 2.4), 0.74)
    for x, y in ((76.0, 64.0), (84, 68)):
        ink.cord(f"M{x} 52L{x} {y - 4}", 0.9, 0.4)
        fruit(ink, x, y, 4.6, 5, skin="seam")


def peach(ink: Ink) -> None:
    """Peaches of long life, pointed and cleft, among willow-like leaves."""
    branch(ink, "4,84,8 24,70,7 40,50,6 62,40,4.6 94,18,1.4", "34,58,4 54,68,3 80,72,1")
    leaf = leaves.simple(0.2, pairs=6, bend=0.2)
    for x, y, angle, length in (
        (24.0, 70.0, -100.0, 30.0),
        (40, 50, -130, 28),
        (50, 45, -70, 28),
        (72, 34, -110, 26),
        (92, 20, -40, 14),
        (84, 24, 60, 26),
        (80, 72, 10, 18),
        (66, 70, -40, 22),
        (22, 72, 80, 24),
        (70, 70, 84, 22),
    ):
        leaf(ink, x, y, angle, length, 0.44)
    for x, y, turn in ((46.0, 66.0, 10.0), (64, 52, -12), (36, 84, 16)):
        with ink.placed(x, y, turn=turn):
            ink.fill(path.blob("0,-10 7,-10 11,-3 9,5 3,10 0,14! -3,10 -9,5 -11,-3 -7,-10"), 0.76)
            ink.cut(path.line("-1,-9.6 4,-2 3,7 0,13"), 0.8)
    leaves.blossom(ink, 78, 32, 7, share=0.8, stamens=7)
    leaves.blossom(ink, 18, 78, 6, share=0.8, stamens=7)


def longan(ink: Ink) -> None:
    """Longan: round netted fruits in loose clusters under feathered leaves."""
    branch(ink, "50,4,5 50,22,4.4 50,40,3", "50,20,3 32,28,2.4 20,42,1", "50,20,3 68,28,2.4 80,42,1")
    leaf = leaves.pinnate(3, share=0.5, slant=54)
    for x, y, angle, length in (
        (44.0, 18.0, 200.0, 36.0),
        (56, 18, -20, 36),
        (48, 10, -160, 26),
        (52, 10, -20, 26),
        (26, 36, 160, 24),
        (74, 36, 20, 24),
    ):
        leaf(ink, x, y, angle, length, 0.42)
    for cx, cy, count in ((50, 62, 14), (24, 58, 8), (76, 58, 8)):
        for k in range(count):
            px, py = path.toward(cx, cy, 137.5 * k, 4.6 * math.sqrt(k))
            ink.cord(path.through([(cx, cy - 22), ((cx + px) / 2, cy - 10), (px, py)]), 0.6, 0.36, 0.3)
        for k in range(count - 1, -1, -1):
            px, py = path.toward(cx, cy, 137.5 * k, 4.6 * math.sqrt(k))
            fruit(ink, px, py, 4.2, 4.2, skin="dots", level=0.66 + 0.1 * (1 - k / count))


def pear(ink: Ink) -> None:
    """Pears on a bough, necked and dotted, oval leaves."""
    branch(ink, "4,18,6 28,24,5.4 54,20,4.6 94,26,1.4", "34,22,3.4 44,10,2.4 60,4,0.8")
    for x, y, angle, length in (
        (14.0, 20.0, -70.0, 20.0),
        (28, 24, 130, 22),
        (44, 12, -140, 18),
        (58, 5, -10, 18),
        (60, 20, -60, 22),
        (76, 22, -100, 20),
        (92, 26, 20, 14),
        (84, 24, 80, 24),
        (46, 22, 60, 20),
    ):
        leaves.simple(0.56, pairs=4)(ink, x, y, angle, length, 0.44)
    for x, y, size in ((34.0, 56.0, 1.15), (58, 66, 1.25), (78, 52, 1.0)):
        ink.cord(path.line(f"{x},23 {x + 1},{y - 20 * size}"), 1.4, 0.44)
        with ink.placed(x, y, scale=size):
            ink.fill(path.blob("0,-18 4,-15 5,-7 11,1 12,9 6,15 0,16 -6,15 -12,9 -11,1 -5,-7 -4,-15"), 0.74)
            for k in range(12):
                px, py = path.toward(0, 5, 137 * k, 2.6 * math.sqrt(k))
                ink.cut(path.ellipse(px, py, 0.35), 0.5)
            ink.cut(path.line("-2,14.4 0,13 2,14.4"), 0.6)


def lychee(ink: Ink) -> None:
    """Lychees, warty hearts in a heavy bunch, one shown open."""
    branch(ink, "6,10,6 30,18,5 50,24,4", "30,18,3 24,34,2 22,46,0.8")
    for x, y, angle, length in (
        (20.0, 14.0, -50.0, 22.0),
        (34, 18, -70, 24),
        (48, 22, -40, 26),
        (52, 24, 10, 30),
        (22, 42, 110, 22),
        (22, 40, 170, 16),
        (14, 14, 120, 20),
    ):
        leaves.simple(0.34, pairs=5)(ink, x, y, angle, length, 0.44)
    for k, (x, y) in enumerate(
        (
            (40, 40),
            (54, 38),
            (66, 46),
            (34, 54),
            (48, 52),
            (62, 60),
            (76, 58),
            (40, 68),
            (54, 68),
            (68, 74),
            (48, 82),
            (60, 86),
        )
    ):
        ink.cord(path.through([(50, 26), ((50 + x) / 2, y - 12), (x, y - 6)]), 0.8, 0.38, 0.3)
        fruit(ink, x, y, 6.4, 7, skin="bumps" if k != 9 else "", level=0.66 + 0.01 * k)
        if k == 9:
            ink.cut([path.line("61.6,72 65,75 68,72.6 71,75.6 74.4,72.6"), path.line("65,69 67,68 69,69")], 0.9)


DRAWINGS = {
    draw.__name__: Drawing(draw) for draw in (jackfruit, langsat, mango, areca, apricot, peach, longan, pear, lychee)
}
