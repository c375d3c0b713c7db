"""What a visitor does in an exhibition: by scroll, keys and buttons, on a phone and at a desk, with a part missing."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import judge
from tests.browser.conftest import Visit, until
from tests.browser.stories import SLUG, STOPS
from tests.museums import Served

pytestmark = [pytest.mark.browser, pytest.mark.shared]

Visitors = Callable[..., AbstractContextManager[Visit]]
HEAVY = re.compile(r"/static/chunk-.*(image_stage|scan_stage)|info\.json|\.glb$")
PHONE, DESK = (360, 740), (1440, 900)


@pytest.fixture
def reader(visitors: Visitors, story_museum: Served, size: tuple[int, int]) -> Iterator[Visit]:
    """A visitor who asks for stillness, in each of two window sizes."""
    with visitors(story_museum, size=size, reduced_motion="reduce") as visitor:
        yield visitor


def enter(visitor: Visit, stop: str = "", *, language: str = "") -> Page:
    """Open the story, at a stop if one is named, and wait for its player."""
    query = f"?lang={language}" if language else ""
    page = visitor.open(f"/e/{SLUG}{query}{f'#{stop}' if stop else ''}")
    page.wait_for_selector(".story.is-playing")
    return page


def player(page: Page, expression: str) -> Any:
    """A value of the player, by an expression on `p`."""
    return page.evaluate(f"() => {{ const p = document.querySelector('.story').museumStory; return {expression}; }}")


def stands_at(page: Page, stop: str) -> None:
    """The stop is the current one: in the page, the address and the ticks; its view has arrived on the stage."""
    expect(page.locator(".story-stop.is-current")).to_have_attribute("id", stop)
    until(lambda: page.url.endswith(f"#{stop}"), f"the address of {stop}")
    expect(page.locator(".story-progress [aria-current=step]")).to_have_attribute("href", f"#{stop}")


def box_of_region(page: Page, region: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Where a region of the current picture lies on the screen: left, top, right, bottom in pixels."""
    box: list[float] = page.evaluate(
        """region => {
          const { stage } = document.querySelector('.story').museumStory;
          const { camera, aspect } = stage.plane, { width, height } = stage.size;
          const scale = width / camera.w, [x, y, w, h] = region;
          const place = (u, v) => [width / 2 + (u - camera.x) * scale, height / 2 + (v * aspect - camera.y) * scale];
          return [...place(x, y), ...place(x + w, y + h)];
        }""",
        list(region),
    )
    return box[0], box[1], box[2], box[3]


def test_nothing_heavy_comes_before_a_visitor_begins(reader: Visit) -> None:
    page = enter(reader)
    page.wait_for_load_state("networkidle")
    assert not [url for url in reader.requested if HEAVY.search(url)]
    pictures = [url for url in reader.requested if re.search(r"/d/|/iiif/", url)]
    assert len(pictures) == 1, f"only the opening picture: {pictures}"


def test_nothing_moves_when_the_player_takes_over(reader: Visit) -> None:
    page = reader.open(f"/e/{SLUG}")
    page.evaluate(
        """() => { window.shifts = 0; new PerformanceObserver(l => l.getEntries().forEach(e => {
          window.shifts += e.value; })).observe({ type: 'layout-shift', buffered: true }); }"""
    )
    page.wait_for_selector(".story.is-playing")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => window.shifts") <= 0.01


def test_scrolling_brings_each_stop_in_order(visitors: Visitors, story_museum: Served) -> None:
    with visitors(story_museum, size=PHONE, reduced_motion="no-preference") as visitor:
        page = enter(visitor)
        met: list[str] = []
        for _ in range(60):
            page.mouse.wheel(0, 260)
            page.wait_for_timeout(60)
            now = page.locator(".story-stop.is-current").get_attribute("id")
            if now and now not in met:
                met.append(now)
            assert page.locator(".stage-tiles").count() <= 1, "one image viewer lives at a time"
            assert page.locator(".stage-scan").count() <= 1, "one scan lives at a time"
            if now == STOPS[-1]:
                break
        assert met == list(STOPS)
        stands_at(page, STOPS[-1])

        def back() -> bool:
            page.mouse.wheel(0, -30_000)
            page.wait_for_timeout(200)
            return page.url.endswith(SLUG)

        until(back, "the bare address at the opening")


def test_keys_and_buttons_walk_from_stop_to_stop(reader: Visit) -> None:
    page = enter(reader)
    page.keyboard.press("j")
    stands_at(page, STOPS[0])
    expect(page.locator(f"#{STOPS[0]} h2")).to_be_focused()
    page.keyboard.press("ArrowRight")
    stands_at(page, STOPS[1])
    page.keyboard.press("k")
    stands_at(page, STOPS[0])
    page.locator(f"#{STOPS[0]} .stop-actions .key").click()
    stands_at(page, STOPS[1])
    page.locator(f"#{STOPS[1]} .stop-actions").get_by_role("link", name="Trước").click()
    stands_at(page, STOPS[0])
    page.keyboard.press("End")
    stands_at(page, STOPS[-1])
    page.keyboard.press("Home")
    until(lambda: page.url.endswith(SLUG), "the opening")
    page.keyboard.press("j")
    page.locator(".story-progress a").nth(4).focus()
    page.keyboard.press("Enter")
    stands_at(page, STOPS[4])


def test_tab_walks_through_the_whole_story_and_out(visitors: Visitors, story_museum: Served) -> None:
    with visitors(story_museum, size=DESK, reduced_motion="reduce") as visitor:
        page = enter(visitor)
        seen: list[str] = []
        for _ in range(140):
            page.keyboard.press("Tab")
            where, hidden = page.evaluate(
                """() => { const a = document.activeElement; const s = a.closest('.story-stop');
                  return [s ? s.id || 'start' : a.closest('.story-end') ? 'end' : '',
                    Boolean(s) && getComputedStyle(a.closest('.stop-words, .stop-over, .stop-figure')).opacity === '0'];
                }"""
            )
            assert not hidden, f"the focus is hidden in {where}"
            if where and where not in seen:
                seen.append(where)
            if where == "end":
                break
        assert seen == ["start", *STOPS, "end"]


def test_live_region_says_stop_title_and_what_is_seen(reader: Visit) -> None:
    page = enter(reader)
    page.keyboard.press("j")
    page.keyboard.press("j")
    status = page.locator(".story-ground > [role=status]")
    expect(status).to_have_text("2 / 10. Đôi mắt. Đôi mắt nâu, mỗi con ngươi có một đốm trắng.")


@pytest.mark.parametrize("stop", [1, 3])
def test_region_stands_beside_or_above_the_words_never_under(reader: Visit, stop: int) -> None:
    page = enter(reader, STOPS[stop])
    stands_at(page, STOPS[stop])
    region = player(page, "p.stops[p.current].views[0].region")
    until(lambda: player(page, "!!p.stage.plane && p.stage.plane.element.classList.contains('is-shown')"), "a picture")
    left, top, right, bottom = until(lambda: box_of_region(page, region), "the region's place")
    words = page.locator(f"#{STOPS[stop]} .stop-words")
    first = words.locator(":scope > *").first.bounding_box()
    column = words.bounding_box()
    assert first is not None
    assert column is not None
    size = page.viewport_size
    assert size is not None
    assert left >= -1
    assert top >= -1
    assert right <= size["width"] + 1
    if size["width"] >= 992:
        assert left >= column["x"] + column["width"]
        assert bottom <= size["height"]
    else:
        assert bottom <= first["y"]


def test_shared_address_opens_its_stop(reader: Visit) -> None:
    page = enter(reader, STOPS[3])
    stands_at(page, STOPS[3])
    expect(page.locator(f"#{STOPS[3]} h2")).to_be_in_viewport()


def test_flights_become_cuts_where_stillness_is_asked_for(visitors: Visitors, story_museum: Served) -> None:
    count = """() => { window.places = 0; const { stage } = document.querySelector('.story').museumStory;
      const place = stage.place.bind(stage); stage.place = c => { window.places += 1; place(c); }; }"""
    placed: dict[str, int] = {}
    for motion in ("reduce", "no-preference"):
        with visitors(story_museum, size=DESK, reduced_motion=motion) as visitor:
            page = enter(visitor, STOPS[0])
            until(lambda page=page: player(page, "!!p.stage.plane"), "the first picture")
            page.wait_for_timeout(1500)
            page.evaluate(count)
            page.keyboard.press("j")
            stands_at(page, STOPS[1])
            page.wait_for_timeout(1800)
            placed[motion] = page.evaluate("() => window.places")
    assert placed["no-preference"] > placed["reduce"], placed


def test_lights_cross_in_place_and_detail_gets_sharp(reader: Visit) -> None:
    page = enter(reader)
    for _ in range(2):
        page.keyboard.press("j")
    stands_at(page, STOPS[1])
    until(lambda: player(page, "!!p.stage.tiles"), "tiles of the detail")
    camera = player(page, "({...p.stage.plane.camera})")
    page.keyboard.press("j")
    stands_at(page, STOPS[2])
    raking = player(page, "p.stops[3].views[0].layers[p.stops[3].views[0].layer].id")
    until(lambda: player(page, f"p.stage.plane.layers.get('{raking}')?.opacity === 1"), "the raking light")
    assert player(page, "({...p.stage.plane.camera})") == pytest.approx(camera, rel=1e-6)
    chips = page.locator(f"#{STOPS[2]} .stop-row-of-chips button")
    expect(chips).to_have_count(5)
    chips.nth(4).click()
    expect(chips.nth(4)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".story-ground > [role=status]")).to_have_text(chips.nth(4).inner_text())


def test_curtain_moves_by_keys_and_by_a_click(reader: Visit) -> None:
    page = enter(reader, STOPS[5])
    stands_at(page, STOPS[5])
    curtain = page.locator(f"#{STOPS[5]} .curtain-range")
    until(lambda: player(page, "!!p.stage.curtain && p.stage.plane.layers.size >= 2"), "both pictures")
    start = player(page, "p.stage.curtain.x")
    curtain.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert player(page, "p.stage.curtain.x") > start
    stands_at(page, STOPS[5])
    assert "60 % bên trái" in (curtain.get_attribute("aria-valuetext") or "")
    box = curtain.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.6)
    assert float(curtain.input_value()) < 30
    left = player(page, "p.stage.curtain.left")
    page.get_by_role("button", name="Đổi bên").click()
    assert player(page, "p.stage.curtain.left") != left
    curtain.focus()
    page.keyboard.press("Escape")
    expect(page.locator(f"#{STOPS[5]} h2")).to_be_focused()


def test_scan_has_points_that_keys_reach(visitors: Visitors, story_museum: Served) -> None:
    with visitors(story_museum, size=DESK, reduced_motion="reduce") as visitor:
        page = enter(visitor, STOPS[6])
        page.wait_for_selector(".stage-scan.is-drawn.is-shown")
        pins = page.locator(f"#{STOPS[6]} .spot")
        expect(pins).to_have_count(2)
        expect(pins.first).to_be_visible()
        pins.first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"#{STOPS[6]} .spot-label").first).to_be_visible()
        expect(page.locator(".story-ground > [role=status]")).to_have_text("Miệng kèn")
        assert pins.first.get_attribute("aria-label") == "Điểm 1: Miệng kèn"
        page.keyboard.press("Escape")
        expect(page.locator(f"#{STOPS[6]} .spot-label").first).to_be_hidden()
        drawn = player(page, "p.stage.scan.framesDrawn")
        page.keyboard.press("j")
        stands_at(page, STOPS[7])
        until(lambda: player(page, "p.stage.scan.framesDrawn") > drawn, "the next camera")
        page.wait_for_timeout(400)
        still = player(page, "p.stage.scan.framesDrawn")
        page.wait_for_timeout(500)
        assert player(page, "p.stage.scan.framesDrawn") == still, "a still view draws no frames"
        page.keyboard.press("End")
        until(lambda: player(page, "p.stage.scan === null"), "the scan's memory given back")


def test_without_webgl_the_poster_and_words_stay(visitors: Visitors, story_museum: Served) -> None:
    with visitors(story_museum, size=PHONE, reduced_motion="reduce") as visitor:
        visitor.page.add_init_script(
            "HTMLCanvasElement.prototype.getContext = (get => function (kind, ...rest) {"
            " return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest); })"
            "(HTMLCanvasElement.prototype.getContext);"
        )
        page = enter(visitor, STOPS[6])
        expect(page.locator(f"#{STOPS[6]} .stop-trouble")).to_contain_text("WebGL")
        until(lambda: player(page, "p.stage.plane?.space.isPoster"), "the server's picture")
        expect(page.locator(f"#{STOPS[6]} .stop-text")).to_be_visible()


def test_picture_that_fails_says_so_and_comes_on_a_second_try(visitors: Visitors, story_museum: Served) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    with visitors(story_museum, size=PHONE, reduced_motion="reduce") as visitor:
        page = enter(visitor)
        pictures = re.compile(r"/iiif/image/|/d/")
        page.route(pictures, refuse)
        page.keyboard.press("End")
        for _ in range(6):
            page.keyboard.press("k")
        stands_at(page, STOPS[3])
        trouble = page.locator(f"#{STOPS[3]} .stop-trouble")
        expect(trouble).to_contain_text("Không tải được")
        page.unroute(pictures, refuse)
        trouble.get_by_role("button", name="Thử lại").click()
        expect(trouble).to_have_count(0)
        until(lambda: player(page, "p.stage.plane?.element.classList.contains('is-shown')"), "the picture")
        visitor.complaints = [words for words in visitor.complaints if "Failed to load resource" not in words]


def test_without_scripts_every_stop_reads_with_its_picture(visitors: Visitors, story_museum: Served) -> None:
    with visitors(story_museum, size=PHONE, java_script_enabled=False) as visitor:
        page = visitor.open(f"/e/{SLUG}")
        for stop in STOPS:
            page.locator(f"#{stop}").scroll_into_view_if_needed()
            expect(page.locator(f"#{stop} h2")).to_be_visible()
            expect(page.locator(f"#{stop} .stop-figure img").first).to_be_visible()


def test_visitor_who_saves_data_is_asked_before_a_scan(visitors: Visitors, story_museum: Served) -> None:
    with visitors(story_museum, size=PHONE, reduced_motion="reduce") as visitor:
        visitor.page.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'connection', { get: () => ({ saveData: true }) });"
        )
        page = enter(visitor, STOPS[6])
        stands_at(page, STOPS[6])
        ask = page.get_by_role("button", name=re.compile(r"Xoay 3D \(.* MB\)"))
        expect(ask).to_be_visible()
        page.wait_for_timeout(500)
        assert not [url for url in visitor.requested if HEAVY.search(url)]
        ask.click()
        page.wait_for_selector(".stage-scan.is-drawn.is-shown")


def test_targets_are_as_large_as_a_finger_needs(visitors: Visitors, story_museum: Served) -> None:
    with visitors(story_museum, size=PHONE, reduced_motion="reduce") as visitor:
        page = enter(visitor, STOPS[5])
        stands_at(page, STOPS[5])
        for one in page.locator(f"#{STOPS[5]} :is(a, button)").all():
            box = one.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 40, one.inner_text()
        for tick in page.locator(".story-progress a").all():
            box = tick.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24


@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_no_fault_at_any_stop(visitors: Visitors, story_museum: Served, language: str) -> None:
    faults: list[str] = []
    size, scheme = (PHONE, "light") if language == "vi" else (DESK, "dark")
    with visitors(story_museum, size=size, reduced_motion="reduce", color_scheme=scheme) as visitor:
        page = enter(visitor, language=language)
        for stop in ("", *(STOPS[n] for n in (0, 3, 5, 6, 8, 9))):
            if stop:
                page.evaluate("id => { location.hash = id; }", stop)
                stands_at(page, stop)
            page.wait_for_timeout(300)
            verdict = judge(page)
            assert verdict.rules_held >= 15
            faults += [f"{stop or 'start'}: {fault}" for fault in verdict.faults]
    assert not faults, "\n".join(faults)


def test_story_weighs_at_most_250_kb_before_the_first_touch(visitors: Visitors, story_museum: Served) -> None:
    with visitors(story_museum, size=(412, 823), device_scale_factor=1.75, is_mobile=True) as visitor:
        sizes: dict[str, int] = {}
        visitor.page.on("requestfinished", lambda r: sizes.__setitem__(r.url, r.sizes()["responseBodySize"]))
        enter(visitor).wait_for_load_state("networkidle")
        assert sum(sizes.values()) <= 250_000, sizes
