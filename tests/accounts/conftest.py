"""A museum's people on SQLite and PostgreSQL, at a moment that tests move by hand."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from museum import db
from museum.accounts import people, policy, tables
from museum.accounts.passwords import Passwords
from museum.accounts.people import User
from museum.accounts.policy import Grant
from museum.accounts.roles import Role
from museum.accounts.signing_keys import SigningKey
from tests import databases

QUICK = Passwords(time_cost=1, memory_kib=64, parallelism=1)
_OF_PEOPLE = {row.__tablename__ for row in vars(tables).values() if isinstance(row, type) and hasattr(row, "__table__")}
OPERATOR = policy.operator("hoa")
KEYS = (SigningKey.of("khóa của bảo tàng, chỉ dùng để thử 1835"),)
PASSWORD = "chín đỉnh đồng trước Thế Miếu"


@dataclass
class Clock:
    """A moment that only moves when a test says so."""

    now: dt.datetime = dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC)

    def go(self, **span: float) -> dt.datetime:
        """Let time pass: `clock.go(hours=12)`."""
        self.now += dt.timedelta(**span)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of one test."""
    return Clock()


@pytest.fixture(scope="module", params=databases.BOTH)
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A migrated database, once a module: migrating costs more than all that a test does."""
    with databases.migrated(request, tmp_path_factory.mktemp("accounts")) as engine:
        yield engine


@pytest.fixture
def engine(migrated: Engine) -> Engine:
    """The same, with nobody in it."""
    with db.writing(migrated) as session:
        for table in reversed(db.Base.metadata.sorted_tables):
            if table.name in _OF_PEOPLE:
                session.execute(table.delete())
    return migrated


def a_user(engine: Engine, email: str, *grants: Grant, clock: Clock, password: str = PASSWORD) -> User:
    """Somebody with an account, a password and grants."""
    with db.writing(engine) as session:
        return people.create(
            session,
            email,
            name=email.partition("@")[0],
            by=OPERATOR,
            grants=grants,
            password_hash=QUICK.hash(password),
            now=clock.now,
        )


def a_grant(role: str, institution: str, collection: str = "") -> Grant:
    """A grant in one line."""
    return Grant(role=Role(role), institution=institution, collection=collection)
