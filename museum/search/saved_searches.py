"""Searches that somebody gave a name, so that others find the same by a link."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.addresses import new_id
from museum.db import utc_now
from museum.errors import Invalid, NotFound
from museum.search.curator_tables import SavedSearchRow
from museum.text import tidy

_LONGEST_TITLE = 120
_LONGEST_QUERY = 2000


@dataclass(frozen=True, kw_only=True)
class SavedSearch:
    """`query` is the query of the search page's address, `total` what it found when it was saved."""

    id: str
    title: str
    query: str
    total: int
    person: str
    at: dt.datetime


def save(session: Session, *, title: str, query: str, total: int, person: str) -> SavedSearch:
    """Keep a search under a new id. Raises Invalid search.saved_title, search.saved_query."""
    title = tidy(title)
    if not title or len(title) > _LONGEST_TITLE:
        raise Invalid("search.saved_title", most=_LONGEST_TITLE)
    if not query or len(query) > _LONGEST_QUERY:
        raise Invalid("search.saved_query")
    row = SavedSearchRow(id=new_id(), title=title, query=query, total=total, person=person, at=utc_now())
    session.add(row)
    session.flush()
    return _saved(row)


def get(session: Session, search_id: str) -> SavedSearch:
    """A saved search; NotFound search.no_saved."""
    row = session.get(SavedSearchRow, search_id)
    if row is None:
        raise NotFound("search.no_saved")
    return _saved(row)


def all_of(session: Session) -> list[SavedSearch]:
    """Every saved search, the newest first; one statement."""
    return [_saved(row) for row in session.scalars(select(SavedSearchRow).order_by(SavedSearchRow.at.desc()))]


def delete(session: Session, search_id: str) -> None:
    """Forget a saved search: its link leads nowhere. NotFound search.no_saved."""
    row = session.get(SavedSearchRow, search_id)
    if row is None:
        raise NotFound("search.no_saved")
    session.delete(row)


def _saved(row: SavedSearchRow) -> SavedSearch:
    return SavedSearch(id=row.id, title=row.title, query=row.query, total=row.total, person=row.person, at=row.at)
