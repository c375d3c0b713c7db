"""A real Chromium that is refused every host but the museum's."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

from tests.museums import Served


@pytest.fixture(params=[(360, 740), (1440, 900)], ids=["360px", "1440px"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """A phone's and a desk's window."""
    width, height = request.param
    return width, height


class Visit:
    """One visitor: a page, what it asked for, what it asked other hosts for, and what its console complained of."""

    def __init__(self, context: BrowserContext, museum: Served) -> None:
        self.museum = museum
        self.requested: list[str] = []
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.route("**/*", self._guard)
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def _guard(self, route: Route) -> None:
        url = route.request.url
        if url.startswith((self.museum.url, "data:", "blob:")):
            self.requested.append(url)
            route.continue_()
        else:
            self.foreign.append(url)
            route.abort()

    def open(self, address: str, *, status: int = 200) -> Page:
        """Go to an address of the museum, which must answer with `status`."""
        answer = self.page.goto(self.museum.url + address)
        assert answer is not None
        assert answer.status == status, f"{address}: {answer.status}"
        if status >= 400:  # the browser writes one line about it, which is what was asked for
            self.complaints = [words for words in self.complaints if f"status of {status}" not in words]
        return self.page

    def is_content(self) -> None:
        """Nothing was asked of other hosts and nothing was complained of."""
        assert self.foreign == []
        assert self.complaints == []


def until(ask: Callable[[], Any], what: str, *, within_s: float = 30) -> Any:
    """What `ask` gives as soon as it is true; asked from here, since pages forbid code given as a string.

    A question about a part of the page that isn't there yet is asked again like one whose answer is false.
    """
    end = time.monotonic() + within_s
    while not (found := _answer(ask)):
        assert time.monotonic() < end, f"{what}: not within {within_s:g} s; at last {found!r}"
        time.sleep(0.05)
    return found


def _answer(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Error as problem:
        if "TypeError: Cannot read properties of" not in problem.message:
            raise
        return None


@pytest.fixture
def visit(browser: Browser, real_museum: Served, size: tuple[int, int]) -> Iterator[Visit]:
    """A fresh visitor in each of two window sizes; it must end without console errors and without foreign hosts."""
    with _visiting(browser, real_museum, size=size, reduced_motion="reduce") as visitor:
        yield visitor


@pytest.fixture
def desk(browser: Browser, real_museum: Served) -> Iterator[Visit]:
    """A fresh visitor at a desk's window, held to the same."""
    with _visiting(browser, real_museum, size=(1440, 900), reduced_motion="reduce") as visitor:
        yield visitor


@pytest.fixture
def visitors(browser: Browser) -> Callable[..., contextlib.AbstractContextManager[Visit]]:
    """Visitors of other kinds, made by the test: `visitors(museum, size=…, **options of Browser.new_context)`."""

    def make(museum: Served, **options: Any) -> contextlib.AbstractContextManager[Visit]:
        return _visiting(browser, museum, **options)

    return make


@contextlib.contextmanager
def _visiting(
    browser: Browser, museum: Served, *, size: tuple[int, int] = (1440, 900), **options: Any
) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
    context.set_default_timeout(30_000)
    try:
        visitor = Visit(context, museum)
        yield visitor
    finally:
        context.close()
    visitor.is_content()
