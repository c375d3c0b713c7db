"""The pack of edge tiles beside a pyramid: exact-size JPEGs, their index in front, all in one file.

TIFF pads the tiles of the last column and row to full size, IIIF wants them cropped; cutting a JPEG needs a decoder,
so it is done once at ingest. Layout, little-endian: magic, then the true size of the image, tile size, levels and
number of tiles as 32-bit words, then per tile (level, column, row, bytes) as 32-bit words and its offset as a 64-bit
word, then the JPEGs. Only here stands the true size: the TIFF holds the padded one.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from museum.imaging.tiff import Read

FILE_NAME = "edges.bin"
_MAGIC = b"MUSEDGE1"
_HEAD = struct.Struct("<8s5I")
_ENTRY = struct.Struct("<4IQ")

Place = tuple[int, int, int]
"""(level, column, row); level 0 is the full size."""


@dataclass(frozen=True)
class EdgeIndex:
    """The head of an edge pack."""

    width_px: int
    height_px: int
    tile_px: int
    levels: int
    places: Mapping[Place, tuple[int, int]]
    """(level, column, row) → (offset, length) in the pack."""


def level_size(width_px: int, height_px: int, level: int) -> tuple[int, int]:
    """Size of a level: rounded up, as viewers do."""
    return -(-width_px >> level), -(-height_px >> level)


def edge_lines(width_px: int, height_px: int, *, tile_px: int, levels: int) -> list[list[Place]]:
    """The tiles smaller than `tile_px` in some direction: per level the last column, then the rest of the last row."""
    lines: list[list[Place]] = []
    for level in range(levels):
        width, height = level_size(width_px, height_px, level)
        columns, rows = -(-width // tile_px), -(-height // tile_px)
        if width % tile_px:
            lines.append([(level, columns - 1, row) for row in range(rows)])
        if height % tile_px:
            lines.append([(level, column, rows - 1) for column in range(columns - bool(width % tile_px))])
    return [line for line in lines if line]


def write(
    path: Path, tiles: Sequence[tuple[Place, bytes]], *, width_px: int, height_px: int, tile_px: int, levels: int
) -> None:
    """Write the pack of `tiles` to `path`."""
    offset = _HEAD.size + _ENTRY.size * len(tiles)
    head = [_HEAD.pack(_MAGIC, width_px, height_px, tile_px, levels, len(tiles))]
    for (level, column, row), data in tiles:
        head.append(_ENTRY.pack(level, column, row, len(data), offset))
        offset += len(data)
    with path.open("wb") as file:
        file.write(b"".join(head))
        for _, data in tiles:
            file.write(data)


def read_index(read: Read) -> EdgeIndex:
    """The head of a pack through `read(offset, length)`; ValueError when it is none or is cut off."""
    head = read(0, _HEAD.size)
    if len(head) != _HEAD.size or not head.startswith(_MAGIC):
        raise ValueError("no edge pack")
    _, width_px, height_px, tile_px, levels, count = _HEAD.unpack(head)
    table = read(_HEAD.size, _ENTRY.size * count)
    if len(table) != _ENTRY.size * count:
        raise ValueError("the edge pack's index is cut off")
    places = {(level, column, row): (offset, size) for level, column, row, size, offset in _ENTRY.iter_unpack(table)}
    return EdgeIndex(width_px, height_px, tile_px, levels, places)
