"""Engine and session: the only place that opens the catalogue's database."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone never enters the database")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations are the same on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dt.datetime: UtcTime()}  # noqa: RUF012 (SQLAlchemy reads it as a class variable)


def utc_now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def open_engine(url: str) -> Engine:
    """An engine for `url`; SQLite gets WAL, `synchronous=FULL` and foreign keys (design.md §4)."""
    documents: dict[str, Any] = {"json_serializer": _json, "json_deserializer": _from_json}
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, **documents)
    engine = create_engine(url, connect_args={"timeout": 60}, **documents)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: it would make reads upgrade to writes and fail as "locked".
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=60000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


# More digits than 64 bits surely hold: orjson would read such a number as a fraction.
_LONG_NUMBER = re.compile(rb"\d{19}")


def _json(value: Any) -> str:
    """JSON in UTF-8, not in escapes: Vietnamese takes half the room so."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a whole number of more than 64 bits, a key that is no text
        return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _from_json(stored: str | bytes) -> Any:
    data = stored.encode() if isinstance(stored, str) else stored  # SQLite gives text, psycopg bytes
    return json.loads(data) if _LONG_NUMBER.search(data) else orjson.loads(data)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for reading; whatever it did is rolled back, and what it read stays readable."""
    with Session(engine, expire_on_commit=False) as session:
        yield session  # closing rolls back; `rollback` would expire the rows that the caller keeps


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One transaction for writing: committed as a whole or not at all; SQLite takes its write lock at the start."""
    with (
        engine.connect().execution_options(writes=True) as connection,
        Session(connection, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session
