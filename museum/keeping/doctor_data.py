"""The doctor's look at the data: schema, database, storage, a sample of fixity, and what lies about."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from museum import db
from museum.catalog.tables import DerivativeRow, MediaRow
from museum.config import Settings
from museum.errors import MuseumError
from museum.ingest.check import Finding
from museum.keeping import log
from museum.migrations import schema
from museum.storage.ocfl import Masters
from museum.storage.opening import open_derivatives
from museum.storage.recovery import object_places
from museum.storage.validate import validate_object

_WHOLE_CHECK_BYTES = 2 * 2**30  # of an SQLite file: above this, the quick check
_SAMPLE_OBJECTS = 20
_SAMPLE_BYTES = 500 * 2**20
_LEFT_AFTER_S = 86_400.0
_PROBE = "0" * 64
UPGRADE_MARK = "upgrade"


def schema_revision(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """The database has the schema of this software, and no upgrade was cut off."""
    have, want = schema.current(engine), schema.head()
    if log.get(settings, UPGRADE_MARK) is not None:
        yield Finding(code="keeping.upgrade_cut_off", severity="error")
    if have > want:
        yield Finding(code="keeping.newer_schema", severity="error", values={"have": have, "want": want})
    elif have != want:
        yield Finding(code="doctor.schema_old", severity="error", values={"have": have or "–", "want": want})
    else:
        yield Finding(code="doctor.schema_ok", severity="ok", values={"have": have})


def database(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """SQLite: write-ahead log, full sync, nothing broken, nothing pointing nowhere. PostgreSQL: it answers."""
    del settings
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            version = connection.execute(text("SHOW server_version")).scalar()
        yield Finding(code="doctor.postgresql_ok", severity="ok", values={"version": version})
        return
    path = Path(engine.url.database or "")
    pragma = "integrity_check" if path.stat().st_size <= _WHOLE_CHECK_BYTES else "quick_check"
    try:
        with engine.connect() as connection:
            mode = connection.execute(text("PRAGMA journal_mode")).scalar()
            level = connection.execute(text("PRAGMA synchronous")).scalar()
            said = connection.execute(text(f"PRAGMA {pragma}")).scalar()
            loose = len(connection.execute(text("PRAGMA foreign_key_check")).fetchall())
    except DatabaseError as error:
        yield Finding(code="check.database_broken", severity="error", values={"reason": error.orig})
        return
    if mode != "wal" or level != 2:
        yield Finding(code="doctor.not_wal", severity="error", values={"mode": mode, "level": level})
    if said != "ok":
        yield Finding(code="check.database_broken", severity="error", values={"reason": str(said).splitlines()[0]})
    elif loose:
        yield Finding(code="doctor.loose_rows", severity="error", values={"count": loose})
    elif mode == "wal" and level == 2:
        yield Finding(code="doctor.database_ok", severity="ok", values={"size": path.stat().st_size // 2**20})


def storage(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """A blob goes in, comes out the same, and goes away again; the storage root is one."""
    del engine
    shelf, data = open_derivatives(settings), os.urandom(2048)
    shelf.put(_PROBE, "doctor/probe", data)
    try:
        back = shelf.read(_PROBE, "doctor/probe")
    finally:
        shelf.drop(_PROBE)
    if back != data or shelf.has(_PROBE, "doctor/probe"):
        yield Finding(code="doctor.storage_lies", severity="error", values={"path": _derived(settings)})
        return
    Masters(settings.masters_root, settings.staging, quarantine=settings.quarantine).initialize()
    yield Finding(code="doctor.storage_ok", severity="ok")


def _derived(settings: Settings) -> str:
    return settings.derived_url or str(settings.derived)


def fixity(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Some objects of the masters, chosen by chance, read again byte by byte."""
    del engine
    places = list(object_places(settings.masters_root))
    checked = size = bad = 0
    for place in random.sample(places, min(_SAMPLE_OBJECTS, len(places))):
        if size > _SAMPLE_BYTES:
            break
        try:
            problems = [p for p in validate_object(place) if p.is_error]
            reason = f"{problems[0].code} {problems[0].message}" if problems else ""
        except MuseumError as error:
            reason = error.message("en")
        if reason:
            bad += 1
            yield Finding(code="doctor.master_broken", severity="error", values={"id": place.name, "reason": reason})
        checked += 1
        size += sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    if not bad:
        values = {"count": checked, "of": len(places), "size": size // 2**20}
        yield Finding(code="doctor.fixity_ok", severity="ok", values=values)


def orphans(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Files nobody knows: derivatives of masters that are gone, what a crash left, what lies in quarantine."""
    with db.reading(engine) as session:
        known = set(session.scalars(select(MediaRow.sha256))) | set(session.scalars(select(DerivativeRow.sha256)))
    strangers = _strangers(settings, known)
    left = [
        path
        for folder in (settings.staging, settings.derived / ".incoming", settings.media / "work")
        for path in (folder.iterdir() if folder.is_dir() else ())
        if time.time() - path.stat().st_mtime > _LEFT_AFTER_S
    ]
    kept = list(settings.quarantine.iterdir()) if settings.quarantine.is_dir() else []
    if strangers:
        values = {"count": len(strangers), "path": strangers[0]}
        yield Finding(code="doctor.orphans", severity="warning", values=values)
    if left:
        yield Finding(code="doctor.left_over", severity="warning", values={"count": len(left), "path": left[0]})
    if kept:
        yield Finding(code="doctor.quarantined", severity="warning", values={"count": len(kept), "path": kept[0]})
    if not (strangers or left or kept):
        yield Finding(code="doctor.orphans_ok", severity="ok")


def _strangers(settings: Settings, known: set[str]) -> list[str]:
    """Where derivatives lie of masters that nobody knows."""
    if not settings.derived_url:
        return [str(path) for path in settings.derived.glob("??/??/*") if path.name not in known]
    folders = {key.parts[:3] for key in open_derivatives(settings).blobs.list() if len(key.parts) > 3}
    return ["/".join((settings.derived_url, *folder)) for folder in sorted(folders) if folder[2] not in known]
