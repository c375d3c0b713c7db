"""LAS and LAZ (ASPRS LAS 1.4-R15) by chunks; the only importer of laspy."""

import importlib
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np

from museum.errors import BackendError, SourceError
from museum.geometry.chunks import CHUNK_ROWS
from museum.geometry.mesh import Mesh
from museum.geometry.reading import attributes
from museum.geometry.reading.stated import Header
from museum.geometry.reading.workspace import Workspace

_KEYS, _WKT = 34_735, 2_112
_LINEAR, _MODEL, _GEOGRAPHIC = 3_076, 1_024, 2
_LINEAR_UNITS = {9001: "m", 9002: "ft"}
_WKT_UNIT = re.compile(
    r"\bUNIT\s*\[\s*\"([^\"]+)\"\s*,\s*([0-9.eE+-]+)|\bLENGTHUNIT\s*\[\s*\"([^\"]+)\"\s*,\s*([0-9.eE+-]+)"
)
_METRES = {1.0: "m", 0.3048: "ft", 0.01: "cm", 0.001: "mm"}


def is_packed(head: bytes) -> bool:
    """Whether the points are compressed (LASzip sets the highest bits of the point format)."""
    return len(head) > 104 and head[104] >= 128


def header(path: Path, *, size: int, shown: str) -> Header:
    """Count, box and unit that the public header block states (§2.4), read by ourselves and checked against the size.

    Raises SourceError scan.bad_header, scan.truncated, scan.no_geometry, scan.geographic.
    """
    with path.open("rb") as file:
        head = file.read(375)
        if len(head) < 227:
            raise SourceError("scan.truncated", file=shown, expected=227, found=size)
        minor = head[25]
        header_bytes, offset, records = struct.unpack_from("<HII", head, 94)
        _, length, count = struct.unpack_from("<BHI", head, 104)
        if minor >= 4 and len(head) >= 255:
            count = struct.unpack_from("<Q", head, 247)[0] or count
        if head[24] != 1 or offset > size or header_bytes < 227 or length < 20:
            raise SourceError("scan.bad_header", file=shown, reason=f"LAS {head[24]}.{minor}")
        file.seek(header_bytes)
        told = file.read(min(offset - header_bytes, 8 << 20))
    if count == 0:
        raise SourceError("scan.no_geometry", file=shown)
    packed = is_packed(head)
    if not packed and offset + count * length > size:
        raise SourceError("scan.truncated", file=shown, expected=offset + count * length, found=size)
    if packed and count > size * 200:
        raise SourceError("scan.bad_header", file=shown, reason=f"{count} points")
    high_x, low_x, high_y, low_y, high_z, low_z = struct.unpack_from("<6d", head, 179)
    return Header(
        format="laz" if packed else "las", vertices=count, faces=0, unit=_unit(told, records, shown), up_axis="Z",
        low=(low_x, low_y, low_z), high=(high_x, high_y, high_z),
    )  # fmt: skip


def _unit(told: bytes, records: int, shown: str) -> str:
    """The unit of the coordinate system, "" where the file names none that we know (§2.5, GeoTIFF keys or WKT)."""
    at, unit = 0, ""
    for _ in range(min(records, 1000)):
        if at + 54 > len(told):
            break
        number, length = struct.unpack_from("<HH", told, at + 18)
        data = told[at + 54 : at + 54 + length]
        at += 54 + length
        if number == _KEYS:
            keys = np.frombuffer(data[: len(data) // 8 * 8], "<u2").reshape(-1, 4)[1:]
            found = {int(key): int(value) for key, place, _, value in keys if place == 0}
            if found.get(_MODEL) == _GEOGRAPHIC:
                raise SourceError("scan.geographic", file=shown)
            unit = _LINEAR_UNITS.get(found.get(_LINEAR, 0), unit)
        elif number == _WKT:
            unit = _unit_of_wkt(data.decode("utf-8", "replace"), shown) or unit
    return unit


def _unit_of_wkt(text: str, shown: str) -> str:
    plain = text.strip("\0 \n").upper()
    if plain.startswith(("GEOGCS", "GEOGCRS", "GEODCRS")):
        raise SourceError("scan.geographic", file=shown)
    units = [a or b for _, a, _, b in _WKT_UNIT.findall(plain)]
    sizes = [float(size) for size in units]
    linear = [size for size in sizes if abs(size - 0.0174532925) > 1e-6]
    return next((name for size, name in _METRES.items() if linear and abs(linear[-1] - size) < 1e-9), "")


def read(path: Path, *, header: Header, shown: str, workspace: Workspace) -> Mesh:
    """The points in the file's own unit; raises SourceError scan.*, BackendError scan.without_clouds."""
    laspy = _library(shown)
    count = header.vertices or 0
    points = workspace.empty((count, 3), np.float64)
    colors: Any = None
    done = 0
    try:
        with laspy.open(path) as file:
            names = set(file.header.point_format.dimension_names)
            if {"red", "green", "blue"} <= names:
                colors = workspace.empty((count, 4), np.float32)
                colors[:, 3] = np.nan
            for rows in file.chunk_iterator(CHUNK_ROWS):
                part = slice(done, done + len(rows))
                for axis, name in enumerate("xyz"):
                    points[part, axis] = getattr(rows, name)
                if colors is not None:
                    for channel, name in enumerate(("red", "green", "blue")):
                        colors[part, channel] = rows[name]
                done += len(rows)
    except (laspy.errors.LaspyException, ValueError, OSError, RuntimeError, KeyError, struct.error) as error:
        raise SourceError("scan.bad_content", file=shown, reason=f"LAS: {error}"[:160]) from error
    if done != count:
        raise SourceError("scan.points_differ", file=shown, promised=count, found=done)
    shades = None
    if colors is not None and float(colors[:, :3].max(initial=0)) > 0:  # all black: the scanner took no picture
        # The standard wants 16 bits (§2.6.3); many programs write 8 all the same.
        shades = attributes.color_bytes(colors, is_wide=True, workspace=workspace)
    return Mesh(vertices_mm=points, faces=np.zeros((0, 3), np.int32), colors=shades, up_axis="Z")


def _library(shown: str) -> Any:
    try:
        return importlib.import_module("laspy")
    except ImportError as error:
        raise BackendError("scan.without_clouds", file=shown) from error
