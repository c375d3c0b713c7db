"""How many long answers a web process makes at once: each reads the catalogue as long as its reader reads."""

import threading
from collections.abc import Callable

AT_ONCE = 4


class Turns:
    """So many turns; who finds none free is asked to come again."""

    def __init__(self, most: int = AT_ONCE) -> None:
        self._free = threading.BoundedSemaphore(most)

    def take(self) -> Callable[[], None] | None:
        """A turn, None where none is free; what is given back ends it, whether called once or more often."""
        if not self._free.acquire(blocking=False):
            return None
        lock, is_over = threading.Lock(), False

        def end() -> None:
            nonlocal is_over
            with lock:
                if not is_over:
                    is_over = True
                    self._free.release()

        return end
