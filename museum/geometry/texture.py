"""Pictures on surfaces: checked, shrunk and re-encoded (the only importer of Pillow in geometry)."""

import io
import math

import numpy as np
from PIL import Image

from museum.errors import SourceError
from museum.geometry.mesh import Bytes, Picture

_FORMATS = ("JPEG", "PNG", "WEBP")
PIXEL_LIMIT = 16_384 * 16_384


def check(picture: Picture, *, shown: str, pixel_limit: int = PIXEL_LIMIT) -> None:
    """Decode once and let go. Raises SourceError `scan.bad_texture` for a cut or corrupt picture,
    `scan.texture_too_large`, `scan.cmyk_texture`."""
    _loaded(picture, shown=shown, pixel_limit=pixel_limit)


def size_px(picture: Picture) -> tuple[int, int] | None:
    """Width and height in pixels, from the picture's header; None where that can't be read."""
    try:
        with Image.open(io.BytesIO(picture.data), formats=_FORMATS) as image:
            return image.width, image.height
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def decode(picture: Picture, *, max_px: int = 4096) -> Bytes:
    """(h, w, 4) uint8 sRGB with straight alpha, no side longer than `max_px`."""
    image = _opened(picture, shown="", pixel_limit=PIXEL_LIMIT)
    image.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
    return np.asarray(image.convert("RGBA"))


def resized(picture: Picture, *, side_px: int) -> Bytes:
    """(side, side, 4) uint8: the picture stretched to a square of that side, as UV see it."""
    image = _opened(picture, shown="", pixel_limit=PIXEL_LIMIT)
    return np.asarray(image.convert("RGBA").resize((side_px, side_px), Image.Resampling.LANCZOS))


def reduced(pixels: Bytes, *, max_px: int) -> Bytes:
    """(h, w, 4) uint8 with no side longer than `max_px`: each pixel counts as much as it is there (alpha)."""
    image = Image.fromarray(pixels)
    image.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
    return np.asarray(image)


def encoded(pixels: Bytes, *, is_data: bool = False, quality: int = 90) -> Picture:
    """(h, w, 3) uint8 as JPEG; `is_data` marks normals and roughness, which chroma subsampling would harm."""
    room = io.BytesIO()
    Image.fromarray(pixels).save(room, "JPEG", quality=quality, subsampling=0 if is_data else 2, optimize=True)
    return Picture(data=room.getvalue(), media_type="image/jpeg")


def kept(pixels: Bytes, *, has_alpha: bool) -> Picture:
    """(h, w, 4) uint8 as PNG, nothing lost."""
    room = io.BytesIO()
    Image.fromarray(pixels if has_alpha else pixels[:, :, :3]).save(room, "PNG", compress_level=1)
    return Picture(data=room.getvalue(), media_type="image/png")


def shrunk(picture: Picture, *, max_px: int, quality: int = 86, is_data: bool = False) -> Picture:
    """The picture with no side over `max_px`, as JPEG, or PNG where it has transparency; metadata is left behind.

    `is_data` marks normals and roughness, which chroma subsampling would harm.
    """
    image = _opened(picture, shown="", pixel_limit=PIXEL_LIMIT)
    if picture.media_type == "image/jpeg" and max(image.size) <= max_px:
        return Picture(data=_bare_jpeg(picture.data), media_type="image/jpeg")
    image.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
    room = io.BytesIO()
    if "A" in image.getbands() and not is_data and image.getchannel("A").getextrema() != (255, 255):
        image.convert("RGBA").save(room, "PNG", optimize=True)
        return Picture(data=room.getvalue(), media_type="image/png")
    image.convert("RGB").save(
        room, "JPEG", quality=quality, subsampling=0 if is_data else 2, progressive=True, optimize=True
    )
    return Picture(data=room.getvalue(), media_type="image/jpeg")


def _bare_jpeg(data: bytes) -> bytes:
    """The same coded pixels without metadata: of APPn and COM segments only JFIF and Adobe's stay (T.81 §B.1.1)."""
    kept, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        length = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        marker = data[at + 1]
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)):
            kept += data[at : at + length]
        at += length
    end = data.rfind(b"\xff\xd9") + 2
    return bytes(kept + data[at : end if end > at else len(data)])


def _opened(picture: Picture, *, shown: str, pixel_limit: int) -> Image.Image:
    image = _loaded(picture, shown=shown, pixel_limit=pixel_limit)
    if image.mode in ("I;16", "I", "F"):
        return Image.fromarray((np.asarray(image, np.float64) / 257).clip(0, 255).astype(np.uint8))
    plain: Image.Image = image.convert("RGBA" if image.mode in ("P", "LA", "PA", "RGBA") else "RGB")
    return plain


def _loaded(picture: Picture, *, shown: str, pixel_limit: int) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = PIXEL_LIMIT  # Pillow's own limit is less than half of what scans bear
    try:
        image = Image.open(io.BytesIO(picture.data), formats=_FORMATS)
        if image.width * image.height > pixel_limit:
            side = math.isqrt(pixel_limit)
            raise SourceError("scan.texture_too_large", file=shown, size=f"{image.width} × {image.height}", side=side)
        if image.mode == "CMYK":
            raise SourceError("scan.cmyk_texture", file=shown)
        image.load()
        return image
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise SourceError("scan.bad_texture", file=shown, reason=str(error)[:120]) from error
