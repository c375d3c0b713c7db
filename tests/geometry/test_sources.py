"""Readers of scan files: what each format can say arrives, what it lies about is refused, however large it is."""

import io
import math
import struct
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import laspy
import numpy as np
import pye57
import pytest
from PIL import Image
from trimesh.exchange.load import load_mesh

from museum.errors import BackendError, SourceError
from museum.geometry import edges, texture, witness
from museum.geometry.checks import plausible_unit
from museum.geometry.facts import signed_volume, topology
from museum.geometry.limits import DEFAULT_LIMITS, ScanLimits
from museum.geometry.mesh import Mesh, Picture
from museum.geometry.parser import read_whole
from museum.geometry.reading import ply
from museum.geometry.reading.workspace import Workspace
from museum.geometry.scan import inspect, open_scan
from tests.geometry.shapes import (
    CUBE_FACES,
    CUBE_POINTS,
    OBJ_TEXT,
    THREEMF_RELS,
    dae_text,
    glb,
    gltf_json,
    obj_folder,
    off_text,
    picture,
    ply_binary,
    ply_text,
    sphere,
    stl_binary,
    stl_text,
    threemf,
    threemf_model,
)


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def read(path: Path, *, salvage: bool = False) -> Mesh:
    """In this process, as the child does it."""
    return read_whole(path, (), path.name, DEFAULT_LIMITS, Workspace(salvage=salvage))[0]


def las(path: Path, *, points: int = 5000, kind: int = 3, colored: bool = True, wide: bool = True) -> Path:
    rng = np.random.default_rng(1)
    head = laspy.LasHeader(point_format=kind, version="1.4" if kind >= 6 else "1.2")
    head.scales, head.offsets = np.full(3, 0.001), np.array([560_000.0, 1_820_000.0, 0.0])
    cloud = laspy.LasData(head)
    cloud.x, cloud.y, cloud.z = rng.uniform(560_000, 560_030, points), rng.uniform(1_820_000, 1_820_020, points), (
        rng.uniform(0, 12, points)
    )  # fmt: skip
    if colored:
        for name, value in (("red", 200), ("green", 100), ("blue", 50)):
            cloud[name] = np.full(points, value * (257 if wide else 1), np.uint16)
    cloud.write(str(path))
    return path


def e57(path: Path, *, points: int = 3000, moved: float = 0.0) -> Path:
    rng = np.random.default_rng(2)
    with pye57.E57(str(path), mode="w") as file:
        for shift in (0.0, moved):
            data = {f"cartesian{a}": rng.uniform(0, size, points) for a, size in zip("XYZ", (3, 2, 1), strict=True)}
            data |= {f"color{c}": np.full(points, v, np.uint8) for c, v in (("Red", 10), ("Green", 20), ("Blue", 30))}
            file.write_scan_raw(data, rotation=np.array([1.0, 0, 0, 0]), translation=np.array([shift, 0.0, 0.0]))
    return path


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


POINTS = {
    "cách.xyz": "0 0 0\n1 0 0\n0 2 3\n",
    "phẩy.xyz": "0,0,0\n1,0,0\n0,2,3\n",
    "châu âu.xyz": "0,0 0,0 0,0\n1,0 0,0 0,0\n0,0 2,0 3,0\n",
    "chấm phẩy.xyz": "0;0;0\n1,0;0;0\n0;2,0;3\n",
    "tiêu đề.xyz": "# đợt 1\nX Y Z\n0 0 0\n1 0 0\n0 2 3\n",
    "đếm.pts": "3\n0 0 0 -500 1 2 3\n1 0 0 12 1 2 3\n0 2 3 9 1 2 3\n",
}


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


def _replaced(old: str, new: str) -> str:
    assert old in dae_text()
    return dae_text().replace(old, new, 1)


BAD: dict[str, tuple[bytes | str, str]] = {
    "khai gian.off": (off_text(count=4_000_000), "scan.truncated"),
    "thiếu dòng.off": (off_text(count=9), "scan.bad_line"),
    "không đỉnh.off": ("OFF\n0 0 0\n", "scan.no_geometry"),
    "chỉ số.off": (off_text(faces=CUBE_FACES + 5), "scan.bad_indices"),
    "chữ.off": (off_text().replace("1.0 1.0 1.0", "1.0 mốt 1.0", 1), "scan.bad_line"),
    "cụt.las": (b"LASF" + bytes(100), "scan.truncated"),
    "rác.e57": (b"ASTM-E57" + bytes(40), "scan.size_differs"),
    "cụt.e57": (b"ASTM-E57" + bytes(8) + (10**6).to_bytes(8, "little") + bytes(30), "scan.truncated"),
    "đếm sai.pts": ("4\n0.00 0.00 0.00\n1.00 0.00 0.00\n0.00 2.00 3.00\n", "scan.points_differ"),
    "đếm gian.pts": ("400000000\n0 0 0\n1 0 0\n", "scan.truncated"),
    "gãy.xyz": ("0 0 0\n1 0 0\n" * 150 + "0 2\n", "scan.bad_line"),
    "một điểm.xyz": ("1 2 3\n", "scan.single_point"),
    "trùng.xyz": ("1 2 3\n" * 9, "scan.collapsed"),
    "xa.ply": (ply_text().replace("0.0 0.0 0.0", "0.0 1e30 0.0", 1), "scan.absurd_place"),
    "dẹt.ply": (ply_text(faces=CUBE_FACES * 0), "scan.all_flat"),
    "chỉ số.obj": ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "scan.bad_indices"),
    "số không.obj": ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 0 1 2\n", "scan.bad_indices"),
    "chữ.obj": ("v 0 0 0\nv 1 x 0\nv 0 1 0\nf 1 2 3\n", "scan.bad_line"),
    "gói hỏng.3mf": (b"PK\x03\x04" + bytes(60), "scan.bad_package"),
    "cụt.3mf": (threemf(threemf_model())[:-30], "scan.bad_package"),
    "chỉ số.3mf": (threemf(threemf_model(faces=CUBE_FACES + 3)), "scan.bad_indices"),
    "đơn vị lạ.3mf": (threemf(threemf_model(unit="thước")), "scan.bad_package"),
    "chữ.3mf": (threemf(threemf_model().replace('x="1.0"', 'x="một"', 1)), "scan.bad_xml"),
    "vòng.3mf": (
        threemf(threemf_model(
            more='<object id="2"><components><component objectid="2"/></components></object>',
            item='<item objectid="2"/>')),
        "scan.node_cycle",
    ),
    "nổ.3mf": (
        threemf(threemf_model(
            more="".join(f'<object id="b{i}"><components>' + f'<component objectid="b{i + 1}"/>' * 8
                         + "</components></object>" for i in range(12)) + '<object id="b12"/>',
            item='<item objectid="b0"/>')),
        "scan.too_many",
    ),
    "ra ngoài.3mf": (
        threemf(threemf_model(resources='<m:texture2d id="5" path="/../../etc/passwd"/>')), "scan.part_outside",
    ),
    "thực thể.dae": (
        '<?xml version="1.0"?><!DOCTYPE COLLADA [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><COLLADA>&b;</COLLADA>',
        "scan.bad_xml",
    ),
    "bảng mã lạ.dae": (dae_text().replace("utf-8", "utf-77", 1), "scan.bad_xml"),
    "cụt.dae": (dae_text()[:900], "scan.bad_xml"),
    "chỉ số.dae": (dae_text(faces=CUBE_FACES + 2), "scan.bad_indices"),
    "chữ.dae": (_replaced("0.0 0.0 0.0", "0.0 không 0.0"), "scan.bad_xml"),
    "đếm gian.dae": (_replaced("count=\"24\"", "count=\"99\""), "scan.bad_xml"),
    "vòng.dae": (_replaced("<instance_geometry", '<instance_node url="#nút"/><instance_geometry'), "scan.node_cycle"),
    "mất.dae": (_replaced('url="#khối"', 'url="#đâu"'), "scan.bad_xml"),
    "rỗng.dae": (_replaced('<instance_geometry url="#khối"/>', ""), "scan.no_geometry"),
    "ra ngoài.dae": (dae_text(image="../../etc/passwd"), "scan.part_outside"),
    "mạng.dae": (dae_text(image="https://example.org/a.png"), "scan.part_outside"),
    "thiếu.dae": (dae_text(image="không có.png"), "scan.part_missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_sources_are_refused_naming_file_and_place(tmp_path: Path, name: str) -> None:
    data, code = BAD[name]
    with pytest.raises(SourceError) as raised:
        read(written(tmp_path, name, data))
    assert raised.value.code == code
    for language in ("vi", "en"):
        said = raised.value.message(language)
        assert name in said and "{" not in said
        assert said.count(".") >= 2  # what is wrong, and what to do


def test_one_letter_too_many_names_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "a.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\n# gốm\nf 1 2 3x\n")
    with pytest.raises(SourceError) as raised:
        read(path)
    assert (raised.value.values["line"], raised.value.values["text"]) == (5, "f 1 2 3x")


def _image(mode: str, kind: str) -> bytes:
    room = io.BytesIO()
    Image.new(mode, (8, 8)).save(room, kind)
    return room.getvalue()


def _ktx2(_: Path) -> bytes:
    document = gltf_json()
    document["extensionsUsed"] = document["extensionsRequired"] = ["KHR_texture_basisu"]
    document["images"] = [{"uri": "men ngọc.ktx2"}]
    document["textures"] = [{"extensions": {"KHR_texture_basisu": {"source": 0}}}]
    document["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    document["meshes"][0]["primitives"][0]["material"] = 0
    return glb(document)


def test_textures_that_cannot_be_shown_rightly_are_refused_or_left_out(tmp_path: Path) -> None:
    cases: dict[str, tuple[Callable[[], Path], str]] = {}
    for name, data, code in (("in.jpg", _image("CMYK", "JPEG"), "scan.cmyk_texture"),
                             ("hỏng.png", picture().data[:-30], "scan.bad_texture")):  # fmt: skip
        own = tmp_path / code
        own.mkdir()
        path = obj_folder(own, mtl=f"newmtl gốm\nmap_Kd {name}\n")
        (own / name).write_bytes(data)
        cases[code] = (lambda path=path: path, code)
    cases["scan.part_missing"] = (lambda: obj_folder(tmp_path, texture="không có.png"), "scan.part_missing")
    (tmp_path / "men ngọc.ktx2").write_bytes(b"\xabKTX 20\xbb\r\n\x1a\n")
    cases["scan.basis_texture"] = (lambda: written(tmp_path, "k.glb", _ktx2(tmp_path)), "scan.basis_texture")
    for make, code in cases.values():
        with pytest.raises(SourceError) as raised:
            read(make())
        assert raised.value.code == code
        mesh, said = read_whole(make(), (), "gốm", DEFAULT_LIMITS, Workspace(salvage=True))
        assert said["dropped"] == {"textures": 1}
        assert not any(m.base_texture for m in mesh.materials)
        assert len(mesh.faces) == 12


def test_textures_of_sixteen_thousand_pixels_are_taken_and_larger_ones_are_not() -> None:
    room = io.BytesIO()
    Image.new("1", (16_384, 12_000)).save(room, "PNG", compress_level=1)
    large = Picture(data=room.getvalue(), media_type="image/png")
    texture.check(large, shown="gốm.glb")
    with pytest.raises(SourceError, match=r"scan\.texture_too_large: .* 8192 × 8192"):
        texture.check(large, shown="gốm.glb", pixel_limit=8192 * 8192)


def test_salvage_keeps_what_is_good_and_counts_the_rest(tmp_path: Path) -> None:
    faces = np.concatenate([CUBE_FACES, [[0, 1, 99]]])
    text = ply_text(faces=faces).replace("0.0 0.0 0.0", "nan 0.0 0.0", 1)
    path = written(tmp_path, "vỡ.ply", text)
    opened = open_scan(path, salvage=True)
    assert opened.facts.dropped["vertices"] == 1
    assert opened.facts.faces == 13 - opened.facts.dropped["faces"]
    assert np.isfinite(opened.mesh.vertices_mm).all()
    with pytest.raises(SourceError):
        open_scan(path)


def test_flat_faces_and_empty_coordinates_are_told(tmp_path: Path) -> None:
    faces = np.concatenate([CUBE_FACES, [[0, 0, 1]]])
    facts = inspect(written(tmp_path, "dẹt.ply", ply_text(faces=faces)))
    assert [e.code for e in facts.remarks] == ["scan.flat_faces"]
    path = obj_folder(tmp_path)
    path.write_text(OBJ_TEXT.replace("vt 1 0\nvt 1 1\n", "vt 0 0\nvt 0 0\n"))
    assert [e.code for e in inspect(path).remarks] == ["scan.empty_uv"]


def test_names_of_parts_match_in_nfd_and_nfc(tmp_path: Path) -> None:
    path = obj_folder(tmp_path)
    for part in (tmp_path / "tượng.mtl", tmp_path / "men ngọc.png"):
        part.rename(tmp_path / unicodedata.normalize("NFD", part.name))
    assert read(path).materials[0].base_texture is not None


def test_the_second_reader_finds_what_the_first_misreads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a reader that swaps two columns, or two channels, passes every other check."""
    path = written(tmp_path, "khối.ply", ply_binary())
    assert witness.check(path, format_name="ply", mesh=read(path), shown="khối") == 8
    real = ply.read

    def swapped(*given: object, **named: object) -> Mesh:
        mesh = real(*given, **named)  # type: ignore[arg-type]  # handed on as it came
        return Mesh(vertices_mm=mesh.vertices_mm[:, [1, 0, 2]], faces=mesh.faces[:, ::-1], colors=mesh.colors)

    monkeypatch.setattr(ply, "read", swapped)
    with pytest.raises(SourceError, match=r"scan\.readers_differ"):
        read(path)
    monkeypatch.setattr(witness, "check", lambda *_, **__: 0)
    assert topology(read(path)).is_watertight
    monkeypatch.undo()
    mesh = read(path)
    assert mesh.colors is not None
    wrong = Mesh(vertices_mm=mesh.vertices_mm, faces=mesh.faces, colors=mesh.colors[:, [2, 1, 0, 3]])
    with pytest.raises(SourceError, match=r"scan\.readers_differ"):
        witness.check(path, format_name="ply", mesh=wrong, shown="khối")


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


def test_a_scan_larger_than_its_memory_is_read_by_chunks(tmp_path: Path) -> None:
    """300 MB of arrays in a child that may hold 256 MiB, libraries included; with arrays kept in memory it can't."""
    rows = 2_400_000
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {3 * rows}\n".encode()
    head += b"property float x\nproperty float y\nproperty float z\n"
    head += f"element face {rows}\nproperty list uchar int vertex_indices\nend_header\n".encode()
    path = tmp_path / "lớn.ply"
    ramp = np.linspace(0, 1, 3 * rows, dtype="<f4")
    faces = np.zeros(rows, np.dtype([("n", "u1"), ("v", "<i4", 3)]))
    faces["n"], faces["v"] = 3, np.arange(3 * rows, dtype="<i4").reshape(-1, 3)
    with path.open("wb") as file:
        file.write(head)
        np.stack([ramp, np.sin(ramp * 99), np.cos(ramp * 70)], axis=1).astype("<f4").tofile(file)
        faces.tofile(file)
    little = ScanLimits(memory_bytes=256 << 20)
    facts = inspect(path, limits=little, work=tmp_path)
    assert (facts.vertices, facts.faces) == (3 * rows, rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(_without_files(tmp_path)))
        with pytest.raises(SourceError, match=r"scan\.needs_too_much_memory"):
            inspect(path, limits=little, work=tmp_path)


def _without_files(folder: Path) -> Path:
    """A folder whose `sitecustomize` makes the child keep all its arrays in memory."""
    (folder / "sitecustomize.py").write_text("import museum.geometry.reading.workspace as w\nw.LARGE_BYTES = 1 << 60\n")
    return folder


@pytest.mark.parametrize(
    ("extent", "stated", "unit"),
    [((694, 2119, 638), (2119,), "mm"), ((0.69, 2.1, 0.6), (2119, 694), "m"), ((69, 212, 63), (2119,), "cm"),
     ((1, 1, 1), (), ""), ((1, 2, 3), (47,), "")],
)  # fmt: skip
def test_the_unit_that_would_fit_the_record(extent: tuple[float, ...], stated: tuple[float, ...], unit: str) -> None:
    assert plausible_unit(extent, stated) == unit


def test_the_content_of_a_package_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "bom.3mf"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", THREEMF_RELS)
        with archive.open("3D/3dmodel.model", "w") as member:
            for _ in range(80):
                member.write(b" " * (1 << 20))
    with pytest.raises(SourceError, match=r"scan\.bad_package"):
        read(path)


WHOLE = {
    "a.ply": ply_text().encode(), "b.ply": ply_binary(), "c.stl": stl_binary(), "d.stl": stl_text().encode(),
    "e.obj": OBJ_TEXT.replace("mtllib tượng.mtl\n", "").encode(), "f.off": off_text().encode(),
    "g.glb": glb(), "h.3mf": threemf(threemf_model()), "i.dae": dae_text().encode(),
    "k.xyz": POINTS["tiêu đề.xyz"].encode() * 3, "l.pts": POINTS["đếm.pts"].encode(),
}  # fmt: skip


@pytest.mark.parametrize("salvage", [False, True])
def test_damaged_files_are_read_or_refused_but_never_break_a_reader(tmp_path: Path, salvage: bool) -> None:
    rng = np.random.default_rng(11)
    tried: Counter[str] = Counter()
    for name, data in WHOLE.items():
        for _ in range(40):
            broken = bytearray(data)
            for _ in range(int(rng.integers(1, 4))):
                at = int(rng.integers(0, len(broken)))
                match int(rng.integers(0, 4)):
                    case 0:
                        broken[at] = int(rng.integers(0, 256))
                    case 1:
                        del broken[at:]
                    case 2:
                        del broken[at : at + int(rng.integers(1, 9))]
                    case _:
                        broken[at:at] = broken[at : at + int(rng.integers(1, 30))]
                if not broken:
                    break
            path = written(tmp_path, name, bytes(broken))
            try:
                mesh = read(path, salvage=salvage)
                tried["read"] += 1
                assert np.isfinite(mesh.vertices_mm).all()
                assert not len(mesh.faces) or (mesh.faces.min() >= 0 and mesh.faces.max() < len(mesh.vertices_mm))
            except SourceError as error:
                tried["refused"] += 1
                assert name in error.message("vi")
    print(dict(tried))
    assert tried["refused"] > 100 and tried["read"] > 20
