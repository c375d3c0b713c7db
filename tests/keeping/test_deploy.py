"""What deploy/ promises: units that systemd accepts, hardened, with commands that exist; an image without root."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from museum.cli.main import main

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateMounts": "yes",
    "PrivateDevices": "yes",
    "RestrictNamespaces": "yes",
    "CapabilityBoundingSet": "",
    "LockPersonality": "yes",
}


def settings_of(unit: Path) -> list[tuple[str, str]]:
    lines = unit.read_text(encoding="utf-8").splitlines()
    return [(m[1], m[2]) for line in lines if (m := re.fullmatch(r"([A-Za-z]+)=(.*)", line))]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_hardened_and_calls_what_exists(unit: Path) -> None:
    given = settings_of(unit)
    assert {name: value for name, value in given if name in HARDENED} == HARDENED
    assert ("User", "museum") in given
    assert any(name == "MemoryMax" for name, _ in given)
    calls = [value for name, value in given if name.startswith("ExecStart")]
    for call in calls:
        program, command, *arguments = call.lstrip("-").split()
        assert program == "/opt/museum/bin/museum"
        options = {option for parameter in main.commands[command].params for option in parameter.opts}
        assert {a for a in arguments if a.startswith("--")} <= options
    # Parsers are bounded by setrlimit, which @resources would forbid.
    assert not any("@resources" in value for name, value in given if name == "SystemCallFilter")


def test_each_timer_has_its_service() -> None:
    names = {path.name for path in (DEPLOY / "systemd").iterdir()}
    timers = [name for name in names if name.endswith(".timer")]
    assert {timer.replace(".timer", ".service") for timer in timers} <= names
    assert len(timers) == 2


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units, with a program that is there on this machine."""
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/museum/bin/museum", sys.executable)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return sorted(tmp_path.iterdir())


def analyzed(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.mark.systemd
def test_systemd_accepts_every_unit(units: list[Path]) -> None:
    done = analyzed("verify", "--man=no", *units)
    assert (done.returncode, done.stderr) == (0, "")
    wrong = units[0].with_name("wrong.service")
    wrong.write_text(f"{units[0].read_text(encoding='utf-8')}\nProtectSystems=strict\n", encoding="utf-8")
    assert "ProtectSystems" in analyzed("verify", "--man=no", wrong).stderr, "the control"
    print(f"systemd accepts {len(units)} units")


@pytest.mark.systemd
def test_systemd_finds_little_exposed(units: list[Path]) -> None:
    """Of ten points of exposure at most 1.5 for what serves and makes pictures (it compiles), 1.1 for the others."""
    services = [unit for unit in units if unit.suffix == ".service"]
    for unit in services:
        most = 15 if unit.stem in ("museum", "museum-work") else 11
        done = analyzed("security", "--offline=true", "--no-pager", f"--threshold={most}", unit)
        assert done.returncode == 0, done.stdout[-300:]
    bare = units[0].with_name("bare.service")
    bare.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    assert analyzed("security", "--offline=true", "--no-pager", "--threshold=15", bare).returncode != 0, "the control"
    print(f"{len(services)} services looked at")


def test_the_image_is_not_root_and_says_that_it_was_never_built() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "never built" in text.splitlines()[0]
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert "--read-only" in text
