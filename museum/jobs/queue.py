"""Putting work in, taking it out under a lease, and saying how it ended. The SQL is the same on SQLite and PostgreSQL.

Measured under kill −9 (trust.md §5): a lease table loses nothing; a job whose worker died is taken again when its
lease ends. So a handler may run twice and must give the same result both times.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from museum.db import reading, utc_now, writing
from museum.errors import LANGUAGES, message_of
from museum.jobs.tables import UNFINISHED, JobRow, State

MAX_TRIES = 5
_UNFINISHED = (State.QUEUED, State.LEASED)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as its worker holds it."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    tries: int
    max_tries: int
    lease_until: dt.datetime


def enqueue(
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    *,
    key: str,
    priority: int = 0,
    run_after: dt.datetime | None = None,
    max_tries: int = MAX_TRIES,
) -> bool:
    """Ask for work within the caller's transaction: it exists exactly if that commits.

    False when an unfinished job has the same `key`: nothing is added. So the key must name what the work depends
    on (``pyramid:<sha-256>``), and work on something that changes must follow the change log instead.
    """
    now = utc_now()
    values = {
        "kind": kind,
        "key": key,
        "payload": dict(payload),
        "priority": priority,
        "state": State.QUEUED,
        "run_after": run_after or now,
        "lease_owner": "",
        "tries": 0,
        "max_tries": max_tries,
        "created_at": now,
    }
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(JobRow)
        .values(values)
        .on_conflict_do_nothing(index_elements=["key"], index_where=UNFINISHED)
        .returning(JobRow.id)
    )
    return session.execute(statement).scalar() is not None


def claim(engine: Engine, owner: str, *, kinds: Collection[str] | None = None, lease_s: float) -> Job | None:
    """Take the most urgent job that is due, of `kinds` or any, for `lease_s` seconds; None when there is none.

    A job whose lease ended counts as due; one that has used up its tries that way is declared dead.
    """
    now = utc_now()
    of_kind = [] if kinds is None else [JobRow.kind.in_(kinds)]
    expired = and_(JobRow.state == State.LEASED, JobRow.lease_until < now)
    due = or_(and_(JobRow.state == State.QUEUED, JobRow.run_after <= now), expired)
    chosen = (
        select(JobRow.id)
        .where(due, JobRow.tries < JobRow.max_tries, *of_kind)
        .order_by(JobRow.priority.desc(), JobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    with writing(engine) as session:
        session.execute(
            update(JobRow)
            .where(expired, JobRow.tries >= JobRow.max_tries)
            .values(state=State.DEAD, finished_at=now, lease_until=None, lease_owner="", error=_worker_died())
        )
        row = session.execute(
            update(JobRow)
            .where(JobRow.id == chosen)
            .values(
                state=State.LEASED,
                lease_owner=owner,
                lease_until=now + dt.timedelta(seconds=lease_s),
                tries=JobRow.tries + 1,
            )
            .returning(
                JobRow.id, JobRow.kind, JobRow.key, JobRow.payload, JobRow.tries, JobRow.max_tries, JobRow.lease_until
            )
        ).one_or_none()
    return None if row is None else Job(**row._mapping)


def heartbeat(engine: Engine, job_id: int, *, owner: str, lease_s: float) -> bool:
    """Lengthen a lease to `lease_s` from now; False when `owner` holds it no longer."""
    with writing(engine) as session:
        return _held(session, job_id, owner, lease_until=utc_now() + dt.timedelta(seconds=lease_s))


def finish(engine: Engine, job_id: int, *, owner: str) -> bool:
    """Declare a job done; False when `owner` holds it no longer (then somebody else does it, or has)."""
    with writing(engine) as session:
        return _held(
            session,
            job_id,
            owner,
            state=State.DONE,
            finished_at=utc_now(),
            lease_until=None,
            lease_owner="",
            error=None,
        )


def fail(
    engine: Engine, job_id: int, *, owner: str, error: Mapping[str, str], retry_at: dt.datetime | None = None
) -> bool:
    """Record why a try failed, and queue the job for `retry_at`, or without it declare it dead."""
    values: dict[str, Any] = {"lease_until": None, "lease_owner": "", "error": dict(error)}
    if retry_at is None:
        values |= {"state": State.DEAD, "finished_at": utc_now()}
    else:
        values |= {"state": State.QUEUED, "run_after": retry_at}
    with writing(engine) as session:
        return _held(session, job_id, owner, **values)


def give_back(engine: Engine, job_id: int, *, owner: str) -> bool:
    """Put a job back untried: its worker was asked to stop."""
    with writing(engine) as session:
        values = {"state": State.QUEUED, "lease_until": None, "lease_owner": "", "tries": JobRow.tries - 1}
        return _held(session, job_id, owner, **values)


def counts(engine: Engine) -> dict[str, int]:
    """How many jobs stand in each state; every state is named."""
    with reading(engine) as session:
        found = session.execute(select(JobRow.state, func.count()).group_by(JobRow.state)).all()
    return {state.value: 0 for state in State} | {state.value: count for state, count in found}


def waiting(session: Session, key_prefix: str = "") -> int:
    """How many unfinished jobs have a key that begins with `key_prefix`."""
    statement = select(func.count()).where(
        JobRow.state.in_(_UNFINISHED), JobRow.key.startswith(key_prefix, autoescape=True)
    )
    return session.scalar(statement) or 0


def unfinished_until(engine: Engine, *, kinds: Collection[str] | None, horizon: dt.datetime) -> dt.datetime | None:
    """When the next unfinished job of `kinds` may be claimed, looking no further than `horizon`; None if none.

    For a leased job that is the end of its lease.
    """
    when = func.coalesce(JobRow.lease_until, JobRow.run_after, type_=JobRow.__table__.c.run_after.type)
    conditions: list[ColumnElement[bool]] = [JobRow.state.in_(_UNFINISHED), when <= horizon]
    if kinds is not None:
        conditions.append(JobRow.kind.in_(kinds))
    with reading(engine) as session:
        return session.scalar(select(func.min(when, type_=JobRow.__table__.c.run_after.type)).where(*conditions))


def dead(session: Session, *, limit: int = 100) -> list[JobRow]:
    """The jobs that were given up, newest first."""
    return list(
        session.scalars(select(JobRow).where(JobRow.state == State.DEAD).order_by(JobRow.id.desc()).limit(limit))
    )


def oldest_waiting(engine: Engine) -> dt.datetime | None:
    """Since when the oldest job that is due has waited; None when none waits."""
    of_time = JobRow.__table__.c.run_after.type
    with reading(engine) as session:
        return session.scalar(
            select(func.min(JobRow.run_after, type_=of_time)).where(
                JobRow.state == State.QUEUED, JobRow.run_after <= utc_now()
            )
        )


def revive(session: Session, *, kinds: Collection[str] | None = None, job_ids: Collection[int] | None = None) -> int:
    """Queue dead jobs again, all or some, with all their tries; gives how many.

    Not where an unfinished job has the key; of several dead ones with the same key only the newest.
    """
    twin = select(JobRow.key).where(JobRow.state.in_(_UNFINISHED))
    newest = select(func.max(JobRow.id)).where(JobRow.state == State.DEAD).group_by(JobRow.key)
    conditions = [JobRow.state == State.DEAD, JobRow.key.not_in(twin), JobRow.id.in_(newest)]
    if kinds is not None:
        conditions.append(JobRow.kind.in_(kinds))
    if job_ids is not None:
        conditions.append(JobRow.id.in_(job_ids))
    statement = (
        update(JobRow).where(*conditions).values(state=State.QUEUED, tries=0, run_after=utc_now(), finished_at=None)
    )
    return len(session.execute(statement.returning(JobRow.id)).all())


def _held(session: Session, job_id: int, owner: str, **values: Any) -> bool:
    statement = (
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.state == State.LEASED, JobRow.lease_owner == owner)
        .values(**values)
        .returning(JobRow.id)
    )
    return session.execute(statement).scalar() is not None


def _worker_died() -> dict[str, str]:
    return {"code": "jobs.worker_died"} | {code: message_of("jobs.worker_died", code, {}) for code in LANGUAGES}
