"""A real Chromium that is refused every host but the museum's."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.museums import Served

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[(360, 740), (1440, 900)], ids=["360px", "1440px"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """A phone's and a desk's window."""
    width, height = request.param
    return width, height


class Visit:
    """One visitor: a page, what it asked other hosts for, and what its console complained of."""

    def __init__(self, context: BrowserContext, museum: Served) -> None:
        self.museum = museum
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.route("**/*", self._guard)
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def _guard(self, route: Route) -> None:
        url = route.request.url
        if url.startswith((self.museum.url, "data:", "blob:")):
            route.continue_()
        else:
            self.foreign.append(url)
            route.abort()

    def open(self, address: str) -> Page:
        """Go to an address of the museum."""
        self.page.goto(self.museum.url + address)
        return self.page


@pytest.fixture
def visit(browser: Browser, real_museum: Served, size: tuple[int, int]) -> Iterator[Visit]:
    """A fresh visitor in each of two window sizes; it must end without console errors and without foreign hosts."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    visitor = Visit(context, real_museum)
    yield visitor
    context.close()
    assert visitor.foreign == []
    assert visitor.complaints == []
