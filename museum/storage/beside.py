"""One thread beside the caller's, so that hashing and copying use two cores."""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Beside:
    """A thread that is started when first needed and kept (starting one costs as much as hashing 50 KB).

    After a fork the child gets its own: threads don't cross a fork.
    """

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._process = 0

    def submit(self, work: Callable[[], None]) -> Future[None]:
        """Let the thread do `work`."""
        if self._pool is None or self._process != os.getpid():
            self._pool = ThreadPoolExecutor(1, "masters")
            self._process = os.getpid()
        return self._pool.submit(work)
