"""IIIF Authorization Flow 2.0 for restricted images: the windows that people meet, and what viewers ask."""

import ipaddress
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from museum import addresses
from museum.accounts import image_access
from museum.accounts.image_access import KIOSK, Access
from museum.db import writing
from museum.errors import NotFound
from museum.iiif import authorization
from museum.web import sessions
from museum.web.context import museum
from museum.web.image_gate import COOKIE, COOKIE_HTTPS, ImageGate
from museum.web.language import address
from museum.web.people import signed_in, viewer
from museum.web.protection import is_https
from museum.web.proxies import origin as own_origin

blueprint = Blueprint("image_access", __name__)
EXTENSION = "museum.image_gate"
_PATH = "/iiif/"  # images, the token service, nothing else
_JSON = f'application/ld+json;profile="{authorization.CONTEXT}"'
_HOURS = image_access.LASTS.seconds // 3600


@blueprint.get("/iiif/auth/2/access")
def access() -> ResponseReturnValue:
    """The access service (§3): who is signed in allows the site that asks to show what they may see."""
    site = authorization.site_of(request.args.get("origin", ""))
    if not site:
        return make_response(_window("wrong"), HTTPStatus.BAD_REQUEST)
    signed_in()
    return _window("ask", site=site)


@blueprint.post("/iiif/auth/2/access")
def allow() -> ResponseReturnValue:
    """Give this browser the access cookie, and let the viewer go on."""
    site = authorization.site_of(request.args.get("origin", ""))
    if not site:
        return make_response(_window("wrong"), HTTPStatus.BAD_REQUEST)
    who = signed_in()
    with writing(museum().engine) as session:
        begun = image_access.begin(
            session, user_id=who.user_id, session_token=sessions.token(), origin=site, cookie=_cookie()
        )
    response = make_response(_window("done", site=site))
    response.set_cookie(_cookie_name(), begun.cookie, max_age=image_access.LASTS, **_cookie_rules())
    return response


@blueprint.get("/iiif/auth/2/logout")
def logout() -> ResponseReturnValue:
    """The logout service (§6): the access and its tokens end at once; signing out of the workbench is one more step.

    Only as a page that somebody sees: no picture or frame of another site ends it.
    """
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return Response("", status=HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    with writing(museum().engine) as session:
        image_access.end(session, _cookie())
    response = make_response(_window("ended", is_signed_in=bool(viewer().user_id)))
    response.delete_cookie(_cookie_name(), **_cookie_rules())
    return response


@blueprint.get("/iiif/auth/2/kiosk")
def kiosk() -> ResponseReturnValue:
    """The access service of machines inside the museum (§3.3.2): nothing to do, the window closes by itself."""
    if not _gate().is_inside(request.environ):
        return make_response(_window("outside"), HTTPStatus.FORBIDDEN)
    return _window("inside")


@blueprint.get("/iiif/auth/2/token")
def token() -> ResponseReturnValue:
    """The token service (§4), in a hidden frame of the viewer: a token for this browser's access, or why none."""
    site, message_id = _asked()
    if not message_id:
        return _posted(site, authorization.token_error("", "invalidRequest"))
    try:
        found = _gate().access_of(_cookie())
    except SQLAlchemyError as error:
        current_app.logger.error("database", exc_info=error)
        return _posted(site, authorization.token_error(message_id, "unavailable"))
    if not isinstance(found, Access):
        return _posted(site, authorization.token_error(message_id, found.value))
    if site not in found.origins or not _is_framed_by(site):
        return _posted(site, authorization.token_error(message_id, "invalidOrigin"))
    return _posted(site, _message(message_id, _gate().token_of(found.id, origin=site)))


@blueprint.get("/iiif/auth/2/kiosk/token")
def kiosk_token() -> ResponseReturnValue:
    """The token service of machines inside the museum: where they stand is what opens."""
    site, message_id = _asked()
    if not message_id:
        return _posted(site, authorization.token_error("", "invalidRequest"))
    if not _gate().is_inside(request.environ):
        return _posted(site, authorization.token_error(message_id, "missingAspect", note="outside"))
    return _posted(site, _message(message_id, _gate().token_of(KIOSK, origin="")))


@blueprint.route("/iiif/auth/2/probe/<media_id>", methods=["GET", "OPTIONS"], provide_automatic_options=False)
def probe(media_id: str) -> ResponseReturnValue:
    """The probe service (§5): which status the image would have for whoever the token stands for."""
    if request.method == "OPTIONS":  # §5.2: browsers ask before they send a token to another site
        return _for_all(Response(status=HTTPStatus.NO_CONTENT))
    gate, base_url = _gate(), _base_url()
    status = int(gate.status(media_id, gate.bearer(request.environ)))
    is_denied = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    substitute = gate.substitute(media_id, base_url=base_url) if is_denied else None
    body = orjson.dumps(authorization.probe_result(status, substitute=substitute))
    return _for_all(Response(body, content_type=_JSON))


@blueprint.get("/iiif/auth/2/substitute/<media_id>.jpg")
def substitute(media_id: str) -> ResponseReturnValue:
    """The small version that everybody may see, where the museum offers one."""
    body = _gate().substitute_bytes(media_id, base_url=_base_url())
    if body is None:
        raise NotFound("web.no_file", name=f"{media_id[:80]}.jpg")
    return _for_all(Response(body, content_type="image/jpeg"))


def attach(extensions: dict[str, Any], gate: ImageGate) -> None:
    """Make `gate` the one that these pages ask."""
    extensions[EXTENSION] = gate


def gate_in(extensions: Mapping[str, Any]) -> ImageGate:
    """The gate that was attached."""
    found = extensions[EXTENSION]
    assert isinstance(found, ImageGate)
    return found


def _gate() -> ImageGate:
    return gate_in(current_app.extensions)


def _base_url() -> str:
    return own_origin(request.environ, museum().settings.public_url)


def _window(step: str, **values: Any) -> str:
    """The page of the window that a viewer opened."""
    site: str = values.pop("site", "")
    own = address(addresses.image_access())
    joint = "&" if "?" in own else "?"
    return render_template(
        "work/image_access.html",
        step=step,
        site=site,
        host=urlsplit(site).netloc,
        hours=_HOURS,
        action=f"{own}{joint}origin={site}",
        is_signed_in=values.get("is_signed_in", False),
    )


def _asked() -> tuple[str, str]:
    """(origin, messageId) of a token request, each "" where it is none."""
    return (
        authorization.site_of(request.args.get("origin", "")),
        authorization.message_id_of(request.args.get("messageId", "")),
    )


def _message(message_id: str, token: str) -> dict[str, Any]:
    return authorization.token_message(message_id, token=token, lasts_s=image_access.TOKEN_LASTS_S)


def _posted(site: str, message: dict[str, Any]) -> Response:
    """The page that hands `message` to the site around it and to no other (§4.3); without a site it says so."""
    if not site:
        return Response("origin?", status=HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    nonce = secrets.token_urlsafe(16)
    # Inside a script only "<" could end it (HTML §4.12.1.3).
    words = orjson.dumps(message).decode().replace("<", "\\u003c")
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>IIIF</title></head><body>'
        f'<script nonce="{nonce}">window.parent.postMessage({words}, "{site}");</script></body></html>'
    )
    response = Response(page, mimetype="text/html")
    policy = f"default-src 'none'; script-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'self' {site}"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _is_framed_by(site: str) -> bool:
    """False where the browser names another page around the frame than the one that was claimed."""
    parts = urlsplit(request.headers.get("Referer", ""))
    around = authorization.site_of(f"{parts.scheme}://{parts.netloc}") if parts.netloc else ""
    return around in ("", site, _base_url())


def _for_all(response: Response) -> Response:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Authorization"
        headers["Access-Control-Max-Age"] = "600"
    return response


def _cookie() -> str:
    return request.cookies.get(_cookie_name(), "")


def _cookie_name() -> str:
    return COOKIE_HTTPS if is_https() else COOKIE


def _cookie_rules() -> dict[str, Any]:
    """Other sites' pages must send it with images (SameSite=None), which browsers take only with Secure; they count
    their own machine as secure. Over plain HTTP elsewhere it works on the museum's own pages alone."""
    crosses = is_https() or _is_loopback(request.host)
    return {
        "path": _PATH,
        "httponly": True,
        "secure": crosses,
        "samesite": "None" if crosses else "Lax",
    }


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
