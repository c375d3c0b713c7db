"""After a merge every address that somebody wrote down still leads somewhere, and after its undo to where it led."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from museum import addresses, db
from museum.catalog import store
from museum.catalog.record import Record
from museum.ingest import amending, mirroring
from museum.search import indexer
from museum.search.location import Location
from tests.flows import killing
from tests.flows.amendments import with_both
from tests.flows.looking import Museum, look_inside, look_outside


@pytest.fixture(scope="module")
def museum() -> Iterator[Museum]:
    """T-1 and T-2, public; T-2 shows a photograph that T-1 has too."""
    base = Path(tempfile.mkdtemp())
    folder = base / "one"
    folder.mkdir()
    killing.write_sources(base)
    with_both(folder)
    made = Museum(killing.settings_of(folder))
    yield made
    made.close()
    shutil.rmtree(base)


def both(museum: Museum) -> tuple[Record, Record]:
    with db.reading(museum.engine) as session:
        first, second = (store.find_number(session, number)[0] for number in ("T-1", "T-2"))
        return store.get(session, first), store.get(session, second)


def routes(record_id: str) -> list[str]:
    """Every public address that names a record."""
    page = addresses.object_page(record_id)
    return [
        page,
        f"{page}?lang=en",
        addresses.record_json(record_id),
        addresses.record_jsonld(record_id),
        addresses.manifest(record_id),
        addresses.object_embed(record_id),
        addresses.object_card(record_id),
        addresses.object_label(record_id),
        addresses.qr_code(page, suffix="svg"),
        addresses.qr_code(page, suffix="png"),
        addresses.oembed(f"http://localhost{page}"),
    ]


def of_media(record: Record, digests: dict[str, str]) -> list[str]:
    """Every public address that names a file of a record."""
    found = []
    for media in record.media:
        service = addresses.image_service(media.id)
        found += [
            f"{service}/info.json",
            f"{service}/full/max/0/default.jpg",
            f"{addresses.image_service(media.id, 2)}/info.json",
            addresses.media_page(media.id),
            addresses.derivative(media.id, "poster-480.jpg", digests[media.sha256]),
        ]
    return found


def followed(museum: Museum, address: str) -> tuple[int, int]:
    """(first status, status where it leads in the end)."""
    with museum.client.get(address) as answer:
        first = answer.status_code
    with museum.client.get(address, follow_redirects=True) as answer:
        return first, answer.status_code


def test_every_address_of_the_merged_record_leads_to_the_winner(
    museum: Museum, capsys: pytest.CaptureFixture[str]
) -> None:
    winner, other = both(museum)
    with db.reading(museum.engine) as session:
        made = store.derivatives(session, (m.sha256 for m in (*winner.media, *other.media)))
    digests = {sha: next(d.digest for d in found if d.name == "poster-480.jpg") for sha, found in made.items()}
    named, files = routes(other.id), of_media(other, digests)
    before = {address: followed(museum, address)[1] for address in (*named, *files)}
    assert set(before.values()) == {200}
    dump = museum.dump()

    done = amending.merge(museum.parts, winner.id, other.id, person="Hoa")
    mirroring.mirror(museum.parts)
    moved = {address: followed(museum, address) for address in named}
    assert set(moved.values()) == {(301, 200)}, moved
    assert {followed(museum, address)[1] for address in files} == {200}
    doubled = next(m for m in other.media if m.file_name == "anh-1.png")
    for address in of_media(Record(id=other.id, kind="object", institution="", media=(doubled,)), digests):
        assert followed(museum, address) == (301, 200), address
    with museum.client.get(addresses.manifest(other.id)) as answer:
        assert answer.headers["Location"].endswith(addresses.manifest(winner.id))
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert museum.status("/n/T-2") in (301, 302)  # the number is a former one of the winner's
    assert look_outside(museum) == look_inside(museum) == []

    amending.undo(museum.parts, done.batch, person="Hoa")
    mirroring.mirror(museum.parts)
    assert museum.dump() == dump
    assert {address: followed(museum, address)[1] for address in (*named, *files)} == before
    assert look_outside(museum) == look_inside(museum) == []
    with capsys.disabled():
        print(f"\n{len(named) + len(files)} addresses tried before a merge, after it and after its undo")


def test_a_deleted_record_answers_410_and_comes_back(museum: Museum) -> None:
    winner, _ = both(museum)
    amending.delete(museum.parts, winner.id, person="Hoa")
    mirroring.mirror(museum.parts)
    indexer.index_once(museum.engine, Location.of(museum.settings))
    assert {museum.status(address) for address in routes(winner.id)[:-1]} == {410}
    amending.undelete(museum.parts, winner.id, person="Hoa")
    mirroring.mirror(museum.parts)
    assert {museum.status(address) for address in routes(winner.id)} == {200}
    assert look_outside(museum) == look_inside(museum) == []


def test_a_merged_draft_betrays_nothing(museum: Museum) -> None:
    """Who merged a draft that was never public tells nobody that it existed."""
    winner, _ = both(museum)
    draft = Record(id=addresses.new_id(), kind="object", institution=winner.institution)
    with db.writing(museum.engine) as session:
        store.save(session, draft, person="Hoa", batch="nháp")
    amending.merge(museum.parts, winner.id, draft.id, person="Hoa")
    assert {museum.status(address) for address in routes(draft.id)} == {404}
