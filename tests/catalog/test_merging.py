"""Two records of one thing become one: nothing of either is lost, and both addresses lead to it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from museum import addresses, db
from museum.catalog import redirects, store
from museum.catalog.record import Identifier, Link, Record, Value, to_json
from museum.errors import Conflict, Invalid
from museum.exhibitions import store as stories
from museum.exhibitions.story import Story, story_from_json
from museum.ingest import amending
from museum.ingest.parts import Parts
from tests.catalog.urns import BINH, HOA, Write, dump, is_sound, photo, record_of, urn


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
