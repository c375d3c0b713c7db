"""The model for a room (AR) as USDZ, which Quick Look opens: a .usda and its pictures in a stored zip, aligned to 64.

OpenUSD: "Usdz File Format Specification" (stored, unencrypted, data at multiples of 64 bytes, layer first) and
"UsdPreviewSurface Specification". Metres, Y up, the foot at 0.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt, texture
from museum.geometry.labelling import LAYER, header, packed, unpacked
from museum.geometry.mesh import Floats, Ints, Material, Mesh, Picture, shown_materials
from museum.geometry.room_glb import stood

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}
_SLOTS = (
    ("diffuseColor", "base_texture", "rgb", "color3f", "sRGB"),
    ("normal", "normal_texture", "rgb", "normal3f", "raw"),
    ("roughness", "surface_texture", "g", "float", "raw"),
    ("metallic", "surface_texture", "b", "float", "raw"),
    ("occlusion", "occlusion_texture", "r", "float", "raw"),
)


def write_usdz(mesh: Mesh, out: Path, *, texture_px: int) -> int:
    """Write a mesh that has scale to `out` (replaced atomically); gives its size in bytes."""
    materials = shown_materials(mesh)
    used = sorted({int(number) for number in mesh.face_material})
    files: dict[str, bytes] = {}
    names: dict[int, str] = {}
    for number in used:
        for _, slot, *_ in _SLOTS:
            picture: Picture | None = getattr(materials[number], slot)
            if picture is not None and hash(picture.data) not in names:
                ready = texture.shrunk(picture, max_px=texture_px, is_data=slot != "base_texture")
                name = f"textures/{len(files)}.{_ENDINGS[ready.media_type]}"
                names[hash(picture.data)], files[name] = name, ready.data
    layer = "".join(_layer(mesh, materials, used, names))
    data = packed({LAYER: layer.encode(), **files})
    working = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        working.write_bytes(data)
        working.replace(out)
    finally:
        working.unlink(missing_ok=True)
    return len(data)


def surface_of(data: bytes) -> tuple[Floats, Ints]:
    """(points (n, 3) in metres, faces (m, 3)) of a USDZ of ours, read back from its layer."""
    layer = unpacked(data)[LAYER].decode()

    def numbers(name: str) -> str:
        start = layer.index(f"{name} = [") + len(name) + 4
        return layer[start : layer.index("]", start)].replace("(", "").replace(")", "")

    points = np.array(numbers("point3f[] points").split(","), np.float64).reshape(-1, 3)
    return points, np.array(numbers("int[] faceVertexIndices").split(","), np.int32).reshape(-1, 3)


def _layer(mesh: Mesh, materials: tuple[Material, ...], used: list[int], names: Mapping[int, str]) -> Iterable[str]:
    points, normals = stood(mesh)
    faces, kept, st, how = mesh.faces, np.arange(len(points)), mesh.uv, "vertex"
    columns = points if normals is None else np.concatenate([points, normals], axis=1)
    own, places = meshopt.merge_rows(columns + 0.0)
    if len(own) < len(points) / 2:  # a layout by triangle has each point many times: only the picture needs that
        faces, kept, how = places[mesh.faces].astype(np.int32), own, "faceVarying"
        st = None if mesh.uv is None else mesh.uv[mesh.faces.ravel()]
    yield header({})
    yield '\ndef Xform "Object" (\n    kind = "component"\n)\n{\n'
    yield '    def Mesh "Surface" (\n        prepend apiSchemas = ["MaterialBindingAPI"]\n    )\n    {\n'
    yield "        uniform bool doubleSided = 1\n"
    low, high = points.min(axis=0), points.max(axis=0)
    yield f"        float3[] extent = [{_triples(np.stack([low, high]))}]\n"
    yield f"        int[] faceVertexCounts = [{', '.join(['3'] * len(faces))}]\n"
    yield f"        int[] faceVertexIndices = [{_numbers(faces)}]\n"
    if normals is not None:
        yield f"        normal3f[] normals = [{_triples(normals[kept], 4)}] (\n"
        yield '            interpolation = "vertex"\n        )\n'
    yield f"        point3f[] points = [{_triples(points[kept])}]\n"
    if st is not None:
        turned = np.stack([st[:, 0], 1 - st[:, 1]], axis=1)  # USD counts upwards
        yield f"        texCoord2f[] primvars:st = [{_pairs(turned)}] (\n"
        yield f'            interpolation = "{how}"\n        )\n'
    yield '        uniform token subdivisionScheme = "none"\n'
    if len(used) == 1:
        yield f"        rel material:binding = </Object/Materials/M{used[0]}>\n"
    else:
        yield '        uniform token subsetFamily:materialBind:familyType = "partition"\n'
        for number in used:
            chosen = ", ".join(map(str, np.flatnonzero(mesh.face_material == number).tolist()))
            yield f'        def GeomSubset "Part{number}" (\n            prepend apiSchemas = ["MaterialBindingAPI"]\n'
            yield '        )\n        {\n            uniform token elementType = "face"\n'
            yield '            uniform token familyName = "materialBind"\n'
            yield f"            int[] indices = [{chosen}]\n"
            yield f"            rel material:binding = </Object/Materials/M{number}>\n        }}\n"
    yield '    }\n\n    def Scope "Materials"\n    {\n'
    for number in used:
        yield from _material(number, materials[number], names)
    yield "    }\n}\n"


def _material(number: int, material: Material, names: Mapping[int, str]) -> Iterable[str]:
    path = f"/Object/Materials/M{number}"
    red, green, blue, alpha = material.base_color
    plain = {"diffuseColor": f"({red:.5g}, {green:.5g}, {blue:.5g})", "roughness": f"{material.roughness:.4g}",
             "metallic": f"{material.metallic:.4g}"}  # fmt: skip
    yield f'        def Material "M{number}"\n        {{\n'
    yield f"            token outputs:surface.connect = <{path}/Surface.outputs:surface>\n\n"
    yield '            def Shader "Surface"\n            {\n'
    yield '                uniform token info:id = "UsdPreviewSurface"\n'
    textures = []
    for name, slot, channel, kind, space in _SLOTS:
        picture: Picture | None = getattr(material, slot)
        if picture is not None:
            yield f"                {kind} inputs:{name}.connect = <{path}/{name}.outputs:{channel}>\n"
            textures.append((name, names[hash(picture.data)], channel, space))
        elif name in plain:
            yield f"                {kind} inputs:{name} = {plain[name]}\n"
    if alpha < 1:
        yield f"                float inputs:opacity = {alpha:.4g}\n"
    yield "                token outputs:surface\n            }\n"
    if textures:
        yield '\n            def Shader "st"\n            {\n'
        yield '                uniform token info:id = "UsdPrimvarReader_float2"\n'
        yield '                string inputs:varname = "st"\n                float2 outputs:result\n            }\n'
    for name, file, channel, space in textures:
        yield from _texture(path, name, file, channel, space, material)
    yield "        }\n"


def _texture(path: str, name: str, file: str, channel: str, space: str, material: Material) -> Iterable[str]:
    yield f'\n            def Shader "{name}"\n            {{\n                uniform token info:id = "UsdUVTexture"\n'
    yield f"                asset inputs:file = @{file}@\n"
    yield f'                token inputs:sourceColorSpace = "{space}"\n'
    yield f"                float2 inputs:st.connect = <{path}/st.outputs:result>\n"
    yield '                token inputs:wrapS = "repeat"\n                token inputs:wrapT = "repeat"\n'
    if name == "normal":
        yield "                float4 inputs:scale = (2, 2, 2, 1)\n"
        yield "                float4 inputs:bias = (-1, -1, -1, 0)\n"
    elif name == "diffuseColor":
        yield f"                float4 inputs:scale = ({', '.join(f'{v:.5g}' for v in material.base_color)})\n"
    elif name in ("roughness", "metallic"):
        factor = material.roughness if name == "roughness" else material.metallic
        yield f"                float4 inputs:scale = ({', '.join([f'{factor:.4g}'] * 4)})\n"
    kind = "float3" if channel == "rgb" else "float"
    yield f"                {kind} outputs:{channel}\n            }}\n"


def _numbers(faces: NDArray[np.integer]) -> str:
    return ", ".join(map(str, faces.ravel().tolist()))


def _triples(rows: Floats, digits: int = 6) -> str:
    form = f"(%.{digits}g, %.{digits}g, %.{digits}g)"
    return ", ".join(map(form.__mod__, map(tuple, rows.tolist())))


def _pairs(rows: Floats) -> str:
    return ", ".join(map("(%.5f, %.5f)".__mod__, map(tuple, rows.tolist())))
