"""Which engines there are, and how an index is opened on one: beside its words, in a folder or in a database."""

from importlib import import_module
from pathlib import Path
from zlib import crc32

from museum.errors import BackendError, Invalid
from museum.search.engine import Engine
from museum.search.rows import SqliteRows
from museum.search.words import FILE_NAME, Words

FILE_ENGINES = {"tantivy": "TantivyEngine", "whoosh": "WhooshEngine"}
POSTGRESQL = "postgresql"
RIGHT_UP_TO = {"whoosh": 20_000}  # records; beyond it every second question takes longer than a tenth of a second
ENGINES = (*FILE_ENGINES, POSTGRESQL)


def open_parts(folder: Path, *, engine: str, database: str = "", is_made: bool = False) -> tuple[Engine, Words]:
    """The engine and the words of the index in `folder`, made when they are not there.

    The index of "postgresql" lies in a schema of `database` that is named after `folder`. `is_made`: it must be there,
    BackendError("search.unreadable") when it is not: a rebuild may have dropped it since the caller heard of it.
    Raises Invalid("search.unknown_engine").
    """
    if engine not in ENGINES:
        raise Invalid("search.unknown_engine", engine=engine, known=", ".join(ENGINES))
    if engine == POSTGRESQL:
        if not database.startswith("postgresql"):
            raise Invalid("search.needs_postgresql")
        # Engines are heavy to import, and a museum uses one.
        from museum.search.postgres import PostgresRows, Schema
        from museum.search.postgres_engine import PostgresEngine

        schema = Schema(database, schema_name(folder))
        opened = PostgresEngine(schema, is_made=is_made)
        return opened, Words(PostgresRows(schema))
    if is_made and not folder.is_dir():
        raise BackendError("search.unreadable", folder=folder, reason="–")
    folder.mkdir(parents=True, exist_ok=True)
    module = import_module(f"museum.search.{engine}_engine")
    made: Engine = getattr(module, FILE_ENGINES[engine])(folder / engine)
    return made, Words(SqliteRows(folder / FILE_NAME))


def schema_name(folder: Path) -> str:
    """The schema of an index: "index-3" lies in "museum_search_index_3", a folder of a test in one of its own."""
    if folder.is_absolute():
        return f"museum_search_{crc32(str(folder).encode()):08x}"
    return f"museum_search_{str(folder).replace('-', '_').lower()}"
