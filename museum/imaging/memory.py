"""Memory that computing images leaves behind, given back to the system."""

import ctypes
import threading
import time
from collections.abc import Callable

PAUSE_S = 2.0


def give_back() -> None:
    """Let the C library hand back what is free in its arenas; some 17 ms for 45 MiB. Without glibc nothing happens.

    libvips frees what it took, but glibc keeps it: after 40 computed images a web process held 91 MiB, and 47 after
    this.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class Tidy:
    """Calls `give` once nobody was busy for `pause_s`: after each image it would cost half as much as the image.

    Threads may share it; a thread of its own runs only from the first image to the end of the pause.
    """

    def __init__(
        self,
        *,
        pause_s: float = PAUSE_S,
        give: Callable[[], None] = give_back,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], None] | None = None,
    ) -> None:
        self._pause_s = pause_s
        self._give = give
        self._clock = clock
        self._later = later or _in_a_thread
        self._lock = threading.Lock()
        self._is_waiting = False
        self._last = 0.0

    def busy(self) -> None:
        """Something was computed at this moment."""
        with self._lock:
            self._last = self._clock()
            if self._is_waiting:
                return
            self._is_waiting = True
        self._later(self._pause_s, self._look)

    def _look(self) -> None:
        with self._lock:
            left = self._last + self._pause_s - self._clock()
            self._is_waiting = left > 0
        if left > 0:
            self._later(left, self._look)
        else:
            self._give()


def _in_a_thread(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
