"""Keeping at the workbench: the last backups, how the masters stand, what the doctor found, how the queue flows."""

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, render_template

from museum.accounts.policy import Target, may
from museum.accounts.roles import Action
from museum.db import reading, utc_now
from museum.keeping import figures, log
from museum.keeping.log import BackupNote
from museum.storage import fixity_rolling, fixity_round
from museum.web.context import museum
from museum.web.language import current
from museum.web.people import require_anywhere

blueprint = Blueprint("work_keeping", __name__)
_MOST_BACKUPS = 10


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing the doctor found, in words."""

    severity: str
    words: str


@blueprint.get("/work/keeping")
def keeping() -> str:
    """For whoever audits an institution the figures; folders and findings for those of the whole museum."""
    who = require_anywhere(Action.AUDIT)
    settings, engine = museum().settings, museum().engine
    is_keeper = may(who, Action.AUDIT, Target())
    places = fixity_rolling.places_of(settings)
    masters = fixity_round.objects(engine, places) if places.root.is_dir() else []
    with reading(engine) as session:
        state = figures.of(session, settings)
    at, lines = _examined() if is_keeper else (None, [])
    return render_template(
        "work/keeping.html",
        backups=log.backups(settings)[:_MOST_BACKUPS],
        reason_of=_reason,
        is_keeper=is_keeper,
        standing=fixity_round.standing(masters, days=settings.fixity_days or 90, now=utc_now()),
        state=state,
        examined_at=at,
        lines=[line for line in lines if line.severity != "ok"],
        sound=[line for line in lines if line.severity == "ok"],
        days=None if state.backup_at is None else (utc_now() - state.backup_at).days,
    )


def _reason(note: BackupNote) -> str:
    return (note.error or {}).get(current(), "")


def _examined() -> tuple[dt.datetime | None, list[Line]]:
    """When the doctor looked last, and what was found, the worst first."""
    last = log.examination(museum().settings)
    if last is None:
        return None, []
    order = ("error", "warning", "ok")
    found = sorted(last["findings"], key=lambda finding: order.index(finding["severity"]))
    lines = [Line(severity=f["severity"], words=f["message"][current()]) for f in found]
    return dt.datetime.fromisoformat(last["at"]), lines
