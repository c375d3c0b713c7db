"""Merging two records at the workbench: choose the other, read what goes where, do it."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from sqlalchemy.orm import Session

from museum import addresses
from museum.accounts.roles import Action
from museum.catalog import store
from museum.catalog.record import to_json
from museum.db import reading
from museum.errors import MuseumError, NotFound
from museum.web import deeds
from museum.web.change_words import part_name, state_word
from museum.web.context import museum
from museum.web.difference_view import show
from museum.web.language import address, current, say, words
from museum.web.own_records import OwnRecord, as_seen, own_record, title_of
from museum.web.people import viewer

blueprint = Blueprint("work_merge", __name__, url_prefix="/work")


@blueprint.get("/o/<record_id>/merge")
def ask(record_id: str) -> str:
    """Choose the other record (`with`: its id or number), then read what merging it into this one would do."""
    asked = request.args.get("with", "").strip()
    with reading(museum().engine) as session:
        own = own_record(session, record_id, action=Action.MERGE)
        page = {"own": own, "title": words(own.record.title) or record_id, "asked": asked, "fault": "", "plan": None}
        if asked:
            try:
                other = _other(session, asked)
                page |= _preview(session, own, other)
            except MuseumError as error:
                page["fault"] = error.message(current())
    return render_template("work/merge.html", state_word=state_word, **page)


@blueprint.post("/o/<record_id>/merge")
def merge(record_id: str) -> Response:
    """Do it, if both are as the preview showed them."""
    other = request.form.get("other", "")
    expected = {}
    with reading(museum().engine) as session:
        for name, who in (("revision", record_id), ("other_revision", other)):
            own_record(session, who, action=Action.MERGE)
            expected[who] = request.form.get(name, 0, type=int)
    deeds.merge(record_id, other, person=viewer().user_id, expected=expected)
    flash(say("The records are one now; the other's addresses lead here."))
    answer = redirect(address(addresses.workbench(f"o/{record_id}/history")), code=303)
    assert isinstance(answer, Response)
    return answer


def _other(session: Session, asked: str) -> OwnRecord:
    """The record that an id or a number names. Raises NotFound, NotAllowed."""
    if not store.exists(session, asked):
        found = store.find_number(session, asked)
        if not found:
            raise NotFound("web.no_number", number=asked)
        asked = found[0]
    return own_record(session, asked, action=Action.MERGE)


def _preview(session: Session, own: OwnRecord, other: OwnRecord) -> dict[str, object]:
    plan, stories = deeds.merge_plan(session, own.record.id, other.record.id)
    level = min(own.level, other.level)
    known = store.get_many(session, plan.repointed)
    return {
        "plan": plan,
        "other": other,
        "other_title": words(other.record.title) or other.record.id,
        "parts": show(as_seen(to_json(plan.winner), level), as_seen(to_json(plan.merged), level)),
        "repointed": [(i, words(known[i].title) or i) for i in plan.repointed],
        "stories": [title_of(body or {}, story_id) for story_id, body in stories.items()],
        "part_name": part_name,
    }
