"""Kills an ingest before its n-th change of the file system or commit, starts it again, and tells what is wrong.

Runs as a program of its own: it forks for every trial, which only a process without threads may do.
"""

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from museum import db
from museum.catalog import store
from museum.config import Settings
from museum.ingest import copies, run
from museum.ingest.parts import Parts, open_parts
from museum.ingest.run import Options
from museum.ingest.tables import IntentRow
from museum.ingest.writing import record_in_master
from tests.founded import founded

_EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.truncate"}
_WANTED = 2  # records in the source


def found_museum(home: Path) -> Settings:
    settings, engine = founded(home)
    engine.dispose()
    return replace(settings, lease_seconds=3)


def ingest(settings: Settings, source: Path, *, recovery: bool, before_commit: Any = None) -> None:
    engine = db.open_engine(settings.database)
    if before_commit is not None:
        event.listen(engine, "commit", lambda _: before_commit())
    parts = open_parts(settings, engine, fsync=False, recovery_enabled=recovery)
    run.ingest(settings, engine, source, options=Options(publish=True, workers=0), parts=parts)


def in_child(settings: Settings, source: Path, *, die_at: int, recovery: bool) -> tuple[int, int]:
    """(wait status, changes counted) of an ingest killed before change `die_at`; 0 lets it live."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        counted = os.read(reading, 64)
        os.close(reading)
        return os.waitpid(pid, 0)[1], int(counted or 0)
    count = 0

    def change() -> None:
        nonlocal count
        count += 1
        if count == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(name: str, args: tuple[Any, ...]) -> None:
        if name == "open":
            flags = args[2] if isinstance(args[2], int) else 0
            if flags & (os.O_WRONLY | os.O_RDWR) and str(settings.home) in str(args[0]):
                change()
        elif name in _EVENTS and str(settings.home) in str(args):
            change()

    code = 1
    try:
        sys.addaudithook(hook)
        ingest(settings, source, recovery=recovery, before_commit=change)
        code = 0
        os.write(writing, str(count).encode())
    finally:
        os._exit(code)


def half_shown(parts: Parts) -> list[str]:
    """Public records whose derivatives or manifest are not all there."""
    bad: list[str] = []
    with db.reading(parts.engine) as session:
        for record in store.published(session):
            made = store.derivatives(session, (m.sha256 for m in record.media))
            if copies.lacking(record, made):
                bad.append(f"half public: {record.id}")
            kitchen = parts.kitchen(parts.settings.media)
            bad += [
                f"noted but not there: {d.name}"
                for ds in made.values()
                for d in ds
                if not kitchen.has(d.sha256, d.name)
            ]
            if any(m.kind == "photo" for m in record.media):
                store.manifest(session, record.id)
    return bad


def wrong_in(settings: Settings) -> list[str]:
    """What is wrong with a museum that was killed and started again."""
    parts = open_parts(settings, db.open_engine(settings.database), fsync=False)
    wrong = half_shown(parts)
    with db.reading(parts.engine) as session:
        records = store.published(session)
        wrong += [f"intent open {i}" for i in session.scalars(select(IntentRow.id).where(IntentRow.state == "staged"))]
    known = {parts.object_id(record.id): record for record in records}
    stored = set(parts.masters.object_ids())
    wrong += [f"lost: {len(records)} of {_WANTED}"] if len(records) != _WANTED else []
    wrong += [f"master nobody knows {i}" for i in stored - set(known)]
    wrong += [f"no master {i}" for i in set(known) - stored]
    for object_id in stored & set(known):
        wrong += [f"{object_id}: {p.code}" for p in parts.masters.validate(object_id) if p.is_error]
        if record_in_master(parts, object_id) != known[object_id]:
            wrong.append(f"{object_id}: record.json differs")
    left = [*settings.staging.iterdir(), *(settings.media / "work").glob("*")]
    return wrong + [f"left behind {path.name}" for path in left]


def trial(home: Path, source: Path, *, die_at: int, recovery: bool) -> list[str]:
    settings = found_museum(home)
    status, _ = in_child(settings, source, die_at=die_at, recovery=recovery)
    if status not in (0, signal.SIGKILL):
        return [f"the child ended with {status}"]
    parts = open_parts(settings, db.open_engine(settings.database), fsync=False)
    wrong = half_shown(parts)
    status, _ = in_child(settings, source, die_at=0, recovery=recovery)
    wrong += [f"the restart ended with {status}"] if status else []
    return wrong + wrong_in(settings)


def main() -> None:
    folder, source, trials, recovery = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "yes"
    _, points = in_child(found_museum(folder / "whole"), source, die_at=0, recovery=recovery)
    step = max(1, points // trials)
    found = {n: trial(folder / f"m{n}", source, die_at=n, recovery=recovery) for n in range(1, points + 1, step)}
    print(json.dumps({"points": points, "tried": len(found), "wrong": {str(n): w for n, w in found.items() if w}}))


if __name__ == "__main__":
    main()
