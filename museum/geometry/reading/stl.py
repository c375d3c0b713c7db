"""STL, binary and text: facets by chunks; each brings three vertices of its own."""

import re
from pathlib import Path

import numpy as np

from museum.errors import SourceError
from museum.geometry.chunks import slices
from museum.geometry.mesh import Mesh
from museum.geometry.reading import lines
from museum.geometry.reading.workspace import Workspace

_HEADER_BYTES = 84
_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_VERTEX = re.compile(rb"^\s*vertex\s", re.MULTILINE | re.IGNORECASE)


def read(path: Path, *, faces: int | None, shown: str, workspace: Workspace) -> Mesh:
    """The facets in the file's own unit; `faces` is what a binary file's header states, None for text."""
    vertices = _text(path, shown, workspace) if faces is None else _binary(path, faces, workspace)
    corners = workspace.empty((len(vertices) // 3, 3), np.int32)
    for part in slices(len(corners)):
        corners[part] = np.arange(3 * part.start, 3 * part.stop, dtype=np.int32).reshape(-1, 3)
    return Mesh(vertices_mm=vertices, faces=corners)


def _binary(path: Path, faces: int, workspace: Workspace) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    facets = np.memmap(path, _FACET, "r", offset=_HEADER_BYTES, shape=(faces,))
    vertices = workspace.empty((3 * faces, 3), np.float64)
    for part in slices(faces):
        vertices[3 * part.start : 3 * part.stop] = facets["corners"][part].reshape(-1, 3)
    return vertices


def _text(path: Path, shown: str, workspace: Workspace) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    found = workspace.stream(np.float64, width=3)
    told = 0
    for block in lines.blocks(path, shown=shown):
        chosen = np.zeros(len(block.starts), bool)
        for word in (b"vertex", b"VERTEX"):
            chosen |= block.keyword(word)
        found.add(block.numbers(chosen, width=3, skip=len(b"vertex")))
        told += len(_VERTEX.findall(block.bytes.tobytes()))  # a second look, by other means
    if found.rows != told or found.rows % 3:
        raise SourceError("scan.counts_differ", file=shown, promised=-(-told // 3), found=found.rows // 3)
    return found.done()
