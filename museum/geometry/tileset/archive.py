"""All tiles of a scan in one file: a ZIP whose entries are deflated one by one (a `.3tz` without its optional index).

One file is replaced at once, is one object in a store, and can be downloaded and opened by anybody. An entry's bytes
are those that HTTP's gzip coding carries (RFC 1952), but for 18 bytes around them, so nothing is packed when served.
"""

import io
import struct
import threading
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, cast

from museum.errors import SourceError

_LEVEL = 6
_DATE = 0 << 9 | 1 << 5 | 1  # 1 January 1980: the same scan gives the same archive
_LONG = 0xFFFF_FFFF
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Bytes deflated for an archive, with what a ZIP and gzip say of them."""

    deflated: bytes
    crc: int
    size: int


def packed(data: bytes) -> Packed:
    """Deflate; may run in any thread."""
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    return Packed(deflated=squeeze.compress(data) + squeeze.flush(), crc=zlib.crc32(data), size=len(data))


@dataclass
class Writer:
    """Writes an archive entry by entry (APPNOTE 6.3, with ZIP64 beyond 4 GiB); threads may share it."""

    stream: IO[bytes]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _records: list[bytes] = field(default_factory=list)

    def add(self, name: str, content: Packed) -> None:
        """Append an entry under an ASCII name."""
        encoded = name.encode("ascii")
        said = struct.pack("<HHHHIII", 0, 8, 0, _DATE, content.crc, len(content.deflated), content.size)
        head = struct.pack("<4sH", b"PK\x03\x04", 20) + said + struct.pack("<HH", len(encoded), 0)
        with self._lock:
            at = self.stream.tell()
            extra = struct.pack("<HHQ", 1, 8, at) if at >= _LONG else b""
            ends = struct.pack("<HHHHHII", len(encoded), len(extra), 0, 0, 0, 0, min(at, _LONG))
            version = struct.pack("<4sHH", b"PK\x01\x02", 45, 45 if extra else 20)
            self._records.append(version + said + ends + encoded + extra)
            self.stream.write(head + encoded + content.deflated)

    def close(self) -> None:
        """Append the directory."""
        start = self.stream.tell()
        self.stream.write(b"".join(self._records))
        size, count = self.stream.tell() - start, len(self._records)
        if start + size >= _LONG or count >= 0xFFFF:
            end = self.stream.tell()
            self.stream.write(
                struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
                + struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
            )
        few = min(count, 0xFFFF)
        self.stream.write(
            struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, few, few, min(size, _LONG), min(start, _LONG), 0)
        )

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Where an entry lies: `offset` and `length` of its deflated bytes, and what gzip says after them."""

    offset: int
    length: int
    crc: int
    size: int

    def gzipped(self, deflated: bytes) -> bytes:
        """The entry as a gzip stream, from its deflated bytes."""
        return _GZIP_HEAD + deflated + struct.pack("<II", self.crc, self.size & _LONG)


def directory(stream: io.BufferedIOBase) -> Mapping[str, Entry]:
    """The entries of an archive of ours by name; `stream` must seek. Raises SourceError for anything else."""
    try:
        with zipfile.ZipFile(cast(IO[bytes], stream)) as opened:
            return {
                info.filename: Entry(
                    offset=info.header_offset + 30 + len(info.filename),
                    length=info.compress_size,
                    crc=info.CRC,
                    size=info.file_size,
                )
                for info in opened.infolist()
            }
    except zipfile.BadZipFile as error:
        raise SourceError("scan.bad_content", file="", reason="3tz") from error


def read(path: Path, name: str) -> bytes:
    """The content of one entry of the archive at `path`."""
    with zipfile.ZipFile(path) as opened:
        return opened.read(name)
