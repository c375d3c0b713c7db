"""The rolling check: which objects are due, read again oldest first at a set pace, every result kept.

Each object is read at least every so many days. Those never read come first; of the others the oldest part that an
hour's share asks for, so that what was taken in on one day isn't all due on one day.
"""

import datetime as dt
import math
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from museum import __version__
from museum.db import reading, utc_now, writing
from museum.storage.fixity import Checked, Finding, Pace, check_object
from museum.storage.layout import Places, objects_below
from museum.storage.tables import OBJECT_ID_LENGTH, FixityCheckRow, FixityDigestRow

AGENT = f"museum {__version__}"
_AT_ONCE = 200  # objects whose results are written in one transaction
_OR_AFTER_S = 30.0
_HOURS = 24
_DESTROYED = "destroyed"


@dataclass(frozen=True, kw_only=True)
class Due:
    """An object to be read again: `place` is its folder, "" where it is gone; `checked_at` None: never read before."""

    object_id: str
    place: str
    checked_at: dt.datetime | None = None
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One object read again, as it is kept: `event` is the identifier of the PREMIS event."""

    event: str
    at: dt.datetime
    checked: Checked

    @property
    def state(self) -> str:
        """ "sound" or "damaged"."""
        return "sound" if self.checked.is_sound else "damaged"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the masters stand by their last readings; `oldest` is the time of the last reading longest ago."""

    objects: int
    never: int
    overdue: int
    oldest: dt.datetime | None
    damaged: tuple[str, ...]


def objects(engine: Engine, places: Places) -> list[Due]:
    """Every object on the disk or in the database: those never read, then the one read longest ago, and so on."""
    with reading(engine) as session:
        last = _last(session)
    found = []
    for object_id, place in objects_below(places.root):
        at, state = last.pop(object_id, (None, ""))
        found.append(Due(object_id=object_id, place=place, checked_at=at, state=state))
    for object_id, (at, state) in last.items():
        if state != _DESTROYED:
            found.append(Due(object_id=object_id, place="", checked_at=at, state=state))
    beginning = dt.datetime.min.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda one: (one.checked_at or beginning, one.place))


def due(found: Sequence[Due], *, days: int, now: dt.datetime, hours: float = 0) -> list[Due]:
    """Of `objects` those never read, not read for `days`, or gone; at least the share that falls to `hours` of them."""
    limit = now - dt.timedelta(days=days)
    urgent: list[Due] = []
    rest: list[Due] = []
    for one in found:
        is_lost = not one.place and one.state == "sound"
        (urgent if one.checked_at is None or one.checked_at <= limit or is_lost else rest).append(one)
    share = math.ceil(len(found) * hours / (days * _HOURS))
    return urgent + rest[: max(0, share - len(urgent))]


def check(
    engine: Engine,
    wanted: Sequence[Due],
    *,
    pace: Pace,
    stop: threading.Event | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[Result]:
    """Read objects again one after another; results are in the database, some at a time, before they are given."""
    kept_at = time.monotonic()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        with reading(engine) as session:
            known = _known(session, [one.object_id for one in some])
        waiting: list[Result] = []
        for number, one in enumerate(some, start=start + 1):
            if stop is not None and stop.is_set():
                break
            result = _read(one, known.get(one.object_id, {}), pace)
            waiting += [result] if result is not None else []
            if on_progress is not None:
                on_progress(number, len(wanted))
            if time.monotonic() - kept_at > _OR_AFTER_S:
                yield from _keep(engine, waiting)
                waiting, kept_at = [], time.monotonic()
        yield from _keep(engine, waiting)
        kept_at = time.monotonic()


def standing(found: Sequence[Due], *, days: int, now: dt.datetime, results: Sequence[Result] = ()) -> Standing:
    """How the masters stand by their last readings: those of `objects`, and `results` since."""
    fresh = {result.checked.object_id: (result.at, result.state) for result in results}
    last = {one.object_id: fresh.get(one.object_id, (one.checked_at, one.state)) for one in found}
    times = [at for at, _ in last.values() if at is not None]
    limit = now - dt.timedelta(days=days)
    return Standing(
        objects=len(found),
        never=len(found) - len(times),
        overdue=sum(at <= limit for at in times),
        oldest=min(times, default=None),
        damaged=tuple(sorted(object_id for object_id, (_, state) in last.items() if state == "damaged")),
    )


def forget(session: Session, object_id: str) -> None:
    """Expect an object no longer: it was destroyed on purpose. Its readings stay, and a row says that it went."""
    session.execute(delete(FixityDigestRow).where(FixityDigestRow.object_id == object_id))
    if not session.scalar(select(func.count()).where(FixityCheckRow.object_id == object_id)):
        return
    gone = Checked(object_id=object_id, files=0, size_bytes=0)
    row = _row(Result(event=str(uuid.uuid4()), at=utc_now(), checked=gone)) | {"state": _DESTROYED}
    session.execute(insert(FixityCheckRow), [row])


def _last(session: Session) -> dict[str, tuple[dt.datetime, str]]:
    """When each object was last read, and what was found."""
    newest = select(func.max(FixityCheckRow.id)).group_by(FixityCheckRow.object_id)
    rows = session.execute(
        select(FixityCheckRow.object_id, FixityCheckRow.checked_at, FixityCheckRow.state).where(
            FixityCheckRow.id.in_(newest)
        )
    )
    return {object_id: (at, state) for object_id, at, state in rows}


def _known(session: Session, object_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """The BLAKE3 of each file of these objects."""
    wanted = select(FixityDigestRow.object_id, FixityDigestRow.blake3).where(FixityDigestRow.object_id.in_(object_ids))
    return {row.object_id: row.blake3 for row in session.execute(wanted)}


def _read(one: Due, known: Mapping[str, str], pace: Pace) -> Result | None:
    """The object read again; None where it went while we were at it."""
    if one.place:
        checked = check_object(one.place, object_id=one.object_id, known=known, pace=pace)
        if not checked.is_sound and not Path(one.place).is_dir():
            return None
    else:
        lost = Finding(path=".", kind="missing")
        checked = Checked(object_id=one.object_id, files=0, size_bytes=0, findings=(lost,))
    return Result(event=str(uuid.uuid4()), at=utc_now(), checked=checked)


def _keep(engine: Engine, results: Sequence[Result]) -> Sequence[Result]:
    """Write results and the digests that were taken; gives the results."""
    if not results:
        return results
    with writing(engine) as session:
        taken = {result.checked.object_id: result.checked.taken for result in results if result.checked.taken}
        if taken:
            known = _known(session, list(taken))
            rows = [{"object_id": i, "blake3": known.get(i, {}) | dict(digests)} for i, digests in taken.items()]
            dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
            statement = dialect.insert(FixityDigestRow)
            fresh = {"blake3": statement.excluded.blake3}
            session.execute(statement.on_conflict_do_update(index_elements=["object_id"], set_=fresh), rows)
        session.execute(insert(FixityCheckRow), [_row(result) for result in results])
    return results


def _row(result: Result) -> dict[str, Any]:
    checked = result.checked
    return {
        "event": result.event,
        "object_id": checked.object_id[:OBJECT_ID_LENGTH],
        "checked_at": result.at,
        "state": result.state,
        "files": checked.files,
        "size_bytes": checked.size_bytes,
        "findings": [finding.to_json() for finding in checked.findings],
        "agent": AGENT,
    }
