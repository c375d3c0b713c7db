"""Dragons in the manner of the Nguyễn court: flame-finned, antlered, five-clawed, among clouds."""

import math

from museum.demonstration.motifs import path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.sky import cloud, flame
from museum.demonstration.motifs.strokes import eye, limbs


def body(ink: Ink, course: str, *, back: int = 1, level: float = 0.44, fins: float = 4.2) -> None:
    """A scaled body from tail tip to neck; `back` says on which side (of the way it goes) the fins stand."""
    spine = path.sampled(course, steps=12)
    sides = path.normals(spine)
    for k in range(4, len(spine) - 2, 3):
        node, (nx, ny) = spine[k], sides[k]
        x, y = node.x + back * nx * node.width * 0.4, node.y + back * ny * node.width * 0.4
        heading = math.degrees(math.atan2(back * ny, back * nx)) + back * 34
        outline, _ = path.blade(x, y, heading, fins + node.width * 0.3, fins * 0.75, bend=0.2 * back, widest=0.35)
        ink.fill(outline, level - 0.06, 0.5)
    for start in range(0, len(spine) - 1, 7):
        ink.fill(path.widened(spine[start : start + 9]), level + 0.2 * start / len(spine), 0.3 if start else 0.6)
    for k in range(2, len(spine) - 1):
        node, (nx, ny) = spine[k], sides[k]
        dx, dy = -ny, nx
        w = node.width
        for share in (0.34, 0.1, -0.14) if k % 2 else (0.22, -0.02):
            x, y = node.x + back * nx * w * share, node.y + back * ny * w * share
            s = w * 0.13
            arc = [
                (x + nx * s - dx * s, y + ny * s - dy * s),
                (x + dx * s * 0.7, y + dy * s * 0.7),
                (x - nx * s - dx * s, y - ny * s - dy * s),
            ]
            ink.cut(path.through(arc), 0.42)
        inner, outer = -0.26, -0.49
        ink.cut(
            path.through(
                [
                    (node.x + back * nx * w * inner, node.y + back * ny * w * inner),
                    (node.x + back * nx * w * outer - dx, node.y + back * ny * w * outer - dy),
                ]
            ),
            0.42,
        )
    ink.cut(
        path.through(
            [
                (n.x - back * s[0] * n.width * 0.24, n.y - back * s[1] * n.width * 0.24)
                for n, s in zip(spine, sides, strict=True)
            ][3:]
        ),
        0.5,
    )


def leg(ink: Ink, x: float, y: float, turn: float, size: float, *, mirror: bool = False, level: float = 0.7) -> None:
    """A leg with flaming elbow and five claws spread, reaching right before turning."""
    with ink.placed(x, y, turn=turn, scale=size / 10, mirror=mirror):
        for k in range(3):
            limbs(ink, level - 0.1, f"0,{1 + 1.4 * k},2.4 -5,{3 + 2.6 * k},2 -9,{1.4 + 3.2 * k},0.3")
        limbs(ink, level, "0,0,7.4 6,4,6 11,1,4.4", "10,2,4.6 14,6,3.6 18,7,3.8")
        ink.cut([path.line("2,1.6 5,3.6"), path.line("6,4.4 9,4"), path.line("12,4.4 14,6")], 0.45)
        for angle in (-64, -30, 4, 38, 130):
            ax, ay = path.toward(18.4, 7, angle, 3.4)
            bx, by = path.toward(18.4, 7, angle + 22, 7.4)
            limbs(ink, level + 0.06, f"18.4,7,2.6 {ax:.1f},{ay:.1f},2.2 {bx:.1f},{by:.1f},0.3")


def head(
    ink: Ink, x: float, y: float, size: float, *, turn: float = 0.0, mirror: bool = False, level: float = 0.84
) -> None:
    """A dragon's head in profile looking right: mane, antlers, brow, open jaws, whiskers, beard."""
    with ink.placed(x, y, turn=turn, scale=size / 20, mirror=mirror):
        for k in range(8):
            angle = 196 - 17 * k if k < 4 else 100 + 18 * (k - 4)
            sx, sy = path.toward(-6, 1, angle, 16 + 2 * (k % 2))
            mx, my = path.toward(-6, 1, angle + 12, 9)
            limbs(ink, level - 0.24, f"-4,{0.5 - 0.4 * k + 2:.1f},5 {mx:.1f},{my:.1f},4.4 {sx:.1f},{sy:.1f},0.3")
        limbs(ink, level - 0.06, "-4,-7,3.4 -12,-13,2.8 -20,-14,2.4 -25,-18,0.4", "-12,-13,2.2 -15,-19,1.8 -20,-22,0.3",
              "-1,-8,3.2 -6,-16,2.6 -13,-21,0.4")  # fmt: skip
        ink.fill(path.blob("-9,7 -3,9 4,9 11,12 16,11 14,15 6,16 -3,14 -9,11"), level - 0.04)
        for k in range(4):
            ink.fill(
                path.straight(f"{4 + 3 * k},{10.4 + 0.5 * k} {6 + 3 * k},{11 + 0.5 * k} {5.4 + 3 * k},7.6"), 0.98, 0.3
            )
        limbs(ink, level - 0.08, "0,8,3 8,8.4,2.4 15,7,2 19,9,0.4")
        ink.fill(path.blob("-11,4 -12,-3 -8,-9 -1,-10 5,-6 11,-5 16,-8 20,-6 21,-1 18,3 12,3.4 6,5 0,8 -7,9"), level)
        for k in range(4):
            ink.fill(
                path.straight(f"{6 + 3 * k},{4.8 - 0.6 * k} {8 + 3 * k},{4.2 - 0.6 * k} {7.4 + 3 * k},{8 - 0.6 * k}"),
                0.98,
                0.3,
            )
        ink.fill(path.ellipse(18, -5.4, 3, 2.4), level + 0.1)
        ink.cut(path.through(path.spiral(18, -5.4, 1.7, turns=1.2)), 0.6)
        limbs(ink, level + 0.1, "-2,-6,3.2 3,-8,3 8,-6,0.5")
        ink.fill(path.ellipse(1.6, -3.2, 3.5, 3), level + 0.12)
        eye(ink, 1.8, -3, 1.9, level=1.0)
        ink.fill(path.blob("-9,-3 -13,-8 -10,-9 -6,-6"), level + 0.06)
        ink.cut([path.line("8,0 12,-1.4 16,1"), path.line("-4,4 0,3 4,1.4"), path.line("-8,3 -6,6")], 0.6)
        limbs(ink, level + 0.04, "17,1,1.4 24,4,1.2 25,11,1 30,14,0.3", "19,-3,1.3 27,-5,1.1 30,-11,0.9 35,-11,0.3")
        for k in range(4):
            limbs(ink, level - 0.1, f"{-4 + 4 * k},14.6,3 {-5 + 4 * k},19,2.6 {-9 + 4 * k},23,0.3")


def pearl(ink: Ink, x: float, y: float, radius: float) -> None:
    """The flaming pearl."""
    for k in range(5):
        angle = -90 + (k - 2) * 42
        fx, fy = path.toward(x, y, angle, radius * 0.8)
        flame(ink, fx, fy, angle, radius * (2 if k == 2 else 1.5), level=0.5, lean=-1 if k < 2 else 1)
    ink.fill(path.ellipse(x, y, radius), 0.8)
    ink.cut(path.through(path.spiral(x, y, radius * 0.62, turns=1.4)), 0.7)


def dragon(ink: Ink) -> None:
    """A dragon coiling among clouds after the pearl."""
    cloud(ink, 84, 12, 16, mirror=True, level=0.34, tail=0.7)
    cloud(ink, 10, 86, 16, level=0.34, tail=0.7)
    leg(ink, 84, 60, -20, 8.5, level=0.46)
    for angle in (30, 58, 86, 2):
        outline, rib = path.blade(90, 91, angle - 60, 12, 4, bend=0.2)
        ink.fill(outline, 0.4)
        ink.cut(path.through(rib[1:-2]), 0.4)
    body(
        ink,
        "91,92,2 80,93,4.6 68,84,6.4 72,70,8 86,62,9 88,46,9.6 74,40,10 62,48,11 54,64,12 38,72,12.6 20,68,12.6 11,54,12 14,38,11 28,30,10",
        back=1,
    )
    leg(ink, 56, 66, 40, 10)
    leg(ink, 15, 62, 66, 10)
    leg(ink, 17, 44, 6, 9.5, level=0.76)
    head(ink, 38, 25, 18)
    pearl(ink, 70, 20, 5)


def ridge_dragon(ink: Ink) -> None:
    """A dragon for a roof ridge, creeping, head turned up, tail flung over its back."""
    for x, mirror in ((16, False), (70, False), (118, True)):
        cloud(ink, x, 60, 18, mirror=mirror, level=0.34, tail=0.8)
    for angle in (-150, -118, -86, -54, -180):
        outline, rib = path.blade(13, 14, angle, 13, 4.4, bend=0.2)
        ink.fill(outline, 0.42)
        ink.cut(path.through(rib[1:-2]), 0.4)
    leg(ink, 44, 44, 30, 10, level=0.46)
    body(
        ink,
        "13,15,3 24,12,5.4 30,22,7 24,34,9 32,46,10.6 48,44,11.6 60,30,12.4 76,26,13 86,38,13 98,46,12.6 110,38,11.4 112,26,10.6",
        back=1,
    )
    leg(ink, 34, 48, 50, 10)
    leg(ink, 88, 42, 46, 11)
    leg(ink, 104, 44, 20, 10, level=0.76)
    head(ink, 116, 18, 20, turn=-6)


def paired_dragons(ink: Ink) -> None:
    """Two dragons doing homage to the sun, for the head of a stele."""
    for mirror in (False, True):
        with ink.placed(80, 0, mirror=mirror):
            cloud(ink, -66, 12, 15, level=0.36, tail=0.6)
            cloud(ink, -20, 54, 14, mirror=True, level=0.36, tail=0.6)
            leg(ink, -62, 44, 60, 8, level=0.46)
            body(
                ink,
                "-76,54,1.6 -72,42,5 -76,28,6.6 -66,20,8 -56,30,9 -54,44,9.6 -42,48,9.6 -38,36,9.4 -34,24,8.8",
                back=1,
            )
            leg(ink, -42, 50, 20, 8)
            leg(ink, -55, 38, -10, 7.6)
            head(ink, -26, 21, 15)
    for k in range(12):
        x, y = path.toward(80, 24, 30 * k, 9)
        flame(ink, x, y, 30 * k, 8, level=0.4)
    ink.fill(path.ellipse(80, 24, 10), 0.7)
    ink.cut(path.through(path.spiral(80, 24, 6.6, turns=1.5)), 0.9)
    cloud(ink, 74, 52, 16, level=0.5, tail=0.8)


DRAWINGS = {
    "dragon": Drawing(dragon),
    "ridge_dragon": Drawing(ridge_dragon, 150, 72),
    "paired_dragons": Drawing(paired_dragons, 160, 66),
}
