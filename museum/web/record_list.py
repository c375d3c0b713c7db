"""The workbench's list of records: those that stand and those that were deleted, a page at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from museum.accounts.policy import Viewer, may
from museum.accounts.roles import Action
from museum.catalog import store
from museum.catalog.collation import sort_key
from museum.catalog.record import record_from_json
from museum.catalog.tables import ChangeRow, IdentifierRow, RecordRow
from museum.web.language import words
from museum.web.own_records import target_of_body, title_of

STATES = ("draft", "in_review", "reviewed", "published", "withdrawn", "deleted")
_EACH = 40


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One record: `state` is "deleted" for one that was taken out."""

    id: str
    title: str
    number: str
    state: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Page:
    """Records of one page, and whether more follow."""

    records: tuple[Listed, ...]
    has_more: bool


def page_of(
    session: Session, who: Viewer, *, institutions: Collection[str] | None, query: str, state: str, page: int
) -> Page:
    """Records of these institutions (None: of all), the newest change first; titles by letters whatever their tones,
    numbers by their start."""
    rows = (_deleted if state == "deleted" else _standing)(session, institutions, query, state, (page - 1) * _EACH)
    listed = [_listed(*row) for row in rows[:_EACH] if may(who, Action.SEE_HISTORY, target_of_body(row[1]))]
    return Page(records=tuple(listed), has_more=len(rows) > _EACH)


def linking_here(session: Session, record_id: str) -> list[tuple[str, str]]:
    """(id, title) of the records that lead to this one."""
    ids = list(dict.fromkeys(source for _, source in store.linked_from(session, record_id)))
    return [(i, words(record.title) or i) for i, record in store.get_many(session, ids).items()]


Found = tuple[str, dict[str, Any], str, datetime]


def _standing(session: Session, institutions: Collection[str] | None, query: str, state: str, skip: int) -> list[Found]:
    wanted: list[ColumnElement[bool]] = []
    if institutions is not None:
        wanted.append(RecordRow.institution.in_(institutions))
    if state in STATES:
        wanted.append(RecordRow.state == state)
    if query:
        numbers = select(IdentifierRow.record_id).where(IdentifierRow.value.startswith(query, autoescape=True))
        letters = sort_key(query).partition("\x01")[0]  # whatever its tones
        named = [RecordRow.sort_key.contains(letters, autoescape=True)] if letters else []
        wanted.append(or_(RecordRow.id == query, RecordRow.id.in_(numbers), *named))
    statement = select(RecordRow.id, RecordRow.body, RecordRow.state, RecordRow.updated_at).where(*wanted)
    rows = session.execute(statement.order_by(RecordRow.updated_at.desc(), RecordRow.id).offset(skip).limit(_EACH + 1))
    return [(row.id, row.body, row.state, row.updated_at) for row in rows]


def _deleted(session: Session, institutions: Collection[str] | None, query: str, _: str, skip: int) -> list[Found]:
    """Records whose last change is their deletion."""
    last = select(func.max(ChangeRow.seq)).where(ChangeRow.subject == "record").group_by(ChangeRow.record_id)
    statement = select(ChangeRow).where(ChangeRow.action == "delete", ChangeRow.seq.in_(last))
    if institutions is not None:
        statement = statement.where(ChangeRow.before["institution"].as_string().in_(institutions))
    found: list[Found] = []
    for row in session.scalars(statement.order_by(ChangeRow.seq.desc())):
        body = row.before or {}
        said = (row.record_id, title_of(body, ""), *(str(i.get("value")) for i in body.get("identifiers", ())))
        if not query or any(query.casefold() in words.casefold() for words in said):
            found.append((row.record_id, body, "deleted", row.at))
    return found[skip : skip + _EACH + 1]


def _listed(record_id: str, body: dict[str, Any], state: str, at: datetime) -> Listed:
    record = record_from_json(body)
    number = next((i.value for i in record.identifiers if not i.former), "")
    return Listed(id=record_id, title=title_of(body, record_id), number=number, state=state, at=at)
