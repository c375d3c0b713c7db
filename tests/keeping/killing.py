"""A forked process that does something and kills itself before the n-th step that changes the disk."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.chmod", "os.utime", "sqlite3.connect"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def steps_of(work: Callable[[], object], below: Path) -> int:
    """Do `work` in a child to its end: how many steps below a folder it takes."""
    reading, writing = os.pipe()
    child = _forked(work, below, 0, writing)
    os.close(writing)
    with os.fdopen(reading) as said:
        text = said.read()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, "the work itself failed"
    return int(text)


def killed_at(work: Callable[[], object], below: Path, step: int) -> bool:
    """Do `work` in a child that is killed before its step number `step`; False when it came to its end before."""
    _, status = os.waitpid(_forked(work, below, step, None), 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL), f"the work itself failed: {code}"
    return code == -signal.SIGKILL


def _forked(work: Callable[[], object], below: Path, step: int, tell: int | None) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        count = _watch(str(below), step)
        work()
        if tell is not None:
            os.write(tell, str(count[0]).encode())
        code = 0
    finally:
        os._exit(code)


def _watch(below: str, step: int) -> list[int]:
    count = [0]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            if not (isinstance(arguments[2], int) and arguments[2] & _WRITES):
                return
        elif event not in _EVENTS:
            return
        if not str(arguments[0]).startswith(below):
            return
        count[0] += 1
        if count[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return count
