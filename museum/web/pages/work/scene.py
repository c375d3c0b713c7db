"""A manifest of another institution, looked at from files at hand: read in the browser, sent and fetched nowhere."""

import orjson
from flask import Blueprint, render_template

from museum.accounts.roles import Action
from museum.viewer.manifest import manifest_options
from museum.web.language import current
from museum.web.people import require_anywhere
from museum.web.viewer_options import script_safe

blueprint = Blueprint("work_scene", __name__)


@blueprint.get("/work/scene")
def scene() -> str:
    """The page to open a manifest with its files; nothing of them reaches the museum."""
    require_anywhere(Action.SEE_HISTORY)
    options = manifest_options(language=current())
    return render_template("work/scene.html", options=script_safe(orjson.dumps(options).decode()))
