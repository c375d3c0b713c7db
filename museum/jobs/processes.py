"""Processes of our own, forked from one that has loaded what they all need: the second starts in no time.

What is loaded before must hold no thread and no device: pyvips is not, numba is, since it starts its threads with the
first parallel kernel.
"""

import ctypes
import multiprocessing
import os
import threading
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 2
_NEEDED_BY_ALL = [
    "edtf",
    "iiif_prezi3",
    "jsonschema",
    "museum.geometry.prepared",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
]


def context() -> ForkServerContext:
    """Where to get processes from. The first call begins the loading, beside whatever the caller does next."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(_NEEDED_BY_ALL)
    forkserver.ensure_running()
    return made


def close() -> None:
    """End the process that others are forked from, and give its memory back; `context` would start it anew.

    Only when none of its processes is wanted any more.
    """
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # there is no public way; its own tests use this


def share_memory() -> None:
    """Let all threads of this process, and of those forked from it, take memory from the same few places.

    glibc gives each thread a place of its own and keeps what was freed there: after 40 computed images two processes
    held 165 MiB instead of 96. Where there is no glibc, nothing happens.
    """
    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit is not None:
        limit(_M_ARENA_MAX, _ARENAS)


def end_with_parent() -> None:
    """From now on this process ends when the one that asked for it has, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
