"""Counts kept aside are told whole: by themselves, at once when asked, and from many threads."""

import threading
from collections import Counter

from museum.web.tallies import Tallies, Tally

BOUNDS = (0.001, 0.01)


class Told:
    """Adds up what is told."""

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.by_seconds = [0, 0, 0]
        self.size_bytes = 0
        self.is_all = threading.Event()

    def __call__(self, tally: Tally) -> None:
        self.answers.update(tally.answers)
        self.by_seconds = [a + b for a, b in zip(self.by_seconds, tally.by_seconds, strict=True)]
        self.size_bytes += tally.size_bytes
        if self.answers.total() == 8_000:
            self.is_all.set()


def test_many_threads_lose_no_count() -> None:
    told = Told()
    tallies = Tallies(BOUNDS, told)

    def count() -> None:
        for number in range(1_000):
            tallies.count(method="GET", status=304 if number % 4 else 200, seconds=0.002, size_bytes=3)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.is_all.wait(30), f"told without being asked: {told.answers}"
    assert told.answers == {("GET", 200): 2_000, ("GET", 304): 6_000}
    assert (told.by_seconds, told.size_bytes) == ([0, 8_000, 0], 24_000)


def test_a_flush_tells_at_once_and_once() -> None:
    told = Told()
    tallies = Tallies(BOUNDS, told)
    for seconds in (0.0005, 0.001, 0.0011, 5.0):
        tallies.count(method="HEAD", status=200, seconds=seconds, size_bytes=0)
    tallies.flush()
    tallies.flush()
    assert told.answers == {("HEAD", 200): 4}
    assert told.by_seconds == [2, 1, 1], "a bound belongs to its bucket, as in Prometheus"
