"""info.json of an image service: Image API 3.0 §5 and 2.1 §5, level 2."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from museum import addresses
from museum.iiif.image import FORMATS, QUALITIES, Grid, Limits

Json = dict[str, Any]

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


@dataclass(frozen=True, kw_only=True)
class About:
    """What info.json says beside the picture's measures."""

    rights: str = ""
    """A rights URI, or empty."""
    record_id: str = ""
    """The record that shows the image; empty: none is named."""
    services: Sequence[Json] = ()
    """Services about the image, as Authorization Flow 2.0; in both versions."""
    preferred_formats: Sequence[str] = ()
    """Image 3.0 §5.5, best first; empty: nothing is said."""


def info(uri: str, *, version: int, base_url: str, grid: Grid, limits: Limits, about: About) -> bytes:
    """The description of the image at `uri` (without trailing slash) in Image API `version` 2 or 3, as UTF-8 JSON."""
    listed = [{"width": width, "height": height} for width, height in sizes(grid, limits)]
    tiles = [{"width": grid.tile_px, "height": grid.tile_px, "scaleFactors": [1 << k for k in range(grid.levels)]}]
    common = {"protocol": _PROTOCOL, "width": grid.width_px, "height": grid.height_px}
    most = {"maxWidth": limits.max_width_px, "maxArea": limits.max_area_px}
    document: Json = {"@context": CONTEXTS[version]}
    if version == 3:
        document |= {"id": uri, "type": "ImageService3", "profile": "level2", **common, **most}
        document |= {"sizes": listed, "tiles": tiles}
        if about.preferred_formats:
            document["preferredFormats"] = list(about.preferred_formats)
        document["extraFormats"] = [name for name in FORMATS if name not in ("jpg", "png")]
        document["extraQualities"] = [name for name in QUALITIES if name != "default"]
        document["extraFeatures"] = list(_EXTRA_3)
        if about.rights:
            document["rights"] = about.rights
        if about.record_id:
            document |= _linking(about.record_id, base_url)
    else:
        more = {"formats": list(FORMATS), "qualities": list(QUALITIES), "supports": list(_EXTRA_2), **most}
        document |= {"@id": uri, **common, "sizes": listed, "tiles": tiles, "profile": [PROFILES[2], more]}
        if about.rights:
            document["license"] = about.rights
    if about.services:
        document["service"] = list(about.services)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _linking(record_id: str, base_url: str) -> Json:
    """Image 3.0 §5.8: the manifest that shows the image, and its record."""
    manifest = {"id": base_url + addresses.manifest(record_id), "type": "Manifest"}
    record = {"id": base_url + addresses.record_json(record_id), "type": "Dataset", "format": "application/json"}
    return {"partOf": [manifest], "seeAlso": [record]}
