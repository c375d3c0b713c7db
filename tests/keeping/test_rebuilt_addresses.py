"""Every permanent address outlives the loss of the database: what answers, what leads on, what says that it is gone."""

import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from museum import addresses, db
from museum.catalog import redirects, store
from museum.catalog.record import Designation, Link, Procedure, Value
from museum.exhibitions import store as stories
from museum.ingest import amending, lifetime, mirroring
from museum.keeping import resettling
from museum.keeping.recataloging import rebuild_catalog
from museum.text import Text
from museum.web.app import create_app
from tests.keeping.conftest import Home, reopened

Answer = tuple[int, str]
SECOND = dt.timedelta(seconds=1)


def rebuilt(home: Home, folder: Path) -> Home:
    """A museum made from the masters of another alone."""
    shutil.copytree(home.settings.masters_root, folder / "media" / "masters")
    settings, engine = resettling.settle(folder)
    done = rebuild_catalog(settings, engine, workers=0)
    assert done.failed == done.unknown == ()
    engine.dispose()
    return reopened(folder)


def lived(home: Home) -> dict[str, str]:
    """Let everything happen to records that changes an address; their ids by what became of them."""
    ids = home.ids()
    with db.writing(home.engine) as session:
        gone = next(c.record_id for c in mirroring.changes.since(session, 0) if c.action == "delete")
        winner = store.get(session, ids["BTH.01"])
        full = replace(
            winner,
            values={**winner.values, "valuation": (Value(value="9 tỷ đồng", language="vi", level="confidential"),)},
            designations=(Designation(scheme="national_treasure", decision_number="1426/QĐ-TTg", date="2012-10-01"),),
            links=(Link(predicate="part_of", target=ids["BTH.04"], order=1),),
            procedures=(
                Procedure(
                    id=addresses.new_id(), kind="condition", date="2024-05-02", state="signed", text=Text.of(vi="Tốt.")
                ),
            ),
            media=(*winner.media, replace(winner.media[0], id=addresses.new_id(), role="detail", order=7)),
        )
        store.save(session, full, person="u123", batch="điền đủ")
        seen_only_once = store.get(session, ids["BTH.03"])
        store.save(session, replace(seen_only_once, state="published"), person="u123", batch="công bố")
        store.save(session, replace(seen_only_once, state="withdrawn"), person="u123", batch="rút lại")
        (story,) = stories.all_stories(session)
        stories.save(
            session,
            replace(story, id=addresses.new_id(), slug="da-xoa", state="published"),
            person="u123",
            batch="chuyện",
        )
        stories.delete(session, stories.by_slug(session, "da-xoa").id, person="u123", batch="xoá chuyện")
    # Deleted, brought back and merged before the masters look again.
    amending.delete(home.parts, ids["BTH.04"], person="Hoa")
    mirroring.mirror(home.parts)
    amending.undelete(home.parts, ids["BTH.04"], person="Hoa")
    amending.merge(home.parts, ids["BTH.01"], ids["BTH.04"], person="Hoa")
    mirroring.mirror(home.parts)
    return {"whole": ids["BTH.01"], "withdrawn": ids["BTH.02"], "back": ids["BTH.03"], "merged": ids["BTH.04"]} | {
        "deleted": gone
    }


def answers(home: Home, ids: Mapping[str, str]) -> dict[str, Answer]:
    """Status and place that each permanent address answers with, to a visitor."""
    client = create_app(home.settings, engine=home.engine).test_client()
    with db.reading(home.engine) as session:
        media = sorted(m.id for record in store.all_records(session) for m in record.media)
        media += sorted(redirects.of_record(session, ids["merged"]))
    asked = [
        address
        for id_ in ids.values()
        for address in (addresses.object_page(id_), addresses.record_json(id_), addresses.manifest(id_))
    ]
    asked += [f"/n/BTH.0{number}" for number in range(1, 6)] + [addresses.media_page(id_) for id_ in media]
    asked += [addresses.story_page("chuong-va-vac"), addresses.story_page("da-xoa"), addresses.object_page("0000000b")]
    found = {}
    for address in asked:
        with client.get(address) as answer:
            found[address] = (answer.status_code, answer.headers.get("Location", ""))
    return found


def test_addresses_dates_and_every_part_survive(home: Home, tmp_path: Path) -> None:
    ids = lived(home)
    before = answers(home, ids)
    pages = {name: before[addresses.object_page(id_)] for name, id_ in ids.items()}
    assert {name: status for name, (status, _) in pages.items()} == {
        "whole": 200,
        "withdrawn": 410,
        "back": 410,
        "merged": 301,
        "deleted": 410,
    }
    assert pages["merged"][1].endswith(addresses.object_page(ids["whole"]))
    assert before[addresses.story_page("da-xoa")][0] == 410
    again = rebuilt(home, tmp_path / "mới")
    assert answers(again, ids) == before
    assert again.dump() == home.dump()
    assert again.story_dump() == home.story_dump()
    assert mirroring.mirror(again.parts) == 0, "the masters say all of it already"
    once_more = rebuilt(again, tmp_path / "mới nữa")
    assert answers(once_more, ids) == before
    print(f"{len(before)} addresses answer as before, twice rebuilt")
    again.close()
    once_more.close()


def test_without_lifetimes_the_addresses_would_be_forgotten(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a catalogue that isn't told what was public answers 404."""
    ids = lived(home)
    before = answers(home, ids)
    known = lifetime.in_masters

    def forgetful(*args: object) -> lifetime.Lifetime:
        return replace(known(*args), was_open=False)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(lifetime, "in_masters", forgetful)
    again = rebuilt(home, tmp_path / "mới")
    after = answers(again, ids)
    changed = {address for address in before if before[address] != after[address]}
    assert {addresses.object_page(ids[name]) for name in ("withdrawn", "back")} <= changed
    print(f"{len(changed)} of {len(before)} addresses would answer otherwise")
    again.close()


def test_times_come_back(home: Home, tmp_path: Path) -> None:
    """Exactly where the masters were written after an edit; of what only an ingest wrote, to the second."""
    lived(home)
    home_times, again = times(home), rebuilt(home, tmp_path / "mới")
    found = times(again)
    assert found.keys() == home_times.keys()
    for id_, (had, is_exact) in home_times.items():
        got = found[id_][0]
        if is_exact:
            assert got == had, id_
        else:
            assert abs(got.created_at - had.created_at) <= 2 * SECOND
            assert had.published_at is not None
            assert got.published_at is not None
            assert got.published_at <= had.published_at
    assert sum(is_exact for _, is_exact in home_times.values()) >= 3
    again.close()


def times(home: Home) -> dict[str, tuple[lifetime.Lifetime, bool]]:
    """Times of each record and story, and whether its master tells them exactly."""
    found = {}
    masters = home.parts.masters
    with db.reading(home.engine) as session:
        for record in store.all_records(session):
            held = masters.logical_paths(home.parts.object_id(record.id))
            since = lifetime.in_catalog(session, "record", record.id)
            found[record.id] = (since, lifetime.CATALOG_FILE in held)
        for story in stories.all_stories(session):
            found[story.id] = (lifetime.in_catalog(session, "story", story.id), False)
    return found
