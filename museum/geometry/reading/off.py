"""OFF (Geomview's object file format), text: OFF, COFF, NOFF, STOFF and their combinations."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry.mesh import Mesh
from museum.geometry.reading import attributes, lines, seams
from museum.geometry.reading.stated import Header
from museum.geometry.reading.workspace import Workspace

_HEAD_BYTES = 65_536
_WORD = re.compile(rb"\A(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(ST)?(C)?(N)?(4)?(n)?OFF(?=[\s#])")
_COUNTS = re.compile(rb"(?:\s|#[^\n]*\n)*(\d{1,18})[ \t]+(\d{1,18})(?:[ \t]+\d{1,18})?[^\n]*\n")
_BINARY = re.compile(rb"[ \t]+BINARY")


def looks_like_off(text: bytes) -> bool:
    """Whether text begins with one of the format's words."""
    return _WORD.match(text) is not None


def header(path: Path, *, size: int, shown: str) -> Header:
    """The counts, checked against the file's size; raises SourceError scan.bad_header, scan.truncated."""
    vertices, faces, start, _ = _head(path, shown)
    least = 6 * vertices + 4 * faces - 1
    if size - start < least:
        raise SourceError("scan.truncated", file=shown, expected=start + least, found=size)
    return Header(format="off", vertices=vertices, faces=faces)


def _head(path: Path, shown: str) -> tuple[int, int, int, "re.Match[bytes]"]:
    """(vertices, faces, byte where the rows begin, the format's word)."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    word = _WORD.match(head)
    if word is None:
        raise SourceError("scan.bad_header", file=shown, reason="OFF")
    if _BINARY.match(head, word.end()) or word[4] or word[5]:
        raise SourceError("scan.bad_header", file=shown, reason=head[word.start() : word.end() + 7].decode("latin-1"))
    counts = _COUNTS.match(head, word.end())
    if counts is None:
        raise SourceError("scan.bad_header", file=shown, reason="vertices faces edges")
    if int(counts[1]) == 0:
        raise SourceError("scan.no_geometry", file=shown)
    return int(counts[1]), int(counts[2]), counts.end(), word


def read(path: Path, *, shown: str, workspace: Workspace) -> Mesh:
    """The mesh in the file's own unit; raises SourceError scan.*."""
    vertices, faces, start, word = _head(path, shown)
    with path.open("rb") as file:
        first = file.read(start).count(b"\n")
    points: list[NDArray[Any]] = []
    found = [0, 0]
    pieces = workspace.stream(np.int32, width=3)
    width = 0
    for block in lines.blocks(path, shown=shown, start=start, first=first):
        filled = np.flatnonzero((block.words > 0) & (block.head != ord("#")))
        mine, rest = filled[: vertices - found[0]], filled[vertices - found[0] :]
        if len(mine):
            width = width or int(block.words[mine[0]])
            odd = mine[block.words[mine] != width]
            if len(odd) or width < 3:
                raise block.error(int(odd[0]) if len(odd) else int(mine[0]))
            points.append(block.numbers(_mask(block, mine), width=width))
            found[0] += len(mine)
        rest = rest[: faces - found[1]]
        found[1] += len(rest)
        _add_faces(block, rest, pieces.add)
    if found != [vertices, faces]:
        raise SourceError("scan.counts_differ", file=shown, promised=vertices + faces, found=sum(found))
    table = np.concatenate(points)
    return Mesh(vertices_mm=np.ascontiguousarray(table[:, :3]), faces=pieces.done(), **_borne(table, word, workspace))


def _add_faces(block: lines.Block, chosen: NDArray[np.int64], add: Any) -> None:
    """Rows "n i1 … in", perhaps with a colour behind; polygons of 1 or 2 corners bear no surface."""
    for words in np.unique(block.words[chosen]):
        alike = chosen[block.words[chosen] == words]
        table = block.numbers(_mask(block, alike), width=int(words))
        for corners in np.unique(table[:, 0]):
            own = table[table[:, 0] == corners]
            if not 0 <= corners <= words - 1 or corners != int(corners):
                raise block.error(int(alike[np.argmax(table[:, 0] == corners)]))
            if corners >= 3:
                add(np.clip(seams.fans(own[:, 1 : 1 + int(corners)]), -1, 2**31 - 1))


def _mask(block: lines.Block, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    mask = np.zeros(len(block.starts), bool)
    mask[chosen] = True
    return mask


def _borne(table: NDArray[Any], word: "re.Match[bytes]", workspace: Workspace) -> dict[str, Any]:
    """Normals, colours and texture coordinates, which follow the position in this order."""
    borne: dict[str, Any] = {}
    at = 3
    if word[3] and table.shape[1] >= at + 3:
        borne["normals"] = attributes.unit(np.ascontiguousarray(table[:, at : at + 3]))
        at += 3
    if word[2]:
        channels = min(4, table.shape[1] - at - 2 * bool(word[1]))
        if channels >= 3:
            colors = np.full((len(table), 4), np.nan, np.float32)
            colors[:, :channels] = table[:, at : at + channels]
            borne["colors"] = attributes.color_bytes(colors, is_wide=False, workspace=workspace)
            at += channels
    if word[1] and table.shape[1] >= at + 2:
        borne["uv"] = attributes.flipped(table[:, at : at + 2])
    return borne
