"""Search within texts at hand: marks, phrases, Hán, beginnings, and where the words stand."""

import unicodedata

import pytest

from museum.search import within

TEXTS = (
    "Cửu Đỉnh đặt trước Thế Miếu; đỉnh lớn nhất là Cao đỉnh 高鼎.",
    "Dinh Độc Lập không có đỉnh đồng nào.",
    "Chuông chùa Thiên Mụ, đúc năm 1710.",
    "Hòa thượng Thích Đại Sán; hoà nhạc cung đình.",
    "The bell of the pagoda: bells and bell towers.",
    "",
)


def places(asked: str) -> list[int]:
    return [match.place for match in within.find(asked, TEXTS)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("dinh", [0, 1, 3]),
        ("đỉnh", [0, 1, 3]),  # with the marks as typed first; "đình" is the same without
        ("Đình", [3, 0, 1]),
        ("dinh dong", [1]),
        ('"cao dinh"', [0]),
        ('"dinh cao"', []),
        ("“Thiên Mụ”", [2]),
        ("thien mu 1710", [2]),
        ("hòa", [3]),
        ("hoà", [3]),
        ("hòa nhạc", [3]),
        ("鼎", [0]),
        ("高鼎", [0]),
        ("鼎高", []),
        ("bell*", [4]),
        ("bel", []),
        ("bel*", [4]),
        ("Mỹ", []),
        ("Mĩ", []),
        ("", []),
        ('"', []),
        ('* " ;', []),
    ],
)
def test_what_is_found_and_in_which_order(asked: str, expected: list[int]) -> None:
    assert places(asked) == expected
    assert places(unicodedata.normalize("NFD", asked)) == expected


def test_i_and_y_are_one_letter_to_those_who_search() -> None:
    assert [m.place for m in within.find("Mĩ Sơn", ["thánh địa Mỹ Sơn", "Mi"])] == [0]


def test_where_the_words_stand() -> None:
    (match,) = within.find("bell*", TEXTS)
    assert [TEXTS[4][a:b] for a, b in match.spans] == ["bell", "bells", "bell"]
    (match,) = within.find('"cao đỉnh" đỉnh', TEXTS)
    assert [TEXTS[0][a:b] for a, b in match.spans] == ["Đỉnh", "đỉnh", "Cao đỉnh"]
    assert match.is_exact
    decomposed = unicodedata.normalize("NFD", TEXTS[2])
    (match,) = within.find("chùa", [decomposed])
    ((start, end),) = match.spans
    assert unicodedata.normalize("NFC", decomposed)[start:end] == "chùa"


def test_beginnings_are_completed_as_they_are_written() -> None:
    assert within.complete("đ", TEXTS) == [
        ("đại", 1), ("đặt", 1), ("đình", 3), ("đỉnh", 3), ("độc", 1), ("đồng", 1), ("đúc", 1),
    ]  # fmt: skip
    assert within.complete("đặt trước th", TEXTS) == [("đặt trước thế", 1)]
    assert within.complete("高", TEXTS) == [("高", 1)]
    assert within.complete("bel", TEXTS) == [("bell", 1), ("bells", 1)]
    assert within.complete("dinh", TEXTS, least=4) == []
    assert within.complete("", TEXTS) == within.complete(" ;", TEXTS) == []
    assert len(within.complete("b", [f"b{n}" for n in range(50)], most=7)) == 7


def test_each_completion_finds_as_many_as_it_says() -> None:
    tried = 0
    for letter in "abcdđeghiklmnopqrstuvxy鼎高":
        for words, count in within.complete(letter, TEXTS):
            tried += 1
            assert len(within.find(f'"{words}"', TEXTS)) == count > 0
    print(f"{tried} completions, 0 differ")
    assert tried > 40


def test_nothing_typed_is_an_error() -> None:
    for asked in ("\x00", "\ud800", "İ", "ß" * 500, '"' * 99, "*" * 99, "a" * 10_000, "\u0301"):
        within.find(asked, TEXTS)
        within.complete(asked, TEXTS)


def test_what_stays_read_is_bounded_by_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = within._Kept()
    monkeypatch.setattr(within, "_kept", kept)
    monkeypatch.setattr(within, "_MOST_KEPT", 50)
    texts = [f"Chuông chùa Thiên Mụ {number}" for number in range(40)]
    long = " ".join(texts)
    for _ in range(2):
        assert len(within.find("thien mu", [*texts, "", long])) == 41
        assert kept.count == sum(len(words) + 1 for words in kept._texts.values()) <= 50
    assert long not in kept._texts
    assert list(kept._texts)[-2:] == [texts[-1], ""]
