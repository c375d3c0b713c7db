"""The header of a PLY file: counts, properties and size, read without loading (PLY, G. Turk 1994)."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from museum.errors import SourceError

HEADER_LIMIT_BYTES = 64_000
_SIZES = {
    "char": 1, "uchar": 1, "int8": 1, "uint8": 1,
    "short": 2, "ushort": 2, "int16": 2, "uint16": 2,
    "int": 4, "uint": 4, "int32": 4, "uint32": 4, "float": 4, "float32": 4,
    "double": 8, "float64": 8, "int64": 8, "uint64": 8,
}  # fmt: skip
_FORMATS = ("ascii", "binary_little_endian", "binary_big_endian")
_TEXTURE = re.compile(r"comment\s+TextureFile\s+(.+)", re.IGNORECASE)


@dataclass
class Element:
    """One element of a PLY file: how many rows, and what each holds in order: (name, type, type of its length).

    The last is "" for a plain number; else the property is a list.
    """

    name: str
    count: int
    properties: list[tuple[str, str, str]] = field(default_factory=list)
    scalars: list[str] = field(default_factory=list)
    fixed_bytes: int = 0
    list_bytes: int = 0  # of the length prefixes alone
    entry_bytes: int = 0  # of one entry of the shortest list
    has_list: bool = False


@dataclass(frozen=True, kw_only=True)
class PlyHeader:
    """Counts and textures of a PLY file; `faces` is 0 for a point cloud. The data begins at byte `body_offset`, after
    `lines` lines."""

    encoding: str
    vertices: int
    faces: int
    textures: tuple[str, ...]
    elements: tuple[Element, ...]
    body_offset: int
    lines: int


def read(path: Path, *, size: int, shown: str) -> PlyHeader:
    """Parse and check the header; raises SourceError when it contradicts itself or the file's size."""
    with path.open("rb") as file:
        head = file.read(HEADER_LIMIT_BYTES)
    end = re.search(rb"\nend_header\s*?\r?\n", head)
    if end is None:
        raise SourceError("scan.bad_header", file=shown, reason="end_header")
    lines = head[: end.start()].decode("latin-1").splitlines()
    encoding, elements, textures = _parse(lines, shown)
    by_name = {element.name: element for element in elements}
    vertex = by_name.get("vertex")
    if vertex is None or vertex.count == 0:
        raise SourceError("scan.no_geometry", file=shown)
    if not {"x", "y", "z"} <= set(vertex.scalars):
        raise SourceError("scan.bad_header", file=shown, reason="x, y, z")
    _check_size(elements, encoding, size - end.end(), shown)
    face = by_name.get("face")
    if "tristrips" in by_name:
        raise SourceError("scan.bad_header", file=shown, reason="tristrips")
    return PlyHeader(
        encoding=encoding, vertices=vertex.count, faces=face.count if face else 0, textures=textures,
        elements=tuple(elements), body_offset=end.end(), lines=head[: end.end()].count(b"\n"),
    )  # fmt: skip


def _parse(lines: list[str], shown: str) -> tuple[str, list[Element], tuple[str, ...]]:
    encoding = ""
    textures: list[str] = []
    elements: list[Element] = []
    for line in lines[1:]:
        words = line.split()
        if matched := _TEXTURE.match(line):
            textures.append(matched[1].strip())
        if not words or words[0] in ("comment", "obj_info"):
            continue
        if words[0] == "format" and len(words) == 3 and words[1] in _FORMATS:
            encoding = words[1]
        elif words[0] == "element" and len(words) == 3 and re.fullmatch(r"\d{1,18}", words[2]):
            elements.append(Element(words[1], int(words[2])))
        elif words[0] == "property" and elements and _add_property(elements[-1], words[1:]):
            continue
        else:
            raise SourceError("scan.bad_header", file=shown, reason=line.strip()[:80])
    if not encoding:
        raise SourceError("scan.bad_header", file=shown, reason="format")
    return encoding, elements, tuple(dict.fromkeys(textures))


def _add_property(element: Element, words: list[str]) -> bool:
    if len(words) == 4 and words[0] == "list" and words[1] in _SIZES and words[2] in _SIZES:
        element.properties.append((words[3], words[2], words[1]))
        element.has_list = True
        element.list_bytes += _SIZES[words[1]]
        element.entry_bytes = max(element.entry_bytes, _SIZES[words[2]])
        return True
    if len(words) == 2 and words[0] in _SIZES:
        element.properties.append((words[1], words[0], ""))
        element.scalars.append(words[1])
        element.fixed_bytes += _SIZES[words[0]]
        return True
    return False


def _check_size(elements: list[Element], encoding: str, body: int, shown: str) -> None:
    """A body smaller than the counts promise is cut off or lies; faces hold at least three indices each."""
    least = 0
    for element in elements:
        if encoding == "ascii":
            least += element.count * 2 * max(1, len(element.scalars) + 4 * element.has_list)
        else:
            corners = 3 * element.entry_bytes if element.name == "face" and element.has_list else 0
            least += element.count * (element.fixed_bytes + element.list_bytes + corners)
    if encoding == "ascii":
        least -= 1
    if body < least:
        raise SourceError("scan.truncated", file=shown, expected=least, found=body)
    if encoding != "ascii" and not any(element.has_list for element in elements) and body > least + 4:
        raise SourceError("scan.size_differs", file=shown, expected=least, found=body)
