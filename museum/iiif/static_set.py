"""A picture as files of a plain server: IIIF Image API level 0, 3.0 and 2.1 (§6 compliance: tiles and listed sizes).

Every tile is the stored one. Beside them stand a few small sizes of the whole, also under the words that viewers ask
for without looking at info.json ("full/90,"), since a plain server can't work them out.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from museum.errors import Invalid
from museum.iiif import image
from museum.iiif.image import Grid, Limits
from museum.iiif.info import CONTEXTS, Json

PROFILES = {2: "http://iiif.io/api/image/2/level0.json", 3: "level0"}
LIMITS = Limits(max_width_px=1024, max_area_px=1024 * 1024)
"""The largest whole picture: "max". Whoever wants more takes tiles."""
_WIDTHS_PX = (90, 200, 400)  # Universal Viewer's thumbnails, and our pages'
_LONG_SIDE_PX = 400  # of the thumbnail that our manifests name

Size = tuple[int, int]


@dataclass(frozen=True)
class Whole:
    """A size of the whole picture, and every path that means it."""

    size: Size
    paths: tuple[str, ...]


def tiles(grid: Grid, *, version: int) -> Iterator[tuple[tuple[int, int, int], tuple[str, ...]]]:
    """((level, column, row), paths) of every tile; a tile that shows everything has several paths."""
    for level in range(grid.levels):
        width, height = grid.level_size(level)
        span = grid.tile_px << level
        for row in range(-(-height // grid.tile_px)):
            for column in range(-(-width // grid.tile_px)):
                x, y = column * span, row * span
                region = min(span, grid.width_px - x), min(span, grid.height_px - y)
                size = -(-region[0] >> level), -(-region[1] >> level)
                where = f"{x},{y},{region[0]},{region[1]}"
                paths = [f"{where}/{_word(size, version=version)}"]
                if region == (grid.width_px, grid.height_px):
                    paths = [f"{r}/{s}" for r in ("full", where) for s in _words(size, grid, version=version)]
                elif version == 2 and not level and size[0] == grid.width_px:
                    paths.append(f"{where}/full")  # OpenSeadragon's word where nothing is scaled across
                yield (level, column, row), tuple(f"{path}/0/default.jpg" for path in paths)


def wholes(grid: Grid, *, version: int) -> list[Whole]:
    """The sizes of the whole that are kept, smallest first; a tile may be one of them."""
    full = grid.width_px, grid.height_px
    fitted = min(1.0, _LONG_SIDE_PX / max(full))
    sizes = {(max(1, round(full[0] * fitted)), max(1, round(full[1] * fitted))), grid.level_size(grid.levels - 1)}
    for asked in (*(f"{width}," for width in _WIDTHS_PX), "max"):
        try:
            sizes.add(image.parse(f"full/{asked}/0/default.jpg", version=3, grid=grid, limits=LIMITS).size)
        except Invalid:  # larger than the picture, or than what is kept
            continue
    largest = max(sizes)
    found = []
    for size in sorted(sizes):
        words = _words(size, grid, version=version)
        if size == largest:
            words = (*words, "max")
        found.append(Whole(size, tuple(f"full/{word}/0/default.jpg" for word in dict.fromkeys(words))))
    return found


def info(uri: str, *, version: int, grid: Grid, rights: str = "") -> bytes:
    """The description of the set at `uri` (without trailing slash), as UTF-8 JSON."""
    kept = listed(grid, [whole.size for whole in wholes(grid, version=version)])
    sizes = [{"width": width, "height": height} for width, height in kept]
    scales = [{"width": grid.tile_px, "height": grid.tile_px, "scaleFactors": [1 << k for k in range(grid.levels)]}]
    common: Json = {"protocol": "http://iiif.io/api/image", "width": grid.width_px, "height": grid.height_px}
    most: Json = {"maxWidth": LIMITS.max_width_px} if max(grid.width_px, grid.height_px) > LIMITS.max_width_px else {}
    document: Json = {"@context": CONTEXTS[version]}
    if version == 3:
        document |= {"id": uri, "type": "ImageService3", "profile": PROFILES[3], **common, **most}
        document |= {"sizes": sizes, "tiles": scales, **({"rights": rights} if rights else {})}
    else:
        more = {"formats": ["jpg"], "qualities": ["default"], **most}
        document |= {"@id": uri, **common, "sizes": sizes, "tiles": scales, "profile": [PROFILES[2], more]}
        document |= {"license": rights} if rights else {}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def listed(grid: Grid, sizes: list[Size]) -> list[Size]:
    """Those of `sizes` that info.json names.

    OpenSeadragon takes a list of as many sizes as there are levels, or one fewer, for the levels' own sizes: such a
    list loses its second entries until it can't be mistaken.
    """
    levels = [grid.level_size(level) for level in reversed(range(grid.levels))]
    kept = list(sizes)
    while len(kept) in (grid.levels, grid.levels - 1) and kept not in (levels, levels[:-1]):
        del kept[min(1, len(kept) - 1)]
    return kept


def _word(size: Size, *, version: int) -> str:
    """The canonical size (3.0 §4.8, 2.1 §4.7)."""
    return f"{size[0]},{size[1]}" if version == 3 else f"{size[0]},"


def _words(size: Size, grid: Grid, *, version: int) -> tuple[str, ...]:
    """Every word for a size of the whole."""
    words: tuple[str, ...] = (_word(size, version=version), f"{size[0]},", f"{size[0]},{size[1]}")
    if size == (grid.width_px, grid.height_px):
        words = ("max", *words) if version == 3 else ("full", "max", *words)
    return tuple(dict.fromkeys(words))
