"""Weapons of the urns: cannon, firearms, blades and the crossbow."""

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.beasts import cat_face
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.sky import flame, scroll
from museum.demonstration.motifs.strokes import coat, limbs


def barrel(ink: Ink, length: float, radius: float, *, level: float = 0.66) -> None:
    """A cannon's barrel along x from breech (0) to muzzle: rings, dolphins, chase, swell, cascabel."""
    r = radius
    ink.fill(
        path.blob(
            f"-{r * 0.9:.1f},0 -{r * 0.5:.1f},-{r * 0.5:.1f} 0,-{r * 0.4:.1f} 0,{r * 0.4:.1f} -{r * 0.5:.1f},{r * 0.5:.1f}"
        ),
        level + 0.1,
    )
    ink.fill(
        path.straight(
            f"0,-{r} {length * 0.45},-{r * 0.92} {length},-{r * 0.68} {length},{r * 0.68} {length * 0.45},{r * 0.92} 0,{r}"
        ),
        level,
    )
    for t, wide, grow in (
        (0.0, 3.0, 1.14),
        (0.1, 1.6, 1.06),
        (0.3, 1.6, 1.04),
        (0.52, 2.2, 1.06),
        (0.62, 1.4, 1.04),
        (0.82, 1.6, 1.06),
        (0.92, 1.4, 1.14),
        (0.97, 3.4, 1.28),
    ):
        x, half = length * t, r * (1 - 0.32 * t) * grow
        ink.fill(
            path.straight(f"{x - wide / 2},-{half} {x + wide / 2},-{half} {x + wide / 2},{half} {x - wide / 2},{half}"),
            level + 0.12,
        )
    for k in range(3):
        scroll_x = length * (0.37 + 0.06 * k)
        ink.cut(path.through(path.spiral(scroll_x, 0, r * 0.34, turns=1.3, sense=1 if k % 2 else -1)), 0.6)
    for t in (0.17, 0.24, 0.7, 0.76):
        ink.cut(path.line(f"{length * t},-{r * 0.5} {length * t + 2},0 {length * t},{r * 0.5}"), 0.6)
    ink.fill(
        path.blob(
            f"{length * 0.42},-{r * 0.9} {length * 0.44},-{r * 1.5} {length * 0.48},-{r * 1.5} {length * 0.5},-{r * 0.9}"
        ),
        level + 0.16,
    )
    ink.fill(path.ellipse(length * 0.5, r * 0.3, r * 0.34), level + 0.2)


def wheel(ink: Ink, x: float, y: float, radius: float, *, spokes: int = 10, level: float = 0.7) -> None:
    """A spoked wheel with studded rim."""
    ink.fill(path.ellipse(x, y, radius), level)
    ink.sink(path.ellipse(x, y, radius * 0.78))
    for k in range(spokes):
        ax, ay = path.toward(x, y, 360 * k / spokes, radius * 0.2)
        bx, by = path.toward(x, y, 360 * k / spokes, radius * 0.82)
        ink.cord(f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}", radius * 0.12, level - 0.1)
        ink.cut(path.ellipse(*path.toward(x, y, 360 * (k + 0.5) / spokes, radius * 0.89), radius * 0.035), 0.5)
    ink.fill(path.ellipse(x, y, radius * 0.26), level + 0.15)
    ink.cut(path.ellipse(x, y, radius * 0.1), 0.6)


def cannon(ink: Ink) -> None:
    """A great cannon on its low carved bed, balls piled before it."""
    leaves.ground(ink, 50, 82, 92, level=0.3)
    ink.fill(path.blob("4,66! 12,60 40,56 74,52 80,58 82,74! 76,80 16,80 6,76"), 0.52)
    for x, sense in ((20.0, 1), (36, -1), (52, 1), (67, -1)):
        scroll(ink, x, 69.5, 5.4, level=0.58, sense=sense)
    ink.cut([path.line("10,62 42,59 76,56"), path.line("10,77 44,77 78,76")], 0.7)
    with ink.placed(12, 56, turn=-15):
        barrel(ink, 84, 11.5)
    for x, y in ((86.0, 80.0), (93, 80), (89.5, 74)):
        ink.fill(path.ellipse(x, y, 4), 0.7)


def wheeled_cannon(ink: Ink) -> None:
    """A field gun on two wheels with its trail."""
    limbs(ink, 0.5, "46,54,9 28,68,7 8,84,6 2,86,3")
    ink.cut(path.line("44,58 28,71 10,84"), 0.6)
    with ink.placed(26, 50, turn=-12):
        barrel(ink, 68, 9)
    wheel(ink, 56, 66, 24, spokes=12)
    ink.fill(path.ellipse(14, 92, 4), 0.7)
    ink.fill(path.ellipse(23, 93, 4), 0.7)


def musket(ink: Ink) -> None:
    """The bird gun: a long matchlock with ramrod, lock and curved stock, powder flask by it."""
    with ink.placed(6, 74, turn=-32):
        ink.fill(path.blob("-4,6 2,-3 14,-4.4 30,-4 98,-2.2! 98,1.4! 34,3.4 20,5 12,11 4,15 -3,13"), 0.52)
        ink.fill(path.straight("22,-6.4 104,-4 104,-1 22,-1.6"), 0.68)
        for x in (34.0, 50, 66, 82, 97):
            ink.fill(path.straight(f"{x},-6.8 {x + 3},-6.6 {x + 3},2.6 {x},2.8"), 0.76)
        ink.cord("M38 2.4L96 1", 1, 0.6)
        ink.fill(path.blob("20,-7 26,-8 28,-2 24,2 18,2 17,-3"), 0.78)
        limbs(ink, 0.85, "22,-6,2.4 18,-13,2 24,-16,1.4", "22,4,1.6 20,10,1.6 25,11,1.4 27,5,1.2")
        ink.cut([path.line("0,8 8,2 16,1"), path.line("4,12 10,7")], 0.6)
    limbs(ink, 0.5, "48,74,1 58,68,1 70,72,1")
    ink.fill(path.blob("66,72 74,68 82,72 88,82 84,90 76,90 69,83"), 0.7)
    ink.cut([path.line("71,76 78,80 86,80"), path.line("72,82 79,86 85,85")], 0.6)
    limbs(ink, 0.8, "66,73,4.6 60,70,3.6 57,68,2.4")


def butterfly_shell(ink: Ink) -> None:
    """The butterfly shell: a round shot bursting, its halves like wings about the fuse."""
    for k in range(12):
        x, y = path.toward(50, 52, 30 * k, 28)
        flame(ink, x, y, 30 * k, 16 if k % 2 else 11, level=0.34)
    for mirror in (False, True):
        with ink.placed(50, 52, mirror=mirror):
            ink.fill(path.blob("2,-22 12,-25 23,-20 28,-9 26,-2 14,0 4,-4"), 0.6)
            ink.fill(path.blob("3,4 14,1 25,3 27,12 21,21 12,24 4,18"), 0.6)
            ink.cut(
                [
                    path.line("6,-8 14,-14 24,-14"),
                    path.line("6,-14 12,-20 18,-21"),
                    path.line("6,8 14,9 24,9"),
                    path.line("6,13 12,17 18,18"),
                ],
                0.7,
            )
    ink.fill(path.ellipse(50, 52, 7, 16), 0.76)
    for y in (42.0, 48, 54, 60):
        ink.cut(path.line(f"44,{y} 50,{y + 1.6} 56,{y}"), 0.7)
    limbs(ink, 0.7, "47,37,1.6 42,26,1.4 36,24,2", "53,37,1.6 58,26,1.4 64,24,2")


def spear(ink: Ink) -> None:
    """Two long spears crossed, leaf blades, tassels, ribbon."""
    for mirror in (False, True):
        with ink.placed(50, 50, mirror=mirror), ink.placed(0, 0, turn=38):
            ink.cord("M0 50L0 -30", 2.4, 0.56)
            outline, rib = path.blade(0, -31, -90, 25, 9, widest=0.4)
            ink.fill(outline, 0.76)
            ink.cut(path.through(rib[:-1]), 0.8)
            for k in range(7):
                limbs(ink, 0.64, f"{(k - 3) * 0.5},-29,1.6 {(k - 3) * 1.7},-22,2 {(k - 3) * 2.2},-15,0.4")
            ink.fill(path.straight("-2.6,-31 2.6,-31 2,-27 -2,-27"), 0.8)
            ink.fill(path.blade(0, 49, 90, 6, 3.6, widest=0.3)[0], 0.72)
            for y in (-6.0, 0, 6, 30, 36):
                ink.cut(f"M-1.4 {y}L1.4 {y + 1}", 0.6)
    limbs(
        ink,
        0.8,
        "44,53,4 50,50,5.4 56,53,4",
        "47,52,3 38,62,3.6 40,72,3 34,80,0.6",
        "53,52,3 62,62,3.6 60,72,3 66,80,0.6",
    )


def shield_sabre(ink: Ink) -> None:
    """A round shield with a tiger's mask, the sabre behind it."""
    with ink.placed(50, 50, turn=-42):
        ink.fill(path.blob("0,-52! 6,-46 8,-30 6,-8 3,20 -3,20 -2,-10 -1,-30"), 0.5)
        ink.cut(path.line("2,-46 4,-30 2,-6"), 0.7)
        ink.cord("M0 24L0 46", 4, 0.5)
        ink.cut([f"M-2 {27 + 3.4 * k}L2 {28.4 + 3.4 * k}" for k in range(6)], 0.6)
        ink.fill(path.ellipse(0, 48, 3.4), 0.66)
        limbs(ink, 0.6, "0,50,1.6 6,55,2 5,63,0.4")
    ink.fill(path.ellipse(50, 52, 31), 0.58)
    ink.fill(path.ellipse(50, 52, 27), 0.64)
    for k in range(24):
        x, y = path.toward(50, 52, 15 * k, 29)
        ink.cut(path.ellipse(x, y, 0.9), 0.6)
    for k in range(16):
        ax, ay = path.toward(50, 52, 22.5 * k, 20)
        ink.cut(path.through([(ax, ay), path.toward(50, 52, 22.5 * k + 9, 23), path.toward(50, 52, 22.5 * k, 26)]), 0.7)
    ink.fill(path.ellipse(50, 52, 18.4), 0.72)
    cat_face(ink, 50, 53, 12.6, level=0.82)
    for text in (
        "50,41,0.3 50,44,1.8 50,47,0.3",
        "46,41.4,0.3 46.8,44,1.3 47.4,46,0.3",
        "54,41.4,0.3 53.2,44,1.3 52.6,46,0.3",
    ):
        coat(ink, text)


def crossbow(ink: Ink) -> None:
    """A crossbow drawn, bolt in its groove, quiver beside it."""
    limbs(ink, 0.56, "6,38,2 22,22,4.4 50,14,6.4 78,22,4.4 94,38,2")
    for text in ("22,22 24,25", "34,17 35,21", "66,17 65,21", "78,22 76,25"):
        ink.cut(path.line(text), 0.7)
    ink.cord("M6 38L50 54L94 38", 0.9, 0.5)
    ink.fill(path.straight("45.6,8 54.4,8 54.4,74 52,96 48,96 45.6,74"), 0.66)
    ink.cut(["M48 16L48 54", "M52 16L52 54"], 0.6)
    ink.cord("M50 54L50 4", 1.3, 0.84)
    ink.fill(path.straight("50,-2 53,6 50,4.6 47,6"), 0.9)
    ink.fill(path.straight("43,52 57,52 57,60 43,60"), 0.8)
    limbs(ink, 0.74, "54,62,2 61,68,2 59,76,1.6")
    ink.cut([path.line("47,66 53,67"), path.line("47,80 53,81"), path.line("47.6,86 52.4,87")], 0.6)
    with ink.placed(78, 70, turn=16):
        for k in range(4):
            ink.cord(f"M{-4.5 + 3 * k} 0L{-4.5 + 3 * k} -17", 1, 0.6)
            ink.fill(path.straight(f"{-4.5 + 3 * k},-18 {-6 + 3 * k},-11 {-3 + 3 * k},-11"), 0.7, 0.5)
        ink.fill(path.blob("-7,-8! 7,-8! 6,16 4,20 -4,20 -6,16"), 0.68)
        ink.cut([path.line("-6.6,-4 0,-3 6.6,-4"), path.line("-6,13 0,14 6,13")], 0.6)
        ink.cut(path.through(path.spiral(0, 5, 4, turns=1.4)), 0.7)


def glaive(ink: Ink) -> None:
    """The phác đao: broad curved blade on a long shaft, dragon collar, ring pommel."""
    with ink.placed(50, 50, turn=36):
        ink.cord("M0 52L0 -10", 2.8, 0.56)
        ink.fill(path.blob("-3,-10! -5,-22 -7,-34 -4,-48 4,-58! 6,-46 11,-34 10,-20 4,-10!"), 0.68)
        ink.cut([path.line("-1,-12 -2,-26 -2,-38 2,-52"), path.line("3,-14 4,-26 3,-40")], 0.8)
        ink.fill(path.straight("-7,-30 -13,-36 -10,-27"), 0.7)
        ink.fill(path.blob("-6,-12 0,-15 6,-12 5,-6 0,-4 -5,-6"), 0.82)
        ink.cut(path.through(path.spiral(-2, -9, 2.4, turns=1.2)), 0.6)
        for k in range(6):
            limbs(ink, 0.66, f"{(k - 2.5) * 0.6},-4,1.6 {(k - 2.5) * 1.8},3,2 {(k - 2.5) * 2.4},9,0.4")
        ink.cord(path.ellipse(0, 55, 3.4), 1.6, 0.7)
        for y in (16.0, 20, 24, 40, 44):
            ink.cut(f"M-1.6 {y}L1.6 {y + 1.2}", 0.6)


def fire_tube(ink: Ink) -> None:
    """The fire tube: a bound bamboo tube on a stock, throwing flame and sparks."""
    with ink.placed(10, 84, turn=-38):
        ink.cord("M-6 2L22 0", 4, 0.54)
        ink.fill(path.straight("20,-7 72,-8.4 72,8.4 20,7"), 0.66)
        for x in (21.0, 33, 45, 57, 69):
            ink.fill(path.straight(f"{x},-9 {x + 3.4},-9 {x + 3.4},9 {x},9"), 0.76)
            ink.cut(f"M{x + 1.7} -8L{x + 1.7} 8", 0.4)
        ink.cut([path.line("26,-2 40,-2.4 66,-3"), path.line("26,3 42,3 66,3.4")], 0.5)
        ink.sink(path.ellipse(72.6, 0, 1.4, 6), 1)
        for angle, length in ((-34, 22), (34, 22), (-18, 28), (18, 28), (0, 34)):
            x, y = path.toward(72, 0, angle, 3)
            flame(ink, x, y, angle, length, level=0.46, lean=1 if angle <= 0 else -1)
    for x, y in ((88.0, 8.0), (94, 22), (78, 6), (97, 38), (70, 10), (92, 48)):
        ink.fill(path.ellipse(x, y, 1.5), 0.5)


DRAWINGS = {
    draw.__name__: Drawing(draw)
    for draw in (cannon, wheeled_cannon, musket, butterfly_shell, spear, shield_sabre, crossbow, glaive, fire_tube)
}
