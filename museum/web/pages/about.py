"""About the museum, and the accessibility statement."""

from flask import Blueprint, render_template

from museum.catalog import institutions
from museum.db import reading
from museum.web.context import museum

blueprint = Blueprint("about", __name__)


@blueprint.get("/about")
def about() -> str:
    """What this museum is, whose records it holds, how to use and cite them."""
    with reading(museum().engine) as session:
        keepers = institutions.all_of(session)
    return render_template("pages/about.html", institutions=list(keepers.values()))


@blueprint.get("/accessibility")
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("pages/accessibility.html")
