"""Every tile that a viewer asks for comes from the store: nothing is decoded, the size is exact, no row is dark."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from museum.iiif import service as service_module
from museum.iiif.service import ImageService, Located
from museum.imaging import edges, pyramid
from museum.imaging.folder import LocalFolder
from museum.imaging.pixels import pyvips
from museum.imaging.tile import Pyramid, open_pyramid
from tests.iiif.viewer_addresses import Wanted, leaflet, openseadragon
from tests.imaging.conftest import picture

# One pixel, one pixel wide or high, around a tile, primes, and 100,000 pixels long.
SIZES = [(1, 1), (1, 700), (700, 1), (2, 257), (255, 256), (256, 256), (257, 257), (511, 513), (97, 1009), (1021, 769)]
SIZES += [(1999, 1203), (513, 700), (100_000, 3)]
WITH_WEBP = [(1, 1), (257, 257), (97, 1009), (1021, 769)]
Get = Callable[[str, str, int], tuple[int, bytes]]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pyramids in folders named like "257x257" and, of some, "257x257-webp"."""
    root = tmp_path_factory.mktemp("pyramids")
    for width, height in SIZES:
        picture(width, height).save(root / "source.png", compress_level=1)
        pyramid.build(root / "source.png", root / f"{width}x{height}")
        if (width, height) in WITH_WEBP:
            pyramid.build(root / "source.png", root / f"{width}x{height}-webp", kind="webp")
    return root


@pytest.fixture
def get(shelf: Path) -> Get:
    service = ImageService(lambda name: located(shelf, name))

    def asked(name: str, path: str, version: int) -> tuple[int, bytes]:
        answer = service.answer(name, path, version=version, base_url="https://baotang.example")
        return answer.status, answer.body

    return asked


def located(shelf: Path, name: str) -> Located:
    width, height = map(int, name.split("x"))
    webp = shelf / f"{name}-webp"
    return Located(
        "ab" * 32, LocalFolder(shelf / name), width, height, "", True,
        webp_folder=LocalFolder(webp) if webp.exists() else None,
    )  # fmt: skip


@pytest.fixture
def decoding(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was decoded; decoding fails."""
    decoded: list[object] = []

    def render(*_arguments: object, **options: object) -> bytes:
        decoded.append(options)
        raise AssertionError("a tile was computed")

    monkeypatch.setattr(service_module, "render", render)
    return decoded


def asked_by_viewers(info: dict[str, Any], version: int) -> Iterator[Wanted]:
    for with_height in (True, False):
        yield from openseadragon(info, version=version, with_height=with_height)
    yield from leaflet(info, version=version)
    if "webp" in info.get("preferredFormats", ()):
        yield from openseadragon(info, version=version, suffix="webp", with_height=True)


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def test_no_tile_of_a_viewer_is_decoded(get: Get, decoding: list[object]) -> None:
    tried: dict[str, int] = {}
    one_pixel_wide = ambiguous = 0
    for width, height in SIZES:
        name = f"{width}x{height}"
        for version in (2, 3):
            info = json.loads(get(name, "info.json", version)[1])
            for wanted in asked_by_viewers(info, version):
                if width == 1 and version == 2 and "/full/0/" in wanted.path and wanted.size[1] > 256:
                    one_pixel_wide += 1  # OpenSeadragon asks 2.1 for the whole region where it means a smaller level
                    continue
                status, body = get(name, wanted.path, version)
                assert status == 200, (name, version, wanted, body)
                if wanted.size[0] == 1 and size_of(body) != wanted.size:
                    # One pixel stays one pixel on the next level: the words mean the larger one as well.
                    assert "/1,/0/" in wanted.path and size_of(body)[1] > wanted.size[1]
                    ambiguous += 1
                    continue
                assert size_of(body) == wanted.size, (name, version, wanted)
                kind = wanted.path.rpartition(".")[2]
                tried[kind] = tried.get(kind, 0) + 1
    print(f"answered without decoding: {tried} of the exact size, {ambiguous} a pixel wide without a height;")
    print(f"{one_pixel_wide} ask for the whole of an image one pixel wide")
    assert not decoding
    assert tried["jpg"] > 5000 and tried["webp"] > 30
    with pytest.raises(AssertionError, match="computed"):  # control: any other address is noticed
        get("1021x769", "full/333,/0/default.jpg", 3)
    assert len(decoding) == 1


def test_webp_is_preferred_only_where_it_is_stored(get: Get) -> None:
    with_webp, without = (json.loads(get(name, "info.json", 3)[1]) for name in ("1021x769", "1999x1203"))
    assert with_webp["preferredFormats"] == ["webp", "jpg"]
    assert "preferredFormats" not in without
    assert "webp" in with_webp["extraFormats"] and "webp" in without["extraFormats"]
    assert get("1999x1203", "0,0,256,256/256,256/0/default.webp", 3)[1][8:12] == b"WEBP", "computed"


@pytest.mark.parametrize("kind", ["jpg", "webp"])
def test_interior_tiles_are_what_libvips_decodes_and_edges_the_levels_own_pixels(shelf: Path, kind: str) -> None:
    folder = shelf / ("1021x769" if kind == "jpg" else "1021x769-webp")
    opened = open_pyramid(LocalFolder(folder))
    assert opened.kind == kind
    inside = at_edge = 0
    for level in range(opened.levels):
        stored = pyvips.Image.new_from_file(str(folder / "pyramid.tif"), page=level, access="random").numpy()
        width, height = opened.level_size(level)
        for top in range(0, height, 256):
            for left in range(0, width, 256):
                found = pyvips.Image.new_from_buffer(opened.tile(level, left // 256, top // 256), "").numpy()
                own = stored[top : min(height, top + 256), left : min(width, left + 256)]
                assert found.shape == own.shape
                difference = np.abs(found.astype(int) - own.astype(int))
                if found.shape[:2] == (256, 256):
                    assert difference.max() == 0
                    inside += 1
                else:
                    assert difference.mean() < 2.5
                    at_edge += 1
    print(f"{inside} tiles inside without any difference, {at_edge} at the edge close to the level's own pixels")
    assert inside >= 9 and at_edge >= 10


@pytest.fixture(scope="module")
def bright(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bright picture of 12,000 × 9,000, as we store it and, as a control, as libvips does by itself."""
    root = tmp_path_factory.mktemp("bright")
    (pyvips.Image.black(12_000, 9_000, bands=3) + 230).cast("uchar").copy(interpretation="srgb").jpegsave(
        str(root / "source.jpg")
    )
    pyramid.build(root / "source.jpg", root / "ours")
    bare = root / "bare"
    bare.mkdir()
    pyvips.Image.new_from_file(str(root / "source.jpg"), access="sequential").tiffsave(
        str(bare / "pyramid.tif"), tile=True, pyramid=True, compression="jpeg", tile_width=256, tile_height=256
    )
    edges.write(bare / "edges.bin", [], width_px=12_000, height_px=9_000, tile_px=256, levels=7)
    return root


def dark_tiles(opened: Pyramid) -> tuple[int, int]:
    """(tiles, those with a dark last row or column) as a viewer asks for them, cropped to its size."""
    total = dark = 0
    for level in range(opened.levels):
        width, height = opened.level_size(level)
        columns, rows = -(-width // 256), -(-height // 256)
        total += columns * rows
        for row in range(rows):
            for column in range(columns):
                if column < columns - 1 and row < rows - 1:
                    continue
                with Image.open(io.BytesIO(opened.tile(level, column, row))) as image:
                    size = min(256, width - column * 256), min(256, height - row * 256)
                    seen = np.asarray(image.convert("L").crop((0, 0, *size)))
                dark += bool(seen[-1].mean() < 100 or seen[:, -1].mean() < 100)
    return total, dark


def test_no_row_is_dark_as_in_unpadded_pyramids(bright: Path, decoding: list[object]) -> None:
    total, dark = dark_tiles(open_pyramid(LocalFolder(bright / "ours")))
    control = dark_tiles(open_pyramid(LocalFolder(bright / "bare")))
    print(f"dark: {dark} of {total} tiles; without padding {control[1]} of {control[0]}")
    assert (total, dark) == (2276, 0)
    assert control == (2276, 6)
    service = ImageService(lambda _: Located("cd" * 32, LocalFolder(bright / "ours"), 12_000, 9_000, "", True))
    info = json.loads(service.answer("x", "info.json", version=3, base_url="").body)
    paths = [wanted.path for wanted in openseadragon(info, version=3, with_height=True)]
    answers = [service.answer("x", path, version=3, base_url="") for path in paths]
    assert len(paths) == 2276 and {answer.status for answer in answers} == {200} and not decoding
