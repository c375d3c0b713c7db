"""`museum check`: does everything stand as it should? Database, masters, derivatives, index, jobs, disk."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Engine, select, text

from museum import db
from museum.catalog import store
from museum.catalog.record import Record
from museum.config import Settings
from museum.errors import MuseumError, message_of
from museum.exhibitions import store as stories
from museum.exhibitions.story import Story
from museum.ingest import copies, lifetime, mirroring, story_writing
from museum.ingest.tables import IntentRow
from museum.jobs import queue
from museum.search import indexer
from museum.search.location import Location
from museum.storage.ocfl import Masters
from museum.storage.opening import open_derivatives

Severity = Literal["error", "warning", "ok"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found: "error" where something is wrong, "warning" where somebody should look, "ok" where it stands."""

    code: str
    severity: Severity
    values: Mapping[str, Any] = field(default_factory=dict)

    def message(self, language: str = "vi") -> str:
        """What was found and what to do, in `language`."""
        return message_of(self.code, language, dict(self.values))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON with the message in both languages."""
        return {
            "code": self.code,
            "severity": self.severity,
            "values": {k: str(v) for k, v in self.values.items()},
            "message": {"vi": self.message("vi"), "en": self.message("en")},
        }


def check(
    settings: Settings, engine: Engine, *, digests: bool = True, on_progress: Callable[[int, int], None] | None = None
) -> list[Finding]:
    """Look at everything; nothing is changed. `digests` re-reads every master (slow where there are many)."""
    with db.reading(engine) as session:
        records, told = store.all_records(session), stories.all_stories(session)
        made = store.derivatives(session, (m.sha256 for r in records for m in r.media))
    return [
        *_database(engine),
        *_masters(settings, records, told, digests=digests, on_progress=on_progress),
        *_stories(records, told),
        *_derivatives(settings, records, made),
        *_index(settings, engine),
        *_work(engine),
        *_disk(settings),
    ]


def is_sound(findings: list[Finding]) -> bool:
    """True when nothing is wrong (warnings allowed)."""
    return all(f.severity != "error" for f in findings)


def _database(engine: Engine) -> Iterator[Finding]:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            said = connection.execute(text("PRAGMA integrity_check")).scalar()
        if said != "ok":
            yield Finding(code="check.database_broken", severity="error", values={"reason": said})
            return
    yield Finding(code="check.database_ok", severity="ok", values={"kind": engine.dialect.name})


def _masters(
    settings: Settings,
    records: list[Record],
    told: list[Story],
    *,
    digests: bool,
    on_progress: Callable[[int, int], None] | None,
) -> Iterator[Finding]:
    masters = Masters(settings.masters_root, settings.staging, quarantine=settings.quarantine)
    bad = 0
    known: dict[str, Record | Story] = {f"urn:museum:{record.institution}:{record.id}": record for record in records}
    known |= {story_writing.object_id(story.institution, story.id): story for story in told}
    for number, (object_id, record) in enumerate(known.items(), start=1):
        if on_progress is not None:
            on_progress(number, len(known))
        try:
            problems = [p for p in masters.validate(object_id, digests=digests) if p.is_error]
            held = masters.logical_paths(object_id)
        except MuseumError as error:
            bad += 1
            yield Finding(code="check.master_missing", severity="error", values={"id": record.id, "reason": error})
            continue
        if problems:
            bad += 1
            first = f"{problems[0].code} {problems[0].message}"
            yield Finding(code="check.master_invalid", severity="error", values={"id": record.id, "reason": first})
        for media in record.media if isinstance(record, Record) else ():
            if media.path not in held:
                bad += 1
                values = {"id": record.id, "file": media.file_name}
                yield Finding(code="check.file_missing", severity="error", values=values)
    for object_id in masters.object_ids():
        if object_id not in known and not _is_accounted_for(masters, object_id):
            yield Finding(code="check.master_unknown", severity="warning", values={"id": object_id})
    if not bad:
        yield Finding(code="check.masters_ok", severity="ok", values={"count": len(records)})


def _is_accounted_for(masters: Masters, object_id: str) -> bool:
    """True for the institutions' object, and for what was deleted on purpose and says so."""
    held = masters.logical_paths(object_id)
    return mirroring.INSTITUTIONS_FILE in held or lifetime.TOMBSTONE_FILE in held


def _stories(records: list[Record], told: list[Story]) -> Iterator[Finding]:
    """A public story that shows less than it says: somebody should look."""
    shown = {record.id for record in records if record.state == "published"}
    for story in told:
        lacking = [record_id for record_id in story.objects if record_id not in shown]
        if story.state == "published" and lacking:
            values = {"slug": story.slug, "ids": ", ".join(lacking)}
            yield Finding(code="check.story_lacks", severity="warning", values=values)


def _derivatives(
    settings: Settings, records: list[Record], made: Mapping[str, list[store.Derivative]]
) -> Iterator[Finding]:
    shelf = open_derivatives(settings)
    lacking = 0
    for record in records:
        for media in record.media:
            sizes = shelf.sizes(media.sha256) if made[media.sha256] else {}
            for derivative in made[media.sha256]:
                if not copies.is_kept(sizes, derivative):
                    lacking += 1
                    values = {"id": record.id, "file": media.file_name, "name": derivative.name}
                    yield Finding(code="check.derivative_missing", severity="error", values=values)
    if not lacking:
        count = sum(len(names) for names in made.values())
        yield Finding(code="check.derivatives_ok", severity="ok", values={"count": count})


def _index(settings: Settings, engine: Engine) -> Iterator[Finding]:
    differences = indexer.verify(engine, Location.of(settings))
    if differences.is_clean:
        yield Finding(code="check.index_ok", severity="ok")
        return
    counts = {name: len(getattr(differences, name)) for name in ("missing", "extra", "stale")}
    yield Finding(code="check.index_behind", severity="error", values=counts)


def _work(engine: Engine) -> Iterator[Finding]:
    with db.reading(engine) as session:
        staged = list(session.scalars(select(IntentRow.id).where(IntentRow.state == "staged")))
        dead = queue.dead(session)
    if staged:
        yield Finding(code="check.intents_open", severity="warning", values={"count": len(staged)})
    for job in dead:
        reason = (job.error or {}).get("en", "")
        yield Finding(
            code="check.job_dead", severity="error", values={"kind": job.kind, "key": job.key, "reason": reason}
        )
    counts = queue.counts(engine)
    waiting = counts["queued"] + counts["leased"]
    if waiting:
        yield Finding(code="check.jobs_waiting", severity="warning", values={"count": waiting})


def _disk(settings: Settings) -> Iterator[Finding]:
    free_mib = shutil.disk_usage(settings.media).free // 2**20
    enough = free_mib >= settings.keep_free_mib
    severity: Severity = "ok" if enough else "warning"
    values = {"free": free_mib, "least": settings.keep_free_mib}
    yield Finding(code="check.disk_free" if enough else "check.disk_low", severity=severity, values=values)
