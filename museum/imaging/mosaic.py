"""Tiles of one picture, as an image service gives them, put together again without loss."""

from collections.abc import Callable
from pathlib import Path

from museum.errors import SourceError
from museum.imaging import pixels, signatures


def assemble(
    tile: Callable[[int, int], Path], out: Path, *, width_px: int, height_px: int, tile_px: tuple[int, int], name: str
) -> int:
    """Write the picture of `width_px` × `height_px` to `out` (TIFF, deflate) from its tiles; how many there were.

    `tile(column, row)` gives the file of one; tiles are `tile_px` (width, height) large, those at the right and lower
    edge what is left. One row of tiles is held in memory at a time. Raises SourceError image.corrupt, image.tile_size,
    and whatever `tile` raises.
    """
    columns, rows = -(-width_px // tile_px[0]), -(-height_px // tile_px[1])
    strips: list[Path] = []
    try:
        with pixels.failing_as(lambda reason: SourceError("image.corrupt", name=name, reason=reason)):
            for row in range(rows):
                height = min(tile_px[1], height_px - row * tile_px[1])
                strip = None
                for column in range(columns):
                    width = min(tile_px[0], width_px - column * tile_px[0])
                    piece = _opened(tile(column, row), (width, height), name=name)
                    strip = piece if strip is None else strip.join(piece, "horizontal")
                strips.append(out.with_name(f".{out.name}.{row}.tif"))
                strip.tiffsave(str(strips[-1]), compression="none", keep="none")  # type: ignore[union-attr]  # columns ≥ 1
            whole = None
            for path in strips:
                piece = pixels.open_file(path, "tiff")
                whole = piece if whole is None else whole.join(piece, "vertical")
            whole.tiffsave(str(out), compression="deflate", predictor="horizontal", keep="none", bigtiff=True)  # type: ignore[union-attr]  # rows ≥ 1
    finally:
        for path in strips:
            path.unlink(missing_ok=True)
    return columns * rows


def _opened(path: Path, size: tuple[int, int], *, name: str) -> pixels.Picture:
    """One tile in memory, three bands, of the size it must have."""
    kind = signatures.recognize(path, name=name, has_extension=False)
    picture = pixels.open_file(path, kind.name)
    if (picture.width, picture.height) != size:
        raise SourceError("image.tile_size", name=name, width=picture.width, height=picture.height,
                          wanted_width=size[0], wanted_height=size[1])  # fmt: skip
    picture = picture.colourspace("srgb")
    return (picture[:3] if picture.bands > 3 else picture).copy_memory()
