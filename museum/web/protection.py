"""The headers that protect visitors: what a page may load, who may frame it, what browsers must not guess.

Public pages hold no inline script or style at all, so `'self'` is enough and they carry no nonce: they are cached, a
nonce in them would be the same for everybody (and each answer's ETag another). Pages of signed-in people are never
stored: there a script runs only with the nonce of its own answer (CSP 3 §6.7.3.2).
"""

import re
import secrets

from flask import Response, g, request

from museum.config import Settings
from museum.errors import Invalid
from museum.web.context import museum
from museum.web.onward import wanted
from museum.web.private import CACHE_CONTROL, IMAGE_ACCESS, is_private

EMBEDS = "/embed/"  # what other sites may put into a frame
_ANCESTORS = re.compile(r"\*|'self'|'none'|https?://(\*\.)?[A-Za-z0-9.-]+(:(\d{1,5}|\*))?|https:")
_HSTS = "max-age=31536000"
_SCRIPTS = "script-src 'self' 'wasm-unsafe-eval'"  # WebAssembly decodes meshes
_FRAMES = "frame-ancestors 'none'"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "base-uri 'none'",
        "connect-src 'self' blob: data:",
        "font-src 'self'",
        "form-action 'self'",
        _FRAMES,
        "img-src 'self' data: blob:",
        "manifest-src 'self'",
        "media-src 'self' blob:",
        "object-src 'none'",
        _SCRIPTS,
        "style-src 'self'",
        "worker-src 'self' blob:",
    )
)


def protect(response: Response) -> None:
    """Put the protecting headers on an answer; those that it has already stay."""
    headers = response.headers
    if is_private(request.path):
        headers["Cache-Control"] = CACHE_CONTROL
        headers.setdefault("Referrer-Policy", "same-origin")  # addresses of invitations carry their tokens
        headers.setdefault("X-Robots-Tag", "noindex")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", _opener_policy())
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
    if is_https():
        headers.setdefault("Strict-Transport-Security", _HSTS)
    if response.mimetype in ("text/html", "image/svg+xml", "application/xhtml+xml"):
        headers.setdefault("Content-Security-Policy", _policy())


def is_https() -> bool:
    """True when the museum's public address says so."""
    return museum().settings.public_url.startswith("https://")


def nonce() -> str:
    """What scripts of this answer carry; "" at public addresses."""
    if not is_private(request.path):
        return ""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    found: str = g.nonce
    return found


def check_ancestors(settings: Settings) -> None:
    """Raises Invalid when the setting `embed_ancestors` holds anything but sites: it goes into a header."""
    given = settings.embed_ancestors.split()
    if not given or not all(_ANCESTORS.fullmatch(one) for one in given):
        expected = "*, 'none', https://tour.example"
        raise Invalid("config.wrong_value", key="embed_ancestors", value=settings.embed_ancestors, expected=expected)


def _opener_policy() -> str:
    """A viewer elsewhere waits for the window that it opened here to close (Authorization Flow 2.0 §3): cut off from
    it, it would take the window for closed at once. So there, and on the way there, the two stay connected."""
    is_door = request.path == "/login" or request.path.startswith("/login/")
    in_its_window = request.path.startswith(IMAGE_ACCESS) or (is_door and wanted().startswith(IMAGE_ACCESS))
    return "unsafe-none" if in_its_window else "same-origin"


def _policy() -> str:
    """Embeds may be framed by the sites of the setting, all else by nobody; private scripts need their nonce."""
    if request.path.startswith(EMBEDS):
        return POLICY.replace(_FRAMES, "frame-ancestors " + " ".join(museum().settings.embed_ancestors.split()))
    if is_private(request.path):
        return POLICY.replace(_SCRIPTS, f"script-src 'nonce-{nonce()}' 'strict-dynamic' 'wasm-unsafe-eval'")
    return POLICY
