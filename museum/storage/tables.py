"""What is known of the masters' files beside the masters: their BLAKE3, and when they were last read again."""

import datetime as dt

from sqlalchemy import JSON, BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from museum.db import Base

OBJECT_ID_LENGTH = 255


class FixityFileRow(Base):
    """The BLAKE3 of one content file ("v1/content/front.jpg"), taken while its SHA-512 was proved.

    It lies here and not in the inventory's fixity block, since OCFL (1.1 §3.5.4, extension 0001) knows no BLAKE3.
    """

    __tablename__ = "fixity_file"

    object_id: Mapped[str] = mapped_column(String(OBJECT_ID_LENGTH), primary_key=True)
    path: Mapped[str] = mapped_column(String(1024), primary_key=True)
    blake3: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)


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
