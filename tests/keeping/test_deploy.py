"""What deploy/ promises: units that systemd accepts, hardened, with commands that exist; an image without root."""

import re
import shutil
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


def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    """By systemd's own word where it is installed; elsewhere at least the timers' services are there."""
    names = {path.name for path in (DEPLOY / "systemd").iterdir()}
    for timer in [name for name in names if name.endswith(".timer")]:
        assert timer.replace(".timer", ".service") in names
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/museum/bin/museum", sys.executable)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    if shutil.which("systemd-analyze") is None:
        return
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    print(f"systemd accepts {len(units)} units")


def test_the_image_is_not_root_and_says_that_it_was_never_built() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "never built" in text.splitlines()[0]
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert "--read-only" in text
