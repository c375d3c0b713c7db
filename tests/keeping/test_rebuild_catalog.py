"""The catalogue comes back from the masters alone: every record, in its state; what was deleted stays deleted."""

import shutil
from pathlib import Path

import orjson
import pytest

from museum import db
from museum.catalog import institutions, store
from museum.catalog.record import to_json
from museum.errors import Conflict, NotFound
from museum.exhibitions import store as stories
from museum.ingest import check, mirroring, run, writing
from museum.ingest.lock import only_ingest
from museum.ingest.run import Options
from museum.keeping import recataloging, resettling
from museum.keeping.recataloging import rebuild_catalog
from tests.keeping.conftest import Home, reopened, tree, write_folder
from tests.keeping.killing import killed_at, steps_of


def rebuilt(folder: Path, *, derive: bool = True) -> recataloging.Recataloged:
    settings, engine = resettling.settle(folder)
    done = rebuild_catalog(settings, engine, derive=derive, workers=0)
    engine.dispose()
    return done


def only_masters(home: Home, folder: Path) -> Path:
    shutil.copytree(home.settings.masters_root, folder / "media" / "masters")
    return folder


def test_every_record_story_and_institution_comes_back(home: Home, tmp_path: Path) -> None:
    done = rebuilt(only_masters(home, tmp_path / "mới"))
    again = reopened(tmp_path / "mới")
    assert again.dump() == home.dump() != b""
    assert again.story_dump() == home.story_dump() != []
    assert (done.records, done.stories, done.institutions, done.graves) == (4, 1, 2, 1)
    assert done.failed == done.unknown == ()
    with db.reading(again.engine) as session, db.reading(home.engine) as before:
        assert institutions.all_of(session) == institutions.all_of(before)
        states = {r.identifier("accession_number") or r.id: r.state for r in store.all_records(session)}
        assert sorted(states.values()) == ["draft", "published", "published", "withdrawn"]
    assert check.is_sound(check.check(again.settings, again.engine))
    print(f"{done.records} of 4 records, {done.stories} story: the dumps are equal")
    again.close()


def test_what_was_deleted_stays_deleted_and_its_address_says_so(home: Home, tmp_path: Path) -> None:
    known = {i for i in home.parts.masters.object_ids() if mirroring.is_tombstone(home.parts, i)}
    (gone,) = (name.rpartition(":")[2] for name in known)
    rebuilt(only_masters(home, tmp_path / "mới"), derive=False)
    again = reopened(tmp_path / "mới")
    with db.reading(again.engine) as session:
        grave = store.tombstone(session, gone)
    assert grave is not None
    assert grave.before is not None
    assert grave.before["state"] == "published"
    again.close()


def test_without_the_mirror_edits_would_be_lost(home: Home, tmp_path: Path) -> None:
    """The control: what the database alone knows is not in the masters until they are brought up to date."""
    home.rename(home.ids()["BTH.01"], "Vạc đồng, đúc năm 1659")
    rebuilt(only_masters(home, tmp_path / "trước"), derive=False)
    behind = reopened(tmp_path / "trước")
    assert "đúc năm 1659".encode() not in behind.dump()
    behind.close()
    assert mirroring.mirror(home.parts) == 1
    assert mirroring.mirror(home.parts) == 0
    rebuilt(only_masters(home, tmp_path / "sau"))
    after = reopened(tmp_path / "sau")
    assert after.dump() == home.dump()
    after.close()


def test_in_place_only_what_is_missing_is_taken_in(home: Home) -> None:
    before = home.dump()
    assert rebuilt(home.settings.home).records == 0
    assert home.dump() == before
    home.close()
    (home.settings.home / "museum.db").unlink()
    for left in home.settings.home.glob("museum.db-*"):
        left.unlink()
    assert rebuilt(home.settings.home).records == 4
    again = reopened(home.settings.home)
    assert again.dump() == before
    again.close()


def test_killed_anywhere_it_goes_on(home: Home, tmp_path: Path) -> None:
    folder = only_masters(home, tmp_path / "đếm")

    def work_in(folder: Path) -> object:
        return rebuilt(folder, derive=False)

    points = steps_of(lambda: work_in(folder), folder)
    killed = 0
    folder = only_masters(home, tmp_path / "mới")
    for point in range(2, points + 1, max(1, points // 20)):
        killed += killed_at(lambda: work_in(folder), folder, point)
    rebuilt(folder)
    again = reopened(folder)
    assert again.dump() == home.dump()
    assert killed >= 3
    assert tree(again.settings.masters_root) == tree(home.settings.masters_root)
    print(f"killed {killed} times on the way; every record came back")
    again.close()


def test_masters_are_copied_from_elsewhere(home: Home, tmp_path: Path) -> None:
    count = resettling.copy_masters(home.settings.masters_root, tmp_path / "mới")
    assert count == len(tree(home.settings.masters_root))
    rebuilt(tmp_path / "mới", derive=False)
    with pytest.raises(NotFound):
        resettling.copy_masters(tmp_path, tmp_path / "khác")


def test_the_masters_follow_every_kind_of_change(home: Home) -> None:
    """Edit, withdraw, publish, restore of a removed file, delete, undelete: the master says what the catalogue says."""
    parts, ids = home.parts, home.ids()
    record_id = ids["BTH.04"]
    with db.reading(home.engine) as session:
        whole = store.get(session, record_id)
    steps = [
        lambda s: store.set_state(s, record_id, "withdrawn", person="u1", batch="1"),
        lambda s: store.save(s, type(whole)(**{**vars(whole), "media": ()}), person="u1", batch="2"),
        lambda s: store.save(s, whole, person="u1", batch="3"),
        lambda s: store.delete(s, record_id, person="u1", batch="4"),
        lambda s: store.save(s, whole, person="u1", batch="5"),
    ]
    for number, step in enumerate(steps):
        with db.writing(home.engine) as session:
            step(session)
        assert mirroring.mirror(parts) == 1, number
        with db.reading(home.engine) as session:
            found = store.get(session, record_id) if store.exists(session, record_id) else None
        name = parts.object_id(record_id)
        assert mirroring.is_tombstone(parts, name) is (found is None)
        if found is not None:
            assert orjson.loads(parts.masters.read(name, writing.RECORD_FILE)) == to_json(found)
            for media in found.media:
                assert parts.masters.files(name)[media.path].sha256 == media.sha256
        assert [p for p in parts.masters.validate(name) if p.is_error] == []
    with db.writing(home.engine) as session:
        (story,) = stories.all_stories(session)
        stories.set_state(session, story.id, "withdrawn", person="u1", batch="6")
    assert mirroring.mirror(parts) == 1
    with db.writing(home.engine) as session:
        stories.delete(session, story.id, person="u1", batch="7")
    assert mirroring.mirror(parts) == 1


def test_an_ingest_is_not_disturbed(home: Home, tmp_path: Path) -> None:
    """The masters wait while somebody ingests, and ingest's own versions are never hidden by theirs."""
    home.rename(home.ids()["BTH.01"], "Vạc đồng lớn")
    with only_ingest(home.settings), pytest.raises(Conflict) as caught:
        mirroring.mirror(home.parts)
    assert caught.value.code == "ingest.already_running"
    source = write_folder(tmp_path / "thêm", first=30, titles=("Trống đồng",), story=False)
    run.ingest(home.settings, home.engine, source, options=Options(publish=True, workers=0), parts=home.parts)
    assert mirroring.mirror(home.parts) >= 1
    assert recataloging.dump_of_masters(home.parts) == home.dump()
