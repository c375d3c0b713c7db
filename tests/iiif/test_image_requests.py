"""The words of Image API 2.1 and 3.0: what they mean, and what is refused."""

import pytest

from museum.errors import Invalid
from museum.iiif.image import Grid, ImageRequest, Limits, parse, tile_path

GRID = Grid(1000, 600, 256, 3)
LIMITS = Limits(max_width_px=2000, max_area_px=1_500_000)


def asked(path: str, *, version: int = 3, grid: Grid = GRID, limits: Limits = LIMITS) -> ImageRequest:
    return parse(path, version=version, grid=grid, limits=limits)


@pytest.mark.parametrize(
    ("words", "region"),
    [
        ("full", (0, 0, 1000, 600)),
        ("square", (200, 0, 600, 600)),
        ("10,20,30,40", (10, 20, 30, 40)),
        ("900,500,400,400", (900, 500, 100, 100)),
        ("pct:10,10,50,50", (100, 60, 500, 300)),
        ("pct:99.5,0,50,100", (995, 0, 5, 600)),
    ],
)
def test_regions(words: str, region: tuple[int, int, int, int]) -> None:
    for version in (2, 3):
        assert asked(f"{words}/max/0/default.jpg", version=version).region == region


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("max", (1000, 600)),
        ("^max", (1581, 948)),
        ("500,", (500, 300)),
        ("90,", (90, 54)),
        (",150", (250, 150)),
        ("pct:50", (500, 300)),
        ("^pct:120", (1200, 720)),
        ("70,80", (70, 80)),
        ("!500,500", (500, 300)),
        ("^!1200,1200", (1200, 720)),
        ("^1200,", (1200, 720)),
        ("1,", (1, 1)),
    ],
)
def test_sizes_of_version_3(words: str, size: tuple[int, int]) -> None:
    assert asked(f"full/{words}/0/default.jpg").size == size


@pytest.mark.parametrize(
    ("words", "size"),
    [("full", (1000, 600)), ("max", (1000, 600)), ("!5000,5000", (1000, 600)), ("1200,", (1200, 720))],
)
def test_sizes_of_version_2(words: str, size: tuple[int, int]) -> None:
    assert asked(f"full/{words}/0/default.jpg", version=2).size == size


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("full/max/0", "form"),
        ("full/max/0/default.jpg/more", "form"),
        ("all/max/0/default.jpg", "region"),
        ("-1,0,10,10/max/0/default.jpg", "region"),
        ("1e3,0,10,10/max/0/default.jpg", "region"),
        ("nan,0,10,10/max/0/default.jpg", "region"),
        ("pct:1e9,0,10,10/max/0/default.jpg", "region"),
        ("99999999999999999999,0,1,1/max/0/default.jpg", "region"),
        ("0,0,0,10/max/0/default.jpg", "region_empty"),
        ("1000,0,10,10/max/0/default.jpg", "region_empty"),
        ("pct:100,0,10,10/max/0/default.jpg", "region_empty"),
        ("full/full/0/default.jpg", "size"),
        ("full/,/0/default.jpg", "size"),
        ("full/!90,/0/default.jpg", "size"),
        ("full/0,0/0/default.jpg", "size_zero"),
        ("full/0,/0/default.jpg", "size_zero"),
        ("full/pct:0/0/default.jpg", "size_zero"),
        ("full/1001,/0/default.jpg", "upscale"),
        ("full/pct:101/0/default.jpg", "upscale"),
        ("full/!1100,1100/0/default.jpg", "upscale"),
        ("full/^2001,1/0/default.jpg", "too_large"),
        ("full/^1600,/0/default.jpg", "too_large"),
        ("full/max/361/default.jpg", "rotation"),
        ("full/max/-90/default.jpg", "rotation"),
        ("full/max/+90/default.jpg", "rotation"),
        ("full/max/1e2/default.jpg", "rotation"),
        ("full/max/0/native.jpg", "quality"),
        ("full/max/0/default.exe", "format"),
        ("full/max/0/default", "format"),
        ("full/max/0/default.jp2", "format_not_offered"),
    ],
)
def test_what_is_refused(path: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        asked(path)
    assert caught.value.code == f"image_request.{code}"
    assert "{" not in caught.value.message("vi") + caught.value.message("en")


@pytest.mark.parametrize(
    ("path", "version", "canonical"),
    [
        ("full/max/0/default.jpg", 3, "full/max/0/default.jpg"),
        ("0,0,1000,600/1000,/360/color.jpg", 3, "full/max/0/default.jpg"),
        ("full/pct:50/0/default.png", 3, "full/500,300/0/default.png"),
        ("square/!90,90/!22.50/gray.webp", 3, "200,0,600,600/90,90/!22.5/gray.webp"),
        ("full/^1200,/0/default.jpg", 3, "full/^1200,720/0/default.jpg"),
        ("full/max/0/default.jpg", 2, "full/full/0/default.jpg"),
        ("pct:0,0,50,50/100,60/0/default.jpg", 2, "0,0,500,300/100,/0/default.jpg"),
        ("full/100,100/0/default.jpg", 2, "full/100,100/0/default.jpg"),
    ],
)
def test_the_canonical_words(path: str, version: int, canonical: str) -> None:
    assert asked(path, version=version).canonical == canonical
    again = asked(canonical, version=version)
    assert again.canonical == canonical
    assert again.size == asked(path, version=version).size


def test_the_limits_hold_for_max() -> None:
    grid = Grid(12_000, 9_000, 256, 7)
    small = Limits(max_width_px=4000, max_area_px=3_000_000)
    width, height = asked("full/max/0/default.jpg", grid=grid, limits=small).size
    assert (width, height) == (2000, 1500)
    assert asked("0,0,6000,100/max/0/default.jpg", grid=grid, limits=small).size == (4000, 66)


def test_the_quick_way_and_the_long_way_agree() -> None:
    grid = Grid(769, 1021, 256, 3)
    compared = 0
    for level in range(grid.levels):
        span = 256 << level
        for y in range(0, 1021, span):
            for x in range(0, 769, span):
                width, height = min(span, 769 - x), min(span, 1021 - y)
                region = f"{x},{y},{width},{height}"
                across, down = -(-width >> level), -(-height >> level)
                for size in (f"{across},{down}", f"{across},"):
                    for version in (2, 3):
                        path = f"{region}/{size}/0/default.jpg"
                        found = tile_path(path, version=version, grid=grid)
                        request = asked(path, version=version, grid=grid)
                        assert found == (request.tile, request.canonical, "jpg")
                        compared += 1
    print(f"{compared} addresses compared")
    assert compared == 2 * 2 * (4 * 4 + 2 * 2 + 1)
