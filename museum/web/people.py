"""Who asks: a visitor, a person signed in at the workbench, or a key at the interface; and what they may do."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, request

from museum import addresses
from museum.accounts.policy import VISITOR, Target, Viewer, holds, may
from museum.accounts.roles import Action
from museum.errors import Forbidden
from museum.web import sessions
from museum.web.answers import NotAllowed
from museum.web.language import address
from museum.web.private import WORKBENCH, is_interface, is_private

WhoAsks = Callable[[], Viewer]
_WHO = "museum.who"


class SignInFirst(Forbidden):
    """Somebody unknown asked for a page that only signed-in people have."""


class EnrollFirst(Forbidden):
    """A role of theirs needs a second factor, and they have none yet."""


def register(app: Flask) -> None:
    """Let `viewer()` work inside `app`, and lead those to the door who must sign in first."""
    recognize(app, sessions.who_asks)
    app.before_request(_know_first)
    app.register_error_handler(SignInFirst, _to_the_door)
    app.register_error_handler(EnrollFirst, _to_the_second_factor)


def _know_first() -> None:
    """Nothing at the workbench answers a visitor, not even that it isn't there: a draft's existence is nobody's."""
    # Forms are refused for want of a token, addresses of no page are nowhere for anybody.
    is_asked = request.method in ("GET", "HEAD") and request.url_rule is not None
    if is_asked and (request.path == WORKBENCH or request.path.startswith(f"{WORKBENCH}/")):
        signed_in()


def recognize(app: Flask, who: WhoAsks) -> WhoAsks:
    """From now on `who` says who asks; gives what said so before."""
    before: WhoAsks = app.extensions.get(_WHO, who)
    app.extensions[_WHO] = who
    return before


def viewer() -> Viewer:
    """Who asks at this request. Public addresses always have the visitor: no cookie is read there."""
    if not (is_private(request.path) or is_interface(request.path)):
        return VISITOR
    if "viewer" not in g:
        who: WhoAsks = current_app.extensions[_WHO]
        g.viewer = who()
    found: Viewer = g.viewer
    return found


def signed_in() -> Viewer:
    """Who asks; raises SignInFirst for a visitor, EnrollFirst for somebody who must set up a second factor first."""
    found = viewer()
    if not found.user_id:
        raise SignInFirst("web.sign_in_first")
    session = sessions.here()
    if session is not None and session.stage == "enroll" and not request.path.startswith(addresses.account()):
        raise EnrollFirst("web.enroll_first")
    return found


def require(action: Action, target: Target) -> Viewer:
    """Who asks, if they may do `action` to `target`.

    Raises SignInFirst for a visitor, NotAllowed for somebody whose roles don't reach so far.
    """
    found = signed_in()
    if not may(found, action, target):
        raise NotAllowed("web.not_allowed", action=action.value)
    return found


def require_anywhere(action: Action) -> Viewer:
    """Who asks, if at least one of their roles includes `action`. Raises as `require` does."""
    found = signed_in()
    if not holds(found, action):
        raise NotAllowed("web.not_allowed", action=action.value)
    return found


def _to_the_door(_error: SignInFirst) -> Response:
    """Programs are told 401; people are led to the door and, after it, back to where they wanted to go."""
    if is_interface(request.path):
        return Response("", status=401, headers={"WWW-Authenticate": 'Bearer realm="museum"'})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else addresses.workbench()
    answer = redirect(address(f"{addresses.login()}?{urlencode({'next': wanted})}"), code=303)
    assert isinstance(answer, Response)
    return answer


def _to_the_second_factor(_error: EnrollFirst) -> Response:
    answer = redirect(address(addresses.account("second-factor")), code=303)
    assert isinstance(answer, Response)
    return answer
