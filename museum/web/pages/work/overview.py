"""The first page of the workbench: whose records one works on, in which roles."""

from flask import Blueprint, render_template

from museum.web.grant_words import grant_lines
from museum.web.people import signed_in

blueprint = Blueprint("work_overview", __name__)


@blueprint.get("/work")
def overview() -> str:
    """My institutions and roles."""
    who = signed_in()
    return render_template("work/overview.html", who=who, roles=grant_lines(who.grants))
