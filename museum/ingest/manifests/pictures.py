"""One picture through its image service at full size, from tiles where the service gives no more at once (Image API
3.0 §4, §5; 2.1 §4, §5; 1.1), or as the plain file that it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from museum.config import Settings
from museum.errors import MuseumError, SourceError
from museum.imaging import mosaic, signatures, source
from museum.ingest.manifests.canvases import Service, Wanted
from museum.ingest.manifests.document import Json, listed, objects
from museum.ingest.manifests.errands import Errands

_MOST_TILES = 4_000  # a picture of 16,000 × 16,000 in tiles of 256
_LEAST_TILE_PX = 64
# Answers after which another way of asking may still succeed.
_TRY_ELSE = ("manifest.gone", "manifest.server_said")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What info.json says of a picture: its full size, the largest the service gives at once, its tiles."""

    width_px: int
    height_px: int
    tile_px: tuple[int, int] | None = None
    most: Mapping[str, int] = field(default_factory=dict)  # maxWidth, maxHeight, maxArea

    @property
    def is_capped(self) -> bool:
        """True when the service says that it gives no picture of full size."""
        width, height, most = self.width_px, self.height_px, self.most
        widest = most.get("maxWidth", width)
        highest = most.get("maxHeight", most.get("maxWidth", height))
        return width > widest or height > highest or width * height > most.get("maxArea", width * height)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A fetched picture: what was got of what there is, and out of how many tiles (0: in one piece)."""

    path: Path
    facts: Mapping[str, Any]
    is_reduced: bool = False


def fetch(errands: Errands, wanted: Wanted, path: Path, *, settings: Settings) -> Picture:
    """The picture of a canvas, written to `path` (its format is in its first bytes).

    Raises SourceError (fetch.*, manifest.*, image.*), Forbidden, BackendError.
    """
    if wanted.service is None:
        errands.file(wanted.address, path)
        return Picture(path=path, facts={})
    try:
        offer = read_offer(errands.json(f"{wanted.service.address}/info.json"))
    except SourceError as error:
        if error.code not in (*_TRY_ELSE, "manifest.not_json", "manifest.odd_info"):
            raise
        errands.file(wanted.address, path)  # the service does not say what it has: the picture that is named
        return Picture(path=path, facts={})
    got = _largest(errands, wanted, offer, path, settings=settings)
    if got[0] >= offer.width_px and got[1] >= offer.height_px:
        return Picture(path=path, facts={})
    facts: dict[str, Any] = {"offered_px": [offer.width_px, offer.height_px]}
    tiles = _from_tiles(errands, wanted.service, offer, path)
    if tiles:
        return Picture(path=path, facts=facts | {"assembled_tiles": tiles})
    return Picture(path=path, facts=facts | {"got_px": list(got)}, is_reduced=True)


def read_offer(info: Json) -> Offer:
    """What an info.json of version 1, 2 or 3 says. Raises SourceError manifest.odd_info."""
    width, height = info.get("width"), info.get("height")
    if not isinstance(width, int) or not isinstance(height, int) or width < 1 or height < 1:
        raise SourceError("manifest.odd_info", width=str(width)[:20], height=str(height)[:20])
    limits = [info, *objects(info.get("profile"))]
    most = {name: one[name] for one in limits for name in ("maxWidth", "maxHeight", "maxArea")
            if isinstance(one.get(name), int) and one[name] > 0}  # fmt: skip
    return Offer(width_px=width, height_px=height, tile_px=_tile(info), most=most)


def full_address(service: Service, *, is_capped: bool) -> list[str]:
    """The addresses of the whole picture, as large as it comes, the likeliest first."""
    if service.version == 3:
        sizes = ["full/max/0/default"]
    elif service.version == 2:
        sizes = ["full/max/0/default", "full/full/0/default"] if is_capped else [
            "full/full/0/default", "full/max/0/default"]  # fmt: skip
    else:
        sizes = ["full/full/0/native"]
    return [f"{service.address}/{size}.jpg" for size in sizes]


def size_of(path: Path, address: str, *, settings: Settings) -> tuple[int, int]:
    """Width and height of a picture, whatever its file is called. Raises SourceError image.*"""
    kind = signatures.recognize(path, name=address, has_extension=False)
    name = f"{address}.{kind.extensions[0]}"
    facts = source.inspect(path, max_pixels=settings.max_pixels, name=name, check_pixels=False)
    return facts.width_px, facts.height_px


def _largest(errands: Errands, wanted: Wanted, offer: Offer, path: Path, *, settings: Settings) -> tuple[int, int]:
    """Fetch the whole picture as large as the service gives it; its size in pixels."""
    assert wanted.service is not None
    addresses = full_address(wanted.service, is_capped=offer.is_capped)
    if wanted.address.startswith(f"{wanted.service.address}/"):
        addresses.append(wanted.address)
    failure: MuseumError | None = None
    for address in dict.fromkeys(addresses):
        try:
            errands.file(address, path)
        except SourceError as error:
            if error.code not in _TRY_ELSE:
                raise
            failure = error
            path.unlink(missing_ok=True)
            continue
        return size_of(path, address, settings=settings)
    assert failure is not None
    raise failure


def _tile(info: Json) -> tuple[int, int] | None:
    """Width and height of the tiles at full size (1.1: tile_width and tile_height)."""
    for entry in objects(info.get("tiles")):
        width = entry.get("width")
        height = entry.get("height", width)
        factors = listed(entry.get("scaleFactors"))
        if isinstance(width, int) and isinstance(height, int) and (1 in factors or not factors):
            return (width, height) if min(width, height) >= _LEAST_TILE_PX else None
    width, height = info.get("tile_width"), info.get("tile_height", info.get("tile_width"))
    if isinstance(width, int) and isinstance(height, int) and min(width, height) >= _LEAST_TILE_PX:
        return width, height
    return None


def _from_tiles(errands: Errands, service: Service, offer: Offer, path: Path) -> int:
    """Put the picture together at full size in `path`; the number of tiles, 0 where that can't be (`path` stays)."""
    if offer.tile_px is None:
        return 0
    across, down = offer.tile_px
    if -(-offer.width_px // across) * -(-offer.height_px // down) > _MOST_TILES:
        return 0
    out, part = path.with_name(f"{path.name}.whole.tif"), path.with_name(f"{path.name}.tile")

    def tile(column: int, row: int) -> Path:
        left, top = column * across, row * down
        width, height = min(across, offer.width_px - left), min(down, offer.height_px - top)
        size = f"{width},{height}" if service.version == 3 else f"{width},"
        quality = "native" if service.version == 1 else "default"
        part.unlink(missing_ok=True)
        errands.file(f"{service.address}/{left},{top},{width},{height}/{size}/0/{quality}.jpg", part)
        return part

    try:
        count = mosaic.assemble(tile, out, width_px=offer.width_px, height_px=offer.height_px, tile_px=(across, down),
                                name=service.address)  # fmt: skip
    except SourceError as error:
        if error.code in (*_TRY_ELSE, "image.tile_size"):
            return 0
        raise
    else:
        out.replace(path)
        return count
    finally:
        out.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
