"""Search: one box, facets with counts, years, sorting, pages. Everything stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from museum import addresses
from museum.catalog import institutions
from museum.catalog.institutions import Institution
from museum.db import reading
from museum.errors import Invalid
from museum.search.index import FacetCount, Page
from museum.search.query import FACETS, SORTS
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
_LONGEST = 300  # characters of a query; the rest is not read
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
    asked = _asked()
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


def _asked() -> Asked:
    """The search in the address. Unknown filters and sorts are passed over; a year that is no number is refused."""
    sort = request.args.get("sort", "")
    return Asked(
        text=request.args.get("q", "").strip()[:_LONGEST],
        filters={n: tuple(request.args.getlist(n)[:20]) for n in FACETS if request.args.getlist(n)},
        year_from=_year("from"),
        year_to=_year("to"),
        sort=sort if sort in SORTS else "relevance",
        cursor=request.args.get("after", "")[:500],
    )


def _year(name: str) -> int | None:
    given = request.args.get(name, "").strip()
    if not given:
        return None
    try:
        return max(-9999, min(int(given), 9999))
    except ValueError as error:
        raise Invalid("web.bad_year", value=given[:40]) from error


def _address(asked: Asked) -> str:
    pairs: list[tuple[str, str]] = [("q", asked.text)] if asked.text else []
    pairs += [(name, value) for name, values in asked.filters.items() for value in values]
    pairs += [("from", str(asked.year_from))] if asked.year_from is not None else []
    pairs += [("to", str(asked.year_to))] if asked.year_to is not None else []
    pairs += [("sort", asked.sort)] if asked.sort != "relevance" else []
    pairs += [("after", asked.cursor)] if asked.cursor else []
    path = addresses.search_page()
    return address(f"{path}?{urlencode(pairs)}" if pairs else path)


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
