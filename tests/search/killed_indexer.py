"""An indexer made to be killed; its arguments are the catalogue's database and the place of the index.

Each line on standard input forks one that indexes, from everything imported on; it says its process number, then "+"
after each commit, and "." when it is dead. "torn" is the control: it commits half of a batch, says so, and waits.
"""

import os
import signal
import sys
from pathlib import Path

from museum import db
from museum.catalog import changes
from museum.catalog.record import record_from_json
from museum.search import indexer, postgres_engine, tantivy_engine, whoosh_engine
from museum.search.location import Location

BATCH = 5  # changes in a commit
_IMPORTED = (postgres_engine, tantivy_engine, whoosh_engine)


def index(database: str, location: Location) -> None:
    """Follow the log, telling of each commit."""
    indexer.BATCH_RECORDS = BATCH
    point = location.point

    def told(folder: Path, *, generation: int) -> None:
        point(folder, generation=generation)
        print("+", flush=True)

    location.point = told  # type: ignore[method-assign]  # told of from outside, as it happens
    indexer.index_once(db.open_engine(database), location, patience_s=30)


def tear(database: str, location: Location) -> None:
    """Make half of a batch visible and say that it is all."""
    opened = location.open()
    assert opened is not None
    with db.reading(db.open_engine(database)) as session:
        log = changes.since(session, opened.position, limit=BATCH)
        records = [record_from_json(change.after) for change in log if change.after]
        with opened.begin() as batch:
            for doc in list(indexer.documents(session, location, records))[: BATCH // 2]:
                batch.put(doc, newest=log[-1].seq)
            batch.commit(position=log[-1].seq)
    print("+", flush=True)
    signal.pause()


def main(database: str, folder: str, engine: str, url: str) -> None:
    """Fork one for each line."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            print(os.getpid(), flush=True)
            location = Location(Path(folder), engine=engine, database=url)
            (tear if line.strip() == "torn" else index)(database, location)
            os._exit(0)
        os.waitpid(child, 0)
        print(".", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
