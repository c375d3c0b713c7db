"""A log that somebody has changed behind the museum's back is found out, and where it begins."""

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from museum import db
from museum.catalog import chain, changes, heads, store
from museum.catalog.chain import Head, Verdict
from museum.catalog.record import Record, Value
from museum.errors import BackendError
from museum.migrations import schema
from tests.catalog.test_store import cao_urn

ENTRIES = 30
Tamper = Callable[[Connection, int], int]  # does it at a number; gives the first bad number


def urn(number: int) -> Record:
    title = (Value(value=f"Đỉnh số {number}", language="vi"), Value(value=4307.0 + number))
    return cao_urn(identifiers=(), media=(), values={"title": title, "weight": (Value(value=1e22),)})


def fill(engine: Engine, count: int = ENTRIES) -> None:
    """Creates, updates and deletes, in batches of three."""
    record = urn(0)
    for number in range(count):
        with db.writing(engine) as session:
            who = {"person": "Nguyễn Thị Hoa", "batch": f"đợt {number // 3}"}
            if number % 3 == 0:
                record = urn(number)
                store.save(session, record, **who)
            elif number % 3 == 1:
                store.save(session, replace(record, state="published"), **who)
            else:
                store.delete(session, record.id, **who)


def verdict(engine: Engine, saved: tuple[Head, ...] = (), *, with_hashes: bool = True) -> Verdict:
    with db.reading(engine) as session:
        return chain.verify(session, saved, with_hashes=with_hashes)


@contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """A connection as a thief has it: without the guards, and what it does is rolled back."""
    with engine.connect() as connection, connection.begin() as transaction:
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER change_keeps ON change"))
        else:
            connection.execute(text("DROP TRIGGER change_keeps_update"))
            connection.execute(text("DROP TRIGGER change_keeps_delete"))
        yield connection
        transaction.rollback()


def changed(column: str, value: str) -> Tamper:
    def tamper(connection: Connection, seq: int) -> int:
        connection.execute(text(f'UPDATE change SET "{column}" = {value} WHERE seq = :seq'), {"seq": seq})
        return seq

    return tamper


def dropped(connection: Connection, seq: int) -> int:
    connection.execute(text("DELETE FROM change WHERE seq = :seq"), {"seq": seq})
    return seq + 1


def dropped_and_closed_up(connection: Connection, seq: int) -> int:
    connection.execute(text("DELETE FROM change WHERE seq = :seq"), {"seq": seq})
    for later in range(seq + 1, ENTRIES + 1):
        connection.execute(text("UPDATE change SET seq = :new WHERE seq = :old"), {"new": later - 1, "old": later})
    return seq


def swapped(connection: Connection, seq: int) -> int:
    for old, new in ((seq, -1), (seq + 1, seq), (-1, seq + 1)):
        connection.execute(text("UPDATE change SET seq = :new WHERE seq = :old"), {"new": new, "old": old})
    return seq


def hash_changed(connection: Connection, seq: int) -> int:
    connection.execute(text("UPDATE change SET hash = :hash WHERE seq = :seq"), {"hash": "ab" * 32, "seq": seq})
    return seq


TAMPERINGS: dict[str, Tamper] = {
    "person changed": changed("person", "'Trần Văn Bình'"),
    "time changed": changed("at", "'2020-01-01 00:00:00+00'"),
    "batch changed": changed("batch", "'đợt 99'"),
    "record changed": changed("record_id", "'bcdfghjk0'"),
    "subject changed": changed("subject", "'story'"),
    "action changed": changed("action", "'none'"),
    "before changed": changed("before", '\'{"state": "withdrawn"}\''),
    "after changed": changed("after", '\'{"state": "withdrawn"}\''),
    "hash changed": hash_changed,
    "dropped": dropped,
    "dropped and closed up": dropped_and_closed_up,
    "swapped": swapped,
}


def test_a_log_nobody_touched_is_sound(engine: Engine) -> None:
    fill(engine)
    found = verdict(engine)
    assert found.is_sound, found.findings
    assert (found.entries, found.records) == (ENTRIES, ENTRIES // 3)
    with db.reading(engine) as session:
        log = changes.since(session, 0)
    assert [c.seq for c in log] == list(range(1, ENTRIES + 1))
    assert len({c.hash for c in log}) == ENTRIES


def test_every_tampering_at_every_entry_is_found(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    fill(engine)
    head = verdict(engine).head
    assert head is not None
    tried = found_without = 0
    for kind, tamper in TAMPERINGS.items():
        for seq in range(1, ENTRIES):
            with unguarded(engine) as connection, db.Session(connection) as session:
                first_bad = tamper(connection, seq)
                said = chain.verify(session, (head,))
                assert said.findings, (kind, seq)
                assert min(f.seq for f in said.findings if f.fault != "record") == first_bad, (kind, seq)
                found_without += not chain.verify(session, (head,), with_hashes=False).is_sound
                tried += 1
    with capsys.disabled():
        print(f"\n{engine.dialect.name}: {tried} of {tried} tamperings found; without hashes {found_without}")
    assert tried == len(TAMPERINGS) * (ENTRIES - 1)
    assert found_without < tried / 2


def test_a_cut_tail_is_found_against_a_saved_head(engine: Engine) -> None:
    fill(engine)
    head = verdict(engine).head
    assert head is not None
    tried = 0
    for seq in range(2, ENTRIES + 1):
        with unguarded(engine) as connection, db.Session(connection) as session:
            connection.execute(text("DELETE FROM change WHERE seq >= :seq"), {"seq": seq})
            faults = {(f.fault, f.seq) for f in chain.verify(session, (head,)).findings}
            assert ("cut", seq) in faults
            assert "cut" not in {f.fault for f in chain.verify(session).findings}
            tried += 1
    assert tried == ENTRIES - 1


def test_a_log_written_anew_contradicts_the_saved_head(engine: Engine) -> None:
    fill(engine, 9)
    head = verdict(engine).head
    assert head is not None
    with unguarded(engine) as connection, db.Session(connection) as session:
        previous = chain.GENESIS
        for change in changes.since(session, 0):
            row = {**vars(change), "person": "Trần Văn Bình"}
            del row["hash"]
            previous = chain.link(previous, row)
            values = {"hash": previous, "person": row["person"], "seq": change.seq}
            connection.execute(text("UPDATE change SET hash = :hash, person = :person WHERE seq = :seq"), values)
        session.expire_all()
        assert chain.verify(session).is_sound
        assert [(f.fault, f.seq) for f in chain.verify(session, (head,)).findings] == [("rewritten", 9)]


def test_a_record_changed_past_the_log_is_found(engine: Engine) -> None:
    record = urn(1)
    with db.writing(engine) as session:
        store.save(session, record, person="Hoa", batch="1")
    with engine.begin() as connection:
        connection.execute(text('UPDATE record SET body = \'{"state": "published"}\''))
    assert [(f.fault, f.record_id) for f in verdict(engine).findings] == [("record", record.id)]


@pytest.mark.parametrize("number", [0, -0.0, 4.0, 1e16, 1e22, 1e300, 1e-7, 0.1, 2601.4, -12345.678, 2**53 + 1, 10**17])
def test_a_number_has_one_hash_on_every_database(engine: Engine, number: float) -> None:
    with db.writing(engine) as session:
        store.save(session, replace(urn(1), values={"weight": (Value(value=number),)}), person="Hoa", batch="1")
    assert verdict(engine).is_sound


def test_the_length_keeps_rows_apart() -> None:
    """What ends one row can't begin the next: the same bytes cut elsewhere give another hash."""
    row = {"at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "person": "ab"}
    assert chain.link(chain.GENESIS, row) != chain.link(chain.GENESIS, {**row, "person": "a"})
    assert chain.link(chain.GENESIS, row) == chain.link(chain.GENESIS, dict(reversed(row.items())))


def test_migration_chains_the_rows_that_are_there(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'museum.db'}")
    schema.upgrade(engine, to="0004")
    statement = text(
        "INSERT INTO change (at, person, batch, record_id, subject, action, before, after) "
        "VALUES (:at, :person, :batch, :record_id, 'story', 'create', NULL, :after)"
    )
    draw = random.Random(7)
    with engine.begin() as connection:
        for number in range(1200):
            after = json.dumps({"title": f"Hồ sơ {number}", "weight": draw.random() * 10 ** draw.randint(-9, 20)})
            values = {"at": f"2026-01-01 00:00:{number % 60:02}", "person": "museum ingest", "batch": f"b{number % 7}"}
            connection.execute(statement, {**values, "record_id": "bcdfghjk0", "after": after})
    schema.upgrade(engine)
    said = verdict(engine)
    assert said.is_sound, said.findings[:3]
    assert said.entries == 1200
    with engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*), MIN(kind) FROM batch")).one() == (7, "ingest")


def test_saved_heads_come_back_and_a_torn_line_is_mended(tmp_path: Path) -> None:
    now = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
    first, second = (Head(seq=n, hash=f"{n:064x}", at=now) for n in (1, 2))
    assert heads.read(tmp_path) == []
    assert heads.is_due(tmp_path, first, now=now)
    path = heads.save(tmp_path, first, now=now)
    assert not heads.is_due(tmp_path, second, now=now)
    assert heads.is_due(tmp_path, second, now=now + dt.timedelta(days=1))
    with path.open("ab") as stream:
        stream.write(b'{"at": "2026-1')
    assert heads.read(tmp_path) == [first]
    heads.save(tmp_path, second, now=now)
    assert heads.read(tmp_path) == [first, second]
    path.write_bytes(b"nothing\n" + path.read_bytes())
    with pytest.raises(BackendError):
        heads.read(tmp_path)
