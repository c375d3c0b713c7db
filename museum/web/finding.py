"""Search as pages need it: what was asked, what was found. Engines stand behind the `Finder`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.orm import Session

from museum.text import Text

PAGE_SIZE = 24
SORTS = ("relevance", "title", "date", "newest")
HAS = ("photo", "scan", "film", "sound")


@dataclass(frozen=True, kw_only=True)
class Request:
    """A search: words, filters (OR inside one, AND across), years (astronomical), what a record must have."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    has: tuple[str, ...] = ()
    sort: str = "relevance"
    page: int = 1
    size: int = PAGE_SIZE
    language: str = "vi"

    @property
    def is_empty(self) -> bool:
        """True when nothing narrows the catalogue."""
        return not (self.text or any(self.filters.values()) or self.has or self.has_years)

    @property
    def has_years(self) -> bool:
        """True when a year limits the search."""
        return self.year_from is not None or self.year_to is not None


@dataclass(frozen=True, kw_only=True)
class Option:
    """One value of a facet, with how many records would be found with it."""

    value: str
    label: Text
    count: int


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A facet and its values, most frequent first."""

    name: str
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of a result: total count, ids in order, facets of the whole result, words that might have been meant."""

    total: int
    ids: tuple[str, ...]
    facets: tuple[Facet, ...] = ()
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Completion:
    """A suggestion while typing: the words to show and, when one record bears them, its id."""

    words: str
    record_id: str = ""


class Finder(Protocol):
    """What finds: the search index, or the catalogue itself where no index is built yet."""

    def find(self, session: Session, request: Request) -> Found:
        """One page of what matches. A bad query finds nothing; it never raises."""
        ...

    def complete(self, session: Session, prefix: str, *, limit: int) -> Sequence[Completion]:
        """Suggestions for what was typed so far."""
        ...
