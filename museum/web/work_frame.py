"""What the frame of the workbench needs: its navigation, and who is signed in. Given to templates as functions."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import current_app, request

from museum import addresses
from museum.accounts.policy import holds
from museum.accounts.roles import Action
from museum.web import people
from museum.web.context import museum
from museum.web.frame import Link
from museum.web.language import address, current, later, say

# Part of the workbench, its name, and what one of a person's roles must include for the link to be shown.
_PARTS = (
    ("", later("Overview"), None),
    ("records", later("Records"), Action.SEE_HISTORY),
    ("changes", later("Changes"), Action.SEE_HISTORY),
    ("search", later("Search"), Action.SEE_HISTORY),
    ("synonyms", later("Synonyms"), Action.SEE_HISTORY),
    ("links", later("Links"), Action.DOWNLOAD_MASTER),
    ("people", later("People"), Action.MANAGE_PEOPLE),
    ("scene", later("Scenes"), Action.SEE_HISTORY),
    ("keys", later("Keys"), Action.VIEW),
    ("jobs", later("Jobs"), Action.MANAGE_JOBS),
    ("keeping", later("Keeping"), Action.AUDIT),
)


def work_functions() -> dict[str, Any]:
    """The functions, by the names templates use."""
    return {"work_navigation": work_navigation, "viewer": people.viewer, "addresses": addresses, "moment": moment}


def moment(value: dt.datetime) -> str:
    """Day and time at the museum: 22/11/2026, 14:05 or 22 Nov 2026, 14:05."""
    local = value.astimezone(ZoneInfo(museum().settings.timezone))
    pattern = "dd/MM/y, HH:mm" if current() == "vi" else "d MMM y, HH:mm"
    return format_datetime(local, format=pattern, locale=current())


def work_navigation() -> list[Link]:
    """The parts of the workbench that exist and that this person may open."""
    who = people.viewer()
    here = request.path
    found = []
    for part, name, action in _PARTS:
        path = addresses.workbench(part)
        if not _stands(path) or (action is not None and not holds(who, action)):
            continue
        is_here = here == path or (bool(part) and here.startswith(path + "/"))
        found.append(Link(words=say(name), address=address(path), is_here=is_here))
    return found


def _stands(path: str) -> bool:
    return any(rule.rule == path for rule in current_app.url_map.iter_rules())
