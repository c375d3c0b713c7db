"""Figures in the manner of Cham stone carving: a dancer, a seated figure with attendants, a lintel."""

from museum.demonstration.motifs import path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.flowers import lotus_flower
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import folds, limbs


def face(ink: Ink, x: float, y: float, size: float, *, tilt: float = 0.0, level: float = 0.84) -> None:
    """A face from the front under a tiered crown, with long ears and ear-rings."""
    with ink.placed(x, y, turn=tilt, scale=size / 10):
        for side in (-1, 1):
            limbs(ink, level - 0.1, f"{side * 5},-2,2 {side * 6},2,2.2 {side * 5.6},6,1.8")
            ink.fill(path.ellipse(side * 5.8, 7.6, 1.7), level)
        ink.fill(path.blob("0,-6 4.4,-4.6 5.4,0 4.2,5 0,8 -4.2,5 -5.4,0 -4.4,-4.6"), level)
        for side in (-1, 1):
            ink.cut(path.line(f"{side * 4},-1.6 {side * 2.4},-2.6 {side * 0.7},-1.4"), 0.6)
            ink.fill(path.ellipse(side * 2.3, 0, 1.4, 0.75), level + 0.08, 0.5)
        ink.fill(path.blob("0,-2 1.1,2.2 0,3 -1.1,2.2"), level + 0.1, 0.5)
        ink.fill(path.blob("-2.3,4.5 0,3.9 2.3,4.5 0,5.8"), level + 0.1, 0.5)
        for k in range(4):
            w, top = 5.6 - 1.2 * k, -5.2 - 3.6 * k
            ink.fill(
                path.blob(
                    f"{-w},{top + 1}! {-w * 0.92},{top - 2} 0,{top - 3.6} {w * 0.92},{top - 2} {w},{top + 1}! 0,{top + 1.8}"
                ),
                level + 0.02 * k,
            )
            ink.cut([path.line(f"{u * w},{top + 0.6} {u * w * 0.8},{top - 2}") for u in (-0.5, 0, 0.5)], 0.5)
        ink.fill(path.blob("-1.2,-18.6 0,-22! 1.2,-18.6"), level + 0.1)


def jewels(ink: Ink, *beads: tuple[float, float], size: float = 1.0, level: float = 0.9) -> None:
    """A row of pearls."""
    for x, y in beads:
        ink.fill(path.ellipse(x, y, size), level, 0.4)


def apsara(ink: Ink) -> None:
    """A dancer, hips thrown out, knees bent wide, one arm over her head."""
    limbs(ink, 0.4, "40,58,3 24,64,4.4 14,78,4 10,92,0.6", "62,58,3 78,62,4.4 88,76,4 92,88,0.6")
    folds(ink, "38,59 24,66 15,80", "64,59 77,64 86,77", width=0.6)
    limbs(ink, 0.5, "45,62,13 33,67,11 24,74,8.6", "57,62,13 69,66,11 78,72,8.6")
    limbs(ink, 0.56, "24,74,8.6 30,83,6.4 38,91,4.6", "78,72,8.6 73,83,6.4 66,92,4.6")
    ink.fill(path.blob("39,90 36,95 28,96.6 27,94 33,91"), 0.62)
    ink.fill(path.blob("65,91 68,96 76,97 77,94.6 71,92"), 0.62)
    for x0, y0, x1, y1 in (
        (26, 70, 28, 79),
        (30, 67, 33, 76),
        (36, 64, 38, 72),
        (76, 68, 74, 77),
        (71, 65, 69, 74),
        (65, 63, 63, 71),
    ):
        folds(ink, f"{x0},{y0} {(x0 + x1) / 2 - 0.6},{(y0 + y1) / 2} {x1},{y1}", width=0.6)
    jewels(ink, (36.6, 88.6), (39, 90), (41, 91.6), (68.4, 89.8), (66, 90.8), (63.6, 92), size=1.1)
    ink.fill(
        path.blob("43,32 50,30 57,32 59,38 56,45 54.6,50 58,56 61,62 52,66 42,64 40,59 44,53 46,48 43,42 41,37"), 0.66
    )
    limbs(ink, 0.6, "43,35,6 33,40,5.4 25,47,4.8", "25,47,4.8 29,39,4 27,31,3.4")
    ink.fill(path.blob("25,32 22,28 24,23 28,22 31,26 29,32"), 0.7)
    limbs(ink, 0.6, "58,35,6 68,30,5.4 77,25,4.8", "77,25,4.8 72,17,4 64,11,3.4")
    ink.fill(path.blob("65,13 60,12 57,8 60,6 66,8 68,11"), 0.7)
    for x, y in ((45.6, 39.6), (54.6, 39)):
        ink.fill(path.ellipse(x, y, 4.2, 4), 0.76, 0.5)
    ink.cut(path.ellipse(51, 53.6, 0.7), 0.6)
    jewels(ink, *((41 + 2.1 * k, 60.2 + 0.06 * (k - 4) ** 2) for k in range(10)), size=1.1)
    ink.fill(path.brush("46,63,5 50,74,6 51,84,5 49,90,1"), 0.76)
    folds(ink, "47.6,64 50,74 50.4,86", "49.6,64 52,74 52,86", width=0.5)
    ink.fill(path.brush("45,30,4 50,29,5 55,30,4"), 0.74)
    jewels(ink, *((43.4 + 1.9 * k, 32.6 + 2.6 - 0.16 * (k - 3.5) ** 2) for k in range(8)), size=0.9)
    jewels(
        ink,
        (38, 37.6),
        (38.6, 39.6),
        (63, 33.4),
        (62.4, 31.2),
        (27.4, 43.4),
        (25.4, 42.6),
        (74.6, 22),
        (76.8, 21),
        size=0.9,
    )
    face(ink, 49, 22, 10.5, tilt=-6)


def _attendant(ink: Ink) -> None:
    """A kneeling figure with joined hands, looking right."""
    limbs(ink, 0.5, "-2,30,11 8,34,9 14,38,7", "14,38,7 4,42,6.4 -8,43,4.6")
    folds(ink, "-2,33 6,37 11,40", "-6,41 2,40 9,40", width=0.6)
    ink.fill(path.blob("-6,8 0,6 6,8 6,16 4,22 5,30 -1,34 -7,31 -5,22 -7,15"), 0.6)
    limbs(ink, 0.68, "-5,11,4.4 -1,20,4 6,19,3.4 9,12,3", "5,11,4.4 9,19,3.8 11,16,3.2 10,9,2.6")
    ink.fill(path.blob("8,11 8.4,4 10,1 11.6,4 12,11"), 0.78)
    jewels(ink, (-3, 8.6), (-1, 9.6), (1, 9.8), (3, 9), (-5, 30), (-2.6, 31), (0, 31.2), (2.6, 30.6), size=0.9)
    face(ink, 1, -1, 7.4, tilt=6)


def seated_group(ink: Ink) -> None:
    """A figure seated on a lotus between two kneeling attendants, beneath an arch of flames."""
    for mirror in (False, True):
        with ink.placed(80, 0, mirror=mirror):
            arch = "-74,86,4 -72,50,5 -58,24,5.4 -32,12,5.4 0,7,5.4"
            spine = path.sampled(arch)
            sides = path.normals(spine)
            for k in range(2, len(spine), 3):
                node, (nx, ny) = spine[k], sides[k]
                outline, rib = path.blade(node.x + nx * 2, node.y + ny * 2, -120 + 1.5 * k, 8.4, 4.6, bend=-0.3)
                ink.fill(outline, 0.4, 0.5)
                ink.cut(path.through(rib[2:-3]), 0.4)
            ink.fill(path.widened(spine), 0.5)
            ink.cut(path.through([(n.x, n.y) for n in spine]), 0.7)
            with ink.placed(-46, 40):
                _attendant(ink)
    for k in range(9):
        x = 48 + 8 * k
        ink.fill(path.blob(f"{x - 5},90! {x - 5},82 {x},76! {x + 5},82 {x + 5},90!"), 0.5)
        ink.cut(
            [
                path.line(f"{x},79 {x},89"),
                path.line(f"{x - 2.4},82 {x - 2.4},89"),
                path.line(f"{x + 2.4},82 {x + 2.4},89"),
            ],
            0.45,
        )
    limbs(ink, 0.6, "78,66,13 62,70,11 50,74,8", "82,66,13 98,70,11 110,74,8")
    limbs(ink, 0.68, "50,74,8 66,78,8 84,76,6", "110,74,8 94,79,7 76,78,5")
    folds(ink, "70,68 60,72 54,75", "90,68 100,72 106,75", "60,77 72,79 82,77", width=0.6)
    ink.fill(path.blob("68,36 74,33 86,33 92,36 93,44 88,50 87,58 90,66 80,70 70,66 73,58 72,50 67,44"), 0.66)
    limbs(
        ink,
        0.7,
        "69,39,6 61,50,5.6 62,60,4.8",
        "62,60,4.8 68,64,4.2 76,63,3.8",
        "91,39,6 99,48,5.6 101,52,4.8",
        "101,52,4.8 98,44,4.2 97,36,3.6",
    )
    ink.fill(path.blob("95,37 94,31 97,27 100,31 99.4,37"), 0.8)
    limbs(ink, 0.6, "97,28,1.2 97,20,1 96,16,0.8")
    with ink.placed(96, 17, scale=0.24):
        lotus_flower(ink, 0, 0, 1.0)
    jewels(ink, *((71 + 2 * k, 37 + 4 - 0.17 * (k - 4.5) ** 2) for k in range(10)), size=1.0)
    jewels(ink, *((70.6 + 2.1 * k, 65 + 0.05 * (k - 4.5) ** 2) for k in range(10)), size=1.1)
    jewels(ink, (66, 42), (65, 44), (94, 42), (95.4, 44), (64.4, 57), (60, 57.6), size=0.9)
    face(ink, 80, 26, 11.5)
    ink.cord("M2 93L158 93", 3.4, 0.5)
    ink.cut("M2 93L158 93", 0.6)


DRAWINGS = {"apsara": Drawing(apsara), "seated_group": Drawing(seated_group, 160, 96)}
