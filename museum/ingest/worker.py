"""Whoever makes derivatives: the handlers of ingest's jobs, `museum work`, and the crew of a running ingest."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from typing import Any

from museum.accounts import second_factor, signing_keys
from museum.catalog import store
from museum.config import Settings
from museum.db import open_engine, reading, writing
from museum.errors import Conflict, NotFound
from museum.ingest import collecting, copies, looks, mirroring, rungs, tilesets, webp, witnessing, workroom
from museum.ingest.lock import only_ingest, serving
from museum.ingest.parts import Parts, open_parts
from museum.ingest.publish import publish_if_ready
from museum.ingest.writing import JOB, recover
from museum.jobs import processes
from museum.jobs.worker import Handler, Worker
from museum.search import indexer
from museum.search.location import Location
from museum.storage import fixity_rolling


def handlers(parts: Parts) -> Mapping[str, Handler]:
    """The handlers of ingest's jobs, by kind."""
    return {JOB: lambda payload: derive(parts, payload)}


def derive(parts: Parts, payload: Mapping[str, Any]) -> None:
    """Make what one medium lacks, note it, and publish its record if that was the last and somebody wants it public.

    Doing it twice changes nothing. A record or medium that is gone meanwhile leaves nothing to do.
    """
    with reading(parts.engine) as session:
        try:
            record = store.get(session, payload["record"])
        except NotFound:
            return
        made = store.derivatives(session, (m.sha256 for m in record.media))
    media = next((m for m in copies.lacking(record, made) if m.id == payload["media"]), None)
    if media is not None:
        with workroom.workroom(parts.settings) as work:
            derivatives = parts.kitchen(work).make(media, record, parts.object_id(record.id))
        found = looks.of_made(parts.shelf, derivatives)
        with writing(parts.engine) as session:
            copies.note(session, derivatives)
            looks.note(session, found)
    if payload["publish"]:
        publish_if_ready(parts.engine, parts.settings, record.id, person=payload["person"], batch=payload["batch"])


def work(settings: Settings, stop: threading.Event) -> None:
    """`museum work`: mend what a crash left, then do jobs and keep index and masters up to date until `stop` is set.

    Raises Conflict while an upgrade runs.
    """
    with serving(settings):
        _work(settings, stop)


def _work(settings: Settings, stop: threading.Event) -> None:
    processes.share_memory()
    engine = open_engine(settings.database)
    parts = open_parts(settings, engine)
    with writing(engine) as session:
        second_factor.seal_all(session, keys=signing_keys.ensure(settings))
    try:
        with only_ingest(settings):
            recover(parts)
            workroom.sweep(settings)
    except Conflict:
        pass  # an ingest is running: it has mended already
    followers = [
        threading.Thread(target=follow, args=(*given, stop), daemon=True)
        for follow, given in (
            (indexer.follow, (engine, Location.of(settings))),
            (collecting.follow, (engine, settings)),
            (mirroring.follow, (parts,)),
            (fixity_rolling.follow, (engine, settings)),
            (witnessing.follow, (engine, settings)),
            (looks.follow, (parts,)),
            (webp.follow, (parts,)),
            (rungs.follow, (parts,)),
            (tilesets.follow, (parts,)),
        )
    ]
    for follower in followers:
        follower.start()
    Worker(engine, handlers(parts), lease_s=settings.lease_seconds).run_forever(stop)
    for follower in followers:
        follower.join(timeout=10)
    engine.dispose()


@dataclass
class Crew:
    """Processes that drain the jobs of a running ingest, one per core; started with the first job.

    They end with the ingest, also when it is killed: what they hold is leased and will be taken again.
    """

    settings: Settings
    size: int
    _stop: Any = field(default=None, repr=False)
    _members: list[ForkServerProcess] = field(default_factory=list, repr=False)

    def start(self) -> None:
        """Start the processes, once."""
        if self._members or self.size < 1:
            return
        context = processes.context()
        self._stop = context.Event()
        for _ in range(self.size):
            member = context.Process(target=_member, args=(self.settings, self._stop), daemon=True)
            member.start()
            self._members.append(member)

    @property
    def is_alive(self) -> bool:
        """True while somebody works."""
        return any(member.is_alive() for member in self._members)

    def release(self) -> None:
        """Tell them to finish what they hold, and end; doesn't wait."""
        if self._stop is not None:
            self._stop.set()

    def dismiss(self) -> None:
        """Let them finish what they hold, and end."""
        self.release()
        for member in self._members:
            member.join(timeout=self.settings.parse_seconds)
            if member.is_alive():
                member.terminate()
        self._members.clear()


def _member(settings: Settings, stop: Any) -> None:
    processes.end_with_parent()
    engine = open_engine(settings.database)
    worker = Worker(engine, handlers(open_parts(settings, engine)), lease_s=settings.lease_seconds, poll_s=0.2)
    done = threading.Event()

    def end() -> None:
        stop.wait()
        done.set()

    threading.Thread(target=end, daemon=True).start()
    worker.run_forever(done)
    engine.dispose()
