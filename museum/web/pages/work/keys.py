"""Keys for programs: one's own, made here, shown once, ended at will."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts import keys
from museum.accounts.keys import NewKey
from museum.accounts.policy import ALL_INSTITUTIONS, actions_of
from museum.accounts.roles import Action
from museum.db import reading, utc_now, writing
from museum.errors import MuseumError
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.grant_words import institution_names
from museum.web.language import address, say
from museum.web.people import signed_in
from museum.web.role_words import action_name

blueprint = Blueprint("work_keys", __name__, url_prefix="/work/keys")
_DAYS = (30, 90, 180, 365)


@blueprint.get("")
def own() -> ResponseReturnValue:
    """One's keys, and the form for another."""
    return _page(NONE)


@blueprint.post("")
def issue() -> ResponseReturnValue:
    """Make a key."""
    who = signed_in()
    days = request.form.get("days", "")
    wanted = set(request.form.getlist("scopes"))
    try:
        with writing(museum().engine) as session:
            made = keys.issue(
                session,
                by=who,
                name=request.form.get("name", ""),
                scopes=[action for action in Action if action.value in wanted],
                institution=request.form.get("institution", ALL_INSTITUTIONS),
                days=int(days) if days.isdecimal() else 0,
            )
    except MuseumError as error:
        return _page(faults_of(error))
    return _page(NONE, made=made)


@blueprint.post("/end")
def end() -> ResponseReturnValue:
    """End a key at once."""
    who = signed_in()
    number = request.form.get("key", "")
    with writing(museum().engine) as session:
        keys.revoke(session, int(number) if number.isdecimal() else 0, by=who)
    flash(say("The key has ended."))
    return redirect(address(addresses.workbench("keys")), code=303)


def _page(faults: Faults, *, made: NewKey | None = None) -> ResponseReturnValue:
    who = signed_in()
    with reading(museum().engine) as session:
        own_keys = keys.list_of(session, who.user_id)
    names = institution_names()
    places = {grant.institution for grant in who.grants}
    possible = {action for place in places for action in actions_of(who, place)}
    page = render_template(
        "work/keys.html",
        keys=own_keys,
        now=utc_now(),
        made=made,
        scopes=[(action.value, action_name(action)) for action in Action if action in possible],
        action_name=action_name,
        names=names,
        places=[(code, names[code]) for code in names if code in places or ALL_INSTITUTIONS in places],
        days=[(str(number), say("%(days)s days", days=number)) for number in _DAYS],
        given=request.form if faults.by_field else {},
        chosen=set(request.form.getlist("scopes")) if faults.by_field else set(),
        faults=faults,
    )
    return page, faults.status
