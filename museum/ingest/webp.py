"""The second pyramid of a photograph, its tiles in WebP: 29 % lighter, some 20 times as long in the making.

So nobody waits for it: `museum work` builds it when it has nothing else to do, in a process of the lowest rank, long
after the record is public. What it makes is known as the derivative `NAME`, by the same master and another recipe.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from museum.db import writing
from museum.errors import BackendError
from museum.imaging import pyramid
from museum.imaging.tile import PYRAMID_NAME
from museum.ingest import copies, later, photos, workroom
from museum.ingest.parts import Parts

JOB = "webp"
NAME = "pyramid-webp"
_RECIPE = "webp-1"  # goes up when its outcome changes: then all are made anew
_EVERY_S = later.EVERY_S
_ERRAND = later.Errand(
    job=JOB, name=NAME, media_kind="photo", first="pyramid", recipe=_RECIPE, follows_first=False
)  # fmt: skip


def follow(parts: Parts, stop: threading.Event) -> None:
    """Build what is missing until `stop` is set; nothing at all unless the museum wants it."""
    if parts.settings.webp_tiles:
        later.follow(
            parts, stop, kind=JOB, build=lambda payload: build(parts, payload, stop=stop), ask=lambda: ask(parts),
            every_s=_EVERY_S,
        )  # fmt: skip


def ask(parts: Parts, *, most: int = later.AT_ONCE) -> int:
    """Ask for at most `most` pyramids that are missing or of an older recipe; how many. Not for those given up."""
    return later.ask(parts, _ERRAND, most=most)


def build(parts: Parts, payload: Mapping[str, Any], *, stop: threading.Event | None = None) -> None:
    """Build the pyramid of one medium and note it. Doing it twice changes nothing; what is gone leaves nothing to do.

    Once `stop` is set the work is dropped. Raises SourceError, BackendError.
    """
    task = later.task(parts, _ERRAND, payload)
    if task is None:
        return
    media = task.media
    with workroom.workroom(parts.settings) as work:
        source = parts.masters.open_path(parts.object_id(task.record.id), media.path)
        tile_px = int(task.made["pyramid"].facts.get("tile_px", 256))
        facts = _gently(source, work, tile_px=tile_px, name=media.file_name, stop=stop or threading.Event())
        # An older one goes first: whoever opens the picture now has its tiles in JPEG, and never old ones by new edges.
        parts.shelf.blobs.delete(parts.shelf.key(media.sha256, f"{NAME}/{PYRAMID_NAME}"))
        kept = parts.kitchen(work).keep(media.sha256, photos.tiles(facts, work, name=NAME), task.recipe)
    with writing(parts.engine) as session:
        copies.note(session, [kept])


def _gently(source: Path, work: Path, *, tile_px: int, name: str, stop: threading.Event) -> pyramid.PyramidFacts:
    failure = BackendError("image.webp_ended", name=name)
    return later.gently(_pyramid, source, work, tile_px, name, stop=stop, failure=failure)


def _pyramid(source: Path, work: Path, tile_px: int, name: str) -> pyramid.PyramidFacts:
    return pyramid.build(source, work, tile_px=tile_px, kind="webp", name=name)
