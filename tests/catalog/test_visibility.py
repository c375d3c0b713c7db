"""Levels of fields, files, events and numbers; what somebody of a level sees of a record."""

from dataclasses import replace
from pathlib import Path

import pytest

from museum.accounts.roles import Level
from museum.catalog import record_types
from museum.catalog.record import Identifier, Link, Media, Procedure, Record, Value, record_from_json, to_json
from museum.catalog.visibility import (
    fence,
    is_behind,
    is_open,
    level_of_value,
    levels_of_media,
    seen,
    target_of,
    told_on_request,
)
from museum.errors import Invalid
from museum.text import Text

TYPES = record_types.load()


def value(words: str, **more: str) -> Value:
    return Value(value=words, **more)  # type: ignore[arg-type]  # texts by name


def medium(media_id: str, kind: str = "photo", **more: object) -> Media:
    given = {
        "sha256": "a" * 64,
        "size_bytes": 1,
        "path": "p",
        "file_name": f"{media_id}.jpg",
        "media_type": "image/jpeg",
    }
    return Media(id=media_id, kind=kind, **given | more)  # type: ignore[arg-type]  # the fields of a medium by name


def cauldron(**changes: object) -> Record:
    """Vạc đồng: a record with something at every level."""
    whole = Record(
        id="vv000001v",
        kind="object",
        institution="bth",
        state="published",
        values={
            "title": (value("Vạc đồng", language="vi"),),
            "collection": (value("Đồ đồng"),),
            "valuation": (value("9 tỷ đồng"),),
            "internal_note": (value("Xem lại niên đại"),),
            "place": (value("Huế"), value("Hầm số 2", level="confidential"), value("Đàng Trong", level="internal")),
        },
        identifiers=(Identifier(scheme="inventory_number", value="12"), Identifier(scheme="location_code", value="K3")),
        links=(Link(predicate="part_of", target="a"), Link(predicate="part_of", target="b")),
        media=(medium("one"), medium("two", level="internal"), medium("three", level="confidential")),
        procedures=(
            Procedure(id="p1", kind="condition", people=("Lê Thị Hoa",), media=("one", "two")),
            Procedure(id="p2", kind="acquisition"),
            Procedure(id="p3", kind="valuation"),
        ),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # as above


def names(record: Record) -> dict[str, list[str]]:
    return {
        "fields": sorted(record.values),
        "places": [str(v.value) for v in record.values.get("place", ())],
        "media": [m.id for m in record.media],
        "events": [p.id for p in record.procedures],
        "numbers": [i.scheme for i in record.identifiers],
    }


def test_each_level_sees_its_parts() -> None:
    public, internal, all_of_it = (names(seen(cauldron(), TYPES, level)) for level in Level)
    assert public == {
        "fields": ["collection", "place", "title"], "places": ["Huế"], "media": ["one"], "events": ["p1"],
        "numbers": ["inventory_number"],
    }  # fmt: skip
    assert internal == {
        "fields": ["collection", "internal_note", "place", "title"], "places": ["Huế", "Đàng Trong"],
        "media": ["one", "two"], "events": ["p1", "p2"], "numbers": ["inventory_number"],
    }  # fmt: skip
    assert all_of_it == names(cauldron())
    assert seen(cauldron(), TYPES, Level.CONFIDENTIAL) == cauldron()


def test_a_statement_of_a_closed_field_can_be_opened() -> None:
    record = cauldron(values={"valuation": (value("công khai năm 1935", level="public"),)})
    assert "valuation" in seen(record, TYPES, Level.PUBLIC).values


def test_people_of_events_and_their_hidden_pictures_are_left_out() -> None:
    (event,) = seen(cauldron(), TYPES, Level.PUBLIC).procedures
    assert (event.people, event.media) == ((), ("one",))
    assert seen(cauldron(), TYPES, Level.INTERNAL).procedures[0].people == ("Lê Thị Hoa",)


def test_links_to_what_may_not_be_known_are_left_out() -> None:
    assert [x.target for x in seen(cauldron(), TYPES, Level.PUBLIC, linked={"b"}).links] == ["b"]
    assert len(seen(cauldron(), TYPES, Level.PUBLIC).links) == 2


@pytest.mark.parametrize(
    ("display", "tells"),
    [("on_display", True), ("in_store", False), ("on_loan", False), ("under_treatment", False), ("unknown", False)],
)
def test_where_an_object_stands_is_told_while_it_is_on_display(display: str, tells: bool) -> None:
    record = cauldron(display=display, display_place=Text.of(vi="Kho A, kệ 3"))
    assert bool(seen(record, TYPES, Level.PUBLIC).display_place) is tells
    assert seen(record, TYPES, Level.CONFIDENTIAL).display_place


def test_devices_tell_when_and_with_what_never_where_or_which_piece() -> None:
    capture = {"camera": "Nikon D850", "taken_at": "2024-05-01", "gps": "16.4, 107.5", "serial_number": "300"}
    facts = {"width_px": 10, "author": "Lê Thị Hoa", "gps_latitude": 16.4}
    record = cauldron(media=(medium("one", capture=capture, facts=facts),))
    (media,) = seen(record, TYPES, Level.PUBLIC).media
    assert media.capture == {"camera": "Nikon D850", "taken_at": "2024-05-01"}
    assert media.facts == {"width_px": 10}
    assert seen(record, TYPES, Level.INTERNAL).media[0].capture == capture


@pytest.mark.parametrize(
    ("edtf", "is_public"),
    [("1791/1841", True), ("1830", True), ("18XX", True), ("1931/2009", True), ("1987-03-14", False),
     ("1987/..", False), ("1950/", False), ("", False), ("19XX", False)],
)  # fmt: skip
def test_dates_of_somebody_who_may_live_are_personal(edtf: str, is_public: bool) -> None:
    person = Record(id="p", kind="person", institution="bth", values={"date": (value(edtf),)})
    assert ("date" in seen(person, TYPES, Level.PUBLIC).values) is is_public
    assert "date" in seen(replace(person, kind="object"), TYPES, Level.PUBLIC).values


def test_what_serves_a_medium_is_as_hidden_as_the_medium() -> None:
    media = (
        medium("film", "film", level="internal", file_name="film.mp4"),
        medium("said", "captions", of="film", level="public"),
        medium("lone", "captions", file_name="film.vi.vtt"),
        medium("scan", "scan", level="confidential"),
        medium("material", "part", of="scan"),
        medium("texture", "part", of="material"),
        medium("free"),
    )
    levels = levels_of_media(cauldron(media=media))
    assert {i for i, level in levels.items() if level == Level.INTERNAL} == {"film", "said", "lone"}
    assert {i for i, level in levels.items() if level == Level.CONFIDENTIAL} == {"scan", "material", "texture"}
    assert [m.id for m in seen(cauldron(media=media), TYPES, Level.PUBLIC).media] == ["free"]


def test_what_no_form_knows_is_closed() -> None:
    record = cauldron(values={"odd": (value("?"),), "height": (value("?"),)}, kind="monument")
    assert level_of_value(record, "odd", record.values["odd"][0], TYPES) == Level.INTERNAL
    assert level_of_value(record, "height", record.values["height"][0], TYPES) == Level.PUBLIC, "objects have heights"
    assert level_of_value(record, "donor", value("?"), TYPES) == Level.CONFIDENTIAL, "as the form that knows it says"
    assert level_of_value(record, "title", value("?", level="geheim"), TYPES) == Level.CONFIDENTIAL
    unknown = cauldron(procedures=(Procedure(id="p", kind="ritual"),))
    assert seen(unknown, TYPES, Level.PUBLIC).procedures == ()


def test_the_fence_moves_only_when_something_is_hidden_or_opened() -> None:
    bare = cauldron(values={"title": (value("Vạc"),)}, media=(medium("one"),), identifiers=())
    assert fence(bare, TYPES) == ""
    assert fence(replace(bare, values={"title": (value("Vạc đồng"),)}), TYPES) == ""
    hidden = replace(bare, media=(medium("one", level="internal"),))
    partly = replace(bare, values={"title": (value("Vạc"), value("Đỉnh", level="internal"))})
    found = {fence(record, TYPES) for record in (bare, hidden, partly, cauldron())}
    assert len(found) == 4
    priced = [replace(bare, values={**bare.values, "valuation": (value(f"{n} tỷ"),)}) for n in (8, 9)]
    assert fence(priced[0], TYPES) == fence(priced[1], TYPES) != ""


def test_of_images_on_request_only_size_and_a_known_licence_are_told() -> None:
    secret = Text.of(vi="bí mật")
    told = medium(
        "two", level="internal", label=secret, alt=secret, attribution="Gia đình bà Hoa", licence="thỏa thuận riêng",
        capture={"camera": "Nikon D850"}, facts={"width_px": 300, "height_px": 200, "iccprofile": "bí mật"},
        epoch="2019", role="raking", language="vi", path="bí mật.jpg", file_name="bí mật.jpg",
    )  # fmt: skip
    film = medium("film", kind="film", level="internal")
    record = cauldron(media=(medium("one"), told, medium("three", level="confidential"), film))
    (bare,) = told_on_request(record)
    assert (bare.id, bare.sha256, bare.facts) == ("two", told.sha256, {"width_px": 300, "height_px": 200})
    assert bare.rights == ""  # an agreement of one's own is nobody's business
    said = str(to_json(bare))
    assert not [words for words in ("bí mật", "Hoa", "Nikon", "2019", "raking", "thỏa thuận") if words in said]
    (licensed,) = told_on_request(cauldron(media=(replace(told, licence="CC BY 4.0"),)))
    assert licensed.rights.startswith("http://creativecommons.org/licenses/by/4.0")


def test_what_tells_of_images_on_request_is_void_once_they_may_not_be_told_of() -> None:
    record = cauldron()
    plain, telling = fence(record, TYPES), fence(record, TYPES, terms="400 Bảo tàng")
    other = fence(record, TYPES, terms="0 Bảo tàng")
    assert len({plain, telling, other}) == 3
    assert max(map(len, (plain, telling, other))) <= 16  # as wide as the column
    nothing_to_tell = cauldron(media=(medium("one"),))
    assert fence(nothing_to_tell, TYPES, terms="400") == fence(nothing_to_tell, TYPES)
    may = {
        (built, tells): is_behind(built, record, TYPES, tells=tells)
        for built in (plain, telling, other)
        for tells in (True, False)
    }
    assert {key for key, shown in may.items() if not shown} == {(telling, False), (other, False)}
    closer = cauldron(media=(medium("one"), medium("two", level="confidential"), medium("three", level="confidential")))
    wider = cauldron(media=(medium("one"), medium("two", level="internal"), medium("three", level="internal")))
    opened = cauldron(media=(medium("one"), medium("two"), medium("three", level="confidential")))
    for changed in (closer, wider, opened):
        assert not is_behind(telling, changed, TYPES, tells=True)
    # Which of its hidden ones are told of is nothing to a manifest that tells of none.
    assert is_behind(plain, closer, TYPES, tells=True)


def test_the_policy_is_asked_about_institution_collection_state_and_level() -> None:
    target = target_of(cauldron(), level=Level.INTERNAL, created_by="u1")
    assert (target.institution, target.collections, target.state) == ("bth", frozenset({"Đồ đồng"}), "published")
    assert (target.level, target.created_by) == (Level.INTERNAL, "u1")
    assert [is_open(state) for state in ("draft", "in_review", "published", "withdrawn")] == [False, False, True, False]


def test_levels_survive_the_json_of_a_snapshot() -> None:
    assert record_from_json(to_json(cauldron())) == cauldron()
    assert "level" not in to_json(value("Vạc"))


def test_a_museum_writes_levels_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "levels.toml").write_text('[procedures]\nvaluation = "public"\n[parts]\npeople = "public"\n')
    own = record_types.load(tmp_path)
    assert own.levels_digest != TYPES.levels_digest
    shown = seen(cauldron(), own, Level.PUBLIC)
    assert [p.id for p in shown.procedures] == ["p3"], "what the file does not name is closed"
    (tmp_path / "levels.toml").write_text('[procedures]\nvaluation = "offen"\n')
    with pytest.raises(Invalid, match="record_type_broken"):
        record_types.load(tmp_path)
