"""A large scan's tileset: made by `museum work` once its record has been served, in a process of the lowest rank.

Its one file, the derivative `NAME`, is served tile by tile; scans of fewer triangles or points than the settings say
have none.
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from museum.catalog import store
from museum.catalog.record import Media, Record
from museum.db import writing
from museum.errors import BackendError
from museum.ingest import copies, later, workroom
from museum.ingest.made import Made
from museum.ingest.parts import Parts

JOB = "tileset"
NAME = "tileset.3tz"
_RECIPE = "tileset-4"  # goes up when its outcome changes: then all are made anew
_FIRST = "web.glb"  # the model of the first hour: its recipe knows the scan's unit, axis and parts
_ERRAND = later.Errand(job=JOB, name=NAME, media_kind="scan", first=_FIRST, recipe=_RECIPE)


def follow(parts: Parts, stop: threading.Event) -> None:
    """Make what is missing until `stop` is set; nothing at all unless the museum wants it."""
    if parts.settings.scan_tiles_from:
        later.follow(
            parts, stop, kind=JOB, build=lambda payload: build(parts, payload, stop=stop), ask=lambda: ask(parts)
        )  # fmt: skip


def ask(parts: Parts, *, most: int = later.AT_ONCE) -> int:
    """Ask for the tilesets of at most `most` large scans that lack them; how many. Not for those given up."""

    def is_wanted(session: Session, record_id: str, media_id: str) -> bool:
        return is_large(store.medium(session, record_id, media_id), parts)

    return later.ask(parts, replace(_ERRAND, is_wanted=is_wanted), most=most)


def is_large(media: Media, parts: Parts) -> bool:
    """Whether a scan is to have a tileset."""
    count = int(media.facts.get("faces") or media.facts.get("points") or 0)
    return 0 < parts.settings.scan_tiles_from <= count


def build(parts: Parts, payload: Mapping[str, Any], *, stop: threading.Event | None = None) -> None:
    """Make the tileset of one scan and note it. Doing it twice changes nothing; what is gone leaves nothing to do.

    Once `stop` is set the work is dropped. Raises SourceError, BackendError.
    """
    task = later.task(parts, _ERRAND, payload)
    if task is None or not is_large(task.media, parts):
        return
    with workroom.workroom(parts.settings) as work:
        made = _gently(parts, task.record, task.media, work, stop)
        kept = parts.kitchen(work).keep(task.media.sha256, made, task.recipe)
    with writing(parts.engine) as session:
        copies.note(session, [kept])


def _gently(parts: Parts, record: Record, media: Media, work: Path, stop: threading.Event | None) -> Made:
    object_id = parts.object_id(record.id)
    serving = [m for m in record.media if m.of == media.id and m.kind == "part"]
    return later.gently(
        _make,
        parts.masters.open_path(object_id, media.path),
        tuple(parts.masters.open_path(object_id, part.path) for part in serving),
        {"unit": media.unit, "up_axis": media.up_axis, "name": media.file_name},
        "salvaged" in media.facts,
        work,
        stop=stop or threading.Event(),
        failure=BackendError("scan.tileset_ended", file=media.file_name),
    )


def _make(path: Path, parts: tuple[Path, ...], said: Mapping[str, str], salvage: bool, work: Path) -> Made:
    from museum.geometry import scan  # loads compilers: `museum work` waits for jobs without them
    from museum.geometry.tileset import building

    opened = scan.open_scan(
        path, parts=parts, unit=said["unit"], up_axis=said["up_axis"], name=said["name"], salvage=salvage, work=work
    )  # fmt: skip
    out = work / NAME
    written = building.build(opened.mesh, out, view_up=opened.facts.view_up)
    facts = {
        "unit": "m" if opened.mesh.has_scale else None,
        "tiles": written.tiles,
        "faces": written.faces or None,
        "points": written.points or None,
        "root_bytes": written.root_bytes,
        "errors": list(written.errors),  # of each level from the root, largest of all samples
        "error_unit": "mm" if opened.mesh.has_scale else None,
        "step": written.step,
    }
    return Made(name=NAME, media_type="application/zip", files=(out,), facts=facts)
