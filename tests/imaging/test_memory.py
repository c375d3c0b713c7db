"""What computing leaves behind is given back when nobody is busy, and not before."""

import ctypes
import subprocess
import sys
from collections.abc import Callable

import pytest

from museum.imaging.memory import Tidy

_FILL = """
import re
from museum.imaging.memory import give_back
def held():
    return int(re.search(r"Pss_Anon:\\s+(\\d+)", open("/proc/self/smaps_rollup").read())[1])
pieces = [bytes(60_000) for _ in range(1500)]
last = bytes(60_000)
del pieces
before = held()
give_back()
print(before - held())
"""


def test_memory_is_given_back_in_the_pause_after_the_last_image_only() -> None:
    now, given, waiting = [0.0], [0], list[tuple[float, Callable[[], None]]]()
    tidy = Tidy(
        pause_s=2,
        give=lambda: given.__setitem__(0, given[0] + 1),
        clock=lambda: now[0],
        later=lambda *w: waiting.append(w),
    )
    for moment in (0.0, 0.5, 1.5):
        now[0] = moment
        tidy.busy()
    (seconds, look), *others = waiting
    assert (seconds, others) == (2, [])
    now[0] = 2.0
    look()
    assert given == [0]
    assert waiting[1][0] == 1.5  # two seconds after the last
    now[0] = 3.5
    waiting[1][1]()
    assert (given, len(waiting)) == ([1], 2)
    now[0] = 10.0
    tidy.busy()  # and again
    now[0] = 12.0
    waiting[2][1]()
    assert (given, len(waiting)) == ([2], 3)


@pytest.mark.parametrize("has_it", [hasattr(ctypes.CDLL(None), "malloc_trim")])
def test_free_memory_goes_back_to_the_system(has_it: bool) -> None:
    given_kib = int(subprocess.check_output([sys.executable, "-c", _FILL], text=True))
    print(f"{given_kib} KiB given back")
    assert given_kib > 40_000 if has_it else given_kib == 0
