"""Other spellings of what stands nowhere: slips of keyboard, ear and input method, and words written together."""

import pytest

from museum.search.analysis import fold, tokens
from museum.search.spelling import alike, distance, spellings
from museum.search.typing_slips import retyped

TITLES = (
    "Vạc đồng thời chúa Nguyễn", "Đỉnh đồng Cửu Đỉnh", "Trống đồng Ngọc Lũ", "Ấn vàng Sắc mệnh chi bảo", "Hoa sen gỗ",
    "Bức chạm chim phượng", "Ngai vua Duy Tân", "Triều phục", "Bảo tàng Huế", "Cauldron of Nguyễn lords",
    "Bảo tàng Lịch sử", "Tượng Đầu rồng", "Gạch trang trí tháp Chăm", "Đại hồng chung chùa Thiên Mụ",
)  # fmt: skip


class Shelf:
    """The words of these titles."""

    def __init__(self) -> None:
        self.written = {token.folded: token.exact or token.folded for t in TITLES for token in tokens(t)}
        self.counts = {word: sum(word in fold(t).split() for t in TITLES) for word in self.written}

    def frequency(self, word: str) -> int:
        return self.counts.get(word, 0)

    def near(self, word: str, n: int = 5) -> list[str]:
        found = [other for other in self.counts if distance(word, other) == 1]
        return sorted(found, key=lambda other: (-self.counts[other], other))[:n]

    def beginning(self, start: str, *, shortest: int, longest: int) -> list[tuple[str, int]]:
        return [(w, c) for w, c in self.counts.items() if w.startswith(start) and shortest <= len(w) <= longest]

    def display(self, folded: str, *, like: str) -> str:
        del like
        return self.written[folded]

    def finds(self, text: str) -> int:
        words = fold(text).split()
        return sum(all(word in fold(title).split() for word in words) for title in TITLES)


def offered(typed: str) -> tuple[str, ...]:
    shelf = Shelf()
    return spellings(tokens(typed), shelf, finds=shelf.finds)


def test_a_word_that_no_title_writes_keeps_the_marks_that_were_typed() -> None:
    class Bare(Shelf):
        def display(self, folded: str, *, like: str) -> str:
            del like
            return folded

    shelf = Bare()
    assert spellings(tokens("vạk đồngg"), shelf, finds=shelf.finds)[0] == "vạc đồng"
    assert spellings(tokens("vak"), shelf, finds=shelf.finds)[0] == "vac", "there were none"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vạk đồng", "vạc đồng"),
        ("vacj ddoongf", "vạc đồng"),
        ("va5c d9o62ng", "vạc đồng"),
        ("vacdong", "vạc đồng"),
        ("xen", "sen"),
        ("chống đồng", "trống đồng"),
        ("triều phúk", "triều phục"),
        ("cauldorm", "cauldron"),
        ("nguyênx", "nguyễn"),
        ("ngai vuaa duy tâmn", "ngai vua duy tân"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(typed: str, meant: str) -> None:
    assert meant in offered(typed), offered(typed)


@pytest.mark.parametrize("typed", ["", "qqqqqq", "12345", "寶物", "vạc đồng", "zz yy xx"])
def test_nothing_is_offered_without_need_or_likeness(typed: str) -> None:
    assert offered(typed) == ()


def test_what_is_offered_finds_something() -> None:
    shelf = Shelf()
    tried = 0
    for title in TITLES:
        for word in fold(title).split():
            for slip in (word[1:] + word[:1], word + "q", word[:-1], word.replace("n", "m")):
                tried += 1
                for text in spellings(tokens(f"{slip} {word}"), shelf, finds=shelf.finds):
                    assert shelf.finds(text)
    print(f"{tried} slips tried")
    assert tried > 150


def test_many_wrong_words_cost_no_more_than_a_few() -> None:
    """A control of the bound: without it, 3 choices each of 40 words would be 3 to the 40th combinations."""
    asked: list[str] = []

    def finds(text: str) -> int:
        asked.append(text)
        return 0

    assert spellings(tokens("hoâ sên bảa tànq " * 10), Shelf(), finds=finds) == ()
    assert len(asked) <= 8


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        ("vacj", "vạc"), ("ddoongf", "đồng"), ("ddinhr", "đỉnh"), ("dinhrd", "đỉnh"), ("nguyeenx", "nguyễn"),
        ("huees", "huế"), ("dduwowcj", "được"), ("duocwdj", "được"), ("tuwowngj", "tượng"),
        ("aans", "ấn"), ("hoaf", "hòa"), ("toanf", "toàn"), ("quys", "quý"), ("giayf", "giày"), ("xoayf", "xoày"),
        ("d9o62ng", "đồng"), ("hue61", "huế"), ("tu7o75ng", "tượng"), ("tuo75ng", "tượng"), ("va8n", "văn"),
        ("minhj", "mịnh"), ("bronze", ""), ("bth12", ""), ("x", ""), ("strength", ""), ("đồng", ""), ("dong", ""),
    ],
)  # fmt: skip
def test_keys_without_an_input_method_are_read(keys: str, meant: str) -> None:
    assert retyped(keys) == meant


@pytest.mark.parametrize(("one", "other"), [("xen", "sen"), ("chong", "trong"), ("lam", "nam"), ("mi", "my")])
def test_sounds_are_confused_both_ways(one: str, other: str) -> None:
    assert other in alike(one)
    assert one in alike(other)


def test_other_sounds_are_told_apart() -> None:
    assert "bang" not in alike("vang")


def test_distance_counts_slips() -> None:
    assert [distance("dong", other) for other in ("dong", "dnog", "don", "doong", "ding", "vang")] == [0, 1, 1, 1, 1, 2]
