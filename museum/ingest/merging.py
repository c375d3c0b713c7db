"""A draft upon the record that is there: the record as it should be. Nothing is written here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from museum.accounts.roles import Level
from museum.addresses import new_id
from museum.catalog.record import Designation, Identifier, Link, Media, Procedure, Record, Value
from museum.catalog.visibility import stated
from museum.ingest.drafts import FETCHED_FROM, MediaDraft, ProcedureDraft, RowDraft
from museum.ingest.inspection import Inspected
from museum.ingest.references import safe_name


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A file of a draft with its digest, and what inspection found; None where the record knows this very file."""

    draft: MediaDraft
    sha256: str
    inspected: Inspected | None


def merged(
    draft: RowDraft,
    existing: Record | None,
    *,
    record_id: str,
    institution: str,
    files: Sequence[Looked],
    links: Iterable[Link] = (),
    clear_blanks: bool = False,
) -> Record:
    """The record that `draft` makes of `existing` (None: a new draft). What the table has no column for stays.

    Empty cells leave a field as it is, unless `clear_blanks`. Ids of files and events that are known are kept.
    """
    record = existing or Record(id=record_id, kind=draft.kind or "object", institution=institution)
    values = dict(record.values)
    if clear_blanks:
        for name in draft.blanks:
            values.pop("date" if name == "date_text" else name, None)
    if draft.origin:
        values = _from_origin(draft.origin, values, draft.values)
    for name, given in draft.values.items() if not draft.origin else ():
        values[name] = _values(values.get(name, ()), given, is_complete=draft.is_complete)
    media = _media(record, draft, files)
    record = replace(
        record,
        kind=draft.kind or record.kind,
        values=values,
        identifiers=_identifiers(record.identifiers, draft.identifiers),
        designations=_designations(record.designations, draft.designations),
        links=joined_links(record.links, links),
        media=media,
        display=draft.display or record.display,
        display_place=draft.display_place or record.display_place,
        is_sample=record.is_sample if draft.is_sample is None else draft.is_sample,
    )
    return replace(record, procedures=_procedures(record, draft.procedures, {f.draft.reference: f for f in files}))


def known_file(record: Record | None, draft: MediaDraft, sha256: str) -> Media | None:
    """The record's own entry for this very file, its unit and axis unchanged; None when it must be looked at."""
    for media in record.media if record else ():
        same = media.sha256 == sha256 and (media.kind == draft.kind or draft.kind in ("transcript", "document"))
        if same and (not draft.unit or media.unit == draft.unit) and draft.up_axis in ("", media.up_axis):
            return media
    return None


def _values(before: Sequence[Value], given: Sequence[Value], *, is_complete: bool) -> tuple[Value, ...]:
    """The new values, and the old ones that the table is silent about: those of other languages, and the further
    statements beside the preferred one, unless a sheet of them lay beside the table."""
    given = _guarded(given, before)
    if not is_complete and _alike(given) <= _alike(before):
        return tuple(before)
    spoken = {value.language for value in given}
    kept = [
        v
        for v in before
        if (v.language and v.language not in spoken and "" not in spoken) or not (v.preferred or is_complete)
    ]
    return (*given, *(v for v in kept if not _alike([v]) <= _alike(given)))


def _from_origin(
    origin: str, before: Mapping[str, tuple[Value, ...]], given: Mapping[str, tuple[Value, ...]]
) -> dict[str, tuple[Value, ...]]:
    """All statements, those of `origin` as it makes them now. What others say of a field stands before them, and in
    its language it stays the preferred one: whoever corrected a title here is not corrected back."""
    merged: dict[str, tuple[Value, ...]] = {}
    for name in dict.fromkeys((*before, *given)):
        others = [v for v in before.get(name, ()) if v.source != origin]
        decided = {v.language for v in others if v.preferred}
        told = _guarded(given.get(name, ()), before.get(name, ()))
        told = [replace(v, preferred=v.preferred and v.language not in decided) for v in told]
        if others or told:
            merged[name] = (*others, *told)
    return merged


def _guarded(given: Sequence[Value], before: Sequence[Value]) -> list[Value]:
    """What is hidden stays so where a table says nothing of visibility: a statement keeps its level, and one that takes
    the place of hidden ones of its language gets theirs. To open it, the table says "public"."""
    if not any(v.level for v in before):
        return list(given)
    known = {replace(v, level="", preferred=True): v.level for v in before}
    by_language: dict[str, str] = {}
    for value in before:
        by_language[value.language] = max(by_language.get(value.language, ""), value.level, key=_rank)
    return [
        v if v.level else replace(v, level=known.get(replace(v, preferred=True), by_language.get(v.language, "")))
        for v in given
    ]


def _rank(level: str) -> int:
    return int(stated(level, Level.PUBLIC))


def _alike(values: Iterable[Value]) -> set[Value]:
    """Statements as they compare: which of them is preferred is another question."""
    return {replace(value, preferred=True) for value in values}


def _identifiers(before: Sequence[Identifier], given: Sequence[Identifier]) -> tuple[Identifier, ...]:
    """The new numbers; an old one of the same scheme becomes a former one, so that it still leads here."""
    current = {i.scheme: i.value for i in given if not i.former}
    kept = [
        replace(i, former=True) if i.scheme in current and i.value != current[i.scheme] else i
        for i in before
        if not (i.scheme in current and i.value == current[i.scheme])
    ]
    new = [i for i in given if not i.former]
    former = [i for i in given if i.former and i not in kept]
    ordered = [*new, *(i for i in kept if not i.former), *(i for i in kept if i.former), *former]
    return tuple(dict.fromkeys(ordered))


def _designations(before: Sequence[Designation], given: Sequence[Designation]) -> tuple[Designation, ...]:
    schemes = {d.scheme for d in given}
    return (*given, *(d for d in before if d.scheme not in schemes))


def joined_links(before: Sequence[Link], given: Iterable[Link]) -> tuple[Link, ...]:
    """The links that are there, at the places the table gives them now, and the new ones."""
    there = {(link.predicate, link.target): link for link in before}
    return tuple((there | {(link.predicate, link.target): link for link in given}).values())


def _media(record: Record, draft: RowDraft, files: Sequence[Looked]) -> tuple[Media, ...]:
    """The files as the table lists them; a table that lists none, and a plain folder, only add."""
    if not files:
        return record.media
    taken: set[str] = set()
    built: list[Media] = []
    for looked in files:
        same = _same_files(record, looked, taken)
        named = [m for m in record.media if m.id not in taken and m.file_name == safe_name(looked.draft.path.name)]
        before = next(iter([*same, *([] if draft.is_partial else named)]), None)
        if before is not None:
            taken.add(before.id)
        built.append(_one(looked, before))
    ids = {looked.draft.reference: media.id for looked, media in zip(files, built, strict=True)}
    built = [replace(media, of=ids.get(looked.draft.of, "")) for looked, media in zip(files, built, strict=True)]
    if draft.origin:
        return tuple(sorted((*built, *_kept_beside(record, draft, taken)), key=lambda m: m.order))
    if not draft.is_partial:
        return tuple(built)
    others = [m for m in record.media if m.id not in taken]
    start = max((m.order for m in others), default=0)
    added = [m if m.id in {o.id for o in record.media} else replace(m, order=start + m.order) for m in built]
    return tuple(sorted((*others, *added), key=lambda m: m.order))


def _same_files(record: Record, looked: Looked, taken: Collection[str]) -> list[Media]:
    """The record's media with these very bytes, one from the same address first."""
    at = looked.draft.facts.get(FETCHED_FROM)
    same = [m for m in record.media if m.id not in taken and m.sha256 == looked.sha256]
    return sorted(same, key=lambda m: m.facts.get(FETCHED_FROM) != at)


def _kept_beside(record: Record, draft: RowDraft, taken: Collection[str]) -> list[Media]:
    """Of a record from elsewhere: files that were added here, and those that can't be had again just now."""
    others = [m for m in record.media if m.id not in taken]
    return [m for m in others if (at := m.facts.get(FETCHED_FROM)) is None or at in draft.unavailable]


def _one(looked: Looked, before: Media | None) -> Media:
    draft, found = looked.draft, looked.inspected
    media_id = before.id if before else new_id()
    name = safe_name(draft.path.name)
    same_file = before is not None and before.sha256 == looked.sha256
    path = before.path if before is not None and same_file else f"media/{media_id}/{name}"
    if found is None and before is not None:
        found = Inspected(facts=before.facts, capture=before.capture, unit=before.unit, up_axis=before.up_axis,
                          unit_source=before.unit_source)  # fmt: skip
    found = found or Inspected()
    said = str(found.capture.get("copyright", "") or found.capture.get("artist", ""))
    rights, licence = draft.rights, draft.licence
    if draft.facts.get(FETCHED_FROM) and not (rights or licence) and before is not None:
        rights, licence = before.rights, before.licence  # its origin states none: somebody here did
    return Media(
        id=media_id,
        kind=draft.kind,
        sha256=looked.sha256,
        size_bytes=draft.size_bytes,
        path=path,
        file_name=before.file_name if before is not None and same_file else name,
        media_type=draft.media_type,
        role=draft.role,
        order=draft.order,
        label=draft.label,
        alt=draft.alt or (before.alt if before else draft.alt),
        rights=rights,
        licence=licence,
        attribution=draft.attribution or said,
        language=draft.language,
        unit=found.unit,
        up_axis=found.up_axis,
        unit_source=found.unit_source,
        epoch=draft.epoch,
        digital_source=draft.digital_source
        or str(found.capture.get("digital_source", ""))
        or (before.digital_source if before is not None and same_file else ""),
        level=draft.level or (before.level if before is not None else ""),
        capture=found.capture,
        facts={**found.facts, **draft.facts},
    )


def _procedures(record: Record, given: Sequence[ProcedureDraft], files: Mapping[str, Looked]) -> tuple[Procedure, ...]:
    """Events of the table upon those that are there: the n-th of one kind and day is the same event as before."""
    by_sha = {m.sha256: m.id for m in record.media}
    there = dict(zip(_event_keys(record.procedures), record.procedures, strict=True))
    for key, event in zip(_event_keys(given), given, strict=True):
        before = there.get(key)
        there[key] = Procedure(
            id=before.id if before else new_id(),
            kind=event.kind,
            date=event.date,
            people=event.people,
            text=event.text,
            details=event.details,
            state=before.state if before else "open",
            media=tuple(by_sha[files[f].sha256] for f in event.files if f in files),
            unit=event.unit,
            source=event.source,
            level=event.level or (before.level if before else ""),
        )
    return tuple(there.values())


def _event_keys(events: Sequence[ProcedureDraft | Procedure]) -> list[tuple[str, str, int]]:
    seen: dict[tuple[str, str], int] = {}
    keys = []
    for event in events:
        number = seen.get((event.kind, event.date), 0)
        seen[event.kind, event.date] = number + 1
        keys.append((event.kind, event.date, number))
    return keys
