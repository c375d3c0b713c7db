"""Trees of the urns: timber, resin and evergreens, told apart by habit, bark and leaf."""

import math

from museum.demonstration.motifs import leaves, path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.strokes import limbs


def crown(
    ink: Ink, x: float, y: float, radius: float, leaf: leaves.Leaf, *, count: int = 11, length: float = 12,
    level: float = 0.44, droop: float = 0.0,
) -> None:  # fmt: skip
    """A tuft of foliage: leaves outwards in two rings and a middle, hanging by `droop` (0–1)."""
    for ring, share in ((0.62, 1.0), (0.28, 0.62), (0.0, 0.0)):
        number = max(1, round(count * share)) if share else 2
        for k in range(number):
            angle = 360 * k / number + 40 * ring - 90
            angle += droop * 55 * math.cos(math.radians(angle))
            px, py = path.toward(x, y, angle, radius * ring)
            leaf(ink, px, py, angle, length, level + (0.62 - ring) * 0.3)


def trunk(ink: Ink, text: str, *boughs: str, level: float = 0.5, bark: str = "lines") -> None:
    """Trunk and boughs with their bark: "lines", "rings", "scales" or "knots"; roots spread at the foot."""
    foot = path.nodes(text)[0]
    for dx in (-1, -0.4, 0.5, 1.1):
        w = foot.width
        limbs(
            ink,
            level - 0.08,
            f"{foot.x + dx * w * 0.2},{foot.y - w * 0.9},{w * 0.5} {foot.x + dx * w * 0.7},{foot.y - 0.6},{w * 0.3} {foot.x + dx * w * 1.5},{foot.y + 2},0.5",
        )
    limbs(ink, level - 0.04, *boughs)
    limbs(ink, level, text)
    spine = path.sampled(text)
    sides = path.normals(spine)
    for k in range(2, len(spine) - 2):
        node, (nx, ny) = spine[k], sides[k]
        w = node.width * 0.5
        if bark == "rings" and k % 2 == 0:
            ink.cut(
                path.through(
                    [(node.x + nx * w, node.y + ny * w), (node.x + ny, node.y - nx), (node.x - nx * w, node.y - ny * w)]
                ),
                0.55,
            )
        if bark == "scales":
            for share in (-0.5, 0.1) if k % 2 else (-0.2, 0.4):
                ink.cut(path.ellipse(node.x + nx * w * share, node.y + ny * w * share, w * 0.3, w * 0.24), 0.5)
        if bark == "knots" and k % 6 == 3:
            ink.cut([path.ellipse(node.x, node.y, w * 0.5, w * 0.36), path.ellipse(node.x, node.y, w * 0.2)], 0.6)
    if bark in ("lines", "knots"):
        for share in (-0.28, 0.12, 0.36):
            ink.cut(
                path.through(
                    [
                        (n.x + s[0] * n.width * share, n.y + s[1] * n.width * share)
                        for n, s in zip(spine, sides, strict=True)
                    ][1:-2]
                ),
                0.5,
            )


def _crowns(
    ink: Ink,
    places: tuple[tuple[float, float, float], ...],
    leaf: leaves.Leaf,
    *,
    count: int = 11,
    length: float = 12,
    droop: float = 0.0,
) -> None:
    for k, (x, y, radius) in enumerate(places):
        crown(ink, x, y, radius, leaf, count=count, length=length, level=0.4 + 0.03 * k, droop=droop)


def ironwood(ink: Ink) -> None:
    """Ironwood (lim): straight mighty trunk, feathered leaves, flat pods."""
    leaves.ground(ink, 50, 95, 60, level=0.26)
    trunk(ink, "48,94,13 49,70,10 50,46,8 51,26,5", "50,58,5 34,44,4 22,36,2", "51,50,5 66,40,4 80,34,2")
    leaf = leaves.pinnate(5, share=0.4)
    for x, y, angle, length in ((22.0, 38.0, 170.0, 22.0), (24, 36, -120, 24), (32, 44, 120, 20), (38, 44, -90, 24), (80, 36, 10, 20), (76, 34, -60, 24),
                                (68, 42, 70, 20), (62, 40, -100, 24), (50, 30, -140, 26), (52, 28, -40, 26), (51, 26, -90, 26)):  # fmt: skip
        leaf(ink, x, y, angle, length, 0.46)
    leaves.pod(ink, 60, 46, 84, 18, seeds=4)
    leaves.pod(ink, 40, 50, 96, 18, seeds=4)


def agarwood(ink: Ink) -> None:
    """Agarwood: an old wounded trunk, hollow with resin, few leaning boughs."""
    leaves.ground(ink, 48, 95, 64, level=0.26)
    trunk(
        ink,
        "44,94,15 40,74,13 48,54,12 44,36,8 54,20,4",
        "46,58,6 64,48,4.6 80,46,2",
        "44,44,5 28,34,3.6 16,32,1.6",
        bark="knots",
    )
    ink.sink(path.blob("40,66 43,60 48,61 49,68 46,75 41,74"), 1)
    ink.fill(path.blob("43,65 46,63 46.6,68 45,72 43,71"), 0.6)
    _crowns(
        ink,
        ((18, 28, 8), (82, 42, 9), (66, 40, 7), (36, 26, 7), (56, 16, 10)),
        leaves.simple(0.4, pairs=0),
        count=9,
        length=10,
    )


def kynam(ink: Ink) -> None:
    """Kynam aloeswood: a twisted trunk with drops of resin and a scented wisp."""
    leaves.ground(ink, 52, 95, 60, level=0.26)
    trunk(
        ink,
        "58,94,14 66,78,12 52,64,12 40,50,10 50,34,7 46,18,3.4",
        "52,62,6 70,52,4.4 84,52,2",
        "44,46,5 28,42,3.6 18,46,1.6",
    )
    for x, y in ((60.0, 76.0), (50, 60), (44, 46), (62, 84), (50, 40)):
        ink.fill(path.blob(f"{x},{y - 2.6}! {x + 1.7},{y + 0.6} {x},{y + 2.4} {x - 1.7},{y + 0.6}"), 0.84, 0.7)
    _crowns(
        ink,
        ((18, 42, 8), (30, 36, 7), (84, 46, 9), (72, 46, 6), (46, 14, 10)),
        leaves.simple(0.5, pairs=2),
        count=8,
        length=11,
    )
    for x, y, r in ((72.0, 22.0, 5.0), (80, 14, 4)):
        ink.fill(
            path.widened([path.Node(a, b, width=1.8) for a, b in path.spiral(x, y, r, turns=1.3, start=120)]), 0.36
        )
    limbs(ink, 0.36, "62,36,0.4 70,32,2 70,27,1.8")


def parasol_tree(ink: Ink) -> None:
    """Parasol tree (ngô đồng): slim green trunk, great hand-shaped leaves, seed boats."""
    leaves.ground(ink, 50, 95, 56, level=0.26)
    trunk(
        ink,
        "50,94,9 49,70,7.4 50,46,6 50,24,3.6",
        "50,60,4 34,48,3 26,46,1.6",
        "50,54,4 66,42,3 76,42,1.6",
        bark="rings",
    )
    leaf = leaves.palmate(5, spread=210, share=0.42)
    for x, y, angle, length in ((26.0, 48.0, 150.0, 24.0), (28, 46, -130, 25), (38, 50, 100, 20), (76, 44, 30, 24), (74, 42, -50, 25), (62, 46, 84, 20),
                                (46, 28, 190, 25), (54, 28, -10, 25), (50, 24, -90, 27)):  # fmt: skip
        leaf(ink, x, y, angle, length, 0.48)
    for x, y in ((42.0, 62.0), (58, 60)):
        for k in (-40, 0, 40):
            ink.fill(path.blade(x, y, 90 + k, 11, 3.6)[0], 0.66)


def thuan_tree(ink: Ink) -> None:
    """The thuận tree: spreading, long oval leaves in whorls, round fruits."""
    leaves.ground(ink, 50, 95, 60, level=0.26)
    trunk(
        ink,
        "52,94,12 50,74,10 46,56,8 50,36,5",
        "48,62,6 30,52,4 18,54,2",
        "48,54,5 66,44,4 80,48,2",
        "50,42,4 62,28,3 70,20,1.6",
    )
    _crowns(
        ink,
        ((18, 48, 9), (34, 44, 8), (82, 44, 9), (66, 38, 8), (46, 26, 11), (70, 18, 9)),
        leaves.simple(0.32, pairs=3),
        count=9,
        length=13,
    )
    for x, y in ((24.0, 60.0), (32, 58), (74, 56), (82, 58), (58, 50)):
        ink.fill(path.ellipse(x, y, 3), 0.8)
        ink.cut(path.ellipse(x, y, 1.1), 0.4)


def mulberry(ink: Ink) -> None:
    """Mulberry, pollarded, heart-shaped toothed leaves and berries, a silkworm feeding."""
    leaves.ground(ink, 50, 95, 56, level=0.26)
    trunk(
        ink,
        "50,94,12 48,78,10 50,66,9",
        "50,68,5 36,48,3.4 28,20,1.6",
        "50,66,5 52,44,3.4 50,12,1.6",
        "50,68,5 66,50,3.4 76,22,1.6",
        bark="knots",
    )
    leaf = leaves.heart(teeth=18, share=0.82)
    for stem in ("40,56,3 34,40,3 28,20,1.6", "51,54,3 52,36,3 50,14,1.6", "60,56,3 68,42,3 76,22,1.6"):
        leaves.along(ink, stem, leaf, count=4, length=21, start=0.1, angle=70, level=0.46, taper=0.2)
    for x, y in ((42.0, 60.0), (60, 58), (36, 44), (68, 46)):
        for k in range(9):
            px, py = path.toward(x, y, 137 * k, 0.75 * math.sqrt(k))
            ink.fill(path.ellipse(px, py + k * 0.25, 1.2), 0.82, 0.4)


def catalpa(ink: Ink) -> None:
    """Catalpa (tử mộc): heart leaves, long thin pods hanging, bell flowers in a head."""
    leaves.ground(ink, 50, 95, 58, level=0.26)
    trunk(ink, "48,94,11 50,72,9 48,52,7 52,32,4", "49,62,5 32,50,3.6 20,48,2", "49,56,5 66,46,3.6 80,46,2")
    leaf = leaves.heart(share=0.86)
    for x, y, angle in (
        (20.0, 48.0, 190.0),
        (24, 46, -110),
        (34, 50, 110),
        (36, 48, -70),
        (80, 46, -10),
        (76, 46, -70),
        (68, 48, 70),
        (58, 44, -100),
        (50, 36, 190),
        (52, 34, -20),
    ):
        leaf(ink, x, y, angle, 19, 0.46)
    for x, length in ((26.0, 26), (30, 30), (70, 30), (76, 26), (42, 22)):
        limbs(ink, 0.6, f"{x},54,1.4 {x + 1},{54 + length * 0.5},1.9 {x - 1},{54 + length},0.4")
    for k in range(7):
        x, y = path.toward(52, 22, 51 * k, 7 if k else 0)
        leaves.blossom(ink, x, y - 4, 5, petals=5, heart=0.3)


def kien_tree(ink: Ink) -> None:
    """The kiền kiền: tall bare bole, storeyed crown, winged fruits."""
    leaves.ground(ink, 50, 95, 54, level=0.26)
    trunk(
        ink,
        "50,94,11 50,70,8.4 50,44,7 50,16,3.6",
        "50,54,4 36,48,3 26,48,1.6",
        "50,54,4 64,48,3 74,48,1.6",
        "50,36,4 38,30,2.6 30,30,1.4",
        "50,36,4 62,30,2.6 70,30,1.4",
    )
    _crowns(ink, ((26, 46, 9), (74, 46, 9), (38, 42, 7), (62, 42, 7), (30, 27, 8), (70, 27, 8), (42, 18, 7), (58, 18, 7), (50, 10, 8)),
            leaves.simple(0.44, pairs=2), count=9, length=9)  # fmt: skip
    for x, y in ((30.0, 62.0), (70, 62), (60, 60)):
        ink.fill(path.ellipse(x, y, 2), 0.8)
        for side in (-1, 1):
            ink.fill(path.blade(x, y, -90 + side * 26, 9, 3)[0], 0.66)


def nanmu(ink: Ink) -> None:
    """Nanmu: a straight trunk, lance leaves in star tufts on level boughs."""
    leaves.ground(ink, 50, 95, 56, level=0.26)
    trunk(
        ink,
        "46,94,12 48,68,9 50,42,7 50,18,4",
        "48,66,4 64,62,3 82,62,1.6",
        "49,56,4 34,50,3 16,50,1.6",
        "50,42,4 66,36,3 82,36,1.6",
        "50,32,4 36,26,2.6 24,26,1.4",
        bark="scales",
    )
    _crowns(ink, ((82, 58, 6), (66, 58, 6), (16, 46, 6), (32, 46, 6), (82, 32, 6), (68, 32, 6), (24, 22, 6), (38, 22, 6), (50, 12, 7)),
            leaves.simple(0.2, pairs=0), count=13, length=12)  # fmt: skip


def cypress(ink: Ink) -> None:
    """Cypress: spiral old trunk, foliage in flame-shaped sprays."""
    leaves.ground(ink, 50, 95, 56, level=0.26)
    trunk(ink, "54,94,14 46,76,11 52,56,8 48,36,5 50,18,3", "50,66,5 34,58,3.4 24,56,2", "51,58,5 66,50,3.4 76,48,2")
    for x, y, size in (
        (22.0, 54.0, 1.0),
        (34, 56, 0.9),
        (78, 46, 1.0),
        (66, 48, 0.9),
        (38, 38, 1.0),
        (62, 34, 1.0),
        (50, 24, 1.1),
    ):
        for angle in (-150, -30, -125, -55, -100, -78):
            length = (16 + 4 * math.cos(math.radians(angle + 90))) * size
            outline, rib = path.blade(x, y, angle, length, length * 0.36, widest=0.4)
            ink.fill(outline, 0.46 + 0.002 * y, 0.6)
            ink.cut(path.veins(rib, length * 0.36, count=5, slant=34), 0.45)


def pine(ink: Ink) -> None:
    """An old pine leaning from a rock, plated bark, needles in level fans."""
    leaves.ground(ink, 42, 95, 64, level=0.3)
    trunk(
        ink,
        "34,94,14 40,76,12 56,62,10 58,44,8 46,30,6 40,18,3.4",
        "56,60,6 72,56,4.6 86,56,2",
        "58,46,5 70,34,3.6 82,30,1.6",
        "47,32,4 32,36,3 20,40,1.4",
        bark="scales",
    )
    leaf = leaves.needles(17)
    for x, y, size in (
        (90.0, 58.0, 10.0),
        (78, 58, 11),
        (66, 60, 9),
        (86, 31, 10),
        (74, 33, 11),
        (16, 42, 10),
        (28, 40, 11),
        (38, 38, 9),
        (30, 22, 10),
        (52, 22, 10),
        (40, 14, 12),
    ):
        leaf(ink, x, y, -90, size, 0.5)


def lacquer_tree(ink: Ink) -> None:
    """Lacquer tree: feathered drooping leaves, the bark cut in chevrons, a cup for the sap."""
    leaves.ground(ink, 50, 95, 58, level=0.26)
    trunk(
        ink,
        "50,94,14 51,72,12 49,50,10 50,32,5",
        "50,44,5 34,34,3.6 22,34,1.8",
        "50,42,5 66,32,3.6 80,34,1.8",
        bark="none",
    )
    for y in (62.0, 68, 74, 80):
        ink.cut(path.line(f"45,{y - 3} 50.4,{y} 56,{y - 3}"), 1.1)
    ink.fill(path.blob("46,84 56,84 55,90 51,91.4 47,90"), 0.84)
    ink.cut(path.line("46.6,85.6 51,86.6 55.6,85.6"), 0.5)
    leaf = leaves.pinnate(6, share=0.36, slant=60)
    for x, y, angle, length in ((22.0, 34.0, 130.0, 30.0), (22, 34, 200, 24), (32, 34, 100, 28), (34, 34, -120, 26), (80, 34, 50, 30), (80, 34, -20, 24),
                                (68, 34, 80, 28), (66, 32, -60, 26), (50, 32, -115, 28), (50, 32, -65, 28)):  # fmt: skip
        leaf(ink, x, y, angle, length, 0.48)


DRAWINGS = {
    draw.__name__: Drawing(draw)
    for draw in (
        ironwood, agarwood, kynam, parasol_tree, thuan_tree, mulberry, catalpa, kien_tree, nanmu, cypress, pine, lacquer_tree,
    )
}  # fmt: skip
