"""How Vietnamese, Hán and English words become tokens."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from museum.search import periods
from museum.search.analysis import (
    Token,
    exact,
    fold,
    joined,
    place_tone,
    streams,
    token_of,
    tokens,
    variant,
)
from museum.search.document import document
from museum.search.index import SearchIndex
from museum.search.query import parse
from museum.search.synonyms import others
from tests.search.relics import relic


def test_folding_takes_marks_and_the_bar_of_d() -> None:
    assert fold("Đỉnh đồng thời chúa Nguyễn, Huế") == "dinh dong thoi chua nguyen hue"


@given(st.text(max_size=60))
def test_decomposed_text_gives_the_same_tokens(text: str) -> None:
    """macOS names files in NFD."""
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(unicodedata.normalize("NFC", text))


@given(st.text(max_size=60))
def test_tokens_fold_to_themselves_and_hold_no_space(text: str) -> None:
    for token in tokens(text):
        assert token.folded and not set(token.folded) & set(" \t\n¶")
        assert fold(token.folded).replace(" ", "") == token.folded


@pytest.mark.parametrize(
    ("new", "old"), [("hoà", "hòa"), ("khoẻ", "khỏe"), ("thuỷ", "thủy"), ("loá", "lóa"), ("uỷ", "ủy"), ("toạ", "tọa")]
)
def test_new_and_old_tone_placement_are_one_word(new: str, old: str) -> None:
    assert place_tone(new) == place_tone(old) == old


@pytest.mark.parametrize("word", ["quý", "quỳ", "ngoài", "khuỷu", "hoàn", "tuyết", "quà", "huế"])
def test_other_words_keep_their_tone(word: str) -> None:
    assert place_tone(word) == word


@pytest.mark.parametrize(("one", "other"), [("quý", "quí"), ("mỹ", "mĩ"), ("kỹ", "kĩ"), ("lý", "lí")])
def test_i_and_y_are_variants(one: str, other: str) -> None:
    assert variant(token_of(one)) == token_of(other)
    assert variant(token_of(other)) == token_of(one)


@pytest.mark.parametrize("word", ["thuý", "vai", "vay", "tay", "tai", "cây", "bụi", "bronze"])
def test_i_and_y_are_not_variants_elsewhere(word: str) -> None:
    assert variant(token_of(place_tone(word))) is None


def test_han_runs_become_bigrams_beyond_the_bmp_too() -> None:
    assert tokens("國家寶物") == [Token("國家"), Token("家寶"), Token("寶物")]
    assert tokens("𠮟喃") == [Token("𠮟喃")]
    assert tokens("鼎") == [Token("鼎")]
    assert tokens("bia明命Huế") == [Token("bia"), Token("明命"), Token("hue", "huế")]


def test_single_han_characters_are_indexed_beside_the_bigrams_without_making_phrases() -> None:
    assert streams("九鼎 đỉnh")[0] == "九鼎 dinh ¶ 九 ¶ 鼎 ¶"


def test_marked_tokens_are_only_those_with_marks() -> None:
    assert streams("Vạc đồng Hue")[1] == ("vạc", "đồng")
    assert exact("Điện Thái Hoà") == "điện thái hòa"


def test_numbers_lose_their_punctuation() -> None:
    assert joined("BTH-0012") == joined("bth 0012") == "bth0012"
    assert fold("79.66.115") == "79 66 115"


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Minh Mạng 16", [1835]),
        ("năm Minh Mạng thứ 16", [1835]),
        ("đúc năm thứ 16 đời vua Minh Mạng", [1835]),
        ("Minh Mệnh thứ 16", [1835]),
        ("明命十六年造", [1835]),
        ("景興元年", [1740]),
        ("嗣德二十一年", [1868]),
        ("嗣德廿一年", [1868]),
        ("Gia Long 2, sửa năm Minh Mạng 3", [1803, 1822]),
        ("Minh Mạng 60", []),
        ("Minh Mạng", []),
        ("đời Gia Long", []),
    ],
)
def test_reign_years_become_years(text: str, years: list[int]) -> None:
    assert periods.reign_years(text) == years


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("thế kỷ XIX", 1800, 1899),
        ("thế kỉ 19", 1800, 1899),
        ("cuối thế kỷ 17", 1666, 1699),
        ("nửa đầu thế kỷ XX", 1900, 1949),
        ("19th century", 1800, 1899),
        ("thế kỷ I", 1, 99),
        ("đầu thế kỷ 1", 1, 33),
        ("thế kỷ I TCN", -100, -1),
        ("thế kỷ III TCN", -300, -201),
        ("thế kỷ XVIII–XIX", 1700, 1899),
        ("cuối thế kỷ 18 đến 19", 1766, 1899),
        ("thế kỷ III–II TCN", -300, -101),
        ("18th–19th century", 1700, 1899),
        ("18th to 19th centuries", 1700, 1899),
        ("300 TCN", -300, -300),
        ("300 BC", -300, -300),
    ],
)
def test_centuries_and_years_before_the_common_era(text: str, first: int, last: int) -> None:
    (period,) = periods.in_folded(fold(text))
    assert (period.first, period.last) == (first, last)


@pytest.mark.shared
def test_first_and_last_year_of_every_reign(shared_data: Path) -> None:
    rows = [line.split("\t") for line in _lines(shared_data / "catalogue" / "reign_years.tsv")]
    assert len(rows) == 15
    for name, han, first, last in rows:
        assert periods.reign_years(f"{name} 1") == periods.reign_years(f"{han}元年") == [int(first)]
        number = int(last) - int(first) + 1
        assert periods.reign_years(f"năm {name} thứ {number}") == [int(last)]
        assert periods.reign_years(f"{name} {number + 5}") == []


def test_synonyms_go_both_ways_and_need_marks_where_one_syllable_is_too_common() -> None:
    assert tuple(tokens("bảo vật quốc gia")) in others(tuple(tokens("national treasure")))
    assert tuple(tokens("national treasure")) in others(tuple(tokens("bao vat quoc gia")))
    assert others(tuple(tokens("ấn"))) and not others(tuple(tokens("an")))
    assert tuple(tokens("Đà Nẵng")) in others(tuple(tokens("Quang Nam")))


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Bình Định", "Gia Lai"),
        ("gia lai", "tỉnh Bình Định"),
        ("Sài Gòn", "Thành phố Hồ Chí Minh"),
        ("thang long", "Hà Nội"),
        ("Phú Xuân", "Huế"),
        ("Faifo", "phố cổ Hội An"),
        ("Tourane", "Đà Nẵng"),
        ("Huế", "Thừa Thiên Huế"),
        ("Ninh Thuận", "Khánh Hòa"),
    ],
)
def test_places_are_found_by_former_and_by_new_names(tmp_path: Path, typed: str, written: str) -> None:
    index = SearchIndex(tmp_path)
    with index.begin() as batch:
        batch.put(document(relic("there", title="Chuông", place=written)), newest=1)
        batch.put(document(relic("elsewhere", title="Chuông", place="Lạng Sơn")), newest=2)
        batch.commit(position=1)
    assert [hit.id for hit in index.search(parse(typed)).hits] == ["there"]
    index.close()


@pytest.mark.shared
@pytest.mark.parametrize("engine", ["tantivy", "whoosh", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_every_folding_case_finds_its_text_and_ranks_it(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path: Path, engine: str
) -> None:
    """vi_folding_cases.tsv: what a Vietnamese query must find, and whether as exact."""
    url = request.getfixturevalue("postgresql_url") if engine == "postgresql" else ""
    cases = [line.split("\t") for line in _lines(shared_data / "catalogue" / "vi_folding_cases.tsv")]
    assert len(cases) == 20
    for place, (query, text, must, note) in enumerate(cases):
        index = SearchIndex(tmp_path / str(place), engine=engine, database=url)
        if "NFD" in note:
            text = unicodedata.normalize("NFD", text)
        with index.begin() as batch:
            batch.put(document(relic("text", title=text)), newest=1)
            batch.put(document(relic("exact", description=f"trong {query} ngoài", photo="1")), newest=2)
            batch.put(document(relic("other", title="Hộp trầu")), newest=3)
            batch.commit(position=1)
        page = index.search(parse(query))
        found = [hit.id for hit in page.hits]
        assert "text" in found and "other" not in found, query
        if must == "folded-only" or must == "yes-as-variant":
            assert found == ["exact", "text"], query
        if must == "yes-as-exact":
            assert found == ["text", "exact"], query
        index.close()


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
