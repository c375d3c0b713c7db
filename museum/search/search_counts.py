"""What the public asks for, counted by day and words, and what found nothing. Nothing of anybody: no address, no time
of day, no order of questions; words that may name or reach a person are never kept, rare ones never shown."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from museum.search.curator_tables import SearchCountRow
from museum.text import tidy

KEPT_DAYS = 180
LEAST_ASKED = 3
"""Words that were asked for less often are shown to nobody: they may be one person's."""
_LONGEST = 80  # characters: what is longer is a text that somebody pasted
_MOST_WORDS = 10
_PERSONAL = re.compile(r"@|https?:|www\.|\d(?:[\s.()+-]?\d){6,}")  # mail, addresses, telephone and identity numbers


@dataclass(frozen=True, kw_only=True)
class Count:
    """Words, how often they were asked for, how often they found nothing."""

    words: str
    asked: int
    unfound: int


def countable(text: str) -> str:
    """The words under which a search is counted, "" for one that isn't."""
    words = tidy(text).lower()
    if len(words) > _LONGEST or len(words.split()) > _MOST_WORDS or _PERSONAL.search(words):
        return ""
    return words if any(c.isalnum() for c in words) else ""


def add(session: Session, counts: Mapping[str, tuple[int, int]], *, day: dt.date) -> None:
    """Add (asked, unfound) by words to the counts of a day, and drop days that are past KEPT_DAYS."""
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    for words, (asked, unfound) in sorted(counts.items()):  # in one order: two processes never wait for each other
        new = kind.insert(SearchCountRow).values(day=day, words=words, asked=asked, unfound=unfound)
        session.execute(
            new.on_conflict_do_update(
                index_elements=["day", "words"],
                set_={
                    "asked": SearchCountRow.asked + new.excluded.asked,
                    "unfound": SearchCountRow.unfound + new.excluded.unfound,
                },
            )
        )
    session.execute(delete(SearchCountRow).where(SearchCountRow.day < day - dt.timedelta(days=KEPT_DAYS)))


def popular(session: Session, *, since: dt.date, limit: int = 50) -> list[Count]:
    """What was asked for most since a day; one statement."""
    return _counts(session, since, limit, is_unfound=False)


def unfound(session: Session, *, since: dt.date, limit: int = 50) -> list[Count]:
    """What found nothing most often since a day; one statement."""
    return _counts(session, since, limit, is_unfound=True)


def _counts(session: Session, since: dt.date, limit: int, *, is_unfound: bool) -> list[Count]:
    asked, nothing = func.sum(SearchCountRow.asked), func.sum(SearchCountRow.unfound)
    query = (
        select(SearchCountRow.words, asked, nothing)
        .where(SearchCountRow.day >= since)
        .group_by(SearchCountRow.words)
        .having(asked >= LEAST_ASKED)
        .order_by((nothing if is_unfound else asked).desc(), SearchCountRow.words)
        .limit(limit)
    )
    if is_unfound:
        query = query.having(nothing > 0)
    return [Count(words=words, asked=int(a), unfound=int(n)) for words, a, n in session.execute(query)]
