"""Search of a served museum at 100,000 records: rebuild from the log, saves that are found, export of everything."""

import statistics
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from museum import addresses
from museum.catalog import store
from museum.catalog.record import Identifier, Record, Value
from museum.config import Settings
from museum.db import open_engine, writing
from museum.search.indexer import rebuild
from museum.search.location import Location
from tests.bench.search_museum import filled
from tests.bench.tile_peers import memory_mib
from tests.museums import Served, members, serving

RECORDS = 100_000
SAVES = 200
READERS = 2
_PAUSE_S = 0.1
_PATIENCE_S = 20
_WORDS = ("paper", "london", "portrait", "đồng", "Minh+Mạng", "river", "photograph", "study")
Row = dict[str, Any]


def run(count: int = RECORDS) -> list[Row]:
    """Rows: seconds of a rebuild; saved → found by another process while others search; an export's memory."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # its processes may just be ending
        home = Path(folder) / "museum"
        settings = filled(home, count)
        engine = open_engine(settings.database)
        started = time.perf_counter()
        rebuild(engine, Location.of(settings))
        took = time.perf_counter() - started
        engine.dispose()
        rows = [
            _row(f"rebuild from the change log, {count:,} records", took, None, "s", "each record read and analysed")
        ]
        with serving(home) as served:
            return [*rows, *_saves(served, settings), *_export(served, count)]


def _saves(served: Served, settings: Settings) -> list[Row]:
    """Each save is a new record with a word of its own; it is visible when a web process finds the word."""
    stop = threading.Event()
    answers: Counter[int] = Counter()
    load = [threading.Thread(target=_search, args=(served, stop, answers, n)) for n in range(READERS)]
    for thread in load:
        thread.start()
    engine = open_engine(settings.database)
    waits: list[float] = []
    faults = 0
    for number in range(-1, SAVES):  # the first waits for the indexer to have started, and doesn't count
        word = f"zq{number + 1:04d}x"
        started = time.perf_counter()
        try:
            with writing(engine) as session:
                store.save(session, _record(word), person="bench", batch=f"bench-{number}")
        except Exception as error:  # noqa: BLE001  # any fault is counted, whatever it is
            sys.stderr.write(f"{error}\n")
            faults += 1
            continue
        waits.append(_found_after(served, word, started, answers))
        waits = waits if number >= 0 else []
        time.sleep(_PAUSE_S)
    stop.set()
    for thread in load:
        thread.join()
    engine.dispose()
    asked = sum(answers.values())
    failed = sum(count for status, count in answers.items() if status >= 500 or not status)
    beside = f"{SAVES} saves, {asked:,} requests by {READERS} visitors and the one who waits"
    return [
        _row("save → found in another process, p50", statistics.median(waits), None, "s", beside),
        _row("save → found in another process, p95", sorted(waits)[int(len(waits) * 0.95)], 1.0, "s", beside),
        _row("saves refused, answers 5xx or none", faults + failed, 0, "", beside),
    ]


def _found_after(served: Served, word: str, started: float, answers: Counter[int]) -> float:
    """Seconds until the word is found, at most _PATIENCE_S."""
    while time.perf_counter() - started < _PATIENCE_S:
        body = _get(f"{served.url}/api/search?q={word}&facets=none", answers)
        if b'"total":1' in body:
            break
        time.sleep(0.02)
    return time.perf_counter() - started


def _search(served: Served, stop: threading.Event, answers: Counter[int], number: int) -> None:
    while not stop.is_set():
        _get(f"{served.url}/search?q={_WORDS[number % len(_WORDS)]}", answers)
        number += 1


def _get(address: str, answers: Counter[int]) -> bytes:
    """The body; the status is counted, 0 where there was no answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(_quoted(address)), timeout=60) as answer:
            answers[answer.status] += 1
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        answers[error.code] += 1
    except OSError:
        answers[0] += 1
    return b""


def _quoted(address: str) -> str:
    return urllib.parse.quote(address, safe=":/?&=+")


def _record(word: str) -> Record:
    return Record(
        id=addresses.new_id(),
        kind="object",
        institution="tate",
        state="published",
        values={"title": (Value(value=f"Chuông {word}", language="vi"),)},
        identifiers=(Identifier(scheme="accession_number", value=word),),
    )


def _export(served: Served, count: int) -> list[Row]:
    """Everything as JSON Lines; the web process that answers is watched."""
    web = members(served.process_id, worker=False)
    before = max(memory_mib(process) for process in web)
    peak = before
    lines = 0
    started = time.perf_counter()
    with urllib.request.urlopen(f"{served.url}/api/search.jsonl", timeout=600) as answer:
        total = int(answer.headers["X-Total-Count"])
        while chunk := answer.read(1 << 20):
            lines += chunk.count(b"\n")
            peak = max(peak, *(memory_mib(process) for process in web))
    took = time.perf_counter() - started
    note = f"{lines:,} lines of {total:,} records in {took:.1f} s; a web process had {before:.0f} MiB before"
    return [
        _row(f"export of {count:,} hits as JSON Lines, memory of the web process", peak, 100, "MiB", note),
        _row("export: records that are lacking", total - lines, 0, "", note),
    ]


def _row(name: str, ours: float, limit: float | None, unit: str, note: str) -> Row:
    given = {"name": f"search: {name}", "ours": round(ours, 3), "peer": None, "ratio": None}
    return {**given, "limit": limit, "unit": unit, "note": note}


if __name__ == "__main__":
    for row in run(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS):
        sys.stdout.write(f"{row}\n")
