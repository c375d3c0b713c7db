"""Wavefront OBJ: lines in blocks become arrays (positions, corners), so that its size doesn't matter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry import color, obj_header, signatures
from museum.geometry.chunks import slices
from museum.geometry.mesh import Floats, Ints, Material, Mesh
from museum.geometry.reading import attributes, lines, seams
from museum.geometry.reading.workspace import Stream, Workspace

_STATEMENT = re.compile(rb"\n[ \t]*([vf])[ \t]")
_NONE = -(2**31)
_Stated = Mapping[str, Mapping[str, str | tuple[float, ...]]]


def read(path: Path, *, references: Mapping[str, Path], shown: str, workspace: Workspace) -> Mesh:
    """The mesh, or the points where it has no faces, in the file's own unit; raises SourceError scan.*."""
    stated: dict[str, Mapping[str, str | tuple[float, ...]]] = {}
    for part in references.values():
        if not _is_picture(part):
            stated.update(obj_header.parse_mtl(obj_header.read_mtl(part, shown)))
    arrays = _Arrays(workspace, shown)
    for block in lines.blocks(path, shown=shown):
        arrays.add(block)
    return arrays.mesh(stated, references)


@dataclass
class _Corners:
    """Indices of some triangles: (k, 3) of positions, texture coordinates and normals, `_NONE` where not given."""

    position: NDArray[np.int64]
    uv: NDArray[np.int64]
    normal: NDArray[np.int64]


class _Arrays:
    def __init__(self, workspace: Workspace, shown: str) -> None:
        self.workspace, self.shown = workspace, shown
        self.positions = workspace.stream(np.float64, width=3)
        self.colors = workspace.stream(np.float32, width=3)
        self.coordinates = workspace.stream(np.float64, width=2)
        self.normals = workspace.stream(np.float64, width=3)
        self.faces, self.face_uv, self.face_normals = (workspace.stream(np.int32, width=3) for _ in range(3))
        self.has_uv = self.has_normals = False
        self.names: list[tuple[int, str]] = [(0, "")]  # from which triangle on which material holds
        self.seen = [0, 0]

    def add(self, block: lines.Block) -> None:
        """Take in the lines of one block."""
        is_v, is_vt, is_vn, is_f = (block.keyword(word) for word in (b"v", b"vt", b"vn", b"f"))
        before = (self.positions.rows, self.coordinates.rows, self.normals.rows)
        self._add_positions(block, is_v)
        for chosen, stream, most in ((is_vt, self.coordinates, 2), (is_vn, self.normals, 3)):
            self._add_rows(block, chosen, stream, most)
        if is_f.any():
            self._add_faces(block, is_f, before, (is_v, is_vt, is_vn))
        told = b"".join(_STATEMENT.findall(b"\n" + block.bytes.tobytes()))  # a second look, by other means
        self.seen[0] += told.count(b"v")
        self.seen[1] += told.count(b"f")

    def _add_positions(self, block: lines.Block, chosen: NDArray[np.bool_]) -> None:
        for words in np.unique(block.words[chosen]) if chosen.any() else ():
            alike = chosen & (block.words == words)
            if words < 4:
                raise block.error(int(np.argmax(alike)))
            if len(np.unique(block.words[chosen])) > 1:
                raise block.error(int(np.argmax(alike)))
            rows = block.numbers(alike, width=int(words) - 1, skip=1)
            self.positions.add(rows[:, :3])
            if words >= 7:
                self.colors.add(rows[:, -3:] if words == 7 else rows[:, 3:6])

    def _add_rows(self, block: lines.Block, chosen: NDArray[np.bool_], stream: Stream, width: int) -> None:
        """Lines of `vt` or `vn`; a third texture coordinate is left out, a missing second one is 0."""
        if not chosen.any():
            return
        words = int(block.words[chosen].min())
        if words != int(block.words[chosen].max()):
            raise block.error(int(np.flatnonzero(chosen)[np.argmax(block.words[chosen] != words)]))
        rows = block.numbers(chosen, width=words - 1, skip=2)
        if rows.shape[1] < width:
            rows = np.concatenate([rows, np.zeros((len(rows), width - rows.shape[1]))], axis=1)
        stream.add(rows[:, :width])

    def _add_faces(
        self, block: lines.Block, chosen: NDArray[np.bool_], before: tuple[int, int, int],
        kinds: tuple[NDArray[np.bool_], ...],
    ) -> None:  # fmt: skip
        slashes, doubles = block.counted(b"/"), _doubles(block)
        counts = np.where(chosen, np.maximum(block.words - 3, 0), 0)  # triangles of each line
        starts = np.cumsum(counts) - counts
        total = int(counts.sum())
        found = _Corners(*(np.full((total, 3), _NONE, np.int64) for _ in range(3)))
        key = (block.words * 4096 + slashes) * 4096 + doubles
        for one in np.unique(key[chosen & (block.words >= 4)]) if total else ():
            alike = chosen & (key == one)
            corners = self._corners(block, alike, before, kinds, slashes, doubles)
            each = int(counts[alike][0])
            places = (starts[alike][:, None] + np.arange(each)).ravel()
            for name in ("position", "uv", "normal"):
                getattr(found, name)[places] = seams.fans(getattr(corners, name))
        self._materials(block, starts)
        self.faces.add(np.clip(found.position, -1, 2**31 - 1))
        self.face_uv.add(np.maximum(found.uv, _NONE))
        self.face_normals.add(np.maximum(found.normal, _NONE))
        self.has_uv = self.has_uv or bool((found.uv != _NONE).any())
        self.has_normals = self.has_normals or bool((found.normal != _NONE).any())

    def _corners(
        self, block: lines.Block, alike: NDArray[np.bool_], before: tuple[int, int, int],
        kinds: tuple[NDArray[np.bool_], ...], slashes: NDArray[np.int64], doubles: NDArray[np.int64],
    ) -> _Corners:  # fmt: skip
        """Polygons whose corners are all written alike: "1", "1/2", "1//3" or "1/2/3"."""
        line = int(np.argmax(alike))
        corners = int(block.words[line]) - 1
        if int(slashes[line]) % corners or int(doubles[line]) not in (0, corners):
            raise block.error(line)
        form = int(slashes[line]) // corners
        given = 1 if form == 0 else 2 if form == 1 or doubles[line] else 3
        if form > 2:
            raise block.error(line)
        rows = block.numbers(alike, width=corners * given, skip=1, blanks=b"/").astype(np.int64)
        rows = rows.reshape(-1, corners, given)
        parts: list[NDArray[np.int64]] = []
        for place, kind in enumerate(kinds):
            column = (0, 1 if given == 3 or (form == 1 and given == 2) else -1, 2 if given == 3 else -1)[place]
            if place == 2 and form == 2 and given == 2:
                column = 1
            if column < 0:
                parts.append(np.full(rows.shape[:2], _NONE, np.int64))
                continue
            index = rows[:, :, column]
            # Negative indices count back from the line where they stand.
            base = before[place] + np.cumsum(kind)[alike]
            parts.append(np.where(index < 0, base[:, None] + index, np.where(index == 0, -1, index - 1)))
        return _Corners(*parts)

    def _materials(self, block: lines.Block, starts: NDArray[np.int64]) -> None:
        for line in np.flatnonzero(block.keyword(b"usemtl")):
            name = block.text(int(line)).partition(" ")[2].strip()
            self.names.append((self.faces.rows + int(starts[line]), name))

    def mesh(self, stated: _Stated, references: Mapping[str, Path]) -> Mesh:
        """Everything that was read, as a mesh."""
        self.workspace.stage("join")
        positions, faces = self.positions.done(), self.faces.done()
        if (len(positions), bool(len(faces))) != (self.seen[0], bool(self.seen[1])):
            raise SourceError("scan.counts_differ", file=self.shown, promised=self.seen[1], found=len(faces))
        colors = None
        if self.colors.rows == len(positions) > 0:
            wide = np.full((len(positions), 4), np.nan, np.float32)
            wide[:, :3] = self.colors.done()
            colors = attributes.color_bytes(wide, is_wide=False, workspace=self.workspace)
        if not len(faces):
            return Mesh(vertices_mm=positions, faces=np.zeros((0, 3), np.int32), colors=colors)
        names, owner = self._owners(len(faces))
        normals = self._vertex_normals(len(positions), faces) if self.has_normals else None
        uv: Floats | None = None
        if (self.has_uv or len(names) > 1) and int(faces.max()) < len(positions) and int(faces.min()) >= 0:
            coordinates = self.coordinates.done()
            found = self._split(faces, owner, len(names), len(positions), len(coordinates))
            faces = found.faces
            positions = np.concatenate([positions, positions[found.source]])
            normals = None if normals is None else np.concatenate([normals, normals[found.source]])
            colors = None if colors is None else np.concatenate([colors, colors[found.source]])
            if self.has_uv:
                uv = _coordinates(found.prop // len(names), coordinates)
        materials = tuple(_material(name, stated.get(name), references) for name in names)
        return Mesh(vertices_mm=positions, faces=faces, normals=normals, colors=colors, uv=uv, materials=materials,
                    face_material=owner)  # fmt: skip

    def _owners(self, count: int) -> tuple[list[str], Ints]:
        """(names of the materials in use, (m,) the material of each triangle)."""
        starts = [start for start, _ in self.names]
        lengths = np.diff([*starts, count])
        used = sorted({name for (_, name), length in zip(self.names, lengths, strict=True) if length > 0})
        numbers = [used.index(name) if name in used else 0 for _, name in self.names]
        return used, np.repeat(numbers, lengths).astype(np.int32)

    def _vertex_normals(self, count: int, faces: Ints) -> Floats | None:
        given, index = self.normals.done(), self.face_normals.done()
        if not len(given) or int(index.min()) < 0 or int(index.max()) >= len(given):
            return None
        normals = self.workspace.empty((count, 3), np.float64)
        normals[:] = (0.0, 0.0, 1.0)
        for part in slices(len(faces)):
            normals[np.clip(faces[part].ravel(), 0, count - 1)] = given[index[part].ravel()]
        return attributes.unit(normals)

    def _split(self, faces: Ints, owner: Ints, owners: int, vertices: int, coordinates: int) -> seams.Split:
        index = self.face_uv.done()
        if int(index.max(initial=-1)) >= coordinates:
            raise SourceError("scan.bad_indices", file=self.shown, largest=int(index.max()), vertices=coordinates)
        props = self.workspace.empty(faces.shape, np.int64)
        for part in slices(len(faces)):
            props[part] = np.maximum(index[part].astype(np.int64), -1) + 1
            props[part] = props[part] * owners + owner[part, None]
        return seams.split(faces, props, vertices=vertices, workspace=self.workspace)


def _coordinates(number: NDArray[Any], coordinates: Floats) -> Floats:
    """(n, 2) texture coordinates of vertices; `number` is 0 where none is given, -1 where no face uses the vertex."""
    uv = np.zeros((len(number), 2))
    given = number > 0
    uv[given] = attributes.flipped(coordinates)[number[given] - 1]
    return uv


def _doubles(block: lines.Block) -> NDArray[np.int64]:
    """(k,) how often "//" stands in each line."""
    pairs = np.flatnonzero((block.bytes[:-1] == ord("/")) & (block.bytes[1:] == ord("/")))
    return np.diff(np.searchsorted(pairs, np.concatenate([block.starts, [len(block.bytes)]])))


def _material(
    name: str, stated: Mapping[str, str | tuple[float, ...]] | None, references: Mapping[str, Path]
) -> Material:
    if stated is None:
        return Material(name=name, is_stated=False)
    texture_name = str(stated.get("map_Kd", ""))
    texture = attributes.picture(references[texture_name]) if texture_name in references else None
    diffuse = stated.get("Kd", ())
    red, green, blue = (1.0, 1.0, 1.0)
    if texture is None and len(diffuse) == 3:
        red, green, blue = (float(v) for v in color.to_linear(np.asarray(diffuse, np.float64)))
    return Material(
        name=name,
        base_color=(red, green, blue, _first(stated.get("d"), 1.0)),
        metallic=_first(stated.get("Pm"), 0.0),
        roughness=_first(stated.get("Pr"), 0.7),
        base_texture=texture,
        is_stated=texture is not None or len(diffuse) == 3,
    )


def _first(value: str | tuple[float, ...] | None, default: float) -> float:
    return float(value[0]) if value else default


def _is_picture(path: Path) -> bool:
    with path.open("rb") as file:
        return signatures.media_type(file.read(16)) != ""
