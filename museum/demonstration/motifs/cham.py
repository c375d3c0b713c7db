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
            ink.cut(path.line(f"{side * 4.4},-1.4 {side * 3.2},-2.7 {side * 1.8},-2.9 {side * 0.6},-2"), 0.5)
            ink.fill(
                path.blob(f"{side * 0.9},0.3 {side * 2},-0.7 {side * 3.4},-0.3 {side * 3.8},0.2 {side * 2.4},0.8"),
                level + 0.08,
                0.45,
            )
            ink.cut(path.line(f"{side * 1},0.2 {side * 2.2},0.5 {side * 3.6},0.1"), 0.3)
        ink.fill(path.blob("0,-2 1.1,2.2 0,3 -1.1,2.2"), level + 0.1, 0.5)
        ink.fill(path.blob("-2.6,4 -1.2,4.2 0,4.6 1.2,4.2 2.6,4 1.4,5.6 0,6.1 -1.4,5.6"), level + 0.1, 0.4)
        ink.cut(path.line("-2.6,4.1 -1.2,4.9 0,5.1 1.2,4.9 2.6,4.1"), 0.35)
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


def hand(ink: Ink, x: float, y: float, turn: float, size: float, *, mirror: bool = False, level: float = 0.74) -> None:
    """A hand in a dancer's gesture: palm, four long fingers bent back, thumb; it points up before turning."""
    with ink.placed(x, y, turn=turn, scale=size / 10, mirror=mirror):
        for k, (dx, reach) in enumerate(((-2.4, 8.4), (-0.8, 9.6), (0.9, 9.4), (2.4, 8.0))):
            limbs(
                ink,
                level,
                f"{dx * 0.8},-3,1.9 {dx * 1.1},{-reach * 0.7},1.7 {dx * 1.3 - 1.6},{-reach - 1 + 0.3 * k},0.7",
            )
        limbs(ink, level + 0.02, "2.4,-0.6,2 4.6,-3,1.7 5.4,-5.4,0.7")
        ink.fill(path.blob("-2.6,1.4 -3.4,-2 -2.6,-4.6 2.4,-4.6 3.4,-1.6 2.4,1.4"), level + 0.03)


def apsara(ink: Ink) -> None:
    """A dancer, hips thrown out, knees bent wide, one arm over her head, ribbons flying."""
    for text in ("39,56,3 25,58,5 13,68,5.6 6,84,4 8,93,0.6", "62,56,3 77,57,5 88,66,5.6 95,82,4 92,91,0.6"):
        limbs(ink, 0.36, text)
        ink.cut(path.through([(node.x, node.y) for node in path.sampled(text)[2:-2]]), 0.6)
    limbs(
        ink,
        0.54,
        "48,60,14 38,62,14.6 29,67,12 27,75,9.6 31,84,7 36,90,5 37,93,5",
        "53,60,14 63,62,14.6 72,67,12 74,75,9.6 70,84,7 65,90,5 64,93,5",
    )
    folds(ink, "24,70 28,73 33,73", "77,70 73,73 68,73", width=0.6)
    ink.fill(path.blob("39,90 38,95 30,97.4 24,97 26,94.4 33,91"), 0.62)
    ink.fill(path.blob("62,90 63,95 71,97.4 77,97 75,94.4 68,91"), 0.62)
    ink.cut(
        [f"M{x} 97.2L{x + 0.6} 95" for x in (25.8, 27.4, 29)] + [f"M{x} 97.2L{x - 0.6} 95" for x in (72.2, 73.8, 75.4)],
        0.4,
    )
    for x, y, drop in ((29, 64, 10), (33.4, 60, 10), (38, 58.6, 10), (72, 64, 10), (67.6, 60, 10), (63, 58.6, 10)):
        lean = -2.2 if x < 50 else 2.2
        folds(ink, f"{x},{y} {x + lean},{y + drop * 0.5} {x + lean * 0.4},{y + drop}", width=0.7)
    jewels(ink, (32.6, 88.4), (34.8, 89.4), (37.2, 89.8), (68.4, 88.4), (66.2, 89.4), (63.8, 89.8), size=1.1)
    ink.fill(
        path.blob(
            "41,31 50,29.6 59,31 61,37 58.6,43 56.4,49 58.4,54 62,59.6 52,65 42,63 39,58.6 43,53 44.4,48.6 41.6,43 39.4,37"
        ),
        0.66,
    )
    limbs(ink, 0.62, "42.4,34,8 35,38,7.6 27,45,6 23.6,44,5.4 24,37,4.8 25,30,4")
    hand(ink, 25, 31, -14, 9.4)
    limbs(ink, 0.62, "57.6,34,8 66,32,7.6 76,27.4,6 78,23,5.4 74.4,16,4.8 69,10,4")
    hand(ink, 68.6, 9.6, -64, 9.4)
    for x, y in ((45.2, 39.6), (54.8, 39.2)):
        ink.fill(path.ellipse(x, y, 4.7, 4.5), 0.76, 0.5)
    ink.cut([path.ellipse(51, 54, 0.7), path.line("45,49.4 50,50.6 56,49.2"), path.line("44,56 50,57.6 57,56")], 0.5)
    jewels(ink, *((40 + 2.25 * k, 61 + 0.07 * (k - 4.5) ** 2) for k in range(10)), size=1.2)
    ink.fill(path.brush("51,63,7 52,73,8 51.4,83,6.4 53,90,1"), 0.76)
    folds(ink, "49.2,64 50,74 50,85", "51.4,64 52.2,74 52,87", "53.4,64 54.4,74 53.6,85", width=0.5)
    ink.fill(path.brush("45,29.6,4.4 50,28.4,6 55,29.6,4.4"), 0.74)
    jewels(ink, *((42.6 + 2.1 * k, 35.6 - 0.2 * (k - 3.5) ** 2) for k in range(8)), size=1.0)
    jewels(
        ink,
        (35.6, 36),
        (37, 38.6),
        (65.4, 30.4),
        (66.2, 33),
        (23.4, 34.6),
        (25.2, 35),
        (27, 34.6),
        (73.6, 15.4),
        (71.8, 16.2),
        size=0.95,
    )
    face(ink, 49.4, 20.6, 12, tilt=-5)


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
