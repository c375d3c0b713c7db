"""Web processes forked from a supervisor that has loaded the application: what they share is in memory once.

A forked process inherits the locks that other threads hold at that moment (one in ten starts had a worker that never
answered, while another thread was asking for its health). So whatever the supervisor does in threads begins when the
workers are there, see `after_start`; granian's own threads only wait for their process.
"""

import ctypes
import gc
import importlib
import multiprocessing
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from granian.server.mp import MPServer, WorkerProcess

from museum.errors import MuseumError

_ALWAYS = ("granian._loops", "sqlalchemy.dialects.sqlite", "sqlalchemy.orm")
_SOON_S = 10.0  # a worker that lived no longer died of something that may last
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 4.0
_ENDING = (signal.SIGTERM, signal.SIGINT)
_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 2


def prepare(modules: Sequence[str]) -> None:
    """Load `modules`, which start no thread when imported, for all processes that are forked from now on."""
    _share_memory()
    for name in (*_ALWAYS, *modules):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is loaded stays as it is: looking through it again would copy it into each process


def _share_memory() -> None:
    """Let all threads of this and the forked processes take memory from the same few places.

    glibc gives each thread a place of its own and keeps what was freed there: after 40 computed images two processes
    held 165 MiB instead of 96. Where there is no glibc, nothing happens.
    """
    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit is not None:
        limit(_M_ARENA_MAX, _ARENAS)


class PreparedServer(MPServer):
    """Granian whose workers are forked; `after_start` is called once when the first ones are there.

    A worker that dies is replaced as often as it dies, after a pause that grows while they die soon. Granian itself
    gives up, and the museum with it, when one dies twice in 5.5 seconds.
    """

    def __init__(self, *arguments: Any, after_start: Callable[[], None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._after_start = after_start
        self._replaced_at = -_SOON_S
        self._pause_s = 0.0

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; past MPServer's `serve`, which adds a warning of more threads than cores."""
        super(MPServer, self).serve()

    # Granian's own base class names one parameter more than its servers take.
    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> WorkerProcess:  # type: ignore[override]
        worker = super()._spawn_worker(idx, target, callback_loader)
        planned = worker.inner  # not started yet
        worker.inner = _Forked(name=planned.name, target=_begin, args=(planned._target, *planned._args))
        return worker

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        super()._spawn_workers(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # granian's has no types
        self._after_start()

    def _respawn_workers(self, workers: Any, spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        is_soon = time.monotonic() - self._replaced_at < _SOON_S
        self._pause_s = min(max(2 * self._pause_s, _FIRST_PAUSE_S), _LONGEST_PAUSE_S) if is_soon else 0.0
        time.sleep(self._pause_s)
        if self.interrupt_signal:  # told to end meanwhile
            return
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        self._replaced_at = time.monotonic()
        self.respawned_wrks.clear()  # by these it would see a loop and give up


class _Forked(multiprocessing.get_context("fork").Process):  # type: ignore[misc]  # a class made by the library
    def start(self) -> None:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def is_alive(self) -> bool:
        # Two threads wait for it, and the one that comes late learns nothing of its end but by this.
        return not wait([self.sentinel], 0) and super().is_alive()


def _begin(target: Callable[..., None], *arguments: Any) -> None:
    """In the new process: until granian sets its own handlers, a signal to end means the end, not the supervisor's."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    target(*arguments)


def in_child(check: Callable[..., None], *arguments: object) -> None:
    """Do `check` in a process of its own: what it loads is gone with it. Raises the MuseumError that it raises."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(theirs, check, arguments))
    process.start()
    theirs.close()
    try:
        found = ours.recv()
    except EOFError:  # the child broke off, and said why on standard error
        found = None
        check(*arguments)
    finally:
        process.join()
        ours.close()
    if isinstance(found, MuseumError):
        raise found


def _report(pipe: "Connection[Any, Any]", check: Callable[..., None], arguments: tuple[object, ...]) -> None:
    try:
        check(*arguments)
    except MuseumError as error:
        pipe.send(error)
    else:
        pipe.send(None)
