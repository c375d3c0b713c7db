"""The demonstration's records: real facts with sources, honest about what is generated, taken in whole by ingest."""

import csv
import io
import re
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from museum import db
from museum.catalog import store, vocabulary
from museum.catalog.record import Record
from museum.config import Settings
from museum.demonstration import tables
from museum.demonstration.plan import Plan, load
from museum.imaging import arrays
from museum.ingest import intake, plan, run
from museum.ingest.drafts import RowDraft
from museum.ingest.reading import read_folder
from tests.founded import founded

# Weights of the urns as published (cân), as they circulate and as computed (kg): vietnam.md, section 8.
WEIGHTS = {
    1: (4307, 2601.4, 2601.4),
    2: (4160, 2152.6, 2512.6),
    3: (3472, 2079, 2097.1),
    4: (4261, 2595.7, 2573.6),
    5: (4206, 2595.7, 2540.4),
    6: (3229, 1950.3, 1950.3),
}
CONSISTENT = {1, 6}
KINDS = {"object": 18, "monument": 4, "intangible": 1, "person": 2, "place": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables with stand-ins for the files of the plan."""
    here = tmp_path_factory.mktemp("demonstration")
    whole = load("full")
    tables.write_tables(here, whole)
    _stand_ins(here, whole)
    return here


def _stand_ins(here: Path, whole: Plan) -> None:
    picture = here / "one.jpg"
    arrays.write(np.full((40, 32, 3), 120, np.uint8), picture)
    points = "".join(f"v {x} {y} {z}\n" for x, y, z in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)))
    for one in whole.objects:
        for planned in one.files:
            path = here / planned.name
            if planned.is_picture:
                path.write_bytes(picture.read_bytes())
            elif planned.make == "sound":
                with wave.open(str(path), "wb") as sound:
                    sound.setnchannels(1)
                    sound.setsampwidth(2)
                    sound.setframerate(8000)
                    sound.writeframes(bytes(16000))
            else:
                path.write_text(points + "f 1 2 3\n", encoding="utf-8")
    picture.unlink()


@pytest.fixture(scope="module")
def drafts(folder: Path) -> dict[str, RowDraft]:
    """What ingest reads from the tables, by number; scans are looked at elsewhere."""
    _without_scans(folder)
    outcomes = list(read_folder(folder, vocabulary=vocabulary.shipped()).outcomes())
    problems = [p for o in outcomes for p in o.problems]
    assert [p.message("en") for p in problems] == []
    return {o.draft.key: o.draft for o in outcomes if o.draft}


def _without_scans(folder: Path) -> None:
    """Leave out rows of scans: the stand-ins are no models."""
    kept = [row for row in _rows(folder, "media") if not row["path"].endswith((".glb", ".ply", ".obj", ".stl"))]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(kept[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)
    (folder / "media.csv").write_text(out.getvalue(), encoding="utf-8")
    care = (folder / "procedures.csv").read_text(encoding="utf-8")
    (folder / "procedures.csv").write_text(re.sub(r";[\w-]+\.(?:glb|ply)", "", care), encoding="utf-8")


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_object_of_the_plan_has_a_record_and_reserved_numbers_have_no_gap() -> None:
    told = tables.samples()
    assert [one.number for one in told] == [f"MẪU-{place:04d}" for place in range(1, len(told) + 1)]
    assert {one.key for one in load("full").objects} <= {one.key for one in told}


def test_every_record_is_a_sample_with_both_languages_and_a_description_worth_reading(
    drafts: dict[str, RowDraft],
) -> None:
    counts: dict[str, int] = {}
    for key, draft in drafts.items():
        counts[draft.kind or ""] = counts.get(draft.kind or "", 0) + 1
        assert draft.is_sample is True, key
        for name in ("title", "description"):
            assert {v.language for v in draft.values[name]} == {"vi", "en"}, (key, name)
        for value in draft.values["description"]:
            assert 55 <= len(str(value.value).split()) <= 140, (key, value.language)
        told = (v for name, values in draft.values.items() if name != "source" for v in values)
        assert all(v.source for v in told), key
    assert counts == KINDS


def test_texts_have_no_language_only_one_reader_understands(drafts: dict[str, RowDraft]) -> None:
    """Fields that are told in Vietnamese are told in English as well, except names and Hán characters."""
    for key, draft in drafts.items():
        for name, values in draft.values.items():
            languages = {v.language for v in values if v.language in ("vi", "en")}
            if name not in ("other_names", "source") and languages:
                assert languages == {"vi", "en"}, (key, name)


@pytest.mark.parametrize("place", sorted(WEIGHTS))
def test_weights_of_the_urns_stand_side_by_side(drafts: dict[str, RowDraft], place: int) -> None:
    published, circulating, computed = WEIGHTS[place]
    weights = drafts[f"MẪU-{place:04d}"].values["weight"]
    assert [(v.value, v.unit, v.preferred) for v in weights] == [
        (published, "can", True),
        (circulating, "kg", False),
        (computed, "kg", False),
    ]
    assert round(published * 0.604, 1) == computed
    fails = "không khớp" in weights[1].source
    assert fails is (place not in CONSISTENT)
    assert (weights[1].certainty == "disputed") is fails
    assert "0,604" in weights[2].as_written


def test_what_no_source_gives_is_left_open(drafts: dict[str, RowDraft]) -> None:
    for place in (7, 8, 9):
        assert "weight" not in drafts[f"MẪU-{place:04d}"].values
    heights = drafts["MẪU-0004"].values["height"]
    assert [(v.value, v.certainty) for v in heights] == [("231–250", ""), (225, "disputed")]


def test_urns_bear_their_name_date_and_panels(drafts: dict[str, RowDraft]) -> None:
    for place in range(1, 10):
        values = drafts[f"MẪU-{place:04d}"].values
        assert [v.value for v in values["date"]] == ["1835-12/1837", "1837-03-01"]
        assert "tháng 10 âm lịch" in values["date"][0].as_written
        han = [str(v.value) for v in values["other_names"] if v.language == "zh"]
        assert len(han) == 1
        assert han[0].endswith("鼎")
        panels = [v for v in values["motif"] if v.language == "vi"]
        assert len(panels) == 3
        assert sum(str(v.value).count("; ") + 1 for v in panels) == 17
        assert {v.certainty for v in panels} == ({""} if place == 1 else {"unverified"})
    told = [str(v.value) for v in drafts["MẪU-0018"].values["motif"]]
    assert any("153" in words for words in told)
    assert any("162" in words for words in told)


def test_no_illustration_bears_a_designation_and_monuments_state_theirs_with_doubt(
    drafts: dict[str, RowDraft],
) -> None:
    for key, draft in drafts.items():
        if draft.kind == "monument":
            assert draft.designations, key
            assert all("cần kiểm chứng" in d.source for d in draft.designations), key
        else:
            assert draft.designations == (), key
        assert not any(d.decision_number for d in draft.designations), key
    assert "1426/QĐ-TTg" in str(drafts["MẪU-0001"].values["description"][0].value)


def test_every_file_is_said_to_be_made_by_software_under_cc0(drafts: dict[str, RowDraft]) -> None:
    media = [m for draft in drafts.values() for m in draft.media]
    assert media
    assert {m.digital_source for m in media} == {"algorithmicMedia"}
    assert {m.rights for m in media} == {"http://creativecommons.org/publicdomain/zero/1.0/"}
    assert all(set(m.label) == set(m.alt) == {"vi", "en"} for m in media)
    for draft in drafts.values():
        if draft.kind == "object":
            assert "không phải ảnh" in str(draft.values["description"][0].value), draft.key


def test_an_intangible_practice_has_a_sound_that_says_it_is_synthesized(drafts: dict[str, RowDraft]) -> None:
    craft = next(d for d in drafts.values() if d.kind == "intangible")
    assert "sound" in {m.kind for m in craft.media}
    assert "tổng hợp" in str(craft.values["description"][0].value)


def test_places_keep_former_names_with_their_dates(drafts: dict[str, RowDraft]) -> None:
    names = {d.key: " ".join(str(v.value) for v in d.values["other_names"]) for d in drafts.values()
             if d.kind == "place"}  # fmt: skip
    assert any("Thừa Thiên Huế" in said and "1-1-2025" in said for said in names.values())
    assert any("Quảng Nam" in said and "1-7-2025" in said for said in names.values())


def test_care_is_an_example_and_says_so_in_every_row(drafts: dict[str, RowDraft]) -> None:
    cared = {key: draft.procedures for key, draft in drafts.items() if draft.procedures}
    assert set(cared) == {"MẪU-0001", "MẪU-0014"}
    for events in cared.values():
        assert {"condition", "treatment", "photography"} <= {e.kind for e in events}
        for event in events:
            assert event.text["vi"].startswith("Ví dụ minh họa, không phải hồ sơ thật.")
            assert "Ví dụ" in event.source
            assert all("ví dụ" in person for person in event.people)
            assert event.date


def test_the_small_profile_links_only_to_records_it_has(tmp_path: Path) -> None:
    small = load("small")
    tables.write_tables(tmp_path, small)
    numbers = {row["object_id"] for row in _rows(tmp_path, "catalogue")}
    assert {row["to"] for row in _rows(tmp_path, "links")} <= numbers
    assert {row["path"] for row in _rows(tmp_path, "media")} <= {f.name for o in small.objects for f in o.files}
    first = {name: (tmp_path / name).read_bytes() for name in tables.TABLES}
    tables.write_tables(tmp_path, small)
    assert {name: (tmp_path / name).read_bytes() for name in tables.TABLES} == first


@pytest.fixture
def museum(tmp_path: Path) -> Iterator[tuple[Settings, Engine]]:
    settings, engine = founded(tmp_path / "bao-tang")
    yield settings, engine
    engine.dispose()


def test_records_without_files_are_taken_in_once_and_link_to_one_another(
    museum: tuple[Settings, Engine], tmp_path: Path
) -> None:
    settings, engine = museum
    here = tmp_path / "tables"
    here.mkdir()
    tables.write_tables(here, load("full"))
    for name in ("media.csv", "procedures.csv"):
        (here / name).unlink()
    report = run.ingest(settings, engine, here, options=run.Options(workers=0, publish=True))
    assert [p.message("en") for p in report.problems] == []
    assert (report.count("created"), report.published) == (27, 27)
    with db.reading(engine) as session:
        before = store.canonical_dump(session)
        records: dict[str, Record] = {r.identifier("object_id"): r for r in store.all_records(session)}
        whole = intake.find_number(session, "MẪU-0018", settings.institution_code) or ""
        members = [source for predicate, source in store.linked_from(session, whole) if predicate == "member_of"]
    assert members == [records[f"MẪU-{place:04d}"].id for place in range(1, 10)]
    assert all(r.is_sample for r in records.values())
    assert plan.plan(settings, engine, here).count("unchanged") == 27
    assert run.ingest(settings, engine, here, options=run.Options(workers=0, publish=True)).count("unchanged") == 27
    with db.reading(engine) as session:
        assert store.canonical_dump(session) == before
