"""Every page answers in both languages, well-formed, with its links in its own language."""

import gzip
import json
import re
from pathlib import Path

import pytest

from museum.web.assets import DIST
from tests.web.conftest import Counter, House, make_house
from tests.web.markup import read

PAGES = [
    "/",
    "/search",
    "/search?q=ve+nu",
    "/search?q=khong+co+gi",
    "/c",
    "/c/all",
    "/monuments",
    "/conservation",
    "/about",
    "/accessibility",
]
OBJECTS = ["whole", "venus", "bare", "film"]
VIEWS = ["headfilm", "headsound", "headpaper", "light2", "turn05", "venus", "nowhere"]


def in_language(path: str, language: str) -> str:
    """The path with ?lang= where it is needed."""
    return path if language == "vi" else f"{path}{'&' if '?' in path else '?'}lang={language}"


def paths(house: House) -> list[str]:
    """Addresses of every kind of page."""
    objects = [f"/o/{house.ids[name]}" for name in OBJECTS]
    objects += [f"{address}/conservation" for address in objects]
    views = [f"/o/{house.ids['film' if view.startswith('head') else 'whole']}?view={view}" for view in VIEWS]
    return [*PAGES, *objects, *views]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_answers_well_formed(house: House, language: str) -> None:
    for path in paths(house):
        answer = house.client.get(in_language(path, language))
        assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
        markup = read(answer.text)
        assert markup.problems == [], path
        assert f'<html lang="{language}">' in answer.text


def test_markup_reader_sees_a_broken_page() -> None:
    broken = '<html lang="vi"><body><p style="x">a<div></p><img src="a"><h1>A</h1><h3>B</h3></body></html>'
    problems = " ".join(read(broken).problems)
    for expected in ("style", "closes", "alt", "size", "jumps"):
        assert expected in problems


def test_every_link_keeps_the_language(house: House) -> None:
    for path in paths(house):
        for link in read(house.client.get(in_language(path, "en")).text).links:
            is_page = re.match(r"/($|\?|o/\w+($|\?|/conservation)|c|monuments|search|about|accessibility)", link)
            if is_page and "lang=en" not in link:
                other = house.client.get(in_language(path, "en")).text
                assert f'href="{link.replace("&", "&amp;")}" lang="vi"' in other, f"{path} leads to {link}"


def test_language_never_comes_from_headers(house: House) -> None:
    answer = house.client.get("/", headers={"Accept-Language": "en"})
    assert '<html lang="vi">' in answer.text
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_first_language_is_a_setting(tmp_path: Path) -> None:
    for house in make_house(tmp_path, language="en"):
        assert '<html lang="en">' in house.client.get("/about").text
        text = house.client.get("/about?lang=vi").text
        assert '<html lang="vi">' in text
        assert 'hreflang="x-default" href="https://baotang.example/about"' in text


def test_alternates_name_both_languages(house: House) -> None:
    address = f"https://baotang.example/o/{house.ids['whole']}"
    text = house.client.get(f"/o/{house.ids['whole']}?lang=en&view=light2").text
    assert f'hreflang="vi" href="{address}"' in text
    assert f'hreflang="en" href="{address}?lang=en"' in text
    assert f'rel="canonical" href="{address}?lang=en"' in text


def test_foreign_text_carries_its_language(house: House) -> None:
    text = house.client.get(f"/o/{house.ids['bare']}?lang=en").text
    assert '<h1 lang="vi">' in text
    whole = house.client.get(f"/o/{house.ids['whole']}?lang=en").text
    assert '<p class="lede" lang="vi">Người vẽ' in whole


def test_markup_in_a_value_stays_text(house: House) -> None:
    text = house.client.get(f"/o/{house.ids['whole']}").text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_contradicting_values_stand_together_with_sources(house: House) -> None:
    text = house.client.get(f"/o/{house.ids['whole']}").text
    for part in ("48\u00a0cm", "47,5\u00a0cm", "Sổ kiểm kê 1981", "chưa chắc chắn", "Getty"):
        assert part in text


def test_missing_number_and_date_are_said(house: House) -> None:
    text = house.client.get(f"/o/{house.ids['bare']}").text
    assert "chưa có số" in text
    assert "chưa rõ niên đại" in text
    assert "Không rõ nơi trưng bày" not in text  # a monument is not put on display
    assert "Còn thiếu" in text


def test_scale_is_never_pretended(house: House) -> None:
    text = house.client.get(f"/o/{house.ids['venus']}").text
    assert "gấp 1.000 lần" in text
    options = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', text)[0])
    assert "unit" not in options
    plato = house.client.get(f"/o/{house.ids['whole']}?view=plato").text
    assert "Chưa xác định tỷ lệ" in plato


def test_lights_can_be_changed_without_scripts(house: House) -> None:
    path = f"/o/{house.ids['whole']}"
    assert f'href="{path}?view=light4"' in house.client.get(f"{path}?view=light0").text
    text = house.client.get(f"{path}?view=light4").text
    services = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', text)[0])["services"]
    address, _, version = services[0]["id"].partition("~")
    assert (address, len(version), services[0]["label"]) == ("/iiif/image/3/light4", 8, "Tia X")
    assert len(services) == 5


def test_film_has_captions_and_transcript(house: House) -> None:
    text = house.client.get(f"/o/{house.ids['film']}?view=headfilm").text
    assert '<track kind="captions"' in text
    assert 'data-start="2.5" data-end="7.5"' in text
    assert "Màu cũ còn trên tóc." in text


def test_search_finds_without_marks_and_helps_when_empty(house: House) -> None:
    assert "Tượng thần" in house.client.get("/search?q=than+ve+nu").text.replace("\u00a0", " ")
    empty = house.client.get("/search?q=zzzz&has=scan").text
    assert "Không tìm thấy" in empty
    assert "Bỏ mọi điều kiện lọc" in empty


@pytest.mark.parametrize("query", ['"', "title:", "a:b:c", "-", "((", "*", "x" * 5000, "%00", "year:9..", "after=zz"])
def test_no_query_breaks_the_search(house: House, query: str) -> None:
    assert house.client.get("/search", query_string={"q": query}).status_code == 200
    assert house.client.get("/search", query_string={"q": "a", "after": query, "sort": query}).status_code == 200


def test_a_facet_can_be_turned_on_and_off(house: House) -> None:
    on = house.client.get("/search?has=scan").text
    assert 'class="chosen"' in on
    assert 'href="/search" rel="nofollow" class="chosen"' in on


def test_collection_pages(house: House) -> None:
    assert "Qutb" in house.client.get("/c/kind-monument").text
    assert house.client.get("/c/type-sculpture").status_code == 200
    assert house.client.get("/c/khong-co").status_code == 404


@pytest.mark.parametrize(("path", "most"), [("/", 6), ("/search?q=ve", 7), ("/c/all", 2), ("/c", 0), ("/about", 1)])
def test_statements_of_a_page_are_bounded(house: House, statements: Counter, path: str, most: int) -> None:
    """A search looks now and then for new synonyms and writes down what was asked: three statements of its seven."""
    house.client.get(path)
    assert statements.number <= most


def test_statements_of_an_object_page_do_not_grow_with_the_record(house: House, statements: Counter) -> None:
    counts = set()
    for name in ("whole", "venus", "film"):
        before = statements.number
        house.client.get(f"/o/{house.ids[name]}")
        counts.add(statements.number - before)
    assert counts == {5, 6, 7}, "one more where it links to others: may they be known?, and for a scan: its points"


def test_object_page_fits_its_budget(house: House) -> None:
    html = house.client.get(f"/o/{house.ids['whole']}").data
    styles = b"".join((DIST / n).read_bytes() for n in ("site.css", "viewer.css") if (DIST / n).is_file())
    assert len(gzip.compress(html)) + len(gzip.compress(styles)) <= 30_000


def test_the_file_on_view_tells_where_it_comes_from(house: House) -> None:
    text = house.client.get(f"/o/{house.ids['venus']}").text
    assert "Về tệp đang xem" in text
    assert "venusscan.bin" in text
    assert "dm³" not in text, "no measure where the scale is doubtful"
