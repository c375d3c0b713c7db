"""What it costs a page that the policy is asked and the record redacted."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Link, Media, Procedure, Value
from museum.config import Settings
from museum.db import Base, open_engine, reading, writing
from museum.text import Text
from museum.web.app import create_app
from museum.web.public import public_record
from tests.sample_records import whole_record
from tests.web.planted_words import IDS

_ROUNDS, _TIMES, _LIMIT_MS = 3, 300, 1.0


def run() -> list[dict[str, Any]]:
    """One row: the added milliseconds for a record of 27 files, some of everything hidden, with links."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home, media=home / "media", public_url="https://baotang.example")
        engine = open_engine(settings.database)
        Base.metadata.create_all(engine)
        record = whole_record(
            id=IDS["open"], links=tuple(Link(predicate="related_to", target=IDS[name]) for name in ("draft", "stored"))
        )
        hidden = {**record.values, "valuation": (Value(value="9 tỷ đồng"),), "storage_location": (Value(value="K3"),)}
        events = tuple(Procedure(id=f"e{n}", kind="movement", people=("Lê Thị Hoa",)) for n in range(4))
        record = replace(record, values=hidden, procedures=events, media=tuple(map(_hidden, record.media)))
        with writing(engine) as session:
            institutions.put(session, Institution(code="museum", name=Text.of(vi="Bảo tàng", en="Museum")))
            store.save(session, record, person="bench", batch="one")
            for name in ("draft", "stored"):
                other = replace(record, id=IDS[name], media=(), procedures=(), links=(), identifiers=())
                store.save(session, other, person="bench", batch="one")
        app = create_app(settings, engine=engine)
        with app.test_request_context("/"), reading(engine) as session:
            asked, plain = [], []
            for _ in range(_ROUNDS):
                asked.append(_ms(lambda: public_record(session, record.id)))
                plain.append(_ms(lambda: store.get(session, record.id)))
        engine.dispose()
    ours, peer = statistics.median(asked), statistics.median(plain)
    note = f"redacted {ours:.2f} ms, as it is {peer:.2f} ms; {len(record.media)} files, links looked up"
    return [
        {
            "name": "an object page: what the policy and the redaction add",
            "ours": round(ours - peer, 3),
            "peer": None,
            "ratio": None,
            "limit": _LIMIT_MS,
            "unit": "ms",
            "note": note,
        }
    ]


def _hidden(media: Media) -> Media:
    return replace(
        media, level="internal" if media.order % 5 == 1 else "", capture={"camera": "D850", "gps": "16, 107"}
    )


def _ms(function: Callable[[], object]) -> float:
    function()
    begun = time.process_time()
    for _ in range(_TIMES):
        function()
    return (time.process_time() - begun) / _TIMES * 1000
