"""The worker: takes jobs one after another, keeps their leases alive, and answers for what handlers raise."""

import datetime as dt
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from museum.db import utc_now
from museum.errors import LANGUAGES, BackendError, MuseumError, message_of
from museum.jobs.queue import Job, claim, fail, finish, give_back, heartbeat, unfinished_until

Handler = Callable[[dict[str, Any]], None]
_BACKOFF_S = 1.0  # the first wait; it doubles with each try
_MAX_BACKOFF_S = 300.0
_PATIENCE_S = 60.0  # run_until_idle waits for retries and leases that come due within this
_POLL_S = 1.0


class Worker:
    """Runs the handlers of some kinds of jobs. Many workers, in many processes and hosts, may share a database.

    A handler gets the job's payload. It may be run twice for one job, and must then give the same result.
    """

    def __init__(
        self,
        engine: Engine,
        handlers: Mapping[str, Handler],
        *,
        lease_s: float = 60,
        poll_s: float = _POLL_S,
        backoff_s: float = _BACKOFF_S,
    ) -> None:
        self.engine = engine
        self.handlers = dict(handlers)
        self.lease_s = lease_s
        self.poll_s = poll_s
        self.backoff_s = backoff_s
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"

    def run_until_idle(self, *, on_done: Callable[[Job, MuseumError | Exception | None], None] | None = None) -> int:
        """Work until nothing of our kinds is left to do; gives how many tries were made.

        Waits for retries and other workers' jobs that come due within a minute, so that after it everything
        asked for is done or dead. `on_done` hears of every try: the job, and its error or None.
        """
        tried = 0
        while True:
            job = claim(self.engine, self.owner, kinds=self.handlers, lease_s=self.lease_s)
            if job is not None:
                error = self.run(job)
                tried += 1
                if on_done is not None:
                    on_done(job, error)
                continue
            now = utc_now()
            horizon = now + dt.timedelta(seconds=max(_PATIENCE_S, self.lease_s))
            due = unfinished_until(self.engine, kinds=self.handlers, horizon=horizon)
            if due is None:
                return tried
            threading.Event().wait(min(self.poll_s, max(0.01, (due - now).total_seconds())))

    def run_forever(self, stop: threading.Event) -> None:
        """Work until `stop` is set; the job in hand is finished first. A database that is away is tried again."""
        while not stop.is_set():
            try:
                job = claim(self.engine, self.owner, kinds=self.handlers, lease_s=self.lease_s)
                if job is not None:
                    self.run(job)
                    continue
            except SQLAlchemyError:
                pass  # locked or gone for a while: the lease will end, and the job be taken again
            stop.wait(self.poll_s)

    def run(self, job: Job) -> Exception | None:
        """Run a claimed job and record how it ended; gives the handler's error, or None."""
        try:
            with self._beating(job):
                self.handlers[job.kind](job.payload)
        except Exception as error:  # noqa: BLE001 (whatever a handler raises is recorded with its job, here only)
            fail(self.engine, job.id, owner=self.owner, error=_words(error), retry_at=self._retry_at(job, error))
            return error
        except BaseException:
            give_back(self.engine, job.id, owner=self.owner)
            raise
        finish(self.engine, job.id, owner=self.owner)
        return None

    def _retry_at(self, job: Job, error: Exception) -> dt.datetime | None:
        """When to try again: never what won't get better (a bad file, a bad request), later what may (a full disk)."""
        if job.tries >= job.max_tries or (isinstance(error, MuseumError) and not isinstance(error, BackendError)):
            return None
        return utc_now() + dt.timedelta(seconds=min(_MAX_BACKOFF_S, self.backoff_s * 2 ** (job.tries - 1)))

    @contextmanager
    def _beating(self, job: Job) -> Iterator[None]:
        """Keep the lease alive from a thread of its own while the handler works."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(self.lease_s / 3):
                try:
                    if not heartbeat(self.engine, job.id, owner=self.owner, lease_s=self.lease_s):
                        return
                except SQLAlchemyError:
                    continue  # locked for long by the handler's own work: the next beat may come through

        thread = threading.Thread(target=beat, name=f"heartbeat-{job.id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _words(error: Exception) -> dict[str, str]:
    """The error as it is kept with the job: its code, and its words in each language."""
    if isinstance(error, MuseumError):
        return {"code": error.code} | {language: error.message(language) for language in LANGUAGES}
    values: dict[str, object] = {"kind": type(error).__name__, "reason": str(error)}
    return {"code": "jobs.handler_failed"} | {
        language: message_of("jobs.handler_failed", language, values) for language in LANGUAGES
    }
