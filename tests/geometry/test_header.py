"""A scan's header is judged before anything is loaded."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from museum.errors import LANGUAGES, SourceError
from museum.geometry.header import is_misnamed, read_header
from museum.geometry.limits import ScanLimits
from tests.geometry.shapes import CUBE_BUFFER, glb, gltf_json, obj_folder, ply_binary, ply_text, stl_binary, stl_text


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = gltf_json()
    change(document)
    return glb(document)


SOUND = {
    "chữ.ply": ply_text().encode(),
    "nhị phân.ply": ply_binary(),
    "đảo.ply": ply_binary(order=">"),
    "nhị phân.stl": stl_binary(),
    "chữ.stl": stl_text().encode(),
    "khối.glb": glb(),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_files_tell_their_counts(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(SOUND[name])
    header = read_header(path)
    assert header.format == name.rsplit(".", 1)[1]
    assert header.faces in (12, None)


BAD = {
    "rỗng.ply": (b"", "scan.empty_file"),
    "ảnh.ply": (b"\xff\xd8\xff\xe0" + bytes(100), "scan.wrong_extension"),
    "tượng.fbx": (b"Kaydara FBX Binary", "scan.unknown_format"),
    "cụt.ply": (ply_binary()[:-5], "scan.truncated"),
    "cụt chữ.ply": (ply_text().encode()[:260], "scan.truncated"),
    "khai gian.ply": (ply_binary(count=4_000_000_000), "scan.truncated"),
    "âm.ply": (ply_text(count=-5).encode(), "scan.bad_header"),
    "không đỉnh.ply": (ply_text(count=0).encode(), "scan.no_geometry"),
    "không kết.ply": (b"ply\nformat ascii 1.0\nelement vertex 3\n", "scan.bad_header"),
    "cụt.stl": (stl_binary()[:-30], "scan.truncated"),
    "khai gian.stl": (stl_binary(faces=4_000_000_000), "scan.truncated"),
    "không mặt.stl": (bytes(84), "scan.no_geometry"),
    "cụt chữ.stl": (stl_text().encode()[:400], "scan.cut_short"),
    "không đỉnh.obj": (b"mtllib a.mtl\nf 1 2 3\n", "scan.part_missing"),
    "cụt.glb": (glb()[:-40], "scan.truncated"),
    "khai gian.glb": (glb(length=90_000), "scan.truncated"),
    "thừa.glb": (glb() + bytes(4096), "scan.size_differs"),
    "vòng.glb": (
        changed(lambda d: d.update(nodes=[{"mesh": 0, "children": [1]}, {"children": [0]}])), "scan.gltf_cycle",
    ),
    "tự vòng.glb": (changed(lambda d: d["nodes"].append({"children": [1]})), "scan.gltf_cycle"),
    "chung con.glb": (
        changed(lambda d: d.update(nodes=[{"children": [2]}, {"children": [2]}, {"mesh": 0}])), "scan.gltf_cycle",
    ),
    "dài quá.glb": (changed(lambda d: d["accessors"][0].update(count=10**12)), "scan.bad_gltf"),
    "số âm.glb": (changed(lambda d: d["bufferViews"][1].update(byteOffset=-96)), "scan.bad_gltf"),
    "vượt.glb": (changed(lambda d: d["bufferViews"][1].update(byteLength=10**9)), "scan.bad_gltf"),
    "bộ đệm gian.glb": (changed(lambda d: d["buffers"][0].update(byteLength=10**9)), "scan.truncated"),
    "trỏ sai.glb": (changed(lambda d: d["nodes"][0].update(mesh=7)), "scan.bad_gltf"),
    "không lưới.glb": (changed(lambda d: d["nodes"][0].pop("mesh")), "scan.no_geometry"),
    "lạ.glb": (changed(lambda d: d.update(extensionsRequired=["VENDOR_secret"])), "scan.gltf_extension"),
    "ra ngoài.glb": (changed(lambda d: d.update(images=[{"uri": "../../etc/passwd"}])), "scan.part_outside"),
    "mã hóa.glb": (changed(lambda d: d.update(images=[{"uri": "%2e%2e/%2e%2e/etc/passwd"}])), "scan.part_outside"),
    "tuyệt đối.glb": (changed(lambda d: d.update(images=[{"uri": "/etc/passwd"}])), "scan.part_outside"),
    "mạng.glb": (changed(lambda d: d.update(images=[{"uri": "https://example.org/a.png"}])), "scan.part_outside"),
    "thiếu.glb": (changed(lambda d: d.update(images=[{"uri": "không có.png"}])), "scan.part_missing"),
    "hỏng.glb": (glb().replace(b"2.0\"}", b"2.0\"]"), "scan.bad_gltf"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_their_reason(tmp_path: Path, name: str) -> None:
    data, code = BAD[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError) as raised:
        read_header(path)
    assert raised.value.code == code
    for language in LANGUAGES:
        assert name in raised.value.message(language)
        assert "{" not in raised.value.message(language)


@pytest.mark.parametrize("name", ["thật là ply.stl", "thật là ply.fbx", "thật là ply"])
def test_the_content_decides_whatever_the_name_says(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(ply_binary())
    assert read_header(path).format == "ply"
    assert is_misnamed(name, "ply")
    assert not is_misnamed("đúng.ply", "ply")


def test_counts_beyond_the_limits_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "khối.ply"
    path.write_bytes(ply_binary())
    with pytest.raises(SourceError, match=r"scan\.too_many"):
        read_header(path, limits=ScanLimits(faces=11))
    with pytest.raises(SourceError, match=r"scan\.too_large"):
        read_header(path, limits=ScanLimits(file_bytes=100))


def test_obj_names_its_parts(tmp_path: Path) -> None:
    header = read_header(obj_folder(tmp_path))
    assert {name: path.name for name, path in header.references.items()} == {
        "tượng.mtl": "tượng.mtl", "men ngọc.png": "men ngọc.png",
    }  # fmt: skip


@pytest.mark.parametrize("texture", ["../bí mật.png", "/etc/passwd", "C:\\Windows\\win.ini", "file:///etc/passwd"])
def test_mtl_may_not_leave_its_folder(tmp_path: Path, texture: str) -> None:
    (tmp_path / "bí mật.png").write_bytes(b"x")
    inside = tmp_path / "trong"
    inside.mkdir()
    with pytest.raises(SourceError, match=r"scan\.part_outside"):
        read_header(obj_folder(inside, texture=texture))


def test_a_link_out_of_the_folder_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "bí mật.png").write_bytes(b"x")
    inside = tmp_path / "trong"
    inside.mkdir()
    path = obj_folder(inside, texture="mượn.png")
    (inside / "mượn.png").symlink_to(tmp_path / "bí mật.png")
    with pytest.raises(SourceError, match=r"scan\.part_missing"):
        read_header(path)


def test_only_given_parts_answer(tmp_path: Path) -> None:
    path = obj_folder(tmp_path)
    with pytest.raises(SourceError, match=r"scan\.part_missing"):
        read_header(path, parts=[tmp_path / "tượng.mtl"])
    assert read_header(path, parts=[tmp_path / "tượng.mtl", tmp_path / "men ngọc.png"]).format == "obj"


def test_gltf_with_an_outer_buffer(tmp_path: Path) -> None:
    document = gltf_json()
    document["buffers"][0]["uri"] = "d%E1%BB%AF%20li%E1%BB%87u.bin"
    (tmp_path / "khối.gltf").write_text(json.dumps(document))
    (tmp_path / "dữ liệu.bin").write_bytes(CUBE_BUFFER)
    assert read_header(tmp_path / "khối.gltf").faces == 12
    (tmp_path / "dữ liệu.bin").write_bytes(CUBE_BUFFER[:-1])
    with pytest.raises(SourceError, match=r"scan\.truncated"):
        read_header(tmp_path / "khối.gltf")
