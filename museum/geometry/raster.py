"""Triangles to depth and identity buffers, compiled; the nearest wins, both sides are seen."""

import math

import numpy as np
from numba import njit, prange

_BANDS = 8
_MAP_STEPS = 65_534.0


@njit(cache=True, fastmath=True, error_model="numpy")
def _draw(points, faces, low_y, high_y, depth, ids):  # type: ignore[no-untyped-def]  # numba infers
    """Fill rows low_y..high_y of `depth` with the largest third coordinate, and `ids` with the face that has it."""
    width = depth.shape[1]
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        y0, y1, y2 = points[i, 1], points[j, 1], points[k, 1]
        top, bottom = min(y0, y1, y2), max(y0, y1, y2)
        if bottom < low_y or top >= high_y:
            continue
        x0, x1, x2 = points[i, 0], points[j, 0], points[k, 0]
        w0, w1, w2 = points[i, 2], points[j, 2], points[k, 2]
        if w0 <= 0 or w1 <= 0 or w2 <= 0:
            continue
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0:
            continue
        first = max(low_y, int(np.ceil(top - 0.5)))
        last = min(high_y - 1, int(np.floor(bottom - 0.5)))
        left = max(0, int(np.ceil(min(x0, x1, x2) - 0.5)))
        right = min(width - 1, int(np.floor(max(x0, x1, x2) - 0.5)))
        inverse = 1.0 / area
        for y in range(first, last + 1):
            py = y + 0.5
            for x in range(left, right + 1):
                px = x + 0.5
                b1 = ((px - x0) * (y2 - y0) - (x2 - x0) * (py - y0)) * inverse
                b2 = ((x1 - x0) * (py - y0) - (px - x0) * (y1 - y0)) * inverse
                b0 = 1.0 - b1 - b2
                if b0 < -1e-5 or b1 < -1e-5 or b2 < -1e-5:
                    continue
                w = b0 * w0 + b1 * w1 + b2 * w2
                if w > depth[y, x]:
                    depth[y, x] = w
                    ids[y, x] = f


@njit(cache=True, parallel=True, fastmath=True, error_model="numpy")
def draw(points, faces, width, height):  # type: ignore[no-untyped-def]  # numba infers
    """(depth (h, w) float32, ids (h, w) int32) of screen `points` (n, 3: x, y, nearness > 0); id -1 where empty."""
    depth = np.zeros((height, width), np.float32)
    ids = np.full((height, width), -1, np.int32)
    for band in prange(_BANDS):
        _draw(points, faces, band * height // _BANDS, (band + 1) * height // _BANDS, depth, ids)
    return depth, ids


@njit(cache=True, parallel=True, fastmath=True, error_model="numpy")
def shadow_maps(points, faces, axes, placing, side, is_closed):  # type: ignore[no-untyped-def]  # numba infers
    """(k, side, side) uint16 nearness to each light, 0 where nothing stands.

    Of a closed object only the outside is drawn: its inside is never nearer.

    axes : (k, 3, 3) rows across, along, towards the light; placing : (k, 4) map centre across and along, half size,
    and lowest depth; depth spans twice the half size.
    """
    count = len(axes)
    maps = np.zeros((count, side, side), np.uint16)
    for light in prange(count):
        seen = np.empty((len(points), 3), np.float32)
        scale = side / (2 * placing[light, 2])
        for i in range(len(points)):
            x, y, z = points[i, 0], points[i, 1], points[i, 2]
            a = axes[light]
            seen[i, 0] = (a[0, 0] * x + a[0, 1] * y + a[0, 2] * z - placing[light, 0] + placing[light, 2]) * scale
            seen[i, 1] = (a[1, 0] * x + a[1, 1] * y + a[1, 2] * z - placing[light, 1] + placing[light, 2]) * scale
            nearness = (a[2, 0] * x + a[2, 1] * y + a[2, 2] * z - placing[light, 3]) / (2 * placing[light, 2])
            seen[i, 2] = min(1.0, max(1e-6, nearness))
        _cover(seen, faces, maps[light], is_closed)
    return maps


@njit(cache=True, fastmath=True, error_model="numpy")
def _cover(points, faces, depth, is_closed):  # type: ignore[no-untyped-def]  # numba infers
    """Like `_draw` without identities, in whole steps of nearness."""
    side = depth.shape[0]
    for f in range(len(faces)):
        i, j, k = np.uint32(faces[f, 0]), np.uint32(faces[f, 1]), np.uint32(faces[f, 2])
        x0, x1, x2 = points[i, 0], points[j, 0], points[k, 0]
        y0, y1, y2 = points[i, 1], points[j, 1], points[k, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0 or (is_closed and area < 0):
            continue
        first, last = max(0, math.ceil(min(y0, y1, y2) - 0.5)), min(side - 1, math.floor(max(y0, y1, y2) - 0.5))
        left, right = max(0, math.ceil(min(x0, x1, x2) - 0.5)), min(side - 1, math.floor(max(x0, x1, x2) - 0.5))
        if first > last or left > right:
            continue
        w0, w1, w2 = points[i, 2], points[j, 2], points[k, 2]
        inverse = 1.0 / area
        for y in range(first, last + 1):
            py = y + 0.5
            for x in range(left, right + 1):
                px = x + 0.5
                b1 = ((px - x0) * (y2 - y0) - (x2 - x0) * (py - y0)) * inverse
                b2 = ((x1 - x0) * (py - y0) - (px - x0) * (y1 - y0)) * inverse
                b0 = 1.0 - b1 - b2
                if b0 >= -1e-5 and b1 >= -1e-5 and b2 >= -1e-5:
                    near = np.uint16(1 + (b0 * w0 + b1 * w1 + b2 * w2) * _MAP_STEPS)
                    if near > depth[y, x]:
                        depth[y, x] = near
