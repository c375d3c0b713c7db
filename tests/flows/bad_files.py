"""Bad files as museums really bring them, each written by hand so that the test says what is wrong with it."""

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import DracoPy
import numpy as np
from PIL import Image

from tests.geometry.shapes import CUBE_FACES, CUBE_POINTS, ply_text, stl_binary

Write = Callable[[Path], str]


def photograph(*, kind: str = "JPEG", size: tuple[int, int] = (96, 64), seed: int = 1) -> bytes:
    """A picture of noise, so that every byte of it matters."""
    room = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(room, kind)
    return room.getvalue()


def _file(name: str, data: bytes | str) -> Write:
    def write(folder: Path) -> str:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return name

    return write


def _missing(_: Path) -> str:
    return "Ảnh chưa chép.jpg"


def _renamed(folder: Path) -> str:
    _file("76-AD-34 mặt trước.jpg", photograph(seed=2))(folder)
    return "76.AD.34 mặt trước.jpg"


def _lying_size(*, width: int, height: int, seed: int) -> bytes:
    data = photograph(seed=seed)
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def _corrupt() -> bytes:
    data = bytearray(photograph(kind="PNG", seed=5))
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    return bytes(data)


def _bomb() -> bytes:
    """4 billion pixels in a few hundred kilobytes: declared, and really there."""
    import zlib

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    side = 65_000
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    body = b"".join(packer.compress(row) for _ in range(2_000)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _draco_zeros() -> bytes:
    """A GLB whose Draco stream decodes without complaint into vertices that all are zero, as with a missing decoder."""
    stream = DracoPy.encode(np.zeros((8, 3), np.float32), CUBE_FACES.astype(np.uint32), preserve_order=True)
    stream += bytes(-len(stream) % 4)
    accessors = [
        {"componentType": 5125, "count": CUBE_FACES.size, "type": "SCALAR"},
        {"componentType": 5126, "count": 8, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 1]},
    ]
    primitive = {
        "attributes": {"POSITION": 1},
        "indices": 0,
        "extensions": {"KHR_draco_mesh_compression": {"bufferView": 0, "attributes": {"POSITION": 0}}},
    }
    return _glb(
        {
            "asset": {"version": "2.0"},
            "extensionsUsed": ["KHR_draco_mesh_compression"],
            "extensionsRequired": ["KHR_draco_mesh_compression"],
            "buffers": [{"byteLength": len(stream)}],
            "bufferViews": [{"buffer": 0, "byteLength": len(stream)}],
            "accessors": accessors,
            "meshes": [{"primitives": [primitive]}],
            "nodes": [{"mesh": 0}],
            "scenes": [{"nodes": [0]}],
            "scene": 0,
        },
        stream,
    )


def _glb(body: dict[str, Any], binary: bytes) -> bytes:
    text = json.dumps(body).encode()
    text += b" " * (-len(text) % 4)
    length = 12 + 8 + len(text) + 8 + len(binary)
    head = struct.pack("<4sII", b"glTF", 2, length) + struct.pack("<I4s", len(text), b"JSON") + text
    return head + struct.pack("<I4s", len(binary), b"BIN\0") + binary


def _nan_vertices() -> str:
    points = CUBE_POINTS.copy()
    points[3, 1] = np.nan
    return ply_text(points)


def _mtl_traversal(folder: Path) -> str:
    (folder.parent / "bí mật.png").write_bytes(photograph(kind="PNG", seed=9))
    _file("tượng/vat-lieu.mtl", "newmtl da\nmap_Kd ../../bí mật.png\n")(folder)
    rows = "".join(f"v {x} {y} {z}\n" for x, y, z in CUBE_POINTS) + "usemtl da\n"
    rows += "".join(f"f {a + 1} {b + 1} {c + 1}\n" for a, b, c in CUBE_FACES)
    return _file("tượng/tượng.obj", f"mtllib vat-lieu.mtl\n{rows}")(folder)


def _gltf_traversal(folder: Path) -> str:
    (folder.parent / "mat.bin").write_bytes(CUBE_POINTS.astype("<f4").tobytes())
    body = {
        "asset": {"version": "2.0"},
        "buffers": [{"uri": "../mat.bin", "byteLength": 96}],
        "bufferViews": [{"buffer": 0, "byteLength": 96}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "mode": 0}]}],
        "nodes": [{"mesh": 0}],
        "scenes": [{"nodes": [0]}],
    }
    return _file("bia.gltf", json.dumps(body))(folder)


# What is wrong → how to write the file (gives what the table says of it), and the code of the report line.
BAD_FILES: dict[str, tuple[Write, str]] = {
    "missing": (_missing, "ingest.file_missing"),
    "renamed": (_renamed, "ingest.file_missing_near"),
    "wrong extension": (_file("ảnh.jpg", photograph(kind="PNG", seed=3)), "ingest.wrong_extension"),
    "truncated image": (_file("cụt.jpg", photograph(seed=4)[:-3000]), "image."),
    "corrupt image": (_file("hỏng.png", _corrupt()), "image.corrupt"),
    "zero bytes": (_file("rỗng.jpg", b""), "ingest.empty_file"),
    "image header that lies": (_file("dối.jpg", _lying_size(width=96, height=900, seed=6)), "image."),
    "decompression bomb": (_file("bom.png", _bomb()), "image.too_large"),
    "truncated mesh": (_file("cụt.stl", stl_binary()[:-70]), "scan."),
    "mesh header that lies": (_file("dối.ply", ply_text(count=2_000_000_000)), "scan."),
    "mesh of noise": (_file("hỏng.glb", b"glTF" + np.random.default_rng(7).bytes(4000)), "scan."),
    "vertices that are no numbers": (_file("nan.ply", _nan_vertices()), "scan."),
    "Draco with all vertices at zero": (_file("draco.glb", _draco_zeros()), "scan."),
    "MTL that leaves the folder": (_mtl_traversal, "ingest.part_outside"),
    "glTF that leaves the folder": (_gltf_traversal, "ingest.part_outside"),
    "path that leaves the folder": (lambda _: "../../etc/passwd", "ingest.path_outside"),
    "not a film": (_file("phim.mp4", b"\0\0\0\x18ftypmp42" + bytes(400)), "av."),
    "not a PDF": (_file("bài.pdf", b"%PDF-1.7\n" + bytes(300)), "document."),
}
