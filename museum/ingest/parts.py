"""The parts of one museum that ingest works with, opened once."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from museum.catalog import record_types
from museum.catalog.record_types import RecordTypes
from museum.config import Settings
from museum.ingest.copies import Kitchen
from museum.storage.derivatives import Derivatives
from museum.storage.ocfl import Masters
from museum.storage.opening import open_derivatives


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Settings, database, masters and derivatives of a museum."""

    settings: Settings
    engine: Engine
    masters: Masters
    shelf: Derivatives
    types: RecordTypes

    def kitchen(self, work: Path) -> Kitchen:
        """Where derivatives are made, with `work` for work in progress."""
        return Kitchen(masters=self.masters, shelf=self.shelf, work=work)

    def object_id(self, record_id: str) -> str:
        """The OCFL object of a record."""
        return f"urn:museum:{self.settings.institution_code}:{record_id}"


def open_parts(settings: Settings, engine: Engine, *, fsync: bool = True, recovery_enabled: bool = True) -> Parts:
    """Open a museum's parts. `fsync` False is for benches, `recovery_enabled` False for the test that recovery is
    what mends."""
    masters = Masters(
        settings.masters_root,
        settings.staging,
        quarantine=settings.quarantine,
        fsync=fsync,
        verify=settings.verify_masters,
        recovery_enabled=recovery_enabled,
    )
    return Parts(
        settings=settings,
        engine=engine,
        masters=masters,
        shelf=open_derivatives(settings, fsync=fsync),
        types=record_types.load(settings.record_types),
    )
