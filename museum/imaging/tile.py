"""Tiles of a pyramid without decoding: stored JPEG bytes with the file's tables put in front, WebP as it lies there.

Pure Python, no image library: this is what answers nearly every image request. About 14 µs a tile, measured.
"""

from array import array
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from museum.errors import BackendError, NotFound
from museum.imaging import edges, tiff
from museum.imaging.folder import Folder, OpenFile

PYRAMID_NAME = "pyramid.tif"
_JFIF = bytes.fromhex("ffe000104a46494600010100000100010000")  # JFIF 1.01, no density: the components are YCbCr or grey
_ADOBE_RGB = bytes.fromhex("ffee000e41646f62650064000000000000")  # Adobe, transform 0: the components are RGB
_TAG_WIDTH, _TAG_HEIGHT, _TAG_COMPRESSION, _TAG_PHOTOMETRIC = 256, 257, 259, 262
_TAG_TILE_WIDTH, _TAG_TILE_HEIGHT, _TAG_OFFSETS, _TAG_COUNTS, _TAG_TABLES = 322, 323, 324, 325, 347
_MOST_OPENINGS = 3  # of a pyramid that is replaced while it is opened
_KINDS = {7: "jpg", 50001: "webp"}  # TIFF's numbers of compressions; a WebP tile is a whole file


@dataclass(frozen=True)
class _Level:
    columns: int  # in the padded file
    offsets: "array[int]"
    counts: "array[int]"


class Place(NamedTuple):
    """Where the bytes of a tile lie: what is put in front, and a piece of a file."""

    prefix: bytes
    file: OpenFile
    file_name: str
    offset: int
    length: int

    @property
    def size_bytes(self) -> int:
        """How long the tile's file is."""
        return len(self.prefix) + self.length

    def read(self) -> bytes:
        """The tile. Raises BackendError image.pyramid_broken, and what the folder raises."""
        data = self.file.read(self.offset, self.length)
        if len(data) != self.length:
            raise BackendError("image.pyramid_broken", reason=f"{self.file_name} is cut off")
        return self.prefix + data if self.prefix else data

    def read_now(self, head: bytes) -> bytearray | None:
        """`head` and the tile in one piece; None where a disk or a network would have to be waited for."""
        head += self.prefix
        whole = bytearray(len(head) + self.length)
        whole[: len(head)] = head
        return whole if self.file.read_now(self.offset, memoryview(whole)[len(head) :]) else None


@dataclass(frozen=True, eq=False)
class Pyramid:
    """One open pyramid. Sizes are the true ones; level 0 is full size, each next level half, rounded up."""

    width_px: int
    height_px: int
    tile_px: int
    levels: int
    kind: str
    """What the tiles are: "jpg" or "webp"."""
    is_grey: bool
    modified_at: float
    """Seconds since 1970, when the pyramid was written."""
    version: object
    """Equal to its folder's `version(PYRAMID_NAME)` as long as the pyramid isn't replaced."""
    _file: OpenFile = field(repr=False)
    _edge_file: OpenFile = field(repr=False)
    _edges: edges.EdgeIndex = field(repr=False)
    _levels: tuple[_Level, ...] = field(repr=False)
    _prefix: bytes = field(repr=False)
    _skipped: int = field(repr=False)

    def level_size(self, level: int) -> tuple[int, int]:
        """(width, height) of `level` in pixels."""
        return edges.level_size(self.width_px, self.height_px, level)

    def tile(self, level: int, column: int, row: int) -> bytes:
        """The file of one tile, exactly as large as the image there. IndexError outside the grid."""
        return self.place(level, column, row).read()

    def place(self, level: int, column: int, row: int) -> Place:
        """Where that tile lies. IndexError outside the grid."""
        edge = self._edges.places.get((level, column, row))
        if edge is not None:
            return Place(b"", self._edge_file, edges.FILE_NAME, edge[0], edge[1])
        width, height = self.level_size(level)
        if not (0 <= level < self.levels and 0 <= column * self.tile_px < width and 0 <= row * self.tile_px < height):
            raise IndexError((level, column, row))
        stored, skipped = self._levels[level], self._skipped
        at = row * stored.columns + column
        return Place(self._prefix, self._file, PYRAMID_NAME, stored.offsets[at] + skipped, stored.counts[at] - skipped)


def open_pyramid(folder: Folder) -> Pyramid:
    """Open the pyramid in `folder` (as `pyramid.build` leaves it); two files stay open until it is let go.

    One that is replaced meanwhile is opened again, so that both files are of one writing.
    Raises BackendError image.pyramid_broken when the files are missing or not ours, and what the folder raises.
    """
    for _ in range(_MOST_OPENINGS):
        pyramid = _opened(folder)
        with suppress(OSError):  # gone again
            if folder.version(PYRAMID_NAME) == pyramid.version:
                return pyramid
    raise BackendError("image.pyramid_broken", reason=f"{folder.name}: it is being made anew")


def _opened(folder: Folder) -> Pyramid:
    try:
        file = folder.open(PYRAMID_NAME)
        edge_file = folder.open(edges.FILE_NAME)
        index = edges.read_index(edge_file.ahead())
        found = tiff.directories(file.ahead())
        if len(found.pages) != index.levels:
            raise ValueError(f"{len(found.pages)} levels, not {index.levels}")
        first = found.pages[0]
        compression = found.integers(first[_TAG_COMPRESSION])
        if compression[0] not in _KINDS:
            raise ValueError("neither JPEG nor WebP inside")
        kind = _KINDS[compression[0]]
        levels = tuple(_level(found, page, index.tile_px, compression) for page in found.pages)
        photometric = found.integers(first[_TAG_PHOTOMETRIC])[0]
        tables = found.raw(first[_TAG_TABLES]) if _TAG_TABLES in first else b"\xff\xd8\xff\xd9"
    except (OSError, ValueError, KeyError, IndexError, NotFound) as error:
        raise BackendError("image.pyramid_broken", reason=f"{folder.name}: {error}") from error
    marker = _ADOBE_RGB if photometric == 2 else _JFIF
    prefix = b"\xff\xd8" + marker + tables[2:-2] if kind == "jpg" else b""
    return Pyramid(
        width_px=index.width_px,
        height_px=index.height_px,
        tile_px=index.tile_px,
        levels=index.levels,
        kind=kind,
        is_grey=photometric in (0, 1),
        modified_at=file.modified_at,
        version=file.version,
        _file=file,
        _edge_file=edge_file,
        _edges=index,
        _levels=levels,
        _prefix=prefix,
        _skipped=2 if kind == "jpg" else 0,
    )


def _level(
    found: tiff.Directories, page: Mapping[int, tiff.Field], tile_px: int, compression: tuple[int, ...]
) -> _Level:
    if found.integers(page[_TAG_COMPRESSION]) != compression:
        raise ValueError("levels of different compression")
    if found.integers(page[_TAG_TILE_WIDTH]) + found.integers(page[_TAG_TILE_HEIGHT]) != (tile_px, tile_px):
        raise ValueError("another tile size")
    columns = -(-found.integers(page[_TAG_WIDTH])[0] // tile_px)
    rows = -(-found.integers(page[_TAG_HEIGHT])[0] // tile_px)
    offsets = array("Q", found.integers(page[_TAG_OFFSETS]))
    counts = array("I", found.integers(page[_TAG_COUNTS]))
    if not len(offsets) == len(counts) == columns * rows:
        raise ValueError("tile table of another length")
    return _Level(columns, offsets, counts)


class OpenPyramids:
    """The last `most` pyramids used, kept open. Threads may share it; one dropped while in use closes afterwards.

    Whoever comes while one is being opened waits for that: elsewhere than on this machine it costs some requests.
    """

    def __init__(self, *, most: int = 128) -> None:
        self._most = most
        self._open: OrderedDict[Folder, Pyramid] = OrderedDict()
        self._opening: dict[Folder, Future[Pyramid]] = {}
        self._lock = Lock()

    def get(self, folder: Folder) -> Pyramid:
        """The pyramid in `folder`, opened when it isn't yet. Raises as `open_pyramid`."""
        with self._lock:
            pyramid = self._open.get(folder)
            if pyramid is not None:
                self._open.move_to_end(folder)
                return pyramid
            opening = self._opening.get(folder)
            is_mine = opening is None
            if opening is None:
                opening = self._opening[folder] = Future()
        return self._opened(folder, opening) if is_mine else opening.result()

    def _opened(self, folder: Folder, opening: "Future[Pyramid]") -> Pyramid:
        try:
            pyramid = open_pyramid(folder)
        except BaseException as error:
            opening.set_exception(error)
            with self._lock:
                self._opening.pop(folder, None)
            raise
        with self._lock:
            self._open[folder] = pyramid
            while len(self._open) > self._most:
                self._open.popitem(last=False)
            self._opening.pop(folder, None)
        opening.set_result(pyramid)
        return pyramid

    def forget(self, folder: Folder) -> None:
        """Let go of `folder`, for instance after it was rebuilt."""
        with self._lock:
            self._open.pop(folder, None)

    def __len__(self) -> int:
        return len(self._open)
