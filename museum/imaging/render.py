"""Any other view of a pyramid: region, size, mirroring, rotation, quality, format, decoded from the nearest level."""

from typing import TYPE_CHECKING

from museum.errors import BackendError, MuseumError
from museum.imaging.folder import Folder
from museum.imaging.tile import PYRAMID_NAME, Pyramid

if TYPE_CHECKING:
    from museum.imaging.pixels import Picture

KINDS = ("jpg", "png", "webp", "avif", "gif", "tif")
"""Formats `render` writes."""
_QUALITY = {"jpg": 85, "webp": 80, "avif": 50}
_EFFORT = {"webp": 1, "avif": 0}  # a visitor waits: AVIF at effort 4 takes 55 times as long for 9 % fewer bytes


def render(
    folder: Folder,
    pyramid: Pyramid,
    *,
    region: tuple[int, int, int, int],
    size: tuple[int, int],
    is_mirrored: bool = False,
    rotation_deg: float = 0.0,
    quality: str = "default",
    kind: str = "jpg",
    seconds: float = 60.0,
) -> bytes:
    """The bytes of one computed image, IIIF Image 3.0 §4: region, then size, mirroring, rotation, quality, format.

    `region` is (x, y, width, height) in full-size pixels inside the image, `size` the exact (width, height) wanted,
    `rotation_deg` clockwise. Corners that a rotation opens are white in jpg, transparent elsewhere.
    Raises BackendError image.pyramid_broken, image_request.too_slow when the pixels aren't there after `seconds`, and
    what the folder raises.
    """
    from museum.imaging import pixels  # libvips only where something is computed: a server of tiles does without

    deadline, unread = pixels.Deadline(seconds), list[MuseumError]()

    def failure(reason: str) -> MuseumError:
        if unread:
            return unread[0]
        if deadline.is_past:
            return BackendError("image_request.too_slow", seconds=round(seconds))
        return BackendError("image.pyramid_broken", reason=f"{folder.name}: {reason}")

    with pixels.failing_as(failure):
        picture = _scaled(folder, pyramid, region, size, unread)
        if is_mirrored:
            picture = picture.fliphor()
        if rotation_deg % 360:
            picture = _rotated(deadline.watch(picture), rotation_deg, is_opaque=kind == "jpg")
        picture = deadline.watch(_in_quality(picture, quality).copy())
        return pixels.encode(picture, kind, quality=_QUALITY.get(kind, 85), effort=_EFFORT.get(kind, 2))


def _scaled(
    folder: Folder,
    pyramid: Pyramid,
    region: tuple[int, int, int, int],
    size: tuple[int, int],
    unread: list[MuseumError],
) -> "Picture":
    """`region` of the smallest level that still has at least `size` there, brought to exactly `size`."""
    from museum.imaging import pixels

    x, y, width, height = region
    level = 0
    while level + 1 < pyramid.levels and _covers(width, height, level + 1, size):
        level += 1
    level_width, level_height = pyramid.level_size(level)
    left, top = x >> level, y >> level
    right = min(level_width, -(-(x + width) >> level))
    bottom = min(level_height, -(-(y + height) >> level))
    picture = pixels.open_in(folder, PYRAMID_NAME, "tiff", page=level, unread=unread)
    picture = picture.crop(left, top, max(1, right - left), max(1, bottom - top))
    if (picture.width, picture.height) != size:
        picture = picture.thumbnail_image(size[0], height=size[1], size="force")
    return picture


def _covers(width: int, height: int, level: int, size: tuple[int, int]) -> bool:
    return -(-width >> level) >= size[0] and -(-height >> level) >= size[1]


def _rotated(picture: "Picture", degrees: float, *, is_opaque: bool) -> "Picture":
    if degrees % 90 == 0:
        return picture.copy_memory().rot(f"d{int(degrees % 360)}")
    if is_opaque:
        return picture.rotate(degrees, background=[255] * picture.bands)
    return picture.bandjoin(255).rotate(degrees, background=[255] * picture.bands + [0])


def _in_quality(picture: "Picture", quality: str) -> "Picture":
    if quality not in ("gray", "bitonal"):
        return picture
    alpha = picture[picture.bands - 1] if picture.hasalpha() else None
    colours = picture if alpha is None else picture[: picture.bands - 1]
    grey = colours.colourspace("b-w")
    if quality == "bitonal":
        grey = (grey > 127).copy(interpretation="b-w")
    return grey if alpha is None else grey.bandjoin(alpha)
