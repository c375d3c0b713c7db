"""An engine that answers in a process of its own, as it does in life: none finds another's data in its memory."""

import gc
import multiprocessing
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from tests.bench.search_peers import Answer, Ask


class Asked(Protocol):
    """What answers."""

    def ask(self, ask: Ask) -> Answer:
        """Answer one query."""

    def close(self) -> None:
        """Give back what is open."""


class Renewed(Asked, Protocol):
    """What can forget all it remembers."""

    def reload(self) -> None:
        """See the newest state, as after a change."""


class Seat:
    """A process in which `opening` (importable by name, its arguments picklable) opens what is asked; it ends with a
    `with` block. Milliseconds are taken inside, so that no pipe is measured."""

    def __init__(self, opening: Callable[..., Asked], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_answer, args=(theirs, opening, arguments), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._pipe.close()
        self._process.join()

    def ask(self, asks: Sequence[Ask], *, is_anew: bool = False) -> tuple[list[float], list[int]]:
        """Milliseconds and total of each query; `is_anew`: each asked first after a change."""
        self._pipe.send((tuple(asks), is_anew))
        times, totals = self._pipe.recv()
        return times, totals


def _answer(pipe: Any, opening: Callable[..., Any], arguments: Sequence[Any]) -> None:
    engine = opening(*arguments)
    gc.freeze()  # as the web processes of a museum do
    while True:
        try:
            asks, is_anew = pipe.recv()
        except EOFError:
            engine.close()
            return
        times, totals = [], []
        for ask in asks:
            if is_anew:
                engine.reload()
            started = time.perf_counter()
            total = engine.ask(ask).total
            times.append((time.perf_counter() - started) * 1000)
            totals.append(total)
        pipe.send((times, totals))
