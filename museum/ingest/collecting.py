"""IIIF collections, built when the change log has grown and stored: never in a request."""

import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress

from sqlalchemy import Engine

from museum.accounts.roles import Level
from museum.catalog import changes, collections, institutions, record_types, store, vocabulary
from museum.catalog.visibility import seen
from museum.config import Settings
from museum.db import open_engine, reading, writing
from museum.iiif.collection import build_collection, member_collection, member_of, plan_collections
from museum.iiif.source import Institution
from museum.ingest.publish import renew_manifests

_EVERY_S = 2.0  # at most so often while records change
_MOST_AT_HOME = 2_000  # records
_LOOK_S = 0.1
_NICENESS = 5


def collect(engine: Engine, settings: Settings) -> int:
    """Bring the stored collections up to the newest change; how many changed. Nothing is read when nothing did.

    Manifests of what may no longer be seen, or may be seen now, are renewed with them.
    """
    with reading(engine) as session:
        newest = changes.last_seq(session)
        if collections.seq(session) == newest:
            return 0
        types = record_types.load(settings.record_types)
        whole = store.published(session)
        records = [seen(record, types, Level.PUBLIC, linked=()) for record in whole]
        shelf = store.derivatives(session, (m.sha256 for r in records for m in r.media))
        terms = vocabulary.load(session)
        found = institutions.get(session, settings.institution_code)
    renew_manifests(engine, settings, whole, types=types)
    owner = Institution(code=found.code, name=found.name, homepage=found.homepage)
    kinds = {kind: types.of(kind).plural for kind in record_types.KINDS}
    languages: tuple[str, str] = ("vi", "en") if settings.language == "vi" else ("en", "vi")
    bodies: dict[str, bytes] = {}
    real = [record for record in records if not record.is_sample]
    for with_samples, told in ((True, records), (False, real)) if len(real) < len(records) else ((True, records),):
        by_id = {record.id: record for record in told}
        for plan in plan_collections(told, kinds=kinds, vocabulary=terms):
            members = [member_collection(slug, label) for slug, label in plan.collections.items()]
            members += [member_of(by_id[i], shelf) for i in plan.records if by_id[i].media]
            if members:
                bodies[collections.key(plan.slug, with_samples=with_samples)] = build_collection(
                    plan.slug, label=plan.label, members=members, institution=owner, languages=languages
                )
    with writing(engine) as session:
        return collections.replace_all(session, bodies, seq=newest)


def follow(engine: Engine, settings: Settings, stop: threading.Event) -> None:
    """Collect until `stop` is set; first renew what an upgrade or other levels made void, which no change tells of.

    Of many records it takes seconds, in which whatever else runs in this process would hardly come to its turn, the
    indexer for one: then it is done in a process of its own.
    """
    is_renewed = False
    while not stop.is_set():
        with reading(engine) as session:
            is_due = not is_renewed or collections.seq(session) != changes.last_seq(session)
            is_large = is_due and len(store.published_ids(session)) > _MOST_AT_HOME
        if is_large:
            _apart(settings, stop, renews=not is_renewed)
        elif is_due:
            _brought_up(engine, settings, renews=not is_renewed)
        is_renewed = True
        stop.wait(_EVERY_S)


def _brought_up(engine: Engine, settings: Settings, *, renews: bool) -> None:
    if renews:
        with reading(engine) as session:
            records = store.published(session)
        renew_manifests(engine, settings, records, types=record_types.load(settings.record_types))
    collect(engine, settings)


def _apart(settings: Settings, stop: threading.Event, *, renews: bool) -> None:
    """The same in a process of its own, which ends with `stop`. One that fails says why on stderr; the next try is due
    as long as there is something to do."""
    child = subprocess.Popen([sys.executable, "-P", "-m", "museum.ingest.collecting"], stdin=subprocess.PIPE)
    with suppress(BrokenPipeError), child:
        if child.stdin is not None:
            pickle.dump((settings, renews), child.stdin)
            child.stdin.flush()
        while child.poll() is None and not stop.wait(_LOOK_S):
            pass
        if child.poll() is None:
            child.terminate()


def _work() -> None:
    os.nice(_NICENESS)
    settings, renews = pickle.load(sys.stdin.buffer)
    engine = open_engine(settings.database)
    _brought_up(engine, settings, renews=renews)
    engine.dispose()


if __name__ == "__main__":
    _work()
