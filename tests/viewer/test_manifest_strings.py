"""The words of the viewer of manifests: every key its scripts use, in both languages, with the same gaps to fill."""

import re
from pathlib import Path

from museum.viewer.manifest import manifest_options, manifest_strings

FRONTEND = Path(__file__).parents[2] / "museum" / "viewer" / "frontend"


def test_every_word_of_the_scripts_is_there_and_every_word_is_used() -> None:
    scripts = "".join(file.read_text(encoding="utf-8") for file in FRONTEND.glob("manifest_*.js"))
    used = set(re.findall(r"\bwords\.(manifest_[a-z_]+|load_[a-z]+|loading)\b", scripts))
    own = {key for key in manifest_strings("vi") if key.startswith("manifest_")}
    assert len(own) > 15
    assert used <= set(manifest_strings("vi"))
    assert own <= used
    assert "open_manifest" in manifest_strings("vi")


def test_both_languages_fill_in_the_same_things_and_neither_is_the_other() -> None:
    vi, en = manifest_strings("vi"), manifest_strings("en")
    assert vi.keys() == en.keys()
    for key in vi:
        assert set(re.findall(r"\{\w+\}", vi[key])) == set(re.findall(r"\{\w+\}", en[key])), key
    assert [key for key in vi if key.startswith("manifest_") and vi[key] == en[key]] == []


def test_only_a_page_of_our_own_record_names_an_address() -> None:
    assert manifest_options(language="vi", manifest="/iiif/presentation/4/x/manifest")["manifest"].startswith("/iiif/")
    assert "manifest" not in manifest_options(language="vi")
