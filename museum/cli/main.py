"""The command line: museum init | ingest | list | index | check | rebuild | serve | work | demo."""

import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape

from museum import config
from museum.cli import (
    auditing,
    changing,
    demonstrating,
    exporting,
    fixity,
    keeping,
    linking,
    people,
    people_institutions,
    taking_in,
    working,
)
from museum.cli.people_first import welcome_administrator
from museum.cli.serving import found, run_server
from museum.cli.terminal import ERR, Bars, home_of, home_option, language, opened, put_json
from museum.errors import MuseumError, message_of

if TYPE_CHECKING:
    from sqlalchemy import Engine


class _Answering(click.Group):
    """Answers MuseumError with its message in the user's language and its exit code; everything else is a bug."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MuseumError as error:
            ERR.print(f"[red]✗[/red] {escape(error.message(language()))}", soft_wrap=True)
            sys.exit(error.exit_code)


@click.group(
    cls=_Answering,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: museum init hue && museum --home hue ingest photos/ --publish && museum --home hue serve",
)
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="The museum's folder (or MUSEUM_HOME).")
@click.version_option(package_name="museum")
def main(home: Path | None) -> None:
    """Photographs, 3D scans and records of relics, held once and served openly."""


@main.command(epilog="Example: museum init bao-tang --name-vi 'Bảo tàng Đà Nẵng' --name-en 'Da Nang Museum'")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name-vi", default="Bảo tàng số", show_default=True, help="The museum's name in Vietnamese.")
@click.option("--name-en", default="Digital Museum", show_default=True, help="The museum's name in English.")
@click.option(
    "--language", "first", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="First language."
)
@click.option("--admin-email", default="", help="Invite the first administrator: prints a link, good for 7 days.")
@click.option("--admin-name", default="", help="The first administrator's name.")
@click.option("--json", "as_json", is_flag=True, help="The museum's folder and the link, as JSON.")
def init(
    folder: Path, name_vi: str, name_en: str, first: str, admin_email: str, admin_name: str, as_json: bool
) -> None:
    """Make a museum in FOLDER, or bring an existing one's database up to date."""
    settings = found(folder, name_vi=name_vi, name_en=name_en, first_language=first)
    welcome_administrator(settings, email=admin_email, name=admin_name, as_json=as_json)


@main.command(epilog="Example: museum --home hue check --json")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON.")
@click.option("--quick", is_flag=True, help="Don't read every master again.")
@click.option("--repair", is_flag=True, help="First finish or drop what a crash left behind.")
@click.pass_context
def check(ctx: click.Context, home_here: Path | None, as_json: bool, quick: bool, repair: bool) -> None:
    """Check database, masters, derivatives, index, jobs and disk. Exit code 1 when something is wrong."""
    from museum.ingest import check as checking

    with opened(ctx, home_here) as (settings, engine):
        if repair:
            repair_after_crash(settings, engine)
        with Bars(hidden=as_json) as bars:
            tell = partial(bars.tell, "masters")
            findings = checking.check(settings, engine, digests=not quick, on_progress=tell)
    if as_json:
        put_json({"sound": checking.is_sound(findings), "findings": [f.to_json() for f in findings]})
    else:
        marks = {"ok": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "error": "[red]✗[/red]"}
        for finding in findings:
            ERR.print(f"{marks[finding.severity]} {escape(finding.message(language()))}", soft_wrap=True)
    sys.exit(0 if checking.is_sound(findings) else 1)


def repair_after_crash(settings: config.Settings, engine: "Engine") -> None:
    """Finish or drop what a crash left behind; refused while an ingest runs."""
    from museum.ingest import parts, workroom, writing
    from museum.ingest.lock import only_ingest

    with only_ingest(settings):
        opened_parts = parts.open_parts(settings, engine)
        opened_parts.masters.recover(every_object=True)
        writing.recover(opened_parts)
        workroom.sweep(settings)


@main.command(epilog="Example: museum --home hue index --rebuild")
@home_option
@click.option("--rebuild", "anew", is_flag=True, help="Build a new index beside the old one, then put it in place.")
@click.option("--verify", "compare", is_flag=True, help="Compare every record with the index, and mend what differs.")
@click.pass_context
def index(ctx: click.Context, home_here: Path | None, anew: bool, compare: bool) -> None:
    """Bring the search index up to date with the change log."""
    from museum.search import indexer
    from museum.search.location import Location

    with opened(ctx, home_here) as (settings, engine):
        location = Location.of(settings)
        if anew:
            with Bars() as bars:
                count = indexer.rebuild(engine, location, on_progress=partial(bars.tell, "index"), patience_s=30)
        elif not compare:
            count = indexer.index_once(engine, location, patience_s=30)
        if compare:
            found = indexer.repair(engine, location, patience_s=30)
            counts: dict[str, object] = {n: len(getattr(found, n)) for n in ("missing", "extra", "stale")}
            click.echo(message_of("search.agrees" if found.is_clean else "search.mended", language(), counts))
        else:
            click.echo(f"{count}")
        if advice := indexer.advice(location):
            ERR.print(f"[yellow]![/yellow] {escape(advice.message(language()))}", soft_wrap=True)


@main.command(epilog="Example: museum --home hue rebuild --all")
@home_option
@click.option("--all", "every", is_flag=True, help="Everything, not only what is missing.")
@click.option("--record", "record_ids", multiple=True, help="Only this record (may be repeated).")
@click.pass_context
def rebuild(ctx: click.Context, home_here: Path | None, every: bool, record_ids: tuple[str, ...]) -> None:
    """Make derivatives and manifests anew from the masters, and bring the index up to date."""
    from museum.ingest import collecting
    from museum.ingest import rebuild as rebuilding
    from museum.search import indexer
    from museum.search.location import Location

    with opened(ctx, home_here) as (settings, engine):
        with Bars() as bars:
            tell = partial(bars.tell, "rebuild")
            done = rebuilding.rebuild(settings, engine, every=every, record_ids=record_ids, on_progress=tell)
        indexer.index_once(engine, Location.of(settings), patience_s=30)
        collecting.collect(engine, settings)
    vi, en = "{} tệp dựng lại, {} manifest, {} hồ sơ còn lỗi", "{} media made anew, {} manifests, {} records still fail"
    click.echo((vi if language() == "vi" else en).format(done.media, done.manifests, len(done.failed)))
    sys.exit(1 if done.failed else 0)


@main.command("list", epilog="Example: museum --home hue list --json | jq '.[].manifest'")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@click.option(
    "--state", type=click.Choice(["draft", "in_review", "reviewed", "published", "withdrawn"]), help="Only this state."
)
@click.option("--base-url", default="", help="Put before every address; else museum.toml's public_url.")
@click.option("--stories", "of_stories", is_flag=True, help="Exhibitions and tours instead.")
@click.option("--public", "as_visitor", is_flag=True, help="Only what a visitor sees, and as a visitor sees it.")
@click.pass_context
def list_records(
    ctx: click.Context,
    home_here: Path | None,
    as_json: bool,
    state: str | None,
    base_url: str,
    of_stories: bool,
    as_visitor: bool,
) -> None:
    """List the records: page, manifest, media with digests, image services, scans, measured facts."""
    from museum import db
    from museum.catalog import listing, record_types, store

    settings = config.load(home_of(ctx, home_here))
    if of_stories:
        state = "published" if as_visitor else state
        list_stories(settings, state=state, base_url=base_url or settings.public_url, as_json=as_json)
        return
    with db.reading(db.open_engine(settings.database)) as session:
        records = store.all_records(session, state=state)
        if as_visitor:
            types = record_types.load(settings.record_types)
            records = listing.as_visitor(records, types, with_samples=settings.show_samples)
        made = store.derivatives(session, (m.sha256 for r in records for m in r.media))
        shown = store.manifest_ids(session)
    if as_json:
        base = base_url or settings.public_url
        put_json([listing.describe(r, made, has_manifest=r.id in shown, base_url=base) for r in records])
        return
    for record in records:
        number = record.identifier("accession_number") or record.identifier("object_id") or "–"
        click.echo(f"{record.id}  {record.state:<10}  {number:<20}  {record.title.say(language())}")


def list_stories(settings: config.Settings, *, state: str | None, base_url: str, as_json: bool) -> None:
    """List the exhibitions and tours."""
    from museum import db
    from museum.exhibitions import listing, store

    with db.reading(db.open_engine(settings.database)) as session:
        stories = [story for story in store.all_stories(session) if state in (None, story.state)]
    if as_json:
        put_json([listing.describe(story, base_url=base_url) for story in stories])
        return
    for story in stories:
        click.echo(f"{story.id}  {story.state:<10}  {story.slug:<24}  {story.title.say(language())}")


@main.command(epilog="Example: museum --home hue serve --host 127.0.0.1 --port 8000")
@home_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes; else museum.toml's workers.")
@click.option("--no-work", is_flag=True, help="Only the web; run `museum work` elsewhere.")
@click.option("--only", type=click.Choice(["iiif"]), help="Only the image service: /iiif/image/… and /healthz.")
@click.pass_context
def serve(
    ctx: click.Context, home_here: Path | None, host: str, port: int, workers: int | None, no_work: bool, only: str
) -> None:
    """Serve the museum: web workers, and one worker for jobs and index. Ends cleanly on SIGTERM.

    With --only iiif a second host gives out images: it shares the storage (the same folder or bucket), only reads the
    same database, and takes a fraction of the memory. Pages, manifests and search stay on the first.
    """
    home = home_of(ctx, home_here)
    run_server(home, host=host, port=port, workers=workers, with_worker=not no_work, only_images=only == "iiif")


@main.command(epilog="Example: museum --home hue work")
@home_option
@click.option("--parent", type=int, default=0, hidden=True, help="End when this process is gone.")
@click.pass_context
def work(ctx: click.Context, home_here: Path | None, parent: int) -> None:
    """Do jobs and keep the index up to date until SIGTERM."""
    from museum.ingest import worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if parent:
        threading.Thread(target=_stop_without, args=(parent, stop), daemon=True).start()
    worker.work(config.load(home_of(ctx, home_here)), stop)


def _stop_without(parent: int, stop: threading.Event) -> None:
    while not stop.wait(1.0):
        if os.getppid() != parent:
            stop.set()


main.add_command(taking_in.ingest)
main.add_command(demonstrating.demo)
people.people.add_command(people_institutions.institutions)
main.add_command(people.people)
for keeping_command in keeping.COMMANDS:
    main.add_command(keeping_command)
main.add_command(working.jobs)
main.add_command(auditing.audit)
for changing_command in (changing.changes, changing.undo, changing.merge, changing.record):
    main.add_command(changing_command)
main.add_command(fixity.fixity)
main.add_command(linking.link)
main.add_command(exporting.export_tiles)
main.add_command(linking.rotate_key)
