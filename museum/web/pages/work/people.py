"""People: who has an account, one person's roles, keys and history, and what is done to accounts."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts import identities, invitations, keys, people, resets, second_factor
from museum.accounts.people import Person
from museum.accounts.policy import Viewer
from museum.accounts.roles import Action
from museum.db import reading, utc_now, writing
from museum.errors import MuseumError, NotFound
from museum.web import letters
from museum.web.change_words import names_of
from museum.web.context import museum
from museum.web.event_words import event_words
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.grant_form import asked_grant, institution_choices, role_choices
from museum.web.grant_words import grant_lines
from museum.web.language import address, current, say
from museum.web.people import require_anywhere
from museum.web.public import base_url

blueprint = Blueprint("work_people", __name__, url_prefix="/work/people")
_PARTS = 40  # lines of an account's history on its page


@blueprint.get("")
def everybody() -> ResponseReturnValue:
    """The people whom one manages, and the open invitations."""
    who = require_anywhere(Action.MANAGE_PEOPLE)
    with reading(museum().engine) as session:
        found = people.all_for(session, who)
        waiting = invitations.open_for(session, who)
    found.sort(key=lambda one: (one.user.reset_asked_at is None, not one.user.is_active, one.user.name.casefold()))
    return render_template(
        "work/people.html",
        people=[(one.user, grant_lines(one.grants)) for one in found],
        invitations=[(one, grant_lines(one.grants)) for one in waiting],
    )


@blueprint.get("/<user_id>")
def person(user_id: str) -> ResponseReturnValue:
    """One person."""
    return _page(_managed(user_id), NONE)


@blueprint.post("/<user_id>/grant")
def grant(user_id: str) -> ResponseReturnValue:
    """Give a role."""
    who = require_anywhere(Action.MANAGE_PEOPLE)
    try:
        given = asked_grant()
        with writing(museum().engine) as session:
            people.grant(session, user_id, given, by=who)
    except MuseumError as error:
        return _page(_managed(user_id), faults_of(error))
    return _back(user_id, say("The role is given."))


@blueprint.post("/<user_id>/revoke")
def revoke(user_id: str) -> ResponseReturnValue:
    """Take a role away."""
    who = require_anywhere(Action.MANAGE_PEOPLE)
    try:
        taken = asked_grant()
        with writing(museum().engine) as session:
            people.revoke(session, user_id, taken, by=who)
    except MuseumError as error:
        return _page(_managed(user_id), faults_of(error))
    if all(one.user.id != user_id for one in _all(who)):
        flash(say("The role is taken away."))
        return redirect(address(addresses.workbench("people")), code=303)
    return _back(user_id, say("The role is taken away."))


@blueprint.post("/<user_id>/reset")
def reset(user_id: str) -> ResponseReturnValue:
    """A link for a new password, shown this once."""
    who = require_anywhere(Action.MANAGE_PEOPLE)
    known = _managed(user_id)
    try:
        with writing(museum().engine) as session:
            made = resets.issue(session, user_id, by=who)
    except MuseumError as error:
        return _page(known, faults_of(error))
    link = base_url() + addresses.reset(made.token)
    settings, user = museum().settings, known.user
    letter = letters.new_password(settings, to=user.email, link=link, language=user.language)
    return _page(known, NONE, link=link, letter=letter, is_sent=_sent(letter))


@blueprint.post("/<user_id>/account")
def shut_or_open(user_id: str) -> ResponseReturnValue:
    """Shut the account, open it again, take its second factor off, or forget who it is at the sign-in service."""
    who = require_anywhere(Action.MANAGE_PEOPLE)
    wanted = request.form.get("do", "")
    try:
        with writing(museum().engine) as session:
            if wanted == "shut":
                people.deactivate(session, user_id, by=who)
            elif wanted == "open":
                people.reactivate(session, user_id, by=who)
            elif wanted == "factor":
                second_factor.remove(session, user_id, by=who)
            elif wanted == "service":
                identities.forget(session, user_id, by=who)
    except MuseumError as error:
        return _page(_managed(user_id), faults_of(error))
    said = {
        "shut": say("The account is shut: sessions, keys and links have ended."),
        "open": say("The account is open again."),
        "factor": say("The second factor is off; all sessions have ended."),
        "service": say(
            "Forgotten. The next sign-in through the service is known by its e-mail; all sessions have ended."
        ),
    }
    return _back(user_id, said.get(wanted, ""))


@blueprint.post("/<user_id>/keys")
def end_key(user_id: str) -> ResponseReturnValue:
    """End one of their keys."""
    who = require_anywhere(Action.MANAGE_PEOPLE)
    number = request.form.get("key", "")
    with writing(museum().engine) as session:
        keys.revoke(session, int(number) if number.isdecimal() else 0, by=who)
    return _back(user_id, say("The key has ended."))


def _page(
    known: Person, faults: Faults, *, link: str = "", letter: letters.Letter | None = None, is_sent: bool = False
) -> ResponseReturnValue:
    who = require_anywhere(Action.MANAGE_PEOPLE)
    with reading(museum().engine) as session:
        history = people.history(session, known.user.id, by=who, limit=_PARTS)
        names = names_of(session, [one.by for one in history])
        services = identities.of_user(session, known.user.id)
        own_keys = [key for key in keys.list_for(session, known.user.id, by=who) if key.revoked_at is None]
    page = render_template(
        "work/person.html",
        user=known.user,
        roles=grant_lines(known.grants),
        role_choices=role_choices(who),
        institution_choices=institution_choices(who),
        services=services,
        keys=own_keys,
        now=utc_now(),
        history=[(one.at, event_words(one), names[one.by]) for one in history],
        link=link,
        letter=letter,
        is_sent=is_sent,
        is_self=known.user.id == who.user_id,
        faults=faults,
    )
    return page, faults.status


def _all(who: Viewer) -> list[Person]:
    with reading(museum().engine) as session:
        return people.all_for(session, who)


def _managed(user_id: str) -> Person:
    """The person, if the asker manages them; NotFound else: peers don't learn who works elsewhere."""
    who = require_anywhere(Action.MANAGE_PEOPLE)
    for one in _all(who):
        if one.user.id == user_id:
            return one
    raise NotFound("accounts.no_user", user=user_id)


def _sent(letter: letters.Letter) -> bool:
    if not letters.can_send(museum().settings):
        return False
    try:
        letters.send(museum().settings, letter)
    except MuseumError as error:
        flash(error.message(current()))
        return False
    return True


def _back(user_id: str, said: str) -> ResponseReturnValue:
    if said:
        flash(said)
    return redirect(address(addresses.workbench(f"people/{user_id}")), code=303)
