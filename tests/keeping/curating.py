"""What curators keep beside the records: synonyms with their log, saved searches, counts of searches; and looks."""

import datetime as dt
from typing import Any

from sqlalchemy import Engine, Table, select

from museum import db
from museum.catalog import looks
from museum.catalog.looks import Shade, StoredLook
from museum.catalog.tables import LookRow
from museum.search import saved_searches, search_counts, synonym_edits
from museum.search.curator_tables import SavedSearchRow, SearchCountRow, SynonymChangeRow, SynonymRow

TABLES: tuple[Table, ...] = tuple(
    db.Base.metadata.tables[row.__tablename__]
    for row in (SynonymRow, SynonymChangeRow, SavedSearchRow, SearchCountRow, LookRow)
)


def curate(engine: Engine) -> str:
    """Leave something in each of the tables; gives the address part of the saved search."""
    with db.writing(engine) as session:
        made = synonym_edits.save(
            session, kind="group", vi=("khánh đá", "thạch khánh"), en=("stone chime",), person="u1"
        )
        synonym_edits.save(session, code=made.code, kind="group", vi=("khánh đá",), en=("lithophone",), person="u2")
        shipped = next(one.group.code for one in synonym_edits.entries(session) if one.is_shipped)
        synonym_edits.remove(session, shipped, person="u1")
        saved = saved_searches.save(
            session, title="Đồ đồng đời Minh Mạng", query="q=đồng&from=1820", total=7, person="u1"
        )
        search_counts.add(session, {"vạc đồng": (5, 0), "áo tế": (4, 4)}, day=dt.date(2026, 11, 21))
        shades = (Shade(name="brown", share=60, hex="6b4a2f"), Shade(name="grey", share=40, hex="777777"))
        looks.put(session, StoredLook(sha256="ab" * 32, colors=shades, code=bytes(range(32))), recipe="look-1")
    return saved.id


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the tables, by table."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in TABLES
        }
