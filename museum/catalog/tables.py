"""The catalogue's tables. `record.body` is the record; identifier, link, designation, media and procedure rows are its
index, rewritten with it. `change` is append-only."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from museum.db import Base

Json = JSON().with_variant(JSONB(), "postgresql")
Sequence = BigInteger().with_variant(Integer(), "sqlite")


class InstitutionRow(Base):
    """An institution that owns records; institutions are peers."""

    __tablename__ = "institution"
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class RecordRow(Base):
    """One record: its body as JSON and what lists sort and filter by."""

    __tablename__ = "record"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    institution: Mapped[str] = mapped_column(ForeignKey("institution.code"))
    state: Mapped[str] = mapped_column(String(16), index=True)
    revision: Mapped[int]
    sort_key: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime] = mapped_column(index=True)
    published_at: Mapped[dt.datetime | None]
    is_sample: Mapped[bool] = mapped_column(default=False)


class IdentifierRow(Base):
    """A number of a record. A current number is unique within its scheme and institution."""

    __tablename__ = "identifier"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), index=True)
    institution: Mapped[str] = mapped_column(String(64))
    scheme: Mapped[str] = mapped_column(String(64))
    value: Mapped[str] = mapped_column(String(512), index=True)
    former: Mapped[bool]

    __table_args__ = (
        Index(
            "ix_identifier_current",
            "institution",
            "scheme",
            "value",
            unique=True,
            sqlite_where=text("former = 0"),
            postgresql_where=text("NOT former"),
        ),
    )


class LinkRow(Base):
    """From one record to another."""

    __tablename__ = "link"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), index=True)
    predicate: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(16), index=True)
    position: Mapped[int]


class DesignationRow(Base):
    """A recognition of a record by law or by an international body."""

    __tablename__ = "designation"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), index=True)
    scheme: Mapped[str] = mapped_column(String(64), index=True)
    decision_number: Mapped[str]
    date: Mapped[str]


class MediaRow(Base):
    """One file of a record."""

    __tablename__ = "media"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    position: Mapped[int]
    level: Mapped[int] = mapped_column(default=0)


class ProcedureRow(Base):
    """A dated event of care for a record."""

    __tablename__ = "procedure"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    date: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))


class ConceptRow(Base):
    """A term of a vocabulary (SKOS): labels in several languages, a broader term, exact matches elsewhere."""

    __tablename__ = "concept"
    scheme: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(128), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class ChangeRow(Base):
    """One change of one record or story: the whole of it before and after. Never updated, never deleted."""

    __tablename__ = "change"
    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime]
    person: Mapped[str] = mapped_column(String(256))
    batch: Mapped[str] = mapped_column(String(64), index=True)
    record_id: Mapped[str] = mapped_column(String(16), index=True)
    subject: Mapped[str] = mapped_column(String(16), default="record")
    action: Mapped[str] = mapped_column(String(16))
    before: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    )
    after: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    )
    hash: Mapped[str] = mapped_column(String(64))


class BatchRow(Base):
    """Changes that belong together: one ingest, one saved form, one undo of another batch (`undoes`)."""

    __tablename__ = "batch"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(256))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(512))
    at: Mapped[dt.datetime] = mapped_column(index=True)
    undoes: Mapped[str] = mapped_column(String(64), index=True)


class RedirectRow(Base):
    """Where a merge sent the addresses of a record or of one of its files. It holds while the deletion of `record_id`
    by `batch` is the last change of that record; never deleted, so that an undo can be undone."""

    __tablename__ = "redirect"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    batch: Mapped[str] = mapped_column(String(64), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(16), index=True)
    target: Mapped[str] = mapped_column(String(16), index=True)


class DerivativeRow(Base):
    """One derivative of a master, known by the master's SHA-256; rebuildable."""

    __tablename__ = "derivative"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(128))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    made_at: Mapped[dt.datetime]


class LookRow(Base):
    """How the picture of a master looks: its colours (name, share in per cent, mean as hex) and a code of 256 bits, by
    the master's SHA-256; rebuildable. A picture that can't be read has neither."""

    __tablename__ = "look"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    recipe: Mapped[str] = mapped_column(String(16))
    colors: Mapped[list[Any]] = mapped_column(Json)
    code: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[dt.datetime] = mapped_column(index=True)


class ManifestRow(Base):
    """A stored IIIF manifest: bytes with a placeholder for the museum's public address."""

    __tablename__ = "manifest"
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[dt.datetime]
    fence: Mapped[str] = mapped_column(String(16), default="")


class CollectionRow(Base):
    """A stored IIIF collection: bytes with a placeholder, and the newest change they know of."""

    __tablename__ = "collection"
    slug: Mapped[str] = mapped_column(String(256), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(Sequence)
