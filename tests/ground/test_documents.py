"""Documents in the database: what goes in comes out, Vietnamese unescaped, numbers of any length exact."""

from typing import Any

import pytest
from sqlalchemy import JSON, Column, Engine, Integer, MetaData, Table, create_engine, insert, select, text

from museum import db

ODD: list[Any] = [
    {"tên": "Cửu Đỉnh 九鼎 𡨸", "cao": 250.5, "năm": 1835, "trống": None, "có": [True, False, []]},
    {"số": 123456789012345678901234567890, "âm": -(2**63), "lớn": 2**64 - 1},
    {"sha256": "1234567890123456789012345678901234567890"},
    {1: "a key that is no text becomes one"},
    "chỉ là chữ",
]


@pytest.mark.parametrize("document", ODD, ids=lambda d: str(d)[:20])
@pytest.mark.parametrize("url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_document_comes_out_as_it_went_in(
    url: str, document: Any, request: pytest.FixtureRequest, tmp_path: Any
) -> None:
    place = f"sqlite:///{tmp_path / 'd.db'}" if url == "sqlite" else request.getfixturevalue("postgresql_url")
    engine = db.open_engine(place)
    table = Table("odd_document", MetaData(), Column("id", Integer, primary_key=True), Column("body", JSON))
    table.metadata.create_all(engine)
    try:
        with db.writing(engine) as session:
            session.execute(insert(table), {"id": 1, "body": document})
        with db.reading(engine) as session:
            assert session.scalar(select(table.c.body)) == _texts(document)
            if url == "sqlite":
                assert "\\u" not in session.scalar(text("SELECT body FROM odd_document"))
    finally:
        table.metadata.drop_all(engine)
        engine.dispose()


def test_what_older_versions_wrote_in_escapes_is_read(tmp_path: Any) -> None:
    engine: Engine = create_engine(f"sqlite:///{tmp_path / 'd.db'}")
    table = Table("odd_document", MetaData(), Column("id", Integer, primary_key=True), Column("body", JSON))
    table.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(table), {"id": 1, "body": ODD[0]})
        assert "\\u" in connection.scalar(text("SELECT body FROM odd_document"))
    engine.dispose()
    ours = db.open_engine(f"sqlite:///{tmp_path / 'd.db'}")
    with db.reading(ours) as session:
        assert session.scalar(select(table.c.body)) == ODD[0]
    ours.dispose()


def test_what_is_no_number_becomes_null(tmp_path: Any) -> None:
    """JSON has no NaN: PostgreSQL would refuse the whole document, and SQLite keep what no other reader takes."""
    engine = db.open_engine(f"sqlite:///{tmp_path / 'd.db'}")
    table = Table("odd_document", MetaData(), Column("id", Integer, primary_key=True), Column("body", JSON))
    table.metadata.create_all(engine)
    with db.writing(engine) as session:
        session.execute(insert(table), {"id": 1, "body": {"x": float("nan")}})
    with db.reading(engine) as session:
        assert session.scalar(select(table.c.body)) == {"x": None}
    engine.dispose()


def _texts(document: Any) -> Any:
    return {str(key): value for key, value in document.items()} if isinstance(document, dict) else document
