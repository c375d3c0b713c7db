"""What vertices bear, from columns of numbers: positions, normals, colours, texture coordinates; and their pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry import signatures
from museum.geometry.chunks import slices
from museum.geometry.mesh import Bytes, Floats, Material, Picture
from museum.geometry.reading.workspace import Workspace

_NORMAL = ("nx", "ny", "nz")
_COLORS = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))
_UV = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"), ("texture_s", "texture_t"))
_FEW_BROKEN = 0.01


class Vertices:
    """`count` vertices that come by rows of named columns (PLY's names)."""

    def __init__(self, count: int, workspace: Workspace) -> None:
        self._workspace = workspace
        self._count = count
        self._done = 0
        self.vertices: Floats = workspace.empty((count, 3), np.float64)
        self._normals: Floats | None = None
        self._uv: Floats | None = None
        self._colors: NDArray[Any] | None = None

    def add(self, rows: Mapping[str, NDArray[Any]]) -> None:
        """Take in the next rows."""
        size = len(rows["x"])
        part = slice(self._done, self._done + size)
        for axis, name in enumerate("xyz"):
            self.vertices[part, axis] = rows[name]
        if set(_NORMAL) <= set(rows):
            if self._normals is None:
                self._normals = self._workspace.empty((self._count, 3), np.float64)
            for axis, name in enumerate(_NORMAL):
                self._normals[part, axis] = rows[name]
        names = next((names for names in _COLORS if set(names) <= set(rows)), None)
        if names is not None:
            self._add_colors(rows, names, part)
        pair = next((names for names in _UV if set(names) <= set(rows)), None)
        if pair is not None:
            if self._uv is None:
                self._uv = self._workspace.empty((self._count, 2), np.float64)
            self._uv[part, 0], self._uv[part, 1] = rows[pair[0]], 1.0 - np.asarray(rows[pair[1]], np.float64)
        self._done += size

    def _add_colors(self, rows: Mapping[str, NDArray[Any]], names: tuple[str, str, str], part: slice) -> None:
        alpha = next((name for name in ("alpha", "a", "diffuse_alpha") if name in rows), None)
        kind = rows[names[0]].dtype
        if self._colors is None:
            plain = kind == np.uint8
            self._colors = self._workspace.empty((self._count, 4), np.uint8 if plain else np.float32)
            self._colors[:, 3] = 255 if plain else np.nan
            self._is_wide = kind == np.uint16
        for channel, name in enumerate((*names, *([alpha] if alpha else []))):
            self._colors[part, channel] = rows[name]

    @property
    def normals(self) -> Floats | None:
        """(n, 3) of unit length, or None where the file has none or broken ones."""
        return None if self._normals is None else unit(self._normals)

    @property
    def uv(self) -> Floats | None:
        """(n, 2), origin at the top left."""
        return self._uv

    @property
    def colors(self) -> Bytes | None:
        """(n, 4) sRGB."""
        if self._colors is None or self._colors.dtype == np.uint8:
            return self._colors
        return color_bytes(self._colors, is_wide=self._is_wide, workspace=self._workspace)


def color_bytes(values: NDArray[Any], *, is_wide: bool, workspace: Workspace) -> Bytes:
    """(n, 4) uint8 of numbers 0..1, 0..255 or (`is_wide`) 0..65535; alpha that is no number is 255."""
    largest = float(np.nanmax(values[:, :3], initial=0.0))
    factor = 255.0 if largest <= 1.0 else 1.0
    if largest > 255 and (is_wide or largest <= 65_535):
        factor = 255.0 / 65_535.0
    result = workspace.empty((len(values), 4), np.uint8)
    for part in slices(len(values)):
        piece = np.asarray(values[part], np.float64) * factor
        result[part] = np.rint(np.clip(np.where(np.isfinite(piece), piece, 255), 0, 255))
    return result


def unit(normals: Floats) -> Floats | None:
    """Normals brought to length 1 in place; None when more than one in a hundred has no length or is no number."""
    broken = 0
    for part in slices(len(normals)):
        length = np.linalg.norm(normals[part], axis=1, keepdims=True)
        bad = ~np.isfinite(length) | (length == 0)
        broken += int(bad.sum())
        normals[part] = np.where(bad, 0.0, normals[part] / np.where(bad, 1.0, length))
    return None if broken > _FEW_BROKEN * len(normals) else normals


def flipped(uv: Floats) -> Floats:
    """PLY, OBJ and COLLADA count v from the bottom, glTF from the top."""
    return np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1)


def picture(path: Path) -> Picture:
    """The encoded picture in a file. Raises SourceError scan.bad_texture."""
    data = path.read_bytes()
    kind = signatures.media_type(data)
    if not kind:
        raise SourceError("scan.bad_texture", file=path.name, reason="JPEG, PNG, WebP")
    return Picture(data=data, media_type=kind)


def textured(path: Path | None) -> Material:
    """A rough surface that bears a picture; bare stone where that is missing."""
    if path is None:
        return Material(is_stated=False)
    return Material(base_color=(1, 1, 1, 1), base_texture=picture(path), roughness=0.8)
