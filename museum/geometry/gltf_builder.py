"""What our GLBs are put together with: meshopt-compressed views and their accessors, pictures, the JSON around them.

glTF 2.0 with KHR_mesh_quantization and EXT_meshopt_compression.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt, texture
from museum.geometry.mesh import Picture

BYTE, SHORT, WORD, LONG, FLOAT = 5120, 5122, 5123, 5125, 5126  # glTF's numbers of component types
_VIEW_ARRAY, _VIEW_INDICES = 34962, 34963


@dataclass
class Builder:
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
        component = WORD if is_short else LONG
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

    def document(
        self, nodes: list[dict[str, Any]], primitives: list[dict[str, Any]], materials: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """The JSON of one mesh, shown by the last of `nodes`."""
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
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [
                {"byteLength": len(self.data)},
                {"byteLength": self.fallback_bytes, "extensions": {"EXT_meshopt_compression": {"fallback": True}}},
            ],
        }
        if self.images:
            document["images"] = self.images
            document["samplers"] = [{"magFilter": 9729, "minFilter": 9987}]
            document["textures"] = [{"source": i, "sampler": 0} for i in range(len(self.images))]
        return document


def container(document: dict[str, Any], data: bytes) -> bytes:
    """The GLB (glTF 2.0 §4.4) of this JSON and buffer 0."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    data += bytes(-len(data) % 4)
    total = 12 + 8 + len(text) + 8 + len(data)
    head = b"glTF" + (2).to_bytes(4, "little") + total.to_bytes(4, "little")
    return head + len(text).to_bytes(4, "little") + b"JSON" + text + len(data).to_bytes(4, "little") + b"BIN\x00" + data
