"""Tiles at hand: the same answers as the application's, and no answer to anything that isn't the plainest request."""

import random
from pathlib import Path

import pytest
from werkzeug.test import Client

from museum.iiif.service import ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from museum.web.tiles import ImageRoute
from museum.web.tiles_at_hand import TilesAtHand
from tests.imaging.conftest import picture

WIDTH, HEIGHT, TILE = 1999, 1203, 256
DATE = b"Sun, 22 Nov 2026 12:00:00 GMT"
HOST = "bao.tang:8000"
TOLD = "Host: bao.tang:8000\r\nAccept: */*\r\n"


class Site:
    """An image at hand and as the application answers for it."""

    def __init__(self, folder: Path) -> None:
        def locate(identifier: str) -> Located | None:
            known = {"picture": True, "hidden": False}
            if identifier not in known:
                return None
            return Located("ab" * 32, LocalFolder(folder), WIDTH, HEIGHT, "", known[identifier], version="v1")

        self.counted: list[tuple[int, int]] = []
        self.service = ImageService(locate, trust_s=3600)
        self.tiles = TilesAtHand(
            self.service,
            lambda headers: f"http://{headers['HTTP_HOST']}" if "HTTP_HOST" in headers else None,
            count=lambda status, _seconds, size: self.counted.append((status, size)),
        )
        self.client = Client(ImageRoute(lambda _environ, _start: [], self.service))

    def at_hand(self, path: str, lines: str = TOLD) -> bytes | None:
        """The whole answer at hand."""
        found = self.tiles.answer(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1"), date=DATE)
        return None if found is None else bytes(found)

    def opened(self, identifier: str = "picture") -> None:
        """Let the service open the image, as the first request for it does."""
        self.client.get(f"/iiif/image/3/{identifier}/info.json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("at-hand")
    picture(WIDTH, HEIGHT).save(root / "source.png")
    pyramid.build(root / "source.png", root / "pyramid")
    return root / "pyramid"


@pytest.fixture
def site(folder: Path) -> Site:
    made = Site(folder)
    made.opened()
    return made


def _addresses() -> list[str]:
    found = []
    for version in (2, 3):
        span = TILE
        while span < 2 * WIDTH:
            for x in range(0, WIDTH, span):
                for y in range(0, HEIGHT, span):
                    width, height = min(span, WIDTH - x), min(span, HEIGHT - y)
                    across, down = -(-width * TILE // span), -(-height * TILE // span)
                    for size in (f"{across},", f"{across},{down}"):
                        found.append(f"/iiif/image/{version}/picture/{x},{y},{width},{height}/{size}/0/default.jpg")
            span *= 2
    return found


def test_the_answers_are_the_applications(site: Site) -> None:
    tried = 0
    for path in _addresses():
        for more in ({}, {"If-None-Match": '"other", *'}, {"If-None-Match": "*"}, {"If-Modified-Since": "now"}):
            theirs = site.client.get(path, headers=more, base_url=f"http://{HOST}")
            ours = site.at_hand(path, TOLD + "".join(f"{name}: {value}\r\n" for name, value in more.items()))
            assert ours is not None, path
            head, _, body = ours.partition(b"\r\n\r\n")
            status, *lines = head.decode().split("\r\n")
            assert status == f"HTTP/1.1 {theirs.status}".title().replace("Http", "HTTP").replace("Ok", "OK")
            assert body == theirs.get_data()
            headers = [tuple(line.split(": ", 1)) for line in lines]
            assert sorted(headers) == sorted([*theirs.headers, ("Date", DATE.decode())])
            again = site.at_hand(path, f"{TOLD}If-None-Match: {theirs.headers['ETag']}\r\n")
            assert again is not None
            assert again.startswith(b"HTTP/1.1 304")
            tried += 2
    print(f"{tried} answers compared")
    assert tried > 500
    assert len(site.counted) == tried
    assert {status for status, _ in site.counted} == {200, 304}


_PATH = "/iiif/image/3/picture/0,0,256,256/256,256/0/default.jpg"


def test_what_browsers_send_is_plain(site: Site) -> None:
    lines = "Host: bao.tang\r\nConnection: keep-alive\r\nUser-Agent: Mozilla/5.0 (ế)\r\nAccept-Encoding: gzip, br\r\n"
    for extra in ("", "Cookie: museum=1; x=2\r\n", "Referer: http://bao.tang/o/a\r\nSec-Fetch-Dest: image\r\n"):
        found = site.at_hand(_PATH, lines.encode().decode("latin-1") + extra)
        assert found is not None
        assert b"<http://bao.tang/iiif/image/3/picture/0,0,256,256/max/0/default.jpg>;rel=" in found


@pytest.mark.parametrize(
    "lines",
    [
        "Connection: close\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c\r\n",
        "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Expect: 100-continue\r\n",
        "Range: bytes=0-9\r\n",
        "If-None-Match: *\r\nIf-None-Match: *\r\n",
        "If-None-Match : *\r\n",
        "Odd\r\n",
        "Long: " + "x" * 5000 + "\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n",
        "\r\nGET / HTTP/1.1\r\nHo",
        "\r\nG",
    ],
)
def test_other_requests_go_elsewhere(site: Site, lines: str) -> None:
    assert site.at_hand(_PATH, TOLD) is not None
    assert site.at_hand(_PATH, TOLD + lines) is None
    assert site.at_hand(_PATH, "Accept: */*\r\n") is None  # no Host: the public address isn't plain


def test_a_request_cut_off_anywhere_goes_elsewhere(site: Site) -> None:
    whole = f'GET {_PATH} HTTP/1.1\r\n{TOLD}If-None-Match: "abc"\r\n\r\n'.encode()
    assert site.tiles.answer(whole, date=DATE) is not None
    for end in range(len(whole)):
        assert site.tiles.answer(whole[:end], date=DATE) is None, whole[:end]


def test_other_addresses_go_elsewhere(site: Site) -> None:
    for path in (
        "/iiif/image/3/picture/info.json",
        "/iiif/image/3/picture/full/max/0/default.jpg",
        "/iiif/image/3/picture/1,0,256,256/256,256/0/default.jpg",
        "/iiif/image/3/picture/0,0,256,256/256,256/0/default.webp",
        "/iiif/image/3/hidden/0,0,256,256/256,256/0/default.jpg",
        "/iiif/image/3/unknown/0,0,256,256/256,256/0/default.jpg",
        "/iiif/image/4/picture/0,0,256,256/256,256/0/default.jpg",
        "/iiif/image/3/pict%75re/0,0,256,256/256,256/0/default.jpg",
        _PATH + "?a=b",
    ):
        assert site.at_hand(path) is None, path
    for whole in (
        f"HEAD {_PATH} HTTP/1.1\r\n{TOLD}\r\n",
        f"GET {_PATH} HTTP/1.0\r\n{TOLD}\r\n",
        f"GET {_PATH} HTTP/1.1\r\n",
    ):
        assert site.tiles.answer(whole.encode(), date=DATE) is None


def test_an_image_is_opened_elsewhere_first(folder: Path) -> None:
    fresh = Site(folder)
    assert fresh.at_hand(_PATH) is None
    fresh.opened()
    assert fresh.at_hand(_PATH) is not None


def test_a_tile_that_must_be_fetched_from_a_disk_goes_elsewhere(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object) -> int:
        raise BlockingIOError

    assert site.at_hand(_PATH) is not None
    monkeypatch.setattr("os.preadv", refused)
    assert site.at_hand(_PATH) is None
    assert site.client.get(_PATH).status_code == 200


def test_what_is_remembered_of_headers_is_bounded(site: Site) -> None:
    chance = random.Random(5)
    for _ in range(3_000):
        assert site.at_hand(_PATH, f"{TOLD}Cookie: {chance.random()}\r\n") is not None
    assert len(site.tiles._askers) <= 512


def test_what_is_remembered_of_tiles_is_bounded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("museum.iiif.service._MOST_TILES", 20)
    paths = _addresses()
    for identifier in ("picture", "picture~v1"):
        site.opened(identifier)
        for path in paths:
            assert site.at_hand(path.replace("/picture/", f"/{identifier}/")) is not None
    assert len(paths) > 60
    assert sum(len(opened.tiles) for opened in site.service._opened.values()) <= 20
