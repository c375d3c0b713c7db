"""Restore, delete, merge and undo: what they do to the catalogue, and that nothing is lost by them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum import addresses, db
from museum.catalog import batches, chain, changes, comparing, history, institutions, redirects, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Identifier, Link, Media, Record, Value, to_json
from museum.errors import Conflict, Invalid, NotFound
from museum.exhibitions import store as stories
from museum.exhibitions.story import Story, story_from_json
from museum.ingest import amending, founding
from museum.ingest.parts import Parts, open_parts
from museum.ingest.writing import Wish
from museum.ingest.writing import write as ingest_write
from tests.catalog.test_store import cao_urn

HOA, BINH = "Nguyễn Thị Hoa", "Trần Văn Bình"
TRIED = 40


@pytest.fixture
def parts(engine: Engine, tmp_path: Path) -> Parts:
    """A museum on this database."""
    settings = founding.write_settings(tmp_path / "home", name_vi="Bảo tàng", name_en="Museum", language="vi")
    return open_parts(settings, engine, fsync=False)


@pytest.fixture
def write(parts: Parts) -> Callable[..., None]:
    """Save records, or take them out by id, as one batch."""

    def written(*things: Record | str, batch: str, person: str = HOA) -> None:
        with db.writing(parts.engine) as session:
            for thing in things:
                if isinstance(thing, str):
                    store.delete(session, thing, person=person, batch=batch)
                else:
                    store.save(session, thing, person=person, batch=batch)

    return written


def urn(number: str, *, name: str = "Cao đỉnh", **changed: object) -> Record:
    title = {"title": (Value(value=name, language="vi"),)}
    numbers = (Identifier(scheme="accession_number", value=number),)
    return cao_urn(identifiers=numbers, values=title, media=(), **changed)


def photo(name: str, **changed: object) -> Media:
    media_id = addresses.new_id()
    made = Media(
        id=media_id,
        kind="photo",
        sha256=(name.encode().hex() * 64)[:64],
        size_bytes=1,
        path=f"media/{media_id}/{name}.jpg",
        file_name=f"{name}.jpg",
        media_type="image/jpeg",
    )
    return replace(made, **changed)  # type: ignore[arg-type]  # tests change any field


def titled(record: Record, title: str) -> Record:
    return replace(record, values={**record.values, "title": (Value(value=title, language="vi"),)})


def dump(parts: Parts) -> bytes:
    with db.reading(parts.engine) as session:
        return store.canonical_dump(session)


def record_of(parts: Parts, record_id: str) -> Record:
    with db.reading(parts.engine) as session:
        return store.get(session, record_id)


def is_sound(parts: Parts) -> bool:
    with db.reading(parts.engine) as session:
        return chain.verify(session).is_sound


Write = Callable[..., None]


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


@pytest.fixture
def twins(write: Write) -> Iterator[tuple[Record, Record, Record]]:
    """Two records of one urn, and a third that leads to the second."""
    same = photo("nam")
    winner = replace(urn("1"), media=(same, photo("bắc", order=1)))
    values = {
        "title": (Value(value="Cao đỉnh", language="vi"), Value(value="Cao urn", language="en")),
        "weight": (Value(value=2601.4, unit="kg"),),
    }
    twin = replace(photo("nam"), order=3)
    other = replace(
        urn("2"),
        values=values,
        media=(twin, photo("đông", order=4)),
        links=(Link(predicate="part_of", target=winner.id),),
    )
    third = urn("3", links=(Link(predicate="part_of", target=other.id), Link(predicate="part_of", target=winner.id)))
    write(winner, other, third, batch="đầu")
    yield winner, other, third


def test_a_merge_keeps_everything(parts: Parts, twins: tuple[Record, Record, Record]) -> None:
    winner, other, third = twins
    before = dump(parts)
    with db.reading(parts.engine) as session:
        plan, told = amending.merge_plan(session, winner.id, other.id)
    assert dump(parts) == before
    assert told == {}
    assert [name for name, _ in plan.values_added] == ["title", "weight"]
    assert plan.media_same == {other.media[0].id: winner.media[0].id}
    assert [m.id for m in plan.media_moved] == [other.media[1].id]
    done = amending.merge(parts, winner.id, other.id, person=HOA)
    merged = record_of(parts, winner.id)
    assert merged.title.say("en") == "Cao urn"
    assert merged.identifiers[1] == Identifier(scheme="accession_number", value="2", former=True)
    assert [m.id for m in merged.media] == [*(m.id for m in winner.media), other.media[1].id]
    assert merged.links == ()
    assert record_of(parts, third.id).links == (Link(predicate="part_of", target=winner.id),)
    with db.reading(parts.engine) as session:
        assert redirects.target_of(session, other.id) == winner.id
        assert redirects.target_of(session, other.media[0].id) == winner.media[0].id
        assert redirects.target_of(session, winner.id) is None
        assert store.find_media(session, other.media[1].id).record_id == winner.id
    undone = amending.undo(parts, done.batch, person=BINH)
    assert dump(parts) == before
    with db.reading(parts.engine) as session:
        assert redirects.target_of(session, other.id) is None
    amending.undo(parts, undone.batch, person=BINH)
    with db.reading(parts.engine) as session:
        assert redirects.target_of(session, other.id) == winner.id
        assert redirects.target_of(session, other.media[0].id) == winner.media[0].id
    assert is_sound(parts)


def test_merged_twice_both_lead_to_the_last(parts: Parts, twins: tuple[Record, Record, Record]) -> None:
    winner, other, third = twins
    amending.merge(parts, winner.id, other.id, person=HOA)
    amending.merge(parts, third.id, winner.id, person=HOA)
    with db.reading(parts.engine) as session:
        assert redirects.target_of(session, other.id) == third.id
        assert redirects.target_of(session, winner.id) == third.id
    amending.delete(parts, third.id, person=HOA)
    with db.reading(parts.engine) as session:
        assert redirects.target_of(session, other.id) == third.id  # whose own address answers 410


def test_a_story_shows_the_winner_afterwards(parts: Parts, twins: tuple[Record, Record, Record]) -> None:
    winner, other, _ = twins
    view = {"kind": "image", "object": other.id, "media": other.media[0].id}
    body = {
        "id": addresses.new_id(),
        "slug": "cuu-dinh",
        "kind": "exhibition",
        "institution": "hue",
        "title": {"vi": "Cửu Đỉnh"},
        "lead": {"vi": "Chín chiếc đỉnh"},
        "cover": view,
        "stops": [{"id": "mot", "title": {"vi": "Một"}, "text": {"vi": "Một"}, "views": [view]}],
    }
    story = story_from_json(body)
    with db.writing(parts.engine) as session:
        stories.save(session, story, person=HOA, batch="truyện")
    before = _told(parts, story.id)
    done = amending.merge(parts, winner.id, other.id, person=HOA)
    after = _told(parts, story.id)
    assert after.objects == (winner.id,)
    assert winner.media[0].id in str(to_json(after))
    amending.undo(parts, done.batch, person=HOA)
    assert _told(parts, story.id) == before


def _told(parts: Parts, story_id: str) -> Story:
    with db.reading(parts.engine) as session:
        return stories.get(session, story_id)


def test_what_must_not_be_merged_is_refused(parts: Parts, write: Write) -> None:
    record, public = urn("1"), urn("2", state="published")
    place, sample = urn("3", kind="place"), urn("4", is_sample=True)
    write(record, public, place, sample, batch="1")
    before = dump(parts)
    for other, kind in ((record, Invalid), (place, Invalid), (sample, Conflict), (public, Conflict)):
        with pytest.raises(kind):
            amending.merge(parts, record.id, other.id, person=HOA)
    with pytest.raises(Conflict):
        amending.merge(parts, public.id, record.id, person=HOA, expected={public.id: 1, record.id: 7})
    assert dump(parts) == before


def test_a_batch_nobody_made_cannot_be_undone(parts: Parts) -> None:
    with pytest.raises(NotFound):
        amending.undo(parts, "không có", person=HOA)


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
