"""The model for the web: quantised, meshopt-compressed GLB that three.js' GLTFLoader with MeshoptDecoder reads.

glTF 2.0 with KHR_mesh_quantization and EXT_meshopt_compression; colours, normals, UV and pictures are the scan's own.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry import color, meshopt, texture
from museum.geometry.distance import Deviation, deviation
from museum.geometry.levels import merged, simplified, with_normals
from museum.geometry.mesh import Material, Mesh, Picture, shown_materials

_FLOAT, _SHORT, _WORD, _LONG = 5126, 5122, 5123, 5125
_VIEW_ARRAY, _VIEW_INDICES = 34962, 34963
_NORMAL_BITS = 12
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


@dataclass
class _Builder:
    """Collects views and accessors: buffer 0 holds the bytes, buffer 1 stands for what they decode to."""

    data: bytearray = field(default_factory=bytearray)
    fallback_bytes: int = 0
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    images: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[tuple[int, str], int] = field(default_factory=dict)

    def _append(self, stream: bytes) -> dict[str, int]:
        self.data += bytes(-len(self.data) % 4)
        place = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(stream)}
        self.data += stream
        return place

    def _packed(self, stream: bytes, *, count: int, stride: int, mode: str, target: int, filter_name: str) -> int:
        packed: dict[str, Any] = {**self._append(stream), "byteStride": stride, "count": count, "mode": mode}
        if filter_name:
            packed["filter"] = filter_name
        view: dict[str, Any] = {
            "buffer": 1, "byteOffset": self.fallback_bytes, "byteLength": count * stride, "target": target,
            "extensions": {"EXT_meshopt_compression": packed},
        }  # fmt: skip
        if mode == "ATTRIBUTES":
            view["byteStride"] = stride
        self.fallback_bytes += -(-count * stride // 4) * 4
        self.views.append(view)
        return len(self.views) - 1

    def attribute(
        self, rows: NDArray[np.generic], *, kind: str, component: int, normalized: bool, filter_name: str = "",
        limits: tuple[list[float], list[float]] | None = None,
    ) -> int:  # fmt: skip
        """Add (n, w) rows, already padded to 4 bytes; gives the accessor's number."""
        stream = meshopt.encode_attributes(rows)
        stride = rows.nbytes // len(rows)
        view = self._packed(
            stream, count=len(rows), stride=stride, mode="ATTRIBUTES", target=_VIEW_ARRAY, filter_name=filter_name
        )
        accessor: dict[str, Any] = {"bufferView": view, "componentType": component, "count": len(rows), "type": kind}
        if normalized:
            accessor["normalized"] = True
        if limits:
            accessor["min"], accessor["max"] = limits
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def triangles(self, faces: NDArray[np.int32], vertex_count: int) -> int:
        """Add (m, 3) faces; gives the accessor's number."""
        stream = meshopt.encode_triangles(faces, vertex_count)
        is_short = vertex_count < 65_535
        view = self._packed(
            stream, count=faces.size, stride=2 if is_short else 4, mode="TRIANGLES", target=_VIEW_INDICES,
            filter_name="",
        )  # fmt: skip
        component = _WORD if is_short else _LONG
        self.accessors.append({"bufferView": view, "componentType": component, "count": faces.size, "type": "SCALAR"})
        return len(self.accessors) - 1

    def picture(self, picture: Picture, *, max_px: int, is_data: bool) -> dict[str, int]:
        """Add a picture once; gives the glTF texture reference."""
        key = (hash(picture.data), picture.media_type)
        if key not in self.pictures:
            ready = texture.shrunk(picture, max_px=max_px, is_data=is_data)
            self.views.append(dict(self._append(ready.data)))
            self.images.append({"bufferView": len(self.views) - 1, "mimeType": ready.media_type})
            self.pictures[key] = len(self.images) - 1
        return {"index": self.pictures[key]}


def write_web_glb(
    mesh: Mesh, out: Path, *, max_faces: int = 150_000, max_points: int = 1_000_000, texture_px: int = 2048,
    view_up: str = "", asset: Mapping[str, Any] | None = None,
) -> GlbFacts:  # fmt: skip
    """Write `mesh` to `out` (replaced atomically) and tell what was written.

    In metres when the mesh has scale, else in its own units with `asset.extras.has_scale` false. A stated Z or X axis
    is turned to glTF's Y by a node; `view_up` (a guess) is only noted in `asset.extras`. Pictures are at most
    `texture_px` wide and carry no metadata. `asset` adds to glTF's `asset`: generator, copyright, extras.
    """
    whole = with_normals(mesh)
    level = _thinned(whole, max_points) if mesh.is_point_cloud else simplified(whole, max_faces=max_faces)
    level = merged(level)
    builder = _Builder()
    low = level.vertices_mm.min(axis=0)
    size = float(max(level.extent)) or 1.0
    grid = np.rint((level.vertices_mm - low) / size * 65_535).astype(np.uint16)
    used = sorted({int(number) for number in level.face_material} or {0})
    shown = shown_materials(level)
    materials = [_material(builder, shown[number], texture_px) for number in used]
    primitives = [_primitive(builder, level, grid, number) | {"material": used.index(number)} for number in used]
    scale = 0.001 if mesh.has_scale else 1.0
    node = {"mesh": 0, "scale": [size * scale] * 3, "translation": [float(v) * scale for v in low]}
    nodes: list[dict[str, Any]] = [node]
    if mesh.up_axis in _TURN:
        nodes.append({"children": [0], "rotation": _TURN[mesh.up_axis]})
    document = _document(builder, nodes, primitives, materials)
    said = dict(asset or {})
    document["asset"] |= {name: words for name, words in said.items() if name != "extras"}
    document["asset"]["extras"] = said.get("extras", {}) | {
        "has_scale": mesh.has_scale, "up_axis": mesh.up_axis, "view_up": mesh.up_axis or view_up,
    }  # fmt: skip
    written = write_container(document, bytes(builder.data), out)
    measured = None
    if len(level.faces) < len(mesh.faces) and not mesh.is_point_cloud and len(level.faces) < len(merged(whole).faces):
        quantised = Mesh(vertices_mm=grid.astype(np.float64) / 65_535 * size + low, faces=level.faces)
        measured = deviation(mesh, quantised)
    return GlbFacts(
        faces=len(level.faces), vertices=len(level.vertices_mm), size_bytes=written, step=size / 65_535,
        deviation=measured,
    )  # fmt: skip


def _thinned(mesh: Mesh, max_points: int) -> Mesh:
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


def _primitive(builder: _Builder, mesh: Mesh, grid: NDArray[np.uint16], number: int) -> dict[str, Any]:
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
    attributes = {"POSITION": builder.attribute(rows, kind="VEC3", component=_WORD, normalized=True, limits=limits)}
    if mesh.normals is not None:
        filtered = meshopt.octahedral(mesh.normals[order].astype(np.float32), bits=_NORMAL_BITS)
        attributes["NORMAL"] = builder.attribute(
            filtered, kind="VEC3", component=_SHORT, normalized=True, filter_name="OCTAHEDRAL"
        )
    if mesh.colors is not None:
        words = color.linear_words(mesh.colors[order])
        attributes["COLOR_0"] = builder.attribute(words, kind="VEC4", component=_WORD, normalized=True)
    if mesh.uv is not None and _has_pictures(mesh.materials[number]):
        attributes["TEXCOORD_0"] = _uv(builder, mesh.uv[order])
    primitive: dict[str, Any] = {"attributes": attributes, "mode": 4 if len(faces) else 0}
    if len(faces):
        primitive["indices"] = builder.triangles(faces, len(order))
    return primitive


def _uv(builder: _Builder, uv: NDArray[np.float64]) -> int:
    if uv.min() >= 0 and uv.max() <= 1:
        words = np.rint(uv * 65_535).astype(np.uint16)
        return builder.attribute(words, kind="VEC2", component=_WORD, normalized=True)
    return builder.attribute(uv.astype(np.float32), kind="VEC2", component=_FLOAT, normalized=False)


def _has_pictures(material: Material) -> bool:
    slots = (material.base_texture, material.normal_texture, material.surface_texture, material.occlusion_texture)
    return any(slot is not None for slot in slots)


def _material(builder: _Builder, material: Material, max_px: int) -> dict[str, Any]:
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


def _document(
    builder: _Builder, nodes: list[dict[str, Any]], primitives: list[dict[str, Any]], materials: list[dict[str, Any]]
) -> dict[str, Any]:
    extensions = ["EXT_meshopt_compression", "KHR_mesh_quantization"]
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "museum"},
        "extensionsUsed": extensions,
        "extensionsRequired": extensions,
        "scene": 0,
        "scenes": [{"nodes": [len(nodes) - 1]}],
        "nodes": nodes,
        "meshes": [{"primitives": primitives}],
        "materials": materials,
        "accessors": builder.accessors,
        "bufferViews": builder.views,
        "buffers": [
            {"byteLength": len(builder.data)},
            {"byteLength": builder.fallback_bytes, "extensions": {"EXT_meshopt_compression": {"fallback": True}}},
        ],
    }
    if builder.images:
        document["images"] = builder.images
        document["samplers"] = [{"magFilter": 9729, "minFilter": 9987}]
        document["textures"] = [{"source": i, "sampler": 0} for i in range(len(builder.images))]
    return document


def write_container(document: dict[str, Any], data: bytes, out: Path) -> int:
    """Write a GLB (glTF 2.0 §4.4) of this JSON and buffer 0, replaced atomically; gives its size in bytes."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    data += bytes(-len(data) % 4)
    total = 12 + 8 + len(text) + 8 + len(data)
    head = b"glTF" + (2).to_bytes(4, "little") + total.to_bytes(4, "little")
    chunks = (
        head + len(text).to_bytes(4, "little") + b"JSON" + text + len(data).to_bytes(4, "little") + b"BIN\x00" + data
    )
    working = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        working.write_bytes(chunks)
        working.replace(out)
    finally:
        working.unlink(missing_ok=True)
    return total
