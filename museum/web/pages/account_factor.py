"""One's own second factor: set it up with a QR code, renew the recovery codes, switch it off."""

import base64

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts import people, second_factor, throttle
from museum.accounts import sessions as accounts_sessions
from museum.accounts.login import WrongLogin
from museum.db import reading, utc_now, writing
from museum.errors import MuseumError
from museum.web import qr, sessions
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.language import address, say, words
from museum.web.people import signed_in

blueprint = Blueprint("account_factor", __name__)


@blueprint.get("/account/second-factor")
def factor() -> ResponseReturnValue:
    """What is set up; while nothing is, a fresh QR code to begin with."""
    return _page(NONE)


@blueprint.post("/account/second-factor")
def confirm() -> ResponseReturnValue:
    """Switch it on by the first code, and show the recovery codes this once."""
    who = signed_in()
    try:
        _slow_down(who.user_id)
        with writing(museum().engine) as session:
            codes = second_factor.confirm(session, who.user_id, request.form.get("code", ""), keys=museum().ring.keys)
            throttle.forgive(session, cleared=throttle.code(who.user_id))
            issued = accounts_sessions.rotate(session, sessions.token())
    except MuseumError as error:
        return _page(faults_of(error))
    if issued is not None:
        sessions.put(issued)
    return render_template("work/recovery_codes.html", codes=codes)


@blueprint.post("/account/second-factor/codes")
def renew() -> ResponseReturnValue:
    """New recovery codes, shown this once."""
    who = signed_in()
    try:
        _prove(who.user_id)
    except MuseumError as error:
        return _page(faults_of(error))
    with writing(museum().engine) as session:
        codes = second_factor.renew_recovery_codes(session, who.user_id)
    return render_template("work/recovery_codes.html", codes=codes)


@blueprint.post("/account/second-factor/off")
def switch_off() -> ResponseReturnValue:
    """Take it off; every session ends, this browser gets a new one."""
    who = signed_in()
    try:
        _prove(who.user_id)
    except MuseumError as error:
        return _page(faults_of(error))
    with writing(museum().engine) as session:
        second_factor.remove(session, who.user_id, by=who)
        issued = accounts_sessions.begin(session, who.user_id, user_agent=request.user_agent.string)
    sessions.put(issued)
    flash(say("The second factor is off."))
    return redirect(address(addresses.account()), code=303)


def _prove(user_id: str) -> None:
    """Raises WrongLogin unless the form carries a right code: a browser left open is not enough."""
    _slow_down(user_id)
    with writing(museum().engine) as session:
        if not second_factor.verify(session, user_id, request.form.get("code", ""), keys=museum().ring.keys):
            raise WrongLogin("accounts.wrong_code")
        throttle.forgive(session, cleared=throttle.code(user_id))


def _slow_down(user_id: str) -> None:
    with writing(museum().engine) as session:
        throttle.charge(session, [throttle.code(user_id)], now=utc_now())


def _page(faults: Faults) -> ResponseReturnValue:
    who = signed_in()
    engine, issuer, keys = museum().engine, words(museum().settings.name), museum().ring.keys
    with reading(engine) as session:
        user = people.get(session, who.user_id)
        waiting = second_factor.pending(session, who.user_id, issuer=issuer, keys=keys)
        codes_left = second_factor.recovery_codes_left(session, who.user_id)
    if not user.has_second_factor and waiting is None:
        with writing(engine) as session:
            waiting = second_factor.begin(session, who.user_id, issuer=issuer, keys=keys)
    page = render_template(
        "work/second_factor.html",
        user=user,
        codes_left=codes_left,
        secret=" ".join(_fours(waiting.secret)) if waiting else "",
        uri=waiting.uri if waiting else "",
        picture=base64.b64encode(qr.png(waiting.uri)).decode() if waiting else "",
        is_needed=_is_needed(),
        faults=faults,
    )
    return make_response(page, faults.status, faults.headers)


def _fours(secret: str) -> list[str]:
    return [secret[at : at + 4] for at in range(0, len(secret), 4)]


def _is_needed() -> bool:
    found = sessions.here()
    return found is not None and found.stage == "enroll"
