"""Pictures made by ourselves: an array of pixels becomes a file."""

from pathlib import Path
from typing import Any

from museum.imaging import pixels


def write(array: Any, out: Path, *, quality: int = 92) -> None:
    """Write (h, w, 3|4) uint8 sRGB to `out`; its suffix (.png lossless, .jpg, .webp, .avif, .tif) says as what."""
    out.write_bytes(pixels.encode(pixels.from_array(array), out.suffix.removeprefix("."), quality=quality))
