"""What kind of image a file is: its signature, its extension, and whether its end is there. No pixel is read here."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePath

from museum.errors import SourceError


@dataclass(frozen=True)
class ImageFormat:
    """One kind of photograph we take in."""

    name: str
    media_type: str
    extensions: tuple[str, ...]
    magic: re.Pattern[bytes]


def _format(name: str, media_type: str, extensions: str, magic: bytes) -> ImageFormat:
    return ImageFormat(name, media_type, tuple(extensions.split()), re.compile(magic, re.DOTALL))


FORMATS = (
    _format("jpeg", "image/jpeg", "jpg jpeg jpe jfif", rb"\xff\xd8\xff"),
    _format("png", "image/png", "png", rb"\x89PNG\r\n\x1a\n"),
    _format("tiff", "image/tiff", "tif tiff", rb"II\*\0|MM\0\*|II\+\0\x08\0|MM\0\+\0\x08"),
    _format("webp", "image/webp", "webp", rb"RIFF.{4}WEBP"),
    _format("avif", "image/avif", "avif", rb".{4}ftyp(?:avif|avis)"),
    _format("gif", "image/gif", "gif", rb"GIF8[79]a"),
    _format("jp2", "image/jp2", "jp2 j2k jpf jpx j2c", rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"),
)
EXTENSIONS = frozenset(extension for kind in FORMATS for extension in kind.extensions)
"""Every extension of a photograph, lower case, without the dot."""


def recognize(path: Path, *, name: str, has_extension: bool = True) -> ImageFormat:
    """The format of the file at `path`, by signature and by the extension of `name`, which must agree.

    Without `has_extension` the signature alone decides: for files of ours whose names say nothing.

    Raises SourceError: image.unreadable, image.empty, image.unknown_format, image.wrong_extension, image.truncated.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64)
            size = file.seek(0, 2)
            file.seek(max(0, size - 65_536))
            tail = file.read()
    except OSError as error:
        raise SourceError("image.unreadable", name=name, reason=error.strerror or error) from error
    if not head:
        raise SourceError("image.empty", name=name)
    found = next((kind for kind in FORMATS if kind.magic.match(head)), None)
    extension = PurePath(name).suffix.lower().removeprefix(".")
    if found is None:
        raise SourceError("image.unknown_format", name=name, known=", ".join(sorted(EXTENSIONS)))
    if has_extension and extension not in found.extensions:
        raise SourceError("image.wrong_extension", name=name, extension=extension, found=found.name)
    if _is_cut_off(found.name, head, tail, size):
        raise SourceError("image.truncated", name=name)
    return found


def _is_cut_off(kind: str, head: bytes, tail: bytes, size: int) -> bool:
    """True when the format's own end mark is missing; trailing bytes after it are allowed, cameras add some."""
    if kind == "jpeg":
        return b"\xff\xd9" not in tail
    if kind == "png":
        return b"IEND" not in tail
    if kind == "webp":
        return size < 8 + int.from_bytes(head[4:8], "little")
    if kind == "gif":
        return b"\x3b" not in tail
    return False
