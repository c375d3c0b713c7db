"""`museum upgrade`: a copy of the database, the migrations, a look at the pages; and back again when anything fails.

Migrations change the database only, so a copy of it is enough to go back. Where the machine dies in the middle, a mark
stays, and the next call puts the copy back before it begins anew.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from museum import db
from museum.config import Settings
from museum.errors import BackendError, Conflict, MuseumError
from museum.ingest.lock import not_serving, only_ingest
from museum.keeping import backing_up, database_copy, log
from museum.keeping.copying import Progress
from museum.keeping.doctor_data import UPGRADE_MARK
from museum.migrations import schema
from museum.storage import disk

Smoke = Callable[[Settings, Engine], list[tuple[str, int]]]
"""Opens some pages and gives (address, status) of those that don't answer as they should."""

_COPY = "before-upgrade"


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """From which revision to which, where the database of before lies, and the backup if one was asked for."""

    before: str
    after: str
    copy: Path | None = None
    backup: Path | None = None


def upgrade(
    settings: Settings,
    *,
    smoke: Smoke,
    backup_to: Path | None = None,
    keep: int = 7,
    on_progress: Progress | None = None,
) -> Upgraded:
    """Bring the museum to this software's schema, or leave it exactly as it was.

    Raises Conflict keeping.serving while it is in use, ingest.already_running, keeping.newer_schema, and
    keeping.upgrade_failed when a migration or `smoke` failed and the database has been put back.
    """
    with not_serving(settings), only_ingest(settings):
        _finish_cut_off(settings)
        engine = db.open_engine(settings.database)
        try:
            before, after = schema.current(engine), schema.head()
            if before > after:
                raise Conflict("keeping.newer_schema", have=before, want=after)
            if before == after:
                return Upgraded(before=before, after=after)
            made = None
            if backup_to is not None:
                made = backing_up.backup(settings, engine, backup_to, keep=keep, on_progress=on_progress).folder
            engine.dispose()
            copy = _copy_aside(settings)
            log.put(settings, UPGRADE_MARK, {"from": before, "to": after, "copy": copy.name})
            reason = _try(settings, smoke)
            if reason is not None:
                _put_back(settings, copy)
                _unmark(settings)
                copy.unlink()
                _drop_if_empty(log.folder_of(settings))
                raise Conflict("keeping.upgrade_failed", reason=reason.message("en"), backup=made or "–") from reason
            _unmark(settings)
        finally:
            engine.dispose()
    return Upgraded(before=before, after=after, copy=copy, backup=made)


def _try(settings: Settings, smoke: Smoke) -> MuseumError | None:
    """Migrate and look; what went wrong, or None."""
    engine = db.open_engine(settings.database)
    try:
        schema.upgrade(engine)
        for address, status in smoke(settings, engine):
            return Conflict("keeping.smoke", address=address, status=status)
    except MuseumError as error:
        return error
    except Exception as error:  # noqa: BLE001 (whatever a migration or page raises, the database goes back)
        return BackendError("keeping.migration", reason=_first_line(error))
    finally:
        engine.dispose()
    return None


def _finish_cut_off(settings: Settings) -> None:
    mark = log.get(settings, UPGRADE_MARK)
    if mark is None:
        return
    copy = log.folder_of(settings) / Path(str(mark["copy"])).name
    if copy.is_file():
        _put_back(settings, copy)
    _unmark(settings)


def _copy_aside(settings: Settings) -> Path:
    """A copy of the database as it is: for SQLite bit by bit, so that going back leaves no trace."""
    folder = log.folder_of(settings)
    with disk.errors_named(folder):
        folder.mkdir(parents=True, exist_ok=True)
    engine = db.open_engine(settings.database)
    try:
        if engine.dialect.name != "sqlite":
            made = folder / f"{_COPY}.dump"
            made.unlink(missing_ok=True)
            database_copy.copy_out(engine, folder)
            (folder / database_copy.POSTGRESQL).rename(made)
            return made
        source, made = database_copy.sqlite_path(engine.url), folder / f"{_COPY}.db"
    finally:
        engine.dispose()
    _checkpoint(source)
    with disk.errors_named(made):
        fresh = made.with_suffix(".new")
        shutil.copyfile(source, fresh)
        fresh.chmod(0o600)
        with fresh.open("rb") as written:
            os.fsync(written.fileno())
        fresh.replace(made)
        disk.sync_folder(folder)
    return made


def _put_back(settings: Settings, copy: Path) -> None:
    engine = db.open_engine(settings.database)
    try:
        if engine.dialect.name != "sqlite":
            database_copy.replace(copy, settings.database)
            return
        target = database_copy.sqlite_path(engine.url)
    finally:
        engine.dispose()
    with disk.errors_named(target):
        made = target.with_name(f".{target.name}.back")
        shutil.copyfile(copy, made)
        if target.exists():
            shutil.copymode(target, made)
        with made.open("rb") as written:
            os.fsync(written.fileno())
        for left in (f"{target.name}-wal", f"{target.name}-shm"):
            target.with_name(left).unlink(missing_ok=True)
        made.replace(target)
        disk.sync_folder(target.parent)


def _checkpoint(path: Path) -> None:
    """Everything of the write-ahead log in the database file itself, so that the file alone is the database."""
    try:
        connection = sqlite3.connect(path, timeout=60)
        try:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise BackendError("keeping.database_refuses", path=path, reason=error) from error
    if busy:
        raise Conflict("keeping.serving")


def _unmark(settings: Settings) -> None:
    (log.folder_of(settings) / f"{UPGRADE_MARK}.json").unlink(missing_ok=True)


def _drop_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _first_line(error: Exception) -> str:
    reason = str(error.orig if isinstance(error, SQLAlchemyError) and hasattr(error, "orig") else error)
    return f"{type(error).__name__}: {reason.splitlines()[0][:300] if reason else ''}"
