"""The one door to the motifs: a name gives a height field."""

from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import glyphs
from museum.demonstration.motifs import (
    arms,
    beasts,
    birds,
    boats,
    cham,
    crawlers,
    dragons,
    flowers,
    fruits,
    herbs,
    ornament,
    places,
    relief,
    remedies,
    sky,
    trees,
    urns,
    waters,
)
from museum.demonstration.motifs.drawing import Drawing
from museum.demonstration.motifs.ink import Ink

_MODULES = (
    sky,
    beasts,
    birds,
    waters,
    crawlers,
    herbs,
    trees,
    fruits,
    flowers,
    remedies,
    places,
    boats,
    arms,
    dragons,
    ornament,
    cham,
)


_NAME = "name_"


@cache
def _drawings() -> Mapping[str, Drawing]:
    return {name: drawing for module in _MODULES for name, drawing in module.DRAWINGS.items()}


def names() -> tuple[str, ...]:
    """Every motif there is, in alphabetical order, with the name panels of the nine urns ("name_cao", …)."""
    return tuple(sorted([*_drawings(), *(_NAME + urn for urn in urns.URNS)]))


@lru_cache(maxsize=24)
def _sheet(name: str) -> Ink:
    drawing = _drawings()[name]
    sheet = drawing.sheet()
    return sheet if drawing.is_band else relief.fitted(sheet)


def proportion(name: str) -> float:
    """Width of the motif `name` divided by its height. Raises KeyError for an unknown name."""
    if name.startswith(_NAME):
        return 0.5
    sheet = _sheet(name)
    return sheet.width / sheet.height


def height_field(name: str, *, width_px: int, height_px: int) -> NDArray[np.float32]:
    """The motif `name` as (height_px, width_px) float32 heights, ground 0, highest place 1.

    It fills one side and keeps its proportion: the rest is ground. Bands ("key_fret", "lotus_band", "cloud_band",
    "cham_scroll", "drum_side", "bell_bands") have no margin and meet themselves end to end. Raises KeyError for an
    unknown name, what `glyphs.text_field` raises for a name panel.
    """
    if name.startswith(_NAME):
        han = urns.urn(name.removeprefix(_NAME)).han
        return glyphs.text_field(han, width_px=width_px, height_px=height_px, vertical=True)
    share = proportion(name)
    inner = max(1, min(width_px, round(height_px * share))), max(1, min(height_px, round(width_px / share)))
    motif = relief.raised(_sheet(name), width_px=inner[0], height_px=inner[1])
    result = np.zeros((height_px, width_px), np.float32)
    top, left = (height_px - inner[1]) // 2, (width_px - inner[0]) // 2
    result[top : top + inner[1], left : left + inner[0]] = motif
    return result
