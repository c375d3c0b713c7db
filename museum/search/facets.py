"""The values of a facet as a result shows them: the chosen ones, then the most frequent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from museum.catalog import collation
from museum.text import Text

_NONE = Text()
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
    ranked = sorted([(-count, value) for value, count in counts.items() if value not in chosen])
    first = [(-counts.get(value, 0), value) for value in dict.fromkeys(chosen)]
    # Collation takes longer than all the rest: it orders what is shown, not thousands that are left out.
    kept = [*_by_alphabet(first), *_by_alphabet(ranked[: max(0, MOST - len(first))])][:MOST]
    known = labels(name, [value for _, value in kept])
    return tuple(
        FacetCount(value=value, count=-less, label=known.get(value, _NONE), is_chosen=value in chosen)
        for less, value in kept
    )


def _by_alphabet(ranked: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return sorted(ranked, key=lambda pair: (pair[0], _sort_key(pair[1]), pair[1]))


@lru_cache(maxsize=8192)
def _sort_key(value: str) -> str:
    return collation.sort_key(value)
