"""Institutions: the peers that own records."""

import re
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.accounts.policy import Target, Viewer, may
from museum.accounts.roles import Action
from museum.catalog.record import to_json
from museum.catalog.tables import InstitutionRow
from museum.errors import Conflict, Forbidden, Invalid, NotFound
from museum.text import Text

_CODE = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class Institution:
    """An agency that owns records: code, name by language, its own site, address in words."""

    code: str
    name: Text
    homepage: str = ""
    email: str = ""
    place: Text = field(default_factory=Text)


def put(session: Session, institution: Institution) -> None:
    """Add or rename an institution."""
    session.merge(InstitutionRow(code=institution.code, body=to_json(institution)))
    session.flush()


def add(session: Session, institution: Institution, *, by: Viewer) -> None:
    """Add a peer. Only administrators of the whole museum may.

    Raises Forbidden, Invalid for a bad code or an empty name, Conflict where the code is taken.
    """
    if not may(by, Action.MANAGE_INSTITUTIONS, Target(institution=institution.code)):
        raise Forbidden("accounts.not_whole")
    if not _CODE.fullmatch(institution.code):
        raise Invalid("accounts.institution_code", code=institution.code)
    if not institution.name:
        raise Invalid("accounts.institution_name", code=institution.code)
    if session.get(InstitutionRow, institution.code) is not None:
        raise Conflict("accounts.institution_exists", code=institution.code)
    put(session, institution)


def get(session: Session, code: str) -> Institution:
    """One institution; NotFound when there is none of that code."""
    row = session.get(InstitutionRow, code)
    if row is None:
        raise NotFound("catalog.no_institution", code=code)
    return _institution(row)


def all_of(session: Session) -> dict[str, Institution]:
    """All institutions by code."""
    return {row.code: _institution(row) for row in session.scalars(select(InstitutionRow))}


def _institution(row: InstitutionRow) -> Institution:
    body = row.body
    return Institution(
        code=row.code,
        name=Text(body.get("name", {})),
        homepage=body.get("homepage", ""),
        email=body.get("email", ""),
        place=Text(body.get("place", {})),
    )
