"""What the bench of the long tour measures: a tab that lets go of tiles stays as large as it is, one that doesn't is
seen."""

from collections.abc import Iterator

import pytest

from tests.browser import scan_tour
from tests.browser.plain_chromium import Plain, Refused, plain_chromium
from tests.browser.scan_path import STATIONS
from tests.browser.scan_site import scan_site
from tests.browser.scan_visits import SMALL
from tests.museums import Served

pytestmark = [pytest.mark.browser]
LIMIT = 1.1  # the bench's


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with scan_site(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture(scope="module")
def plain() -> Iterator[Plain]:
    with plain_chromium(size=SMALL) as browser:
        yield browser


def test_a_lap_that_keeps_its_tiles_is_seen(plain: Plain, site: Served) -> None:
    tab = plain.tab
    scan_tour.opened(tab, site.url + "/tour")
    done = list(scan_tour.lap(tab, stations=STATIONS[:7], flies=False))
    list(scan_tour.lap(tab, stations=STATIONS[5:7], flies=False))
    before = scan_tour.held(plain)
    list(scan_tour.lap(tab, stations=STATIONS[5:7], flies=False))
    after = scan_tour.held(plain)
    scan_tour.leak(tab, times=20)
    list(scan_tour.lap(tab, stations=STATIONS[5:7], flies=False))
    leaked = scan_tour.held(plain)
    print(before, after, leaked)
    assert done == ["orbit", "zoom", "light", "cut", "measure", "pan", "hotspot"]
    assert after.heap <= LIMIT * before.heap < leaked.heap
    assert before.tab > 20 and before.both > before.tab > before.own > 5
    assert before.graphics[0] > 1
    assert before.tiles > 0 and before.came > 1


def test_a_tab_is_driven_by_its_mouse_and_keys(plain: Plain) -> None:
    page = """<body style="margin:0"><button style="width:200px;height:100px">a</button><script>
      window.told = [];
      for (const kind of ["pointerdown", "pointermove", "pointerup", "click", "wheel", "keydown", "keyup"])
        addEventListener(kind, ({ type, key, clientX, shiftKey, deltaY, buttons }) =>
          told.push([type, key ?? null, clientX ?? null, shiftKey, deltaY ?? null, buttons ?? null]));
    </script>"""
    tab = plain.tab
    tab.open(f"data:text/html,{page.replace('#', '%23')}", until="button")
    assert tab.middle("button") == (100, 50)
    tab.click(*tab.middle("button"))
    tab.wheel(-240)
    with tab.shift():
        tab.down()
        tab.move(130, 50)
        tab.up()
    tab.focus("button")
    tab.press("n")
    told = tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(window.told)))")
    assert ["click", None, 100, False, None, 0] in told
    assert ["wheel", None, 100, False, -240, 0] in told
    assert ["pointermove", None, 130, True, None, 1] in told
    assert [each[:2] for each in told if each[1]] == [
        ["keydown", "Shift"], ["keyup", "Shift"], ["keydown", "n"], ["keyup", "n"],
    ]  # fmt: skip
    assert tab.evaluate("n => navigator.deviceMemory * n", 2) == 8
    assert tab.evaluate("() => matchMedia('(prefers-reduced-motion)').matches")


def test_what_fails_in_a_tab_is_told(plain: Plain) -> None:
    with pytest.raises(Refused, match="no such thing"):
        plain.tab.evaluate("() => { throw new Error('no such thing'); }")
    with pytest.raises(Refused, match=r"Page\.fly"):
        plain.tab.call("Page.fly")
    with pytest.raises(Refused, match=r"no \.gone within"):
        plain.tab.wait_for(".gone", within_s=0)
