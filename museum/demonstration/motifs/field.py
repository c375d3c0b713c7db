"""The one door to the motifs: a name gives a height field."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from museum.demonstration.motifs import relief, sky
from museum.demonstration.motifs.drawing import Drawing

_MODULES = (sky,)


def _drawings() -> Mapping[str, Drawing]:
    return {name: drawing for module in _MODULES for name, drawing in module.DRAWINGS.items()}


def names() -> tuple[str, ...]:
    """Every motif there is, in alphabetical order."""
    return tuple(sorted(_drawings()))


def proportion(name: str) -> float:
    """Width of the motif `name` divided by its height. Raises KeyError for an unknown name."""
    drawing = _drawings()[name]
    return drawing.width / drawing.height


def height_field(name: str, *, width_px: int, height_px: int) -> NDArray[np.float32]:
    """The motif `name` as (height_px, width_px) float32 heights, ground 0, highest place 1.

    It fills one side and keeps its proportion: the rest is ground. Raises KeyError for an unknown name.
    """
    drawing = _drawings()[name]
    scale = min(width_px / drawing.width, height_px / drawing.height)
    inner = max(1, round(drawing.width * scale)), max(1, round(drawing.height * scale))
    motif = relief.raised(drawing.sheet(), width_px=inner[0], height_px=inner[1])
    result = np.zeros((height_px, width_px), np.float32)
    top, left = (height_px - inner[1]) // 2, (width_px - inner[0]) // 2
    result[top : top + inner[1], left : left + inner[0]] = motif
    return result
