"""Compressed pictures without what they say of people and places: the same pixels, bit for bit, never decoded.

JPEG (ITU-T T.81 annex B) keeps what a decoder needs: JFIF's density, the ICC profile, Adobe's colour transform; EXIF,
XMP, IPTC, makers' blocks, comments, thumbnails and whatever follows the end (second pictures, makers' trailers) go.
JPEG 2000 (ISO/IEC 15444-1 annexes A and I) keeps the boxes that draw the picture. What can't be walked is cut off where
it stops making sense: a broken picture stays broken, and nothing unread is kept.
"""

import struct
from collections.abc import Iterator

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_COMMENT, _APP0, _APP2, _APP14 = 0xFE, 0xE0, 0xE2, 0xEE
_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_JP2_KEPT = {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}
_JP2_HEADER_KEPT = {b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"res ", b"resc", b"resd"}
_JP2_NESTED = {b"jp2h", b"res "}
_J2K_COMMENT, _J2K_TILE = 0xFF64, 0xFF90


def jpeg(data: bytes) -> bytes:
    """A JPEG stream without metadata; empty for what doesn't begin as one."""
    if data[:2] != b"\xff\xd8":
        return b""
    return b"\xff\xd8" + b"".join(_jpeg_parts(data)) + b"\xff\xd9"


def jpeg_end(data: bytes, start: int) -> int:
    """Where the JPEG stream that begins at `start` ends, behind its EOI, or at the end of the data."""
    at = start + 2
    while at + 2 <= len(data):
        marker, at = _marker(data, at)
        if marker == _EOI:
            return at
        if marker is None:
            break
        at = _behind(data, at, marker)
    return len(data)


def jpeg_2000(data: bytes) -> bytes:
    """A JP2 file or a bare codestream without XML, UUID and comments; empty for what is neither."""
    if data.startswith(b"\xff\x4f\xff\x51"):
        return _codestream(data)
    if not data.startswith(_JP2_SIGNATURE):
        return b""
    return b"".join(
        _box(kind, _nested(body) if kind in _JP2_NESTED else _codestream(body) if kind == b"jp2c" else body)
        for kind, body in _boxes(data)
        if kind in _JP2_KEPT
    )


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    at = 2
    while at + 2 <= len(data):
        marker, behind = _marker(data, at)
        if marker is None or marker == _EOI:
            return
        end = _behind(data, behind, marker)
        if marker in _ALONE:
            yield data[behind - 2 : behind]
        elif marker == _APP0 and data[behind + 2 : behind + 7] == b"JFIF\0" and end - behind >= 16:
            yield b"\xff\xe0\x00\x10" + data[behind + 2 : behind + 14] + b"\0\0"  # without its thumbnail
        elif _is_needed(marker, data[behind + 2 : behind + 14]):
            yield data[behind - 2 : end]
        at = end


def _is_needed(marker: int, begins: bytes) -> bool:
    if marker == _APP2:
        return begins.startswith(b"ICC_PROFILE\0")
    if marker == _APP14:
        return begins.startswith(b"Adobe")
    return marker != _COMMENT and not _APP0 <= marker <= 0xEF


def _marker(data: bytes, at: int) -> tuple[int | None, int]:
    """The marker at `at` (fill bytes before it skipped) and where its segment begins; None where there is none."""
    if data[at] != 0xFF:
        return None, at
    while at < len(data) and data[at] == 0xFF:
        at += 1
    return (data[at], at + 1) if at < len(data) and data[at] else (None, at)


def _behind(data: bytes, at: int, marker: int) -> int:
    """Where the segment of a marker ends, with the entropy-coded data that follows a scan's header."""
    if marker in _ALONE:
        return at
    length = int.from_bytes(data[at : at + 2], "big")
    end = at + max(length, 2)
    while marker == _SOS and end < len(data):
        end = data.find(b"\xff", end)
        if end < 0 or end + 1 >= len(data):
            return len(data)
        if data[end + 1] and not 0xD0 <= data[end + 1] <= 0xD7 and data[end + 1] != 0xFF:
            return end
        end += 1 if data[end + 1] == 0xFF else 2
    return min(end, len(data))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        begin = at + 8
        if length == 1 and at + 16 <= len(data):
            (length,), begin = struct.unpack_from(">Q", data, begin), at + 16
        end = at + length if length else len(data)
        if end < begin or end > len(data):
            if kind == b"jp2c":  # cut off: what is there of the picture
                yield kind, data[begin:]
            return
        yield kind, data[begin:end]
        at = end


def _nested(body: bytes) -> bytes:
    return b"".join(
        _box(inner, _nested(part) if inner in _JP2_NESTED else part)
        for inner, part in _boxes(body)
        if inner in _JP2_HEADER_KEPT
    )


def _box(kind: bytes, body: bytes) -> bytes:
    size = len(body) + 8
    return struct.pack(">I4s", size, kind) + body if size < 1 << 32 else struct.pack(">I4sQ", 1, kind, size + 8) + body


def _codestream(data: bytes) -> bytes:
    """A codestream without the comments of its main header (COM, A.9.2)."""
    kept, at = [data[:2]], 2
    while at + 4 <= len(data):
        marker, length = struct.unpack_from(">HH", data, at)
        if marker == _J2K_TILE:
            return b"".join(kept) + data[at:]
        if marker < 0xFF30 or length < 2:
            break
        if marker != _J2K_COMMENT:
            kept.append(data[at : at + 2 + length])
        at += 2 + length
    return b"".join(kept)
