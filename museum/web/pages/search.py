"""Search: one box, facets with counts, years, sorting, pages. Everything stands in the address."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from museum import addresses
from museum.catalog import store
from museum.db import reading
from museum.errors import Invalid
from museum.text import Text
from museum.web.cards import cards_of
from museum.web.context import museum
from museum.web.finding import HAS, SORTS, Facet, Found, Option, Request
from museum.web.formats import capitalize_first
from museum.web.language import address, current, later, say, words, words_language
from museum.web.pages.collections import shelves_of

blueprint = Blueprint("search", __name__)
_FILTERS = ("kind", "object_type", "culture", "material", "place", "keeper", "institution", "designation", "display")
_FACET_NAMES = {
    "kind": later("Kind of record"),
    "object_type": later("Object type"),
    "culture": later("Culture"),
    "material": later("Material"),
    "place": later("Place"),
    "keeper": later("Keeper"),
    "institution": later("Institution"),
    "designation": later("Designation"),
    "display": later("On display"),
    "has": later("To see and hear"),
}
_HAS_NAMES = {
    "photo": later("Photographs"),
    "scan": later("3D scan"),
    "film": later("Film"),
    "sound": later("Sound"),
}
_SORT_NAMES = {
    "relevance": later("Best match"),
    "title": later("Title"),
    "date": later("Dating, oldest first"),
    "newest": later("Newest in the museum"),
}
_LONGEST = 300  # characters of a query; the rest is not read


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
    """A facet as the page shows it; open when something in it is chosen."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    is_open: bool


@blueprint.get("/search")
def search() -> str:
    """The search page; a fixed number of statements."""
    asked = _asked()
    with reading(museum().engine) as session:
        found = museum().finder.find(session, asked)
        records = store.get_many(session, found.ids)
        cards = cards_of(session, [records[i] for i in found.ids if i in records])
    return render_template(
        "pages/search.html",
        asked=asked,
        total=found.total,
        cards=cards,
        groups=_groups(asked, found),
        shelves=shelves_of(found.facets),
        sorts=[(name, say(_SORT_NAMES[name])) for name in SORTS],
        suggestions=[(s, _address(asked, text=s)) for s in found.suggestions],
        pages=-(-found.total // asked.size),
        page_address=lambda number: _address(asked, page=number),
        clear_address=_address(Request(text=asked.text)),
        hidden=_hidden(asked),
        has_filters=bool(any(asked.filters.values()) or asked.has or asked.has_years),
    )


def _asked() -> Request:
    """The search in the address. Unknown filters and sorts are passed over; a year that is no number is refused."""
    sort = request.args.get("sort", "")
    return Request(
        text=request.args.get("q", "").strip()[:_LONGEST],
        filters={n: tuple(request.args.getlist(n)) for n in _FILTERS if request.args.getlist(n)},
        year_from=_year("from"),
        year_to=_year("to"),
        has=tuple(h for h in request.args.getlist("has") if h in HAS),
        sort=sort if sort in SORTS else "relevance",
        page=max(1, min(request.args.get("page", 1, type=int), 10_000)),
        language=current(),
    )


def _year(name: str) -> int | None:
    given = request.args.get(name, "").strip()
    if not given:
        return None
    try:
        return max(-9999, min(int(given), 9999))
    except ValueError as error:
        raise Invalid("web.bad_year", value=given[:40]) from error


def _pairs(asked: Request, *, page: int = 1) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = [("q", asked.text)] if asked.text else []
    pairs += [(name, value) for name, values in asked.filters.items() for value in values]
    pairs += [("has", h) for h in asked.has]
    pairs += [("from", str(asked.year_from))] if asked.year_from is not None else []
    pairs += [("to", str(asked.year_to))] if asked.year_to is not None else []
    pairs += [("sort", asked.sort)] if asked.sort != "relevance" else []
    pairs += [("page", str(page))] if page > 1 else []
    return pairs


def _address(
    asked: Request, *, text: str | None = None, page: int = 1, pairs: list[tuple[str, str]] | None = None
) -> str:
    given = pairs if pairs is not None else _pairs(asked, page=page)
    if text is not None:
        given = [("q", text), *((n, v) for n, v in given if n != "q")]
    path = addresses.search_page()
    return address(f"{path}?{urlencode(given)}" if given else path)


def _hidden(asked: Request) -> list[tuple[str, str]]:
    """What the search form must carry along: filters chosen by links."""
    return [(n, v) for n, v in _pairs(asked) if n not in ("q", "from", "to", "sort")]


def _groups(asked: Request, found: Found) -> tuple[Group, ...]:
    groups = []
    for facet in found.facets:
        if facet.name not in _FACET_NAMES:
            continue
        choices = tuple(_choice(asked, facet, option) for option in _with_chosen(asked, facet))
        if len(choices) > 1 or any(c.is_chosen for c in choices):
            groups.append(
                Group(
                    name=facet.name,
                    label=say(_FACET_NAMES[facet.name]),
                    choices=choices,
                    is_open=any(c.is_chosen for c in choices),
                )
            )
    return tuple(groups)


def _with_chosen(asked: Request, facet: Facet) -> tuple[Option, ...]:
    """The facet's values, and those chosen that no longer find anything (or nobody could turn them off)."""
    chosen = asked.has if facet.name == "has" else asked.filters.get(facet.name, ())
    there = {o.value for o in facet.options}
    return (*facet.options, *(Option(value=v, label=Text(), count=0) for v in chosen if v not in there))


def _choice(asked: Request, facet: Facet, option: Option) -> Choice:
    pair = (facet.name, option.value)
    pairs = _pairs(asked)
    is_chosen = pair in pairs
    after = [p for p in pairs if p != pair] if is_chosen else [*pairs, pair]
    label = _label(facet.name, option)
    name = words(label)
    return Choice(
        words=capitalize_first(name),
        language=words_language(label),
        count=option.count,
        address=_address(asked, pairs=after),
        is_chosen=is_chosen,
    )


def _label(name: str, option: Option) -> Text:
    if name == "has" and option.value in _HAS_NAMES:
        return Text({current(): say(_HAS_NAMES[option.value])})
    if name == "kind" and option.value in museum().types.by_kind:
        return museum().types.of(option.value).plural
    return option.label or Text({"und": option.value})
