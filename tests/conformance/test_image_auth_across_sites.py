"""A viewer on another site: from the museum's manifest through its door to the tiles, over https, in Chromium.

Both names lead to this machine, and nobody knows their certificates: to the browser they are two sites (registrable
domains) all the same. Whether cookies go along with another site's frames and pictures is the browser's choice: here
once as Chromium comes from its makers, once with third-party cookies blocked, as Debian and private windows have it.
"""

import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser

from museum.accounts.roles import Role
from museum.catalog import record_types, store
from museum.db import reading
from museum.ingest.publish import renew_manifests
from tests.conformance import auth_client, iiif_clients
from tests.conformance.auth_client import WITHIN_MS, Seat
from tests.web.image_museum import RECORDS, build_image_museum
from tests.web.signing_in import account

pytestmark = [pytest.mark.browser]
CURATOR = "hoa@baotang.example"
MUSEUM, VIEWER = "baotang.example", "viewer.test"
FLAGS = (
    "--no-sandbox",
    "--ignore-certificate-errors",
    f"--host-resolver-rules=MAP {MUSEUM} 127.0.0.1, MAP {VIEWER} 127.0.0.1",
)
ALLOWED_OUTSIDE_PRIVATE_WINDOWS, BLOCKED = 2, 1  # Chromium's words for third-party cookies ("cookie_controls_mode")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """(origin of the museum, address of the viewer with the manifest of its open record)."""
    made = build_image_museum(tmp_path_factory.mktemp("across-sites"), public_url="")
    account(made.engine, CURATOR, Role.CURATOR)
    settings = replace(made.settings, images_on_request=True)
    with reading(made.engine) as session:
        records = store.published(session)
    renew_manifests(made.engine, settings, records, types=record_types.load(settings.record_types))
    served: list[Callable[..., Any]] = []  # the museum must know its own address before it begins
    folder = iiif_clients.installed(auth_client.CLIENTS)
    with (
        auth_client.serving(lambda *asked: served[0](*asked), host=MUSEUM, is_https=True) as museum,
        auth_client.serving(auth_client.viewer_app(folder), host=VIEWER, is_https=True) as viewer,
    ):
        served.append(made.client(images_on_request=True, public_url=museum).application)
        yield museum, f"{viewer}/?manifest={museum}/iiif/presentation/3/{RECORDS['open']}/manifest"
    made.engine.dispose()


@pytest.fixture
def seat(browser: Browser, sites: tuple[str, str], tmp_path: Path) -> Callable[[int], AbstractContextManager[Seat]]:
    """Somebody before the viewer in an ordinary window with a choice about third-party cookies."""

    @contextmanager
    def sit(cookies: int) -> Iterator[Seat]:
        profile = tmp_path / "profile" / "Default"
        profile.mkdir(parents=True)
        (profile / "Preferences").write_text(json.dumps({"profile": {"cookie_controls_mode": cookies}}))
        context = browser.browser_type.launch_persistent_context(
            profile.parent, executable_path=shutil.which("chromium"), args=FLAGS, ignore_https_errors=True, locale="vi"
        )
        try:
            yield Seat(context, *sites)
        finally:
            context.close()

    return sit


def test_another_site_shows_the_tiles_after_one_login(seat: Callable[..., AbstractContextManager[Seat]]) -> None:
    with seat(ALLOWED_OUTSIDE_PRIVATE_WINDOWS) as somebody:
        assert somebody.statuses == [401]
        assert somebody.loads() == "error"
        somebody.pictures.clear()
        somebody.sign_in(CURATOR)
        somebody.until("seen.isWhole()")
        assert somebody.statuses == [401, 200]
        assert set(somebody.pictures) == {200}
        assert somebody.loads() == "load"
        with Image.open(io.BytesIO(somebody.page.locator("#view").screenshot())) as shot:
            assert max(ImageStat.Stat(shot.convert("RGB")).stddev) > 20
        crossing = {c["name"]: (c.get("sameSite"), c.get("secure")) for c in somebody.page.context.cookies()}
        assert crossing == {"__Secure-museum-images": ("None", True), "__Host-museum": ("Lax", True)}
        with somebody.page.expect_popup() as opened:
            somebody.page.click("#logout")
        opened.value.get_by_role("heading", level=1).wait_for(timeout=WITHIN_MS)
        assert somebody.loads() == "error"
        print(f"{len(somebody.pictures)} pictures shown on another site after one login, none after the logout")


def test_where_third_party_cookies_are_blocked_the_viewer_is_told_why(
    seat: Callable[..., AbstractContextManager[Seat]],
) -> None:
    """No cookie reaches a frame there, partitioned or not: it was set in the museum's own window, which is another
    partition. What can be done is to say so."""
    with seat(BLOCKED) as somebody:
        with somebody.page.expect_response(lambda answer: "/iiif/auth/2/token" in answer.url) as asked:
            somebody.sign_in(CURATOR)
        assert '"profile":"missingAspect"' in asked.value.text()
        assert "allow the museum's cookies on this site" in asked.value.text()
        assert somebody.statuses == [401]
        assert somebody.loads() == "error"
