"""Nine birds of the urns and a phoenix, feather by feather."""

import math

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import coat, eye, folds, limbs


def fan(
    ink: Ink, x: float, y: float, first: float, last: float, count: int, length: float, *, width: float = 0.24,
    level: float = 0.6, shrink: float = 0.0, bend: float = 0.0, rib: bool = True,
) -> None:  # fmt: skip
    """Feathers spread from one place, the last lying uppermost; `shrink` shortens them one after another."""
    for k in range(count):
        t = k / max(count - 1, 1)
        angle, size = first + (last - first) * t, length * (1 - shrink * t)
        outline, middle = path.blade(x, y, angle, size, size * width, bend=bend, widest=0.68)
        ink.fill(outline, level + 0.12 * t, 0.55)
        if rib:
            ink.cut(path.through(middle[2:-1]), 0.4)
            ink.cut(path.veins(middle[3:], size * width, count=3, slant=28, reach=0.8), 0.28)


def plumage(
    ink: Ink, outline: str, key: str, box: tuple[float, float, float, float], *, size: float = 3.0, turn: float = 0.0
) -> None:
    """Scale-like small feathers graved inside an outline; `turn` is the way they point."""
    x0, y0, x1, y1 = box
    cx, cy, reach = (x0 + x1) / 2, (y0 + y1) / 2, math.hypot(x1 - x0, y1 - y0) / 2
    rows = int(2 * reach / (size * 0.72)) + 1
    with ink.within(outline, key), ink.placed(cx, cy, turn=turn):
        for row in range(rows):
            u = -reach + row * size * 0.72
            for k in range(int(2 * reach / size) + 2):
                v = -reach + (k + 0.5 * (row % 2)) * size
                ink.cut(
                    path.line(f"{u:.2f},{v - size / 2:.2f} {u + size * 0.5:.2f},{v:.2f} {u:.2f},{v + size / 2:.2f}"),
                    0.42,
                )


def foot(
    ink: Ink, x: float, y: float, length: float, *, level: float = 0.5, lean: float = 0.0, toe: float = 5.0
) -> None:
    """A thin leg down from (x, y) with three toes forwards and one back; the bird looks left."""
    bx, by = x + lean, y + length
    limbs(ink, level, f"{x},{y},2.4 {(x + bx) / 2 + 0.4},{(y + by) / 2},1.4 {bx},{by},1.5")
    for dx, dy in ((-toe, 0.6), (-toe * 0.8, 2.4), (-toe * 0.2, 3), (toe * 0.6, 1.6)):
        limbs(ink, level + 0.05, f"{bx},{by},1.5 {bx + dx * 0.6},{by + dy * 0.5},1.2 {bx + dx},{by + dy},0.4")


def pheasant(ink: Ink) -> None:
    """A pheasant on a rock, its barred tail sweeping up."""
    leaves.ground(ink, 36, 88, 54)
    for text in ("58,58,6 74,56,5.4 88,44,4.4 96,26,3 98,10,0.5", "58,56,6 74,50,5 86,36,4 91,20,2.6 90,6,0.5",
                 "56,60,5 74,62,4.4 90,56,3 98,44,0.5"):  # fmt: skip
        limbs(ink, 0.5, text)
        spine = path.sampled(text)
        for k in range(4, len(spine) - 3, 2):
            node, (nx, ny) = spine[k], path.normals(spine)[k]
            w = node.width * 0.42
            ink.cut(path.through([(node.x + nx * w, node.y + ny * w), (node.x - nx * w, node.y - ny * w)]), 0.7)
    foot(ink, 44, 68, 15, lean=-2)
    foot(ink, 36, 68, 16, lean=-2)
    body = path.blob("24,34 31,38 40,42 52,48 64,56 62,62 54,68 42,72 30,68 22,58 19,46 18,36")
    ink.fill(body, 0.6)
    plumage(ink, body, "pheasant", (16, 36, 44, 72), size=4, turn=60)
    fan(ink, 34, 50, 42, 8, 6, 32, width=0.2, level=0.66)
    fan(ink, 32, 48, 62, 14, 5, 19, width=0.34, level=0.74)
    ink.fill(path.blob("17,39 16,30 18,22 24,19 29,23 29,31 29,38 23,41"), 0.78)
    coat(ink, "17,36,0.4 23,38,1.4 29,36,0.4", "17,33,0.4 23,35,1.2 29,33,0.4")
    limbs(ink, 0.8, "25,20,2.4 32,16,2.2 38,17,0.4", "24,19,2.2 30,12,2 36,11,0.4")
    ink.fill(path.blob("18,24 13,24.4 10,28! 14,28 18,28.6"), 0.9)
    ink.fill(path.blob("19,22 24,22 26,27 22,31 19,29"), 0.92)
    eye(ink, 22.4, 25, 1.1)


def peacock(ink: Ink) -> None:
    """A peacock with its train raised behind it, eye upon eye."""
    for ring, (reach, count, level) in enumerate(((47, 15, 0.36), (38, 13, 0.44), (29, 11, 0.52))):
        for k in range(count):
            angle = -172 + 164 * (k + 0.5 * (ring % 2) * 0) / (count - 1) + (5 if ring == 1 else 0)
            bx, by = path.toward(52, 60, angle, 8)
            tx, ty = path.toward(52, 60, angle, reach)
            ink.cord(f"M{bx:.1f} {by:.1f}L{tx:.1f} {ty:.1f}", 1, level - 0.04, 0.5)
            ink.fill(path.ellipse(tx, ty, 6.4, 4.4, angle), level)
            ink.cut(path.ellipse(*path.toward(tx, ty, angle, 1), 4, 2.9, angle), 0.55)
            ink.fill(path.ellipse(*path.toward(tx, ty, angle, 1.6), 2, 1.6, angle), level + 0.2, 0.5)
    leaves.ground(ink, 46, 93, 56)
    foot(ink, 52, 78, 11, lean=-1)
    foot(ink, 45, 78, 12, lean=-2)
    body = path.blob("30,44 36,50 46,54 58,60 62,68 58,76 48,80 38,78 31,70 27,58 25,48")
    ink.fill(body, 0.7)
    plumage(ink, body, "peacock", (24, 44, 60, 82), size=3.4, turn=70)
    fan(ink, 40, 62, 40, 6, 5, 26, width=0.24, level=0.8)
    limbs(ink, 0.84, "31,56,13 27,46,9 27,36,6.4 26,28,6.4")
    ink.fill(path.blob("20,27 22,22 27,20 31,23 31,29 27,32 22,31"), 0.92)
    ink.fill(path.blob("21,25 15,26.6 12.6,29.4! 17,29 21,29"), 0.96)
    for k, (x, y) in enumerate(((20, 11), (24.6, 8.4), (29.4, 8.4), (34, 11))):
        ink.cord(f"M27 21L{x} {y}", 0.8, 0.7)
        ink.fill(path.ellipse(x, y, 1.9, 1.9), 0.8 + 0.01 * k)
    eye(ink, 25.6, 26, 1.1)
    for row in range(5):
        folds(ink, f"{23.4 - row * 0.2},{36 + 3.6 * row} 27,{38 + 3.8 * row} {31 + row},{36 + 3.6 * row}", width=0.5)


def rooster(ink: Ink) -> None:
    """A cock crowing on one foot, sickles of the tail in an arch."""
    leaves.ground(ink, 50, 92, 58)
    for k, text in enumerate(("62,54,7 76,36,7 86,32,6 95,40,4 96,52,0.5", "62,52,7 72,30,7 83,20,6 95,24,4 99,34,0.5",
                              "60,50,7 66,26,6.4 76,12,5 88,10,3.4 94,15,0.5", "64,58,6 78,46,6 88,44,5 93,54,3 92,64,0.5",
                              "64,60,6 76,54,5 84,56,3.6 87,66,0.5")):  # fmt: skip
        limbs(ink, 0.44 + 0.03 * k, text)
        spine = path.sampled(text)
        ink.cut(path.through([(n.x, n.y) for n in spine[2:-2:3]]), 0.5)
    foot(ink, 50, 74, 14, lean=-1, toe=7)
    limbs(
        ink,
        0.5,
        "42,74,3 36,80,1.8 31,78,1.5",
        "31,78,1.4 27,80,1.2 25,83,0.4",
        "31,78,1.4 26,77,1 23,78,0.4",
        "31,78,1.4 32,82,1 31,84,0.4",
    )
    body = path.blob("28,38 36,44 48,46 60,48 68,56 64,68 54,76 42,77 33,70 27,58")
    ink.fill(body, 0.62)
    plumage(ink, body, "rooster", (26, 50, 60, 78), size=4, turn=75)
    fan(ink, 42, 56, 38, 4, 6, 27, width=0.22, level=0.72)
    fan(ink, 40, 54, 58, 10, 4, 16, width=0.36, level=0.8)
    for k in range(8):
        t = k / 7
        x0, y0 = 26 + 10 * t, 25 + 3 * t
        limbs(
            ink,
            0.76 + 0.02 * k,
            f"{x0:.1f},{y0:.1f},3.6 {25 + 15 * t:.1f},{38 + 2 * t:.1f},5 {24 + 22 * t:.1f},{52 - 4 * t:.1f},0.5",
        )
    ink.fill(path.blob("21,24 22,17 27,13 33,15 36,21 36,28 31,32 25,31"), 0.9)
    ink.fill(path.blob("23,15 20,10 22,5 25,8 27,3 30,7 33,3 35,8 39,6 38,13 34,17 28,15"), 0.84)
    ink.fill(path.blob("22,20 15,17 12,18! 17,21 22,22.4"), 0.96)
    ink.fill(path.blob("22,23.6 17,24 14.6,27! 19,26.4 23,26.4"), 0.92)
    ink.fill(path.blob("22,27 26,28 27,33 24,38 20,35 20,30"), 0.84)
    eye(ink, 27.4, 20.6, 1.3)
    ink.cut(path.ellipse(27.4, 20.6, 3.2, 2.6), 0.5)


def crane(ink: Ink) -> None:
    """A grey crane on one leg beside reeds, neck bent."""
    for x, angle, length in ((78, -84, 52), (82, -72, 44), (74, -98, 40), (86, -62, 34), (71, -112, 26)):
        outline, rib = path.blade(x, 92, angle, length, 4.6, bend=0.14 if angle > -90 else -0.14)
        ink.fill(outline, 0.36)
        ink.cut(path.through(rib[:-1]), 0.4)
    leaves.ground(ink, 54, 93, 66)
    limbs(
        ink,
        0.5,
        "46,60,3.4 46,74,1.9 47,90,1.7",
        "47,90,1.6 42,91,1.2 38,92.4,0.4",
        "47,90,1.6 44,93,1.2 42,95,0.4",
        "47,90,1.6 51,92,1.2 54,93,0.4",
    )
    limbs(
        ink, 0.46, "52,60,3.4 57,70,2 50,78,1.7 44,80,1.3", "44,80,1.2 41,83,1 40,86,0.4", "44,80,1.2 40,80,1 37,82,0.4"
    )
    fan(ink, 58, 48, 4, 52, 7, 26, width=0.18, level=0.44, shrink=0.25)
    body = path.blob("30,40 38,36 48,38 60,44 68,50 64,58 54,63 42,63 33,57 28,48")
    ink.fill(body, 0.62)
    fan(ink, 38, 46, 46, 10, 7, 34, width=0.19, level=0.68)
    fan(ink, 36, 44, 58, 12, 5, 20, width=0.3, level=0.76)
    limbs(ink, 0.7, "34,50,13 27,44,9 25,36,6 30,28,4.8 33,20,4.4 30,13,4.4")
    ink.fill(path.blob("25,13 27,9 32,8 35,12 34,17 29,18"), 0.86)
    ink.fill(path.straight("26.4,11.4 6,17.4 26.4,15.6"), 0.9)
    ink.cut("M8 16.9L27 13.6", 0.45)
    ink.fill(path.blob("27,9.6 29,7.4 33,8 33,10 29,10.6"), 0.98)
    eye(ink, 29.4, 12.4, 0.9)
    folds(ink, "34,22 31,30 28,36", "31,38 31,44 35,50", width=0.45)


def mandarin_ducks(ink: Ink) -> None:
    """A pair of mandarin ducks on the water among lotus leaves."""
    for y, x0 in ((68, 2), (76, 8), (84, 0)):
        for k in range(6):
            x = x0 + 17 * k
            limbs(ink, 0.3, f"{x},{y},0.3 {x + 5},{y - 2},1.8 {x + 10},{y + 1},1.8 {x + 16},{y - 1.4},0.3")
    for x, y, size, mirror in ((70, 50, 0.9, True), (34, 56, 1.0, False)):
        with ink.placed(x, y, scale=size, mirror=mirror):
            limbs(ink, 0.5, "20,-2,9 30,-6,7 35,-13,0.6", "20,2,8 32,-1,5 38,-6,0.6")
            body = path.blob("-22,0 -14,-6 0,-7 14,-6 24,-4 22,6 12,13 -6,14 -18,10")
            ink.fill(body, 0.64)
            plumage(ink, body, f"duck{x:.0f}", (-22, -6, 0, 14), size=3.6, turn=40)
            fan(ink, -6, 2, 24, -8, 6, 28, width=0.22, level=0.72)
            if not mirror:
                ink.fill(path.blob("8,-6 12,-19 22,-22 21,-12 17,-4"), 0.86)
                folds(ink, "11,-6 15,-14 20,-20", "14,-6 18,-12 20,-17", width=0.5)
            limbs(ink, 0.8, "-14,4,13 -18,-8,9 -18,-16,8")
            ink.fill(path.blob("-26,-18 -24,-25 -18,-28 -11,-26 -9,-20 -13,-13 -20,-12"), 0.88)
            limbs(ink, 0.92, "-18,-27,4 -8,-27,5.6 0,-21,4.4 2,-13,0.6")
            folds(ink, "-16,-26 -8,-25 -1,-19", "-22,-14 -16,-13 -11,-17", "-13,-10 -17,-4 -22,0", width=0.5)
            ink.fill(path.blob("-25,-20 -31,-18 -34,-15 -29,-14.4 -24,-15.6"), 0.96)
            eye(ink, -20, -21, 1.3)
    with ink.placed(50, 22):
        ink.fill(path.ellipse(0, 0, 22, 8), 0.4)
        for k in range(9):
            ex, ey = path.toward(0, 0, 40 * k, 1)
            ink.cut(path.through([(0, 0), (ex * 20, ey * 7)]), 0.45)
    ink.cord(path.line("50,24 52,36 49,48"), 1.6, 0.3)
    for x, angle in ((84, -90), (78, -112), (90, -68)):
        leaves.petal(ink, 84, 26, angle, 14, 8, 0.5 + (0.1 if x == 84 else 0))


def _on_branch(ink: Ink, level: float = 0.42) -> None:
    limbs(
        ink,
        level,
        "2,84,4 24,78,5 50,80,4.6 78,74,3.6 98,66,1",
        "62,79,3 74,86,2.4 86,88,0.6",
        "20,79,3 14,70,2 12,62,0.6",
    )
    leaf = leaves.simple(0.42)
    for x, y, angle, length in ((86.0, 88.0, 20.0, 14.0), (76, 86, 70, 12), (98, 66, -30, 10), (84, 72, -70, 13), (88, 70, 40, 12),
                                (12, 62, -100, 14), (14, 70, 190, 12), (10, 82, 120, 13), (34, 80, 80, 12)):  # fmt: skip
        leaf(ink, x, y, angle, length, level)


def oriole(ink: Ink) -> None:
    """An oriole singing on a flowering branch."""
    _on_branch(ink)
    leaves.blossom(ink, 30, 84, 8)
    leaves.blossom(ink, 70, 84, 7)
    for k in range(4):
        limbs(ink, 0.5, f"60,58,6 {76 + 2 * k},{64 - 3 * k},6 {92 + k},{62 - 5 * k},1")
    foot(ink, 48, 70, 8, toe=4)
    foot(ink, 40, 70, 9, toe=4)
    body = path.blob("24,30 34,32 46,40 60,52 66,60 58,68 44,73 32,68 24,56 20,42")
    ink.fill(body, 0.64)
    plumage(ink, body, "oriole", (18, 40, 50, 74), size=3.4, turn=62)
    fan(ink, 38, 48, 50, 18, 6, 36, width=0.19, level=0.72)
    fan(ink, 36, 46, 66, 22, 4, 18, width=0.34, level=0.82)
    ink.fill(path.blob("17,32 18,24 25,19 33,21 37,28 35,37 28,42 20,40"), 0.84)
    coat(ink, "20,27,0.4 27,25,2.6 36,29,0.4")
    ink.fill(path.blob("18.6,27 11,23 7,22! 12,26.4 18,29.4"), 0.94)
    ink.fill(path.blob("18,30.4 12,30 9,31.6! 13,32.6 18.6,33"), 0.9)
    eye(ink, 24.6, 28.6, 1.4)


def myna(ink: Ink) -> None:
    """A hill myna, stout, with wattles behind the eye, head turned back."""
    _on_branch(ink)
    for k in range(4):
        limbs(ink, 0.5, f"62,60,7 {74 + 2 * k},{76 - 2 * k},7 {82 + 2 * k},{88 - 4 * k},2")
    foot(ink, 50, 70, 8, toe=5)
    foot(ink, 41, 70, 9, toe=5)
    body = path.blob("26,36 38,30 50,34 62,46 68,60 60,70 46,74 33,70 25,58 22,46")
    ink.fill(body, 0.64)
    plumage(ink, body, "myna", (20, 36, 54, 74), size=4.2, turn=75)
    fan(ink, 52, 44, 88, 48, 6, 32, width=0.26, level=0.72)
    fan(ink, 50, 42, 100, 50, 4, 18, width=0.4, level=0.82)
    coat(ink, "57,60,0.4 62,62,2.4 67,60,0.4")
    ink.fill(path.blob("27,38 26,26 31,17 40,14 49,18 52,26 48,35 38,41"), 0.84)
    ink.fill(path.blob("50,22 57,22.4 62,26! 56,27.4 50,28"), 0.94)
    ink.cut(path.line("51,25 56,25 61,26"), 0.45)
    ink.fill(path.blob("44,24 40,27 34,26 31,29 33,33 38,31 43,29 46,27"), 0.96)
    eye(ink, 44.4, 21.4, 1.4)


def parrot(ink: Ink) -> None:
    """A parrot with hooked bill and long tail, climbing down a branch."""
    _on_branch(ink)
    for k in range(5):
        limbs(ink, 0.46 + 0.02 * k, f"58,60,6 {70 + 3 * k},{70 - 2 * k},5 {88 + 2 * k},{84 - 9 * k},0.6")
    foot(ink, 46, 70, 8, toe=5)
    foot(ink, 38, 70, 9, toe=5)
    body = path.blob("26,30 36,32 48,40 60,54 64,62 56,70 42,74 31,68 24,56 21,42")
    ink.fill(body, 0.64)
    plumage(ink, body, "parrot", (18, 40, 50, 74), size=4, turn=66)
    fan(ink, 40, 46, 56, 24, 6, 36, width=0.2, level=0.72)
    fan(ink, 38, 44, 74, 28, 5, 18, width=0.36, level=0.82)
    ink.fill(path.blob("18,32 18,22 24,14 33,13 40,19 41,29 36,38 26,42 20,39"), 0.86)
    ink.fill(path.blob("22,19 16,17 10,20 7,27 9,34! 12,29 17,27 20,28"), 0.96)
    ink.fill(path.blob("19,29 14,29.4 12,32 15,35 20,34"), 0.9)
    limbs(ink, 0.8, "32,14,4 40,9,4.4 46,11,0.6", "30,13,4 36,6,4 42,6,0.6")
    eye(ink, 26, 22.4, 1.5)
    ink.cut(path.ellipse(26, 22.6, 4.2, 3.8), 0.5)
    folds(ink, "20,40 28,42 37,37", "19,37 27,39 36,34", width=0.5)


def adjutant(ink: Ink) -> None:
    """An adjutant stork: bald head, great bill, throat pouch, long legs in water."""
    for y, x0 in ((90, 4), (95, 10)):
        for k in range(6):
            x = x0 + 15 * k
            limbs(ink, 0.32, f"{x},{y},0.3 {x + 4},{y - 1.8},1.6 {x + 9},{y + 1},1.6 {x + 14},{y - 1.2},0.3")
    limbs(ink, 0.5, "52,60,5 51,72,2.2 53,90,2", "60,58,5 63,70,2.2 62,90,2")
    for bx in (53, 62):
        limbs(ink, 0.5, f"{bx},89,1.8 {bx - 5},91,1.4 {bx - 8},92,0.4", f"{bx},89,1.8 {bx + 3},92,1.2 {bx + 5},93,0.4")
    limbs(ink, 0.42, "72,54,9 84,60,8 92,70,1")
    body = path.blob("38,40 44,30 56,27 68,34 78,46 82,56 72,62 58,66 46,62 39,52")
    ink.fill(body, 0.64)
    fan(ink, 52, 40, 58, 22, 8, 38, width=0.2, level=0.68)
    fan(ink, 50, 38, 74, 24, 6, 22, width=0.32, level=0.78)
    for k in range(6):
        limbs(ink, 0.7, f"{39 + 1.4 * k},{34 - k},3.6 {38 + 1.6 * k},{42 - 0.6 * k},3.6 {36 + 2 * k},{49 - k},0.4")
    limbs(ink, 0.8, "46,36,10 42,26,6 40,18,5 36,13,6")
    ink.fill(path.blob("40,30 44,36 43,46 39,49 36,43 37,34"), 0.84)
    ink.fill(path.blob("29,14 31,8 37,6 42,10 41,16 35,19 30,18"), 0.9)
    ink.fill(path.blob("31,10 20,17 10,26 4,36! 14,29 24,22 33,18"), 0.95)
    ink.cut(path.line("5,35 16,25 32,14.6"), 0.5)
    eye(ink, 34.6, 10.8, 1.1)
    folds(ink, "38,20 41,26 44,32", "41,18 43,24 47,30", width=0.4)
    for x, angle, length in ((12, -92, 40), (8, -104, 30), (17, -80, 30)):
        outline, rib = path.blade(x, 92, angle, length, 3.8, bend=0.1)
        ink.fill(outline, 0.34)
        ink.cut(path.through(rib[:-1]), 0.4)


def phoenix(ink: Ink) -> None:
    """A phoenix in flight, wings open, five tail plumes streaming."""
    for k, text in enumerate(("50,52,5 66,66,6 84,70,5 96,62,3 98,54,0.5", "48,54,5 60,72,6 74,84,5 90,84,3 97,78,0.5",
                              "46,54,5 50,74,6 56,90,5 70,96,3 80,94,0.5", "44,54,5 38,72,5.4 36,88,4.6 44,97,3 52,97,0.5",
                              "52,50,5 72,56,5 88,50,4 96,40,0.5")):  # fmt: skip
        limbs(ink, 0.4 + 0.03 * k, text)
        spine = path.sampled(text)
        ink.cut(path.through([(n.x, n.y) for n in spine[2:-2:3]]), 0.5)
        for node, (nx, ny) in list(zip(spine, path.normals(spine), strict=True))[8:-4:4]:
            for side in (-1, 1):
                x, y = node.x + side * nx * node.width * 0.5, node.y + side * ny * node.width * 0.5
                ink.fill(path.ellipse(x + side * nx, y + side * ny, 1.5), 0.46 + 0.03 * k, 0.5)
    fan(ink, 54, 42, -8, -64, 9, 44, width=0.19, level=0.46, bend=-0.16)
    fan(ink, 52, 42, 0, -70, 6, 22, width=0.3, level=0.6)
    fan(ink, 36, 40, -178, -128, 8, 34, width=0.2, level=0.46, bend=0.16)
    fan(ink, 37, 40, -190, -126, 5, 18, width=0.32, level=0.6)
    body = path.blob("34,28 42,32 52,40 54,50 48,57 40,54 34,46 31,36")
    ink.fill(body, 0.74)
    plumage(ink, body, "phoenix", (30, 28, 54, 58), size=3.2, turn=55)
    limbs(ink, 0.8, "40,38,10 34,28,6.4 33,20,5 29,13,5")
    ink.fill(path.blob("22,13 25,8 31,7 34,11 33,17 27,18"), 0.92)
    ink.fill(path.blob("23,11 17,12 13,17! 18,16 23,16"), 0.97)
    for text in (
        "30,8,3 36,3,3 42,4,2 44,8,0.4",
        "31,9,3 38,8,3 44,12,0.4",
        "28,7,2.6 30,1,2.4 36,0.6,0.4",
        "27,17,2.4 26,22,2.6 29,26,0.4",
    ):
        limbs(ink, 0.86, text)
    eye(ink, 27, 11.6, 1.1)


DRAWINGS = {
    draw.__name__: Drawing(draw)
    for draw in (pheasant, peacock, rooster, crane, mandarin_ducks, oriole, myna, parrot, adjutant, phoenix)
}
