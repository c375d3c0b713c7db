"""The change log as a chain: each entry's hash takes in the hash before it, so that nothing in it can change unseen.

h_n = SHA-256(h_(n-1) ‖ length of row n as 8 bytes, big-endian ‖ row n), h_0 = 32 zero bytes. A row is canonical JSON:
keys sorted, UTF-8, no spaces, whole numbers without a point (as RFC 8785 §3.2.2.3 writes them: PostgreSQL's JSONB does
not tell 4 from 4.0). Hashes stand in museums for ever: this formula must never change.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import orjson
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from museum.catalog.tables import ChangeRow, RecordRow

GENESIS = "0" * 64
Fault = Literal["changed", "missing", "cut", "rewritten", "record"]
_AT_ONCE = 500
# What JSONB may write otherwise: a whole number with a point, an exponent. A hit inside a text only costs time.
_SUSPECT = re.compile(rb"[:\[,]-?\d+(?:\.0+[,}\]]|(?:\.\d+)?[eE][+-]?\d)")
_COLUMNS = (
    ChangeRow.seq,
    ChangeRow.at,
    ChangeRow.person,
    ChangeRow.batch,
    ChangeRow.record_id,
    ChangeRow.subject,
    ChangeRow.action,
    ChangeRow.before,
    ChangeRow.after,
    ChangeRow.hash,
)

_TIP = "SELECT seq, hash FROM change ORDER BY seq DESC LIMIT 1"  # asked before every entry: plain and quick


@dataclass(frozen=True, kw_only=True)
class Head:
    """The newest entry of the log at a moment: its number (0 for an empty log) and its hash."""

    seq: int
    hash: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is wrong with the log, and where it begins.

    `fault` is "changed" (an entry, or its neighbours' order, is not what was written), "missing" (entries before it are
    gone), "cut" (the log ends before a saved head), "rewritten" (it hangs together and contradicts a saved head) or
    "record" (a record differs from the last entry about it). `seq` is the first bad entry, `record_id` its record.
    """

    fault: Fault
    seq: int
    record_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How many entries, saved heads and records were compared, and what was found, in the order of entries."""

    entries: int
    heads: int
    records: int
    head: Head | None
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.findings


def link(previous: str, row: dict[str, Any]) -> str:
    """The hash of a row (its nine fields by column name, `at` with a zone) behind one whose hash is `previous`."""
    data = canonical({**row, "at": row["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")})
    return hashlib.sha256(bytes.fromhex(previous) + len(data).to_bytes(8, "big") + data).hexdigest()


def canonical(value: Any) -> bytes:
    """Canonical JSON of plain values: equal values give equal bytes, whichever database has kept them."""
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a whole number of more than 64 bits
        data = b"[1.0]"
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS) if _SUSPECT.search(data) else data


def head(session: Session) -> Head | None:
    """The newest entry; None for an empty log."""
    query = select(ChangeRow.seq, ChangeRow.hash, ChangeRow.at).order_by(ChangeRow.seq.desc()).limit(1)
    found = session.execute(query).first()
    return None if found is None else Head(seq=found[0], hash=found[1], at=found[2])


def tip(session: Session) -> tuple[int, str]:
    """Number and hash of the newest entry, (0, GENESIS) for an empty log: what the next one is linked to."""
    found = session.connection().exec_driver_sql(_TIP).first()
    return (found[0], found[1]) if found is not None else (0, GENESIS)


def verify(session: Session, heads: Iterable[Head] = (), *, with_hashes: bool = True) -> Verdict:
    """Read the whole log and compare it with itself, with the saved `heads` and with the records.

    A cut tail shows only against a saved head, or where a record remembers it. `with_hashes` False leaves out the
    chain: for the test that shows what it is good for.
    """
    saved = {one.seq: one for one in heads}
    findings: list[Finding] = []
    previous, last_seq, count = GENESIS, 0, 0
    newest: Head | None = None
    for row in _rows(session):
        count += 1
        if with_hashes:
            if link(previous, fields_of(row)) != row.hash:
                fault: Fault = "missing" if row.seq != last_seq + 1 else "changed"
                findings.append(Finding(fault=fault, seq=row.seq, record_id=row.record_id))
            elif row.seq in saved and saved[row.seq].hash != row.hash:
                findings.append(Finding(fault="rewritten", seq=row.seq, record_id=row.record_id))
        previous, last_seq = row.hash, row.seq
        newest = Head(seq=row.seq, hash=row.hash, at=row.at)
    if with_hashes:
        findings += [Finding(fault="cut", seq=last_seq + 1) for _ in [s for s in saved if s > last_seq][:1]]
    records, strange = _records(session)
    findings += strange
    order = tuple(sorted(findings, key=lambda f: (f.seq, f.fault)))
    return Verdict(entries=count, heads=len(saved), records=records, head=newest, findings=order)


def fields_of(row: Row[Any]) -> dict[str, Any]:
    """What is hashed of a row, by column name."""
    return {name: value for name, value in row._mapping.items() if name != "hash"}


def _rows(session: Session) -> Iterator[Row[Any]]:
    after = -1
    while True:
        query = select(*_COLUMNS).where(ChangeRow.seq > after).order_by(ChangeRow.seq).limit(_AT_ONCE)
        rows = session.execute(query).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].seq


def _records(session: Session) -> tuple[int, list[Finding]]:
    """Compare each record with the last entry about it: (records compared, findings)."""
    last: dict[str, tuple[int, str]] = {}
    query = select(ChangeRow.record_id, ChangeRow.seq, ChangeRow.action).where(ChangeRow.subject == "record")
    for record_id, seq, action in session.execute(query.order_by(ChangeRow.seq)):
        last[record_id] = (seq, action)
    findings = [
        Finding(fault="record", seq=0, record_id=record_id)
        for record_id in session.scalars(select(RecordRow.id).order_by(RecordRow.id))
        if record_id not in last
    ]
    ids = sorted(last)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        held = session.execute(select(RecordRow.id, RecordRow.body).where(RecordRow.id.in_(some)))
        bodies = {row.id: row.body for row in held}
        numbers = [last[i][0] for i in some]
        entries = session.execute(select(ChangeRow.seq, ChangeRow.after).where(ChangeRow.seq.in_(numbers)))
        after = {row.seq: row.after for row in entries}
        for record_id in some:
            seq = last[record_id][0]
            if canonical(bodies.get(record_id)) != canonical(after.get(seq)):
                findings.append(Finding(fault="record", seq=seq, record_id=record_id))
    return len(ids), findings


def _plain(value: Any) -> Any:
    """The value with whole floats as integers, digit by digit as PostgreSQL keeps them."""
    if isinstance(value, float) and value.is_integer():
        value = int(Decimal(repr(value)))
    if isinstance(value, int) and abs(value) >= 1 << 63:
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
