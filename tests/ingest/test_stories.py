"""Stories from a folder: numbers and file names find their records and media, and what is wrong is said in place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Engine, delete, select

from museum import db
from museum.catalog import changes, store
from museum.catalog.tables import ChangeRow
from museum.config import Settings
from museum.exhibitions import store as stories
from museum.exhibitions.story import Story
from museum.exhibitions.tables import StoryRow
from museum.ingest import check, plan, rebuild, run, story_writing, writing
from museum.ingest.parts import Parts, open_parts
from museum.ingest.report import Report
from museum.ingest.run import Options
from museum.ingest.story_file import read_story
from museum.ingest.tables import IntentRow
from tests.founded import founded

STORY = """
slug = "hai-dinh"
title = { vi = "Hai chiếc đỉnh", en = "Two urns" }
lead = { vi = "Đặt cạnh nhau.", en = "Side by side." }
cover = { object = "Đ-1", media = "Cao Đỉnh.png" }

[[sources]]
id = "thuc-luc"
words = { vi = "Đại Nam thực lục", en = "Đại Nam thực lục (Veritable Records)" }

[[stops]]
id = "rong"
title = { vi = "Rồng", en = "The dragon" }
text = { vi = "Năm móng.", en = "Five claws." }
alt = { vi = "Rồng cuộn.", en = "A coiled dragon." }
sources = ["thuc-luc"]
[[stops.views]]
kind = "image"
object = "Đ-1"
media = "Cao Đỉnh.png"
region = [0.25, 0.25, 0.5, 0.5]

[[stops]]
id = "hai"
title = { vi = "Hai", en = "Two" }
text = { vi = "Cao và Nhân.", en = "Cao and Nhân." }
[[stops.views]]
kind = "row"
items = [{ object = "Đ-1" }, { object = "Đ-2", media = "nhan.png" }]
"""


@dataclass
class Home:
    """A museum in a temporary folder, and a folder with two objects and a story to take in."""

    settings: Settings
    engine: Engine
    folder: Path

    def parts(self) -> Parts:
        return open_parts(self.settings, self.engine, fsync=False)

    def write(self, text: str, *, name: str = "hai-dinh.toml") -> None:
        (self.folder / "stories").mkdir(exist_ok=True)
        (self.folder / "stories" / name).write_text(text, encoding="utf-8")

    def ingest(self, *, publish: bool = True) -> Report:
        options = Options(publish=publish, workers=0)
        return run.ingest(self.settings, self.engine, self.folder, options=options, parts=self.parts())

    def stories(self) -> list[Story]:
        with db.reading(self.engine) as session:
            return stories.all_stories(session)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    settings, engine = founded(tmp_path / "bao-tang")
    folder = tmp_path / "nguon"
    folder.mkdir()
    for number, name in enumerate(("Cao Đỉnh.png", "nhan.png")):
        Image.new("RGB", (96, 120), (90 + 40 * number, 60, 30)).save(folder / name)
    (folder / "danh-muc.csv").write_text(
        "Mã hiện vật,Tên hiện vật,Loại hình,Tệp\nĐ-1,Cao Đỉnh,đỉnh,Cao Đỉnh.png\nĐ-2,Nhân Đỉnh,đỉnh,nhan.png\n",
        encoding="utf-8",
    )
    yield Home(settings, engine, folder)
    engine.dispose()


def test_a_story_finds_its_objects_and_opens_with_them(home: Home) -> None:
    home.write(STORY)
    report = home.ingest()
    assert [p.message("en") for p in report.problems] == []
    assert report.results[-1].action == "created"
    (story,) = home.stories()
    with db.reading(home.engine) as session:
        urn = store.get(session, story.cover.object)
    assert (story.state, story.slug, story.kind, story.institution) == (
        "published", "hai-dinh", "exhibition", home.settings.institution_code,
    )  # fmt: skip
    assert urn.identifier("object_id") == "Đ-1"
    assert story.stops[0].views[0].media == urn.media[0].id
    assert story.stops[0].views[0].region == (0.25, 0.25, 0.5, 0.5)
    assert story.stops[1].views[0].items[1].object != urn.id
    assert not story.is_sample


def test_the_same_folder_again_changes_nothing(home: Home) -> None:
    home.write(STORY)
    home.ingest()
    with db.reading(home.engine) as session:
        before = changes.count(session)
    again = home.ingest()
    assert (again.count("created"), again.count("updated"), again.count("unchanged")) == (0, 0, 3)
    with db.reading(home.engine) as session:
        assert changes.count(session) == before


def test_a_changed_file_is_an_update_and_a_lost_file_takes_nothing_away(home: Home) -> None:
    home.write(STORY)
    home.ingest()
    (first,) = home.stories()
    home.write(STORY.replace("Năm móng.", "Rồng năm móng."))
    assert home.ingest().results[-1].action == "updated"
    (second,) = home.stories()
    assert (second.id, second.stops[0].text["vi"]) == (first.id, "Rồng năm móng.")
    (home.folder / "stories" / "hai-dinh.toml").unlink()
    home.ingest()
    assert home.stories() == [second]


def test_a_draft_opens_only_when_asked_and_when_its_objects_are_public(home: Home) -> None:
    home.write(STORY)
    report = home.ingest(publish=False)
    assert home.stories()[0].state == "draft"
    assert {p.code for p in report.problems} == {"story.object_unpublished"}
    home.ingest()
    assert home.stories()[0].state == "published"
    with db.writing(home.engine) as session:
        stories.set_state(session, home.stories()[0].id, "withdrawn", person="test", batch="b")
    home.ingest()
    assert home.stories()[0].state == "withdrawn"


def test_what_all_objects_are_the_story_is_a_sample_or_not(home: Home) -> None:
    home.write(STORY.replace('slug = "hai-dinh"', 'slug = "hai-dinh"\nsample = true'))
    home.ingest()
    assert home.stories()[0].is_sample


FAULTS: dict[str, tuple[Callable[[str], str], str, str]] = {
    "broken TOML": (lambda t: t.replace('slug = "hai-dinh"', "slug = hai-dinh"), "story.unreadable", ""),
    "no slug": (lambda t: t.replace('slug = "hai-dinh"', ""), "story.key_missing", "slug"),
    "a slug with marks": (lambda t: t.replace('"hai-dinh"', '"Hai Đỉnh"'), "story.bad_slug", ""),
    "an unknown key": (lambda t: t.replace("lead =", "ledd ="), "story.key_unknown", "ledd"),
    "an unknown object": (lambda t: t.replace('media = "nhan.png"', "").replace('"Đ-2",', '"Đ-9"'),
                          "story.object_unknown", "stops hai › views 1 › items 2 › object"),
    "an unknown file": (lambda t: t.replace('"nhan.png"', '"nham.png"'),
                        "story.media_unknown", "stops hai › views 1 › items 2 › media"),
    "a kind of view nobody knows": (lambda t: t.replace('"row"', '"rows"'),
                                    "story.wrong_value", "stops hai › views 1 › kind"),
    "a region over the edge": (lambda t: t.replace("0.25, 0.5, 0.5]", "0.25, 0.9, 0.5]"),
                               "story.wrong_value", "stops rong › views 1 › region"),
    "a photograph as scan": (lambda t: t.replace('kind = "image"', 'kind = "scan"').replace("region =", "#"),
                             "story.media_wrong_kind", "stops rong › views 1 › media"),
    "a light nobody took": (lambda t: t.replace("region = [", 'light = "uv"\nregion = ['),
                            "story.light_unknown", "stops rong › views 1 › light"),
    "a source nobody lists": (lambda t: t.replace('["thuc-luc"]', '["thuc"]'),
                              "story.source_unknown", "stops rong › sources"),
    "a stop twice": (lambda t: t.replace('id = "hai"', 'id = "rong"'), "story.stop_twice", "stops rong"),
    "an id of the page": (lambda t: t.replace('id = "hai"', 'id = "start"'), "story.wrong_value", "stops start › id"),
    "no title": (lambda t: t.replace('title = { vi = "Rồng", en = "The dragon" }', ""),
                 "story.key_missing", "stops rong › title"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_file_is_refused_whole_with_its_place(home: Home, name: str) -> None:
    spoil, code, place = FAULTS[name]
    assert spoil(STORY) != STORY
    home.write(spoil(STORY))
    report = home.ingest()
    assert [(p.code, p.file, p.values.get("place", "")) for p in report.errors] == [
        (code, "stories/hai-dinh.toml", place)
    ]
    for language in ("vi", "en"):
        said = report.errors[0].message(language)
        assert said.startswith("stories/hai-dinh.toml")
        assert "{" not in said.replace('{ vi = "…", en = "…" }', "")
    assert report.results[-1].action == "refused"
    assert home.stories() == []
    assert report.count("created") == 2  # the objects are in all the same


def test_a_story_may_leave_out_what_is_not_there_yet(home: Home) -> None:
    home.write(
        STORY.replace('slug = "hai-dinh"', 'slug = "hai-dinh"\nskip_missing = true').replace(
            '"Đ-2", media', '"Đ-9", media'
        )
    )
    report = home.ingest()
    assert [(p.code, p.severity, p.values["place"]) for p in report.problems] == [
        ("story.left_out", "note", "stops hai › views 1")
    ]
    (story,) = home.stories()
    assert [len(stop.views) for stop in story.stops] == [1, 1]
    assert len(story.stops[1].views[0].items) == 1
    assert story.state == "published"


def test_a_missing_language_is_a_warning(home: Home) -> None:
    home.write(STORY.replace(', en = "Five claws."', ""))
    report = home.ingest()
    assert [(p.code, p.severity) for p in report.problems] == [("story.language_missing", "warning")]
    assert home.stories()[0].state == "published"


@pytest.mark.parametrize("page", ["en/exhibit.md", "vi/trung-bay.md"])
def test_the_example_in_the_guides_is_a_story(tmp_path: Path, page: str) -> None:
    words = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    example = words.split("```toml\n")[1].split("```")[0]
    (tmp_path / "example.toml").write_text(example, encoding="utf-8")
    written, problems = read_story(tmp_path / "example.toml", name="example.toml")
    assert [p.message("en") for p in problems] == []
    assert written is not None
    assert [view.kind for view in written.story.stops[0].views] == ["image", "scan"]


def test_two_files_cannot_have_one_address(home: Home) -> None:
    home.write(STORY)
    home.write(STORY, name="z.toml")
    report = home.ingest()
    assert [(p.code, p.file) for p in report.errors] == [("story.slug_twice", "stories/z.toml")]
    assert len(home.stories()) == 1


def test_a_dry_run_tells_and_writes_nothing(home: Home) -> None:
    home.write(STORY)
    report = plan.plan(home.settings, home.engine, home.folder, options=Options(publish=True))
    assert [(r.key, r.action) for r in report.results] == [
        ("Đ-1", "created"),
        ("Đ-2", "created"),
        ("hai-dinh", "created"),
    ]
    assert report.errors == []
    assert home.stories() == []
    home.ingest()
    report = plan.plan(home.settings, home.engine, home.folder, options=Options(publish=True))
    assert [r.action for r in report.results] == ["unchanged"] * 3


def test_the_masters_bring_a_story_back(home: Home) -> None:
    home.write(STORY)
    home.ingest()
    (before,) = home.stories()
    with db.writing(home.engine) as session:  # a database that has never heard of it
        session.execute(delete(StoryRow))
    assert rebuild.rebuild(home.settings, home.engine, workers=0).stories == 0  # the log remembers: it was taken out
    with home.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS change_is_append_only_delete")
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(delete(ChangeRow).where(ChangeRow.subject == "story"))
    assert rebuild.rebuild(home.settings, home.engine, workers=0).stories == 1
    assert home.stories() == [before]


def test_check_knows_stories_and_tells_what_they_lack(home: Home) -> None:
    home.write(STORY)
    home.ingest()
    codes = [f.code for f in check.check(home.settings, home.engine)]
    assert "check.master_unknown" not in codes
    assert "check.story_lacks" not in codes
    with db.writing(home.engine) as session:
        store.set_state(session, home.stories()[0].objects[0], "withdrawn", person="test", batch="b")
    assert "check.story_lacks" in [f.code for f in check.check(home.settings, home.engine)]


@pytest.mark.parametrize("moment", ["before the object", "after the object"])
def test_a_crash_between_object_and_database_is_mended(
    home: Home, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.ingest()
    home.write(STORY)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    if moment == "before the object":
        monkeypatch.setattr("museum.storage.writer.Stage.publish", die)
        monkeypatch.setattr(story_writing, "_finish", die)
    else:
        monkeypatch.setattr(story_writing, "_complete", die)
    with pytest.raises(KeyboardInterrupt):
        home.ingest()
    monkeypatch.undo()
    writing.recover(home.parts())
    assert len(home.stories()) == (0 if moment == "before the object" else 1)
    with db.reading(home.engine) as session:
        assert list(session.scalars(select(IntentRow).where(IntentRow.state == "staged"))) == []
    home.ingest()
    assert len(home.stories()) == 1
    assert "check.master_unknown" not in [f.code for f in check.check(home.settings, home.engine)]
