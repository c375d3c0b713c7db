"""The JSON of a glTF or GLB file, checked for lies before any geometry is decoded (glTF 2.0, Khronos)."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from museum.errors import SourceError
from museum.geometry.parts import PartsFolder

JSON_LIMIT_BYTES = 64 << 20
COMPONENT_BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
MESHOPT = ("EXT_meshopt_compression", "KHR_meshopt_compression")
DRACO = "KHR_draco_mesh_compression"
READABLE = frozenset(
    (
        *MESHOPT, DRACO, "KHR_mesh_quantization", "KHR_texture_transform", "KHR_materials_unlit",
        "KHR_materials_specular", "KHR_materials_ior", "KHR_materials_clearcoat", "KHR_materials_sheen",
        "KHR_materials_pbrSpecularGlossiness", "KHR_materials_emissive_strength", "EXT_texture_webp",
        "KHR_lights_punctual", "KHR_materials_transmission", "KHR_materials_volume",
        "KHR_texture_basisu",  # read by its fallback, else refused where the picture is wanted
    )
)  # fmt: skip
_JSON_CHUNK = 0x4E4F534A
_BIN_CHUNK = 0x004E4942


@dataclass(frozen=True, kw_only=True)
class Document:
    """A checked glTF document. `references` maps each external URI to its file; counts are those drawn by nodes."""

    json: Mapping[str, Any]
    is_binary: bool
    bin_offset: int
    bin_bytes: int
    references: Mapping[str, Path] = field(default_factory=dict)
    vertices: int = 0
    faces: int = 0


class Check:
    """Raises one error shape for whatever is wrong in a document."""

    def __init__(self, shown: str) -> None:
        self.shown = shown

    def bad(self, where: str) -> SourceError:
        """The error that names `where` in the document."""
        return SourceError("scan.bad_gltf", file=self.shown, where=where)

    def index(self, value: object, size: int, where: str) -> int:
        """`value` as an index below `size`, or raise."""
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < size:
            raise self.bad(where)
        return value

    def count(self, value: object, where: str) -> int:
        """`value` as a whole number of bytes or items, or raise."""
        return self.index(value, 1 << 53, where)

    def items(self, document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        """The list of objects under `key`, empty when absent, or raise."""
        found = document.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.bad(key)
        return found


def read(path: Path, *, size: int, parts: PartsFolder) -> Document:
    """Parse and check; raises SourceError `scan.bad_gltf`, `scan.truncated`, `scan.part_*`, `scan.gltf_extension`."""
    check = Check(parts.shown)
    with path.open("rb") as file:
        is_binary = file.read(4) == b"glTF"
        file.seek(0)
        raw, bin_offset, bin_bytes = _chunks(file.read(20), path, size, check) if is_binary else (None, 0, 0)
        if raw is None:
            if size > JSON_LIMIT_BYTES:
                raise SourceError("scan.too_large", file=parts.shown, bytes=size, limit=JSON_LIMIT_BYTES)
            file.seek(0)
            raw = file.read()
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise check.bad("JSON") from error
    if not isinstance(document, dict) or not str((document.get("asset") or {}).get("version", "")).startswith("2"):
        raise check.bad("asset.version")
    unknown = [str(e) for e in document.get("extensionsRequired", []) if e not in READABLE]
    if unknown:
        raise SourceError("scan.gltf_extension", file=parts.shown, extensions=", ".join(unknown[:5]))
    references = _buffers(document, check, parts, bin_bytes if is_binary else None)
    _views(document, check)
    _accessors(document, check)
    vertices, faces = _counts(document, check, drawn_nodes(document, check))
    if vertices == 0:
        raise SourceError("scan.no_geometry", file=parts.shown)
    return Document(
        json=document, is_binary=is_binary, bin_offset=bin_offset, bin_bytes=bin_bytes,
        references=references, vertices=vertices, faces=faces,
    )  # fmt: skip


def _chunks(head: bytes, path: Path, size: int, check: Check) -> tuple[bytes, int, int]:
    """(JSON bytes, offset and length of the BIN chunk) of a GLB (glTF 2.0 §4.4)."""
    if len(head) < 20:
        raise SourceError("scan.truncated", file=check.shown, expected=20, found=size)
    version, length, json_bytes, kind = (int.from_bytes(head[i : i + 4], "little") for i in (4, 8, 12, 16))
    if version != 2 or kind != _JSON_CHUNK:
        raise check.bad("GLB")
    if length > size or 20 + json_bytes > size:
        raise SourceError("scan.truncated", file=check.shown, expected=max(length, 20 + json_bytes), found=size)
    if length + 3 < size:
        raise SourceError("scan.size_differs", file=check.shown, expected=length, found=size)
    if json_bytes > JSON_LIMIT_BYTES:
        raise SourceError("scan.too_large", file=check.shown, bytes=json_bytes, limit=JSON_LIMIT_BYTES)
    with path.open("rb") as file:
        file.seek(20)
        raw = file.read(json_bytes)
        tail = file.read(8)
    if len(tail) < 8 or int.from_bytes(tail[4:], "little") != _BIN_CHUNK:
        return raw, 0, 0
    bin_bytes = int.from_bytes(tail[:4], "little")
    if 28 + json_bytes + bin_bytes > size:
        raise SourceError("scan.truncated", file=check.shown, expected=28 + json_bytes + bin_bytes, found=size)
    return raw, 28 + json_bytes, bin_bytes


def is_fallback(buffer: Mapping[str, Any]) -> bool:
    """Whether a buffer only stands for what a meshopt view decodes to (EXT_meshopt_compression)."""
    extensions = buffer.get("extensions") or {}
    return "uri" not in buffer and any(bool((extensions.get(name) or {}).get("fallback")) for name in MESHOPT)


def _buffers(document: dict[str, Any], check: Check, parts: PartsFolder, bin_bytes: int | None) -> dict[str, Path]:
    references: dict[str, Path] = {}
    for i, buffer in enumerate(check.items(document, "buffers")):
        wanted = check.count(buffer.get("byteLength"), f"buffers[{i}].byteLength")
        uri = buffer.get("uri")
        if uri is None:
            if is_fallback(buffer):
                continue
            if bin_bytes is None or i != 0:
                raise check.bad(f"buffers[{i}].uri")
            found = bin_bytes
        elif isinstance(uri, str) and uri.startswith("data:"):
            found = len(data_uri(uri, check.shown))
        else:
            references[str(uri)] = parts.find(str(uri), is_uri=True)
            found = references[str(uri)].stat().st_size
        if found < wanted:
            raise SourceError("scan.truncated", file=check.shown, expected=wanted, found=found)
    for image in check.items(document, "images"):
        uri = image.get("uri")
        if isinstance(uri, str) and not uri.startswith("data:"):
            references |= parts.pictures({uri: unquote(uri)})
    return references


def data_uri(uri: str, shown: str) -> bytes:
    """The bytes of a base64 data URI (RFC 2397)."""
    head, _, body = uri.partition(",")
    if not head.endswith(";base64"):
        raise SourceError("scan.bad_gltf", file=shown, where="data:")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise SourceError("scan.bad_gltf", file=shown, where="data:") from error


def _views(document: dict[str, Any], check: Check) -> None:
    buffers = check.items(document, "buffers")
    for i, view in enumerate(check.items(document, "bufferViews")):
        where = f"bufferViews[{i}]"
        extensions = view.get("extensions") or {}
        for place in (view, *(extensions[name] for name in MESHOPT if name in extensions)):
            buffer = buffers[check.index(place.get("buffer"), len(buffers), where)]
            end = check.count(place.get("byteOffset", 0), where) + check.count(place.get("byteLength"), where)
            if end > buffer["byteLength"]:
                raise check.bad(where)


def _accessors(document: dict[str, Any], check: Check) -> None:
    views = check.items(document, "bufferViews")
    for i, accessor in enumerate(check.items(document, "accessors")):
        where = f"accessors[{i}]"
        count = check.count(accessor.get("count"), where)
        component = COMPONENT_BYTES.get(accessor.get("componentType", 0))
        width = COMPONENTS.get(accessor.get("type", ""))
        if component is None or width is None or count == 0:
            raise check.bad(where)
        places = [accessor] if "bufferView" in accessor else []
        if "sparse" in accessor:
            raise SourceError("scan.gltf_extension", file=check.shown, extensions="sparse accessor")
        for place in places:
            view = views[check.index(place["bufferView"], len(views), where)]
            stride = view.get("byteStride") or component * width
            last = check.count(place.get("byteOffset", 0), where) + (count - 1) * stride + component * width
            if last > view["byteLength"]:
                raise check.bad(where)


def drawn_nodes(document: Mapping[str, Any], check: Check) -> list[int]:
    """Indices of the nodes of the shown scene, parents first; the graph must be a forest (glTF 2.0 §3.5.2)."""
    nodes = check.items(document, "nodes")
    parents = [-1] * len(nodes)
    for i, node in enumerate(nodes):
        for child in _list(node.get("children", []), check, f"nodes[{i}].children"):
            index = check.index(child, len(nodes), f"nodes[{i}].children")
            if parents[index] != -1 or index == i:
                raise SourceError("scan.gltf_cycle", file=check.shown, node=index)
            parents[index] = i
    scenes = check.items(document, "scenes")
    roots: Sequence[object] = [i for i, parent in enumerate(parents) if parent == -1]
    if scenes:
        scene = scenes[check.index(document.get("scene", 0), len(scenes), "scene")]
        roots = _list(scene.get("nodes", []), check, "scene.nodes")
    order: list[int] = []
    seen: set[int] = set()
    stack = [check.index(root, len(nodes), "scene.nodes") for root in reversed(roots)]
    while stack:
        current = stack.pop()
        if current in seen:
            raise SourceError("scan.gltf_cycle", file=check.shown, node=current)
        seen.add(current)
        order.append(current)
        stack.extend(reversed(nodes[current].get("children", [])))
    # Nodes that form a ring have no root: nobody draws them, but a file that holds one is broken.
    if nodes and _has_ring(parents):
        raise SourceError("scan.gltf_cycle", file=check.shown, node=0)
    return order


def _has_ring(parents: list[int]) -> bool:
    safe = [False] * len(parents)
    for start in range(len(parents)):
        trail: list[int] = []
        seen: set[int] = set()
        node = start
        while node != -1 and not safe[node]:
            if node in seen:
                return True
            seen.add(node)
            trail.append(node)
            node = parents[node]
        for passed in trail:
            safe[passed] = True
    return False


def _list(value: object, check: Check, where: str) -> list[object]:
    if not isinstance(value, list):
        raise check.bad(where)
    return value


def _counts(document: Mapping[str, Any], check: Check, order: list[int]) -> tuple[int, int]:
    nodes, meshes = check.items(document, "nodes"), check.items(document, "meshes")
    accessors = check.items(document, "accessors")
    vertices = faces = 0
    for node in order:
        if "mesh" not in nodes[node]:
            continue
        mesh = meshes[check.index(nodes[node]["mesh"], len(meshes), f"nodes[{node}].mesh")]
        for primitive in check.items(mesh, "primitives"):
            attributes = primitive.get("attributes")
            if not isinstance(attributes, dict) or "POSITION" not in attributes:
                raise check.bad("primitive.attributes.POSITION")
            for name, index in attributes.items():
                check.index(index, len(accessors), f"primitive.attributes.{name}")
            points = int(accessors[attributes["POSITION"]]["count"])
            corners = points
            if "indices" in primitive:
                corners = int(accessors[check.index(primitive["indices"], len(accessors), "indices")]["count"])
            vertices += points
            mode = primitive.get("mode", 4)
            faces += corners // 3 if mode == 4 else max(0, corners - 2) if mode in (5, 6) else 0
    return vertices, faces
