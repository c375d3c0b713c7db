"""Grains, beans, vegetables and spices of the urns, each with the part that people know it by."""

import math

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import limbs


def _straps(
    ink: Ink, x: float, y: float, blades: tuple[tuple[float, float, float, float], ...], level: float = 0.42
) -> None:
    """Long leaves from one place: (angle, length, width, bend)."""
    for k, (angle, length, width, bend) in enumerate(blades):
        outline, rib = path.blade(x + (k % 3 - 1), y, angle, length, width, bend=bend, widest=0.38)
        ink.fill(outline, level + 0.03 * (k % 4))
        ink.cut(path.through(rib[1:-1]), 0.45)


def _bulb(ink: Ink, x: float, y: float, size: float, *, level: float = 0.72, tall: float = 1.0) -> None:
    s, h = size, size * tall
    ink.fill(path.blob(f"{x},{y - h * 1.2} {x + s * 0.5},{y - h * 0.7} {x + s},{y} {x + s * 0.6},{y + h * 0.7} {x},{y + h * 0.85} "
                       f"{x - s * 0.6},{y + h * 0.7} {x - s},{y} {x - s * 0.5},{y - h * 0.7}"), level)  # fmt: skip
    for share in (-0.55, -0.2, 0.2, 0.55):
        ink.cut(
            path.line(f"{x + share * s * 0.3},{y - h} {x + share * s * 1.2},{y} {x + share * s * 0.5},{y + h * 0.7}"),
            0.5,
        )
    for k in range(5):
        dx = (k - 2) * s * 0.22
        limbs(
            ink,
            level - 0.3,
            f"{x + dx},{y + h * 0.75},1.2 {x + dx * 1.8},{y + h * 1.15},0.9 {x + dx * 2.2},{y + h * 1.5},0.3",
        )


def rice(ink: Ink) -> None:
    """Three stools of rice bowed by their ears."""
    leaves.ground(ink, 50, 94, 60, level=0.26)
    _straps(
        ink,
        50,
        92,
        ((-128, 54, 3.6, -0.3), (-112, 66, 3.8, -0.2), (-68, 66, 3.8, 0.2), (-52, 54, 3.6, 0.3), (-98, 48, 3.4, 0.1)),
    )
    for stem, ear in (("48,92,2 42,60,1.8 36,30,1.5 30,18,1.2", "36,30,1 28,14,1 16,12,1 8,24,1 6,38,1"),
                      ("52,92,2 58,60,1.8 64,30,1.5 70,18,1.2", "64,30,1 72,14,1 84,12,1 92,24,1 94,38,1"),
                      ("50,92,2 50,60,1.8 50,30,1.4", "50,44,1 50,24,1 46,8,1 36,6,1 28,16,1")):  # fmt: skip
        limbs(ink, 0.5, stem, ear.replace(",1 ", ",1.1 "))
        leaves.seedhead(ink, ear, grains=12, size=3.3)


def sticky_rice(ink: Ink) -> None:
    """Glutinous rice: one full sheaf, ears close and heavy, awned."""
    _straps(ink, 50, 94, ((-136, 46, 4.4, -0.3), (-44, 46, 4.4, 0.3), (-118, 56, 4, -0.16), (-62, 56, 4, 0.16)))
    for k in range(5):
        x = 26 + 12 * k
        lean = (k - 2) * 6
        stem = f"{46 + 2 * k},94,2 {x + 4 - lean * 0.2:.0f},60,1.8 {x + lean * 0.5:.0f},40,1.4"
        ear = f"{x + lean * 0.5:.0f},44,1 {x + lean * 0.9:.0f},26,1 {x + lean * 1.7:.0f},12,1 {x + lean * 2.6:.0f},14,1 {x + lean * 3.1:.0f},24,1"
        limbs(ink, 0.5, stem, ear.replace(",1 ", ",1.3 "))
        spine = path.sampled(ear)
        for node in spine[6::3]:
            ink.cord(path.through([(node.x, node.y), (node.x + lean * 0.5, node.y - 7)]), 0.4, 0.5, 0.3)
        leaves.seedhead(ink, ear, grains=9, size=3.4, level=0.7)
    ink.fill(path.brush("38,80,5 50,83,6 62,80,5"), 0.8)
    ink.cut([path.line("39,79 50,82 61,79"), path.line("39,82 50,85 61,82")], 0.5)


def _bean(
    ink: Ink, stem: str, side: str, *, leaf: float, pods: tuple[tuple[float, float, float, float, int], ...]
) -> None:
    limbs(ink, 0.46, stem, side)
    leaves.along(ink, stem, leaves.trefoil(), count=5, length=leaf, start=0.3, angle=60, level=0.42)
    leaves.along(ink, side, leaves.trefoil(), count=2, length=leaf * 0.85, start=0.5, angle=50, level=0.44)
    for x, y, angle, length, seeds in pods:
        leaves.pod(ink, x, y, angle, length, seeds=seeds)


def mung_bean(ink: Ink) -> None:
    """Mung bean with bunches of slender pods."""
    leaves.ground(ink, 50, 95, 50, level=0.26)
    _bean(ink, "50,94,3 48,70,2.6 54,44,2.2 50,18,1.4", "49,72,2 66,60,1.8 76,46,1.2", leaf=27,
          pods=((50, 60, 150, 26, 8), (50, 60, 120, 26, 8), (50, 60, 178, 22, 7), (68, 58, 40, 25, 8), (68, 58, 66, 24, 8)))  # fmt: skip


def soybean(ink: Ink) -> None:
    """Soybean, upright, short hairy pods close to the stem."""
    leaves.ground(ink, 50, 95, 50, level=0.26)
    pods = tuple((49.0, 86.0 - 8 * k, 40.0 if k % 2 else 140.0, 17.0, 3) for k in range(6))
    _bean(ink, "50,94,3.4 50,70,3 50,44,2.4 50,20,1.6", "50,66,2 36,56,1.8 26,44,1.2", leaf=29, pods=pods)
    for x, y, angle, length, _ in pods:
        for k in range(4):
            px, py = path.toward(x, y, angle, length * (0.25 + 0.18 * k))
            ink.cut(path.line(f"{px:.1f},{py - 1.6:.1f} {px:.1f},{py + 1.6:.1f}"), 0.35)


def hyacinth_bean(ink: Ink) -> None:
    """Hyacinth bean climbing a pole, broad curved pods, flowers in a spike."""
    limbs(ink, 0.4, "52,98,2.6 50,50,2.6 49,2,2.2")
    vine = "40,96,2.4 60,82,2.2 40,64,2.2 60,46,2 40,28,1.8 56,10,1.2"
    leaves.along(ink, vine, leaves.trefoil(share=0.9), count=6, length=27, start=0.12, angle=70, level=0.44, taper=0.2)
    limbs(ink, 0.56, vine)
    for x, y, angle in ((60.0, 78.0, 30.0), (62, 76, 58), (38, 60, 140), (37, 58, 170), (62, 42, 30)):
        leaves.pod(ink, x, y, angle, 23, seeds=4, level=0.7)
    for k in range(7):
        leaves.petal(ink, 40 - 0.8 * k, 26 - 3.4 * k, -160 if k % 2 else -20, 6, 5, 0.74)


def white_bean(ink: Ink) -> None:
    """White bean twining, straight hanging pods, one open to show the beans."""
    vine = "22,96,2.6 30,72,2.4 52,60,2.4 66,40,2.2 54,22,2 36,18,1.6 24,28,1"
    leaves.along(ink, vine, leaves.trefoil(share=0.74), count=7, length=25, start=0.14, angle=64, level=0.42, taper=0.2)
    limbs(ink, 0.54, vine)
    leaves.pod(ink, 66, 42, 76, 40, seeds=7, level=0.66)
    leaves.pod(ink, 54, 58, 84, 36, seeds=6, level=0.66)
    ink.fill(path.blade(76, 54, 62, 38, 10, widest=0.5)[0], 0.6)
    for k in range(5):
        x, y = path.toward(76, 54, 62, 7 + 6 * k)
        ink.fill(path.ellipse(x, y, 3.2, 2.5, 62), 0.86)


def peanut(ink: Ink) -> None:
    """Peanut pulled from the soil, pods hanging from the roots."""
    leaf = leaves.pinnate(2, share=0.62, tip=False, slant=58)
    for stem in (
        "50,56,3 36,40,2.2 18,30,1.2",
        "50,56,3 44,32,2.2 40,8,1.2",
        "50,56,3 58,32,2.2 62,8,1.2",
        "50,56,3 66,42,2.2 84,32,1.2",
    ):
        limbs(ink, 0.44, stem)
        leaves.along(ink, stem, leaf, count=3, length=25, start=0.4, angle=56, level=0.44)
    limbs(ink, 0.5, "50,54,4 50,72,3 48,94,0.6")
    for x, y, angle in ((34.0, 70.0, 200.0), (30, 84, 160), (44, 90, 120), (64, 88, 60), (70, 74, -10), (56, 78, 80)):
        limbs(ink, 0.4, f"50,{60 + (y - 60) * 0.3},1.2 {(50 + x) / 2},{y - 6},1 {x},{y},0.8")
        with ink.placed(x, y, turn=angle):
            ink.fill(path.blob("-2,0 0,-3.8 5,-4.6 8,-3 11,-4.4 16,-4 18,0 16,4 11,4.4 8,3 5,4.6 0,3.8"), 0.7)
            ink.cut([path.line(f"0,{dy} 8,{dy * 0.6} 17,{dy}") for dy in (-2, 0, 2)], 0.45)
            ink.cut([path.line(f"{dx},-4 {dx + 0.4},0 {dx},4") for dx in (3, 6, 11, 14)], 0.35)


def cotton(ink: Ink) -> None:
    """Cotton, bolls burst open, hand-shaped leaves."""
    stem, left, right = (
        "50,96,3.4 48,70,3 52,44,2.4 50,20,1.6",
        "49,72,2.4 34,58,2 24,40,1.4",
        "50,62,2.4 66,52,2 76,34,1.4",
    )
    limbs(ink, 0.46, stem, left, right)
    leaf = leaves.palmate(3, spread=150, share=0.5)
    for x, y, angle, length in (
        (48.0, 82.0, 160.0, 26.0),
        (49, 84, 20, 26),
        (34, 58, 190, 22),
        (66, 54, 40, 24),
        (52, 46, -150, 20),
        (51, 40, -20, 22),
    ):
        leaf(ink, x, y, angle, length, 0.44)
    for x, y in ((50.0, 16.0), (22, 36), (78, 30)):
        for angle in (30, 90, 150):
            leaves.petal(ink, x, y + 3, angle, 11, 6, 0.56)
        for k in range(4):
            cx, cy = path.toward(x, y, 45 + 90 * k, 5)
            ink.fill(path.ellipse(cx, cy, 6.4, 6.2), 0.8)
            ink.cut(path.through(path.spiral(cx, cy, 3.4, turns=0.8, start=60 * k)), 0.5)
    leaves.ground(ink, 50, 96, 46, level=0.26)


def onion(ink: Ink) -> None:
    """Spring onions, three bulbs, hollow leaves, one in flower."""
    for x, tilt in ((34.0, -8), (50, 0), (66, 8)):
        for angle, length in ((-104 + tilt, 60), (-76 + tilt, 56), (-92 + tilt, 70)):
            outline, rib = path.blade(x, 76, angle, length, 5, bend=0.06 if angle > -90 else -0.06, widest=0.3)
            ink.fill(outline, 0.46)
            ink.cut(path.through(rib[2:-2]), 0.4)
        _bulb(ink, x, 80, 8)
    ink.cord("M50 70L52 14", 2, 0.6)
    for k in range(18):
        px, py = path.toward(52, 11, 137.5 * k, 1.6 * math.sqrt(k))
        ink.fill(path.ellipse(px, py, 1.7), 0.76, 0.5)


def chives(ink: Ink) -> None:
    """Chinese chives: a tuft of flat leaves, star flowers on stalks."""
    leaves.ground(ink, 50, 95, 54, level=0.26)
    _straps(ink, 50, 94, tuple((-90 + 9 * (k - 5), 66 - 2.4 * abs(k - 5), 4, 0.035 * (k - 5)) for k in range(11)))
    for x, y in ((32.0, 14.0), (52, 8), (70, 18)):
        ink.cord(path.line(f"50,92 {(50 + x) / 2 + 1},50 {x},{y}"), 1.3, 0.56)
        for k in range(7):
            px, py = path.toward(x, y, -180 + 30 * k, 6.4)
            ink.cord(path.through([(x, y), (px, py)]), 0.6, 0.5, 0.4)
            leaves.blossom(ink, px, py, 3, petals=6, heart=0.3)


def shallot(ink: Ink) -> None:
    """Chinese shallots in a bunch, many small bulbs, thin rush leaves."""
    for k in range(7):
        x = 26 + 8 * k
        for lean in (-10, 6):
            outline, rib = path.blade(
                x, 78, -90 + (k - 3) * 5 + lean, 58 + 5 * (k % 3), 2.6, bend=0.03 * (k - 3), widest=0.3
            )
            ink.fill(outline, 0.42)
            ink.cut(path.through(rib[2:-2]), 0.3)
    for k in range(7):
        _bulb(ink, 26 + 8 * k, 80 + 2 * (k % 2), 4.6, tall=1.3)
    ink.fill(path.brush("24,66,4 50,68,5 76,66,4"), 0.8)
    ink.cut(path.line("25,66 50,68 75,66"), 0.6)


def garlic(ink: Ink) -> None:
    """Garlic, one whole head and loose cloves, folded leaves."""
    _straps(
        ink,
        50,
        66,
        ((-128, 46, 6.4, -0.3), (-108, 58, 6.6, -0.16), (-52, 46, 6.4, 0.3), (-72, 58, 6.6, 0.16), (-90, 62, 6, 0)),
    )
    ink.fill(path.blob("50,50 54,60 64,66 71,75 68,86 58,91 50,92 42,91 32,86 29,75 36,66 46,60"), 0.72)
    for x in (36.0, 43, 50, 57, 64):
        ink.cut(path.line(f"{50 + (x - 50) * 0.2},56 {x + (x - 50) * 0.25},76 {50 + (x - 50) * 0.5},91"), 0.8)
    for k in range(6):
        limbs(ink, 0.4, f"{45 + 2 * k},91,1 {43 + 2.8 * k},97,0.3")
    for x, y, angle in ((16.0, 84.0, -60.0), (84, 84, -120), (88, 70, -100)):
        with ink.placed(x, y, turn=angle + 90):
            ink.fill(path.blob("0,-9! 4,-3 5,3 2,7 -3,7 -4,2 -3,-3"), 0.7)
            ink.cut(path.line("0.4,-7 1.6,0 1,6"), 0.5)


def _rhizome(ink: Ink, knobs: tuple[tuple[float, float, float, float, float], ...]) -> None:
    """A knobbed root: (x, y, rx, ry, turn) pieces with rings."""
    for x, y, rx, ry, turn in knobs:
        ink.fill(path.ellipse(x, y, rx, ry, turn), 0.7)
        with ink.placed(x, y, turn=turn):
            for k in (-0.55, -0.15, 0.25, 0.6):
                bow = ry * 0.85 * math.sqrt(1 - k * k)
                ink.cut(path.through([(rx * k, -bow), (rx * k + 1.2, 0), (rx * k, bow)]), 0.5)


def turmeric(ink: Ink) -> None:
    """Turmeric: broad paddle leaves, a cone of bracts, finger roots."""
    leaf = leaves.simple(0.36, bend=0.14, pairs=7, widest=0.5)
    for x, angle, length in ((50.0, -132, 46), (50, -48, 46), (48, -112, 60), (52, -68, 60)):
        leaf(ink, x, 74, angle, length, 0.44)
    for row in range(6):
        for k in range(3 if row < 5 else 1):
            x = 50 + (k - (1 if row < 5 else 0)) * (6 - 0.7 * row)
            leaves.petal(ink, x, 54 - 5.6 * row, -90 + (k - 1) * 26 * (row < 5), 10, 7, 0.6 + 0.03 * row)
    limbs(ink, 0.5, "50,78,5 50,66,4.6 50,52,4")
    _rhizome(
        ink,
        ((34, 86, 10, 4, -24), (66, 87, 10, 4, 26), (42, 91, 9, 3.6, 40), (58, 92, 9, 3.6, -36), (50, 82, 8.6, 7, 0)),
    )


def ginger(ink: Ink) -> None:
    """Ginger: reed stem with lance leaves in two ranks, thick hand of root."""
    for stem, count in (("46,78,4 40,46,3 34,8,1.6", 9), ("56,78,4 64,50,3 72,18,1.6", 7)):
        limbs(ink, 0.5, stem)
        leaves.along(
            ink, stem, leaves.simple(0.17, bend=0.16, pairs=0), count=count, length=31, start=0.22, angle=48, level=0.44
        )
    _rhizome(ink, ((28, 84, 11, 6.4, 18), (72, 83, 11, 6.4, -22), (22, 76, 6, 5, 60), (80, 75, 6, 5, -60), (40, 90, 10, 6, -14),
                   (60, 91, 10, 6, 14), (50, 83, 11, 7, 0)))  # fmt: skip


def mustard(ink: Ink) -> None:
    """Mustard greens: a rosette of crinkled leaves on thick white ribs."""
    for angle, length in ((-160, 44), (-20, 44), (-138, 54), (-42, 54), (-114, 62), (-66, 62), (-90, 66)):
        with ink.placed(50, 88, turn=angle + 90):
            half = length * 0.23
            edge = []
            for k in range(25):
                t = -1 + 2 * k / 24
                w = math.cos(t * math.pi / 2) ** 0.5
                edge.append(
                    (
                        half * 1.15 * math.sin(t * 2.1) * (1 + 0.09 * (k % 2)),
                        -length * (0.38 + 0.62 * w * (1 - 0.03 * (k % 2))),
                    )
                )
            ink.fill(path.through([(-2.4, 0), *edge, (2.4, 0)], closed=True), 0.44 + 0.002 * length)
            ink.fill(path.polygon([(-3.4, 0), (-0.7, -length * 0.88), (0.7, -length * 0.88), (3.4, 0)]), 0.66)
            for k in range(5):
                y = -length * (0.34 + 0.11 * k)
                for side in (-1, 1):
                    ink.cut(
                        path.through([(side * 1.6, y), (side * half * 0.5, y - 4), (side * half * 0.9, y - 4)]), 0.55
                    )
    for k in range(5):
        limbs(ink, 0.4, f"{44 + 3 * k},90,1.4 {41 + 4.4 * k},97,0.3")
    ink.fill(path.ellipse(50, 89, 7.4, 4.4), 0.74)


def _mint(
    ink: Ink, leaf: leaves.Leaf, spikes: tuple[tuple[float, float, float], ...], stems: tuple[str, ...], length: float
) -> None:
    for stem in stems:
        limbs(ink, 0.46, stem)
        leaves.along(ink, stem, leaf, count=4, length=length, start=0.22, angle=58, level=0.44, paired=True, tip=False)
    for x, y, size in spikes:
        for k in range(6):
            for side in (-1, 0, 1):
                ink.fill(
                    path.ellipse(x + side * (3.2 - 0.4 * k) * size, y - 3.4 * k * size, 2 * size, 1.9 * size),
                    0.66 + 0.04 * (side == 0),
                    0.5,
                )


def holy_basil(ink: Ink) -> None:
    """Holy basil, small toothed leaves in pairs, thin flower spikes in whorls."""
    leaves.ground(ink, 50, 96, 50, level=0.26)
    _mint(ink, leaves.heart(teeth=14, share=0.5), ((50, 22, 1.0), (22, 36, 0.9), (78, 36, 0.9)),
          ("50,95,3 50,60,2.4 50,22,1.6", "50,82,2.4 34,64,2 22,38,1.4", "50,82,2.4 66,64,2 78,38,1.4"), 21)  # fmt: skip


def perilla(ink: Ink) -> None:
    """Perilla, large frilled leaves in crossing pairs."""
    leaves.ground(ink, 50, 96, 46, level=0.26)
    stem = "50,95,3.4 49,66,3 51,40,2.4 50,22,1.8"
    limbs(ink, 0.46, stem)
    leaves.along(
        ink,
        stem,
        leaves.heart(teeth=22, share=0.86),
        count=4,
        length=36,
        start=0.2,
        angle=66,
        level=0.46,
        paired=True,
        tip=False,
        taper=0.45,
    )
    leaves.heart(teeth=20, share=0.8)(ink, 50, 26, -90, 22, 0.6)


DRAWINGS = {
    draw.__name__: Drawing(draw)
    for draw in (
        rice, sticky_rice, mung_bean, soybean, hyacinth_bean, white_bean, peanut, cotton, onion, chives, shallot, garlic,
        turmeric, ginger, mustard, holy_basil, perilla,
    )
}  # fmt: skip
