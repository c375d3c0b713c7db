"""Sun, moon, stars, wind, clouds, thunder, rain and rainbow, with the scrolled clouds that all of them use."""

import itertools
import math
from functools import partial

from museum.demonstration.motifs import path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink


def scroll(
    ink: Ink, x: float, y: float, radius: float, *, turn: float = 0.0, sense: int = 1, level: float = 0.5,
    turns: float = 1.5,
) -> None:  # fmt: skip
    """A round cloud head with its spiral graved in."""
    ink.fill(path.ellipse(x, y, radius), level)
    points = path.spiral(x, y, radius * 0.72, turns=turns, start=turn, sense=sense)
    ink.cut(path.through(points), max(0.5, radius * 0.11))


def cloud(
    ink: Ink, x: float, y: float, size: float, *, mirror: bool = False, level: float = 0.45, tail: float = 1.0
) -> None:
    """A lucky cloud: a long bellied tail, a fungus-shaped head of three scrolls."""
    with ink.placed(x, y, scale=size / 30, mirror=mirror):
        if tail:
            reach = 26 * tail
            ink.fill(
                path.brush(f"-4,5,7 6,7,6 {reach * 0.7:.1f},3,4 {reach + 8:.1f},5,1.6 {reach + 14:.1f},2,0.3"), level
            )
            ink.cut(path.line(f"-2,5.6 7,7.2 {reach * 0.7:.1f},3.6 {reach + 6:.1f},4.6"), 0.7)
            ink.fill(path.brush(f"2,-1,6 10,1.6,5 {reach * 0.55:.1f},-2,3 {reach * 0.85:.1f},-3,0.3"), level)
            ink.cut(path.line(f"4,-0.6 10,1.4 {reach * 0.5:.1f},-1.4"), 0.7)
        scroll(ink, 3.5, 0.5, 6.4, turn=200, level=level + 0.05)
        scroll(ink, -6, 4.5, 5.4, turn=20, sense=-1, level=level + 0.08)
        scroll(ink, -4, -5, 6.8, turn=160, sense=-1, level=level + 0.12)


def flame(ink: Ink, x: float, y: float, angle: float, length: float, *, level: float = 0.45, lean: float = 1.0) -> None:
    """A tongue of flame with a curled companion."""
    with ink.placed(x, y, turn=angle + 90, mirror=lean < 0):
        s = length / 10
        shape = [(-2.6, 0), (-3, -3), (-0.6, -6.4), (0.4, -10), (2.4, -6), (2.9, -2.4), (2, 0)]
        ink.fill(path.through([(u * s, v * s) for u, v in shape], closed=True), level)
        ink.cut(
            path.line(f"{-1 * s:.1f},{-0.5 * s:.1f} {-0.9 * s:.1f},{-3 * s:.1f} {0.6 * s:.1f},{-6.6 * s:.1f}"), 0.55
        )


def sun(ink: Ink) -> None:
    """A disc among flames over a cloud, its spiral fire graved."""
    for k in range(16):
        angle = 360 * k / 16 - 90
        fx, fy = path.toward(50, 48, angle, 23)
        flame(ink, fx, fy, angle, 19 if k % 2 == 0 else 13, lean=1, level=0.32 + 0.06 * (k % 2))
    ink.fill(path.ellipse(50, 48, 25), 0.62, 1.0)
    ink.fill(path.ellipse(50, 48, 21.5), 0.8, 0.9)
    for k in range(3):
        points = []
        for step in range(14):
            t = step / 13
            points.append(path.toward(50, 48, 120 * k + 150 * t, 3 + 16.5 * t))
        ink.cut(path.through(points), 1.0)
    cloud(ink, 28, 83, 24, level=0.5)
    cloud(ink, 74, 85, 24, mirror=True, level=0.5)


def moon(ink: Ink) -> None:
    """The full moon with hare and cassia between clouds."""
    ink.fill(path.ellipse(50, 45, 33), 0.4, 1.0)
    ink.fill(path.ellipse(50, 45, 29.5), 0.52, 0.9)
    ink.fill(path.brush("66,70,4 63,56,3.4 66,44,2.6 62,30,1.4"), 0.7)
    for x, y, angle in ((62.0, 30.0, -120.0), (62, 30, -60), (64, 36, -10), (63, 38, 190), (65, 46, 10), (65, 48, 165),
                        (64, 55, 20), (61, 27, -90), (60, 33, 200), (68, 40, -30)):  # fmt: skip
        outline, rib = path.blade(x, y, angle, 9, 4.2)
        ink.fill(outline, 0.66, 0.5)
        ink.cut(path.through(rib[1:-3]), 0.4)
    ink.fill(path.blob("30,66 29,58 34,52 41,51 47,55 50,62 48,68 38,69"), 0.78)
    ink.fill(path.blob("43,53 44,46 49,43 54,46 54,51 50,55 46,56"), 0.84)
    ink.fill(path.brush("46,45,1.6 42,38,3.4 39,30,0.5"), 0.84)
    ink.fill(path.brush("48,44,1.6 46,36,3.2 46,28,0.5"), 0.86)
    ink.sink(path.ellipse(50.3, 47.6, 0.9), 1)
    ink.fill(path.brush("48,60,3.4 53,61,2.6 55,66,2"), 0.84)
    ink.cut(path.line("33,66 33,60 38,57 42,60"), 0.6)
    ink.fill(path.ellipse(29.5, 63, 2.3), 0.8)
    cloud(ink, 22, 78, 26, level=0.56)
    cloud(ink, 80, 82, 26, mirror=True, level=0.56)
    cloud(ink, 74, 14, 17, mirror=True, level=0.5, tail=0.7)


def star(ink: Ink, x: float, y: float, radius: float, *, level: float = 0.8, rays: int = 8) -> None:
    """A star as a boss in a ring with fine rays."""
    for k in range(rays):
        angle = 360 * k / rays - 90
        bx, by = path.toward(x, y, angle, radius * 0.8)
        outline, _ = path.blade(bx, by, angle, radius * 0.95, radius * 0.46, widest=0.22)
        ink.fill(outline, level - 0.3, 0.4)
    ink.fill(path.ellipse(x, y, radius), level - 0.1, 0.6)
    ink.cut(path.ellipse(x, y, radius * 0.68), 0.7)


def _joined(ink: Ink, stars: list[tuple[float, float, float]], *, closed: bool = False) -> None:
    ends = [*stars, stars[0]] if closed else stars
    for (ax, ay, _), (bx, by, _) in itertools.pairwise(ends):
        ink.cord(f"M{ax} {ay}L{bx} {by}", 1.1, 0.34)
    for x, y, radius in stars:
        star(ink, x, y, radius)


def big_dipper(ink: Ink) -> None:
    """Seven stars of the northern ladle with two clouds."""
    _joined(
        ink, [(88, 32, 5.2), (70, 24, 4.8), (56, 32, 4.8), (43, 40, 4.8), (41, 60, 5), (16, 66, 5.4), (14, 42, 5.4)]
    )
    ink.cord("M43 40L14 42", 1.1, 0.34)
    star(ink, 14, 42, 5.4)
    star(ink, 43, 40, 4.8)
    cloud(ink, 66, 72, 26, level=0.45)
    cloud(ink, 34, 14, 20, mirror=True, level=0.45, tail=0.7)


def southern_dipper(ink: Ink) -> None:
    """Six stars of the southern ladle, a cloud below."""
    _joined(ink, [(18, 22, 5.2), (36, 32, 4.8), (50, 44, 5), (72, 38, 4.8), (84, 58, 5.2), (62, 66, 5)])
    ink.cord("M62 66L50 44", 1.1, 0.34)
    star(ink, 50, 44, 5)
    star(ink, 62, 66, 5)
    cloud(ink, 26, 70, 26, level=0.45)
    cloud(ink, 70, 15, 20, mirror=True, level=0.45, tail=0.8)


def five_planets(ink: Ink) -> None:
    """Five stars in the quarters and the middle, each of its own cut, among clouds."""
    cloud(ink, 50, 25, 19, level=0.4, tail=0.8)
    cloud(ink, 52, 86, 20, mirror=True, level=0.4, tail=0.8)
    for (x, y), rays in zip(((50, 50), (18, 22), (82, 24), (18, 76), (82, 76)), (12, 6, 8, 5, 10), strict=True):
        star(ink, x, y, 8.6 if (x, y) == (50, 50) else 7, rays=rays)
        ink.cut(path.ellipse(x, y, 1.8), 0.6)
    for ax, ay in ((27, 29), (73, 31), (27, 69), (73, 69)):
        ink.fill(path.ellipse(ax, ay, 1.6), 0.5)


def milky_way(ink: Ink) -> None:
    """A river of small stars flowing across, herd-boy and weaver on its banks."""
    band = path.widened(path.sampled("4,82,13 24,66,20 44,58,24 62,40,23 80,28,18 97,10,11"))
    ink.fill(band, 0.34, 0.8)
    for shift in (-0.3, 0.0, 0.3):
        points = []
        for k, node in enumerate(path.sampled("4,82,13 24,66,20 44,58,24 62,40,23 80,28,18 97,10,11")):
            wave = 0.9 * math.sin(k * 0.9 + shift * 9)
            points.append((node.x + (shift * node.width + wave) * 0.62, node.y + (shift * node.width + wave) * 0.78))
        ink.cut(path.through(points), 0.7)
    spine = path.sampled("8,79,10 24,66,18 44,58,20 62,40,19 80,28,14 94,13,8", steps=6)
    for k, node in enumerate(spine):
        offset = (((k * 7) % 5) / 5 - 0.4) * node.width * 0.85
        ink.fill(path.ellipse(node.x + 0.62 * offset, node.y + 0.78 * offset, 1.5 + 0.5 * (k % 3)), 0.72, 0.7)
    _joined(ink, [(16, 30, 4.2), (27, 24, 4.8), (38, 16, 4)])
    _joined(ink, [(66, 80, 4), (80, 70, 4.8), (88, 84, 4)], closed=True)
    cloud(ink, 34, 88, 16, level=0.4, tail=0.6)


def wind(ink: Ink) -> None:
    """Gusts: long streamers curling over at their heads, leaves carried along."""
    gusts = ((3, 30, 74, 24, 12, 1), (14, 42, 80, 42, 8, -1), (2, 66, 72, 60, 13, 1), (16, 79, 82, 78, 9, -1))
    for x0, y0, x1, y1, radius, sense in gusts:
        curl = path.spiral(x1, y1 - sense * radius, radius, turns=1.3, start=90 * sense, sense=-sense)
        lead = path.sampled(
            f"{x0},{y0} {x0 + 18},{y0 - 4} {(x0 + x1) / 2},{y0 + 1} {x1 - 12},{y1 + 1} {curl[0][0]},{curl[0][1]}"
        )
        points = [(node.x, node.y) for node in lead[:-1]] + curl
        count = len(points)
        body = [
            path.Node(x, y, width=0.4 + 5.2 * math.sin(math.pi * (k / count) ** 0.7)) for k, (x, y) in enumerate(points)
        ]
        ink.fill(path.widened(body), 0.5)
        ink.cut(path.through(points[4 : count * 3 // 4]), 0.6)
        under = f"{x0 + 12},{y0 + 4 * sense},0.3 {(x0 + x1) / 2},{y0 + 6.4 * sense},2.6 {x1 - 14},{y1 + 6 * sense},0.3"
        ink.fill(path.brush(under), 0.42)
    for x, y, angle in ((88.0, 33.0, -20.0), (91, 56, 12), (12, 53, -14), (90, 92, 8), (34, 14, -8)):
        outline, rib = path.blade(x - 5, y, angle, 10, 4)
        ink.fill(outline, 0.66)
        ink.cut(path.through(rib[1:-2]), 0.5)


def clouds(ink: Ink) -> None:
    """Banks of scrolled cloud, one above another."""
    cloud(ink, 58, 20, 30, mirror=True, level=0.4, tail=1.2)
    cloud(ink, 30, 44, 36, level=0.5, tail=1.3)
    cloud(ink, 72, 66, 34, mirror=True, level=0.55, tail=1.3)
    cloud(ink, 28, 84, 26, level=0.6, tail=1.4)


def thunder(ink: Ink) -> None:
    """A ring of drums about a thunder spiral, lightning below, clouds."""
    cloud(ink, 22, 18, 20, level=0.36, tail=0.6)
    cloud(ink, 80, 18, 20, mirror=True, level=0.36, tail=0.6)
    ink.cord(path.ellipse(50, 44, 27), 1.8, 0.4)
    for k in range(8):
        x, y = path.toward(50, 44, 45 * k - 90, 27)
        ink.fill(path.ellipse(x, y, 7.4), 0.55)
        ink.fill(path.ellipse(x, y, 5.4), 0.66)
        points = path.spiral(x, y, 3.9, turns=1.4, start=45 * k)
        ink.cut(path.through(points), 0.7)
    for k in range(2):
        points = path.spiral(50, 44, 14.5, turns=1.7, start=180 * k)
        ink.fill(
            path.widened([path.Node(px, py, width=4.2 - 2.8 * i / len(points)) for i, (px, py) in enumerate(points)]),
            0.7,
        )
    bolt = "47,74 56,74 51,82 58,82 43,99 47,88 40,88"
    ink.fill(path.straight(bolt), 0.75)
    with ink.placed(-16, -2, scale=0.9):
        ink.fill(path.straight(bolt), 0.6)
    with ink.placed(116, -2, scale=0.9, mirror=True):
        ink.fill(path.straight(bolt), 0.6)


def rain(ink: Ink) -> None:
    """Rain falling in slanting beads from a bank of cloud on water."""
    for row in range(6):
        for k in range(9):
            x, y = 8 + 10.6 * k + (row % 2) * 5 - row * 1.2, 41 + row * 8
            if 5 < x < 96:
                ink.fill(
                    path.brush(
                        f"{x + 1.6:.1f},{y - 5:.1f},0.3 {x + 0.4:.1f},{y - 1:.1f},1.7 {x:.1f},{y + 0.6:.1f},1.1"
                    ),
                    0.55,
                    0.4,
                )
    cloud(ink, 20, 20, 30, level=0.5, tail=0.8)
    cloud(ink, 82, 18, 30, mirror=True, level=0.5, tail=0.8)
    cloud(ink, 46, 30, 32, level=0.62, tail=1.1)
    for row, y in enumerate((90, 95)):
        for k in range(9):
            x = 8 + 10.5 * k + 5 * row
            if x < 95:
                ink.fill(
                    path.brush(f"{x - 5},{y + 1},0.3 {x - 2},{y - 1.4},1.8 {x + 2},{y + 0.6},1.8 {x + 5},{y - 1},0.3"),
                    0.45,
                )


def rainbow(ink: Ink) -> None:
    """A double bow of bands standing in clouds, the old two-headed shape only hinted in its scrolled ends."""
    for k, (radius, width) in enumerate(((41.0, 5.4), (34.5, 5.4), (28.0, 5.4), (21.5, 4.6))):
        points = [path.toward(50, 62, a, radius) for a in range(180, 361, 10)]
        ink.cord(path.through(points), width, 0.6 - 0.07 * k, 1.0)
        ink.cut(path.through([path.toward(50, 62, a, radius) for a in range(180, 361, 10)]), 0.6)
    for x, mirror in ((17.0, False), (83.0, True)):
        cloud(ink, x, 72, 27, mirror=mirror, level=0.62, tail=0.8)
    cloud(ink, 50, 84, 24, level=0.66, tail=1.0)
    for drop in range(5):
        x, y = path.toward(50, 62, 200 + 35 * drop, 9.5)
        ink.fill(path.ellipse(x, y, 1.4), 0.5)


DRAWINGS = {
    "sun": Drawing(sun),
    "moon": Drawing(moon),
    "five_planets": Drawing(five_planets),
    "big_dipper": Drawing(big_dipper),
    "southern_dipper": Drawing(southern_dipper),
    "milky_way": Drawing(milky_way),
    "wind": Drawing(wind),
    "cloud": Drawing(clouds),
    "thunder": Drawing(thunder),
    "rain": Drawing(rain),
    "rainbow": Drawing(rainbow),
    "lucky_cloud": Drawing(partial(cloud, x=32, y=28, size=46), 100, 55),
}
