"""The access copy of a photograph: a padded, tiled pyramid in a TIFF and the exact tiles of its edges, JPEG or WebP.

libvips rounds the sizes of levels down and viewers round up, which gives black rows; so the image is padded by copies
of its edge to a multiple of 2^(levels-1), and the true size stands in the edge pack.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from museum.errors import SourceError
from museum.imaging import edges, pixels, source
from museum.imaging.edges import Place
from museum.imaging.tile import PYRAMID_NAME

QUALITY = {"jpg": 85, "webp": 80}
"""Formats that tiles are stored in, with their qualities: at these the two have the same PSNR (iiif-images.md §6)."""
_COMPRESSION = {"jpg": "jpeg", "webp": "webp"}
_EFFORT = 4  # of WebP's 0 to 6, as libtiff has it for the other tiles
_STRIP_TILES = 64  # edge tiles decoded at once: bounds memory to about 13 MB a strip


@dataclass(frozen=True)
class PyramidFacts:
    """A pyramid as built; sizes are the true ones, in pixels."""

    width_px: int
    height_px: int
    tile_px: int
    levels: int
    files: tuple[str, ...]
    """Names of the files in its folder."""


def levels_of(width_px: int, height_px: int, *, tile_px: int) -> int:
    """How many levels until the image fits into one tile."""
    levels = 1
    while -(-max(width_px, height_px) >> (levels - 1)) > tile_px:
        levels += 1
    return levels


def build(path: Path, out_dir: Path, *, tile_px: int = 256, kind: str = "jpg", name: str | None = None) -> PyramidFacts:
    """Make pyramid.tif and edges.bin of the photograph at `path` in `out_dir`, which is created; tiles are of `kind`.

    Both files appear only when whole. WebP takes some 20 times as long as JPEG. No metadata of the source is carried
    over. Raises SourceError image.corrupt for a damaged file, image.too_long, image.unsupported_pixels.
    """
    name = name or path.name
    out_dir.mkdir(parents=True, exist_ok=True)
    scratch = out_dir / ".turned"
    tiff_part, edges_part = out_dir / ".pyramid.part", out_dir / ".edges.part"
    try:
        with pixels.failing_as(lambda reason: SourceError("image.corrupt", name=name, reason=reason)):
            picture = source.open_display(path, name=name, scratch=scratch)
            width, height = picture.width, picture.height
            if max(width, height) > source.MOST_SIDE_PX:
                raise SourceError("image.too_long", name=name, width=width, height=height, limit=source.MOST_SIDE_PX)
            levels = levels_of(width, height, tile_px=tile_px)
            _write_pyramid(picture, tiff_part, tile_px=tile_px, kind=kind, multiple=1 << (levels - 1))
            tiles = _edge_tiles(tiff_part, width, height, tile_px=tile_px, levels=levels, kind=kind)
        edges.write(edges_part, tiles, width_px=width, height_px=height, tile_px=tile_px, levels=levels)
        edges_part.replace(out_dir / edges.FILE_NAME)
        tiff_part.replace(out_dir / PYRAMID_NAME)
    finally:
        for left in (scratch, scratch.with_suffix(".tif"), tiff_part, edges_part):
            left.unlink(missing_ok=True)
    return PyramidFacts(width, height, tile_px, levels, (PYRAMID_NAME, edges.FILE_NAME))


def _write_pyramid(picture: pixels.Picture, path: Path, *, tile_px: int, kind: str, multiple: int) -> None:
    if kind == "webp" and picture.bands == 1:
        picture = picture.colourspace("srgb")  # WebP has no grey
    width, height = (-(-side // multiple) * multiple for side in (picture.width, picture.height))
    if (width, height) != (picture.width, picture.height):
        picture = picture.embed(0, 0, width, height, extend="copy")
    picture.tiffsave(
        str(path),
        tile=True,
        tile_width=tile_px,
        tile_height=tile_px,
        pyramid=True,
        compression=_COMPRESSION[kind],
        Q=QUALITY[kind],
        keep="none",
        bigtiff=width * height > 2_000_000_000,
    )


def _edge_tiles(
    path: Path, width: int, height: int, *, tile_px: int, levels: int, kind: str
) -> list[tuple[Place, bytes]]:
    """Encode the edge tiles from the pixels of each level: re-reads only the last column and row of tiles.

    The blocks lie on the same grid with the same tables, so encoding again loses next to nothing.
    """

    def strip(group: list[Place]) -> list[tuple[Place, bytes]]:
        level = group[0][0]
        level_width, level_height = edges.level_size(width, height, level)
        left, top = group[0][1] * tile_px, group[0][2] * tile_px
        right = min(level_width, (group[-1][1] + 1) * tile_px)
        bottom = min(level_height, (group[-1][2] + 1) * tile_px)
        picture = pixels.open_file(path, "tiff", is_sequential=False, page=level)
        held = picture.crop(left, top, right - left, bottom - top).copy_memory()
        done: list[tuple[Place, bytes]] = []
        for place in group:
            x, y = place[1] * tile_px, place[2] * tile_px
            size = min(tile_px, level_width - x), min(tile_px, level_height - y)
            tile = held.crop(x - left, y - top, *size)
            done.append((place, pixels.encode(tile, kind, quality=QUALITY[kind], effort=_EFFORT)))
        return done

    with ThreadPoolExecutor(max_workers=2) as pool:
        lines = edges.edge_lines(width, height, tile_px=tile_px, levels=levels)
        strips = [line[at : at + _STRIP_TILES] for line in lines for at in range(0, len(line), _STRIP_TILES)]
        return [tile for tiles in pool.map(strip, strips) for tile in tiles]
