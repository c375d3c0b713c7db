"""meshoptimizer's C functions: simplify, reorder, encode and decode (the only importer of meshoptimizer).

The wrapper of the pinned alpha raises in `simplify_with_attributes`, so the bundled C functions are called directly.
"""

import ctypes
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError

Words = NDArray[np.uint32]

LOCK_BORDER = 1
_FILTERS = {"OCTAHEDRAL": "Oct", "QUATERNION": "Quat", "EXPONENTIAL": "Exp"}


@cache
def _library() -> ctypes.CDLL:
    from meshoptimizer._loader import lib  # loads a shared library, so not before it is needed

    lib.meshopt_simplifyWithAttributes.restype = ctypes.c_size_t
    lib.meshopt_encodeFilterOct.restype = None
    for name in _FILTERS.values():
        getattr(lib, f"meshopt_decodeFilter{name}").restype = None
    # EXT_meshopt_compression knows attribute streams of version 0 and index streams of version 1 only.
    lib.meshopt_encodeVertexVersion(0)
    lib.meshopt_encodeIndexVersion(1)
    library: ctypes.CDLL = lib
    return library


def _at(array: NDArray[np.generic], kind: type = ctypes.c_uint) -> object:
    return array.ctypes.data_as(ctypes.POINTER(kind))


def simplify(
    faces: NDArray[np.int32],
    positions: NDArray[np.float32],
    *,
    target_faces: int,
    attributes: NDArray[np.float32] | None = None,
    weights: NDArray[np.float32] | None = None,
    lock_border: bool = False,
    locked: NDArray[np.uint8] | None = None,
    max_error: float = 1.0,
) -> NDArray[np.int32]:
    """(k, 3) faces over the same vertices, about `target_faces` of them; always read the count back.

    `positions` (n, 3) float32, best centred and of size near 1; `attributes` (n, a) with `weights` (a,) add to the
    error metric, so that colour and shading edges survive. `max_error` is relative to the extent. Vertices that
    `locked` (n,) marks with 1 stay, as with `lock_border` do those of open edges.
    """
    library = _library()
    indices = np.ascontiguousarray(faces, np.uint32).ravel()
    result: Words = np.empty_like(indices)
    points = np.ascontiguousarray(positions, np.float32)
    options = LOCK_BORDER if lock_border else 0
    if attributes is None or weights is None:
        attributes, weights = np.zeros((len(points), 0), np.float32), np.zeros(0, np.float32)
    extra = np.ascontiguousarray(attributes, np.float32)
    scale = np.ascontiguousarray(weights, np.float32)
    fixed = None if locked is None else np.ascontiguousarray(locked, np.uint8)
    size = ctypes.c_size_t
    written = library.meshopt_simplifyWithAttributes(
        _at(result), _at(indices), size(len(indices)),
        _at(points, ctypes.c_float), size(len(points)), size(12),
        _at(extra, ctypes.c_float), size(extra.shape[1] * 4), _at(scale, ctypes.c_float), size(len(scale)),
        None if fixed is None else _at(fixed, ctypes.c_ubyte),
        size(target_faces * 3), ctypes.c_float(max_error), ctypes.c_uint(options), None,
    )  # fmt: skip
    return result[:written].reshape(-1, 3).astype(np.int32)


def numbered(rows: NDArray[np.generic]) -> tuple[Words, int]:
    """(number of every row, how many numbers): rows equal bit by bit (≤ 256 bytes) share one, given in order of use."""
    data = np.ascontiguousarray(rows)
    places: Words = np.empty(len(data), np.uint32)
    size = ctypes.c_size_t
    count = _library().meshopt_generateVertexRemap(
        _at(places), None, size(len(data)), data.ctypes.data_as(ctypes.c_void_p), size(len(data)),
        size(data.nbytes // len(data)),
    )  # fmt: skip
    return places, int(count)


class _Stream(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("size", ctypes.c_size_t), ("stride", ctypes.c_size_t))


def numbered_together(columns: Sequence[NDArray[np.generic]]) -> tuple[Words, int]:
    """Like `numbered` for rows whose parts lie in several arrays, without bringing them together."""
    parts = [np.ascontiguousarray(column) for column in columns]
    count = len(parts[0])
    streams = (_Stream * len(parts))(
        *(_Stream(part.ctypes.data, part.nbytes // count, part.nbytes // count) for part in parts)
    )
    places: Words = np.empty(count, np.uint32)
    size = ctypes.c_size_t
    found = _library().meshopt_generateVertexRemapMulti(
        _at(places), None, size(count), size(count), ctypes.byref(streams), size(len(parts))
    )
    return places, int(found)


def firsts(places: Words, count: int) -> NDArray[np.int64]:
    """(count,) the first row of each number that `numbered` gives."""
    kept = np.empty(count, np.int64)
    kept[places[::-1]] = np.arange(len(places) - 1, -1, -1)
    return kept


def merge_rows(rows: NDArray[np.generic]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(old numbers of the rows to keep, new number of every row): rows equal bit by bit become one (≤ 256 bytes)."""
    places, count = numbered(rows)
    return firsts(places, count), places.astype(np.int64)


def cache_order(faces: NDArray[np.int32], vertex_count: int) -> NDArray[np.int32]:
    """The same faces in an order that graphics cards and the index codec like."""
    indices = np.ascontiguousarray(faces, np.uint32).ravel()
    result: Words = np.empty_like(indices)
    size = ctypes.c_size_t
    _library().meshopt_optimizeVertexCache(_at(result), _at(indices), size(len(indices)), size(vertex_count))
    return result.reshape(-1, 3).astype(np.int32)


def fetch_order(faces: NDArray[np.int32], vertex_count: int) -> NDArray[np.int64]:
    """(u,) old numbers of the used vertices in order of first use: index arrays by it, then renumber faces."""
    flat = faces.ravel()
    first = np.full(vertex_count, len(flat), np.int64)
    np.minimum.at(first, flat, np.arange(len(flat)))
    used = np.flatnonzero(first < len(flat))
    ordered: NDArray[np.int64] = used[np.argsort(first[used], kind="stable")]
    return ordered


def in_order_of_use(faces: NDArray[np.int32], vertex_count: int) -> tuple[NDArray[np.int32], Words]:
    """(faces over the used vertices in order of first use, (u,) old numbers of these)."""
    indices = np.ascontiguousarray(faces, np.uint32).ravel()
    places: Words = np.empty(vertex_count, np.uint32)
    size = ctypes.c_size_t
    count = _library().meshopt_optimizeVertexFetchRemap(
        _at(places), _at(indices), size(len(indices)), size(vertex_count)
    )
    used = np.flatnonzero(places != 0xFFFF_FFFF)
    order: Words = np.empty(count, np.uint32)
    order[places[used]] = used
    return places[faces].astype(np.int32), order


def spatial_order(positions: NDArray[np.float32]) -> NDArray[np.int64]:
    """(n,) numbers of points along a space-filling curve, which the codec compresses better."""
    points = np.ascontiguousarray(positions, np.float32)
    places: Words = np.empty(len(points), np.uint32)
    size = ctypes.c_size_t
    _library().meshopt_spatialSortRemap(_at(places), _at(points, ctypes.c_float), size(len(points)), size(12))
    order = np.empty(len(points), np.int64)
    order[places] = np.arange(len(points))
    return order


def encode_attributes(data: NDArray[np.generic]) -> bytes:
    """The meshopt ATTRIBUTES stream of (n, w) data whose rows are a multiple of 4 and at most 256 bytes."""
    library = _library()
    rows = np.ascontiguousarray(data)
    stride = rows.nbytes // len(rows)
    size = ctypes.c_size_t
    room = np.empty(library.meshopt_encodeVertexBufferBound(size(len(rows)), size(stride)), np.uint8)
    written = library.meshopt_encodeVertexBuffer(
        _at(room, ctypes.c_ubyte), size(len(room)), rows.ctypes.data_as(ctypes.c_void_p), size(len(rows)), size(stride)
    )
    return room[:written].tobytes()


def encode_triangles(faces: NDArray[np.int32], vertex_count: int) -> bytes:
    """The meshopt TRIANGLES stream of (m, 3) faces."""
    library = _library()
    indices = np.ascontiguousarray(faces, np.uint32).ravel()
    size = ctypes.c_size_t
    room = np.empty(library.meshopt_encodeIndexBufferBound(size(len(indices)), size(vertex_count)), np.uint8)
    written = library.meshopt_encodeIndexBuffer(
        _at(room, ctypes.c_ubyte), size(len(room)), _at(indices), size(len(indices))
    )
    return room[:written].tobytes()


def octahedral(normals: NDArray[np.float32], *, bits: int) -> NDArray[np.int16]:
    """(n, 4) int16 rows of the OCTAHEDRAL filter from unit normals, or from (n, 4) tangents, whose last value stays."""
    padded = np.zeros((len(normals), 4), np.float32)
    padded[:, : normals.shape[1]] = normals
    result = np.empty((len(normals), 4), np.int16)
    size = ctypes.c_size_t
    _library().meshopt_encodeFilterOct(
        result.ctypes.data_as(ctypes.c_void_p), size(len(normals)), size(8), ctypes.c_int(bits),
        _at(padded, ctypes.c_float),
    )  # fmt: skip
    return result


def decode(data: bytes, *, count: int, stride: int, mode: str, filter_name: str = "NONE") -> bytes:
    """Undo one compressed view (EXT_meshopt_compression); raises SourceError when the stream is corrupt."""
    library = _library()
    source = np.frombuffer(data, np.uint8)
    result = np.zeros(count * stride, np.uint8)
    size = ctypes.c_size_t
    function = {
        "ATTRIBUTES": library.meshopt_decodeVertexBuffer,
        "TRIANGLES": library.meshopt_decodeIndexBuffer,
        "INDICES": library.meshopt_decodeIndexSequence,
    }.get(mode)
    is_sound = stride % 4 == 0 and 0 < stride <= 256 if mode == "ATTRIBUTES" else stride in (2, 4)
    if function is None or not is_sound or (mode == "TRIANGLES" and count % 3):
        raise SourceError("scan.bad_content", file="", reason="meshopt")
    failed = function(
        result.ctypes.data_as(ctypes.c_void_p),
        size(count),
        size(stride),
        _at(source, ctypes.c_ubyte),
        size(len(source)),
    )
    if failed:
        raise SourceError("scan.bad_content", file="", reason="meshopt")
    if filter_name in _FILTERS and mode == "ATTRIBUTES":
        undo = getattr(library, f"meshopt_decodeFilter{_FILTERS[filter_name]}")
        undo(result.ctypes.data_as(ctypes.c_void_p), size(count), size(stride))
    return result.tobytes()
