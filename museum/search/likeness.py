"""Which pictures look alike: the codes of all of them in memory, compared with one. Pure integers, no library."""

import datetime as dt
import heapq
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from museum.catalog import looks
from museum.db import reading
from museum.imaging.look import distance

ALIKE = 60
"""Codes that differ in more bits are of different things: of 60 photographs, views of one object differed in 25 to 50
of 256 bits, unlike ones in 70 to 90 (medians)."""
_LOOK_AGAIN_S = 5.0
_ANEW_S = 900.0


@dataclass(frozen=True, kw_only=True)
class Alike:
    """A picture that looks like the one that was asked for: by how many of 256 bits their codes differ."""

    record_id: str
    sha256: str
    bits: int


class Likeness:
    """The codes of a museum's pictures, 150 bytes each: read when first asked for, new ones every five seconds.

    What it holds is no answer yet: whoever shows a picture asks first whether everybody may see it. Threads may share
    one.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: dict[tuple[str, str], int] = {}
        self._looked_at = self._begun_at = float("-inf")
        self._newest: dt.datetime | None = None

    def alike(self, code: bytes, *, without: str, limit: int) -> list[Alike]:
        """At most `limit` records other than `without` with a picture like this one, the most alike first.

        Each record once. Some 0.2 µs a picture.
        """
        own = int.from_bytes(code, "big")
        best: dict[str, Alike] = {}
        for (record_id, sha256), other in self._known().items():
            bits = distance(own, other)
            if bits <= ALIKE and record_id != without and (record_id not in best or bits < best[record_id].bits):
                best[record_id] = Alike(record_id=record_id, sha256=sha256, bits=bits)
        return heapq.nsmallest(limit, best.values(), key=lambda one: (one.bits, one.record_id))

    def _known(self) -> dict[tuple[str, str], int]:
        with self._lock:
            now = self._clock()
            if now - self._looked_at >= _LOOK_AGAIN_S:
                is_anew = now - self._begun_at >= _ANEW_S  # pictures that went are only missed then
                with reading(self._engine) as session:
                    found, newest = looks.coded(session, since=None if is_anew else self._newest)
                fresh = {(one.record_id, one.sha256): int.from_bytes(one.code, "big") for one in found}
                self._codes = fresh if is_anew else {**self._codes, **fresh}
                self._newest = newest or self._newest
                self._begun_at = now if is_anew else self._begun_at
                self._looked_at = now
            return self._codes
