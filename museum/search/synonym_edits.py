"""A museum's own synonyms over the shipped ones: edits with a log, and the table that results from both.

Words are widened when somebody asks, not when records are indexed: an edit counts with the next search.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from museum.addresses import new_id
from museum.catalog.collation import sort_key
from museum.db import reading, utc_now
from museum.errors import Invalid, NotFound
from museum.search.analysis import exact, tokens
from museum.search.curator_tables import SynonymChangeRow, SynonymRow
from museum.search.synonyms import Group, Table, shipped
from museum.text import as_slug, tidy

KINDS = ("group", "place")
MOST_TERMS = 24
_LONGEST_TERM = 80  # characters
_MOST_WORDS = 6
_LOOK_AGAIN_S = 0.25


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A group as curators see it: `is_shipped` with the software, `is_own` here or changed here, `is_removed` here."""

    group: Group
    is_shipped: bool
    is_own: bool
    is_removed: bool


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One line of the log; None where there was nothing before, or nothing counts after."""

    seq: int
    at: dt.datetime
    person: str
    code: str
    before: Group | None
    after: Group | None


def entries(session: Session) -> list[Entry]:
    """Every group, shipped or own, removed ones too, in the order of their first terms; one statement."""
    known = {group.code: group for group in shipped().groups}
    rows = {row.code: row for row in session.scalars(select(SynonymRow))}
    found = [
        Entry(
            group=_group(rows[code]) if code in rows else known[code],
            is_shipped=code in known,
            is_own=code in rows and not (rows[code].is_removed and code in known),
            is_removed=code in rows and rows[code].is_removed,
        )
        for code in dict.fromkeys((*known, *rows))
    ]
    return sorted(found, key=lambda entry: sort_key(entry.group.terms[0]))


def entry(session: Session, code: str) -> Entry:
    """One group; NotFound search.no_synonyms."""
    found = next((one for one in entries(session) if one.group.code == code), None)
    if found is None:
        raise NotFound("search.no_synonyms", code=code)
    return found


def table(session: Session) -> Table:
    """What counts now: the shipped table with this museum's edits; one statement."""
    return Table(one.group for one in entries(session) if not one.is_removed)


def save(session: Session, *, code: str = "", kind: str, vi: Iterable[str], en: Iterable[str], person: str) -> Group:
    """Make a group (without `code`) or change one. What is the same as before is not noted.

    Raises Invalid search.synonyms_few, search.synonyms_many, search.synonym_bad; NotFound search.no_synonyms.
    """
    terms_vi, terms_en = _terms(vi), _terms(en)
    terms_en = tuple(term for term in terms_en if exact(term) not in {exact(own) for own in terms_vi})
    if len(terms_vi) + len(terms_en) < 2:
        raise Invalid("search.synonyms_few")
    if len(terms_vi) + len(terms_en) > MOST_TERMS:
        raise Invalid("search.synonyms_many", most=MOST_TERMS)
    before = _standing(entry(session, code)) if code else None
    group = Group(
        code=code or f"{as_slug((*terms_vi, *terms_en)[0])[:80]}-{new_id()}",
        kind=kind if kind in KINDS else "group",
        vi=terms_vi,
        en=terms_en,
    )
    if group != before:
        _put(session, group, is_removed=False, before=before, person=person)
    return group


def remove(session: Session, code: str, *, person: str) -> None:
    """Let a group count no more; it can be put back from the log. NotFound search.no_synonyms."""
    known = entry(session, code)
    if not known.is_removed:
        _put(session, known.group, is_removed=True, before=known.group, person=person)


def take_back(session: Session, seq: int, *, person: str) -> str:
    """Make a group what it was before an edit; gives its code. An edit like any other: it stands in the log, too.

    Raises NotFound search.no_synonyms.
    """
    row = session.get(SynonymChangeRow, seq)
    if row is None:
        raise NotFound("search.no_synonyms", code=seq)
    now, before = entry(session, row.code), _read(row.code, row.before)
    if before is None:
        remove(session, row.code, person=person)
    elif before != _standing(now):
        _put(session, before, is_removed=False, before=_standing(now), person=person)
    return row.code


def log(session: Session, *, limit: int = 50) -> list[Edit]:
    """The newest edits, newest first; one statement."""
    query = select(SynonymChangeRow).order_by(SynonymChangeRow.seq.desc()).limit(limit)
    return [
        Edit(
            seq=row.seq,
            at=row.at,
            person=row.person,
            code=row.code,
            before=_read(row.code, row.before),
            after=_read(row.code, row.after),
        )
        for row in session.scalars(query)
    ]


class Current:
    """The table that counts, for whoever parses queries: asks at most four times a second whether somebody edited it.

    Threads may share one. A process that edited calls `forget`: its next search knows already.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._table = shipped()
        self._edits = (0, 0)
        self._looked_at = float("-inf")

    def get(self) -> Table:
        """The table as of a quarter of a second ago or later."""
        with self._lock:
            if self._clock() - self._looked_at < _LOOK_AGAIN_S:
                return self._table
            self._looked_at = self._clock()
            with reading(self._engine) as session:
                # Counted, too: of two curators at once on PostgreSQL the one with the lower number may be the later.
                newest, number = session.execute(select(func.max(SynonymChangeRow.seq), func.count())).one()
                if (newest or 0, number) != self._edits:
                    self._table, self._edits = table(session), (newest or 0, number)
            return self._table

    def forget(self) -> None:
        """Look anew at the next asking."""
        with self._lock:
            self._looked_at = float("-inf")


def _put(session: Session, group: Group, *, is_removed: bool, before: Group | None, person: str) -> None:
    session.merge(SynonymRow(code=group.code, kind=group.kind, body=_written(group), is_removed=is_removed))
    session.add(
        SynonymChangeRow(
            at=utc_now(),
            person=person,
            code=group.code,
            before=_written(before) if before else None,
            after=None if is_removed else _written(group),
        )
    )
    session.flush()


def _standing(entry: Entry) -> Group | None:
    return None if entry.is_removed else entry.group


def _written(group: Group) -> dict[str, Any]:
    return {"kind": group.kind, "vi": list(group.vi), "en": list(group.en)}


def _read(code: str, body: Mapping[str, Any] | None) -> Group | None:
    if body is None:
        return None
    return Group(code=code, kind=body["kind"], vi=tuple(body["vi"]), en=tuple(body["en"]))


def _group(row: SynonymRow) -> Group:
    return Group(code=row.code, kind=row.kind, vi=tuple(row.body["vi"]), en=tuple(row.body["en"]))


def _terms(given: Iterable[str]) -> tuple[str, ...]:
    """Terms tidied, each once, in their order."""
    found: dict[str, str] = {}
    for term in map(tidy, given):
        words = tokens(term)
        if not term:
            continue
        if not words or len(words) > _MOST_WORDS or len(term) > _LONGEST_TERM:
            raise Invalid("search.synonym_bad", term=term[:_LONGEST_TERM], words=_MOST_WORDS)
        found.setdefault(exact(term), term)
    return tuple(found.values())
