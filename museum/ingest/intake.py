"""From a draft to the record it would make: finds the record that is there, looks at the files. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.orm import Session

from museum.addresses import new_id
from museum.catalog import store
from museum.catalog.record import Link, Media, Record, Value, to_json
from museum.config import Settings
from museum.errors import BackendError, Conflict, MuseumError
from museum.geometry.checks import scale_conflict
from museum.ingest.drafts import LinkDraft, MediaDraft, RowDraft
from museum.ingest.inspection import Inspected, ScanManner, inspect, scale_remarks, stated_mm
from museum.ingest.manifests import rights
from museum.ingest.merging import Looked, known_file, merged
from museum.ingest.problems import Problem, from_error
from museum.ingest.scan_scales import mixed_scales
from museum.storage.digests import digest_file


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What one draft comes to. `record` is None when `problems` hold an error; `sources` maps new master paths
    to the files they come from; `open_links` are numbers no record bears yet."""

    existing: Record | None
    record: Record | None
    problems: tuple[Problem, ...] = ()
    sources: Mapping[str, Path] = field(default_factory=dict)
    open_links: tuple[LinkDraft, ...] = ()

    @property
    def is_change(self) -> bool:
        """True when the record differs from what is there."""
        return self.record is not None and (self.existing is None or to_json(self.existing) != to_json(self.record))


def take(
    session: Session,
    draft: RowDraft,
    *,
    settings: Settings,
    manner: ScanManner | None = None,
    clear_blanks: bool = False,
) -> Intake:
    """Find the record a draft speaks of, look at its files, and merge. Bad files and clashes become problems."""
    try:
        existing = find_existing(session, draft, institution=settings.institution_code)
    except MuseumError as error:
        return Intake(existing=None, record=None, problems=(from_error(error, file=draft.table, row=draft.row),))
    values = {**(existing.values if existing else {}), **draft.values}
    looked, problems = _look(draft, existing, values, settings=settings, manner=manner)
    problems += mixed_scales(looked)
    if any(problem.is_error for problem in problems):
        return Intake(existing=existing, record=None, problems=tuple(problems))
    links, open_links = _links(session, draft, settings.institution_code)
    record = merged(
        _with_said(draft, existing, looked),
        existing,
        record_id=existing.id if existing else new_id(),
        institution=settings.institution_code,
        files=looked,
        links=links,
        clear_blanks=clear_blanks,
    )
    if draft.origin:
        problems += rights.remarks(record, file=draft.table)
    held = {(m.path, m.sha256) for m in existing.media} if existing else set()
    given = {one.sha256: one.draft.path for one in looked}
    sources = {m.path: given[m.sha256] for m in record.media if (m.path, m.sha256) not in held and m.sha256 in given}
    return Intake(
        existing=existing, record=record, problems=tuple(problems), sources=sources, open_links=tuple(open_links)
    )


def find_existing(session: Session, draft: RowDraft, *, institution: str) -> Record | None:
    """The record that bears the draft's numbers. Raises Conflict ingest.two_records when they lead to two."""
    found = [store.find(session, scheme, value, institution=institution) for scheme, value in _numbers(draft) if value]
    ids = list(dict.fromkeys(i for i in found if i))
    if len(ids) > 1:
        raise Conflict(
            "ingest.two_records", object_id=draft.object_id, number=draft.accession_number, first=ids[0], second=ids[1]
        )
    return store.get(session, ids[0]) if ids else None


def _numbers(draft: RowDraft) -> list[tuple[str, str]]:
    """The numbers a draft is found by: our own, and of what came from elsewhere the address it has there."""
    found = [("object_id", draft.object_id), ("accession_number", draft.accession_number)]
    return found + [(i.scheme, i.value) for i in draft.identifiers if draft.origin and not i.former]


def _look(
    draft: RowDraft,
    existing: Record | None,
    values: Mapping[str, tuple[Value, ...]],
    *,
    settings: Settings,
    manner: ScanManner | None,
) -> tuple[list[Looked], list[Problem]]:
    looked: list[Looked] = []
    problems: list[Problem] = []
    for media in draft.media:
        try:
            sha256 = digest_file(media.path).sha256
            if media.sha256 and media.sha256 != sha256:
                values_said = {"path": media.reference, "found": sha256, "stated": media.sha256}
                problems.append(
                    Problem(code="ingest.digest_differs", file=media.table, row=media.row, column=media.column,
                            values=values_said)
                )  # fmt: skip
                continue
            known = known_file(existing, media, sha256)
            if known is not None:
                inspected = _known(media, known, values)
            else:
                parts = [m.path for m in draft.media if m.of == media.reference and m.kind == "part"]
                inspected = inspect(media, parts=parts, values=values, settings=settings, manner=manner)
        except MuseumError as error:
            if isinstance(error, BackendError):  # our own engine failed: no fault of the file
                raise
            problems.append(from_error(error, file=media.table, row=media.row, column=media.column))
            continue
        problems += inspected.remarks
        looked.append(Looked(draft=media, sha256=sha256, inspected=inspected))
    return looked, problems


def _known(draft: MediaDraft, known: Media, values: Mapping[str, tuple[Value, ...]]) -> Inspected:
    """What the record knows of the file; the comparison with stated dimensions is made anew."""
    facts = {name: value for name, value in known.facts.items() if name != "scale_conflict"}
    found = Inspected(
        facts=facts, capture=known.capture, unit=known.unit, up_axis=known.up_axis, unit_source=known.unit_source
    )
    if known.kind != "scan":
        return found
    extent = facts.get("extent_mm")
    conflict = scale_conflict(extent, stated_mm(values), unit=known.unit) if extent and known.unit else None
    if conflict:
        facts["scale_conflict"] = {"factor": conflict.factor, "explained_by": conflict.explained_by}
    return replace(found, facts=facts, remarks=tuple(scale_remarks(draft, facts, known.unit, stated_mm(values))))


def _links(session: Session, draft: RowDraft, institution: str) -> tuple[list[Link], list[LinkDraft]]:
    links: list[Link] = []
    waiting: list[LinkDraft] = []
    for link in draft.links:
        target = find_number(session, link.number, institution)
        if target is None:
            waiting.append(link)
        else:
            links.append(Link(predicate=link.predicate, target=target, order=link.order))
    return links, waiting


def find_number(session: Session, number: str, institution: str) -> str | None:
    """The id of the record that bears an object id or inventory number."""
    return store.find(session, "object_id", number, institution=institution) or store.find(
        session, "accession_number", number, institution=institution
    )


def _with_said(draft: RowDraft, existing: Record | None, looked: Sequence[Looked]) -> RowDraft:
    """A draft without a table holds what its files say: the description that somebody wrote into a photograph."""
    if not draft.is_partial or (existing is not None and existing.values.get("description")):
        return draft
    for one in looked:
        words = str(one.inspected.capture.get("description", "")) if one.inspected else ""
        if words:
            value = Value(value=words, source=one.draft.reference)
            return replace(draft, values={**draft.values, "description": (value,)})
    return draft
