"""A PostgreSQL cluster for tests: own data folder, unix socket only, ended with the session."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import create_engine, text


def server_programs() -> Path | None:
    """The folder of initdb and pg_ctl, newest version first; None when not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    return found[0].parent if found else None


def emptied(url: str) -> str:
    """`url`, with nothing left in its database, no search index either."""
    engine = create_engine(url)
    with engine.begin() as connection:
        found = connection.execute(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'museum_search%'"))
        for (name,) in found.all():
            connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


class Cluster:
    """One throw-away cluster. PostgreSQL refuses to run as root, so there it runs as the user `postgres`."""

    def __init__(self, folder: Path) -> None:
        del folder  # a socket's path may have 107 bytes at most, and pytest's folders are long and private
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:
            shutil.chown(self.folder, "postgres")
        self._user = "postgres" if self._as_user else pwd.getpwuid(os.geteuid()).pw_name

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database `postgres`."""
        return f"postgresql+psycopg://{self._user}@/postgres?host={self.folder}"

    def start(self) -> None:
        """Make and start the cluster."""
        self._run(
            "initdb", "-D", str(self.folder / "data"), "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"
        )
        options = f"-c listen_addresses='' -c fsync=off -k {self.folder}"
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-o", options, "-l", str(self.folder / "log"), "-w", "start"
        )

    def stop(self) -> None:
        """Stop it and remove its folder."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        folder = server_programs()
        assert folder is not None
        done = subprocess.run(
            [*self._as_user, str(folder / program), *arguments], cwd="/", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
