"""The index's folder after a thousand commits of one record each, beside a fresh build of the same records."""

import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from museum.search.document import SearchDoc, document
from museum.search.index import SearchIndex
from tests.bench.search_corpus import records
from tests.bench.search_peers import size_of

RECORDS, COMMITS = 5_000, 1_000
MOST = 2.0  # times a fresh build


def run(count: int = RECORDS, commits: int = COMMITS) -> list[dict[str, Any]]:
    """Rows: the folder while it is being written, the folder afterwards, and what one commit takes."""
    docs = [document(record) for record in islice(records(count), count)]
    with tempfile.TemporaryDirectory() as folder:
        grown, fresh = Path(folder) / "grown", Path(folder) / "fresh"
        _fill(grown, docs).close()
        largest = 0
        spent = 0.0
        for turn in range(commits):
            started = time.perf_counter()
            index = SearchIndex(grown)  # as the indexer does in each round
            with index.begin() as batch:
                batch.put(docs[turn * 37 % count], newest=count + turn + 1)
                batch.commit(position=count + turn + 1)
            index.close()
            spent += time.perf_counter() - started
            if turn % 20 == 0:
                largest = max(largest, size_of(grown))
        _fill(fresh, docs).close()
        right = size_of(fresh) / 1e6
        note = f"{commits:,} commits of one record among {count:,}"
        return [
            _row("folder after them", size_of(grown) / 1e6, right, "MB", note),
            _row("largest folder between them", largest / 1e6, right, "MB", note),
            {
                "name": "search: one commit of one record",
                "ours": round(spent / commits * 1000, 2),
                "peer": None,
                "ratio": None,
                "limit": None,
                "unit": "ms",
                "note": "opening the index and closing it included",
            },
        ]


def _fill(folder: Path, docs: list[SearchDoc]) -> SearchIndex:
    index = SearchIndex(folder)
    with index.begin() as batch:
        for number, doc in enumerate(docs, start=1):
            batch.put(doc, newest=number)
        batch.commit(position=len(docs))
    return index


def _row(name: str, ours: float, peer: float, unit: str, note: str) -> dict[str, Any]:
    given = {"name": f"search: {name}", "ours": round(ours, 3), "peer": round(peer, 3), "ratio": round(ours / peer, 3)}
    return {**given, "limit": MOST, "unit": unit, "note": note}


if __name__ == "__main__":
    for row in run(*map(int, sys.argv[1:])):
        sys.stdout.write(f"{row}\n")
