"""Flowers of the urns."""

import math

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.fruits import branch
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import limbs


def lotus_flower(ink: Ink, x: float, y: float, size: float, *, level: float = 0.6) -> None:
    """A lotus in side view: outer petals spread, inner ones upright, the seed head between."""
    with ink.placed(x, y, scale=size):
        for angle, length, width in (
            (-168, 24, 9),
            (-12, 24, 9),
            (-142, 27, 11),
            (-38, 27, 11),
            (-118, 28, 11),
            (-62, 28, 11),
        ):
            _lotus_petal(ink, angle, length, width, level)
        ink.fill(path.ellipse(0, -13, 7, 3), level + 0.1)
        for angle, length, width in (
            (-102, 27, 11),
            (-78, 27, 11),
            (-156, 19, 10),
            (-24, 19, 10),
            (-128, 21, 11),
            (-52, 21, 11),
            (-90, 22, 12),
        ):
            _lotus_petal(ink, angle, length, width, level + 0.14)


def _lotus_petal(ink: Ink, angle: float, length: float, width: float, level: float) -> None:
    with ink.placed(0, 0, turn=angle):
        h = width / 2
        ink.fill(
            path.blob(
                f"0,0 {length * 0.3:.1f},{-h * 0.8:.1f} {length * 0.65:.1f},{-h:.1f} {length:.1f},0! {length * 0.65:.1f},{h:.1f} {length * 0.3:.1f},{h * 0.8:.1f}"
            ),
            level,
        )
        for side in (-0.45, 0.0, 0.45):
            ink.cut(
                path.through(
                    [(length * 0.2, h * side * 0.6), (length * 0.6, h * side * 1.3), (length * 0.86, h * side * 0.5)]
                ),
                0.35,
            )


def _spray(
    ink: Ink,
    stems: tuple[str, ...],
    leaf: leaves.Leaf,
    *,
    count: int = 4,
    length: float = 20,
    level: float = 0.44,
    paired: bool = False,
    angle: float = 55,
) -> None:
    for stem in stems:
        limbs(ink, 0.5, stem)
    for stem in stems:
        leaves.along(
            ink, stem, leaf, count=count, length=length, start=0.22, level=level, paired=paired, tip=False, angle=angle
        )


def lotus_plant(ink: Ink) -> None:
    """Lotus in a pond: flower, bud, seed head, leaves like umbrellas."""
    for y, x0 in ((88.0, 6), (94.0, 14)):
        for k in range(5):
            limbs(
                ink,
                0.3,
                f"{x0 + 17 * k},{y},0.3 {x0 + 5 + 17 * k},{y - 2},1.7 {x0 + 10 + 17 * k},{y + 1},1.7 {x0 + 15 + 17 * k},{y - 1.4},0.3",
            )
    for text in (
        "50,90,2 48,66,1.8 50,44,1.8",
        "40,92,2 26,76,1.8 22,66,1.8",
        "60,92,2 76,74,1.8 80,62,1.8",
        "46,92,1.8 30,56,1.6 28,26,1.6",
        "56,92,1.8 70,50,1.6 72,30,1.6",
    ):
        limbs(ink, 0.4, text)
    for x, y, rx, ry, turn in ((22.0, 66.0, 20.0, 9.0, -8.0), (80, 62, 19, 9, 8)):
        with ink.placed(x, y, turn=turn):
            rim = [
                (
                    rx * math.cos(math.radians(a)) * (1 + 0.04 * (k % 2)),
                    ry * math.sin(math.radians(a)) * (1 + 0.1 * (k % 2)),
                )
                for k, a in enumerate(range(0, 360, 15))
            ]
            ink.fill(path.through(rim, closed=True), 0.48)
            for a in range(0, 360, 30):
                ink.cut(
                    path.through(
                        [
                            (0, 0),
                            (rx * 0.5 * math.cos(math.radians(a)), ry * 0.4 * math.sin(math.radians(a))),
                            (rx * 0.88 * math.cos(math.radians(a)), ry * 0.86 * math.sin(math.radians(a))),
                        ]
                    ),
                    0.5,
                )
    lotus_flower(ink, 50, 44, 1.0)
    for angle in (-104, -76, -90):
        leaves.petal(ink, 28, 29, angle, 15, 8, 0.7)
    ink.fill(path.blob("66,22 72,19 79,22 77,29 72,33 68,29"), 0.66)
    ink.fill(path.ellipse(72.4, 21.4, 6.6, 2.8), 0.78)
    for dx, dy in ((-3.4, 0), (0, -1), (3.4, 0), (0, 1.2)):
        ink.cut(path.ellipse(72.4 + dx, 21.4 + dy, 0.8), 0.5)


def crape_myrtle(ink: Ink) -> None:
    """Crape myrtle: crinkled small flowers in pyramids, smooth many stems."""
    leaves.ground(ink, 50, 95, 54, level=0.26)
    _spray(
        ink,
        ("48,94,4 44,66,3 50,30,1.6", "48,94,4 36,70,3 22,48,1.4", "52,94,4 66,70,3 78,46,1.4"),
        leaves.simple(0.54, pairs=3),
        length=16,
        paired=True,
    )
    for cx, cy, rows in ((50, 32, 5), (21, 46, 4), (79, 44, 4)):
        for r in range(rows):
            for k in range(rows - r):
                leaves.blossom(
                    ink, cx + (k - (rows - r - 1) / 2) * 7, cy - 6.4 * r, 4.6, petals=6, notch=True, heart=0.3
                )


def jasmine(ink: Ink) -> None:
    """Jasmine: long-tubed starry flowers and buds on a twining stem."""
    _spray(
        ink,
        ("18,96,3.4 26,70,3 48,52,2.6 54,30,2 76,14,1", "30,66,2.6 54,74,2 82,66,1", "48,52,2.4 32,36,1.8 16,30,1"),
        leaves.simple(0.56, pairs=4),
        length=20,
        paired=True,
    )
    for x, y, r, n in (
        (50.0, 52.0, 9.0, 7),
        (76, 18, 9, 7),
        (82, 64, 9, 7),
        (18, 30, 9, 7),
        (54, 30, 7.6, 6),
        (34, 68, 8, 7),
    ):
        for k in range(n):
            outline, rib = path.blade(x, y, 360 * k / n - 90, r, r * 0.46, widest=0.55)
            ink.fill(outline, 0.72)
            ink.cut(path.through(rib[2:-3]), 0.35)
        ink.fill(path.ellipse(x, y, 1.6), 0.95)
    for x, y, angle in ((88.0, 10.0, -30.0), (90, 76, 40), (10, 20, -120), (66, 8, -70)):
        limbs(
            ink,
            0.6,
            f"{x - 5 * math.cos(math.radians(angle)):.1f},{y - 5 * math.sin(math.radians(angle)):.1f},1 {x},{y},1.6",
        )
        ink.fill(path.blade(x, y, angle, 9, 4)[0], 0.74)


def rose(ink: Ink) -> None:
    """Roses, full-petalled, on thorned stems with toothed leaflets."""
    stems = ("46,96,3.6 50,70,3 52,44,2.4", "49,78,3 30,62,2.4 24,46,1.8", "50,70,3 70,60,2.4 78,40,1.8")
    for stem in stems:
        limbs(ink, 0.5, stem)
        for k, node in enumerate(path.sampled(stem)[3:-3:4]):
            side = 1 if k % 2 else -1
            ink.fill(
                path.straight(f"{node.x},{node.y - 1.4} {node.x + side * 3.6},{node.y + 0.6} {node.x},{node.y + 1.4}"),
                0.56,
                0.4,
            )
    leaf = leaves.pinnate(2, share=0.62, slant=56)
    for x, y, angle in (
        (48.0, 82.0, 160.0),
        (49, 84, 16),
        (38, 68, 110),
        (34, 64, -140),
        (64, 64, 60),
        (60, 66, -30),
        (52, 54, 190),
        (74, 50, 0),
    ):
        leaf(ink, x, y, angle, 24, 0.44)
    for x, y, size in ((52.0, 30.0, 1.2), (22, 36, 0.95), (80, 28, 0.95)):
        with ink.placed(x, y, scale=size):
            for ring, (n, reach, width) in enumerate(((7, 15, 12), (6, 11.4, 10), (5, 8, 8))):
                for k in range(n):
                    leaves.petal(ink, 0, 0, 360 * k / n + 26 * ring, reach, width, 0.58 + 0.09 * ring)
            ink.fill(path.ellipse(0, 0, 4), 0.9)
            ink.cut(path.through(path.spiral(0, 0, 3.2, turns=1.6)), 0.6)


def crabapple(ink: Ink) -> None:
    """Crab apple: drooping long-stalked flowers and buds from an old bough."""
    branch(ink, "2,30,8 24,22,7 48,30,5 72,20,3.4 97,26,1", "46,29,4 58,42,2.6 80,48,0.8")
    for x, y, angle, length in (
        (14.0, 24.0, -70.0, 18.0),
        (34, 24, -80, 18),
        (60, 24, -60, 18),
        (84, 22, -80, 16),
        (96, 26, 10, 10),
        (76, 47, -30, 16),
        (26, 24, 60, 16),
    ):
        leaves.simple(0.5, pairs=4)(ink, x, y, angle, length, 0.44)
    for x, y, r in ((20.0, 58.0, 9.0), (38, 68, 10), (58, 74, 10), (78, 70, 9), (30, 48, 7), (68, 58, 7)):
        ink.cord(path.line(f"{x * 0.8 + 10},27 {x + 2},{(y + 27) / 2} {x},{y}"), 0.9, 0.42)
        leaves.blossom(ink, x, y, r, rows=2, stamens=8, heart=0.16, share=0.86)
    for x, y in ((48.0, 86.0), (10, 70), (90, 84), (50, 56)):
        ink.cord(path.line(f"{x * 0.8 + 10},30 {x + 2},{(y + 30) / 2} {x},{y - 3}"), 0.8, 0.42)
        ink.fill(path.blob(f"{x},{y - 4} {x + 3},{y} {x},{y + 4} {x - 3},{y}"), 0.74)


def mallow(ink: Ink) -> None:
    """Hollyhock: a tall spire of wide flowers, lobed leaves below, buds above."""
    leaves.ground(ink, 50, 96, 48, level=0.26)
    limbs(ink, 0.5, "50,95,4.4 50,60,3.6 50,24,2.4 52,6,1.4")
    leaf = leaves.palmate(5, spread=230, share=0.56, deep=False)
    for x, y, angle, length in (
        (48.0, 86.0, 170.0, 28.0),
        (52, 84, 10, 28),
        (48, 74, 200, 24),
        (52, 72, -20, 24),
        (49, 60, 190, 18),
        (51, 58, -10, 18),
    ):
        leaf(ink, x, y, angle, length, 0.44)
    for x, y, r in ((42.0, 56.0, 12.0), (60, 46, 12), (42, 34, 10.6), (57, 24, 9)):
        leaves.blossom(ink, x, y, r, share=1.05, notch=True, heart=0.2, stamens=5)
    for x, y, r in ((47.0, 18.0, 3.4), (55, 12, 3), (51, 5, 2.6)):
        ink.fill(path.ellipse(x, y, r, r * 1.2), 0.74)
        ink.cut(
            [path.line(f"{x},{y - r} {x},{y + r}"), path.line(f"{x - r * 0.5},{y - r * 0.6} {x - r * 0.4},{y + r}")],
            0.45,
        )


def pearl_flower(ink: Ink) -> None:
    """Chloranthus (hoa sói): pearls threaded on forked spikes above four leaves."""
    leaves.ground(ink, 50, 95, 50, level=0.26)
    _spray(
        ink,
        ("50,94,3.4 49,70,3 50,46,2", "49,78,2.6 32,64,2 24,48,1.2", "50,76,2.6 68,62,2 76,46,1.2"),
        leaves.simple(0.52, pairs=5),
        count=2,
        length=24,
        paired=True,
    )
    for x, y in ((50.0, 46.0), (24, 48), (76, 46)):
        for angle in (-116, -90, -64):
            for k in range(9):
                px, py = path.toward(x, y, angle + (k - 4) * 0.6 * (angle + 90) / 26, 4 + 3.6 * k)
                ink.fill(path.ellipse(px, py, 2.1 - 0.1 * k), 0.76)


def hibiscus(ink: Ink) -> None:
    """Hibiscus (dâm bụt): great trumpets with the long staminal column thrust out."""
    _spray(
        ink,
        ("44,97,4 46,74,3.4 40,52,2.6 48,34,2", "45,80,3 64,70,2.4 84,62,1.2", "41,56,2.4 24,48,2 10,50,1"),
        leaves.heart(teeth=12, share=0.66),
        count=4,
        length=21,
    )
    for x, y, r, angle in ((50.0, 30.0, 18.0, -40.0), (80, 58, 13, -10), (20, 44, 12, -150)):
        leaves.blossom(ink, x, y, r, share=0.98, heart=0.13)
        tx, ty = path.toward(x, y, angle, r * 1.15)
        limbs(ink, 0.95, f"{x},{y},2 {(x + tx) / 2},{(y + ty) / 2 - 1},1.7 {tx},{ty},1.5")
        for k in range(8):
            px, py = path.toward(x, y, angle, r * (0.6 + 0.07 * k))
            qx, qy = path.toward(px, py, angle + (90 if k % 2 else -90), 2)
            ink.fill(path.ellipse(qx, qy, 0.8), 0.97, 0.3)


def five_leaf_orchid(ink: Ink) -> None:
    """The five-leaved orchid: five arched leaves, a spike of lipped flowers, air roots."""
    for angle, length, bend in (
        (-168, 44, -0.2),
        (-140, 56, -0.34),
        (-40, 56, 0.34),
        (-12, 44, 0.2),
        (-104, 58, -0.24),
    ):
        outline, rib = path.blade(50, 84, angle, length, 6.4, bend=bend, widest=0.4)
        ink.fill(outline, 0.46)
        ink.cut([path.through(rib[1:-1])], 0.6)
    limbs(ink, 0.56, "52,84,2.4 60,56,2 62,34,1.7 56,12,1")
    for x, y, turn in ((50.0, 14.0, -20.0), (64, 24, 20), (52, 36, -16), (68, 46, 16), (57, 4, 0)):
        with ink.placed(x, y, turn=turn, scale=0.95):
            for angle in (-90, -160, -20):
                outline, rib = path.blade(0, 0, angle, 11, 4.6)
                ink.fill(outline, 0.7)
                ink.cut(path.through(rib[2:-3]), 0.35)
            for angle in (-130, -50):
                ink.fill(path.blade(0, 0, angle, 8, 4)[0], 0.76)
            ink.fill(path.blob("-2,0 2,0 5,5 3,10 0,8.6 -3,10 -5,5"), 0.86)
            ink.cut(path.line("0,2 0,8"), 0.4)
    for text in ("46,86,1.8 36,92,1.5 26,90,0.5", "50,88,1.8 46,96,1.4 40,98,0.5", "54,86,1.8 66,92,1.5 76,90,0.5"):
        limbs(ink, 0.4, text)
    ink.fill(path.ellipse(50, 86, 7, 4), 0.66)


DRAWINGS = {
    draw.__name__: Drawing(draw)
    for draw in (lotus_plant, crape_myrtle, jasmine, rose, crabapple, mallow, pearl_flower, hibiscus, five_leaf_orchid)
}
