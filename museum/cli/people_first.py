"""The first administrator of a new museum, invited by a link that `museum init` prints."""

from typing import Any

import click

from museum import config
from museum.cli.people import invite_by_link
from museum.cli.terminal import language, put_json


def welcome_administrator(settings: config.Settings, *, email: str, name: str, as_json: bool) -> None:
    """Say that the museum is ready, and give the first administrator's link or say how to get one."""
    made = first_administrator(settings, email=email, name=name, language=settings.language) if email else None
    if as_json:
        put_json({"home": str(settings.home), "administrator": made})
        return
    vi = language() == "vi"
    click.echo(("Bảo tàng đã sẵn sàng ở {}" if vi else "The museum is ready in {}").format(settings.home))
    if made is not None:
        words = "Hãy gửi liên kết này cho {email}, dùng một lần trong 7 ngày: {link}"
        click.echo((words if vi else "Send this link to {email}; it works once, for 7 days: {link}").format(**made))
    elif email:
        words = "{} đã có tài khoản; xem «museum people list»."
        click.echo((words if vi else "{} has an account already; see “museum people list”.").format(email))
    elif not has_administrator(settings):
        words = "Chưa có người quản trị. Hãy chạy: museum --home {} people invite EMAIL --role 'administrator:*'"
        en = "There is no administrator yet. Run: museum --home {} people invite EMAIL --role 'administrator:*'"
        click.echo((words if vi else en).format(settings.home))


def first_administrator(settings: config.Settings, *, email: str, name: str, language: str) -> dict[str, Any] | None:
    """Invite the first administrator of the whole museum; None when that account stands already."""
    from museum import db
    from museum.accounts import people as accounts

    engine = db.open_engine(settings.database)
    try:
        with db.writing(engine) as session:
            if accounts.by_email(session, email) is not None:
                return None
            return invite_by_link(session, settings, email, grants=(accounts.WHOLE,), name=name, language=language)
    finally:
        engine.dispose()


def has_administrator(settings: config.Settings) -> bool:
    """True when somebody administers the whole museum."""
    from museum import db
    from museum.accounts import people as accounts

    engine = db.open_engine(settings.database)
    try:
        with db.reading(engine) as session:
            return accounts.has_administrator(session)
    finally:
        engine.dispose()
