"""A scan's other models, frames and measured facts: made by `museum work` once its record has been served.

Nobody waits for them: a process of the lowest rank makes them when nothing else is to do. What it makes stands beside
the model of the first hour, by the same master; `MEASURES`, noted last, shows that all of it is there.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from museum.catalog import store
from museum.catalog.record import Media, Record
from museum.db import writing
from museum.errors import BackendError
from museum.ingest import copies, later, workroom
from museum.ingest.made import Made
from museum.ingest.parts import Parts

JOB = "rungs"
MEASURES = "measures.json"
OWN = (
    "thumb.glb", "low.glb", "medium-4k.glb", "high.glb", "model.ply", "ar.glb", "ar.usdz", "turntable.webp", MEASURES,
)  # fmt: skip
_RECIPE = "rungs-3"  # goes up when its outcome changes: then all are made anew
_FIRST = "web.glb"  # the model of the first hour: its recipe knows the scan's unit, axis and parts
_ERRAND = later.Errand(job=JOB, name=MEASURES, media_kind="scan", first=_FIRST, recipe=_RECIPE)


def follow(parts: Parts, stop: threading.Event) -> None:
    """Make what is missing until `stop` is set; nothing at all unless the museum wants it."""
    if parts.settings.scan_rungs:
        later.follow(
            parts, stop, kind=JOB, build=lambda payload: build(parts, payload, stop=stop), ask=lambda: ask(parts)
        )  # fmt: skip


def ask(parts: Parts, *, most: int = later.AT_ONCE) -> int:
    """Ask for the rungs of at most `most` scans that lack them or have older ones; how many. Not for those given up."""
    return later.ask(parts, _ERRAND, most=most)


def build(parts: Parts, payload: Mapping[str, Any], *, stop: threading.Event | None = None) -> None:
    """Make the rungs of one scan and note them. Doing it twice changes nothing; what is gone leaves nothing to do.

    Once `stop` is set the work is dropped. Raises SourceError, BackendError.
    """
    task = later.task(parts, _ERRAND, payload)
    if task is None:
        return
    media = task.media
    with workroom.workroom(parts.settings) as work:
        files = _gently(parts, task.record, media, work, stop or threading.Event())
        kept = [parts.kitchen(work).keep(media.sha256, one, task.recipe) for one in files]
    gone = [name for name in OWN if name in task.made and name not in {one.name for one in kept}]
    with writing(parts.engine) as session:
        store.drop_derivatives(session, media.sha256, names=gone)
        copies.note(session, kept)
    for name in gone:
        parts.shelf.blobs.delete(parts.shelf.key(media.sha256, name))


def _gently(parts: Parts, record: Record, media: Media, work: Path, stop: threading.Event) -> list[Made]:
    object_id = parts.object_id(record.id)
    serving = [m for m in record.media if m.of == media.id and m.kind == "part"]
    return later.gently(
        _make,
        {
            "path": parts.masters.open_path(object_id, media.path),
            "parts": tuple(parts.masters.open_path(object_id, part.path) for part in serving),
            "unit": media.unit,
            "up_axis": media.up_axis,
            "name": media.file_name,
            "has_dispute": bool(media.facts.get("scale_conflict")),
            "salvage": "salvaged" in media.facts,
        },
        work,
        stop=stop,
        failure=BackendError("scan.rungs_ended", file=media.file_name),
    )


def _make(order: Mapping[str, Any], work: Path) -> list[Made]:
    from museum.ingest import scan_models  # loads compilers: `museum work` waits for jobs without them

    return scan_models.make(scan_models.Order(**order), work)
