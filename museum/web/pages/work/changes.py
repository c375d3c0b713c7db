"""The change log at the workbench: batches, what each did, and undoing one with its conflicts shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from sqlalchemy.orm import Session

from museum import addresses
from museum.accounts.policy import ALL_INSTITUTIONS, Viewer, highest_level, institutions_for, may
from museum.accounts.roles import Action
from museum.catalog import batches, changes
from museum.catalog.batches import Batch
from museum.catalog.changes import Change
from museum.catalog.undoing import Step, UndoPlan
from museum.db import reading
from museum.errors import NotFound
from museum.web import deeds
from museum.web.answers import NotAllowed
from museum.web.change_words import action_word, batch_kind, effect_words, names_of
from museum.web.context import museum
from museum.web.difference_view import Shown, show
from museum.web.language import address, say, say_many
from museum.web.own_records import as_seen, may_all, target_of_body, title_of
from museum.web.people import require_anywhere

blueprint = Blueprint("work_changes", __name__, url_prefix="/work/changes")
_BATCHES = 40
_ENTRIES = 50


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change as the page shows it."""

    change: Change
    title: str
    address: str
    done: str
    parts: tuple[Shown, ...]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One record of an undo: what would happen, and where it is a conflict both differences and who made the later."""

    step: Step
    title: str
    effect: str
    undone: tuple[Shown, ...]
    since: tuple[Shown, ...]
    people: tuple[str, ...]


@blueprint.get("")
def recent() -> str:
    """The last batches in which this person may see something."""
    who = require_anywhere(Action.SEE_HISTORY)
    skip = max(0, request.args.get("skip", 0, type=int))
    kind = request.args.get("kind", "")
    mine = institutions_for(who, Action.SEE_HISTORY)
    with reading(museum().engine) as session:
        own = None if ALL_INSTITUTIONS in mine else mine
        found = batches.recent(session, limit=_BATCHES + 1, skip=skip, kind=kind, institutions=own)
        names = names_of(session, [batch.person for batch in found])
    return render_template(
        "work/changes.html",
        batches=found[:_BATCHES],
        names=names,
        batch_kind=batch_kind,
        older=skip + _BATCHES if len(found) > _BATCHES else 0,
        newer=max(0, skip - _BATCHES) if skip else -1,
        kind=kind,
        kinds=[(name, batch_kind(Batch(id="", person="", kind=name, title="", at=b.at)))
               for b in found[:1] for name in batches.KINDS],
    )  # fmt: skip


@blueprint.get("/<batch>")
def one(batch: str) -> str:
    """What a batch did, entry by entry."""
    who = require_anywhere(Action.SEE_HISTORY)
    before = request.args.get("before", type=int)
    with reading(museum().engine) as session:
        found = batches.get(session, batch)
        log = changes.listing(session, batch=batch, before_seq=before, limit=_ENTRIES + 1)
        entries = [_entry(who, change) for change in log[:_ENTRIES] if _may_see(who, change)]
        if not entries and not _sees_any(session, who, batch):
            raise NotFound("catalog.no_batch", batch=batch)
        names = names_of(session, [found.person])
    return render_template(
        "work/batch.html",
        batch=found,
        kind=batch_kind(found),
        name=names[found.person],
        entries=entries,
        action_word=action_word,
        older=log[_ENTRIES - 1].seq if len(log) > _ENTRIES else 0,
        may_undo=bool(institutions_for(who, Action.UNDO)),
    )


@blueprint.get("/<batch>/undo")
def ask(batch: str) -> str:
    """What undoing would do; conflicts with both differences, and a choice for each."""
    who = require_anywhere(Action.UNDO)
    with reading(museum().engine) as session:
        plan = _plan(session, who, batch)
        names = names_of(session, [plan.batch.person, *(c.person for s in plan.conflicts for c in s.since)])
        choices = [_choice(who, step, names) for step in plan.conflicts]
        quiet = [_choice(who, step, names) for step in plan.steps if not step.is_conflict][:_ENTRIES]
    counts = plan.counts()
    return render_template(
        "work/undo.html",
        batch=plan.batch,
        kind=batch_kind(plan.batch),
        name=names[plan.batch.person],
        counts=counts,
        choices=choices,
        quiet=quiet,
        more=len(plan.steps) - len(choices) - len(quiet),
        to_do=counts["delete"] + counts["update"] + counts["create"],
    )


@blueprint.post("/<batch>/undo")
def undo(batch: str) -> Response:
    """Do it; where somebody changed a record since, only if chosen for that record."""
    who = require_anywhere(Action.UNDO)
    with reading(museum().engine) as session:
        plan = _plan(session, who, batch)
    chosen = {s.record_id for s in plan.conflicts if request.form.get(f"choice-{s.record_id}") == "force"}
    done = deeds.undo(batch, person=who.user_id, force=chosen)
    if done.changed:
        flash(say_many("%(num)s record is what it was before.", "%(num)s records are what they were before.",
                       done.changed))  # fmt: skip
    else:
        flash(say("Nothing was changed."))
    if done.skipped:
        flash(say_many("%(num)s record was left as it is: somebody changed it since.",
                       "%(num)s records were left as they are: somebody changed them since.",
                       len(done.skipped)))  # fmt: skip
    return _to(addresses.workbench(f"changes/{done.batch or batch}"))


def _plan(session: Session, who: Viewer, batch: str) -> UndoPlan:
    plan = deeds.undo_plan(session, batch)
    bodies = [body for step in plan.steps for body in (step.now, step.target) if body is not None]
    if not may_all(who, Action.UNDO, bodies):
        raise NotAllowed("web.not_allowed", action=Action.UNDO.value)
    return plan


def _entry(who: Viewer, change: Change) -> Entry:
    body = change.after or change.before or {}
    before, after = (_seen(who, side, change.subject) for side in (change.before, change.after))
    is_update = before is not None and after is not None
    return Entry(
        change=change,
        title=title_of(body, change.record_id),
        address=_history(change.record_id) if change.subject == "record" else "",
        done=action_word(change.action),
        parts=tuple(show(before, after)) if is_update else (),
    )


def _choice(who: Viewer, step: Step, names: Mapping[str, str]) -> Choice:
    target, made, now = (_seen(who, body, step.subject) for body in (step.target, step.made, step.now))
    return Choice(
        step=step,
        title=title_of(step.now or step.made or step.target or {}, step.record_id),
        effect=effect_words(step.effect),
        undone=tuple(show(made, target)) if made is not None and target is not None else (),
        since=tuple(show(made, now)) if made is not None and now is not None else (),
        people=tuple(dict.fromkeys(names[change.person] for change in step.since)),
    )


def _seen(who: Viewer, body: Mapping[str, Any] | None, subject: str) -> dict[str, Any] | None:
    if body is None or subject != "record":
        return dict(body) if body is not None else None
    return as_seen(body, highest_level(who, target_of_body(body)))


def _may_see(who: Viewer, change: Change) -> bool:
    return may(who, Action.SEE_HISTORY, target_of_body(change.after or change.before or {}))


def _sees_any(session: Session, who: Viewer, batch: str) -> bool:
    log: Sequence[Change] = changes.listing(session, batch=batch, limit=10 * _ENTRIES)
    return any(_may_see(who, change) for change in log)


def _history(record_id: str) -> str:
    return address(addresses.workbench(f"o/{record_id}/history"))


def _to(path: str) -> Response:
    answer = redirect(address(path), code=303)
    assert isinstance(answer, Response)
    return answer
