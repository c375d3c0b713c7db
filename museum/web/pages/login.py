"""The door: e-mail and password, the second factor, and out again."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts import login as accounts_login
from museum.errors import MuseumError
from museum.web import sessions
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.language import address, say
from museum.web.onward import keeping_next, onward, wanted

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The form, or straight on for who is signed in."""
    found = sessions.here()
    if found is not None and found.stage == "full":
        return redirect(onward(found.language, wanted()), code=303)
    return _form(NONE)


@blueprint.post("/login")
def sign_in() -> ResponseReturnValue:
    """Judge e-mail and password; unknown people get the same words after the same time."""
    try:
        issued = accounts_login.log_in(
            museum().engine,
            email=request.form.get("email", ""),
            password=request.form.get("password", ""),
            address=sessions.client_address(),
            user_agent=request.user_agent.string,
            old_token=sessions.token(),
        )
    except MuseumError as error:
        return _form(faults_of(error))
    sessions.put(issued)
    if issued.stage == "code":
        return redirect(keeping_next(addresses.login("code"), wanted()), code=303)
    found = sessions.here()
    return redirect(onward(found.language if found else "", wanted()), code=303)


@blueprint.get("/login/code")
def code() -> ResponseReturnValue:
    """The form for the second factor."""
    found = sessions.here()
    if found is None or found.stage != "code":
        return redirect(keeping_next(addresses.login(), wanted()), code=303)
    return _code_form(NONE)


@blueprint.post("/login/code")
def confirm_code() -> ResponseReturnValue:
    """Judge the code of the telephone, or a recovery code."""
    try:
        issued = accounts_login.confirm_code(
            museum().engine, sessions.token(), request.form.get("code", ""), keys=museum().ring.keys
        )
    except MuseumError as error:
        return _code_form(faults_of(error))
    sessions.put(issued)
    found = sessions.here()
    return redirect(onward(found.language if found else "", wanted()), code=303)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End this browser's session."""
    sessions.drop()
    flash(say("You have signed out."))
    return redirect(address(addresses.login()), code=303)


def _form(faults: Faults) -> ResponseReturnValue:
    page = render_template(
        "work/login.html",
        faults=faults,
        email=request.form.get("email", ""),
        service=_service(),
        action=keeping_next(addresses.login(), wanted()),
    )
    return make_response(page, faults.status, faults.headers)


def _code_form(faults: Faults) -> ResponseReturnValue:
    page = render_template(
        "work/login_code.html", faults=faults, action=keeping_next(addresses.login("code"), wanted())
    )
    return make_response(page, faults.status, faults.headers)


def _service() -> str:
    """The address of the other service's door, "" where none is set."""
    if not museum().settings.oidc_issuer:
        return ""
    return keeping_next(addresses.login("service"), wanted())
