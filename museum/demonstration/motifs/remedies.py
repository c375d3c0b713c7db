"""Medicines, resins and spices of the urns."""

import math

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.fruits import fruit
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import limbs
from museum.demonstration.motifs.trees import trunk


def cardamom(ink: Ink) -> None:
    """Cardamom: leafy cane, flowers and three-sided capsules at the foot."""
    for stem in ("44,86,4 36,50,3 24,14,1.4", "56,86,4 64,50,3 76,14,1.4"):
        limbs(ink, 0.48, stem)
        leaves.along(
            ink, stem, leaves.simple(0.2, pairs=5, bend=0.18), count=7, length=32, start=0.25, angle=46, level=0.42
        )
    limbs(ink, 0.44, "48,88,2.6 30,90,2 10,84,1", "52,88,2.6 70,90,2 90,84,1")
    for x, y in ((14.0, 80.0), (24, 84), (34, 84), (66, 84), (76, 84), (86, 80), (44, 78), (56, 78)):
        ink.fill(
            path.blob(
                f"{x},{y - 6} {x + 3.6},{y - 2} {x + 2.8},{y + 4} {x},{y + 5.4} {x - 2.8},{y + 4} {x - 3.6},{y - 2}"
            ),
            0.76,
        )
        ink.cut(
            [path.line(f"{x - 1.3},{y - 4} {x - 1.6},{y + 4}"), path.line(f"{x + 1.3},{y - 4} {x + 1.6},{y + 4}")], 0.5
        )
    leaves.blossom(ink, 50, 68, 7, petals=3, share=0.8)


def amomum(ink: Ink) -> None:
    """Amomum (sa nhân): creeping root, spiny round capsules in a cluster, lance leaves."""
    limbs(ink, 0.44, "4,84,4 34,88,4.4 66,84,4.4 96,88,3")
    for stem in ("22,84,3.4 20,54,2.6 26,16,1.2", "50,86,3.4 52,54,2.6 48,8,1.2", "80,86,3.4 80,56,2.6 74,18,1.2"):
        limbs(ink, 0.48, stem)
        leaves.along(
            ink, stem, leaves.simple(0.17, pairs=0, bend=0.1), count=7, length=27, start=0.3, angle=54, level=0.42
        )
    for cx in (36, 66):
        for k in range(6):
            x, y = path.toward(cx, 74, 60 * k, 6.4 if k else 0)
            for spike in range(12):
                sx, sy = path.toward(x, y, 30 * spike, 6)
                ink.cord(path.through([(x, y), (sx, sy)]), 0.6, 0.5, 0.3)
            ink.fill(path.ellipse(x, y, 4.4), 0.7)
            fruit(ink, x, y, 4.2, 4.2, skin="bumps", level=0.74)


def storax(ink: Ink) -> None:
    """Storax: star-shaped leaves, spiky round fruits on stalks, balm dripping."""
    leaves.ground(ink, 50, 95, 56, level=0.26)
    trunk(
        ink,
        "50,94,12 48,74,10 52,54,8 50,32,4.4",
        "51,58,5 34,46,3.6 22,44,2",
        "51,52,5 66,40,3.6 80,40,2",
        bark="scales",
    )
    leaf = leaves.palmate(5, spread=280, share=0.3)
    for x, y, angle in (
        (22.0, 44.0, 180.0),
        (26, 42, -110),
        (36, 46, 90),
        (38, 44, -80),
        (80, 40, 0),
        (76, 40, -70),
        (66, 42, 80),
        (60, 40, -100),
        (50, 34, 190),
        (50, 32, -10),
        (50, 30, -90),
    ):
        leaf(ink, x, y, angle, 21, 0.46)
    for x, y in ((28.0, 62.0), (74, 58), (64, 62), (40, 64)):
        ink.cord(f"M{x} {y - 14}L{x} {y}", 0.8, 0.4)
        for k in range(14):
            ink.cord(path.through([(x, y), path.toward(x, y, 25.7 * k, 4.8)]), 0.7, 0.56, 0.3)
        ink.fill(path.ellipse(x, y, 3.4), 0.76)
    for y in (70.0, 78):
        ink.fill(path.blob(f"53,{y - 3.4}! 54.8,{y} 53,{y + 2} 51.2,{y}"), 0.86)


def cinnamon(ink: Ink) -> None:
    """Cinnamon: three-nerved leaves in pairs, quills of rolled bark below."""
    stems = ("40,74,3.4 46,50,2.8 50,24,1.6", "43,62,2.6 26,46,2 16,26,1.2", "46,52,2.6 66,42,2 80,22,1.2")
    for stem in stems:
        limbs(ink, 0.5, stem)
    for stem in stems:
        spine = path.sampled(stem)
        for index in range(6, len(spine), 5):
            for side in (-1, 1):
                a, b = spine[index - 1], spine[index]
                heading = math.degrees(math.atan2(b.y - a.y, b.x - a.x)) + side * 56
                outline, rib = path.blade(b.x, b.y, heading, 19, 7.6)
                ink.fill(outline, 0.46)
                ink.cut(path.through(rib[:-1]), 0.55)
                for bow in (-1.9, 1.9):
                    shift = [
                        path.toward(px, py, heading + 90, bow * math.sin(math.pi * k / 12))
                        for k, (px, py) in enumerate(rib)
                    ]
                    ink.cut(path.through(shift[1:-1]), 0.45)
    for x, y, turn in ((50.0, 88.0, -4.0), (54, 80, 5), (46, 96, 2)):
        with ink.placed(x, y, turn=turn):
            ink.fill(path.straight("-34,-3.6 32,-3.6 32,3.6 -34,3.6"), 0.64)
            ink.cut(["M-34 0L31 0", "M-30 -1.8L28 -1.8"], 0.6)
            ink.fill(path.ellipse(33, -1.9, 1.9, 2.1), 0.74)
            ink.fill(path.ellipse(33, 2, 1.9, 2.1), 0.74)
            ink.cut([path.ellipse(33, -1.9, 0.8), path.ellipse(33, 2, 0.8)], 0.5)


def swift_nest(ink: Ink) -> None:
    """A swiftlet's nest under a cliff, two birds flying in."""
    ink.fill(path.blob("3,3! 97,3! 96,20 88,30 80,24 74,34 66,28 60,40 58,52 48,57 34,59 24,63 18,50 12,40 4,30"), 0.34)
    for k, text in enumerate(("4,4 14,4 16,22 11,36 6,24", "12,4 28,4 32,26 24,58 17,44 15,24", "28,4 44,4 47,28 38,56 30,42 31,22", "44,4 62,4 63,22 54,50 47,38 46,22",
                              "62,4 78,4 79,16 72,32 65,24 62,16", "78,4 96,4 95,16 88,28 82,20 79,14")):  # fmt: skip
        ink.fill(path.blob(text), 0.4 + 0.03 * (k % 3))
        spine = path.nodes(text)
        ink.cut(
            path.through(
                [
                    ((spine[0].x + spine[1].x) / 2, 6),
                    ((spine[2].x + spine[-1].x) / 2 - 1, 16),
                    (spine[2].x - 3, (spine[2].y + spine[3].y) / 2),
                ]
            ),
            0.7,
        )
    ink.fill(path.blob("24,62 34,58 48,56 60,52 62,62 56,74 44,80 32,77"), 0.66)
    for k in range(6):
        ink.cut(path.line(f"{26 + k},{64 + 2.4 * k} 42,{65 + 2.6 * k} {61 - 1.4 * k},{55 + 3.6 * k}"), 0.55)
    ink.fill(path.blob("26,62 36,56 50,54 59,52 54,58 42,62 32,64"), 0.5)
    for x in (36.0, 43, 50):
        ink.fill(path.ellipse(x, 57.6 - (x - 36) * 0.14, 3.2, 2.6), 0.8)
    for x, y, turn, size in ((78.0, 50.0, 10.0, 1.0), (80, 80, -16, 0.9)):
        with ink.placed(x, y, turn=turn, scale=size):
            limbs(ink, 0.5, "4,0,5 16,3,3 22,7,0.4", "4,0,5 16,-2,3 23,-3,0.4")
            ink.fill(path.blade(-2, -1, -48, 24, 6.4, bend=0.3)[0], 0.6)
            ink.fill(path.blade(-2, 1, 62, 21, 6.4, bend=-0.3)[0], 0.64)
            ink.fill(path.blob("-14,0 -9,-3.4 0,-3.6 8,0 0,4 -9,3.4"), 0.76)
            ink.fill(path.straight("-13,-1 -17.6,0.6 -13,1.6"), 0.84, 0.4)
            ink.sink(path.ellipse(-10, -1, 0.7), 1)


def betel(ink: Ink) -> None:
    """Betel vine climbing a post, heart leaves with bowed nerves, catkins."""
    limbs(ink, 0.38, "50,98,6 50,50,6 50,2,5")
    for notch in range(8, 96, 8):
        ink.cut(path.line(f"47,{notch} 50,{notch + 1} 53,{notch}"), 0.5)
    vine = "36,97,2.2 62,84,2.2 40,66,2.2 62,50,2.2 40,32,2 60,16,1.6 48,4,1"
    leaves.along(ink, vine, leaves.heart(share=0.92), count=8, length=27, start=0.08, angle=76, level=0.46, taper=0.25)
    limbs(ink, 0.58, vine)
    for x, y in ((38.0, 68.0), (64, 52), (38, 34)):
        side = -1 if x < 50 else 1
        limbs(ink, 0.7, f"{x},{y},1.6 {x + side * 4},{y + 8},3 {x + side * 5},{y + 17},1.4")
        for k in range(5):
            ink.cut(path.ellipse(x + side * (2.4 + 0.6 * k), y + 5 + 2.4 * k, 0.6), 0.4)


def southern_ginseng(ink: Ink) -> None:
    """Southern ginseng: five-fingered leaves, berry head, a man-shaped root."""
    limbs(ink, 0.5, "50,52,3 50,34,2.2 50,8,1.4", "50,36,2 34,28,1.6 26,24,1", "50,36,2 66,28,1.6 74,24,1")
    leaf = leaves.palmate(5, spread=190, share=0.4)
    leaf(ink, 30, 28, 170, 27, 0.46)
    leaf(ink, 70, 28, 10, 27, 0.46)
    leaf(ink, 38, 30, -120, 20, 0.5)
    leaf(ink, 62, 30, -60, 20, 0.5)
    for k in range(14):
        px, py = path.toward(50, 9, 137.5 * k, 1.7 * math.sqrt(k))
        ink.fill(path.ellipse(px, py, 1.8), 0.8, 0.5)
    for text in (
        "46,66,7 36,82,5 34,97,0.6",
        "54,66,7 62,80,5 68,96,0.6",
        "44,58,4.6 32,64,3.4 22,76,0.6",
        "56,58,4.6 68,62,3.4 80,74,0.6",
    ):
        limbs(ink, 0.62, text)
        for node in path.sampled(text)[4:-3:3]:
            ink.cut(
                path.line(
                    f"{node.x - node.width * 0.4},{node.y} {node.x},{node.y + 0.8} {node.x + node.width * 0.3},{node.y}"
                ),
                0.45,
            )
        end = path.sampled(text)[-6]
        limbs(
            ink,
            0.5,
            f"{end.x},{end.y},1 {end.x + 4},{end.y + 5},0.7 {end.x + 5},{end.y + 10},0.3",
            f"{end.x},{end.y},1 {end.x - 5},{end.y + 4},0.7 {end.x - 6},{end.y + 9},0.3",
        )
    ink.fill(path.blob("50,48 55,51 58,58 57,68 53,73 47,73 43,68 42,58 45,51"), 0.72)
    for y in (53.0, 57, 61, 65, 69):
        ink.cut(path.line(f"44,{y} 50,{y + 1.4} 56,{y}"), 0.5)


DRAWINGS = {
    draw.__name__: Drawing(draw) for draw in (cardamom, amomum, storax, cinnamon, swift_nest, betel, southern_ginseng)
}
