"""Where the image behind an identifier lies: what the image service is handed, so that it needs no database."""

from collections.abc import Callable

from sqlalchemy import Engine

from museum.catalog import store
from museum.catalog.licences import licence_uri
from museum.db import reading
from museum.errors import NotFound
from museum.iiif.service import Located
from museum.storage.derivatives import Derivatives

PYRAMID = "pyramid"


def locator(engine: Engine, derivatives: Derivatives, *, with_samples: bool = True) -> Callable[[str], Located | None]:
    """A function from a media id to its pyramid; None for what is unknown or has no pyramid (yet).

    Without `with_samples` a picture of the demonstration collection is as little public as one of a draft.
    """

    def locate(media_id: str) -> Located | None:
        with reading(engine) as session:
            try:
                found = store.find_media(session, media_id)
                record = store.get(session, found.record_id)
                directory = derivatives.path(found.sha256, PYRAMID)
            except NotFound:
                return None
        media = next(m for m in record.media if m.id == media_id)
        return Located(
            digest=found.sha256,
            directory=directory,
            width_px=int(media.facts.get("width_px", 0)),
            height_px=int(media.facts.get("height_px", 0)),
            rights=licence_uri(media.rights, media.licence),
            is_public=found.is_published and (with_samples or not found.is_sample),
        )

    return locate
