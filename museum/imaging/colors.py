"""Colours by name: where each lies in OKLab, whose distances look even (Ottosson 2020). Pure arithmetic."""

import math
from functools import lru_cache

Lab = tuple[float, float, float]

NAMES = (
    "red", "orange", "yellow", "brown", "green", "teal", "blue", "purple", "pink", "cream", "white", "grey", "black",
)  # fmt: skip
# Hue in degrees where a name ends and the next begins; what is dark or pale has other names, see `name_of`.
_HUES = ((40, "red"), (70, "orange"), (112, "yellow"), (172, "green"), (215, "teal"), (285, "blue"), (345, "purple"))


def oklab(red: int, green: int, blue: int) -> Lab:
    """(lightness 0–1, a, b) of an 8-bit sRGB colour."""
    r, g, b = _linear(red), _linear(green), _linear(blue)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    middle = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def name_of(lab: Lab) -> str:
    """The one of NAMES that people would call this colour."""
    light, a, b = lab
    chroma = math.hypot(a, b)
    if light < 0.22 or (light < 0.34 and chroma < 0.04):
        return "black"
    if chroma < (0.022 if light > 0.9 else 0.03):
        return "white" if light >= 0.9 else "grey"
    hue = math.degrees(math.atan2(b, a)) % 360
    if (hue >= 345 or hue < 40) and light >= 0.72:
        return "pink"
    if 320 <= hue < 345 and light >= 0.62:
        return "pink"
    if 40 <= hue < 112 and light >= 0.74 and chroma < 0.08:
        return "cream"
    if hue < 40 and chroma < 0.085:
        return "brown"
    if 40 <= hue < 70 and (light < 0.52 or chroma < (0.12 if light < 0.62 else 0.1)):
        return "brown"
    if 70 <= hue < 100 and (light < 0.62 or chroma < 0.08):
        return "brown"
    if 100 <= hue < 112 and light < 0.75:
        return "green"  # olive
    return next((name for end, name in _HUES if hue < end), "red")


@lru_cache(maxsize=256)
def _linear(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
