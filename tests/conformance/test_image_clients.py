"""OpenSeadragon and Leaflet-IIIF look at images of awkward sizes: no failed request, no tile computed, none of a wrong
size."""

import io
import re
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from museum.iiif import service as museum_service
from museum.iiif.image import FORMATS
from museum.iiif.service import ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from museum.web.tiles import ImageRoute
from tests.conformance import iiif_clients

pytestmark = pytest.mark.browser

SIZES = ((1, 1), (97, 101), (257, 511), (1031, 769), (2048, 2048), (100_003, 41))
WITHIN_S = 40
_SIZED = re.compile(r"/(\d+),(\d*)/0/default\.jpg$")


@dataclass
class Gallery:
    """An image service with pictures of all sizes, and what was asked of it."""

    url: str = ""
    answers: list[tuple[int, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)

    def services(self, version: int) -> str:
        """The addresses of all descriptions."""
        return "|".join(f"{self.url}/iiif/image/{version}/{w}x{h}/info.json" for w, h in SIZES)

    def note(self, status: int, path: str, body: bytes) -> None:
        """Keep an answer, and say what is wrong with its size."""
        self.answers.append((status, path))
        if match := _SIZED.search(path):
            with Image.open(io.BytesIO(body)) as picture:
                if (picture.width, picture.height) != (int(match[1]), int(match[2] or picture.height)):
                    self.wrong.append(f"{path}: {picture.size}")

    @property
    def pictures(self) -> list[str]:
        """The addresses of pictures, without descriptions."""
        return [path for _, path in self.answers if path.rpartition(".")[2] in FORMATS]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def pyramids(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Located]:
    """By name, the pyramids of all sizes."""
    folder, found = tmp_path_factory.mktemp("sizes"), {}
    for width, height in SIZES:
        name = f"{width}x{height}"
        ramp = np.add.outer(np.arange(height), np.arange(width))
        pixels = np.stack([(ramp * k) % 256 for k in (1, 2, 3)], axis=2).astype(np.uint8)
        Image.fromarray(pixels, "RGB").save(folder / f"{name}.png", compress_level=1)
        (folder / name).mkdir()
        pyramid.build(folder / f"{name}.png", folder / name)
        found[name] = Located("0" * 64, LocalFolder(folder / name), width, height, "", True)
    return found


@pytest.fixture
def gallery(pyramids: dict[str, Located], monkeypatch: pytest.MonkeyPatch) -> Iterator[Gallery]:
    told = Gallery()
    render = museum_service.render

    def rendering(*arguments: Any, **options: Any) -> bytes:
        told.computed.append(str(options))
        return render(*arguments, **options)

    monkeypatch.setattr(museum_service, "render", rendering)
    route = ImageRoute(_nothing_else, ImageService(pyramids.get))

    def noting(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        said: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            said.append(status)
            return start_response(status, headers, *more)

        body = b"".join(route(environ, start))
        told.note(int(said[0][:3]), environ["PATH_INFO"], body)
        return [body]

    server = make_server("127.0.0.1", 0, noting, _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def _nothing_else(environ: object, start_response: object) -> list[bytes]:
    raise AssertionError("every request of these clients is the image route's")


@pytest.fixture(scope="module")
def address() -> Iterator[Callable[..., str]]:
    """Where a client shows image services, on another origin than theirs."""
    with iiif_clients.site(iiif_clients.installed()) as found:
        yield found


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("client", ["openseadragon", "leaflet"])
def test_every_size_is_shown_from_stored_tiles(
    browser: Browser, address: Callable[..., str], gallery: Gallery, client: str, version: int
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"{request.url}: {request.failure}"))
    page.on("response", lambda answer: answer.status < 400 or faults.append(f"{answer.status} {answer.url}"))
    page.goto(address(client, gallery.services(version)))

    def settled() -> None:
        until = time.monotonic() + WITHIN_S
        while not page.evaluate("() => window.shown.every((one) => one.isWhole())"):
            assert time.monotonic() < until, f"not whole: {faults}; {gallery.answers[-5:]}"
            page.wait_for_timeout(100)

    settled()
    for factor in (4, 8):
        page.evaluate("(factor) => window.shown.forEach((one) => one.closer(factor))", factor)
        page.wait_for_timeout(100)  # both take the new place with the next frame, not with the call
        settled()
    context.close()
    shown = Counter(path.split("/")[4] for path in gallery.pictures)
    print(f"\n{client}, Image {version}: {len(gallery.pictures)} pictures asked for, {dict(shown)}")
    assert faults == []
    assert {status for status, _ in gallery.answers} == {200}
    assert gallery.wrong == []
    assert gallery.computed == []
    assert set(shown) == {f"{w}x{h}" for w, h in SIZES}, "something of each was asked for"
    assert shown["1031x769"] > 4, "tiles of several levels"


def test_what_is_computed_or_wrong_is_noticed(gallery: Gallery) -> None:
    """Control: an address that no stored tile answers is seen as computed, and a picture of another size as wrong."""
    with io.BytesIO() as out:
        Image.new("RGB", (9, 9)).save(out, "JPEG")
        gallery.note(200, "/iiif/image/3/97x101/0,0,97,101/10,10/0/default.jpg", out.getvalue())
    assert len(gallery.wrong) == 1
    with urllib.request.urlopen(f"{gallery.url}/iiif/image/3/97x101/5,5,60,60/30,30/0/default.jpg") as answer:
        assert answer.status == 200
    assert len(gallery.computed) == 1
