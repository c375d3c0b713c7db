"""Files are found inside the folder and nowhere else, and are what their ending says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from museum.errors import SourceError
from museum.ingest import files
from museum.ingest.folder import number_in_name
from museum.ingest.references import SourceFolder, safe_name
from tests.ingest.conftest import JPEG, Read

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
Reader = Callable[..., Read]


def _one(tmp_path: Path, reference: str) -> None:
    (tmp_path / "danh-muc.csv").write_text(f'Mã hiện vật,Tên hiện vật,Tệp\nBT-01,Ấn,"{reference}"\n', encoding="utf-8")


@pytest.mark.parametrize(
    "reference",
    [
        "../bi-mat.jpg",
        "/etc/passwd",
        "C:\\anh\\1.jpg",
        "anh/../../x.jpg",
        "file:///etc/passwd",
        "~/x.jpg",
        "thoat/x.jpg",
    ],
)
def test_nothing_outside_the_folder_is_reached(tmp_path: Path, read: Reader, reference: str) -> None:
    outside, inside = tmp_path / "ngoai", tmp_path / "nguon"
    outside.mkdir()
    inside.mkdir()
    (outside / "x.jpg").write_bytes(JPEG)
    (tmp_path / "bi-mat.jpg").write_bytes(JPEG)
    (inside / "thoat").symlink_to(outside)
    _one(inside, reference)
    found = read(inside)
    assert found.codes == ["ingest.path_outside"]
    assert not found.drafts


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("ANH/An.jpg", "ingest.file_case"),
        ("anh/Ann.jpg", "ingest.file_missing_near"),
        ("cu/An.jpg", "ingest.file_missing_near"),
        ("khac.jpg", "ingest.file_missing"),
        ("anh/rong.jpg", "ingest.empty_file"),
        ("anh/that-ra-png.jpg", "ingest.wrong_extension"),
        ("anh/ghi-chu.docx", "ingest.unknown_type"),
        ("anh/trong", "ingest.empty_folder"),
    ],
)
def test_files_that_are_not_right_refuse_their_row(tmp_path: Path, read: Reader, reference: str, code: str) -> None:
    (tmp_path / "anh" / "trong").mkdir(parents=True)
    (tmp_path / "anh" / "An.jpg").write_bytes(JPEG)
    (tmp_path / "anh" / "rong.jpg").write_bytes(b"")
    (tmp_path / "anh" / "that-ra-png.jpg").write_bytes(PNG)
    (tmp_path / "anh" / "ghi-chu.docx").write_bytes(b"PK")
    _one(tmp_path, reference)
    found = read(tmp_path)
    assert found.codes == [code]
    assert not found.drafts
    if "near" in code or "case" in code:
        assert "anh/An.jpg" in found.problems[0].message("vi")


@pytest.mark.parametrize(
    "name", ["صورة.jpg", "תמונה 1.jpg", "00018._c.jpg", "ảnh – bìa (1).JPG", "寶物.jpg", "a\u202egpj.jpg"]
)
def test_odd_and_right_to_left_names_are_found(tmp_path: Path, read: Reader, name: str) -> None:
    (tmp_path / name).write_bytes(JPEG)
    _one(tmp_path, name)
    (media,) = read(tmp_path).drafts["BT-01"].media
    assert media.path.name == name
    assert "\u202e" not in safe_name(name)


def test_windows_separators_and_folders_are_understood(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "anh").mkdir()
    for n in (1, 2, 10):
        (tmp_path / "anh" / f"an {n}.jpg").write_bytes(JPEG)
    _one(tmp_path, "anh\\")
    media = read(tmp_path).drafts["BT-01"].media
    assert [m.reference for m in media] == ["anh/an 1.jpg", "anh/an 2.jpg", "anh/an 10.jpg"]


def test_a_stated_size_that_differs_refuses_the_row(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (tmp_path / "danh-muc.csv").write_text("object_id,title\n1,Ấn\n", encoding="utf-8")
    (tmp_path / "media.csv").write_text("object_id,path,bytes\n1,a.jpg,7\n", encoding="utf-8")
    found = read(tmp_path)
    assert found.codes == ["ingest.size_differs"]
    assert found.problems[0].file == "media.csv"


def test_materials_and_textures_follow_their_scan(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "an.obj").write_text("mtllib an.mtl\nv 0 0 0\n")
    (tmp_path / "an.mtl").write_text("newmtl a\nmap_Kd -s 1 1 1 mat ngoai.jpg\n")
    (tmp_path / "mat ngoai.jpg").write_bytes(JPEG)
    _one(tmp_path, "an.obj")
    media = read(tmp_path).drafts["BT-01"].media
    assert [(m.kind, m.reference, m.of) for m in media] == [
        ("scan", "an.obj", ""), ("part", "an.mtl", "an.obj"), ("part", "mat ngoai.jpg", "an.obj"),
    ]  # fmt: skip


def test_a_material_that_points_outside_refuses_the_row(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "an.obj").write_text("mtllib an.mtl\n")
    (tmp_path / "an.mtl").write_text("map_Kd ../../../etc/passwd\n")
    _one(tmp_path, "an.obj")
    found = read(tmp_path)
    assert found.codes == ["ingest.part_outside"]


def test_a_missing_texture_is_told_and_a_missing_gltf_buffer_refuses(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "an.obj").write_text("mtllib an.mtl\n")
    (tmp_path / "bia.gltf").write_text(
        '{"buffers": [{"uri": "bia.bin"}], "images": [{"uri": "data:image/png;base64,"}]}'
    )
    (tmp_path / "danh-muc.csv").write_text("object_id,title,media\n1,Ấn,an.obj\n2,Bia,bia.gltf\n", encoding="utf-8")
    found = read(tmp_path)
    assert [(p.code, p.severity) for p in found.problems] == [
        ("ingest.part_missing", "warning"), ("ingest.part_missing", "error"),
    ]  # fmt: skip
    assert set(found.drafts) == {"1"}


def test_a_name_in_two_encodings_is_not_guessed(tmp_path: Path) -> None:
    import unicodedata

    name = "Ấn.jpg"
    (tmp_path / name).write_bytes(JPEG)
    (tmp_path / unicodedata.normalize("NFD", name)).write_bytes(JPEG)
    folder = SourceFolder(tmp_path)
    assert folder.find(name).name == name


@pytest.mark.parametrize(
    ("name", "number"),
    [("76.AD.34_01.jpg", "76.AD.34"), ("76.AD.34 (2).jpg", "76.AD.34"), ("76.AD.34.jpg", "76.AD.34"),
     ("PTH.TĐ.01_xiên.tif", "PTH.TĐ.01"), ("MẪU-0001.glb", "MẪU-0001"), ("76.AD.34.vi.vtt", "76.AD.34")],
)  # fmt: skip
def test_the_inventory_number_in_a_name(name: str, number: str) -> None:
    assert number_in_name(name) == number


def test_a_folder_without_a_table_becomes_drafts(tmp_path: Path, read: Reader) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("76.AD.34_01.jpg", "76.AD.34 (2).jpg", "81.AP.42_raking.jpg", "ghi chú.docx"):
        (photos / name).write_bytes(JPEG)
    own = tmp_path / "71.AH.110"
    own.mkdir()
    for n in range(1, 8):
        (own / f"{n:03}.jpg").write_bytes(JPEG)
    found = read(tmp_path)
    assert {key: len(draft.media) for key, draft in found.drafts.items()} == {
        "71.AH.110": 7,
        "76.AD.34": 2,
        "81.AP.42": 1,
    }
    assert {m.role for m in found.drafts["71.AH.110"].media} == {"turntable"}
    assert found.drafts["81.AP.42"].media[0].role == "raking"
    assert found.codes == ["ingest.ignored_file"]


@pytest.mark.parametrize(
    ("label", "role"),
    [("visible light", "normal"), ("ánh sáng xiên", "raking"), ("tử ngoại", "uv"), ("hồng ngoại", "infrared"),
     ("Tia X", "x-ray"), ("X-radiograph", "x-ray"), ("turntable frame 001", "turntable"), ("chi tiết tai", "detail")],
)  # fmt: skip
def test_roles_are_heard_in_labels_of_both_languages(label: str, role: str) -> None:
    assert files.role_of(name="a.jpg", stated="view", label=label) == role


def test_check_tells_what_a_file_really_is(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(PNG)
    with pytest.raises(SourceError) as caught:
        files.check(path)
    assert caught.value.values["real"] == "png"


def test_names_that_are_no_utf8_are_told_and_stop_nobody(tmp_path: Path, read: Reader) -> None:
    import os

    (tmp_path / "SĐK 1.jpg").write_bytes(JPEG)
    with open(os.fsencode(tmp_path) + b"/\xd0\xfd.jpg", "wb") as stream:  # noqa: PTH123 (a name of bytes)
        stream.write(JPEG)
    found = read(tmp_path)
    assert set(found.drafts) == {"SĐK 1"}
    assert found.codes == ["ingest.name_not_utf8"]
    assert "�" in found.problems[0].message("vi").encode("utf-8").decode()
