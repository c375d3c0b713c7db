"""Visits to a large picture: which tiles OpenSeadragon asks for, seeded, so that every run asks for the same ones."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

SCREENS = ((1280, 720), (1920, 1000), (390, 700), (820, 1100))  # in pixels of the device
_LEAST_RATIO = 0.5  # OpenSeadragon's minPixelRatio: a level is fine enough when its pixels show at half size or larger


@dataclass(frozen=True)
class Tile:
    """One tile: a region of the whole picture in pixels, and the size at which it is wanted."""

    x: int
    y: int
    width: int
    height: int
    across: int
    down: int
    is_level: bool
    """The level is smaller than one tile, so OpenSeadragon asks for it as ``full``."""

    def path(self, version: int) -> str:
        """What stands after the identifier, in OpenSeadragon's words for Image API `version` 2 or 3."""
        region = "full" if self.is_level else f"{self.x},{self.y},{self.width},{self.height}"
        size = f"{self.across},{self.down}" if version == 3 else f"{self.across},"
        return f"{region}/{size}/0/default.jpg"


@dataclass(frozen=True)
class Picture:
    """A picture with stored tiles, level 0 at full size, each next one half."""

    width_px: int
    height_px: int
    tile_px: int
    levels: int

    def tile(self, level: int, column: int, row: int) -> Tile:
        """The tile at that place, by OpenSeadragon's rules (IIIFTileSource.getTileUrl)."""
        span, tile = self.tile_px << level, self.tile_px
        wide, high = -(-self.width_px >> level), -(-self.height_px >> level)
        x, y = column * span, row * span
        return Tile(
            x=x,
            y=y,
            width=min(span, self.width_px - x),
            height=min(span, self.height_px - y),
            across=min(tile, wide - column * tile),
            down=min(tile, high - row * tile),
            is_level=wide < tile and high < tile,
        )

    def seen(self, level: int, left: float, top: float, right: float, bottom: float) -> Iterator[tuple[int, int, int]]:
        """(level, column, row) of the tiles of `level` inside a box of the whole picture's pixels."""
        span = self.tile_px << level
        for row in range(int(max(0.0, top) // span), math.ceil(min(self.height_px, bottom) / span)):
            for column in range(int(max(0.0, left) // span), math.ceil(min(self.width_px, right) / span)):
                yield level, column, row


def visits(picture: Picture, count: int, *, seed: int = 20, at_once: int = 8) -> list[Tile]:
    """The first `count` tiles asked for by visitors of whom `at_once` look at the same time, each by its own screen.

    A visitor comes, zooms in and out and pans, and keeps what it has seen; the next begins with nothing.
    """
    chance = random.Random(seed)
    present = [_visit(picture, random.Random(chance.random())) for _ in range(at_once)]
    found: list[Tile] = []
    while len(found) < count:
        at = chance.randrange(at_once)
        tiles = next(present[at], None)  # one settled view: a browser asks for its tiles together
        if tiles is None:
            present[at] = _visit(picture, random.Random(chance.random()))
        else:
            found += tiles
    return found[:count]


def _visit(picture: Picture, chance: random.Random) -> Iterator[list[Tile]]:
    screen = chance.choice(SCREENS)
    home = min(screen[0] / picture.width_px, screen[1] / picture.height_px)
    scale, x, y = home, picture.width_px / 2, picture.height_px / 2
    known: set[tuple[int, int, int]] = set()
    for step in range(chance.randint(8, 30)):
        deed = chance.random() if step else 1.0
        if deed < 0.45:  # zoom in, towards some place of what is seen
            scale = min(2.0, scale * chance.choice((1.2, 2.0, 2.0, 4.0)))
            x += chance.uniform(-0.3, 0.3) * screen[0] / scale
            y += chance.uniform(-0.3, 0.3) * screen[1] / scale
        elif deed < 0.85:
            x += chance.uniform(-0.7, 0.7) * screen[0] / scale
            y += chance.uniform(-0.7, 0.7) * screen[1] / scale
        else:
            scale = max(home, scale / chance.choice((1.2, 2.0, 4.0)))
        x, y = min(max(x, 0.0), picture.width_px), min(max(y, 0.0), picture.height_px)
        across, down = screen[0] / scale / 2, screen[1] / scale / 2
        finest = min(picture.levels - 1, max(0, math.ceil(math.log2(_LEAST_RATIO / scale))))
        wanted: list[tuple[int, int, int]] = []
        for level in range(picture.levels - 1, finest - 1, -1):  # coarse ones first, as far as they aren't there yet
            wanted += [p for p in picture.seen(level, x - across, y - down, x + across, y + down) if p not in known]
        known.update(wanted)
        yield [picture.tile(*place) for place in wanted]
