"""Keeping a museum: backup, restore, rebuild-catalog, doctor, upgrade."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from museum.cli.terminal import ERR, Bars, home_of, home_option, language, opened, put_json
from museum.errors import BackendError, SourceError

if TYPE_CHECKING:
    from museum.keeping.restoring import Restored

_MIB = 2**20


def _say(vi: str, en: str, **values: object) -> None:
    click.echo((vi if language() == "vi" else en).format(**values))


def _mebibytes(bars: Bars, stage: str, done: int, total: int) -> None:
    bars.tell(stage, done // _MIB, -(-total // _MIB))


def _told(bars: Bars, stage: str, done: int, total: int) -> None:
    """Stages that copy count bytes, the others things."""
    if stage in ("restore", "reread"):
        _mebibytes(bars, stage, done, total)
    else:
        bars.tell(stage, done, total)


@click.command(epilog="Example: museum --home hue backup /mnt/usb/hue --keep 14")
@home_option
@click.argument("destination", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", default=7, show_default=True, type=click.IntRange(1, 9999), help="Backups to keep there.")
@click.option("--with-derivatives", is_flag=True, help="Also what can be made again: quicker to restore, much larger.")
@click.option("--verify", is_flag=True, help="Read the whole backup again, also what earlier ones share.")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
@click.pass_context
def backup(
    ctx: click.Context,
    home_here: Path | None,
    destination: Path,
    keep: int,
    with_derivatives: bool,
    verify: bool,
    as_json: bool,
) -> None:
    """Back the museum up to DESTINATION while it serves: database, masters, settings without secrets."""
    from museum.keeping import backing_up, restoring

    with opened(ctx, home_here) as (settings, engine), Bars(hidden=as_json) as bars:
        tell = partial(_mebibytes, bars, "backup")
        done = backing_up.backup(
            settings, engine, destination, keep=keep, with_derivatives=with_derivatives, on_progress=tell
        )
        wrong = []
        if verify:
            wrong = restoring.verify_backup(done.folder, on_progress=partial(_mebibytes, bars, "reread"))
    if wrong:
        raise SourceError("keeping.differs", path=done.folder / wrong[0], count=len(wrong))
    if as_json:
        put_json({**vars(done), "folder": str(done.folder)})
        return
    _say(
        "Đã sao lưu vào {folder}: {files} tệp, {size} MiB (mới {written} MiB) trong {seconds:.0f} giây",
        "Backed up to {folder}: {files} files, {size} MiB ({written} MiB new) in {seconds:.0f} s",
        folder=done.folder,
        files=done.files,
        size=done.size_bytes // _MIB,
        written=done.written_bytes // _MIB,
        seconds=done.seconds,
    )
    if done.elsewhere:
        _say(
            "Bản dẫn xuất ở {place} không nằm trong bản sao lưu: museum rebuild làm lại được.",
            "The derivatives in {place} are not in the backup: museum rebuild makes them again.",
            place=done.elsewhere,
        )
    if done.left_out:
        _say(
            "Không nằm trong bản sao lưu (bí mật): {names}. Hãy cất riêng ở nơi an toàn.",
            "Not in the backup (secret): {names}. Keep these elsewhere, safely.",
            names=", ".join(done.left_out),
        )


@click.command(epilog="Example: museum restore /mnt/usb/hue hue-restored --verify")
@click.argument("source", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("new_home", type=click.Path(path_type=Path, file_okay=False))
@click.option("--verify/--no-verify", default=True, show_default=True, help="Read everything again; judge each object.")
@click.option("--database-url", default="", help="An empty database; needed for a backup of PostgreSQL.")
@click.option("--no-derive", is_flag=True, help="Leave pictures, models and index to `museum rebuild --all`.")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
def restore(source: Path, new_home: Path, verify: bool, database_url: str, no_derive: bool, as_json: bool) -> None:
    """Make a museum in the empty folder NEW_HOME from a backup (SOURCE, or the newest one in it)."""
    from museum.keeping import restoring

    with Bars(hidden=as_json) as bars:
        done = restoring.restore(
            source,
            new_home,
            verify=verify,
            database_url=database_url,
            derive=not no_derive,
            on_progress=partial(_told, bars),
        )
    if as_json:
        put_json({**vars(done), "home": str(done.home), "about": vars(done.about)})
    else:
        _say_restored(done)
    sys.exit(1 if done.failed else 0)


def _say_restored(done: "Restored") -> None:
    _say(
        "Đã khôi phục bảo tàng của ngày {at:%d/%m/%Y %H:%M} UTC vào {home}: {files} tệp, {size} MiB, đều đúng mã băm",
        "Restored the museum of {at:%Y-%m-%d %H:%M} UTC to {home}: {files} files, {size} MiB, every digest right",
        at=done.about.made_at,
        home=done.home,
        files=done.files,
        size=done.size_bytes // _MIB,
    )
    _say(
        "Khóa ký (secret.key) được tạo mới: mọi người phải đăng nhập lại, liên kết đã ký trước đây hết hiệu lực.",
        "The signing key (secret.key) was made anew: everybody must log in again, links signed before are void.",
    )
    if done.to_set:
        _say(
            "Các cài đặt của máy cũ không được giữ: {names}",
            "Settings of the old machine that were not kept: {names}",
            names=", ".join(done.to_set),
        )
    before, after = done.revision
    if before != after:
        _say("Lược đồ: {before} → {after}", "Schema: {before} → {after}", before=before, after=after)
    for record_id in done.failed:
        _say(
            "Hồ sơ còn lỗi: {id}. Hãy chạy «museum rebuild».", "Still fails: {id}. Run “museum rebuild”.", id=record_id
        )


@click.command("rebuild-catalog", epilog="Example: museum rebuild-catalog hue-new --masters /mnt/old/media/masters")
@click.argument("new_home", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--masters", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Copy this OCFL root in first."
)
@click.option("--no-derive", is_flag=True, help="Leave pictures, models and index to `museum rebuild --all`.")
@click.option("--json", "as_json", is_flag=True, help="What came back, as JSON.")
@click.pass_context
def rebuild_catalog(
    ctx: click.Context, new_home: Path | None, masters: Path | None, no_derive: bool, as_json: bool
) -> None:
    """Rebuild the catalogue from the masters alone, in NEW_HOME or in the museum's own folder.

    What the database holds already is left alone. People, rights, the change log and jobs are not in the masters.
    """
    from museum.keeping import recataloging, resettling

    with Bars(hidden=as_json) as bars:
        if masters is not None:
            resettling.copy_masters(masters, _home(ctx, new_home), on_progress=partial(_mebibytes, bars, "restore"))
        settings, engine = resettling.settle(_home(ctx, new_home))
        done = recataloging.rebuild_catalog(settings, engine, derive=not no_derive, on_progress=bars.tell)
        engine.dispose()
    if as_json:
        put_json({**vars(done), "failed": [[name, error.message(language())] for name, error in done.failed]})
    else:
        _say(
            "Dựng lại: {records} hồ sơ, {stories} trưng bày, {institutions} cơ quan, {graves} mục đã xóa. "
            "Không có trong kho bản gốc nên không dựng lại được: người dùng và quyền, nhật ký thay đổi, công việc.",
            "Came back: {records} records, {stories} stories, {institutions} institutions, {graves} tombstones. "
            "Not in the masters, so not brought back: people and rights, the change log, jobs.",
            **{name: getattr(done, name) for name in ("records", "stories", "institutions", "graves")},
        )
        for name, error in done.failed:
            ERR.print(f"[red]✗[/red] {escape(name)}: {escape(error.message(language()))}", soft_wrap=True)
    sys.exit(BackendError.exit_code if done.failed else 0)


def _home(ctx: click.Context, given: Path | None) -> Path:
    return given if given is not None else home_of(ctx, None)


@click.command(epilog="Example: museum --home hue doctor --json")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON, in both languages.")
@click.option("--strict", is_flag=True, help="Exit code 1 for warnings too.")
@click.pass_context
def doctor(ctx: click.Context, home_here: Path | None, as_json: bool, strict: bool) -> None:
    """Is everything here that this museum needs, and does it work? Exit code 1 when something is wrong.

    Takes some seconds; `museum check` reads every master.
    """
    from museum import config, db
    from museum.keeping import doctor as examining

    settings = config.load(home_of(ctx, home_here))
    engine = db.open_engine(settings.database)
    found = examining.examine(settings, engine)
    examining.note(settings, found)
    engine.dispose()
    if as_json:
        put_json(found.to_json())
    else:
        marks = {"ok": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "error": "[red]✗[/red]"}
        for finding in found.findings:
            ERR.print(f"{marks[finding.severity]} {escape(finding.message(language()))}", soft_wrap=True)
    has_warnings = any(finding.severity == "warning" for finding in found.findings)
    sys.exit(0 if found.is_sound and not (strict and has_warnings) else 1)


@click.command(epilog="Example: museum --home hue upgrade --backup /mnt/usb/hue")
@home_option
@click.option("--backup", "backup_to", type=click.Path(path_type=Path, file_okay=False), help="A whole backup first.")
@click.pass_context
def upgrade(ctx: click.Context, home_here: Path | None, backup_to: Path | None) -> None:
    """Bring the database to this software's schema; when anything fails, put it back as it was.

    Stop `museum serve` and `museum work` first. The old database is kept in media/keeping.
    """
    from museum import config
    from museum.keeping import upgrading
    from museum.web.smoke import smoke

    settings = config.load(home_of(ctx, home_here))
    with Bars() as bars:
        done = upgrading.upgrade(
            settings, smoke=smoke, backup_to=backup_to, on_progress=partial(_mebibytes, bars, "backup")
        )
    if done.before == done.after:
        _say("Đã ở lược đồ mới nhất ({at})", "Already at the newest schema ({at})", at=done.after)
        return
    _say(
        "Đã nâng cấp {before} → {after}; các trang đều trả lời. Cơ sở dữ liệu cũ: {copy}",
        "Upgraded {before} → {after}; the pages answer. The old database: {copy}",
        before=done.before or "–",
        after=done.after,
        copy=done.copy,
    )


COMMANDS: tuple[click.Command, ...] = (backup, restore, rebuild_catalog, doctor, upgrade)
