"""Records of one of the Nine Urns to amend, by two people, and what is asked of the catalogue afterwards."""

from collections.abc import Callable
from dataclasses import replace

from museum import addresses, db
from museum.catalog import chain, store
from museum.catalog.record import Identifier, Media, Record, Value
from museum.ingest.parts import Parts
from tests.catalog.test_store import cao_urn

HOA, BINH = "Nguyễn Thị Hoa", "Trần Văn Bình"


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
