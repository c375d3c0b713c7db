"""What a visitor may mean while typing: objects with their picture, terms, places, exhibitions. Only what is public."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from museum import addresses
from museum.db import reading
from museum.search.analysis import exact
from museum.search.completion import FACET_OF, goes_on, half_typed
from museum.search.index import SearchIndex
from museum.text import Text
from museum.web.asking import address_of
from museum.web.cards import Card, cards_of
from museum.web.context import museum
from museum.web.finding import Asked
from museum.web.formats import capitalize_first
from museum.web.language import address, current, later, say, words, words_language
from museum.web.pictures import title_text
from museum.web.public import public_story_titles, shown_records

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
    index = museum().reader.index()
    if index is None or not typed.strip():
        return ()
    with reading(museum().engine) as session:
        objects = _objects(session, index, typed)
        told = _stories(session, typed)
    return (*objects, *suggest_words(index, typed), *told)


def suggest_ways(session: Session, typed: str) -> tuple[Suggestion, ...]:
    """The same without the objects, for a page that lists them anyway; at most one statement."""
    index = museum().reader.index()
    if index is None or not typed.strip():
        return ()
    return (*suggest_words(index, typed), *_stories(session, typed))


def suggest_words(index: SearchIndex, typed: str) -> tuple[Suggestion, ...]:
    """Terms, makers and places that go on like `typed`, each with the filter or the search it stands for."""
    kept: dict[str, list[Suggestion]] = {"term": [], "place": []}
    for found in index.complete(typed, _READ):
        group = "place" if found.field == "place" else "term"
        if found.field == "title" or len(kept[group]) == MOST[group]:
            continue
        made = _word(index, found.field, found.display, found.frequency)
        if made is not None and made.address not in {other.address for other in kept[group]}:
            kept[group].append(made)
    return (*kept["term"], *kept["place"])


def _word(index: SearchIndex, field: str, display: str, frequency: int) -> Suggestion | None:
    asked, records, language = Asked(text=f'{field}:"{display}"'), frequency, ""
    facet = FACET_OF.get(field)
    if facet is not None:
        value = index.facet_value(facet, display)
        if value is None:
            return None
        asked, records = Asked(filters={facet: (value.value,)}), value.count
        said = [code for code, label in value.label.items() if label == display]
        language = said[0] if said and current() not in said else ""
    return Suggestion(
        group="place" if field == "place" else "term",
        field=field,
        words=capitalize_first(display),
        language=language if language != "und" else "",
        line=say(_FIELDS[field]),
        records=records,
        address=address(address_of(addresses.search_page(), asked)),
    )


def _objects(session: Session, index: SearchIndex, typed: str) -> tuple[Suggestion, ...]:
    query = half_typed(typed, limit=3 * MOST["object"], language=current())
    if query is None:
        return ()
    hits = [hit.id for hit in index.search(query).hits]
    records = shown_records(session, hits)
    marked = exact(typed)
    # Where marks are typed, titles that bear them come first: a half-typed word is compared without them.
    chosen = sorted(
        (records[i] for i in hits if i in records),
        key=lambda record: not any(marked in exact(title) for title in record.title.values()),
    )[: MOST["object"]]
    cards = cards_of(session, chosen, up_to_px=_THUMB_PX)
    return tuple(_object(title_text(record), card) for record, card in zip(chosen, cards, strict=True))


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
