"""Search at 100,000 records: our whole stack, from the typed text to JSON, beside raw engines, one process each."""

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import orjson

from museum.catalog import record_types
from museum.catalog.record import to_json
from museum.search.analysts import prepared, processes
from museum.search.building import Given, Rules
from museum.search.document import SearchDoc, document
from museum.search.index import SearchIndex
from museum.search.query import parse
from tests.bench.search_corpus import records
from tests.bench.search_peers import TOP, Answer, Ask, Fts5, Peer, Postgres, Tantivy, Whoosh, in_batches, size_of
from tests.bench.search_questions import questions
from tests.bench.search_seats import Seat
from tests.postgres import Cluster, server_programs

RECORDS = 100_000
ROUNDS = 3
BATCH = 10_000
OURS = "ours"
# The largest share of the peer's time that we may take, by kind of query, peer and percentile.
LIMITS = {
    ("one term", "whoosh", "p50"): 1 / 5,
    ("one term", "whoosh", "p95"): 1 / 50,
    ("three terms", "whoosh", "p50"): 1 / 100,
    ("Vietnamese with marks", "whoosh", "p50"): 1 / 20,
    ("term and five facets", "whoosh", "p50"): 1 / 40,
    ("term and five facets", "whoosh", "p95"): 1 / 40,
    ("term and years 1800–1850", "whoosh", "p95"): 1 / 100,
    ("term and five facets", "SQLite FTS5", "p95"): 1 / 15,
    ("very common term", "PostgreSQL ts_rank", "p50"): 1 / 50,
}
BUILD_LIMITS = {"whoosh": 1 / 8}
OVERHEAD_MS = 1.0
Times = dict[str, dict[str, list[float]]]


def run(count: int = RECORDS) -> list[dict[str, Any]]:
    """Rows: build, size, p50 and p95 of each kind of query beside each peer, totals that differ, our overhead."""
    docs, given = _read(count)
    asked = questions(docs)
    with tempfile.TemporaryDirectory() as name, _peers(Path(name)) as peers:
        folder = Path(name)
        built = {peer.name: _built(peer, docs) for peer, _ in peers}
        del docs
        index, built[OURS] = built_of(folder / OURS, given, count)
        index.close()
        del given
        rows = [
            *(
                _row(
                    f"build, {count:,} records as the catalogue holds them, analysed by ours alone",
                    built[OURS],
                    built[peer.name],
                    "s",
                    peer.name,
                    BUILD_LIMITS.get(peer.name),
                )
                for peer, _ in peers
            ),
            _row(
                "index on disk",
                size_of(folder / OURS) / 1e6,
                size_of(folder / "whoosh") / 1e6,
                "MB",
                "whoosh",
                1 / 3,
            ),
        ]
        with ExitStack() as seats:
            engines = {OURS: seats.enter_context(Seat(Ours, folder / OURS))}
            engines |= {peer.name: seats.enter_context(Seat(type(peer), place)) for peer, place in peers}
            times, found = _asked(engines, asked)
            anew = {kind: engines[OURS].ask(asks, is_anew=True)[0] for kind, asks in asked.items()}
    return [*rows, *_query_rows(times), *_anew_rows(anew, times), *_overheads(times), *_differences(found)]


def _read(count: int) -> tuple[list[SearchDoc], list[Given]]:
    """The documents for the peers, and the records as the change log holds them. That all are kept here shall cost
    nobody anything: the collector of cycles doesn't look at them."""
    docs, given = [], []
    gc.disable()
    for number, record in enumerate(records(count), start=1):
        docs.append(document(record))
        given.append(Given(orjson.dumps(to_json(record)), number))
    gc.freeze()
    gc.enable()
    return docs, given


@contextmanager
def _peers(folder: Path) -> Iterator[list[tuple[Peer, Any]]]:
    """Whoosh, FTS5, tantivy, and PostgreSQL where its server is installed, each with the place where it is."""
    kinds = (Whoosh, "whoosh"), (Fts5, "fts5"), (Tantivy, "tantivy")
    peers: list[tuple[Peer, Any]] = [(kind(folder / name), folder / name) for kind, name in kinds]
    cluster = Cluster(folder) if server_programs() else None
    try:
        if cluster is not None:
            cluster.start()
            peers.append((Postgres(cluster.url), cluster.url))
        yield peers
        for peer, _ in peers:
            peer.close()
    finally:
        if cluster is not None:
            cluster.stop()


def _built(peer: Peer, docs: Sequence[SearchDoc]) -> float:
    started = time.perf_counter()
    for part in in_batches(docs, BATCH):
        peer.add(part)
    peer.finish()
    return time.perf_counter() - started


def built_of(folder: Path, given: Iterable[Given], count: int) -> tuple[SearchIndex, float]:
    """The index, and the seconds from records to it, as a museum's rebuild goes: reading them from a database aside."""
    rules = Rules(types=record_types.load())
    index = SearchIndex(folder)
    started = time.perf_counter()
    index.fill(prepared(given, rules, processes=processes()), position=count)
    index.close()
    took = time.perf_counter() - started
    return SearchIndex(folder, is_made=True), took


def answer(index: SearchIndex, ask: Ask) -> Answer:
    """What a program that asks us gets: the text is read, searched, and the page told as JSON."""
    first, last = ask.years or (None, None)
    query = parse(ask.text, year_from=first, year_to=last, limit=TOP, counted=ask.facets)
    page = index.search(query)
    body = orjson.dumps(
        {
            "total": page.total,
            "items": [hit.item for hit in page.hits],
            "facets": {
                name: [{"value": c.value, "label": c.label.by_language, "count": c.count} for c in counts]
                for name, counts in page.facets.items()
            },
            "next": page.cursor,
        }
    )
    assert body
    return Answer(total=page.total, first=[hit.id for hit in page.hits], facets={})


class Ours:
    """Our index, as what is asked."""

    def __init__(self, folder: Path) -> None:
        self._index = SearchIndex(folder, is_made=True)
        self.reload, self.close = self._index.reload, self._index.close

    def ask(self, ask: Ask) -> Answer:
        return answer(self._index, ask)


def _asked(
    engines: Mapping[str, Seat], asked: Mapping[str, Sequence[Ask]]
) -> tuple[Times, dict[str, list[tuple[int, ...]]]]:
    """Milliseconds by kind and engine, and the totals of each query; the first round only warms up."""
    times: Times = {kind: {name: [] for name in engines} for kind in asked}
    totals: dict[str, list[tuple[int, ...]]] = {kind: [] for kind in asked}
    for turn in range(ROUNDS + 1):
        for kind, asks in asked.items():
            found = []
            for name, engine in engines.items():
                took, counted = engine.ask(asks)
                times[kind][name] += took if turn else []
                found.append(counted)
            totals[kind] = list(zip(*found, strict=True))
    return times, totals


def _anew_rows(anew: Mapping[str, Sequence[float]], times: Times) -> list[dict[str, Any]]:
    return [
        _row(f"{kind}, p50, asked first after a change", statistics.median(took), pick, "ms", "whoosh, asked again")
        for kind, took in anew.items()
        if (pick := statistics.median(times[kind]["whoosh"]))
    ]


def _query_rows(times: Times) -> list[dict[str, Any]]:
    return [
        _row(f"{kind}, {label}", pick(by[OURS]), pick(by[name]), "ms", name, LIMITS.get((kind, name, label)))
        for kind, by in times.items()
        for name in by
        if name != OURS
        for label, pick in (("p50", statistics.median), ("p95", _p95))
    ]


def _overheads(times: Times) -> list[dict[str, Any]]:
    return [
        {
            "name": f"search: {kind}, p50 more than raw tantivy",
            "ours": round(statistics.median(by[OURS]) - statistics.median(by["tantivy"]), 3),
            "limit": OVERHEAD_MS,
            "unit": "ms",
            "note": "analysis, tiers, summaries and JSON",
        }
        for kind, by in times.items()
    ]


def _differences(found: Mapping[str, Sequence[tuple[int, ...]]]) -> list[dict[str, Any]]:
    """How many queries have a total on which ours and the raw engines don't agree; and of how many."""
    different = [(kind, totals) for kind, several in found.items() for totals in several if len(set(totals)) > 1]
    tried = sum(map(len, found.values()))
    note = f"of {tried} queries, {sum(t[0] for several in found.values() for t in several):,} hits"
    note += "; " + "; ".join(f"{kind} {totals}" for kind, totals in different[:3]) if different else ""
    return [
        {"name": "search: queries with unequal totals", "ours": len(different), "limit": 0, "unit": "", "note": note}
    ]


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def _row(name: str, ours: float, peer: float, unit: str, beside: str, limit: float | None = None) -> dict[str, Any]:
    return {
        "name": f"search: {name}",
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "ratio": round(ours / peer, 4) if peer else None,
        "limit": limit and round(limit, 4),
        "unit": unit,
        "note": f"beside {beside}",
    }


if __name__ == "__main__":
    for row in run(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS):
        sys.stdout.write(f"{row}\n")
