"""The bridge between the event loop and the application, without a socket."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from museum.web.bridge import PIECE_BYTES, Bridge

Outcome = TypeVar("Outcome")
SCOPE = {
    "type": "http",
    "method": "GET",
    "raw_path": b"/",
    "query_string": b"",
    "http_version": "1.1",
    "headers": [(b"host", b"a")],
}


def _run(made: Callable[[], Coroutine[Any, Any, Outcome]]) -> Outcome:
    """What a coroutine gives, on a loop in a thread of its own: a browser's tests leave one running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(made())).result(60)


async def _ask(bridge: Bridge, **more: Any) -> tuple[int, dict[bytes, bytes], bytes]:
    """(status, headers, body) of a plain GET."""
    sent: list[Any] = []
    asked = asyncio.Queue[Any]()
    asked.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    async def send(message: Any) -> None:
        sent.append(message)

    await bridge({**SCOPE, **more}, asked.get, send)
    body = b"".join(message["body"] for message in sent[1:])
    assert [message["more_body"] for message in sent[1:]] == [True] * (len(sent) - 2) + [False]
    return sent[0]["status"], dict(sent[0]["headers"]), body


def test_whoever_is_one_too_many_is_told_so() -> None:
    free = threading.Event()

    def application(_environ: Any, start: Any) -> list[bytes]:
        free.wait(30)
        start("200 OK", [])
        return [b"done"]

    async def many() -> list[tuple[int, dict[bytes, bytes], bytes]]:
        bridge = Bridge(application, threads=2, most=10)
        tasks = [asyncio.create_task(_ask(bridge)) for _ in range(25)]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 15:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0)
        free.set()
        found = await asyncio.gather(*tasks)
        assert (await _ask(bridge))[0] == 200  # there is room again
        return list(found)

    answers = _run(many)
    assert sorted(status for status, _, _ in answers) == [200] * 10 + [503] * 15
    refused = next(answer for answer in answers if answer[0] == 503)
    assert refused[1][b"retry-after"] == b"5"
    assert "khách" in refused[2].decode()


def test_an_answer_that_breaks_off_is_closed() -> None:
    closed: list[bool] = []

    class Breaking:
        def __iter__(self) -> Iterator[bytes]:
            yield b"x" * PIECE_BYTES
            raise OSError("disk")

        def close(self) -> None:
            closed.append(True)

    def application(environ: Any, start: Any) -> Any:
        start("200 OK", [])
        if environ["QUERY_STRING"] == "early":
            return iter(Early())
        return Breaking()

    class Early:
        def __iter__(self) -> Iterator[bytes]:
            raise OSError("at once")

    bridge = Bridge(application, threads=1)
    with pytest.raises(OSError, match="disk"):
        _run(lambda: _ask(bridge))
    assert closed == [True]
    with pytest.raises(OSError, match="at once"):
        _run(lambda: _ask(bridge, query_string=b"early"))


def test_what_is_written_comes_before_what_is_given_back() -> None:
    def application(_environ: Any, start: Any) -> list[bytes]:
        write = start("200 OK", [("Content-Type", "text/plain")])
        write(b"first ")
        return [b"then", b" last"]

    assert _run(lambda: _ask(Bridge(application, threads=1))) == (
        200,
        {b"Content-Type": b"text/plain"},
        b"first then last",
    )
