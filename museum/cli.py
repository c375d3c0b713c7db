"""The command line: museum init | ingest | list | index | check | rebuild | serve | work | demo."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson
from rich.console import Console

from museum import config
from museum.errors import MuseumError

_Command = TypeVar("_Command", bound=Callable[..., Any])
_ERR = Console(stderr=True, highlight=False)


def _home_option(command: _Command) -> _Command:
    return click.option(
        "--home",
        "home_here",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        help="The museum's folder (else --home before the command, MUSEUM_HOME, or the present folder).",
    )(command)


class _Answering(click.Group):
    """Answers MuseumError with its message in the user's language and its exit code; everything else is a bug."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MuseumError as error:
            _ERR.print(f"[red]✗[/red] {error.message(language())}", soft_wrap=True)
            sys.exit(error.exit_code)


def language() -> str:
    """Language of messages on the terminal: MUSEUM_LANGUAGE, else vi where the locale says so, else en."""
    chosen = os.environ.get("MUSEUM_LANGUAGE", "")
    if chosen in ("vi", "en"):
        return chosen
    return "vi" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("vi") else "en"


def home_of(ctx: click.Context, here: Path | None) -> Path:
    """The museum's folder that a command means."""
    chosen = here or ctx.find_root().params.get("home")
    return Path(chosen or os.environ.get("MUSEUM_HOME") or Path.cwd())


def put_json(body: Any) -> None:
    """One JSON document on standard output."""
    click.echo(orjson.dumps(body, option=orjson.OPT_INDENT_2, default=str).decode())


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
def init(folder: Path, name_vi: str, name_en: str, first: str) -> None:
    """Make a museum in FOLDER, or bring an existing one's database up to date."""
    settings = found(folder, name_vi=name_vi, name_en=name_en, first_language=first)
    words = "Bảo tàng đã sẵn sàng ở {}" if language() == "vi" else "The museum is ready in {}"
    click.echo(words.format(settings.home))


def found(folder: Path, *, name_vi: str, name_en: str, first_language: str) -> config.Settings:
    """A museum in `folder`: settings, database at the newest schema, folders, vocabularies."""
    from museum import db
    from museum.ingest import founding
    from museum.migrations import schema

    settings = founding.write_settings(folder, name_vi=name_vi, name_en=name_en, language=first_language)
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    engine.dispose()
    return settings


@main.command("list", epilog="Example: museum --home hue list --json | jq '.[].manifest'")
@_home_option
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@click.option("--state", type=click.Choice(["draft", "in_review", "published", "withdrawn"]), help="Only this state.")
@click.option("--base-url", default="", help="Put before every address; else museum.toml's public_url.")
@click.pass_context
def list_records(ctx: click.Context, home_here: Path | None, as_json: bool, state: str | None, base_url: str) -> None:
    """List the records: page, manifest, media with digests, image services, scans, measured facts."""
    from museum import db
    from museum.catalog import listing, store

    settings = config.load(home_of(ctx, home_here))
    with db.reading(db.open_engine(settings.database)) as session:
        records = store.all_records(session, state=state)
        made = store.derivatives(session, (m.sha256 for r in records for m in r.media))
    if as_json:
        put_json([listing.describe(r, made, base_url=base_url or settings.public_url) for r in records])
        return
    for record in records:
        number = record.identifier("accession_number") or record.identifier("object_id") or "–"
        click.echo(f"{record.id}  {record.state:<10}  {number:<20}  {record.title.say(language())}")


@main.command(epilog="Example: museum --home hue serve --host 127.0.0.1 --port 8000")
@_home_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes; else museum.toml's workers.")
@click.option("--no-work", is_flag=True, help="Only the web; run `museum work` elsewhere.")
@click.pass_context
def serve(ctx: click.Context, home_here: Path | None, host: str, port: int, workers: int | None, no_work: bool) -> None:
    """Serve the museum: web workers, and one worker for jobs and index. Ends cleanly on SIGTERM."""
    run_server(home_of(ctx, home_here), host=host, port=port, workers=workers, with_worker=not no_work)


def run_server(home: Path, *, host: str, port: int, workers: int | None, with_worker: bool) -> None:
    """Check that the museum can be served, then serve it and say its address in one line."""
    from museum import db
    from museum.migrations import schema
    from museum.web.serve import serve as serve_forever

    settings = config.load(home)
    engine = db.open_engine(settings.database)
    schema.require_head(engine)
    engine.dispose()
    words = "Bảo tàng đang mở tại {}" if language() == "vi" else "The museum is open at {}"
    serve_forever(
        settings.home,
        host=host,
        port=port,
        web_workers=workers or settings.workers,
        with_worker=with_worker,
        say_ready=lambda address: click.echo(words.format(address)),
    )


@main.command(epilog="Example: museum --home hue work")
@_home_option
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


if __name__ == "__main__":
    main()
