"""Materials of glTF 2.0 (§3.9): factors and the pictures they use."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from museum.errors import SourceError
from museum.geometry import basis, gltf_header, signatures
from museum.geometry.gltf_source import Source
from museum.geometry.mesh import STONE, Floats, Material, Picture


def read(source: Source) -> tuple[Material, ...]:
    """All materials of the document in order, and last the one of primitives that name none."""
    stated = source.json.get("materials") or []
    try:
        return (*(_material(source, item) for item in stated), Material(is_stated=False))
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise SourceError("scan.bad_gltf", file=source.shown, where="materials") from error


def texture_place(json: Mapping[str, Any], material: int) -> tuple[int, Floats]:
    """(number of the TEXCOORD set, (3, 3) matrix) of a material's first texture (KHR_texture_transform)."""
    materials = json.get("materials") or []
    if not 0 <= material < len(materials):
        return 0, np.eye(3)
    item = materials[material]
    rough = item.get("pbrMetallicRoughness") or {}
    place = rough.get("baseColorTexture") or rough.get("metallicRoughnessTexture") or item.get("normalTexture") or {}
    moved = (place.get("extensions") or {}).get("KHR_texture_transform") or {}
    turn = float(moved.get("rotation", 0.0))
    (sx, sy), (ox, oy) = moved.get("scale", (1, 1)), moved.get("offset", (0, 0))
    sine, cosine = math.sin(turn), math.cos(turn)
    matrix = np.array([[cosine * sx, sine * sy, ox], [-sine * sx, cosine * sy, oy], [0, 0, 1]], np.float64)
    return int(moved.get("texCoord", place.get("texCoord", 0))), matrix


def _material(source: Source, item: Mapping[str, Any]) -> Material:
    rough = item.get("pbrMetallicRoughness") or {}
    gloss = (item.get("extensions") or {}).get("KHR_materials_pbrSpecularGlossiness") or {}
    factor = rough.get("baseColorFactor") or gloss.get("diffuseFactor")
    texture = _picture(source, rough.get("baseColorTexture") or gloss.get("diffuseTexture"))
    is_stated = factor is not None or texture is not None
    red, green, blue, alpha = (float(v) for v in (factor or ((1, 1, 1, 1) if is_stated else STONE)))
    return Material(
        name=str(item.get("name", "")),
        base_color=(red, green, blue, alpha),
        metallic=float(rough.get("metallicFactor", 0.0 if gloss or not rough else 1.0)),
        roughness=float(rough.get("roughnessFactor", 0.6 if gloss else 1.0)),
        base_texture=texture,
        normal_texture=_picture(source, item.get("normalTexture")),
        surface_texture=_picture(source, rough.get("metallicRoughnessTexture")),
        occlusion_texture=_picture(source, item.get("occlusionTexture")),
        is_stated=is_stated,
    )


def _picture(source: Source, place: Mapping[str, Any] | None) -> Picture | None:
    if not place:
        return None
    texture = source.json["textures"][place["index"]]
    extensions = texture.get("extensions") or {}
    index = (extensions.get("EXT_texture_webp") or {}).get("source", texture.get("source"))
    if index is None:
        index = (extensions.get("KHR_texture_basisu") or {}).get("source")
    if index is None:
        return None
    image = source.json["images"][index]
    uri = image.get("uri")
    if uri is None:
        data = source.view(image["bufferView"])
    elif uri.startswith("data:"):
        data = gltf_header.data_uri(uri, source.shown)
    else:
        part = source.document.references.get(uri)
        if part is None:  # missing, and the scan is salvaged
            return None
        data = part.read_bytes()
    kind = signatures.media_type(data)
    if kind:
        return Picture(data=data, media_type=kind)
    try:
        if data.startswith(basis.KTX2):
            return basis.decoded(data, shown=source.shown, pixel_limit=source.workspace.limits.texture_pixels)
        raise SourceError("scan.bad_texture", file=source.shown, reason="JPEG, PNG, WebP, KTX2")
    except SourceError as error:
        _refuse(source, error)
    return None


def _refuse(source: Source, error: SourceError) -> None:
    """Raise `error`; where the scan is salvaged, only count the picture as left out."""
    if not source.workspace.salvage:
        raise error
    source.workspace.drop("textures", 1)
