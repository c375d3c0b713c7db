"""Cheap checks of a scan file before anything is loaded: its signature, its counts against its size, its parts."""

import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from museum.errors import SourceError
from museum.geometry import gltf_header, obj_header, ply_header
from museum.geometry.limits import DEFAULT_LIMITS, ScanLimits
from museum.geometry.parts import PartsFolder
from museum.geometry.reading import dae, e57, las, off, points, threemf
from museum.geometry.reading.stated import Header

STL_HEADER_BYTES = 84
STL_FACET_BYTES = 50
_ASCII_STL = re.compile(rb"^\s*solid\b", re.IGNORECASE)
_NUL = bytes(1)
_OTHERS = (
    (b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"PK\x03\x04", "zip"), (b"%PDF", "pdf"), (b"RIFF", "riff"),
    (b"GIF8", "gif"), (b"II*", "tiff"), (b"MM\x00*", "tiff"), (b"\xabKTX", "ktx2"), (b"Kaydara FBX", "fbx"),
)  # fmt: skip


FORMATS = ("ply", "stl", "obj", "glb", "gltf", "3mf", "off", "dae", "e57", "las", "laz", "xyz", "pts")
_ALIKE = ({"xyz", "pts", "asc", "txt", "csv"}, {"las", "laz"})


def read_header(
    path: Path,
    *,
    parts: Sequence[Path] = (),
    limits: ScanLimits = DEFAULT_LIMITS,
    name: str | None = None,
    salvage: bool = False,
) -> Header:
    """The header of the scan at `path`, checked against the file's size, extension and limits.

    The content decides on the format, whatever the name says (`is_misnamed` tells of a difference). `parts` are the
    other files of the same upload (MTL, textures, buffers); when empty, files beside or below `path` count. `name` is
    the original file name where `path` is a working name. `salvage` goes without pictures that are missing.
    Raises SourceError `scan.*`.
    """
    shown = name or path.name
    try:
        size = path.stat().st_size
    except OSError as error:
        raise SourceError("scan.unreadable", file=shown, reason=error.strerror or "") from error
    if size == 0:
        raise SourceError("scan.empty_file", file=shown)
    if size > limits.file_bytes:
        raise SourceError("scan.too_large", file=shown, bytes=size, limit=limits.file_bytes)
    extension = Path(shown).suffix.lower().lstrip(".")
    found = sniff(path)
    if not found and extension not in FORMATS:
        raise SourceError("scan.unknown_format", file=shown, extension=extension, known=", ".join(FORMATS))
    if not found:
        raise SourceError("scan.wrong_extension", file=shown, extension=extension, found=_other(path) or "?")
    folder = PartsFolder(path, parts, shown=shown, salvage=salvage)
    with damage_told(shown):
        header = replace(_READERS[found](path, size, folder, limits), missing=tuple(folder.missing))
    for what, count, limit in (
        ("vertices", header.vertices, limits.vertices),
        ("faces", header.faces, limits.faces),
    ):
        if count is not None and count > limit:
            raise SourceError("scan.too_many", file=shown, what=what, count=count, limit=limit)
    return header


@contextmanager
def damage_told(shown: str) -> Iterator[None]:
    """Whatever a reader stumbles over in damaged content becomes SourceError scan.bad_content."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, struct.error) as error:
        reason = f"{type(error).__name__}: {error}"[:160]
        raise SourceError("scan.bad_content", file=shown, reason=reason) from error


def is_misnamed(name: str, format_name: str) -> bool:
    """Whether a file's name speaks of another format than its content."""
    extension = Path(name).suffix.lower().lstrip(".")
    return extension != format_name and not any({extension, format_name} <= alike for alike in _ALIKE)


def sniff(path: Path) -> str:
    """The format that the content shows (one of `FORMATS`), or "" when none fits."""
    with path.open("rb") as file:
        head = file.read(65_536)
    size = path.stat().st_size
    if head.startswith((b"ply\n", b"ply\r")):
        return "ply"
    if head.startswith(b"glTF"):
        return "glb"
    if head.startswith(b"ASTM-E57"):
        return "e57"
    if head.startswith(b"LASF"):
        return "laz" if las.is_packed(head) else "las"
    if head.startswith(b"PK\x03\x04"):
        return "3mf" if threemf.looks_like_3mf(path) else ""
    if _other(path):
        return ""
    if _is_binary_stl(head, size):
        return "stl"
    if _NUL in head:
        # Neither text nor a length that fits: an STL whose tail is missing says how many facets it should have.
        return "stl" if _looks_like_cut_stl(head, size) else ""
    if _ASCII_STL.match(head):
        return "stl"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return "gltf"
    if text.startswith(b"<"):
        return "dae" if b"<COLLADA" in text else ""
    if off.looks_like_off(text):
        return "off"
    return "obj" if obj_header.looks_like_obj(text) else points.kind_of(text)


def _other(path: Path) -> str:
    """What a file is that is no scan, by its first bytes."""
    with path.open("rb") as file:
        head = file.read(16)
    return next((name for signature, name in _OTHERS if head.startswith(signature)), "")


def _is_binary_stl(head: bytes, size: int) -> bool:
    return size >= STL_HEADER_BYTES and size == STL_HEADER_BYTES + STL_FACET_BYTES * _facets(head)


def _looks_like_cut_stl(head: bytes, size: int) -> bool:
    return size >= STL_HEADER_BYTES and 0 < size - STL_HEADER_BYTES < STL_FACET_BYTES * _facets(head)


def _facets(head: bytes) -> int:
    return int.from_bytes(head[80:84], "little")


def _read_stl(path: Path, size: int, parts: PartsFolder, _limits: ScanLimits) -> Header:
    with path.open("rb") as file:
        head = file.read(65_536)
        if _is_binary_stl(head, size) or _NUL in head:
            faces = _facets(head)
            wanted = STL_HEADER_BYTES + STL_FACET_BYTES * faces
            if faces == 0:
                raise SourceError("scan.no_geometry", file=parts.shown)
            if wanted != size:
                raise SourceError("scan.truncated", file=parts.shown, expected=wanted, found=size)
            return Header(format="stl", vertices=3 * faces, faces=faces)
        file.seek(max(0, size - 4096))
        tail = file.read()
    if b"facet" not in head.lower():
        raise SourceError("scan.no_geometry", file=parts.shown)
    if b"endsolid" not in tail.lower():
        raise SourceError("scan.cut_short", file=parts.shown, ending="endsolid")
    return Header(format="stl", vertices=None, faces=None)


def _read_ply(path: Path, size: int, parts: PartsFolder, _limits: ScanLimits) -> Header:
    found = ply_header.read(path, size=size, shown=parts.shown)
    references = parts.pictures({name: name for name in found.textures})
    return Header(format="ply", vertices=found.vertices, faces=found.faces, references=references)


def _read_obj(path: Path, _size: int, parts: PartsFolder, _limits: ScanLimits) -> Header:
    return Header(format="obj", vertices=None, faces=None, references=obj_header.references(path, parts))


def _read_gltf(path: Path, size: int, parts: PartsFolder, _limits: ScanLimits) -> Header:
    document = gltf_header.read(path, size=size, parts=parts)
    return Header(
        format="glb" if document.is_binary else "gltf",
        vertices=document.vertices,
        faces=document.faces,
        references=document.references,
        unit=_gltf_unit(document.json["asset"]),
        up_axis="Y",
    )


def _gltf_unit(asset: Mapping[str, Any]) -> str:
    """Metres (glTF 2.0 §3.4), unless the file is a web model of ours whose scan had no established scale."""
    extras = asset.get("extras")
    return "" if isinstance(extras, dict) and extras.get("has_scale") is False else "m"


def _read_3mf(path: Path, _size: int, parts: PartsFolder, limits: ScanLimits) -> Header:
    return threemf.header(path, shown=parts.shown, limits=limits)


def _read_off(path: Path, size: int, parts: PartsFolder, _limits: ScanLimits) -> Header:
    return off.header(path, size=size, shown=parts.shown)


def _read_dae(path: Path, _size: int, parts: PartsFolder, limits: ScanLimits) -> Header:
    return dae.header(path, parts=parts, limits=limits)


def _read_e57(path: Path, size: int, parts: PartsFolder, _limits: ScanLimits) -> Header:
    return e57.header(path, size=size, shown=parts.shown)


def _read_las(path: Path, size: int, parts: PartsFolder, _limits: ScanLimits) -> Header:
    return las.header(path, size=size, shown=parts.shown)


def _read_points(path: Path, size: int, parts: PartsFolder, _limits: ScanLimits) -> Header:
    return points.header(path, size=size, shown=parts.shown)


_READERS: Mapping[str, Callable[[Path, int, PartsFolder, ScanLimits], Header]] = {
    "stl": _read_stl,
    "ply": _read_ply,
    "obj": _read_obj,
    "glb": _read_gltf,
    "gltf": _read_gltf,
    "3mf": _read_3mf,
    "off": _read_off,
    "dae": _read_dae,
    "e57": _read_e57,
    "las": _read_las,
    "laz": _read_las,
    "xyz": _read_points,
    "pts": _read_points,
}
