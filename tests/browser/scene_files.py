"""Small models, pictures and sounds made for scenes, and the whole of a manifest that names them."""

import base64
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]
Color = tuple[float, float, float]
_FACES = (((1, 0, 0), (0, 1, 0)), ((0, 1, 0), (0, 0, 1)), ((0, 0, 1), (1, 0, 0)))


def glb(color: Color, *, size: Sequence[float] = (1, 1, 1), is_lit: bool = False, lamp: bool = False) -> bytes:
    """A box around the origin as GLB: one colour (linear), shown as it is or, `is_lit`, under the scene's lights.

    `lamp`: the file brings a green light of its own along.
    """
    points: list[tuple[float, ...]] = []
    normals: list[tuple[float, ...]] = []
    triangles: list[int] = []
    for axis, (u, v) in zip(((0, 0, 1), (1, 0, 0), (0, 1, 0)), _FACES, strict=True):
        for side in (1, -1):
            first = len(points)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                corner = [side * n + a * p + b * q for n, p, q in zip(axis, u, v, strict=True)]
                points.append(tuple(c * s / 2 for c, s in zip(corner, size, strict=True)))
                normals.append(tuple(float(side * n) for n in axis))
            order = (0, 1, 2, 0, 2, 3) if side > 0 else (0, 2, 1, 0, 3, 2)
            triangles += [first + i for i in order]
    data = b"".join(struct.pack("<3f", *p) for p in points) + b"".join(struct.pack("<3f", *n) for n in normals)
    data += struct.pack(f"<{len(triangles)}H", *triangles)
    material: Json = {
        "pbrMetallicRoughness": {"baseColorFactor": [*color, 1], "metallicFactor": 0, "roughnessFactor": 1}
    }
    extensions: Json = {}
    if not is_lit:
        material["extensions"] = {"KHR_materials_unlit": {}}
    document: Json = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}, "indices": 2, "material": 0}]}],
        "materials": [material],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 24, "type": "VEC3",
             "min": [-s / 2 for s in size], "max": [s / 2 for s in size]},
            {"bufferView": 1, "componentType": 5126, "count": 24, "type": "VEC3"},
            {"bufferView": 2, "componentType": 5123, "count": 36, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 288}, {"buffer": 0, "byteOffset": 288, "byteLength": 288},
            {"buffer": 0, "byteOffset": 576, "byteLength": 72},
        ],
        "buffers": [{"byteLength": len(data)}],
    }  # fmt: skip
    if lamp:
        extensions["KHR_lights_punctual"] = {"lights": [{"type": "directional", "color": [0, 1, 0], "intensity": 3}]}
        document["nodes"].append({"extensions": {"KHR_lights_punctual": {"light": 0}}})
        document["scenes"][0]["nodes"].append(1)
        document["extensions"] = extensions
    used = [*(() if is_lit else ("KHR_materials_unlit",)), *extensions]
    if used:
        document["extensionsUsed"] = used
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(data), 0x004E4942) + data
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


def png(rows: Sequence[Sequence[tuple[int, int, int]]]) -> bytes:
    """A picture of these pixels."""
    raw = b"".join(b"\0" + bytes(v for pixel in row for v in pixel) for row in rows)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def hdr(color: Color, *, width: int = 32, height: int = 16) -> bytes:
    """A room of one colour as a Radiance picture, brighter than white."""
    largest = max(color)
    exponent = max(0, int(largest).bit_length())
    pixel = bytes(int(255 * c / 2**exponent) for c in color) + bytes([128 + exponent])
    head = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n".encode()
    return head + pixel * (width * height)


def wav(*, seconds: float = 0.5, rate: int = 8000) -> bytes:
    """A square wave."""
    samples = b"".join(struct.pack("<h", 8000 if (n // 10) % 2 else -8000) for n in range(int(seconds * rate)))
    about = (b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", len(samples))
    head = struct.pack("<4sI4s4sIHHIIHH4sI", *about)
    return head + samples


def as_input(files: Mapping[str, bytes]) -> list[Json]:
    """Files as Playwright's file chooser takes them."""
    kinds = {".glb": "model/gltf-binary", ".png": "image/png", ".json": "application/json"}
    return [
        {"name": name, "mimeType": kinds.get(PurePosixPath(name).suffix, "application/octet-stream"), "buffer": body}
        for name, body in files.items()
    ]


def named(value: Any) -> list[Json]:
    """Every thing of a manifest that is a file to fetch: model, picture, sound, film, light."""
    found: list[Json] = []
    if isinstance(value, dict):
        if value.get("type") in ("Model", "Image", "Audio", "Sound", "Video") and "/" in str(value.get("id", "")):
            found.append(value)
        found += [thing for key, item in value.items() if key != "service" for thing in named(item)]
    elif isinstance(value, list):
        found += [thing for item in value for thing in named(item)]
    return found


def file_name(address: str) -> str:
    """The last part of an address: by it files are found."""
    return unquote(address.split("?")[0].split("#")[0].rsplit("/", 1)[-1])


def data_address(body: bytes, media_type: str) -> str:
    """The bytes as an address of their own."""
    return f"data:{media_type};base64,{base64.b64encode(body).decode()}"
