"""Figures of the drum, drawn in its own flat manner: long-beaked birds in flight, boats of plumed rowers, dancers."""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from museum.demonstration.swelling import blurred
from museum.imaging import drawn

Field = NDArray[np.float32]


def bird() -> str:
    """A bird flying to the right, 160 × 72: long beak, crest, barred wings and tail."""
    bars = "".join(f'<path d="M{20 + 6 * i} 36L{17 + 6 * i} 54" class="cut"/>' for i in range(-2, 4))
    bars += "".join(
        f'<path d="M{57 + i * 3.6:.1f} {13 + i * 5}L{68 + i * 3.8:.1f} {11 + i * 5}" class="cut"/>' for i in range(5)
    )
    bars += "".join(f'<path d="M{58 + i * 3} {63 - i * 4}L{69 + i * 3} {64 - i * 4}" class="cut"/>' for i in range(4))
    return _sheet(
        160, 72,
        '<path d="M113 29L159 37L112 40Z"/><circle cx="108" cy="34" r="9"/>'
        '<path d="M105 27Q90 9 66 12Q87 19 97 32Z"/>'
        '<path d="M114 38Q94 29 78 37Q60 45 40 42L36 53Q70 61 92 50Q104 44 113 42Z"/>'
        '<path d="M88 40L62 3L50 5L64 44Z"/><path d="M82 48L67 70L55 68L64 48Z"/>'
        '<path d="M44 42L5 30L1 44L6 57L42 53Z"/>' + bars + '<circle cx="108" cy="34" r="3.4" class="hole"/>',
    )  # fmt: skip


def boat() -> str:
    """A long boat with a bird's head at the prow, feathers at the stern and six plumed rowers, 420 × 140."""
    rowers = ""
    for i in range(6):
        x = 88 + 48 * i
        rowers += (
            f'<path d="M{x - 5} 104L{x - 4} 70L{x + 5} 70L{x + 7} 104Z"/><circle cx="{x + 1}" cy="62" r="7"/>'
            f'<path d="M{x - 4} 58Q{x - 16} 36 {x - 3} 10Q{x - 3} 34 {x + 6} 56Z"/>'
            f'<path d="M{x + 6} 57Q{x + 6} 38 {x + 19} 24Q{x + 15} 44 {x + 10} 60Z"/>'
            f'<path d="M{x + 2} 76L{x + 22} 88M{x + 26} 64L{x + 6} 132" class="line"/>'
        )
    stern = "".join(
        f'<path d="M40 92Q{22 - 5 * i} {70 - 9 * i} {8 + 8 * i} {34 - 9 * i}" class="line"/>' for i in range(4)
    )
    return _sheet(
        420, 140,
        '<path d="M30 84Q44 100 80 104L340 104Q372 98 384 66Q396 52 414 58'
        'L400 66Q404 108 350 122L76 122Q34 112 30 84Z"/>'
        + rowers + stern + '<circle cx="392" cy="64" r="4" class="hole"/><path d="M84 113L346 113" class="cut"/>',
    )  # fmt: skip


def dancer() -> str:
    """A dancer with a tall plume, a spread skirt, an axe and a shield, 100 × 170."""
    plumes = "".join(f'<path d="M50 44Q{30 + 12 * i} 26 {14 + 22 * i} 4" class="line"/>' for i in range(4))
    return _sheet(
        100, 170,
        plumes + '<circle cx="50" cy="50" r="11"/><path d="M42 60L58 60L60 98L40 98Z"/>'
        '<path d="M40 96L60 96L82 134Q66 126 52 134Q36 126 16 134Z"/>'
        '<path d="M42 130L40 166L52 166M60 130L64 166L76 166" class="line"/>'
        '<path d="M58 68L84 60M42 68L20 78" class="line"/><path d="M84 34L86 98" class="line"/>'
        '<path d="M84 34L98 40Q96 52 85 54Z"/><path d="M10 62L26 60L28 96L14 98Z"/>'
        '<circle cx="50" cy="50" r="4" class="hole"/>',
    )  # fmt: skip


def _sheet(width: int, height: int, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="%d" height="%d" fill="#fff">'
        "<style>.cut{stroke:#000;stroke-width:2.4;fill:none}.hole{fill:#000}"
        ".line{stroke:#fff;stroke-width:5;fill:none;stroke-linecap:round}</style>" + body + "</svg>"
    )


@cache
def figure(draw: Callable[[], str], width_px: int) -> Field:
    """(h, w) float32 heights 0..1 of a figure, its edges a little rounded."""
    source = draw()
    _, _, wide, tall = (float(v) for v in source.split('viewBox="')[1].split('"')[0].split())
    size = max(8, width_px), max(8, round(width_px * tall / wide))
    grey = drawn.grey((source % size).encode())
    return blurred((grey.astype(np.float32) / np.float32(255)).astype(np.float32), 0.35)
