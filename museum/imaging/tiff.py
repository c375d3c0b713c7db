"""TIFF directories read in pure Python: enough for our pyramids, for EXIF blocks and for the facts of a TIFF source.

TIFF 6.0 §2 and BigTIFF. Every offset and count comes from somebody's file, so each is checked against bounds.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Read = Callable[[int, int], bytes]
"""`read(offset, length)` gives at most `length` bytes."""

# Field type → (struct letter, bytes); rationals are read as pairs.
_TYPES = {1: ("B", 1), 2: ("s", 1), 3: ("H", 2), 4: ("I", 4), 5: ("II", 8), 6: ("b", 1), 7: ("s", 1), 8: ("h", 2)}
_TYPES |= {9: ("i", 4), 10: ("ii", 8), 11: ("f", 4), 12: ("d", 8), 13: ("I", 4), 16: ("Q", 8), 17: ("q", 8)}
_TYPES |= {18: ("Q", 8)}
_MOST_FIELDS = 4096
_MOST_DIRECTORIES = 4096


class NotTiff(ValueError):
    """The bytes are no TIFF, or its directories are broken."""


@dataclass(frozen=True)
class Field:
    """One directory entry, its values not yet read."""

    kind: int
    count: int
    offset: int
    """Where the values stand, from the start of the file."""


@dataclass(frozen=True)
class Directories:
    """The directories of one TIFF: `pages[k]` maps tag → Field."""

    read: Read
    order: str
    """struct's byte order, "<" or ">"."""
    is_big: bool
    pages: tuple[Mapping[int, Field], ...]

    def raw(self, entry: Field, *, most_bytes: int = 1 << 24) -> bytes:
        """The value bytes of `entry`; raises NotTiff when they are cut off, unknown or longer than `most_bytes`."""
        if entry.kind not in _TYPES:
            raise NotTiff(f"field type {entry.kind}")
        length = entry.count * _TYPES[entry.kind][1]
        if length > most_bytes:
            raise NotTiff(f"field of {length} bytes")
        data = self.read(entry.offset, length)
        if len(data) != length:
            raise NotTiff("field values are cut off")
        return data

    def numbers(self, entry: Field, *, most_bytes: int = 1 << 24) -> tuple[float, ...]:
        """Numeric values of `entry`; a rational with denominator 0 is 0."""
        data = self.raw(entry, most_bytes=most_bytes)
        letter = _TYPES[entry.kind][0]
        if letter == "s":
            return tuple(data)
        flat = struct.unpack(f"{self.order}{entry.count * len(letter)}{letter[0]}", data)
        if len(letter) == 1:
            return flat
        return tuple(a / b if b else 0.0 for a, b in zip(flat[::2], flat[1::2], strict=True))

    def integers(self, entry: Field, *, most_bytes: int = 1 << 26) -> tuple[int, ...]:
        """Whole values of `entry`."""
        return tuple(int(n) for n in self.numbers(entry, most_bytes=most_bytes))

    def text(self, entry: Field, *, most_bytes: int = 4096) -> str:
        """The first string of `entry`: UTF-8, else Latin-1, up to the first NUL."""
        data = self.raw(entry, most_bytes=most_bytes).split(b"\0")[0]
        try:
            return data.decode("utf-8").strip()
        except UnicodeDecodeError:
            return data.decode("latin-1").strip()

    def directory(self, offset: int) -> Mapping[int, Field]:
        """The directory at `offset` (an EXIF or GPS directory a field points to)."""
        return _directory(self.read, self.order, self.is_big, offset)[0]


def directories(read: Read, *, most: int = _MOST_DIRECTORIES) -> Directories:
    """Walk the chain of directories; raises NotTiff for anything broken, cyclic or longer than `most`."""
    head = read(0, 16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
    if not order or len(head) < 8:
        raise NotTiff("no TIFF header")
    version = struct.unpack_from(f"{order}H", head, 2)[0]
    if version == 42:
        is_big, offset = False, struct.unpack_from(f"{order}I", head, 4)[0]
    elif version == 43 and len(head) == 16:
        is_big, offset = True, struct.unpack_from(f"{order}Q", head, 8)[0]
    else:
        raise NotTiff(f"TIFF version {version}")
    pages: list[Mapping[int, Field]] = []
    seen: set[int] = set()
    while offset and len(pages) < most:
        if offset in seen:
            raise NotTiff("directories form a ring")
        seen.add(offset)
        page, offset = _directory(read, order, is_big, offset)
        pages.append(page)
    if not pages:
        raise NotTiff("no directory")
    return Directories(read, order, is_big, tuple(pages))


def _directory(read: Read, order: str, is_big: bool, offset: int) -> tuple[Mapping[int, Field], int]:
    counter, entry_bytes, pointer = ("Q", 20, "Q") if is_big else ("H", 12, "I")
    count_bytes = struct.calcsize(order + counter)
    head = read(offset, count_bytes)
    if len(head) != count_bytes:
        raise NotTiff("a directory lies outside the file")
    count = struct.unpack(order + counter, head)[0]
    if not 0 < count <= _MOST_FIELDS:
        raise NotTiff(f"a directory of {count} fields")
    start = offset + count_bytes
    inline = struct.calcsize(order + pointer)
    length = count * entry_bytes
    body = read(start, length + inline)
    if len(body) < length:
        raise NotTiff("a directory is cut off")
    found: dict[int, Field] = {}
    for at in range(0, length, entry_bytes):
        tag, kind, number = struct.unpack_from(f"{order}HH{pointer}", body, at)
        value_at = entry_bytes - inline
        size = _TYPES[kind][1] * number if kind in _TYPES else inline + 1
        where = start + at + value_at
        if size > inline:
            where = struct.unpack_from(order + pointer, body, at + value_at)[0]
        found[tag] = Field(kind, number, where)
    following = 0
    if len(body) == length + inline:  # EXIF blocks often end without the pointer to a next directory
        following = struct.unpack_from(order + pointer, body, length)[0]
    return found, following
