"""The images of one museum as WSGI: what the whole site and the image service alone have in front."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import orjson
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from museum.catalog import store
from museum.config import Settings
from museum.db import reading
from museum.errors import MuseumError
from museum.iiif.allowance import Allowance
from museum.iiif.answering import Headers
from museum.iiif.image import Limits
from museum.iiif.rendered import RenderedImages
from museum.iiif.service import ImageService
from museum.storage.bounded import BoundedFolder
from museum.storage.opening import open_derivatives
from museum.web import threads
from museum.web.locating import is_open_medium, locator, moved_to, watch
from museum.web.proxies import Trust, is_host, origin, wrapped
from museum.web.tiles import ImageRoute
from museum.web.tiles_at_hand import Count, TilesAtHand

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from museum.web.tiles import Gate


class Site(NamedTuple):
    """What a web process answers with."""

    application: "WSGIApplication"
    tiles: TilesAtHand
    """What may be answered before `application` is asked; it would say the same."""
    warm: Callable[[], None]
    """Does once what takes the first request of a process 40 ms longer than all others."""


def with_images(
    app: "WSGIApplication",
    settings: Settings,
    engine: Engine,
    *,
    has_prefix: bool,
    gate: "Gate | None" = None,
    count: Count | None = None,
) -> Site:
    """`app` behind the image service, and both behind the proxies of the settings.

    `has_prefix` says that the whole may live under a path; `gate` answers for what not everybody may see; `count` is
    told of tiles for which the application wasn't asked. Raises Invalid config.wrong_value, see `proxies.wrapped`.
    """
    shelf = open_derivatives(settings)
    service = ImageService(
        # Alone, and so perhaps under a path, there are no pages or manifests that info.json could name.
        locator(engine, shelf, with_samples=settings.show_samples, with_pages=not has_prefix),
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

    def plain_base_url(headers: Mapping[str, str]) -> str | None:
        """What the route would take for the public origin; None where it would have to know the server's address."""
        found: list[str] = []

        def ask(environ: "WSGIEnvironment", _start: "StartResponse") -> list[bytes]:
            if settings.public_url or is_host(environ.get("HTTP_HOST", "")):
                found.append(base_url(environ))
            return []

        environ = {**headers, "REQUEST_METHOD": "GET", "wsgi.url_scheme": "http"}
        wrapped(ask, settings, has_prefix=has_prefix)(environ, _unheard)
        return found[0] if len(found) == 1 else None

    tiles = TilesAtHand(service, plain_base_url, count=count)

    def warm() -> None:
        with suppress(SQLAlchemyError, MuseumError, OSError):  # then the first request tells
            with reading(engine) as session:
                some = store.some_photo(session) or "-"
            told = service.answer(some, "info.json", version=3, base_url="http://localhost")
            image = orjson.loads(told.body) if told.status == 200 else {}
            for size in image.get("sizes", ())[:1]:  # the smallest: one tile, named as viewers name tiles
                whole_of_it = f"0,0,{image['width']},{image['height']}/{size['width']},{size['height']}"
                path = f"/iiif/image/3/{some}/{whole_of_it}/0/default.jpg"
                asked = {
                    "REQUEST_METHOD": "GET",
                    "PATH_INFO": path,
                    "HTTP_HOST": "localhost",
                    "wsgi.url_scheme": "http",
                }
                b"".join(whole(asked, _unheard))
                request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
                TilesAtHand(service, plain_base_url).answer(request.encode(), date=b"")

    whole = wrapped(route, settings, has_prefix=has_prefix)
    return Site(whole, tiles, warm)


def _unheard(_status: str, _headers: Headers, _error: object = None, /) -> Callable[[bytes], object]:
    return bytes


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
