"""Names sort as in a Vietnamese dictionary."""

import random
import unicodedata

import pytest

from museum.catalog.collation import sort_key

ORDERED = (
    [
        "",
        "2 ấn",
        "10 ấn",
        "an",
        "àn",
        "ản",
        "ãn",
        "án",
        "ạn",
        "ăn",
        "ân",
        "ấn",
        "ba",
        "bà",
        "ba lan",
        "Bia 2",
        "Bia 10",
    ],
    ["lo", "lò", "lô", "lơ", "nguyên", "Nguyễn", "nguyện", "tu", "tư", "từ", "tứ", "vạc", "xà", "y", "國", "寶"],
)


def test_letters_then_tones() -> None:
    for names in ORDERED:
        mixed = random.Random(7).sample(names, len(names))
        assert sorted(mixed, key=sort_key) == names


def test_d_with_a_bar_is_a_letter_of_its_own() -> None:
    assert sorted(["đao", "e", "dùi", "đ", "dao"], key=sort_key) == ["dao", "dùi", "đ", "đao", "e"]


@pytest.mark.parametrize("name", ["Đỉnh đồng (Cửu đỉnh)", "Huế", "Mỹ Sơn E1"])
def test_form_and_case_do_not_count(name: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", name)) == sort_key(name.upper()) == sort_key(f"«{name}»")


def test_foreign_marks_sort_with_their_letters() -> None:
    assert sorted(["Zürich", "café", "cage", "cafe"], key=sort_key)[-1] == "Zürich"
    assert sort_key("Musée") > sort_key("Muse") and sort_key("Musée") < sort_key("Museg")
