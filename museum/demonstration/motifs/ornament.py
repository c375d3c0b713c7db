"""Borders and ornaments: fret, lotus petals, cloud frame, a bell's bands and bosses, and the face of a bronze drum."""

import math
from collections.abc import Callable

from museum.demonstration.motifs import path
from museum.demonstration.motifs.dragons import paired_dragons
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.flowers import lotus_flower
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.sky import cloud
from museum.demonstration.motifs.strokes import limbs


def key_fret(ink: Ink) -> None:
    """Hồi văn: a square meander between two fillets; repeats after its width."""
    for y in (1.4, 18.6):
        ink.cord(f"M-5 {y}L105 {y}", 1.6, 0.5)
    for k in range(-1, 6):
        x = 20 * k
        ink.cord(
            f"M{x + 1} 15.4L{x + 1} 4.6L{x + 17} 4.6L{x + 17} 12.4L{x + 7} 12.4L{x + 7} 8.6L{x + 13} 8.6", 1.8, 0.6
        )
        ink.cord(f"M{x + 1} 15.4L{x + 21} 15.4", 1.8, 0.6)


def lotus_band(ink: Ink) -> None:
    """A row of lotus petals, doubled, with pointed tips between; repeats after its width."""
    for k in range(-1, 9):
        x = 12.5 * k + 6.25
        ink.fill(path.blob(f"{x - 5},21! {x - 5},9 {x},2! {x + 5},9 {x + 5},21!"), 0.44)
        ink.cut(path.line(f"{x},6 {x},18"), 0.5)
    for k in range(-1, 10):
        x = 12.5 * k
        ink.fill(path.blob(f"{x - 6},21! {x - 6.4},12 {x - 4.4},7 {x},3.4! {x + 4.4},7 {x + 6.4},12 {x + 6},21!"), 0.62)
        ink.fill(
            path.blob(f"{x - 3.8},21! {x - 4.2},13 {x - 2.6},9.6 {x},7! {x + 2.6},9.6 {x + 4.2},13 {x + 3.8},21!"), 0.76
        )
        ink.cut([path.line(f"{x + d},{12 + abs(d)} {x + 0.7 * d},21") for d in (-1.8, 0, 1.8)], 0.45)
    ink.cord("M-5 19.4L105 19.4", 1.8, 0.6)


def cloud_band(ink: Ink) -> None:
    """Clouds drifting in a row; repeats after its width."""
    for k in range(-1, 4):
        cloud(ink, 33.33 * k + 8, 10.6, 23, level=0.5, tail=0.7)
        ink.fill(path.ellipse(33.33 * k + 29, 4.4, 1.5), 0.5)


def lotus(ink: Ink) -> None:
    """An open lotus in side view on two leaves."""
    for mirror in (False, True):
        with ink.placed(50, 62, mirror=mirror):
            ink.fill(path.blob("-2,0 -14,-6 -32,-4 -46,4 -36,10 -18,11 -4,6"), 0.4)
            ink.cut(
                [path.line("-4,3 -20,2 -42,4"), path.line("-12,2.6 -20,-3 -28,-3"), path.line("-14,3 -22,8 -30,8")], 0.6
            )
    lotus_flower(ink, 50, 62, 1.75)


def dragon_cloud_frame(ink: Ink) -> None:
    """An upright frame of clouds, two dragons and the sun at its head, inside two fillets; the middle is open."""
    for left, top, bottom in ((1.0, 1.0, 139.0), (18, 26.5, 122)):
        ink.cord(f"M{left} {top}L{100 - left} {top}L{100 - left} {bottom}L{left} {bottom}Z", 1.6, 0.5)
    with ink.placed(23, 2.2, scale=0.3375):
        paired_dragons(ink)
    for x, mirror in ((7.0, False), (93.0, True)):
        cloud(ink, x, 10.4, 16, mirror=mirror, level=0.56, tail=0.5)
        for k in range(2):
            cloud(ink, x + (22 * k if not mirror else -22 * k), 130.4, 17, mirror=mirror, level=0.56, tail=0.66)
        for k in range(4):
            with ink.placed(
                x + (2.4 if not mirror else -2.4), 36 + 21.5 * k, turn=-90 if not mirror else 90, mirror=mirror
            ):
                cloud(ink, -4, 0.4, 17, level=0.56, tail=0.66)
    lotus_flower(ink, 50, 135, 0.42)


def bell_bands(ink: Ink) -> None:
    """A bell's girdle and upright band crossing at a boss; a quarter of the way round, repeating."""
    for y in (44.0, 47, 50, 53, 56):
        ink.cord(f"M-5 {y}L105 {y}", 1.7 if y == 50 else 1.1, 0.5)
    for x in (44.0, 47, 50, 53, 56):
        ink.cord(f"M{x} -5L{x} 105", 1.7 if x == 50 else 1.1, 0.5)
    for x, y, w, h in ((3.0, 4.0, 37.0, 36.0), (60, 4, 37, 36), (3, 60, 37, 36), (60, 60, 37, 36)):
        ink.cord(f"M{x} {y}L{x + w} {y}L{x + w} {y + h}L{x} {y + h}Z", 0.9, 0.36)
    bell_boss(ink, 50, 50, 13)


def bell_boss(ink: Ink, x: float = 50, y: float = 50, radius: float = 46) -> None:
    """A striking boss: a dome in rings of petals and pearls."""
    s = radius / 46
    ink.fill(path.ellipse(x, y, 46 * s), 0.3, 1.2 * s)
    for k in range(16):
        with ink.placed(x, y, turn=22.5 * k, scale=s):
            ink.fill(path.blob("20,0 26,-6 36,-7.6 44,0! 36,7.6 26,6"), 0.42, 1.0)
            ink.cut(path.line("24,0 34,0 40,0"), 0.9)
    for k in range(28):
        px, py = path.toward(x, y, 360 * k / 28, 22.6 * s)
        ink.fill(path.ellipse(px, py, 2 * s), 0.6, 0.7 * s)
    ink.fill(path.ellipse(x, y, 19.4 * s), 0.7, 1.0 * s)
    ink.fill(path.ellipse(x, y, 14.6 * s), 0.9, 0.9 * s)


def _ring(ink: Ink, radius: float, width: float = 0.7) -> None:
    ink.cord(path.ellipse(50, 50, radius), width, 0.4, 0.3)


def _around(ink: Ink, count: int, radius: float, draw: Callable[[Ink], None], *, offset: float = 0.0) -> None:
    for k in range(count):
        angle = 360 * (k + offset) / count
        x, y = path.toward(50, 50, angle, radius)
        with ink.placed(x, y, turn=angle + 90):
            draw(ink)


def _tooth(height: float, width: float) -> Callable[[Ink], None]:
    def draw(ink: Ink) -> None:
        ink.fill(path.straight(f"{-width / 2},{height / 2} {width / 2},{height / 2} 0,{-height / 2}"), 0.44, 0.25)

    return draw


def _tangent_circle(ink: Ink) -> None:
    ink.cord(path.ellipse(0, 0, 1.05), 0.5, 0.44, 0.2)
    ink.fill(path.ellipse(0, 0, 0.4), 0.5, 0.2)
    ink.cord("M0.9 -0.7L2.1 0.7", 0.35, 0.4, 0.15)


def flying_bird(ink: Ink) -> None:
    """A long-billed bird of the drums in flight to the left: crest, fan tail, triangular wings."""
    ink.fill(path.straight("-6.4,-0.2 -2.6,-0.9 -2.6,0.3"), 0.5, 0.25)
    ink.fill(path.blob("-3,-1.2 -1.6,-1.5 -0.4,-0.8 2.4,-0.7 2.6,0.7 0,0.9 -1.8,0.6 -3,0.3"), 0.56, 0.25)
    ink.fill(path.straight("-1.4,-1.3 1.8,-3.2 0.2,-0.9"), 0.5, 0.25)
    ink.fill(path.straight("0,-0.4 2.6,-3.6 2.2,-0.4"), 0.5, 0.25)
    ink.fill(path.straight("0,0.5 2.6,3.6 2.2,0.4"), 0.5, 0.25)
    ink.fill(path.straight("2.2,-0.5 6.4,-1.9 6.4,1.9 2.2,0.5"), 0.5, 0.25)
    ink.cut(["M3 0L6.4 -0.9", "M3 0L6.4 0", "M3 0L6.4 0.9"], 0.25)
    ink.sink(path.ellipse(-2, -0.5, 0.26), 1)


def _deer(ink: Ink) -> None:
    ink.fill(path.blob("-2.6,-0.9 0,-1.3 2.6,-0.9 2.9,0.5 0,0.9 -2.8,0.6"), 0.54, 0.25)
    limbs(ink, 0.5, "-2,0.4,0.8 -2.4,2,0.5 -2,3.2,0.4", "2,0.4,0.8 2.6,2,0.5 2.2,3.2,0.4", "-0.9,0.6,0.7 -0.6,3.2,0.4", "-2.2,-0.6,1 -3.4,-2,0.9 -4.6,-1.9,0.5",
          "-3.5,-2.2,0.5 -3,-3.8,0.35 -2.2,-3.6,0.2", "-3.6,-2.2,0.5 -4.4,-3.8,0.35 -3.8,-4,0.2")  # fmt: skip


def drum_face(ink: Ink) -> None:
    """The face of a Đông Sơn drum: twelve-rayed star, bands of teeth, circles and ladders, birds flying round."""
    for k in range(12):
        b = 30 * k + 15
        for reach in (10.6, 8.6):
            q = [
                path.toward(50, 50, b - 8, reach),
                path.toward(50, 50, b, reach - 3.4),
                path.toward(50, 50, b + 8, reach),
            ]
            ink.fill(path.polygon([*q, path.toward(50, 50, b, reach - 2.2)]), 0.34, 0.2)
    points = [path.toward(50, 50, 15 * k, 10.8 if k % 2 == 0 else 3.5) for k in range(24)]
    ink.fill(path.polygon(points), 0.66, 0.4)
    ink.fill(path.ellipse(50, 50, 3), 0.95, 0.3)
    for radius in (11.2, 13.2, 15.2, 17.6, 19.6, 27.6, 29.4, 31.6, 41.6, 43.4, 45.6, 47.4):
        _ring(ink, radius)
    _ring(ink, 49.2, 1.5)
    _around(ink, 60, 12.2, _tooth(1.3, 1.2))
    _around(ink, 34, 14.2, lambda sheet: sheet.cord("M0 -0.7L0 0.7", 0.5, 0.4, 0.2))
    _around(ink, 34, 16.4, _tangent_circle)
    _around(ink, 84, 18.6, _tooth(1.3, 1.2))
    _around(ink, 14, 23.6, _deer)
    _around(ink, 120, 28.5, lambda sheet: sheet.cord("M0 -0.6L0 0.6", 0.5, 0.4, 0.2))
    _around(ink, 64, 30.5, _tangent_circle)
    _around(ink, 16, 36.6, flying_bird)
    _around(ink, 150, 42.5, _tooth(1.2, 1.3))
    _around(ink, 94, 44.5, _tangent_circle)
    _around(ink, 170, 46.5, _tooth(1.2, 1.3))


def _warrior(ink: Ink, x: float) -> None:
    limbs(ink, 0.54, f"{x},13,1.8 {x},9.6,1.6", f"{x - 0.4},12.6,1 {x - 1.4},15,0.9 {x - 0.8},16.6,0.7", f"{x + 0.4},12.6,1 {x + 1.4},15,0.9 {x + 2},16.6,0.7",
          f"{x},10,0.8 {x - 2.4},11,0.7 {x - 4},9.4,0.5")  # fmt: skip
    ink.fill(path.ellipse(x - 0.2, 8, 1), 0.6, 0.3)
    for angle in (-150, -116, -84, -52, -20):
        ink.fill(path.blade(x, 7.6, angle, 5, 1.1)[0], 0.46, 0.25)
    ink.cord(f"M{x - 4.2} 5L{x - 3.4} 17", 0.4, 0.46, 0.2)


def drum_side(ink: Ink) -> None:
    """A drum's shoulder: a long boat with feathered warriors between bands; repeats after its width."""
    for y in (0.8, 2.8, 5, 23.4, 25.6, 27.4, 29.2):
        ink.cord(f"M-5 {y}L105 {y}", 0.6, 0.4, 0.3)
    for k in range(-1, 51):
        for y, sense in ((1.8, 1), (26.5, -1), (28.3, 1)):
            x = 2 * k + 1
            ink.fill(
                path.straight(f"{x - 0.8},{y + 0.6 * sense} {x + 0.8},{y + 0.6 * sense} {x},{y - 0.6 * sense}"),
                0.44,
                0.2,
            )
    for k in range(-1, 30):
        for y in (3.9, 24.5):
            with ink.placed(3.3333 * k + 1.6, y, scale=0.8):
                _tangent_circle(ink)
    for shift in (0, 50):
        ink.fill(
            path.blob(
                f"{shift + 2},9! {shift + 5},15 {shift + 12},17.4 {shift + 25},18 {shift + 38},17.4 {shift + 45},15 {shift + 48},8! {shift + 49},12 {shift + 45},19.6 {shift + 36},21.4 {shift + 14},21.4 {shift + 5},19.6 {shift + 1},13"
            ),
            0.54,
        )
        ink.cut(path.line(f"{shift + 5},17.4 {shift + 16},19.4 {shift + 34},19.4 {shift + 45},17.4"), 0.4)
        ink.fill(path.straight(f"{shift + 2.4},9.6 {shift - 0.6},6.4 {shift + 4.4},8"), 0.56, 0.3)
        for k in range(5):
            _warrior(ink, shift + 12 + 6.4 * k)


def cham_scroll(ink: Ink) -> None:
    """A Cham rinceau: a vine waving along, every wave filled by a curl of flame-edged leaves; repeats after its width."""
    count = 200
    for y in (1.2, 38.8):
        ink.cord(f"M-5 {y}L105 {y}", 1.8, 0.5)
    wave = [
        (-25 + 150 * k / count, 20 + 12 * math.sin(2 * math.pi * (-25 + 150 * k / count) / 50))
        for k in range(count + 1)
    ]
    for k in range(-1, 6):
        cx, up = 12.5 + 25 * k, k % 2 == 0
        cy = 20 + (2.6 if up else -2.6) * -1
        sense = 1 if up else -1
        for turn in range(9):
            angle = (-100 + 40 * turn) * sense + (180 if not up else 0)
            bx, by = path.toward(cx, cy, angle, 5.6)
            outline, rib = path.blade(bx, by, angle + 38 * sense, 8.6, 4.4, bend=0.3 * sense, widest=0.4)
            ink.fill(outline, 0.44, 0.5)
            ink.cut(path.through(rib[1:-3]), 0.4)
        points = path.spiral(cx, cy, 8, turns=1.5, start=90 if up else -90, sense=sense)
        ink.fill(
            path.widened([path.Node(px, py, width=3 - 1.4 * i / len(points)) for i, (px, py) in enumerate(points)]),
            0.62,
        )
        for j in range(6):
            px, py = path.toward(cx, cy, 60 * j, 2)
            ink.fill(path.ellipse(px, py, 1.2), 0.72, 0.4)
        ink.fill(path.ellipse(cx, cy, 1.3), 0.84, 0.4)
    ink.fill(path.widened([path.Node(x, y, width=2.8) for x, y in wave]), 0.58)
    ink.cut(path.through(wave[::4]), 0.5)


def drum_bird(ink: Ink) -> None:
    """One of the drum's birds by itself."""
    with ink.placed(50, 30, scale=7):
        flying_bird(ink)


DRAWINGS = {
    "key_fret": Drawing(key_fret, 100, 20, True),
    "lotus_band": Drawing(lotus_band, 100, 21, True),
    "cloud_band": Drawing(cloud_band, 100, 20, True),
    "lotus": Drawing(lotus, 100, 80),
    "dragon_cloud_frame": Drawing(dragon_cloud_frame, 100, 140),
    "bell_bands": Drawing(bell_bands, 100, 100, True),
    "bell_boss": Drawing(bell_boss),
    "drum_face": Drawing(drum_face, 100, 100, True),
    "drum_side": Drawing(drum_side, 100, 30, True),
    "drum_bird": Drawing(drum_bird, 100, 60),
    "cham_scroll": Drawing(cham_scroll, 100, 40, True),
}
