"""Search at 3,000 real records: the default engine beside the pure-Python one, interleaved, three rounds."""

import json
import lzma
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from museum.catalog.record import Record, Value
from museum.search.document import SearchDoc, document
from museum.search.index import SearchIndex
from museum.search.query import FACETS, parse

RECORDS = 3_000  # whoosh takes minutes for more; 20,000 were too long for a bench
ROUNDS = 3
BATCH = 1_000
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "catalogue"
KINDS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "one term": (("turner", "venice", "harbour", "horse", "bowl", "vase", "lithograph", "etching"), {"counted": ()}),
    "very common term": (("graphite", "paper", "watercolour", "untitled", "study"), {"counted": ()}),
    "three terms": (("graphite on paper", "river with trees", "view of london", "study for portrait"), {"counted": ()}),
    "term and facets": (("turner", "paper", "bowl", "river", "church"), {"counted": FACETS}),
    "term and years 1800–1850": (
        ("turner", "river", "church", "boat"),
        {"counted": (), "year_from": 1800, "year_to": 1850},
    ),
    "phrase": (('"on paper"', '"river thames"', '"from the"'), {"counted": ()}),
}


def run() -> list[dict[str, Any]]:
    """Rows of the benchmark table: build and six kinds of query, p50 and p95 in ms."""
    docs = _documents()
    with tempfile.TemporaryDirectory() as folder:
        indexes = {name: SearchIndex(Path(folder) / name, engine=name) for name in ("tantivy", "whoosh")}
        built = {name: _build(index, docs) for name, index in indexes.items()}
        rows = [_row("build, 3,000 records", built["tantivy"], built["whoosh"], "s")]
        for kind, (texts, options) in KINDS.items():
            times: dict[str, list[float]] = {name: [] for name in indexes}
            for turn in range(ROUNDS + 1):
                for name, index in indexes.items():
                    for text in texts:
                        took = _timed(index, text, options)
                        if turn:  # the first round warms up
                            times[name].append(took)
            for label, pick in (("p50", 0.5), ("p95", 0.95)):
                ours, peer = (_at(times[name], pick) for name in ("tantivy", "whoosh"))
                rows.append(_row(f"{kind}, {label}", ours, peer, "ms"))
        for index in indexes.values():
            index.close()
    return rows


def _documents() -> list[SearchDoc]:
    found = []
    for name in ("tate", "cmoa"):
        with lzma.open(DATA / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line, _ in zip(lines, range(RECORDS // 2), strict=False):
                found.append(document(_record(json.loads(line))))
    return found


def _record(row: dict[str, Any]) -> Record:
    fields = {
        "title": [row.get("title", "")],
        "maker": row.get("creators", []),
        "material": [row.get("medium", "")],
        "object_type": [row.get("classification", "")],
        "description": [*row.get("terms", []), row.get("inscription", ""), row.get("provenance", "")],
    }
    values = {n: tuple(Value(value=t, language="en") for t in texts if t) for n, texts in fields.items()}
    if row.get("year_from") and row.get("year_to"):
        values["date"] = (Value(value=f"{int(row['year_from']):04d}/{int(row['year_to']):04d}"),)
    return Record(id=row["id"], kind="object", institution=row["source"].lower(), state="published", values=values)


def _build(index: SearchIndex, docs: list[SearchDoc]) -> float:
    started = time.perf_counter()
    for start in range(0, len(docs), BATCH):
        with index.begin() as batch:
            for place, doc in enumerate(docs[start : start + BATCH], start=start + 1):
                batch.put(doc, newest=place)
            batch.commit(position=start)
    return time.perf_counter() - started


def _timed(index: SearchIndex, text: str, options: dict[str, Any]) -> float:
    return index.search(parse(text, **options)).took_ms


def _at(values: list[float], share: float) -> float:
    if share == 0.5:
        return statistics.median(values)
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _row(name: str, ours: float, peer: float, unit: str) -> dict[str, Any]:
    return {
        "name": f"search: {name}",
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "ratio": round(ours / peer, 3) if peer else None,
        "limit": None,
        "unit": unit,
        "note": "tantivy beside whoosh 2.7.4",
    }


if __name__ == "__main__":
    for row in run():
        sys.stdout.write(f"{row}\n")
