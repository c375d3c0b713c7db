"""Publishing: when every derivative of a record is there, its manifest and its state appear in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from museum.accounts.roles import Level
from museum.catalog import institutions, record_types, store, vocabulary
from museum.catalog.record import Record
from museum.catalog.record_types import RecordTypes
from museum.catalog.visibility import fence, is_open, seen, told_on_request
from museum.catalog.vocabulary import Vocabulary
from museum.config import Settings
from museum.db import reading, writing
from museum.errors import NotFound
from museum.iiif.collection import plan_collections
from museum.iiif.manifest import build_manifest
from museum.iiif.manifest_4 import build_scene_manifest
from museum.iiif.source import FieldLabel, Institution, OnRequest
from museum.ingest.copies import lacking
from museum.text import Text

_SHOWN = ("photo", "scan", "film", "sound", "document")
_TRIES = 5  # a record may change between building its manifest and storing it


def publish_if_ready(engine: Engine, settings: Settings, record_id: str, *, person: str, batch: str) -> bool:
    """Publish a record whose derivatives are all there; True when it became public now.

    A withdrawn record stays withdrawn; one that is public gets a new manifest only where it differs.
    """
    types = record_types.load(settings.record_types)
    for _ in range(_TRIES):
        with reading(engine) as session:
            try:
                record = store.get(session, record_id)
            except NotFound:
                return False
            if record.state == "withdrawn" or not is_ready(session, record):
                return False
            body = manifest_of(session, record, settings=settings, types=types)
        with writing(engine) as session:
            if store.get(session, record_id) != record or not is_ready(session, record):
                continue
            put_manifest(session, record, body, settings=settings, types=types)
            change = store.save(session, replace(record, state="published"), person=person, batch=batch)
            return change is not None
    return False


def is_ready(session: Session, record: Record) -> bool:
    """True when each medium of the record has its derivatives."""
    return not lacking(record, store.derivatives(session, (m.sha256 for m in record.media)))


def manifest_of(session: Session, record: Record, *, settings: Settings, types: RecordTypes) -> bytes | None:
    """The record's manifest with the placeholder for the public address, of what the public may see of the record;
    None where there is nothing to show. Where the museum tells of images on request, they come last, each with the
    way to sign in and nothing else."""
    told = told_on_request(record) if settings.images_on_request else ()
    record = seen(record, types, Level.PUBLIC, linked=())
    if not told and not any(media.kind in _SHOWN for media in record.media):
        return None
    about = _about(session, record, settings=settings, types=types)
    try:
        return build_manifest(
            record,
            derivatives=store.derivatives(session, (m.sha256 for m in (*record.media, *told))),
            institution=about.institution,
            labels=about.labels,
            languages=about.languages,
            part_of=about.part_of,
            vocabulary=about.vocabulary,
            on_request=OnRequest(media=told, museum=settings.name, substitute_px=settings.image_substitute_px),
        )
    except NotFound:
        return None


def scene_manifest_of(session: Session, record: Record, *, settings: Settings, types: RecordTypes) -> bytes | None:
    """The record's Presentation 4.0 (draft) manifest of what the public may see; None where there is no scan."""
    record = seen(record, types, Level.PUBLIC, linked=())
    if not any(media.kind == "scan" for media in record.media):
        return None
    about = _about(session, record, settings=settings, types=types)
    return build_scene_manifest(
        record,
        derivatives=store.derivatives(session, (m.sha256 for m in record.media)),
        institution=about.institution,
        labels=about.labels,
        languages=about.languages,
        part_of=about.part_of,
        vocabulary=about.vocabulary,
    )


def put_manifest(
    session: Session, record: Record, body: bytes | None, *, settings: Settings, types: RecordTypes
) -> None:
    """Store a manifest unless the same one is there already, and beside it the one of version 4 where the record has
    scenes; None takes away what is there."""
    if body is None:
        store.drop_manifest(session, record.id)
        return
    _put(session, record, body, behind=_fence(record, settings, types), version="3")
    scenes = scene_manifest_of(session, record, settings=settings, types=types)
    if scenes is None:
        store.drop_manifest(session, record.id, version="4")
    else:
        _put(session, record, scenes, behind=fence(record, types), version="4")


def _put(session: Session, record: Record, body: bytes, *, behind: str, version: str) -> None:
    try:
        if store.manifest(session, record.id, version=version) == (body, behind):
            return
    except NotFound:
        pass
    store.put_manifest(session, record.id, body, fence=behind, version=version)


def renew_manifests(engine: Engine, settings: Settings, records: Sequence[Record], *, types: RecordTypes) -> int:
    """Build the manifests of those public records anew that were built behind another fence, tell of images on
    request in other words than the settings' present ones, or lack version 4 of an object with scans; how many were."""
    with reading(engine) as session:
        fences = store.manifest_fences(session)
        with_scenes = store.manifest_fences(session, version="4")
    stale = [
        record.id
        for record in records
        if record.media
        and (
            fences.get(record.id, "") != _fence(record, settings, types)
            or (record.id not in with_scenes and _has_public_scan(record, types))
        )
    ]
    for record_id in stale:
        with writing(engine) as session:
            try:
                record = store.get(session, record_id)
            except NotFound:
                continue
            if is_open(record.state):
                body = manifest_of(session, record, settings=settings, types=types)
                put_manifest(session, record, body, settings=settings, types=types)
    return len(stale)


def _fence(record: Record, settings: Settings, types: RecordTypes) -> str:
    """The fence that a manifest of now stands behind."""
    terms = f"{settings.image_substitute_px} {settings.name_vi} {settings.name_en}"
    return fence(record, types, terms=terms if settings.images_on_request else "")


def _has_public_scan(record: Record, types: RecordTypes) -> bool:
    return any(media.kind == "scan" for media in record.media) and any(
        media.kind == "scan" for media in seen(record, types, Level.PUBLIC, linked=()).media
    )


@dataclass(frozen=True, kw_only=True)
class _About:
    """What the manifests of a record say beside it."""

    institution: Institution
    labels: tuple[FieldLabel, ...]
    languages: tuple[str, str]
    part_of: Mapping[str, Text]
    vocabulary: Vocabulary


def _about(session: Session, record: Record, *, settings: Settings, types: RecordTypes) -> _About:
    owner = institutions.get(session, record.institution)
    kinds = {kind: types.of(kind).plural for kind in record_types.KINDS}
    terms = vocabulary.load(session)
    fields = types.of(record.kind).fields
    return _About(
        institution=Institution(code=owner.code, name=owner.name, homepage=owner.homepage),
        labels=tuple(FieldLabel(name=f.name, label=f.label, vocabulary=f.vocabulary) for f in fields),
        languages=("vi", "en") if settings.language == "vi" else ("en", "vi"),
        part_of={plan.slug: plan.label for plan in plan_collections([record], kinds=kinds, vocabulary=terms)},
        vocabulary=terms,
    )
