"""Crocodile, snakes and insects of the urns."""

import math

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import eye, folds, limbs


def _serpent(ink: Ink, text: str, *, level: float, steps: int = 14, bands: bool) -> None:
    """A snake's coils: laid down from tail to head in short pieces so that coils cross over one another."""
    spine = path.sampled(text, steps=steps)
    for start in range(0, len(spine) - 1, 7):
        piece = spine[start : start + 9]
        ink.fill(path.widened(piece), level + 0.2 * start / len(spine), 0.35 if start else 0.7)
    sides = path.normals(spine)
    for k in range(3, len(spine) - 3, 2):
        node, (nx, ny) = spine[k], sides[k]
        w = node.width
        if bands and k % 8 < 4:
            ink.cut(path.ellipse(node.x, node.y, w * 0.24, w * 0.3), 0.6)
        if not bands:
            for share in (-0.3, 0.0, 0.3):
                x, y = node.x + nx * w * share, node.y + ny * w * share
                ink.cut(
                    path.line(
                        f"{x - ny * 1.2 + nx * 1.4},{y + nx * 1.2 + ny * 1.4} {x},{y} {x - ny * 1.2 - nx * 1.4},{y + nx * 1.2 - ny * 1.4}"
                    ),
                    0.4,
                )


def _snake_head(ink: Ink, x: float, y: float, angle: float, size: float, level: float) -> None:
    with ink.placed(x, y, turn=angle, scale=size / 10):
        ink.fill(path.blob("-8,-4.6 -1,-7 6,-5 12,-2.2 13,1 8,4 0,6.4 -8,4.6"), level)
        ink.cut(path.line("13,0.6 7,2 0,3"), 0.6)
        eye(ink, 4, -2.2, 1.6)
        limbs(ink, level, "13,0.6,1 18,-1,0.8 22,-4,0.3", "17,-0.6,0.8 21,1,0.7 24,1,0.3")


def crocodile(ink: Ink) -> None:
    """A crocodile ashore, jaws open, back in ridges."""
    limbs(ink, 0.4, "42,60,8 46,70,6 40,77,4", "74,58,7 80,66,5 77,75,4")
    body = path.brush("30,50,14 44,50,19 60,50,19 74,50,14 86,44,9 94,32,6 92,22,4 86,18,0.6", steps=12)
    ink.fill(body, 0.58)
    spine = path.sampled("30,50,14 44,50,19 60,50,19 74,50,14 86,44,9 94,32,6 92,22,4 86,18,0.6", steps=6)
    for node, (nx, ny) in list(zip(spine, path.normals(spine), strict=True))[1:-3]:
        x, y = node.x + nx * node.width * 0.5, node.y + ny * node.width * 0.5
        ink.fill(
            path.polygon([(x - 2.2 * -ny, y - 2.2 * nx), (x + nx * 3.4, y + ny * 3.4), (x + 2.2 * -ny, y + 2.2 * nx)]),
            0.66,
            0.5,
        )
        for share in (0.28, 0.02, -0.24):
            ink.fill(
                path.ellipse(
                    node.x + nx * node.width * share, node.y + ny * node.width * share, 1.5 * node.width / 16 + 0.3
                ),
                0.72,
                0.5,
            )
    ink.fill(path.blob("34,46 26,40 18,38 14,40 4,34 2,37 8,43 18,48 30,54"), 0.7)
    ink.fill(path.blob("32,50 20,53 10,56 3,56 4,59.6 14,62 26,61 35,58"), 0.66)
    for k in range(7):
        x = 5 + 3.2 * k
        ink.fill(path.straight(f"{x},{38.6 + 1.5 * k} {x + 2.2},{39.6 + 1.5 * k} {x + 0.8},{43.4 + 1.2 * k}"), 0.9, 0.3)
        ink.fill(path.straight(f"{x},{56.6 - 0.5 * k} {x + 2.2},{56.2 - 0.5 * k} {x + 1},{52.4 - 0.4 * k}"), 0.9, 0.3)
    ink.fill(path.ellipse(20, 37.4, 3.4, 2.8), 0.84)
    eye(ink, 20, 37.4, 1.5)
    ink.fill(path.ellipse(4.6, 34.4, 2, 1.5), 0.84)
    limbs(ink, 0.74, "36,56,9 34,66,6.4 27,72,4.6", "70,56,10 72,66,6.6 66,72,4.6")
    for x, y in ((27.0, 73.0), (66, 73)):
        for dx in (-5, -2.4, 0.4):
            limbs(ink, 0.78, f"{x},{y},2 {x + dx},{y + 2.6},1.6 {x + dx - 2},{y + 4.4},0.3")
    leaves.ground(ink, 48, 82, 86)


def python(ink: Ink) -> None:
    """A python in heavy coils, its pattern in saddles, head resting."""
    _serpent(ink, "94,84,1 84,90,5 66,92,8 44,90,10 24,84,11 18,72,12 30,62,12 54,62,13 76,64,12 82,54,12 70,46,12 46,46,12 "
             "30,42,12 28,32,11 40,26,10 54,28,9", level=0.46, bands=True)  # fmt: skip
    _snake_head(ink, 62, 28, 8, 9.6, 0.84)


def great_snake(ink: Ink) -> None:
    """A great snake reared in loops, neck arched, scales all along."""
    _serpent(ink, "6,90,1 20,86,4 38,90,6 56,88,8 72,82,9 84,70,10 78,58,10 60,58,10 40,64,10 26,58,10 26,44,10 40,36,10 58,38,10 "
             "70,32,10 68,20,9 56,14,8 46,16,8", level=0.44, bands=False)  # fmt: skip
    _snake_head(ink, 38, 19, 160, 10, 0.84)


def cicada(ink: Ink) -> None:
    """A cicada from above, veined wings half spread."""
    for mirror in (False, True):
        with ink.placed(50, 0, mirror=mirror):
            for text in (
                "-12,34,2 -26,26,1.8 -34,14,0.4",
                "-12,44,2 -30,42,1.8 -42,34,0.4",
                "-10,54,2 -26,64,1.8 -32,76,0.4",
            ):
                limbs(ink, 0.36, text)
            ink.fill(path.blob("-8,36 -20,40 -34,56 -40,76 -36,90 -30,92 -20,80 -10,60"), 0.5)
            for end in ((-37, 88), (-32, 91), (-25, 84), (-39, 76), (-18, 74)):
                ink.cut(path.through([(-9, 40), (end[0] * 0.55, 40 + (end[1] - 40) * 0.5), end]), 0.55)
            for t in (0.45, 0.65, 0.82):
                ink.cut(
                    path.through([(-38 * t - 2, 38 + 44 * t), (-24 * t - 4, 40 + 50 * t), (-15 * t - 4, 40 + 42 * t)]),
                    0.45,
                )
    ink.fill(path.blob("50,90 43,80 40,62 41,48 59,48 60,62 57,80"), 0.7)
    for k in range(7):
        folds(ink, f"{41 + 0.7 * k},{55 + 5 * k} 50,{57.4 + 5 * k} {59 - 0.7 * k},{55 + 5 * k}", width=0.7)
    ink.fill(path.blob("50,26 60,28 65,38 62,50 50,53 38,50 35,38 40,28"), 0.78)
    folds(ink, "40,44 44,34 46,30", "60,44 56,34 54,30", "43,49 50,44 57,49", "50,30 50,42", width=0.7)
    ink.fill(path.blob("50,14 58,17 64,22 60,28 50,30 40,28 36,22 42,17"), 0.84)
    for x in (36.6, 63.4):
        ink.fill(path.ellipse(x, 22.6, 4, 4.4), 0.95)
    for x in (46.6, 50, 53.4):
        ink.fill(path.ellipse(x, 22 + abs(x - 50) * 0.5, 1), 1.0, 0.4)
    limbs(ink, 0.7, "45,15,1.4 42,9,1 40,4,0.3", "55,15,1.4 58,9,1 60,4,0.3")


def coconut_grub(ink: Ink) -> None:
    """The coconut palm's weevil grub, fat and ringed, by a palm frond."""
    ink.cord(path.line("6,20 34,10 64,12 94,26"), 1.8, 0.4)
    for k in range(15):
        t = k / 14
        x, y = 8 + 84 * t, 20 - 10 * math.sin(math.pi * t) + 5 * t
        for angle in (68 + 40 * t, -96 + 30 * t):
            outline, rib = path.blade(x, y, angle, 22 if angle > 0 else 13, 3.4, bend=0.05)
            ink.fill(outline, 0.36)
            ink.cut(path.through(rib[:-1]), 0.4)
    spine = path.sampled("84,64,10 78,80,19 62,88,23 44,84,24 30,72,23 26,58,18", steps=8)
    for k in range(0, len(spine) - 1, 3):
        node, (nx, ny) = spine[k], path.normals(spine)[k]
        ink.fill(
            path.ellipse(node.x, node.y, node.width * 0.3, node.width * 0.52, math.degrees(math.atan2(ny, nx)) - 90),
            0.6 + 0.004 * k,
            0.9,
        )
        ink.cut(path.ellipse(node.x + nx * node.width * 0.28, node.y + ny * node.width * 0.28, 0.8), 0.5)
    ink.fill(path.blob("17,50 19,43 25,40 32,43 34,50 30,56 21,56"), 0.84)
    folds(ink, "25.4,41 25.4,55", "20,45 22,50 21,55", "31,45 29,50 30,55", width=0.7)
    limbs(ink, 0.9, "21,42,2.4 19,38,1.8 22,36,0.4", "29.6,42,2.4 31.6,38,1.8 28.6,36,0.4")


def cinnamon_beetle(ink: Ink) -> None:
    """The cinnamon grub on its twig with leaves, feeding."""
    leaf = leaves.simple(0.4, pairs=0)
    limbs(ink, 0.4, "4,74,4 30,68,5 60,70,4 96,54,2")
    for x, y, angle, length in (
        (20.0, 70.0, -70.0, 34.0),
        (44, 68, -112, 30),
        (72, 66, -64, 34),
        (88, 58, -10, 14),
        (56, 70, 66, 26),
        (26, 70, 110, 24),
        (82, 60, 50, 26),
    ):
        leaf(ink, x, y, angle, length, 0.42)
    with ink.placed(0, 0):
        for k in range(11):
            t = k / 10
            x, y = 24 + 50 * t, 62 - 16 * math.sin(math.pi * t) * (0.6 + 0.4 * t)
            limbs(ink, 0.5, f"{x},{y + 4},1.6 {x - 1},{y + 10},0.5")
            ink.fill(path.ellipse(x, y, 4.2, 7, 18 - 40 * t), 0.66 + 0.012 * k, 0.8)
            ink.fill(path.ellipse(x, y - 2.6, 1), 0.9, 0.4)
    ink.fill(path.ellipse(79, 60, 6, 6.4), 0.86)
    eye(ink, 81, 58.4, 1.3)
    limbs(ink, 0.8, "81,55,1.2 85,49,1 88,48,0.3", "79,54,1.2 80,47,1 83,44,0.3")


DRAWINGS = {
    draw.__name__: Drawing(draw) for draw in (crocodile, python, great_snake, cicada, coconut_grub, cinnamon_beetle)
}
