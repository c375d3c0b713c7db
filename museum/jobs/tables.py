"""The job table: work for later, kept in the catalogue's own database (design.md §4)."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, Enum, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from museum.db import Base


class State(enum.StrEnum):
    """Where a job stands. Queued and leased are unfinished; done and dead are the end."""

    QUEUED = "queued"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


# As text: with bound values PostgreSQL's prepared plans don't find the partial index.
UNFINISHED = text("state IN ('queued', 'leased')")


class JobRow(Base):
    """One piece of work. `key` is unique among unfinished jobs, so that asking twice does it once."""

    __tablename__ = "job"
    __table_args__ = (
        Index("uq_job_key_unfinished", "key", unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_job_due", "state", "priority", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    priority: Mapped[int] = mapped_column(default=0)  # higher first
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=8, values_callable=lambda states: [state.value for state in states])
    )
    run_after: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    lease_owner: Mapped[str] = mapped_column(Text, default="")
    tries: Mapped[int] = mapped_column(default=0)
    max_tries: Mapped[int]
    error: Mapped[dict[str, str] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # {"code", "vi", "en"} of the last try
    created_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
