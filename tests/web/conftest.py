"""A small published museum in memory of a folder: records of every kind, derivatives with real bytes."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from museum.addresses import check_character
from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Identifier, Link, Media, Procedure, Record, Value
from museum.catalog.store import Derivative
from museum.config import Settings
from museum.db import Base, open_engine, writing
from museum.ingest import collecting
from museum.search import indexer
from museum.search.location import Location
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from museum.text import Text
from museum.web.app import create_app
from tests.sample_records import digest, media, photo, whole_record

CONFLICT = {"factor": 1000, "explained_by": "mm"}
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.500\nĐầu tượng quay chậm.\n\n00:02.500 --> 00:07.500\nMàu cũ còn trên tóc.\n"


@dataclass(frozen=True, kw_only=True)
class House:
    """The museum of these tests."""

    app: Flask
    client: FlaskClient
    engine: Engine
    settings: Settings
    ids: dict[str, str]


def text(vi: str, en: str) -> tuple[Value, ...]:
    """A text in both languages."""
    return Value(value=vi, language="vi"), Value(value=en, language="en")


def records() -> dict[str, Record]:
    """The records, by a name for tests."""
    whole = whole_record(
        id="3t8kq0zx7",
        display="on_display",
        display_place=Text.of(vi="Điện Long An, gian giữa", en="Long An Hall, middle bay"),
        procedures=(
            Procedure(
                id="p1", kind="condition", date="2024-03-05", people=("Lê Thị Hoa",), text=Text.of(vi="Ổn định.")
            ),
            Procedure(id="p2", kind="valuation", date="2024-04", text=Text.of(vi="Chín tỷ đồng")),
        ),
    )
    venus = Record(
        id="vn000001",
        kind="object",
        institution="museum",
        state="published",
        values={
            "title": text("Tượng thần Vệ Nữ thành Milo (bản quét 3D)", "Venus de Milo (3D scan)"),
            "object_type": (Value(value="sculpture", language="en"),),
            "height": (Value(value=211.9, unit="cm", source="SMK"),),
        },
        media=(media("venusscan", "scan", facts={"faces": 24058, "scale_conflict": CONFLICT}, licence="CC0 1.0"),),
        links=(Link(predicate="related_to", target="3t8kq0zx7"),),
    )
    bare = Record(
        id="vn000002",
        kind="monument",
        institution="museum",
        state="published",
        values={"title": (Value(value="Tháp Qutb Minar", language="vi"),)},
    )
    film = Record(
        id="vn000003",
        kind="object",
        institution="museum",
        state="published",
        values={
            "title": text("Đầu tượng phụ nữ", "Head of a Woman"),
            "date": (Value(value="-0349/-0299", as_written="350–300 BC", source="Getty"),),
            "object_type": (Value(value="sculpture", language="en"),),
        },
        identifiers=(Identifier(scheme="accession_number", value="76.AD.34/a"),),
        media=(
            media("headfilm", "film", facts={"duration_s": 7.5}),
            media("headcaps", "captions", of="headfilm", language="vi"),
            media("headsound", "sound", order=2, facts={"duration_s": 10.9}),
            media("headpaper", "document", order=3),
            photo("headphoto", order=4),
        ),
    )
    draft = Record(id="vn000004", kind="object", institution="museum", values={"title": text("Bản nháp", "A draft")})
    withdrawn = replace(draft, id="vn000005", state="withdrawn")
    found = {
        "whole": whole,
        "venus": venus,
        "bare": bare,
        "film": film,
        "draft": draft,
        "withdrawn": withdrawn,
        "deleted": replace(bare, id="vn000006"),
    }
    return {name: replace(r, id=_checked(r.id)) for name, r in found.items()}


def _checked(record_id: str) -> str:
    return record_id[:8] + check_character(record_id[:8])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A museum whose pages can be asked for."""
    home = tmp_path_factory.mktemp("museum")
    yield from make_house(home, language="vi")


def make_house(home: Path, *, language: str) -> Iterator[House]:
    """Build the museum in `home` with `language` as its first one."""
    settings = Settings(
        home=home,
        media=home / "media",
        language=language,
        public_url="https://baotang.example",
        second_factor_roles="",  # `test_doors` tells of the second factor that administrators must have
    )
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    made = records()
    with writing(engine) as session:
        institutions.put(session, Institution(code="museum", name=Text.of(vi="Bảo tàng thử", en="Test Museum")))
        for name, record in made.items():
            if name == "withdrawn":  # only what was public once can be taken back
                store.save(session, replace(record, state="published"), person="test", batch="one")
            store.save(session, record, person="test", batch="one")
            for item in record.media:
                _derive(session, settings, item)
            if name != "draft":
                store.put_manifest(session, record.id, b'{"id":"{museum}/iiif/presentation/3/x/manifest"}')
        store.delete(session, made["deleted"].id, person="test", batch="two")
    indexer.rebuild(engine, Location(settings.index))
    collecting.collect(engine, settings)
    app = create_app(settings, engine=engine)
    app.testing = True
    yield House(
        app=app, client=app.test_client(), engine=engine, settings=settings, ids={n: r.id for n, r in made.items()}
    )
    engine.dispose()


def _derive(session: Any, settings: Settings, item: Media) -> None:
    blobs = Derivatives(LocalBlobs(settings.derived))
    for name, media_type, body, facts in _bodies(item):
        blobs.put(item.sha256, name, body)
        store.put_derivative(
            session,
            Derivative(
                sha256=item.sha256,
                name=name,
                media_type=media_type,
                size_bytes=len(body),
                digest=hashlib.sha256(body).hexdigest(),
                facts=facts,
            ),
        )


def _bodies(item: Media) -> list[tuple[str, str, bytes, dict[str, Any]]]:
    body = digest(item.id).encode() * 40
    poster: list[tuple[str, str, bytes, dict[str, Any]]] = [
        ("poster.jpg", "image/jpeg", body, {"width_px": 1200, "height_px": 900}),
        ("poster.avif", "image/avif", body, {"width_px": 1200, "height_px": 900}),
        ("card.webp", "image/webp", body, {"width_px": 480, "height_px": 360}),
    ]
    by_kind: dict[str, list[tuple[str, str, bytes, dict[str, Any]]]] = {
        "photo": [*poster, ("pyramid", "image/tiff", body, {**item.facts, "tile_px": 256})],
        "scan": [*poster, ("web.glb", "model/gltf-binary", body, {"faces": 24058})],
        "film": [*poster, ("video.mp4", "video/mp4", body, {"duration_s": 7.5})],
        "sound": [("audio.m4a", "audio/mp4", body, {"duration_s": 10.9})],
        "document": [*poster, ("document.pdf", "application/pdf", body, {})],
        "captions": [(f"captions.{item.language}.vtt", "text/vtt", CAPTIONS.encode(), {})],
    }
    return by_kind.get(item.kind, [])


@dataclass
class Counter:
    """How many statements were sent."""

    number: int = 0


@pytest.fixture
def statements(house: House) -> Iterator[Counter]:
    """Counts SQL statements while a test runs; not those of threads that write down what was searched for."""
    counter, here = Counter(), threading.get_ident()

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counter.number += threading.get_ident() == here and statement.lstrip()[:5].upper() != "BEGIN"

    event.listen(house.engine, "before_cursor_execute", count)
    yield counter
    event.remove(house.engine, "before_cursor_execute", count)
