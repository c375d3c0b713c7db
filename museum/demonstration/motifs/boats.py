"""Ships, boats, the cart and the flag of the urns."""

from museum.demonstration.motifs import path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.land import billow, house, ripples
from museum.demonstration.motifs.strokes import limbs


def hull(ink: Ink, text: str, *planks: str, level: float = 0.62) -> None:
    """A hull with its plank lines."""
    ink.fill(path.blob(text), level)
    ink.cut([path.line(plank) for plank in planks], 0.7)


def batten_sail(ink: Ink, text: str, ribs: int, *, level: float = 0.66) -> None:
    """A junk's sail: four corners "mast top, leech top, leech foot, mast foot", bellied, on battens."""
    a, b, c, d = path.nodes(text)
    belly = (b.x + c.x) / 2 + (2.6 if c.x > d.x else -2.6)
    ink.fill(path.blob(f"{a.x},{a.y}! {b.x},{b.y}! {belly},{(b.y + c.y) / 2} {c.x},{c.y}! {d.x},{d.y}!"), level)
    for k in range(1, ribs):
        t = k / ribs
        x0, y0, x1, y1 = a.x + (d.x - a.x) * t, a.y + (d.y - a.y) * t, b.x + (c.x - b.x) * t, b.y + (c.y - b.y) * t
        bow = (belly - (b.x + c.x) / 2) * 4 * t * (1 - t) * 0.9
        ink.cut(f"M{x0:.1f} {y0:.1f}L{x1 + bow:.1f} {y1:.1f}", 0.8)


def pennant(ink: Ink, x: float, y: float, length: float, *, level: float = 0.7, sense: int = 1) -> None:
    """A streamer from a mast head."""
    s = sense
    ink.fill(
        path.brush(
            f"{x},{y},3 {x + s * length * 0.35},{y - 2},3 {x + s * length * 0.7},{y + 1.4},2 {x + s * length},{y - 1},0.3"
        ),
        level,
    )


def flag_at(ink: Ink, x: float, y: float, size: float, *, level: float = 0.7) -> None:
    """A small toothed flag on a staff whose foot is (x, y)."""
    ink.cord(f"M{x} {y}L{x} {y - size * 1.6}", 0.9, level - 0.1)
    top = y - size * 1.6
    ink.fill(path.straight(f"{x},{top} {x + size},{top + size * 0.3} {x},{top + size * 0.7}"), level)


def oars(ink: Ink, x: float, y: float, count: int, step: float, *, reach: float = 13, level: float = 0.6) -> None:
    """A bank of oars slanting into the water."""
    for k in range(count):
        px = x + step * k
        limbs(ink, level, f"{px},{y},1 {px - reach * 0.35},{y + reach * 0.6},1 {px - reach * 0.55},{y + reach},2.4")


def water(ink: Ink, *, y: float = 84, rows: int = 3) -> None:
    """Waves under a ship."""
    ripples(ink, y, rows, level=0.4)


def many_roped_ship(ink: Ink) -> None:
    """The great three-master of many ropes."""
    for x, top in ((26, 16), (50, 4), (74, 14)):
        ink.cord(f"M{x} 70L{x} {top}", 1.8, 0.5)
        pennant(ink, x, top + 2, 13)
        for k in range(5):
            ink.cord(f"M{x} {top + 3}L{x - 15 + 1.5 * k} {68 + 0.4 * k}", 0.5, 0.34, 0.3)
            ink.cord(f"M{x} {top + 3}L{x + 9 + 1.5 * k} 69", 0.5, 0.34, 0.3)
    ink.cord("M12 68L-1 52", 1.4, 0.5)
    ink.cord("M-1 52L26 18", 0.5, 0.34)
    for x, yards in ((26, ((24, 9), (40, 12))), (50, ((12, 10), (28, 13), (46, 15))), (74, ((22, 9), (38, 12)))):
        for y, half in yards:
            ink.fill(
                path.blob(
                    f"{x - half},{y}! {x},{y - 1} {x + half},{y}! {x + half + 1.6},{y + 7} {x + half - 0.6},{y + 13}! {x},{y + 11} {x - half + 0.6},{y + 13}! {x - half + 1.6},{y + 7}"
                ),
                0.66,
            )
            ink.cut(
                [
                    path.line(f"{x + half * u},{y + 0.6} {x + half * u + 1.4},{y + 6} {x + half * u},{y + 11}")
                    for u in (-0.5, 0, 0.5)
                ],
                0.45,
            )
            ink.cord(f"M{x - half - 1} {y}L{x + half + 1} {y}", 1.1, 0.74)
    hull(
        ink,
        "4,62! 14,68 34,70 66,70 84,66 90,58! 98,57! 94,72 86,82 68,85 30,85 14,80 7,71",
        "7,69 24,76 50,77 76,76 95,66",
        "10,75 26,81 50,82 76,81 92,73",
        level=0.6,
    )
    for k in range(8):
        ink.sink(path.straight(f"{24 + 7.4 * k},71.4 {27 + 7.4 * k},71.4 {27 + 7.4 * k},74 {24 + 7.4 * k},74"), 1)
    water(ink, y=86)


def storeyed_ship(ink: Ink) -> None:
    """The storeyed ship: a floating pavilion in two tiers with flags."""
    for x in (16.0, 84):
        flag_at(ink, x, 62, 14)
    hull(
        ink,
        "2,54! 8,64 22,68 78,68 92,63 99,50! 96,70 86,80 68,83 30,83 14,79 5,68",
        "6,66 24,74 76,74 95,62",
        "10,74 28,79 74,79 92,70",
        level=0.58,
    )
    ink.fill(path.straight("20,68 80,68 80,62 20,62"), 0.62)
    ink.cut([f"M{20 + 4 * k} 62L{20 + 4 * k} 67" for k in range(1, 15)], 0.5)
    with ink.placed(50, 64, scale=2.3):
        house(ink, 0, 0, 16)
    house(ink, 50, 31, 24, level=0.7)
    for x in (30.0, 42, 58, 70):
        ink.cut(f"M{x} 63L{x} 50", 0.6)
    flag_at(ink, 50, 13, 7)
    oars(ink, 26, 76, 7, 8.6, reach=12)
    water(ink, y=88)


def mong_dong_ship(ink: Ink) -> None:
    """The mông đồng warship: low, hide-covered, shields and spears along its side, ram bow."""
    for k in range(9):
        x = 22 + 7 * k
        ink.cord(f"M{x} 60L{x + 3} 30", 0.8, 0.44)
        ink.fill(path.blade(x + 3, 31, -84, 7, 2.6, widest=0.3)[0], 0.6)
    ink.cord("M50 56L50 6", 1.6, 0.5)
    batten_sail(ink, "51,10 70,16 68,40 51,44", 5)
    pennant(ink, 50, 8, 15, sense=-1)
    hull(
        ink,
        "0,50! 8,62 22,66 78,66 90,60 96,44! 100,46! 98,64 88,77 68,81 28,81 12,76 -2,58",
        "4,62 22,73 78,73 96,58",
        "10,72 26,78 76,78 92,70",
        level=0.58,
    )
    ink.fill(path.blob("14,62! 20,52 36,48 64,48 80,52 86,62!"), 0.64)
    for k in range(9):
        ink.fill(path.ellipse(18 + 8 * k, 62, 4), 0.72)
        ink.cut([path.ellipse(18 + 8 * k, 62, 2.4), path.ellipse(18 + 8 * k, 62, 0.7)], 0.5)
    ink.cut([path.line(f"{26 + 8 * k},50 {25 + 8 * k},54 {24 + 8 * k},57") for k in range(7)], 0.5)
    oars(ink, 22, 74, 9, 7, reach=12)
    water(ink, y=86)


def sea_boat(ink: Ink) -> None:
    """The hải đạo sea boat: two battened sails, high curved stern, eye at the bow."""
    ink.cord("M38 66L36 8", 1.8, 0.5)
    ink.cord("M66 66L68 20", 1.6, 0.5)
    batten_sail(ink, "36,10 66,18 63,54 37,60", 7)
    batten_sail(ink, "68,22 90,28 87,54 67,60", 5)
    batten_sail(ink, "20,30 34,36 32,56 20,60", 4, level=0.6)
    ink.cord("M20 64L20 28", 1.2, 0.5)
    pennant(ink, 36, 8, 13)
    hull(
        ink,
        "0,52! 12,62 30,67 70,67 86,60 97,44! 99,58 90,74 72,82 30,82 12,76 3,64",
        "4,62 24,73 74,73 96,55",
        "10,71 28,78 72,78 93,66",
        level=0.6,
    )
    ink.fill(path.ellipse(12, 67, 3.2, 2.4, 20), 0.8)
    ink.sink(path.ellipse(12.4, 67, 1), 1)
    limbs(ink, 0.5, "94,60,3 97,74,4 95,86,1")
    water(ink, y=85)
    billow(ink, 10, 84, 18, level=0.5)


def light_boat(ink: Ink) -> None:
    """The light racing boat: long and slim, dragon stem, paddlers in a row."""
    hull(ink, "0,50! 10,58 26,62 76,62 92,56 99,40! 99,54 90,68 74,72 26,72 10,66", "5,60 26,67 76,67 96,52", level=0.6)
    ink.fill(path.brush("8,60,9 3,50,7 5,41,6"), 0.66)
    ink.fill(path.blob("1,40 4,35 10,34 13,37 18,38 17,41 12,42 16,44 10,46 4,45"), 0.76)
    limbs(ink, 0.7, "6,35,2 2,30,1.6 3,26,0.3", "9,34,2 8,28,1.6 11,25,0.3", "3,46,3 -1,50,2 -2,55,0.4")
    ink.sink(path.ellipse(9, 38, 0.9), 1)
    for k in range(8):
        x = 19 + 8.4 * k
        limbs(ink, 0.5, f"{x + 3},50,1 {x - 3},62,1 {x - 7},76,2.6")
        ink.fill(path.blob(f"{x - 3},62! {x - 2.4},54 {x + 1},50 {x + 4},54 {x + 4},62!"), 0.66)
        ink.fill(path.ellipse(x + 0.4, 46, 2.7, 3), 0.74)
        ink.fill(path.straight(f"{x - 3.6},44.6 {x + 0.4},39.6 {x + 4.4},44.6"), 0.8)
    flag_at(ink, 92, 56, 15)
    water(ink, y=82)


def le_boat(ink: Ink) -> None:
    """The lê boat: a broad rowing boat with an arched mat roof and a man at the sweep."""
    ink.fill(path.blob("26,62! 27,48 34,41 48,39 62,41 69,48 70,62!"), 0.6)
    for k in range(1, 7):
        x = 26 + 6.3 * k
        ink.cut(path.line(f"{x},61 {x},{43 + abs(k - 3.5) * 1.4}"), 0.6)
    for y in (46, 51, 56):
        ink.cut(path.line(f"27,{y + 1} 48,{y - 1} 69,{y + 1}"), 0.5)
    limbs(ink, 0.62, "84,58,4.6 84,48,5.6 82,42,4")
    ink.fill(path.ellipse(82, 37, 3.2, 3.4), 0.74)
    ink.fill(path.straight("76,36 82,29 88,36"), 0.8)
    limbs(ink, 0.7, "84,46,2.2 90,50,2 94,47,1.8")
    limbs(ink, 0.56, "91,40,1.2 97,62,1.4 99,82,3")
    hull(
        ink,
        "0,50! 10,60 26,64 76,64 90,60 98,52! 94,70 80,78 28,78 10,72",
        "5,62 26,70 78,70 95,60",
        "10,69 28,74 78,74 91,68",
        level=0.6,
    )
    water(ink, y=83)


def black_boat(ink: Ink) -> None:
    """The ô boat: dark tarred hull, one tall sail, cargo under mats."""
    ink.cord("M44 64L42 4", 2, 0.5)
    batten_sail(ink, "42,6 84,16 78,52 43,58", 8)
    for k in range(4):
        ink.cord(f"M{80 - 3 * k} {24 + 8 * k}L94 58", 0.4, 0.34, 0.3)
    ink.fill(path.blob("12,64! 16,56 26,54 36,58 38,64!"), 0.64)
    ink.cut([path.line("15,60 26,57 37,61"), path.line("20,56 20,63"), path.line("28,55 28,63")], 0.5)
    hull(
        ink,
        "2,54! 12,62 30,66 70,66 88,60 97,48! 97,64 86,78 66,83 32,83 12,76",
        "6,64 28,72 74,72 95,58",
        "9,69 30,76 74,76 93,65",
        "13,74 32,80 72,80 88,73",
        level=0.6,
    )
    for k in range(10):
        ink.cut(
            path.line(f"{18 + 7 * k},{66 + 0.3 * (k - 5) ** 2 * 0.1} {17 + 7 * k},{80 - 0.2 * (k - 5) ** 2 * 0.4}"), 0.4
        )
    water(ink, y=85)


def flag(ink: Ink) -> None:
    """A flag with toothed edge, sun disc and cloud, its staff with a spearhead and tassels."""
    ink.cord("M14 97L14 10", 2.6, 0.55)
    ink.fill(path.blade(14, 12, -90, 13, 5, widest=0.35)[0], 0.75)
    ink.fill(path.ellipse(14, 12, 2.6), 0.8)
    teeth = []
    for k in range(9):
        t = k / 8
        teeth.append(f"{92 - 3 * (k % 2):.0f},{20 + 46 * t:.0f}! {97 - 2 * (k % 2):.0f},{23 + 46 * t:.0f}!")
    ink.fill(path.blob("15,18! 34,14 56,20 76,24 90,19! " + " ".join(teeth) + " 76,74 56,68 34,62 15,66!"), 0.56)
    ink.fill(path.blob("20,24! 36,20 56,26 76,30 86,27! 86,64! 76,67 56,62 36,56 20,60!"), 0.62)
    ink.fill(path.ellipse(52, 42, 12), 0.76)
    ink.cut(path.ellipse(52, 42, 9.4), 0.7)
    ink.cut(path.through(path.spiral(52, 42, 7, turns=1.6)), 0.9)
    for k in range(8):
        x, y = path.toward(52, 42, 45 * k, 13)
        ink.fill(path.blade(x, y, 45 * k, 6, 3)[0], 0.7)
    ink.cut([path.line("22,30 28,34 24,40 30,46 26,54"), path.line("80,34 76,40 82,46 78,52 82,60")], 0.7)
    for y in (70, 76):
        limbs(ink, 0.66, f"15,{y},1.4 20,{y + 3},2.4 21,{y + 10},3 20,{y + 16},0.6")


def cart(ink: Ink) -> None:
    """A two-wheeled carriage with canopy, long shafts and spoked wheels."""
    ink.fill(path.blob("26,28! 34,18 52,12 70,18 78,28! 70,27 52,25 34,27"), 0.66)
    ink.cut([path.line("36,27 42,18 52,13"), path.line("52,25 52,13"), path.line("68,27 62,18 52,13")], 0.6)
    for k in range(9):
        limbs(ink, 0.6, f"{28 + 6 * k},27,1.6 {28 + 6 * k},31,2.2 {28 + 6 * k},34,0.4")
    for x in (33.0, 71):
        ink.cord(f"M{x} 28L{x} 58", 1.6, 0.56)
    ink.fill(path.blob("24,46! 30,50 74,50 80,42! 80,62! 76,66 28,66 24,62!"), 0.62)
    ink.cut([path.line("28,54 52,55 78,54"), path.line("28,60 52,61 78,60")], 0.6)
    for k in range(4):
        ink.cut(path.through(path.spiral(34 + 12 * k, 57.6, 2.6, turns=1.2, sense=1 if k % 2 else -1)), 0.6)
    limbs(ink, 0.56, "28,62,3 14,60,2.6 2,52,2 -1,46,1.6")
    ink.cord(path.ellipse(54, 74, 19), 3.2, 0.74)
    ink.cord(path.ellipse(54, 74, 15.4), 1, 0.6)
    for k in range(12):
        ax, ay = path.toward(54, 74, 30 * k, 4)
        bx, by = path.toward(54, 74, 30 * k, 17)
        ink.cord(f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}", 1.5, 0.68)
    ink.fill(path.ellipse(54, 74, 5), 0.8)
    ink.fill(path.ellipse(54, 74, 2.2), 0.95)
    flag_at(ink, 78, 46, 12)


DRAWINGS = {
    draw.__name__: Drawing(draw)
    for draw in (many_roped_ship, storeyed_ship, mong_dong_ship, sea_boat, light_boat, le_boat, black_boat, flag, cart)
}
