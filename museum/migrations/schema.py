"""Bring a catalogue's schema to the newest revision, and tell which one it has."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from museum.errors import Conflict


def upgrade(engine: Engine, *, to: str = "head") -> None:
    """Apply all missing migrations, up to revision `to`, in one transaction."""
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def head() -> str:
    """The newest revision this software knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(engine: Engine) -> str:
    """The revision the database has; "" for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def require_head(engine: Engine) -> None:
    """Raise Conflict("catalog.schema_behind") unless the database has the newest schema."""
    have, want = current(engine), head()
    if have != want:
        raise Conflict("catalog.schema_behind", have=have or "–", want=want)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
