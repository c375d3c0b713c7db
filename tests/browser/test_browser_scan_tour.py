"""What the bench of the long tour measures: a tab that lets go of tiles stays as large as it is, one that doesn't is
seen."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser

from tests.browser import scan_tour
from tests.browser.conftest import Visit
from tests.browser.scan_path import STATIONS
from tests.browser.scan_site import scan_site
from tests.browser.scan_visits import SMALL, open_scan
from tests.museums import Served

pytestmark = [pytest.mark.browser]
Visitors = Callable[..., AbstractContextManager[Visit]]
LIMIT = 1.1  # the bench's


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with scan_site(tmp_path_factory.mktemp("site")) as served:
        yield served


def test_a_lap_that_keeps_its_tiles_is_seen(visitors: Visitors, browser: Browser, site: Served) -> None:
    with visitors(site, size=SMALL, reduced_motion="reduce") as visitor:
        page = open_scan(visitor, "/tour")
        done = list(scan_tour.lap(page, stations=STATIONS[:7], flies=False))
        list(scan_tour.lap(page, stations=STATIONS[5:7], flies=False))
        before = scan_tour.held(browser, page)
        list(scan_tour.lap(page, stations=STATIONS[5:7], flies=False))
        after = scan_tour.held(browser, page)
        scan_tour.leak(page, times=20)
        list(scan_tour.lap(page, stations=STATIONS[5:7], flies=False))
        leaked = scan_tour.held(browser, page)
    print(before, after, leaked)
    assert done == ["orbit", "zoom", "light", "cut", "measure", "pan", "hotspot"]
    assert after.heap <= LIMIT * before.heap < leaked.heap
    assert before.tab > 20 and before.both > before.tab
    assert before.graphics[0] > 1
