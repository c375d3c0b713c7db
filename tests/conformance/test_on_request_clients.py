"""Viewers that don't know the Authorization Flow, at a manifest that names an image on request: they show the rest."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, FloatRect

from museum.catalog import record_types, store
from museum.db import reading
from museum.ingest.publish import renew_manifests
from tests.conformance import auth_client, iiif_clients
from tests.web.image_museum import RECORDS, build_image_museum

pytestmark = pytest.mark.browser
WITHIN_S = 40
MIDDLE = FloatRect(x=560, y=220, width=420, height=260)
OWN = {"images_on_request": True, "image_substitute_px": 300}


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = build_image_museum(tmp_path_factory.mktemp("told"), public_url="")
    settings = replace(made.settings, **OWN)
    with reading(made.engine) as session:
        records = store.published(session)
    renew_manifests(made.engine, settings, records, types=record_types.load(settings.record_types))
    with auth_client.serving(made.client(**OWN).application, host="127.0.0.1") as origin:
        yield origin
    made.engine.dispose()


@pytest.fixture(scope="module")
def address() -> Iterator[Callable[..., str]]:
    with iiif_clients.site(iiif_clients.installed()) as found:
        yield found


@pytest.mark.parametrize("client", ["mirador", "universalviewer", "tify"])
def test_the_other_images_are_shown_as_before(
    browser: Browser, museum: str, address: Callable[..., str], client: str
) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi").new_page()
    answers: list[tuple[int, str]] = []
    errors: list[str] = []
    page.on("response", lambda answer: answers.append((answer.status, answer.url)))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address(client, f"{museum}/iiif/presentation/3/{RECORDS['open']}/manifest"))
    end = time.monotonic() + WITHIN_S

    def pictures() -> list[tuple[int, str]]:
        return [(status, url) for status, url in answers if url.startswith(f"{museum}/iiif/image/") and ".jpg" in url]

    def is_shown() -> bool:
        # Before its pictures are there a viewer may show panels of its own.
        if (200, True) not in {(status, "/openphoto/" in url) for status, url in pictures()}:
            return False
        with Image.open(io.BytesIO(page.screenshot(clip=MIDDLE))) as shot:
            return max(ImageStat.Stat(shot.convert("RGB")).stddev) > 6

    while not is_shown():
        assert time.monotonic() < end, f"nothing shown: {errors}, {answers[-5:]}"
        page.wait_for_timeout(200)
    page.context.close()
    assert errors == []
    assert {status for status, url in pictures() if "/internal/" in url} <= {401}
