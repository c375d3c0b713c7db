"""The search page without scripts: suggestions, other spellings, counts that agree, years, timeline, ways out."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from museum.catalog import store
from museum.catalog.record import Display, Identifier, Record, State, Value
from museum.db import utc_now, writing
from museum.exhibitions import store as stories
from museum.exhibitions.story import Story
from museum.search import indexer
from museum.search.location import Location
from museum.text import Text
from museum.web.app import create_app
from tests.sample_records import photo
from tests.sample_stories import story_id
from tests.web.collection import collection, records
from tests.web.conftest import Counter, House, _checked, _derive, make_house, text
from tests.web.markup import read

STORIES: tuple[tuple[str, str, State], ...] = (
    ("vac-dong", "Vạc đồng thời chúa Nguyễn", "published"),
    ("vac-kin", "Vạc chưa mở", "draft"),
)
RELICS: tuple[tuple[str, str, str, str, str, Display, State], ...] = (
    ("Vạc đồng đúc năm 1659", "Bronze cauldron of 1659", "1659", "bronze", "Huế", "on_display", "published"),
    ("Vạc đồng đúc năm 1662", "Bronze cauldron of 1662", "1662", "bronze", "Huế", "unknown", "published"),
    ("Cao Đỉnh", "Cao Đỉnh", "1835/1837", "bronze", "Huế", "on_display", "published"),
    ("Ấn vàng Hoàng đế chi bảo", "Gold seal", "1823", "gold", "Bắc Ninh", "unknown", "published"),
    ("Trống đồng Ngọc Lũ", "Ngọc Lũ drum", "-0299/-0199", "bronze", "Hà Nam", "unknown", "published"),
    ("Ngai vua Duy Tân", "Throne of Duy Tân", "1907/1916", "wood", "Huế", "unknown", "published"),
    ("Áo tế", "Ritual robe", "", "silk", "Huế", "unknown", "published"),
    ("Vạc kín của kho", "Cauldron kept hidden", "1700", "moonstone", "Nơi không ai biết", "unknown", "draft"),
)
TOTAL = re.compile(r'<h2 id="total">([\d.,]+) ')
HREF = re.compile(r'href="([^"]+)"')


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The museum of the web tests with Vietnamese relics, an exhibition of them, and a draft of each."""
    for made in make_house(tmp_path_factory.mktemp("search-page"), language="vi"):
        with writing(made.engine) as session:
            for number, relic in enumerate(RELICS):
                record = record_of(number, *relic)
                store.save(session, record, person="test", batch="relics")
                for item in record.media:
                    _derive(session, made.settings, item)
            for number, (slug, title, state) in enumerate(STORIES, start=70):
                story = Story(
                    id=story_id(number), slug=slug, kind="exhibition", institution="museum",
                    title=Text.of(vi=title, en=f"Story {number}"), state=state,
                )  # fmt: skip
                stories.save(session, story, person="test", batch="stories")
        indexer.index_once(made.engine, Location.of(made.settings))
        yield made


def record_of(
    number: int, vi: str, en: str, date: str, material: str, place: str, display: Display, state: State
) -> Record:
    values = {
        "title": text(vi, en),
        "material": (Value(value=material, language="en"),),
        "place": (Value(value=place, language="vi"),),
    }
    if date:
        values["date"] = (Value(value=date),)
    return Record(
        id=_checked(f"vc{number:06}"), kind="object", institution="museum", state=state, values=values, display=display,
        identifiers=(Identifier(scheme="object_id", value=f"HIEN-{number:02}"),),
        media=(photo(f"vac{number}"),) if number != 5 else (),
    )  # fmt: skip


@pytest.fixture
def client(house: House) -> FlaskClient:
    """A visitor who begins after the newest index was written."""
    app = create_app(house.settings, engine=house.engine)
    app.testing = True
    return app.test_client()


def total(client: FlaskClient, address: str) -> int:
    """How many results the page at `address` says it has; the page must be well-formed."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert read(answer.text).problems == [], address
    found = TOTAL.search(answer.text)
    assert found, address
    return int(re.sub(r"\D", "", found[1]))


def titles(page: str) -> list[str]:
    return [
        unescape(t).replace("\u00a0", " ") for t in re.findall(r'<span class="tile-title"[^>]*>([^<]+)</span>', page)
    ]


def links(part: str) -> list[tuple[str, int]]:
    """(address, count) of every link that says a count."""
    found = re.findall(
        r'<a [^>]*href="([^"]+)"[^>]*>(?:(?!</a>).)*?<span class="count">([\d.]+)</span>', part, re.DOTALL
    )
    return [(unescape(address), int(count.replace(".", ""))) for address, count in found]


def test_suggestions_name_objects_terms_places_and_exhibitions(client: FlaskClient) -> None:
    found = client.get("/api/suggest?q=vac").get_json()
    assert [s["group"] for s in found] == ["object", "object", "exhibition"]
    assert {s["words"] for s in found[:2]} == {"Vạc đồng đúc năm 1659", "Vạc đồng đúc năm 1662"}
    assert all(s["image"].startswith("/d/vac") for s in found[:2])
    assert found[2]["address"] == "/e/vac-dong"
    (place,) = (s for s in client.get("/api/suggest?q=hu").get_json() if s["group"] == "place")
    assert (place["words"], place["records"]) == ("Huế", 5)
    (term,) = (s for s in client.get("/api/suggest?q=bron&lang=en").get_json() if s["group"] == "term")
    assert (term["words"], term["language"], term["group_words"]) == ("Bronze", "", "Terms")
    assert client.get("/api/suggest?q=hien-03").get_json()[0]["words"] == "Ấn vàng Hoàng đế chi bảo", "by its number"


@pytest.mark.parametrize("typed", ["vạ", "VẠC ĐỒ", "vac do", "dong duc", "1659"])
def test_half_typed_words_are_enough(client: FlaskClient, typed: str) -> None:
    found = client.get("/api/suggest", query_string={"q": typed}).get_json()
    assert any(s["words"].startswith("Vạc đồng đúc năm 1659") for s in found), found


def test_marks_that_are_typed_decide_which_comes_first(client: FlaskClient) -> None:
    assert client.get("/api/suggest?q=áo").get_json()[0]["words"] == "Áo tế"


def test_every_suggestion_leads_where_it_says(client: FlaskClient) -> None:
    tried = 0
    for typed in ("vac", "hu", "bron", "dong", "go", "ngai", "bac", "lua", "vang"):
        for language in ("vi", "en"):
            for offer in client.get(f"/api/suggest?q={typed}&lang={language}").get_json():
                tried += 1
                assert ("lang=en" in offer["address"]) is (language == "en")
                assert offer["address"].startswith(("/o/", "/e/", "/search?"))
                if offer["records"]:
                    assert total(client, offer["address"]) == offer["records"], offer
                elif offer["group"] == "object":
                    assert client.get(offer["address"]).status_code == 200
    print(f"{tried} suggestions followed")
    assert tried > 20


def test_nothing_hidden_is_suggested(client: FlaskClient) -> None:
    """Control: the same words do find what is open."""
    tried = 0
    for typed in (
        "va",
        "vac",
        "vạc k",
        "kin",
        "hidden",
        "cauldron k",
        "moon",
        "moonstone",
        "noi khong",
        "chua mo",
        "hien-07",
    ):
        for path in (f"/api/suggest?q={quote(typed)}", f"/search?q={quote(typed)}", f"/search?q={quote(typed)}x"):
            tried += 1
            said = client.get(path).text.lower()
            for hidden in ("vạc kín", "kept hidden", "không ai biết", "chưa mở", _checked("vc000007")):
                assert hidden not in said, path
            assert "moonstone" not in said or "moonstone" in path, path
    print(f"{tried} questions asked of hidden things, 0 told")
    assert client.get("/api/suggest?q=vac").get_json()


def test_without_scripts_the_words_lead_on_as_links(client: FlaskClient) -> None:
    page = client.get("/search?q=vac").text
    (ways,) = re.findall(r'<nav class="ways".*?</nav>', page, re.DOTALL)
    assert 'href="/e/vac-dong"' in ways
    assert '<option value="Vạc đồng đúc năm 1659">' in page
    ways = client.get("/search?q=hue").text
    (place,) = (pair for pair in links(ways) if pair[0] == "/search?place=Hu%E1%BA%BF")
    assert total(client, place[0]) == place[1] == 5


@pytest.mark.parametrize("typed", ["vạk đồng", "vacj ddoongf", "vacdong"])
def test_another_spelling_is_offered_with_what_it_finds(client: FlaskClient, typed: str) -> None:
    page = client.get("/search", query_string={"q": typed}).text
    assert "Không tìm thấy gì cho" in page
    assert ("/search?q=v%E1%BA%A1c+%C4%91%E1%BB%93ng", 2) in links(page)
    assert sorted(titles(page)) == ["Vạc đồng đúc năm 1659", "Vạc đồng đúc năm 1662"], "shown at once"


def test_what_is_offered_where_nothing_was_found_finds_as_much_as_it_says(client: FlaskClient) -> None:
    tried = 0
    for query in (
        "q=vac+ngai",
        "q=vac&place=Bắc Ninh",
        "q=vac+zzzz",
        "q=vạk&from=1650&to=1660",
        "place=Huế&from=-300&to=-200",
        'q="đồng vạc"',
        "q=chất_liệu:vạc",
        'q="vạk đồng"',
        "q=ngai+ngọc+trốngg",
    ):
        page = client.get(f"/search?{query}").text
        (empty,) = re.findall(r'<div class="empty">.*?</div>', page, re.DOTALL)
        offered = links(empty)
        assert offered, query
        for address, count in offered:
            tried += 1
            assert total(client, address) == count > 0, (query, address)
    print(f"{tried} ways out tried")
    assert tried >= 7


def ways_from(client: FlaskClient, typed: str) -> dict[str, list[str]]:
    """What an empty result offers: the words of its links, by heading."""
    page = client.get("/search", query_string={"q": typed, "lang": "en"}).text
    (empty,) = re.findall(r'<div class="empty">.*?</div>', page, re.DOTALL)
    parts = re.findall(r"<h3>([^<]+)</h3>(.*?)</ul>", empty, re.DOTALL)
    return {name: [unescape(words) for words in re.findall(r"<span>([^<]+)</span>", part)] for name, part in parts}


def test_quotation_marks_fields_and_slips_in_many_words_have_ways_out(client: FlaskClient) -> None:
    anywhere, meant, fewer = "Search for these words anywhere", "Did you mean:", "Search with fewer words"
    assert ways_from(client, '"đồng vạc"')[anywhere] == ["đồng vạc"]
    assert ways_from(client, "material:vạc")[anywhere] == ["vạc"]
    assert ways_from(client, '"vạk đồng"')[meant][0] == "vạc đồng"
    assert ways_from(client, "title:vạk -ngai")[meant][0] == "vạc"
    assert sorted(ways_from(client, "ngai bảo trốngg")[fewer]) == ["bảo", "ngai"], "each alone"
    assert sorted(ways_from(client, "ngaii trốngg xyzxyz")[fewer]) == ["ngai", "trống"], "each alone, respelled"


def test_nothing_to_offer_gives_advice(client: FlaskClient) -> None:
    page = client.get("/search?q=zzzzzz").text
    assert "Dấu có thể bỏ qua" in page or "không cần gõ dấu" in page.lower() or "vac dong" in page
    assert 'href="/c"' in page


@pytest.mark.parametrize("query", ["", "q=dong", "place=Huế", "q=dong&place=Huế&has=image", "from=1600&to=1700"])
def test_counts_of_facets_switches_and_centuries_are_what_one_gets(client: FlaskClient, query: str) -> None:
    """A facet's count is the total with that value alone: its own filter is left out, all others are kept."""
    page = client.get(f"/search?{query}").text
    here = parse_qsl(query)
    tried = 0
    for address, count in links(page):
        there = parse_qsl(urlsplit(address).query)
        fresh = [pair for pair in there if pair not in here]
        if not fresh:  # chosen already: its link takes it away, its count is what stands there now
            continue
        names = {name for name, _ in fresh}
        alone = [*(pair for pair in here if pair[0] not in names), *fresh]
        assert total(client, f"/search?{urlencode(alone)}") == count, (query, address)
        tried += 1
    print(f"{tried} counts of {query or 'everything'} followed")
    assert tried >= 3


def test_a_century_typed_and_one_chosen_find_the_same(client: FlaskClient) -> None:
    (band,) = re.findall(r'<ul class="pills" aria-label="Các thế kỷ">(.*?)</ul>', client.get("/search").text, re.DOTALL)
    chosen = links(band)
    written = re.findall(r"<span>(Thế kỷ [^<]+)</span>", band)
    assert len(written) == len(chosen) >= 5
    for (address, count), words in zip(chosen, written, strict=True):
        typed = client.get("/search", query_string={"q": f'năm:"{unescape(words)}"'}).text
        followed = client.get(address).text
        assert sorted(titles(typed)) == sorted(titles(followed)), words
        assert len(titles(followed)) == count
        rects = [re.findall(r"<rect[^>]*>", page) for page in (typed, followed)]
        assert rects[0] == rects[1], f"the chart marks the same bars for {words}"
    print(f"{len(chosen)} centuries typed and chosen")


def test_a_chosen_filter_says_what_it_is_and_can_be_taken_away(client: FlaskClient) -> None:
    page = client.get("/search?q=dong&place=Huế&from=1600&to=1700&lang=en").text
    (chosen,) = re.findall(r'<div class="chosen-filters">.*?</div>', page, re.DOTALL)
    assert "1600–1700" in chosen
    addresses = [unescape(a) for a in HREF.findall(chosen)]
    assert addresses == [
        "/search?q=dong&from=1600&to=1700&lang=en",
        "/search?q=dong&place=Hu%E1%BA%BF&lang=en",
        "/search?q=dong&lang=en",
    ]


def pills(page: str) -> dict[str, str]:
    """The conditions that are set, as "label words", each with the address that leaves it out."""
    found = re.findall(r'<a class="pill is-set" href="([^"]+)".*?pill-label">([^<]+)</span> <span[^>]*>([^<]+)<', page)
    return {unescape(f"{label} {words}"): unescape(address) for address, label, words in found}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("dong material:bronze", {"Material Bronze": "dong"}),
        ("chất liệu:bronze dong", {"Material Bronze": "dong"}),
        ("dong năm:1600..1700", {"Years 1600–1700": "dong"}),
        ("1600..1700", {"Years 1600–1700": ""}),
        ("1600..1700 has:ảnh", {"Years 1600–1700": "has:ảnh", "To see and hear Photographs": "1600..1700"}),
        ("kind:object vac", {"Kind of record Objects": "vac"}),
        ('title:"Vạc đồng" đúc', {"Title Vạc đồng": "đúc"}),
        ("dong -material:gold", {"Material (excluded) Gold": "dong"}),
        ("dong NOT material:gold", {"Material (excluded) Gold": "dong"}),
        ("material:gold OR dong", {"Material Gold": "dong"}),
        ("dong OR material:gold", {"Material Gold": "dong"}),
        ("1500..1600 1600..1700", {"Years 1600–1700": "1500..1600"}),
    ],
)  # fmt: skip
def test_what_is_typed_as_a_condition_can_be_taken_away_by_a_click(
    client: FlaskClient, typed: str, told: dict[str, str]
) -> None:
    page = client.get("/search", query_string={"q": typed, "lang": "en"}).text
    found = pills(page)
    assert {name: dict(parse_qsl(urlsplit(to).query)).get("q", "") for name, to in found.items()} == told
    for to in found.values():
        assert client.get(to).status_code == 200
    assert pills(client.get("/search?q=dong+ngai&lang=en").text) == {}, "words are no conditions"


def test_typed_and_clicked_conditions_are_one_to_the_reader(client: FlaskClient) -> None:
    page = client.get("/search?q=has:image+dong&has=image&place=Huế&from=1600&to=1700&lang=en").text
    assert len(pills(page)) == 3, "each once, whichever way it was asked for"
    assert pills(page)["To see and hear Photographs"] == "/search?q=dong&place=Hu%E1%BA%BF&from=1600&to=1700&lang=en"
    (clear,) = re.findall(r'<a class="pill is-plain" href="([^"]+)"', page)
    assert unescape(clear) == "/search?q=dong&lang=en"
    typed = client.get("/search?q=kind:object+dong&lang=en").text
    chosen = re.findall(r'<a href="([^"]+)"[^>]* class="chosen"', typed)
    assert [unescape(to) for to in chosen] == ["/search?q=dong&lang=en"], "turned off in the list of values, too"


def test_a_typed_condition_that_finds_nothing_is_offered_to_be_left_out(client: FlaskClient) -> None:
    assert ways_from(client, "ngai material:gold")["Leave out a filter"][-1] == "Gold"
    assert "Leave out a filter" not in ways_from(client, "material:đồnh"), "what is left would be everything"


def test_suggestions_speak_the_language_of_the_page(client: FlaskClient) -> None:
    def terms(typed: str, language: str) -> list[tuple[str, str]]:
        found = client.get("/api/suggest", query_string={"q": typed, "lang": language}).get_json()
        return [(s["words"], s["language"]) for s in found if s["group"] == "term"]

    assert terms("dong", "en")[0] == terms("bron", "en")[0] == ("Bronze", "")
    assert terms("bron", "vi")[0] == terms("dong", "vi")[0] == ("Đồng", "")
    assert terms("gỗ", "en")[0] == ("Wood", "")
    for address, title in (("/search?q=ngọc+lũ&lang=en", "Ngọc Lũ drum"), ("/search?q=ngọc+lũ", "Trống đồng Ngọc Lũ")):
        assert re.findall(r'<option value="([^"]+)"></option>', client.get(address).text) == [title], "one of a record"


def test_years_the_wrong_way_round_are_turned(client: FlaskClient) -> None:
    page = client.get("/search?from=1700&to=1600&lang=en")
    assert "1600–1700" in page.text
    assert total(client, "/search?from=1700&to=1600") == total(client, "/search?from=1600&to=1700") == 2


def test_the_chart_says_its_years_in_words_and_its_bars_fit(client: FlaskClient) -> None:
    page = client.get("/search?q=dong").text
    (chart,) = re.findall(r'<svg class="years-bars" role="img" aria-label="([^"]+)">(.*?)</svg>', page, re.DOTALL)
    assert "kết quả có niên đại" in chart[0]
    bars = [
        tuple(map(float, bar))
        for bar in re.findall(r'x="([\d.]+)%" y="([\d.]+)%" width="([\d.]+)%" height="([\d.]+)%"', chart[1])
    ]
    assert 2 <= len(bars) <= 41
    assert all(x + width <= 100.01 and abs(y + height - 100) < 0.02 for x, y, width, height in bars)
    assert max(height for *_, height in bars) == 100
    narrowed = client.get("/search?q=dong&from=1650&to=1700").text
    assert 'class="is-out"' in narrowed, "bars outside the chosen years are set off"
    assert narrowed.count("<rect") == page.count("<rect"), "the chart leaves its own filter out"


def test_what_goes_on_is_drawn_until_this_year(tmp_path: Path) -> None:
    now, given = utc_now().year, records(2)
    dated = [replace(given[0], values={**given[0].values, "date": (Value(value="15XX/.."),)}), given[1]]
    with collection(tmp_path / "on", dated) as visitor:
        page = visitor.get("/search?lang=en").text
        data = orjson.loads(unescape(re.findall(r'data-years="([^"]+)"', page)[0]))
        assert data["years"][0][0] == 1500
        assert data["years"][-1][1] == now
        assert f"from=2000&amp;to={now}" in page, "its present century"
        assert "2 dated results from 1500 to" in page
        assert total(visitor, "/search?from=1700&to=1710&lang=en") == 1
        assert "Undated" not in visitor.get("/search?view=timeline&lang=en").text


def test_years_are_left_out_where_nothing_is_dated(client: FlaskClient) -> None:
    assert 'id="years"' not in client.get("/search?q=áo tế").text


def test_the_timeline_holds_the_same_result_by_year(client: FlaskClient) -> None:
    for query in ("", "q=dong", "place=Huế"):
        assert total(client, f"/search?{query}&view=timeline") == total(client, f"/search?{query}")
    page = client.get("/search?place=Huế&view=timeline").text
    eras = re.findall(r'<section class="era".*?<h3 [^>]*>([^<]+)</h3>(.*?)</section>', page, re.DOTALL)
    told = {unescape(name): titles(part) for name, part in eras}
    assert told == {
        "Thế kỷ XVII": ["Vạc đồng đúc năm 1659", "Vạc đồng đúc năm 1662"],
        "Thế kỷ XIX": ["Cao Đỉnh"],
        "Thế kỷ XX": ["Ngai vua Duy Tân"],
        "Chưa rõ niên đại": ["Áo tế"],
    }
    assert list(told)[-1] == "Chưa rõ niên đại"
    english = client.get("/search?place=Huế&view=timeline&lang=en").text
    assert "17th century" in english
    assert 'href="/search?place=Hu%E1%BA%BF&amp;lang=en"' in english, "the way back to the pictures"


def test_a_result_of_few_years_is_told_by_decades(client: FlaskClient) -> None:
    page = client.get("/search?q=dong&place=Huế&from=1650&to=1670&view=timeline").text
    assert re.findall(r"<h3 id=[^>]*>([^<]+)</h3>", page)
    narrow = client.get("/search?q=vạc&view=timeline").text
    assert re.findall(r'<h3 id="era-\d">([^<]+)</h3>', narrow) == ["1650–1659", "1660–1669"]


def test_titles_sort_as_in_a_vietnamese_dictionary(client: FlaskClient) -> None:
    given = titles(client.get("/search?place=Huế&sort=title").text)
    assert given == ["Áo tế", "Cao Đỉnh", "Ngai vua Duy Tân", "Vạc đồng đúc năm 1659", "Vạc đồng đúc năm 1662"]


def test_one_search_has_one_permanent_address(client: FlaskClient) -> None:
    permanent = "https://baotang.example/search?q=dong&amp;place=Hu%E1%BA%BF&amp;from=1600"
    for query in (
        "q=dong&place=Huế&from=1600",
        "to=&from=1600&sort=relevance&place=Huế&q=dong",
        "from=1600&q=+dong&place=Huế&after=",
    ):
        page = client.get(f"/search?{query}").text
        assert f'<a id="permalink" href="{permanent}">' in page, query


def test_statements_do_not_grow_with_what_is_offered(house: House, client: FlaskClient) -> None:
    seen = set()
    for query in ("q=vac", "q=vạk đồng", "q=zzzz", "q=hue&view=timeline", ""):
        counter = Counter()

        def count(_connection: object, _cursor: object, statement: str, *_: object, to: Counter = counter) -> None:
            to.number += statement.startswith("SELECT") and "synonym" not in statement  # looked at now and then

        event.listen(house.engine, "before_cursor_execute", count)
        client.get(f"/search?{query}")
        event.remove(house.engine, "before_cursor_execute", count)
        seen.add(counter.number)
    assert max(seen) <= 4
