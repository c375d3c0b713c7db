"""When a connection is closed for doing nothing, with a clock that the test moves."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from museum.web.accepting import Share
from museum.web.connections import IDLE_S, Connection

TILE = b"GET /iiif/image/3/a/0,0,1,1/1,1/0/default.jpg HTTP/1.1\r\nHost: a\r\n\r\n"


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time is set."""

    now = 1000.0

    def time(self) -> float:
        """The time that was set."""
        return self.now


class Line(asyncio.Transport):
    """A transport that remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.unsent = 0
        self.is_closed = False

    def write(self, data: Any) -> None:
        """Remember."""
        self.sent += bytes(data)

    def close(self) -> None:
        """Remember."""
        self.is_closed = True

    abort = close

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.is_closed

    def get_write_buffer_size(self) -> int:
        """What the test says."""
        return self.unsent

    def pause_reading(self) -> None:
        """Nothing to do."""

    resume_reading = pause_reading

    def get_extra_info(self, _name: str, default: Any = None) -> Any:
        """Nothing is known."""
        return default


class Tiles:
    """Answers every tile with one word."""

    def answer(self, request: bytes, *, date: bytes) -> bytes | None:
        """As TilesAtHand.answer."""
        return b"TILE " if request == TILE else None


class Case:
    """A connection, its line and its clock."""

    def __init__(self, loop: Clock) -> None:
        async def application(_scope: Any, receive: Any, send: Any) -> None:
            await asyncio.Event().wait()

        self.loop, self.line = loop, Line()
        state = ServerState()
        state.default_headers = [(b"date", b"now")]
        config = uvicorn.Config(application, log_config=None, log_level="error", lifespan="off")
        tiles: Any = Tiles()
        self.ends = 0
        self.connection = Connection(
            tiles=tiles, on_end=self.ended, config=config, server_state=state, app_state={}, _loop=loop
        )
        self.connection.connection_made(self.line)

    def ended(self) -> None:
        """The connection is no more."""
        self.ends += 1

    def after(self, seconds: float) -> bool:
        """Let time pass and look after the connection: whether it was closed."""
        self.loop.now += seconds
        self.connection.look_after()
        return self.line.is_closed


@pytest.fixture
def case() -> Iterator[Case]:
    loop = Clock()
    yield Case(loop)

    def end() -> None:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    with ThreadPoolExecutor(1) as thread:  # a browser's tests leave a loop running in this one
        thread.submit(end).result(60)


def test_an_idle_connection_is_closed_after_its_time(case: Case) -> None:
    case.connection.data_received(TILE)
    assert case.line.sent == b"TILE "
    assert not case.after(IDLE_S - 1)
    case.connection.data_received(TILE)
    assert not case.after(IDLE_S - 1)
    assert case.after(2)


def test_a_request_that_stops_halfway_is_not_waited_for(case: Case) -> None:
    case.connection.data_received(b"GET / HT")
    assert not case.after(29)
    assert case.after(2)


def test_a_request_that_drips_ends_as_well(case: Case) -> None:
    case.connection.data_received(b"GET / HTTP/1.1\r\nX: ")
    for _ in range(14):
        assert not case.after(20)
        case.connection.data_received(b"x")
    assert case.after(21)


def test_an_answer_that_nobody_takes_is_given_up_and_a_slow_one_is_not(case: Case) -> None:
    case.connection.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    for left in range(10, 0, -1):
        case.line.unsent = left
        assert not case.after(25)
    assert not case.after(29)
    assert case.after(2)


def test_an_answer_may_take_its_time_to_begin(case: Case) -> None:
    case.connection.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert not case.after(3600)


def test_no_tile_is_answered_ahead_of_others_or_to_whoever_reads_none(case: Case) -> None:
    case.connection.pause_writing()
    case.connection.data_received(TILE)
    assert case.line.sent == b""
    case.connection.resume_writing()
    case.connection.data_received(TILE)  # the one before is still being answered
    assert case.line.sent == b""


def test_the_end_of_a_connection_is_told_once(case: Case) -> None:
    case.connection.data_received(TILE)
    assert case.ends == 0
    case.connection.connection_lost(None)
    assert case.ends == 1


def test_a_share_knows_who_has_more() -> None:
    counts = Share.counts(2)
    counts[1] = 7  # of a process that died
    first, second = Share(counts, 0), Share(counts, 1)
    assert not first.is_ahead
    first.change(1)
    assert first.is_ahead
    assert not second.is_ahead
    second.change(1)
    assert not first.is_ahead
