"""The dry run: for each row what would be created, changed or left, field by field; nothing is written."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine

from museum.catalog import vocabulary
from museum.catalog.changes import field_differences
from museum.catalog.record import to_json
from museum.config import Settings
from museum.db import reading
from museum.ingest import intake, stories
from museum.ingest.archives import Archives
from museum.ingest.drafts import RowDraft
from museum.ingest.opening import Place, open_source
from museum.ingest.parts import open_parts
from museum.ingest.report import Difference, OnProgress, Progress, Report, Result
from museum.ingest.run import Options


def plan(
    settings: Settings,
    engine: Engine,
    folder: Place,
    *,
    options: Options | None = None,
    on_progress: OnProgress | None = None,
) -> Report:
    """What `run.ingest` would do now with the same folder and options, files looked at as there.

    Raises Invalid ingest.no_folder. Writes neither files nor rows.
    """
    with Archives() as archives:
        return _plan(settings, engine, folder, options or Options(), on_progress, archives)


def _plan(
    settings: Settings, engine: Engine, folder: Place, options: Options, on_progress: OnProgress | None,
    archives: Archives,
) -> Report:  # fmt: skip
    began = time.monotonic()
    report = Report(batch="", is_dry_run=True)
    with reading(engine) as session:
        terms = vocabulary.load(session)
    manner = replace(options.manner, is_dry_run=True)
    found = open_source(
        folder,
        parts=open_parts(settings, engine),
        vocabulary=terms,
        tables=options.tables,
        manner=manner,
        archives=archives,
    )
    total = found.count()
    coming: set[str] = set()
    for done, outcome in enumerate(found.outcomes(), start=1):
        report.problems += outcome.problems
        draft = options.change(outcome.draft) if outcome.draft is not None else None
        if draft is not None:
            coming |= {number for number in (draft.object_id, draft.accession_number) if number}
            _row(report, draft, settings=settings, engine=engine, options=options)
        elif outcome.table and any(problem.is_error for problem in outcome.problems):
            report.results.append(Result(table=outcome.table, row=outcome.row, key="", action="refused"))
        if on_progress is not None:
            on_progress(Progress(stage="rows", done=done, total=total, seconds=time.monotonic() - began))
    root = found.folder.root if found.folder is not None else None
    for taken in (
        stories.plan(settings, engine, root, publish=options.publish, coming=frozenset(coming)) if root else ()
    ):
        report.results.append(taken.result)
        report.problems += taken.problems
    report.seconds = time.monotonic() - began
    return report


def _row(report: Report, draft: RowDraft, *, settings: Settings, engine: Engine, options: Options) -> None:
    with reading(engine) as session:
        taken = intake.take(
            session, draft, settings=settings, manner=options.scan_manner(), clear_blanks=options.clear_blanks
        )
    report.problems += taken.problems
    if taken.record is None:
        report.results.append(Result(table=draft.table, row=draft.row, key=draft.key, action="refused"))
        return
    if not taken.is_change:
        result = Result(table=draft.table, row=draft.row, key=draft.key, action="unchanged", record_id=taken.record.id)
        report.results.append(result)
        return
    before = to_json(taken.existing) if taken.existing else None
    known = {m.id for m in taken.existing.media} if taken.existing else set()
    differences = tuple(
        Difference(field=name, before=old, after=_without_new_ids(new, known))
        for name, old, new in field_differences(before, to_json(taken.record))
        if name not in ("id", "institution")
    )
    report.files += len(taken.sources)
    report.bytes += sum(path.stat().st_size for path in taken.sources.values())
    report.results.append(
        Result(
            table=draft.table,
            row=draft.row,
            key=draft.key,
            action="updated" if taken.existing else "created",
            record_id=taken.existing.id if taken.existing else "",
            differences=differences,
        )
    )


def _without_new_ids(part: Any, known: set[str]) -> Any:
    """Ids that would only be given when the row is really taken in say nothing yet."""
    if isinstance(part, list):
        return [_without_new_ids(item, known) for item in part]
    if isinstance(part, Mapping) and "sha256" in part and part.get("id") not in known:
        return {name: value for name, value in part.items() if name not in ("id", "path")}
    return part
