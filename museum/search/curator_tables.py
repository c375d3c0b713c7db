"""What curators keep beside the index: their synonyms with a log of edits, saved searches, counts of what was asked."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from museum.db import Base

_Json = JSON().with_variant(JSONB(), "postgresql")
_NullableJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_Sequence = BigInteger().with_variant(Integer(), "sqlite")


class SynonymRow(Base):
    """A museum's own group of synonyms, or its own form of a shipped one of that code; `is_removed`: not to count."""

    __tablename__ = "synonym"
    code: Mapped[str] = mapped_column(String(96), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[dict[str, Any]] = mapped_column(_Json)
    is_removed: Mapped[bool]


class SynonymChangeRow(Base):
    """One edit of a group: by whom, when, what it was (None: nothing) and what it became. Only added to."""

    __tablename__ = "synonym_change"
    seq: Mapped[int] = mapped_column(_Sequence, primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime]
    person: Mapped[str] = mapped_column(String(256))
    code: Mapped[str] = mapped_column(String(96), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(_NullableJson)
    after: Mapped[dict[str, Any] | None] = mapped_column(_NullableJson)


class SavedSearchRow(Base):
    """A search that somebody gave a name: `query` is the query of its address, `total` what it found that day."""

    __tablename__ = "saved_search"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    title: Mapped[str] = mapped_column(String(256))
    query: Mapped[str] = mapped_column(String(2048))
    total: Mapped[int]
    person: Mapped[str] = mapped_column(String(256))
    at: Mapped[dt.datetime]


class SearchCountRow(Base):
    """How often the public asked for these words on one day, and how often nothing was found. Nothing of anybody."""

    __tablename__ = "search_count"
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(96), primary_key=True)
    asked: Mapped[int]
    unfound: Mapped[int]
