"""The images of one museum as WSGI: what the whole site and the image service alone have in front."""

from typing import TYPE_CHECKING

from sqlalchemy import Engine

from museum.config import Settings
from museum.db import reading
from museum.iiif.allowance import Allowance
from museum.iiif.image import Limits
from museum.iiif.rendered import RenderedImages
from museum.iiif.service import ImageService
from museum.storage.bounded import BoundedFolder
from museum.storage.opening import open_derivatives
from museum.web import threads
from museum.web.locating import is_open_medium, locator, moved_to, watch
from museum.web.proxies import Trust, origin, wrapped
from museum.web.tiles import ImageRoute

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from museum.web.tiles import Gate


def image_route(
    app: "WSGIApplication", settings: Settings, engine: Engine, *, has_prefix: bool, gate: "Gate | None" = None
) -> "WSGIApplication":
    """`app` behind the image service, and both behind the proxies of the settings.

    `has_prefix` says that the whole may live under a path; `gate` answers for what not everybody may see. Raises
    Invalid config.wrong_value, see `proxies.wrapped`.
    """
    store = open_derivatives(settings)
    service = ImageService(
        # Alone, and so perhaps under a path, there are no pages or manifests that info.json could name.
        locator(engine, store, with_samples=settings.show_samples, with_pages=not has_prefix),
        Limits(max_width_px=settings.image_max_width_px, max_area_px=settings.image_max_area_px),
        version=watch(engine),
        rendered=_rendered(settings),
        allowance=Allowance(burst=settings.image_burst, per_minute=settings.image_per_minute),
        most_render_s=settings.image_seconds,
    )
    trust = Trust.of(settings)

    def base_url(environ: "WSGIEnvironment") -> str:
        return origin(environ, settings.public_url)

    def moved(identifier: str) -> str | None:
        with reading(engine) as session:
            target = moved_to(session, identifier)
            return target if target is not None and is_open_medium(session, target) else None

    def client(environ: "WSGIEnvironment") -> str:
        return trust.client(environ) or environ.get("REMOTE_ADDR", "")

    route = ImageRoute(app, service, base_url=base_url, moved=moved, client=client, gate=gate)
    return wrapped(route, settings, has_prefix=has_prefix)


def _rendered(settings: Settings) -> RenderedImages:
    """Computed images, kept below the media folder and in no backup: they can be made again."""
    if not settings.image_cache_mib:
        return RenderedImages(at_once=threads.AT_ONCE, waiting=threads.WAITING)
    folder = BoundedFolder(
        settings.media / "cache" / "images",
        most_bytes=settings.image_cache_mib << 20,
        keep_free_bytes=settings.keep_free_mib << 20,
    )
    return RenderedImages(at_once=threads.AT_ONCE, waiting=threads.WAITING, shelf=folder)
