"""Each thing that can be wrong with a museum is broken here, and the doctor must find it and say what to do."""

import datetime as dt
import json
import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import pyvips
from sqlalchemy import text

from museum import db
from museum.errors import known_codes, message_of
from museum.keeping import backing_up, doctor, doctor_machine, log
from museum.storage.ocfl import Masters
from tests.keeping.breaks import TABLE, sql, versions
from tests.keeping.conftest import Home
from tests.museums import run


@pytest.fixture
def sound(home: Home, tmp_path: Path) -> Iterator[Home]:
    """A museum in which the doctor finds nothing: backed up, no leftovers of the deleted record."""
    for path in home.settings.derived.glob("??/??/*"):
        with db.reading(home.engine) as session:
            known = session.execute(text("SELECT 1 FROM media WHERE sha256 = :d"), {"d": path.name}).first()
        if known is None:
            shutil.rmtree(path)
    with db.writing(home.engine) as session:
        session.execute(text("DELETE FROM derivative WHERE sha256 NOT IN (SELECT sha256 FROM media)"))
    backing_up.backup(home.settings, home.engine, tmp_path / "sao lưu")
    yield home


def wrong(home: Home) -> dict[str, str]:
    """Code → severity of everything that isn't right."""
    return {f.code: f.severity for f in doctor.examine(home.settings, home.engine).findings if f.severity != "ok"}


def test_a_sound_museum_has_no_finding(sound: Home) -> None:
    examined = doctor.examine(sound.settings, sound.engine)
    assert {f.code: f.message("en") for f in examined.findings if f.severity != "ok"} == {}
    assert examined.is_sound
    assert len(examined.findings) >= len(doctor.CHECKS)


@pytest.fixture
def closing() -> Iterator[None]:
    """Put back what monkeypatch can't."""
    yield
    pyvips.operation_block_set("VipsForeignLoadCsv", True)
    shutil.rmtree(Path("/dev/shm") / f"museum-doctor-{os.getpid()}", ignore_errors=True)


@pytest.mark.parametrize("what", TABLE)
def test_what_is_broken_is_found(sound: Home, monkeypatch: pytest.MonkeyPatch, closing: None, what: str) -> None:
    do, code, severity = TABLE[what]
    do(sound, monkeypatch)
    found = wrong(sound)
    assert found.get(code) == severity, found
    for language in ("vi", "en"):
        assert len(message_of(code, language, {})) > 20
    if what == "no database":
        print(f"{len(TABLE)} ways to break a museum tried, each found")


def test_a_change_of_tomorrow_means_a_clock_that_is_behind(sound: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    real = db.utc_now()
    monkeypatch.setattr(doctor_machine.db, "utc_now", lambda: real - dt.timedelta(days=1))
    assert "doctor.clock_behind" in wrong(sound)


def test_every_word_of_the_doctor_is_used_and_every_code_has_words() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in Path(doctor.__file__).parent.glob("doctor*.py"))
    named = {code for code in known_codes() if code.startswith("doctor.")}
    unused = {code for code in named if f'"{code}"' not in source and not code.startswith("doctor.without_")}
    assert unused == set()
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = set(project["optional-dependencies"]) - {"dev"}
    assert {f"doctor.without_{extra}" for extra in extras} == {c for c in named if c.startswith("doctor.without_")}


def test_a_missing_extra_is_told_and_is_no_fault(sound: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    versions("imageio-ffmpeg", None)(sound, monkeypatch)
    examined = doctor.examine(sound.settings, sound.engine)
    assert "doctor.without_av" in {f.code for f in examined.findings}
    assert examined.is_sound


def test_the_command_answers_with_json_and_an_exit_code(sound: Home) -> None:
    done = run("doctor", "--json", home=sound.settings.home)
    said = json.loads(done.stdout)
    assert (done.returncode, said["sound"]) == (0, True), [f for f in said["findings"] if f["severity"] != "ok"]
    assert all(f["message"]["vi"] and f["message"]["en"] for f in said["findings"])
    assert log.examination(sound.settings) == said
    sql("UPDATE alembic_version SET version_num = '0001'")(sound, pytest.MonkeyPatch())
    done = run("doctor", home=sound.settings.home)
    assert done.returncode == 1
    assert "museum upgrade" in done.stderr


def test_the_doctor_leaves_nothing_behind(sound: Home) -> None:
    before = sorted(p for p in sound.settings.home.rglob("*"))
    doctor.examine(sound.settings, sound.engine)
    assert sorted(p for p in sound.settings.home.rglob("*")) == before
    assert Masters(sound.settings.masters_root, sound.settings.staging).recover().dropped_stages == ()
