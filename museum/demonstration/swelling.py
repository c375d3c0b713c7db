"""Rounding of drawn forms: Gaussian blur and domes over masks, in plain arrays."""

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def swollen(mask: Field, radius_px: float) -> Field:
    """A dome over `mask`: 0 at its edges, rising to 1 about two radii inside."""
    return np.clip(2 * blurred(mask, radius_px) - 1, 0, 1).astype(np.float32)


def blurred(field: Field, sigma_px: float) -> Field:
    """`field` under a Gaussian of `sigma_px` (three box passes), on a coarser grid where the blur is wide."""
    if sigma_px < 0.3:
        return field
    if sigma_px > 3 and min(field.shape) >= 64:
        half = _halved(field)
        return _doubled(blurred(half, sigma_px / 2), field.shape)
    window = max(1, round((sigma_px**2 * 4 + 1) ** 0.5))
    window += 1 - window % 2
    result = field
    for _ in range(3):
        result = _boxed(_boxed(result, window, 0), window, 1)
    return result


def _boxed(field: Field, window: int, axis: int) -> Field:
    if window < 2:
        return field
    reach = window // 2
    padding = [(0, 0), (0, 0)]
    padding[axis] = (reach + 1, reach)
    sums = np.cumsum(np.pad(field, padding), axis=axis, dtype=np.float32)
    ahead = sums[window:] if axis == 0 else sums[:, window:]
    behind = sums[:-window] if axis == 0 else sums[:, :-window]
    return ((ahead - behind) / window).astype(np.float32)


def _halved(field: Field) -> Field:
    height, width = field.shape
    even = np.pad(field, ((0, height % 2), (0, width % 2)), mode="edge")
    return ((even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4).astype(np.float32)


def _doubled(field: Field, shape: tuple[int, ...]) -> Field:
    """Twice as large, bilinear, centres of pixels kept in place, cut to `shape`."""
    for axis in (0, 1):
        edge = np.pad(field, [(1, 1) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        middle = edge[1:-1] if axis == 0 else edge[:, 1:-1]
        before = edge[:-2] if axis == 0 else edge[:, :-2]
        after = edge[2:] if axis == 0 else edge[:, 2:]
        pair = np.stack([0.75 * middle + 0.25 * before, 0.75 * middle + 0.25 * after], axis=axis + 1)
        new = list(field.shape)
        new[axis] *= 2
        field = pair.reshape(new).astype(np.float32)
    return field[: shape[0], : shape[1]]
