"""The bridge between the event loop and the application, without a socket."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from museum.web import bridge
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


def test_slow_readers_leave_room_for_others() -> None:
    def application(environ: Any, start: Any) -> Any:
        start("200 OK", [])
        return iter([b"x" * PIECE_BYTES] * 3) if environ["QUERY_STRING"] == "long" else [b"done"]

    async def many() -> tuple[int, list[int]]:
        made, free = Bridge(application, threads=2, most=2), asyncio.Event()
        sent: list[Any] = []

        async def slowly(message: Any) -> None:
            sent.append(message)
            await free.wait()

        def asked() -> asyncio.Queue[Any]:
            queue = asyncio.Queue[Any]()
            queue.put_nowait({"type": "http.request", "body": b"", "more_body": False})
            return queue

        slow = [asyncio.create_task(made({**SCOPE, "query_string": b"long"}, asked().get, slowly)) for _ in range(2)]
        while len(sent) < 2:
            await asyncio.sleep(0)
        status, _, _ = await _ask(made)
        free.set()
        await asyncio.gather(*slow)
        return status, [len(message.get("body", b"")) for message in sent]

    status, sizes = _run(many)
    assert status == 200
    assert sum(sizes) == 2 * 3 * PIECE_BYTES


def test_no_more_is_held_of_bodies_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "MOST_HELD_BYTES", 1_000_000)

    def application(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    async def many() -> tuple[list[Any], list[Any], list[Any], int]:
        made = Bridge(application, threads=2)

        async def post(pieces: "asyncio.Queue[Any]") -> list[Any]:
            sent: list[Any] = []

            async def send(message: Any) -> None:
                sent.append(message)

            await made({**SCOPE, "method": "POST"}, pieces.get, send)
            return [sent[0]["status"], sent[1]["body"]]

        first, second = asyncio.Queue[Any](), asyncio.Queue[Any]()
        first.put_nowait({"type": "http.request", "body": b"x" * 600_000, "more_body": True})
        waiting = asyncio.create_task(post(first))
        while not made._held_bytes:
            await asyncio.sleep(0)
        second.put_nowait({"type": "http.request", "body": b"x" * 600_000, "more_body": False})
        refused = await post(second)
        page = [(await _ask(made))[0]]  # whoever sends nothing is answered meanwhile
        first.put_nowait({"type": "http.request", "body": b"x", "more_body": False})
        return refused, page, await waiting, made._held_bytes

    refused, page, taken, left = _run(many)
    assert refused[0] == 503
    assert page == [200]
    assert taken == [200, b"600001"]
    assert left == 0


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
