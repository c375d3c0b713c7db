"""The image service as a client sees it: status, headers, caching, and tiles that need no decoding."""

import io
import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from museum.iiif import service as service_module
from museum.iiif.image import Limits
from museum.iiif.service import Answer, ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from museum.web.tiles import ImageRoute, origin
from tests.imaging.conftest import picture

BASE = "https://baotang.example"
SIZES = [(1, 1), (1, 700), (700, 1), (256, 256), (257, 255), (512, 512), (97, 1009), (1021, 769), (1500, 1100)]
SIZES += [(800, 200), (1999, 1203)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pyramids of all sizes, one folder each, named like "257x255"."""
    root = tmp_path_factory.mktemp("pyramids")
    for width, height in SIZES:
        picture(width, height).save(root / "source.png")
        pyramid.build(root / "source.png", root / f"{width}x{height}")
    return root


@pytest.fixture
def service(folder: Path) -> ImageService:
    def locate(identifier: str) -> Located | None:
        if identifier not in ("hidden", *(f"{w}x{h}" for w, h in SIZES)):
            return None
        name = "800x200" if identifier == "hidden" else identifier
        width, height = map(int, name.split("x"))
        rights = "http://creativecommons.org/licenses/by/4.0/"
        return Located("ab" * 32, LocalFolder(folder / name), width, height, rights, identifier != "hidden")

    return ImageService(locate, Limits(max_width_px=1200, max_area_px=1_000_000))


Ask = Callable[..., Answer]


@pytest.fixture
def ask(service: ImageService) -> Ask:
    def made(identifier: str, rest: str | None, *, version: int = 3, **more: Any) -> Answer:
        return service.answer(identifier, rest, version=version, base_url=BASE, **more)

    return made


def head(answer: Answer, name: str) -> str:
    return dict(answer.headers)[name]


def size_of(answer: Answer) -> tuple[int, int]:
    assert answer.status == 200, answer.body
    with Image.open(io.BytesIO(answer.body)) as image:
        image.load()
        return image.size


def viewer_requests(info: dict[str, Any], version: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every tile OpenSeadragon asks of an info.json, by its documented rules, with the size it expects.

    Levels are rounded up; a level smaller than a tile in both directions is asked for as "full"; version 2 says "full"
    and version 3 "max" where the size is the image's own.
    """
    width, height = info["width"], info["height"]
    tile = info["tiles"][0]["width"]
    for factor in info["tiles"][0]["scaleFactors"]:
        across, down = math.ceil(width / factor), math.ceil(height / factor)
        if across < tile and down < tile:
            own = across == width if version == 2 else (across, down) == (width, height)
            size = {2: "full", 3: "max"}[version] if own else f"{across},{down}" if version == 3 else f"{across},"
            yield f"full/{size}/0/default.jpg", (across, down)
            continue
        for y in range(math.ceil(down / tile)):
            for x in range(math.ceil(across / tile)):
                left, top = x * tile * factor, y * tile * factor
                wide, high = min(tile * factor, width - left), min(tile * factor, height - top)
                region = "full" if (left, top, wide, high) == (0, 0, width, height) else f"{left},{top},{wide},{high}"
                size_x, size_y = min(tile, across - x * tile), min(tile, down - y * tile)
                if version == 3 and (size_x, size_y) == (width, height):
                    yield f"{region}/max/0/default.jpg", (size_x, size_y)
                else:
                    yield f"{region}/{size_x},{size_y}/0/default.jpg", (size_x, size_y)
                    if version == 2 and width > 1:  # one pixel stays one pixel: its "1," names no level
                        yield f"{region}/{size_x},/0/default.jpg", (size_x, size_y)


def test_no_tile_of_a_viewer_is_decoded(folder: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_arguments: object, **_options: object) -> bytes:
        raise AssertionError("a tile was computed")

    monkeypatch.setattr(service_module, "render", decode)
    hits = 0
    for width, height in SIZES:
        for version in (2, 3):
            info = json.loads(ask(f"{width}x{height}", "info.json", version=version).body)
            for path, expected in viewer_requests(info, version):
                if version == 2 and path.startswith("full/full/") and expected != (width, height):
                    continue  # one pixel wide: the viewer means a smaller level and says the whole; see the next test
                answer = ask(f"{width}x{height}", path, version=version)
                assert size_of(answer) == expected, (width, height, version, path)
                hits += 1
    print(f"{hits} tile addresses answered, 0 decoded")
    assert hits > 300
    with pytest.raises(AssertionError, match="computed"):  # control: anything else would have been noticed
        ask("1021x769", "full/333,/0/default.jpg")


def test_a_viewer_may_ask_an_image_one_pixel_wide_for_its_whole(ask: Ask) -> None:
    assert size_of(ask("1x700", "full/full/0/default.jpg", version=2)) == (1, 700)


@pytest.mark.parametrize("version", [2, 3])
def test_info_describes_the_service(ask: Ask, version: int) -> None:
    answer = ask("1021x769", "info.json", version=version)
    info = json.loads(answer.body)
    uri = f"{BASE}/iiif/image/{version}/1021x769"
    assert info["id" if version == 3 else "@id"] == uri
    assert (info["width"], info["height"]) == (1021, 769)
    assert info["tiles"] == [{"width": 256, "height": 256, "scaleFactors": [1, 2, 4]}]
    assert info["rights" if version == 3 else "license"] == "http://creativecommons.org/licenses/by/4.0/"
    more = info if version == 3 else info["profile"][1]
    assert (more["maxWidth"], more["maxArea"]) == (1200, 1_000_000)
    assert head(answer, "Content-Type").startswith("application/ld+json")
    assert head(answer, "Access-Control-Allow-Origin") == "*"
    for size in info["sizes"]:
        for words in (f"{size['width']},", f"{size['width']},{size['height']}"):
            answer = ask("1021x769", f"full/{words}/0/default.jpg", version=version)
            assert size_of(answer) == (size["width"], size["height"])


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif", "gif", "tif"])
def test_formats_and_their_types(ask: Ask, suffix: str) -> None:
    answer = ask("1021x769", f"square/90,/0/default.{suffix}")
    with Image.open(io.BytesIO(answer.body)) as image:
        assert image.size == (90, 90)
        assert head(answer, "Content-Type") == Image.MIME[image.format or ""]


def test_the_size_that_viewers_ask_for_thumbnails(ask: Ask) -> None:
    for version in (2, 3):
        assert size_of(ask("1021x769", "full/90,/0/default.jpg", version=version)) == (90, 68)


def test_mirror_then_rotation_then_quality(ask: Ask, folder: Path) -> None:
    plain = Image.open(io.BytesIO(ask("1021x769", "0,0,400,300/max/0/default.png").body))
    turned = Image.open(io.BytesIO(ask("1021x769", "0,0,400,300/max/!90/default.png").body))
    expected = plain.transpose(Image.Transpose.FLIP_LEFT_RIGHT).transpose(Image.Transpose.ROTATE_270)
    assert turned.size == (300, 400)
    assert turned.tobytes() == expected.tobytes()
    slanted = Image.open(io.BytesIO(ask("1021x769", "0,0,400,300/max/45/default.png").body))
    assert slanted.mode == "RGBA" and slanted.getpixel((0, 0))[3] == 0  # type: ignore[index]  # RGBA gives a tuple
    white = Image.open(io.BytesIO(ask("1021x769", "0,0,400,300/max/45/default.jpg").body))
    assert min(white.getpixel((1, 1))) > 240  # type: ignore[type-var, arg-type]  # RGB gives a tuple
    grey = Image.open(io.BytesIO(ask("1021x769", "0,0,400,300/max/0/gray.png").body))
    assert grey.mode == "L"
    bitonal = Image.open(io.BytesIO(ask("1021x769", "0,0,400,300/max/0/bitonal.png").body))
    assert set(bitonal.convert("L").tobytes()) == {0, 255}


def test_upscaling_only_when_asked_and_within_limits(ask: Ask) -> None:
    assert size_of(ask("257x255", "full/^514,/0/default.jpg")) == (514, 510)
    assert size_of(ask("257x255", "full/^max/0/default.jpg"))[0] > 900
    assert ask("257x255", "full/514,/0/default.jpg").status == 400
    assert ask("257x255", "full/^1201,/0/default.jpg").status == 400


@pytest.mark.parametrize("path", ["256,256,256,256/256,256/0/default.jpg", "full/90,/0/default.jpg", "info.json"])
@pytest.mark.parametrize("version", [2, 3])
def test_validators_and_head(ask: Ask, path: str, version: int) -> None:
    answer = ask("1021x769", path, version=version)
    etag = head(answer, "ETag")
    assert etag.startswith('"') and etag.isascii()
    assert "max-age" in head(answer, "Cache-Control") and head(answer, "Last-Modified").endswith("GMT")
    for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        unchanged = ask("1021x769", path, version=version, if_none_match=condition)
        assert (unchanged.status, unchanged.body, head(unchanged, "ETag")) == (304, b"", etag)
    assert ask("1021x769", path, version=version, if_none_match='"other"').status == 200
    bare = ask("1021x769", path, version=version, method="HEAD")
    assert (bare.status, bare.headers, bare.body) == (200, answer.headers, b"")
    assert head(bare, "Content-Length") == str(len(answer.body))


def test_canonical_and_profile_links(ask: Ask) -> None:
    link = head(ask("1021x769", "pct:0,0,50,50/pct:50/0/color.jpg"), "Link")
    assert f'<{BASE}/iiif/image/3/1021x769/0,0,511,385/256,193/0/default.jpg>;rel="canonical"' in link
    assert '<http://iiif.io/api/image/3/level2.json>;rel="profile"' in link
    tile = head(ask("1021x769", "0,0,512,512/256,256/0/default.jpg", version=2), "Link")
    assert f'<{BASE}/iiif/image/2/1021x769/0,0,512,512/256,/0/default.jpg>;rel="canonical"' in tile


def test_the_base_address_leads_to_info(ask: Ask) -> None:
    for rest in (None, ""):
        answer = ask("1021x769", rest)
        assert (answer.status, head(answer, "Location")) == (303, f"{BASE}/iiif/image/3/1021x769/info.json")


def test_errors_say_what_was_wrong_in_both_languages(ask: Ask) -> None:
    for identifier, rest, status, words in [
        ("1021x769", "all/max/0/default.jpg", 400, ("region “all”", "Vùng ảnh «all»")),
        ("unknown", "info.json", 404, ("no image “unknown”", "Không có ảnh")),
        ("hidden", "info.json", 404, ("hidden", "chưa được công bố")),
        ("hidden", "0,0,256,200/256,200/0/default.jpg", 404, ("hidden", "chưa được công bố")),
        ("1021x769", "full/max/0/default.jp2", 501, ("jp2", "Máy chủ")),
    ]:
        answer = ask(identifier, rest)
        assert answer.status == status
        assert all(part in answer.body.decode() for part in words)
        assert head(answer, "Access-Control-Allow-Origin") == "*"
    assert ask("1021x769", "info.json", method="POST").status == 405
    options = ask("1021x769", "info.json", method="OPTIONS")
    assert options.status == 204 and "GET" in head(options, "Access-Control-Allow-Methods")


def test_withdrawing_takes_effect(folder: Path) -> None:
    is_public = True

    def locate(_identifier: str) -> Located:
        return Located("cd" * 32, LocalFolder(folder / "256x256"), 256, 256, "", is_public)

    service = ImageService(locate, trust_s=0)
    assert service.answer("x", "full/max/0/default.jpg", version=3, base_url=BASE).status == 200
    is_public = False
    assert service.answer("x", "full/max/0/default.jpg", version=3, base_url=BASE).status == 404


def test_no_address_however_odd_breaks_the_service(ask: Ask) -> None:
    chance = random.Random(5)
    right = ("full square 0,0,10,10 pct:1,1,5,5", "max ^max 9, ,9 !9,9 pct:50", "0 90 !45.5", "default.jpg gray.png")
    wrong = ["^", "!", "..", "%2e%2e", "\0", "ệ", "-1,0,3,3", "nan", "pct:1e9", "native.gif", "0,0", "", "1" * 40]
    statuses: dict[int, int] = {}
    for _ in range(1500):
        parts = [chance.choice(wrong if chance.random() < 0.3 else words.split()) for words in right]
        rest = "/".join(parts[: chance.choice((1, 2, 3, 4, 4, 4, 4, 4))])
        status = ask("97x1009", rest, version=chance.choice((2, 3))).status
        statuses[status] = statuses.get(status, 0) + 1
    print(statuses)
    assert set(statuses) <= {200, 303, 400, 501}
    assert statuses[200] > 20 and statuses[400] > 500


def test_the_route_stands_before_the_application(service: ImageService) -> None:
    started: list[tuple[str, dict[str, str]]] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"flask"]

    def get(path: str, **environ: str) -> bytes:
        values = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_HOST": "bao.tang:8000", "wsgi.url_scheme": "http"}
        made = route(values | environ, lambda status, headers: started.append((status, dict(headers))))
        return b"".join(made)

    route = ImageRoute(application, service)  # type: ignore[arg-type]  # a plain WSGI callable
    assert get("/o/abc") == b"flask"
    info = json.loads(get("/iiif/image/3/256x256/info.json", HTTP_X_FORWARDED_HOST="evil.example"))
    assert info["id"] == "http://bao.tang:8000/iiif/image/3/256x256"
    assert get("/iiif/image/3/256x256") == b""
    assert started[-1][0] == "303 See Other"
    assert get("/iiif/image/4/256x256/info.json").startswith(b"There is no Image API version")
    assert get("/iiif/image/3/" + "ế".encode().decode("latin-1") + "/info.json").decode().count("ế") == 2
    assert origin({"HTTP_HOST": 'a"><script>', "SERVER_NAME": "h", "SERVER_PORT": "80"}) == "http://h"
    assert origin({}, "https://baotang.example/") == "https://baotang.example"
