"""Forms: each POST carries a token that only our own pages give; the one cookie, which only private addresses have."""

from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect

from museum.accounts.signing_keys import KeyRing, SigningKey
from museum.errors import Invalid
from museum.web import answers
from museum.web.private import is_interface, is_private

_COOKIE = "museum"
_COOKIE_HTTPS = "__Host-museum"  # the prefix makes browsers insist on Secure, Path=/ and no Domain


class PrivateCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, neither read nor set at public addresses, so that caches and embeds stay right.

    It is signed with the first key of `ring`, as it is at that moment; the others still open it.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a private address; None (Flask's null session, which refuses writing) elsewhere."""
        if not is_private(request.path):
            return None
        keys = self._ring.keys
        if app.secret_key != keys[0].secret:
            _sign_with(app, keys)
        return super().open_session(app, request)


class _Protect(CSRFProtect):  # type: ignore[misc]  # the library has no types
    """Asks for the token everywhere but where programs come with a bearer key and no cookie."""

    def protect(self, apply_exemptions: bool = False) -> None:
        from flask import request

        if not is_interface(request.path):
            super().protect(apply_exemptions=apply_exemptions)


def register(app: Flask, *, ring: KeyRing, is_https: bool) -> None:
    """Sign cookies with the first key of `ring`, accept the others, and ask each form for its token."""
    _sign_with(app, ring.keys)
    app.config.update(
        SESSION_COOKIE_NAME=_COOKIE_HTTPS if is_https else _COOKIE,
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch still works
    )
    app.session_interface = PrivateCookie(ring)
    _Protect(app)
    app.register_error_handler(CSRFError, _stale)


def _sign_with(app: Flask, keys: tuple[SigningKey, ...]) -> None:
    """Sign cookies and forms with the first key; the others still open them."""
    secrets = [key.secret for key in keys]
    app.config["SECRET_KEY_FALLBACKS"] = secrets[1:]
    app.config["WTF_CSRF_SECRET_KEY"] = secrets[::-1]  # itsdangerous signs with the last of several
    app.secret_key = secrets[0]


def _stale(_error: Any) -> Response:
    return answers.answer_error(Invalid("web.form_stale"))
