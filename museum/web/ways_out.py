"""Where nothing was found: other spellings with what they find, conditions and words that may be left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from museum.search.index import Page
from museum.web.finding import Asked, find
from museum.web.narrowing import Chosen, Link

_LEAST_WORDS, _MOST_WORDS = 2, 8  # of a query whose words are left out one by one
_MOST_SHORTER = 3
INSTEAD = 12  # records shown of the best other spelling


@dataclass(frozen=True, kw_only=True)
class Way:
    """A search that finds something: what it asks for or leaves out, how much it finds, where it stands."""

    words: str
    language: str
    count: int
    address: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class WaysOut:
    """`spellings` are other ways to write the query, `instead` what the first of them finds; `without` leaves out one
    condition each, `shorter` one word each."""

    spellings: tuple[Way, ...]
    instead: Page | None
    without: tuple[Way, ...]
    shorter: tuple[Way, ...]


def ways_out(asked: Asked, found: Page, chosen: Sequence[Chosen], link: Link) -> WaysOut:
    """Ways on from a search that found nothing; each is tried before it is offered."""
    spellings = tuple(_ways(((text, replace(asked, text=text, cursor="")) for text in found.suggestions), link))
    instead = find(replace(asked, text=spellings[0].words, cursor=""), limit=INSTEAD) if spellings else None
    without = []
    for condition in chosen:
        count = _count(condition.without)
        if count:
            way = Way(
                label=condition.label,
                words=condition.words,
                language=condition.language,
                count=count,
                address=condition.address,
            )
            without.append(way)
    shorter = sorted(_ways(_shorter(asked), link), key=lambda way: way.count)[:_MOST_SHORTER]
    return WaysOut(spellings=spellings, instead=instead, without=tuple(without), shorter=tuple(shorter))


def _shorter(asked: Asked) -> Iterator[tuple[str, Asked]]:
    """The query without one of its words each; a query with quotes or fields is left alone."""
    words = asked.text.split()
    if not _LEAST_WORDS <= len(words) <= _MOST_WORDS or not set('":').isdisjoint(asked.text):
        return
    for place in range(len(words)):
        text = " ".join(words[:place] + words[place + 1 :])
        yield text, replace(asked, text=text, cursor="")


def _ways(searches: Iterator[tuple[str, Asked]], link: Link) -> Iterator[Way]:
    for text, search in searches:
        count = _count(search)
        if count:
            yield Way(words=text, language="", count=count, address=link(search))


def _count(asked: Asked) -> int:
    return find(asked, limit=1, counted=()).total
