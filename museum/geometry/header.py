"""Cheap checks of a scan file before anything is loaded: its signature, its counts against its size, its parts."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from museum.errors import SourceError
from museum.geometry import gltf_header, obj_header, ply_header
from museum.geometry.limits import DEFAULT_LIMITS, ScanLimits
from museum.geometry.parts import PartsFolder

STL_HEADER_BYTES = 84
STL_FACET_BYTES = 50
_ASCII_STL = re.compile(rb"^\s*solid\b", re.IGNORECASE)
_NUL = bytes(1)


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a scan file says of itself before it is loaded.

    `vertices` and `faces` are None where the format only tells after reading (OBJ, text STL, compressed glTF);
    `references` names each part the file asks for and where it lies; `unit` is what the format, or the file, states.
    """

    format: str
    vertices: int | None
    faces: int | None
    references: Mapping[str, Path] = field(default_factory=dict)
    unit: str = ""


FORMATS = ("ply", "stl", "obj", "glb", "gltf")


def read_header(
    path: Path, *, parts: Sequence[Path] = (), limits: ScanLimits = DEFAULT_LIMITS, name: str | None = None
) -> Header:
    """The header of the scan at `path`, checked against the file's size, extension and limits.

    `parts` are the other files of the same upload (MTL, textures, buffers); when empty, files beside or below
    `path` count. `name` is the original file name where `path` is a working name. Raises SourceError `scan.*`.
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
    if extension not in FORMATS:
        raise SourceError("scan.unknown_format", file=shown, extension=extension, known=", ".join(FORMATS))
    found = sniff(path)
    if found != extension:
        raise SourceError("scan.wrong_extension", file=shown, extension=extension, found=found or "?")
    header = _READERS[found](path, size, PartsFolder(path, parts, shown=shown))
    for what, count, limit in (
        ("vertices", header.vertices, limits.vertices),
        ("faces", header.faces, limits.faces),
    ):
        if count is not None and count > limit:
            raise SourceError("scan.too_many", file=shown, what=what, count=count, limit=limit)
    return header


def sniff(path: Path) -> str:
    """The format that the content shows ("ply", "stl", "obj", "glb", "gltf"), or "" when none fits."""
    with path.open("rb") as file:
        head = file.read(65_536)
    size = path.stat().st_size
    if head.startswith((b"ply\n", b"ply\r")):
        return "ply"
    if head.startswith(b"glTF"):
        return "glb"
    if head.startswith((b"\x89PNG", b"\xff\xd8", b"PK\x03\x04", b"%PDF", b"RIFF", b"GIF8", b"II*", b"MM")):
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
    return "obj" if obj_header.looks_like_obj(text) else ""


def _is_binary_stl(head: bytes, size: int) -> bool:
    return size >= STL_HEADER_BYTES and size == STL_HEADER_BYTES + STL_FACET_BYTES * _facets(head)


def _looks_like_cut_stl(head: bytes, size: int) -> bool:
    return size >= STL_HEADER_BYTES and 0 < size - STL_HEADER_BYTES < STL_FACET_BYTES * _facets(head)


def _facets(head: bytes) -> int:
    return int.from_bytes(head[80:84], "little")


def _read_stl(path: Path, size: int, parts: PartsFolder) -> Header:
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


def _read_ply(path: Path, size: int, parts: PartsFolder) -> Header:
    found = ply_header.read(path, size=size, shown=parts.shown)
    references = {} if not found.texture else {found.texture: parts.find(found.texture)}
    return Header(format="ply", vertices=found.vertices, faces=found.faces, references=references)


def _read_obj(path: Path, _size: int, parts: PartsFolder) -> Header:
    return Header(format="obj", vertices=None, faces=None, references=obj_header.references(path, parts))


def _read_gltf(path: Path, size: int, parts: PartsFolder) -> Header:
    document = gltf_header.read(path, size=size, parts=parts)
    return Header(
        format="glb" if document.is_binary else "gltf",
        vertices=document.vertices,
        faces=document.faces,
        references=document.references,
        unit=_gltf_unit(document.json["asset"]),
    )


def _gltf_unit(asset: Mapping[str, Any]) -> str:
    """Metres (glTF 2.0 §3.4), unless the file is a web model of ours whose scan had no established scale."""
    extras = asset.get("extras")
    return "" if isinstance(extras, dict) and extras.get("has_scale") is False else "m"


_READERS: Mapping[str, Callable[[Path, int, PartsFolder], Header]] = {
    "stl": _read_stl,
    "ply": _read_ply,
    "obj": _read_obj,
    "glb": _read_gltf,
    "gltf": _read_gltf,
}
