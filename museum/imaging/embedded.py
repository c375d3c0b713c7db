"""What a photograph says about itself, by allow-list: capture data, rights, place. Never the blocks themselves.

EXIF 2.32, IPTC IIM 4.2, XMP (dc: and the IPTC Digital Source Type), ICC.1 profile names. Everything read
here is somebody's bytes: lengths are bounded, DTDs refused, and a broken block gives nothing instead of an error, since
the pixels may still be sound.
"""

import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from museum.imaging import tiff
from museum.text import tidy

CaptureValue = str | int | float
_MOST_TEXT = 2000
_EXIF_POINTER, _GPS_POINTER = 0x8769, 0x8825
_TEXTS = {0x010E: "description", 0x013B: "artist", 0x8298: "copyright", 0x0110: "camera"}
_EXIF_TEXTS = {0xA434: "lens"}
_XMP_NAMES = {"rights": "copyright", "creator": "artist", "description": "description"}
_IPTC_NAMES = {116: "copyright", 80: "artist", 120: "description"}
_SOURCE_TYPE = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
_SOURCE_CODE = re.compile(r"https?://cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]{3,64})/?")
_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF_LI = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"


@dataclass(frozen=True)
class Position:
    """Where a photograph was taken, WGS 84. Kept apart: it can lead thieves to a site or a depot."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float | None


@dataclass(frozen=True)
class Embedded:
    """Allow-listed facts: camera, lens, exposure ("1/125" s), aperture, iso, focal_mm, taken_at (local ISO time as the
    camera had it), artist, copyright, description, digital_source (how it came about), software never."""

    capture: Mapping[str, CaptureValue]
    position: Position | None


def from_tiff_bytes(data: bytes) -> Embedded:
    """Read an EXIF block (with or without its "Exif" prefix)."""
    data = data.removeprefix(b"Exif\0\0")
    return from_tiff(lambda offset, length: data[offset : offset + length])


def from_tiff(read: tiff.Read) -> Embedded:
    """Read the first directory of a TIFF structure and the EXIF and GPS directories it points to."""
    try:
        found = tiff.directories(read, most=1)
    except tiff.NotTiff:
        return Embedded({}, None)
    main = found.pages[0]
    exif, gps = _pointed(found, main, _EXIF_POINTER), _pointed(found, main, _GPS_POINTER)
    capture: dict[str, CaptureValue] = {}
    for page, names in ((main, _TEXTS), (exif, _EXIF_TEXTS)):
        for tag, name in names.items():
            if words := _text(found, page, tag):
                capture[name] = words
    if maker := _text(found, main, 0x010F):
        model = str(capture.get("camera", ""))
        capture["camera"] = model if model.lower().startswith(maker.lower().split()[0]) else tidy(f"{maker} {model}")
    if exposure := _number(found, exif, 0x829A):
        capture["exposure"] = f"1/{round(1 / exposure)}" if exposure < 0.4 else f"{exposure:g}"
    for tag, name in ((0x829D, "aperture"), (0x920A, "focal_mm"), (0x8827, "iso")):
        if number := _number(found, exif, tag):
            capture[name] = round(number) if name == "iso" else round(number, 2)
    if taken := _moment(found, exif):
        capture["taken_at"] = taken
    return Embedded(capture, _position(found, gps))


def _pointed(found: tiff.Directories, page: Mapping[int, tiff.Field], tag: int) -> Mapping[int, tiff.Field]:
    if tag not in page:
        return {}
    try:
        return found.directory(found.integers(page[tag])[0])
    except (tiff.NotTiff, IndexError):
        return {}


def _text(found: tiff.Directories, page: Mapping[int, tiff.Field], tag: int) -> str:
    try:
        return tidy(found.text(page[tag]))[:_MOST_TEXT] if tag in page else ""
    except tiff.NotTiff:
        return ""


def _numbers(found: tiff.Directories, page: Mapping[int, tiff.Field], tag: int) -> tuple[float, ...]:
    try:
        return found.numbers(page[tag], most_bytes=256) if tag in page else ()
    except tiff.NotTiff:
        return ()


def _number(found: tiff.Directories, page: Mapping[int, tiff.Field], tag: int) -> float:
    values = _numbers(found, page, tag)
    return float(values[0]) if values and 0 < values[0] < 1e7 else 0.0


def _moment(found: tiff.Directories, exif: Mapping[int, tiff.Field]) -> str:
    """DateTimeOriginal, else DateTimeDigitized, with its offset when the camera wrote one."""
    for tag, zone_tag in ((0x9003, 0x9011), (0x9004, 0x9012)):
        try:
            moment = datetime.strptime(_text(found, exif, tag), "%Y:%m:%d %H:%M:%S")
        except ValueError:
            continue
        zone = _text(found, exif, zone_tag)
        return moment.isoformat() + (zone if re.fullmatch(r"[+-]\d\d:\d\d", zone) else "")
    return ""


def _position(found: tiff.Directories, gps: Mapping[int, tiff.Field]) -> Position | None:
    degrees = []
    for tag, negative in ((1, "S"), (3, "W")):
        parts = _numbers(found, gps, tag + 1)
        if len(parts) != 3:
            return None
        size = parts[0] + parts[1] / 60 + parts[2] / 3600
        degrees.append(-size if _text(found, gps, tag).upper() == negative else size)
    if not (abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180):
        return None
    heights = _numbers(found, gps, 6)
    below = _numbers(found, gps, 5)[:1] == (1,)
    altitude = None if not heights else round(-heights[0] if below else heights[0], 1)
    return Position(round(degrees[0], 7), round(degrees[1], 7), altitude)


def from_xmp(data: bytes) -> dict[str, CaptureValue]:
    """dc:rights, dc:creator and dc:description of an XMP packet, the first language alternative of each.

    And `digital_source`: the code of its IPTC Digital Source Type ("algorithmicMedia", "digitalCapture", …).
    """
    data = data.strip(b"\0 \r\n\t")
    if len(data) > 2**20 or re.search(rb"<!(?:DOCTYPE|ENTITY)", data, re.IGNORECASE):
        return {}
    try:
        root = ET.fromstring(data)
    except ET.ParseError:
        return {}
    found: dict[str, CaptureValue] = {}
    for name, ours in _XMP_NAMES.items():
        for element in root.iter(_DC + name):
            texts = [tidy(item.text or "") for item in element.iter(_RDF_LI)] or [tidy(element.text or "")]
            texts = [words for words in texts if words]
            if texts:
                found[ours] = ("; ".join(texts) if name == "creator" else texts[0])[:_MOST_TEXT]
                break
    for element in root.iter():
        said = element.get(_SOURCE_TYPE) or ((element.text or "") if element.tag == _SOURCE_TYPE else "")
        if match := _SOURCE_CODE.fullmatch(said.strip()):
            found["digital_source"] = match[1]
            break
    return found


def from_iptc(data: bytes) -> dict[str, CaptureValue]:
    """Copyright notice, by-line and caption of an IPTC block, bare or inside Photoshop's resources."""
    is_utf8 = b"\x1c\x01\x5a\x00\x03\x1b\x25\x47" in data
    found: dict[str, CaptureValue] = {}
    for match in re.finditer(rb"\x1c\x02([\x50\x74\x78])", data):
        (length,) = struct.unpack(">H", data[match.end() : match.end() + 2].ljust(2, b"\0"))
        raw = data[match.end() + 2 : match.end() + 2 + length]
        if length > _MOST_TEXT or len(raw) != length:
            continue
        try:
            words = raw.decode("utf-8")
        except UnicodeDecodeError:
            words = raw.decode("utf-8" if is_utf8 else "latin-1", "replace")
        if words := tidy(words):
            found.setdefault(_IPTC_NAMES[match[1][0]], words)
    return found


def icc_name(profile: bytes) -> str:
    """The description of an ICC profile (ICC.1:2022 §9.2.41, and version 2's text type), empty when it has none."""
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return ""
    (count,) = struct.unpack_from(">I", profile, 128)
    for at in range(132, min(132 + 12 * min(count, 100), len(profile) - 11), 12):
        tag, offset, size = struct.unpack_from(">4sII", profile, at)
        if tag != b"desc":
            continue
        body = profile[offset : offset + min(size, 4096)]
        if body[:4] == b"desc" and len(body) >= 12:
            return tidy(body[12 : 12 + int.from_bytes(body[8:12], "big")].split(b"\0")[0].decode("latin-1"))
        if body[:4] == b"mluc" and len(body) >= 28:
            length, start = struct.unpack_from(">II", body, 20)
            return tidy(body[start : start + length].decode("utf-16-be", "replace"))
    return ""
