"""A small disk that can be filled to the page: its own tmpfs where the test is root, else a limit of file sizes."""

import contextlib
import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE_BYTES = 4096


@dataclass(frozen=True)
class SmallDisk:
    """A folder that can be made to run full. Nothing is skipped without root: then no file may grow beyond the level
    (RLIMIT_FSIZE, inherited by children), which the kernel refuses in the same calls with EFBIG."""

    folder: Path
    is_mounted: bool

    @property
    def kind(self) -> str:
        """What refuses, to be told by a test."""
        return "a tmpfs that is full" if self.is_mounted else "a limit of the size of files (not root: no mount)"

    @contextlib.contextmanager
    def leaving(self, size: int) -> Iterator[None]:
        """Only `size` bytes are left while this lasts."""
        with self._ballast(size) if self.is_mounted else files_up_to(size):
            yield

    @contextlib.contextmanager
    def _ballast(self, size: int) -> Iterator[None]:
        ballast = self.folder / ".ballast"
        found = os.statvfs(self.folder)
        taken = found.f_bavail * found.f_frsize - size
        descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            if taken > 0:
                os.posix_fallocate(descriptor, 0, taken)
            yield
        finally:
            os.close(descriptor)
            ballast.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, *, size: int) -> Iterator[SmallDisk]:
    """A disk of `size` bytes mounted at `folder`, which must exist and be empty."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder]
    mounted = os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0
    try:
        yield SmallDisk(folder, mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size`: the kernel's own refusal at a chosen byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
