"""kill -9 while the indexer commits: the index opens, holds whole batches only, and `index --verify` mends it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine

from museum import addresses, db
from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.migrations import schema
from museum.search.indexer import index_once, repair, verify
from museum.search.location import Location
from museum.search.opening import FILE_ENGINES, POSTGRESQL
from museum.search.query import parse
from museum.text import Text
from tests.postgres import emptied
from tests.search.killed_indexer import BATCH
from tests.search.relics import relic

KILLS = 20
_MOST_PAUSE_S = 0.02  # about as long as a commit takes


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty catalogue."""
    url = f"sqlite:///{tmp_path / 'museum.db'}"
    engine = db.open_engine(url)
    schema.upgrade(engine)
    with db.writing(engine) as session:
        institutions.put(session, Institution(code="huế", name=Text.of(vi="huế")))
    engine.dispose()
    return url


@pytest.fixture(params=[*FILE_ENGINES, pytest.param(POSTGRESQL, marks=pytest.mark.postgresql)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """Where the index will be, for each engine."""
    database = emptied(request.getfixturevalue("postgresql_url")) if request.param == POSTGRESQL else ""
    return Location(tmp_path / "index", engine=request.param, database=database)


def save(database: Engine, count: int) -> None:
    with db.writing(database) as session:
        for number in range(count):
            record = relic(addresses.new_id(), title=f"Chuông số {number}")
            store.save(session, record, person="Nguyễn Văn Học", batch="b")


def is_whole(location: Location) -> bool:
    """The index opens and holds whole batches, no fewer than it says."""
    index = location.open()
    assert index is not None
    total = index.search(parse("chuông")).total
    position = index.position
    index.close()
    return total % BATCH == 0 and total - position in (0, BATCH)


class Nursery:
    """Indexers to kill."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._in, self._out = process.stdin, process.stdout

    def kill_one(self, *, after: int, pause_s: float, kind: str = "whole") -> int:
        """Kill an indexer `pause_s` after its commit number `after`; gives how many commits it told of."""
        self._in.write(f"{kind}\n")
        self._in.flush()
        child = int(self._out.readline())
        said = 0
        while said < after:
            line = self._out.readline().strip()
            if line == ".":
                return said
            said += 1
        time.sleep(pause_s)
        with suppress(ProcessLookupError):  # it had done all there was
            os.kill(child, signal.SIGKILL)
        while self._out.readline().strip() != ".":
            said += 1
        return said


@contextmanager
def nursery(url: str, location: Location) -> Iterator[Nursery]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.search.killed_indexer"]
    process = subprocess.Popen(
        [*command, url, str(location.root), location.engine, location.database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


def test_twenty_kills_among_random_commits_lose_nothing(url: str, location: Location) -> None:
    chance = random.Random(20)
    database = db.open_engine(url)
    index_once(database, location)
    told = 0
    with nursery(url, location) as indexers:
        # The control: were half a batch to become visible, it would be seen, and mended.
        save(database, BATCH)
        assert indexers.kill_one(after=1, pause_s=0.0, kind="torn") == 1
        assert not is_whole(location)
        assert len(repair(database, location).missing) == BATCH - BATCH // 2
        assert is_whole(location)
        for kill in range(KILLS):
            save(database, BATCH * 3)
            told += indexers.kill_one(after=1 + chance.randrange(2), pause_s=chance.random() * _MOST_PAUSE_S)
            assert is_whole(location), f"kill {kill}"
    found = repair(database, location)
    assert not found.extra and not found.stale
    assert verify(database, location).is_clean
    index = location.open()
    assert index is not None
    total = index.search(parse("chuông")).total
    index.close()
    database.dispose()
    assert total == BATCH + KILLS * BATCH * 3
    print(f"{location.engine}: {KILLS} kills, {told} commits told of before, 0 torn, {total} records")
    assert told >= KILLS
