"""Creatures of the water: turtles, fishes, shells, the horseshoe crab, the whale."""

import math

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.birds import plumage
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import eye, folds, limbs


def wavelets(ink: Ink, y: float, *, rows: int = 2, left: float = 4, right: float = 96, level: float = 0.32) -> None:
    """Low ripples below a creature."""
    for row in range(rows):
        x = left + 7 * (row % 2)
        while x + 14 < right:
            yy = y + 5 * row
            text = f"{x},{yy},0.3 {x + 4},{yy - 2},1.7 {x + 9},{yy + 1},1.7 {x + 14},{yy - 1.4},0.3"
            ink.fill(path.brush(text), level)
            x += 15


def _flipper(ink: Ink, text: str, level: float, *, scales: bool = True) -> None:
    outline = path.brush(text)
    ink.fill(outline, level)
    if scales:
        spine = path.sampled(text)
        for node in spine[3:-3:3]:
            ink.cut(path.ellipse(node.x, node.y, node.width * 0.22), 0.4)


def _head(ink: Ink, x: float, y: float, size: float, angle: float, level: float, *, snout: bool = False) -> None:
    with ink.placed(x, y, turn=angle, scale=size / 10):
        if snout:
            ink.fill(path.brush("4,0,7 11,0,4 15.6,0,3"), level)
        ink.fill(path.blob("-8,-5 0,-6.4 8,-5 12,0 8,5 0,6.4 -8,5"), level + 0.03)
        for side in (-1, 1):
            eye(ink, 5.4, 3.2 * side, 1.5)
        ink.cut(path.line("13,0 10,-0.6 4,0 -4,0"), 0.5)


def _scutes(ink: Ink, cx: float, cy: float, rx: float, ry: float, turn: float, *, overlap: bool, level: float) -> None:
    """Five plates along the back, four at each side, a rim of small ones."""
    with ink.placed(cx, cy, turn=turn):
        ink.fill(path.ellipse(0, 0, rx, ry), level)
        for k in range(24):
            a = 2 * math.pi * k / 24
            inner, outer = (rx * 0.83 * math.cos(a), ry * 0.83 * math.sin(a)), (rx * math.cos(a), ry * math.sin(a))
            ink.cut(path.through([inner, outer]), 0.6)
        ink.fill(path.ellipse(0, 0, rx * 0.84, ry * 0.84), level + 0.08)
        order = range(4, -1, -1) if overlap else range(5)
        for side in (-1, 1):
            for k in range(3, -1, -1):
                x = rx * (-0.5 + 0.335 * k)
                w, h = rx * 0.19, ry * 0.3 * (1 - 0.25 * abs(k - 1.5) / 1.5)
                y = side * ry * 0.49
                plate = [
                    (x - w, y - h * 0.8),
                    (x + w, y - h * 0.8),
                    (x + w * 1.1, y + h * 0.6),
                    (x, y + h),
                    (x - w * 1.1, y + h * 0.6),
                ]
                ink.fill(path.polygon([(px, y + side * (py - y)) for px, py in plate]), level + 0.14, 0.8)
                ink.cut(path.ellipse(x, y, w * 0.45, h * 0.42), 0.45)
        for k in order:
            x = rx * (-0.62 + 0.31 * k)
            w, h = rx * 0.19, ry * 0.25
            plate = [
                (x - w, 0),
                (x - w * 0.55, -h),
                (x + w * 0.55, -h),
                (x + w, 0),
                (x + w * 0.55, h),
                (x - w * 0.55, h),
            ]
            ink.fill(path.polygon(plate), level + 0.2, 0.8)
            ink.cut(path.polygon([(x + 0.5 * (px - x), 0.5 * py) for px, py in plate]), 0.45)


def _fish(
    ink: Ink, body: str, key: str, box: tuple[float, float, float, float], *, scale: float, level: float = 0.6
) -> None:
    outline = path.blob(body)
    ink.fill(outline, level)
    plumage(ink, outline, key, box, size=scale, turn=0)


def _fin(ink: Ink, text: str, rays: int, root: tuple[float, float, float, float], level: float) -> None:
    """A fin with rays from its root (x0, y0 – x1, y1) to its edge."""
    ink.fill(path.blob(text), level)
    edge = path.nodes(text)
    middle = edge[len(edge) // 4 : -len(edge) // 4] or edge
    for k in range(rays):
        t = k / max(rays - 1, 1)
        end = middle[min(round(t * (len(middle) - 1)), len(middle) - 1)]
        x, y = root[0] + (root[2] - root[0]) * t, root[1] + (root[3] - root[1]) * t
        ink.cut(path.through([(x, y), (end.x * 0.93 + x * 0.07, end.y * 0.93 + y * 0.07)]), 0.45)


def _tail(ink: Ink, x: float, y: float, size: float, level: float, *, fork: float = 0.5) -> None:
    with ink.placed(x, y, scale=size / 10):
        notch = 12 - 7 * fork
        ink.fill(path.blob(f"-3,-2.4 5,-7 13,-12! 12,-5 {notch:.1f},0 12,5 13,12! 5,7 -3,2.4"), level)
        for slope in (-0.75, -0.45, -0.18, 0.18, 0.45, 0.75):
            ink.cut(path.through([(0, 2 * slope), (6, 6 * slope), (10.6, 12 * slope)]), 0.5)


def whale(ink: Ink) -> None:
    """The whale that seafarers honour, spouting among waves."""
    limbs(
        ink,
        0.5,
        "20,33,3 16,22,3.4 8,17,2.6 4,20,0.5",
        "21,33,3 23,20,3.6 30,13,2.8 35,16,0.5",
        "20.6,33,2.6 19,18,2.6 18,8,0.6",
    )
    ink.fill(path.brush("78,40,10 88,30,8 93,24,7"), 0.5)
    ink.fill(path.blob("92,26 86,20 82,12! 90,14 95,20 100,15 99,8! 99,22 97,28"), 0.56)
    ink.fill(path.blob("4,52 8,40 18,32 32,30 48,32 64,36 78,36 86,32 88,38 82,48 70,58 52,64 32,66 16,63 7,58"), 0.64)
    ink.fill(path.blob("5,54 14,55 26,55 38,59 52,62 44,66 30,67 16,64 8,60"), 0.72)
    for k in range(6):
        folds(ink, f"{9 + 2.4 * k},{56.6 + 1.6 * k} {22 + 3 * k},{57 + 1.7 * k} {36 + 3 * k},{61 + 0.9 * k}", width=0.5)
    folds(ink, "5,52.6 14,53 24,52 30,48", width=0.9)
    eye(ink, 29, 45, 1.7)
    ink.cut(path.ellipse(29, 45, 3.6, 2.8), 0.5)
    _fin(ink, "38,57 46,60 50,70 48,80! 42,74 36,66 35,60", 4, (38, 59, 45, 61), 0.8)
    _fin(ink, "60,36 66,27 73,25! 71,32 70,37", 3, (62, 36, 69, 37), 0.55)
    wavelets(ink, 82, rows=3)
    limbs(ink, 0.4, "2,76,0.4 8,71,4 15,75,4 22,71,0.5", "60,74,0.4 70,70,4 78,75,4 88,70,0.5")


def softshell_turtle(ink: Ink) -> None:
    """A softshell turtle: smooth leathery disc with a ringed edge, long snout."""
    for text in (
        "32,44,9 22,32,10 18,24,5",
        "32,66,9 24,80,10 22,88,5",
        "72,42,9 82,34,10 88,26,5",
        "72,66,9 82,78,10 86,86,5",
    ):
        _flipper(ink, text, 0.44, scales=False)
        spine = path.sampled(text)
        ink.cut([path.through([(n.x + d, n.y - d * 0.6) for n in spine[8:-1]]) for d in (-2, 0, 2)], 0.5)
    limbs(ink, 0.46, "84,55,5 92,56,3 97,54,0.4")
    limbs(ink, 0.6, "30,54,9 20,53,7 14,52,6")
    _head(ink, 11, 52, 8.4, 180, 0.7, snout=True)
    ink.fill(path.ellipse(56, 55, 32, 27), 0.5)
    for k in range(36):
        a = math.radians(10 * k)
        ink.cut(
            path.through(
                [(56 + 28.6 * math.cos(a), 55 + 24 * math.sin(a)), (56 + 31 * math.cos(a), 55 + 26 * math.sin(a))]
            ),
            0.5,
        )
    ink.fill(path.ellipse(55, 55, 26.6, 22), 0.6)
    ink.fill(path.ellipse(54, 55, 19.6, 15), 0.7, 0.5)
    for k in range(5):
        folds(ink, f"{42 + 5.6 * k},{44 + abs(k - 2)} {44 + 5.6 * k},55 {42 + 5.6 * k},{66 - abs(k - 2)}", width=0.6)
    for k in range(30):
        x, y = path.toward(55, 55, 47 * k, 17.4 + 0.22 * k)
        ink.fill(path.ellipse(x, 55 + (y - 55) * 0.82, 0.9), 0.72, 0.4)


def hawksbill(ink: Ink) -> None:
    """A hawksbill turtle swimming, shingled shell, long front flippers."""
    _flipper(ink, "36,38,10 28,22,12 34,10,9 46,3,1.6", 0.48)
    _flipper(ink, "34,66,10 26,80,12 32,92,8 42,97,1.6", 0.48)
    _flipper(ink, "80,42,7 90,34,8 97,30,2", 0.46)
    _flipper(ink, "80,64,7 90,72,8 97,76,2", 0.46)
    limbs(ink, 0.6, "32,53,11 22,53,9 16,53,8")
    _head(ink, 13, 53, 9, 180, 0.72)
    _scutes(ink, 58, 53, 33, 25, 0, overlap=True, level=0.5)


def sacred_turtle(ink: Ink) -> None:
    """The sacred turtle in profile, walking, book-bearing head raised, breath of cloud."""
    for text in ("30,66,11 26,76,9 20,82,7", "68,66,12 72,76,9 70,83,7"):
        _flipper(ink, text, 0.4)
    limbs(ink, 0.42, "84,62,6 92,66,4 96,74,3 93,78,0.4")
    ink.fill(path.blob("16,62 22,46 36,34 52,31 68,35 82,46 90,60 84,66 66,69 40,70 22,67"), 0.54)
    ink.fill(path.blob("22,56 30,43 42,36 54,34 66,38 78,47 84,57 70,61 48,62 30,60"), 0.62)
    for x, y, r in (
        (34.0, 50.0, 7.0),
        (46, 45, 8),
        (59, 45, 8),
        (71, 51, 7),
        (40, 57, 5),
        (53, 56, 6.4),
        (65, 57, 5.4),
    ):
        ink.fill(path.polygon([path.toward(x, y, 60 * k + 30, r) for k in range(6)]), 0.72, 0.8)
        ink.cut(path.polygon([path.toward(x, y, 60 * k + 30, r * 0.55) for k in range(6)]), 0.5)
    for k in range(11):
        x = 20 + 6.2 * k
        folds(ink, f"{x + 3},{61 + 1.6 * math.sin(k / 3.3)} {x + 2},{67 + 1.6 * math.sin(k / 3.3)}", width=0.6)
    _flipper(ink, "24,66,13 20,76,10 14,83,8", 0.62)
    _flipper(ink, "62,68,13 64,77,10 60,84,8", 0.62)
    for x in (10.6, 14, 17.4, 56.6, 60, 63.4):
        ink.fill(path.ellipse(x, 85.4, 1.7, 1.4), 0.7, 0.5)
    limbs(ink, 0.72, "24,58,11 16,48,8.6 15,38,8")
    ink.fill(path.blob("7,36 5,31 9,27 16,25 22,28 23,35 18,40 11,40"), 0.84)
    folds(ink, "5.6,34.4 10,35.4 14,33.6", "13,42 17,44 20,42", "12,47 17,50 22,48", width=0.55)
    eye(ink, 14.6, 30.4, 1.4)
    limbs(ink, 0.8, "18,27,3 23,22,2.4 26,23,0.4")
    for k, (x, y, r) in enumerate(((10, 17, 4.6), (18, 12, 5.4), (27, 14, 4.4))):
        ink.fill(path.ellipse(x, y, r), 0.4)
        ink.cut(path.through(path.spiral(x, y, r * 0.7, turns=1.4, start=90 * k)), 0.7)
    leaves.ground(ink, 44, 90, 78)


def green_turtle(ink: Ink) -> None:
    """A great sea turtle climbing the beach, seen aslant, smooth plated shell."""
    with ink.placed(50, 50, turn=-34):
        _flipper(ink, "-18,-18,11 -28,-32,12 -20,-44,8 -8,-47,1.6", 0.48)
        _flipper(ink, "-18,18,11 -27,30,12 -34,38,8 -42,40,1.6", 0.48)
        _flipper(ink, "26,-14,8 36,-22,9 42,-30,2", 0.46)
        _flipper(ink, "26,14,8 34,22,9 41,25,2", 0.46)
        limbs(ink, 0.6, "-22,0,13 -34,0,11 -38,0,9")
        _head(ink, -40, 0, 10, 180, 0.72)
        _scutes(ink, 2, 0, 31, 26, 0, overlap=False, level=0.5)


def snakehead(ink: Ink) -> None:
    """A snakehead fish, long body, fins running the length of back and belly."""
    _fin(ink, "24,40 34,31 50,29 66,31 80,38 82,44 60,44 36,44", 9, (30, 42, 78, 43), 0.46)
    _fin(ink, "46,62 60,70 72,68 82,58 78,54 60,56", 7, (50, 60, 78, 56), 0.46)
    _tail(ink, 88, 49, 10, 0.5, fork=0.05)
    _fish(
        ink,
        "4,50 10,43 22,39 40,39 60,41 78,45 88,48 88,52 78,56 60,61 40,63 22,62 10,58",
        "snakehead",
        (26, 38, 90, 64),
        scale=3.8,
    )
    ink.fill(path.blob("4,50 10,43 22,39 30,41 33,50 30,60 22,62 10,58"), 0.74)
    folds(ink, "3.6,51 10,53 15,51", "28,42 31,50 28,60", "22,43 24,50 22,59", "8,45 14,44", width=0.6)
    eye(ink, 13, 46.4, 1.5)
    _fin(ink, "30,55 40,54 46,60 42,66! 34,62", 4, (31, 55, 33, 60), 0.82)
    for k in range(5):
        limbs(ink, 0.66, f"{40 + 9 * k},43,0.3 {42 + 9 * k},49,2.4 {39 + 9 * k},56,0.3")
    wavelets(ink, 80)


def climbing_perch(ink: Ink) -> None:
    """A climbing perch, deep body, spiny fins raised."""
    for k in range(12):
        x = 32 + 3.6 * k
        limbs(ink, 0.46, f"{x},38,2 {x + 2},{27 + abs(k - 4) * 0.8},1.4 {x + 3.6},{20 + abs(k - 4)},0.3")
    _fin(ink, "28,40 36,28 54,26 72,30 80,40 60,42", 11, (33, 39, 75, 40), 0.4)
    _fin(ink, "50,68 58,76 70,74 78,62 66,60", 8, (52, 67, 74, 62), 0.44)
    _tail(ink, 86, 51, 11, 0.5, fork=0.0)
    _fish(
        ink,
        "6,50 14,40 28,34 48,33 66,37 80,45 88,48 88,54 80,58 64,66 44,70 26,67 13,60",
        "perch",
        (30, 33, 90, 70),
        scale=4.4,
    )
    ink.fill(path.blob("6,50 14,40 27,35 34,43 35,52 31,63 24,66 13,60"), 0.74)
    folds(ink, "6,52 11,54 16,52", "30,38 33,51 28,64", "25,40 27,50 23,62", width=0.65)
    for y in (44, 49, 54, 59):
        limbs(ink, 0.8, f"29,{y},2 32,{y + 1},1.2 35,{y + 0.4},0.3")
    eye(ink, 17.4, 47, 2)
    _fin(ink, "34,54 44,52 49,58 44,64! 36,61", 5, (35, 55, 37, 60), 0.82)
    _fin(ink, "32,66 36,76 44,78! 44,70", 3, (34, 67, 42, 69), 0.6)
    wavelets(ink, 86)


def croaker(ink: Ink) -> None:
    """A croaker, slender tail, notched fin on the back, lateral line."""
    _fin(ink, "28,42 34,28 42,30 46,40", 5, (31, 41, 44, 40), 0.46)
    _fin(ink, "46,41 56,34 70,38 80,45 64,44", 8, (49, 41, 77, 45), 0.44)
    _fin(ink, "56,60 62,69! 68,66 70,57", 4, (58, 60, 68, 58), 0.46)
    ink.fill(path.blob("86,46 93,43 99,50! 93,55 86,52"), 0.5)
    ink.cut([path.line("88,48 94,47"), path.line("88,49.6 97,50"), path.line("88,51 94,52.6")], 0.45)
    _fish(
        ink,
        "3,53 8,44 18,38 34,37 52,41 70,45 86,47 88,51 72,55 52,61 34,65 18,64 8,60",
        "croaker",
        (24, 36, 90, 66),
        scale=3.2,
    )
    folds(ink, "26,45 44,45.6 64,48 86,49", width=0.9)
    ink.fill(path.blob("3,53 8,44 18,38 26,40 30,50 27,61 18,64 8,60"), 0.74)
    folds(ink, "3,55 9,57.4 14,55", "24,42 27,50 24,61", "19,43 21,50 18,60", width=0.6)
    eye(ink, 12.6, 48, 1.8)
    _fin(ink, "27,55 38,54 43,60 38,66! 30,61", 4, (28, 55, 31, 60), 0.82)
    wavelets(ink, 82)
    for x, y, r in ((10.0, 24.0, 2.0), (16, 17, 2.8), (24, 23, 1.6)):
        ink.fill(path.ellipse(x, y, r), 0.4)


def mussel(ink: Ink) -> None:
    """A pearl mussel agape, its pearl showing, on waves."""
    ink.fill(path.blob("10,52 16,34 34,20 56,17 76,24 90,40 92,50 74,48 50,46 28,50"), 0.5)
    for k in range(1, 6):
        t = k / 6
        folds(
            ink,
            f"{10 + 8 * t},{51 - 4 * t} {34 + 4 * t},{21 + 20 * t} {60 + 2 * t},{18 + 22 * t} {91 - 8 * t},{48 - t}",
            width=0.6,
        )
    ink.fill(path.blob("10,53 28,51 50,48 74,50 91,52 84,57 60,60 36,61 18,59"), 0.4)
    ink.fill(path.ellipse(50, 54, 6.4), 0.9, 1.0)
    ink.cut(path.line("47,51.6 49,50 51.6,50"), 0.6)
    for k in range(3):
        limbs(ink, 0.44, f"{46 - 4 * k},{47 - 2 * k},0.4 {45 - 6 * k},{40 - 3 * k},1.8 {48 - 8 * k},{34 - 3 * k},0.4")
    ink.fill(path.blob("9,55 24,60 46,62 70,60 92,54 90,64 76,76 54,82 32,79 16,69"), 0.64)
    for k in range(1, 7):
        t = k / 7
        folds(
            ink,
            f"{10 + 8 * t},{56 + 3 * t} {32 + 4 * t},{79 - 15 * t} {56 + t},{81 - 17 * t} {91 - 9 * t},{55 + 4 * t}",
            width=0.6,
        )
    wavelets(ink, 90)


def clam(ink: Ink) -> None:
    """Three ribbed clams, one lying over the others, on sand."""
    for x, y, size, angle, level in ((30.0, 36.0, 24.0, -12.0, 0.5), (70, 40, 22, 16, 0.54), (50, 62, 28, 0, 0.66)):
        with ink.placed(x, y, turn=angle, scale=size / 20):
            ink.fill(path.blob("0,-16! 7,-12 15,-5 19,4 15,12 0,16 -15,12 -19,4 -15,-5 -7,-12"), level)
            for k in range(1, 7):
                t = k / 7
                ink.cut(
                    path.through(
                        [
                            (-19 * t, 4 * t - 16 * (1 - t) + 2),
                            (-13 * t, 12 * t - 14 * (1 - t)),
                            (0, 16 * t - 16 * (1 - t)),
                            (13 * t, 12 * t - 14 * (1 - t)),
                            (19 * t, 4 * t - 16 * (1 - t) + 2),
                        ]
                    ),
                    0.65,
                )
            ink.fill(path.blob("0,-17.6 4,-15 3,-11 0,-10 -3,-11 -4,-15"), level + 0.2, 0.5)
    wavelets(ink, 92)


def horseshoe_crab(ink: Ink) -> None:
    """A pair of horseshoe crabs as they always go, one holding on behind."""
    for x, y, size, angle, level in ((58.0, 60.0, 0.82, 28.0, 0.42), (38, 38, 1.0, 28, 0.56)):
        with ink.placed(x, y, turn=angle - 90 + 30, scale=size):
            limbs(ink, level, "0,22,5 0,38,2.8 1,56,0.5")
            ink.fill(path.blob("-15,8 -10,22 0,28 10,22 15,8 0,4"), level + 0.04)
            for k in range(5):
                for side in (-1, 1):
                    limbs(
                        ink,
                        level + 0.04,
                        f"{side * (14 - 2.6 * k)},{10 + 4 * k},1.8 {side * (19 - 3 * k)},{13 + 4.4 * k},0.3",
                    )
            folds(ink, "-9,12 -6,20 0,24 6,20 9,12", "0,8 0,25", width=0.6)
            ink.fill(
                path.blob("0,-27 14,-24 23,-12 24,2 17,12 12,7 0,10 -12,7 -17,12 -24,2 -23,-12 -14,-24"), level + 0.12
            )
            folds(
                ink,
                "-19,2 -18,-10 -10,-20 0,-22.4 10,-20 18,-10 19,2",
                "0,-18 0,8",
                "-10,6 -9,-6 -6,-13",
                "10,6 9,-6 6,-13",
                width=0.7,
            )
            for side in (-1, 1):
                ink.fill(path.ellipse(side * 12.6, -7, 1.6, 2.6, side * 20), level + 0.35, 0.6)
    wavelets(ink, 93, rows=1)


DRAWINGS = {
    draw.__name__: Drawing(draw)
    for draw in (
        whale,
        softshell_turtle,
        hawksbill,
        sacred_turtle,
        green_turtle,
        snakehead,
        climbing_perch,
        croaker,
        mussel,
        clam,
        horseshoe_crab,
    )
}
