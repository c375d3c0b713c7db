"""Filling a fresh index at once: the same as in batches, whoever analyzes; errors and ends of processes are told."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from museum.catalog import record_types
from museum.catalog.record import Record, to_json
from museum.errors import BackendError
from museum.search import analysts
from museum.search.analysts import Analysts, prepared
from museum.search.building import Given, Rules
from museum.search.document import document
from museum.search.index import SearchIndex
from museum.search.query import parse
from tests.search.relics import relic

RULES = Rules(types=record_types.load())
RECORDS = [
    *(relic(f"vac{n}", title=f"Vạc đồng {n}", number=f"BTH-{n:04d}", place="Huế", material="đồng") for n in range(40)),
    *(
        relic(f"bia{n}", title=f"Bia đá {n}", title_en=f"Stele {n}", maker="Nguyễn Văn A", date="1659")
        for n in range(9)
    ),
]


def given(records: list[Record]) -> list[Given]:
    return [Given(orjson.dumps(to_json(record)), number) for number, record in enumerate(records, start=1)]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of five records, so that few records make many."""
    monkeypatch.setattr(analysts, "PART", 5)


def told(index: SearchIndex) -> Iterator[object]:
    """All that readers get of an index."""
    for text in ("vạc đồng", "bia", "stele", "bth 0007", "nguyen van a", "1659", "dogn", "huế"):
        page = index.search(parse(text, counted=("place", "material"), limit=60))
        yield page.total, page.hits, page.facets, page.years, page.suggestions
    yield [index.complete(prefix) for prefix in ("va", "huế", "ng", "bia")]
    yield dict(index.contents())
    yield index.published_at([record.id for record in RECORDS])


@pytest.mark.parametrize("processes", [1, 2])
def test_an_index_filled_at_once_is_the_same_as_one_of_batches(
    tmp_path: Path, small_parts: None, processes: int
) -> None:
    once, batched = SearchIndex(tmp_path / "once"), SearchIndex(tmp_path / "batched")
    assert once.fill(prepared(given(RECORDS), RULES, processes=processes), position=49) == len(RECORDS)
    with batched.begin() as batch:
        for number, record in enumerate(RECORDS, start=1):
            batch.put(document(record), newest=number)
        batch.commit(position=49)
    assert list(told(once)) == list(told(batched))
    assert (once.position, once.generation) == (batched.position, batched.generation) == (49, 1)
    with once.begin() as batch:  # what follows counts on what was filled
        batch.delete("vac7")
        batch.put(document(relic("vac8", title="Chuông")), newest=9)
        batch.commit(position=51)
    assert (once.search(parse("vạc")).total, once._words.frequency("vac"), once._words.frequency("chuong")) == (
        38,
        38,
        1,
    )
    once.close()
    batched.close()


def test_what_is_not_public_is_not_filled_in(tmp_path: Path) -> None:
    draft, sample = replace(RECORDS[0], id="a", state="draft"), replace(RECORDS[0], id="b", is_sample=True)
    index = SearchIndex(tmp_path)
    rules = Rules(types=RULES.types, with_samples=False)
    assert index.fill(prepared(given([draft, sample, RECORDS[1]]), rules, processes=1), position=3) == 1
    assert [hit.id for hit in index.search(parse("vạc")).hits] == ["vac1"]
    index.close()


def test_what_goes_wrong_in_a_process_is_raised_and_leaves_nothing(tmp_path: Path, small_parts: None) -> None:
    index = SearchIndex(tmp_path)
    parts = [*given(RECORDS), Given(b'{"id": "x", "state": "published"}', 50)]
    with pytest.raises(TypeError, match="institution"):
        index.fill(prepared(parts, RULES, processes=2), position=50)
    index.reload()
    assert (index.stats().records, index.generation) == (0, 0)
    with index.begin() as batch:  # its lock is free again
        batch.commit(position=0)
    index.close()


def test_a_process_that_ends_early_is_an_error() -> None:
    with pytest.raises(BackendError) as raised, Analysts(2, RULES) as team:
        for child in team._all:
            child.kill()
            child.wait()
        team.ask(given(RECORDS[:2])).result()
    assert raised.value.code == "search.not_written"
    assert all(child.returncode is not None for child in team._all)


def test_processes_end_with_the_block() -> None:
    with Analysts(2, RULES) as team:
        assert len(team.ask(given(RECORDS[:2])).result().rows) == 2
    assert [child.returncode for child in team._all] == [0, 0]


def test_nothing_of_the_folder_that_one_stands_in_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    control = subprocess.run([sys.executable, "-m", "json"], capture_output=True, check=False)
    assert control.stderr.strip() == b"run"
    with Analysts(2, RULES) as team:
        assert len(team.ask(given(RECORDS[:2])).result().rows) == 2


def test_where_the_second_process_cannot_begin_the_first_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    start = analysts._send

    def send(child: subprocess.Popen[bytes], thing: object) -> None:
        begun.append(child)
        if len(begun) == 2:
            raise BrokenPipeError("it has ended")
        start(child, thing)

    monkeypatch.setattr(analysts, "_send", send)
    with pytest.raises(BackendError) as raised:
        Analysts(2, RULES)
    assert raised.value.code == "search.not_written"
    assert [child.returncode is not None for child in begun] == [True, True]


def test_what_the_engine_refuses_is_told_under_our_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is no JSON stands for whatever the library raises."""
    index = SearchIndex(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("museum.search.tantivy_engine.row_of", lambda *_, **__: "{")
        with pytest.raises(BackendError) as raised, index.begin() as batch:
            batch.put(document(RECORDS[0]), newest=1)
    assert raised.value.code == "search.not_written"
    with index.begin() as batch:  # its lock is free again
        batch.put(document(RECORDS[0]), newest=1)
        batch.commit(position=1)
    assert index.stats().records == 1
    index.close()
