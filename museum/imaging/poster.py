"""The still picture a page shows before anything heavier loads: AVIF, WebP or JPEG under a byte budget."""

import math
from dataclasses import dataclass
from pathlib import Path

from museum.errors import BackendError, MuseumError, SourceError
from museum.imaging import pixels, source
from museum.imaging.folder import LocalFolder
from museum.imaging.tile import PYRAMID_NAME, open_pyramid

# Qualities tried in turn; the last still shows a relic decently, below it the picture gets smaller instead.
_QUALITIES = {"avif": (54, 46, 38, 31, 26), "webp": (80, 70, 60, 48, 36), "jpg": (84, 76, 68, 58, 48)}
_EFFORT = {"avif": 0, "webp": 3, "jpg": 0}


@dataclass(frozen=True)
class PosterFacts:
    """A poster as written."""

    width_px: int
    height_px: int
    size_bytes: int
    quality: int
    media_type: str


def poster(
    path: Path,
    out: Path,
    *,
    long_side_px: int,
    max_bytes: int = 80_000,
    kind: str = "avif",
    name: str | None = None,
) -> PosterFacts:
    """Write a poster of at most `long_side_px` and `max_bytes` to `out`, never larger than the photograph itself.

    `path` is a folder made by `pyramid.build` (cheap: its nearest level is used) or a photograph. `kind` is "avif",
    "webp" or "jpg". Upright, sRGB, no metadata. Raises SourceError image.corrupt, BackendError image.pyramid_broken.
    """
    name = name or path.name
    scratch = out.with_name(f".{out.name}.turned")
    part = out.with_name(f".{out.name}.part")

    def failed(reason: str) -> MuseumError:
        if path.is_dir():
            return BackendError("image.pyramid_broken", reason=reason)
        return SourceError("image.corrupt", name=name, reason=reason)

    try:
        with pixels.failing_as(failed):
            if path.is_dir():
                picture = _nearest_level(path, long_side_px)
            else:
                picture = source.open_display(path, name=name, scratch=scratch)
            side = min(long_side_px, max(picture.width, picture.height))
            data, quality, small = _within(pixels.fitted(picture, side), kind, max_bytes)
        part.write_bytes(data)
        part.replace(out)
    finally:
        for left in (scratch, scratch.with_suffix(".tif"), part):
            left.unlink(missing_ok=True)
    return PosterFacts(small.width, small.height, len(data), quality, f"image/{'jpeg' if kind == 'jpg' else kind}")


def _nearest_level(directory: Path, long_side_px: int) -> pixels.Picture:
    pyramid = open_pyramid(LocalFolder(directory))
    level = 0
    while level + 1 < pyramid.levels and max(pyramid.level_size(level + 1)) >= long_side_px:
        level += 1
    picture = pixels.open_file(directory / PYRAMID_NAME, "tiff", is_sequential=False, page=level)
    return picture.crop(0, 0, *pyramid.level_size(level))


def _within(picture: pixels.Picture, kind: str, max_bytes: int) -> tuple[bytes, int, pixels.Picture]:
    """The best of the qualities that fits `max_bytes`; smaller and smaller pictures when none does.

    One step down takes about a quarter of the bytes away, so a picture far over the budget skips steps.
    """
    qualities = _QUALITIES[kind]
    last = len(qualities) - 1
    while True:
        step = 0
        while True:
            data = pixels.encode(picture, kind, quality=qualities[step], effort=_EFFORT[kind])
            if len(data) <= max_bytes or max(picture.width, picture.height) <= 16:
                return data, qualities[step], picture
            if step == last:
                break
            step = min(last, step + max(1, int(math.log(len(data) / max_bytes, 1.3))))
        shrink = max(0.5, min(0.9, math.sqrt(max_bytes / len(data))))
        picture = pixels.fitted(picture, max(16, int(max(picture.width, picture.height) * shrink)))
