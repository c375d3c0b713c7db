"""Batches taken back: all of them, in any order, byte by byte, and never over what others did since."""

import random
from dataclasses import replace

import pytest

from museum import db
from museum.catalog import batches, history, store
from museum.catalog.record import Record
from museum.errors import Conflict, NotFound
from museum.ingest import amending
from museum.ingest.parts import Parts
from tests.catalog.test_store import cao_urn
from tests.catalog.urns import BINH, HOA, Write, dump, is_sound, record_of, titled, urn

TRIED = 40


def test_undo_takes_back_creates_updates_and_deletes(parts: Parts, write: Write) -> None:
    kept, gone = urn("1"), urn("2", name="Nhân đỉnh")
    write(kept, gone, batch="đầu")
    before = dump(parts)
    write(urn("3"), titled(kept, "Cao đỉnh (vạc cao)"), gone.id, batch="nhập")
    after = dump(parts)
    done = amending.undo(parts, "nhập", person=BINH)
    assert (done.changed, done.skipped) == (3, ())
    assert dump(parts) == before
    again = amending.undo(parts, done.batch, person=HOA)
    assert dump(parts) == after
    amending.undo(parts, again.batch, person=HOA)
    assert dump(parts) == before
    assert is_sound(parts)
    with db.reading(parts.engine) as session:
        undone = batches.get(session, "nhập")
        assert (batches.get(session, done.batch).person, undone.counts) == (
            BINH,
            {"create": 1, "update": 1, "delete": 1},
        )
        assert undone.undone_by == done.batch  # whose undoing was itself undone


def test_undo_swaps_numbers_back(parts: Parts, write: Write) -> None:
    first, second = urn("1"), urn("2")
    write(first, second, batch="đầu")
    before = dump(parts)
    write(replace(first, identifiers=()), batch="đổi")
    write(replace(second, identifiers=first.identifiers), batch="đổi")
    write(replace(first, identifiers=second.identifiers), batch="đổi")
    amending.undo(parts, "đổi", person=HOA)
    assert dump(parts) == before
    with db.reading(parts.engine) as session:
        assert store.find(session, "accession_number", "1") == first.id


def test_what_others_changed_since_is_left_and_told(parts: Parts, write: Write) -> None:
    touched, free = urn("1"), urn("2")
    write(touched, free, batch="đầu")
    write(titled(touched, "Nhập sai"), titled(free, "Nhập sai"), batch="nhập")
    write(titled(touched, "Sửa tay"), batch="sửa", person=BINH)
    with db.reading(parts.engine) as session:
        (conflict,) = amending.undo_plan(session, "nhập").conflicts
    assert conflict.record_id == touched.id
    assert [change.person for change in conflict.since] == [BINH]
    done = amending.undo(parts, "nhập", person=HOA)
    assert done.skipped == (touched.id,)
    assert record_of(parts, touched.id).title.say("vi") == "Sửa tay"
    assert record_of(parts, free.id).title.say("vi") == "Cao đỉnh"
    forced = amending.undo(parts, "nhập", person=HOA, force={touched.id})
    assert forced.changed == 1
    assert record_of(parts, touched.id).title.say("vi") == "Cao đỉnh"
    with db.reading(parts.engine) as session:
        said = [str((r.snapshot or {})["values"]["title"][0]["value"]) for r in history.revisions(session, touched.id)]
    assert "Sửa tay" in said  # what was undone in spite of it can be restored


def test_what_happened_in_the_midst_of_a_batch_is_a_conflict(parts: Parts, write: Write) -> None:
    record = urn("1")
    write(record, batch="đầu")
    write(titled(record, "Nhập"), batch="nhập")
    write(titled(record, "Sửa tay"), batch="sửa", person=BINH)
    write(titled(record, "Nhập lần nữa"), batch="nhập")
    assert amending.undo(parts, "nhập", person=HOA).skipped == (record.id,)
    assert record_of(parts, record.id).title.say("vi") == "Nhập lần nữa"


def test_values_that_are_not_valid_today_come_back(parts: Parts, write: Write) -> None:
    """specify7 #6338: an undo that failed because the original value was no longer valid."""
    record = urn("1", display="nowhere", display_place=cao_urn().title)
    write(record, batch="đầu")
    before = dump(parts)
    write(record.id, batch="xóa")
    amending.undo(parts, "xóa", person=HOA)
    assert dump(parts) == before


def test_a_number_given_to_another_meanwhile_stops_the_undo_whole(parts: Parts, write: Write) -> None:
    record, free = urn("1"), urn("2")
    write(record, free, batch="đầu")
    write(record.id, titled(free, "Khác"), batch="nhập")
    write(urn("1"), batch="sau")
    before = dump(parts)
    with pytest.raises(Conflict) as caught:
        amending.undo(parts, "nhập", person=HOA)
    assert caught.value.code == "catalog.identifier_taken"
    assert dump(parts) == before


def test_random_batches_undone_in_any_order_lose_nothing(
    parts: Parts, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """Undone last first, the catalogue is what it was, byte by byte, after each."""
    draw = random.Random(20)
    known: list[Record] = []
    dumps = [dump(parts)]
    for batch in range(TRIED):
        things: list[Record | str] = []
        for record in draw.sample(known, min(len(known), 3)):
            if draw.random() < 0.3:
                things.append(record.id)
                known.remove(record)
            else:
                known[known.index(record)] = titled(record, f"Tên {draw.random()}")
                things.append(known[-1] if known[-1].id == record.id else next(r for r in known if r.id == record.id))
        new = urn(f"số {batch}", name=f"Đỉnh {batch}")
        known.append(new)
        write(*things, new, batch=f"đợt {batch}")
        dumps.append(dump(parts))
    for batch in reversed(range(TRIED)):
        assert amending.undo(parts, f"đợt {batch}", person=HOA).skipped == ()
        assert dump(parts) == dumps[batch], batch
    with capsys.disabled():
        print(f"\n{TRIED} batches undone, {TRIED} times the same bytes")
    assert is_sound(parts)


def test_a_batch_nobody_made_cannot_be_undone(parts: Parts) -> None:
    with pytest.raises(NotFound):
        amending.undo(parts, "không có", person=HOA)
