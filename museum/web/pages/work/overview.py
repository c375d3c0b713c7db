"""The first page of the workbench: whose records one works on, in which roles."""

from flask import Blueprint, render_template

from museum.accounts.policy import ALL_INSTITUTIONS, Grant
from museum.catalog import institutions
from museum.catalog.institutions import Institution
from museum.db import reading
from museum.web.context import museum
from museum.web.language import say, words
from museum.web.people import signed_in
from museum.web.role_words import role_name

blueprint = Blueprint("work_overview", __name__)


@blueprint.get("/work")
def overview() -> str:
    """My institutions and roles."""
    who = signed_in()
    with reading(museum().engine) as session:
        known = institutions.all_of(session)
    return render_template("work/overview.html", who=who, roles=[_role(grant, known) for grant in who.grants])


def _role(grant: Grant, known: dict[str, Institution]) -> tuple[str, str, str]:
    """(role, whose, collection) in the page's language."""
    if grant.institution == ALL_INSTITUTIONS:
        whose = say("All institutions")
    else:
        found = known.get(grant.institution)
        whose = words(found.name) if found else grant.institution
    return role_name(grant.role), whose, grant.collection
