"""Inspection of a photograph somebody gave us: is it sound, how large, what does it say of itself."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from museum.errors import MuseumError, SourceError
from museum.imaging import embedded, jp2, pixels, signatures

MOST_SIDE_PX = 262_144  # longer than this, the padding of a thin image would outgrow the image
# libvips holds these whole in memory: a progressive JPEG's coefficients, an interlaced PNG, any WebP, GIF or AVIF.
MOST_PIXELS_AT_ONCE = 250_000_000
_HARMLESS = ("extraneous bytes before marker",)  # libjpeg's warning for padding that some cameras write


@dataclass(frozen=True)
class PhotoFacts:
    """What one photograph is. Sizes are those of the upright image, in pixels."""

    width_px: int
    height_px: int
    format: str
    media_type: str
    bands: int
    bits: int
    """Bits of one band."""
    icc_name: str
    """The colour profile's own name, empty without profile."""
    orientation: int
    """EXIF 2.32 orientation of the stored pixels, 1 = upright."""
    dpi: float | None
    has_alpha: bool
    pages: int
    """Pages in the file; only the first is taken, and `remarks` says so when there are more."""
    capture: Mapping[str, embedded.CaptureValue]
    """Allow-listed capture data; see `embedded.Embedded`."""
    gps: embedded.Position | None
    """Where it was taken. Never published without a decision."""
    rights_text: str
    """Copyright or rights as the file states them."""
    remarks: tuple[MuseumError, ...] = ()
    """What a curator should know though nothing is wrong; each has words in both languages."""


def inspect(
    path: Path, *, max_pixels: int, name: str | None = None, check_pixels: bool = True, seconds: float = 600
) -> PhotoFacts:
    """Look at the photograph at `path`; `name` is the file's own name where `path` isn't it.

    Signature, extension and parser must agree, and the declared size is checked before a pixel is read.
    `check_pixels` decodes the whole image once to find corrupt data (JPEGs at an eighth: about half the cost of a full
    decode); leave it out where `pyramid.build` follows at once, which refuses the same. Raises SourceError image.*.
    """
    name = name or path.name
    kind = signatures.recognize(path, name=name)
    if kind.name == "jp2":
        return _jp2_facts(path, kind, max_pixels=max_pixels, name=name, check_pixels=check_pixels)
    with pixels.failing_as(lambda reason: SourceError("image.corrupt", name=name, reason=reason)):
        picture = pixels.open_file(path, kind.name)
    _check_size(picture.width, picture.height, max_pixels, name)
    if _is_held_whole(picture, kind.name):
        _check_size(picture.width, picture.height, min(max_pixels, MOST_PIXELS_AT_ONCE), name)
    if picture.format not in ("uchar", "ushort", "short", "float") or picture.bands > 5:
        raise SourceError(
            "image.unsupported_pixels",
            name=name,
            space=picture.interpretation,
            bands=picture.bands,
            kind=picture.format,
        )
    if check_pixels:
        with pixels.failing_as(lambda reason: SourceError("image.corrupt", name=name, reason=reason)):
            pixels.check_decodes(path, kind.name, name=name, seconds=seconds, tolerate=_HARMLESS)
    return _facts(path, kind, picture, name)


def _facts(path: Path, kind: signatures.ImageFormat, picture: Any, name: str) -> PhotoFacts:
    found = _embedded(path, kind.name, picture)
    orientation = int(pixels.value(picture, "orientation", 1))
    turned = orientation in (5, 6, 7, 8)
    pages = int(pixels.value(picture, "n-pages", 1))
    alpha = pixels.has_alpha(picture)
    return PhotoFacts(
        width_px=picture.height if turned else picture.width,
        height_px=picture.width if turned else picture.height,
        format=kind.name,
        media_type=kind.media_type,
        bands=picture.bands,
        bits=int(pixels.value(picture, "bits-per-sample", {"uchar": 8, "float": 32}.get(picture.format, 16))),
        icc_name=embedded.icc_name(pixels.icc_profile(picture)),
        orientation=orientation if 1 <= orientation <= 8 else 1,
        dpi=_dpi(picture),
        has_alpha=alpha,
        pages=pages,
        capture=found.capture,
        gps=found.position,
        rights_text=str(found.capture.get("copyright", "")),
        remarks=(SourceError("image.first_page_only", name=name, pages=pages),) if pages > 1 else (),
    )


def _check_size(width: int, height: int, most: int, name: str) -> None:
    if width * height > most:
        raise SourceError("image.too_large", name=name, width=width, height=height, limit=most)
    if max(width, height) > MOST_SIDE_PX:
        raise SourceError("image.too_long", name=name, width=width, height=height, limit=MOST_SIDE_PX)


def _is_held_whole(picture: Any, kind: str) -> bool:
    return kind in ("webp", "gif", "avif") or bool(pixels.value(picture, "interlaced", 0))


def _dpi(picture: Any) -> float | None:
    """Dots per inch where the file states a believable resolution; libvips gives 1 per mm where none is stated."""
    dpi = round(float(picture.xres) * 25.4, 1)
    is_stated = bool(pixels.value(picture, "resolution-unit", ""))
    return dpi if is_stated and 10 <= dpi <= 20_000 else None


def _embedded(path: Path, kind: str, picture: Any) -> embedded.Embedded:
    if kind == "tiff":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            found = embedded.from_tiff(lambda offset, length: os.pread(descriptor, min(length, 2**24), offset))
        except (OverflowError, OSError):  # an offset beyond what a file can have
            found = embedded.Embedded({}, None)
        finally:
            os.close(descriptor)
    else:
        found = embedded.from_tiff_bytes(bytes(pixels.value(picture, "exif-data", b""))[: 2**24])
    # EXIF speaks first: it is what the camera wrote; XMP and IPTC fill what it leaves open.
    more = embedded.from_iptc(bytes(pixels.value(picture, "iptc-data", b""))[: 2**20])
    more |= embedded.from_xmp(bytes(pixels.value(picture, "xmp-data", b"")))
    return embedded.Embedded({**more, **found.capture}, found.position)


def _jp2_facts(
    path: Path, kind: signatures.ImageFormat, *, max_pixels: int, name: str, check_pixels: bool
) -> PhotoFacts:
    head = jp2.header(path, name=name)
    width, height, mode = int(head["width"]), int(head["height"]), str(head["mode"])
    _check_size(width, height, min(max_pixels, jp2.MOST_PIXELS), name)
    if check_pixels:
        jp2.decode(path, Path(os.devnull), name=name)
    return PhotoFacts(
        width_px=width,
        height_px=height,
        format=kind.name,
        media_type=kind.media_type,
        bands=1 if mode.startswith("I") else len(mode),
        bits=16 if mode.startswith("I") else 8,
        icc_name=embedded.icc_name(bytes.fromhex(str(head["icc"]))),
        orientation=1,
        dpi=None,
        has_alpha=mode.endswith("A"),
        pages=1,
        capture={},
        gps=None,
        rights_text="",
    )


def open_display(path: Path, *, name: str, scratch: Path, shrink: int = 1) -> Any:
    """The photograph at `path` as a libvips pipeline, upright and in sRGB; a damaged file fails when it is written.

    `scratch` is a file that may be written for turning and for JPEG 2000; the caller deletes it.
    Raises SourceError, and pyvips' error: use inside `pixels.failing_as`.
    """
    kind = signatures.recognize(path, name=name, has_extension=False).name
    if kind == "jp2":
        decoded = scratch.with_suffix(".tif")
        jp2.decode(path, decoded, name=name)
        return pixels.to_display(pixels.open_file(decoded, "tiff"), scratch=scratch)
    picture = pixels.open_file(path, kind, shrink=shrink)
    return pixels.to_display(picture, scratch=scratch)
