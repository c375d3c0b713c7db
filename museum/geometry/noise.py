"""Fine grain of a surface, compiled: noise in space with its slope, the same on every machine, periodic and seeded."""

import math

import numpy as np
from numba import njit

_PERIOD = 1023  # cells, less one, after which the noise repeats
_OCTAVES = 5
_FINER = 2.37


@njit(cache=True, error_model="numpy")
def _random(mixed):  # type: ignore[no-untyped-def]  # numba infers
    """A number in -1..1 of a lattice point whose coordinates and seed are mixed already."""
    h = np.uint32(mixed)
    h = np.uint32((h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D))
    h = np.uint32((h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39))
    h = np.uint32(h ^ (h >> np.uint32(15)))
    return np.float32(h) * np.float32(2.0 / 4_294_967_295.0) - np.float32(1.0)


@njit(cache=True, fastmath=True, error_model="numpy")
def _cell(x, y, z, seed):  # type: ignore[no-untyped-def]  # numba infers
    """(value, slope x, slope y, slope z) of smooth noise with cells of size 1."""
    fx, fy, fz = math.floor(x), math.floor(y), math.floor(z)
    i, j, k = int(fx), int(fy), int(fz)
    x, y, z = x - fx, y - fy, z - fz
    u, v, w = x * x * (3 - 2 * x), y * y * (3 - 2 * y), z * z * (3 - 2 * z)
    du, dv, dw = 6 * x * (1 - x), 6 * y * (1 - y), 6 * z * (1 - z)
    i0, i1 = np.uint32((i & _PERIOD) * 73_856_093), np.uint32(((i + 1) & _PERIOD) * 73_856_093)
    j0, j1 = np.uint32((j & _PERIOD) * 19_349_663), np.uint32(((j + 1) & _PERIOD) * 19_349_663)
    salt = np.uint32(seed * 2_654_435)
    k0 = np.uint32((k & _PERIOD) * 83_492_791) ^ salt
    k1 = np.uint32(((k + 1) & _PERIOD) * 83_492_791) ^ salt
    a, b, c, d = _random(i0 ^ j0 ^ k0), _random(i1 ^ j0 ^ k0), _random(i0 ^ j1 ^ k0), _random(i1 ^ j1 ^ k0)
    e, f, g, h = _random(i0 ^ j0 ^ k1), _random(i1 ^ j0 ^ k1), _random(i0 ^ j1 ^ k1), _random(i1 ^ j1 ^ k1)
    d1, d2, d3 = b - a, c - a, e - a
    d4, d5, d6 = a - b - c + d, a - c - e + g, a - b - e + f
    d7 = -a + b + c - d + e - f - g + h
    value = a + d1 * u + d2 * v + d3 * w + d4 * u * v + d5 * v * w + d6 * w * u + d7 * u * v * w
    return (
        value,
        du * (d1 + d4 * v + d6 * w + d7 * v * w),
        dv * (d2 + d5 * w + d4 * u + d7 * w * u),
        dw * (d3 + d6 * u + d5 * v + d7 * u * v),
    )


@njit(cache=True, fastmath=True, error_model="numpy")
def grain(x, y, z, largest, pixel, seed):  # type: ignore[no-untyped-def]  # numba infers
    """(tone in about -1..1, slope x, y, z) at a place: waves from `largest` down to what its `pixel` can show.

    Every octave has the same steepness, as cast and cut skins have; what a pixel can't show fades out.
    """
    tone = sx = sy = sz = 0.0
    size, weight = largest, 1.0
    for octave in range(_OCTAVES):
        seen = (size / pixel - 1.3) / 2.0
        if seen <= 0:
            break
        share = weight * min(1.0, seen)
        value, gx, gy, gz = _cell(x / size + 7.3 * octave, y / size + 3.1 * octave, z / size, seed + octave)
        tone += value * share
        sx += gx * share
        sy += gy * share
        sz += gz * share
        # The next octave is turned, or the lattice would show.
        x, y, z = 0.8 * x - 0.6 * z, 0.96 * y + 0.28 * (0.6 * x + 0.8 * z), 0.96 * (0.6 * x + 0.8 * z) - 0.28 * y
        size /= _FINER
        weight *= 0.8
    return tone * 0.55, sx * 0.5, sy * 0.5, sz * 0.5
