"""`museum backup`: database, masters, settings without secrets and record types, copied while the museum serves.

The database is copied first, then the masters. Masters are there before their record is (see `ingest.writing`) and are
never changed, so every record of the copied database has its masters in the copy; the one thing that destroys a master
(taking the demonstration out) waits until the backup is done.
"""

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine, func, select

from museum import config, db
from museum.accounts import signing_keys
from museum.catalog.tables import RecordRow
from museum.config import Settings
from museum.errors import BackendError, Conflict, Invalid, MuseumError
from museum.ingest import mirroring
from museum.ingest.lock import no_purge
from museum.ingest.parts import open_parts
from museum.keeping import contents, copying, database_copy, generations, log, master_listing, settings_copy
from museum.keeping.contents import About, Kept
from museum.keeping.copying import Progress, Wanted
from museum.keeping.log import BackupNote
from museum.migrations import schema
from museum.storage.digests import blake3_file

MEDIA, MASTERS, DERIVED, QUARANTINE, TYPES = (
    "media",
    "media/masters",
    "media/derived",
    "media/quarantine",
    "record_types",
)
_INCOMING = ".incoming"
_SPARE_BYTES = 16 * 2**20


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """A backup that is whole: where it lies, what it holds, what was written for it, and which old ones went.

    `elsewhere`: where derivatives lie that were asked for and aren't in it, "" otherwise.
    """

    folder: Path
    files: int
    size_bytes: int
    written_bytes: int
    linked_files: int
    seconds: float
    left_out: tuple[str, ...]
    dropped: tuple[str, ...]
    elsewhere: str = ""


def backup(
    settings: Settings,
    engine: Engine,
    destination: Path,
    *,
    keep: int = 7,
    with_derivatives: bool = False,
    on_progress: Progress | None = None,
) -> BackedUp:
    """Make a new backup in `destination` and keep the newest `keep` of this museum there.

    What an earlier backup there holds unchanged is hard-linked. Derivatives in an S3 service are left there: they can
    be made again, and whoever keeps that service keeps copies of it. Raises Invalid keeping.inside_museum, Conflict
    keeping.backup_running or keeping.purge_running, BackendError for a full disk or an unwilling database.
    """
    destination = destination.expanduser().resolve()
    for folder in (settings.home, settings.media):
        if destination == folder or folder in destination.parents:
            raise Invalid("keeping.inside_museum", path=destination, home=folder)
    elsewhere = settings.derived_url if with_derivatives else ""
    with_derivatives = with_derivatives and not elsewhere
    began = time.monotonic()
    with suppress(Conflict):  # an ingest is running, and writes its masters itself
        mirroring.mirror(open_parts(settings, engine))
    at = db.utc_now()
    try:
        with generations.only_backup(destination), no_purge(settings):
            made = generations.unfinished(destination)
            files, copied, left_out = _fill(
                settings, engine, destination, made, with_derivatives=with_derivatives, on_progress=on_progress
            )
            about = _about(settings, engine, at, with_derivatives=with_derivatives)
            copying.flush(made)
            contents.write(made, about, files)
            folder = generations.finish(made, at)
            dropped = generations.drop_old(
                destination, keep=keep, institution_code=about.institution_code, name=about.name
            )
    except MuseumError as error:
        _note(settings, BackupNote(at=at, folder=str(destination), error=_words(error)))
        raise
    done = BackedUp(
        folder=folder,
        files=len(files),
        size_bytes=sum(file.size_bytes for file in files),
        written_bytes=copied.written_bytes,
        linked_files=copied.linked_files,
        seconds=time.monotonic() - began,
        left_out=left_out,
        dropped=dropped,
        elsewhere=elsewhere,
    )
    note = BackupNote(
        at=at,
        folder=str(folder),
        files=done.files,
        size_bytes=done.size_bytes,
        written_bytes=done.written_bytes,
        seconds=round(done.seconds, 2),
    )
    _note(settings, note)
    return done


def _note(settings: Settings, note: BackupNote) -> None:
    """Keep what became of a backup. A full disk of the museum's must not hide it, nor undo one that is whole."""
    with suppress(OSError):
        log.note_backup(settings, note)


def _fill(
    settings: Settings,
    engine: Engine,
    destination: Path,
    made: Path,
    *,
    with_derivatives: bool,
    on_progress: Progress | None,
) -> tuple[tuple[Kept, ...], copying.Copied, tuple[str, ...]]:
    """Copy everything into `made`: (its files, what the copying cost, settings left out)."""
    database = made / database_copy.copy_out(engine, made)
    told = settings_copy.without_secrets((settings.home / config.FILE_NAME).read_text(encoding="utf-8"))
    wanted = [*_listed(settings, with_derivatives=with_derivatives)]
    wanted.append(Wanted(settings.home, config.FILE_NAME, len(told.text.encode()), 0, data=told.text.encode()))
    mine = generations.of_museum(destination, institution_code=settings.institution_code, name=settings.name.say("vi"))
    earlier = mine[0] if mine else None
    known = contents.read(earlier.folder)[1] if earlier is not None else {}
    fresh = sum(w.size_bytes for w in wanted if w.path not in known)
    if copying.free_bytes(made) < fresh + _SPARE_BYTES:
        values = {"path": destination, "needed": fresh // 2**20 + 16, "free": copying.free_bytes(made) // 2**20}
        raise BackendError("keeping.no_room", **values)
    copied = copying.copy_all(
        wanted, made, earlier=earlier.folder if earlier else None, known=known, on_progress=on_progress
    )
    found = database.stat()
    of_database = Kept(database.name, found.st_size, blake3_file(database, uncached=True), found.st_mtime_ns)
    keys = (signing_keys.FILE_NAME,) if signing_keys.path_of(settings).is_file() else ()
    return (*copied.files, of_database), copied, (*told.left_out, *keys)


def _listed(settings: Settings, *, with_derivatives: bool) -> Iterator[Wanted]:
    if settings.masters_root.is_dir():
        yield from master_listing.masters(settings.masters_root, MASTERS)
    if settings.quarantine.is_dir():
        yield from copying.listed(settings.quarantine, QUARANTINE)
    if settings.record_types.is_dir():
        yield from copying.listed(settings.record_types, TYPES)
    if with_derivatives and settings.derived.is_dir():
        yield from copying.listed(settings.derived, DERIVED, may_vanish=True, without=(_INCOMING,))


def _about(settings: Settings, engine: Engine, at: dt.datetime, *, with_derivatives: bool) -> About:
    with db.reading(engine) as session:
        records = session.scalar(select(func.count()).select_from(RecordRow)) or 0
    return About(
        made_at=at,
        name=settings.name.say("vi"),
        institution_code=settings.institution_code,
        software=version("museum"),
        revision=schema.current(engine),
        database=engine.dialect.name,
        with_derivatives=with_derivatives,
        records=records,
    )


def _words(error: MuseumError) -> dict[str, str]:
    return {language: error.message(language) for language in ("vi", "en")}
