"""The values of a facet as a result shows them: the chosen ones, then the most frequent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nsmallest

from museum.catalog import collation
from museum.text import Text

MOST = 60  # values of one facet that are told
Labels = Callable[[str, Sequence[str]], Mapping[str, Text]]


@dataclass(frozen=True, kw_only=True)
class FacetCount:
    """One value of a facet and how many records would be shown with it; `label` may be empty."""

    value: str
    count: int
    label: Text = field(default_factory=Text)
    is_chosen: bool = False


def facet_counts(
    name: str, counts: Mapping[str, int], chosen: Sequence[str], *, labels: Labels
) -> tuple[FacetCount, ...]:
    """At most MOST values; those equally frequent stand by the alphabet. A chosen one stands there even with 0."""
    given = {**counts, **{value: 0 for value in chosen if value not in counts}}
    # Collation takes longer than all the rest: it orders what is shown, not thousands that are left out.
    kept = list(given)
    if len(kept) > MOST:
        kept = nsmallest(MOST, kept, key=lambda value: (value not in chosen, -given[value], value))
    kept.sort(key=lambda value: (value not in chosen, -given[value], _sort_key(value), value))
    known = labels(name, kept)
    return tuple(
        FacetCount(value=value, count=given[value], label=known.get(value, Text()), is_chosen=value in chosen)
        for value in kept
    )


@lru_cache(maxsize=8192)
def _sort_key(value: str) -> str:
    return collation.sort_key(value)
