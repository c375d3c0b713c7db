"""What the commands share on the terminal: language, messages, JSON, bars, and which museum is meant."""

import getpass
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from museum import config
from museum.errors import BackendError

if TYPE_CHECKING:
    from sqlalchemy import Engine

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SAY_EVERY_S = 5.0  # between two lines of progress where no terminal draws a bar
ERR = Console(stderr=True, highlight=False)


def home_option(command: _Command) -> _Command:
    return click.option(
        "--home",
        "home_here",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        help="The museum's folder (else --home before the command, MUSEUM_HOME, or the present folder).",
    )(command)


def language() -> str:
    """Language of messages on the terminal: MUSEUM_LANGUAGE, else vi where the locale says so, else en."""
    chosen = os.environ.get("MUSEUM_LANGUAGE", "")
    if chosen in ("vi", "en"):
        return chosen
    return "vi" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("vi") else "en"


def who() -> str:
    """Who stands in the change log for what is done at the command line: the name of the login."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container's user without a name
        return f"cli:{os.getuid()}"


def home_of(ctx: click.Context, here: Path | None) -> Path:
    """The museum's folder that a command means."""
    chosen = here or ctx.find_root().params.get("home")
    return Path(chosen or os.environ.get("MUSEUM_HOME") or Path.cwd())


def put_json(body: Any) -> None:
    """One JSON document on standard output."""
    click.echo(orjson.dumps(body, option=orjson.OPT_INDENT_2, default=str).decode())


@contextmanager
def opened(ctx: click.Context, here: Path | None) -> Iterator[tuple[config.Settings, "Engine"]]:
    """Settings and database of the museum that a command means; the schema must be the newest.

    Raises BackendError catalog.database_refuses when the database can't be opened or written.
    """
    from sqlalchemy.exc import OperationalError

    from museum import db
    from museum.migrations import schema

    settings = config.load(home_of(ctx, here))
    engine = db.open_engine(settings.database)
    try:
        schema.require_head(engine)
        yield settings, engine
    except OperationalError as error:  # the database's disk is full or may not be written, or its server is away
        where = engine.url.render_as_string(hide_password=True)
        raise BackendError("catalog.database_refuses", database=where, reason=error.orig) from error
    finally:
        engine.dispose()


class Bars:
    """Progress on standard error: a bar a stage with count, rate and time left; plain lines where no terminal is."""

    _WORDS: ClassVar[dict[str, tuple[str, str]]] = {
        "rows": ("Đọc và lưu bản gốc", "Reading and keeping masters"),
        "files": ("Tải tệp từ nơi khác", "Fetching files from elsewhere"),
        "derivatives": ("Dựng ảnh, mô hình, phim", "Making pictures, models, films"),
        "sample": ("Tạo ảnh và mô hình mẫu", "Generating pictures and models"),
        "removal": ("Gỡ bộ sưu tập mẫu", "Taking the demonstration out"),
        "masters": ("Kiểm tra bản gốc", "Checking masters"),
        "index": ("Dựng chỉ mục", "Building the index"),
        "rebuild": ("Dựng lại", "Making anew"),
        "backup": ("Sao lưu (MiB)", "Backing up (MiB)"),
        "restore": ("Khôi phục (MiB)", "Restoring (MiB)"),
        "reread": ("Đọc lại để đối chiếu (MiB)", "Reading again to compare (MiB)"),
        "export": ("Xuất ảnh", "Exporting images"),
        "catalog": ("Dựng lại danh mục", "Rebuilding the catalog"),
    }

    def __init__(self, *, hidden: bool = False) -> None:
        self._hidden = hidden
        self._began: dict[str, float] = {}
        self._said: dict[str, float] = {}
        self._tasks: dict[str, TaskID] = {}
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
        )
        self._bars = Progress(*columns, TimeRemainingColumn(), console=ERR)

    def __enter__(self) -> "Bars":
        if not self._hidden and ERR.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._hidden and ERR.is_terminal:
            self._bars.stop()

    def tell(self, stage: str, done: int, total: int, *, note: str = "") -> None:
        """Show that `done` of `total` (0: not known) are finished in a stage; `note` says what takes long meanwhile."""
        if self._hidden:
            return
        now = time.monotonic()
        seconds = max(0.1, now - self._began.setdefault(stage, now))
        words = self._WORDS[stage][language() != "vi"]
        if ERR.is_terminal:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(words, total=total or None, rate="")
            self._bars.update(
                self._tasks[stage], completed=done, total=total or None, rate=note or f"{done / seconds:.1f}/s"
            )
        elif now - self._said.setdefault(stage, now) >= _SAY_EVERY_S or (done == total and not note):
            self._said[stage] = now
            left = f", {(total - done) * seconds / done:.0f} s" if total and done else ""
            ERR.print(f"{words}: {done}/{total or '?'}, {note or f'{done / seconds:.1f}/s{left}'}", soft_wrap=True)
