"""A web process over a real socket: what it takes in, what it sends out, and what strangers can't do to it."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from museum.imaging import pyramid
from museum.web import threads
from tests.imaging.conftest import picture
from tests.web.listening_app import HEIGHT, PIECE, PIECES, WIDTH

TILE = "/iiif/image/3/picture/0,0,256,256/256,256/0/default.jpg"
MANY = 3 * threads.ALL
"""More connections than the process has threads."""


@dataclass(frozen=True)
class Process:
    """The process under test."""

    port: int
    process: "subprocess.Popen[bytes]"

    def connect(self) -> socket.socket:
        """A connection of which the test says every byte."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def ask(self, method: str, path: str, **more: Any) -> tuple[HTTPResponse, bytes]:
        """(answer, its body) over a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, **more)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def told(self) -> dict[str, int]:
        """How many long answers are open, and how many tiles were answered at hand."""
        found: dict[str, int] = json.loads(self.ask("GET", "/open")[1])
        return found

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until `holds`, for 30 seconds at most."""
        end = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < end, self.told()
            time.sleep(0.02)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A running web process with an image."""
    root = tmp_path_factory.mktemp("listening")
    picture(WIDTH, HEIGHT).save(root / "source.png")
    pyramid.build(root / "source.png", root / "pyramid")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = _started(listener, root / "pyramid", processes=1)
        try:
            assert made.ask("GET", TILE)[0].status == 200  # the image is open from now on
            yield made
        finally:
            made.process.kill()
            made.process.wait()


def _started(listener: socket.socket, pyramid: Path, *, processes: int) -> Process:
    words = [sys.executable, "-m", "tests.web.listening_app", str(pyramid), str(listener.fileno()), str(processes)]
    return Process(listener.getsockname()[1], subprocess.Popen(words, pass_fds=[listener.fileno()]))


def _answers(connection: socket.socket, count: int) -> list[tuple[int, bytes]]:
    """(status, body) of the next answers on a connection."""
    found = []
    with connection.makefile("rb") as stream:
        for _ in range(count):
            status = int(stream.readline().split()[1])
            length = 0
            while (line := stream.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            found.append((status, stream.read(length)))
    return found


def test_tiles_and_all_else_on_one_connection(web: Process) -> None:
    before = web.told()["at_hand"]
    connection = HTTPConnection("127.0.0.1", web.port)
    for _ in range(5):
        connection.request("GET", TILE)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"], answer.headers["Date"] is not None) == (
            200,
            "image/jpeg",
            True,
        )
        assert answer.read().startswith(b"\xff\xd8")
        connection.request("GET", "/echo")
        assert connection.getresponse().read() == b"0"
    connection.close()
    assert web.told()["at_hand"] == before + 5


def test_a_tile_within_a_body_is_no_request(web: Process) -> None:
    """However the bytes are cut: else one visitor behind a proxy could have another's request answered."""
    hidden = f"GET {TILE} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    head = f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {len(hidden)}\r\n\r\n".encode()
    before = web.told()["at_hand"]
    for cuts in ((head, hidden), (head[:20], head[20:], hidden), (head + hidden[:10], hidden[10:])):
        with web.connect() as connection:
            for piece in cuts:
                connection.sendall(piece)
                time.sleep(0.05)  # so that it comes as a piece of its own; without, the test would pass as well
            connection.sendall(b"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
            assert _answers(connection, 2) == [(200, str(len(hidden)).encode()), (200, b"0")]
    assert web.told()["at_hand"] == before


def test_requests_sent_at_once_are_answered_in_their_order(web: Process) -> None:
    tile = f"GET {TILE} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    page = b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"
    with web.connect() as connection:
        connection.sendall(page + tile + page)
        first, second, third = _answers(connection, 3)
        assert (first[1], third[1]) == (b"waited", b"waited")
        assert second[1].startswith(b"\xff\xd8")
    with web.connect() as connection:
        connection.sendall(page)
        time.sleep(0.05)
        connection.sendall(tile)  # while the page is under way
        first, second = _answers(connection, 2)
        assert first[1] == b"waited"
        assert second[1].startswith(b"\xff\xd8")


def test_slow_lines_hold_no_thread(web: Process) -> None:
    with ExitStack() as stack:
        for _ in range(MANY):  # half a request each
            connection = stack.enter_context(web.connect())
            connection.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
        for _ in range(MANY):  # a long answer that isn't read
            connection = stack.enter_context(web.connect())
            connection.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
        web.until(lambda: web.told()["open"] == MANY)
        answer, body = web.ask("GET", "/echo")
        assert (answer.status, body) == (200, b"0")
        print(f"{MANY} halves of requests and {MANY} unread answers before {threads.ALL} threads")
    web.until(lambda: web.told()["open"] == 0)  # whoever goes leaves nothing open behind


def test_long_answers_come_whole_and_in_one_context(web: Process) -> None:
    _, body = web.ask("GET", "/long")
    assert body == b"hello".ljust(PIECE, b".") * PIECES
    _, file = web.ask("GET", "/file")
    assert file == bytes(range(256)) * 4096
    web.until(lambda: web.told()["open"] == 0)


def test_variables_are_those_of_wsgi(web: Process) -> None:
    headers = {"X-Forwarded-For": "1.2.3.4", "X_Forwarded_For": "6.6.6.6", "Cookie": "a=1", "Content-Type": "text/x"}
    _, body = web.ask("GET", "/%E1%BA%BF/%FF%2Fb?q=%C4%91", headers=headers)
    found = json.loads(body)
    assert found["PATH_INFO"].encode("latin-1") == "/ế/".encode() + b"\xff/b"
    assert found["QUERY_STRING"] == "q=%C4%91"
    assert found["HTTP_X_FORWARDED_FOR"] == "1.2.3.4"
    assert (found["HTTP_COOKIE"], found["CONTENT_TYPE"], found["REMOTE_ADDR"]) == ("a=1", "text/x", "127.0.0.1")


def test_bodies(web: Process) -> None:
    assert web.ask("POST", "/echo", body=b"x" * 70_000)[1] == b"70000"
    chunked = iter([b"x" * 1000] * 50)
    assert web.ask("POST", "/echo", body=chunked, encode_chunked=True, headers={"Transfer-Encoding": "chunked"})[1] == (
        b"50000"
    )
    with web.connect() as connection:  # more than the application wants is never taken in
        connection.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500000000\r\n\r\n")
        assert _answers(connection, 1) == [(200, b"0")]
    with web.connect() as connection:
        connection.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"body")
        assert _answers(connection, 1) == [(200, b"4")]


def test_heads(web: Process) -> None:
    answer, body = web.ask("HEAD", TILE)
    assert (answer.status, body, int(answer.headers["Content-Length"]) > 500) == (200, b"", True)
    assert web.ask("HEAD", "/echo")[1] == b""


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET /\xe1\xba\xbf HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /broken HTTP/1.1\r\nHost: a\r\n\r\n", 500),
        (b"GET /echo HTTP/1.0\r\n\r\n", 200),
    ],
)
def test_odd_requests_get_an_answer(web: Process, words: bytes, status: int) -> None:
    with web.connect() as connection:
        connection.sendall(words)
        assert _answers(connection, 1)[0][0] == status
    assert web.ask("GET", "/echo")[0].status == 200


def test_a_head_without_end_is_refused(web: Process) -> None:
    with web.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        sent = 0
        try:
            while sent < 10_000_000:
                sent += connection.send(b"X-More: " + b"x" * 1000 + b"\r\n")
                time.sleep(0.001)
        except OSError:
            pass  # it was closed
        assert sent < 1_000_000, "the process went on reading"
    assert web.ask("GET", "/echo")[0].status == 200


def test_tiles_that_nobody_reads_do_not_pile_up(web: Process) -> None:
    tile = f"GET {TILE} HTTP/1.1\r\nHost: a\r\n\r\n".encode()

    def memory_mib() -> float:
        return int(Path(f"/proc/{web.process.pid}/statm").read_text().split()[1]) * 4096 / 2**20

    before, sent = memory_mib(), 0
    with web.connect() as connection:
        connection.settimeout(0.5)
        try:
            while sent < 20_000:
                connection.sendall(tile)
                sent += 1
        except TimeoutError:
            pass  # it reads no more of us: as it should
        grown = memory_mib() - before
    size = len(web.ask("GET", TILE)[1])
    print(f"{sent} requests sent for {sent * size / 2**20:.0f} MiB of tiles, {grown:.0f} MiB more memory")
    assert sent * size > 2**27 or sent < 20_000
    assert grown < 60


def test_it_ends_when_told_though_connections_are_open(web: Process) -> None:
    with web.connect() as idle, web.connect() as busy:
        idle.sendall(f"GET {TILE} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        _answers(idle, 1)
        busy.sendall(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.05)
        web.process.send_signal(signal.SIGTERM)
        assert _answers(busy, 1) == [(200, b"waited")]  # what was begun is finished
        assert web.process.wait(20) == 0


def test_connections_are_shared_out_evenly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        web = _started(listener, tmp_path, processes=3)
        stack.callback(web.process.wait)
        stack.callback(web.process.terminate)
        found: Counter[int] = Counter()
        for _ in range(30):
            connection = HTTPConnection("127.0.0.1", web.port, timeout=30)
            stack.callback(connection.close)
            connection.request("GET", "/open")
            found[json.loads(connection.getresponse().read())["process"]] += 1
        print(sorted(found.values()))
        # A process that is kept from running for a millisecond loses a turn; without shares one may take them all.
        assert len(found) == 3
        assert min(found.values()) >= 8
