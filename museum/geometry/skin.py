"""Light baked on vertices, compiled: how much of each lamp reaches every place of a surface, and its normals."""

import numpy as np
from numba import njit, prange

from museum.geometry.shading import _lit

# Columns of a skin: what the light kernels read of a vertex in one line of the cache.
NORMAL, COLOR, ROUGH, METAL, AMBIENT, LEAN, KEY, SKY, WIDTH = 0, 3, 6, 7, 8, 11, 14, 15, 16
_CHUNK = 2048


@njit(cache=True, parallel=True, fastmath=True, error_model="numpy")
def bake(points, skin, axes, placing, power, maps, key_count, subsets, lift):  # type: ignore[no-untyped-def]  # numba infers
    """Fill AMBIENT, LEAN, KEY and SKY of `skin` (n, WIDTH) for `points` (n, 3) with unit normals already in it.

    AMBIENT is the irradiance of every lamp but the key; LEAN how it grows as the normal leans along x, y, z; KEY the
    part of the key light seen and SKY the part of the sky, both 0..1. `lift` is in texels of the maps.
    """
    size = len(axes) // subsets
    offset = lift * 2 * placing[0, 2] / maps.shape[1]
    chunks = (len(points) + _CHUNK - 1) // _CHUNK
    # Neighbours look into the same part of a map: lamp by lamp over a chunk, most looks are answered by the cache.
    for chunk in prange(chunks):
        low, high = chunk * _CHUNK, min(len(points), (chunk + 1) * _CHUNK)
        total = np.zeros((high - low, 10), np.float32)
        for light in range(len(axes)):
            dx, dy, dz = axes[light, 2, 0], axes[light, 2, 1], axes[light, 2, 2]
            is_key = light % size < key_count
            strength = (power[light, 0] + power[light, 1] + power[light, 2]) / 3
            for n in range(low, high):
                nx, ny, nz = skin[n, NORMAL], skin[n, NORMAL + 1], skin[n, NORMAL + 2]
                facing = nx * dx + ny * dy + nz * dz
                if facing <= 0.0:
                    continue
                x, y, z = points[n, 0] + nx * offset, points[n, 1] + ny * offset, points[n, 2] + nz * offset
                lit = _lit(maps, axes, placing, light, x, y, z, True)
                row = total[n - low]
                if is_key:
                    row[6] += lit
                    continue
                row[7] += lit * facing
                row[8] += facing
                row[0] += power[light, 0] * facing * lit
                row[1] += power[light, 1] * facing * lit
                row[2] += power[light, 2] * facing * lit
                row[3] += strength * lit * dx
                row[4] += strength * lit * dy
                row[5] += strength * lit * dz
        for n in range(low, high):
            row = total[n - low]
            for c in range(3):
                skin[n, AMBIENT + c] = row[c] / subsets
                skin[n, LEAN + c] = row[3 + c] / subsets
            skin[n, KEY] = row[6] / (key_count * subsets)
            skin[n, SKY] = row[7] / row[8] if row[8] > 0 else 0.0


@njit(cache=True, fastmath=True, error_model="numpy")
def normals(points, faces, places, count):  # type: ignore[no-untyped-def]  # numba infers
    """(n, 3) float32 unit normals: the area-weighted mean around each of `count` places; `places` (n,) of vertices."""
    total = np.zeros((count, 3), np.float32)
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1], points[j, 2] - points[i, 2]
        vx, vy, vz = points[k, 0] - points[i, 0], points[k, 1] - points[i, 1], points[k, 2] - points[i, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in range(3):
            place = places[faces[f, corner]]
            total[place, 0] += nx
            total[place, 1] += ny
            total[place, 2] += nz
    result = np.empty((len(points), 3), np.float32)
    for n in range(len(points)):
        x, y, z = total[places[n], 0], total[places[n], 1], total[places[n], 2]
        length = np.sqrt(x * x + y * y + z * z) + 1e-20
        result[n, 0], result[n, 1], result[n, 2] = x / length, y / length, z / length
    return result
