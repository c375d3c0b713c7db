"""A museum of many published records, put into its database in bulk: real words, ids of our own, no files."""

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from museum import addresses
from museum.catalog import institutions
from museum.catalog.collation import sort_key
from museum.catalog.institutions import Institution
from museum.catalog.record import Record, to_json
from museum.catalog.tables import ChangeRow, RecordRow
from museum.config import Settings, load
from museum.db import open_engine, utc_now, writing
from museum.text import Text
from tests.bench.search_corpus import records
from tests.museums import run

_STEP = 5_000


def filled(home: Path, count: int) -> Settings:
    """The settings of a new museum in `home` that holds `count` published records and no index yet."""
    done = run("init", home)
    assert done.returncode == 0, done.stderr
    settings = load(home)
    engine = open_engine(settings.database)
    source = records(count)
    seq = 0
    known: set[str] = set()
    while part := list(islice(source, _STEP)):
        own = [replace(record, id=addresses.new_id(), media=()) for record in part]
        with writing(engine) as session:
            for code in {record.institution for record in own} - known:
                institutions.put(session, Institution(code=code, name=Text.of(vi=code, en=code)))
                known.add(code)
            session.execute(insert(RecordRow), [_row(record) for record in own])
            session.execute(insert(ChangeRow), [_change(record, seq + n) for n, record in enumerate(own, start=1)])
        seq += len(own)
    engine.dispose()
    return settings


def _row(record: Record) -> dict[str, Any]:
    now = utc_now()
    return {
        "id": record.id, "kind": record.kind, "institution": record.institution, "state": "published", "revision": 1,
        "sort_key": sort_key(record.title.say("vi")), "body": to_json(record), "created_at": now, "updated_at": now,
        "published_at": now, "is_sample": False,
    }  # fmt: skip


def _change(record: Record, seq: int) -> dict[str, Any]:
    return {
        "seq": seq, "at": utc_now(), "person": "bench", "batch": "bench", "record_id": record.id, "subject": "record",
        "action": "create", "before": None, "after": to_json(record), "hash": f"{seq:064x}",
    }  # fmt: skip
