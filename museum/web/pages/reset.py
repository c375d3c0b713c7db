"""A forgotten password: asking the administrators for a link, and using the link."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts import resets
from museum.db import reading
from museum.errors import MuseumError
from museum.web import sessions
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.language import address, say
from museum.web.pages.invitation import same_passwords

blueprint = Blueprint("reset", __name__)


@blueprint.get("/reset")
def ask() -> ResponseReturnValue:
    """The form that asks for help."""
    return render_template("work/reset_ask.html", faults=NONE, is_sent=False, email="")


@blueprint.post("/reset")
def send() -> ResponseReturnValue:
    """Tell the administrators; the answer is the same whether there is such an account or not."""
    faults, email = NONE, request.form.get("email", "")
    try:
        resets.ask(museum().engine, email, address=sessions.client_address())
    except MuseumError as error:
        faults = faults_of(error)
    page = render_template("work/reset_ask.html", faults=faults, is_sent=faults is NONE, email=email)
    return make_response(page, faults.status, faults.headers)


@blueprint.get("/reset/<token>")
def choose(token: str) -> ResponseReturnValue:
    """The form for the new password."""
    return _form(token, NONE)


@blueprint.post("/reset/<token>")
def use(token: str) -> ResponseReturnValue:
    """Set the new password; all sessions end, and one signs in anew."""
    try:
        same_passwords()
        resets.use(museum().engine, token, password=request.form.get("password", ""))
    except MuseumError as error:
        return _form(token, faults_of(error))
    sessions.drop()
    flash(say("The new password is set. Sign in with it."))
    return redirect(address(addresses.login()), code=303)


def _form(token: str, faults: Faults) -> ResponseReturnValue:
    with reading(museum().engine) as session:
        user = resets.look(session, token)
    page = render_template("work/reset.html", user=user, action=address(addresses.reset(token)), faults=faults)
    return make_response(page, faults.status, faults.headers)
