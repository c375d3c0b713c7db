"""PostgreSQL's programs connect as the address says, and what they refuse is told."""

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from museum.errors import BackendError
from museum.keeping import database_copy

URL = "postgresql+psycopg://lan:m%E1%BA%ADt@db.example:5433/hue?sslmode=verify-full&sslrootcert=/etc/ssl/hue.pem"
SCRIPT = """#!/bin/sh
for each in "$@"; do case "$each" in --file=*) out="${each#--file=}";; esac; done
{ echo "$*"; env; } > "$out"
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pg_dump that writes down how it was called."""
    made = tmp_path / "bin" / "pg_dump"
    made.parent.mkdir()
    made.write_text(SCRIPT)
    made.chmod(0o755)
    monkeypatch.setenv("PATH", f"{made.parent}{os.pathsep}{os.environ['PATH']}")
    return made


def test_a_secured_line_stays_secured_and_the_password_stays_off_the_command_line(
    tmp_path: Path, program: Path
) -> None:
    engine = create_engine(URL)
    written = (tmp_path / database_copy.copy_out(engine, tmp_path)).read_text(encoding="utf-8").splitlines()
    assert {"PGSSLMODE=verify-full", "PGSSLROOTCERT=/etc/ssl/hue.pem", "PGPASSWORD=mật"} <= set(written)
    assert "--host=db.example --port=5433 --username=lan" in written[0]
    assert "mật" not in written[0]
    engine.dispose()


@pytest.mark.parametrize("script", ["#!/bin/sh\necho 'certificate verify failed' >&2; exit 1\n", "#!/no/such/shell\n"])
def test_what_a_program_refuses_is_told(tmp_path: Path, program: Path, script: str) -> None:
    program.write_text(script)
    engine = create_engine(URL)
    with pytest.raises(BackendError) as caught:
        database_copy.copy_out(engine, tmp_path)
    assert caught.value.code == "keeping.program_failed"
    engine.dispose()
