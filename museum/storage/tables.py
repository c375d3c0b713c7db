"""What is known of the masters' files beside the masters: their BLAKE3, and when they were last read again."""

import datetime as dt

from sqlalchemy import JSON, BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from museum.db import Base

OBJECT_ID_LENGTH = 255


class FixityDigestRow(Base):
    """The BLAKE3 of an object's content files ("v1/content/front.jpg"), each taken while its SHA-512 was proved.

    They lie here and not in the inventory's fixity block, since OCFL (1.1 §3.5.4, extension 0001) knows no BLAKE3.
    One row for an object: a row for each file took a third of the time of reading small files again.
    """

    __tablename__ = "fixity_digest"

    object_id: Mapped[str] = mapped_column(String(OBJECT_ID_LENGTH), primary_key=True)
    blake3: Mapped[dict[str, str]] = mapped_column(JSON)  # content path → hexadecimal digest


class FixityCheckRow(Base):
    """One reading of a whole object and what it found: kept for good, as evidence."""

    __tablename__ = "fixity_check"
    __table_args__ = (Index("ix_fixity_check_object", "object_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(36))  # the identifier of the PREMIS event, a UUID
    object_id: Mapped[str] = mapped_column(String(OBJECT_ID_LENGTH))
    checked_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(16))  # "sound", "damaged" or "destroyed" (on purpose)
    files: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    findings: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # empty when sound
    agent: Mapped[str] = mapped_column(Text)  # the software and its version
