"""Images whose pyramids lie in an S3 service: the same answers, one ranged GET a tile. Ceph's log counts."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from museum.errors import BackendError
from museum.iiif.service import ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from museum.imaging.tile import open_pyramid
from museum.storage.derivatives import Derivatives
from museum.storage.s3 import S3Blobs
from tests.ceph import Gateway
from tests.imaging.conftest import picture

pytestmark = pytest.mark.ceph
DIGEST, WIDTH, HEIGHT = "ab" * 32, 1301, 1077
BASE = "https://baotang.example"
LEAST_LEVELS = 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pyramid of four levels with edge tiles on both sides."""
    root = tmp_path_factory.mktemp("pyramid")
    picture(WIDTH, HEIGHT).save(root / "source.png")
    assert pyramid.build(root / "source.png", root / "pyramid").levels >= LEAST_LEVELS
    return root / "pyramid"


@pytest.fixture(scope="module")
def shelf(s3_gateway: Gateway, folder: Path) -> Derivatives:
    """The same pyramid in a bucket."""
    made = Derivatives(S3Blobs(s3_gateway.place()))
    put(made, folder)
    return made


def put(shelf: Derivatives, folder: Path) -> None:
    for path in folder.iterdir():
        shelf.put(DIGEST, f"pyramid/{path.name}", path)


def located(folder: Path) -> Located:
    return Located(DIGEST, LocalFolder(folder), WIDTH, HEIGHT, "http://creativecommons.org/licenses/by/4.0/", True)


def services(shelf: Derivatives, folder: Path) -> tuple[ImageService, ImageService]:
    """Ours from S3, and the same from a folder."""
    here = located(folder)
    there = replace(here, folder=shelf.folder(DIGEST, "pyramid", seal="1"))
    return ImageService(lambda _: there), ImageService(lambda _: here)


def tiles(tile_px: int = 256) -> Iterator[str]:
    """Every tile address of the picture, as OpenSeadragon asks for them."""
    for level in range(LEAST_LEVELS):
        size = tile_px << level
        for y in range(0, HEIGHT, size):
            for x in range(0, WIDTH, size):
                w, h = min(size, WIDTH - x), min(size, HEIGHT - y)
                yield f"{x},{y},{w},{h}/{-(-w >> level)},{-(-h >> level)}/0/default.jpg"


def ask(service: ImageService, path: str, *, if_none_match: str = "") -> tuple[int, bytes]:
    made = service.answer("x", path, version=3, base_url=BASE, if_none_match=if_none_match)
    return made.status, made.body


def test_every_tile_is_the_same_and_takes_one_get(s3_gateway: Gateway, shelf: Derivatives, folder: Path) -> None:
    there, here = services(shelf, folder)

    def requests() -> list[str]:
        return s3_gateway.requests(shelf.blobs.place)

    before = len(requests())
    assert ask(there, "info.json") == ask(here, "info.json")
    opening = requests()[before:]
    print(f"{len(opening)} requests to open the picture")
    assert len(opening) <= 2 + LEAST_LEVELS, opening
    paths = list(tiles())
    before = len(requests())
    for path in paths:
        found = ask(there, path)
        assert found[0] == 200
        assert found == ask(here, path)
    made = requests()[before:]
    print(f"{len(paths)} tiles, {len(made)} requests")
    assert len(paths) > 40
    assert len(made) == len(paths)
    assert {line.split()[0] for line in made} == {"GET"}
    assert {line.split()[2] for line in made} == {"206"}


@pytest.mark.parametrize(
    "path",
    ["101,57,900,700/450,350/0/default.jpg", "full/600,/!90/gray.png", "pct:10,10,50,50/333,/12.5/default.webp"],
)
def test_any_other_view_is_the_same(shelf: Derivatives, folder: Path, path: str) -> None:
    there, here = services(shelf, folder)
    found = ask(there, path)
    assert found[0] == 200
    assert found == ask(here, path)


def test_computing_a_view_asks_for_blocks(s3_gateway: Gateway, shelf: Derivatives, folder: Path) -> None:
    there, _ = services(shelf, folder)
    ask(there, "info.json")
    before = len(s3_gateway.requests(shelf.blobs.place))
    assert ask(there, "0,0,1200,1000/600,500/0/default.jpg")[0] == 200
    made = s3_gateway.requests(shelf.blobs.place)[before:]
    print(f"{len(made)} requests for 6 tiles of the level below")
    assert len(made) <= 6


def test_picture_made_anew_while_it_is_open(s3_gateway: Gateway, folder: Path, tmp_path: Path) -> None:
    shelf = Derivatives(S3Blobs(s3_gateway.place()))
    put(shelf, folder)
    there, _ = services(shelf, folder)
    path = next(tiles())
    before = ask(there, path)[1]
    picture(WIDTH, HEIGHT).transpose(Image.Transpose.ROTATE_180).save(tmp_path / "turned.png")
    pyramid.build(tmp_path / "turned.png", tmp_path / "turned")
    put(shelf, tmp_path / "turned")
    view = "101,57,900,700/450,350/0/default.jpg"
    assert ask(there, view) == ask(services(shelf, tmp_path / "turned")[1], view)
    status, after = ask(there, path)
    assert (status, after) == ask(services(shelf, tmp_path / "turned")[1], path)
    assert after != before
    with Image.open(io.BytesIO(after)) as image:
        assert image.size == (256, 256)


def test_store_that_fails_is_said(s3_gateway: Gateway, shelf: Derivatives, folder: Path) -> None:
    there, _ = services(shelf, folder)
    assert ask(there, "info.json")[0] == 200
    blobs = S3Blobs(replace(shelf.blobs.place, secret_key="wrong"))
    lost = replace(located(folder), folder=Derivatives(blobs).folder(DIGEST, "pyramid", seal="1"))
    status, words = ask(ImageService(lambda _: lost), "info.json")
    assert (status, b"refuses" in words) == (500, True)
    blobs._client.close()


def test_pyramid_that_is_missing_or_cut_off(s3_gateway: Gateway, folder: Path) -> None:
    shelf = Derivatives(S3Blobs(s3_gateway.place()))
    place = shelf.folder(DIGEST, "pyramid", seal="1")
    with pytest.raises(BackendError, match="museum rebuild"):
        open_pyramid(place)
    put(shelf, folder)
    assert open_pyramid(place).levels >= LEAST_LEVELS, "control: whole it opens"
    for name in ("pyramid.tif", "edges.bin"):
        shelf.put(DIGEST, f"pyramid/{name}", (folder / name).read_bytes()[:20])
        with pytest.raises(BackendError, match="museum rebuild"):
            open_pyramid(place)
        shelf.put(DIGEST, f"pyramid/{name}", folder / name)
