"""Mirador and Universal Viewer search inside an object of ours: they find the service, ask it, show what it found."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from museum.catalog import record_types, store
from museum.catalog.record import Value
from museum.db import writing
from museum.ingest import publish
from tests.conformance import auth_client, iiif_clients
from tests.web.image_museum import RECORDS, build_image_museum

pytestmark = pytest.mark.browser
WITHIN_MS = 40_000
WRITTEN = "Minh Mạng thập lục niên, Đinh Mão, chú tạo tại Huế"
MANIFEST = f"/iiif/presentation/3/{RECORDS['open']}/manifest"


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A museum with an object on which something is written."""
    made = build_image_museum(tmp_path_factory.mktemp("inside"), public_url="")
    settings, types = made.settings, record_types.load(made.settings.record_types)
    with writing(made.engine) as session:
        record = store.get(session, RECORDS["open"])
        record = replace(record, values={**record.values, "inscription": (Value(value=WRITTEN, language="vi"),)})
        store.save(session, record, person="test", batch="written")
        body = publish.manifest_of(session, record, settings=settings, types=types)
        publish.put_manifest(session, record, body, settings=settings, types=types)
    with auth_client.serving(made.client().application, host="127.0.0.1") as origin:
        yield origin
    made.engine.dispose()


@pytest.fixture
def opened(browser: Browser, museum: str) -> Iterator[Callable[[str], tuple[Page, list[str]]]]:
    """A client with the object's manifest, and what it asks of the search."""
    pages: list[Page] = []
    faults: list[str] = []
    with iiif_clients.site(iiif_clients.installed()) as address:

        def see(client: str) -> tuple[Page, list[str]]:
            page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="vi").new_page()
            page.set_default_timeout(WITHIN_MS)
            asked: list[str] = []
            page.on("response", lambda a: asked.append(f"{a.status} {a.url}") if "/iiif/search/" in a.url else None)
            page.on("pageerror", lambda error: faults.append(str(error)))
            pages.append(page)
            page.goto(address(client, museum + MANIFEST))
            return page, asked

        yield see
        for page in pages:
            page.context.close()
    assert faults == []


def test_mirador_finds_words_inside_an_object(opened: Callable[[str], tuple[Page, list[str]]], museum: str) -> None:
    page, asked = opened("mirador")
    page.get_by_role("tab", name="Tìm", exact=True).click()
    box = page.locator("form input[type=text]").first
    box.fill("thap luc")
    box.press("Enter")
    expect(page.locator("strong", has_text="thập").first).to_be_visible(timeout=WITHIN_MS)
    box.fill("nichts")
    box.press("Enter")
    expect(page.locator("strong", has_text="thập")).to_have_count(0, timeout=WITHIN_MS)
    assert f"200 {museum}/iiif/search/1/{RECORDS['open']}/search?q=thap%20luc" in [a.replace("+", "%20") for a in asked]
    assert all(one.startswith("200 ") for one in asked)


def test_universal_viewer_finds_words_inside_an_object(
    opened: Callable[[str], tuple[Page, list[str]]], museum: str
) -> None:
    page, asked = opened("universalviewer")
    box = page.locator("#searchWithinInput")
    box.fill("chú tạo")
    box.press("Enter")
    page.locator(".searchResultsInfo, .searchPager, .placemarkers, .searchDetails").first.wait_for(state="attached")
    expect(page.locator(".searchResultsInfo:visible, .foundFor:visible, .searchDetails:visible").first).to_contain_text(
        "chú tạo", timeout=WITHIN_MS
    )
    assert any(one.startswith(f"200 {museum}/iiif/search/1/{RECORDS['open']}/search?q=ch") for one in asked)
    assert all(one.startswith("200 ") for one in asked)
