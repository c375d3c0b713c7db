"""Changes: what the log and its chain cost a bulk load, what the policy costs a page, how fast the chain is verified.

A bulk load is 5,000 records saved in transactions of 100, each asked of the policy, against the same with no log and
no question. Two catalogues grow side by side, a few hundred records in turns: a disk's slow moments hit both.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Engine

from museum import addresses, db
from museum.accounts.policy import Grant, Viewer, may
from museum.accounts.roles import Action, Role
from museum.catalog import chain, changes, institutions, store
from museum.catalog.changes import Change
from museum.catalog.institutions import Institution
from museum.catalog.record import Identifier, Media, Record, Value
from museum.catalog.visibility import target_of
from museum.migrations import schema
from museum.text import Text

RECORDS = 5000
AT_ONCE = 100
A_TURN = 250
SHARE_LIMIT = 1.2
PAGE_LIMIT_MS = 1.0
WHO = Viewer(user_id="u1", name="Hoa", grants=(Grant(role=Role.CURATOR, institution="hue", collection="Cửu Đỉnh"),))


def run() -> list[dict[str, Any]]:
    """Rows of the bulk load, of one question to the policy, and of verifying the log."""
    records = [_record(number) for number in range(RECORDS)]
    with_log: list[float] = []
    without: list[float] = []
    with _catalog() as plain, _catalog() as logging:
        for start in range(0, RECORDS, A_TURN):
            some = records[start : start + A_TURN]
            for logged in (True, False) if start // A_TURN % 2 else (False, True):
                times = with_log if logged else without
                times.append(_load(logging if logged else plain, some, logged=logged))
        verifying = _verify(logging)
    ours, peer = (statistics.median(times) * RECORDS / A_TURN for times in (with_log, without))
    note = f"{RECORDS} records, {AT_ONCE} a transaction, SQLite FULL; medians of turns of {A_TURN} records"
    question = _question(records[0])
    return [
        _row("bulk load with policy, log and chain, against none", ours, peer, SHARE_LIMIT, "s", note),
        _row("one question to the policy", question, None, PAGE_LIMIT_MS, "ms", "a page asks a few"),
        _row("verify the chain of the log", RECORDS / verifying, None, None, "entries/s", note),
    ]


def _record(number: int) -> Record:
    """A record as catalogues hold them: names in two languages, a description, sizes, a number, a file."""
    media_id = addresses.new_id()
    words = "Đỉnh đúc bằng đồng năm Minh Mạng thứ 16, thân chạm mười bảy cảnh vật, đặt trước Hiển Lâm Các. " * 4
    return Record(
        id=addresses.new_id(),
        kind="object",
        institution="hue",
        values={
            "title": (
                Value(value=f"Cao đỉnh {number}", language="vi"),
                Value(value=f"Cao urn {number}", language="en"),
            ),
            "description": (Value(value=words, language="vi"),),
            "height": (Value(value=250.5, unit="cm", source="minh văn"),),
            "weight": (Value(value=2601.4, unit="kg", certainty="disputed"),),
            "date": (Value(value="1835", as_written="Minh Mạng năm thứ 16"),),
            "collection": (Value(value="Cửu Đỉnh", language="vi"),),
        },
        identifiers=(Identifier(scheme="accession_number", value=f"ĐĐ.{number}"),),
        media=(
            Media(
                id=media_id,
                kind="photo",
                sha256=f"{number:064x}",
                size_bytes=1,
                path=f"media/{media_id}/cao.jpg",
                file_name="cao.jpg",
                media_type="image/jpeg",
                facts={"width_px": 6000, "height_px": 4000},
            ),
        ),
    )


@contextmanager
def _catalog() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = db.open_engine(f"sqlite:///{Path(folder) / 'museum.db'}")
        schema.upgrade(engine)
        with db.writing(engine) as session:
            institutions.put(session, Institution(code="hue", name=Text.of(vi="Bảo tàng", en="Museum")))
        yield engine
        engine.dispose()


def _load(engine: Engine, records: list[Record], *, logged: bool) -> float:
    """Seconds for saving all of them."""
    silent: Callable[..., Change | None] = lambda *_, **__: None  # noqa: E731 (one word for "no log")
    began = time.perf_counter()
    with mock.patch.object(changes, "append", changes.append if logged else silent):
        for start in range(0, len(records), AT_ONCE):
            with db.writing(engine) as session:
                for record in records[start : start + AT_ONCE]:
                    if logged and not may(WHO, Action.EDIT, target_of(record)):
                        raise AssertionError("the bench's curator may edit")
                    store.save(session, record, person="u1", batch="bench")
    return time.perf_counter() - began


def _verify(engine: Engine) -> float:
    began = time.perf_counter()
    with db.reading(engine) as session:
        verdict = chain.verify(session)
    if not verdict.is_sound or verdict.entries != RECORDS:
        raise AssertionError(verdict.findings[:3])
    return time.perf_counter() - began


def _question(record: Record) -> float:
    """Milliseconds of one question, target and all."""
    count = 20_000
    began = time.perf_counter()
    for _ in range(count):
        may(WHO, Action.EDIT, target_of(record))
    return (time.perf_counter() - began) / count * 1000


def _row(name: str, ours: float, peer: float | None, limit: float | None, unit: str, note: str) -> dict[str, Any]:
    ratio = ours / peer if peer else None
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "limit": limit, "unit": unit, "note": note}
