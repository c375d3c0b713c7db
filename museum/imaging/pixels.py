"""The only door to libvips: opening with an allow-list of loaders, colour, orientation, encoding.

libvips reads its environment when it is loaded, so the settings stand before the import: loaders that were never made
for untrusted files are blocked (ASVS 5.0 §5.2), and threads are bounded.
"""

import errno
import os

os.environ["VIPS_BLOCK_UNTRUSTED"] = "1"
os.environ.setdefault("VIPS_CONCURRENCY", str(min(4, os.cpu_count() or 1)))

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from museum.errors import MuseumError, SourceError
from museum.imaging.folder import Folder, OpenFile


class _Library:
    """pyvips, loaded by whoever first computes something: processes that only might one day do without its memory."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_loaded(), name)


@lru_cache(maxsize=1)
def _loaded() -> Any:
    import pyvips

    # The operation cache keys a file by its name alone: one replaced under the same name would show its old pixels.
    pyvips.cache_set_max(0)
    return pyvips


pyvips: Any = _Library()
Picture = Any
"""A libvips image: a lazy pipeline, no pixels until something is written."""

_LOADERS = {
    "jpeg": "jpegload",
    "png": "pngload",
    "tiff": "tiffload",
    "webp": "webpload",
    "avif": "heifload",
    "gif": "gifload",
}
_MOST_ICC_BYTES = 4 * 2**20
_PLAIN = ("srgb", "b-w")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_KNOWN_SPACES = (*_PLAIN, "rgb16", "grey16", "cmyk", "lab", "labs", "xyz", "scrgb", "rgb")


@contextmanager
def failing_as(make: Callable[[str], MuseumError]) -> Iterator[None]:
    """Turn every libvips failure inside into the error that `make(reason)` gives.

    A full disk is no fault of the picture: it raises OSError (libvips passes on the system's words only).
    """
    try:
        yield
    except pyvips.Error as error:
        reason = " ".join(str(error.detail or error.message or error).split())
        for number in _FULL:
            if os.strerror(number) in reason:
                raise OSError(number, os.strerror(number)) from error
        raise make(reason[:300]) from error


def open_file(
    path: Path, kind: str, *, is_sequential: bool = True, page: int = 0, fail_on: str = "error", shrink: int = 1
) -> Picture:
    """Open the file at `path` with the loader of `kind` (a name of signatures.FORMATS) and no other.

    `is_sequential` reads top to bottom once with little memory; False allows any order (tiles, mapped files).
    `shrink` 2, 4 or 8 decodes a JPEG at that fraction. Raises pyvips' error: use inside `failing_as`.
    """
    options: dict[str, object] = {"access": "sequential" if is_sequential else "random", "fail_on": fail_on}
    if kind == "jpeg" and shrink > 1:
        options["shrink"] = shrink
    if kind in ("tiff", "webp", "gif", "avif"):
        options["page"] = page
    return getattr(pyvips.Image, _LOADERS[kind])(str(path), **options)


def open_in(folder: Folder, file: str, kind: str, *, page: int = 0, unread: list[MuseumError]) -> Picture:
    """Open a file of ours in `folder` for reading in any order, wherever it lies. Raises as `open_file`.

    What a folder elsewhere raises while pixels are read goes into `unread`: libvips only knows that reading failed.
    """
    path = folder.path(file)
    if path is not None:
        return open_file(path, kind, is_sequential=False, page=page)
    source = _source(folder.open(file), unread)
    return pyvips.Image.new_from_source(source, "", access="random", fail_on="error", page=page)


def _source(file: OpenFile, unread: list[MuseumError]) -> Any:
    """A libvips source over an open file. libvips turns to it from one thread at a time."""
    at, read = 0, file.ahead()
    source = pyvips.SourceCustom()

    def on_read(length: int) -> bytes:
        nonlocal at
        try:
            data = read(at, length)
        except MuseumError as error:
            unread.append(error)
            return b""  # to libvips a file that is cut off
        at += len(data)
        return data

    def on_seek(offset: int, whence: int) -> int:
        nonlocal at
        at = offset + (0, at, file.size_bytes)[whence]
        return at

    source.on_read(on_read)
    source.on_seek(on_seek)
    return source


def value(picture: Picture, field: str, default: Any = None) -> Any:
    """One header field of `picture`, `default` where it has none."""
    return picture.get(field) if picture.get_typeof(field) else default


def icc_profile(picture: Picture) -> bytes:
    """The embedded colour profile, empty when there is none or it is larger than 4 MB."""
    profile = bytes(value(picture, "icc-profile-data", b""))
    return profile if len(profile) <= _MOST_ICC_BYTES else b""


def has_alpha(picture: Picture) -> bool:
    """True when the last band is transparency."""
    return bool(picture.hasalpha())


def check_decodes(path: Path, kind: str, *, name: str, seconds: float, tolerate: Sequence[str] = ()) -> None:
    """Decode every pixel once and keep none; JPEGs at an eighth, which reads all their entropy-coded data.

    libjpeg only warns of broken data, so a JPEG's warnings count, except those that contain a text of `tolerate`.
    Raises pyvips' error for corrupt data, SourceError image.too_slow past `seconds`, image.corrupt.
    """
    deadline = Deadline(seconds)
    if kind != "jpeg":
        _drain(open_file(path, kind), name=name, deadline=deadline)
        return
    # libvips looks at libjpeg's warnings before each strip, so those of the last strip show only in its log. The log
    # is the whole process's: a warning there is believed once a full-size decode, with a last strip of 16 rows, repeats
    # it.
    for shrink in (8, 1):
        with _jpeg_warnings() as warnings:
            try:
                _drain(open_file(path, kind, fail_on="warning", shrink=shrink), name=name, deadline=deadline)
            except pyvips.Error as error:
                if not any(words in str(error) for words in tolerate):
                    raise
                _drain(open_file(path, kind, shrink=shrink), name=name, deadline=deadline)
        serious = [text for text in warnings if not any(words in text for words in tolerate)]
        if not serious:
            return
    raise SourceError("image.corrupt", name=name, reason=serious[0].removeprefix("VIPS: "))


def _drain(picture: Picture, *, name: str, deadline: "Deadline") -> None:
    try:
        deadline.watch(picture).rawsave(os.devnull)
    except pyvips.Error as error:
        if deadline.is_past:
            raise SourceError("image.too_slow", name=name, seconds=round(deadline.seconds)) from error
        raise
    finally:
        deadline.let_go()  # libjpeg tells of a broken end only when the picture is closed


@contextmanager
def _jpeg_warnings() -> Iterator[list[str]]:
    """What libjpeg warns of meanwhile, as libvips logs it."""
    found: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = record.getMessage()
            if "VipsJpeg" in text:
                found.append(text)

    log, keep = logging.getLogger("pyvips"), Keep(logging.WARNING)
    log.addHandler(keep)
    try:
        yield found
    finally:
        log.removeHandler(keep)


class Deadline:
    """Stops the evaluation of pictures after `seconds`; libvips looks between strips. Must outlive what it watches."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._watched: list[Picture] = []  # libvips calls back through these: they must not be collected meanwhile

    @property
    def is_past(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self._end

    def watch(self, picture: Picture) -> Picture:
        """`picture`, whose evaluation fails with pyvips' error once the time is over."""

        def look(running: Any, _progress: Any) -> None:
            if self.is_past:
                running.set_kill(True)

        picture.set_progress(True)
        picture.signal_connect("eval", look)
        self._watched.append(picture)
        return picture

    def let_go(self) -> None:
        """Hold no picture any more: when none is being evaluated."""
        self._watched.clear()


def to_display(picture: Picture, *, scratch: Path) -> Picture:
    """`picture` upright, without alpha (white shows through), 8 bit, sRGB with 3 bands or grey with 1.

    Turning needs any-order reading: the decoded pixels of a turned photograph go through the file `scratch`, which the
    caller deletes, instead of memory. Raises SourceError image.unsupported_pixels for what is no photograph.
    """
    orientation = value(picture, "orientation", 1)
    if orientation in (3, 4, 5, 6, 7, 8):
        picture.tiffsave(str(scratch), tile=True, tile_width=256, tile_height=256, bigtiff=True)
        picture = open_file(scratch, "tiff", is_sequential=False)
    if orientation != 1:
        picture = picture.autorot()
    return _to_srgb(_flat(picture))


def _flat(picture: Picture) -> Picture:
    if not picture.hasalpha():
        return picture
    white = {"cmyk": 0, "rgb16": 65535, "grey16": 65535, "scrgb": 1.0}.get(picture.interpretation, 255)
    most = 65535 if picture.format == "ushort" else 255
    return picture.flatten(background=[white], max_alpha=1.0 if picture.interpretation == "scrgb" else most)


def _to_srgb(picture: Picture) -> Picture:
    space = picture.interpretation
    if space == "multiband" and picture.format == "uchar" and picture.bands in (1, 3):
        space = "srgb" if picture.bands == 3 else "b-w"
        picture = picture.copy(interpretation=space)
    if space not in _KNOWN_SPACES or picture.format not in ("uchar", "ushort", "short", "float"):
        raise SourceError("image.unsupported_pixels", space=space, bands=picture.bands, kind=picture.format)
    profile = icc_profile(picture)
    is_grey = picture.bands == 1
    if space == "cmyk":
        picture = _managed(picture, fallback="cmyk")
    elif profile and space in ("srgb", "rgb", "b-w", "rgb16", "grey16") and not _is_srgb(profile, picture.bands):
        picture = _managed(picture, fallback="srgb")
    if is_grey and picture.bands == 3:
        picture = picture[1].copy(interpretation="b-w")
    wanted = "b-w" if is_grey else "srgb"
    if picture.interpretation != wanted or picture.format != "uchar":
        picture = picture.colourspace(wanted)
    return picture if picture.format == "uchar" else picture.cast("uchar")


def _managed(picture: Picture, *, fallback: str) -> Picture:
    """Through the embedded profile to sRGB, relative colorimetric with black point compensation."""
    return picture.icc_transform(
        "srgb", embedded=True, input_profile=fallback, intent="relative", black_point_compensation=True, depth=8
    )


def _is_srgb(profile: bytes, bands: int) -> bool:
    return _probe(hashlib.sha256(profile).digest(), bands, _Bytes(profile))


class _Bytes(bytes):
    """Bytes that a cache compares by nothing: the digest beside them already says which they are."""

    __slots__ = ()

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bytes)


@lru_cache(maxsize=64)
def _probe(_digest: bytes, bands: int, profile: _Bytes) -> bool:
    """True when `profile` moves none of a cube of colours by more than 2 of 255: converting would change nothing."""
    steps = bytes(range(0, 256, 17))
    colours = bytes(part for r in steps for g in steps for b in steps for part in (r, g, b))
    cube = steps if bands == 1 else colours
    plain = pyvips.Image.new_from_memory(cube, len(cube) // bands, 1, bands, "uchar")
    plain = plain.copy(interpretation="b-w" if bands == 1 else "srgb")
    marked = plain.copy()
    marked.set_type(pyvips.GValue.blob_type, "icc-profile-data", bytes(profile))
    try:
        moved = _managed(marked, fallback="srgb")
    except pyvips.Error:
        return True  # a broken profile: libvips would refuse it too, so the pixels are taken as sRGB
    return bool((moved.cast("short") - plain.cast("short")).abs().max() <= 2)


def encode(picture: Picture, kind: str, *, quality: int, effort: int = 2, xmp: bytes = b"") -> bytes:
    """`picture` as bytes of `kind` (jpg, png, webp, avif, gif, tif); `quality` 1–100. No metadata but a given `xmp`."""
    keep = "none"
    if xmp:
        picture = picture.copy()
        picture.set_type(pyvips.GValue.blob_type, "xmp-data", xmp)
        keep = "xmp"
    if kind == "jpg":
        return bytes(picture.jpegsave_buffer(Q=quality, keep=keep, subsample_mode="on" if quality < 90 else "off"))
    if kind == "png":
        return bytes(picture.pngsave_buffer(keep=keep, compression=3))
    if kind == "webp":
        return bytes(picture.webpsave_buffer(Q=quality, effort=effort, keep=keep))
    if kind == "avif":
        return bytes(
            picture.heifsave_buffer(Q=quality, effort=effort, compression="av1", keep=keep, subsample_mode="on")
        )
    if kind == "gif":
        return bytes(picture.gifsave_buffer(keep="none", effort=3))
    if kind == "tif":
        return bytes(picture.tiffsave_buffer(keep=keep, compression="deflate"))
    raise ValueError(kind)


def from_array(array: Any) -> Picture:
    """A picture from (h, w, 3) or (h, w, 4) uint8 sRGB in C order (anything with the buffer protocol and a shape)."""
    height, width, bands = array.shape
    return pyvips.Image.new_from_memory(array.tobytes(), width, height, bands, "uchar").copy(interpretation="srgb")


def fitted(picture: Picture, long_side_px: int) -> Picture:
    """`picture` scaled down so that its long side is `long_side_px`, its pixels held in memory."""
    if max(picture.width, picture.height) > long_side_px:
        picture = picture.thumbnail_image(long_side_px, height=long_side_px, size="down")
    return picture.copy_memory()


def samples(data: bytes, side_px: int) -> tuple[bytes, int, int]:
    """(sRGB bytes of a JPEG of ours squeezed into a square of `side_px`, its width, its height).

    Raises pyvips' error for what can't be read.
    """
    picture = pyvips.Image.jpegload_buffer(data, fail_on="error")
    width, height = picture.width, picture.height
    small = picture.thumbnail_image(side_px, height=side_px, size="force").colourspace("srgb")
    return bytes(small.cast("uchar").write_to_memory()), width, height


def from_svg(svg: bytes) -> Picture:
    """One band, 8 bit, of a drawing that this program wrote itself, on black; never for files from outside.

    The loader is blocked for everybody as untrusted; only the one that reads from memory is opened here.
    """
    pyvips.operation_block_set("VipsForeignLoadSvgBuffer", False)
    with failing_as(lambda reason: SourceError("image.corrupt", name="drawing.svg", reason=reason)):
        return pyvips.Image.svgload_buffer(svg).flatten(background=[0, 0, 0])[1].copy_memory()


def blocks_untrusted() -> bool:
    """Whether libvips really refuses the formats that it marks as unsafe for untrusted files (here: CSV)."""
    try:
        pyvips.Image.csvload_source(pyvips.Source.new_from_memory(b"1,2\n")).avg()
    except pyvips.Error:
        return True
    return False
