"""The bytes behind a checked glTF document: buffers, views (meshopt ones decompressed) and accessors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry import gltf_header, meshopt
from museum.geometry.reading.workspace import Workspace

_DTYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}


@dataclass
class Source:
    """One document and its files; each buffer is read once."""

    path: Path
    document: gltf_header.Document
    shown: str
    workspace: Workspace = field(default_factory=Workspace)
    _buffers: dict[int, bytes] = field(default_factory=dict)

    @property
    def json(self) -> Mapping[str, Any]:
        """The document's JSON."""
        return self.document.json

    def buffer(self, index: int) -> bytes:
        """All bytes of buffer `index`."""
        if index not in self._buffers:
            uri = self.json["buffers"][index].get("uri")
            if uri is None:
                with self.path.open("rb") as file:
                    file.seek(self.document.bin_offset)
                    self._buffers[index] = file.read(self.document.bin_bytes)
            elif uri.startswith("data:"):
                self._buffers[index] = gltf_header.data_uri(uri, self.shown)
            else:
                self._buffers[index] = self.document.references[uri].read_bytes()
        return self._buffers[index]

    def view(self, index: int) -> bytes:
        """The bytes of buffer view `index`, decompressed where it is a meshopt one."""
        view = self.json["bufferViews"][index]
        extensions = view.get("extensions") or {}
        packed = next((extensions[name] for name in gltf_header.MESHOPT if name in extensions), None)
        if packed is None:
            return self._slice(view)
        count, stride = int(packed["count"]), int(packed["byteStride"])
        if count * stride > int(view["byteLength"]):
            raise SourceError("scan.bad_gltf", file=self.shown, where=f"bufferViews[{index}]")
        return meshopt.decode(
            self._slice(packed), count=count, stride=stride,
            mode=str(packed.get("mode")), filter_name=str(packed.get("filter", "NONE")),
        )  # fmt: skip

    def _slice(self, place: Mapping[str, Any]) -> bytes:
        start = int(place.get("byteOffset", 0))
        return self.buffer(int(place["buffer"]))[start : start + int(place["byteLength"])]

    def accessor(self, index: int) -> NDArray[np.generic]:
        """(count, width) raw values of accessor `index`, not yet normalised."""
        accessor = self.json["accessors"][index]
        dtype = np.dtype(_DTYPES[accessor["componentType"]]).newbyteorder("<")
        width, count = gltf_header.COMPONENTS[accessor["type"]], int(accessor["count"])
        if "bufferView" not in accessor:
            return np.zeros((count, width), dtype)
        stride = self.json["bufferViews"][accessor["bufferView"]].get("byteStride") or dtype.itemsize * width
        data = self.view(accessor["bufferView"])[int(accessor.get("byteOffset", 0)) :]
        if len(data) < (count - 1) * stride + dtype.itemsize * width:
            raise SourceError("scan.bad_gltf", file=self.shown, where=f"accessors[{index}]")
        rows = np.ndarray((count, width), dtype, buffer=data, strides=(stride, dtype.itemsize))
        return rows.copy()
