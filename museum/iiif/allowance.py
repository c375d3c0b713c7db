"""How much computing one network address may ask for: a bucket of tokens each, filled again as time passes."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from museum.errors import BackendError

_MOST_CLIENTS = 10_000  # those who asked last; whoever is forgotten begins with a full bucket


class Allowance:
    """`burst` images at once, then `per_minute`, for each address (of IPv6 each /64, which is one connection).

    Every web process counts for itself. `per_minute` 0 is no limit.
    """

    def __init__(self, *, burst: int, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = float(max(1, burst))
        self._per_s = per_minute / 60
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address → (tokens, when counted)
        self._lock = Lock()

    def take(self, client: str, *, cost: int = 1) -> None:
        """Take `cost` tokens (at most a whole bucket) from the client's; BackendError image_request.too_many, which
        says after how many `seconds` there are enough, when they are not there."""
        if not self._per_s:
            return
        name, now, wanted = _network(client), self._clock(), min(float(cost), self._burst)
        with self._lock:
            tokens, counted = self._left.get(name, (self._burst, now))
            tokens = min(self._burst, tokens + (now - counted) * self._per_s)
            is_enough = tokens >= wanted
            self._left[name] = (tokens - wanted if is_enough else tokens, now)
            self._left.move_to_end(name)
            while len(self._left) > _MOST_CLIENTS:
                self._left.popitem(last=False)
        if not is_enough:
            raise BackendError("image_request.too_many", seconds=math.ceil((wanted - tokens) / self._per_s))


def _network(client: str) -> str:
    if ":" not in client:
        return client
    try:
        return str(ipaddress.IPv6Network((client.strip("[]").partition("%")[0], 64), strict=False))
    except ValueError:
        return client
