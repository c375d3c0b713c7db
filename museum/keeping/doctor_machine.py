"""The doctor's look at the machine: room, writing that lasts, one disk, the clock, keys and who may read what."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, func, select

from museum import config, db
from museum.accounts import signing_keys
from museum.catalog.tables import ChangeRow
from museum.config import Settings
from museum.errors import MuseumError
from museum.ingest.check import Finding, Severity
from museum.storage import disk

_ROOM_FACTOR = 5  # below this many times `keep_free_mib` somebody should think of a larger disk
_FEW_FILES = 1000
_MOST_SKEW_S = 5.0  # file time against clock: on a network disk the server's clock is the other one
_FUTURE_S = 120.0


def space(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Room for what comes, in bytes and in files."""
    del engine
    found = os.statvfs(settings.media)
    free_mib = shutil.disk_usage(settings.media).free // 2**20
    values = {"free": free_mib, "least": settings.keep_free_mib, "path": settings.media}
    if free_mib < settings.keep_free_mib:
        yield Finding(code="doctor.space_none", severity="error", values=values)
    elif free_mib < _ROOM_FACTOR * settings.keep_free_mib:
        yield Finding(code="doctor.space_low", severity="warning", values=values)
    else:
        yield Finding(code="doctor.space_ok", severity="ok", values=values)
    if found.f_files and found.f_favail < _FEW_FILES:
        yield Finding(code="doctor.files_low", severity="error", values={"free": found.f_favail})


def writing(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Write, sync, rename, read back and remove, in each folder the museum writes to."""
    del engine
    bad = 0
    for folder in (settings.home, settings.staging, settings.derived, settings.index, settings.masters_root.parent):
        data = os.urandom(4096)
        probe = folder / f".doctor-{os.getpid()}"
        try:
            disk.make_folders(folder, fsync=False)
            _write_and_rename(probe, data)
        except (OSError, MuseumError) as error:
            bad += 1
            reason = error.message("en") if isinstance(error, MuseumError) else error.strerror or str(error)
            yield Finding(code="doctor.not_writable", severity="error", values={"path": folder, "reason": reason})
    if not bad:
        yield Finding(code="doctor.writing_ok", severity="ok")


def one_disk(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Stages and masters on one file system, or a master could not appear in one rename."""
    del engine
    if settings.staging.stat().st_dev != settings.masters_root.stat().st_dev:
        values = {"staging": settings.staging, "masters": settings.masters_root}
        yield Finding(code="doctor.two_disks", severity="error", values=values)
    else:
        yield Finding(code="doctor.one_disk_ok", severity="ok")


def clock(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """The clock agrees with the disk's, and no change was made in its future."""
    probe = settings.media / f".doctor-clock-{os.getpid()}"
    try:
        probe.write_bytes(b"")
        skew = probe.stat().st_mtime - time.time()
    finally:
        probe.unlink(missing_ok=True)
    bad = 0
    if abs(skew) > _MOST_SKEW_S:
        bad += 1
        yield Finding(code="doctor.clock_skew", severity="error", values={"seconds": round(skew, 1)})
    with db.reading(engine) as session:
        newest = session.scalar(select(func.max(ChangeRow.at, type_=ChangeRow.__table__.c.at.type)))
    if newest is not None and (newest - db.utc_now()).total_seconds() > _FUTURE_S:
        bad += 1
        yield Finding(code="doctor.clock_behind", severity="error", values={"at": f"{newest:%Y-%m-%d %H:%M} UTC"})
    if not bad:
        yield Finding(code="doctor.clock_ok", severity="ok")


def secrets(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """The keys that sign cookies and links are long, random and nobody else's."""
    del engine
    found = signing_keys.weaknesses(settings)
    for code in found:
        severity: Severity = "warning" if code == "signing.missing" else "error"
        yield Finding(code=code, severity=severity, values={"path": signing_keys.path_of(settings)})
    if not found:
        yield Finding(code="doctor.key_ok", severity="ok")


def modes(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Nobody else on this machine reads secrets or the database, and nobody else writes anything."""
    bad = 0
    private = [settings.home / config.FILE_NAME]
    if engine.dialect.name == "sqlite":
        private.append(Path(engine.url.database or ""))
    for path in private:
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o007:
            bad += 1
            yield Finding(code="doctor.readable", severity="warning", values={"path": path})
    for folder in (settings.home, settings.media, settings.masters_root):
        if folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) & 0o002:
            bad += 1
            yield Finding(code="doctor.writable", severity="error", values={"path": folder})
    if not bad:
        yield Finding(code="doctor.modes_ok", severity="ok")


def _write_and_rename(probe: Path, data: bytes) -> None:
    final = probe.with_name(f"{probe.name}.done")
    try:
        disk.write_file(probe, data, fsync=True)
        probe.replace(final)
        disk.sync_folder(final.parent)
        if final.read_bytes() != data:
            raise OSError("what was read is not what was written")
    finally:
        probe.unlink(missing_ok=True)
        final.unlink(missing_ok=True)
