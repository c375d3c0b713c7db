"""Pictures made by ourselves: an array of pixels becomes a file."""

from pathlib import Path
from typing import Any

from museum.imaging import pixels


def write(array: Any, out: Path, *, quality: int = 92, xmp: bytes = b"") -> None:
    """Write (h, w, 3|4) uint8 sRGB to `out`; its suffix (.png lossless, .jpg, .webp, .avif, .tif) says as what.

    `xmp` is a packet that the file carries (XMP Part 3), and the only metadata it has.
    """
    picture = pixels.from_array(array)
    out.write_bytes(pixels.encode(picture, out.suffix.removeprefix("."), quality=quality, xmp=xmp))
