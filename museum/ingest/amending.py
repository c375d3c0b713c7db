"""Changing what stands in the catalogue: restore a revision, delete, bring back, merge two records, undo a batch.

Each is one transaction of records, stories, their changes, redirects, manifests and jobs: it happened whole or not at
all. It needs no byte of a master: the masters follow the change log afterwards (`ingest.mirroring`), and nothing that
an object ever held is lost.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from museum.catalog import batches, history, merging, redirects, store, undoing
from museum.catalog.merging import MergePlan
from museum.catalog.record import record_from_json
from museum.catalog.undoing import UndoPlan
from museum.catalog.visibility import is_open
from museum.db import writing
from museum.errors import Conflict, NotFound
from museum.exhibitions import store as stories
from museum.exhibitions.tables import StoryRow
from museum.ingest.parts import Parts
from museum.ingest.publish import is_ready, manifest_of, put_manifest
from museum.ingest.writing import Wish, enqueue

Snapshots = Mapping[str, dict[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class Amended:
    """What was done: the batch that holds it ("" when nothing had to be), how many records and stories changed, and
    the ids that were left alone because somebody changed them since."""

    batch: str
    changed: int
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Deed:
    person: str
    kind: str
    title: str
    undoes: str = ""
    batch: str = field(default_factory=batches.new_id)


def restore(parts: Parts, record_id: str, number: int, *, person: str, expected: int | None = None) -> Amended:
    """Make a record what it was at revision `number`, as a new revision; who may see it stays as it is.

    A record that was deleted comes back. Raises NotFound, Conflict catalog.changed_meanwhile when the record is not at
    revision `expected` any more, Conflict when another record bears one of its numbers by now.
    """
    deed = _Deed(person=person, kind="restore", title=f"{record_id} · {number}")
    with writing(parts.engine) as session:
        wanted = history.revision(session, record_id, number).snapshot
        if wanted is None:
            raise NotFound("catalog.no_revision", id=record_id, revision=number)
        if store.exists(session, record_id):
            wanted = {**wanted, "state": store.get(session, record_id).state}
        return _apply(parts, session, {record_id: wanted}, deed=deed, expected=_seen(record_id, expected))


def delete(parts: Parts, record_id: str, *, person: str, expected: int | None = None) -> Amended:
    """Take a record out: its address answers 410, its masters stay. Raises NotFound, Conflict."""
    deed = _Deed(person=person, kind="delete", title=record_id)
    with writing(parts.engine) as session:
        store.get(session, record_id)
        return _apply(parts, session, {record_id: None}, deed=deed, expected=_seen(record_id, expected))


def undelete(parts: Parts, record_id: str, *, person: str) -> Amended:
    """Bring a deleted record back as it last was. Raises NotFound, Conflict when it stands or a number is taken."""
    deed = _Deed(person=person, kind="undelete", title=record_id)
    with writing(parts.engine) as session:
        if store.exists(session, record_id):
            raise Conflict("catalog.not_deleted", id=record_id)
        wanted = history.last_whole(session, record_id).snapshot
        return _apply(parts, session, {record_id: wanted}, deed=deed)


def merge_plan(session: Session, winner_id: str, other_id: str) -> tuple[MergePlan, Snapshots]:
    """What merging would do, and the stories that would change with it (what they show of the other)."""
    plan = merging.plan(session, winner_id, other_id)
    names = {other_id: winner_id, **plan.media_same}
    changed: dict[str, dict[str, Any] | None] = {}
    for row in session.scalars(select(StoryRow).order_by(StoryRow.id)):
        body = merging.renamed(row.body, names)
        if body != row.body:
            changed[row.id] = {**body, "id": row.id}
    return plan, changed


def merge(
    parts: Parts, winner_id: str, other_id: str, *, person: str, expected: Mapping[str, int] | None = None
) -> Amended:
    """Merge `other_id` into `winner_id`; the other's addresses, and those of its doubled files, lead to the winner's.

    `expected` are the revisions that the preview showed. Raises as `merging.plan`, Conflict catalog.changed_meanwhile.
    """
    deed = _Deed(person=person, kind="merge", title=f"{other_id} → {winner_id}")
    with writing(parts.engine) as session:
        plan, told = merge_plan(session, winner_id, other_id)
        done = _apply(parts, session, plan.snapshots, told=told, deed=deed, expected=expected or {})
        redirects.put(session, other_id, record_id=other_id, target=winner_id, batch=deed.batch)
        for media_id, twin in plan.media_same.items():
            redirects.put(session, media_id, record_id=other_id, target=twin, batch=deed.batch)
        return done


def undo_plan(session: Session, batch: str) -> UndoPlan:
    """What undoing a batch would do; nothing is written. Raises NotFound catalog.no_batch."""
    standing = {row.id: row.body for row in session.execute(select(StoryRow.id, StoryRow.body))}
    return undoing.plan(session, batch, stories=standing)


def undo(parts: Parts, batch: str, *, person: str, force: Collection[str] | bool = ()) -> Amended:
    """Take back what a batch did: creates, updates and deletes, of records and stories, word for word.

    What others changed since is left alone and told, except for the ids in `force` (or all, with True): those go back
    too, and the log keeps what they were. An undo is a batch like any other and can be undone.
    Raises NotFound catalog.no_batch, Conflict when a number or slug serves another record by now.
    """
    with writing(parts.engine) as session:
        plan = undo_plan(session, batch)
        deed = _Deed(person=person, kind="undo", title=plan.batch.title or batch, undoes=batch)
        skipped = [s.record_id for s in plan.conflicts if force is not True and s.record_id not in (force or ())]
        steps = [s for s in plan.steps if not s.is_done and s.record_id not in skipped]
        done = _apply(
            parts,
            session,
            {s.record_id: s.target for s in steps if s.subject == "record"},
            told={s.record_id: s.target for s in steps if s.subject == "story"},
            deed=deed,
        )
        _redirect_again(session, plan, deed)
    return Amended(batch=done.batch, changed=done.changed, skipped=tuple(skipped))


def _redirect_again(session: Session, plan: UndoPlan, deed: _Deed) -> None:
    """Undoing the undo of a merge deletes the same records again: their addresses lead where they led."""
    for row in redirects.of_batch(session, plan.batch.undoes) if plan.batch.undoes else ():
        if not store.exists(session, row.record_id):
            redirects.put(session, row.id, record_id=row.record_id, target=row.target, batch=deed.batch)


def _seen(record_id: str, expected: int | None) -> Mapping[str, int]:
    return {} if expected is None else {record_id: expected}


def _apply(
    parts: Parts,
    session: Session,
    snapshots: Snapshots,
    *,
    deed: _Deed,
    told: Snapshots | None = None,
    expected: Mapping[str, int] | None = None,
) -> Amended:
    for record_id, revision in (expected or {}).items():
        store.expect(session, record_id, revision)
    batches.begin(session, deed.batch, person=deed.person, kind=deed.kind, title=deed.title, undoes=deed.undoes)
    done = store.restore(session, snapshots, person=deed.person, batch=deed.batch)
    done += stories.restore(session, told or {}, person=deed.person, batch=deed.batch)
    for snapshot in snapshots.values():
        if snapshot is not None:
            _show(parts, session, snapshot, deed=deed)
    return Amended(batch=deed.batch if done else "", changed=len(done))


def _show(parts: Parts, session: Session, snapshot: dict[str, Any], *, deed: _Deed) -> None:
    """The manifest of a record as it is now; jobs for what it lacks of derivatives."""
    record = record_from_json(snapshot)
    is_public = is_open(record.state)
    enqueue(session, record, wish=Wish(person=deed.person, batch=deed.batch, publish=is_public))
    if is_public and is_ready(session, record):
        body = manifest_of(session, record, settings=parts.settings, types=parts.types)
        put_manifest(session, record, body, settings=parts.settings, types=parts.types)
