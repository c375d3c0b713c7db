"""Records at the workbench: the list, a record's history, two revisions side by side, restore, delete, bring back."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request

from museum import addresses
from museum.accounts.policy import ALL_INSTITUTIONS, institutions_for, may
from museum.accounts.roles import Action, Level
from museum.catalog import batches, history
from museum.catalog.history import Revision
from museum.catalog.record import record_from_json
from museum.db import reading
from museum.errors import Invalid, NotFound
from museum.web import deeds, record_list
from museum.web.change_words import action_word, batch_kind, names_of, part_name, state_word
from museum.web.context import museum
from museum.web.difference_view import show
from museum.web.language import address, say, words
from museum.web.own_records import as_seen, own_record, title_of
from museum.web.people import require_anywhere, viewer
from museum.web.sending import send_stored

blueprint = Blueprint("work_records", __name__, url_prefix="/work")
_PICTURE = "poster-480.jpg"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One revision as the history shows it."""

    revision: Revision
    name: str
    done: str
    batch: str
    parts: tuple[str, ...]
    state: str


@blueprint.get("/records")
def records() -> str:
    """The institution's records, the newest change first; `q` in titles and numbers, `state`, deleted ones too."""
    who = require_anywhere(Action.SEE_HISTORY)
    mine = institutions_for(who, Action.SEE_HISTORY)
    page = max(1, request.args.get("page", 1, type=int))
    asked, state = request.args.get("q", "").strip(), request.args.get("state", "")
    with reading(museum().engine) as session:
        found = record_list.page_of(
            session, who, institutions=None if ALL_INSTITUTIONS in mine else mine, query=asked, state=state, page=page
        )
    return render_template(
        "work/records.html", found=found, q=asked, state=state, page=page, state_word=state_word,
        states=[(name, say("Deleted") if name == "deleted" else state_word(name)) for name in record_list.STATES],
    )  # fmt: skip


@blueprint.get("/o/<record_id>/history")
def revisions(record_id: str) -> str:
    """Every revision of a record: who, when, in which batch, what changed."""
    with reading(museum().engine) as session:
        own = own_record(session, record_id, action=Action.SEE_HISTORY)
        log = history.revisions(session, record_id)
        names = names_of(session, [one.change.person for one in log])
        known = batches.named(session, [one.change.batch for one in log])
    kind = own.record.kind
    hidden = _hidden_fields(log, own.level)
    lines = [
        Line(
            revision=one,
            name=names[one.change.person],
            done=action_word(one.change.action),
            batch=batch_kind(known.get(one.change.batch)),
            parts=tuple(
                dict.fromkeys(part_name(p, kind=kind) for p in one.parts if p not in hidden)
                if one.change.action == "update"
                else ()
            ),
            state=state_word(str((one.snapshot or {}).get("state", ""))),
        )
        for one in reversed(log)
    ]
    who = viewer()
    return render_template(
        "work/history.html",
        own=own,
        title=title_of(log[-1].change.after or log[-1].change.before or {}, record_id),
        lines=lines,
        state=state_word(own.record.state),
        may_restore=may(who, Action.RESTORE, own.target),
        may_delete=may(who, Action.DELETE, own.target) and not own.is_deleted,
        may_merge=may(who, Action.MERGE, own.target) and not own.is_deleted,
        may_fetch=may(who, Action.DOWNLOAD_MASTER, own.target) and not own.is_deleted,
    )


def _hidden_fields(log: list[Revision], level: Level) -> set[str]:
    """Fields of which this person may see nothing in any revision."""
    told: set[str] = set()
    open_ones: set[str] = set()
    for one in log:
        told |= set((one.snapshot or {}).get("values", {}))
        open_ones |= set((as_seen(one.snapshot, level) or {}).get("values", {}))
    return told - open_ones


@blueprint.get("/o/<record_id>/compare")
def compare(record_id: str) -> str:
    """Two revisions side by side, `from` and `to`; without them the last two."""
    with reading(museum().engine) as session:
        own = own_record(session, record_id, action=Action.SEE_HISTORY)
        newest = own.revision
        later = request.args.get("to", newest, type=int)
        earlier = request.args.get("from", max(1, later - 1), type=int)
        pair = [history.revision(session, record_id, number) for number in (earlier, later)]
        names = names_of(session, [one.change.person for one in pair])
        count = len(history.revisions(session, record_id))
    before, after = (as_seen(one.snapshot, own.level) for one in pair)
    return render_template(
        "work/compare.html",
        own=own,
        title=title_of(pair[1].snapshot or pair[0].snapshot or {}, record_id),
        pair=pair,
        names=[names[one.change.person] for one in pair],
        parts=show(before, after),
        numbers=range(1, count + 1),
        may_restore=may(viewer(), Action.RESTORE, own.target),
    )


@blueprint.get("/o/<record_id>/picture/<sha256>")
def picture(record_id: str, sha256: str) -> Response:
    """A small picture of a file that the record shows now or showed in a revision that this person may see."""
    with reading(museum().engine) as session:
        own = own_record(session, record_id, action=Action.SEE_HISTORY)
        for one in history.revisions(session, record_id):
            shown = as_seen(one.snapshot, own.level)
            if shown is not None and any(m.sha256 == sha256 for m in record_from_json(shown).media):
                return send_stored(museum().store, sha256, _PICTURE, media_type="image/jpeg")
    raise NotFound("web.no_file", name=sha256[:12])


@blueprint.post("/o/<record_id>/restore")
def restore(record_id: str) -> Response:
    """Make a record what it was at a revision."""
    with reading(museum().engine) as session:
        own = own_record(session, record_id, action=Action.RESTORE)
    number, expected = _number("revision"), _number("expected")
    done = deeds.restore(record_id, number, person=viewer().user_id, expected=None if own.is_deleted else expected)
    flash(say("Revision %(number)s is restored.", number=number) if done.changed else say("Nothing was changed."))
    return _to_history(record_id)


@blueprint.get("/o/<record_id>/delete")
def ask_delete(record_id: str) -> str:
    """What deleting means, before it is done."""
    with reading(museum().engine) as session:
        own = own_record(session, record_id, action=Action.DELETE)
        linked = record_list.linking_here(session, record_id)
    return render_template("work/delete.html", own=own, linked=linked, title=words(own.record.title) or record_id)


@blueprint.post("/o/<record_id>/delete")
def delete(record_id: str) -> Response:
    """Take a record out; its history stays."""
    with reading(museum().engine) as session:
        own_record(session, record_id, action=Action.DELETE)
    deeds.delete(record_id, person=viewer().user_id, expected=_number("expected"))
    flash(say("The record is deleted. It can be brought back here at any time."))
    return _to_history(record_id)


@blueprint.post("/o/<record_id>/bring-back")
def bring_back(record_id: str) -> Response:
    """Bring a deleted record back as it last was."""
    with reading(museum().engine) as session:
        own_record(session, record_id, action=Action.RESTORE)
    deeds.undelete(record_id, person=viewer().user_id)
    flash(say("The record is back."))
    return _to_history(record_id)


def _number(name: str) -> int:
    given = request.form.get(name, "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid("web.bad_request", address=request.path)
    return int(given)


def _to_history(record_id: str) -> Response:
    answer = redirect(address(addresses.workbench(f"o/{record_id}/history")), code=303)
    assert isinstance(answer, Response)
    return answer
