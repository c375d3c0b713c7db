"""The worker's witness: once a day the head of the change log goes into a file and into the program's log.

Against these a log shows that was cut short or written anew (`museum audit verify`).
"""

import logging
import threading

from sqlalchemy import Engine

from museum.catalog import chain, heads
from museum.catalog.chain import Head
from museum.config import Settings
from museum.db import reading, utc_now
from museum.errors import BackendError

_EVERY_S = 600.0
_LOG = logging.getLogger("museum.audit")


def witness(engine: Engine, settings: Settings, *, at_once: bool = False) -> Head | None:
    """Save the head where none was saved today, or `at_once`; the head that was saved, or None.

    Raises BackendError when the file can't be read or written.
    """
    now = utc_now()
    with reading(engine) as session:
        head = chain.head(session)
    if head is None or not (at_once or heads.is_due(settings.home, head, now=now)):
        return None
    heads.save(settings.home, head, now=now)
    _LOG.info("head of the change log: seq=%d hash=%s", head.seq, head.hash)
    return head


def follow(engine: Engine, settings: Settings, stop: threading.Event) -> None:
    """Witness until `stop` is set. What can't be written is said in the log and tried again."""
    while not stop.is_set():
        try:
            witness(engine, settings)
        except BackendError as error:
            _LOG.error("%s", error)
        stop.wait(_EVERY_S)
