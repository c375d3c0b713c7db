"""`museum fixity`: read masters again and say whether every byte is as it was stored."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from museum.cli.terminal import ERR, Bars, home_option, language, opened, put_json

if TYPE_CHECKING:
    from museum.storage.fixity import Finding
    from museum.storage.fixity_report import Report

_KINDS = {
    "changed": ("nội dung đã khác", "its content has changed"),
    "missing": ("không còn", "it is missing"),
    "unreadable": ("ổ đĩa không đọc được", "the disk can't read it"),
    "inventory": ("tệp kiểm kê đã khác", "the inventory has changed"),
    "note": ("mã băm ghi trong cơ sở dữ liệu sai, đã sửa", "the digest in the database was wrong and is mended"),
}


@click.command(epilog="Example: museum --home hue fixity --rate 50; or museum --home hue fixity --all --rate 0 --json")
@home_option
@click.option(
    "--rate", type=click.IntRange(0), help="MB a second at most, 0: no limit [museum.toml's fixity_mb_per_s]."
)
@click.option("--all", "every", is_flag=True, help="Every object, not only those that are due.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON, with PREMIS events.")
@click.pass_context
def fixity(ctx: click.Context, home_here: Path | None, rate: int | None, every: bool, as_json: bool) -> None:
    """Read masters again that are due, oldest first, and compare every byte. Exit code 1 when something changed."""
    from museum.storage.fixity_rolling import check_masters

    with opened(ctx, home_here) as (settings, engine), Bars(hidden=as_json) as bars:
        report = check_masters(settings, engine, every=every, mb_per_s=rate, on_progress=partial(bars.tell, "masters"))
    if as_json:
        put_json(report.to_json())
    else:
        say(report, days=settings.fixity_days or 90)
    sys.exit(1 if report.damaged or (report.standing and report.standing.damaged) else 0)


def say(report: "Report", *, days: int) -> None:
    """The report in the user's language."""
    is_vi = language() == "vi"
    for object_id, findings in report.damaged.items():
        for finding in findings:
            ERR.print(f"[red]✗[/red] {escape(_words(object_id, finding, is_vi=is_vi))}", soft_wrap=True)
    standing = report.standing
    if standing is not None:
        for object_id in sorted(set(standing.damaged) - set(report.damaged)):
            vi, en = "{}: lần đọc trước đã thấy hỏng", "{}: found damaged at its last reading"
            ERR.print(f"[red]✗[/red] {escape((vi if is_vi else en).format(object_id))}", soft_wrap=True)
        if standing.damaged:
            vi = "Bản gốc hỏng: đừng ghi đè; hãy khôi phục các đối tượng trên từ bản sao lưu gần nhất còn nguyên."
            en = "Masters are damaged: overwrite nothing; restore these objects from the newest backup that is whole."
            ERR.print(vi if is_vi else en, soft_wrap=True)
    vi = "Đã đọc lại {} đối tượng, {} tệp, {:.1f} MB với {:.0f} MB/giây; hỏng: {}."
    en = "Read {} objects again, {} files, {:.1f} MB at {:.0f} MB/s; damaged: {}."
    megabytes = report.size_bytes / 1e6
    click.echo(
        (vi if is_vi else en).format(report.objects, report.files, megabytes, report.mb_per_s, len(report.damaged))
    )
    if standing is not None:
        vi = "Cả kho có {} đối tượng; quá {} ngày chưa đọc lại: {}; chưa đọc lần nào: {}."
        en = "There are {} objects in all; not read for {} days: {}; never read: {}."
        click.echo((vi if is_vi else en).format(standing.objects, days, standing.overdue, standing.never))


def _words(object_id: str, finding: "Finding", *, is_vi: bool) -> str:
    return f"{object_id}: {finding.path}: {_KINDS[finding.kind][0 if is_vi else 1]}"
