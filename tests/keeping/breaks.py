"""The ways in which a museum can be broken, for the doctor to find: what is done, the code told, its severity."""

import datetime as dt
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
import pyvips
from sqlalchemy import create_engine, text

from museum import db
from museum.accounts import people, policy, second_factor
from museum.accounts.signing_keys import SigningKey
from museum.catalog import changes
from museum.config import Settings
from museum.keeping import contents, doctor_data, doctor_machine, doctor_software, log
from museum.keeping.log import BackupNote
from museum.storage.derivatives import Derivatives
from tests.keeping.conftest import Home

OPERATOR = policy.operator("hoa")
Break = Callable[[Home, pytest.MonkeyPatch], Any]


def sql(statement: str, **values: object) -> Break:
    def _break(home: Home, _: pytest.MonkeyPatch) -> None:
        with db.writing(home.engine) as session:
            session.execute(text(statement), values)

    return _break


def job(state: str, *, minutes: int, lease: int | None = None) -> Break:
    def _break(home: Home, _: pytest.MonkeyPatch) -> None:
        at = db.utc_now() - dt.timedelta(minutes=minutes)
        until = None if lease is None else db.utc_now() - dt.timedelta(minutes=lease)
        values = {"at": _stored(at), "until": None if until is None else _stored(until), "state": state}
        with db.writing(home.engine) as session:
            session.execute(
                text(
                    "INSERT INTO job (kind, key, payload, priority, state, run_after, lease_until, lease_owner, tries,"
                    " max_tries, created_at) VALUES ('derive', 'k', '{}', 0, :state, :at, :until, '', 0, 5, :at)"
                ),
                values,
            )

    return _break


def _stored(at: dt.datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ")


def chmod(path: Callable[[Settings], Path], mode: int) -> Break:
    return lambda home, _: path(home.settings).chmod(mode)


def versions(name: str, version: str | None) -> Break:
    def _break(_: Home, patch: pytest.MonkeyPatch) -> None:
        real = metadata.version

        def fake(asked: str) -> str:
            if asked != name:
                return real(asked)
            if version is None:
                raise metadata.PackageNotFoundError(asked)
            return version

        patch.setattr(metadata, "version", fake)

    return _break


def setting(**values: object) -> Break:
    def _break(home: Home, _: pytest.MonkeyPatch) -> None:
        for name, value in values.items():
            object.__setattr__(home.settings, name, value)

    return _break


def note_backups(*notes: tuple[int, str]) -> Break:
    """Backups of so many days ago, with their errors."""

    def _break(home: Home, _: pytest.MonkeyPatch) -> None:
        log.put(home.settings, "backups", [])
        for days, error in notes:
            said = {"vi": error, "en": error} if error else None
            at = db.utc_now() - dt.timedelta(days=days)
            log.note_backup(home.settings, BackupNote(at=at, folder=str(home.settings.home), error=said))

    return _break


def backup_before_sealing(home: Home, _: pytest.MonkeyPatch) -> None:
    whole = next(note for note in log.backups(home.settings) if note.error is None)
    about, files = contents.read(Path(whole.folder))
    contents.write(Path(whole.folder), replace(about, revision="0008"), files.values())


def flip_a_bit(home: Home, _: pytest.MonkeyPatch) -> None:
    path = next(home.settings.masters_root.rglob("*.jpg"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def break_the_database(home: Home, _: pytest.MonkeyPatch) -> None:
    home.engine.dispose()
    path = home.settings.home / "museum.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_identifier_value'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size + size // 2)
        file.write(os.urandom(size // 2))


def not_in_wal(home: Home, patch: pytest.MonkeyPatch) -> None:
    del patch
    home.engine.dispose()
    connection = sqlite3.connect(home.settings.home / "museum.db")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    home.engine = create_engine(home.settings.database)


def loose_row(home: Home, _: pytest.MonkeyPatch) -> None:
    home.engine.dispose()
    connection = sqlite3.connect(home.settings.home / "museum.db")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("UPDATE media SET record_id = 'bcdfghjk0' WHERE id = (SELECT min(id) FROM media)")
    connection.commit()
    connection.close()


def lying_storage(home: Home, patch: pytest.MonkeyPatch) -> None:
    real = Derivatives.read
    patch.setattr(Derivatives, "read", lambda *asked: real(*asked)[:-1])


def clock_off(home: Home, patch: pytest.MonkeyPatch) -> None:
    real = time.time
    patch.setattr(doctor_machine.time, "time", lambda: real() + 600)


def other_disk(home: Home, patch: pytest.MonkeyPatch) -> None:
    """A file system of its own for the stages (tmpfs, where root may mount; else /dev/shm is one)."""
    foreign = Path("/dev/shm") / f"museum-doctor-{os.getpid()}"
    foreign.mkdir()
    patch.setattr(Settings, "staging", property(lambda _: foreign))


def few_inodes(home: Home, patch: pytest.MonkeyPatch) -> None:
    real = os.statvfs(home.settings.media)
    names = [name for name in dir(real) if name.startswith("f_")]
    full = SimpleNamespace(**{name: getattr(real, name) for name in names} | {"f_files": 1_000_000, "f_favail": 3})
    patch.setattr(doctor_machine.os, "statvfs", lambda _: full)


def cannot_sync(home: Home, patch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def refuse(descriptor: int) -> None:
        if "doctor" in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(5, "Input/output error")
        real(descriptor)

    patch.setattr(os, "fsync", refuse)


def another_master(home: Home, _: pytest.MonkeyPatch) -> None:
    old = home.settings.quarantine / "abc-v3"
    old.mkdir(parents=True)


def left_stage(home: Home, _: pytest.MonkeyPatch) -> None:
    stage = home.settings.staging / "1b4e28ba"
    stage.mkdir()
    os.utime(stage, (time.time() - 200_000, time.time() - 200_000))


def stray_derivative(home: Home, _: pytest.MonkeyPatch) -> None:
    folder = home.settings.derived / "ab" / "cd" / ("abcd" + "0" * 60)
    folder.mkdir(parents=True)


def index_ahead(home: Home, _: pytest.MonkeyPatch) -> None:
    home.engine.dispose()
    connection = sqlite3.connect(home.settings.home / "museum.db")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DELETE FROM change WHERE seq > 3")
    connection.commit()
    connection.close()


def index_behind(home: Home, _: pytest.MonkeyPatch) -> None:
    at = _stored(db.utc_now() - dt.timedelta(hours=1))
    with db.writing(home.engine) as session:
        seq = changes.last_seq(session) + 1
        columns = {row[1] for row in session.execute(text("PRAGMA table_info(change)"))}
        more = [c for c in columns if c in ("hash", "digest", "previous", "prior")]
        names = ", ".join(["seq", "at", "person", "batch", "record_id", "subject", "action", *more])
        session.execute(
            text(
                f"INSERT INTO change ({names}) VALUES ({seq}, '{at}', 'u1', 'b', 'bcdfghjk0', 'record', 'create'"
                + ", ''" * len(more)
                + ")"
            )
        )


def administrator(home: Home, _: pytest.MonkeyPatch) -> None:
    object.__setattr__(home.settings, "second_factor_roles", "")
    with db.writing(home.engine) as session:
        people.create(session, "quan@baotang.example", name="Quân", by=OPERATOR, grants=[people.WHOLE])


def sealed_by_another_key(home: Home, _: pytest.MonkeyPatch) -> None:
    with db.writing(home.engine) as session:
        user = people.create(session, "hoa@baotang.example", name="Hoa", by=OPERATOR)
        lost = (SigningKey.of("khóa của bảo tàng trước khi khôi phục"),)
        totp = pyotp.TOTP(second_factor.begin(session, user.id, issuer="x", keys=lost).secret)
        second_factor.confirm(session, user.id, totp.now(), keys=lost)


TABLE: dict[str, tuple[Break, str, str]] = {
    "old Python": (lambda _, p: p.setattr(sys, "version_info", (3, 9, 2)), "doctor.python_old", "error"),
    "old library": (versions("tantivy", "0.20"), "doctor.library_old", "error"),
    "missing library": (versions("blake3", None), "doctor.library_missing", "error"),
    "open loaders": (
        lambda *_: pyvips.operation_block_set("VipsForeignLoadCsv", False),
        "doctor.loaders_open",
        "error",
    ),
    "not UTF-8": (
        lambda _, p: p.setattr(sys, "getfilesystemencoding", lambda: "ascii"),
        "doctor.not_utf8",
        "error",
    ),
    "no fonts": (lambda _, p: p.setattr(doctor_software, "_built", dict), "doctor.no_fonts", "error"),
    "renaming disk": (
        lambda _, p: p.setattr(doctor_software, "_PROBE", "A\u0309nh Đỉnh"),  # taken apart, as some disks do
        "doctor.names_changed",
        "error",
    ),
    "foreign script": (
        lambda _, p: p.setattr(
            doctor_software,
            "_built",
            lambda: {"a-vietnamese.woff2": b"", "site.css": b"@import 'https://cdn.example.com/x'"},
        ),
        "doctor.fetches",
        "error",
    ),
    "no room": (setting(keep_free_mib=10**9), "doctor.space_none", "error"),
    "little room": (
        lambda h, p: setting(keep_free_mib=shutil.disk_usage("/").free // 2**20 // 2)(h, p),
        "doctor.space_low",
        "warning",
    ),
    "no inodes": (few_inodes, "doctor.files_low", "error"),
    "disk that can't sync": (cannot_sync, "doctor.not_writable", "error"),
    "two disks": (other_disk, "doctor.two_disks", "error"),
    "clock against disk": (clock_off, "doctor.clock_skew", "error"),
    "weak key": (setting(secret_key="mật khẩu"), "signing.weak", "error"),
    "no key": (lambda h, _: (h.settings.home / "secret.key").unlink(), "signing.missing", "warning"),
    "lost key": (sealed_by_another_key, "doctor.factors_sealed", "error"),
    "administrator with a password alone": (administrator, "doctor.administrators_bare", "warning"),
    "readable settings": (chmod(lambda s: s.home / "museum.toml", 0o644), "doctor.readable", "warning"),
    "readable database": (chmod(lambda s: s.home / "museum.db", 0o644), "doctor.readable", "warning"),
    "writable masters": (chmod(lambda s: s.masters_root, 0o777), "doctor.writable", "error"),
    "old schema": (sql("UPDATE alembic_version SET version_num = '0001'"), "doctor.schema_old", "error"),
    "newer schema": (sql("UPDATE alembic_version SET version_num = '9999'"), "keeping.newer_schema", "error"),
    "upgrade cut off": (
        lambda h, _: log.put(h.settings, doctor_data.UPGRADE_MARK, {}),
        "keeping.upgrade_cut_off",
        "error",
    ),
    "damaged database": (break_the_database, "check.database_broken", "error"),
    "no write-ahead log": (not_in_wal, "doctor.not_wal", "error"),
    "loose row": (loose_row, "doctor.loose_rows", "error"),
    "lying storage": (lying_storage, "doctor.storage_lies", "error"),
    "flipped bit": (flip_a_bit, "doctor.master_broken", "error"),
    "stray derivative": (stray_derivative, "doctor.orphans", "warning"),
    "left stage": (left_stage, "doctor.left_over", "warning"),
    "quarantine": (another_master, "doctor.quarantined", "warning"),
    "waiting job": (job("queued", minutes=60), "doctor.queue_old", "warning"),
    "dead letter": (job("dead", minutes=60), "doctor.jobs_dead", "error"),
    "dead lease": (job("leased", minutes=60, lease=40), "doctor.leases_dead", "warning"),
    "no index": (lambda h, _: shutil.rmtree(h.settings.index), "doctor.index_none", "error"),
    "index behind": (index_behind, "doctor.index_behind", "warning"),
    "index of another database": (index_ahead, "doctor.index_ahead", "error"),
    "no backup": (note_backups(), "doctor.backup_none", "warning"),
    "backup of last week": (note_backups((5, "")), "doctor.backup_old", "warning"),
    "backup of last month": (note_backups((30, "")), "doctor.backup_old", "error"),
    "backup failed": (note_backups((1, ""), (0, "ổ đĩa đầy")), "doctor.backup_failed", "error"),
    "backup disk away": (
        lambda h, _: log.put(
            h.settings,
            "backups",
            [{"at": db.utc_now(), "folder": "/no/such/disk", "files": 1}],
        ),
        "doctor.backup_away",
        "warning",
    ),
    "backup from before sealing": (backup_before_sealing, "doctor.backups_unsealed", "warning"),
    "no database": (
        lambda h, _: (h.engine.dispose(), (h.settings.home / "museum.db").unlink()),
        "doctor.broken",
        "error",
    ),
}
