"""No address, name, redirect or name server leads the museum into a private network; what is public is fetched."""

import io
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle

import pytest

from museum.errors import Forbidden, Invalid, MuseumError, SourceError
from museum.fetching import Fetched, Fetcher, Resolve, Rules, dial, is_public, resolve_by_system

PUBLIC = "203.162.4.191"  # an address of the public internet, where our server stands in
EVERYTHING = tuple(ipaddress.ip_network(text) for text in ("0.0.0.0/0", "::/0"))
SECRET = b"inside"


class _Inside(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, _, wanted = self.path.partition("?")
        if path == "/redirect":
            self._head(302, Location=wanted)
        elif path == "/large":
            self._head(200)
            for _ in range(64):
                self.wfile.write(b"x" * 1024)
        elif path == "/drip":
            self._head(200)
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        elif path == "/short":
            self._head(200, Content_Length="1000")
            self.wfile.write(SECRET)
        elif path == "/missing":
            self._head(404)
            self.wfile.write(b"x" * 5_000)
        elif path == "/asked":
            self._head(206)
            self.wfile.write(str(self.headers["Range"]).encode())
        elif path == "/gzip":
            self._head(200, Content_Encoding="gzip")
        else:
            self._head(200, Content_Type="text/plain; charset=utf-8")
            self.wfile.write(SECRET)

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            return  # the guard hung up, as it should

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Inside)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def names(table: dict[str, list[str]]) -> Resolve:
    def resolve(host: str, _port: int) -> Sequence[str]:
        return table[host]

    return resolve


class Internet:
    """Connections by the address asked for; PUBLIC is really our own server."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, address: str, port: int, timeout_s: float) -> socket.socket:
        self.asked.append(address)
        return dial("127.0.0.1" if address == PUBLIC else address, port, timeout_s)


PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "192.168.255.254",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.9",
    "203.0.113.5",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "100::1",
    "::ffff:0:7f00:1",
    "3fff::1",
    "5f00::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["203.162.4.191", "8.8.8.8", "2400:cb00::1", "2a00:1450:4001::1"])
def test_public_address_is_known(address: str) -> None:
    assert is_public(address)


def test_no_name_and_no_spelling_leads_inside(port: int) -> None:
    """Names that resolve to private addresses, and every way to write loopback that the system understands."""
    spellings = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::1]", "0", "0.0.0.0"]
    rules = Rules(ports=frozenset({port}), seconds=5)
    refused = 0
    internet = Internet()
    for host in spellings:
        with pytest.raises(Forbidden):
            Fetcher(rules, resolve=resolve_by_system, connect=internet).fetch(f"http://{host}:{port}/")
        refused += 1
    for address in PRIVATE:
        for found in ([address], [PUBLIC, address], [address, PUBLIC]):
            resolve = names({"museum.example": found})
            with pytest.raises(Forbidden) as caught:
                Fetcher(rules, resolve=resolve, connect=internet).fetch(f"http://museum.example:{port}/")
            assert caught.value.code == "fetch.private"
            refused += 1
    print(f"{refused} ways into a private network refused, {len(internet.asked)} connections opened")
    assert internet.asked == []


def test_guard_off_reaches_inside(port: int) -> None:
    """The control: with every network a peer, the same spellings reach the server."""
    rules = Rules(ports=frozenset({port}), peers=EVERYTHING)
    for host in ("127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost"):
        assert Fetcher(rules).fetch(f"http://{host}:{port}/").body == SECRET


def test_redirect_inside_is_refused_at_every_hop(port: int) -> None:
    resolve = names({"museum.example": [PUBLIC], "inside.example": ["10.0.0.5"], "127.0.0.1": ["127.0.0.1"]})
    tried = 0
    for target in (f"http://127.0.0.1:{port}/", f"http://inside.example:{port}/", f"//127.0.0.1:{port}/"):
        for hops in range(5):
            inner = target
            for _ in range(hops):
                inner = f"http://museum.example:{port}/redirect?{inner}"
            fetcher = Fetcher(Rules(ports=frozenset({port})), resolve=resolve, connect=(internet := Internet()))
            with pytest.raises(Forbidden):
                fetcher.fetch(f"http://museum.example:{port}/redirect?{inner}")
            assert set(internet.asked) == {PUBLIC}
            tried += 1
    print(f"{tried} chains of redirects refused")
    opened = Fetcher(Rules(ports=frozenset({port}), peers=EVERYTHING), resolve=resolve, connect=Internet())
    assert opened.fetch(f"http://museum.example:{port}/redirect?http://127.0.0.1:{port}/").body == SECRET


def test_name_server_that_changes_its_mind_is_asked_once(port: int) -> None:
    """DNS rebinding: public when judged, private when connected; the connection goes to what was judged."""
    answers = cycle([[PUBLIC], ["127.0.0.1"]])
    internet = Internet()
    fetcher = Fetcher(Rules(ports=frozenset({port})), resolve=lambda *_: next(answers), connect=internet)
    assert fetcher.fetch(f"http://rebinding.example:{port}/").body == SECRET
    assert internet.asked == [PUBLIC]
    with pytest.raises(Forbidden):
        fetcher.fetch(f"http://rebinding.example:{port}/")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://museum.example/",
        "gopher://museum.example:70/_",
        "http://museum.example:22/",
        "http://user:word@museum.example/",
        "http://museum.example\\@127.0.0.1/",
        "http://museum.example/\r\nX-Evil: 1",
        "http://bảo-tàng.example/",
        "http://[::1",
        "http:///no-host",
        "//museum.example/",
    ],
)
def test_odd_address_is_refused_before_any_name_is_resolved(address: str) -> None:
    def never(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("a name was resolved")

    with pytest.raises(Forbidden):
        Fetcher(Rules(), resolve=never).fetch(address)


def test_peer_on_a_private_network_answers(port: int) -> None:
    rules = Rules.of(peers="127.0.0.0/8 10.20.0.0/16", ports=f"443 {port}")
    answer = Fetcher(rules).fetch(f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.media_type, answer.body) == (200, "text/plain", SECRET)


@pytest.mark.parametrize(("path", "code"), [("large", "too_large"), ("drip", "too_slow"), ("gzip", "encoded")])
def test_answer_out_of_bounds_is_dropped(port: int, path: str, code: str) -> None:
    peers = (ipaddress.ip_network("127.0.0.0/8"),)
    rules = Rules(max_bytes=10_000, seconds=0.6, ports=frozenset({port}), peers=peers)
    began = time.monotonic()
    with pytest.raises(SourceError) as caught:
        Fetcher(rules).fetch(f"http://127.0.0.1:{port}/{path}")
    assert caught.value.code == f"fetch.{code}"
    assert time.monotonic() - began < 4


def test_an_answer_that_breaks_off_is_no_answer_but_what_came_is_handed_on(port: int) -> None:
    fetcher = Fetcher(Rules(ports=frozenset({port}), peers=EVERYTHING))
    with pytest.raises(SourceError) as caught:
        fetcher.fetch(f"http://127.0.0.1:{port}/short")
    assert caught.value.code == "fetch.cut_off"
    heads: list[Fetched] = []
    sink = io.BytesIO()

    def into(head: Fetched) -> io.BytesIO:
        heads.append(head)
        return sink

    with pytest.raises(SourceError):
        fetcher.fetch(f"http://127.0.0.1:{port}/short", into=into)
    assert (sink.getvalue(), heads[0].headers["content-length"]) == (SECRET, "1000")
    answer = fetcher.fetch(f"http://127.0.0.1:{port}/asked", headers={"Range": "bytes=5-"}, into=into)
    assert (answer.status, answer.body, answer.size_bytes) == (206, b"", len("bytes=5-"))
    assert sink.getvalue() == SECRET + b"bytes=5-"
    answer = fetcher.fetch(f"http://127.0.0.1:{port}/missing", into=into)
    assert (answer.status, len(answer.body), len(heads)) == (404, 5_000, 2)  # what a refusal says is no file


def test_circle_of_redirects_ends(port: int) -> None:
    fetcher = Fetcher(Rules(ports=frozenset({port}), peers=EVERYTHING))
    with pytest.raises(SourceError) as caught:
        fetcher.fetch(f"http://127.0.0.1:{port}/redirect?/redirect?/redirect?/redirect?/redirect?/redirect?/redirect?/")
    assert caught.value.code == "fetch.too_many_redirects"


def test_nobody_answers() -> None:
    with pytest.raises(MuseumError) as caught:
        Fetcher(Rules.of(peers="127.0.0.0/8", ports="1")).fetch("http://127.0.0.1:1/")
    assert caught.value.code == "fetch.no_answer"


@pytest.mark.parametrize(("peers", "ports"), [("10.0.0.0/99", ""), ("museum.example", ""), ("", "http")])
def test_wrong_rules_are_named(peers: str, ports: str) -> None:
    with pytest.raises(Invalid):
        Rules.of(peers=peers, ports=ports)
