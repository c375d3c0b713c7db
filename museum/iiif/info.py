"""info.json of an image service: Image API 3.0 §5 and 2.1 §5, level 2."""

import json
from typing import Any

from museum.iiif.image import FORMATS, QUALITIES, Grid, Limits

PROFILES = {2: "http://iiif.io/api/image/2/level2.json", 3: "http://iiif.io/api/image/3/level2.json"}
CONTEXTS = {2: "http://iiif.io/api/image/2/context.json", 3: "http://iiif.io/api/image/3/context.json"}
_PROTOCOL = "http://iiif.io/api/image"
# What we do beyond level 2 (Image 3.0 §5.7, 2.1 §5.3).
_EXTRA_3 = ("canonicalLinkHeader", "mirroring", "profileLinkHeader", "rotationArbitrary", "sizeUpscaling")
_EXTRA_2 = (*_EXTRA_3[:-1], "regionSquare", "sizeAboveFull")


def sizes(grid: Grid, limits: Limits) -> list[tuple[int, int]]:
    """The sizes of the levels that may be asked for whole, smallest first."""
    found = [grid.level_size(level) for level in reversed(range(grid.levels))]
    return [size for at, size in enumerate(found) if limits.allow(*size) and size not in found[:at]]


def info(uri: str, *, version: int, grid: Grid, limits: Limits, rights: str = "") -> bytes:
    """The description of the image at `uri` (without trailing slash) in Image API `version` 2 or 3, as UTF-8 JSON."""
    listed = [{"width": width, "height": height} for width, height in sizes(grid, limits)]
    tiles = [{"width": grid.tile_px, "height": grid.tile_px, "scaleFactors": [1 << k for k in range(grid.levels)]}]
    common = {"protocol": _PROTOCOL, "width": grid.width_px, "height": grid.height_px}
    most = {"maxWidth": limits.max_width_px, "maxArea": limits.max_area_px}
    document: dict[str, Any] = {"@context": CONTEXTS[version]}
    if version == 3:
        document |= {"id": uri, "type": "ImageService3", "profile": "level2", **common, **most}
        document |= {"sizes": listed, "tiles": tiles}
        document["extraFormats"] = [name for name in FORMATS if name not in ("jpg", "png")]
        document["extraQualities"] = [name for name in QUALITIES if name != "default"]
        document["extraFeatures"] = list(_EXTRA_3)
        if rights:
            document["rights"] = rights
    else:
        more = {"formats": list(FORMATS), "qualities": list(QUALITIES), "supports": list(_EXTRA_2), **most}
        document |= {"@id": uri, **common, "sizes": listed, "tiles": tiles, "profile": [PROFILES[2], more]}
        if rights:
            document["license"] = rights
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
