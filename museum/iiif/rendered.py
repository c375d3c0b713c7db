"""Computed images: made once however many ask at the same time, few at once, and kept for a while within bounds."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager, nullcontext
from threading import Lock, Semaphore
from typing import Protocol

from museum.errors import BackendError
from museum.imaging.memory import Tidy

RETRY_S = 5  # what we tell whoever comes while all places are taken


class Shelf(Protocol):
    """Where computed images are kept beyond this process."""

    def get(self, key: str) -> bytes | None:
        """The bytes kept under `key`, whole and as they were put there, or None."""

    def put(self, key: str, data: bytes) -> object:
        """Keep `data` if there is room for it."""


class RenderedImages:
    """The last images in memory (at most `most_bytes`), older ones on `shelf` if there is one.

    At most `at_once` images are computed together, of large ones one, and `waiting` more requests may wait, for their
    turn or for somebody else's equal one. Whoever comes beyond that is sent away: a request that waits holds one of the
    web server's threads, and those that are left serve tiles.
    """

    def __init__(
        self,
        *,
        most_bytes: int = 8 * 2**20,
        at_once: int = 2,
        waiting: int = 4,
        patience_s: float = 20.0,
        shelf: Shelf | None = None,
    ) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._running: dict[str, Future[bytes]] = {}
        self._lock = Lock()
        self._turn = Semaphore(at_once)
        self._large_turn = Semaphore(1)
        self._places = at_once + waiting
        self._inside = 0
        self._patience_s = patience_s
        self._shelf = shelf
        self._tidy = Tidy()

    def get(
        self, key: str, make: Callable[[], bytes], *, admit: Callable[[], None] = lambda: None, is_large: bool = False
    ) -> bytes:
        """The bytes for `key`, from `make` when they aren't at hand; its error goes to everyone who waits.

        `admit` is called before something is computed for this caller, and may raise: then nothing is. Raises
        BackendError image_request.busy when all places are taken, or stay taken too long.
        """
        data = self.kept(key)
        if data is not None:
            return data
        with self._lock:
            if key in self._kept:  # made a moment ago
                return self._kept[key]
            if self._inside >= self._places:
                raise busy()
            running = self._running.get(key)
            is_mine = running is None
            if running is None:
                admit()
                running = self._running[key] = Future()
            self._inside += 1
        try:
            return self._make(key, make, running, is_large=is_large) if is_mine else self._wait(running)
        finally:
            with self._lock:
                self._inside -= 1

    def kept(self, key: str) -> bytes | None:
        """The bytes for `key` where they are at hand; None where they would have to be computed."""
        data = self._at_hand(key)
        if data is None and self._shelf is not None and (data := self._shelf.get(key)) is not None:
            self._keep(key, data)
        return data

    def _make(self, key: str, make: Callable[[], bytes], running: "Future[bytes]", *, is_large: bool) -> bytes:
        try:
            with self._taken(self._large_turn) if is_large else nullcontext(), self._taken(self._turn):
                data = make()
            self._keep(key, data)
            running.set_result(data)
        except BaseException as error:
            running.set_exception(error)
            raise
        finally:
            self._tidy.busy()
            with self._lock:
                del self._running[key]
        if self._shelf is not None:
            self._shelf.put(key, data)
        return data

    @contextmanager
    def _taken(self, turn: Semaphore) -> Iterator[None]:
        if not turn.acquire(timeout=self._patience_s):
            raise busy()
        try:
            yield
        finally:
            turn.release()

    def _wait(self, running: "Future[bytes]") -> bytes:
        try:
            return running.result(timeout=2 * self._patience_s)
        except FutureTimeout:
            if running.done():
                raise
            raise busy() from None

    def _at_hand(self, key: str) -> bytes | None:
        with self._lock:
            data = self._kept.get(key)
            if data is not None:
                self._kept.move_to_end(key)
            return data

    def _keep(self, key: str, data: bytes) -> None:
        with self._lock:
            if len(data) * 4 > self._most_bytes or key in self._kept:
                return
            self._kept[key] = data
            self._bytes += len(data)
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._kept.popitem(last=False)[1])


def busy() -> BackendError:
    """All places are taken; worth another try."""
    return BackendError("image_request.busy", seconds=RETRY_S)
