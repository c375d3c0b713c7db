"""Scan files that lie, are damaged or too large: refused by name and place, in bounded memory; what is good is kept."""

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from museum.errors import SourceError
from museum.geometry import texture, witness
from museum.geometry.facts import topology
from museum.geometry.limits import DEFAULT_LIMITS, ScanLimits
from museum.geometry.mesh import Mesh, Picture
from museum.geometry.parser import read_whole
from museum.geometry.reading import ply
from museum.geometry.reading.workspace import Workspace
from museum.geometry.scan import inspect, open_scan
from tests.geometry.basis_pictures import UASTC
from tests.geometry.shapes import (
    CUBE_FACES,
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
    stl_binary,
    stl_text,
    threemf,
    threemf_model,
)
from tests.geometry.source_files import POINTS, read, written


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


def _ktx2() -> bytes:
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
    plain = b"\xabKTX 20\xbb\r\n\x1a\n" + (37).to_bytes(4, "little") + bytes(400)  # vkFormat R8G8B8A8_UNORM
    for name, ktx2, code in (("trần", plain, "scan.basis_texture"), ("cụt", UASTC[:-90], "scan.bad_texture")):
        own = tmp_path / name
        own.mkdir()
        (own / "men ngọc.ktx2").write_bytes(ktx2)
        cases[name] = (partial(written, own, "k.glb", _ktx2()), code)
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


def _without_files(folder: Path) -> Path:
    """A folder whose `sitecustomize` makes the child keep all its arrays in memory."""
    (folder / "sitecustomize.py").write_text("import museum.geometry.reading.workspace as w\nw.LARGE_BYTES = 1 << 60\n")
    return folder
