"""Searching at the workbench: why each record is found, what visitors ask for, searches kept under a name."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts.policy import Viewer, holds
from museum.accounts.roles import Action
from museum.db import reading, utc_now, writing
from museum.errors import Invalid, MuseumError
from museum.search import saved_searches, search_counts
from museum.search.query import Query
from museum.search.saved_searches import SavedSearch
from museum.search.why import Why, explain
from museum.web.answers import NotAllowed
from museum.web.asking import address_of, asked_of, query_of
from museum.web.cards import Card, cards_of
from museum.web.change_words import names_of
from museum.web.context import museum
from museum.web.finding import Asked, find, query_for
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.language import address, say
from museum.web.people import require_anywhere
from museum.web.public import base_url, shown_records
from museum.web.why_words import field_word, manner_words, tier_words

blueprint = Blueprint("work_search", __name__, url_prefix="/work/search")
_SHOWN = 20
_DAYS = (7, 30, search_counts.KEPT_DAYS)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A saved search as the page shows it; `total` is what it finds now."""

    saved: SavedSearch
    link: str
    by: str
    total: int
    is_own: bool


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """A box whose results say why they are there; saved searches; what visitors ask for and what finds nothing."""
    return _page(NONE)


@blueprint.post("/save")
def save() -> ResponseReturnValue:
    """Keep a search under a name."""
    who = require_anywhere(Action.SEE_HISTORY)
    try:
        asked = _pasted(request.form.get("asked", ""))
        with writing(museum().engine) as session:
            saved_searches.save(
                session,
                title=request.form.get("title", ""),
                query=query_of(asked),
                total=find(asked, limit=1, counted=()).total,
                person=who.user_id,
            )
    except MuseumError as error:
        return _page(faults_of(error))
    flash(say("The search is saved. Its link can be sent to anybody."))
    return redirect(address(addresses.workbench("search")), code=303)


@blueprint.post("/forget")
def forget() -> ResponseReturnValue:
    """Forget a saved search of one's own; whoever looks after people may forget any."""
    who = require_anywhere(Action.SEE_HISTORY)
    search_id = request.form.get("search", "")[:16]
    with writing(museum().engine) as session:
        if not _may_forget(who, saved_searches.get(session, search_id)):
            raise NotAllowed("web.not_allowed", action="delete")
        saved_searches.delete(session, search_id)
    flash(say("The saved search is gone; its link leads nowhere."))
    return redirect(address(addresses.workbench("search")), code=303)


def _page(faults: Faults) -> ResponseReturnValue:
    who = require_anywhere(Action.SEE_HISTORY)
    text = request.args.get("q", "").strip()[:300]
    days = request.args.get("days", 30, type=int)
    days = days if days in _DAYS else 30
    museum().searches.flush()
    since = utc_now().date() - dt.timedelta(days=days)
    with reading(museum().engine) as session:
        kept = saved_searches.all_of(session)
        names = names_of(session, [one.person for one in kept])
        popular = search_counts.popular(session, since=since)
        unfound = search_counts.unfound(session, since=since)
    total, found = _explained(text) if text else (0, [])
    page = render_template(
        "work/search.html",
        q=text,
        total=total,
        found=found,
        asked_address=address(address_of(addresses.search_page(), Asked(text=text))),
        lines=[_line(who, one, names[one.person]) for one in kept],
        popular=popular,
        unfound=unfound,
        days=days,
        periods=[(number, say("%(days)s days", days=number)) for number in _DAYS],
        is_counting=museum().settings.count_searches,
        least=search_counts.LEAST_ASKED,
        kept_days=search_counts.KEPT_DAYS,
        may_edit=holds(who, Action.EDIT_TERMS),
        field_word=field_word,
        manner_words=manner_words,
        tier_words=tier_words,
        faults=faults,
        given=request.form if faults.by_field else {},
    )
    return page, faults.status


def _explained(text: str) -> tuple[int, list[tuple[Card, Why]]]:
    """(how many there are, the first of them with why each is found): of what the public sees, nothing else."""
    asked = Asked(text=text)
    page = find(asked, limit=_SHOWN, counted=())
    query: Query = query_for(asked)
    with reading(museum().engine) as session:
        records = shown_records(session, [hit.id for hit in page.hits])
        shown = [records[hit.id] for hit in page.hits if hit.id in records]
        cards = cards_of(session, shown)
    return page.total, [(card, explain(query, record)) for card, record in zip(cards, shown, strict=True)]


def _line(who: Viewer, saved: SavedSearch, by: str) -> Line:
    return Line(
        saved=saved,
        link=base_url() + addresses.saved_search(saved.id),
        by=by,
        total=find(asked_of(saved.query), limit=1, counted=()).total,
        is_own=_may_forget(who, saved),
    )


def _may_forget(who: Viewer, saved: SavedSearch) -> bool:
    return saved.person == who.user_id or holds(who, Action.MANAGE_PEOPLE)


def _pasted(given: str) -> Asked:
    """The search in an address of the search page, or in words alone. Raises Invalid search.saved_query."""
    given = given.strip()
    parts = urlsplit(given) if "?" in given else None
    asked = asked_of(parts.query) if parts is not None else Asked(text=given)
    if not (asked.text or asked.has_filters):
        raise Invalid("search.saved_query")
    return asked
