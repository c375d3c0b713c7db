"""Accepting an invitation: name and password; the second factor is offered afterwards."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts import invitations
from museum.accounts.invitations import Invitation
from museum.accounts.login import begin_known
from museum.accounts.throttle import address as counter_of
from museum.accounts.throttle import charge
from museum.db import reading, utc_now, writing
from museum.errors import Invalid, MuseumError
from museum.web import sessions
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.grant_words import grant_lines
from museum.web.language import address, say

blueprint = Blueprint("invitation", __name__)


@blueprint.get("/invitation/<token>")
def invitation(token: str) -> ResponseReturnValue:
    """Who invites to what, and the form."""
    return _form(_look(token), NONE, token=token)


@blueprint.post("/invitation/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Make the account and sign in."""
    asked = _look(token)
    engine = museum().engine
    try:
        same_passwords()
        user = invitations.accept(
            engine,
            token,
            password=request.form.get("password", ""),
            name=request.form.get("name", ""),
            language=request.form.get("language", asked.language),
        )
    except MuseumError as error:
        return _form(asked, faults_of(error), token=token)
    with writing(engine) as session:
        issued = begin_known(session, user.id, user_agent=request.user_agent.string, old_token=sessions.token())
    sessions.put(issued)
    flash(say("Welcome. Your account is ready; a second factor makes it much harder to steal."))
    return redirect(address(addresses.account("second-factor"), language=user.language), code=303)


def same_passwords() -> None:
    """Raises Invalid when the password was not typed twice alike."""
    if request.form.get("password", "") != request.form.get("again", ""):
        raise Invalid("web.passwords_differ")


def _look(token: str) -> Invitation:
    """The invitation; whoever tries out tokens is slowed down as at the door."""
    engine, counter = museum().engine, counter_of(sessions.client_address())
    with reading(engine) as session:
        try:
            return invitations.look(session, token)
        except MuseumError:
            pass
    with writing(engine) as session:
        charge(session, [counter], now=utc_now())
    with reading(engine) as session:
        return invitations.look(session, token)


def _form(asked: Invitation, faults: Faults, *, token: str) -> ResponseReturnValue:
    page = render_template(
        "work/invitation.html",
        asked=asked,
        roles=grant_lines(asked.grants),
        name=request.form.get("name", asked.name),
        language_chosen=request.form.get("language", asked.language),
        action=address(addresses.invitation(token)),
        faults=faults,
    )
    return make_response(page, faults.status, faults.headers)
