"""Hán characters and Vietnamese letters as height fields, from the outlines that the front-end build wrote."""

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from museum.demonstration.swelling import blurred, swollen
from museum.errors import BackendError, Invalid
from museum.imaging import drawn

_EM = 1000
_LINE = 1.28
_BASELINE = 0.88
_BOLDER = 16  # the hairlines of a book face would be lost in a casting


@cache
def _glyphs() -> Mapping[str, tuple[int, str]]:
    source = files("museum.demonstration") / "static" / "glyphs.json"
    if not source.is_file():
        raise BackendError("demonstration.no_glyphs")
    given = json.loads(source.read_text(encoding="utf-8"))["glyphs"]
    return {sign: (advance, outline) for sign, (advance, outline) in given.items()}


def drawable() -> frozenset[str]:
    """Every sign that `text_field` can draw, beside spaces and line breaks."""
    return frozenset(_glyphs())


def text_field(
    text: str, *, width_px: int, height_px: int, vertical: bool = False, columns: int = 1
) -> NDArray[np.float32]:
    """`text` as (height_px, width_px) float32 heights, ground 0, strokes up to 1 with rounded edges.

    As large as fits, centred. Horizontal: lines at "\\n". Vertical: columns from right to left, read downwards, at
    "\\n" or, without one, the text dealt out evenly to `columns`. Raises BackendError demonstration.no_glyphs where the
    front end was not built, Invalid demonstration.no_glyph for a sign that characters.txt lacks.
    """
    body, wide, tall = _columns(text, columns) if vertical else _lines(text)
    scale = min(width_px / wide, height_px / tall)
    left, top = (width_px - wide * scale) / 2, (height_px - tall * scale) / 2
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_px}" height="{height_px}">'
        f'<g fill="#fff" stroke="#fff" stroke-width="{_BOLDER}" '
        f'transform="translate({left:.2f} {top:.2f}) scale({scale:.6f})">{body}</g></svg>'
    )
    mask = (drawn.grey(svg.encode()) / np.float32(255)).astype(np.float32)
    em = _EM * scale
    edge = np.clip(1.7 * blurred(mask, 0.008 * em) - 0.35, 0, 1)
    height: NDArray[np.float32] = edge * (0.55 + 0.25 * swollen(mask, 0.012 * em) + 0.2 * swollen(mask, 0.026 * em))
    highest = float(height.max())
    return (height / highest if highest > 0 else height).astype(np.float32)


def _glyph(sign: str) -> tuple[int, str]:
    if sign.isspace():
        return (300, "")
    try:
        return _glyphs()[sign]
    except KeyError as error:
        raise Invalid("demonstration.no_glyph", sign=sign) from error


def _lines(text: str) -> tuple[str, float, float]:
    """(drawn lines, width, height) in thousandths of an em."""
    lines = text.split("\n")
    widths = [sum(_glyph(sign)[0] for sign in one) for one in lines]
    wide = max(*widths, 1)
    parts = []
    for row, (one, length) in enumerate(zip(lines, widths, strict=True)):
        x = (wide - length) / 2
        for sign in one:
            advance, outline = _glyph(sign)
            parts.append(f'<path transform="translate({x:.0f} {(row * _LINE + _BASELINE) * _EM:.0f})" d="{outline}"/>')
            x += advance
    return "".join(parts), wide, ((len(lines) - 1) * _LINE + 1.12) * _EM


def _columns(text: str, columns: int) -> tuple[str, float, float]:
    if "\n" in text:
        given = text.split("\n")
    else:
        length = math.ceil(len(text) / max(columns, 1))
        given = [text[at : at + length] for at in range(0, len(text), length)]
    parts = []
    pitch = 1.2 * _EM
    for index, column in enumerate(given):
        left = (len(given) - 1 - index) * pitch
        for row, sign in enumerate(column):
            advance, outline = _glyph(sign)
            x, y = left + (_EM - advance) / 2, (row * 1.04 + _BASELINE) * _EM
            parts.append(f'<path transform="translate({x:.0f} {y:.0f})" d="{outline}"/>')
    tall = max(*(len(column) for column in given), 1) * 1.04 * _EM
    return "".join(parts), (len(given) - 1) * pitch + _EM, tall
