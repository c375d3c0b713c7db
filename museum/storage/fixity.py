"""Reading one object of the masters again: is every byte still what it was when it was stored?

A file is compared by its BLAKE3 (six times as quick as SHA-512) once that is known; the first time its SHA-512 is
proved and the BLAKE3 taken in the same pass. Inventories, sidecars and the declaration are read too, so that a flipped
bit anywhere in an object is found. Structure (stray files, links) is `museum check`'s business.
"""

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson
from blake3 import blake3

from museum.storage.inventory import NAME, SIDECAR, sidecar_of
from museum.storage.layout import OBJECT_DECLARATION, SPEC

_BUFFER_BYTES = 64 * 2**10  # above 128 KiB the allocator asks the kernel each time: twice the cost of a small file
_WORTH_DROPPING_BYTES = 2**20  # smaller ones crowd nothing out of the kernel's cache
_DECLARATION = f"ocfl_object_{SPEC}\n".encode()
_LOOK_AGAIN_S = 0.3  # a new version may have been put in place between two of our readings

Kind = Literal["changed", "missing", "unreadable", "inventory", "note"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it was stored: `path` below the object's folder; digests where they say something.

    "note": the file is right by its SHA-512, and the BLAKE3 kept in the database was wrong.
    """

    path: str
    kind: Kind
    expected: str = ""
    found: str = ""

    def to_json(self) -> dict[str, str]:
        """Plain JSON, empty values left out."""
        return {name: str(value) for name, value in vars(self).items() if value}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One object read again. `taken` holds the BLAKE3 of files whose SHA-512 was proved now."""

    object_id: str
    files: int
    size_bytes: int
    findings: tuple[Finding, ...] = ()
    taken: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether every byte is as it was stored."""
        return all(finding.kind == "note" for finding in self.findings)


class Pace:
    """Keeps reading at `bytes_per_s` (0: as quick as it goes), averaged from the first byte."""

    def __init__(
        self,
        bytes_per_s: float = 0,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self.bytes_per_s = bytes_per_s
        self._clock = clock
        self._wait = wait
        self._began = clock()
        self._read = 0

    def spend(self, count: int) -> None:
        """Say that `count` bytes were read; waits where that was too quick."""
        if not self.bytes_per_s:
            return
        self._read += count
        ahead = self._read / self.bytes_per_s - (self._clock() - self._began)
        if ahead > 0:
            self._wait(ahead)


def check_object(place: str, *, object_id: str, known: Mapping[str, str], pace: Pace) -> Checked:
    """Read the object at `place` again; `known` is the BLAKE3 of its files so far, by content path.

    What looks wrong is looked at twice. Never raises for a broken object or disk: that is what it finds.
    """
    checked = _look(place, object_id, known, pace)
    if checked.findings:
        time.sleep(_LOOK_AGAIN_S)
        checked = _look(place, object_id, known, pace)
    return checked


def _look(place: str, object_id: str, known: Mapping[str, str], pace: Pace) -> Checked:
    try:
        within = os.open(place, os.O_RDONLY | os.O_DIRECTORY)  # paths below are resolved from here: half the cost
    except OSError as error:
        lost = Finding(path=".", kind="missing", found=error.strerror or str(error))
        return Checked(object_id=object_id, files=0, size_bytes=0, findings=(lost,))
    try:
        return _check(within, object_id, known, pace)
    finally:
        os.close(within)


def _check(within: int, object_id: str, known: Mapping[str, str], pace: Pace) -> Checked:
    findings: list[Finding] = []
    digests = _inventories(within, findings)
    taken: dict[str, str] = {}
    files = size = 0
    for path in digests or known:
        try:
            count, finding = _file(within, path, known.get(path, ""), digests.get(path, ""), taken, pace)
        except FileNotFoundError:
            findings.append(Finding(path=path, kind="missing"))
            continue
        except OSError as error:
            findings.append(Finding(path=path, kind="unreadable", found=error.strerror or str(error)))
            continue
        files += 1
        size += count
        if finding is not None:
            findings.append(finding)
    return Checked(object_id=object_id, files=files, size_bytes=size, findings=tuple(findings), taken=taken)


def _file(
    within: int, path: str, known: str, sha512: str, taken: dict[str, str], pace: Pace
) -> tuple[int, Finding | None]:
    """(bytes read, what is wrong) of one content file. Raises OSError."""
    if known:
        count, found = hash_file(path, pace, within=within)
        if found == known:
            return count, None
    proof = hashlib.sha512()
    count, found = hash_file(path, pace, within=within, beside=proof)
    if not sha512:  # the inventory is gone: the stored BLAKE3 is all there is
        return count, None if found == known else Finding(path=path, kind="changed", expected=known, found=found)
    if proof.hexdigest() != sha512:
        return count, Finding(path=path, kind="changed", expected=sha512, found=proof.hexdigest())
    taken[path] = found
    if known and found != known:
        return count, Finding(path=path, kind="note", expected=known, found=found)
    return count, None


def hash_file(
    path: str, pace: Pace, *, within: int | None = None, beside: "hashlib._Hash | None" = None
) -> tuple[int, str]:
    """(size, BLAKE3) of a file as the disk gives it: the kernel is told to forget its pages first. Raises OSError.

    `within` is an open folder from which a relative path leads, `beside` another digest to be taken in the same pass.
    Read and not mapped: a bad sector under a mapping would end the process (SIGBUS) instead of being told.
    """
    digest = blake3()
    size = 0
    descriptor = os.open(path, os.O_RDONLY, dir_fd=within)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        while True:
            chunk = os.read(descriptor, _BUFFER_BYTES)
            count = len(chunk)
            digest.update(chunk)
            if beside is not None:
                beside.update(chunk)
            size += count
            if pace.bytes_per_s:
                pace.spend(count)
            if count < _BUFFER_BYTES:  # the end; were it none, the digest would be wrong, and SHA-512 tell in the end
                break
        if size >= _WORTH_DROPPING_BYTES:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
    return size, digest.hexdigest()


def _inventories(within: int, findings: list[Finding]) -> dict[str, str]:
    """Content path → SHA-512 by the object's inventory, after all its copies, sidecars and the declaration were read.

    Empty where it can't be read. Of the inventory no more is looked at: every byte of it stands under its sidecar.
    """
    read = _Reader(within, findings)
    data, sidecar = read(NAME), read(SIDECAR)
    if (declaration := read(OBJECT_DECLARATION)) is not None and declaration != _DECLARATION:
        findings.append(Finding(path=OBJECT_DECLARATION, kind="changed"))
    if data is None:
        return {}
    if sidecar is not None and sidecar != sidecar_of(data):
        found = hashlib.sha512(data).hexdigest()
        said = sidecar[:128].decode("ascii", "replace")
        findings.append(Finding(path=NAME, kind="inventory", expected=said, found=found))
    try:
        inventory = orjson.loads(data)
        head = len(inventory["versions"])
        digests = {path: digest for digest, paths in inventory["manifest"].items() for path in paths}
    except (ValueError, KeyError, TypeError, AttributeError):
        if not findings:
            findings.append(Finding(path=NAME, kind="inventory"))
        return {}
    for number in range(1, head + 1):
        own, beside = read(f"v{number}/{NAME}"), read(f"v{number}/{SIDECAR}")
        if own is None or beside is None:
            continue
        is_head = number == head
        if beside != (sidecar if is_head else sidecar_of(own)) or (is_head and own != data):
            findings.append(Finding(path=f"v{number}/{NAME}", kind="inventory"))
    return digests


class _Reader:
    """Reads small files of an object; what can't be read becomes a finding."""

    def __init__(self, within: int, findings: list[Finding]) -> None:
        self._within = within
        self._findings = findings

    def __call__(self, path: str) -> bytes | None:
        try:
            descriptor = os.open(path, os.O_RDONLY, dir_fd=self._within)
            try:
                data = os.read(descriptor, _BUFFER_BYTES)
                while len(data) % _BUFFER_BYTES == 0 and (more := os.read(descriptor, _BUFFER_BYTES)):
                    data += more
                return data
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            self._findings.append(Finding(path=path, kind="missing"))
        except OSError as error:
            self._findings.append(Finding(path=path, kind="unreadable", found=error.strerror or str(error)))
        return None
