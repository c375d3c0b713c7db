"""`museum restore`: a backup becomes a museum in a new folder, every byte compared with the backup's list.

The settings file comes last, so a folder that is only half restored can't be served; called again it goes on.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, update

from museum import config, db
from museum.accounts import signing_keys
from museum.config import Settings
from museum.errors import BackendError, Conflict, Invalid, SourceError
from museum.ingest import check, collecting, founding, rebuild
from museum.ingest.parts import open_parts
from museum.jobs.tables import JobRow, State
from museum.keeping import backing_up, contents, copying, database_copy, generations, settings_copy
from museum.keeping.contents import About, Kept
from museum.keeping.copying import Progress
from museum.migrations import schema
from museum.search import indexer
from museum.search.location import Location
from museum.storage import disk
from museum.storage.digests import blake3_file

MARK = ".restore-unfinished"
_DATABASES = (database_copy.SQLITE, database_copy.POSTGRESQL)


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was restored, and what its keeper must know: settings to fill in again, derivatives made or failing.

    `revision` is (of the backup, of this software): where they differ the database was brought up to date.
    """

    home: Path
    about: About
    files: int
    size_bytes: int
    to_set: tuple[str, ...]
    revision: tuple[str, str]
    media_made: int = 0
    failed: tuple[str, ...] = field(default=())


def restore(
    source: Path,
    home: Path,
    *,
    verify: bool = True,
    database_url: str = "",
    derive: bool = True,
    workers: int = 2,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Restored:
    """Make a museum in the empty folder `home` from a backup (or the newest of a folder of backups).

    `verify` reads every restored file again from the disk, judges every OCFL object and the database. `database_url`
    is needed for a backup of PostgreSQL. `derive` False leaves derivatives and index to `museum rebuild`; `workers`
    more processes help to make them.

    Raises Conflict keeping.home_taken, keeping.newer_backup, keeping.database_taken; SourceError keeping.no_backup,
    keeping.list_broken, keeping.differs (a file of the backup is not what it was); Invalid keeping.needs_database.
    """
    folder = generations.chosen(source.expanduser().resolve())
    about, files = contents.read(folder)
    home = home.expanduser().resolve()
    _refuse(folder, home, about, database_url)
    _mark(home, folder)
    stage = _Stages(on_progress)
    _copy(folder, home, files, stage.of("restore"))
    if verify:
        _read_again(home, files, stage.of("reread"))
    settings, told = _furnish(folder, home, about, database_url)
    engine = db.open_engine(settings.database)
    try:
        if schema.current(engine) != schema.head():
            schema.upgrade(engine)
        _free_leases(engine)
        open_parts(settings, engine).masters.recover(every_object=True)
        if verify:
            _judge(settings, engine, stage.of("masters"))
        made, failed = _derive(settings, engine, stage, workers) if derive else (0, ())
    finally:
        engine.dispose()
    (home / MARK).unlink()
    return Restored(
        home=home,
        about=about,
        files=len(files),
        size_bytes=sum(file.size_bytes for file in files.values()),
        to_set=told,
        revision=(about.revision, schema.head()),
        media_made=made,
        failed=failed,
    )


class _Stages:
    def __init__(self, tell: Callable[[str, int, int], None] | None) -> None:
        self._tell = tell

    def of(self, name: str) -> Progress | None:
        tell = self._tell
        return None if tell is None else lambda done, total: tell(name, done, total)


def verify_backup(folder: Path, *, on_progress: Progress | None = None) -> list[str]:
    """Paths of a backup's files that are missing or not what the list says; reads all of them."""
    _, files = contents.read(folder)
    total, done, wrong = sum(file.size_bytes for file in files.values()), 0, []
    for path, kept in files.items():
        if not _is_right(folder / path, kept):
            wrong.append(path)
        done += kept.size_bytes
        if on_progress is not None:
            on_progress(done, total)
    return wrong


def _refuse(folder: Path, home: Path, about: About, database_url: str) -> None:
    if home == folder or folder in home.parents:
        raise Invalid("keeping.inside_backup", path=home)
    if home.is_dir() and any(home.iterdir()):
        try:
            begun = (home / MARK).read_text(encoding="utf-8")
        except FileNotFoundError:
            begun = ""
        if begun != str(folder):
            raise Conflict("keeping.home_taken", path=home)
    if about.revision > schema.head():
        raise Conflict("keeping.newer_backup", have=schema.head(), need=about.revision)
    if about.database == "postgresql" and not database_url:
        raise Invalid("keeping.needs_database", path=folder)


def _mark(home: Path, folder: Path) -> None:
    with disk.errors_named(home):
        home.mkdir(parents=True, exist_ok=True)
        (home / MARK).write_text(str(folder), encoding="utf-8")


def _copy(folder: Path, home: Path, files: dict[str, Kept], on_progress: Progress | None) -> None:
    """Every file that isn't there yet, compared with the list on its way."""
    total, done, wrong = sum(file.size_bytes for file in files.values()), 0, []
    with disk.errors_named(home):
        founding.make_private(home / backing_up.MEDIA)
    for path, kept in files.items():
        target = _target(home, path)
        if target is not None and not (target.is_file() and _is_right(target, kept)):
            with disk.errors_named(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
            try:
                size, digest = copying.copy_file(folder / path, target)
            except FileNotFoundError:
                size, digest = 0, ""
            if (size, digest) != (kept.size_bytes, kept.blake3):
                target.unlink(missing_ok=True)
                wrong.append(path)
            else:
                target.chmod(0o644)
        done += kept.size_bytes
        if on_progress is not None:
            on_progress(done, total)
    if wrong:
        raise SourceError("keeping.differs", path=folder / wrong[0], count=len(wrong))
    for name in ("staging", "derived", "index", "quarantine", "inbox"):
        (home / backing_up.MEDIA / name).mkdir(parents=True, exist_ok=True)
    copying.flush(home)


def _target(home: Path, path: str) -> Path | None:
    """Where a file of the backup goes: databases beside, to be put in place as a whole; settings are written anew."""
    if path == config.FILE_NAME:
        return None
    return home / f".{path}" if path in _DATABASES else home / path


def _read_again(home: Path, files: dict[str, Kept], on_progress: Progress | None) -> None:
    total, done = sum(file.size_bytes for file in files.values()), 0
    for path, kept in files.items():
        target = _target(home, path)
        if target is not None and not _is_right(target, kept, uncached=True):
            raise BackendError("storage.copy_differs", path=target)
        done += kept.size_bytes
        if on_progress is not None:
            on_progress(done, total)


def _furnish(folder: Path, home: Path, about: About, database_url: str) -> tuple[Settings, tuple[str, ...]]:
    """The database and the settings file in place: (settings, names of settings that somebody must fill in again)."""
    text = (folder / config.FILE_NAME).read_text(encoding="utf-8")
    told = settings_copy.for_new_home(text, database_url=database_url)
    path = home / config.FILE_NAME
    if not path.is_file():
        dumped = home / f".{database_copy.SQLITE if about.database == 'sqlite' else database_copy.POSTGRESQL}"
        url = database_url or f"sqlite:///{home / database_copy.SQLITE}"
        engine = db.open_engine(url)
        try:
            if about.database == "sqlite":
                _put_back_sqlite(dumped, url)
            else:
                database_copy.refuse_used(engine)
                database_copy.put_back(dumped, url)
        finally:
            engine.dispose()
        made = home / f".{config.FILE_NAME}.new"
        made.write_text(told.text, encoding="utf-8")
        made.chmod(0o640)
        made.replace(path)
    for name in _DATABASES:
        (home / f".{name}").unlink(missing_ok=True)
    settings = config.load(home)
    signing_keys.ensure(settings)  # its own: the old ones are in no backup
    return settings, told.left_out


def _put_back_sqlite(dumped: Path, url: str) -> None:
    if not url.startswith("sqlite"):
        raise Invalid("keeping.other_database", wanted="sqlite")
    path = database_copy.sqlite_path(db.open_engine(url).url)
    path.unlink(missing_ok=True)  # of a restore that was cut off: without its settings file nobody has used it
    said = database_copy.is_sound(dumped)
    if said:
        raise SourceError("keeping.database_broken", path=dumped, reason=said)
    database_copy.put_back(dumped, url)


def _free_leases(engine: Engine) -> None:
    """Whoever held a job in the old museum holds nothing here."""
    with db.writing(engine) as session:
        session.execute(
            update(JobRow)
            .where(JobRow.state == State.LEASED)
            .values(state=State.QUEUED, lease_until=None, lease_owner="", run_after=db.utc_now())
        )


def _judge(settings: Settings, engine: Engine, on_progress: Progress | None) -> None:
    """Every object valid by OCFL, every record with its masters. The digests were compared with the list already."""
    found = check.check(settings, engine, digests=False, on_progress=on_progress)
    grave = ("check.database_broken", "check.master_missing", "check.master_invalid", "check.file_missing")
    for finding in found:
        if finding.code in grave:
            raise SourceError("keeping.not_whole", reason=finding.message("en"))


def _derive(settings: Settings, engine: Engine, stage: _Stages, workers: int) -> tuple[int, tuple[str, ...]]:
    shutil.rmtree(settings.index, ignore_errors=True)
    settings.index.mkdir(parents=True, exist_ok=True)
    done = rebuild.rebuild(settings, engine, workers=workers, on_progress=stage.of("rebuild"))
    indexer.rebuild(engine, Location.of(settings), on_progress=stage.of("index"), patience_s=30)
    collecting.collect(engine, settings)
    return done.media, done.failed


def _is_right(path: Path, kept: Kept, *, uncached: bool = False) -> bool:
    try:
        return path.stat().st_size == kept.size_bytes and blake3_file(path, uncached=uncached) == kept.blake3
    except (FileNotFoundError, NotADirectoryError):
        return False
