"""Computed images kept for a while: bounded by bytes, made once however many ask at the same time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock, Semaphore


class RenderedImages:
    """A least-recently-used store of at most `most_bytes`; at most `at_once` images are computed together."""

    def __init__(self, *, most_bytes: int = 64 * 2**20, at_once: int = 2) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._running: dict[Hashable, Future[bytes]] = {}
        self._lock = Lock()
        self._turn = Semaphore(at_once)

    def get(self, key: Hashable, make: Callable[[], bytes], *, is_kept: bool) -> bytes:
        """The bytes for `key`, from `make` when they aren't at hand; its error goes to everyone who waits.

        Only what is asked for again is worth keeping: `is_kept` False leaves the store as it is.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            running = self._running.get(key)
            is_mine = running is None
            if running is None:
                running = self._running[key] = Future()
        if not is_mine:
            return running.result()
        try:
            with self._turn:
                data = make()
        except BaseException as error:
            running.set_exception(error)
            raise
        else:
            running.set_result(data)
        finally:
            with self._lock:
                del self._running[key]
        if is_kept:
            self._keep(key, data)
        return data

    def _keep(self, key: Hashable, data: bytes) -> None:
        with self._lock:
            if len(data) * 4 > self._most_bytes or key in self._kept:
                return
            self._kept[key] = data
            self._bytes += len(data)
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._kept.popitem(last=False)[1])
