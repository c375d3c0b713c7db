"""Ranged GETs by signed addresses over kept connections: a tile's time belongs to the network, not to a library.

boto3 takes about 2 ms of processor time for one GET. An address that it signed once serves for many ranges, since
neither Range nor If-Match belongs to the signature; asking for it takes a tenth of a millisecond.
"""

import http.client
import os
import ssl
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from threading import Lock
from urllib.parse import urlsplit

SIGNED_FOR_S = 900
"""How long a signed address holds."""
_REUSED_FOR_S = 600
_MOST_SIGNED = 4096
_MOST_IDLE = 32
_TIMEOUT_S = 30.0


class Connections:
    """Kept-alive connections to one server; threads share them, each request has one to itself."""

    def __init__(self, origin: str) -> None:
        parts = urlsplit(origin)
        self._host, self._port = parts.hostname or "", parts.port
        self._tls = ssl.create_default_context(cafile=_authorities()) if parts.scheme == "https" else None
        self._idle: deque[http.client.HTTPConnection] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def get(self, target: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body of a partial answer (206); of any other only the status. Raises OSError, HTTPException."""
        while True:
            try:
                connection, is_new = self._idle.pop(), False
            except IndexError:
                connection, is_new = self._connection(), True
            try:
                connection.request("GET", target, headers=dict(headers))
                answer = connection.getresponse()
                if answer.status != http.client.PARTIAL_CONTENT:
                    connection.close()
                    return answer.status, b""
                data = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                if is_new:
                    raise
                continue  # the server let go of it meanwhile
            if answer.will_close or len(self._idle) >= _MOST_IDLE:
                connection.close()
            else:
                self._idle.append(connection)
            return answer.status, data

    def _connection(self) -> http.client.HTTPConnection:
        if self._tls is not None:
            return http.client.HTTPSConnection(self._host, self._port, timeout=_TIMEOUT_S, context=self._tls)
        return http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)


class SignedReads:
    """Reads ranges of objects; `sign(name)` gives an address that holds for SIGNED_FOR_S seconds."""

    def __init__(self, sign: Callable[[str], str]) -> None:
        self._sign = sign
        self._signed: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._connections: Connections | None = None
        self._lock = Lock()

    def get(self, name: str, start: int, length: int, tag: str) -> bytes | None:
        """The bytes of a partial answer; None for any other answer or a broken connection: then ask in another way."""
        headers = {"Range": f"bytes={start}-{start + length - 1}"}
        if tag:
            headers["If-Match"] = tag
        connections, target = self._target(name)
        try:
            status, data = connections.get(target, headers)
        except (OSError, http.client.HTTPException):
            return None
        if status == http.client.PARTIAL_CONTENT:
            return data
        with self._lock:
            self._signed.pop(name, None)
        return None

    def _target(self, name: str) -> tuple[Connections, str]:
        now = time.monotonic()
        found = self._signed.get(name)
        if found is not None and found[0] > now and self._connections is not None:
            return self._connections, found[1]
        address = urlsplit(self._sign(name))
        target = f"{address.path}?{address.query}"
        with self._lock:
            if self._connections is None:
                self._connections = Connections(f"{address.scheme}://{address.netloc}")
            self._signed[name] = (now + _REUSED_FOR_S, target)
            while len(self._signed) > _MOST_SIGNED:
                self._signed.popitem(last=False)
            return self._connections, target


def _close_all(connections: deque[http.client.HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def _authorities() -> str | None:
    """The certificates that boto3 would believe; None for the system's."""
    return os.environ.get("AWS_CA_BUNDLE") or None
