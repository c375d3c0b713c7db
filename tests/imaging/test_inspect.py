"""Inspection says what a photograph is, and refuses what is none with words a curator understands."""

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from museum.errors import SourceError
from museum.imaging.source import inspect
from tests.imaging.conftest import Photograph, picture

MOST = 100_000_000
SERIAL, OWNER = "SN-4711-0815", "Nguyễn Thị Thợ Ảnh"


def exif_of_a_camera() -> Image.Exif:
    """An EXIF block with what we take, what we keep apart and what must never be seen again."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "Canon EOS R5"
    exif[0x013B], exif[0x8298], exif[0x010E] = OWNER.encode(), "© Bảo tàng Huế".encode(), "Vạc đồng".encode()
    exif[0x0131] = "SecretEditor 9"
    inner = exif.get_ifd(0x8769)
    inner[0x829A], inner[0x829D], inner[0x8827], inner[0x920A] = 1 / 125, 8.0, 200, 100.0
    inner[0x9003], inner[0x9011], inner[0xA434] = "2024:03:05 09:10:11", "+07:00", "EF100mm f/2.8L"
    inner[0xA431], inner[0x927C] = SERIAL, b"maker note"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4], place[6] = "N", (16.0, 28.0, 12.0), "E", (107.0, 34.0, 48.0), 12.5
    return exif


def refusal(path: Path, *, name: str | None = None, max_pixels: int = MOST) -> SourceError:
    with pytest.raises(SourceError) as caught:
        inspect(path, max_pixels=max_pixels, name=name)
    error = caught.value
    for language in ("vi", "en"):
        assert (name or path.name) in error.message(language)
        assert "{" not in error.message(language)
    return error


@pytest.mark.shared
def test_a_real_photograph_with_profile_and_exif(shared_data: Path) -> None:
    facts = inspect(shared_data / "photos/terracotta-head/001.jpg", max_pixels=MOST)
    assert (facts.width_px, facts.height_px, facts.format, facts.dpi) == (1827, 2160, "jpeg", 300.0)
    assert facts.icc_name == "sRGB IEC61966-2.1"
    assert facts.rights_text == "Digital image © 2015 J. Paul Getty Trust"
    assert facts.capture["taken_at"] == "2013-02-22T14:29:32"
    assert "software" not in facts.capture


@pytest.mark.shared
def test_every_real_photograph_is_sound(shared_data: Path) -> None:
    checked = 0
    for path in sorted((shared_data / "photos").rglob("*.*")):
        facts = inspect(path, max_pixels=MOST)
        with Image.open(path) as image:
            assert (facts.width_px, facts.height_px) == image.size
        checked += 1
    print(f"{checked} photographs")
    assert checked >= 40


def test_capture_data_is_taken_by_allow_list(photograph: Photograph) -> None:
    for name in ("a.jpg", "a.tif", "a.png", "a.webp"):
        exif = exif_of_a_camera()
        if name == "a.tif":  # Pillow writes the inner directories of a TIFF only when they stand among its tags
            for tag in (0x8769, 0x8825):
                exif[tag] = dict(exif.get_ifd(tag))
        facts = inspect(photograph(name, exif=exif), max_pixels=MOST)
        assert facts.capture["camera"] == "Canon EOS R5", name
        assert facts.capture["exposure"] == "1/125"
        assert (facts.capture["aperture"], facts.capture["iso"], facts.capture["focal_mm"]) == (8, 200, 100)
        assert facts.capture["taken_at"] == "2024-03-05T09:10:11+07:00"
        assert facts.capture["lens"] == "EF100mm f/2.8L"
        assert (facts.capture["artist"], facts.rights_text) == (OWNER, "© Bảo tàng Huế")
        assert not any(secret in str(facts.capture) for secret in (SERIAL, "SecretEditor", "16.47", "maker"))
        assert facts.gps is not None
        assert (facts.gps.latitude_deg, facts.gps.longitude_deg) == pytest.approx((16.47, 107.58))
        assert facts.gps.altitude_m == 12.5


def test_rights_come_from_xmp_where_exif_is_silent(photograph: Photograph) -> None:
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:rights><rdf:Alt><rdf:li>© Huế</rdf:li>'
        "</rdf:Alt></dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    assert inspect(photograph("a.jpg", xmp=xmp), max_pixels=MOST).rights_text == "© Huế"
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]>' + xmp.replace("© Huế".encode(), b"&b;")
    assert inspect(photograph("b.jpg", xmp=bomb), max_pixels=MOST).rights_text == ""


def test_a_turned_photograph_is_measured_upright(photograph: Photograph) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = inspect(photograph("turned.jpg", 300, 200, exif=exif), max_pixels=MOST)
    assert (facts.width_px, facts.height_px, facts.orientation) == (200, 300, 6)


@pytest.mark.parametrize(
    ("name", "mode", "bands", "bits", "alpha"),
    [
        ("grey.png", "L", 1, 8, False),
        ("alpha.png", "RGBA", 4, 8, True),
        ("greyalpha.png", "LA", 2, 8, True),
        ("print.tif", "CMYK", 4, 8, False),
        ("deep.png", "I;16", 1, 16, False),
        ("soft.jp2", "RGB", 3, 8, False),
        ("soft.avif", "RGB", 3, 8, False),
    ],
)
def test_bands_bits_and_alpha(photograph: Photograph, name: str, mode: str, bands: int, bits: int, alpha: bool) -> None:
    facts = inspect(photograph(name, mode=mode), max_pixels=MOST)
    assert (facts.width_px, facts.height_px) == (300, 200)
    assert (facts.bands, facts.bits, facts.has_alpha) == (bands, bits, alpha)


def test_nothing_of_the_folder_that_one_stands_in_is_run(
    photograph: Photograph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JPEG 2000 is read by a child: Python would look for its modules in the current folder first."""
    path = photograph("soft.jp2")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "json.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path / "here")
    control = subprocess.run([sys.executable, "-m", "json"], capture_output=True, check=False)
    assert control.stderr.strip() == b"run"
    assert inspect(path, max_pixels=MOST).width_px == 300


def test_of_several_pages_the_first_is_taken_and_said(tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    picture(300, 200).save(path, save_all=True, append_images=[picture(50, 40)])
    facts = inspect(path, max_pixels=MOST)
    assert (facts.width_px, facts.pages) == (300, 2)
    assert "2 pages" in facts.remarks[0].message("en")
    assert "2 trang" in facts.remarks[0].message("vi")


def test_empty_and_foreign_files_are_refused(tmp_path: Path, photograph: Photograph) -> None:
    empty = tmp_path / "vạc.jpg"
    empty.touch()
    assert refusal(empty).code == "image.empty"
    empty.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert refusal(empty).code == "image.unknown_format"
    assert refusal(photograph("real.png"), name="said.jpg").code == "image.wrong_extension"
    assert refusal(tmp_path / "absent.jpg").code == "image.unreadable"


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp", "a.gif", "a.jp2", "a.avif"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_cut_off_file_is_refused(photograph: Photograph, name: str, share: float) -> None:
    path = photograph(name, 640, 480)
    assert inspect(path, max_pixels=MOST).width_px == 640
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert refusal(path).code in ("image.truncated", "image.corrupt")
    path.write_bytes(data[: int(len(data) * share)] + {"a.jpg": b"\xff\xd9", "a.png": b"IEND"}.get(name, b""))
    assert refusal(path).code in ("image.truncated", "image.corrupt")


@pytest.mark.parametrize("name", ["a.jpg", "progressive.jpg", "a.png"])
def test_damage_in_the_middle_is_found(photograph: Photograph, name: str) -> None:
    path = photograph(name, 640, 480, progressive=name.startswith("p"))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = np.random.default_rng(1).bytes(400)
    path.write_bytes(data)
    assert refusal(path).code == "image.corrupt"


def test_a_header_that_lies_about_size_is_refused(photograph: Photograph) -> None:
    path = photograph("lies.jpg", 640, 480)
    data = path.read_bytes()
    at = data.index(b"\xff\xc0") + 5
    path.write_bytes(data[:at] + struct.pack(">HH", 60_000, 60_000) + data[at + 4 :])
    error = refusal(path)
    assert (error.code, error.values["width"]) == ("image.too_large", 60_000)
    path.write_bytes(data[:at] + struct.pack(">H", 1_480) + data[at + 2 :])
    assert refusal(path).code == "image.corrupt"


def test_a_decompression_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("L", (12_000, 12_000)).save(path)
    assert path.stat().st_size < 200_000
    error = refusal(path)
    assert error.code == "image.too_large"
    assert error.values["limit"] == MOST


def test_extraneous_padding_of_some_cameras_is_no_damage(photograph: Photograph) -> None:
    path = photograph("a.jpg", 640, 480)
    data = path.read_bytes()
    path.write_bytes(data[:-2] + b"\0" * 40 + data[-2:] + b"\0" * 3000)
    assert inspect(path, max_pixels=MOST).width_px == 640
