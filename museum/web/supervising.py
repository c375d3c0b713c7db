"""Processes of one kind, kept at their number: who dies is replaced, as often as it dies."""

import contextlib
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess

_SOON_S = 10.0  # a worker that lived no longer died of something that may last
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 4.0
_ENDING_S = 8.0
log = logging.getLogger("museum.serve")
_ENDING = (signal.SIGTERM, signal.SIGINT)


class Supervisor:
    """Forks `count` processes and keeps them: `work` is called in each with its number, from 0.

    `after_start` is called once when the first ones are there. A process that dies is replaced, after a pause that
    grows while they die soon.
    """

    def __init__(self, work: Callable[[int], None], count: int, *, after_start: Callable[[], None]) -> None:
        self._work = work
        self._processes: list[ForkProcess | None] = [None] * count
        self._after_start = after_start
        self._replaced_at = -_SOON_S
        self._pause_s = 0.0

    def run(self) -> None:
        """Until SIGTERM or SIGINT; then the processes are told, and 8 seconds later made, to end."""
        with _signals() as told:
            for number in range(len(self._processes)):
                self._start(number)
            self._after_start()
            while not told.is_there:
                self._replace(told)
                known = [process.sentinel for process in self._processes if process is not None]
                wait([told.pipe, *known], None if len(known) == len(self._processes) else _LONGEST_PAUSE_S)
            self._end()

    def _start(self, number: int) -> None:
        process = multiprocessing.get_context("fork").Process(target=_begin, args=(self._work, number))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        self._processes[number] = None
        try:
            process.start()
            self._processes[number] = process
        except OSError as error:  # no process to be had just now
            log.warning("a web process can't be started: %s", error.strerror)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _replace(self, told: "_Told") -> None:
        dead = [n for n, process in enumerate(self._processes) if process is None or not process.is_alive()]
        if not dead:
            return
        is_soon = time.monotonic() - self._replaced_at < _SOON_S
        self._pause_s = min(max(2 * self._pause_s, _FIRST_PAUSE_S), _LONGEST_PAUSE_S) if is_soon else 0.0
        wait([told.pipe], self._pause_s)
        if told.is_there:
            return
        for number in dead:
            self._start(number)
        self._replaced_at = time.monotonic()

    def _end(self) -> None:
        living = [process for process in self._processes if process is not None]
        for process in living:
            process.terminate()
        until = time.monotonic() + _ENDING_S
        for process in living:
            process.join(max(0.0, until - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()


def _begin(work: Callable[[int], None], number: int) -> None:
    """In the new process: until it sets handlers of its own, a signal to end means the end, not the supervisor's."""
    signal.set_wakeup_fd(-1)
    for one in _ENDING:
        signal.signal(one, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    work(number)


class _Told:
    """Whether a signal to end has come; `pipe` is readable from then on."""

    def __init__(self, pipe: int) -> None:
        self.pipe = pipe
        self.is_there = False


@contextlib.contextmanager
def _signals() -> Iterator[_Told]:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    told = _Told(reading)

    def heard(_number: int, _frame: object) -> None:
        told.is_there = True

    before = {number: signal.signal(number, heard) for number in _ENDING}
    wakeup = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield told
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)
