"""Institutions: the peers that own records."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.catalog.record import to_json
from museum.catalog.tables import InstitutionRow
from museum.errors import NotFound
from museum.text import Text


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
