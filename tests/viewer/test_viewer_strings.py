"""The viewers' words: every key the scripts use, in both languages, with the same things to fill in."""

import re
from pathlib import Path

import pytest

from museum.viewer.strings import viewer_strings

FRONTEND = Path(__file__).parents[2] / "museum" / "viewer" / "frontend"


def used_keys() -> set[str]:
    """Keys written out in the scripts (words.key), not those put together from parts."""
    scripts = "".join(file.read_text(encoding="utf-8") for file in FRONTEND.glob("*.js"))
    return set(re.findall(r"\bwords\.([a-z_]+)\b", scripts)) - {"length"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_of_the_scripts_is_there(language: str) -> None:
    keys = used_keys()
    assert len(keys) > 15
    assert keys <= set(viewer_strings(language))


def test_both_languages_fill_in_the_same_things() -> None:
    vi, en = viewer_strings("vi"), viewer_strings("en")
    assert vi.keys() == en.keys()
    for key in vi:
        assert set(re.findall(r"\{\w+\}", vi[key])) == set(re.findall(r"\{\w+\}", en[key])), key


def test_vietnamese_is_not_left_in_english() -> None:
    vi, en = viewer_strings("vi"), viewer_strings("en")
    assert [key for key in vi if vi[key] == en[key] and re.search(r"[a-z]{3}", re.sub(r"\{\w+\}", "", vi[key]))] == []
