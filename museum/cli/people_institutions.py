"""`museum people institutions`: the peers that share the museum."""

from pathlib import Path

import click

from museum.cli.people import operator_here
from museum.cli.terminal import home_option, language, opened, put_json


@click.group(epilog="Example: museum --home hue people institutions add bao-tang-cham --name-vi 'Bảo tàng Chăm'")
def institutions() -> None:
    """The institutions that own records; all are peers."""


@institutions.command(
    epilog="Example: museum --home hue people institutions add cham --name-vi 'Bảo tàng Điêu khắc Chăm'"
)
@home_option
@click.argument("code")
@click.option("--name-vi", default="", help="Its name in Vietnamese.")
@click.option("--name-en", default="", help="Its name in English.")
@click.option("--homepage", default="", help="Its own site.")
@click.option("--email", default="", help="Where to write to.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
@click.pass_context
def add(
    ctx: click.Context,
    home_here: Path | None,
    code: str,
    name_vi: str,
    name_en: str,
    homepage: str,
    email: str,
    as_json: bool,
) -> None:
    """Add an institution with the code CODE: small letters, digits, hyphens; it never changes."""
    from museum import db
    from museum.catalog import institutions as peers
    from museum.catalog.record import to_json
    from museum.text import Text

    made = peers.Institution(code=code, name=Text.of(vi=name_vi, en=name_en), homepage=homepage, email=email)
    with opened(ctx, home_here) as (_, engine), db.writing(engine) as session:
        peers.add(session, made, by=operator_here())
    if as_json:
        put_json(to_json(made))
    else:
        click.echo(f"{made.code}  {made.name.say(language())}")


@institutions.command("list", epilog="Example: museum --home hue people institutions list --json")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@click.pass_context
def list_institutions(ctx: click.Context, home_here: Path | None, as_json: bool) -> None:
    """List the institutions."""
    from museum import db
    from museum.catalog import institutions as peers
    from museum.catalog.record import to_json

    with opened(ctx, home_here) as (_, engine), db.reading(engine) as session:
        found = sorted(peers.all_of(session).values(), key=lambda each: each.code)
    if as_json:
        put_json([to_json(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.code:<24}  {each.name.say(language())}")
