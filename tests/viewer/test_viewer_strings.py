"""The viewers' words: every key the scripts use, in both languages, with the same things to fill in."""

import re
from pathlib import Path

import pytest

from museum.viewer.strings import scan_strings, viewer_strings

FRONTEND = Path(__file__).parents[2] / "museum" / "viewer" / "frontend"


def used_keys() -> set[str]:
    """Keys that the scripts write out (words.key); those for foreign manifests have a test of their own."""
    files = [file for file in FRONTEND.glob("*.js") if not file.name.startswith("manifest_")]
    scripts = "".join(file.read_text(encoding="utf-8") for file in files)
    return set(re.findall(r"\bwords\.([a-z_]+)\b", scripts)) - {"length"}


def listed_keys() -> set[str]:
    """Keys that the list of the scan viewer's keys names."""
    return set(re.findall(r'"(key_[a-z_]+)"', (FRONTEND / "scan_more.js").read_text(encoding="utf-8")))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_of_the_scripts_is_there(language: str) -> None:
    keys = used_keys()
    assert len(keys) > 15
    assert keys <= set(scan_strings(language))
    assert len(listed_keys()) > 10
    assert listed_keys() <= set(scan_strings(language))


def test_both_languages_fill_in_the_same_things() -> None:
    vi, en = scan_strings("vi"), scan_strings("en")
    assert vi.keys() == en.keys()
    for key in vi:
        assert set(re.findall(r"\{\w+\}", vi[key])) == set(re.findall(r"\{\w+\}", en[key])), key


def test_vietnamese_is_not_left_in_english() -> None:
    vi, en = scan_strings("vi"), scan_strings("en")
    assert [key for key in vi if vi[key] == en[key] and re.search(r"[a-z]{3}", re.sub(r"\{\w+\}", "", vi[key]))] == []


def test_pages_without_a_scan_carry_no_words_of_its_tools() -> None:
    assert "keys_list" in scan_strings("vi")
    assert "keys_list" not in viewer_strings("vi")
