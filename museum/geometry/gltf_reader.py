"""Geometry and materials of glTF 2.0 files, plain, quantised, Draco or meshopt, with node transforms applied."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry import color, draco, gltf_header, gltf_materials
from museum.geometry.gltf_source import Source
from museum.geometry.mesh import Floats, Material, Mesh
from museum.geometry.reading.workspace import Workspace

_LARGEST = {5120: 127.0, 5121: 255.0, 5122: 32_767.0, 5123: 65_535.0, 5125: 4_294_967_295.0, 5126: 1.0}
_POINTS, _TRIANGLES, _STRIP, _FAN = 0, 4, 5, 6
# Draco rounds positions to 2^-bits of the extent; files in the wild go down to 8 bits.
_EXTENT_TOLERANCE = 0.01


@dataclass
class _Primitive:
    vertices: Floats
    faces: NDArray[np.int64]
    normals: Floats | None
    colors: NDArray[np.uint8] | None
    uv: Floats | None
    material: int


def read(path: Path, *, document: gltf_header.Document, shown: str, workspace: Workspace | None = None) -> Mesh:
    """The scene as one mesh, in the file's units, Y up; raises SourceError when content contradicts the header."""
    source = Source(path, document, shown, workspace or Workspace())
    check = gltf_header.Check(shown)
    parts: list[_Primitive] = []
    nodes = document.json.get("nodes", [])
    world: dict[int, Floats] = {}
    decoded: dict[int, list[_Primitive]] = {}
    for index in gltf_header.drawn_nodes(document.json, check):
        matrix = world.get(index, np.eye(4)) @ _local(nodes[index], check)
        for child in nodes[index].get("children", []):
            world[child] = matrix
        mesh_index = nodes[index].get("mesh")
        if mesh_index is None:
            continue
        if mesh_index not in decoded:
            primitives = document.json["meshes"][mesh_index]["primitives"]
            decoded[mesh_index] = [p for p in (_primitive(source, item) for item in primitives) if p is not None]
        parts += [_moved(primitive, matrix) for primitive in decoded[mesh_index]]
    if any(len(part.faces) for part in parts):
        parts = [part for part in parts if len(part.faces)]
    if not parts:
        raise SourceError("scan.no_geometry", file=shown)
    return _joined(parts, gltf_materials.read(source))


def _local(node: Mapping[str, Any], check: "gltf_header.Check") -> Floats:
    try:
        if "matrix" in node:
            matrix = np.array(node["matrix"], np.float64).reshape(4, 4).T
        else:
            matrix = np.eye(4)
            matrix[:3, :3] = _rotation(*(float(v) for v in node.get("rotation", (0, 0, 0, 1)))) * np.array(
                node.get("scale", (1, 1, 1)), np.float64
            )
            matrix[:3, 3] = node.get("translation", (0, 0, 0))
    except (TypeError, ValueError) as error:
        raise check.bad("node.matrix") from error
    if not np.isfinite(matrix).all():
        raise check.bad("node.matrix")
    return matrix


def _rotation(x: float, y: float, z: float, w: float) -> Floats:
    length = math.sqrt(x * x + y * y + z * z + w * w) or 1.0
    x, y, z, w = x / length, y / length, z / length, w / length
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _primitive(source: Source, primitive: Mapping[str, Any]) -> _Primitive | None:
    mode = primitive.get("mode", _TRIANGLES)
    if mode not in (_POINTS, _TRIANGLES, _STRIP, _FAN):
        return None
    names: Mapping[str, int] = primitive["attributes"]
    packed = (primitive.get("extensions") or {}).get(gltf_header.DRACO)
    values: dict[str, NDArray[np.generic]]
    if packed is not None:
        try:
            found = draco.decode(source.view(packed["bufferView"]), ids=packed["attributes"])
        except SourceError as error:
            raise SourceError(error.code, **{**error.values, "file": source.shown}) from error
        values = dict(found.attributes)
        faces = found.faces
    else:
        values = {name: source.accessor(index) for name, index in names.items()}
        corners = np.arange(len(values["POSITION"]))
        if "indices" in primitive:
            corners = source.accessor(primitive["indices"]).ravel().astype(np.int64)
        faces = _triangles(corners, mode)
    _check_extent(source, names["POSITION"], values["POSITION"])
    count = len(values["POSITION"])
    _check_counts(source, primitive, count, len(faces) if packed is not None else None)
    if len(faces) and source.workspace.salvage:
        sound = ((faces >= 0) & (faces < count)).all(axis=1)
        source.workspace.drop("faces", int((~sound).sum()))
        faces = faces[sound]
    if len(faces) and (faces.max() >= count or faces.min() < 0):
        raise SourceError("scan.bad_indices", file=source.shown, largest=int(faces.max()), vertices=count)
    plain = {name: _normalised(source, names[name], array) for name, array in values.items() if name in names}
    material = int(primitive.get("material", -1))
    coordinate, transform = gltf_materials.texture_place(source.json, material)
    uv = plain.get(f"TEXCOORD_{coordinate}")
    colors = plain.get("COLOR_0")
    return _Primitive(
        vertices=plain["POSITION"],
        faces=faces,
        normals=plain.get("NORMAL"),
        colors=None if colors is None else color.srgb_bytes(colors),
        uv=None if uv is None else uv @ transform[:2, :2].T + transform[:2, 2],
        material=material,
    )


def _check_counts(source: Source, primitive: Mapping[str, Any], vertices: int, faces: int | None) -> None:
    """What a decoder gave against what the accessors promise (KHR_draco_mesh_compression: they must agree)."""
    accessors = source.json["accessors"]
    promised = int(accessors[primitive["attributes"]["POSITION"]]["count"])
    if vertices != promised:
        raise SourceError("scan.points_differ", file=source.shown, promised=promised, found=vertices)
    if faces is not None and "indices" in primitive:
        promised = int(accessors[primitive["indices"]]["count"]) // 3
        if faces != promised:
            raise SourceError("scan.counts_differ", file=source.shown, promised=promised, found=faces)


def _triangles(corners: NDArray[np.int64], mode: int) -> NDArray[np.int64]:
    if mode == _POINTS:
        return np.zeros((0, 3), np.int64)
    if mode == _TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3)
    if mode == _FAN:
        return np.stack([np.repeat(corners[:1], max(0, len(corners) - 2)), corners[1:-1], corners[2:]], axis=1)
    strip = np.stack([corners[:-2], corners[1:-1], corners[2:]], axis=1)
    strip[1::2] = strip[1::2, ::-1]
    return strip


def _check_extent(source: Source, accessor: int, positions: NDArray[np.generic]) -> None:
    """The decoded extent against the accessor's min and max: a Draco stream read as zeros is caught here."""
    stated = source.json["accessors"][accessor]
    if "min" not in stated or "max" not in stated:
        return
    low, high = np.asarray(stated["min"], np.float64), np.asarray(stated["max"], np.float64)
    size = float(np.max(high - low, initial=0.0))
    data = positions.astype(np.float64)
    if low.shape != (3,) or high.shape != (3,) or not np.isfinite(data).all():
        return
    off = max(float(np.abs(data.min(axis=0) - low).max()), float(np.abs(data.max(axis=0) - high).max()))
    if off > _EXTENT_TOLERANCE * size + 1e-6:
        found = " × ".join(f"{value:.4g}" for value in np.ptp(data, axis=0))
        wanted = " × ".join(f"{value:.4g}" for value in high - low)
        raise SourceError("scan.extent_differs", file=source.shown, stated=wanted, found=found)


def _normalised(source: Source, accessor: int, data: NDArray[np.generic]) -> Floats:
    stated = source.json["accessors"][accessor]
    values = data.astype(np.float64)
    if not stated.get("normalized"):
        return values
    largest = _LARGEST[stated["componentType"]]
    return np.maximum(values / largest, -1.0)


def _moved(part: _Primitive, matrix: Floats) -> _Primitive:
    linear = matrix[:3, :3]
    faces = part.faces
    if np.linalg.det(linear) < 0:
        faces = faces[:, ::-1]
    normals = part.normals
    if normals is not None:
        normals = normals @ np.linalg.pinv(linear)
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        normals = normals / np.where(length > 0, length, 1)
    return _Primitive(
        vertices=part.vertices @ linear.T + matrix[:3, 3],
        faces=faces, normals=normals, colors=part.colors, uv=part.uv, material=part.material,
    )  # fmt: skip


def _joined(parts: list[_Primitive], materials: tuple[Material, ...]) -> Mesh:
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    keep_normals = all(part.normals is not None for part in parts)
    # Index -1 (no material named) means the default one, kept last.
    numbers = [part.material if 0 <= part.material < len(materials) - 1 else len(materials) - 1 for part in parts]
    has_colors, has_uv = any(p.colors is not None for p in parts), any(p.uv is not None for p in parts)
    white = np.full(4, 255, np.uint8)
    return Mesh(
        vertices_mm=np.concatenate([part.vertices for part in parts]),
        faces=np.concatenate([p.faces + start for p, start in zip(parts, starts, strict=False)]).astype(np.int32),
        normals=np.concatenate([p.normals for p in parts if p.normals is not None]) if keep_normals else None,
        colors=np.concatenate(
            [p.colors if p.colors is not None else np.tile(white, (len(p.vertices), 1)) for p in parts]
        )
        if has_colors
        else None,
        uv=np.concatenate([p.uv if p.uv is not None else np.zeros((len(p.vertices), 2)) for p in parts])
        if has_uv
        else None,
        materials=materials,
        face_material=np.repeat(numbers, [len(part.faces) for part in parts]).astype(np.int32),
        up_axis="Y",
    )
