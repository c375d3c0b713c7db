"""What IIIF's validator doesn't ask: links, validators, HEAD, limits, and that all info.json names is really done."""

import io
import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from werkzeug.test import Client, TestResponse

from museum.iiif.image import Limits
from museum.iiif.service import ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from museum.web.tiles import ImageRoute

WIDTH, HEIGHT = 1031, 769
LIMITS = Limits(max_width_px=1200, max_area_px=900_000)
TYPES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "tif": "TIFF", "avif": "AVIF"}
# RFC 9110 §15.4.5: what a 304 must say again.
AGAIN = ("ETag", "Cache-Control", "Access-Control-Allow-Origin", "Last-Modified", "Link")
PATHS = (
    "info.json",
    "0,0,256,256/256,256/0/default.jpg",
    "1024,768,7,1/7,1/0/default.jpg",
    "full/129,97/0/default.jpg",
    "11,13,100,80/50,40/0/default.png",
    "square/!64,64/!90/gray.webp",
)

Get = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    folder = tmp_path_factory.mktemp("promises")
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    pixels = np.stack([x * 255 // WIDTH, y * 255 // HEIGHT, (x + y) // 8 % 256], axis=2).astype(np.uint8)
    Image.fromarray(pixels, "RGB").save(folder / "photo.png", compress_level=1)
    (folder / "pyramid").mkdir()
    pyramid.build(folder / "photo.png", folder / "pyramid")
    located = Located("ab" * 32, LocalFolder(folder / "pyramid"), WIDTH, HEIGHT, "", True)

    def nothing_else(environ: object, start_response: object) -> list[bytes]:
        raise AssertionError("every address here is the image route's")

    service = ImageService(lambda identifier: located if identifier == "photo" else None, LIMITS)
    return Client(ImageRoute(nothing_else, service))


@pytest.fixture
def get(client: Client) -> Get:
    """GET (or `method`) of a path after the identifier."""

    def ask(path: str, *, version: int = 3, method: str = "GET", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(f"/iiif/image/{version}/photo/{path}", method=method, headers=named)

    return ask


def picture(answer: TestResponse) -> Image.Image:
    """The picture of an answer, which must be one."""
    assert answer.status_code == 200, (answer.request.path, answer.get_data(as_text=True))
    shown = Image.open(io.BytesIO(answer.get_data()))
    shown.load()
    return shown


def canonical(answer: TestResponse) -> str:
    """The path after the identifier of the canonical link (Image 3.0 §4.7, RFC 8288)."""
    links = dict(reversed(link.split(">;rel=")) for link in answer.headers["Link"].split(", <"))
    address = urlsplit(links['"canonical"'].lstrip("<"))
    assert (address.scheme, address.netloc) == ("http", "localhost")
    return address.path.split("/", 5)[5]


def is_size(answer: TestResponse, width: int, height: int) -> bool:
    return picture(answer).size == (width, height)


def looks_like(a: Image.Image, b: Image.Image) -> bool:
    """Whether two pictures of one size differ by no more than two compressions do."""
    left, right = (np.asarray(one.convert("RGB"), np.int16) for one in (a, b))
    return left.shape == right.shape and float(np.abs(left - right).mean()) < 4


def is_mirrored(get: Get, version: int) -> bool:
    plain, mirrored = (picture(get(f"full/200,/{r}/default.png", version=version)) for r in ("0", "!0"))
    return looks_like(plain.transpose(Image.Transpose.FLIP_LEFT_RIGHT), mirrored) and not looks_like(plain, mirrored)


def is_turned(get: Get, version: int) -> bool:
    """By 30 degrees: larger than before, corners transparent, the middle still there."""
    turned = picture(get("full/200,/30/default.png", version=version))
    return turned.size > (200, 149) and turned.mode == "RGBA" and turned.getpixel((1, 1))[3] == 0


# What each feature means (Image 3.0 §5.7, 2.1 §5.3), asked of the service.
FEATURES: dict[str, Callable[[Get, int], bool]] = {
    "baseUriRedirect": lambda get, v: get("", version=v).status_code == 303,
    "canonicalLinkHeader": lambda get, v: (
        'rel="canonical"' in get("full/100,/0/default.jpg", version=v).headers["Link"]
    ),
    "cors": lambda get, v: get("info.json", version=v).headers["Access-Control-Allow-Origin"] == "*",
    "jsonldMediaType": lambda get, v: get("info.json", version=v, Accept="application/ld+json").content_type.startswith(
        "application/ld+json"
    ),
    "mirroring": is_mirrored,
    "profileLinkHeader": lambda get, v: 'rel="profile"' in get("full/100,/0/default.jpg", version=v).headers["Link"],
    "regionByPct": lambda get, v: is_size(get("pct:10,10,10,10/50,/0/default.jpg", version=v), 50, 37),
    "regionByPx": lambda get, v: is_size(get("5,6,40,30/40,30/0/default.jpg", version=v), 40, 30),
    "regionSquare": lambda get, v: is_size(get("square/100,/0/default.jpg", version=v), 100, 100),
    "rotationArbitrary": is_turned,
    "rotationBy90s": lambda get, v: is_size(get("full/200,/90/default.jpg", version=v), 149, 200),
    "sizeAboveFull": lambda get, v: is_size(get("0,0,50,40/100,/0/default.jpg", version=v), 100, 80),
    "sizeByConfinedWh": lambda get, v: is_size(get("full/!100,100/0/default.jpg", version=v), 100, 75),
    "sizeByH": lambda get, v: is_size(get("full/,75/0/default.jpg", version=v), 101, 75),
    "sizeByPct": lambda get, v: is_size(get("full/pct:10/0/default.jpg", version=v), 103, 77),
    "sizeByW": lambda get, v: is_size(get("full/100,/0/default.jpg", version=v), 100, 75),
    "sizeByWh": lambda get, v: is_size(get("full/90,40/0/default.jpg", version=v), 90, 40),
    "sizeByDistortedWh": lambda get, v: is_size(get("full/90,40/0/default.jpg", version=v), 90, 40),
    "sizeUpscaling": lambda get, v: is_size(get("0,0,50,40/^100,/0/default.jpg", version=v), 100, 80),
}
# Image 3.0 compliance level 2: what `profile` promises without a word.
LEVEL_2 = ("baseUriRedirect", "cors", "jsonldMediaType", "regionByPct", "regionByPx", "regionSquare", "rotationBy90s",
           "sizeByConfinedWh", "sizeByH", "sizeByPct", "sizeByW", "sizeByWh")  # fmt: skip


@pytest.mark.parametrize("version", [2, 3])
def test_every_feature_named_is_there(get: Get, version: int) -> None:
    told = json.loads(get("info.json", version=version).get_data())
    named = told["extraFeatures"] if version == 3 else told["profile"][1]["supports"]
    assert len(named) >= 5
    lacking = [name for name in {*named, *LEVEL_2} if not FEATURES[name](get, version)]
    assert lacking == []


@pytest.mark.parametrize("version", [2, 3])
def test_every_format_named_is_one(get: Get, version: int) -> None:
    told = json.loads(get("info.json", version=version).get_data())
    named = ["jpg", "png", *told["extraFormats"]] if version == 3 else told["profile"][1]["formats"]
    assert {"jpg", "png", "webp", "avif", "tif", "gif"} <= set(named)
    for suffix in named:
        answer = get(f"17,19,300,200/150,100/0/default.{suffix}", version=version)
        shown = picture(answer)
        assert (shown.format, shown.size) == (TYPES[suffix], (150, 100))
        assert answer.content_type == f"image/{TYPES[suffix].lower()}"


@pytest.mark.parametrize("version", [2, 3])
def test_every_quality_named_is_one(get: Get, version: int) -> None:
    told = json.loads(get("info.json", version=version).get_data())
    named = told["extraQualities"] if version == 3 else told["profile"][1]["qualities"]
    assert {"color", "gray", "bitonal"} <= set(named)
    pixels = {q: np.asarray(picture(get(f"full/200,/0/{q}.png", version=version)).convert("RGB"), int) for q in named}
    assert np.ptp(pixels["color"], axis=2).max() > 100, "colours"
    assert np.ptp(pixels["gray"], axis=2).max() == 0, "no colour"
    assert len(np.unique(pixels["gray"])) > 50
    assert set(np.unique(pixels["bitonal"])) == {0, 255}


@pytest.mark.parametrize("version", [2, 3])
def test_every_size_named_is_answered_exactly(get: Get, version: int) -> None:
    told = json.loads(get("info.json", version=version).get_data())
    assert len(told["sizes"]) >= 2
    for size in told["sizes"]:
        for words in (f"{size['width']},", f"{size['width']},{size['height']}"):
            assert is_size(get(f"full/{words}/0/default.jpg", version=version), size["width"], size["height"])


def test_the_limits_named_hold(get: Get) -> None:
    told = json.loads(get("info.json").get_data())
    assert (told["maxWidth"], told["maxArea"]) == (LIMITS.max_width_px, LIMITS.max_area_px)
    assert is_size(get("0,0,1000,10/^1200,12/0/default.jpg"), 1200, 12)
    for path in ("0,0,1000,10/^1201,12/0/default.jpg", "0,0,10,1000/^12,1201/0/default.jpg",
                 "full/^1100,820/0/default.jpg"):  # fmt: skip
        assert get(path).status_code == 400, path
    whole = picture(get("full/^max/0/default.jpg")).size
    assert max(whole) <= told["maxWidth"]
    assert whole[0] * whole[1] <= told["maxArea"]
    assert whole[0] * whole[1] > 0.98 * told["maxArea"], "as large as may be"


@pytest.mark.parametrize("version", [2, 3])
def test_a_canonical_link_leads_to_the_same_picture_and_to_itself(get: Get, version: int) -> None:
    chance, seen = random.Random(5), set()
    for _ in range(120):
        path = _request(chance, version)
        answer = get(path, version=version)
        assert answer.status_code == 200, (path, answer.get_data(as_text=True))
        name = canonical(answer)
        again = get(name, version=version)
        assert canonical(again) == name
        assert again.headers["ETag"] == answer.headers["ETag"], (path, name)
        assert again.get_data() == answer.get_data(), (path, name)
        seen.add(name)
    print(f"\n120 requests of Image {version}, {len(seen)} canonical ones")
    assert len(seen) > 60


def _request(chance: random.Random, version: int) -> str:
    """Some valid request in some of its forms."""
    x, y = chance.choice((0, 256, 512, 17)), chance.choice((0, 256, 300))
    region = chance.choice(("full", "square", f"{x},{y},256,256", f"{x},{y},{WIDTH},{HEIGHT}", "pct:25,25,50,50"))
    size = chance.choice(("max", "pct:50", "60,", ",60", "!90,90", "64,48", "129,", "129,97"))
    turn = chance.choice(("0", "360", "90", "!0", "!180.0", "22.50" if size != "max" else "270"))
    quality = chance.choice(("default", "color", "gray"))
    return f"{region}/{size}/{turn}/{quality}.{chance.choice(('jpg', 'jpg', 'png'))}"


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("path", PATHS)
def test_head_and_304_say_what_get_says(get: Get, path: str, version: int) -> None:
    if version == 2:
        path = path.replace("7,1/0", "7,/0")
    whole = get(path, version=version)
    assert whole.status_code == 200
    head = get(path, version=version, method="HEAD")
    assert (head.status_code, head.get_data()) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)
    assert int(whole.headers["Content-Length"]) == len(whole.get_data())
    tag = whole.headers["ETag"]
    assert tag.startswith('"'), "strong, so that ranges and caches may trust it"
    for tags in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        for method in ("GET", "HEAD"):
            unchanged = get(path, version=version, method=method, If_None_Match=tags)
            assert (unchanged.status_code, unchanged.get_data()) == (304, b"")
            assert [unchanged.headers.get(n) for n in AGAIN] == [whole.headers.get(n) for n in AGAIN]
    assert get(path, version=version, If_None_Match='"other"').status_code == 200


def test_no_two_pictures_share_a_tag(get: Get) -> None:
    asked = [(path, version) for path in PATHS for version in (2, 3)]
    asked += [(f"11,13,100,80/50,40/{turn}/{q}.{s}", 3) for turn in ("0", "!0", "90") for q in ("default", "gray")
              for s in ("jpg", "png", "webp", "tif", "gif")]  # fmt: skip
    tags: dict[str, bytes] = {}
    for path, version in asked:
        answer = get(path.replace("7,1/0", "7,/0") if version == 2 else path, version=version)
        assert tags.setdefault(answer.headers["ETag"], answer.get_data()) == answer.get_data(), path
    print(f"\n{len(asked)} answers, {len(tags)} tags")
    assert len(tags) > 30


def test_a_preflight_and_another_method(get: Get) -> None:
    preflight = get(PATHS[1], method="OPTIONS", Origin="https://elsewhere.example")
    assert preflight.status_code in (200, 204)
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    refused: Any = get(PATHS[1], method="DELETE")
    assert (refused.status_code, "GET" in refused.headers["Allow"]) == (405, True)
