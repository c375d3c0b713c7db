"""Logs as JSON lines, and nothing personal in them: no addresses of machines, no searched words, no names, no e-mails.

A request is told by its route's pattern ("/o/<record_id>"), never by its path or query. An error is told by its type
and the places it went through; its message is left out, since databases and parsers quote what they were given.
"""

import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping
from threading import Lock
from typing import IO, Any

import structlog

from museum.web.traces import places, types

_REQUESTS = "museum.requests"
_SENT_AWAY_EVERY_S = 60.0


class SentAway:
    """Requests told to come again later (429, 503): where there is one there are thousands, so they share lines.

    The first is told at once, then once a minute how many there were since, and with which statuses. Threads may share
    one; each process has its own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._since: Counter[int] = Counter()
        self._next = clock()

    def note(self, *, request_id: str, route: str, status: int) -> None:
        """One more of them."""
        with self._lock:
            self._since[status] += 1
            now = self._clock()
            if now < self._next:
                return
            self._next = now + _SENT_AWAY_EVERY_S
            told = {str(code): count for code, count in sorted(self._since.items())}
            self._since.clear()
        structlog.stdlib.get_logger(_REQUESTS).warning("sent away", id=request_id, route=route, requests=told)


def configure(stream: IO[str] | None = None) -> None:
    """From now on everything logged in this process is a JSON line on `stream` (standard error)."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _without_messages,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("museum").setLevel(logging.INFO)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def request_done(*, request_id: str, method: str, route: str, status: int, ms: float, size_bytes: int) -> None:
    """One answered request: the line that everything about a visit is told by."""
    log = structlog.stdlib.get_logger(_REQUESTS)
    tell = log.error if status >= 500 else log.info
    tell("request", id=request_id, method=method, route=route, status=status, ms=ms, bytes=size_bytes)


def _without_messages(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Instead of an exception with its message: its type, its causes' types, and where it went through our code."""
    given = event.pop("exc_info", None)
    event.pop("exc_text", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = types(error)
        event["through"] = places(error.__traceback__)
    return event
