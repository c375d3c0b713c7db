"""From a drawn sheet to a height field: forms swell between their lines, stand on their levels, edges are rounded."""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration.motifs.ink import Ink
from museum.demonstration.swelling import Field, blurred, swollen
from museum.imaging import drawn

# (radius of the swelling in units, share of the height): small ones give crisp beads, large ones full bodies.
_BETWEEN_LINES = ((0.45, 0.08), (0.9, 0.12), (1.8, 0.14), (3.6, 0.12))
_WHOLE = ((4.0, 0.10), (8.0, 0.12))
_LEVEL_SHARE = 0.32


def raised(sheet: Ink, *, width_px: int, height_px: int) -> Field:
    """(h, w) float32, ground 0, the highest place 1: the sheet cast in low relief."""
    unit = width_px / sheet.width
    forms = _shares(drawn.grey(sheet.forms_svg(width_px, height_px)))
    levels = _shares(drawn.grey(sheet.levels_svg(width_px, height_px)))
    body = np.clip(levels * 255 / 5, 0, 1).astype(np.float32)
    height = _LEVEL_SHARE * blurred(levels, 0.35 * unit)
    for radius, share in _BETWEEN_LINES:
        height += share * swollen(forms, radius * unit)
    for radius, share in _WHOLE:
        height += share * swollen(body, radius * unit)
    height *= np.clip(1.6 * blurred(body, 0.3 * unit) - 0.3, 0, 1)
    height *= 0.45 + 0.55 * blurred(forms, 0.22 * unit)
    top = float(height.max())
    return (height / top if top > 0 else height).astype(np.float32)


def fitted(sheet: Ink, *, margin: float = 2.5, reach: int = 30) -> Ink:
    """`sheet` seen so that all that is drawn on it, also beyond its edge by `reach`, fits with a `margin` of units."""
    sheet.left, sheet.top = -float(reach), -float(reach)
    wide, tall = round(sheet.width) + 2 * reach, round(sheet.height) + 2 * reach
    sheet.width, sheet.height = float(wide), float(tall)
    drawn_on = drawn.grey(sheet.levels_svg(2 * wide, 2 * tall)) > 4
    columns, rows = np.flatnonzero(drawn_on.any(axis=0)) / 2, np.flatnonzero(drawn_on.any(axis=1)) / 2
    sheet.left, sheet.top = float(columns[0]) - reach - margin, float(rows[0]) - reach - margin
    sheet.width = float(columns[-1] - columns[0]) + 0.5 + 2 * margin
    sheet.height = float(rows[-1] - rows[0]) + 0.5 + 2 * margin
    return sheet


def _shares(grey: NDArray[np.uint8]) -> Field:
    return (grey.astype(np.float32) / np.float32(255)).astype(np.float32)
