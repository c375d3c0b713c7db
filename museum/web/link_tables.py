"""Tables of signed links: who made which, and when it was used. No whole network address is stored."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from museum.db import Base


class LinkRow(Base):
    """A link to one master. `issued_by` is a user's id or "cli:<name>"; `purpose` what the issuer noted."""

    __tablename__ = "signed_link"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(16), index=True)
    media_id: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(1024))
    file_name: Mapped[str] = mapped_column(String(512))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    key_id: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(256))
    issued_by: Mapped[str] = mapped_column(String(256), index=True)
    issued_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class LinkUseRow(Base):
    """A link was opened. `network` is the asking address cut to /24 (IPv4) or /48 (IPv6)."""

    __tablename__ = "signed_link_use"
    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("signed_link.id"), index=True)
    at: Mapped[dt.datetime]
    network: Mapped[str] = mapped_column(String(64))
