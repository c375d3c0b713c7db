"""The door: e-mail and password, the second factor, and out again."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts import login as accounts_login
from museum.errors import MuseumError
from museum.web import sessions
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.language import address, say
from museum.web.private import is_private

blueprint = Blueprint("login", __name__)
_LONGEST = 500  # of an address to go on to


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The form, or straight on for who is signed in."""
    found = sessions.here()
    if found is not None and found.stage == "full":
        return redirect(_onward(found.language), code=303)
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
        return redirect(_keeping_next(addresses.login("code")), code=303)
    found = sessions.here()
    return redirect(_onward(found.language if found else ""), code=303)


@blueprint.get("/login/code")
def code() -> ResponseReturnValue:
    """The form for the second factor."""
    found = sessions.here()
    if found is None or found.stage != "code":
        return redirect(_keeping_next(addresses.login()), code=303)
    return _code_form(NONE)


@blueprint.post("/login/code")
def confirm_code() -> ResponseReturnValue:
    """Judge the code of the telephone, or a recovery code."""
    try:
        issued = accounts_login.confirm_code(museum().engine, sessions.token(), request.form.get("code", ""))
    except MuseumError as error:
        return _code_form(faults_of(error))
    sessions.put(issued)
    found = sessions.here()
    return redirect(_onward(found.language if found else ""), code=303)


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
        action=_keeping_next(addresses.login()),
    )
    return make_response(page, faults.status, faults.headers)


def _code_form(faults: Faults) -> ResponseReturnValue:
    page = render_template("work/login_code.html", faults=faults, action=_keeping_next(addresses.login("code")))
    return make_response(page, faults.status, faults.headers)


def _keeping_next(path: str) -> str:
    wanted = _next()
    return address(f"{path}?{urlencode({'next': wanted})}" if wanted else path)


def _onward(language: str) -> str:
    wanted = _next()
    return wanted or address(addresses.workbench(), language=language)


def _next() -> str:
    """Where somebody wanted to go: only a private address of ours, so that no link of strangers leads elsewhere."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted) if wanted.isprintable() and len(wanted) <= _LONGEST and "\\" not in wanted else None
    if parts is None or parts.scheme or parts.netloc or not is_private(parts.path):
        return ""
    return "" if parts.path in (addresses.login(), addresses.logout(), addresses.login("code")) else wanted
