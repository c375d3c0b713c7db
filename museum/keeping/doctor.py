"""`museum doctor`: is everything here that a museum needs, and does it work? (trust.md §9)

`museum check` judges the collection, every byte of it; the doctor looks at the machine, the software and the state of
the work in some seconds, also where the database can't be opened at all. Each finding says what to do.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from museum.config import Settings
from museum.db import utc_now
from museum.errors import MuseumError
from museum.ingest.check import Finding
from museum.keeping import doctor_data, doctor_machine, doctor_people, doctor_software, doctor_work, log

Check = Callable[[Settings, Engine], Iterator[Finding]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("libraries", doctor_software.libraries),
    ("extras", doctor_software.extras),
    ("loaders", doctor_software.loaders),
    ("language", doctor_software.language),
    ("offline", doctor_software.offline),
    ("space", doctor_machine.space),
    ("writing", doctor_machine.writing),
    ("one_disk", doctor_machine.one_disk),
    ("clock", doctor_machine.clock),
    ("secrets", doctor_machine.secrets),
    ("modes", doctor_machine.modes),
    ("schema", doctor_data.schema_revision),
    ("database", doctor_data.database),
    ("factors", doctor_people.factors),
    ("storage", doctor_data.storage),
    ("fixity", doctor_data.fixity),
    ("orphans", doctor_data.orphans),
    ("queue", doctor_work.queue_age),
    ("leases", doctor_work.leases),
    ("index", doctor_work.index),
    ("backups", doctor_work.backups),
)


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What an examination found, and when."""

    at: dt.datetime
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """True when nothing is wrong (warnings allowed)."""
        return all(finding.severity != "error" for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON with each message in both languages."""
        return {
            "at": self.at.isoformat(),
            "sound": self.is_sound,
            "findings": [finding.to_json() for finding in self.findings],
        }


def examine(settings: Settings, engine: Engine) -> Examined:
    """Look at everything; one check that breaks is a finding, not the end. Writes and removes small probes."""
    found: list[Finding] = []
    for name, check in CHECKS:
        try:
            found += check(settings, engine)
        except (MuseumError, SQLAlchemyError, OSError) as error:
            reason = error.message("en") if isinstance(error, MuseumError) else _first_line(error)
            found.append(Finding(code="doctor.broken", severity="error", values={"check": name, "reason": reason}))
    return Examined(at=utc_now(), findings=tuple(found))


def note(settings: Settings, examined: Examined) -> None:
    """Keep what was found for the workbench and the metrics; nothing happens where nothing can be written."""
    try:
        log.put(settings, log.EXAMINATION, examined.to_json())
    except OSError:
        return


def _first_line(error: Exception) -> str:
    reason = str(getattr(error, "orig", None) or error)
    return reason.splitlines()[0][:300] if reason else type(error).__name__
