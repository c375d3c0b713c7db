"""Carved blocks and modelled bodies as closed meshes: a block with a fine front, a body's skin."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import grain
from museum.demonstration.solids import Body
from museum.geometry import mesh as meshes

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Shape = tuple[Floats, Ints]


@dataclass(frozen=True, kw_only=True)
class Block:
    """A closed block standing on y = 0, centred on x and z, its front at +depth / 2.

    vertices : (n, 3) float64; faces : (m, 3) int32; front : (rows, columns) numbers of the front's vertices, bottom row
    first; edge : (n,) distance of each vertex from the front's outline, as seen from the front; place : (n,) length
    along the outline, counter-clockwise from the bottom left corner; inward : (n, 2) direction away from that outline
    """

    vertices: Floats
    faces: Ints
    front: NDArray[np.int64]
    edge: Floats
    place: Floats
    inward: Floats
    outline_mm: float

    @property
    def front_points(self) -> Floats:
        """(rows, columns, 3) the front's vertices."""
        return self.vertices[self.front]

    def raised(self, relief: Floats) -> Floats:
        """Vertices with the front (rows, columns) moved by `relief` millimetres towards +z."""
        moved = self.vertices.copy()
        moved[self.front.ravel(), 2] += relief.ravel()
        return moved


def block(
    width_mm: float, height_mm: float, depth_mm: float, *, step_mm: float,
    side_step_mm: float = 0.0, top: Callable[[Floats], Floats] | None = None,
) -> Block:  # fmt: skip
    """A block with a front of `step_mm` and sides and back of `side_step_mm`; `top(x)` gives a head's height at x."""
    side_step = side_step_mm or step_mm * 3
    nx, ny = max(8, round(width_mm / step_mm)), max(8, round(height_mm / step_mm))
    nz, nb = max(4, round(depth_mm / side_step)), max(4, round(width_mm / side_step))
    head = top if top is not None else lambda x: np.full_like(x, height_mm)
    across = _columns(nx, is_round=top is not None) * width_mm / 2
    back = _columns(nb, is_round=top is not None)[::-1] * width_mm / 2
    depth = (0.5 - np.linspace(0, 1, nz + 1)[1:-1]) * depth_mm
    half = width_mm / 2
    ring_x = np.concatenate([across, np.full(nz - 1, half), back, np.full(nz - 1, -half)])
    ring_z = np.concatenate([np.full(nx + 1, depth_mm / 2), depth, np.full(nb + 1, -depth_mm / 2), depth[::-1]])
    levels = np.linspace(0, 1, ny + 1)[:, None]
    wall = np.stack(
        [
            np.broadcast_to(ring_x, (ny + 1, len(ring_x))),
            levels * head(ring_x),
            np.broadcast_to(ring_z, (ny + 1, len(ring_x))),
        ],
        axis=-1,
    )
    around = len(ring_x)
    numbers = np.arange((ny + 1) * around).reshape(ny + 1, around)
    faces = [_quads(numbers, wraps=True)]
    points = [wall.reshape(-1, 3)]
    offset = (ny + 1) * around
    for row, is_top in ((ny, True), (0, False)):
        ring = numbers[row]
        inner = np.arange((nz - 1) * (nx - 1)).reshape(nz - 1, nx - 1) + offset
        right, left = ring[nx + 1 : nx + nz], ring[around - nz + 1 :][::-1]
        cap = np.vstack([ring[: nx + 1], np.hstack([left[:, None], inner, right[:, None]])])
        x = np.broadcast_to(across[1:-1], inner.shape)
        y = head(x) if is_top else np.zeros_like(x)
        points.append(np.stack([x, y, np.broadcast_to(depth[:, None], inner.shape)], axis=-1).reshape(-1, 3))
        far = ring[nx + nz : nx + nz + nb + 1][::-1]
        lid = np.concatenate([_quads(cap), _bridge(cap[-1], across, far, back[::-1])])
        faces.append(lid if is_top else lid[:, ::-1])
        offset += inner.size
    vertices = np.concatenate(points)
    outline = _outline(across, head)
    edge, place, inward = grain.along(vertices[:, :2], outline, closed=True)
    length = float(np.linalg.norm(np.diff(np.vstack([outline, outline[:1]]), axis=0), axis=1).sum())
    return Block(
        vertices=vertices, faces=np.concatenate(faces).astype(np.int32), front=numbers[:, : nx + 1],
        edge=edge, place=place, inward=inward, outline_mm=length,
    )  # fmt: skip


def _columns(count: int, *, is_round: bool) -> Floats:
    """Places -1..1, closer together at the sides of a round head."""
    even = np.linspace(-1, 1, count + 1)
    return 0.72 * even + 0.28 * np.sin(even * np.pi / 2) if is_round else even


def _outline(across: Floats, head: Callable[[Floats], Floats]) -> Floats:
    over = np.stack([across, head(across)], axis=1)[::-1]
    straight = float(np.ptp(over[:, 1])) < 1e-9
    top = over[[0, -1]] if straight else over[:: max(1, len(over) // 100)]
    return np.vstack([[[across[0], 0.0], [across[-1], 0.0]], top, over[-1:]]) if not straight else np.vstack(
        [[[across[0], 0.0], [across[-1], 0.0]], top]
    )  # fmt: skip


def _quads(numbers: NDArray[np.int64], *, wraps: bool = False) -> NDArray[np.int64]:
    """Faces of a grid of vertex numbers whose rows go up while columns go right."""
    right = np.roll(numbers, -1, axis=1) if wraps else numbers[:, 1:]
    left = numbers if wraps else numbers[:, :-1]
    a, b, c, d = left[:-1], right[:-1], right[1:], left[1:]
    return np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])


def _bridge(low: NDArray[np.int64], low_x: Floats, high: NDArray[np.int64], high_x: Floats) -> NDArray[np.int64]:
    """Faces between two rows of different counts, both from left to right."""
    far = np.clip(np.searchsorted(high_x, (low_x[:-1] + low_x[1:]) / 2 + 1e-9, side="right") - 1, 0, len(high) - 1)
    first = np.stack([low[:-1], low[1:], high[far]], axis=-1)
    near = np.clip(np.searchsorted((low_x[:-1] + low_x[1:]) / 2 + 1e-9, high_x[1:], side="left"), 0, len(low) - 1)
    second = np.stack([low[near], high[1:], high[:-1]], axis=-1)
    return np.concatenate([first, second])


def chipped(shape: Block, *, depth_mm: float, round_mm: float, chip_mm: float, scale_mm: float, seed: int) -> Block:
    """The block with rounded arrises, and pieces broken off them where noise is high."""
    points = shape.vertices
    rough = grain.noise(points, scale_mm=scale_mm, seed=seed, octaves=4)
    cut = round_mm * (1 + 0.4 * rough) + chip_mm * np.clip(rough - 0.22, 0, 1) ** 1.3 * 1.8
    front = depth_mm / 2 - points[:, 2]
    near = np.minimum(front, points[:, 2] + depth_mm / 2)
    short = np.clip(cut - shape.edge - near, 0, None) / 2
    moved = points.copy()
    moved[:, :2] += shape.inward * short[:, None]
    moved[:, 2] += np.where(front < depth_mm / 2, -short, short)
    return Block(
        vertices=moved, faces=shape.faces, front=shape.front, edge=shape.edge, place=shape.place,
        inward=shape.inward, outline_mm=shape.outline_mm,
    )  # fmt: skip


def blur(field: Floats, radius: float) -> Floats:
    """A (rows, columns) field smoothed by about a Gaussian whose standard deviation is `radius` in pixels."""
    width = 2 * int((np.sqrt(4 * radius**2 + 1) - 1) / 2 + 0.5) + 1
    if width == 1:
        return field
    for axis in (0, 1):
        for _ in range(3):
            field = _boxed(field, width, axis)
    return field


def _boxed(field: Floats, width: int, axis: int) -> Floats:
    half = width // 2
    pad = [(half + 1, half) if i == axis else (0, 0) for i in range(2)]
    sums = np.cumsum(np.pad(field, pad, mode="edge"), axis=axis)
    count = field.shape[axis]
    high = np.take(sums, np.arange(width, width + count), axis=axis)
    low = np.take(sums, np.arange(count), axis=axis)
    result: Floats = (high - low) / width
    return result


def sampled(field: NDArray[np.floating], u: Floats, v: Floats) -> Floats:
    """Values of a picture (first row on top) at u 0..1 from the left and v 0..1 from the bottom; 0 outside."""
    rows, columns = field.shape
    x, y = u * columns - 0.5, (1 - v) * rows - 0.5
    inside = (x > -0.5) & (x < columns - 0.5) & (y > -0.5) & (y < rows - 0.5)
    x, y = np.clip(x, 0, columns - 1.001), np.clip(y, 0, rows - 1.001)
    j, i = x.astype(np.int64), y.astype(np.int64)
    fx, fy = x - j, y - i
    low = field[i, j] * (1 - fx) + field[i, j + 1] * fx
    high = field[i + 1, j] * (1 - fx) + field[i + 1, j + 1] * fx
    return np.where(inside, low * (1 - fy) + high * fy, 0.0)


def skin(body: Body, *, cell_mm: float, step_mm: float) -> Shape:
    """The closed surface of a body: found on a grid of `cell_mm`, then refined until edges are about `step_mm`."""
    vertices, faces = _net(body, cell_mm)
    for _ in range(3):
        vertices = grain.averaged(vertices, faces, times=2)
        vertices, _ = body.settled(vertices)
    for _ in range(max(0, round(np.log2(cell_mm / step_mm)))):
        vertices, faces = halved(vertices, faces)
        vertices, _ = body.settled(vertices)
    return vertices, faces


def halved(vertices: Floats, faces: Ints) -> Shape:
    """Every triangle as four, with new vertices in the middle of its sides."""
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64), axis=1)
    keys, where = np.unique(pairs[:, 0] * len(vertices) + pairs[:, 1], return_inverse=True)
    middle = (vertices[keys // len(vertices)] + vertices[keys % len(vertices)]) / 2
    ab, bc, ca = (where.reshape(3, -1) + len(vertices)).astype(np.int32)
    a, b, c = faces.T
    finer = np.concatenate([np.stack(t, axis=1) for t in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    return np.vstack([vertices, middle]), finer.astype(np.int32)


def _net(body: Body, cell_mm: float) -> Shape:
    """Surface nets: a vertex in every cell that the surface crosses, a quad around every edge that crosses it."""
    low, high = body.bounds()
    low, high = low - 2 * cell_mm, high + 2 * cell_mm
    counts = np.ceil((high - low) / cell_mm).astype(int) + 1
    inside = body.filled(low, cell_mm, counts)
    corners = np.zeros(counts - 1) + sum(
        inside[i : counts[0] - 1 + i, j : counts[1] - 1 + j, k : counts[2] - 1 + k].astype(np.float64)
        for i in (0, 1) for j in (0, 1) for k in (0, 1)
    )  # fmt: skip
    crossed = (corners > 0) & (corners < 8)
    number = np.full(crossed.shape, -1, np.int64)
    number[crossed] = np.arange(int(crossed.sum()))
    vertices = low + (np.argwhere(crossed) + 0.5) * cell_mm
    faces = []
    for axis in range(3):
        swapped = np.moveaxis(inside, axis, 0)
        cells = np.moveaxis(number, axis, 0)
        change = swapped[:-1, 1:-1, 1:-1] != swapped[1:, 1:-1, 1:-1]
        i, j, k = np.nonzero(change)
        j, k = j + 1, k + 1
        quad = np.stack([cells[i, j - 1, k - 1], cells[i, j, k - 1], cells[i, j, k], cells[i, j - 1, k]], axis=1)
        flip = swapped[i, j, k] != (axis != 1)
        quad[flip] = quad[flip][:, ::-1]
        faces += [quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]]
    joined = np.concatenate(faces).astype(np.int32)
    vertices = grain.averaged(vertices, joined, times=2)
    settled, _ = body.settled(vertices, steps=3)
    return settled, joined


def rod(a: Floats, b: Floats, radius_mm: float, *, around: int = 14) -> Shape:
    """A closed straight rod: a nail or an iron dowel."""
    axis = (b - a) / np.linalg.norm(b - a)
    side = np.cross(axis, [0.31, 0.17, 0.93])
    side /= np.linalg.norm(side)
    over = np.cross(axis, side)
    angles = np.linspace(0, 2 * np.pi, around, endpoint=False)
    ring = radius_mm * (np.cos(angles)[:, None] * side + np.sin(angles)[:, None] * over)
    i, j = np.arange(around), np.roll(np.arange(around), -1)
    faces = [
        (i, j, j + around),
        (i, j + around, i + around),
        (j, i, 0 * i + 2 * around),
        (i + around, j + around, 0 * i + 2 * around + 1),
    ]
    return np.vstack([a + ring, b + ring, [a], [b]]), np.concatenate([np.stack(f, axis=1) for f in faces]).astype(
        np.int32
    )


def joined(parts: list[Shape]) -> Shape:
    """Several closed shapes as one list of vertices and faces."""
    offsets = np.cumsum([0, *(len(vertices) for vertices, _ in parts)])
    faces = [part + offset for (_, part), offset in zip(parts, offsets, strict=False)]
    return np.vstack([vertices for vertices, _ in parts]), np.concatenate(faces).astype(np.int32)


def hollows(vertices: Floats, faces: Ints, *, reach_mm: float) -> Floats:
    """(n,) how deep each vertex lies under its surroundings of about `reach_mm`, in parts of that; ridges below 0."""
    sides = vertices[faces[:: max(1, len(faces) // 20_000), :2]]
    step = float(np.median(np.linalg.norm(sides[:, 0] - sides[:, 1], axis=1)))
    times = int(np.clip((reach_mm / step) ** 2 * 1.2, 2, 60))
    smooth = grain.averaged(vertices, faces, times=times)
    normals = meshes.smooth_normals(vertices, faces)
    depth: Floats = ((smooth - vertices) * normals).sum(axis=1) / reach_mm
    return depth
