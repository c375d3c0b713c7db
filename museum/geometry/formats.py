"""PLY, STL and OBJ through trimesh's loaders (the only importer of trimesh), without its merging of vertices."""

import io
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from trimesh.exchange.obj import load_obj
from trimesh.exchange.ply import load_ply
from trimesh.exchange.stl import load_stl

from museum.errors import SourceError
from museum.geometry import color, gltf_materials, obj_header
from museum.geometry.mesh import Bytes, Floats, Ints, Material, Mesh, Picture


def read(path: Path, *, format_name: str, references: Mapping[str, Path], shown: str) -> Mesh:
    """The mesh or point cloud of a PLY, STL or OBJ file in its own units; raises SourceError when unreadable."""
    try:
        if format_name == "ply":
            return _ply(path, references)
        if format_name == "stl":
            return _stl(path)
        return _obj(path, references, shown)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
        reason = f"{type(error).__name__}: {error}"[:160]
        raise SourceError("scan.bad_content", file=shown, reason=reason) from error


def _stl(path: Path) -> Mesh:
    with path.open("rb") as file:
        loaded = load_stl(file)
    if "geometry" in loaded:  # text STL with several solids
        loaded = _stacked(list(loaded["geometry"].values()))
    return Mesh(vertices_mm=_vertices(loaded), faces=_faces(loaded))


def _stacked(solids: list[dict[str, Any]]) -> dict[str, Any]:
    starts = np.cumsum([0, *(len(solid["vertices"]) for solid in solids)])
    return {
        "vertices": np.concatenate([solid["vertices"] for solid in solids]),
        "faces": np.concatenate([solid["faces"] + start for solid, start in zip(solids, starts, strict=False)]),
    }


def _ply(path: Path, references: Mapping[str, Path]) -> Mesh:
    with path.open("rb") as file:
        loaded = load_ply(file, skip_materials=True)
    vertices = _vertices(loaded)
    uv = getattr(loaded.get("visual"), "uv", None)
    texture = next((_picture(part) for part in references.values()), None) if uv is not None else None
    colors = _colors(loaded.get("vertex_colors"), len(vertices))
    material = Material(is_stated=False)
    if texture is not None:
        material = Material(base_color=(1, 1, 1, 1), base_texture=texture, roughness=0.8)
    return Mesh(
        vertices_mm=vertices,
        faces=_faces(loaded),
        normals=_unit(loaded.get("vertex_normals"), len(vertices)),
        colors=colors,
        uv=None if uv is None else _flipped(uv),
        materials=(material,),
    )


def _obj(path: Path, references: Mapping[str, Path], shown: str) -> Mesh:
    stated: dict[str, dict[str, str | tuple[float, ...]]] = {}
    for part in references.values():
        if not _is_picture(part):
            stated.update(obj_header.parse_mtl(obj_header.read_mtl(part, shown)))
    text = path.read_bytes()
    # trimesh gets names only: our own materials keep the encoded texture and never open a file by a foreign path.
    names = "".join(f"newmtl {name}\nKd 1 1 1\n" for name in stated).encode()
    loaded = load_obj(io.BytesIO(text), resolver=defaultdict(lambda: names))
    if "geometry" not in loaded:
        return Mesh(
            vertices_mm=_vertices(loaded),
            faces=np.zeros((0, 3), np.int32),
            colors=_colors(loaded.get("vertex_colors"), len(loaded["vertices"])),
        )
    return _obj_joined(list(loaded["geometry"].values()), stated, references)


def _obj_joined(
    groups: list[dict[str, Any]],
    stated: Mapping[str, Mapping[str, str | tuple[float, ...]]],
    references: Mapping[str, Path],
) -> Mesh:
    names = [str(getattr(getattr(g.get("visual"), "material", None), "name", "") or "") for g in groups]
    used = sorted(set(names))
    materials = tuple(_material(name, stated.get(name), references) for name in used)
    sizes = [len(group["vertices"]) for group in groups]
    starts = np.cumsum([0, *sizes])
    faces = [_faces(group) for group in groups]
    uvs = [getattr(group.get("visual"), "uv", None) for group in groups]
    has_uv = any(uv is not None and len(uv) == size for uv, size in zip(uvs, sizes, strict=True))
    normals = [_unit(group.get("vertex_normals"), size) for group, size in zip(groups, sizes, strict=True)]
    colors = [_colors(group.get("vertex_colors"), size) for group, size in zip(groups, sizes, strict=True)]
    return Mesh(
        vertices_mm=np.concatenate([_vertices(group) for group in groups]),
        faces=np.concatenate([f + s for f, s in zip(faces, starts, strict=False)]).astype(np.int32),
        normals=np.concatenate([n for n in normals if n is not None]) if all(n is not None for n in normals) else None,
        colors=np.concatenate([c for c in colors if c is not None]) if all(c is not None for c in colors) else None,
        uv=np.concatenate(
            [
                _flipped(uv) if uv is not None and len(uv) == size else np.zeros((size, 2))
                for uv, size in zip(uvs, sizes, strict=True)
            ]
        )
        if has_uv
        else None,
        materials=materials,
        face_material=np.repeat([used.index(name) for name in names], [len(f) for f in faces]).astype(np.int32),
    )


def _material(
    name: str, stated: Mapping[str, str | tuple[float, ...]] | None, references: Mapping[str, Path]
) -> Material:
    if stated is None:
        return Material(name=name, is_stated=False)
    texture_name = str(stated.get("map_Kd", ""))
    texture = _picture(references[texture_name]) if texture_name in references else None
    diffuse = stated.get("Kd", ())
    red, green, blue = (1.0, 1.0, 1.0)
    if texture is None and len(diffuse) == 3:
        red, green, blue = (float(v) for v in color.to_linear(np.asarray(diffuse, np.float64)))
    return Material(
        name=name,
        base_color=(red, green, blue, _first(stated.get("d"), 1.0)),
        metallic=_first(stated.get("Pm"), 0.0),
        roughness=_first(stated.get("Pr"), 0.7),
        base_texture=texture,
        is_stated=texture is not None or len(diffuse) == 3,
    )


def _first(value: str | tuple[float, ...] | None, default: float) -> float:
    return float(value[0]) if value else default


def _is_picture(path: Path) -> bool:
    with path.open("rb") as file:
        return gltf_materials.media_type(file.read(16)) != ""


def _picture(path: Path) -> Picture:
    data = path.read_bytes()
    kind = gltf_materials.media_type(data)
    if not kind:
        raise SourceError("scan.bad_texture", file=path.name, reason="JPEG, PNG, WebP")
    return Picture(data=data, media_type=kind)


def _vertices(loaded: Mapping[str, Any]) -> Floats:
    vertices = np.asarray(loaded["vertices"], np.float64)
    if vertices.ndim != 2 or vertices.shape[1] != 3:
        raise ValueError("vertices")
    return vertices


def _faces(loaded: Mapping[str, Any]) -> Ints:
    raw = loaded.get("faces")
    if raw is None or len(raw) == 0:
        return np.zeros((0, 3), np.int32)
    polygons = np.asarray(raw).astype(np.int64)
    if polygons.min() < 0 or polygons.max() >= len(loaded["vertices"]):
        raise SourceError("scan.bad_indices", file="", largest=int(polygons.max()), vertices=len(loaded["vertices"]))
    fans = [polygons[:, [0, i, i + 1]] for i in range(1, polygons.shape[1] - 1)]
    return np.stack(fans, axis=1).reshape(-1, 3).astype(np.int32)


def _unit(normals: NDArray[np.floating] | None, count: int) -> Floats | None:
    if normals is None or len(normals) != count:
        return None
    values = np.asarray(normals, np.float64)
    length = np.linalg.norm(values, axis=1, keepdims=True)
    if not np.isfinite(values).all() or (length == 0).mean() > 0.01:
        return None
    unit: Floats = values / np.where(length > 0, length, 1)
    return unit


def _colors(raw: NDArray[np.generic] | None, count: int) -> Bytes | None:
    if raw is None or len(raw) != count:
        return None
    values = np.asarray(raw)
    if values.dtype == np.uint16:
        values = (values // 257).astype(np.uint8)
    elif values.dtype != np.uint8:
        floats = values.astype(np.float64)
        values = np.rint(np.clip(floats * (255 if floats.max() <= 1.0 else 1), 0, 255)).astype(np.uint8)
    result = np.full((count, 4), 255, np.uint8)
    result[:, : min(4, values.shape[1])] = values[:, :4]
    return result


def _flipped(uv: NDArray[np.floating]) -> Floats:
    """PLY and OBJ count v from the bottom, glTF from the top."""
    values = np.asarray(uv, np.float64)
    return np.stack([values[:, 0], 1.0 - values[:, 1]], axis=1)
