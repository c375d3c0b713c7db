"""Triangles or points as binary PLY, with comments that say what the numbers mean and whose they are."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from museum.geometry import texture
from museum.geometry.labelling import comment_lines
from museum.geometry.mesh import Bytes, Mesh, Picture


def ply(
    mesh: Mesh,
    *,
    comments: Iterable[str] = (),
    normals: NDArray[np.floating] | None = None,
    colors: Bytes | None = None,
) -> bytes:
    """Little-endian PLY in the mesh's own unit and axes, float32 positions; `normals` (n, 3) and `colors` (n, 3) where
    they are to be written."""
    columns: list[tuple[str, str, int]] = [("p", "<f4", 3)]
    names = ["float x", "float y", "float z"]
    if normals is not None:
        columns.append(("n", "<f4", 3))
        names += ["float nx", "float ny", "float nz"]
    if colors is not None:
        columns.append(("c", "u1", 3))
        names += ["uchar red", "uchar green", "uchar blue"]
    vertices = np.zeros(len(mesh.vertices_mm), columns)
    vertices["p"] = mesh.vertices_mm
    if normals is not None:
        vertices["n"] = normals
    if colors is not None:
        vertices["c"] = colors[:, :3]
    lines = [
        "ply",
        "format binary_little_endian 1.0",
        *comment_lines(comments),
        f"element vertex {len(vertices)}",
        *(f"property {name}" for name in names),
    ]
    faces = np.zeros(len(mesh.faces), [("n", "u1"), ("v", "<i4", 3)])
    if len(faces):
        faces["n"], faces["v"] = 3, mesh.faces
        lines += [f"element face {len(faces)}", "property list uchar int vertex_indices"]
    return "\n".join([*lines, "end_header", ""]).encode() + vertices.tobytes() + faces.tobytes()


def vertex_colors(mesh: Mesh) -> Bytes | None:
    """(n, 3) uint8 sRGB: the vertices' own colours, else those of the base picture where each vertex lies on it."""
    if mesh.colors is not None:
        return mesh.colors[:, :3]
    if mesh.uv is None or all(material.base_texture is None for material in mesh.materials):
        return None
    result = np.full((len(mesh.vertices_mm), 3), 190, np.uint8)
    for number, material in enumerate(mesh.materials):
        picture: Picture | None = material.base_texture
        own = np.unique(mesh.faces[mesh.face_material == number])
        if picture is None or not len(own):
            continue
        pixels = texture.decode(picture)
        height, width = pixels.shape[:2]
        u, v = np.mod(mesh.uv[own], 1.0).T
        x, y = (u * width).astype(np.int64).clip(0, width - 1), (v * height).astype(np.int64).clip(0, height - 1)
        result[own] = pixels[y, x, :3]
    return result
