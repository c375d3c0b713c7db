"""The doctor's look at the work: jobs that wait, leases nobody holds, the index, the backups."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine, func, select

from museum import db
from museum.catalog import changes
from museum.catalog.tables import ChangeRow
from museum.config import Settings
from museum.ingest.check import Finding, Severity
from museum.jobs.tables import JobRow, State
from museum.keeping import generations, log
from museum.keeping.log import BackupNote
from museum.search.location import Location

_QUEUE_AGE = dt.timedelta(minutes=30)
_LEASE_AGE = dt.timedelta(minutes=10)
_INDEX_AGE = dt.timedelta(minutes=2)
_BACKUP_AGE = dt.timedelta(days=2)
_BACKUP_TOO_OLD = dt.timedelta(days=14)
_SEALED_SINCE = "0009"  # of the schema: before, authenticators' secrets lay open in the database, and so in its copies


def queue_age(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Nothing waits long, and nothing was given up."""
    del settings
    now = db.utc_now()
    with db.reading(engine) as session:
        due = select(func.count(), func.min(JobRow.run_after, type_=JobRow.__table__.c.run_after.type)).where(
            JobRow.state == State.QUEUED, JobRow.run_after < now
        )
        count, oldest = session.execute(due).one()
        dead = session.scalar(select(func.count()).where(JobRow.state == State.DEAD)) or 0
    is_late = oldest is not None and now - oldest > _QUEUE_AGE
    if is_late:
        values = {"count": count, "minutes": int((now - oldest).total_seconds() // 60)}
        yield Finding(code="doctor.queue_old", severity="warning", values=values)
    if dead:
        yield Finding(code="doctor.jobs_dead", severity="error", values={"count": dead})
    if not (is_late or dead):
        yield Finding(code="doctor.queue_ok", severity="ok", values={"count": count})


def leases(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """No lease ended long ago without anybody taking the job again."""
    del settings
    with db.reading(engine) as session:
        ended = JobRow.lease_until < db.utc_now() - _LEASE_AGE
        count = session.scalar(select(func.count()).where(JobRow.state == State.LEASED, ended)) or 0
    if count:
        yield Finding(code="doctor.leases_dead", severity="warning", values={"count": count})
    else:
        yield Finding(code="doctor.leases_ok", severity="ok")


def index(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """The index is there and has read the change log to its end."""
    found = Location.of(settings).open()
    if found is None:
        yield Finding(code="doctor.index_none", severity="error")
        return
    position, stats = found.position, found.stats()
    found.close()
    if stats.is_too_large:
        values = {"engine": stats.engine, "count": stats.records}
        yield Finding(code="doctor.index_large", severity="warning", values=values)
    with db.reading(engine) as session:
        behind = changes.last_seq(session) - position
        next_at = session.scalar(select(ChangeRow.at).where(ChangeRow.seq > position).order_by(ChangeRow.seq).limit(1))
    if behind < 0:
        yield Finding(code="doctor.index_ahead", severity="error", values={"count": -behind})
    elif next_at is not None and db.utc_now() - next_at > _INDEX_AGE:
        yield Finding(code="doctor.index_behind", severity="warning", values={"count": behind})
    else:
        yield Finding(code="doctor.index_ok", severity="ok", values={"count": position})


def backups(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """A whole backup, not too old, and where it was put; the last try did not fail. None that tells too much."""
    del engine
    notes = log.backups(settings)
    yield from _unsealed(settings, notes)
    whole = next((note for note in notes if note.error is None), None)
    if notes and notes[0].error is not None:
        values = {
            "at": _day(notes[0].at),
            "reason_en": notes[0].error.get("en", ""),
            "reason_vi": notes[0].error.get("vi", ""),
        }
        yield Finding(code="doctor.backup_failed", severity="error", values=values)
    if whole is None:
        yield Finding(code="doctor.backup_none", severity="warning")
        return
    age = db.utc_now() - whole.at
    told: dict[str, object] = {"at": _day(whole.at), "path": whole.folder, "days": age.days}
    if age > _BACKUP_AGE:
        severity: Severity = "error" if age > _BACKUP_TOO_OLD else "warning"
        yield Finding(code="doctor.backup_old", severity=severity, values=told)
    elif not Path(whole.folder).is_dir():
        yield Finding(code="doctor.backup_away", severity="warning", values=told)
    else:
        yield Finding(code="doctor.backup_ok", severity="ok", values=told)


def _unsealed(settings: Settings, notes: Sequence[BackupNote]) -> Iterator[Finding]:
    """Backups still kept from before authenticators' secrets were sealed."""
    shelves = {Path(note.folder).parent for note in notes if note.error is None}
    code, name = settings.institution_code, settings.name.say("vi")
    kept = [g for shelf in shelves for g in generations.of_museum(shelf, institution_code=code, name=name)]
    found = sorted(str(backup.folder) for backup in kept if backup.about.revision < _SEALED_SINCE)
    if found:
        values = {"count": len(found), "path": found[0]}
        yield Finding(code="doctor.backups_unsealed", severity="warning", values=values)


def _day(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
