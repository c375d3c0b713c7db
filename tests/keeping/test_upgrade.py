"""An upgrade succeeds as a whole or leaves the home bit by bit as it was; from every revision there ever was."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, MetaData, create_engine, text
from sqlalchemy.engine import make_url

from museum import config, db
from museum.addresses import new_id
from museum.catalog import store
from museum.catalog.record import Identifier, Record, Value, to_json
from museum.config import Settings
from museum.errors import Conflict
from museum.ingest import founding
from museum.ingest.lock import serving
from museum.keeping import generations, log, upgrading
from museum.keeping.doctor_data import UPGRADE_MARK
from museum.keeping.upgrading import upgrade
from museum.migrations import schema
from museum.web.smoke import smoke
from tests.keeping.conftest import Home, reopened, tree
from tests.keeping.killing import killed_at, steps_of

BAD = '''"""Fails half-way."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None
def upgrade() -> None:
    op.execute("UPDATE record SET state = 'withdrawn'")
    op.add_column("record", sa.Column("thua", sa.Text))
    op.execute("{last}")
def downgrade() -> None:
    pass
'''


def revisions() -> list[str]:
    """Every revision, the first one first."""
    scripts = ScriptDirectory.from_config(schema._config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


@pytest.fixture
def tomorrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give the software one more migration, which ends with a statement."""

    def _with(last: str) -> None:
        folder = tmp_path / "versions"
        folder.mkdir()
        (folder / "v9999_tomorrow.py").write_text(BAD.format(head=schema.head(), last=last), encoding="utf-8")
        real = schema._config

        def both() -> Config:
            made = real()
            made.set_main_option("path_separator", "newline")
            shipped = Path(schema.__file__).parent / "versions"
            made.set_main_option("version_locations", f"{shipped}\n{folder}")
            return made

        monkeypatch.setattr(schema, "_config", both)

    return _with


def closed(home: Home) -> Settings:
    """The museum at rest: nothing in the write-ahead log, nobody at work."""
    home.engine.dispose()
    connection = sqlite3.connect(home.settings.home / "museum.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for left in home.settings.home.glob("museum.db-*"):
        left.unlink()
    return home.settings


def files(settings: Settings) -> dict[str, bytes]:
    return {path: data for path, data in tree(settings.home).items() if not path.endswith(".lock")}


def no_smoke(settings: Settings, engine: object) -> list[tuple[str, int]]:
    return []


def test_an_upgrade_keeps_every_record_and_the_pages_answer(home: Home, tomorrow: Any, tmp_path: Path) -> None:
    dump, settings = home.dump(), closed(home)
    tomorrow("UPDATE record SET state = state")
    done = upgrade(settings, smoke=no_smoke, backup_to=tmp_path / "b")
    assert (done.before, done.after) == (revisions()[-2], "9999")
    assert generations.all_of(tmp_path / "b")[0].about.revision == done.before
    assert reopened(settings.home).dump() == dump
    assert log.get(settings, UPGRADE_MARK) is None
    again = upgrade(settings, smoke=no_smoke)
    assert again.before == again.after == "9999"


@pytest.mark.parametrize("way", ["migration", "smoke"])
def test_a_failed_upgrade_leaves_the_home_as_it_was(home: Home, tomorrow: Any, way: str) -> None:
    settings = closed(home)
    before = files(settings)
    tomorrow("SELECT * FROM no_such_table" if way == "migration" else "UPDATE record SET sort_key = ''")
    reached = []

    def look(settings: Settings, engine: Any) -> list[tuple[str, int]]:
        with engine.connect() as connection:
            reached.append(connection.execute(text("SELECT count(*) FROM record WHERE state = 'withdrawn'")).scalar())
        return [("/o/x", 500)] if way == "smoke" else []

    with pytest.raises(Conflict) as caught:
        upgrade(settings, smoke=look)
    assert caught.value.code == "keeping.upgrade_failed"
    assert reached == ([4] if way == "smoke" else [])  # the control: the migration had changed all of them
    after = files(settings)
    assert after.keys() - before.keys() == set()
    assert {path for path in before if before[path] != after[path]} == set()
    print(f"{way} failed: {len(before)} files of the home are byte-identical")


def test_killed_in_the_middle_it_begins_anew(home: Home, tomorrow: Any) -> None:
    dump, settings = home.dump(), closed(home)
    tomorrow("UPDATE record SET state = 'draft'")

    def die(settings: Settings, engine: object) -> list[tuple[str, int]]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upgrade(settings, smoke=die)
    assert reopened(settings.home).dump() == dump  # the body is untouched by this migration
    assert log.get(settings, UPGRADE_MARK) is not None
    engine = db.open_engine(settings.database)
    assert schema.current(engine) == "9999"
    engine.dispose()
    seen = []

    def look(settings: Settings, engine: Any) -> list[tuple[str, int]]:
        seen.append(schema.current(engine))
        return []

    assert upgrade(settings, smoke=look).before == revisions()[-2]
    assert seen == ["9999"]


def test_killed_at_any_step_the_next_call_finishes(home: Home, tomorrow: Any) -> None:
    settings = closed(home)
    tomorrow("UPDATE record SET sort_key = sort_key")
    pristine = (settings.home / "museum.db").read_bytes()

    def work() -> None:
        upgrade(config.load(settings.home, {}), smoke=no_smoke)

    def reset() -> None:
        for path in [*settings.home.glob("museum.db*"), *settings.home.glob("media/keeping/*pgrade*")]:
            path.unlink()
        (settings.home / "museum.db").write_bytes(pristine)

    points = steps_of(work, settings.home)
    killed = 0
    for point in range(1, points + 1):
        reset()
        killed += killed_at(work, settings.home, point)
        work()
        engine = db.open_engine(settings.database)
        assert schema.current(engine) == "9999"
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM record WHERE thua IS NULL")).scalar() == 4
        engine.dispose()
    assert killed >= 5
    print(f"killed at {killed} of {points} steps: the next call always finished")


def test_no_upgrade_while_the_museum_serves(home: Home, tomorrow: Any) -> None:
    settings = closed(home)
    tomorrow("UPDATE record SET state = state")
    with serving(settings), serving(settings), pytest.raises(Conflict) as caught:
        upgrade(settings, smoke=no_smoke)
    assert caught.value.code == "keeping.serving"
    upgrade(settings, smoke=no_smoke)


def test_the_smoke_check_opens_pages_and_sees_a_broken_one(home: Home) -> None:
    assert smoke(home.settings, home.engine) == []
    with db.writing(home.engine) as session:
        session.execute(
            text("UPDATE record SET body = json_set(body, '$.state', 'draft') WHERE id = :id"),
            {"id": home.ids()["BTH.01"]},
        )
    assert (f"/o/{home.ids()['BTH.01']}", 404) in smoke(home.settings, home.engine)


@pytest.mark.parametrize("revision", revisions()[:-1])
def test_a_museum_of_every_earlier_revision_is_upgraded(tmp_path: Path, revision: str) -> None:
    settings = founding.write_settings(tmp_path / "cũ", name_vi="Bảo tàng", name_en="Museum", language="vi")
    records = old_museum(settings.database, revision)
    done = upgrade(settings, smoke=smoke)
    assert (done.before, done.after) == (revision, revisions()[-1])
    assert_all_there(settings, records)


@pytest.mark.postgresql
def test_a_museum_of_every_earlier_revision_is_upgraded_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    for revision in revisions()[:-1]:
        url = fresh_database(postgresql_url, f"upgrade_{revision}")
        settings = founding.write_settings(tmp_path / revision, name_vi="Bảo tàng", name_en="Museum", language="vi")
        object.__setattr__(settings, "database_url", url)
        records = old_museum(url, revision)
        upgrade(settings, smoke=smoke)
        assert_all_there(settings, records)
    print(f"{len(revisions()) - 1} revisions upgraded")


@pytest.mark.postgresql
def test_a_failed_upgrade_is_taken_back_on_postgresql(tmp_path: Path, postgresql_url: str, tomorrow: Any) -> None:
    url = fresh_database(postgresql_url, "taken_back")
    settings = founding.write_settings(tmp_path / "b", name_vi="Bảo tàng", name_en="Museum", language="vi")
    object.__setattr__(settings, "database_url", url)
    records = old_museum(url, revisions()[-1])
    tomorrow("UPDATE record SET sort_key = ''")
    with pytest.raises(Conflict):
        upgrade(settings, smoke=lambda *_: [("/", 500)])
    engine = db.open_engine(url)
    assert schema.current(engine) == revisions()[-2]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM record WHERE state = 'published'")).scalar() == 2
    engine.dispose()
    assert records


def fresh_database(url: str, name: str) -> str:
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def old_museum(url: str, revision: str) -> list[Record]:
    """A database as that revision's software left it: two public records with their rows, a change and a job each."""
    engine = db.open_engine(url)
    schema.upgrade(engine, to=revision)
    tables = MetaData()
    tables.reflect(engine)
    records = [record(f"BTH.{number:02d}", f"Ấn vàng số {number}") for number in (1, 2)]
    now = db.utc_now().replace(tzinfo=None) if engine.dialect.name == "sqlite" else db.utc_now()
    with engine.begin() as connection:
        put(
            connection,
            tables,
            "institution",
            {"code": "museum", "body": {"code": "museum", "name": {"vi": "Bảo tàng"}}},
        )
        for item in records:
            body = to_json(item)
            times = {"created_at": now, "updated_at": now, "published_at": now}
            told = {"kind": item.kind, "institution": "museum", "state": item.state, "revision": 1, "sort_key": "an"}
            put(connection, tables, "record", {"id": item.id, "body": body, "is_sample": False, **told, **times})
            number = item.identifiers[0]
            given = {"scheme": number.scheme, "value": number.value, "former": False, "institution": "museum"}
            put(connection, tables, "identifier", {"record_id": item.id, **given})
            change = {"person": "hoa", "batch": "b", "record_id": item.id, "action": "create", "after": body}
            put(connection, tables, "change", {"at": now, "subject": "record", **change})
            job = {"kind": "derive", "key": item.id, "payload": {}, "priority": 0, "state": "done", "tries": 1}
            stamps = {"run_after": now, "created_at": now, "lease_owner": "", "max_tries": 5}
            put(connection, tables, "job", {**job, **stamps})
    engine.dispose()
    return records


def put(connection: Any, tables: MetaData, name: str, values: dict[str, Any]) -> None:
    """Insert a row with those of the values for which that revision had a column."""
    table = tables.tables[name]
    for column in table.columns:
        if isinstance(values.get(column.name), dict) and not isinstance(column.type, JSON):
            column.type = JSON()
    connection.execute(table.insert().values({k: v for k, v in values.items() if k in table.columns}))


def record(number: str, title: str) -> Record:
    values = {"title": (Value(value=title, language="vi"),)}
    identifiers = (Identifier(scheme="accession_number", value=number),)
    return Record(
        id=new_id(), kind="object", institution="museum", state="published", values=values, identifiers=identifiers
    )


def assert_all_there(settings: Settings, records: list[Record]) -> None:
    engine = db.open_engine(settings.database)
    with db.reading(engine) as session:
        assert {r.id: r for r in store.all_records(session)} == {r.id: r for r in records}
    assert smoke(settings, engine) == []
    engine.dispose()
    assert upgrading.UPGRADE_MARK == UPGRADE_MARK
