"""Point clouds as text: XYZ (one point a line) and PTS (the same after a line that counts them)."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry.mesh import Mesh
from museum.geometry.reading import attributes, lines
from museum.geometry.reading.stated import Header
from museum.geometry.reading.workspace import Workspace

_HEAD_BYTES = 65_536
_SAMPLE = 200
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)", re.IGNORECASE)
_COUNT = re.compile(r"\s*\d{1,12}\s*")
_WIDTHS = (3, 4, 6, 7, 9, 10)


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """How the lines are written: `skipped` lines of heading, a stated `count` (None for XYZ), `width` numbers, further
    separators, and whether "," is the decimal mark."""

    skipped: int
    count: int | None
    width: int
    separators: bytes
    has_decimal_comma: bool


def kind_of(text: bytes) -> str:
    """ "xyz" or "pts" for the first part of such a file, "" for any other text."""
    found = _layout(text.decode("utf-8", "replace"))
    return "" if found is None else "xyz" if found.count is None else "pts"


def header(path: Path, *, size: int, shown: str) -> Header:
    """The count that a PTS file states, checked against its size; raises SourceError scan.truncated."""
    layout = _of(path, shown)
    if layout.count is None:
        return Header(format="xyz", vertices=None, faces=0)
    if layout.count == 0:
        raise SourceError("scan.no_geometry", file=shown)
    if size < 6 * layout.count:
        raise SourceError("scan.truncated", file=shown, expected=6 * layout.count, found=size)
    return Header(format="pts", vertices=layout.count, faces=0)


def read(path: Path, *, shown: str, workspace: Workspace) -> Mesh:
    """The points in the file's own unit, with colours and normals where its columns can only be that."""
    layout = _of(path, shown)
    positions = workspace.stream(np.float64, width=3)
    others = workspace.stream(np.float32, width=max(1, layout.width - 3))
    skip = layout.skipped
    for block in lines.blocks(path, shown=shown):
        filled = (block.words > 0) & (block.head != ord("#")) & (block.head != ord("/"))
        if skip:
            heading = np.flatnonzero(block.words > 0)[:skip]
            filled[heading] = False
            skip = 0
        if layout.has_decimal_comma:
            block.bytes = np.where(block.bytes == ord(","), np.uint8(ord(".")), block.bytes)
        table = block.numbers(filled, width=layout.width, blanks=layout.separators)
        positions.add(table[:, :3])
        if layout.width > 3:
            others.add(table[:, 3:])
    found = positions.done()
    if layout.count is not None and len(found) != layout.count:
        raise SourceError("scan.points_differ", file=shown, promised=layout.count, found=len(found))
    borne = _borne(others.done(), layout, workspace) if layout.width > 3 else {}
    return Mesh(vertices_mm=found, faces=np.zeros((0, 3), np.int32), **borne)


def _of(path: Path, shown: str) -> _Layout:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    found = _layout(head.decode("utf-8", "replace"))
    if found is None:
        raise SourceError("scan.bad_header", file=shown, reason="x y z")
    return found


def _layout(text: str) -> _Layout | None:
    rows = [line.strip() for line in text.splitlines()]
    rows = [row for row in (rows if text.endswith("\n") or len(rows) < 2 else rows[:-1]) if row]
    plain = [row for row in rows if not row.startswith(("#", "//"))]
    skipped, count = 0, None
    if plain and _COUNT.fullmatch(plain[0]) and len(plain) > 1:
        skipped, count = 1, int(plain[0])
    elif plain and re.match(r"[\"']?x\b", plain[0], re.IGNORECASE):
        skipped = 1
    sample = plain[skipped : skipped + _SAMPLE]
    if not sample:
        return None
    for separators, comma in (("", False), (";", True), (";", False), ("", True), (",", False)):
        width = _width(sample, separators, has_decimal_comma=comma)
        if width:
            before = rows.index(plain[0]) if skipped else 0
            return _Layout(skipped=before + skipped if skipped else 0, count=count, width=width,
                           separators=separators.encode(), has_decimal_comma=comma)  # fmt: skip
    return None


def _width(sample: list[str], separators: str, *, has_decimal_comma: bool) -> int:
    """How many numbers each line has when written so; 0 when one isn't."""
    if has_decimal_comma and not any("," in row for row in sample):
        return 0
    table = str.maketrans({**dict.fromkeys(separators, " "), **({",": "."} if has_decimal_comma else {})})
    widths = set()
    for row in sample:
        words = row.translate(table).split()
        if not all(_NUMBER.fullmatch(word) for word in words):
            return 0
        widths.add(len(words))
    return widths.pop() if len(widths) == 1 and widths <= set(_WIDTHS) else 0


def _borne(others: NDArray[Any], layout: _Layout, workspace: Workspace) -> dict[str, Any]:
    """Colours (whole numbers to 255, behind an intensity where there is one) and normals (of length 1)."""
    borne: dict[str, Any] = {}
    triples = {6: (0,), 7: (1,), 9: (0, 3), 10: (1, 4)}.get(layout.width, ())
    for at in triples:
        three = others[:, at : at + 3]
        length = np.linalg.norm(three[:1000].astype(np.float64), axis=1)
        if len(length) and np.abs(length - 1).max() < 0.01 and (three[:1000] != np.rint(three[:1000])).any():
            borne.setdefault("normals", attributes.unit(np.ascontiguousarray(three, np.float64)))
        elif three.min(initial=0) >= 0 and three.max(initial=0) <= 255:
            wide = np.full((len(three), 4), np.nan, np.float32)
            wide[:, :3] = three
            borne.setdefault("colors", attributes.color_bytes(wide, is_wide=False, workspace=workspace))
    return borne
