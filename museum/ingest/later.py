"""Work that nobody waits for: done by `museum work` when it has nothing else to do, in a process of the lowest rank."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, literal, select
from sqlalchemy.orm import Session, aliased

from museum.catalog import changes, store
from museum.catalog.record import Media, Record
from museum.catalog.store import Derivative
from museum.catalog.tables import DerivativeRow, MediaRow
from museum.db import reading, writing
from museum.errors import BackendError, MuseumError, NotFound
from museum.ingest.copies import Recipe
from museum.ingest.parts import Parts
from museum.jobs import processes, queue
from museum.jobs.tables import JobRow, State
from museum.jobs.worker import Worker

Outcome = TypeVar("Outcome")
PRIORITY = -10
AT_ONCE = 20  # jobs asked for at a time: what is more urgent comes between them
EVERY_S = 5.0
_LOOK_AGAIN = 120  # rounds after which we look even though the log says that nothing changed
_NICE = 15
_LOOK_S = 0.2
_END_S = 10.0
_ALONE = threading.Lock()


class Stopped(BaseException):
    """The worker is to end: the job in hand goes back as if nobody had tried it."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What is made later: the derivative `name` of media of a kind, by jobs of the kind `job`, once their derivative
    `first` is there. `recipe` goes up when the outcome changes: then all are made anew; `follows_first`: also when that
    of `first` does, which is appended to it. `is_wanted` (session, record, medium) says for which."""

    job: str
    name: str
    media_kind: str
    first: str
    recipe: str
    follows_first: bool = True
    is_wanted: Callable[[Session, str, str], bool] = lambda _session, _record, _media: True

    def code(self, first: str) -> str:
        """The recipe of a derivative whose `first` was made by that one."""
        return f"{self.recipe};{first}" if self.follows_first else self.recipe


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a job has to do: for which medium of a record, of which so much is `made`, and by which recipe."""

    record: Record
    media: Media
    made: Mapping[str, Derivative]
    recipe: Recipe


def task(parts: Parts, errand: Errand, payload: Mapping[str, Any]) -> Task | None:
    """What is to be made; None where nothing is: the medium or its `first` is gone, or what is there is as wanted."""
    with reading(parts.engine) as session:
        try:
            record = store.get(session, payload["record"])
        except NotFound:
            return None
        media = next((m for m in record.media if m.id == payload["media"]), None)
        if media is None:
            return None
        made = {d.name: d for d in store.derivatives(session, (media.sha256,))[media.sha256]}
    if errand.first not in made:
        return None
    recipe = Recipe(code=errand.code(str(made[errand.first].facts.get("recipe"))), primary=errand.name)
    if errand.name in made and made[errand.name].facts.get("recipe") == recipe.code:
        return None
    return Task(record=record, media=media, made=made, recipe=recipe)


def ask(parts: Parts, errand: Errand, *, most: int = AT_ONCE) -> int:
    """Ask for what at most `most` media lack or have of an older recipe; how many. Not for those given up."""
    made = aliased(DerivativeRow)
    first_recipe = DerivativeRow.facts["recipe"].as_string()
    wanted: ColumnElement[str] = literal(errand.recipe)
    if errand.follows_first:
        wanted = literal(f"{errand.recipe};") + first_recipe
    is_current = made.facts["recipe"].as_string() == wanted
    query = (
        select(MediaRow.record_id, MediaRow.id, MediaRow.sha256, first_recipe)
        .join(DerivativeRow, and_(DerivativeRow.sha256 == MediaRow.sha256, DerivativeRow.name == errand.first))
        .outerjoin(made, and_(made.sha256 == MediaRow.sha256, made.name == errand.name, is_current))
        .where(MediaRow.kind == errand.media_kind, made.sha256.is_(None))
        .order_by(MediaRow.id)
    )
    with writing(parts.engine) as session:
        dead = select(JobRow.key).where(JobRow.kind == errand.job, JobRow.state == State.DEAD)
        given_up = set(session.scalars(dead))
        asked = 0
        for record_id, media_id, sha256, recipe in session.execute(query).all():
            key = f"{errand.job}:{sha256}:{errand.code(recipe)}"
            if key not in given_up and errand.is_wanted(session, record_id, media_id):
                payload = {"record": record_id, "media": media_id}
                asked += queue.enqueue(session, errand.job, payload, key=key, priority=PRIORITY)
            if asked >= most:
                break
    return asked


def follow(
    parts: Parts,
    stop: threading.Event,
    *,
    kind: str,
    build: Callable[[Mapping[str, Any]], None],
    ask: Callable[[], int],
    every_s: float = EVERY_S,
) -> None:
    """Do jobs of `kind` with `build` until `stop` is set; `ask` for what is missing whenever something changed."""
    worker = Worker(parts.engine, {kind: build}, lease_s=parts.settings.lease_seconds)

    def work() -> None:
        with suppress(Stopped):
            worker.run_forever(stop)

    doing = threading.Thread(target=work, daemon=True)
    doing.start()
    known, rounds = -1, 0
    while not stop.is_set():
        with reading(parts.engine) as session:
            newest = changes.last_seq(session)
            is_busy = queue.waiting(session)
        if not is_busy and (newest != known or rounds >= _LOOK_AGAIN):
            known, rounds = (newest, 0) if not ask() else (-1, 0)
        rounds += 1
        stop.wait(every_s)
    doing.join(timeout=_END_S)


def gently(work: Callable[..., Outcome], *arguments: object, stop: threading.Event, failure: BackendError) -> Outcome:
    """What `work(*arguments)` gives, done in a process of low rank, so that neither web nor other jobs feel it.

    One such process at a time: each may take as much memory as a large scan needs. Raises what it raised (MuseumError,
    OSError), `failure` where its process ended otherwise, Stopped once `stop` is set.
    """
    while not _ALONE.acquire(timeout=_LOOK_S):
        if stop.is_set():
            raise Stopped
    try:
        return _gently(work, arguments, stop, failure)
    finally:
        _ALONE.release()


def _gently(
    work: Callable[..., Outcome], arguments: tuple[object, ...], stop: threading.Event, failure: BackendError
) -> Outcome:
    context = processes.context()
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(sender, work, arguments), daemon=True)
    child.start()
    sender.close()
    try:
        while not receiver.poll(_LOOK_S):
            if stop.is_set():
                raise Stopped
        is_done, outcome = receiver.recv()
    except EOFError as error:
        raise failure from error
    finally:
        child.terminate()  # it has nothing left to do, or is not to do it
        child.join(_END_S)
        child.kill()
        child.join()
        receiver.close()
    if is_done:
        made: Outcome = outcome
        return made
    if isinstance(outcome, MuseumError):
        raise outcome
    raise OSError(outcome.errno, outcome.strerror) from outcome


def _child(sender: Connection, work: Callable[..., object], arguments: tuple[object, ...]) -> None:
    processes.end_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what it has started itself is ended, too
    os.nice(_NICE)
    try:
        answer: tuple[bool, object] = (True, work(*arguments))
    except (MuseumError, OSError) as error:
        answer = (False, error)
    sender.send(answer)
    sender.close()
