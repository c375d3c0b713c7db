"""A second reader: some vertices read once more by other means, straight from the file, and compared with the mesh.

It shares no code with the readers, so that a fault of theirs (a shifted column, colours of another width, a byte order
taken wrongly) shows as a difference instead of as a scan that looks almost right.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from museum.errors import SourceError
from museum.geometry.mesh import Mesh

_SAMPLES = 64
_HEAD_BYTES = 262_144
_TOLERANCE = 1e-6
_COLOR_TOLERANCE = 1.01  # rounding of one step
_CODES = {
    "char": "b", "int8": "b", "uchar": "B", "uint8": "B", "short": "h", "int16": "h", "ushort": "H", "uint16": "H",
    "int": "i", "int32": "i", "uint": "I", "uint32": "I", "float": "f", "float32": "f", "double": "d", "float64": "d",
    "int64": "q", "uint64": "Q",
}  # fmt: skip
_LAS_COLOR_AT = {2: 20, 3: 28, 5: 28, 7: 30, 8: 30, 10: 30}


@dataclass(frozen=True)
class Seen:
    """Vertex `number` as the second reader sees it; `color` in 0..255, None where it doesn't look at colours."""

    number: int
    place: tuple[float, float, float]
    color: tuple[float, float, float] | None = None


def check(path: Path, *, format_name: str, mesh: Mesh, shown: str) -> int:
    """Compare; gives how many vertices were looked at. Raises SourceError scan.readers_differ."""
    looked = 0
    size = max(mesh.extent)
    for seen in _seen(path, format_name):
        looked += 1
        if seen.number >= len(mesh.vertices_mm):
            raise _differ(shown, seen, "–")
        place = mesh.vertices_mm[seen.number]
        scale = max(size, float(np.abs(place).max()))
        off = float(np.abs(place - np.array(seen.place)).max())
        if not off <= _TOLERANCE * scale:
            raise _differ(shown, seen, ", ".join(f"{v:.6g}" for v in place))
        if seen.color is not None and mesh.colors is not None:
            read = mesh.colors[seen.number, :3].astype(np.float64)
            if float(np.abs(read - np.array(seen.color)).max()) > _COLOR_TOLERANCE:
                raise _differ(shown, seen, ", ".join(f"{v:g}" for v in read))
    return looked


def _differ(shown: str, seen: Seen, found: str) -> SourceError:
    said = ", ".join(f"{v:.6g}" for v in (*seen.place, *(seen.color or ())))
    return SourceError("scan.readers_differ", file=shown, vertex=seen.number, first=found, second=said)


def _seen(path: Path, format_name: str) -> Iterator[Seen]:
    if format_name == "ply":
        yield from _ply(path)
    elif format_name == "stl":
        yield from _stl(path)
    elif format_name == "las":
        yield from _las(path)
    elif format_name == "obj":
        yield from _obj(path)


def _chosen(count: int) -> Iterator[int]:
    """Numbers of vertices, evenly spread, the first and the last among them."""
    yield from sorted({round(i * (count - 1) / (_SAMPLES - 1)) for i in range(_SAMPLES)} if count else ())


def _ply(path: Path) -> Iterator[Seen]:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        matched = re.search(rb"end_header[^\n]*\n", head)
        lines = head[: matched.end() if matched else 0].decode("latin-1").split("\n")
        elements = [line.split() for line in lines if line.startswith("element")]
        if matched is None or not elements or elements[0][1] != "vertex":
            return
        start = next(i for i, line in enumerate(lines) if line.startswith("element"))
        stop = next((i for i in range(start + 1, len(lines)) if lines[i].startswith("element")), len(lines))
        properties = [line.split() for line in lines[start + 1 : stop] if line.startswith("property")]
        names = [words[-1] for words in properties]
        kinds = [words[1] for words in properties]
        count = int(elements[0][2])
        if "ascii" in lines[1]:
            rows = head[matched.end() :].split(b"\n")[: min(count, _SAMPLES)]
            for number, row in enumerate(rows[:-1]):
                yield _vertex(number, [float(word) for word in row.split()], names, kinds)
            return
        order = "<" if any("little" in line for line in lines[:8]) else ">"
        layout = struct.Struct(order + "".join(_CODES[kind] for kind in kinds))
        for number in _chosen(count):
            file.seek(matched.end() + number * layout.size)
            yield _vertex(number, list(map(float, layout.unpack(file.read(layout.size)))), names, kinds)


def _vertex(number: int, values: list[float], names: list[str], kinds: list[str]) -> Seen:
    x, y, z = (values[names.index(axis)] for axis in "xyz")
    color = None
    if {"red", "green", "blue"} <= set(names) and kinds[names.index("red")] in ("uchar", "uint8"):
        red, green, blue = (values[names.index(name)] for name in ("red", "green", "blue"))
        color = (red, green, blue)
    return Seen(number, (x, y, z), color)


def _stl(path: Path) -> Iterator[Seen]:
    with path.open("rb") as file:
        head = file.read(84)
        count = int.from_bytes(head[80:84], "little")
        if path.stat().st_size != 84 + 50 * count:
            return  # text: counted by its reader in two ways
        for facet in _chosen(count):
            file.seek(84 + 50 * facet + 12)
            values = struct.unpack("<9f", file.read(36))
            for corner in range(3):
                x, y, z = values[3 * corner : 3 * corner + 3]
                yield Seen(3 * facet + corner, (x, y, z))


def _las(path: Path) -> Iterator[Seen]:
    with path.open("rb") as file:
        head = file.read(375)
        offset = int.from_bytes(head[96:100], "little")
        kind, length, count = struct.unpack_from("<BHI", head, 104)
        if head[25] >= 4:
            count = int.from_bytes(head[247:255], "little")
        scales, moved = struct.unpack_from("<3d", head, 131), struct.unpack_from("<3d", head, 155)
        for number in _chosen(count):
            file.seek(offset + number * length)
            row = file.read(length)
            place = struct.unpack_from("<3i", row)
            x, y, z = (p * s + m for p, s, m in zip(place, scales, moved, strict=True))
            color = None
            if kind in _LAS_COLOR_AT:
                # 16 bits; values up to 255 alone are those of a program that writes 8, told apart by the reader
                red, green, blue = (v / 257 for v in struct.unpack_from("<3H", row, _LAS_COLOR_AT[kind]))
                color = (red, green, blue) if max(red, green, blue) > 1 else None
            yield Seen(number, (x, y, z), color)


def _obj(path: Path) -> Iterator[Seen]:
    with path.open("rb") as file:
        lines = file.read(_HEAD_BYTES).split(b"\n")[:-1]
    number = 0
    for line in lines:
        words = line.split()
        if words[:1] == [b"v"] and len(words) >= 4:
            x, y, z = (float(word) for word in words[1:4])
            color = None
            if len(words) >= 7:
                red, green, blue = (float(word) for word in words[-3:])
                color = (red * 255, green * 255, blue * 255) if max(red, green, blue) <= 1 else None
            yield Seen(number, (x, y, z), color)
            number += 1
            if number >= _SAMPLES:
                return
