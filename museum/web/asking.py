"""A search as its address states it: read from a query, written into one. The page and the interfaces share it."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from museum.errors import Invalid
from museum.search.query import FACETS, SORTS
from museum.web.finding import Asked

_LONGEST = 300  # characters of a query; the rest is not read
_LONGEST_CURSOR = 500
_MOST_VALUES = 20  # of one facet


def asked_in(arguments: MultiDict[str, str], *, sort: str = "relevance") -> Asked:
    """The search that a query states; `sort` where it names no known order.

    Unknown filters and orders are passed over, years the wrong way round are turned; a year that is no number is
    refused, Invalid ``web.bad_year``.
    """
    given = arguments.get("sort", "")
    first, last = _year(arguments, "from"), _year(arguments, "to")
    if first is not None and last is not None and first > last:
        first, last = last, first
    return Asked(
        text=arguments.get("q", "").strip()[:_LONGEST],
        filters={n: tuple(arguments.getlist(n)[:_MOST_VALUES]) for n in FACETS if arguments.getlist(n)},
        year_from=first,
        year_to=last,
        sort=given if given in SORTS else sort,
        cursor=arguments.get("after", "")[:_LONGEST_CURSOR],
    )


def asked_of(query: str) -> Asked:
    """The search that a query as text states, from its beginning. Raises as `asked_in` does."""
    return from_the_start(asked_in(MultiDict(parse_qsl(query))))


def query_of(asked: Asked, *, sort: str = "relevance", **more: str | int) -> str:
    """The query that states a search, "" for the empty one; what is so anyway (`sort`) is left out.

    `more` are further parameters of whoever asks; empty ones are left out.
    """
    pairs: list[tuple[str, str]] = [("q", asked.text)] if asked.text else []
    pairs += [(name, value) for name, values in asked.filters.items() for value in values]
    pairs += [("from", str(asked.year_from))] if asked.year_from is not None else []
    pairs += [("to", str(asked.year_to))] if asked.year_to is not None else []
    pairs += [("sort", asked.sort)] if asked.sort != sort else []
    pairs += [("after", asked.cursor)] if asked.cursor else []
    pairs += [(name, str(value)) for name, value in more.items() if value != ""]
    return urlencode(pairs)


def address_of(path: str, asked: Asked, *, sort: str = "relevance", **more: str | int) -> str:
    """`path` with the search in its query."""
    query = query_of(asked, sort=sort, **more)
    return f"{path}?{query}" if query else path


def from_the_start(asked: Asked) -> Asked:
    """The same search without a cursor."""
    return replace(asked, cursor="")


def _year(arguments: MultiDict[str, str], name: str) -> int | None:
    given = arguments.get(name, "").strip()
    if not given:
        return None
    try:
        return max(-9999, min(int(given), 9999))
    except ValueError as error:
        raise Invalid("web.bad_year", value=given[:40]) from error
