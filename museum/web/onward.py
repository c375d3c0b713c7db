"""Where somebody goes on to after signing in: only to private addresses of ours, whatever a link says."""

from urllib.parse import urlencode, urlsplit

from flask import request

from museum import addresses
from museum.web.language import address
from museum.web.private import is_private

_LONGEST = 500


def wanted() -> str:
    """The address in this request's `next`, "" where it is none of ours."""
    given = request.args.get("next", "")
    if not given.isprintable() or len(given) > _LONGEST or "\\" in given:
        return ""
    parts = urlsplit(given)
    doors = (addresses.login(), addresses.logout())
    if parts.scheme or parts.netloc or not is_private(parts.path) or parts.path.startswith(doors):
        return ""
    return given


def keeping_next(path: str, onward_to: str) -> str:
    """`path` in the page's language, with where to go on to afterwards."""
    return address(f"{path}?{urlencode({'next': onward_to})}" if onward_to else path)


def onward(language: str, onward_to: str) -> str:
    """Where to go now: there, else to the workbench in somebody's own language."""
    return onward_to or address(addresses.workbench(), language=language)
