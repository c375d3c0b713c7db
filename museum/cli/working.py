"""`museum jobs`: what waits and what was given up; given-up jobs tried again."""

from pathlib import Path

import click

from museum.cli.terminal import home_option, language, opened, put_json


@click.command(epilog="Example: museum --home hue jobs --retry")
@home_option
@click.option("--retry", is_flag=True, help="Queue all jobs that were given up again.")
@click.option("--json", "as_json", is_flag=True, help="Numbers and given-up jobs as JSON.")
@click.pass_context
def jobs(ctx: click.Context, home_here: Path | None, retry: bool, as_json: bool) -> None:
    """Show how many jobs wait, and those that were given up with the reason."""
    from museum import db
    from museum.jobs import queue

    with opened(ctx, home_here) as (_, engine):
        if retry:
            with db.writing(engine) as session:
                queue.revive(session)
        counts = queue.counts(engine)
        with db.reading(engine) as session:
            dead = queue.dead(session)
    if as_json:
        rows = [
            {"id": j.id, "kind": j.kind, "payload": j.payload, "tries": j.tries, "error": j.error, "at": j.finished_at}
            for j in dead
        ]
        put_json({"counts": counts, "dead": rows})
        return
    vi, en = (
        "{queued} đang chờ, {leased} đang làm, {done} đã xong, {dead} đã bỏ",
        ("{queued} waiting, {leased} in hand, {done} done, {dead} given up"),
    )
    click.echo((vi if language() == "vi" else en).format(**counts))
    for job in dead:
        click.echo(f"{job.id}  {job.kind}  {job.key}  {(job.error or {}).get(language(), '')}")
