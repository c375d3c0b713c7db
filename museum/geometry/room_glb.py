"""The model for a room (AR): plain glTF 2.0 without any extension, in metres and Y up, as Scene Viewer wants it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry import color, texture
from museum.geometry.camera import studio_turn
from museum.geometry.glb import write_container
from museum.geometry.mesh import Floats, Material, Mesh, Picture, shown_materials

_FLOAT, _WORD, _LONG = 5126, 5123, 5125
_ARRAY, _INDICES = 34962, 34963
Json = dict[str, Any]


def stood(mesh: Mesh) -> tuple[Floats, Floats | None]:
    """(vertices in metres, normals), Y up, the foot at 0 and the middle above the origin: where it is set down."""
    turn = studio_turn(mesh.up_axis)
    moved: Floats = mesh.vertices_mm @ turn.T / 1000 - origin_of(mesh)
    return moved, None if mesh.normals is None else mesh.normals @ turn.T


def origin_of(mesh: Mesh) -> Floats:
    """(3,) the place, in metres and Y up, that becomes the origin: the middle of the foot."""
    points = mesh.vertices_mm @ studio_turn(mesh.up_axis).T / 1000
    low, high = points.min(axis=0), points.max(axis=0)
    return np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])


def write_room_glb(mesh: Mesh, out: Path, *, texture_px: int, asset: Mapping[str, Any] | None = None) -> int:
    """Write a mesh that has scale to `out` (replaced atomically); gives its size in bytes."""
    points, normals = stood(mesh)
    room = _Room(texture_px)
    shown = shown_materials(mesh)
    used = sorted({int(number) for number in mesh.face_material})
    materials = [_material(room, shown[number]) for number in used]
    primitives = []
    for place, number in enumerate(used):
        faces = mesh.faces[mesh.face_material == number]
        own = np.unique(faces)
        attributes = {"POSITION": room.rows(points[own].astype(np.float32), "VEC3", has_limits=True)}
        if normals is not None:
            length = np.maximum(np.linalg.norm(normals[own], axis=1, keepdims=True), 1e-12)
            attributes["NORMAL"] = room.rows((normals[own] / length).astype(np.float32), "VEC3")
        if mesh.tangents is not None and shown[number].normal_texture is not None:
            tangents = mesh.tangents[own].astype(np.float32)
            tangents[:, :3] = tangents[:, :3] @ studio_turn(mesh.up_axis).T
            attributes["TANGENT"] = room.rows(tangents.astype(np.float32), "VEC4")
        if mesh.colors is not None:
            attributes["COLOR_0"] = room.rows(color.linear_words(mesh.colors[own]), "VEC4", is_normalized=True)
        if mesh.uv is not None and any(_pictures(shown[number])):
            attributes["TEXCOORD_0"] = room.rows(mesh.uv[own].astype(np.float32), "VEC2")
        indices = room.triangles(np.searchsorted(own, faces))
        primitives.append({"attributes": attributes, "indices": indices, "material": place, "mode": 4})
    document = room.document(primitives, materials)
    said = dict(asset or {})
    document["asset"] |= {name: words for name, words in said.items() if name != "extras"}
    document["asset"]["extras"] = dict(said.get("extras", {})) | {"has_scale": True, "unit": "m", "up_axis": "Y"}
    return write_container(document, bytes(room.data), out)


class _Room:
    """Collects the one buffer and what points into it."""

    def __init__(self, texture_px: int) -> None:
        self.texture_px = texture_px
        self.data = bytearray()
        self.views: list[Json] = []
        self.accessors: list[Json] = []
        self.images: list[Json] = []
        self._known: dict[int, int] = {}

    def _view(self, stream: bytes, **more: int) -> int:
        self.data += bytes(-len(self.data) % 4)
        self.views.append({"buffer": 0, "byteOffset": len(self.data), "byteLength": len(stream), **more})
        self.data += stream
        return len(self.views) - 1

    def rows(
        self, rows: NDArray[np.generic], kind: str, *, has_limits: bool = False, is_normalized: bool = False
    ) -> int:
        """Add (n, w) float32 or uint16 rows; gives the accessor's number."""
        component = _FLOAT if rows.dtype == np.float32 else _WORD
        stride = rows.nbytes // len(rows)
        entry: Json = {
            "bufferView": self._view(rows.tobytes(), target=_ARRAY, byteStride=stride),
            "componentType": component, "count": len(rows), "type": kind,
        }  # fmt: skip
        if is_normalized:
            entry["normalized"] = True
        if has_limits:
            values = np.asarray(rows, np.float64)
            entry["min"] = [float(v) for v in values.min(axis=0)]
            entry["max"] = [float(v) for v in values.max(axis=0)]
        self.accessors.append(entry)
        return len(self.accessors) - 1

    def triangles(self, faces: NDArray[np.int64]) -> int:
        """Add (m, 3) faces; gives the accessor's number."""
        kind = (np.uint16, _WORD) if faces.max() < 65_535 else (np.uint32, _LONG)
        view = self._view(faces.astype(kind[0]).tobytes(), target=_INDICES)
        self.accessors.append({"bufferView": view, "componentType": kind[1], "count": faces.size, "type": "SCALAR"})
        return len(self.accessors) - 1

    def picture(self, picture: Picture, *, is_data: bool) -> Json:
        """Add a picture once; gives the glTF texture reference."""
        key = hash((picture.data, is_data))
        if key not in self._known:
            ready = texture.shrunk(picture, max_px=self.texture_px, is_data=is_data)
            self.images.append({"bufferView": self._view(ready.data), "mimeType": ready.media_type})
            self._known[key] = len(self.images) - 1
        return {"index": self._known[key]}

    def document(self, primitives: list[Json], materials: list[Json]) -> Json:
        """The glTF JSON of one mesh."""
        document: Json = {
            "asset": {"version": "2.0", "generator": "museum"}, "scene": 0, "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0}], "meshes": [{"primitives": primitives}], "materials": materials,
            "accessors": self.accessors, "bufferViews": self.views, "buffers": [{"byteLength": len(self.data)}],
        }  # fmt: skip
        if self.images:
            document["images"] = self.images
            document["samplers"] = [{"magFilter": 9729, "minFilter": 9987}]
            document["textures"] = [{"source": i, "sampler": 0} for i in range(len(self.images))]
        return document


def _pictures(material: Material) -> list[Picture]:
    slots = (material.base_texture, material.normal_texture, material.surface_texture, material.occlusion_texture)
    return [slot for slot in slots if slot is not None]


def _material(room: _Room, material: Material) -> Json:
    rough: Json = {
        "baseColorFactor": list(material.base_color),
        "metallicFactor": material.metallic,
        "roughnessFactor": material.roughness,
    }
    result: Json = {"pbrMetallicRoughness": rough, "doubleSided": True}
    if material.name:
        result["name"] = material.name
    for holder, slot, picture, is_data in (
        (rough, "baseColorTexture", material.base_texture, False),
        (rough, "metallicRoughnessTexture", material.surface_texture, True),
        (result, "normalTexture", material.normal_texture, True),
        (result, "occlusionTexture", material.occlusion_texture, True),
    ):
        if picture is not None:
            holder[slot] = room.picture(picture, is_data=is_data)
    return result
