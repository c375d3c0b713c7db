"""How a picture looks, in a few bytes: its colours by name, and a code whose bits differ the less the more two pictures
look alike. Pure Python over 32 × 32 samples: about 10 ms, and nobody who compares codes needs more than integers."""

import math
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from museum.imaging.colors import NAMES, Lab, name_of, oklab

SIDE = 32  # samples along each side
CODE_BITS = 256
_RING_ALIKE = 0.6  # of the border must be of one colour for that colour to count as a backdrop
_BACKDROP_REACH = 0.065  # distance in OKLab up to which a sample belongs to the backdrop
_STEP_REACH = 0.03  # … and its neighbour, so that a backdrop may run from light to shade
_LEAST_SUBJECT = 0.04  # of the samples: a smaller subject is none, the whole picture is looked at
_LEAST_SHARE = 0.08  # of the subject, for a colour to be named
_MOST_COLORS = 5
_GRID = 9
_DARKER = 0.012  # of lightness: less is noise
_SHARES = (0.04, 0.1, 0.2, 0.35, 0.55, 0.8)
_TONES = (0.2, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.93)
_CHROMAS = (0.01, 0.025, 0.045, 0.07, 0.1, 0.14)
_TURNS = (0.2, 0.35, 0.55)


@dataclass(frozen=True, kw_only=True)
class Color:
    """A colour of a picture: its name (of `colors.NAMES`), share of the subject in per cent, mean as "a1b2c3"."""

    name: str
    share: int
    hex: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """`colors` by share, the largest first; `code` of CODE_BITS bits, compared by `distance`."""

    colors: tuple[Color, ...]
    code: bytes


def distance(one: int, other: int) -> int:
    """How many bits of two codes differ (as integers): 0 the same picture, below 60 much alike, about 100 strangers."""
    return (one ^ other).bit_count()


def look_of(samples: bytes, width_px: int, height_px: int) -> Look:
    """The look of a picture from SIDE × SIDE samples of sRGB, rows from the top, three bytes each (the picture squeezed
    into a square); its true size says how it is shaped."""
    if len(samples) != SIDE * SIDE * 3:
        raise ValueError(f"{len(samples)} bytes are not {SIDE} x {SIDE} samples")
    pixels = [tuple(samples[i : i + 3]) for i in range(0, len(samples), 3)]
    labs = [oklab(*pixel) for pixel in pixels]
    subject = _subject(labs)
    names = [name_of(labs[i]) for i in subject]
    counts = Counter(names)
    colors = tuple(
        _color(name, [pixels[i] for i, own in zip(subject, names, strict=True) if own == name], len(subject))
        for name, number in counts.most_common(_MOST_COLORS)
        if number >= _LEAST_SHARE * len(subject)
    )
    bits = [
        *_shape(labs, subject),
        *(bit for name in NAMES for bit in _ladder(counts[name] / len(subject), _SHARES)),
        *_ladder(sum(labs[i][0] for i in subject) / len(subject), _TONES),
        *_ladder(sum(math.hypot(*labs[i][1:]) for i in subject) / len(subject), _CHROMAS),
        *_directions(labs, subject),
        *_format(subject, width_px, height_px),
    ]
    return Look(colors=colors, code=sum(1 << place for place, bit in enumerate(bits) if bit).to_bytes(32, "big"))


def _subject(labs: Sequence[Lab]) -> list[int]:
    """Places of the samples that show the thing itself: all but an even backdrop that reaches the border."""
    ring = [i for i in range(SIDE * SIDE) if not (0 < i % SIDE < SIDE - 1 and 0 < i // SIDE < SIDE - 1)]
    light, a, b = (sorted(labs[i][part] for i in ring)[len(ring) // 2] for part in range(3))
    middle = (light, a, b)
    near = [i for i in ring if math.dist(labs[i], middle) < _BACKDROP_REACH]
    if len(near) < _RING_ALIKE * len(ring):
        return list(range(SIDE * SIDE))
    backdrop = set(near)
    waiting = deque(near)
    while waiting:
        here = waiting.popleft()
        for there in _neighbours(here):
            is_like = math.dist(labs[there], middle) < _BACKDROP_REACH
            if there not in backdrop and (is_like or _is_shade(labs[here], labs[there], middle)):
                backdrop.add(there)
                waiting.append(there)
    subject = [i for i in range(SIDE * SIDE) if i not in backdrop]
    return subject if len(subject) >= _LEAST_SUBJECT * SIDE * SIDE else list(range(SIDE * SIDE))


def _is_shade(here: Lab, there: Lab, middle: Lab) -> bool:
    """Whether the backdrop goes on, a little lighter or darker: a shadow, the fall of light; never another hue."""
    return math.dist(here, there) < _STEP_REACH and math.dist(there[1:], middle[1:]) < _STEP_REACH


def _neighbours(place: int) -> list[int]:
    row, column = divmod(place, SIDE)
    around = ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
    return [r * SIDE + c for r, c in around if 0 <= r < SIDE and 0 <= c < SIDE]


def _box(subject: Sequence[int]) -> tuple[int, int, int, int]:
    """First and last row and column of the subject, both included."""
    rows, columns = [i // SIDE for i in subject], [i % SIDE for i in subject]
    return min(rows), max(rows), min(columns), max(columns)


def _color(name: str, pixels: Sequence[Sequence[int]], total: int) -> Color:
    mean = [round(sum(pixel[part] for pixel in pixels) / len(pixels)) for part in range(3)]
    return Color(name=name, share=round(100 * len(pixels) / total), hex=bytes(mean).hex())


def _shape(labs: Sequence[Lab], subject: Sequence[int]) -> list[bool]:
    """144 bits: in a 9 × 9 grid laid over the subject, is each field lighter than the one beside and the one below?"""
    top, bottom, left, right = _box(subject)
    grid: list[list[float]] = []
    for row in range(_GRID):
        first, last = _span(top, bottom, row)
        line = []
        for column in range(_GRID):
            start, end = _span(left, right, column)
            field = [labs[r * SIDE + c][0] for r in range(first, last) for c in range(start, end)]
            line.append(sum(field) / len(field))
        grid.append(line)
    beside = [grid[r][c] > grid[r][c + 1] + _DARKER for r in range(_GRID) for c in range(_GRID - 1)]
    return beside + [grid[r][c] > grid[r + 1][c] + _DARKER for r in range(_GRID - 1) for c in range(_GRID)]


def _span(first: int, last: int, part: int) -> tuple[int, int]:
    """The samples of one of _GRID parts of a side, at least one of them."""
    length = last + 1 - first
    start = first + part * length // _GRID
    return start, max(start + 1, first + (part + 1) * length // _GRID)


def _directions(labs: Sequence[Lab], subject: Sequence[int]) -> list[bool]:
    """12 bits: how much of what changes from sample to sample runs in each of four directions."""
    within = set(subject)
    sums = [0.0] * 4
    for place in subject:
        row, column = divmod(place, SIDE)
        if row + 1 == SIDE or column + 1 == SIDE or place + 1 not in within or place + SIDE not in within:
            continue
        along = labs[place + 1][0] - labs[place][0]
        down = labs[place + SIDE][0] - labs[place][0]
        sums[int(math.degrees(math.atan2(down, along)) % 180 / 45 + 0.5) % 4] += math.hypot(along, down)
    total = sum(sums) or 1.0
    return [bit for part in sums for bit in _ladder(part / total, _TURNS)]


def _format(subject: Sequence[int], width_px: int, height_px: int) -> list[bool]:
    """8 bits: is the subject upright or lying, and how much?"""
    top, bottom, left, right = _box(subject)
    ratio = (right + 1 - left) * width_px / ((bottom + 1 - top) * height_px)
    return [*_ladder(ratio, (1.15, 1.5, 2.2, 3.5)), *_ladder(1 / ratio, (1.15, 1.5, 2.2, 3.5))]


def _ladder(value: float, steps: Sequence[float]) -> list[bool]:
    """One bit for each step that is reached: the further apart two values, the more bits differ."""
    return [value >= step for step in steps]
