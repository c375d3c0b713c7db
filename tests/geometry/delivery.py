"""A ball as contractors deliver photogrammetry: three materials, each with a picture, and rubbish beside its charts."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from museum.geometry.mesh import Floats, Ints, Material, Mesh, Picture
from tests.geometry.shapes import sphere

TONES = ((200, 60, 40), (60, 170, 70), (50, 80, 190))
DARKER = 0.5  # the picture's right half
RUBBISH = (255, 0, 255)


def sheet(tone: tuple[int, int, int], *, side: int = 512, kind: str = "PNG") -> Picture:
    """A disc of a colour, darker to the right, on a ground that must never be seen."""
    rows, columns = np.mgrid[0:side, 0:side] / (side - 1.0) * 2 - 1
    pixels = np.where((columns > 0)[..., None], np.array(tone) * DARKER, np.array(tone))
    pixels[rows**2 + columns**2 > 0.82**2] = RUBBISH
    room = io.BytesIO()
    Image.fromarray(np.rint(pixels).astype(np.uint8)).save(room, kind, quality=95)
    return Picture(data=room.getvalue(), media_type=f"image/{kind.lower()}")


def ball(*, rings: int = 90) -> Mesh:
    """100 mm in three bands, each under a picture of its own as it is seen from above."""
    whole = sphere(rings=rings)
    height = whole.vertices_mm[whole.faces].mean(axis=1)[:, 1]
    owner = np.digitize(height, [-15.0, 15.0]).astype(np.int64)
    kinds, faces = np.unique(whole.faces * 3 + owner[:, None], return_inverse=True)
    points = whole.vertices_mm[kinds // 3]
    return replace(
        whole, vertices_mm=points, faces=faces.reshape(-1, 3).astype(np.int32), uv=points[:, [0, 2]] / 125 + 0.5,
        materials=tuple(Material(name=f"mảng {n}", base_color=(1, 1, 1, 1), base_texture=sheet(t)) for n, t in
                        enumerate(TONES)),
        face_material=owner.astype(np.int32),
    )  # fmt: skip


def tones_at(points: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """((k, 3) what `ball` shows at points on it, (k,) whether they lie clearly within one of its fields)."""
    x, y = points[:, 0], points[:, 1]
    shown = np.array(TONES, np.float64)[np.digitize(y, [-15.0, 15.0])] * np.where(x > 0, DARKER, 1.0)[:, None]
    return shown, (np.abs(x) > 2.5) & (np.abs(np.abs(y) - 15) > 2.5)


def as_obj(mesh: Mesh, folder: Path) -> Path:
    """The OBJ, its MTL and its pictures; gives the OBJ."""
    assert mesh.uv is not None
    library = []
    for number, material in enumerate(mesh.materials):
        assert material.base_texture is not None
        (folder / f"ảnh {number}.png").write_bytes(material.base_texture.data)
        library.append(f"newmtl mảng{number}\nKd 1 1 1\nmap_Kd ảnh {number}.png\n")
    (folder / "tượng.mtl").write_text("".join(library), "utf-8")
    rows = ["mtllib tượng.mtl"]
    rows += [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in mesh.vertices_mm]
    rows += [f"vt {u:.6f} {1 - v:.6f}" for u, v in mesh.uv]
    for number in range(len(mesh.materials)):
        rows.append(f"usemtl mảng{number}")
        own: Ints = mesh.faces[mesh.face_material == number] + 1
        rows += [f"f {a}/{a} {b}/{b} {c}/{c}" for a, b, c in own]
    (folder / "tượng.obj").write_text("\n".join(rows) + "\n", "utf-8")
    return folder / "tượng.obj"
