"""Forms: each POST carries a token that only our own pages give; the one cookie, which only private addresses have."""

from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect

from museum.accounts.signing_keys import SigningKey
from museum.errors import Invalid
from museum.web import answers
from museum.web.private import is_interface, is_private

_COOKIE = "museum"
_COOKIE_HTTPS = "__Host-museum"  # the prefix makes browsers insist on Secure, Path=/ and no Domain


class PrivateCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, neither read nor set at public addresses, so that caches and embeds stay right."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a private address; None (Flask's null session, which refuses writing) elsewhere."""
        return super().open_session(app, request) if is_private(request.path) else None


class _Protect(CSRFProtect):  # type: ignore[misc]  # the library has no types
    """Asks for the token everywhere but where programs come with a bearer key and no cookie."""

    def protect(self, apply_exemptions: bool = False) -> None:
        from flask import request

        if not is_interface(request.path):
            super().protect(apply_exemptions=apply_exemptions)


def register(app: Flask, *, keys: tuple[SigningKey, ...], is_https: bool) -> None:
    """Sign cookies with the first of `keys`, accept the others, and ask each form for its token."""
    app.secret_key = keys[0].secret
    app.config.update(
        SECRET_KEY_FALLBACKS=[key.secret for key in keys[1:]],
        SESSION_COOKIE_NAME=_COOKIE_HTTPS if is_https else _COOKIE,
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch still works
    )
    app.session_interface = PrivateCookie()
    _Protect(app)
    app.register_error_handler(CSRFError, _stale)


def _stale(_error: Any) -> Response:
    return answers.answer_error(Invalid("web.form_stale"))
