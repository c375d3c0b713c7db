"""The images of one museum as WSGI: what the whole site and the image service alone have in front."""

from typing import TYPE_CHECKING

from sqlalchemy import Engine

from museum.config import Settings
from museum.db import reading
from museum.iiif.image import Limits
from museum.iiif.service import ImageService
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from museum.web.locating import locator, moved_to, watch
from museum.web.proxies import origin, wrapped
from museum.web.tiles import ImageRoute

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


def image_route(app: "WSGIApplication", settings: Settings, engine: Engine, *, has_prefix: bool) -> "WSGIApplication":
    """`app` behind the image service, and both behind the proxies of the settings.

    `has_prefix` says that the whole may live under a path. Raises Invalid config.wrong_value, see `proxies.wrapped`.
    """
    service = ImageService(
        locator(engine, Derivatives(LocalBlobs(settings.derived)), with_samples=settings.show_samples),
        Limits(max_width_px=settings.image_max_width_px, max_area_px=settings.image_max_area_px),
        version=watch(engine),
    )

    def base_url(environ: "WSGIEnvironment") -> str:
        return origin(environ, settings.public_url)

    def moved(identifier: str) -> str | None:
        with reading(engine) as session:
            return moved_to(session, identifier)

    return wrapped(ImageRoute(app, service, base_url=base_url, moved=moved), settings, has_prefix=has_prefix)
