"""What the scripts in ingest_scripts/ stand on: a museum opened by its folder, a folder taken in, a report in words."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from museum import config
from museum.catalog.record import Kind, MediaKind, Value
from museum.db import open_engine
from museum.ingest import plan, run
from museum.ingest.drafts import RowDraft
from museum.ingest.manifests.taking import Manner
from museum.ingest.opening import Place, place_of
from museum.ingest.report import Report
from museum.ingest.run import Options
from museum.search import indexer
from museum.search.location import Location

__all__ = [
    "Kind",
    "Manner",
    "Options",
    "Report",
    "RowDraft",
    "Value",
    "describe",
    "only",
    "place_of",
    "take_in",
    "try_out",
]


def take_in(home: Path, folder: Place, options: Options) -> Report:
    """Ingest `folder`, or a manifest by its address or file, into the museum at `home`, and bring its index up to date.

    Raises as `run.ingest`.
    """
    settings = config.load(home)
    engine = open_engine(settings.database)
    try:
        report = run.ingest(settings, engine, folder, options=options)
        indexer.index_once(engine, Location.of(settings), patience_s=60)
    finally:
        engine.dispose()
    return report


def try_out(home: Path, folder: Place, options: Options) -> Report:
    """What `take_in` would do, field by field; nothing is written."""
    settings = config.load(home)
    engine = open_engine(settings.database)
    try:
        return plan.plan(settings, engine, folder, options=options)
    finally:
        engine.dispose()


def only(draft: RowDraft, kinds: Collection[MediaKind]) -> RowDraft | None:
    """The draft with files of `kinds` only; None when nothing is left of it."""
    media = tuple(m for m in draft.media if m.kind in kinds)
    return replace(draft, media=media) if media else None


def describe(report: Report, *, language: str = "vi") -> str:
    """The report in words: problems line by line, then the counts."""
    counts = report.to_json()["counts"]
    if language == "vi":
        said = "{created} tạo mới, {updated} cập nhật, {unchanged} giữ nguyên, {refused} từ chối, {published} công bố"
    else:
        said = "{created} created, {updated} updated, {unchanged} unchanged, {refused} refused, {published} published"
    return "\n".join([*report.lines(language), said.format(**counts)])
