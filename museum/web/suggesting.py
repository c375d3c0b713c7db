"""What a visitor may mean while typing: objects with their picture, terms, places, exhibitions. Only what is public."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy.orm import Session

from museum import addresses
from museum.catalog.summary import SEPARATOR
from museum.db import reading
from museum.search.analysis import exact
from museum.search.completion import FACET_OF, goes_on, half_typed, offered
from museum.search.index import SearchIndex
from museum.search.query import parse
from museum.search.words import Completion
from museum.text import Text
from museum.web.asking import address_of
from museum.web.cards import Card
from museum.web.context import museum
from museum.web.finding import Asked
from museum.web.formats import capitalize_first
from museum.web.language import address, current, later, say, words, words_language
from museum.web.pictures import title_or
from museum.web.public import public_story_titles
from museum.web.told import told_of

MOST = {"object": 4, "term": 3, "place": 2, "exhibition": 2}
GROUPS = {
    "object": later("Objects"),
    "term": later("Terms"),
    "place": later("Places"),
    "exhibition": later("Exhibitions"),
}
_FIELDS = {
    "type": later("Object type"),
    "material": later("Material"),
    "place": later("Place"),
    "maker": later("Maker"),
}
_THUMB_PX = 480
_READ = 24  # completions that are looked through for terms
_TITLES = 60  # records whose titles are known by language
_COMPLETIONS = 8  # for browsers that complete without scripts


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One thing a visitor may mean; `group` is a key of GROUPS, `records` how many are behind it (0: it is one thing).

    `address` keeps the page's language; `image` is a small picture's address or "".
    """

    group: str
    field: str
    words: str
    language: str
    line: str
    records: int
    address: str
    image: str = ""


def suggest(typed: str) -> tuple[Suggestion, ...]:
    """Suggestions for what is typed, by group; at most three statements."""
    known = museum().reader.position()  # before the search: what it finds is of this moment or later
    index = museum().reader.index()
    if index is None or not typed.strip():
        return ()
    with reading(museum().engine) as session:
        objects = _objects(session, index, typed, known=known)
        told = _stories(session, typed)
    return (*objects, *_words(index, index.complete(typed, _READ)), *told)


def suggest_ways(
    session: Session, typed: str, *, is_all: bool = True
) -> tuple[tuple[Suggestion, ...], tuple[str, ...]]:
    """(the same without the objects, for a page that lists them anyway; what browsers complete the words with); at most
    one statement. Without `is_all` the first are none."""
    index = museum().reader.index()
    if index is None or not typed.strip():
        return (), ()
    offers = index.complete(typed, _READ)
    ways = (*_words(index, offers), *_stories(session, typed)) if is_all else ()
    return ways, _completions(index, typed, offers)


def _words(index: SearchIndex, offers: Sequence[Completion]) -> tuple[Suggestion, ...]:
    """The terms, makers and places of what is offered, each with the filter or the search it stands for."""
    kept: dict[str, list[Suggestion]] = {"term": [], "place": []}
    for found in offers:
        group = "place" if found.field == "place" else "term"
        if found.field == "title" or len(kept[group]) == MOST[group]:
            continue
        made = _word(index, found.field, found.display, found.frequency)
        others = {same for other in kept[group] for same in (other.address, other.words)}
        if made is not None and others.isdisjoint((made.address, made.words)):
            kept[group].append(made)
    return (*kept["term"], *kept["place"])


def _word(index: SearchIndex, field: str, display: str, frequency: int) -> Suggestion | None:
    """A name in the page's language where it has one there, in whichever it was typed."""
    asked, records = Asked(text=f'{field}:"{display}"'), frequency
    facet = FACET_OF.get(field)
    if facet is None:
        said = _maker(index, display)
    else:
        value = index.facet_value(facet, display)
        if value is None:
            return None
        asked, records = Asked(filters={facet: (value.value,)}), value.count
        said = value.label if display in value.label.values() else Text({"und": display})
    return Suggestion(
        group="place" if field == "place" else "term",
        field=field,
        words=capitalize_first(words(said)),
        language=words_language(said),
        line=say(_FIELDS[field]),
        records=records,
        address=address(address_of(addresses.search_page(), asked)),
    )


def _maker(index: SearchIndex, display: str) -> Text:
    """A maker by language, as a record of theirs tells: its names stand in the same order in each."""
    hits = index.search(replace(parse(f'maker:"{display}"'), limit=1, counted=())).hits
    told = {code: names.split(SEPARATOR) for code, names in hits[0].summary.maker.items()} if hits else {}
    place = next((names.index(display) for names in told.values() if display in names), None)
    if place is None or len({len(names) for names in told.values()}) > 1:
        return Text({"und": display})
    return Text({code: names[place] for code, names in told.items()})


def _completions(index: SearchIndex, typed: str, offers: Sequence[Completion]) -> tuple[str, ...]:
    """What is offered as words: one title of a record, the page's where that goes on like `typed`, others last."""
    query, own, others = half_typed(typed, limit=_TITLES, language=current()), dict[str, str](), set[str]()
    for hit in index.search(query).hits if query else ():
        titles = hit.summary.title
        here = titles.get(current(), "")
        if here and offered([here], typed):
            own |= dict.fromkeys(titles.values(), here)
        else:
            others.update(titles.values())
    found = list(dict.fromkeys(own.get(one.display, one.display) for one in offers))
    return tuple(sorted(found[:_COMPLETIONS], key=lambda said: said in others and said not in own))


def _objects(session: Session, index: SearchIndex, typed: str, *, known: int) -> tuple[Suggestion, ...]:
    query = half_typed(typed, limit=3 * MOST["object"], language=current())
    if query is None:
        return ()
    marked = exact(typed)
    # Where marks are typed, titles that bear them come first: a half-typed word is compared without them.
    hits = sorted(
        index.search(query).hits, key=lambda hit: not any(marked in exact(t) for t in hit.summary.title.values())
    )
    told = told_of(session, hits[: MOST["object"]], known=known, up_to_px=_THUMB_PX)
    return tuple(_object(title_or(one.title, one.numbers), one.card) for one in told)


def _object(title: Text, card: Card) -> Suggestion:
    return Suggestion(
        group="object",
        field="title",
        words=words(title),
        language=words_language(title),
        line=card.line,
        records=0,
        address=address(card.address),
        image=_smallest(card),
    )


def _smallest(card: Card) -> str:
    """The first source's first size: the leanest format, the smallest picture."""
    if card.picture is None:
        return ""
    return card.picture.sources[0].srcset.partition(" ")[0] if card.picture.sources else card.picture.address


def _stories(session: Session, typed: str) -> tuple[Suggestion, ...]:
    def fitting() -> Iterator[Suggestion]:
        for told in public_story_titles(session):
            if any(goes_on(title, typed) for title in told.title.values()):
                yield _story(told.title, address(addresses.story_page(told.slug, kind=told.kind)), told.kind)

    return tuple(islice(fitting(), MOST["exhibition"]))


def _story(title: Text, where: str, kind: str) -> Suggestion:
    return Suggestion(
        group="exhibition",
        field="title",
        words=words(title),
        language=words_language(title),
        line=say("Tour") if kind == "tour" else say("Exhibition"),
        records=0,
        address=where,
    )
