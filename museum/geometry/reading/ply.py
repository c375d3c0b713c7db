"""PLY (G. Turk 1994), text and binary, meshes and points: read by rows, never as a whole."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry.chunks import CHUNK_ROWS, let_go
from museum.geometry.mesh import Material, Mesh
from museum.geometry.ply_header import Element, PlyHeader
from museum.geometry.reading import attributes, lines, seams
from museum.geometry.reading.workspace import Stream, Workspace

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8", "int64": "i8", "uint64": "u8",
}  # fmt: skip
_SHORT_RUN = 256
_WALK_ROWS = 1 << 16
_CORNERS = ("vertex_indices", "vertex_index")
Rows = Mapping[str, NDArray[Any]]
"""Columns of some rows by property: (k,) for a number, (k, c) for a list of the same length in each row."""


def read(path: Path, *, header: PlyHeader, references: Mapping[str, Path], shown: str, workspace: Workspace) -> Mesh:
    """The mesh or point cloud in the file's own unit; raises SourceError scan.*."""
    file = _Text(path, header, shown) if header.encoding == "ascii" else _Binary(path, header, shown)
    points = attributes.Vertices(header.vertices, workspace)
    faces = _Faces(workspace, textures=len(header.textures), shown=shown)
    for element in header.elements:
        if element.name == "vertex" and element.has_list:
            raise SourceError("scan.bad_header", file=shown, reason="property list vertex")
        for rows in file.rows(element):
            if element.name == "vertex":
                points.add(rows)
            elif element.name == "face":
                faces.add(rows)
    return faces.joined(points, header, references, shown)


class _Faces:
    def __init__(self, workspace: Workspace, *, textures: int, shown: str) -> None:
        self.workspace, self.textures, self.shown = workspace, textures, shown
        self.corners: Stream = workspace.stream(np.int32, width=3)
        self.uv: Stream = workspace.stream(np.float64, width=6)
        self.texture: Stream = workspace.stream(np.int32, width=1)

    def add(self, rows: Rows) -> None:
        """Take in rows of faces that have as many corners each."""
        polygons = next((rows[name] for name in _CORNERS if name in rows), None)
        if polygons is None or polygons.shape[1] < 3:
            return
        if polygons.dtype.str[1:] in ("u4", "i8", "u8"):
            polygons = np.clip(polygons, -1, 2**31 - 1)  # told as an index out of range
        each = polygons.shape[1] - 2
        self.corners.add(seams.fans(polygons))
        wedge = rows.get("texcoord")
        if wedge is not None and wedge.shape[1] == 2 * polygons.shape[1]:
            pairs = wedge.reshape(len(wedge), -1, 2).astype(np.float64)
            self.uv.add(np.concatenate([seams.fans(pairs[:, :, 0]), seams.fans(pairs[:, :, 1])], axis=1))
        if self.textures > 1 and "texnumber" in rows:
            self.texture.add(np.repeat(np.clip(rows["texnumber"], 0, self.textures - 1), each))

    def joined(
        self, points: attributes.Vertices, header: PlyHeader, references: Mapping[str, Path], shown: str
    ) -> Mesh:
        """The mesh of these faces over `points`."""
        corners = self.corners.done()
        uv = points.uv
        materials: tuple[Material, ...] = (Material(is_stated=False),)
        owner = np.zeros(len(corners), np.int32)
        wedges = self.uv.done()
        has_wedges = 0 < len(wedges) == len(corners)
        if header.textures and (uv is not None or has_wedges):
            materials = tuple(attributes.textured(references.get(name)) for name in header.textures)
            if self.texture.rows == len(corners) > 0:
                owner = self.texture.done().ravel()
        vertices, normals, colors = points.vertices, points.normals, points.colors
        if has_wedges and corners.max(initial=0) < len(vertices) and corners.min(initial=0) >= 0:
            found = self._split(corners, wedges, owner, len(vertices))
            corners, uv = found[0].faces, found[1]
            source = found[0].source
            vertices = np.concatenate([vertices, vertices[source]])
            normals = None if normals is None else np.concatenate([normals, normals[source]])
            colors = None if colors is None else np.concatenate([colors, colors[source]])
        return Mesh(
            vertices_mm=vertices, faces=corners, normals=normals, colors=colors, uv=uv, materials=materials,
            face_material=owner,
        )  # fmt: skip

    def _split(
        self, corners: NDArray[Any], wedges: NDArray[Any], owner: NDArray[np.int32], vertices: int
    ) -> tuple[seams.Split, NDArray[np.float64]]:
        """Texture coordinates of corners (MeshLab) as coordinates of vertices."""
        flat = np.concatenate([wedges[:, :3].reshape(-1, 1), wedges[:, 3:].reshape(-1, 1),
                               np.repeat(owner, 3)[:, None]], axis=1)  # fmt: skip
        kinds, number = np.unique(flat, axis=0, return_inverse=True)
        found = seams.split(corners, number.reshape(-1, 3), vertices=vertices, workspace=self.workspace)
        uv = np.where(found.prop[:, None] >= 0, kinds[found.prop, :2], 0.0)
        return found, attributes.flipped(uv)


class _Binary:
    """Rows of a binary PLY, in order of the elements."""

    def __init__(self, path: Path, header: PlyHeader, shown: str) -> None:
        self.order = "<" if header.encoding == "binary_little_endian" else ">"
        self.shown = shown
        self.at = header.body_offset
        self.bytes = np.memmap(path, np.uint8, "r")

    def rows(self, element: Element) -> Iterator[Rows]:
        """All rows of the next element, some at a time."""
        done = 0
        while done < element.count:
            lengths = self._lengths(element)
            kind = self._dtype(element, lengths)
            wanted = min(element.count - done, CHUNK_ROWS, (len(self.bytes) - self.at) // max(1, kind.itemsize))
            if wanted <= 0:
                raise SourceError("scan.truncated", file=self.shown, expected=self.at + kind.itemsize,
                                  found=len(self.bytes))  # fmt: skip
            table = self.bytes[self.at : self.at + wanted * kind.itemsize].view(kind)
            fits = self._fitting(element, table, lengths)
            if fits < min(wanted, _SHORT_RUN):
                walked = min(element.count - done, _WALK_ROWS)
                yield from self._walked(element, walked)
                done += walked
                continue
            self.at += fits * kind.itemsize
            done += fits
            yield self._columns(element, table[:fits])
            let_go(self.bytes)

    def _dtype(self, element: Element, lengths: Mapping[str, int]) -> "np.dtype[Any]":
        """The layout of a row whose lists have these lengths; names are numbered, for files repeat them."""
        fields: list[Any] = []
        for number, (name, kind, counted) in enumerate(element.properties):
            if counted:
                fields.append((f"n{number}", self.order + _TYPES[counted]))
                fields.append((f"p{number}", self.order + _TYPES[kind], (lengths[name],)))
            else:
                fields.append((f"p{number}", self.order + _TYPES[kind]))
        return np.dtype(fields)

    def _lengths(self, element: Element) -> dict[str, int]:
        """The lengths of the lists in the row that comes next."""
        return self._row(element, self.at)[0]

    def _row(self, element: Element, at: int) -> tuple[dict[str, int], int]:
        """(length of each list, where the row ends) of the row at byte `at`."""
        found: dict[str, int] = {}
        for name, kind, counted in element.properties:
            size = int(_TYPES[kind][1])
            if not counted:
                at += size
                continue
            width = int(_TYPES[counted][1])
            length = int.from_bytes(self.bytes[at : at + width].tobytes(), "little" if self.order == "<" else "big")
            at += width + length * size
            if at > len(self.bytes):
                raise SourceError("scan.truncated", file=self.shown, expected=at, found=len(self.bytes))
            found[name] = length
        return found, at

    @staticmethod
    def _fitting(element: Element, table: NDArray[Any], lengths: Mapping[str, int]) -> int:
        """How many rows from the first on have lists of these lengths."""
        fits = len(table)
        for number, (name, _, counted) in enumerate(element.properties):
            if counted:
                other = np.flatnonzero(table[f"n{number}"] != lengths[name])
                fits = min(fits, int(other[0]) if len(other) else fits)
        return fits

    def _walked(self, element: Element, count: int) -> Iterator[Rows]:
        """Rows of changing length: one step a row, then all rows of one length together (their order may change)."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for _ in range(count):
            lengths, end = self._row(element, self.at)
            groups.setdefault(tuple(lengths.values()), []).append(self.at)
            self.at = end
        names = [name for name, _, counted in element.properties if counted]
        for key, places in groups.items():
            kind = self._dtype(element, dict(zip(names, key, strict=True)))
            index = np.array(places, np.int64)[:, None] + np.arange(kind.itemsize)
            yield self._columns(element, np.ascontiguousarray(self.bytes[index]).view(kind).ravel())

    @staticmethod
    def _columns(element: Element, table: NDArray[Any]) -> Rows:
        return {name: table[f"p{number}"] for number, (name, _, _) in enumerate(element.properties)}


class _Text:
    """Rows of a text PLY: one line each, in order of the elements."""

    def __init__(self, path: Path, header: PlyHeader, shown: str) -> None:
        self.shown = shown
        self._blocks = lines.blocks(path, shown=shown, start=header.body_offset, first=header.lines)
        self._block: lines.Block | None = None
        self._filled = np.zeros(0, np.int64)

    def rows(self, element: Element) -> Iterator[Rows]:
        """All rows of the next element, some at a time."""
        done = 0
        while done < element.count:
            if not len(self._filled):
                self._block = next(self._blocks, None)
                if self._block is None:
                    raise SourceError("scan.counts_differ", file=self.shown, promised=element.count, found=done)
                self._filled = np.flatnonzero(self._block.words)
                continue
            block = self._block
            assert block is not None
            taken, self._filled = self._filled[: element.count - done], self._filled[element.count - done :]
            done += len(taken)
            for words in np.unique(block.words[taken]):
                chosen = np.zeros(len(block.starts), bool)
                chosen[taken] = block.words[taken] == words
                yield from self._columns(element, block.numbers(chosen, width=int(words)), block, chosen)

    def _columns(
        self, element: Element, table: NDArray[Any], block: lines.Block, chosen: NDArray[np.bool_]
    ) -> Iterator[Rows]:
        """The columns of lines that have as many words each; their lists may still differ in length."""
        if not element.has_list:
            if table.shape[1] != len(element.properties):
                raise block.error(int(np.argmax(chosen)))
            yield {name: table[:, i] for i, (name, _, _) in enumerate(element.properties)}
            return
        shapes = [self._shape(element, row) for row in table[:1]] if self._is_alike(element, table) else [
            self._shape(element, row) for row in table
        ]  # fmt: skip
        if any(shape is None for shape in shapes):
            raise block.error(int(np.flatnonzero(chosen)[next(i for i, s in enumerate(shapes) if s is None)]))
        if len(shapes) == 1:
            yield self._cut(element, table, shapes[0] or ())
            return
        for shape in dict.fromkeys(shapes):
            yield self._cut(element, table[[i for i, s in enumerate(shapes) if s == shape]], shape or ())

    @staticmethod
    def _is_alike(element: Element, table: NDArray[Any]) -> bool:
        """Whether one look at the first row tells the lists of all."""
        at = 0
        for _, _, counted in element.properties:
            if counted:
                if at >= table.shape[1] or (table[:, at] != table[0, at]).any():
                    return False
                at += int(table[0, at])
            at += 1
        return True

    @staticmethod
    def _shape(element: Element, row: NDArray[Any]) -> tuple[tuple[int, int], ...] | None:
        """(start, length) of each property in a row of words, None when they don't fit."""
        found: list[tuple[int, int]] = []
        at = 0
        for _, _, counted in element.properties:
            length = 1
            if counted:
                length = int(row[at]) if at < len(row) and 0 <= row[at] < 2**20 else -1
                at += 1
            if length < 0 or at + length > len(row):
                return None
            found.append((at, length))
            at += length
        return tuple(found)

    @staticmethod
    def _cut(element: Element, table: NDArray[Any], shape: tuple[tuple[int, int], ...]) -> Rows:
        cut: dict[str, NDArray[Any]] = {}
        for (name, kind, counted), (start, length) in zip(element.properties, shape, strict=True):
            part = table[:, start : start + length] if counted else table[:, start]
            cut[name] = part.astype(np.int64) if _TYPES[kind][0] in "iu" else part
        return cut
