"""Settings: read once, checked, with a message that names key, value and what was expected."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from museum import config
from museum.errors import Invalid, NotFound


def museum(folder: Path, content: str) -> Path:
    (folder / "museum.toml").write_text(content, encoding="utf-8")
    return folder


def test_media_lies_in_the_museum_unless_set(tmp_path: Path) -> None:
    settings = config.load(museum(tmp_path, 'name_vi = "Bảo tàng Điêu khắc Chăm"'), {})
    assert settings.media == tmp_path.resolve() / "media"
    assert settings.name.say("vi") == "Bảo tàng Điêu khắc Chăm"
    assert settings.database.endswith("museum.db")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = config.load(museum(tmp_path, "workers = 2"), {"MUSEUM_WORKERS": "4", "MUSEUM_VERIFY_MASTERS": "no"})
    assert settings.workers == 4
    assert settings.verify_masters is False


@pytest.mark.parametrize(
    ("content", "environment", "named"),
    [
        ("wokers = 2", {}, "wokers"),
        ('workers = "two"', {}, "two"),
        ("workers = true", {}, "True"),
        ("workers = -1", {}, "-1"),
        ('language = "fr"', {}, "fr"),
        ('public_url = "baotang.example"', {}, "baotang.example"),
        ('public_url = "https://bảotàng.example"', {}, "bảotàng"),
        ("", {"MUSEUM_WORKERS": "many"}, "many"),
        ("", {"MUSEUM_VERIFY_MASTERS": "perhaps"}, "perhaps"),
        ("name_vi = ", {}, "museum.toml"),
    ],
)
def test_a_wrong_setting_stops_the_start(tmp_path: Path, content: str, environment: dict[str, str], named: str) -> None:
    with pytest.raises(Invalid) as caught:
        config.load(museum(tmp_path, content), environment)
    assert named in caught.value.message("vi")
    assert named in caught.value.message("en")


def test_a_folder_without_museum_is_told_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        config.load(tmp_path, {})
    assert "museum init" in caught.value.message("vi")


@pytest.mark.parametrize("page", ["en/settings.md", "vi/cai-dat.md"])
def test_the_pages_on_settings_name_each_with_its_default(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, re.MULTILINE))
    in_words = {"true": "True", "false": "False", "empty": "", "trống": "", "the five": "", "năm tiêu đề": ""}
    defaults = {f.name: str(f.default) for f in fields(config.Settings) if f.name != "home"}
    defaults["proxy_headers"] = ""  # told as "the five"
    assert {name: in_words.get(value, value.strip("`")) for name, value in told.items()} == defaults
