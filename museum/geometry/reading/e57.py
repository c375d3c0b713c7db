"""E57 (ASTM E2807) by chunks, every scan at its place; the only importer of pye57."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.errors import BackendError, SourceError
from museum.geometry.chunks import CHUNK_ROWS
from museum.geometry.mesh import Mesh
from museum.geometry.reading import attributes
from museum.geometry.reading.stated import Header
from museum.geometry.reading.workspace import Workspace

_PAGE = 1024
_CARTESIAN = ("cartesianX", "cartesianY", "cartesianZ")
_SPHERICAL = ("sphericalRange", "sphericalAzimuth", "sphericalElevation")
_COLORS = ("colorRed", "colorGreen", "colorBlue")
_INVALID = ("cartesianInvalidState", "sphericalInvalidState")
_EXTENT_TOLERANCE = 0.001


def header(path: Path, *, size: int, shown: str) -> Header:
    """What the first 48 bytes state (§6.2): the file's length, which must be its size. Metres (§5.2)."""
    with path.open("rb") as file:
        head = file.read(48)
    stated = int.from_bytes(head[16:24], "little")
    if len(head) < 48 or stated > size:
        raise SourceError("scan.truncated", file=shown, expected=max(48, stated), found=size)
    if stated != size or int.from_bytes(head[40:48], "little") != _PAGE:
        raise SourceError("scan.size_differs", file=shown, expected=stated, found=size)
    return Header(format="e57", vertices=None, faces=0, unit="m")


def read(path: Path, *, shown: str, workspace: Workspace) -> Mesh:
    """The points of all scans in metres; raises SourceError scan.*, BackendError scan.without_clouds."""
    try:
        pye57 = importlib.import_module("pye57")
    except ImportError as error:
        raise BackendError("scan.without_clouds", file=shown) from error
    points = workspace.stream(np.float64, width=3)
    colors = workspace.stream(np.float32, width=4)
    try:
        file = pye57.E57(str(path))
        try:
            total = sum(int(file.get_header(number).point_count) for number in range(file.scan_count))
            if total > workspace.limits.vertices:
                raise SourceError("scan.too_many", file=shown, what="points", count=total,
                                  limit=workspace.limits.vertices)  # fmt: skip
            for number in range(file.scan_count):
                _scan(file, number, points, colors, shown)
        finally:
            file.close()
    except (pye57.libe57.E57Exception, ValueError, KeyError, OSError, RuntimeError, TypeError) as error:
        raise SourceError("scan.bad_content", file=shown, reason=f"E57: {error}"[:160]) from error
    found = points.done()
    if not len(found):
        raise SourceError("scan.no_geometry", file=shown)
    shades = colors.done()
    is_colored = len(shades) == len(found) and np.isfinite(shades[:, 0]).any()
    return Mesh(
        vertices_mm=found, faces=np.zeros((0, 3), np.int32),
        colors=attributes.color_bytes(shades, is_wide=False, workspace=workspace) if is_colored else None,
    )  # fmt: skip


def _scan(file: Any, number: int, points: Any, colors: Any, shown: str) -> None:
    """One scan, moved to its place (pose, §8.4.6); points that the scanner marked as invalid are left out."""
    head = file.get_header(number)
    fields = set(head.point_fields)
    names = _CARTESIAN if set(_CARTESIAN) <= fields else _SPHERICAL
    if not set(names) <= fields:
        raise SourceError("scan.bad_header", file=shown, reason="cartesianX")
    wanted = [*names, *(n for n in _COLORS if set(_COLORS) <= fields), *(n for n in _INVALID if n in fields)]
    buffers_of, buffers = file.make_buffers(wanted, CHUNK_ROWS)
    reader = head.points.reader(buffers)
    rotation, translation = _pose(head)
    scale = _color_limits(head)
    done = 0
    box = np.array([[np.inf] * 3, [-np.inf] * 3])  # in the scanner's own coordinates, as the standard wants it
    there = box.copy()  # where the pose puts it, as some programs write it
    while size := int(reader.read()):
        columns = {name: np.asarray(buffers_of[name][:size]) for name in wanted}
        done += size
        place = _places(columns, names)
        valid = np.ones(size, bool)
        for name in _INVALID:
            if name in columns:
                valid &= columns[name] == 0
        place = place[valid]
        moved = place @ rotation.T + translation
        for own, piece in ((box, place), (there, moved)):
            if len(piece):
                own[0], own[1] = np.minimum(own[0], piece.min(axis=0)), np.maximum(own[1], piece.max(axis=0))
        points.add(moved)
        shade = np.full((len(place), 4), np.nan, np.float32)
        if _COLORS[0] in columns:
            for channel, name in enumerate(_COLORS):
                shade[:, channel] = (columns[name][valid] - scale[0]) * (255.0 / max(scale[1] - scale[0], 1e-9))
            shade[:, 3] = 255
        colors.add(shade)
    reader.close()
    if done != int(head.point_count):
        raise SourceError("scan.points_differ", file=shown, promised=int(head.point_count), found=done)
    _check_bounds(head, (box, there), shown)


def _places(columns: dict[str, NDArray[Any]], names: tuple[str, ...]) -> NDArray[np.float64]:
    if names is _CARTESIAN:
        return np.stack([columns[name].astype(np.float64) for name in names], axis=1)
    distance, azimuth, elevation = (columns[name].astype(np.float64) for name in names)
    flat = distance * np.cos(elevation)
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), distance * np.sin(elevation)], axis=1)


def _pose(head: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not head.has_pose():
        return np.eye(3), np.zeros(3)
    matrix = np.asarray(head.rotation_matrix, np.float64)
    return matrix, np.asarray(head.translation, np.float64)


def _color_limits(head: Any) -> tuple[float, float]:
    """The range of the colours that the scan states, 0 to 255 where it doesn't."""
    if "colorLimits" not in head.scan_fields:
        return 0.0, 255.0
    limits = head.node["colorLimits"]
    return float(limits["colorRedMinimum"].value()), float(limits["colorRedMaximum"].value())


def _check_bounds(head: Any, found: tuple[NDArray[np.float64], ...], shown: str) -> None:
    """What was read against the box that the scan states (cartesianBounds, §8.4.5)."""
    if "cartesianBounds" not in head.scan_fields:
        return
    stated = np.array([[float(getattr(head, f"{axis}{end}imum")) for axis in "xyz"] for end in ("Min", "Max")])
    size = float((stated[1] - stated[0]).max())
    if size <= 0 or not np.isfinite(found[0]).all():
        return
    outside = min(max(float((stated[0] - box[0]).max()), float((box[1] - stated[1]).max())) for box in found)
    if outside > _EXTENT_TOLERANCE * size:
        read, wanted = (" × ".join(f"{v:.4g}" for v in box[1] - box[0]) for box in (found[0], stated))
        raise SourceError("scan.extent_differs", file=shown, stated=wanted, found=read)
