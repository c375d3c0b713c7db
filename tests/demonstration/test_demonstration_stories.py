"""The demonstration's two stories: complete in both languages, of a length to read, over files that are planned."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from museum.demonstration import plan as plans
from museum.demonstration.story_files import write_stories
from museum.exhibitions.story import Story, View
from museum.ingest.story_file import read_story

FOLDER = Path(str(files("museum.demonstration"))) / "stories"
FILES = sorted(FOLDER.glob("*.toml"))
_LEAST, _MOST = 30, 75  # words of a stop


def story_of(path: Path) -> Story:
    written, problems = read_story(path, name=path.name)
    assert [p.message("en") for p in problems] == []  # a text that lacks a language would be a warning
    assert written is not None
    assert written.is_sample
    assert written.skips_missing
    return written.story


def test_there_are_two() -> None:
    assert [story_of(p).slug for p in FILES] == ["mot-hien-vat-duoc-lam-sach", "cuu-dinh"]  # the newest is shown first


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_each_stop_can_be_read_and_told(path: Path) -> None:
    story = story_of(path)
    assert 7 <= len(story.stops) <= 11
    assert story.note  # what a visitor must know of the pictures
    for stop in story.stops:
        assert stop.alt, stop.id
        for language, words in stop.text.items():
            assert _LEAST <= len(words.split()) <= _MOST, f"{stop.id} {language}: {len(words.split())} words"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_each_source_is_named_by_a_stop(path: Path) -> None:
    story = story_of(path)
    named = {source for stop in story.stops for source in stop.sources}
    assert named == {source.id for source in story.sources}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_each_view_shows_planned_files_made_for_it(path: Path) -> None:
    plan = {one.number: {f.name: f for f in one.files} for one in plans.load("full").objects}

    def judge(view: View) -> None:
        for name in filter(None, (view.media, view.before, view.after, *view.lights)):
            file = plan[view.object][name]
            assert file.make == "scan" if view.kind == "scan" else file.is_picture, name
        registered = [plan[view.object][n] for n in (view.media, *view.lights, view.before, view.after) if n]
        if len(registered) > 1:  # lights and sides of a comparison must lie on each other
            assert len({(f.azimuth_deg, f.elevation_deg, f.region, f.width_px / f.height_px) for f in registered}) == 1
        for item in view.items:
            assert item.media in plan[item.object]

    for view in story_of(path).views:
        judge(view)


def test_stories_are_written_once_and_follow_their_words(tmp_path: Path) -> None:
    assert write_stories(tmp_path) == 2
    first = tmp_path / "stories" / "2-cuu-dinh.toml"
    before = first.stat().st_mtime_ns
    write_stories(tmp_path)
    assert first.stat().st_mtime_ns == before
    first.write_text("old", encoding="utf-8")
    write_stories(tmp_path)
    assert tomllib.loads(first.read_text(encoding="utf-8"))["slug"] == "cuu-dinh"
