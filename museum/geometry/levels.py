"""Fewer triangles for the screen: meshoptimizer with colour and shading edges kept, original vertices reused."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.mesh import Mesh, smooth_normals

_NORMAL_WEIGHT = 0.25
_COLOR_WEIGHT = 0.4
_ENOUGH = 1.1


def with_normals(mesh: Mesh) -> Mesh:
    """The mesh with unit vertex normals: its own, or smooth ones."""
    if mesh.normals is not None or mesh.is_point_cloud:
        return mesh
    return replace(mesh, normals=smooth_normals(mesh.vertices_mm, mesh.faces))


def merged(mesh: Mesh) -> Mesh:
    """The mesh with vertices that agree in everything (place, normal, colour, UV, material) made one."""
    if mesh.is_point_cloud:
        return mesh
    count = len(mesh.vertices_mm)
    material = np.zeros((count, 1), np.int32)
    material[mesh.faces.ravel(), 0] = np.repeat(mesh.face_material, 3)
    columns = [(mesh.vertices_mm + 0.0).view(np.uint8).reshape(count, -1), material.view(np.uint8).reshape(count, -1)]
    for extra in (mesh.normals, mesh.uv):
        if extra is not None:
            columns.append(np.ascontiguousarray(extra + 0.0, np.float32).view(np.uint8).reshape(count, -1))
    for skin in (mesh.colors, mesh.surface):
        if skin is not None:
            columns.append(np.ascontiguousarray(skin))
    kept, places = meshopt.merge_rows(np.concatenate(columns, axis=1))
    faces = places[mesh.faces]
    sound = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return replace(
        mesh,
        vertices_mm=mesh.vertices_mm[kept],
        faces=faces[sound].astype(np.int32),
        face_material=mesh.face_material[sound],
        normals=None if mesh.normals is None else mesh.normals[kept],
        colors=None if mesh.colors is None else mesh.colors[kept],
        surface=None if mesh.surface is None else mesh.surface[kept],
        uv=None if mesh.uv is None else mesh.uv[kept],
    )


def simplified(mesh: Mesh, *, max_faces: int) -> Mesh:
    """The mesh with about `max_faces` triangles, or itself when it has no more; read the count back.

    Vertices are a subset of the original ones, so colour, normal and UV stay exact; seams of UV and material hold.
    """
    if len(mesh.faces) <= max_faces:
        return mesh
    whole = merged(mesh)
    centre = (whole.vertices_mm.min(axis=0) + whole.vertices_mm.max(axis=0)) / 2
    positions = ((whole.vertices_mm - centre) / max(whole.extent)).astype(np.float32)
    attributes: list[NDArray[np.float32]] = []
    weights: list[float] = []
    if whole.normals is not None:
        attributes.append(whole.normals.astype(np.float32))
        weights += [_NORMAL_WEIGHT] * 3
    if whole.colors is not None:
        attributes.append(whole.colors[:, :3].astype(np.float32) / np.float32(255))
        weights += [_COLOR_WEIGHT] * 3
    together = np.concatenate(attributes, axis=1) if attributes else None
    faces = meshopt.simplify(
        whole.faces, positions, target_faces=max_faces, attributes=together, weights=np.array(weights, np.float32)
    )
    if len(faces) > max_faces * _ENOUGH:
        faces = meshopt.simplify(whole.faces, positions, target_faces=max_faces)
    if len(faces) > max_faces * _ENOUGH and whole.uv is None and (joined := _seamless(whole)) is not None:
        return simplified(joined, max_faces=max_faces)
    # A vertex belongs to one material only, so a face takes that of its first corner.
    owner = np.zeros(len(whole.vertices_mm), np.int32)
    owner[whole.faces.ravel()] = np.repeat(whole.face_material, 3)
    return whole.with_faces(faces, owner[faces[:, 0]])


def _seamless(mesh: Mesh) -> Mesh | None:
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
