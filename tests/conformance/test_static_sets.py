"""`museum export-tiles --manifests`, put on Python's plain file server: judged at level 0, and opened by every viewer.

The viewers lie on the same server, since it sends no header that would let other sites read from it. Manifests lead
back to the museum (Mirador asks for the collection that they are part of): it answers there as itself.
"""

import http.server
import io
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image, ImageStat
from playwright.sync_api import Browser, FloatRect, Page, Route
from sqlalchemy import text
from werkzeug.test import Client

from museum.catalog import store
from museum.cli.main import main
from museum.db import writing
from museum.imaging import pyramid
from museum.ingest import collecting
from museum.migrations import schema
from museum.storage.opening import open_derivatives
from tests.conformance import iiif_clients, image_judge
from tests.web.image_museum import RECORDS, ImageMuseum, build_image_museum

MUSEUM = "https://baotang.example"
SQUARES, VIEW = "openphoto", "secondphoto"
WITHIN_S = 40
MIDDLE = FloatRect(x=560, y=220, width=420, height=260)
CLIENTS = ("mirador", "universalviewer", "tify", "openseadragon", "leaflet")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Site:
    """A plain file server on a folder; the sets lie in its folders "2" and "3" by version of the Image API."""

    folder: Path
    port: int
    museum: Client

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    museum = _museum(tmp_path_factory.mktemp("static") / "museum")
    folder = tmp_path_factory.mktemp("site")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    found = Site(folder, server.server_port, museum.client())
    for version in ("3", "2"):
        out = folder / version
        command = [
            "--home",
            str(museum.settings.home),
            "export-tiles",
            str(out),
            "--base-url",
            f"{found.url}/{version}",
        ]
        done = CliRunner().invoke(main, [*command, "--version", version, "--manifests", "--json"])
        assert done.exit_code == 0, done.output
        assert {k: json.loads(done.output)[k] for k in ("images", "manifests")} == {"images": 2, "manifests": 1}
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()
    museum.engine.dispose()


def _museum(home: Path) -> ImageMuseum:
    """Two public photographs, one of them the validator's, among others that nobody sees."""
    museum = build_image_museum(home, extra=(VIEW,))
    image_judge.write_squares(home / "squares.png")
    settings = museum.settings
    with writing(museum.engine) as session:
        sha256 = store.find_media(session, SQUARES).sha256
        facts = pyramid.build(home / "squares.png", open_derivatives(settings).path(sha256, "pyramid"))
        made = next(d for d in store.derivatives(session, (sha256,))[sha256] if d.name == "pyramid")
        size = {"width_px": facts.width_px, "height_px": facts.height_px, "levels": facts.levels}
        store.put_derivative(session, replace(made, digest="a" * 64, facts={**made.facts, **size}))
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.head()})
    collecting.collect(museum.engine, settings)
    (home / "museum.toml").write_text(f'public_url = "{settings.public_url}"\n', encoding="utf-8")
    return museum


@pytest.mark.parametrize(("version", "tests"), [("2.0", 4), ("3.0", 5)])
def test_the_validator_finds_no_fault_at_level_0(site: Site, version: str, tests: int) -> None:
    code, report = image_judge.judged(f"127.0.0.1:{site.port}", version[0], SQUARES, version=version, level=0)
    assert re.search(rf"Done \({tests} tests", report), report
    assert code == 0, report


def test_the_validator_does_find_faults_at_level_0(site: Site) -> None:
    """Control: another picture under the same words is seen."""
    code, report = image_judge.judged(f"127.0.0.1:{site.port}", "3", VIEW, version="3.0", level=0)
    assert code > 0, report


@dataclass
class Looking:
    """A client on the site: what came, and what failed or was asked of anybody else."""

    page: Page
    site: Site

    def __post_init__(self) -> None:
        self.came: list[str] = []
        self.faults: list[str] = []
        # Universal Viewer asks its own site for a file named like the empty picture that it holds itself.
        self._own = (f"{self.site.url}/images/data:image/gif;",)
        self.page.route(f"{MUSEUM}/**", self._ask_museum)
        self.page.on("response", lambda r: self._note(r.status, r.url))
        self.page.on("requestfailed", lambda r: self.faults.append(f"{r.url}: {r.failure}"))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _ask_museum(self, route: Route) -> None:
        answer = self.site.museum.get(route.request.url.removeprefix(MUSEUM), base_url=MUSEUM)
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.get_data())

    def _note(self, status: int, url: str) -> None:
        if url.startswith(("blob:", "data:", *self._own)) or url.endswith("/favicon.ico"):
            return
        if status not in (200, 304) or not url.startswith((self.site.url, f"{MUSEUM}/iiif/collection/")):
            self.faults.append(f"{status} {url}")
        else:
            self.came.append(url.removeprefix(self.site.url))

    @property
    def pictures(self) -> list[str]:
        return [path for path in self.came if re.match(rf"/[23]/({SQUARES}|{VIEW})/.*\.jpg$", path)]

    def until_shown(self) -> None:
        end = time.monotonic() + WITHIN_S
        while not (self.pictures and self._is_shown()):
            assert time.monotonic() < end, f"nothing shown: {self.faults}, {self.came[-5:]}"
            self.page.wait_for_timeout(200)

    def _is_shown(self) -> bool:
        if self.page.evaluate("() => !!window.shown"):
            return bool(self.page.evaluate("() => window.shown.every((one) => one.isWhole())"))
        with Image.open(io.BytesIO(self.page.screenshot(clip=MIDDLE))) as shot:
            return max(ImageStat.Stat(shot.convert("RGB")).stddev) > 6


def _open(browser: Browser, site: Site, client: str, version: str, canvas: int) -> Looking:
    looking = Looking(browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi").new_page(), site)
    if client in ("openseadragon", "leaflet"):
        what = "|".join(f"{site.url}/{version}/{name}/info.json" for name in (SQUARES, VIEW))
    else:
        what = f"{site.url}/{version}/manifests/{RECORDS['open']}.json"
    if client == "universalviewer":
        looking.page.goto(f"{site.url}/universalviewer/dist/uv.html#?manifest={what}&cv={canvas}")
        return looking
    name = f"{client}-{version}-{canvas}.html"
    (site.folder / name).write_text(iiif_clients.page(client, what, canvas), encoding="utf-8")
    looking.page.goto(f"{site.url}/{name}")
    return looking


@pytest.fixture(scope="module")
def clients(site: Site) -> None:
    """The viewers' files on the site."""
    for path, folder in iiif_clients.folders(iiif_clients.installed()).items():
        (site.folder / path.removeprefix("/")).symlink_to(folder)


@pytest.mark.browser
@pytest.mark.usefixtures("clients")
@pytest.mark.parametrize(
    ("client", "version"), [*((client, "3") for client in CLIENTS), ("universalviewer", "2"), ("openseadragon", "2")]
)
def test_every_viewer_opens_the_sets_and_no_request_fails(
    browser: Browser, site: Site, client: str, version: str
) -> None:
    looking = _open(browser, site, client, version, canvas=1)
    looking.until_shown()
    if client in ("openseadragon", "leaflet"):
        looking.page.evaluate("() => window.shown.forEach((one) => one.closer(2))")
        looking.page.wait_for_timeout(200)
    else:
        looking.page.mouse.move(MIDDLE["x"] + 200, MIDDLE["y"] + 100)
        for _ in range(4):
            looking.page.mouse.wheel(0, -400)
            looking.page.wait_for_timeout(200)
    looking.until_shown()
    looking.page.wait_for_load_state("networkidle")
    shown = len(looking.pictures)
    looking.page.context.close()
    print(f"\n{client}, Image {version}: {shown} pictures of static sets, {len(looking.faults)} failures")
    assert looking.faults == []
    assert shown > 1


@pytest.mark.browser
@pytest.mark.usefixtures("clients")
def test_a_missing_file_is_noticed(browser: Browser, site: Site) -> None:
    """Control: where tiles are missing, the same look finds it."""
    hidden = site.folder / "3" / f"{VIEW}-away"
    (site.folder / "3" / VIEW).rename(hidden)
    try:
        looking = _open(browser, site, "openseadragon", "3", canvas=0)
        looking.page.wait_for_load_state("networkidle")
        assert any(f"404 {site.url}/3/{VIEW}" in fault for fault in looking.faults)
        looking.page.context.close()
    finally:
        hidden.rename(site.folder / "3" / VIEW)
