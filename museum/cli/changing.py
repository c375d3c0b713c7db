"""`museum changes`, `undo`, `restore-record`, `merge`: what was changed, and taking it back."""

import datetime as dt
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from museum.cli.terminal import home_option, language, opened, put_json, who
from museum.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from museum.catalog.changes import Change
    from museum.catalog.merging import MergePlan
    from museum.catalog.undoing import Step, UndoPlan
    from museum.config import Settings
    from museum.ingest.amending import Amended

_EFFECTS = {
    "delete": ("gỡ ra", "delete"),
    "update": ("trả về bản cũ", "put back"),
    "create": ("đưa trở lại", "bring back"),
    "nothing": ("không cần làm gì", "nothing to do"),
}


@click.group()
def changes() -> None:
    """The change log: who changed what, when, in which batch."""


@changes.command("list", epilog="Example: museum --home hue changes list --record 3t8kq0zx7 --json")
@home_option
@click.option("--record", default="", help="Only of this record.")
@click.option("--batch", default="", help="Only of this batch.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Not before this time (UTC).")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Whole entries, as JSON.")
@click.pass_context
def list_changes(
    ctx: click.Context,
    home_here: Path | None,
    record: str,
    batch: str,
    since: dt.datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """List entries, newest first."""
    from museum import db
    from museum.catalog import changes as log

    moment = since.replace(tzinfo=dt.UTC) if since is not None else None
    with opened(ctx, home_here) as (_, engine), db.reading(engine) as session:
        found = log.listing(session, record_id=record, batch=batch, since=moment, limit=limit)
    if as_json:
        put_json([vars(change) for change in found])
        return
    for change in found:
        click.echo(_line(change))


@changes.command(epilog="Example: museum --home hue changes batches")
@home_option
@click.option("--limit", type=click.IntRange(1), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def batches(ctx: click.Context, home_here: Path | None, limit: int, as_json: bool) -> None:
    """List batches (an ingest, a saved form, an undo), newest first."""
    from museum import db
    from museum.catalog import batches as known

    with opened(ctx, home_here) as (_, engine), db.reading(engine) as session:
        found = known.recent(session, limit=limit)
    if as_json:
        put_json([vars(batch) for batch in found])
        return
    for batch in found:
        counts = " ".join(f"{action}={count}" for action, count in sorted(batch.counts.items()))
        mark = "  ↩" if batch.undone_by else ""
        click.echo(f"{batch.id}  {batch.at:%Y-%m-%d %H:%M}  {batch.kind:<9} {batch.person:<24} {counts}{mark}")


@click.command(epilog="Example: museum --home hue undo 6f1c… --dry-run")
@home_option
@click.argument("batch")
@click.option("--dry-run", is_flag=True, help="Tell what would be done; write nothing.")
@click.option("--force", is_flag=True, help="Also where somebody changed a record since (the log keeps what it was).")
@click.option("--record", "records", multiple=True, help="As --force, for this record only (may be repeated).")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def undo(
    ctx: click.Context,
    home_here: Path | None,
    batch: str,
    dry_run: bool,
    force: bool,
    records: tuple[str, ...],
    as_json: bool,
) -> None:
    """Take back what BATCH did: creates, updates and deletes. Exit code 6 when records were left alone."""
    from museum import db
    from museum.ingest import amending
    from museum.ingest.parts import open_parts

    with opened(ctx, home_here) as (settings, engine):
        with db.reading(engine) as session:
            plan = amending.undo_plan(session, batch)
        if dry_run:
            _say_undo(plan, as_json=as_json)
            return
        done = amending.undo(open_parts(settings, engine), batch, person=who(), force=force or set(records))
        follow_up(settings, engine)
    _say_done(done, as_json=as_json)
    sys.exit(Conflict.exit_code if done.skipped else 0)


@click.command(epilog="Example: museum --home hue merge 3t8kq0zx7 vn0000018 --dry-run")
@home_option
@click.argument("winner")
@click.argument("other")
@click.option("--dry-run", is_flag=True, help="Tell what goes where; write nothing.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def merge(ctx: click.Context, home_here: Path | None, winner: str, other: str, dry_run: bool, as_json: bool) -> None:
    """Merge record OTHER into WINNER; OTHER's addresses lead to WINNER afterwards."""
    from museum import db
    from museum.ingest import amending
    from museum.ingest.parts import open_parts

    with opened(ctx, home_here) as (settings, engine):
        with db.reading(engine) as session:
            plan, stories = amending.merge_plan(session, winner, other)
        if dry_run:
            put_json(merge_in_json(plan, stories=len(stories)))
            return
        done = amending.merge(open_parts(settings, engine), winner, other, person=who())
        follow_up(settings, engine)
    _say_done(done, as_json=as_json)


@click.group()
def record() -> None:
    """One record: restore a revision, delete, bring back."""


@record.command("restore", epilog="Example: museum --home hue record restore 3t8kq0zx7 4")
@home_option
@click.argument("record_id")
@click.argument("revision", type=click.IntRange(1))
@click.pass_context
def restore_record(ctx: click.Context, home_here: Path | None, record_id: str, revision: int) -> None:
    """Make a record what it was at REVISION, as a new revision."""
    from museum.ingest import amending
    from museum.ingest.parts import open_parts

    with opened(ctx, home_here) as (settings, engine):
        done = amending.restore(open_parts(settings, engine), record_id, revision, person=who())
        follow_up(settings, engine)
    _say_done(done, as_json=False)


@record.command("delete", epilog="Example: museum --home hue record delete 3t8kq0zx7")
@home_option
@click.argument("record_id")
@click.pass_context
def delete_record(ctx: click.Context, home_here: Path | None, record_id: str) -> None:
    """Take a record out: its address answers 410, its masters and history stay."""
    from museum.ingest import amending
    from museum.ingest.parts import open_parts

    with opened(ctx, home_here) as (settings, engine):
        done = amending.delete(open_parts(settings, engine), record_id, person=who())
        follow_up(settings, engine)
    _say_done(done, as_json=False)


@record.command("bring-back", epilog="Example: museum --home hue record bring-back 3t8kq0zx7")
@home_option
@click.argument("record_id")
@click.pass_context
def bring_back(ctx: click.Context, home_here: Path | None, record_id: str) -> None:
    """Bring a deleted record back as it last was."""
    from museum.ingest import amending
    from museum.ingest.parts import open_parts

    with opened(ctx, home_here) as (settings, engine):
        done = amending.undelete(open_parts(settings, engine), record_id, person=who())
        follow_up(settings, engine)
    _say_done(done, as_json=False)


def follow_up(settings: "Settings", engine: "Engine") -> None:
    """Bring masters, index and collections up to the log now, unless a worker or an ingest is just about it."""
    from museum.ingest import collecting, mirroring
    from museum.ingest.parts import open_parts
    from museum.search import indexer
    from museum.search.location import Location

    with suppress(Conflict):
        mirroring.mirror(open_parts(settings, engine))
    with suppress(Conflict):
        indexer.index_once(engine, Location.of(settings), patience_s=10)
    collecting.collect(engine, settings)


def merge_in_json(plan: "MergePlan", *, stories: int) -> dict[str, Any]:
    """What a merge would do, for programs and the terminal."""
    return {
        "winner": plan.winner.id,
        "other": plan.other.id,
        "values_added": [{"field": name, "value": value.value} for name, value in plan.values_added],
        "numbers_former": [f"{number.scheme} {number.value}" for number in plan.numbers_former],
        "media_moved": [media.id for media in plan.media_moved],
        "media_same": dict(plan.media_same),
        "links_added": [f"{link.predicate} {link.target}" for link in plan.links_added],
        "procedures_moved": [procedure.id for procedure in plan.procedures_moved],
        "records_repointed": list(plan.repointed),
        "stories_changed": stories,
    }


def _line(change: "Change") -> str:
    from museum.catalog.changes import field_differences

    parts = ", ".join(name for name, _, _ in field_differences(change.before, change.after))
    when = f"{change.at:%Y-%m-%d %H:%M:%S}"
    return f"{change.seq:>7}  {when}  {change.record_id}  {change.action:<6}  {change.person}  {parts}"


def _say_undo(plan: "UndoPlan", *, as_json: bool) -> None:
    if as_json:
        put_json({"batch": plan.batch.id, "counts": plan.counts(), "steps": [_step(step) for step in plan.steps]})
        return
    english = language() != "vi"
    for step in plan.steps:
        line = f"{step.record_id}  {_EFFECTS[step.effect][english]}"
        if step.is_conflict:
            since = "; ".join(f"{change.person}, {change.at:%Y-%m-%d %H:%M}" for change in step.since)
            line += f"  ⚠ {'changed since' if english else 'đã bị sửa sau đó'}: {since}"
        click.echo(line)


def _step(step: "Step") -> dict[str, Any]:
    return {
        "id": step.record_id,
        "subject": step.subject,
        "effect": step.effect,
        "conflict": step.is_conflict,
        "since": [{"seq": c.seq, "person": c.person, "batch": c.batch, "at": c.at} for c in step.since],
    }


def _say_done(done: "Amended", *, as_json: bool) -> None:
    if as_json:
        put_json(vars(done))
        return
    english = language() != "vi"
    click.echo(
        f"{done.changed} records changed, batch {done.batch or '–'}"
        if english
        else f"{done.changed} hồ sơ đã đổi, đợt {done.batch or '–'}"
    )
    for record_id in done.skipped:
        click.echo(
            f"{record_id}: left alone, somebody changed it since (see --dry-run, --record)"
            if english
            else f"{record_id}: để nguyên vì đã có người sửa sau đó (xem --dry-run, --record)"
        )
