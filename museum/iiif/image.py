"""IIIF Image API requests: words to a frozen request, or Invalid with what was wrong.

Image API 3.0 §4 and 2.1 §4. Nothing is read here; the grid match says which requests a stored tile answers.
"""

import math
import re
from dataclasses import dataclass

from museum.errors import Invalid

FORMATS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif", "gif": "image/gif",
           "tif": "image/tiff"}  # fmt: skip
"""Formats we answer, with their media types."""
STORED_FORMATS = ("jpg", "webp")
"""Formats in which tiles may be stored."""
_KNOWN_FORMATS = frozenset((*FORMATS, "jp2", "pdf"))
_HEAVY_FORMATS = ("avif", "gif")  # nothing can stop their encoders half-way, and they are slow
QUALITIES = ("default", "color", "gray", "bitonal")

Box = tuple[int, int, int, int]
_TILE = re.compile(r"(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})/(\d{1,9}),(\d{0,9})/0/default\.(jpg|webp)")
_NUMBER = r"(?:\d{1,12}(?:\.\d{1,12})?|\.\d{1,12})"
_PIXELS = re.compile(r"(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})")
_PERCENTS = re.compile(rf"pct:({_NUMBER}),({_NUMBER}),({_NUMBER}),({_NUMBER})")
_SIDES = re.compile(r"(!?)(\d{0,9}),(\d{0,9})")
_SCALE = re.compile(rf"pct:({_NUMBER})")
_ROTATION = re.compile(rf"(!?)({_NUMBER})")


@dataclass(frozen=True)
class Limits:
    """The largest image we compute (Image 3.0 §5.2: maxWidth holds for the height too, maxArea in pixels).

    A turned image is larger than its size says, and must fit as well. AVIF and GIF, slow to make, have an area of their
    own, which info.json has no word for.
    """

    max_width_px: int = 8192
    max_area_px: int = 40_000_000
    max_heavy_area_px: int = 4_000_000

    def allow(self, width: int, height: int) -> bool:
        """True when an image of this size may be answered."""
        return max(width, height) <= self.max_width_px and width * height <= self.max_area_px


@dataclass(frozen=True)
class Grid:
    """The stored tiles of an image: square, level 0 at full size, every next level half, rounded up."""

    width_px: int
    height_px: int
    tile_px: int
    levels: int
    is_grey: bool = False

    def level_size(self, level: int) -> tuple[int, int]:
        """(width, height) of `level`."""
        return -(-self.width_px >> level), -(-self.height_px >> level)


@dataclass(frozen=True)
class ImageRequest:
    """What exactly is wanted, all forms of words resolved."""

    region: Box
    """(x, y, width, height) in full-size pixels, inside the image."""
    size: tuple[int, int]
    is_mirrored: bool
    rotation_deg: float
    quality: str
    format: str
    canonical: str
    """The canonical path after the identifier (Image 3.0 §4.8, 2.1 §4.7)."""
    tile: tuple[int, int, int] | None
    """(level, column, row) when a tile is the answer, if one is stored in this format."""


def tile_path(rest: str, *, version: int, grid: Grid) -> tuple[tuple[int, int, int], str, str] | None:
    """((level, column, row), canonical path, format) of a plain tile request, None for anything else; quick."""
    match = _TILE.fullmatch(rest)
    if match is None:
        return None
    left, top, wide, high, over, down_words, suffix = match.groups()
    x, y, width, height, across = int(left), int(top), int(wide), int(high), int(over)
    tile = grid.tile_px
    if width == height and across == tile and (not down_words or int(down_words) == tile):  # nine of ten: a whole tile
        level = (width // tile).bit_length() - 1
        if (
            0 <= level < grid.levels
            and width == tile << level
            and not (x % width or y % width)
            and x + width <= grid.width_px
            and y + width <= grid.height_px
            and (width != grid.width_px or width != grid.height_px)
        ):
            whole, scaled = ("max", f"{tile},{tile}") if version == 3 else ("full", f"{tile},")
            how = scaled if level else whole
            canonical = f"{x},{y},{width},{width}/{how}/0/default.{suffix}"
            return (level, x // width, y // width), canonical, suffix
    region = (x, y, width, height)
    place = _grid_match(region, across, int(down_words) if down_words else None, grid)
    if place is None:
        return None
    down = -(-height >> place[0])
    if (across, down) == (width, height):
        how = "max" if version == 3 else "full"
    elif version == 2 and _grid_match(region, across, None, grid) == place:
        how = f"{across},"
    else:
        how = f"{across},{down}"
    if width == grid.width_px and height == grid.height_px:
        return place, f"full/{how}/0/default.{suffix}", suffix
    return place, f"{x},{y},{width},{height}/{how}/0/default.{suffix}", suffix


def _grid_match(region: Box, across: int | None, down: int | None, grid: Grid) -> tuple[int, int, int] | None:
    """The tile that shows `region` at `across` × `down`; one of the two may be None when only the other is asked."""
    x, y, width, height = region
    for level in range(grid.levels):
        span = grid.tile_px << level
        if (
            (across is None or across == -(-width >> level))
            and (down is None or down == -(-height >> level))
            and not (x % span or y % span)
            and width == min(span, grid.width_px - x)
            and height == min(span, grid.height_px - y)
        ):
            return level, x // span, y // span
    return None


def parse(path_after_identifier: str, *, version: int, grid: Grid, limits: Limits) -> ImageRequest:
    """Read ``region/size/rotation/quality.format`` in the words of Image API `version` (2 or 3).

    Raises Invalid: image_request.* names the part, what stood there and what is allowed.
    """
    parts = path_after_identifier.split("/")
    if len(parts) != 4:
        raise Invalid("image_request.form", path=path_after_identifier[:200])
    region_words, size_words, rotation_words, last = parts
    quality, _, suffix = last.rpartition(".")
    if suffix not in FORMATS:
        code = "image_request.format_not_offered" if suffix in _KNOWN_FORMATS else "image_request.format"
        raise Invalid(code, value=suffix[:50], known=", ".join(FORMATS))
    if quality not in QUALITIES:
        raise Invalid("image_request.quality", value=quality[:50], known=", ".join(QUALITIES))
    region = _region(region_words, grid)
    size, is_upscaled = _size(size_words, region, version=version, grid=grid, limits=limits)
    match = _ROTATION.fullmatch(rotation_words)
    if match is None or float(match[2]) > 360:
        raise Invalid("image_request.rotation", value=rotation_words[:50])
    is_mirrored, rotation = bool(match[1]), float(match[2]) % 360
    _refuse_too_large(size, rotation, suffix, limits)
    if quality == ("gray" if grid.is_grey else "color"):
        quality = "default"
    words = _canonical(region, size, is_mirrored, rotation, version=version, grid=grid, limits=limits)
    is_plain = not (is_mirrored or rotation or is_upscaled) and quality == "default" and suffix in STORED_FORMATS
    return ImageRequest(
        region=region,
        size=size,
        is_mirrored=is_mirrored,
        rotation_deg=rotation,
        quality=quality,
        format=suffix,
        canonical=f"{words}/{quality}.{suffix}",
        tile=_grid_match(region, *size, grid) if is_plain else None,
    )


def _region(words: str, grid: Grid) -> Box:
    """Image 3.0 §4.1: full, square, x,y,w,h or pct:x,y,w,h, clipped at the image's edge."""
    across, down = grid.width_px, grid.height_px
    if words == "full":
        return 0, 0, across, down
    if words == "square":
        side = min(across, down)
        return (across - side) // 2, (down - side) // 2, side, side
    if match := _PIXELS.fullmatch(words):
        x, y, width, height = map(int, match.groups())
    elif match := _PERCENTS.fullmatch(words):
        left, top, wide, high = (float(part) / 100 for part in match.groups())
        x, y = _rounded(left * across), _rounded(top * down)
        width, height = _rounded(wide * across), _rounded(high * down)
    else:
        raise Invalid("image_request.region", value=words[:50])
    width, height = min(width, across - x), min(height, down - y)
    if width <= 0 or height <= 0:
        raise Invalid("image_request.region_empty", value=words[:50], width=across, height=down)
    return x, y, width, height


def _size(words: str, region: Box, *, version: int, grid: Grid, limits: Limits) -> tuple[tuple[int, int], bool]:
    """Image 3.0 §4.2 and 2.1 §4.2: the exact size, and whether it is larger than the region."""
    may_upscale = version == 2 or words.startswith("^")
    bare = words.removeprefix("^") if version == 3 else words
    width, height = region[2:]
    if bare == "max" or (bare == "full" and version == 2):
        size = (width, height)
        if bare == "max":
            size = _largest(width, height, limits, may_grow=words == "^max")
    elif match := _SCALE.fullmatch(bare):
        factor = float(match[1]) / 100
        size = (_rounded(width * factor), _rounded(height * factor))
    elif (match := _SIDES.fullmatch(bare)) and (match[2] or match[3]):
        across, down = (int(side) if side else None for side in match.group(2, 3))
        if match[1]:
            if across is None or down is None:
                raise Invalid("image_request.size", value=words[:50])
            size = _confined(width, height, across, down, limits, version=version, may_grow=may_upscale)
        else:
            size = _sides(region, across, down, grid)
    else:
        raise Invalid("image_request.size", value=words[:50])
    if min(size) < 1:
        raise Invalid("image_request.size_zero", value=words[:50])
    is_upscaled = size[0] > width or size[1] > height
    if is_upscaled and not may_upscale:
        raise Invalid("image_request.upscale", value=words[:50], width=width, height=height)
    if not limits.allow(*size):
        raise Invalid(
            "image_request.too_large",
            width=size[0],
            height=size[1],
            max_width=limits.max_width_px,
            max_area=limits.max_area_px,
        )
    return size, is_upscaled


def _sides(region: Box, across: int | None, down: int | None, grid: Grid) -> tuple[int, int]:
    """``w,h`` as it stands; ``w,`` and ``,h`` with the other side of the stored level where one matches, else in
    proportion: the sizes info.json lists, and tiles, are those of levels, rounded up."""
    if across is not None and down is not None:
        return across, down
    width, height = region[2:]
    if place := _grid_match(region, across, down, grid):
        return -(-width >> place[0]), -(-height >> place[0])
    if (width, height) == (grid.width_px, grid.height_px):
        for level in range(grid.levels):
            size = grid.level_size(level)
            if across == size[0] or down == size[1]:
                return size
    if across is not None:
        return across, max(1, _rounded(height * across / width)) if across else 0
    down = down or 0
    return max(1, _rounded(width * down / height)) if down else 0, down


def _confined(
    width: int, height: int, across: int, down: int, limits: Limits, *, version: int, may_grow: bool
) -> tuple[int, int]:
    """``!w,h``: as large as possible inside the box and the limits.

    Where the box is larger than the region, 3.0 without ``^`` refuses like any upscaling (so its validator), 2.1 gives
    the region as it is.
    """
    if not (across and down):
        return 0, 0
    factor = min(across / width, down / height)
    if factor > 1 and version == 2:
        factor = 1.0
    size = max(1, _rounded(width * factor)), max(1, _rounded(height * factor))
    if not limits.allow(*size) and (factor <= 1 or may_grow):
        return _largest(*size, limits, may_grow=False)
    return size


def _largest(width: int, height: int, limits: Limits, *, may_grow: bool) -> tuple[int, int]:
    factor = min(limits.max_width_px / max(width, height), math.sqrt(limits.max_area_px / (width * height)))
    if factor >= 1 and not may_grow:
        return width, height
    return max(1, math.floor(width * factor)), max(1, math.floor(height * factor))


def _refuse_too_large(size: tuple[int, int], rotation: float, suffix: str, limits: Limits) -> None:
    """Turned by an odd angle an image grows; some formats are offered for smaller images only."""
    if rotation % 90:
        cosine, sine = abs(math.cos(math.radians(rotation))), abs(math.sin(math.radians(rotation)))
        width, height = size
        size = math.ceil(width * cosine + height * sine), math.ceil(width * sine + height * cosine)
    if size[0] * size[1] > limits.max_area_px:
        raise Invalid("image_request.too_large_turned", width=size[0], height=size[1], max_area=limits.max_area_px)
    most = min(limits.max_heavy_area_px, limits.max_area_px)
    if suffix in _HEAVY_FORMATS and size[0] * size[1] > most:
        raise Invalid("image_request.too_large_format", value=suffix, width=size[0], height=size[1], max_area=most)


def _canonical(
    region: Box, size: tuple[int, int], is_mirrored: bool, rotation: float, *, version: int, grid: Grid, limits: Limits
) -> str:
    where = "full" if region[2:] == (grid.width_px, grid.height_px) else ",".join(map(str, region))
    width, height = region[2:]
    if version == 3:
        grown = "^" if size[0] > width or size[1] > height else ""
        is_max = size == _largest(width, height, limits, may_grow=bool(grown))
        how = f"{grown}max" if is_max else f"{grown}{size[0]},{size[1]}"
    elif size == (width, height):
        how = "full"
    else:
        keeps_aspect = _sides(region, size[0], None, grid) == size
        how = f"{size[0]}," if keeps_aspect else f"{size[0]},{size[1]}"
    turn = f"{rotation:.12f}".rstrip("0").rstrip(".")
    return f"{where}/{how}/{'!' if is_mirrored else ''}{turn}"


def _rounded(number: float) -> int:
    """To the nearest whole, halves up."""
    return math.floor(number + 0.5)
