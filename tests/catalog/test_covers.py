"""The pictures by which lists show records: of public media alone, the best first, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum.catalog import changes, institutions, store
from museum.catalog.covers import TRIED, covers, pictures
from museum.catalog.institutions import Institution
from museum.catalog.record import Media, Value
from museum.catalog.standing import partly
from museum.db import Base, open_engine, reading, writing
from museum.text import Text
from tests.postgres import emptied
from tests.sample_records import derivatives_of, media, photo, whole_record


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "postgresql":
        made = open_engine(emptied(request.getfixturevalue("postgresql_url")))
    else:
        made = open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    Base.metadata.create_all(made)
    with writing(made) as session:
        institutions.put(session, Institution(code="museum", name=Text.of(vi="Bảo tàng thử", en="Test Museum")))
    yield made
    made.dispose()


def keep(engine: Engine, record_id: str, *items: Media) -> None:
    record = replace(whole_record(id=record_id, identifiers=()), media=items, procedures=(), links=())
    with writing(engine) as session:
        store.save(session, record, person="test", batch="one")
        for made in derivatives_of(record).values():
            for derivative in made:
                store.put_derivative(session, derivative)


def test_the_first_public_media_with_their_pictures(engine: Engine) -> None:
    keep(
        engine, "vn000001f",
        media("scan1", "scan", order=0), photo("third", order=9), photo("kin", order=1, level="internal"),
        photo("first", order=2), photo("second", order=5), media("tieng", "sound", order=0),
    )  # fmt: skip
    keep(engine, "vn000002q", media("nghe", "sound"))
    keep(engine, "vn0000030", media("quet", "scan"))
    with reading(engine) as session:
        found = covers(session, ["vn000001f", "vn000002q", "vn0000030", "none"])
    told = {record_id: [item.id for item in items] for record_id, items in found.media.items()}
    assert told == {"vn000001f": ["first", "second"], "vn0000030": ["quet"]}
    assert TRIED == 2
    names = {d.name for made in found.derivatives.values() for d in made}
    assert {"pyramid", "poster.jpg"} <= names
    assert not [name for name in names if name.endswith((".avif", ".glb"))]


def test_only_what_was_changed_after_a_number_is_told(engine: Engine) -> None:
    for record_id in ("vn000001f", "vn000002q", "vn0000030"):
        keep(engine, record_id)
    with reading(engine) as session:
        newest = changes.last_seq(session)
        assert changes.touched(session, ["vn000001f", "vn000002q"], after_seq=newest) == set()
        assert changes.touched(session, ["vn000001f", "vn000002q"], after_seq=newest - 2) == {"vn000002q"}
    with writing(engine) as session:
        store.delete(session, "vn000001f", person="test", batch="two")
    with reading(engine) as session:
        assert changes.touched(session, ["vn000001f", "vn000002q"], after_seq=newest) == {"vn000001f"}


def test_the_pictures_of_public_media_in_every_format(engine: Engine) -> None:
    keep(engine, "vn000001f", photo("first"), photo("kin", order=1, level="internal"), media("scan1", "scan", order=2))
    with reading(engine) as session:
        found = pictures(session, ["first", "kin", "scan1", "none"])
        assert pictures(session, []) == {}
    assert found.keys() == {"first", "scan1"}
    assert {made.media_type for made in found["first"]} >= {"image/avif", "image/jpeg"}
    assert not [made for made in found["scan1"] if not made.media_type.startswith("image/")]


def test_one_field_is_read_without_the_record(engine: Engine) -> None:
    for record_id in ("vn000001f", "vn000002q"):
        keep(engine, record_id)
    with writing(engine) as session:
        bare = replace(store.get(session, "vn000002q"), state="withdrawn", values={"title": (Value(value="Bia"),)})
        store.save(session, bare, person="test", batch="two")
    with reading(engine) as session:
        found = partly(session, ["vn000001f", "vn000002q", "none"], "description")
        whole = store.get(session, "vn000001f")
    assert found.keys() == {"vn000001f", "vn000002q"}
    assert found["vn000001f"].values == {"description": whole.values["description"]}
    assert (found["vn000001f"].kind, found["vn000001f"].state) == (whole.kind, whole.state)
    assert not found["vn000002q"].text("description")
    assert found["vn000002q"].state == "withdrawn"
