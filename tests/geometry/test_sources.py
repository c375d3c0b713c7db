"""Readers of scan files: what each format can say arrives, what it lies about is refused, however large it is."""

import math
import struct
import unicodedata
from collections import Counter
from pathlib import Path

import laspy
import numpy as np
import pytest
from trimesh.exchange.load import load_mesh

from museum.errors import BackendError, SourceError
from museum.geometry import edges
from museum.geometry.checks import plausible_unit
from museum.geometry.facts import signed_volume, topology
from museum.geometry.mesh import Mesh
from museum.geometry.scan import inspect
from tests.geometry.shapes import (
    CUBE_POINTS,
    dae_text,
    obj_folder,
    picture,
    sphere,
    threemf,
    threemf_model,
)
from tests.geometry.source_files import POINTS, e57, las, read, written


@pytest.mark.parametrize(("name", "kind"), [("tháp.las", 3), ("tháp.laz", 3), ("tháp 14.laz", 7)])
def test_las_and_laz_keep_places_and_colors(tmp_path: Path, name: str, kind: int) -> None:
    mesh = read(las(tmp_path / name, kind=kind))
    assert mesh.is_point_cloud and mesh.up_axis == "Z"
    assert mesh.colors is not None and mesh.colors[7].tolist() == [200, 100, 50, 255]
    assert mesh.vertices_mm[:, 0].min() >= 559_999.99
    assert mesh.extent == pytest.approx((30, 20, 12), abs=0.1)


def test_las_colors_of_eight_bits_and_none_at_all(tmp_path: Path) -> None:
    narrow = read(las(tmp_path / "a.las", wide=False))
    assert narrow.colors is not None and narrow.colors[0].tolist() == [200, 100, 50, 255]
    assert read(las(tmp_path / "b.las", colored=False)).colors is None


def test_the_unit_of_las_comes_from_its_coordinate_system(tmp_path: Path) -> None:
    path = las(tmp_path / "a.las", points=50)
    assert inspect(path).unit == ""
    for text, unit in (("PROJCS[\"VN-2000\",GEOGCS[\"x\",UNIT[\"degree\",0.0174532925199433]],UNIT[\"metre\",1]]", "m"),
                       ("PROJCS[\"x\",UNIT[\"foot\",0.3048]]", "ft")):  # fmt: skip
        cloud = laspy.read(path)
        cloud.header.vlrs.append(laspy.VLR("LASF_Projection", 2112, "", text.encode() + b"\0"))
        cloud.write(str(tmp_path / "b.las"))
        assert inspect(tmp_path / "b.las").unit == unit
    cloud = laspy.read(path)
    cloud.header.vlrs.append(laspy.VLR("LASF_Projection", 2112, "", b'GEOGCS["WGS 84",UNIT["degree",0.01745]]'))
    cloud.write(str(tmp_path / "c.las"))
    with pytest.raises(SourceError, match=r"scan\.geographic"):
        inspect(tmp_path / "c.las")


def test_scans_of_an_e57_stand_where_their_poses_put_them(tmp_path: Path) -> None:
    facts = inspect(e57(tmp_path / "điện.e57", moved=10.0))
    assert (facts.vertices, facts.unit, facts.is_point_cloud) == (6000, "m", True)
    assert facts.extent == pytest.approx((13, 2, 1), abs=0.05)
    mesh = read(tmp_path / "điện.e57")
    assert mesh.colors is not None and mesh.colors[0].tolist() == [10, 20, 30, 255]


@pytest.mark.parametrize("module", ["laspy", "pye57"])
def test_clouds_without_their_extra_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    path = las(tmp_path / "a.laz", points=9) if module == "laspy" else e57(tmp_path / "a.e57", points=9)
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(BackendError, match=r"museum\[clouds\]") as raised:
        read(path)
    assert raised.value.code == "scan.without_clouds"


@pytest.mark.parametrize("name", POINTS)
def test_points_as_text_however_they_are_written(tmp_path: Path, name: str) -> None:
    mesh = read(written(tmp_path, name, POINTS[name]))
    assert mesh.extent == (1, 2, 3)
    assert len(mesh.vertices_mm) == 3
    assert (mesh.colors is not None) == name.endswith(".pts")


def test_normals_of_points_are_no_colors(tmp_path: Path) -> None:
    rows = "".join(f"{i} {i * i} 0 0.0 0.6 0.8\n" for i in range(9))
    mesh = read(written(tmp_path, "pháp tuyến.xyz", rows))
    assert mesh.colors is None and mesh.normals is not None
    assert mesh.normals[3] == pytest.approx((0, 0.6, 0.8))


def test_colors_of_3mf_groups_and_its_components(tmp_path: Path) -> None:
    resources = '<m:colorgroup id="7"><m:color color="#102030"/><m:color color="#405060FF"/></m:colorgroup>'
    more = (
        '<object id="9" type="model"><components><component objectid="1"/>'
        '<component objectid="1" transform="1 0 0 0 1 0 0 0 1 5 0 0"/></components></object>'
    )
    model = threemf_model(
        unit="inch", resources=resources, triangle='pid="7" p1="0" p2="1" p3="1"', more=more,
        item='<item objectid="9" transform="2 0 0 0 2 0 0 0 2 0 0 0"/>',
    )  # fmt: skip
    path = written(tmp_path, "lắp.3mf", threemf(model))
    mesh = read(path)
    assert mesh.extent == (12, 2, 2)
    assert len(mesh.faces) == 24
    assert mesh.colors is not None
    assert {tuple(c) for c in mesh.colors[np.unique(mesh.faces)].tolist()} == {(16, 32, 48, 255), (64, 80, 96, 255)}
    assert inspect(path).unit == "in"


def test_textures_of_3mf(tmp_path: Path) -> None:
    resources = (
        '<m:texture2d id="5" path="/3D/men.png" contenttype="image/png"/><m:texture2dgroup id="6" texid="5">'
        '<m:tex2coord u="0" v="0"/><m:tex2coord u="1" v="0"/><m:tex2coord u="1" v="1"/></m:texture2dgroup>'
    )
    model = threemf_model(resources=resources, triangle='pid="6" p1="0" p2="1" p3="2"')
    mesh = read(written(tmp_path, "men.3mf", threemf(model, others={"3D/men.png": picture().data})))
    assert mesh.uv is not None and any(m.base_texture for m in mesh.materials)


def test_dae_places_units_and_pictures(tmp_path: Path) -> None:
    (tmp_path / "men ngọc.png").write_bytes(picture().data)
    node = "<translate>10 0 0</translate><rotate>0 0 1 90</rotate><scale>2 1 1</scale>"
    path = written(tmp_path, "bia.dae", dae_text(node=node, image="men%20ng%E1%BB%8Dc.png"))
    facts = inspect(path)
    assert (facts.unit, facts.up_axis, len(facts.file_parts)) == ("cm", "Z", 1)
    assert facts.extent == pytest.approx((1, 2, 1))
    assert inspect(written(tmp_path, "lạ.dae", dae_text(unit="0.5"))).extent == (0.5, 0.5, 0.5)


def test_mixed_polygons_and_wedge_coordinates_of_ply(tmp_path: Path) -> None:
    head = "ply\nformat binary_little_endian 1.0\nelement vertex 8\n"
    head += "property double x\nproperty double y\nproperty double z\n"
    head += "element face 7\nproperty list uchar uint vertex_indices\nend_header\n"
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4)]
    body = b"".join(struct.pack("<3d", *p) for p in CUBE_POINTS)
    body += b"".join(struct.pack("<B4I", 4, *q) for q in quads[:2]) + struct.pack("<B3I", 3, 1, 5, 7)
    body += b"".join(struct.pack("<B4I", 4, *q) for q in quads[2:]) + struct.pack("<B3I", 3, 1, 7, 3)
    mesh = read(written(tmp_path, "lẫn.ply", head.encode() + body))
    assert topology(mesh).is_watertight
    assert abs(signed_volume(mesh)) == pytest.approx(1)
    text = "ply\nformat ascii 1.0\ncomment TextureFile a.png\nelement vertex 4\n"
    text += "property float x\nproperty float y\nproperty float z\n"
    text += "element face 2\nproperty list uchar int vertex_indices\nproperty list uchar float texcoord\nend_header\n"
    text += "0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 2 6 0 0 .5 0 .5 1\n3 0 2 3 6 .6 0 1 1 .6 1\n"
    (tmp_path / "a.png").write_bytes(picture().data)
    seams = read(written(tmp_path, "a.ply", text))
    assert seams.uv is not None
    assert seams.uv[seams.faces[1]].tolist() == pytest.approx(np.array([[0.6, 1], [1, 0], [0.6, 0]]))
    assert seams.uv[seams.faces[0]].tolist() == pytest.approx(np.array([[0, 1], [0.5, 1], [0.5, 0]]))


OBJ_FORMS = {
    "số âm": "v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 -1\nv 0 0 1\nf -4 -3 -1\n",
    "pháp tuyến": "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nvn 0 0 1\nf 1//1 2//1 3//1\nf 1//1 2//1 4//1\n",
    "đa giác": "v 0 0 0\nv 1 0 0\nv 1 1 1\nv 0 1 0\nf 1 2 3 4\n",
    "tab": "v\t0 0 0\n  v 1 0 0\r\nv 0 1 1\ng a\nf 1 2 3\nf 3 2 1",
}


@pytest.mark.parametrize("name", OBJ_FORMS)
def test_forms_of_obj_faces(tmp_path: Path, name: str) -> None:
    mesh = read(written(tmp_path, f"{name}.obj", OBJ_FORMS[name]))
    assert len(mesh.faces) == 2
    assert mesh.extent == (1, 1, 1)


def test_the_materials_of_an_obj_do_not_share_vertices(tmp_path: Path) -> None:
    (tmp_path / "a.mtl").write_text("newmtl đỏ\nKd 1 0 0\nnewmtl xanh\nKd 0 0 1\n")
    text = "mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n"
    text += "usemtl đỏ\nf 1 2 3\nusemtl xanh\nf 1 2 4\nusemtl đỏ\nf 2 3 4\n"
    mesh = read(written(tmp_path, "a.obj", text))
    names = [mesh.materials[i].name for i in mesh.face_material]
    assert names == ["đỏ", "xanh", "đỏ"]
    assert not set(mesh.faces[1]) & set(mesh.faces[[0, 2]].ravel())


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["saxophone_obj/saxophone.obj", "venus-statue_vertexcolour.ply", "plato-bust_threedscans.stl"]
)
def test_real_scans_are_read_as_trimesh_reads_them(shared_data: Path, name: str) -> None:
    path = shared_data / "scans" / name
    ours = read(path)
    judge = load_mesh(str(path), process=False, maintain_order=True)
    assert len(ours.faces) == len(judge.faces)
    assert ours.vertices_mm[ours.faces].sum(axis=(0, 1)) == pytest.approx(judge.vertices[judge.faces].sum(axis=(0, 1)))
    assert (
        np.abs(np.sort(ours.vertices_mm[ours.faces][:, :, 1].ravel()) - np.sort(judge.triangles[:, :, 1].ravel())).max()
        < 1e-6
    )
    if name.endswith(".ply"):
        assert ours.colors is not None
        assert np.array_equal(ours.colors[:, :3], judge.visual.vertex_colors[:, :3])


def test_names_of_parts_match_in_nfd_and_nfc(tmp_path: Path) -> None:
    path = obj_folder(tmp_path)
    for part in (tmp_path / "tượng.mtl", tmp_path / "men ngọc.png"):
        part.rename(tmp_path / unicodedata.normalize("NFD", part.name))
    assert read(path).materials[0].base_texture is not None


def test_edges_are_counted_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edges, "_RUN_ROWS", 7)
    rng = np.random.default_rng(3)
    tried = 0
    for vertices, faces in ((6, 40), (50, 90), (4, 300)):
        points = np.repeat(rng.uniform(-1, 1, (vertices, 3)).round(1), 2, axis=0)
        mesh = Mesh(vertices_mm=points, faces=rng.integers(0, len(points), (faces, 3)).astype(np.int32))
        found = topology(mesh)
        places = {tuple(p): i for i, p in enumerate(np.unique(points + 0.0, axis=0).tolist())}
        number = [places[tuple(p)] for p in (points + 0.0).tolist()]
        uses: Counter[tuple[int, int]] = Counter()
        balance: Counter[tuple[int, int]] = Counter()
        for face in mesh.faces.tolist():
            a, b, c = (number[i] for i in face)
            for i, j in ((a, b), (b, c), (c, a)) if len({a, b, c}) == 3 else ():
                uses[min(i, j), max(i, j)] += 1
                balance[min(i, j), max(i, j)] += 1 if i < j else -1
        assert found.open_edges == sum(1 for n in uses.values() if n == 1)
        assert found.nonmanifold_edges == sum(1 for n in uses.values() if n > 2)
        assert found.is_closed == (not any(balance.values()))
        tried += sum(uses.values())
    print(f"{tried} sides of triangles")
    closed = sphere()
    assert topology(closed).is_watertight
    assert abs(signed_volume(closed)) == pytest.approx(4 / 3 * math.pi * 50**3, rel=0.01)


@pytest.mark.parametrize(
    ("extent", "stated", "unit"),
    [((694, 2119, 638), (2119,), "mm"), ((0.69, 2.1, 0.6), (2119, 694), "m"), ((69, 212, 63), (2119,), "cm"),
     ((1, 1, 1), (), ""), ((1, 2, 3), (47,), "")],
)  # fmt: skip
def test_the_unit_that_would_fit_the_record(extent: tuple[float, ...], stated: tuple[float, ...], unit: str) -> None:
    assert plausible_unit(extent, stated) == unit
