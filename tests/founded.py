"""An empty museum in a folder, for tests that fill it themselves."""

from pathlib import Path

from sqlalchemy import Engine

from museum import db
from museum.config import Settings
from museum.ingest import founding
from museum.migrations import schema


def founded(home: Path) -> tuple[Settings, Engine]:
    """A museum as `museum init` makes it; whoever asks gives its engine up."""
    settings = founding.write_settings(home, name_vi="Bảo tàng", name_en="Museum", language="vi")
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    return settings, engine
