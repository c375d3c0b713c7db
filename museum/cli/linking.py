"""`museum link`: signed links to originals, made at the museum's own machine."""

import getpass
from pathlib import Path

import click

from museum.cli.terminal import home_option, language, opened, put_json
from museum.errors import Invalid


@click.command(epilog="Example: museum --home hue link 'BTH-0123' --hours 72 --purpose 'For the printer'")
@home_option
@click.argument("wanted", metavar="FILE_OR_RECORD")
@click.option("--hours", default=24, show_default=True, type=click.IntRange(1, 720), help="How long they are good.")
@click.option("--purpose", default="", help="For whom and what; only the museum's people see it.")
@click.option("--base-url", default="", help="Put before every address; else museum.toml's public_url.")
@click.option("--json", "as_json", is_flag=True, help="The links as JSON.")
@click.pass_context
def link(
    ctx: click.Context, home_here: Path | None, wanted: str, hours: int, purpose: str, base_url: str, as_json: bool
) -> None:
    """Make signed links to the original of a file, or of every file of a record (id or inventory number)."""
    from museum import db
    from museum.accounts import signing_keys
    from museum.accounts.policy import operator
    from museum.web import links

    with opened(ctx, home_here) as (settings, engine):
        key = signing_keys.ensure(settings)[0]
        base = (base_url or settings.public_url).rstrip("/")
        with db.writing(engine) as session:
            made = [
                links.issue(
                    session, record, media, by=operator(getpass.getuser()), key=key, hours=hours, purpose=purpose
                )
                for record, media in links.find(session, wanted)
            ]
    if not made:
        raise Invalid("link.nothing", wanted=wanted)
    if as_json:
        put_json([{"file": m.file_name, "link": base + m.path, "until": m.expires_at.isoformat()} for m in made])
        return
    words = "{} (đến {})" if language() == "vi" else "{} (until {})"
    for one in made:
        click.echo(words.format(one.file_name, one.expires_at.isoformat(timespec="minutes")))
        click.echo(f"  {base}{one.path}")


@click.command("rotate-key", epilog="Example: museum --home hue rotate-key")
@home_option
@click.pass_context
def rotate_key(ctx: click.Context, home_here: Path | None) -> None:
    """Put a new signing key first; web processes notice. The last two stay good for what they signed, and the
    authenticators' secrets are sealed with the new one."""
    from museum import db
    from museum.accounts import second_factor, signing_keys

    with opened(ctx, home_here) as (settings, engine), signing_keys.only_rotation(settings):
        keys = signing_keys.rotate(settings)
        with db.writing(engine) as session:
            second_factor.seal_all(session, keys=keys)
    for key in keys:
        click.echo(key.id)
