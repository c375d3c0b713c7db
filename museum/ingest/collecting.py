"""IIIF collections, built when the change log has grown and stored: never in a request."""

import threading

from sqlalchemy import Engine

from museum.accounts.roles import Level
from museum.catalog import changes, collections, institutions, record_types, store, vocabulary
from museum.catalog.visibility import seen
from museum.config import Settings
from museum.db import reading, writing
from museum.iiif.collection import build_collection, member_collection, member_of, plan_collections
from museum.iiif.source import Institution
from museum.ingest.publish import renew_manifests

_EVERY_S = 2.0  # at most so often while records change


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
    """Collect until `stop` is set; first renew what an upgrade or other levels made void, which no change tells of."""
    with reading(engine) as session:
        records = store.published(session)
    renew_manifests(engine, settings, records, types=record_types.load(settings.record_types))
    while not stop.is_set():
        collect(engine, settings)
        stop.wait(_EVERY_S)
