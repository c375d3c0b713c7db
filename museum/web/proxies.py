"""What stands in front: to which address a request was really sent, and from where, as our own proxies tell it.

Anybody may write these headers. Of each list the museum believes the value that the outermost of `proxies` trusted
proxies wrote, counted from the right, and only the headers that the setting `proxy_headers` names: a proxy hands on
whatever it doesn't write itself.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from museum.config import Settings
from museum.errors import Invalid, message_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOR, PROTO, HOST = "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"
PORT, PREFIX, STANDARD = "x-forwarded-port", "x-forwarded-prefix", "forwarded"
KNOWN = (FOR, PROTO, HOST, PORT, PREFIX, STANDARD)
"""Headers that can be believed; the last is RFC 7239's."""
PATH = "museum.prefix"  # environ's key for the path under which a proxy shows us
_HOST = re.compile(r"[A-Za-z0-9._\-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~\-]{1,64}){1,8}")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
# RFC 7239 §4: elements with commas between, pairs with semicolons, values as tokens or quoted strings.
_PAIR = re.compile(r'\s*([A-Za-z0-9!#$%&\'*+.^_`|~-]+)=("(?:[^"\\]|\\.)*"|[^\s",;]*)\s*(;|,|$)')


@dataclass(frozen=True)
class Trust:
    """How many proxies stand in front, and which headers they write."""

    proxies: int = 0
    headers: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, settings: Settings) -> "Trust":
        """Raises Invalid config.wrong_value for a header that tells nothing of this kind."""
        given = frozenset(settings.proxy_headers.lower().replace(",", " ").split())
        if not given <= set(KNOWN) or (STANDARD in given and len(given) > 1):
            expected = f"{STANDARD}, or of {', '.join(KNOWN[:-1])}"
            raise Invalid("config.wrong_value", key="proxy_headers", value=settings.proxy_headers, expected=expected)
        return cls(settings.proxies, given if settings.proxies else frozenset())

    def client(self, environ: Mapping[str, Any]) -> str:
        """The network address that asks, as the outermost proxy saw it; "" where no header says."""
        if STANDARD in self.headers:
            said = _elements(environ.get("HTTP_FORWARDED", ""))
            whom = said[-self.proxies].get("for", "") if len(said) >= self.proxies else ""
            if whom.startswith("["):
                return whom[1:].partition("]")[0]
            return whom.partition(":")[0]  # an IPv4 address may carry its port, an IPv6 one only within brackets
        # Fewer than our proxies would have written: somebody came past them.
        route = _listed(environ, FOR) if FOR in self.headers else []
        return route[-self.proxies] if len(route) >= self.proxies > 0 else ""

    def public(self, environ: Mapping[str, Any]) -> tuple[str, str, str]:
        """(scheme, host with port, path prefix) that the asker used; a value is "" where none is told or it is none."""
        if STANDARD in self.headers:
            said = _elements(environ.get("HTTP_FORWARDED", ""))
            of_ours = (said[-self.proxies] if len(said) >= self.proxies else said[0]) if said else {}
            told = {PROTO: of_ours.get("proto", ""), HOST: of_ours.get("host", "")}
        else:
            told = {name: self._outermost(environ, name) for name in (PROTO, HOST, PORT, PREFIX)}
        scheme = told[PROTO].lower() if told[PROTO].lower() in _DEFAULT_PORTS else ""
        host = told[HOST] or environ.get("HTTP_HOST", "")
        prefix = told.get(PREFIX, "").rstrip("/")
        return scheme, _with_port(host, told.get(PORT, "")), prefix if _PREFIX.fullmatch(prefix) else ""

    def _outermost(self, environ: Mapping[str, Any], name: str) -> str:
        """Proxies append to these headers, replace them or hand them on: of too few values the first is the oldest."""
        values = _listed(environ, name) if name in self.headers else []
        return (values[-self.proxies] if len(values) >= self.proxies else values[0]) if values else ""


class BehindProxies:
    """WSGI: lets `app` see scheme, host and path prefix as the asker used them. What proxies say of the asker's own
    address stays in the headers, see `Trust.client`.

    Without `has_prefix` the app can't live under a path: told of one it answers 501 and says so, since every link of
    its pages would lead past it.
    """

    def __init__(self, app: "WSGIApplication", trust: Trust, *, has_prefix: bool) -> None:
        self._app = app
        self._trust = trust
        self._has_prefix = has_prefix

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        scheme, host, prefix = self._trust.public(environ)
        if scheme:
            environ["wsgi.url_scheme"] = scheme
        if host:
            environ["HTTP_HOST"] = host
        if prefix and not self._has_prefix:
            return refuse(environ, start_response, 501, "proxy.no_prefix", prefix=prefix)
        if prefix:
            environ[PATH] = prefix
        return self._app(environ, start_response)


def refuse(
    environ: "WSGIEnvironment", start_response: "StartResponse", status: int, code: str, **values: object
) -> list[bytes]:
    """Answer with an error's words in English and Vietnamese, readable from every origin; nothing keeps it."""
    body = "\n".join((*(message_of(code, language, values) for language in ("en", "vi")), "")).encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    headers += [
        ("Access-Control-Allow-Origin", "*"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]


def is_host(words: str) -> bool:
    """Whether it can be the value of a header Host (RFC 9110 §7.2)."""
    return _HOST.fullmatch(words) is not None


def origin(environ: "WSGIEnvironment", public_url: str = "") -> str:
    """Where the museum is for the asker, without trailing slash: `public_url` where it is set, else what this request
    was sent to, the prefix of a proxy's path included."""
    if public_url:
        return public_url.rstrip("/")
    scheme = "https" if environ.get("wsgi.url_scheme") == "https" else "http"
    host = environ.get("HTTP_HOST", "")
    if not is_host(host):
        name = environ.get("SERVER_NAME", "localhost")
        host = f"{f'[{name}]' if ':' in name else name}:{environ.get('SERVER_PORT', '80')}"
    if host.endswith(":80" if scheme == "http" else ":443"):
        host = host.rpartition(":")[0]
    return f"{scheme}://{host}{environ.get(PATH, '')}"


def wrapped(app: "WSGIApplication", settings: Settings, *, has_prefix: bool) -> "WSGIApplication":
    """`app` behind the proxies of the settings, or as it is where there are none.

    Raises Invalid config.wrong_value for a wrong `proxy_headers`, or a `public_url` that `app` can't have.
    """
    trust = Trust.of(settings)
    if not has_prefix and urlsplit(settings.public_url).path.strip("/"):
        expected = "https://baotang.example"
        raise Invalid("config.wrong_value", key="public_url", value=settings.public_url, expected=expected)
    return BehindProxies(app, trust, has_prefix=has_prefix) if trust.headers else app


def _listed(environ: Mapping[str, Any], name: str) -> list[str]:
    words: str = environ.get(f"HTTP_{name.upper().replace('-', '_')}", "")
    return [value for part in words.split(",") if (value := part.strip())]


def _with_port(host: str, port: str) -> str:
    """`host`, with the port told beside it when it names none itself; "" for what is no host."""
    if not _HOST.fullmatch(host):
        return ""
    names_port = ":" in host.rpartition("]")[2]
    fits = port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536
    return host if names_port or not fits else f"{host}:{port}"


def _elements(words: str) -> list[dict[str, str]]:
    """RFC 7239: one dictionary a proxy, names in small letters; [] where the header isn't well formed."""
    found: list[dict[str, str]] = [{}]
    at = 0
    while at < len(words):
        match = _PAIR.match(words, at)
        if match is None:
            return []
        value = match[2]
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        found[-1][match[1].lower()] = value
        at = match.end()
        if match[3] == ",":
            found.append({})
    return [element for element in found if element]
