"""What keeping has done lately, for doctor, metrics and the workbench: small JSON files beside the masters.

They are not in the database on purpose: restoring an old database must not forget when the last backup was made.
"""

import datetime as dt
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import orjson

from museum.config import Settings
from museum.storage import disk

_MOST = 50
EXAMINATION = "doctor"


@dataclass(frozen=True, kw_only=True)
class BackupNote:
    """One backup that was made (or failed: `error` in both languages): when, where to, how much, how long."""

    at: dt.datetime
    folder: str
    files: int = 0
    size_bytes: int = 0
    written_bytes: int = 0
    seconds: float = 0.0
    error: dict[str, str] | None = None


def note_backup(settings: Settings, note: BackupNote) -> None:
    """Put a backup at the top of the list."""
    put(settings, "backups", [asdict(note), *(asdict(n) for n in backups(settings))][:_MOST])


def backups(settings: Settings) -> list[BackupNote]:
    """The last backups, newest first."""
    found, known = get(settings, "backups"), {each.name for each in fields(BackupNote)}
    told = [{key: value for key, value in n.items() if key in known} for n in found or () if isinstance(n, dict)]
    return [BackupNote(**{**n, "at": dt.datetime.fromisoformat(n["at"])}) for n in told if {"at", "folder"} <= n.keys()]


def examination(settings: Settings) -> dict[str, Any] | None:
    """What the last examination found, as `doctor.Examined.to_json` says it; None for never."""
    found = get(settings, EXAMINATION)
    return found if isinstance(found, dict) else None


def put(settings: Settings, name: str, body: Any) -> None:
    """Keep `body` (JSON) under a name, in one durable rename: an upgrade's mark outlives the power. Raises OSError."""
    folder = folder_of(settings)
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f".{name}.{os.getpid()}"
    made.unlink(missing_ok=True)  # of a killed process that had this number
    disk.write_file(made, orjson.dumps(body, option=orjson.OPT_INDENT_2), fsync=True)
    made.replace(folder / f"{name}.json")
    disk.sync_folder(folder)


def get(settings: Settings, name: str) -> Any:
    """What is kept under a name; None where nothing readable is."""
    try:
        return orjson.loads((folder_of(settings) / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return None


def folder_of(settings: Settings) -> Path:
    """Where keeping's own notes lie."""
    return settings.media / "keeping"
