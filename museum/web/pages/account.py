"""One's own account: name, language, password, and where one is signed in."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts import login, people, second_factor
from museum.accounts import sessions as accounts_sessions
from museum.db import reading, writing
from museum.errors import MuseumError
from museum.web import sessions
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.grant_words import grant_lines
from museum.web.language import address, say
from museum.web.pages.invitation import same_passwords
from museum.web.people import signed_in

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Everything about oneself on one page."""
    return _page(NONE)


@blueprint.post("/account/name")
def describe() -> ResponseReturnValue:
    """Change name and language."""
    who = signed_in()
    try:
        with writing(museum().engine) as session:
            user = people.describe(
                session, who.user_id, name=request.form.get("name", ""), language=request.form.get("language", "")
            )
    except MuseumError as error:
        return _page(faults_of(error))
    flash(say("Saved."))
    return redirect(address(addresses.account(), language=user.language), code=303)


@blueprint.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Set a new password; all other browsers are signed out."""
    who = signed_in()
    try:
        same_passwords()
        issued = login.change_password(
            museum().engine,
            who.user_id,
            current=request.form.get("current", ""),
            new=request.form.get("password", ""),
            user_agent=request.user_agent.string,
        )
    except MuseumError as error:
        return _page(faults_of(error))
    sessions.put(issued)
    flash(say("The new password is set. Everywhere else you have been signed out."))
    return redirect(address(addresses.account()), code=303)


@blueprint.post("/account/sessions")
def end_sessions() -> ResponseReturnValue:
    """Sign out one other browser, or all of them."""
    who = signed_in()
    chosen = request.form.get("session", "")
    with writing(museum().engine) as session:
        for each in accounts_sessions.list_of(session, who.user_id, this=sessions.token()):
            if not each.is_this and chosen in ("others", each.key):
                accounts_sessions.end_one(session, who.user_id, each.key)
    flash(say("Signed out there."))
    return redirect(address(addresses.account()) + "#sessions", code=303)


def _page(faults: Faults) -> ResponseReturnValue:
    who = signed_in()
    with reading(museum().engine) as session:
        user = people.get(session, who.user_id)
        own = accounts_sessions.list_of(session, who.user_id, this=sessions.token())
        codes_left = second_factor.recovery_codes_left(session, who.user_id)
    page = render_template(
        "work/account.html",
        user=user,
        name=request.form.get("name", user.name),
        language_chosen=request.form.get("language", user.language),
        own_sessions=own,
        codes_left=codes_left,
        roles=grant_lines(who.grants),
        faults=faults,
    )
    return make_response(page, faults.status, faults.headers)
