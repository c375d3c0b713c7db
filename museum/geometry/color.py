"""sRGB and linear light (IEC 61966-2-1): PLY colours are sRGB, glTF COLOR_0 is linear."""

import numpy as np
from numpy.typing import NDArray

from museum.geometry.mesh import Bytes, Floats


def to_linear(values: NDArray[np.floating]) -> Floats:
    """sRGB 0..1 to linear 0..1."""
    s = np.clip(np.asarray(values, np.float64), 0, 1)
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)


def to_srgb(values: NDArray[np.floating]) -> Floats:
    """Linear 0..1 to sRGB 0..1."""
    linear = np.clip(np.asarray(values, np.float64), 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def srgb_bytes(linear: Floats) -> Bytes:
    """(n, 4) uint8 sRGB with alpha from (n, 3 or 4) linear floats."""
    result = np.full((len(linear), 4), 255, np.uint8)
    result[:, :3] = np.rint(to_srgb(linear[:, :3]) * 255)
    if linear.shape[1] == 4:
        result[:, 3] = np.rint(np.clip(linear[:, 3], 0, 1) * 255)
    return result


def linear_words(colors: Bytes) -> NDArray[np.uint16]:
    """(n, 4) uint16 linear with alpha from (n, 4) uint8 sRGB: 16 bits, since 8 linear ones band in the shadows."""
    table = np.rint(to_linear(np.arange(256) / 255) * 65535).astype(np.uint16)
    result = table[colors]
    result[:, 3] = colors[:, 3].astype(np.uint16) * 257
    return result
