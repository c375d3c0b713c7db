"""A real client leads somebody through the museum's door in Chromium, from another origin, and shows the tiles."""

import io
import time
from collections.abc import Iterator

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, BrowserContext, Page

from museum.accounts.roles import Role
from tests.conformance import auth_client, iiif_clients
from tests.web.image_museum import ImageMuseum, build_image_museum
from tests.web.signing_in import PASSWORD, account

pytestmark = [pytest.mark.browser]
CURATOR, NOBODY = "hoa@baotang.example", "binh@baotang.example"
WITHIN_MS = 40_000


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """(origin of the museum, origin of the viewer). Two ports of one machine: Chromium's private windows, which tests
    have, keep cookies from frames of other machines' pages (docs/en/images-on-request.md says what then happens)."""
    made = build_image_museum(tmp_path_factory.mktemp("auth-client"), public_url="")
    account(made.engine, CURATOR, Role.CURATOR)
    account(made.engine, NOBODY, name="Phạm Bình")
    folder = iiif_clients.installed(auth_client.CLIENTS)
    with (
        auth_client.serving(_wsgi(made), host="127.0.0.1") as museum,
        auth_client.serving(auth_client.viewer_app(folder), host="127.0.0.1") as viewer,
    ):
        yield museum, viewer
    made.engine.dispose()


def _wsgi(made: ImageMuseum):  # type: ignore[no-untyped-def]  # what a client of werkzeug's wraps
    return made.client(images_on_request=True).application


class Seat:
    """Somebody before the viewer: the page, and what the museum answered its pictures."""

    def __init__(self, context: BrowserContext, sites: tuple[str, str]) -> None:
        self.museum, viewer = sites
        self.page: Page = context.new_page()
        self.pictures: list[int] = []
        self.page.on("response", lambda r: self.pictures.append(r.status) if "default.jpg" in r.url else None)
        self.page.goto(f"{viewer}/?image={self.museum}/iiif/image/3/internal")
        self.page.wait_for_function("() => seen.statuses.length === 1", timeout=WITHIN_MS)

    def sign_in(self, email: str) -> None:
        with self.page.expect_popup() as opened:
            self.page.click("#login")
        window = opened.value
        window.fill("#email", email)
        window.fill("#password", PASSWORD)
        window.click("button.key")
        window.locator(".image-access-site").wait_for(timeout=WITHIN_MS)
        with window.expect_event("close", timeout=WITHIN_MS):
            window.click("button.key")

    def until(self, what: str) -> None:
        end = time.monotonic() + WITHIN_MS / 1000
        while not self.page.evaluate(f"() => {what}"):
            state = self.page.evaluate("JSON.stringify(seen)")
            assert time.monotonic() < end, f"{what}: {state}, pictures {self.pictures}"
            self.page.wait_for_timeout(100)

    def loads(self) -> str:
        """What becomes of a picture of the restricted image on this page: "load" or "error"."""
        address = f"{self.museum}/iiif/image/3/internal/full/300,/0/default.jpg"
        found: str = self.page.evaluate(
            """(src) => new Promise((done) => {
                const picture = new Image();
                picture.onload = picture.onerror = (event) => done(event.type);
                picture.src = `${src}?${Math.random()}`;
            })""",
            address,
        )
        return found

    @property
    def statuses(self) -> list[int]:
        found: list[int] = self.page.evaluate("seen.statuses")
        return found


@pytest.fixture
def seat(browser: Browser, sites: tuple[str, str]) -> Iterator[Seat]:
    context = browser.new_context(locale="vi")
    yield Seat(context, sites)
    context.close()


def test_a_complete_login_from_another_origin_shows_the_tiles_until_the_logout(seat: Seat) -> None:
    assert seat.statuses == [401]
    assert seat.page.locator("#said").inner_text() == "This image is shown on request"
    assert seat.pictures == []
    seat.sign_in(CURATOR)
    seat.until("seen.isWhole()")
    assert seat.statuses == [401, 200]
    assert seat.pictures
    assert set(seat.pictures) == {200}
    assert seat.loads() == "load"
    with Image.open(io.BytesIO(seat.page.locator("#view").screenshot())) as shot:
        assert max(ImageStat.Stat(shot.convert("RGB")).stddev) > 20
    with seat.page.expect_popup() as opened:
        seat.page.click("#logout")
    opened.value.get_by_role("heading", level=1).wait_for(timeout=WITHIN_MS)
    assert seat.loads() == "error"
    print(f"{len(seat.pictures)} tiles shown to the curator after one login, none after the logout")


def test_somebody_without_the_right_gets_no_tile(seat: Seat) -> None:
    seat.sign_in(NOBODY)
    seat.until("seen.statuses.length === 2")
    assert seat.statuses == [401, 403]
    assert seat.pictures == []
