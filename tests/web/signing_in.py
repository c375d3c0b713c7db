"""People for tests of the workbench, and a door that asks them for nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from museum.accounts.policy import Grant, Viewer
from museum.accounts.roles import Role
from museum.web.people import recognize


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
