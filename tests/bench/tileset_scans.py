"""Scans for the bench of tilesets: a carved, painted vase of any size as binary PLY, written without holding it."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from museum.geometry.mesh import Mesh

_ROWS = 64
_HEIGHT_MM = 420.0


def write_vase(path: Path, faces: int, *, as_points: bool = False) -> int:
    """Write about so many coloured triangles in millimetres; gives how many they are. 20.5 bytes a triangle. As points
    only its vertices are written, half as many."""
    around = int(np.sqrt(faces * 0.7))
    up = faces // 2 // around
    random = np.random.default_rng(7)
    phases = random.random((12, 2)) * 6
    with path.open("wb") as stream:
        stream.write(_head((up + 1) * around, 0 if as_points else 2 * up * around))
        for row in range(0, up + 1, _ROWS):
            rows = np.arange(row, min(row + _ROWS, up + 1))
            stream.write(_vertices(rows / up, around, phases, random))
        for row in range(0, 0 if as_points else up, _ROWS):
            stream.write(_faces(np.arange(row, min(row + _ROWS, up)), around))
    return (up + 1) * around if as_points else 2 * up * around


def _head(vertices: int, faces: int) -> bytes:
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {vertices}\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz")
    head += "".join(f"property uchar {color}\n" for color in ("red", "green", "blue"))
    if faces:
        head += f"element face {faces}\nproperty list uchar int vertex_indices\n"
    return f"{head}end_header\n".encode()


def _vertices(
    heights: NDArray[np.float64], around: int, phases: NDArray[np.float64], random: np.random.Generator
) -> bytes:
    height, turn = np.meshgrid(heights, np.linspace(0, 2 * np.pi, around, endpoint=False), indexing="ij")
    radius = 120 + 50 * np.sin(height * 5.2 + 0.4)
    for k, (first, second) in enumerate(phases, start=1):
        fine = 1.8**k
        carved = np.sin(round(fine) * turn * 2 + first + 3 * np.sin(height * fine))
        radius += 6 / fine * carved * np.cos(fine * 7 * height + second)
    radius += random.normal(0, 0.004, radius.shape)  # a scanner's noise
    paint = [120 + 30 * np.sin(9 * turn + 40 * height), 95 + 25 * np.cos(23 * height), 60 + 20 * np.sin(31 * turn)]
    rows = np.empty(height.size, [("at", "<f4", 3), ("color", "u1", 3)])
    rows["at"] = np.stack([radius * np.cos(turn), height * _HEIGHT_MM, radius * np.sin(turn)], axis=2).reshape(-1, 3)
    noise = random.normal(0, 4, (height.size, 1))
    rows["color"] = np.clip(np.stack(paint, axis=2).reshape(-1, 3) + noise, 0, 255)
    return rows.tobytes()


def _faces(rows: NDArray[np.int64], around: int) -> bytes:
    here = np.arange(around)
    beside = (here + 1) % around
    start = rows[:, None] * around
    p, q, r, s = ((start + a).ravel() for a in (here, beside, here + around, beside + around))
    found = np.empty(2 * len(p), [("count", "u1"), ("corners", "<i4", 3)])
    found["count"] = 3
    found["corners"][0::2] = np.stack([p, s, q], axis=1)
    found["corners"][1::2] = np.stack([p, r, s], axis=1)
    return found.tobytes()


def thickened(mesh: Mesh, times: int) -> Mesh:
    """Each point of a cloud so often, within the mean distance between them: a real scan's surface at a larger size."""
    random = np.random.default_rng(11)
    points = np.repeat(mesh.vertices_mm, times, axis=0)
    spacing = np.sqrt(np.prod(np.sort(mesh.extent)[1:]) / len(mesh.vertices_mm))
    points += random.uniform(-spacing / 2, spacing / 2, points.shape)
    colors = None if mesh.colors is None else np.repeat(mesh.colors, times, axis=0)
    return Mesh(vertices_mm=points, faces=mesh.faces, colors=colors, has_scale=mesh.has_scale, up_axis=mesh.up_axis)


def subdivided(mesh: Mesh, times: int) -> Mesh:
    """Each triangle cut into four, so often: a real scan's shape, colours and seams at the size of a large one."""
    for _ in range(times):
        edges = np.sort(mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        key = edges[:, 0].astype(np.int64) * len(mesh.vertices_mm) + edges[:, 1]
        _, first, number = np.unique(key, return_index=True, return_inverse=True)
        a, b = edges[first].T
        middle = (number.reshape(-1, 3) + len(mesh.vertices_mm)).astype(np.int32)
        x, y, z = mesh.faces.T
        p, q, r = middle.T
        faces = np.concatenate([np.stack(f, axis=1) for f in ((x, p, r), (p, y, q), (r, q, z), (p, q, r))])

        def halfway(rows: NDArray[np.generic] | None, a: NDArray[np.int32] = a, b: NDArray[np.int32] = b):  # type: ignore[no-untyped-def]  # as given
            if rows is None:
                return None
            return np.concatenate([rows, ((rows[a].astype(np.float64) + rows[b]) / 2).astype(rows.dtype)])

        mesh = Mesh(
            vertices_mm=halfway(mesh.vertices_mm), faces=faces.astype(np.int32), colors=halfway(mesh.colors),
            uv=halfway(mesh.uv), materials=mesh.materials, face_material=np.tile(mesh.face_material, 4),
            has_scale=mesh.has_scale, up_axis=mesh.up_axis,
        )  # fmt: skip
    return mesh


def write_ply(path: Path, mesh: Mesh) -> None:
    """A mesh with or without colours as binary PLY."""
    rows = np.empty(len(mesh.vertices_mm), [("at", "<f4", 3), ("color", "u1", 3)])
    rows["at"] = mesh.vertices_mm
    rows["color"] = 180 if mesh.colors is None else mesh.colors[:, :3]
    faces = np.empty(len(mesh.faces), [("count", "u1"), ("corners", "<i4", 3)])
    faces["count"], faces["corners"] = 3, mesh.faces
    room = io.BytesIO(_head(len(rows), len(faces)))
    with path.open("wb") as stream:
        stream.write(room.getvalue() + rows.tobytes() + faces.tobytes())
