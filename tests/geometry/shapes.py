"""Small solids and files written by hand, so that each test says what its scan holds."""

import io
import json
import struct
import zipfile
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


def dae_text(*, values: str = "", faces: "np.ndarray[Any, Any]" = CUBE_FACES, unit: str = "0.01", axis: str = "Z_UP",
             node: str = "", extra: str = "", image: str = "") -> str:  # fmt: skip
    """A COLLADA cube in centimetres, Z up; `values` in place of its coordinates, `node` its transformation."""
    values = values or " ".join(str(v) for v in CUBE_POINTS.ravel())
    corners = " ".join(str(i) for i in faces.ravel())
    images = f"<library_images><image id='ảnh'><init_from>{image}</init_from></image></library_images>" if image else ""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
<asset><unit name="đơn vị" meter="{unit}"/><up_axis>{axis}</up_axis></asset>{images}{extra}
<library_geometries><geometry id="khối"><mesh>
<source id="chỗ"><float_array id="số" count="{len(values.split())}">{values}</float_array>
<technique_common><accessor source="#số" count="{len(values.split()) // 3}" stride="3"/></technique_common></source>
<vertices id="đỉnh"><input semantic="POSITION" source="#chỗ"/></vertices>
<triangles count="{len(faces)}" material="men"><input semantic="VERTEX" source="#đỉnh" offset="0"/><p>{corners}</p>
</triangles></mesh></geometry></library_geometries>
<library_visual_scenes><visual_scene id="cảnh"><node id="nút">{node}<instance_geometry url="#khối"/></node>
</visual_scene></library_visual_scenes><scene><instance_visual_scene url="#cảnh"/></scene></COLLADA>"""


THREEMF_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    'Target="/3D/3dmodel.model" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>'
)


def threemf_model(*, unit: str = "millimeter", faces: "np.ndarray[Any, Any]" = CUBE_FACES, resources: str = "",
                  triangle: str = "", item: str = "", more: str = "") -> str:  # fmt: skip
    """A 3MF model of the cube; `resources` stand before its object, `triangle` are attributes of each triangle."""
    points = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in CUBE_POINTS)
    corners = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}" {triangle}/>' for a, b, c in faces)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><model unit="{unit}" '
        'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02" '
        'xmlns:m="http://schemas.microsoft.com/3dmanufacturing/material/2015/02">'
        f'<resources>{resources}<object id="1" type="model"><mesh><vertices>{points}</vertices>'
        f"<triangles>{corners}</triangles></mesh></object>{more}</resources>"
        f"<build>{item or '<item objectid=' + chr(34) + '1' + chr(34) + '/>'}</build></model>"
    )


def threemf(model: str, *, others: dict[str, bytes] | None = None) -> bytes:
    """The package around a 3MF model."""
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("_rels/.rels", THREEMF_RELS)
        package.writestr("3D/3dmodel.model", model)
        for name, data in (others or {}).items():
            package.writestr(name, data)
    return room.getvalue()


def off_text(*, faces: "np.ndarray[Any, Any]" = CUBE_FACES, word: str = "OFF", count: int = 8, after: str = "") -> str:
    """An OFF cube; `after` stands behind each vertex (a colour)."""
    rows = [f"{x} {y} {z} {after}" for x, y, z in CUBE_POINTS] + ["3 " + " ".join(map(str, f)) for f in faces]
    return f"{word}\n# khối\n{count} {len(faces)} 0\n" + "\n".join(rows) + "\n"
