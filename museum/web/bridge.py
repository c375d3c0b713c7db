"""A WSGI application on an event loop: the loop takes requests in and hands answers out, threads only compute them.

A slow line holds no thread: a request is handed over when its body is there, and of an answer a thread puts together
one piece at a time, which goes out while other requests are computed.
"""

import asyncio
import contextlib
import contextvars
import io
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from museum.errors import message_of
from museum.web.wsgi_environ import variables

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

MOST_BODY_BYTES = 1_100_000
"""What is read of a request's body; the application takes less, and says so to whoever sends more."""
MOST_HELD_BYTES = 64 * 2**20
"""What is held of all bodies together; whoever sends more then is told to try again."""
PIECE_BYTES = 256 * 2**10
"""What is put together of an answer at once."""


class File:
    """What the application hands over to have a file sent (wsgi.file_wrapper, PEP 3333)."""

    def __init__(self, file: IO[bytes], _block_size: int = 0) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._file.read(PIECE_BYTES):
            yield piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Begun(NamedTuple):
    """An answer as far as it is there."""

    status: int
    headers: list[tuple[bytes, bytes]]
    piece: bytes
    rest: Iterator[bytes] | None
    """What is still to come; None: nothing."""
    close: Callable[[], object]
    """To be called when nothing of `rest` is wanted any more."""


class _Crowded(Exception):
    """There is no room for the request now."""


class Bridge:
    """ASGI (3.0, type "http"): answers with what the WSGI `application` says, computed in one of `threads` threads.

    At most `most` requests are computed or wait for a thread; whoever comes then is told to try again. Whoever takes
    an answer slowly doesn't count.
    """

    def __init__(self, application: "WSGIApplication", *, threads: int, most: int = 400) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self._most = most
        self._begun = 0
        self._held_bytes = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        body = io.BytesIO()  # what the application reads from: there is no other copy
        try:
            if await self._read(body, scope, receive):
                body.seek(0)
                await self._answer(scope, body, receive, send)
        except _Crowded:
            await _send_away(send)
        finally:
            self._held_bytes -= body.getbuffer().nbytes

    async def _read(self, body: io.BytesIO, scope: dict[str, Any], receive: Receive) -> bool:
        """Read the body of a request, or the beginning of one that is too long; False when whoever asked is gone."""
        told = dict(scope["headers"]).get(b"content-length", b"0")
        is_more = not (told.isdigit() and int(told) > MOST_BODY_BYTES)
        while is_more and body.tell() <= MOST_BODY_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            self._held_bytes += body.write(message["body"])
            if message["body"] and self._held_bytes > MOST_HELD_BYTES:
                raise _Crowded
            is_more = message["more_body"]
        if self._begun >= self._most:
            raise _Crowded
        return True

    async def _answer(self, scope: dict[str, Any], body: io.BytesIO, receive: Receive, send: Send) -> None:
        environ = {
            **variables(scope),
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.file_wrapper": File,
        }
        # One context for the whole answer, in whichever threads its pieces are put together.
        context = contextvars.copy_context()
        begun: _Begun = await self._in_thread(context, self._begin, environ)
        try:
            await send({"type": "http.response.start", "status": begun.status, "headers": begun.headers})
            await send({"type": "http.response.body", "body": begun.piece, "more_body": begun.rest is not None})
            if begun.rest is not None:
                await self._send_rest(context, begun.rest, receive, send)
        finally:
            if begun.rest is not None:
                await self._in_thread(context, begun.close)

    async def _in_thread(self, context: contextvars.Context, deed: Callable[..., Any], *arguments: Any) -> Any:
        self._begun += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, deed, *arguments)
        finally:
            self._begun -= 1

    def _begin(self, environ: dict[str, Any]) -> _Begun:
        """Ask the application, and take the first piece of its answer."""
        told: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
            told.append((status, headers))
            return written.append

        answer = self._application(environ, start)
        close: Callable[[], object] = getattr(answer, "close", _nothing)
        is_over = True
        try:
            rest = iter(answer)
            piece, is_over = _piece(rest)
            status, headers = told[-1]
            encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            return _Begun(int(status[:3]), encoded, b"".join(written) + piece, None if is_over else rest, close)
        finally:
            if is_over:
                close()

    async def _send_rest(
        self, context: contextvars.Context, rest: Iterator[bytes], receive: Receive, send: Send
    ) -> None:
        gone = asyncio.ensure_future(_gone(receive))
        try:
            is_over = False
            while not (is_over or gone.done()):
                piece, is_over = await self._in_thread(context, _piece, rest)
                await send({"type": "http.response.body", "body": piece, "more_body": not is_over})
        finally:
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone


async def _send_away(send: Send) -> None:
    body = "".join(f"{message_of('web.crowded', language, {})}\n" for language in ("vi", "en")).encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    headers += [(b"retry-after", b"5"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _gone(receive: Receive) -> None:
    """Wait until whoever asked has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _piece(rest: Iterator[bytes]) -> tuple[bytes, bool]:
    """(what comes next, some 256 KiB of it; whether that was all)."""
    pieces: list[bytes] = []
    size = 0
    for piece in rest:
        pieces.append(piece)
        size += len(piece)
        if size >= PIECE_BYTES:
            return b"".join(pieces), False
    return (pieces[0] if len(pieces) == 1 else b"".join(pieces)), True


def _nothing() -> None:
    pass
