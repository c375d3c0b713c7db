"""The tile addresses that viewers make of an info.json, by the rules in their own sources, with the size they expect.

OpenSeadragon 6.1.1 and 5.0.1 (IIIFTileSource.getTileUrl; 5.0.1 is in Mirador 4.0.0, 6.0.2 and 2.2.1 in Universal Viewer
4.4.0, 5 and later in TIFY) and Leaflet-IIIF 3.0.0 (getTileUrl).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Info = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """One address, after the identifier's slash, and the size that the viewer draws."""

    path: str
    size: tuple[int, int]


def openseadragon(info: Info, *, version: int, suffix: str = "jpg", with_height: bool) -> Iterator[Wanted]:
    """`with_height`: in 2.1 as 6.x asks (``w,h``), without as 5.x and 2.x do (``w,``); 3.0 always has both, but in 2.x.

    Where 2.1 says ``full`` for a level of an image one pixel wide, the address means the whole region: then the size is
    what the address says, larger than the viewer draws.
    """
    width, height, tile = info["width"], info["height"], info["tiles"][0]["width"]
    factors = info["tiles"][0]["scaleFactors"]
    last = round(math.log2(max(factors)))
    end = f"/0/default.{suffix}"
    for level in range(last + 1):
        scale = 0.5 ** (last - level)
        across, down = math.ceil(width * scale), math.ceil(height * scale)
        if across < tile and down < tile:
            whole = (width, height)
            if version == 2 and across == width:
                yield Wanted(f"full/full{end}", whole)
            elif version == 3 and (across, down) == whole:
                yield Wanted(f"full/max{end}", whole)
            elif version == 3 and with_height:
                yield Wanted(f"full/{across},{down}{end}", (across, down))
            else:
                yield Wanted(f"full/{across},{end}", (across, down))
            continue
        span = round(tile / scale)
        for y in range(math.ceil(down / tile)):
            for x in range(math.ceil(across / tile)):
                left, top = x * span, y * span
                wide, high = min(span, width - left), min(span, height - top)
                is_whole = (left, top, wide, high) == (0, 0, width, height)
                region = "full" if is_whole else f"{left},{top},{wide},{high}"
                size = min(tile, across - x * tile), min(tile, down - y * tile)
                if version == 2 and size[0] == width:
                    yield Wanted(f"{region}/full{end}", (wide, high))
                elif version == 3 and size == (width, height):
                    yield Wanted(f"{region}/max{end}", size)
                else:
                    words = f"{size[0]},{size[1]}" if with_height else f"{size[0]},"
                    yield Wanted(f"{region}/{words}{end}", size)


def leaflet(info: Info, *, version: int) -> Iterator[Wanted]:
    """Every region is spelled out; 2.1 asks ``w,``, 3.0 ``w,h``."""
    width, height, tile = info["width"], info["height"], info["tiles"][0]["width"]
    last = max(0, *(math.ceil(math.log2(side / tile)) for side in (width, height)))
    for zoom in range(last + 1):
        scale = 2 ** (last - zoom)
        across, down = math.ceil(width / scale), math.ceil(height / scale)
        for y in range(math.ceil(down / tile)):
            for x in range(math.ceil(across / tile)):
                left, top = x * tile * scale, y * tile * scale
                wide, high = min(tile * scale, width - left), min(tile * scale, height - top)
                size = math.ceil(wide / scale), math.ceil(high / scale)
                words = f"{size[0]},{size[1]}" if version == 3 else f"{size[0]},"
                yield Wanted(f"{left},{top},{wide},{high}/{words}/0/default.jpg", size)
