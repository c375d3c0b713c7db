"""The demonstration: generating, taking in and publishing the collection, as a command on an empty home."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LIMITS_S = {"small": 20, "full": 360}


def run() -> list[dict[str, Any]]:
    """`museum demo --small` (median of three) and `museum demo`, each on an empty home, until the command returns."""
    small = sorted(_seconds("--small") for _ in range(3))[1]
    return [
        _row("museum demo --small", small, LIMITS_S["small"], "median of three"),
        _row("museum demo", _seconds(), LIMITS_S["full"], "27 records, 114 generated files"),
    ]


def _row(name: str, seconds: float, limit: int, note: str) -> dict[str, Any]:
    return {"name": name, "ours": round(seconds, 1), "unit": "s", "limit": limit, "note": note}


def _seconds(*options: str) -> float:
    with tempfile.TemporaryDirectory() as name:
        command = [str(Path(sys.executable).parent / "museum"), "demo", *options, "--home", str(Path(name) / "home")]
        began = time.monotonic()
        subprocess.run(command, check=True, capture_output=True)
        return time.monotonic() - began
