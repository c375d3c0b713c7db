"""`museum people`: accounts, roles and institutions from the museum's own machine. No password is ever typed here."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from museum import addresses, config
from museum.cli.terminal import home_option, language, opened, put_json
from museum.errors import Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from museum.accounts.people import User
    from museum.accounts.policy import Grant, Viewer

_LOCAL = "http://127.0.0.1:8000"  # where `museum serve` answers unless told otherwise
_json_option = click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
_link_option = click.option("--base-url", default="", help="Put before the link; else museum.toml's public_url.")
_role_option = click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE:INSTITUTION[:COLLECTION]",
    help="A role to give (may be repeated): curator:hue, administrator:*.",
)
_name_option = click.option("--name", default="", help="The person's name.")
_language_option = click.option(
    "--language", "spoken", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Their language."
)


@click.group(epilog="Example: museum --home hue people invite hoa@baotang.example --role curator:museum")
def people() -> None:
    """Accounts, roles and institutions; links to come in are printed once."""


@people.command(epilog="Example: museum --home hue people invite hoa@baotang.example --role curator:museum")
@home_option
@click.argument("email")
@_role_option
@_name_option
@_language_option
@_link_option
@_json_option
@click.pass_context
def invite(
    ctx: click.Context,
    home_here: Path | None,
    email: str,
    roles: tuple[str, ...],
    name: str,
    spoken: str,
    base_url: str,
    as_json: bool,
) -> None:
    """Invite EMAIL: prints a link, good for 7 days and once, at which they set their password."""
    from museum import db

    with opened(ctx, home_here) as (settings, engine), db.writing(engine) as session:
        given = read_grants(session, roles)
        body = invite_by_link(session, settings, email, grants=given, name=name, language=spoken, base_url=base_url)
    _say(body, as_json, "Hãy gửi liên kết này cho {email}: {link}", "Send this link to {email}: {link}")


@people.command(epilog="Example: museum --home hue people add hoa@baotang.example --name 'Hoa' --role curator:museum")
@home_option
@click.argument("email")
@_role_option
@click.option("--name", required=True, help="The person's name.")
@_language_option
@_link_option
@_json_option
@click.pass_context
def add(
    ctx: click.Context,
    home_here: Path | None,
    email: str,
    roles: tuple[str, ...],
    name: str,
    spoken: str,
    base_url: str,
    as_json: bool,
) -> None:
    """Make an account for EMAIL now: prints a link, good for an hour and once, that sets the password."""
    from museum import db
    from museum.accounts import people as accounts
    from museum.accounts import resets

    with opened(ctx, home_here) as (settings, engine), db.writing(engine) as session:
        given = read_grants(session, roles)
        user = accounts.create(session, email, name=name, by=operator_here(), language=spoken, grants=given)
        reset = resets.issue(session, user.id, by=operator_here())
        body = _described(session, user) | {
            "link": _link(settings, addresses.reset(reset.token), base_url),
            "expires_at": reset.expires_at,
        }
    _say(body, as_json, "Đặt mật khẩu cho {email} tại: {link}", "{email} sets a password at: {link}")


@people.command("list", epilog="Example: museum --home hue people list --json")
@home_option
@click.option("--invited", is_flag=True, help="Open invitations instead.")
@_json_option
@click.pass_context
def list_people(ctx: click.Context, home_here: Path | None, invited: bool, as_json: bool) -> None:
    """List accounts with their roles, or open invitations."""
    from museum import db
    from museum.accounts import invitations
    from museum.accounts import people as accounts

    with opened(ctx, home_here) as (_, engine), db.reading(engine) as session:
        if invited:
            found: list[dict[str, Any]] = [
                {"email": i.email, "name": i.name, "roles": _words(i.grants), "expires_at": i.expires_at}
                for i in invitations.open_for(session, operator_here())
            ]
        else:
            found = [_described(session, person.user) for person in accounts.all_for(session, operator_here())]
    if as_json:
        put_json(found)
        return
    for each in found:
        shut = "" if each.get("is_active", True) else "  (đã khóa)" if language() == "vi" else "  (shut)"
        click.echo(f"{each['email']:<32}  {each['name']:<24}  {', '.join(each['roles'])}{shut}")


@people.command(epilog="Example: museum --home hue people grant hoa@baotang.example reviewer:museum")
@home_option
@click.argument("email")
@click.argument("role", metavar="ROLE:INSTITUTION[:COLLECTION]")
@_json_option
@click.pass_context
def grant(ctx: click.Context, home_here: Path | None, email: str, role: str, as_json: bool) -> None:
    """Give EMAIL a role."""
    from museum.accounts import people as accounts

    def give(session: "Session", user: "User") -> None:
        for given in read_grants(session, [role]):
            accounts.grant(session, user.id, given, by=operator_here())

    _change(ctx, home_here, email, give, as_json)


@people.command(epilog="Example: museum --home hue people revoke hoa@baotang.example reviewer:museum")
@home_option
@click.argument("email")
@click.argument("role", metavar="ROLE:INSTITUTION[:COLLECTION]")
@_json_option
@click.pass_context
def revoke(ctx: click.Context, home_here: Path | None, email: str, role: str, as_json: bool) -> None:
    """Take a role from EMAIL, at once."""
    from museum.accounts import people as accounts

    def take(session: "Session", user: "User") -> None:
        accounts.revoke(session, user.id, read_grant(role), by=operator_here())

    _change(ctx, home_here, email, take, as_json)


@people.command(epilog="Example: museum --home hue people reset hoa@baotang.example")
@home_option
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Also take the second factor off: the telephone is lost.")
@_link_option
@_json_option
@click.pass_context
def reset(
    ctx: click.Context, home_here: Path | None, email: str, second_factor: bool, base_url: str, as_json: bool
) -> None:
    """Print a link, good for an hour and once, that sets a new password for EMAIL."""
    from museum import db
    from museum.accounts import resets
    from museum.accounts import second_factor as factors

    with opened(ctx, home_here) as (settings, engine), db.writing(engine) as session:
        user = _user(session, email)
        if second_factor:
            factors.remove(session, user.id, by=operator_here())
        issued = resets.issue(session, user.id, by=operator_here())
        link = _link(settings, addresses.reset(issued.token), base_url)
        body = _described(session, user) | {"link": link, "expires_at": issued.expires_at}
    _say(body, as_json, "Đặt mật khẩu mới cho {email} tại: {link}", "{email} sets a new password at: {link}")


@people.command(epilog="Example: museum --home hue people unlink hoa@baotang.example")
@home_option
@click.argument("email")
@_json_option
@click.pass_context
def unlink(ctx: click.Context, home_here: Path | None, email: str, as_json: bool) -> None:
    """Forget who EMAIL is at the sign-in service: the next sign-in there is known by its e-mail again."""
    from museum.accounts import identities

    _change(
        ctx, home_here, email, lambda session, user: identities.forget(session, user.id, by=operator_here()), as_json
    )


@people.command(epilog="Example: museum --home hue people deactivate hoa@baotang.example")
@home_option
@click.argument("email")
@_json_option
@click.pass_context
def deactivate(ctx: click.Context, home_here: Path | None, email: str, as_json: bool) -> None:
    """Shut the account of EMAIL: sessions and keys end at once."""
    from museum.accounts import people as accounts

    _change(
        ctx, home_here, email, lambda session, user: accounts.deactivate(session, user.id, by=operator_here()), as_json
    )


@people.command(epilog="Example: museum --home hue people reactivate hoa@baotang.example")
@home_option
@click.argument("email")
@_json_option
@click.pass_context
def reactivate(ctx: click.Context, home_here: Path | None, email: str, as_json: bool) -> None:
    """Open the account of EMAIL again; its keys stay revoked."""
    from museum.accounts import people as accounts

    _change(
        ctx, home_here, email, lambda session, user: accounts.reactivate(session, user.id, by=operator_here()), as_json
    )


def invite_by_link(
    session: "Session",
    settings: config.Settings,
    email: str,
    *,
    grants: "tuple[Grant, ...]",
    name: str,
    language: str,
    base_url: str = "",
) -> dict[str, Any]:
    """Invite somebody as the machine's operator; e-mail, roles, link and its end."""
    from museum.accounts import invitations

    made = invitations.invite(session, email, by=operator_here(), grants=grants, name=name, language=language)
    return {
        "email": made.invitation.email,
        "name": made.invitation.name,
        "roles": _words(made.invitation.grants),
        "link": _link(settings, addresses.invitation(made.token), base_url),
        "expires_at": made.invitation.expires_at,
    }


def read_grant(words: str) -> "Grant":
    """A grant from "curator:hue" or "curator:hue:Cửu Đỉnh". Raises Invalid."""
    from museum.accounts.policy import Grant
    from museum.accounts.roles import Role
    from museum.text import tidy

    role, _, rest = words.partition(":")
    institution, _, collection = rest.partition(":")
    try:
        if not institution:
            raise ValueError(words)
        return Grant(role=Role(role), institution=institution, collection=tidy(collection))
    except ValueError as error:
        known = ", ".join(each.value for each in Role)
        raise Invalid("accounts.bad_grant", given=words, known=known) from error


def read_grants(session: "Session", words: "tuple[str, ...] | list[str]") -> "tuple[Grant, ...]":
    """Several of them, whose institutions must exist. Raises Invalid, NotFound."""
    from museum.accounts.policy import ALL_INSTITUTIONS
    from museum.catalog import institutions

    grants = tuple(read_grant(each) for each in words)
    for each in grants:
        if each.institution != ALL_INSTITUTIONS:
            institutions.get(session, each.institution)
    return grants


def _change(
    ctx: click.Context,
    home_here: Path | None,
    email: str,
    change: "Callable[[Session, User], object]",
    as_json: bool,
) -> None:
    from museum import db
    from museum.accounts import people as accounts

    with opened(ctx, home_here) as (_, engine), db.writing(engine) as session:
        user = _user(session, email)
        change(session, user)
        body = _described(session, accounts.get(session, user.id))
    _say(body, as_json, "{email}: {roles}", "{email}: {roles}")


def operator_here() -> "Viewer":
    """Whoever is at this machine, by their login name: the whole museum is theirs already."""
    from museum.accounts.policy import operator

    return operator(getpass.getuser())


def _user(session: "Session", email: str) -> "User":
    from museum.accounts import people as accounts

    user = accounts.by_email(session, email)
    if user is None:
        raise NotFound("accounts.no_user", user=email)
    return user


def _described(session: "Session", user: "User") -> dict[str, Any]:
    from museum.accounts import people as accounts

    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "is_active": user.is_active,
        "has_password": user.has_password,
        "has_second_factor": user.has_second_factor,
        "last_seen_at": user.last_seen_at,
        "reset_asked_at": user.reset_asked_at,
        "roles": _words(accounts.grants_of(session, user.id)),
    }


def _words(grants: "tuple[Grant, ...]") -> list[str]:
    return [":".join(filter(None, (each.role.value, each.institution, each.collection))) for each in grants]


def _link(settings: config.Settings, path: str, base_url: str) -> str:
    return (base_url or settings.public_url or _LOCAL).rstrip("/") + path


def _say(body: dict[str, Any], as_json: bool, vi: str, en: str) -> None:
    if as_json:
        put_json(body)
        return
    roles = ", ".join(body["roles"]) or ("không vai trò" if language() == "vi" else "no role")
    click.echo((vi if language() == "vi" else en).format(**body | {"roles": roles}))
