"""A real client leads somebody through the museum's door in Chromium, from another origin, and shows the tiles."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser

from museum.accounts.roles import Role
from tests.conformance import auth_client, iiif_clients
from tests.conformance.auth_client import WITHIN_MS, Seat
from tests.web.image_museum import ImageMuseum, build_image_museum
from tests.web.signing_in import account

pytestmark = [pytest.mark.browser]
CURATOR, NOBODY = "hoa@baotang.example", "binh@baotang.example"


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


@pytest.fixture
def seat(browser: Browser, sites: tuple[str, str]) -> Iterator[Seat]:
    context = browser.new_context(locale="vi")
    museum, viewer = sites
    yield Seat(context, museum, f"{viewer}/?image={museum}/iiif/image/3/internal")
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
