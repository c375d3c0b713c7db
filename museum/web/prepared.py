"""Web processes forked from a supervisor that has loaded the application: what they share is in memory once.

A forked process inherits the locks that other threads hold at that moment (one in ten starts had a worker that never
answered, while another thread was asking for its health). So whatever the supervisor does in threads begins when the
workers are there, see `after_start` of `museum.web.supervising`.
"""

import gc
import importlib
import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy.orm import configure_mappers

from museum.errors import MuseumError
from museum.jobs.processes import share_memory

_ALWAYS = ("museum.web.listening", "uvloop", "sqlalchemy.dialects.sqlite", "sqlalchemy.orm")


def prepare(modules: Sequence[str]) -> None:
    """Load `modules`, which start no thread when imported, for all processes that are forked from now on."""
    share_memory()
    for name in (*_ALWAYS, *modules):
        importlib.import_module(name)
    configure_mappers()
    gc.collect()
    gc.freeze()  # what is loaded stays as it is: looking through it again would copy it into each process


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
