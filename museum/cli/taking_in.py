"""`museum ingest`: folders become records, with progress and a report."""

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
from rich.markup import escape

from museum import config
from museum.cli.terminal import ERR, Bars, home_option, language, opened, put_json, who
from museum.errors import SourceError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from museum.ingest.opening import Place
    from museum.ingest.report import Progress, Report
    from museum.ingest.run import Options

_ACTIONS = {"created": "tạo mới", "updated": "cập nhật", "unchanged": "giữ nguyên", "refused": "từ chối"}
_STEPS = {
    "start": ("mở trình đọc", "starting the reader"),
    "header": ("đọc phần đầu", "reading its header"),
    "read": ("đọc nội dung", "reading its content"),
    "join": ("ghép mặt lưới", "joining its faces"),
    "check": ("đối chiếu", "checking it"),
    "measure": ("đo", "measuring it"),
    "keep": ("ghi bản làm việc", "keeping the working copy"),
}
_MOST_SHOWN = 160  # characters of a difference on the terminal; --json gives all


@click.command(epilog="Example: museum --home hue ingest photographs/ --publish --table photographs/catalogue.xlsx")
@home_option
@click.argument("place", metavar="FOLDER|MANIFEST")
@click.option("--publish", is_flag=True, help="Publish each record when all its pictures and scans are ready.")
@click.option("--dry-run", is_flag=True, help="Tell per field what would be created, changed or left; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.option(
    "--table", "tables", multiple=True, type=click.Path(path_type=Path, exists=True), help="Read this table only."
)
@click.option("--unit", type=click.Choice(["mm", "cm", "m", "in"]), help="Unit of scans for which nobody states one.")
@click.option("--keep-good", is_flag=True, help="Take the sound parts of damaged scans and tell what was left out.")
@click.option("--clear-blanks", is_flag=True, help="An empty cell clears its field (else it leaves it).")
@click.option("--workers", type=click.IntRange(0, 64), help="Processes for pictures and scans; else one per core.")
@click.option("--person", default="", help="Who stands in the change log; else the name of the login.")
@click.option("--limit", type=click.IntRange(1), default=1_000, help="Manifests of a IIIF collection at most (1,000).")
@click.option("--with-permission", is_flag=True, help="Take in also what a manifest's rights forbid to copy unasked.")
@click.option("--leave-out", is_flag=True, help="Take in a manifest without the files that can't be had.")
@click.option("--again", is_flag=True, help="Fetch a manifest's files anew, also those that are held.")
@click.pass_context
def ingest(
    ctx: click.Context,
    home_here: Path | None,
    place: str,
    publish: bool,
    dry_run: bool,
    as_json: bool,
    tables: tuple[Path, ...],
    unit: str | None,
    keep_good: bool,
    clear_blanks: bool,
    workers: int | None,
    person: str,
    limit: int,
    with_permission: bool,
    leave_out: bool,
    again: bool,
) -> None:
    """Take in a folder: its tables, photographs, scans, sound, film and documents; or a IIIF manifest or collection.

    MANIFEST is an address (https://…) or a .json file, Presentation 2.1 or 3.0.
    Exit code 3 when something was refused; what was good is in all the same.
    """
    from museum.ingest import plan, run
    from museum.ingest.manifests.taking import Manner
    from museum.ingest.opening import place_of

    manner = Manner(limit=limit, with_permission=with_permission, leaves_out=leave_out, again=again)
    options = run.Options(
        tables=tables, publish=publish, unit=unit or "", person=person or who(), clear_blanks=clear_blanks,
        manner=manner, keep_good=keep_good,
    )  # fmt: skip
    folder = place_of(place)
    if workers is not None:
        options = dataclasses.replace(options, workers=workers)
    with opened(ctx, home_here) as (settings, engine):
        if dry_run:
            report = plan.plan(settings, engine, folder, options=options)
        else:
            report = ingest_folder(settings, folder, options, hidden=as_json and not ERR.is_terminal, engine=engine)
    if as_json:
        put_json(report.to_json())
    else:
        say_problems(report)
        say_result(report)
    sys.exit(SourceError.exit_code if report.errors else 0)


def ingest_folder(
    settings: config.Settings, folder: "Place", options: "Options", *, hidden: bool, engine: "Engine | None" = None
) -> "Report":
    """Ingest with a bar for each stage, then bring the index up to date."""
    from museum import db
    from museum.ingest import collecting, run
    from museum.search import indexer
    from museum.search.location import Location

    engine = engine or db.open_engine(settings.database)
    with Bars(hidden=hidden) as bars:
        report = run.ingest(
            settings,
            engine,
            folder,
            options=options,
            on_progress=lambda p: bars.tell(p.stage, p.done, p.total, note=scan_step(p)),
        )
    indexer.index_once(engine, Location.of(settings), patience_s=60)
    collecting.collect(engine, settings)
    return report


def scan_step(progress: "Progress") -> str:
    """What is being done with a scan and the memory it takes, "" while none is read."""
    if not progress.file:
        return ""
    vietnamese, english = _STEPS.get(progress.step, _STEPS["start"])
    said = vietnamese if language() == "vi" else english
    return f"{progress.file}: {said}, {progress.memory_mib} MiB"


def say_problems(report: "Report") -> None:
    """Each problem in one line on standard error."""
    for line in report.lines(language()):
        ERR.print(escape(line), soft_wrap=True)


def _shown(part: Any) -> str:
    """One side of a difference in a few words: the statements of a field, or the part as JSON."""
    if part is None:
        return "–"
    if isinstance(part, list) and all(isinstance(item, dict) and "value" in item for item in part):
        return "; ".join(f"{item['value']} {item.get('unit', '')}".strip() for item in part)
    words = part if isinstance(part, str) else orjson.dumps(part).decode()
    return words if len(words) <= _MOST_SHOWN else f"{words[:_MOST_SHOWN]}…"


def say_result(report: "Report") -> None:
    """What came of the rows, in one line; for a dry run each field that would change before it."""
    for result in report.results if report.is_dry_run else ():
        click.echo(f"{result.key or result.table}: {_ACTIONS[result.action] if language() == 'vi' else result.action}")
        for difference in result.differences:
            click.echo(f"    {difference.field}: {_shown(difference.before)} → {_shown(difference.after)}")
    counts = report.to_json()["counts"]
    if language() == "vi":
        words = "{created} tạo mới, {updated} cập nhật, {unchanged} giữ nguyên, {refused} từ chối, {published} công bố"
    else:
        words = "{created} created, {updated} updated, {unchanged} unchanged, {refused} refused, {published} published"
    click.echo(words.format(**counts))
