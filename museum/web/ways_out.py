"""Where nothing was found: other spellings with what they find, conditions and words that may be left out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from museum.search.index import Page
from museum.web.finding import Asked, find
from museum.web.narrowing import Chosen, Link

_LEAST_WORDS, _MOST_WORDS = 2, 8  # of a query whose words are left out one by one
_MOST_SHORTER = 3
INSTEAD = 12  # records shown of the best other spelling
_COMMANDS = re.compile(r"""(?<!\S)-+\S+|[^\W\d]\w*:(?=\S)|["“”„«»*~]""")


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
    """`spellings` are other ways to write the query, `instead` what the first of them finds; `plain` are its words
    without quotation marks and fields; `without` leaves out one condition each, `shorter` some words."""

    spellings: tuple[Way, ...]
    instead: Page | None
    plain: tuple[Way, ...]
    without: tuple[Way, ...]
    shorter: tuple[Way, ...]


def ways_out(asked: Asked, found: Page, chosen: Sequence[Chosen], link: Link) -> WaysOut:
    """Ways on from a search that found nothing; each is tried before it is offered."""
    plain = replace(asked, text=" ".join(_COMMANDS.sub(" ", asked.text).split()), cursor="")
    freed = find(plain, limit=1, counted=()) if plain.text not in ("", asked.text) else found
    others = found.suggestions or freed.suggestions
    spellings = tuple(_ways(((text, replace(asked, text=text, cursor="")) for text in others), link))
    instead = find(replace(asked, text=spellings[0].words, cursor=""), limit=INSTEAD) if spellings else None
    without = []
    for condition in chosen:
        rest = condition.without
        count = _count(rest) if rest.text or rest.has_filters else 0  # of what asks for nothing everything would come
        if count:
            way = Way(
                label=condition.label,
                words=condition.words,
                language=condition.language,
                count=count,
                address=condition.address,
            )
            without.append(way)
    return WaysOut(
        spellings=spellings,
        instead=instead,
        plain=tuple(_ways([(plain.text, plain)], link)) if freed is not found and freed.total else (),
        without=tuple(without),
        shorter=_shorter(plain, link),
    )


def _shorter(asked: Asked, link: Link) -> tuple[Way, ...]:
    """The query without one of its words each; where that finds nothing either, single words, else those respelled.

    The most telling come first: those that find the least.
    """
    words = asked.text.split()
    if not _LEAST_WORDS <= len(words) <= _MOST_WORDS:
        return ()
    texts = [" ".join(words[:place] + words[place + 1 :]) for place in range(len(words))]
    ways = list(_ways(((text, replace(asked, text=text)) for text in texts), link))
    single = [replace(asked, text=word) for word in dict.fromkeys(words) if len(word) > 1]
    ways = ways or list(_ways(((one.text, one) for one in single), link))
    ways = ways or list(_ways(((word, replace(asked, text=word)) for one in single for word in _meant(one)), link))
    return tuple(sorted(ways, key=lambda way: way.count)[:_MOST_SHORTER])


def _meant(asked: Asked) -> tuple[str, ...]:
    """What was probably meant by a word that stands nowhere."""
    return find(asked, limit=1, counted=()).suggestions[:1]


def _ways(searches: Iterable[tuple[str, Asked]], link: Link) -> Iterator[Way]:
    for text, search in searches:
        count = _count(search)
        if count:
            yield Way(words=text, language="", count=count, address=link(search))


def _count(asked: Asked) -> int:
    return find(asked, limit=1, counted=()).total
