"""Small solids and files written by hand, so that each test says what its scan holds."""

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from museum.geometry.mesh import Floats, Mesh, Picture

CUBE_POINTS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float64)
CUBE_FACES = np.array(
    [
        [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
        [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
    ],
    np.int32,
)  # fmt: skip


def sphere(*, radius: float = 50.0, rings: int = 40, move: float = 0.0) -> Mesh:
    """A closed UV sphere in millimetres, its poles along Y, moved along X."""
    height = np.linspace(0, np.pi, rings + 1)[1:-1]
    turn = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)
    a, b = np.meshgrid(height, turn, indexing="ij")
    body = np.stack([np.sin(a) * np.cos(b), np.cos(a), np.sin(a) * np.sin(b)], axis=2).reshape(-1, 3)
    points = np.concatenate([body, [[0, 1, 0], [0, -1, 0]]]) * radius + [move, 0, 0]
    wide, top, bottom = 2 * rings, len(body), len(body) + 1
    faces = []
    for j in range(wide):
        k = (j + 1) % wide
        faces += [[top, k, j], [bottom, (rings - 2) * wide + j, (rings - 2) * wide + k]]
        for i in range(rings - 2):
            p, q, r, s = i * wide + j, i * wide + k, (i + 1) * wide + j, (i + 1) * wide + k
            faces += [[p, q, s], [p, s, r]]
    return Mesh(vertices_mm=points, faces=np.array(faces, np.int32), has_scale=True, up_axis="Y")


def picture(color: tuple[int, int, int] = (200, 40, 30), *, side: int = 8, kind: str = "PNG") -> Picture:
    """A picture of one colour."""
    room = io.BytesIO()
    Image.new("RGB", (side, side), color).save(room, kind)
    return Picture(data=room.getvalue(), media_type=f"image/{kind.lower()}")


def ply_text(
    points: Floats = CUBE_POINTS, faces: "np.ndarray[Any, Any]" = CUBE_FACES, *, count: int | None = None
) -> str:
    """An ASCII PLY, with a header that may lie about the number of vertices."""
    head = f"ply\nformat ascii 1.0\nelement vertex {len(points) if count is None else count}\n"
    head += "property float x\nproperty float y\nproperty float z\n"
    head += f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    rows = [" ".join(map(str, p)) for p in points] + ["3 " + " ".join(map(str, f)) for f in faces]
    return head + "\n".join(rows) + "\n"


def ply_binary(*, order: str = "<", count: int | None = None) -> bytes:
    """A binary PLY cube with colours."""
    name = "binary_little_endian" if order == "<" else "binary_big_endian"
    head = f"ply\nformat {name} 1.0\nelement vertex {8 if count is None else count}\n"
    head += "property float x\nproperty float y\nproperty float z\n"
    head += "property uchar red\nproperty uchar green\nproperty uchar blue\n"
    head += "element face 12\nproperty list uchar int vertex_indices\nend_header\n"
    body = b"".join(struct.pack(order + "3f3B", *p, 200, 100, 50) for p in CUBE_POINTS)
    body += b"".join(struct.pack(order + "B3i", 3, *(int(i) for i in f)) for f in CUBE_FACES)
    return head.encode() + body


def stl_binary(*, faces: int | None = None) -> bytes:
    """A binary STL cube, with a facet count that may lie."""
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *CUBE_POINTS[f].ravel(), 0) for f in CUBE_FACES)
    return bytes(80) + struct.pack("<I", 12 if faces is None else faces) + body


def stl_text() -> str:
    """An ASCII STL cube."""
    rows = ["solid cube"]
    for face in CUBE_FACES:
        corners = "\n".join("vertex " + " ".join(map(str, CUBE_POINTS[i])) for i in face)
        rows.append(f"facet normal 0 0 0\nouter loop\n{corners}\nendloop\nendfacet")
    return "\n".join([*rows, "endsolid cube", ""])


OBJ_TEXT = (
    "mtllib tượng.mtl\n"
    + "".join(f"v {x} {y} {z}\n" for x, y, z in CUBE_POINTS)
    + "vt 0 0\nvt 1 0\nvt 1 1\nusemtl gốm\n"
    + "".join(f"f {a + 1}/1 {b + 1}/2 {c + 1}/3\n" for a, b, c in CUBE_FACES)
)


def obj_folder(folder: Path, *, texture: str = "men ngọc.png", mtl: str | None = None) -> Path:
    """An OBJ with its MTL and texture, names in Vietnamese with a space."""
    (folder / "men ngọc.png").write_bytes(picture().data)
    (folder / "tượng.mtl").write_text(mtl or f"newmtl gốm\nKd 1 1 1\nmap_Kd {texture}\n", "utf-8")
    (folder / "tượng.obj").write_text(OBJ_TEXT, "utf-8")
    return folder / "tượng.obj"


def gltf_json() -> dict[str, Any]:
    """The document of a one-triangle-set cube: 8 float vertices and 36 short indices in one buffer."""
    return {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 1]},
            {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 96},
            {"buffer": 0, "byteOffset": 96, "byteLength": 72},
        ],
        "buffers": [{"byteLength": 168}],
    }


CUBE_BUFFER = CUBE_POINTS.astype("<f4").tobytes() + CUBE_FACES.astype("<u2").tobytes()


def glb(document: dict[str, Any] | None = None, buffer: bytes = CUBE_BUFFER, *, length: int | None = None) -> bytes:
    """A GLB of the document, with a total length that may lie."""
    text = json.dumps(document or gltf_json()).encode()
    text += b" " * (-len(text) % 4)
    total = 28 + len(text) + len(buffer)
    head = b"glTF" + struct.pack("<II", 2, total if length is None else length)
    return head + struct.pack("<I", len(text)) + b"JSON" + text + struct.pack("<I", len(buffer)) + b"BIN\0" + buffer
