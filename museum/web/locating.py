"""Where the image behind an identifier lies: what the image service is handed, so that it needs no database."""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from museum.accounts.policy import VISITOR, Target, may
from museum.accounts.roles import Action
from museum.addresses import image_version
from museum.catalog import redirects, store
from museum.catalog.licences import licence_uri
from museum.catalog.standing import was_open
from museum.catalog.store import Derivative
from museum.db import reading
from museum.errors import NotFound
from museum.iiif.service import Located
from museum.imaging.folder import Folder, LocalFolder
from museum.storage.derivatives import Derivatives

PYRAMID, WEBP_PYRAMID = "pyramid", "pyramid-webp"


def locator(
    engine: Engine, derivatives: Derivatives, *, with_samples: bool = True, with_pages: bool = True
) -> Callable[[str], Located | None]:
    """A function from a media id to its pyramid; None for what is unknown or has no pyramid (yet).

    What a visitor may not see is not public: a medium of a draft, one above the public level, and without
    `with_samples` a picture of the demonstration collection. `with_pages` names the record that shows it.
    """

    def folder_of(sha256: str, name: str, made: Mapping[str, Derivative]) -> Folder | None:
        if not derivatives.is_local:  # to ask there would take a request for each picture: the catalogue knows, too
            return derivatives.folder(sha256, name, seal=made[name].digest) if name in made else None
        try:
            return LocalFolder(derivatives.path(sha256, name))
        except NotFound:
            return None

    def locate(media_id: str) -> Located | None:
        with reading(engine) as session:
            try:
                found = store.find_media(session, media_id)
                media = store.medium(session, found.record_id, media_id)
            except NotFound:
                return None
            made = {d.name: d for d in store.derivatives(session, (found.sha256,))[found.sha256]}
        folder = folder_of(found.sha256, PYRAMID, made)
        if folder is None:
            return None
        return Located(
            digest=found.sha256,
            folder=folder,
            width_px=int(media.facts.get("width_px", 0)),
            height_px=int(media.facts.get("height_px", 0)),
            rights=licence_uri(media.rights, media.licence),
            is_public=may(VISITOR, Action.VIEW, Target(state=found.state, level=found.level))
            and (with_samples or not found.is_sample),
            version=image_version(made[PYRAMID].digest) if PYRAMID in made else "",
            record_id=found.record_id if with_pages else "",
            webp_folder=folder_of(found.sha256, WEBP_PYRAMID, made) if WEBP_PYRAMID in made else None,
        )

    return locate


def moved_to(session: Session, id_: str) -> str | None:
    """Where a merge sent the address of a record, or of its file, that was public once; None for any other."""
    owner = redirects.owner_of(session, id_)
    if owner is None or not was_open(session, owner):
        return None
    return redirects.target_of(session, id_)


def is_open_medium(session: Session, media_id: str) -> bool:
    """True for a medium that everybody may see."""
    try:
        found = store.find_media(session, media_id)
    except NotFound:
        return False
    return may(VISITOR, Action.VIEW, Target(state=found.state, level=found.level))


class Watch:
    """Answers with a number that differs once anybody has written into an SQLite database (pragma data_version).

    With it the image service believes what it knows of a picture until the catalogue changes, and no longer. It looks
    at most once in `look_every_s` seconds: a look costs some 5 µs, a tile 15. Threads may share one.
    """

    def __init__(self, path: str, *, look_every_s: float = 0.02) -> None:
        self._cursor = sqlite3.connect(path, isolation_level=None, check_same_thread=False).cursor()
        self._every_s = look_every_s
        self._lock = threading.Lock()
        self._next = 0.0
        self._seen = 0

    def __call__(self) -> int:
        now = time.monotonic()
        if now >= self._next:
            with self._lock:
                self._seen = self._cursor.execute("PRAGMA data_version").fetchone()[0]
                self._next = now + self._every_s
        return self._seen


def watch(engine: Engine) -> Callable[[], int] | None:
    """A watch over the catalogue; None where the database can't tell (then the service asks again every second)."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        return None
    return Watch(path)
