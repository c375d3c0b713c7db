"""The first page of the workbench: what waits, what changed lately, whose records one works on and in which roles."""

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from museum.accounts import people
from museum.accounts.policy import ALL_INSTITUTIONS, Viewer, holds, institutions_for
from museum.accounts.roles import Action
from museum.catalog import batches
from museum.db import reading
from museum.web import record_list
from museum.web.change_words import batch_kind, names_of, state_word
from museum.web.context import museum
from museum.web.grant_words import grant_lines
from museum.web.people import signed_in
from museum.web.record_list import Page

blueprint = Blueprint("work_overview", __name__)
_NEWEST = 6
_WAITING = ("draft", "in_review", "reviewed")


@blueprint.get("/work")
def overview() -> str:
    """Drafts and what is under review, the newest changes, people who ask for help, one's roles."""
    who = signed_in()
    mine = institutions_for(who, Action.SEE_HISTORY)
    own = None if ALL_INSTITUTIONS in mine else mine
    with reading(museum().engine) as session:
        waiting = [(state, state_word(state), _records(session, who, own, state)) for state in _WAITING] if mine else []
        newest = batches.recent(session, limit=_NEWEST, institutions=own) if mine else []
        names = names_of(session, [batch.person for batch in newest])
        asking = _asking(session, who)
    return render_template(
        "work/overview.html",
        who=who,
        roles=grant_lines(who.grants),
        waiting=[line for line in waiting if line[2].records],
        sees_records=bool(mine),
        newest=[(batch, batch_kind(batch), names[batch.person]) for batch in newest],
        asking=asking,
    )


def _records(session: Session, who: Viewer, own: frozenset[str] | None, state: str) -> Page:
    return record_list.page_of(session, who, institutions=own, query="", state=state, page=1)


def _asking(session: Session, who: Viewer) -> list[people.User]:
    """People whom one manages and who can't sign in."""
    if not holds(who, Action.MANAGE_PEOPLE):
        return []
    return [one.user for one in people.all_for(session, who) if one.user.reset_asked_at and one.user.is_active]
