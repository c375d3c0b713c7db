"""Seas, harbours, rivers, canals, mountains and passes of the urns."""

from collections.abc import Callable, Sequence
from functools import partial

from museum.demonstration.motifs import path
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink
from museum.demonstration.motifs.land import billow, gate, house, peak, ripples, river, sail, shore, tree, wall
from museum.demonstration.motifs.sky import cloud

Thing = tuple[str, float, float, float]
"""What stands in a landscape: (kind, x, y, size)."""

Peak = tuple[float, float, float, float, float]
"""A mountain: (x, base, width, height, steepness)."""


def furnish(ink: Ink, things: Sequence[Thing]) -> None:
    """Put small things into a landscape, in their order."""
    for kind, x, y, size in things:
        if kind in ("pine", "palm", "bamboo", "round", "bare"):
            tree(ink, x, y, size, kind)
        elif kind in ("boat", "boat<"):
            sail(ink, x, y, size, sails=0, mirror=kind.endswith("<"))
        elif kind in ("sail", "sail<", "junk", "junk<"):
            sail(ink, x, y, size, sails=2 if "junk" in kind else 1, mirror=kind.endswith("<"))
        elif kind in ("house", "hall", "tower"):
            house(ink, x, y, size, storeys={"house": 1, "hall": 2, "tower": 4}[kind])
        elif kind == "gate":
            gate(ink, x, y, size)
        elif kind in ("cloud", "cloud<"):
            cloud(ink, x, y, size, mirror=kind.endswith("<"), level=0.46)
        elif kind == "rock":
            peak(ink, x, y, size, size * 1.1, seed=round(x), steep=1.1, level=0.56)
        elif kind == "bridge":
            _bridge(ink, x, y, size)
        elif kind == "field":
            _field(ink, x, y, size)
        elif kind == "stakes":
            for k in range(7):
                ink.fill(
                    path.brush(
                        f"{x + 3.4 * k},{y},1.8 {x + 3.4 * k + 1},{y - size * 0.6},1.6 {x + 3.4 * k + 2},{y - size},0.3"
                    ),
                    0.62,
                )
        elif kind == "stele":
            ink.fill(
                path.straight(f"{x - 2},{y} {x - 2},{y - size} {x},{y - size - 2} {x + 2},{y - size} {x + 2},{y}"), 0.72
            )
        elif kind == "wheel":
            for k in range(8):
                px, py = path.toward(x, y, 45 * k, size)
                ink.cord(f"M{x} {y}L{px:.1f} {py:.1f}", 1, 0.6)
            ink.cord(path.ellipse(x, y, size), 1.4, 0.66)


def _bridge(ink: Ink, x: float, y: float, size: float) -> None:
    with ink.placed(x, y, scale=size / 20):
        ink.fill(path.blob("-12,4! -8,-3 0,-6.4 8,-3 12,4! 8,4! 5,0 0,-2 -5,0 -8,4!"), 0.66)
        ink.cord(path.line("-10,-2 0,-9 10,-2"), 1, 0.7)
        ink.cut([f"M{u} {-5.4 + 0.04 * u * u}L{u} {-1.6 + 0.05 * u * u}" for u in (-6, -3, 0, 3, 6)], 0.5)


def _field(ink: Ink, x: float, y: float, size: float) -> None:
    with ink.placed(x, y, scale=size / 20):
        ink.fill(path.straight("-11,4 -6,-5 12,-5 8,4"), 0.4)
        ink.cut(["M-9.4 1L9.4 1", "M-7.8 -2L10.8 -2", "M-4 4L1 -5", "M2 4L6.6 -5"], 0.6)
        for k in range(8):
            u, v = -6 + 4.4 * (k % 4), 2.6 - 3.4 * (k // 4)
            ink.fill(path.blade(u + 1, v, -110, 3, 0.9)[0], 0.6, 0.3)
            ink.fill(path.blade(u + 1, v, -70, 3, 0.9)[0], 0.6, 0.3)


def landscape(
    ink: Ink, course: str, peaks: Sequence[Peak], things: Sequence[Thing], *, branch: str = "", seed: int = 3
) -> None:
    """Mountains behind, water through, things on the banks."""
    for k, (x, base, width, height, steep) in enumerate(peaks):
        peak(ink, x, base, width, height, level=0.4 + 0.03 * k, seed=seed + k, steep=steep)
    if branch:
        river(ink, branch, seed=seed + 1, level=0.32)
    river(ink, course, seed=seed)
    furnish(ink, things)


def mountains(
    ink: Ink,
    peaks: Sequence[Peak],
    things: Sequence[Thing],
    *,
    seed: int,
    behind: Sequence[Thing] = (),
    flat: float = 0.0,
) -> None:
    """A mountain portrait: its own outline of peaks, then what stands before it."""
    furnish(ink, behind)
    for k, (x, base, width, height, steep) in enumerate(peaks):
        peak(
            ink,
            x,
            base,
            width,
            height,
            level=0.4 + 0.35 * k / max(len(peaks), 1),
            seed=seed + k,
            steep=steep,
            flat=flat if k == len(peaks) - 1 else 0.0,
        )
    furnish(ink, things)


def east_sea(ink: Ink) -> None:
    """The East Sea: great billows, islands and a sail under clouds."""
    cloud(ink, 26, 14, 20, level=0.4)
    cloud(ink, 76, 20, 18, mirror=True, level=0.4)
    peak(ink, 18, 46, 22, 20, seed=5, level=0.46)
    peak(ink, 30, 46, 14, 11, seed=6, level=0.5)
    sail(ink, 66, 44, 15, sails=2)
    ripples(ink, 48, 3)
    for x, y, size, mirror in ((26, 66, 28, False), (76, 68, 26, True), (50, 80, 30, False)):
        billow(ink, x, y, size, mirror=mirror, level=0.5 + 0.002 * y)
    ripples(ink, 88, 3, level=0.56)


def south_sea(ink: Ink) -> None:
    """The South Sea: waves to the horizon, three isles with palms, a junk."""
    for x, width, height in ((20, 26, 15), (52, 18, 10), (80, 24, 17)):
        peak(ink, x, 38, width, height, seed=round(x), steep=0.8, level=0.46)
        tree(ink, x - 3, 38 - height * 0.7, 9, "palm")
    cloud(ink, 46, 12, 18, level=0.4)
    ripples(ink, 42, 5)
    sail(ink, 36, 60, 20, sails=2, mirror=True)
    ripples(ink, 60, 5, level=0.46)
    billow(ink, 74, 72, 24, level=0.6)
    billow(ink, 24, 82, 26, mirror=True, level=0.64)
    ripples(ink, 86, 4, level=0.58)


def west_sea(ink: Ink) -> None:
    """The West Sea: the setting sun half in the water, islands, a long swell."""
    ink.fill(path.ellipse(50, 34, 16), 0.5)
    ink.cut(path.ellipse(50, 34, 12.6), 0.7)
    for k in range(9):
        ax, ay = path.toward(50, 34, -170 + 20 * k, 19)
        bx, by = path.toward(50, 34, -170 + 20 * k, 26)
        ink.cord(f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}", 1.2, 0.4)
    peak(ink, 14, 42, 20, 15, seed=9, steep=1.3, level=0.5)
    peak(ink, 88, 42, 18, 12, seed=10, steep=1.3, level=0.5)
    ripples(ink, 40, 4, level=0.42)
    billow(ink, 30, 62, 24, mirror=True, level=0.56)
    billow(ink, 74, 62, 24, mirror=True, level=0.56)
    sail(ink, 52, 70, 14, sails=1)
    ripples(ink, 70, 3, level=0.52)
    billow(ink, 50, 86, 28, mirror=True, level=0.64)
    ripples(ink, 88, 3, level=0.58)


def harbour(
    ink: Ink, left: str, right: str, things: Sequence[Thing], *, peaks: Sequence[Peak] = (), bar: str = ""
) -> None:
    """A sea gate: two heads of land, water coming in between them, ships."""
    for k, (x, base, width, height, steep) in enumerate(peaks):
        peak(ink, x, base, width, height, level=0.42 + 0.03 * k, seed=20 + k, steep=steep)
    ripples(ink, 34, 4, level=0.34)
    ripples(ink, 50, 4, level=0.38)
    shore(ink, left, level=0.5)
    shore(ink, right, level=0.5)
    if bar:
        shore(ink, bar, level=0.46)
    ripples(ink, 86, 3, level=0.46)
    furnish(ink, things)


RIVERS: dict[str, tuple[str, tuple[Peak, ...], tuple[Thing, ...]]] = {
    "vinh_te_canal": ("4,80,13 34,68,12 66,48,9 97,34,5", ((22, 40, 26, 18, 1.0),),
                      (("field", 30, 50, 20), ("field", 78, 72, 22), ("palm", 14, 66, 14), ("palm", 50, 48, 12), ("house", 60, 84, 12), ("boat", 40, 66, 12), ("boat", 74, 44, 8), ("palm", 88, 60, 12), ("cloud<", 74, 14, 16))),
    "ben_nghe_river": ("6,92,16 26,74,15 60,70,13 76,54,10 60,40,7 78,26,4", (),
                       (("gate", 26, 46, 24), ("palm", 8, 58, 14), ("palm", 46, 50, 12), ("junk", 44, 72, 15), ("sail<", 70, 58, 10), ("house", 88, 72, 12), ("palm", 90, 48, 14), ("house", 40, 28, 9), ("bamboo", 84, 92, 14), ("cloud", 22, 12, 16))),
    "pho_loi_canal": ("4,50,10 36,54,12 66,62,13 97,72,14", (),
                      (("house", 22, 40, 13), ("hall", 46, 42, 14), ("bamboo", 66, 48, 14), ("bridge", 54, 60, 22), ("bamboo", 12, 74, 14), ("house", 32, 82, 13), ("field", 62, 86, 20), ("boat<", 82, 68, 12), ("round", 84, 50, 14), ("cloud", 70, 16, 18))),
    "huong_river": ("2,40,7 24,46,9 46,58,12 40,78,15 60,92,17", ((20, 34, 28, 22, 0.8), (44, 36, 26, 16, 0.8), (74, 42, 40, 22, 0.7)),
                    (("tower", 66, 62, 15), ("pine", 80, 66, 14), ("pine", 56, 48, 10), ("boat", 42, 74, 14), ("boat<", 34, 50, 8), ("house", 84, 84, 13), ("round", 14, 68, 14), ("hall", 18, 88, 12), ("bamboo", 94, 72, 12))),
    "loi_nong_canal": ("50,97,17 48,72,13 52,48,9 50,28,5", ((50, 24, 40, 14, 0.7),),
                       (("field", 22, 52, 18), ("field", 78, 52, 18), ("field", 18, 76, 22), ("field", 82, 76, 22), ("house", 22, 40, 9), ("bamboo", 36, 60, 10), ("bamboo", 66, 62, 10), ("boat", 50, 72, 12), ("wheel", 33, 88, 7), ("boat", 51, 46, 7))),
    "linh_river": ("2,58,14 30,62,13 56,56,12 97,62,16", ((22, 46, 34, 28, 1.3), (50, 46, 30, 20, 1.2), (80, 48, 34, 32, 1.3)),
                   (("wall", 0, 0, 0), ("sail", 36, 62, 12), ("sail<", 74, 62, 12), ("pine", 14, 84, 16), ("rock", 30, 88, 16), ("house", 54, 84, 12), ("round", 72, 86, 14), ("pine", 90, 86, 14))),
    "ma_river": ("92,4,4 72,20,6 88,36,8 60,50,10 66,68,13 30,78,15 8,94,17", ((30, 40, 40, 34, 1.2), (50, 44, 28, 20, 1.1), (88, 64, 24, 18, 1.1)),
                 (("boat", 56, 74, 11), ("boat<", 20, 86, 13), ("rock", 30, 60, 14), ("pine", 14, 68, 13), ("round", 82, 84, 14), ("house", 70, 92, 11), ("bamboo", 94, 88, 12))),
    "lo_river": ("4,12,4 24,22,6 20,40,8 48,48,10 52,66,13 84,74,15 97,92,16", ((68, 38, 44, 30, 1.1), (44, 34, 24, 18, 1.0), (14, 66, 26, 20, 1.1)),
                 (("boat", 52, 58, 9), ("sail", 82, 76, 13), ("pine", 32, 74, 14), ("rock", 18, 90, 18), ("pine", 40, 90, 14), ("house", 78, 56, 10), ("round", 92, 58, 12))),
    "cuu_an_canal": ("4,66,12 28,66,12 52,66,12 76,66,12 97,66,12", (),
                     (("field", 16, 46, 18), ("house", 40, 50, 12), ("round", 54, 54, 13), ("hall", 72, 52, 13), ("bamboo", 90, 56, 13), ("boat", 26, 66, 12), ("boat<", 66, 66, 12), ("field", 20, 86, 20), ("field", 52, 88, 20), ("field", 84, 86, 20), ("cloud", 26, 18, 18), ("cloud<", 76, 22, 18))),
    "bach_dang_river": ("2,48,16 30,54,18 64,52,18 98,60,20", ((14, 38, 24, 26, 1.6), (34, 38, 18, 20, 1.7), (60, 40, 22, 30, 1.7), (84, 42, 26, 22, 1.5)),
                        (("stakes", 12, 60, 12), ("stakes", 62, 68, 13), ("junk", 42, 56, 14), ("sail<", 86, 60, 10), ("rock", 20, 90, 20), ("pine", 40, 90, 15), ("round", 62, 90, 13), ("rock", 84, 92, 18))),
    "vinh_dinh_canal": ("8,28,6 26,44,9 50,54,12 72,70,14 90,94,16", (),
                        (("house", 50, 40, 11), ("bamboo", 66, 50, 13), ("field", 84, 58, 18), ("bridge", 38, 48, 20), ("boat", 72, 68, 12), ("field", 22, 70, 22), ("house", 46, 80, 12), ("round", 30, 56, 10), ("bamboo", 62, 94, 13), ("cloud<", 66, 18, 18))),
    "thach_han_river": ("90,6,5 78,24,7 52,36,10 44,56,13 62,76,15 50,95,18", ((24, 36, 36, 26, 0.9), (90, 52, 24, 16, 0.9)),
                        (("rock", 30, 58, 11), ("rock", 36, 74, 9), ("boat", 52, 52, 11), ("sail", 60, 82, 12), ("house", 20, 74, 12), ("round", 82, 70, 14), ("bamboo", 88, 90, 14), ("pine", 14, 92, 14))),
    "nhi_river": ("4,14,7 30,30,11 34,54,15 66,62,18 97,84,22", ((74, 40, 38, 22, 0.9), (50, 30, 24, 16, 0.9)),
                  (("wall", 0, 0, 0), ("junk", 50, 60, 14), ("sail<", 82, 74, 13), ("tower", 18, 76, 14), ("hall", 36, 86, 12), ("round", 10, 54, 12), ("bamboo", 58, 92, 13), ("house", 84, 54, 10))),
    "lam_river": ("2,30,6 22,40,9 50,40,11 70,56,13 52,74,15 20,84,18", ((24, 30, 30, 22, 1.0), (58, 30, 34, 26, 1.2), (88, 46, 26, 26, 1.2)),
                  (("sail", 58, 46, 10), ("boat<", 50, 74, 13), ("pine", 88, 72, 15), ("house", 74, 88, 13), ("round", 92, 92, 12), ("round", 30, 60, 12), ("house", 14, 62, 10))),
    "vinh_dien_canal": ("2,84,16 30,74,13 58,70,12 74,52,9 96,44,6", (),
                        (("hall", 30, 54, 15), ("round", 14, 60, 14), ("bamboo", 48, 58, 14), ("junk<", 44, 72, 13), ("bridge", 68, 56, 20), ("field", 66, 88, 22), ("bamboo", 88, 72, 14), ("house", 84, 36, 10), ("cloud", 40, 18, 18))),
    "ve_river": ("4,20,5 30,26,7 42,42,9 70,46,11 82,66,14 64,92,18", ((18, 60, 30, 24, 0.8), (70, 34, 34, 18, 0.8)),
                 (("palm", 34, 62, 14), ("palm", 48, 68, 15), ("wheel", 60, 60, 8), ("boat", 76, 60, 11), ("house", 34, 84, 13), ("field", 16, 80, 18), ("palm", 92, 92, 14))),
    "tien_hau_rivers": ("4,18,7 32,34,10 64,40,12 97,62,16", (),
                        (("palm", 70, 26, 14), ("house", 84, 34, 11), ("palm", 96, 38, 12), ("sail", 52, 40, 11), ("palm", 48, 58, 13), ("field", 66, 64, 18), ("house", 34, 52, 10), ("boat<", 40, 78, 12), ("palm", 12, 84, 14), ("palm", 86, 92, 13), ("cloud<", 40, 10, 14))),
    "thao_river": ("88,6,5 66,16,7 74,36,9 42,44,11 20,58,13 40,78,16 30,96,18", ((30, 34, 40, 30, 1.2), (90, 56, 30, 34, 1.3), (66, 74, 40, 22, 1.1)),
                   (("boat", 34, 52, 10), ("boat<", 36, 84, 13), ("pine", 66, 88, 14), ("pine", 84, 90, 16), ("rock", 54, 92, 12), ("bamboo", 8, 76, 13))),
}  # fmt: skip

PORTRAITS: dict[str, Callable[[Ink], None]] = {
    "thien_ton_mountain": partial(mountains, seed=31, peaks=((22, 78, 36, 34, 1.1), (78, 78, 38, 38, 1.1), (36, 80, 34, 50, 1.2), (64, 82, 36, 46, 1.1), (50, 84, 46, 68, 1.2)),
                                  behind=(("cloud", 18, 30, 18), ("cloud<", 84, 26, 18)), things=(("hall", 50, 90, 13), ("pine", 24, 90, 14), ("pine", 76, 92, 15), ("round", 36, 92, 10), ("pine", 40, 44, 9))),
    "ngu_binh_mountain": partial(mountains, seed=41, flat=0.22, peaks=((18, 80, 34, 28, 0.7), (84, 80, 34, 28, 0.7), (51, 82, 72, 64, 0.6)),
                                 behind=(("cloud", 16, 34, 16), ("cloud<", 88, 34, 16)), things=(("pine", 34, 40, 12), ("pine", 46, 33, 12), ("pine", 58, 33, 12), ("pine", 69, 42, 12), ("pine", 28, 86, 15), ("pine", 74, 88, 15), ("round", 50, 90, 12))),
    "thuong_mountain": partial(mountains, seed=51, peaks=((20, 76, 34, 40, 1.4), (84, 76, 30, 34, 1.4), (38, 80, 34, 56, 1.5), (68, 80, 36, 50, 1.5), (52, 84, 40, 74, 1.6)),
                               behind=(("cloud<", 80, 16, 20),), things=(("cloud", 26, 62, 20), ("round", 26, 90, 13), ("house", 52, 91, 12), ("round", 76, 90, 14), ("pine", 88, 92, 12))),
    "hong_mountain": partial(mountains, seed=61, peaks=(*tuple((9 + 10.2 * k, 66 + 3 * (k % 2), 20, 26 + 12 * (k * 5 % 4) / 3, 1.2) for k in range(9)), (50, 84, 40, 40, 1.1)),
                             behind=(("cloud", 22, 16, 18), ("cloud<", 80, 14, 18)), things=(("tower", 72, 86, 13), ("pine", 22, 84, 14), ("pine", 34, 90, 13), ("round", 86, 90, 12))),
    "tan_vien_mountain": partial(mountains, seed=71, peaks=((14, 80, 28, 26, 0.9), (88, 80, 26, 26, 0.9), (27, 82, 34, 46, 1.3), (75, 82, 34, 48, 1.3), (51, 84, 40, 66, 1.5)),
                                 things=(("cloud", 40, 22, 24), ("cloud<", 66, 30, 16), ("cloud", 22, 58, 16), ("hall", 50, 90, 12), ("pine", 32, 92, 14), ("pine", 70, 92, 14), ("round", 88, 90, 11))),
    "dai_linh_mountain": partial(mountains, seed=81, peaks=((24, 72, 40, 34, 0.9), (80, 74, 42, 42, 0.9), (54, 78, 56, 58, 0.9)),
                                 behind=(("cloud<", 20, 24, 18),), things=(("stele", 55, 24, 15), ("junk", 22, 90, 13), ("palm", 66, 88, 14), ("palm", 82, 90, 14), ("house", 52, 88, 11))),
    "due_mountain": partial(mountains, seed=91, peaks=((20, 80, 40, 36, 0.6), (82, 80, 38, 42, 0.6), (46, 84, 56, 54, 0.6), (66, 86, 36, 36, 0.7)),
                            behind=(("cloud", 24, 26, 20),), things=(("tower", 46, 40, 14), ("pine", 30, 48, 11), ("round", 62, 92, 13), ("round", 22, 90, 14), ("bamboo", 84, 92, 14), ("house", 42, 91, 12))),
    "hoanh_mountain": partial(mountains, seed=101, peaks=((10, 70, 24, 20, 0.8), (30, 66, 36, 32, 1.0), (56, 62, 40, 42, 1.0), (82, 60, 38, 48, 1.1)),
                              behind=(("cloud", 24, 18, 18),), things=(("gate", 44, 72, 24), ("pine", 18, 82, 14), ("pine", 70, 80, 14), ("round", 86, 84, 14), ("sail", 18, 96, 11))),
}  # fmt: skip


def quang_binh_gate(ink: Ink) -> None:
    """The Quảng Bình gate: fort and long wall before the hills."""
    for x, width, height in ((20, 40, 24), (52, 44, 30), (84, 40, 26)):
        peak(ink, x, 52, width, height, seed=round(x), steep=0.9, level=0.4)
    cloud(ink, 26, 14, 18, level=0.4)
    wall(ink, "2,66,9 22,62,9 50,66,9 78,62,9 98,66,9")
    gate(ink, 50, 84, 50)
    for x, kind in ((12, "pine"), (86, "pine"), (24, "bamboo")):
        tree(ink, x, 90, 16, kind)
    ink.fill(path.brush("40,97,3 50,86,8 60,97,3"), 0.34)


def hai_van_pass(ink: Ink) -> None:
    """The Hải Vân pass: its gate in the saddle high over the sea, clouds below the summits."""
    peak(ink, 18, 76, 44, 66, seed=7, steep=1.0, level=0.44)
    peak(ink, 84, 76, 46, 62, seed=8, steep=1.0, level=0.46)
    peak(ink, 50, 80, 60, 42, seed=12, steep=0.7, level=0.54)
    gate(ink, 50, 47, 26)
    ink.fill(path.brush("50,48,3 46,56,2.6 56,64,2.8 44,74,3.4 50,84,4"), 0.66)
    cloud(ink, 24, 46, 22, level=0.62)
    cloud(ink, 78, 50, 22, mirror=True, level=0.62)
    ripples(ink, 84, 4, level=0.5)
    sail(ink, 22, 86, 12, sails=2)
    billow(ink, 76, 88, 18, level=0.6)


def _river(ink: Ink, name: str) -> None:
    course, peaks, things = RIVERS[name]
    branch = "2,70,8 34,66,10 60,78,13 96,86,15" if name == "tien_hau_rivers" else ""
    landscape(
        ink, course, peaks, [thing for thing in things if thing[0] != "wall"], branch=branch, seed=sum(map(ord, name))
    )


def _drawings() -> dict[str, Drawing]:
    found: dict[str, Drawing] = {name: Drawing(partial(_river, name=name)) for name in RIVERS}
    found |= {name: Drawing(draw) for name, draw in PORTRAITS.items()}
    found |= {draw.__name__: Drawing(draw) for draw in (east_sea, south_sea, west_sea, quang_binh_gate, hai_van_pass)}
    found["thuan_an_harbour"] = Drawing(partial(
        harbour, left="0,52 20,48 36,56 44,66 34,74 12,74 0,68", right="100,58 82,54 66,62 60,74 74,84 92,82 100,78",
        things=(("gate", 22, 62, 24), ("palm", 38, 62, 12), ("palm", 8, 60, 12), ("palm", 76, 68, 14), ("house", 88, 72, 11), ("junk", 56, 50, 16), ("sail<", 74, 40, 11), ("sail", 50, 82, 12), ("cloud", 30, 14, 18))))  # fmt: skip
    found["can_gio_harbour"] = Drawing(partial(
        harbour, left="0,42 22,44 30,56 22,70 0,74", right="100,40 84,44 74,58 80,72 100,76", bar="40,70 52,64 62,70 60,80 48,82 38,78",
        things=(("palm", 10, 50, 14), ("bamboo", 20, 58, 13), ("house", 12, 68, 11), ("palm", 88, 54, 15), ("palm", 92, 68, 14), ("round", 50, 72, 12), ("round", 56, 74, 10), ("junk<", 50, 46, 17), ("sail", 34, 38, 11), ("boat", 36, 90, 12), ("cloud<", 74, 14, 20))))  # fmt: skip
    found["da_nang_harbour"] = Drawing(partial(
        harbour, peaks=((16, 40, 36, 30, 0.9), (40, 38, 26, 18, 0.9), (86, 44, 34, 30, 0.8)), left="0,60 18,58 30,66 26,76 8,80 0,78",
        right="100,48 86,46 76,54 80,66 92,72 100,70",
        things=(("gate", 14, 68, 20), ("palm", 26, 70, 12), ("house", 90, 62, 11), ("pine", 82, 56, 11), ("junk", 54, 56, 19), ("sail<", 42, 42, 10), ("junk<", 62, 82, 13), ("cloud", 58, 12, 18))))  # fmt: skip
    return found


DRAWINGS = _drawings()
