"""The part of a form that names a role: what may be chosen, and what was chosen."""

from flask import request

from museum.accounts.policy import ALL_INSTITUTIONS, Grant, Viewer, covers, institutions_for
from museum.accounts.roles import Action, Role
from museum.errors import Invalid
from museum.text import tidy
from museum.web.grant_words import institution_names
from museum.web.role_words import role_name, role_task


def asked_grant() -> Grant:
    """The grant that the form names. Raises Invalid for a role or institution that isn't one."""
    role, institution = request.form.get("role", ""), request.form.get("institution", "")
    if role not in set(Role) or institution not in institution_names():
        raise Invalid("accounts.bad_grant", given=f"{role}:{institution}", known=", ".join(Role))
    return Grant(role=Role(role), institution=institution, collection=tidy(request.form.get("collection", "")))


def role_choices(who: Viewer) -> list[tuple[str, str]]:
    """(value, words) of the roles that `who` may give somewhere."""
    places = institutions_for(who, Action.MANAGE_PEOPLE)
    return [
        (role.value, f"{role_name(role)} – {role_task(role)}")
        for role in Role
        if any(_gives(who, role, place) for place in places)
    ]


def institution_choices(who: Viewer) -> list[tuple[str, str]]:
    """(code, name) of the institutions whose people `who` manages."""
    places = institutions_for(who, Action.MANAGE_PEOPLE)
    named = institution_names()
    shown = named if ALL_INSTITUTIONS in places else {code: named[code] for code in named if code in places}
    # One's own institution is what is nearly always meant; the whole museum stands last.
    return sorted(shown.items(), key=lambda pair: pair[0] == ALL_INSTITUTIONS)


def _gives(who: Viewer, role: Role, place: str) -> bool:
    collections = [grant.collection for grant in who.grants if grant.institution == place]
    return any(covers(who, Grant(role=role, institution=place, collection=c)) for c in collections)
