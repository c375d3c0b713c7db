"""Jobs at the workbench: what waits, what is in hand, and the dead letters with why and what to do."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request

from museum import addresses
from museum.accounts.policy import Target, Viewer, may
from museum.accounts.roles import Action
from museum.catalog import store
from museum.catalog.record import Record
from museum.db import reading, writing
from museum.jobs import queue
from museum.jobs.tables import JobRow
from museum.web.context import museum
from museum.web.language import address, current, later, say, say_many
from museum.web.people import require_anywhere

blueprint = Blueprint("work_jobs", __name__)
_MOST = 200
_KINDS = {
    "derive": later("Make pictures, levels and previews of a file"),
    "fixity": later("Read masters again"),
    "webp": later("Make lighter tiles of a picture"),
    "tileset": later("Cut a large scan into tiles"),
}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A job that was given up: what it was for, why it failed, in words."""

    id: int
    kind: str
    title: str
    file_name: str
    record_address: str
    reason: str
    tries: int
    at: dt.datetime


@blueprint.get("/work/jobs")
def jobs() -> str:
    """Numbers by state, and the jobs that were given up."""
    who = require_anywhere(Action.MANAGE_JOBS)
    engine = museum().engine
    return render_template(
        "work/jobs.html", counts=queue.counts(engine), since=queue.oldest_waiting(engine), letters=_letters(who)
    )


@blueprint.post("/work/jobs")
def try_again() -> Response:
    """Queue one dead job again, or all that this person may see."""
    who = require_anywhere(Action.MANAGE_JOBS)
    wanted = request.form.get("job", "")
    mine = [letter.id for letter in _letters(who) if wanted in ("all", str(letter.id))]
    with writing(museum().engine) as session:
        number = queue.revive(session, job_ids=mine)
    if number:
        flash(say_many("%(num)s job is tried again.", "%(num)s jobs are tried again.", number))
    else:
        flash(say("Nothing to try again: it is done, or already waits."))
    answer = redirect(address(addresses.workbench("jobs")), code=303)
    assert isinstance(answer, Response)
    return answer


def _letters(who: Viewer) -> list[Letter]:
    """The dead jobs that this person looks after: of their institutions' records; all others for the whole museum."""
    with reading(museum().engine) as session:
        dead = queue.dead(session, limit=_MOST)
        records = store.get_many(session, _record_ids(dead))
    return [_letter(job, records) for job in dead if may(who, Action.MANAGE_JOBS, _target(job, records))]


def _record_ids(jobs: Sequence[JobRow]) -> list[str]:
    return sorted({job.payload["record"] for job in jobs if "record" in job.payload})


def _target(job: JobRow, records: Mapping[str, Record]) -> Target:
    record = records.get(job.payload.get("record", ""))
    return Target(institution=record.institution if record else "")


def _letter(job: JobRow, records: Mapping[str, Record]) -> Letter:
    record = records.get(job.payload.get("record", ""))
    media = next((m for m in record.media if m.id == job.payload.get("media")), None) if record else None
    return Letter(
        id=job.id,
        kind=say(_KINDS[job.kind]) if job.kind in _KINDS else job.kind,
        title=record.title.say(current()) if record else "",
        file_name=media.file_name if media else "",
        record_address=address(addresses.workbench(f"o/{record.id}/history")) if record else "",
        reason=(job.error or {}).get(current(), ""),
        tries=job.tries,
        at=job.finished_at or job.created_at,
    )
