"""Inviting people, and taking invitations back."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from museum import addresses
from museum.accounts import invitations
from museum.accounts.invitations import Invited
from museum.accounts.roles import Action
from museum.db import writing
from museum.errors import MuseumError
from museum.web import letters
from museum.web.context import museum
from museum.web.form_faults import NONE, Faults, faults_of
from museum.web.grant_form import asked_grant, institution_choices, role_choices
from museum.web.language import address, current, say
from museum.web.people import require_anywhere
from museum.web.public import base_url

blueprint = Blueprint("work_invite", __name__, url_prefix="/work/invite")


@blueprint.get("")
def invite() -> ResponseReturnValue:
    """The form."""
    return _form(NONE)


@blueprint.post("")
def send() -> ResponseReturnValue:
    """Make the invitation, and show its link this once."""
    who = require_anywhere(Action.MANAGE_PEOPLE)
    try:
        grants = [asked_grant()]
        with writing(museum().engine) as session:
            made = invitations.invite(
                session,
                request.form.get("email", ""),
                by=who,
                grants=grants,
                name=request.form.get("name", ""),
                language=request.form.get("language", "vi"),
            )
    except MuseumError as error:
        return _form(faults_of(error))
    return _made(made)


@blueprint.post("/withdraw")
def withdraw() -> ResponseReturnValue:
    """Take an invitation back."""
    who = require_anywhere(Action.MANAGE_PEOPLE)
    number = request.form.get("invitation", "")
    with writing(museum().engine) as session:
        invitations.withdraw(session, int(number) if number.isdecimal() else 0, by=who)
    flash(say("The invitation is taken back."))
    return redirect(address(addresses.workbench("people")), code=303)


def _made(made: Invited) -> ResponseReturnValue:
    settings, asked = museum().settings, made.invitation
    link = base_url() + addresses.invitation(made.token)
    letter = letters.invitation(settings, to=asked.email, link=link, language=asked.language)
    is_sent = False
    if letters.can_send(settings):
        try:
            letters.send(settings, letter)
            is_sent = True
        except MuseumError as error:
            flash(error.message(current()))
    return render_template("work/invited.html", invitation=asked, link=link, letter=letter, is_sent=is_sent)


def _form(faults: Faults) -> ResponseReturnValue:
    who = require_anywhere(Action.MANAGE_PEOPLE)
    page = render_template(
        "work/invite.html",
        role_choices=role_choices(who),
        institution_choices=institution_choices(who),
        given=request.form,
        faults=faults,
    )
    return page, faults.status
