"""Asking other servers, without being led into our own network (OWASP ASVS 5.0 V5, server-side request forgery).

The name is resolved once, every address found is judged, and the connection goes to the very address that was
judged: what a name server says later (DNS rebinding) no longer matters. Each redirect is judged anew.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from museum.errors import BackendError, Forbidden, Invalid, SourceError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
_CHUNK = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ANSWERS = frozenset({200, 206})  # of other answers the body is only what the server says about it
_MOST_SAID = 2**20
# What `is_global` of Python 3.11 does not refuse by itself, and ways to write an IPv4 address inside an IPv6 one.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "::/96",  # IPv4-compatible, RFC 4291 §2.5.5.1
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated, RFC 2765
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",  # local-use NAT64, RFC 8215
        "100::/64",  # discard-only, RFC 6666
        "2001::/23",  # protocol assignments, Teredo among them
        "2002::/16",  # 6to4, RFC 3056
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing, RFC 9602
        "fec0::/10",  # site-local, RFC 3879
    )
)


class Dial(Protocol):
    """Opens a connection to one address; tests hand in another."""

    def __call__(self, address: str, port: int, timeout_s: float) -> socket.socket: ...


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What may be asked. `peers` are networks that may be asked although they are private: other museums' servers."""

    max_bytes: int = 20 * 2**20
    max_redirects: int = 5
    seconds: float = 30.0  # for everything: name, connection, redirects, body
    ports: frozenset[int] = frozenset({80, 443})
    peers: tuple[Network, ...] = ()

    @classmethod
    def of(cls, *, peers: str = "", ports: str = "") -> "Rules":
        """Rules from settings: networks and ports separated by spaces. Raises Invalid for what is neither."""
        try:
            networks = tuple(ipaddress.ip_network(text) for text in peers.split())
            numbers = frozenset(int(text) for text in ports.split()) or cls.ports
        except ValueError as error:
            raise Invalid("fetch.wrong_rules", peers=peers, ports=ports, reason=error) from error
        return cls(peers=networks, ports=numbers)


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """An answer: `address` is the last one after redirects, `headers` have lower-case names."""

    address: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    size_bytes: int = 0

    @property
    def media_type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Sink(Protocol):
    """Where a body goes: an open file, or something like it."""

    def write(self, data: bytes, /) -> object: ...


Into = Callable[[Fetched], Sink]
"""Given an answer's head, where its body goes."""


def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, as the system finds them."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def dial(address: str, port: int, timeout_s: float) -> socket.socket:
    """A connection to a numeric address."""
    return socket.create_connection((address, port), timeout=timeout_s)


def is_public(text: str) -> bool:
    """True for an address of the public internet: not private, loopback, link-local, multicast or a disguise of one."""
    if "%" in text:  # a zone: link-local by its nature
        return False
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    return not any(address.version == network.version and address in network for network in _NEVER)


class Fetcher:
    """Asks by GET, within its rules. One object may be used by several threads."""

    def __init__(self, rules: Rules, *, resolve: Resolve = resolve_by_system, connect: Dial = dial) -> None:
        self._rules = rules
        self._resolve = resolve
        self._connect = connect

    def fetch(
        self, address: str, *, accept: str = "*/*", headers: Mapping[str, str] | None = None, into: Into | None = None
    ) -> Fetched:
        """What `address` answers, after at most `max_redirects` redirects.

        With `into` the body of a 200 or 206 goes into the file that it opens, not into memory; the file is left to
        whoever opened it. `headers` are sent beside ours (Range, If-Range).
        Raises Forbidden where the guard refuses (scheme, port, private address; also on a redirect), SourceError where
        the answer is too large, too slow, cut off, compressed unasked or turns in a circle, BackendError where nobody
        answers. Of a body that ends early `into` has what came.
        """
        deadline = time.monotonic() + self._rules.seconds
        for _ in range(self._rules.max_redirects + 1):
            answer = self._ask(address, {"Accept": accept, **(headers or {})}, into=into, deadline=deadline)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            address = urljoin(address, answer.headers["location"])
        raise SourceError("fetch.too_many_redirects", address=address, limit=self._rules.max_redirects)

    def _ask(self, address: str, asked: Mapping[str, str], *, into: Into | None, deadline: float) -> Fetched:
        parts, port = self._judged(address)
        host = parts.hostname or ""
        found = self._addresses(host, port, address=address)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection(host, port)
        lines: list[socket.socket] = []
        watch = threading.Timer(max(deadline - time.monotonic(), 0.01), _cut, [lines])
        watch.daemon = True
        try:
            lines.append(self._open(found, port, deadline=deadline))
            watch.start()  # a server that sends one byte now and then passes every time limit of a single read
            if parts.scheme == "https":
                lines.append(ssl.create_default_context().wrap_socket(lines[0], server_hostname=host))
            connection.sock = lines[-1]
            connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
            for name, value in (
                ("Host", parts.netloc),
                *asked.items(),
                ("Accept-Encoding", "identity"),
                ("User-Agent", "museum"),
                ("Connection", "close"),
            ):
                connection.putheader(name, value)
            connection.endheaders()
            with connection.getresponse() as response:
                answer = self._read(response, address=address, into=into)
            if time.monotonic() >= deadline:  # cut off, which reads like an end
                raise TimeoutError
            return _whole(answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() >= deadline:
                raise SourceError("fetch.too_slow", address=address, seconds=self._rules.seconds) from error
            raise BackendError("fetch.no_answer", address=address, reason=error) from error
        finally:
            watch.cancel()
            connection.close()
            for line in lines:
                line.close()

    def _judged(self, address: str) -> tuple[SplitResult, int]:
        """The parts and the port of an address that may be asked as far as its text tells."""
        if not address.isascii() or any(c <= " " or c in "\\\x7f" for c in address):
            raise Forbidden("fetch.odd_address", address=address[:200])
        try:
            parts = urlsplit(address)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise Forbidden("fetch.odd_address", address=address[:200]) from error
        if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
            raise Forbidden("fetch.odd_address", address=address[:200])
        if port not in self._rules.ports:
            raise Forbidden("fetch.port", address=address, port=port)
        return parts, port

    def _addresses(self, host: str, port: int, *, address: str) -> Sequence[str]:
        """The numeric addresses of `host`, all of which may be asked: one private among them refuses the whole."""
        try:
            found = list(dict.fromkeys(self._resolve(host, port)))
        except (OSError, UnicodeError) as error:
            raise BackendError("fetch.no_answer", address=address, reason=error) from error
        refused = [text for text in found if not (is_public(text) or self._is_peer(text))]
        if refused or not found:
            raise Forbidden("fetch.private", address=address)
        return found

    def _is_peer(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return any(address.version == network.version and address in network for network in self._rules.peers)

    def _open(self, addresses: Sequence[str], port: int, *, deadline: float) -> socket.socket:
        last: OSError | None = None
        for address in addresses:
            try:
                return self._connect(address, port, max(deadline - time.monotonic(), 0.01))
            except OSError as error:
                last = error
        assert last is not None
        raise last

    def _read(self, response: http.client.HTTPResponse, *, address: str, into: Into | None) -> Fetched:
        headers = {name.lower(): value for name, value in response.getheaders()}
        is_answer = response.status in _ANSWERS
        limit = self._rules.max_bytes if is_answer else min(self._rules.max_bytes, _MOST_SAID)
        declared = headers.get("content-length", "")
        if is_answer and declared.isdecimal() and int(declared) > limit:
            raise SourceError("fetch.too_large", address=address, limit=limit)
        if headers.get("content-encoding", "identity") not in ("", "identity"):
            raise SourceError("fetch.encoded", address=address, encoding=headers["content-encoding"])
        head = Fetched(address=address, status=response.status, headers=headers)
        if response.status in _REDIRECTS:
            return head
        body = bytearray()
        write = into(head).write if into is not None and is_answer else body.extend
        size = 0
        while chunk := response.read(_CHUNK):
            size += len(chunk)
            if size > limit and not is_answer:
                break
            if size > limit:
                raise SourceError("fetch.too_large", address=address, limit=limit)
            write(chunk)
        return Fetched(address=address, status=response.status, headers=headers, body=bytes(body), size_bytes=size)


def _whole(answer: Fetched) -> Fetched:
    """The answer, unless fewer bytes came than it promised."""
    stated = answer.headers.get("content-length", "")
    if answer.status in _ANSWERS and stated.isdecimal() and answer.size_bytes < int(stated):
        raise SourceError("fetch.cut_off", address=answer.address, size=answer.size_bytes, stated=stated)
    return answer


def _cut(lines: list[socket.socket]) -> None:
    """Time is over: whatever waits for these connections wakes up with an error."""
    for line in lines:
        with contextlib.suppress(OSError):  # it ended by itself at the same moment
            line.shutdown(socket.SHUT_RDWR)
