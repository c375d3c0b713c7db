"""`museum audit`: is the change log what was written? And the log, whole, for whoever examines it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from museum.cli.terminal import ERR, home_option, language, opened, put_json

if TYPE_CHECKING:
    from museum.catalog.chain import Finding, Verdict

_FAULTS = {
    "changed": ("mục {seq} không còn như lúc ghi, hoặc bị đổi chỗ", "entry {seq} is not what was written, or moved"),
    "missing": ("có mục bị mất ngay trước mục {seq}", "entries before {seq} are gone"),
    "cut": ("nhật ký bị cắt từ mục {seq}", "the log was cut from entry {seq}"),
    "rewritten": (
        "mục {seq} khác mã băm đã lưu: nhật ký bị viết lại",
        "entry {seq} contradicts a saved head: rewritten",
    ),
    "record": ("hồ sơ {record} khác mục cuối cùng của nó (mục {seq})", "record {record} differs from its entry {seq}"),
}
_MOST_SHOWN = 20


@click.group()
def audit() -> None:
    """Verify and export the change log, which is a chain of hashes."""


@audit.command(epilog="Example: museum --home hue audit verify --json")
@home_option
@click.option("--json", "as_json", is_flag=True, help="What was found as JSON.")
@click.option("--heads", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder whose audit/heads.jsonl is compared too: a copy kept elsewhere.")  # fmt: skip
@click.pass_context
def verify(ctx: click.Context, home_here: Path | None, as_json: bool, heads: Path | None) -> None:
    """Find changed, dropped, swapped and cut entries of the change log. Exit code 1 when there are any."""
    from museum import db
    from museum.catalog import chain
    from museum.catalog import heads as saved

    with opened(ctx, home_here) as (settings, engine):
        known = [*saved.read(settings.home), *(saved.read(heads) if heads else ())]
        with db.reading(engine) as session:
            verdict = chain.verify(session, known)
    if as_json:
        put_json(_told(verdict))
    else:
        _say(verdict)
    sys.exit(0 if verdict.is_sound else 1)


@audit.command(epilog="Example: museum --home hue audit head >> /mnt/elsewhere/heads.txt")
@home_option
@click.pass_context
def head(ctx: click.Context, home_here: Path | None) -> None:
    """Save the newest entry's hash to audit/heads.jsonl now, and print it: keep a copy elsewhere."""
    from museum.ingest import witnessing

    with opened(ctx, home_here) as (settings, engine):
        found = witnessing.witness(engine, settings, at_once=True)
    if found is not None:
        click.echo(f"{found.seq} {found.hash}")


@audit.command(epilog="Example: museum --home hue audit export > nhat-ky.jsonl")
@home_option
@click.option("--since", type=click.IntRange(0), default=0, show_default=True, help="Entries after this number.")
@click.pass_context
def export(ctx: click.Context, home_here: Path | None, since: int) -> None:
    """Print every entry as one JSON line, with its hash: enough to verify the chain elsewhere."""
    from museum import db
    from museum.catalog import changes

    with opened(ctx, home_here) as (_, engine):
        while True:
            with db.reading(engine) as session:
                log = changes.since(session, since)
            for change in log:
                click.echo(orjson.dumps(vars(change), option=orjson.OPT_SORT_KEYS).decode())
            if not log:
                return
            since = log[-1].seq


def _told(verdict: "Verdict") -> dict[str, object]:
    first = verdict.findings[0] if verdict.findings else None
    return {
        "sound": verdict.is_sound,
        "entries": verdict.entries,
        "heads": verdict.heads,
        "records": verdict.records,
        "head": {"seq": verdict.head.seq, "hash": verdict.head.hash} if verdict.head else None,
        "first_bad": first.seq if first else None,
        "findings": [vars(finding) for finding in verdict.findings],
    }


def _say(verdict: "Verdict") -> None:
    vi = language() == "vi"
    if verdict.is_sound:
        words = (
            "{} mục, {} hồ sơ, {} mã băm đã lưu: nguyên vẹn" if vi else "{} entries, {} records, {} saved heads: whole"
        )
        click.echo(words.format(verdict.entries, verdict.records, verdict.heads))
        return
    for finding in verdict.findings[:_MOST_SHOWN]:
        ERR.print(f"[red]✗[/red] {words_of(finding, vi=vi)}", soft_wrap=True)
    left = len(verdict.findings) - _MOST_SHOWN
    if left > 0:
        ERR.print(f"… +{left}")
    ERR.print(
        "Hãy giữ nguyên máy và cơ sở dữ liệu để điều tra, rồi so với bản sao lưu."
        if vi
        else "Leave machine and database as they are for an inquiry, and compare with a backup.",
        soft_wrap=True,
    )


def words_of(finding: "Finding", *, vi: bool) -> str:
    """A finding in words."""
    return _FAULTS[finding.fault][not vi].format(seq=finding.seq, record=finding.record_id)
