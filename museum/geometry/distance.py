"""Exact distances from points to a triangle surface: a uniform grid searched outward with early exit, compiled."""

from dataclasses import dataclass

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from museum.geometry.chunks import slices
from museum.geometry.gate import COMPILED
from museum.geometry.mesh import Floats, Ints, Mesh

_CELLS = 4_000_000
_AREAS = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """How far one surface lies from another, sampled both ways, in the mesh's unit (millimetres when it has scale)."""

    rms: float
    p99: float
    largest: float
    samples: int


def deviation(reference: Mesh, other: Mesh, *, samples: int = 40_000) -> Deviation:
    """Sample both surfaces evenly by area and measure each sample against the other surface.

    The result is symmetric: a hole in either is seen. The same meshes give the same samples.
    """
    return Yardstick.of(reference, samples=samples).deviation(other)


@dataclass(frozen=True, kw_only=True)
class Yardstick:
    """A surface that many others are measured against: prepared and sampled once.

    `points` (n, 3) lie on it, from a fixed seed. Of a point cloud the points themselves are measured.
    """

    surface: "Surface"
    points: Floats

    @classmethod
    def of(cls, reference: Mesh, *, samples: int = 40_000) -> "Yardstick":
        """Prepare `reference` for measuring."""
        return cls(surface=Surface.of(reference), points=sample_surface(reference, samples))

    def deviation(self, other: Mesh) -> Deviation:
        """How far `other` and the reference lie apart, sampled both ways."""
        there = surface_distances(self.points, other)
        back = self.surface.distances(sample_surface(other, len(self.points)))
        both = np.concatenate([there, back])
        return Deviation(
            rms=float(np.sqrt((both**2).mean())),
            p99=float(np.quantile(both, 0.99)),
            largest=float(both.max()),
            samples=len(both),
        )


def sample_surface(mesh: Mesh, count: int) -> Floats:
    """(count, 3) points spread over the surface by area, or some of a point cloud's own; from a fixed seed."""
    random = np.random.default_rng(20_260_101)
    if mesh.is_point_cloud:
        chosen_points: Floats = mesh.vertices_mm[random.integers(0, len(mesh.vertices_mm), count)]
        return chosen_points
    chosen = _by_area(mesh, random.random(count))
    root, second = np.sqrt(random.random(count))[:, None], random.random(count)[:, None]
    a, b, c = (mesh.vertices_mm[mesh.faces[chosen, i]] for i in range(3))
    points: Floats = a * (1 - root) + b * (root * (1 - second)) + c * (root * second)
    return points


def _by_area(mesh: Mesh, shares: Floats) -> NDArray[np.int64]:
    """(k,) the faces that lie at these shares (0..1) of the whole area, face after face."""
    vertices = np.ascontiguousarray(mesh.vertices_mm, np.float64)
    parts = _parts(mesh.faces)
    ends = np.cumsum([_areas(vertices, mesh.faces[part]).sum() for part in parts])
    wanted = shares * ends[-1]
    owner = np.searchsorted(ends, wanted).clip(0, len(parts) - 1)
    chosen = np.empty(len(shares), np.int64)
    for number, part in enumerate(parts):
        here = owner == number
        within = np.cumsum(_areas(vertices, mesh.faces[part]))
        found = np.searchsorted(within, wanted[here] - (ends[number - 1] if number else 0.0))
        chosen[here] = part.start + found.clip(0, len(within) - 1)
    return chosen


def _parts(faces: Ints) -> list[slice]:
    """Faces whose areas are taken at a time."""
    return slices(len(faces), _AREAS)


def surface_distances(points: Floats, mesh: Mesh) -> Floats:
    """(n,) float64 exact distances from `points` (n, 3) to the nearest triangle (or point) of `mesh`."""
    return Surface.of(mesh).distances(points)


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A triangle surface or a point cloud, its triangles sorted into the cells of a uniform grid.

    vertices : (n, 3) float64; faces : (m, 3) int32, of a cloud each point three times; origin : (3,) and `cell`, the
    width of a cell; shape : (3,) cells along each axis; `items[starts[k]:starts[k + 1]]` are the triangles of cell k.
    """

    vertices: Floats
    faces: Ints
    origin: Floats
    cell: float
    shape: NDArray[np.int64]
    starts: NDArray[np.int64]
    items: Ints

    @classmethod
    def of(cls, mesh: Mesh, *, most_cells: int = 1000) -> "Surface":
        """Sort the triangles of `mesh`: about 0.3 s a million.

        `most_cells` along its longest side: few are quicker for points far off the surface, many for those near it.
        """
        vertices = np.ascontiguousarray(mesh.vertices_mm, np.float64)
        faces = np.ascontiguousarray(mesh.faces, np.int32)
        if mesh.is_point_cloud:
            faces = np.repeat(np.arange(len(vertices), dtype=np.int32)[:, None], 3, axis=1)
        origin = vertices.min(axis=0)
        size = np.maximum(np.ptp(vertices, axis=0), 1e-9 * float(np.ptp(vertices, axis=0).max()) + 1e-300)
        # Points lie on a surface that is hardly larger than their box's: a fine grid of few of them is all empty.
        x, y, z = size
        area = x * y + y * z + z * x
        if not mesh.is_point_cloud:
            area = sum(float(_areas(vertices, faces[p]).sum()) for p in _parts(faces))
        cell = max(np.sqrt(2 * area / len(faces)), float(np.cbrt(size.prod() / _CELLS)), float(size.max()) / most_cells)
        shape = np.maximum(1, np.ceil(size / cell)).astype(np.int64)
        starts, items = _fill(vertices, faces, origin, cell, shape)
        return cls(
            vertices=vertices, faces=faces, origin=origin, cell=cell, shape=shape, starts=starts, items=items
        )  # fmt: skip

    def distances(self, points: Floats) -> Floats:
        """(n,) float64 exact distances from `points` (n, 3) to the nearest triangle."""
        return self.nearest(points)[0]

    def nearest(self, points: Floats) -> tuple[Floats, Ints]:
        """(n,) exact distances from `points` (n, 3), and (n,) the numbers of the triangles that are nearest."""
        with COMPILED:
            found: tuple[Floats, Ints] = _query(
                np.ascontiguousarray(points, np.float64), self.vertices, self.faces, self.origin, self.cell,
                self.shape, self.starts, self.items,
            )  # fmt: skip
        return found


@njit(cache=True, nogil=True, error_model="numpy")
def _areas(vertices, faces):  # type: ignore[no-untyped-def]  # numba infers
    """(m,) areas."""
    result = np.empty(len(faces))
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
        ux, uy, uz = vertices[j, 0] - x, vertices[j, 1] - y, vertices[j, 2] - z
        vx, vy, vz = vertices[k, 0] - x, vertices[k, 1] - y, vertices[k, 2] - z
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        result[f] = np.sqrt(x * x + y * y + z * z) / 2
    return result


@njit(cache=True, error_model="numpy")
def _cell(value: float, low: float, cell: float, count: int) -> int:  # pragma: no cover - compiled
    return min(count - 1, max(0, int((value - low) / cell)))


@njit(cache=True, error_model="numpy")
def _span(vertices, face, axis, origin, cell, shape):  # type: ignore[no-untyped-def]  # numba infers
    a, b, c = vertices[face[0], axis], vertices[face[1], axis], vertices[face[2], axis]
    low = _cell(min(a, b, c), origin[axis], cell, shape[axis])
    return low, _cell(max(a, b, c), origin[axis], cell, shape[axis])


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(vertices, faces, origin, cell, shape):  # type: ignore[no-untyped-def]  # numba infers
    """Triangles by cell, packed: `items[starts[k]:starts[k + 1]]` are those whose box touches cell k."""
    starts = np.zeros(shape[0] * shape[1] * shape[2] + 1, np.int64)
    items = np.empty(0, np.int32)
    for step in range(2):
        if step == 1:
            total = 0
            for k in range(len(starts)):
                here = starts[k]
                starts[k] = total
                total += here
            items = np.empty(total, np.int32)
        for f in range(len(faces)):
            x0, x1 = _span(vertices, faces[f], 0, origin, cell, shape)
            y0, y1 = _span(vertices, faces[f], 1, origin, cell, shape)
            z0, z1 = _span(vertices, faces[f], 2, origin, cell, shape)
            for x in range(x0, x1 + 1):
                for y in range(y0, y1 + 1):
                    for z in range(z0, z1 + 1):
                        k = (x * shape[1] + y) * shape[2] + z
                        if step == 1:
                            items[starts[k]] = f
                        starts[k] += 1
    for k in range(len(starts) - 1, 0, -1):
        starts[k] = starts[k - 1]
    starts[0] = 0
    return starts, items


@njit(cache=True, error_model="numpy")
def _off(px, py, pz, ux, uy, uz, t):  # type: ignore[no-untyped-def]  # numba infers
    x, y, z = px - t * ux, py - t * uy, pz - t * uz
    return x * x + y * y + z * z


@njit(cache=True, error_model="numpy")
def _squared(p, a, b, c):  # type: ignore[no-untyped-def]  # numba infers
    """Squared distance from a point to a triangle (Ericson, Real-Time Collision Detection, §5.1.5), in scalars."""
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    px, py, pz = p[0] - a[0], p[1] - a[1], p[2] - a[2]
    d1, d2 = ux * px + uy * py + uz * pz, vx * px + vy * py + vz * pz
    if d1 <= 0 and d2 <= 0:
        return px * px + py * py + pz * pz
    uu, uv, vv = ux * ux + uy * uy + uz * uz, ux * vx + uy * vy + uz * vz, vx * vx + vy * vy + vz * vz
    d3, d4 = d1 - uu, d2 - uv
    if d3 >= 0 and d4 <= d3:
        return _off(px, py, pz, ux, uy, uz, 1.0)
    edge_c = d1 * d4 - d3 * d2
    if edge_c <= 0 and d1 >= 0 and d3 <= 0:
        return _off(px, py, pz, ux, uy, uz, d1 / uu if uu > 0 else 0.0)
    d5, d6 = d1 - uv, d2 - vv
    if d6 >= 0 and d5 <= d6:
        return _off(px, py, pz, vx, vy, vz, 1.0)
    edge_b = d5 * d2 - d1 * d6
    if edge_b <= 0 and d2 >= 0 and d6 <= 0:
        return _off(px, py, pz, vx, vy, vz, d2 / vv if vv > 0 else 0.0)
    edge_a = d3 * d6 - d5 * d4
    if edge_a <= 0 and d4 - d3 >= 0 and d5 - d6 >= 0:
        along = (d4 - d3) / max(1e-300, (d4 - d3) + (d5 - d6))
        return _off(px - ux, py - uy, pz - uz, vx - ux, vy - uy, vz - uz, along)
    whole = edge_a + edge_b + edge_c
    s, t = edge_b / whole, edge_c / whole
    x, y, z = px - s * ux - t * vx, py - s * uy - t * vy, pz - s * uz - t * vz
    return x * x + y * y + z * z


@njit(cache=True, parallel=True, nogil=True, error_model="numpy")
def _query(points, vertices, faces, origin, cell, shape, starts, items):  # type: ignore[no-untyped-def]  # numba infers
    result = np.empty(len(points))
    nearest = np.empty(len(points), np.int32)
    reach = max(shape[0], shape[1], shape[2])
    for i in prange(len(points)):
        p = points[i]
        cx = _cell(p[0], origin[0], cell, shape[0])
        cy = _cell(p[1], origin[1], cell, shape[1])
        cz = _cell(p[2], origin[2], cell, shape[2])
        best = np.inf
        owner = -1
        for r in range(reach + 1):
            for x in range(max(0, cx - r), min(shape[0], cx + r + 1)):
                for y in range(max(0, cy - r), min(shape[1], cy + r + 1)):
                    is_side = abs(x - cx) == r or abs(y - cy) == r
                    step = 1 if is_side or r == 0 else 2 * r
                    for z in range(cz - r, cz + r + 1, step):
                        if z < 0 or z >= shape[2]:
                            continue
                        k = (x * shape[1] + y) * shape[2] + z
                        for j in range(starts[k], starts[k + 1]):
                            f = items[j]
                            d = _squared(p, vertices[faces[f, 0]], vertices[faces[f, 1]], vertices[faces[f, 2]])
                            if d < best:
                                best, owner = d, f
            # Nothing outside the searched box can be nearer than its nearest side that has cells behind it.
            bound = np.inf
            for axis in range(3):
                c = cx if axis == 0 else (cy if axis == 1 else cz)
                if c - r > 0:
                    bound = min(bound, p[axis] - (origin[axis] + (c - r) * cell))
                if c + r + 1 < shape[axis]:
                    bound = min(bound, origin[axis] + (c + r + 1) * cell - p[axis])
            if bound == np.inf or (bound > 0 and best <= bound * bound):
                break
        result[i] = np.sqrt(best)
        nearest[i] = owner
    return result, nearest
