"""A museum of many small records, for tests of whatever pages through a result."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient

from museum.addresses import ALPHABET, check_character
from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Identifier, Record, Value
from museum.config import Settings
from museum.db import Base, open_engine, writing
from museum.search import indexer
from museum.search.location import Location
from museum.text import Text
from museum.web.app import create_app

HOST = "https://baotang.example"
MANY = 130
PLACES = ("Huế", "Hội An", "Mỹ Sơn")


def record_id(number: int) -> str:
    """The id of the record of that number."""
    digits = "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(4))
    return f"vnmn{digits}{check_character('vnmn' + digits)}"


def records(count: int = MANY) -> list[Record]:
    """Urns of three places; every fifth has a title that begins with the sign by which spreadsheets know formulas."""
    return [
        Record(
            id=record_id(n),
            kind="object",
            institution="museum",
            state="published",
            values={
                "title": (
                    Value(value=f"{'=' if n % 5 == 0 else ''}Đỉnh đồng, số {n}; “nhỏ”", language="vi"),
                    Value(value=f"Bronze urn\nno. {n}", language="en"),
                ),
                "object_type": (Value(value="đỉnh", language="vi"),),
                "material": (Value(value="đồng", language="vi"), Value(value="gỗ", language="vi")),
                "place": (Value(value=PLACES[n % 3], language="vi"),),
                "date": (Value(value=str(1802 + n), as_written=f"năm {1802 + n}"),),
            },
            identifiers=(Identifier(scheme="inventory_number", value=f"BTH-{n:04}"),),
        )
        for n in range(count)
    ]


@contextmanager
def collection(home: Path, given: list[Record] | None = None) -> Iterator[FlaskClient]:
    """A museum that holds these records and answers."""
    settings = Settings(home=home, media=home / "media", public_url=HOST)
    home.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    with writing(engine) as session:
        institutions.put(session, Institution(code="museum", name=Text.of(vi="Bảo tàng thử", en="Test Museum")))
        for record in records() if given is None else given:
            store.save(session, record, person="test", batch="one")
    indexer.rebuild(engine, Location.of(settings))
    app = create_app(settings, engine=engine)
    app.testing = True
    yield app.test_client()
    engine.dispose()
