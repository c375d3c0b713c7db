"""The tables of people. Tokens and keys are stored as digests: whoever reads the database can't sign in with it."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from museum.db import Base

Json = JSON().with_variant(JSONB(), "postgresql")
_USER = "user_account.id"


class UserRow(Base):
    """A person with an account. `password_hash` is None until they set a password; `email` is casefolded."""

    __tablename__ = "user_account"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(256))
    language: Mapped[str] = mapped_column(String(8))
    password_hash: Mapped[str | None] = mapped_column(String(512))
    is_active: Mapped[bool]
    created_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime | None]
    reset_asked_at: Mapped[dt.datetime | None]


class GrantRow(Base):
    """A role that a person holds for an institution or one of its collections, and who gave it when."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role", "institution", "collection"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(32))
    institution: Mapped[str] = mapped_column(String(64), index=True)
    collection: Mapped[str] = mapped_column(String(256))
    granted_by: Mapped[str] = mapped_column(String(256))
    granted_at: Mapped[dt.datetime]


class SessionRow(Base):
    """Somebody signed in at one browser. `stage` is "full", or "code" while the second factor is still asked for."""

    __tablename__ = "login_session"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)
    rotated_from: Mapped[str | None] = mapped_column(String(64))
    must_rotate: Mapped[bool]
    csrf_secret: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(32))


class ImageAccessRow(Base):
    """A browser that may show restricted images in viewers at `origins`, as long as the session behind it lives.

    `id` stands in access tokens and opens nothing; the cookie opens, and is known here only by its digest.
    """

    __tablename__ = "image_access"
    cookie_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), index=True)
    session_hash: Mapped[str] = mapped_column(String(64), index=True)
    origins: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)
    ended_at: Mapped[dt.datetime | None]


class SecondFactorRow(Base):
    """A person's TOTP secret, apart from their account, sealed with the museum's key. It counts once `confirmed_at` is
    set. `last_step` is the last time step used: no code works twice."""

    __tablename__ = "second_factor"
    user_id: Mapped[str] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(256))
    confirmed_at: Mapped[dt.datetime | None]
    last_step: Mapped[int]


class RecoveryCodeRow(Base):
    """A code that stands for the second factor once."""

    __tablename__ = "recovery_code"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), index=True)
    used_at: Mapped[dt.datetime | None]


class IdentityRow(Base):
    """An account at a sign-in service that opens an account here; a person has at most one at each service."""

    __tablename__ = "login_identity"
    __table_args__ = (UniqueConstraint("user_id", "issuer"),)
    issuer: Mapped[str] = mapped_column(String(512), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"))
    linked_at: Mapped[dt.datetime]


class InvitationRow(Base):
    """An invitation by link. `grants` are given when it is accepted."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    name: Mapped[str] = mapped_column(String(256))
    language: Mapped[str] = mapped_column(String(8))
    grants: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    invited_by: Mapped[str] = mapped_column(String(256))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]


class ResetRow(Base):
    """A link that sets a new password; used, it is gone."""

    __tablename__ = "password_reset"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), index=True)
    issued_by: Mapped[str] = mapped_column(String(256))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]


class ApiKeyRow(Base):
    """A key for programs. `prefix` is public and finds the row; the secret is stored as its SHA-256."""

    __tablename__ = "api_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(256))
    scopes: Mapped[list[str]] = mapped_column(Json)
    institution: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class AttemptRow(Base):
    """Failed attempts of late, by account or by address. The key is a digest; no address is stored."""

    __tablename__ = "attempt"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[dt.datetime] = mapped_column(index=True)
    blocked_until: Mapped[dt.datetime]


class EventRow(Base):
    """What was done to an account and by whom: "invited", "granted", "password_changed", … Only added to."""

    __tablename__ = "account_event"
    __table_args__ = (Index("ix_account_event_user_id", "user_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    user_id: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(256))
    action: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(512))
