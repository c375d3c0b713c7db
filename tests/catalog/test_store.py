"""Every write goes through the change log; equal records write nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from museum import addresses, db
from museum.catalog import changes, store
from museum.catalog.record import Identifier, Link, Media, Record, Value, record_from_json, to_json
from museum.errors import Conflict, Invalid, NotFound
from museum.text import Text


def cao_urn(**changed: object) -> Record:
    record = Record(
        id=addresses.new_id(),
        kind="object",
        institution="hue",
        values={
            "title": (Value(value="Cao đỉnh", language="vi"), Value(value="Cao urn", language="en")),
            "weight": (
                Value(value=4307, unit="cân", source="minh văn"),
                Value(value=2601.4, unit="kg", source="bảng lưu truyền", certainty="disputed", preferred=False),
            ),
        },
        identifiers=(Identifier(scheme="accession_number", value="ĐĐ.01"),),
        media=(
            Media(
                id=addresses.new_id(),
                kind="photo",
                sha256="a" * 64,
                size_bytes=1,
                path="media/x/cao.jpg",
                file_name="cao.jpg",
                media_type="image/jpeg",
                alt=Text.of(vi="Cao đỉnh nhìn từ phía nam"),
            ),
        ),
    )
    return replace(record, **changed)  # type: ignore[arg-type]  # tests change any field


def save(engine: Engine, record: Record) -> changes.Change | None:
    with db.writing(engine) as session:
        return store.save(session, record, person="test", batch="1")


def test_a_record_comes_back_as_it_went_in(engine: Engine) -> None:
    record = cao_urn()
    save(engine, record)
    with db.reading(engine) as session:
        assert store.get(session, record.id) == record
    assert record_from_json(to_json(record)) == record


def test_saving_the_same_again_writes_nothing(engine: Engine) -> None:
    record = cao_urn()
    first, second = save(engine, record), save(engine, record)
    assert first is not None
    assert first.action == "create"
    assert second is None
    with db.reading(engine) as session:
        assert changes.count(session) == 1
        assert store.revision(session, record.id) == 1


def test_a_change_holds_the_whole_record_before_and_after(engine: Engine) -> None:
    record = cao_urn()
    save(engine, record)
    change = save(engine, replace(record, state="published"))
    assert change is not None
    assert change.before == to_json(record)
    assert list(changes.field_differences(change.before, change.after)) == [("state", "draft", "published")]


def test_contradicting_values_stand_side_by_side(engine: Engine) -> None:
    record = cao_urn()
    save(engine, record)
    with db.reading(engine) as session:
        weights = store.get(session, record.id).values["weight"]
    assert [(w.value, w.unit, w.source) for w in weights] == [
        (4307, "cân", "minh văn"),
        (2601.4, "kg", "bảng lưu truyền"),
    ]


def test_a_number_serves_one_record_only(engine: Engine) -> None:
    first = cao_urn()
    save(engine, first)
    with pytest.raises(Conflict) as caught:
        save(engine, cao_urn())
    assert "ĐĐ.01" in caught.value.message("vi")
    with db.reading(engine) as session:
        assert changes.count(session) == 1
        assert store.find(session, "accession_number", "ĐĐ.01") == first.id


def test_a_former_number_may_be_shared(engine: Engine) -> None:
    save(engine, cao_urn())
    other = cao_urn(identifiers=(Identifier(scheme="accession_number", value="ĐĐ.01", former=True),), media=())
    assert save(engine, other) is not None


def test_deletion_leaves_a_tombstone_and_the_log(engine: Engine) -> None:
    record = cao_urn()
    save(engine, record)
    with db.writing(engine) as session:
        store.delete(session, record.id, person="test", batch="2")
    with db.reading(engine) as session:
        with pytest.raises(NotFound):
            store.get(session, record.id)
        gone = store.tombstone(session, record.id)
        assert gone is not None
        assert gone.before == to_json(record)
        with pytest.raises(NotFound):
            store.find_media(session, record.media[0].id)


def test_links_are_found_from_the_other_end(engine: Engine) -> None:
    whole = cao_urn()
    part = cao_urn(identifiers=(), media=(), links=(Link(predicate="part_of", target=whole.id, order=1),))
    save(engine, whole)
    save(engine, part)
    with db.reading(engine) as session:
        assert store.linked_from(session, whole.id) == [("part_of", part.id)]


def test_a_self_made_id_is_refused(engine: Engine) -> None:
    with pytest.raises(Invalid):
        save(engine, cao_urn(id="caodinh01"))


@pytest.mark.parametrize("statement", ["UPDATE change SET person = 'x'", "DELETE FROM change"])
def test_the_log_cannot_be_rewritten(engine: Engine, statement: str) -> None:
    save(engine, cao_urn())
    with pytest.raises(DatabaseError), engine.begin() as connection:
        connection.execute(text(statement))
    with db.reading(engine) as session:
        assert [c.person for c in changes.since(session, 0)] == ["test"]


def test_a_failed_transaction_leaves_neither_record_nor_change(engine: Engine) -> None:
    record = cao_urn()
    with pytest.raises(RuntimeError), db.writing(engine) as session:
        store.save(session, record, person="test", batch="1")
        raise RuntimeError("power cut")
    with db.reading(engine) as session:
        assert not store.exists(session, record.id)
        assert changes.count(session) == 0


def test_empty_required_fields_survive(engine: Engine) -> None:
    empty = Media(id="x", kind="photo", sha256="", size_bytes=0, path="", file_name="", media_type="")
    record = cao_urn(media=(empty,))
    assert record_from_json(to_json(record)) == record
