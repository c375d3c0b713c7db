"""How pictures look, read from their smallest posters: with the other derivatives, or afterwards where it lacks."""

import threading
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from museum.catalog import changes, looks
from museum.catalog.looks import Shade, StoredLook
from museum.catalog.store import Derivative
from museum.db import reading, writing
from museum.errors import BackendError, Conflict, MuseumError
from museum.imaging import look, pixels
from museum.ingest.parts import Parts
from museum.search import indexer
from museum.search.location import Location
from museum.storage.derivatives import Derivatives

POSTER = "poster-480.jpg"
RECIPE = "look-1"  # goes up when its outcome changes: then all are made anew
_AT_ONCE = 100
_EVERY_S = 5.0
_PATIENCE_S = 30.0


def read(shelf: Derivatives, sha256: str) -> StoredLook:
    """The look of a master's picture; empty where its poster is gone or can't be read."""
    try:
        with pixels.failing_as(_unreadable):
            seen = look.look_of(*pixels.samples(shelf.read(sha256, POSTER), look.SIDE))
    except (MuseumError, OSError):
        return StoredLook(sha256=sha256)
    return StoredLook(
        sha256=sha256,
        colors=tuple(Shade(name=color.name, share=color.share, hex=color.hex) for color in seen.colors),
        code=seen.code,
    )


def of_made(shelf: Derivatives, derivatives: Sequence[Derivative]) -> list[StoredLook]:
    """Looks for what was just made, where a poster is among it."""
    return [read(shelf, made.sha256) for made in derivatives if made.name == POSTER]


def fill(engine: Engine, shelf: Derivatives, *, stop: threading.Event | None = None) -> list[str]:
    """Make every look that lacks; gives the masters they are of. Twice at once does no harm."""
    made: list[str] = []
    while stop is None or not stop.is_set():
        with reading(engine) as session:
            wanted = looks.lacking(session, poster=POSTER, recipe=RECIPE, limit=_AT_ONCE)
        if not wanted:
            break
        found = [read(shelf, sha256) for sha256 in wanted]
        with writing(engine) as session:
            note(session, found)
        made += wanted
    return made


def note(session: Session, found: Sequence[StoredLook]) -> None:
    """Keep looks, in the caller's transaction."""
    for one in found:
        looks.put(session, one, recipe=RECIPE)


def follow(parts: Parts, stop: threading.Event) -> None:
    """Fill in looks until `stop` is set: those of a museum from before there were any, of copies made elsewhere.

    Records that are in the index already were put there without colours: their documents are made anew.
    """
    known = -1
    while not stop.is_set():
        with reading(parts.engine) as session:
            newest = changes.last_seq(session)
        if newest != known:
            known = newest
            made = fill(parts.engine, parts.shelf, stop=stop)
            if made:
                _index_anew(parts, made)
        stop.wait(_EVERY_S)


def _index_anew(parts: Parts, sha256s: Sequence[str]) -> None:
    with reading(parts.engine) as session:
        record_ids = looks.records_with(session, sha256s)
    for start in range(0, len(record_ids), indexer.BATCH_RECORDS):
        with suppress(Conflict):  # somebody else is writing for long: `museum index --verify` finds what is stale
            indexer.renew(
                parts.engine, Location.of(parts.settings), record_ids[start : start + indexer.BATCH_RECORDS],
                patience_s=_PATIENCE_S,
            )  # fmt: skip


def _unreadable(reason: str) -> MuseumError:
    return BackendError("image.pyramid_broken", reason=reason)
