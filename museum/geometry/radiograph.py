"""A picture as by X-rays: the way of each ray through the material of closed surfaces, and film that it darkens.

Computed from the shape alone with the camera of the visible photograph, so that both lie on each other pixel by pixel.
Lambert–Beer: what is left of a ray after t millimetres is exp(−t / depth). White is dense, as on a hung radiograph.
"""

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from museum.geometry import darkroom
from museum.geometry.camera import View
from museum.geometry.gate import COMPILED
from museum.geometry.mesh import Bytes
from museum.geometry.photograph import Sitter

_ROWS = 32
_SPREAD = 6  # half pixels over which the film scatters light
_STEPS = 256  # of a screen pixel: corners are put on this grid, so that neighbours share their edge exactly
_TYPICAL = 0.62  # how much of a ray the typical thickness of the object takes
_THIN, _THICK = 0.26, 0.86  # how white its thin and its thick places become


def radiograph(
    sitter: Sitter, *, width_px: int, height_px: int, view: View, depth_mm: float | None = None, seed: int = 5
) -> Bytes:
    """(h, w, 3) uint8 grey. `depth_mm` is the thickness that leaves 1/e of a ray; None suits the object."""
    way = thickness_mm(sitter, width_px=width_px * 2, height_px=height_px * 2, view=view)
    inside = way[way > 0.2]
    if depth_mm is None:
        depth_mm = float(np.quantile(inside, 0.6)) / -math.log(1 - _TYPICAL) if len(inside) else 1.0
    taken = 1 - np.exp(-inside / depth_mm) if len(inside) else np.array([0.2, 0.8])
    low, high = (float(v) for v in np.quantile(taken, (0.04, 0.97)))
    steps = np.array([low, max(high, low + 0.05), _THIN, _THICK], np.float32)
    noise = np.random.default_rng(seed).normal(size=65_521).astype(np.float32)
    with COMPILED:
        out: Bytes = _film(1 - np.exp(way * np.float32(-1 / max(depth_mm, 1e-6))), steps, noise)
    return np.repeat(out[:, :, None], 3, axis=2)


def thickness_mm(sitter: Sitter, *, width_px: int, height_px: int, view: View) -> NDArray[np.float32]:
    """(h, w) float32 millimetres of material along the ray through each pixel's middle."""
    with COMPILED:
        look = sitter.camera(view, width_px=width_px, height_px=height_px)
        screen = look.project(sitter.points)
        count = -(-height_px // _ROWS)
        order, starts = darkroom.bands_of(screen, sitter.faces, _ROWS, count)
        middle = np.float32(np.linalg.norm(look.eye - np.array([0, sitter.points[:, 1].max() / 2, 0])))
        out = np.zeros((height_px, width_px), np.float32)
        lens = (np.float32(look.focal_px), np.float32(look.centre_x), np.float32(look.centre_y))
        _walk(screen, sitter.faces, order, starts, _ROWS, lens, middle, out)
    return out * np.float32(sitter.size_mm)


@njit(cache=True, error_model="numpy")
def _owns(dx, dy):  # type: ignore[no-untyped-def]  # numba infers
    """Whether an edge (counter-clockwise on a screen with y down) owns the samples that lie on it: top or left."""
    return dy > 0 or (dy == 0 and dx < 0)


@njit(cache=True, parallel=True, error_model="numpy")
def _walk(points, faces, order, starts, rows, lens, middle, out):  # type: ignore[no-untyped-def]  # numba infers
    """Add to `out` how far behind `middle` each ray leaves, and take away how far it enters, face by face."""
    height, width = out.shape
    focal, centre_x, centre_y = lens
    for band in prange(len(starts) - 1):
        low, high = band * rows, min(height, (band + 1) * rows)
        for at in range(starts[band], starts[band + 1]):
            f = order[at]
            i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
            x0, y0 = round(points[i, 0] * _STEPS), round(points[i, 1] * _STEPS)
            x1, y1 = round(points[j, 0] * _STEPS), round(points[j, 1] * _STEPS)
            x2, y2 = round(points[k, 0] * _STEPS), round(points[k, 1] * _STEPS)
            w0, w1, w2 = points[i, 2], points[j, 2], points[k, 2]
            area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
            if area == 0:
                continue
            sign = np.float32(1.0)  # y runs down: a face that shows its outside has negative area
            if area < 0:
                x1, y1, x2, y2, w1, w2, area = x2, y2, x1, y1, w2, w1, -area
                sign = np.float32(-1.0)
            half = _STEPS // 2
            first, last = max(low, (min(y0, y1, y2) - half) // _STEPS), min(high - 1, (max(y0, y1, y2)) // _STEPS)
            left, right = max(0, (min(x0, x1, x2) - half) // _STEPS), min(width - 1, (max(x0, x1, x2)) // _STEPS)
            own0, own1, own2 = _owns(x1 - x2, y1 - y2), _owns(x2 - x0, y2 - y0), _owns(x0 - x1, y0 - y1)
            for y in range(first, last + 1):
                py = y * _STEPS + half
                for x in range(left, right + 1):
                    px = x * _STEPS + half
                    e0 = (x2 - x1) * (py - y1) - (y2 - y1) * (px - x1)
                    e1 = (x0 - x2) * (py - y2) - (y0 - y2) * (px - x2)
                    e2 = (x1 - x0) * (py - y0) - (y1 - y0) * (px - x0)
                    if e0 < 0 or e1 < 0 or e2 < 0:
                        continue
                    if (e0 == 0 and not own0) or (e1 == 0 and not own1) or (e2 == 0 and not own2):
                        continue
                    nearness = (e0 * w0 + e1 * w1 + e2 * w2) / area
                    u, v = (x + 0.5 - centre_x) / focal, (y + 0.5 - centre_y) / focal
                    out[y, x] += sign * np.float32(np.sqrt(1 + u * u + v * v) / nearness - middle)
        for y in range(low, high):
            for x in range(width):
                out[y, x] = max(np.float32(0.0), out[y, x])


@njit(cache=True, parallel=True, fastmath=True, error_model="numpy")
def _film(taken, steps, noise):  # type: ignore[no-untyped-def]  # numba infers
    """(h, w) uint8 of the share (2h, 2w) that is absorbed, over the film's greys by `steps` (low, high, their greys), a
    little scattered light, film grain, a plate's vignette."""
    height, width = taken.shape[0] // 2, taken.shape[1] // 2
    out = np.empty((height, width), np.uint8)
    spread = np.empty(_SPREAD, np.float32)
    for step in range(_SPREAD):
        spread[step] = math.exp(-((step - _SPREAD / 2 + 0.5) ** 2) / 2.6)
    for y in prange(height):
        # A round spread is a spread down times one across.
        across = np.zeros(2 * width, np.float32)
        rows = np.float32(0.0)
        for dy in range(_SPREAD):
            row = 2 * y + dy - _SPREAD // 2 + 1
            if 0 <= row < 2 * height:
                rows += spread[dy]
                for column in range(2 * width):
                    across[column] += spread[dy] * taken[row, column]
        for x in range(width):
            total = weight_all = 0.0
            for dx in range(_SPREAD):
                column = 2 * x + dx - _SPREAD // 2 + 1
                if 0 <= column < 2 * width:
                    total += spread[dx] * across[column]
                    weight_all += spread[dx] * rows
            white = total / weight_all
            if white < steps[0]:
                white = white / steps[0] * steps[2]
            else:
                white = steps[2] + (white - steps[0]) / (steps[1] - steps[0]) * (steps[3] - steps[2])
            right, down = (x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5
            rim = 1 - 0.16 * (right * right + down * down)
            value = 0.045 + 0.92 * min(1.02, white) * rim
            speck = noise[(y * 7919 + x * 104_729 + (x * y) % 8191) % len(noise)]
            value += speck * 0.011 * (0.5 + white)
            out[y, x] = np.uint8(min(255.0, max(0.0, value * 255 + 0.5)))
    return out
