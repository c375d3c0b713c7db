"""JPEG 2000, which libvips' wheel can't read, decoded by Pillow in a child process with bounds.

A child because the file is somebody's and the decoder is C; the child writes a TIFF that goes on through libvips.
Run as a module it is that child.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

from PIL import Image

from museum.errors import SourceError

MOST_PIXELS = 200_000_000
"""Pillow decodes a whole image into memory, 4 bytes a pixel."""
_MEMORY_BYTES = 3 * 2**30


def header(path: Path, *, name: str, seconds: float = 30) -> dict[str, int | str]:
    """{"width", "height", "mode"} of a JPEG 2000 file, its ICC profile as "icc" in hex. SourceError when broken."""
    return dict(json.loads(_child("header", path, Path(), name=name, seconds=seconds)))


def decode(path: Path, out: Path, *, name: str, seconds: float = 300) -> None:
    """Write the pixels of a JPEG 2000 file as an uncompressed TIFF with its colour profile to `out`."""
    _child("decode", path, out, name=name, seconds=seconds)


def _child(task: str, path: Path, out: Path, *, name: str, seconds: float) -> bytes:
    command = [sys.executable, "-P", "-m", "museum.imaging.jp2", task, str(path), str(out)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise SourceError("image.too_slow", name=name, seconds=round(seconds)) from error
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise SourceError("image.corrupt", name=name, reason=reason[:300] or f"signal {-done.returncode}")
    return done.stdout


def _main(task: str, path: Path, out: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    Image.MAX_IMAGE_PIXELS = None  # the bound below is ours and gives no warning
    with Image.open(path, formats=["JPEG2000"]) as image:
        if task == "header":
            profile = image.info.get("icc_profile") or b""
            facts = {"width": image.width, "height": image.height, "mode": image.mode, "icc": profile.hex()}
            sys.stdout.write(json.dumps(facts))
            return
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"{image.width} × {image.height} pixels")
        image.load()

        image.save(out, format="TIFF", icc_profile=image.info.get("icc_profile"))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
