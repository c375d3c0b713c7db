"""Intents of ingest: written before a master is staged, so that a crash between any two steps can be recovered."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from museum.db import Base


class IntentRow(Base):
    """One record on its way in: state "staged" until its transaction commits, then "done"; "dropped" by recovery."""

    __tablename__ = "ingest"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)  # also the name of the stage
    record_id: Mapped[str] = mapped_column(String(16), index=True)
    batch: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    created_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
