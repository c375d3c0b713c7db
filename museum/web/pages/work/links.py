"""Links to originals: find a file, make a link, see what was made and used, end a link."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts.roles import Action
from museum.catalog.record import Media, Record
from museum.db import reading, utc_now, writing
from museum.errors import MuseumError, NotFound
from museum.web import links
from museum.web.answers import NotAllowed
from museum.web.change_words import names_of
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.language import address, say, say_many
from museum.web.links import NewLink
from museum.web.people import require_anywhere, viewer
from museum.web.public import base_url

blueprint = Blueprint("work_links", __name__, url_prefix="/work/links")
_HOURS = (1, 24, 72, 168, 720)


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """The links there are; with `of`, the files that one may make links for."""
    return _page(NONE)


@blueprint.post("")
def make() -> ResponseReturnValue:
    """Make a link, shown this once."""
    who = require_anywhere(Action.DOWNLOAD_MASTER)
    hours = request.form.get("hours", "")
    try:
        with writing(museum().engine) as session:
            record, media = links.find(session, request.form.get("media", ""))[0]
            made = links.issue(
                session,
                record,
                media,
                by=who,
                key=museum().ring.keys[0],
                hours=int(hours) if hours.isdecimal() else 0,
                purpose=request.form.get("purpose", ""),
            )
    except (MuseumError, IndexError) as error:
        return _page(faults_of(error if isinstance(error, MuseumError) else NotFound("link.nothing", wanted="")))
    return _page(NONE, made=made)


@blueprint.post("/end")
def end() -> ResponseReturnValue:
    """End a link at once."""
    who = require_anywhere(Action.DOWNLOAD_MASTER)
    with writing(museum().engine) as session:
        links.end(session, request.form.get("link", ""), by=who)
    flash(say("The link has ended."))
    return redirect(address(addresses.workbench("links")), code=303)


def _page(faults: Faults, *, made: NewLink | None = None) -> ResponseReturnValue:
    who = require_anywhere(Action.DOWNLOAD_MASTER)
    wanted = request.values.get("of", "").strip()
    if wanted and not faults.by_field:
        try:
            found = _found(wanted)
        except MuseumError as error:
            found, faults = [], faults_of(error)
    else:
        found = []
    with reading(museum().engine) as session:
        listed = links.links_of(session, who)
        names = names_of(session, [link.issued_by for link in listed])
    page = render_template(
        "work/links.html",
        links=[(link, names[link.issued_by]) for link in listed],
        now=utc_now(),
        wanted=wanted,
        found=found,
        hours=[(str(number), _words(number)) for number in _HOURS],
        made=made,
        link=base_url() + made.path if made else "",
        faults=faults,
    )
    return page, faults.status


def _found(wanted: str) -> list[tuple[Record, Media]]:
    """The files of what was asked for that one may fetch. Raises NotFound, NotAllowed."""
    try:
        with reading(museum().engine) as session:
            every = links.find(session, wanted)
    except NotFound as error:
        raise NotFound("link.nothing", wanted=wanted) from error
    allowed = [(record, media) for record, media in every if links.may_fetch(viewer(), record, media)]
    if every and not allowed:
        raise NotAllowed("link.not_yours", media=wanted)
    return allowed


def _words(hours: int) -> str:
    if hours < 24:
        return say_many("%(num)s hour", "%(num)s hours", hours)
    return say_many("%(num)s day", "%(num)s days", hours // 24)
