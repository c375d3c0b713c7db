"""`museum changes`, `audit`, `undo`, `merge`, `record`: the log at the command line."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.test_commands import write_folder
from tests.museums import run, run_json


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A museum of two public objects, one of which was renamed by a second folder."""
    base = tmp_path_factory.mktemp("log")
    folder, home = write_folder(base / "lan-mot"), base / "bảo tàng"
    assert run("init", home).returncode == 0
    assert run("ingest", folder, "--publish", home=home).returncode == 0
    table = folder / "danh-muc.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Chuông chùa", "Chuông chùa Thiên Mụ"), encoding="utf-8")
    assert run("ingest", folder, "--publish", home=home).returncode == 0
    return home


def titles(home: Path) -> set[str]:
    return {title for record in run_json("list", home=home) for title in record["title"].values()}


def test_a_batch_is_listed_looked_through_and_undone(home: Path) -> None:
    renaming, taking_in = run_json("changes", "batches", home=home)
    assert (renaming["kind"], renaming["title"], renaming["counts"]) == ("ingest", "lan-mot", {"update": 1})
    assert renaming["person"].startswith("cli:")
    (entry,) = run_json("changes", "list", "--batch", renaming["id"], home=home)
    assert run_json("changes", "list", "--record", entry["record_id"], "--limit", "1", home=home)[0] == entry
    before = run_json("list", home=home)
    dry = run("undo", renaming["id"], "--dry-run", "--json", home=home)
    assert json.loads(dry.stdout)["counts"] == {"conflict": 0, "create": 0, "delete": 0, "nothing": 0, "update": 1}
    assert run_json("list", home=home) == before
    assert run("undo", renaming["id"], home=home).returncode == 0
    assert "Chuông chùa" in titles(home)
    undo = run_json("changes", "batches", "--limit", "1", home=home)[0]
    assert (undo["kind"], undo["undoes"]) == ("undo", renaming["id"])
    assert run("undo", undo["id"], home=home).returncode == 0
    assert run_json("list", home=home) == before
    conflict = run("undo", taking_in["id"], home=home)
    assert conflict.returncode == 6  # one of the two was renamed since: it is left alone
    assert "Vạc đồng thời chúa Nguyễn" not in titles(home)
    assert "Chuông chùa Thiên Mụ" in titles(home)
    assert run("check", home=home).returncode == 0


def test_records_are_deleted_brought_back_restored_and_merged(home: Path) -> None:
    gone = run_json("changes", "list", home=home)
    first = next(c["record_id"] for c in gone if c["action"] == "delete")
    second = run_json("list", home=home)[0]["id"]
    assert run("record", "bring-back", first, home=home).returncode == 0
    assert run("record", "delete", first, home=home).returncode == 0
    assert run("record", "restore", first, "2", home=home).returncode == 0
    assert {first, second} == {record["id"] for record in run_json("list", home=home)}
    preview = json.loads(run("merge", second, first, "--dry-run", home=home).stdout)
    assert preview["numbers_former"] == ["accession_number BTH.01"]
    assert run("merge", second, first, home=home).returncode == 0
    assert [record["id"] for record in run_json("list", home=home)] == [second]
    assert run("check", home=home).returncode == 0


def test_the_log_is_verified_and_a_changed_entry_found(home: Path) -> None:
    assert run_json("audit", "verify", home=home)["sound"]
    seq, digest = run("audit", "head", home=home).stdout.split()
    assert (home / "audit" / "heads.jsonl").read_text().count("\n") == 1
    lines = run("audit", "export", home=home).stdout.splitlines()
    assert json.loads(lines[-1])["hash"] == digest
    assert len(lines) == int(seq)
    with sqlite3.connect(home / "museum.db") as database:
        database.execute("DROP TRIGGER change_keeps_update")
        database.execute("UPDATE change SET person = 'ai đó' WHERE seq = 3")
        database.commit()
    done = run("audit", "verify", "--json", home=home)
    assert done.returncode == 1
    assert json.loads(done.stdout)["first_bad"] == 3
    assert "3" in run("audit", "verify", home=home).stderr
