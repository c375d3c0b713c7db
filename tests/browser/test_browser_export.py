"""A static set opens in OpenSeadragon from Python's plain file server: no request fails, no picture is missing."""

import http.server
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from museum.catalog import store
from museum.db import writing
from museum.imaging import pyramid
from museum.ingest.export_tiles import Wanted, export
from museum.storage.opening import open_derivatives
from tests.imaging.conftest import picture
from tests.web.planted import OPEN_PHOTO, plant
from tests.web.planted_words import IDS

pytestmark = pytest.mark.browser
VIEWER = Path(__file__).resolve().parents[2] / "node_modules/openseadragon/build/openseadragon/openseadragon.min.js"
SIZES = [(700, 530), (97, 1009), (1100, 1400), (200, 150)]
PAGE = """<!doctype html><meta charset="utf-8"><div id="v" style="width:900px;height:700px"></div>
<script src="/openseadragon.min.js"></script><script>
window.failed = 0;
window.viewer = OpenSeadragon({id: "v", tileSources: location.hash.slice(1), showNavigationControl: false,
  animationTime: 0, imageLoaderLimit: 4});
viewer.addHandler("tile-load-failed", () => window.failed++);
viewer.addHandler("open-failed", () => window.failed++);
window.isWhole = () => viewer.world.getItemCount() === 1 && viewer.world.getItemAt(0).getFullyLoaded();
</script>"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """(address, folder) of a file server with sets of pictures of several sizes, in both versions."""
    base = tmp_path_factory.mktemp("static")
    out = base / "out"
    out.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(out)))
    server.daemon_threads = True
    where = f"http://127.0.0.1:{server.server_port}"
    planted = plant(base / "museum")
    media = next(m for m in planted.records["open"].media if m.id == OPEN_PHOTO)
    folder = open_derivatives(planted.settings).path(media.sha256, "pyramid")
    for number, (width, height) in enumerate(SIZES):
        picture(width, height).save(base / "source.png")
        pyramid.build(base / "source.png", folder)
        with writing(planted.engine) as session:
            found = next(d for d in store.derivatives(session, (media.sha256,))[media.sha256] if d.name == "pyramid")
            store.put_derivative(session, replace(found, digest=f"{number:064x}"))
        for version in (2, 3):
            name = f"{width}x{height}-{version}"
            wanted = Wanted(folder=out / name, base_url=f"{where}/{name}", version=version, record_ids=[IDS["open"]])
            export(planted.settings, planted.engine, wanted)
    planted.engine.dispose()
    shutil.copy(VIEWER, out)
    (out / "index.html").write_text(PAGE, encoding="utf-8")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield where, out
    server.shutdown()
    thread.join()
    server.server_close()


def look(browser: Browser, where: str, name: str) -> tuple[list[str], list[str], int]:
    """(pictures that came, addresses that failed, tiles that the viewer calls failed) after looking whole and close."""
    page = browser.new_page(viewport={"width": 920, "height": 720})
    came: list[str] = []
    failed: list[str] = []
    page.on("response", lambda answer: (came if answer.ok else failed).append(answer.url))
    page.goto(f"{where}/index.html#{where}/{name}/{OPEN_PHOTO}/info.json")
    page.wait_for_function("window.isWhole() || window.failed", timeout=60_000)
    for zoom in (2, 4):
        page.evaluate(f"viewer.viewport.zoomTo(viewer.viewport.imageToViewportZoom(1) * {zoom} / 4, null, true)")
        for at in ("getTopLeft", "getBottomRight"):
            page.evaluate(f"viewer.viewport.panTo(viewer.world.getItemAt(0)?.getBounds().{at}() ?? {{x:0,y:0}}, true)")
            page.wait_for_function("window.isWhole() || window.failed", timeout=60_000)
    broken: int = page.evaluate("window.failed")
    page.close()
    return [url for url in came if url.endswith(".jpg")], [u for u in failed if "favicon" not in u], broken


@pytest.mark.parametrize("version", [2, 3])
def test_openseadragon_opens_every_set(browser: Browser, site: tuple[str, Path], version: int) -> None:
    where, _ = site
    seen = 0
    for width, height in SIZES:
        came, failed, broken = look(browser, where, f"{width}x{height}-{version}")
        assert (failed, broken) == ([], 0), (width, height)
        assert came
        seen += len(came)
    print(f"{seen} pictures, none failed")
    assert seen > 20


def test_a_missing_tile_is_noticed(browser: Browser, site: tuple[str, Path]) -> None:
    where, out = site
    shutil.copytree(out / "700x530-3", out / "holes" / "700x530-3")
    for path in (out / "holes" / "700x530-3").rglob("512,512,*/*/0/default.jpg"):
        path.unlink()
    info = out / "holes" / "700x530-3" / OPEN_PHOTO / "info.json"
    info.write_text(info.read_text(encoding="utf-8").replace("/700x530-3/", "/holes/700x530-3/"), encoding="utf-8")
    _, failed, broken = look(browser, where, "holes/700x530-3")
    assert failed and broken
