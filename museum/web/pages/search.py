"""Search: one box, facets with counts, years, sorting, pages. Everything stands in the address."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import orjson
from flask import Blueprint, render_template, request

from museum import addresses
from museum.catalog import institutions
from museum.db import reading
from museum.search.index import Page
from museum.search.query import SORTS
from museum.web.asking import address_of, asked_in, from_the_start
from museum.web.context import museum
from museum.web.finding import PAGE_SIZE, Asked, find
from museum.web.language import address, later, say
from museum.web.narrowing import chosen_of, groups_of, plain_text, switches_of
from museum.web.public import base_url
from museum.web.result_files import feed_of, files_of
from museum.web.suggesting import suggest_ways
from museum.web.timeline import eras_of
from museum.web.told import told_of
from museum.web.ways_out import ways_out
from museum.web.years import years_shown

blueprint = Blueprint("search", __name__)
_SORT_NAMES = {
    "relevance": later("Best match"),
    "title": later("Title"),
    "year": later("Dating, oldest first"),
    "year_down": later("Dating, newest first"),
    "newest": later("Newest in the museum"),
}
_VIEWS = (("", later("Pictures")), ("timeline", later("Timeline")))
_TIMELINE_SIZE = 48


@blueprint.get("/search")
def search() -> str:
    """The search page; at most four statements, unless a record it shows was just changed."""
    asked, view = asked_in(request.args), "timeline" if request.args.get("view") == "timeline" else ""
    listed = replace(asked, sort="year") if view else asked
    known = museum().reader.position()  # before the search: what it finds is of this moment or later
    found = find(listed, limit=_TIMELINE_SIZE if view else PAGE_SIZE)
    if asked == Asked(text=asked.text) and not view:  # what is narrowed, sorted or leafed through was counted before
        museum().searches.count(asked.text, total=found.total)
    link: Callable[[Asked], str] = partial(_link, view=view)
    with reading(museum().engine) as session:
        keepers = institutions.all_of(session)
        chosen = chosen_of(asked, found, keepers, link)
        out = None if found.total else ways_out(asked, found, chosen, link)
        shown = told_of(session, out.instead.hits if out and out.instead else found.hits, known=known)
        is_all = not (asked.has_filters or asked.cursor)
        ways, completions = suggest_ways(session, asked.text, is_all=is_all)
    years = years_shown(asked, found, link)
    return render_template(
        "pages/search.html",
        asked=asked,
        view=view,
        is_empty=not (asked.text or asked.has_filters or asked.cursor or view),
        total=found.total,
        cards=[one.card for one in shown],
        eras=eras_of(shown, _span(asked, found)) if view and found.total else (),
        groups=groups_of(asked, found, keepers, link),
        switches=switches_of(asked, found, link),
        chosen=chosen,
        out=out,
        ways=ways,
        years=years,
        years_data=orjson.dumps(years.data).decode() if years else "",
        sorts=[(name, say(_SORT_NAMES[name])) for name in SORTS],
        views=[(name, say(words), _link(from_the_start(asked), view=name)) for name, words in _VIEWS],
        completions=completions,
        next_address=link(replace(asked, cursor=found.cursor)) if found.cursor else "",
        first_address=link(from_the_start(asked)) if asked.cursor else "",
        clear_address=link(Asked(text=plain_text(asked.text))),
        files=files_of(asked),
        feed=feed_of(asked),
        permalink=base_url() + link(from_the_start(asked)),
        hidden=[(n, v) for n, values in asked.filters.items() for v in values],
    )


def _span(asked: Asked, found: Page) -> tuple[int, int] | None:
    """The years a result covers, within those asked for."""
    if found.years is None:
        return None
    first, last = found.years
    return (
        first if asked.year_from is None else max(first, asked.year_from),
        last if asked.year_to is None else min(last, asked.year_to),
    )


def _link(asked: Asked, *, view: str) -> str:
    """The address of a search in the page's language; always the same one for the same search."""
    return address(address_of(addresses.search_page(), asked, view=view))
