"""A consistent copy of the catalogue's database while it is in use, and its way back."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, Engine, inspect, make_url

from museum.errors import BackendError, Conflict
from museum.storage import disk

SQLITE, POSTGRESQL = "museum.db", "museum.dump"
_TIMEOUT_S = 6 * 3600
_IN_ENVIRONMENT = {  # parameters of an address → libpq's variables (PostgreSQL 15 §34.15), which its programs read
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL",
    "channel_binding": "PGCHANNELBINDING",
    "gssencmode": "PGGSSENCMODE",
    "krbsrvname": "PGKRBSRVNAME",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


def copy_out(engine: Engine, folder: Path) -> str:
    """Copy the database into `folder` as of one moment, writers at work or not; gives the file's name.

    Raises BackendError keeping.database_refuses, for PostgreSQL keeping.program_missing and keeping.program_failed.
    """
    if engine.dialect.name == "sqlite":
        vacuum_into(sqlite_path(engine.url), folder / SQLITE)
        return SQLITE
    target = folder / POSTGRESQL
    # The search index is rebuilt from the catalogue: it needs no copy.
    options = ["--format=custom", "--no-owner", "--no-privileges", "--exclude-schema=museum_search*"]
    _run("pg_dump", engine.url, [*options, f"--file={target}"])
    target.chmod(0o600)
    return POSTGRESQL


def put_back(file: Path, url: str) -> None:
    """Make the empty database `url` hold what `copy_out` wrote to `file`.

    Raises Conflict keeping.database_taken when it holds something already.
    """
    target = make_url(url)
    if target.drivername.startswith("sqlite"):
        path = sqlite_path(target)
        if path.exists():
            raise Conflict("keeping.database_taken", database=path)
        made = path.with_name(f".{path.name}.restored")
        with disk.errors_named(path):
            shutil.copyfile(file, made)
            made.chmod(0o640)
            with made.open("rb") as written:
                os.fsync(written.fileno())
            made.replace(path)
            disk.sync_folder(path.parent)
        return
    _run("pg_restore", target, ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(file)])


def replace(file: Path, url: str) -> None:
    """Make a PostgreSQL database hold what `copy_out` wrote to `file`, whatever it holds now; all or nothing."""
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", make_url(url), [*options, str(file)])


def refuse_used(engine: Engine) -> None:
    """Raise Conflict keeping.database_taken unless the database is empty."""
    if inspect(engine).get_table_names():
        raise Conflict("keeping.database_taken", database=engine.url.render_as_string(hide_password=True))


def vacuum_into(source: Path, target: Path) -> None:
    """A compact, consistent copy of an SQLite database, durable on the disk (SQLite: VACUUM INTO)."""
    try:
        connection = sqlite3.connect(source, timeout=60)
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
        target.chmod(0o600)
        with target.open("rb") as written:
            os.fsync(written.fileno())
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise BackendError("keeping.database_refuses", path=source, reason=error) from error


def is_sound(path: Path) -> str:
    """ "" when SQLite finds nothing wrong in the file, else what it says (PRAGMA integrity_check)."""
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            said = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error as error:
        return str(error)
    return "" if said == "ok" else said


def sqlite_path(url: URL) -> Path:
    """The file of an SQLite database."""
    return Path(url.database or "")


def _run(program: str, url: URL, arguments: list[str]) -> None:
    """Run one of PostgreSQL's client programs on a database; the password never stands on the command line."""
    if shutil.which(program) is None:
        raise BackendError("keeping.program_missing", program=program)
    host = url.host or url.query.get("host") or ""
    where = [f"--dbname={url.database}", *([f"--host={host}"] if host else [])]
    where += [f"--port={url.port}"] if url.port else []
    where += [f"--username={url.username}"] if url.username else []
    environment = {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": str(url.password)} if url.password else {})}
    # The address's own words on how to connect, above all whether and by which certificate the line is secured.
    environment |= {name: str(url.query[word]) for word, name in _IN_ENVIRONMENT.items() if word in url.query}
    try:
        done = subprocess.run(
            [program, "--no-password", *where, *arguments],
            capture_output=True,
            text=True,
            env=environment,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BackendError("keeping.program_failed", program=program, reason=error) from error
    if done.returncode:
        raise BackendError("keeping.program_failed", program=program, reason=done.stderr.strip()[-600:])
