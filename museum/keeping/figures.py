"""The state of a museum in numbers, read in a few statements: for /metrics and the workbench."""

import datetime as dt
import shutil
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Integer, func, select, text
from sqlalchemy.orm import Session

from museum.catalog import changes
from museum.catalog.tables import MediaRow, RecordRow
from museum.config import Settings
from museum.db import utc_now
from museum.errors import BackendError
from museum.exhibitions.tables import StoryRow
from museum.jobs.tables import JobRow, State
from museum.keeping import log
from museum.search.location import Location
from museum.storage.tables import FixityCheckRow

_STATES = ("draft", "in_review", "published", "withdrawn")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts by name, ages as moments (None: never), sizes in bytes; `index_behind` None: there is no index."""

    revision: str
    records: dict[str, int]
    stories: dict[str, int]
    media: dict[str, int]
    jobs: dict[str, int]
    last_change: int
    index_behind: int | None
    free_bytes: int
    oldest_job: dt.datetime | None
    backup_at: dt.datetime | None
    backup_failed: bool
    fixity_oldest: dt.datetime | None
    fixity_damaged: int
    findings: dict[str, int] = field(default_factory=dict)


def of(session: Session, settings: Settings) -> Figures:
    """The figures of this moment."""
    notes = log.backups(settings)
    last_change = changes.last_seq(session)
    oldest, damaged = _fixity(session)
    run_after = func.min(JobRow.run_after, type_=JobRow.__table__.c.run_after.type)
    return Figures(
        revision=session.execute(text("SELECT version_num FROM alembic_version")).scalar() or "",
        records=dict.fromkeys(_STATES, 0) | _counts(session, RecordRow.state),
        stories=_counts(session, StoryRow.state),
        media=_counts(session, MediaRow.kind),
        jobs={state.value: 0 for state in State} | _counts(session, JobRow.state),
        last_change=last_change,
        index_behind=_behind(settings, last_change),
        free_bytes=shutil.disk_usage(settings.media).free,
        oldest_job=session.scalar(select(run_after).where(JobRow.state == State.QUEUED, JobRow.run_after < utc_now())),
        backup_at=next((note.at for note in notes if note.error is None), None),
        backup_failed=bool(notes) and notes[0].error is not None,
        fixity_oldest=oldest,
        fixity_damaged=damaged,
        findings=_findings(settings),
    )


def _counts(session: Session, column: Any) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).group_by(column))
    return {str(getattr(name, "value", name)): number for name, number in rows}


def _fixity(session: Session) -> tuple[dt.datetime | None, int]:
    """(the last reading longest ago, how many objects the last reading of which found damage)."""
    newest = (
        select(FixityCheckRow.object_id, func.max(FixityCheckRow.id, type_=Integer).label("id"))
        .group_by(FixityCheckRow.object_id)
        .subquery()
    )
    at = func.min(FixityCheckRow.checked_at, type_=FixityCheckRow.__table__.c.checked_at.type)
    is_alive: ColumnElement[bool] = FixityCheckRow.state != "destroyed"
    joined = select(at).join(newest, newest.c.id == FixityCheckRow.id).where(is_alive)
    damaged = (select(func.count()).select_from(FixityCheckRow).join(newest, newest.c.id == FixityCheckRow.id)).where(
        FixityCheckRow.state == "damaged"
    )
    return session.scalar(joined), session.scalar(damaged) or 0


def _behind(settings: Settings, last_change: int) -> int | None:
    try:
        index = Location.of(settings).open()
    except (BackendError, OSError):
        return None
    if index is None:
        return None
    try:
        return last_change - index.position
    finally:
        index.close()


def _findings(settings: Settings) -> dict[str, int]:
    found = {"error": 0, "warning": 0, "ok": 0}
    last = log.examination(settings)
    for finding in (last or {}).get("findings", ()):
        found[finding["severity"]] = found.get(finding["severity"], 0) + 1
    return found if last else {}
