"""Fewer triangles for the screen: meshoptimizer with colour edges kept, original vertices reused."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from queue import SimpleQueue

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.chunks import slices
from museum.geometry.distance import Surface
from museum.geometry.mesh import Bytes, Floats, Ints, Mesh, smooth_normals, unsigned_zeros
from museum.geometry.pieces import Bench, Pieces, box

_COLOR_WEIGHT = 0.15  # 0.4 cost a tenth more RMS on a coloured Venus; normals in the metric a third on a saxophone
_LEAST_TONE, _SIDE_TONE = 0.004, 0.4  # standard deviations of colour that count: of 1, and of the strongest axis
_SAMPLED = 100_000
_ENOUGH = 1.1
_THREADS = 2
_CUT_FROM = 200_000  # triangles: smaller meshes are done before threads have begun
_PIECE_FACES = 62_000  # a million at once take twice as long as sixteen pieces: they leave the processor's cache
_FIRST = 1.3  # times what is wanted in the end remains of the pieces
_FIT = 2
_DAMPING = 0.3
_STEP = 0.7


def with_normals(mesh: Mesh) -> Mesh:
    """The mesh with unit vertex normals: its own, or smooth ones."""
    if mesh.normals is not None or mesh.is_point_cloud:
        return mesh
    return replace(mesh, normals=smooth_normals(mesh.vertices_mm, mesh.faces))


def merged(mesh: Mesh) -> Mesh:
    """The mesh with vertices that agree in everything (place, normal, colour, UV, material) made one; itself where
    there are none, and no triangle between two of them."""
    if mesh.is_point_cloud:
        return mesh
    columns: list[NDArray[np.generic]] = [unsigned_zeros(mesh.vertices_mm)]
    if len(mesh.materials) > 1:
        columns.append(_owner(mesh))
    columns += [_single(extra) for extra in (mesh.normals, mesh.uv, mesh.tangents) if extra is not None]
    columns += [skin for skin in (mesh.colors, mesh.surface) if skin is not None]
    places, count = meshopt.numbered_together(columns)
    del columns
    faces, sound = _renumbered(mesh.faces, places if count < len(places) else None)
    if count == len(places) and sound.all():
        return mesh
    kept = meshopt.firsts(places, count)
    return replace(
        mesh,
        vertices_mm=mesh.vertices_mm[kept],
        faces=faces[sound],
        face_material=mesh.face_material[sound],
        normals=None if mesh.normals is None else mesh.normals[kept],
        colors=None if mesh.colors is None else mesh.colors[kept],
        surface=None if mesh.surface is None else mesh.surface[kept],
        uv=None if mesh.uv is None else mesh.uv[kept],
        tangents=None if mesh.tangents is None else mesh.tangents[kept],
    )


def _renumbered(faces: Ints, places: NDArray[np.uint32] | None) -> tuple[Ints, NDArray[np.bool_]]:
    """(the faces over the places, or as they are; (m,) which have three corners)."""
    fresh = faces if places is None else np.empty_like(faces)
    sound = np.empty(len(faces), bool)
    for part in slices(len(faces)):
        corners = faces[part] if places is None else places[faces[part]]
        sound[part] = (corners != np.roll(corners, -1, axis=1)).all(axis=1)
        if places is not None:
            fresh[part] = corners
    return fresh, sound


def _single(values: Floats) -> NDArray[np.float32]:
    """In single precision, without −0."""
    result = np.empty(values.shape, np.float32)
    for part in slices(len(values)):
        result[part] = values[part] + 0.0
    return result


def _owner(mesh: Mesh) -> Ints:
    """(n,) the material of each vertex: one belongs to one only."""
    owner = np.zeros(len(mesh.vertices_mm), np.int32)
    for part in slices(len(mesh.faces)) if len(mesh.materials) > 1 else ():
        owner[mesh.faces[part].ravel()] = np.repeat(mesh.face_material[part], 3)
    return owner


def simplified(mesh: Mesh, *, max_faces: int, is_merged: bool = False) -> Mesh:
    """The mesh with about `max_faces` triangles, or itself when it has no more; read the count back.

    Vertices are a subset of the original ones, so colour, normal and UV stay exact; seams of UV and material hold.
    Large meshes go in pieces first, for two processors; then what is left as one, the borders of the pieces too.
    `is_merged`: the mesh is what `merged` gives, so that this need not be done again.
    """
    if len(mesh.faces) <= max_faces:
        return mesh
    whole = mesh if is_merged else merged(mesh)
    first = round(_FIRST * max_faces)
    if len(whole.faces) >= max(_CUT_FROM, 2 * first):
        whole = in_pieces(whole, max_faces=first, pieces=-(-len(whole.faces) // _PIECE_FACES))
    centre, size = _middle(whole)
    positions = _centred(whole.vertices_mm, centre, size)
    axes = _color_axes(whole.colors)
    tones = None if whole.colors is None else _tones(whole.colors, axes)
    faces = meshopt.simplify(whole.faces, positions, target_faces=max_faces, attributes=tones, weights=_weights(axes))
    if len(faces) > max_faces * _ENOUGH:
        faces = meshopt.simplify(whole.faces, positions, target_faces=max_faces)
    if len(faces) > max_faces * _ENOUGH and whole.uv is None and (joined := seamless(whole)) is not None:
        return simplified(joined, max_faces=max_faces)
    return whole.with_faces(faces, _owner(whole)[faces[:, 0]])


def reduced(mesh: Mesh, *, max_faces: int, piece_faces: int = _PIECE_FACES) -> Mesh:
    """The mesh with about `max_faces` triangles, simplified piece by piece, so that it needs little more memory than
    two pieces; where pieces meet nothing moves, so no crack opens. Itself where it has no more.
    """
    if len(mesh.faces) <= max_faces:
        return mesh
    whole = merged(mesh)
    return in_pieces(whole, max_faces=max_faces, pieces=-(-len(whole.faces) // piece_faces))


def in_pieces(whole: Mesh, *, max_faces: int, pieces: int) -> Mesh:
    """A `merged` mesh with about `max_faces` triangles, halved into at least so many pieces, which are simplified two
    at a time; nothing moves at places that two of them share."""
    joined = _piecewise(whole, max_faces, pieces)
    return whole.let_go().with_faces(joined, _owner(whole)[joined[:, 0]])


def _piecewise(whole: Mesh, max_faces: int, pieces: int) -> Ints:
    """(k, 3) the faces that are left."""
    share = max_faces / len(whole.faces)
    centre, size = _middle(whole)
    cut = Pieces.of(whole, pieces)
    axes = _color_axes(whole.colors)
    benches: SimpleQueue[Bench] = SimpleQueue()
    for _ in range(_THREADS):
        benches.put(Bench.of(len(whole.vertices_mm)))

    def fewer(number: int) -> Ints:
        bench = benches.get()
        faces, order = bench.local(cut.faces(whole, number))
        benches.put(bench)
        kept = meshopt.simplify(
            faces, _centred(whole.vertices_mm[order], centre, size), target_faces=max(1, round(len(faces) * share)),
            attributes=None if whole.colors is None else _tones(whole.colors[order], axes), weights=_weights(axes),
            locked=cut.shared[order],
        )  # fmt: skip
        found: Ints = order[kept]
        return found

    with ThreadPoolExecutor(_THREADS) as pool:
        return np.concatenate(list(pool.map(fewer, range(cut.count))))


def _middle(mesh: Mesh) -> tuple[Floats, float]:
    low, high = box(np.ascontiguousarray(mesh.vertices_mm, np.float64))
    return (low + high) / 2, float((high - low).max())


def _centred(vertices: Floats, centre: Floats, size: float) -> NDArray[np.float32]:
    """What the simplifier likes: single precision near 0, of size 1."""
    result = np.empty(vertices.shape, np.float32)
    for part in slices(len(vertices)):
        result[part] = (vertices[part] - centre) / size
    return result


def _color_axes(colors: Bytes | None) -> NDArray[np.float32]:
    """(3, k) those axes of colour along which a scan differs, at most three, none where it doesn't.

    Each costs the simplifier as much as a third of all the rest, and most scans are painted along one: light to dark.
    """
    if colors is None:
        return np.zeros((3, 0), np.float32)
    some = colors[:: max(1, len(colors) // _SAMPLED), :3] / 255.0
    spread, axes = np.linalg.eigh(np.cov(some.T))
    deviations = np.sqrt(np.maximum(spread, 0))
    counted: NDArray[np.float32] = axes[:, deviations >= max(_LEAST_TONE, _SIDE_TONE * deviations[-1])]
    return counted.astype(np.float32)


def _tones(colors: Bytes, axes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, k) colours along these axes, 1 from black to full."""
    tones = np.empty((len(colors), axes.shape[1]), np.float32)
    for part in slices(len(colors)):
        tones[part] = colors[part, :3].astype(np.float32) @ (axes / np.float32(255))
    return tones


def _weights(axes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.full(axes.shape[1], _COLOR_WEIGHT, np.float32)


def fitted(level: Mesh, whole: Mesh) -> Mesh:
    """`level` with its vertices moved to where its triangles lie nearest to `whole`, by a small part of their size.

    Vertices of the whole lie on its surface, so triangles between them cut corners: one step of least squares over
    twice as many points as the level has vertices takes a fifth off the RMS (measured: a saxophone of 100,000
    triangles at a tenth, 0.46 to 0.38 µm, where pymeshlab's quadrics reach 0.36). Vertices at one place stay at one.
    """
    if level.is_point_cloud or len(level.faces) >= len(whole.faces):
        return level
    kept, places = meshopt.merge_rows(level.vertices_mm + 0.0)
    vertices = level.vertices_mm[kept]
    corners = places[level.faces].astype(np.int32)
    points = whole.vertices_mm[:: max(1, len(whole.vertices_mm) // (_FIT * len(kept)))]
    own = Surface.of(Mesh(vertices_mm=vertices, faces=corners)).nearest(points)[1]
    mass, pull = _pulled(points, vertices, corners, own)
    moved = vertices + _STEP * pull / (mass + _DAMPING)[:, None]
    return replace(level, vertices_mm=moved[places])


@njit(cache=True, nogil=True, error_model="numpy")
def _pulled(points, vertices, corners, own):  # type: ignore[no-untyped-def]  # numba infers
    """((n,) how much each vertex bears of the points, (n, 3) where they pull it), `own` the triangle of each point.

    A point counts for a corner as the square of its weight in the place of the triangle that lies nearest.
    """
    mass, pull = np.zeros(len(vertices)), np.zeros((len(vertices), 3))
    for i in range(len(points)):
        a, b, c = corners[own[i], 0], corners[own[i], 1], corners[own[i], 2]
        x, y, z = vertices[a, 0], vertices[a, 1], vertices[a, 2]
        ux, uy, uz = vertices[b, 0] - x, vertices[b, 1] - y, vertices[b, 2] - z
        vx, vy, vz = vertices[c, 0] - x, vertices[c, 1] - y, vertices[c, 2] - z
        px, py, pz = points[i, 0] - x, points[i, 1] - y, points[i, 2] - z
        uu, uv, vv = ux * ux + uy * uy + uz * uz, ux * vx + uy * vy + uz * vz, vx * vx + vy * vy + vz * vz
        pu, pv = px * ux + py * uy + pz * uz, px * vx + py * vy + pz * vz
        whole = max(uu * vv - uv * uv, 1e-300)
        second, third = (vv * pu - uv * pv) / whole, (uu * pv - uv * pu) / whole
        first = min(1.0, max(0.0, 1 - second - third))
        second, third = min(1.0, max(0.0, second)), min(1.0, max(0.0, third))
        total = max(first + second + third, 1e-12)
        first, second, third = first / total, second / total, third / total
        dx, dy, dz = px - second * ux - third * vx, py - second * uy - third * vy, pz - second * uz - third * vz
        for corner, weight in ((a, first), (b, second), (c, third)):
            mass[corner] += weight * weight
            pull[corner, 0] += weight * dx
            pull[corner, 1] += weight * dy
            pull[corner, 2] += weight * dz
    return mass, pull


def seamless(mesh: Mesh) -> Mesh | None:
    """The mesh with one vertex a place, smooth normals, the first one's colour; None where it has no more than that.

    Seams, where a place has several normals or colours, are kept by the simplifier and stop it.
    """
    kept, places = meshopt.merge_rows(mesh.vertices_mm + 0.0)
    if len(kept) == len(mesh.vertices_mm) or len(mesh.materials) > 1:
        return None
    faces = places[mesh.faces].astype(np.int32)
    sound = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    vertices = mesh.vertices_mm[kept]
    return replace(
        mesh,
        vertices_mm=vertices,
        faces=faces[sound],
        face_material=mesh.face_material[sound],
        normals=smooth_normals(vertices, faces[sound]),
        colors=None if mesh.colors is None else mesh.colors[kept],
        surface=None if mesh.surface is None else mesh.surface[kept],
    )


def thinned(mesh: Mesh, max_points: int) -> Mesh:
    """A point cloud in the order of a space-filling curve, every k-th point kept when there are too many."""
    centred = (mesh.vertices_mm - mesh.vertices_mm.mean(axis=0)).astype(np.float32)
    order = meshopt.spatial_order(centred)
    if len(order) > max_points:
        order = order[np.linspace(0, len(order) - 1, max_points).astype(np.int64)]
    return Mesh(
        vertices_mm=mesh.vertices_mm[order],
        faces=mesh.faces,
        normals=None if mesh.normals is None else mesh.normals[order],
        colors=None if mesh.colors is None else mesh.colors[order],
        materials=mesh.materials,
        has_scale=mesh.has_scale,
        up_axis=mesh.up_axis,
    )
