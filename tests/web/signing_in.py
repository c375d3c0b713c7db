"""People for tests of the workbench: a door that asks them for nothing, and a browser that fills in forms."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from museum.accounts import people
from museum.accounts.passwords import STRONG
from museum.accounts.people import User
from museum.accounts.policy import Grant, Viewer, operator
from museum.accounts.roles import Role
from museum.db import writing
from museum.web.people import recognize

PASSWORD = "chín đỉnh đồng trước Thế Miếu"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def person(role: Role, *, institution: str = "museum", name: str = "Lê Thị Hoa") -> Viewer:
    """Somebody with one role."""
    return Viewer(user_id=f"u-{role}", name=name, grants=(Grant(role=role, institution=institution),))


ADMINISTRATOR = person(Role.ADMINISTRATOR, institution="*", name="Trần Văn Quản")
CURATOR = person(Role.CURATOR)
CONTRIBUTOR = person(Role.CONTRIBUTOR)


@contextmanager
def signed_in_as(app: Flask, who: Viewer) -> Iterator[None]:
    """Within the block every request under the workbench comes from `who`."""
    before = recognize(app, lambda: who)
    try:
        yield
    finally:
        recognize(app, before)


def account(
    engine: Engine, email: str, *roles: Role, institution: str = "museum", name: str = "Nguyễn Thị Hương"
) -> User:
    """A person in the database, who signs in with PASSWORD."""
    grants = [Grant(role=role, institution=institution) for role in roles]
    with writing(engine) as session:
        return people.create(
            session, email, name=name, by=operator("test"), grants=grants, password_hash=STRONG.hash(PASSWORD)
        )


class Forms:
    """A browser that fills in forms as pages give them."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, address: str, **options: Any) -> TestResponse:
        """A page."""
        return self.client.get(address, **options)

    def post(self, address: str, *, page: str = "", **fields: str) -> TestResponse:
        """Send a form found on `page` (else on the address itself)."""
        found = _TOKEN.search(self.get(page or address).text)
        assert found is not None, f"no form on {page or address}"
        return self.client.post(address, data={"csrf_token": found[1], **fields})

    def sign_in(self, email: str, password: str = PASSWORD, *, onward: str = "") -> TestResponse:
        """Go through the door."""
        return self.post(f"/login?next={onward}" if onward else "/login", email=email, password=password)
