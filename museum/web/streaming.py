"""Answers that are sent while they are made: of any length, packed on the way, a few of them at a time."""

import zlib
from collections.abc import Callable, Iterable, Iterator

from flask import Response, current_app, request
from flask.ctx import AppContext
from werkzeug.wsgi import ClosingIterator

from museum.web.answers import Busy
from museum.web.turns import Turns

_PIECE_BYTES = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS  # zlib's own word for gzip's frame
_LEVEL = 5


def streamed(pieces: Iterator[bytes], *, media_type: str, file_name: str, turns: Turns) -> Response:
    """An answer to be saved as `file_name` whose pieces are made while they are read, in the application's context.

    Packed for readers that unpack, unless it is a ZIP archive anyway. Raises Busy ``web.exports_busy``.
    """
    is_packed = not media_type.startswith("application/vnd.") and request.accept_encodings.quality("gzip") > 0
    told = _gathered(_zipped(pieces) if is_packed else pieces)
    response = Response(_in_turn(told, turns), mimetype=media_type, direct_passthrough=True)
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    response.vary.add("Accept-Encoding")
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _in_turn(pieces: Iterator[bytes], turns: Turns) -> Iterable[bytes]:
    """The pieces, a turn taken for them until the server closes them; none for HEAD, whose body nobody closes."""
    if request.method == "HEAD":
        return ()
    end = turns.take()
    if end is None:
        raise Busy("web.exports_busy")
    return ClosingIterator(_in_context(current_app.app_context, pieces), end)


def _in_context(context: Callable[[], AppContext], pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Each piece made in a context of its own: a server may ask for one in this thread and for the next in another."""
    while True:
        with context():
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _zipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces together, so that a server is not asked for every line."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
