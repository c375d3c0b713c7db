"""The model for the web: quantised, meshopt-compressed GLB that three.js' GLTFLoader with MeshoptDecoder reads.

glTF 2.0 with KHR_mesh_quantization and EXT_meshopt_compression; colours, normals, UV and pictures are the scan's own.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry import color, meshopt
from museum.geometry.distance import Deviation, deviation
from museum.geometry.gltf_builder import FLOAT, SHORT, WORD, Builder, container
from museum.geometry.levels import merged, simplified, thinned, with_normals
from museum.geometry.mesh import Floats, Material, Mesh, shown_materials

_NORMAL_BITS = 12
_TANGENT_BITS = 8  # half a degree: it only says which way the picture of the relief runs
_TURN = {"Z": [-(0.5**0.5), 0.0, 0.0, 0.5**0.5], "X": [0.0, 0.0, 0.5**0.5, 0.5**0.5]}


@dataclass(frozen=True, kw_only=True)
class GlbFacts:
    """What was written. `deviation` from the given mesh is measured when faces were dropped, else None.

    `step` is the quantisation step, in the mesh's unit.
    """

    faces: int
    vertices: int
    size_bytes: int
    step: float
    deviation: Deviation | None


def write_web_glb(
    mesh: Mesh, out: Path, *, max_faces: int = 150_000, max_points: int = 1_000_000, texture_px: int = 2048,
    view_up: str = "", asset: Mapping[str, Any] | None = None, is_measured: bool = True,
) -> GlbFacts:  # fmt: skip
    """Write `mesh` to `out` (replaced atomically) and tell what was written.

    In metres when the mesh has scale, else in its own units with `asset.extras.has_scale` false. A stated Z or X axis
    is turned to glTF's Y by a node; `view_up` (a guess) is only noted in `asset.extras`. Pictures are at most
    `texture_px` wide and carry no metadata. `asset` adds to glTF's `asset`: generator, copyright, extras. Whoever
    measures the file itself (`rungs.measured`) spares this the work with `is_measured` False.
    """
    whole = with_normals(mesh)
    level = thinned(whole, max_points) if mesh.is_point_cloud else simplified(whole, max_faces=max_faces)
    level = merged(level)
    builder = Builder()
    grid, low, size = gridded(level.vertices_mm)
    used = sorted({int(number) for number in level.face_material} or {0})
    shown = shown_materials(level)
    materials = [_material(builder, shown[number], texture_px) for number in used]
    primitives = [_primitive(builder, level, grid, number) | {"material": used.index(number)} for number in used]
    scale = 0.001 if mesh.has_scale else 1.0
    # Whole steps of the grid, not shares of 65,535: trimesh and others read those as steps all the same.
    node = {"mesh": 0, "scale": [size * scale / 65_535] * 3, "translation": [float(v) * scale for v in low]}
    nodes: list[dict[str, Any]] = [node]
    if mesh.up_axis in _TURN:
        nodes.append({"children": [0], "rotation": _TURN[mesh.up_axis]})
    document = builder.document(nodes, primitives, materials)
    said = dict(asset or {})
    document["asset"] |= {name: words for name, words in said.items() if name != "extras"}
    document["asset"]["extras"] = said.get("extras", {}) | {
        "has_scale": mesh.has_scale, "up_axis": mesh.up_axis, "view_up": mesh.up_axis or view_up,
    }  # fmt: skip
    written = write_container(document, bytes(builder.data), out)
    measured = None
    if is_measured and not mesh.is_point_cloud and len(level.faces) < min(len(mesh.faces), len(merged(whole).faces)):
        quantised = Mesh(vertices_mm=grid.astype(np.float64) / 65_535 * size + low, faces=level.faces)
        measured = deviation(mesh, quantised)
    return GlbFacts(
        faces=len(level.faces), vertices=len(level.vertices_mm), size_bytes=written, step=size / 65_535,
        deviation=measured,
    )  # fmt: skip


def gridded(vertices: Floats) -> tuple[NDArray[np.uint16], Floats, float]:
    """(where a file holds them: (n, 3) steps of 16 bits, the least corner, the longest side), in the vertices' unit."""
    low = vertices.min(axis=0)
    size = float(np.ptp(vertices, axis=0).max()) or 1.0
    return np.rint((vertices - low) / size * 65_535).astype(np.uint16), low, size


def _primitive(builder: Builder, mesh: Mesh, grid: NDArray[np.uint16], number: int) -> dict[str, Any]:
    faces = mesh.faces[mesh.face_material == number]
    if len(faces):
        faces = meshopt.cache_order(faces, len(grid))
        order = meshopt.fetch_order(faces, len(grid))
        renumber = np.zeros(len(grid), np.int64)
        renumber[order] = np.arange(len(order))
        faces = renumber[faces].astype(np.int32)
    else:
        order = np.arange(len(grid))
    rows = np.zeros((len(order), 4), np.uint16)
    rows[:, :3] = grid[order]
    limits = [float(v) for v in rows[:, :3].min(axis=0)], [float(v) for v in rows[:, :3].max(axis=0)]
    attributes = {"POSITION": builder.attribute(rows, kind="VEC3", component=WORD, normalized=False, limits=limits)}
    if mesh.normals is not None:
        filtered = meshopt.octahedral(mesh.normals[order].astype(np.float32), bits=_NORMAL_BITS)
        attributes["NORMAL"] = builder.attribute(
            filtered, kind="VEC3", component=SHORT, normalized=True, filter_name="OCTAHEDRAL"
        )
    if mesh.tangents is not None and mesh.materials[number].normal_texture is not None:
        filtered = meshopt.octahedral(mesh.tangents[order].astype(np.float32), bits=_TANGENT_BITS)
        attributes["TANGENT"] = builder.attribute(
            filtered, kind="VEC4", component=SHORT, normalized=True, filter_name="OCTAHEDRAL"
        )
    if mesh.colors is not None:
        words = color.linear_words(mesh.colors[order])
        attributes["COLOR_0"] = builder.attribute(words, kind="VEC4", component=WORD, normalized=True)
    if mesh.uv is not None and _has_pictures(mesh.materials[number]):
        attributes["TEXCOORD_0"] = _uv(builder, mesh.uv[order])
    primitive: dict[str, Any] = {"attributes": attributes, "mode": 4 if len(faces) else 0}
    if len(faces):
        primitive["indices"] = builder.triangles(faces, len(order))
    return primitive


def _uv(builder: Builder, uv: NDArray[np.float64]) -> int:
    if uv.min() >= 0 and uv.max() <= 1:
        words = np.rint(uv * 65_535).astype(np.uint16)
        return builder.attribute(words, kind="VEC2", component=WORD, normalized=True)
    return builder.attribute(uv.astype(np.float32), kind="VEC2", component=FLOAT, normalized=False)


def _has_pictures(material: Material) -> bool:
    slots = (material.base_texture, material.normal_texture, material.surface_texture, material.occlusion_texture)
    return any(slot is not None for slot in slots)


def _material(builder: Builder, material: Material, max_px: int) -> dict[str, Any]:
    rough: dict[str, Any] = {
        "baseColorFactor": list(material.base_color),
        "metallicFactor": material.metallic,
        "roughnessFactor": material.roughness,
    }
    result: dict[str, Any] = {"pbrMetallicRoughness": rough, "doubleSided": True}
    if material.name:
        result["name"] = material.name
    for holder, slot, picture, is_data in (
        (rough, "baseColorTexture", material.base_texture, False),
        (rough, "metallicRoughnessTexture", material.surface_texture, True),
        (result, "normalTexture", material.normal_texture, True),
        (result, "occlusionTexture", material.occlusion_texture, True),
    ):
        if picture is not None:
            holder[slot] = builder.picture(picture, max_px=max_px, is_data=is_data)
    return result


def write_container(document: dict[str, Any], data: bytes, out: Path) -> int:
    """Write a GLB (glTF 2.0 §4.4) of this JSON and buffer 0, replaced atomically; gives its size in bytes."""
    chunks = container(document, data)
    working = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        working.write_bytes(chunks)
        working.replace(out)
    finally:
        working.unlink(missing_ok=True)
    return len(chunks)
