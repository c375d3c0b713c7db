"""Revisions restored, two people at one record, deleted records that come back, differences, and the log."""

from dataclasses import replace

import pytest

from museum import db
from museum.catalog import batches, changes, comparing, history, institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Value, to_json
from museum.errors import Conflict, NotFound
from museum.ingest import amending
from museum.ingest.parts import Parts
from museum.ingest.writing import Wish
from museum.ingest.writing import write as ingest_write
from tests.catalog.test_store import cao_urn
from tests.catalog.urns import BINH, HOA, Write, dump, photo, record_of, titled, urn


def test_a_revision_is_restored_as_a_new_one(parts: Parts, write: Write) -> None:
    record = urn("1")
    write(record, batch="1")
    write(replace(titled(record, "Tên mới"), state="withdrawn"), batch="2")
    amending.restore(parts, record.id, 1, person=BINH, expected=2)
    restored = record_of(parts, record.id)
    assert restored.title == record.title
    assert restored.state == "withdrawn"  # who may see it is no part of what it says
    with db.reading(parts.engine) as session:
        assert store.revision(session, record.id) == 3
        assert [r.parts for r in history.revisions(session, record.id)][2] == ("title",)
    with pytest.raises(NotFound):
        amending.restore(parts, record.id, 9, person=BINH)


def test_two_who_saw_the_same_revision_collide(parts: Parts, write: Write) -> None:
    record = urn("1")
    write(record, batch="1")
    with db.writing(parts.engine) as session:
        store.save(session, titled(record, "Của Hoa"), person=HOA, batch="2", expected=1)
    for deed in (
        lambda: amending.restore(parts, record.id, 1, person=BINH, expected=1),
        lambda: amending.delete(parts, record.id, person=BINH, expected=1),
    ):
        with pytest.raises(Conflict) as caught:
            deed()
        assert caught.value.code == "catalog.changed_meanwhile"
        assert HOA in caught.value.message("vi")
    with pytest.raises(Conflict), db.writing(parts.engine) as session:
        store.save(session, titled(record, "Của Bình"), person=BINH, batch="3", expected=1)
    assert record_of(parts, record.id).title.say("vi") == "Của Hoa"


def test_an_ingest_does_not_overwrite_what_somebody_just_changed(parts: Parts, write: Write) -> None:
    parts.masters.initialize()
    record = urn("1", institution=parts.settings.institution_code)
    with db.writing(parts.engine) as session:
        institutions.put(session, Institution(code=record.institution, name=cao_urn().title))
    write(record, batch="1")
    write(titled(record, "Sửa tay"), batch="2", person=BINH)
    wish = Wish(person=HOA, batch="nhập", publish=False)
    with pytest.raises(Conflict) as caught:
        ingest_write(parts, titled(record, "Nhập"), {}, wish=wish, expected=1)
    assert caught.value.code == "catalog.changed_meanwhile"
    assert record_of(parts, record.id).title.say("vi") == "Sửa tay"
    assert not parts.masters.exists(parts.object_id(record.id))
    ingest_write(parts, titled(record, "Nhập"), {}, wish=wish, expected=2)
    assert record_of(parts, record.id).title.say("vi") == "Nhập"


def test_a_deleted_record_comes_back_with_its_history(parts: Parts, write: Write) -> None:
    record = urn("1", state="published")
    write(record, batch="1")
    before = dump(parts)
    amending.delete(parts, record.id, person=HOA)
    with pytest.raises(NotFound):
        record_of(parts, record.id)
    amending.undelete(parts, record.id, person=BINH)
    assert dump(parts) == before
    with db.reading(parts.engine) as session:
        assert [r.change.action for r in history.revisions(session, record.id)] == ["create", "delete", "create"]
        assert store.revision(session, record.id) == 3
    with pytest.raises(Conflict):
        amending.undelete(parts, record.id, person=BINH)


def test_texts_are_compared_word_by_word() -> None:
    said = comparing.pieces("Đỉnh đúc năm 1835 ở Huế.", "Đỉnh đồng đúc năm 1836 ở Huế.")
    assert [(p.side, p.text) for p in said if p.side != "same"] == [
        ("inserted", " đồng"),
        ("deleted", "1835"),
        ("inserted", "1836"),
    ]
    assert "".join(p.text for p in said if p.side != "inserted") == "Đỉnh đúc năm 1835 ở Huế."
    assert "".join(p.text for p in said if p.side != "deleted") == "Đỉnh đồng đúc năm 1836 ở Huế."


def test_statements_are_paired_by_language_and_files_by_id() -> None:
    record = cao_urn()
    values = {**record.values, "title": (Value(value="Cao đỉnh (vạc cao)", language="vi"), record.values["title"][1])}
    media = (replace(record.media[0], order=2), photo("mới"))
    (title, files) = comparing.compare(to_json(record), to_json(replace(record, values=values, media=media)))
    assert (title.name, title.is_field) == ("title", True)
    assert [pair.is_same for pair in title.pairs] == [False, True]
    assert [(bool(p.before), bool(p.after)) for p in files.pairs] == [(True, True), (False, True)]


def test_the_log_is_listed_by_record_batch_and_time(parts: Parts, write: Write) -> None:
    first, second = urn("1"), urn("2")
    write(first, second, batch="đầu")
    write(titled(first, "Khác"), batch="sau")
    with db.reading(parts.engine) as session:
        assert [c.batch for c in changes.listing(session, record_id=first.id)] == ["sau", "đầu"]
        assert {c.record_id for c in changes.listing(session, batch="đầu")} == {first.id, second.id}
        moment = changes.since(session, 2)[0].at
        assert [c.seq for c in changes.listing(session, since=moment)] == [3]
        assert [b.id for b in batches.recent(session)] == ["sau", "đầu"]
