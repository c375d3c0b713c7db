"""Search at a million records: build from the records as the catalogue holds them, common words, five facets.

Seconds also as multiples of a calibration loop.
"""

import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from museum.catalog.record import to_json
from museum.search.building import Given
from museum.search.document import SearchDoc, document
from museum.search.index import SearchIndex
from tests.bench.bench_search import ROUNDS, answer, built_of
from tests.bench.search_corpus import records
from tests.bench.search_peers import Ask, size_of
from tests.bench.search_questions import questions

RECORDS = 1_000_000
SAMPLED = 10  # one of so many documents tells which words are common
BUILD_S, FACETS_MS = 120.0, 50.0
_LOOP = 200_000  # rounds of the calibration loop
Row = dict[str, Any]


def run(count: int = RECORDS) -> list[Row]:
    """Rows: build (from records to index, their analysis included), index size, p50 and p95 of five kinds."""
    loop = min(_calibration() for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        log, place = Path(folder) / "records.jsonl", Path(folder) / "index"
        asked = _written(log, count)
        index, built = built_of(place, _given(log), count)
        log.unlink()
        rows = [
            _row(f"build, {count:,} records", built, BUILD_S, "s", f"{built / loop:,.0f} calibration loops"),
            _row("index on disk", size_of(place) / 1e6, None, "MB", ""),
        ]
        for kind in ("one term", "very common term", "three terms", "term and five facets", "Vietnamese with marks"):
            times = _times(index, asked[kind])
            for label, took in (("p50", statistics.median(times)), ("p95", sorted(times)[int(len(times) * 0.95)])):
                limit = FACETS_MS if (kind, label) == ("term and five facets", "p95") else None
                rows.append(_row(f"{kind}, {label}", took, limit, "ms", f"{took / 1000 / loop:.3f} calibration loops"))
        index.close()
    return rows


def _written(log: Path, count: int) -> dict[str, list[Ask]]:
    """Write the records down as the catalogue holds them, a line each; what to ask."""
    sample: list[SearchDoc] = []
    with log.open("wb") as lines:
        for number, record in enumerate(records(count)):
            lines.write(orjson.dumps(to_json(record), option=orjson.OPT_APPEND_NEWLINE))
            if number % SAMPLED == 0:
                sample.append(document(record))
    return questions(sample)


def _given(log: Path) -> Iterator[Given]:
    with log.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            yield Given(line, number)


def _times(index: SearchIndex, asks: list[Ask]) -> list[float]:
    times = []
    for turn in range(ROUNDS + 1):
        for ask in asks:
            started = time.perf_counter()
            answer(index, ask)
            if turn:
                times.append((time.perf_counter() - started) * 1000)
    return times


def _calibration() -> float:
    """Seconds of a fixed piece of work, so that machines can be compared."""
    started = time.perf_counter()
    digest = b""
    for number in range(_LOOP):
        digest = hashlib.sha256(digest + number.to_bytes(4, "big")).digest()
    return time.perf_counter() - started


def _row(name: str, ours: float, limit: float | None, unit: str, note: str) -> Row:
    given = {"name": f"search of a million: {name}", "ours": round(ours, 3), "peer": None, "ratio": None}
    return {**given, "limit": limit, "unit": unit, "note": note}


if __name__ == "__main__":
    for row in run(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS):
        sys.stdout.write(f"{row}\n")
