"""What visitors search for, counted in memory and told to the catalogue now and then: no search waits for it."""

import logging
import threading

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from museum.db import utc_now, writing
from museum.search import search_counts

log = logging.getLogger("museum.search")
_TELL_EVERY_S = 10.0
_MOST = 2000  # different words between two tellings; what comes beyond is a machine trying words


class SearchTally:
    """Counts searches and tells them every ten seconds while there are any, and by `flush`. Threads may share one."""

    def __init__(self, engine: Engine, *, is_wanted: bool = True) -> None:
        self._engine = engine
        self._is_wanted = is_wanted
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, int]] = {}
        self._has_news = threading.Event()
        self._teller: threading.Thread | None = None

    def count(self, text: str, *, total: int) -> None:
        """Count one search of the public for `text`, which found `total` records."""
        words = search_counts.countable(text) if self._is_wanted else ""
        if not words:
            return
        with self._lock:
            if words not in self._counts and len(self._counts) >= _MOST:
                return
            asked, unfound = self._counts.get(words, (0, 0))
            self._counts[words] = (asked + 1, unfound + (not total))
            if self._teller is None:
                self._teller = threading.Thread(target=self._tell_on, name="searches", daemon=True)
                self._teller.start()
        self._has_news.set()

    def flush(self) -> None:
        """Tell what was counted until now. Counts that can't be written are forgotten: they are worth no failure."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        try:
            with writing(self._engine) as session:
                search_counts.add(session, counts, day=utc_now().date())
        except SQLAlchemyError as error:
            log.warning("searches were not counted: %s", type(error).__name__)

    def _tell_on(self) -> None:
        pause = threading.Event()  # never set: only its timeout is wanted
        while self._has_news.wait():
            pause.wait(_TELL_EVERY_S)
            self._has_news.clear()  # before the telling: what comes in between is news again
            self.flush()
