"""The pipeline: a folder with its tables becomes records, masters, derivatives and public pages; again, nothing."""

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from museum.catalog import store, vocabulary
from museum.catalog.record import Link, Record
from museum.config import Settings
from museum.db import reading, writing
from museum.errors import BackendError, Conflict, Invalid, SourceError
from museum.geometry import child as scan_child
from museum.ingest import intake, stories, workroom
from museum.ingest.archives import Archives
from museum.ingest.drafts import LinkDraft, Outcome, RowDraft
from museum.ingest.inspection import ScanManner
from museum.ingest.lock import only_ingest
from museum.ingest.manifests.rights import may_publish
from museum.ingest.manifests.taking import Manner
from museum.ingest.merging import joined_links
from museum.ingest.opening import Place, Source, name_of, open_source
from museum.ingest.parts import Parts, open_parts
from museum.ingest.problems import Problem, from_error
from museum.ingest.publish import publish_if_ready
from museum.ingest.report import Action, OnProgress, Progress, Report, Result, Stage
from museum.ingest.worker import Crew, handlers
from museum.ingest.writing import JOB, Wish, enqueue, recover, write
from museum.jobs import queue
from museum.jobs.tables import JobRow, State
from museum.jobs.worker import Worker

_POLL_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to ingest. `unit` is that of scans whose unit nobody states; `clear_blanks` lets empty cells clear a field;
    `workers` processes make derivatives (0: this one does, at the end). `change` may alter each draft before it is
    taken in, or drop it (None): what recipes are made of. `manner` is how manifests are taken in. `keep_good` takes
    the sound parts of damaged scans."""

    tables: tuple[Path, ...] = ()
    publish: bool = False
    unit: str = ""
    person: str = "museum ingest"
    clear_blanks: bool = False
    workers: int = field(default_factory=lambda: min(8, os.cpu_count() or 1))
    change: Callable[[RowDraft], RowDraft | None] = lambda draft: draft
    manner: Manner = field(default_factory=Manner)
    keep_good: bool = False

    def scan_manner(self, on_stage: Callable[[str, scan_child.Stage], None] | None = None) -> ScanManner:
        """How scans are taken in."""
        return ScanManner(unit=self.unit, keep_good=self.keep_good, on_stage=on_stage)


def ingest(
    settings: Settings,
    engine: Engine,
    folder: Place,
    *,
    options: Options | None = None,
    on_progress: OnProgress | None = None,
    parts: Parts | None = None,
) -> Report:
    """Take in a folder, or a IIIF manifest or collection (its address, or its file).

    Bad rows are refused whole and reported, good ones go on; running it again changes nothing.
    Raises Conflict ingest.already_running, Invalid ingest.no_folder, BackendError for disk or database: what was
    written until then stands, and running again goes on from there.
    """
    options = options or Options()
    parts = parts or open_parts(settings, engine)
    with only_ingest(settings):
        recover(parts)
        workroom.sweep(settings)
        with reading(engine) as session:
            terms = vocabulary.load(session)
        report = Report(batch=str(uuid.uuid4()))
        run = _Run(parts=parts, options=options, report=report, on_progress=on_progress, folder=name_of(folder))
        with Archives(settings) as archives:
            found = open_source(
                folder, parts=parts, vocabulary=terms, tables=options.tables, manner=options.manner,
                on_file=run.on_file, archives=archives,
            )  # fmt: skip
            return run.all(found)


@dataclass
class _Run:
    parts: Parts
    options: Options
    report: Report
    on_progress: OnProgress | None
    folder: str = ""  # its name, by which people know the batch
    began: float = field(default_factory=time.monotonic)
    pending: dict[str, Result] = field(default_factory=dict)  # records whose derivatives are being made
    links: list[tuple[str, RowDraft, tuple[LinkDraft, ...]]] = field(default_factory=list)
    jobs: int = 0
    rows_done: int = 0
    rows_total: int = 0

    @property
    def wish(self) -> Wish:
        return Wish(
            person=self.options.person, batch=self.report.batch, publish=self.options.publish, title=self.folder
        )

    def _wish_for(self, record: Record) -> Wish:
        """What is from elsewhere and may not be shown yet stays a draft, whatever is wished."""
        return self.wish if may_publish(record) else replace(self.wish, publish=False)

    def all(self, found: Source) -> Report:
        total = found.count()
        crew = Crew(self.parts.settings, self.options.workers)
        try:
            for done, outcome in enumerate(found.outcomes(), start=1):
                self._outcome(outcome)
                if self.jobs:
                    crew.start()
                self._tell("rows", found.rows_read if found.has_tables else done, total)
            self._late_links()
            self._await(crew)
            crew.release()
            self._close()
            if found.folder is not None:
                self._stories(found.folder.root)
        finally:
            crew.dismiss()
        self.report.seconds = time.monotonic() - self.began
        return self.report

    def _outcome(self, outcome: Outcome) -> None:
        self.report.problems += outcome.problems
        draft = self.options.change(outcome.draft) if outcome.draft is not None else None
        if draft is not None:
            with self._refusing(draft):
                self._draft(draft)
        elif outcome.table and any(problem.is_error for problem in outcome.problems):
            self.report.results.append(Result(table=outcome.table, row=outcome.row, key="", action="refused"))

    @contextmanager
    def _refusing(self, draft: RowDraft) -> Iterator[None]:
        """A row is all or nothing: what is wrong with it becomes its report line."""
        try:
            yield
        except (SourceError, Conflict, Invalid) as error:
            self.report.problems.append(from_error(error, file=draft.table, row=draft.row))
            self._result(draft, "refused")

    def _draft(self, draft: RowDraft) -> None:
        settings = self.parts.settings
        with reading(self.parts.engine) as session:
            taken = intake.take(
                session, draft, settings=settings, manner=self.options.scan_manner(self.on_stage),
                clear_blanks=self.options.clear_blanks,
            )  # fmt: skip
            revision = store.revision(session, taken.record.id) if taken.record else 0
        self.report.problems += taken.problems
        if taken.record is None:
            self._result(draft, "refused")
            return
        if taken.is_change:
            self._room_for(taken.sources.values())
            wish = self._wish_for(taken.record)
            written = write(self.parts, taken.record, taken.sources, wish=wish, expected=revision)
            result = self._result(draft, "updated" if taken.existing else "created", taken.record)
            self.report.files += len(taken.sources)
            self.report.bytes += sum(path.stat().st_size for path in taken.sources.values())
            if written.is_public and (taken.existing is None or taken.existing.state != "published"):
                self.report.published += 1
            if written.jobs:
                self.jobs += written.jobs
                self.pending[taken.record.id] = result
        else:
            self._settle(draft, taken.record)
        if taken.open_links:
            self.links.append((taken.record.id, draft, taken.open_links))

    def _settle(self, draft: RowDraft, record: Record) -> None:
        """A record that is as it should be: only what is missing of its derivatives, or its public state."""
        result = self._result(draft, "unchanged", record)
        wish = self._wish_for(record)
        with writing(self.parts.engine) as session:
            jobs = enqueue(session, record, wish=wish)
        self.jobs += jobs
        if jobs or (wish.publish and record.state in ("draft", "in_review", "reviewed")):
            self.pending[record.id] = result

    def _late_links(self) -> None:
        """Links to objects that stood further down in the table."""
        for record_id, draft, waiting in self.links:
            links: list[Link] = []
            with reading(self.parts.engine) as session:
                record = store.get(session, record_id)
                for link in waiting:
                    target = intake.find_number(session, link.number, self.parts.settings.institution_code)
                    if target is not None and target != record_id:
                        links.append(Link(predicate=link.predicate, target=target, order=link.order))
                        continue
                    self.report.problems.append(
                        Problem(code="sheet.link_unknown", file=draft.table, row=draft.row,
                                values={"text": link.number}, severity="warning")
                    )  # fmt: skip
            if links:
                write(self.parts, replace(record, links=joined_links(record.links, links)), {}, wish=self.wish)

    def _stories(self, folder: Path) -> None:
        """Exhibitions and tours last: they show what is in the catalogue by then."""
        wish = self.wish
        for taken in stories.take_in(self.parts, folder, person=wish.person, batch=wish.batch, publish=wish.publish):
            self.report.results.append(taken.result)
            self.report.problems += taken.problems
            self.report.published += taken.is_new_public

    def _await(self, crew: Crew) -> None:
        """Until nothing of ours is left to do; where the crew died, this process does the rest."""
        while self.jobs:
            with reading(self.parts.engine) as session:
                left = queue.waiting(session, f"{JOB}:")
            self._tell("derivatives", max(0, self.jobs - left), self.jobs)
            if not left:
                break
            if not crew.is_alive:
                Worker(self.parts.engine, handlers(self.parts), lease_s=self.parts.settings.lease_seconds,
                       poll_s=_POLL_S).run_until_idle()  # fmt: skip
                continue
            time.sleep(_POLL_S)

    def _close(self) -> None:
        """Publish what is ready, and report the derivatives that could not be made."""
        for record_id in self.pending:
            with reading(self.parts.engine) as session:
                wish = self._wish_for(store.get(session, record_id))
            if wish.publish:
                publish_if_ready(
                    self.parts.engine, self.parts.settings, record_id, person=wish.person, batch=wish.batch
                )
            with reading(self.parts.engine) as session:
                record = store.get(session, record_id)
                self.report.published += record.state == "published"
                made = store.derivatives(session, (m.sha256 for m in record.media))
                self.report.derivatives += sum(len(found) for found in made.values())
        self._failures()

    def _failures(self) -> None:
        if not self.jobs:
            return
        with reading(self.parts.engine) as session:
            rows = session.scalars(select(JobRow).where(JobRow.state == State.DEAD, JobRow.key.startswith(f"{JOB}:")))
            dead = [(row.key.split(":")[1], row.payload["batch"], dict(row.error or {})) for row in rows]
        for record_id, batch, error in dead:
            if batch != self.report.batch or record_id not in self.pending:
                continue
            result = self.pending[record_id]
            values = {"reason_vi": error.get("vi", "?"), "reason_en": error.get("en", "?"), "key": result.key}
            self.report.problems.append(
                Problem(code="ingest.derivative_failed", file=result.table, row=result.row, values=values)
            )

    def _room_for(self, paths: Iterable[Path]) -> None:
        """Refuse to begin what would leave the disk fuller than the museum wants."""
        need = 2 * sum(path.stat().st_size for path in paths)
        free = shutil.disk_usage(self.parts.settings.media).free
        keep = self.parts.settings.keep_free_mib << 20
        if free - need < keep:
            raise BackendError(
                "ingest.disk_low", path=self.parts.settings.media, free=free >> 20, need=(need + keep) >> 20
            )

    def _result(self, draft: RowDraft, action: Action, record: Record | None = None) -> Result:
        result = Result(table=draft.table, row=draft.row, key=draft.key, action=action,
                        record_id=record.id if record else "")  # fmt: skip
        self.report.results.append(result)
        return result

    def on_stage(self, name: str, stage: scan_child.Stage) -> None:
        """A scan is being read."""
        self._tell("rows", self.rows_done, self.rows_total, file=name, step=stage.name, memory_mib=stage.memory_mib)

    def on_file(self, done: int, total: int) -> None:
        """A file of a manifest has come, or could not be had."""
        self._tell("files", done, total)

    def _tell(self, stage: Stage, done: int, total: int, **detail: Any) -> None:
        if stage == "rows":
            self.rows_done, self.rows_total = done, total
        if self.on_progress is not None:
            seconds = time.monotonic() - self.began
            self.on_progress(Progress(stage=stage, done=done, total=total, seconds=seconds, **detail))
