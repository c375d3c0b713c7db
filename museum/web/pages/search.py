"""Search: one box, facets with counts, years, sorting, pages. Everything stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request

from museum import addresses
from museum.catalog import institutions
from museum.catalog.institutions import Institution
from museum.db import reading
from museum.search.index import FacetCount, Page
from museum.search.query import SORTS
from museum.web.asking import address_of, asked_in
from museum.web.cards import cards_of
from museum.web.context import museum
from museum.web.finding import Asked, complete, counts, find
from museum.web.formats import capitalize_first
from museum.web.language import address, later, say, words, words_language
from museum.web.public import shown_records
from museum.web.terms import label_of

blueprint = Blueprint("search", __name__)
_FACET_NAMES = {
    "object_type": later("Object type"),
    "has": later("To see and hear"),
    "material": later("Material"),
    "place": later("Place"),
    "designation": later("Designation"),
    "institution": later("Institution"),
    "kind": later("Kind of record"),
    "display": later("On display"),
    "licence": later("Licence"),
}
_SORT_NAMES = {
    "relevance": later("Best match"),
    "title": later("Title"),
    "year": later("Dating, oldest first"),
    "year_down": later("Dating, newest first"),
    "newest": later("Newest in the museum"),
}
_FEW = 8  # values of a facet that are shown before the rest is folded away


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value of a facet as the page shows it; `address` turns it on or off and keeps everything else."""

    words: str
    language: str
    count: int
    address: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """A facet as the page shows it: the most frequent values, and the rest folded away."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]


@blueprint.get("/search")
def search() -> str:
    """The search page; at most three statements."""
    asked = asked_in(request.args)
    found = find(asked)
    with reading(museum().engine) as session:
        keepers = institutions.all_of(session)
        records = shown_records(session, [hit.id for hit in found.hits])
        cards = cards_of(session, [records[hit.id] for hit in found.hits if hit.id in records])
    return render_template(
        "pages/search.html",
        asked=asked,
        is_empty=not (asked.text or asked.has_filters or asked.cursor),
        total=found.total,
        cards=cards,
        groups=_groups(asked, found, keepers),
        sorts=[(name, say(_SORT_NAMES[name])) for name in SORTS],
        suggestions=[(s, _address(replace(asked, text=s, cursor=""))) for s in found.suggestions],
        completions=[c.display for c in complete(asked.text, limit=_FEW)],
        next_address=_address(replace(asked, cursor=found.cursor)) if found.cursor else "",
        first_address=_address(replace(asked, cursor="")) if asked.cursor else "",
        clear_address=_address(Asked(text=asked.text)),
        hidden=[(n, v) for n, values in asked.filters.items() for v in values],
    )


def _address(asked: Asked) -> str:
    return address(address_of(addresses.search_page(), asked))


def _groups(asked: Asked, found: Page, keepers: Mapping[str, Institution]) -> tuple[Group, ...]:
    groups = []
    for name, label in _FACET_NAMES.items():
        choices = [_choice(asked, name, count, keepers) for count in counts(found, name)]
        if len(choices) > 1 or any(c.is_chosen for c in choices):
            choices.sort(key=lambda c: not c.is_chosen)
            group = Group(name=name, label=say(label), choices=tuple(choices[:_FEW]), more=tuple(choices[_FEW:]))
            groups.append(group)
    return tuple(groups)


def _choice(asked: Asked, name: str, count: FacetCount, keepers: Mapping[str, Institution]) -> Choice:
    chosen = asked.filters.get(name, ())
    is_chosen = count.value in chosen
    after = tuple(v for v in chosen if v != count.value) if is_chosen else (*chosen, count.value)
    label = label_of(name, count, keepers)
    return Choice(
        words=capitalize_first(words(label)),
        language=words_language(label),
        count=count.count,
        address=_address(replace(asked, filters={**asked.filters, name: after}, cursor="")),
        is_chosen=is_chosen,
    )
