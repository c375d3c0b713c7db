"""Processes that analyze records for a build; each reads parts from a pipe and answers with what is to be written.

They share nothing, need no forking of a process with threads, and end when the pipe does: also with a killed parent.
Nobody reads a fresh index before its end, so nothing is committed on the way: a build that ends early leaves nothing.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, islice
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from museum.errors import BackendError
from museum.search.building import Given, Prepared, Rules, prepare

PART = 500  # records that are handed over together
_AT_HOME = 8  # parts; of fewer records the analysis has ended before another process has begun
_MOST = 4  # one process writes what they make: more would wait for it


def processes() -> int:
    """How many are worth starting on this machine; 1: none."""
    return min(len(os.sched_getaffinity(0)), _MOST)


def prepared(given: Iterable[Given], rules: Rules, *, processes: int) -> Iterator[Prepared]:
    """The records in parts, in their order, analyzed by so many processes where there is more than one.

    Few parts wait at a time, whatever the number of records. What goes wrong in a process is raised here.
    """
    waiting = iter(given)
    parts = iter(lambda: list(islice(waiting, PART)), [])
    first = list(islice(parts, _AT_HOME))
    if processes < 2 or len(first) < _AT_HOME:
        for part in chain(first, parts):
            yield prepare(part, rules)
        return
    with Analysts(processes, rules) as analysts:
        asked = deque(analysts.ask(part) for part in first)
        for part in parts:
            yield asked.popleft().result()
            asked.append(analysts.ask(part))
        while asked:
            yield asked.popleft().result()


class Analysts:
    """So many processes, until the end of a `with` block."""

    def __init__(self, number: int, rules: Rules) -> None:
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._all: list[subprocess.Popen[bytes]] = []
        self._threads = ThreadPoolExecutor(number)
        try:
            for _ in range(number):
                self._idle.put(self._begun(rules))
        except OSError as error:
            self.__exit__(type(error), error, None)
            raise BackendError("search.not_written", reason=error) from error

    def _begun(self, rules: Rules) -> subprocess.Popen[bytes]:
        # Not with what lies in the folder that somebody stands in.
        command = [sys.executable, "-P", "-m", "museum.search.analysts"]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._all.append(child)
        _send(child, rules)
        return child

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None:
            for child in self._all:
                child.kill()
        self._threads.shutdown(cancel_futures=True)
        for child in self._all:
            with suppress(BrokenPipeError), child:  # closes its pipes, at which it ends, and waits for that
                pass

    def ask(self, part: Sequence[Given]) -> Future[Prepared]:
        """What `prepare` makes of a part, when one of them has time."""
        return self._threads.submit(self._ask, part)

    def _ask(self, part: Sequence[Given]) -> Prepared:
        child = self._idle.get()
        try:
            _send(child, part)
            answer: Prepared | Exception = pickle.load(_pipe(child.stdout))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise BackendError("search.not_written", reason=error) from error
        finally:
            self._idle.put(child)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _send(child: subprocess.Popen[bytes], thing: object) -> None:
    pipe = _pipe(child.stdin)
    pickle.dump(thing, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _pipe(pipe: Any) -> Any:
    if pipe is None:
        raise AssertionError("a child is started with its pipes")
    return pipe


def _work() -> None:
    gc.disable()  # records and documents hold no cycles, and looking for some would take a third of the time
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what anybody prints must not come between the answers
    rules: Rules = pickle.load(source)
    while True:
        try:
            part: Sequence[Given] = pickle.load(source)
        except EOFError:
            return
        answer: Prepared | Exception
        try:
            answer = prepare(part, rules)
        except Exception as error:  # noqa: BLE001 (whatever it is, the one who asked raises it)
            answer = error
        try:
            pickle.dump(answer, sink, protocol=pickle.HIGHEST_PROTOCOL)
            sink.flush()
        except BrokenPipeError:  # the parent has ended
            return


if __name__ == "__main__":
    _work()
