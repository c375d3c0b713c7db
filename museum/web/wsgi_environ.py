"""Headers of a request as WSGI calls them (PEP 3333), from the bytes that a server read."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

_WITHOUT_HTTP = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def header_variables(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """(name, value) pairs → HTTP_… variables; of a header told twice one value, with commas (cookies: semicolons).

    A name with an underscore is left out: it would pass for the one with a hyphen, which perhaps only proxies write.
    """
    found: dict[str, str] = {}
    for name, value in headers:
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in _WITHOUT_HTTP:
            key = f"HTTP_{key}"
        words = value.decode("latin-1")
        if key in found:
            words = f"{found[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{words}"
        found[key] = words
    return found


def variables(scope: Mapping[str, Any]) -> dict[str, Any]:
    """All variables of a request but wsgi.input, from an ASGI `scope` of type "http"."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    return {
        **header_variables(scope["headers"]),
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
