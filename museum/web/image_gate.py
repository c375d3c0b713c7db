"""Restricted images: who may see one, and the answers that everybody else gets. Nothing public comes by here.

A second image service with caches of its own answers for them, and only after the question was decided for this very
request: no cache, validator or spelling of the address comes before it.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import orjson
from sqlalchemy import Engine
from werkzeug.http import parse_cookie

from museum import addresses
from museum.accounts import image_access
from museum.accounts.image_access import Access, Lack
from museum.accounts.policy import may
from museum.accounts.roles import Action
from museum.accounts.second_factor import required_roles
from museum.accounts.signing_keys import KeyRing, SigningKey
from museum.catalog import store
from museum.catalog.store import Found
from museum.catalog.visibility import is_on_request, is_open, target_of
from museum.config import Settings
from museum.db import reading
from museum.errors import Invalid, NotFound, message_of
from museum.iiif import authorization
from museum.iiif.answering import Answer
from museum.iiif.image import Limits
from museum.iiif.rendered import RenderedImages
from museum.iiif.service import ImageService, Located
from museum.storage.opening import open_derivatives
from museum.web import threads
from museum.web.locating import locator, moved_to
from museum.web.private import CACHE_CONTROL
from museum.web.proxies import Trust

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

COOKIE = "museum-images"
COOKIE_HTTPS = "__Secure-museum-images"
LARGEST_SUBSTITUTE_PX = 1024
_SMALL_KEPT = 64
_BEARER = "bearer "
_NO_STORE = ("Cache-Control", CACHE_CONTROL)
_ANY_SITE = ("Access-Control-Allow-Origin", "*")
_OWN_HEADERS = frozenset({"cache-control", "etag", "last-modified", "access-control-allow-origin"})
_OWN_SITE = frozenset({"same-origin", "none"})


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Whoever asks: with which access, and whether from a machine inside the museum."""

    access: Access | Lack
    is_inside: bool


class ImageGate:
    """Decides about images that not everybody may see, and lets `service`, which knows them all, answer for them.

    Without a `ring` (the images alone, which let nobody in) no token is given or known; access cookies count all the
    same. Raises Invalid config.wrong_value for wrong networks or a wrong size of substitutes.
    """

    def __init__(self, settings: Settings, engine: Engine, service: ImageService, *, ring: KeyRing | None) -> None:
        self._settings = settings
        self._engine = engine
        self._networks = networks_of(settings)
        self._trust = Trust.of(settings)
        self._roles = required_roles(settings.second_factor_roles)
        self._ring = ring
        self._small: dict[tuple[str, int, int], bytes] = {}
        self._service = service
        if settings.image_substitute_px > LARGEST_SUBSTITUTE_PX:
            raise Invalid(
                "config.wrong_value",
                key="image_substitute_px",
                value=settings.image_substitute_px,
                expected=f"0–{LARGEST_SUBSTITUTE_PX}",
            )

    def answer(
        self, environ: "WSGIEnvironment", identifier: str, rest: str | None, version: int, base_url: str
    ) -> Answer | None:
        """The answer about an image that the public service doesn't know; None where it is to be told from none by
        nobody who asks."""
        media_id = addresses.without_version(identifier)[0]
        asker = self.asker(environ, base_url)
        found = self._find(media_id)
        if found is None:
            return self._moved(media_id, rest, asker, version, base_url)
        if is_open(found.state, found.level):
            return None
        status = self._status(found, asker)
        if status == HTTPStatus.NOT_FOUND:
            return None
        method = environ["REQUEST_METHOD"]
        if status != HTTPStatus.OK and rest not in (None, "", "info.json"):
            return _refusal(status, media_id, base_url, method=method)
        made = self._service.answer(
            identifier, rest, version=version, base_url=base_url, method="GET" if rest == "info.json" else method
        )
        if made.status == HTTPStatus.NOT_FOUND:
            return None
        if rest == "info.json" and made.status == HTTPStatus.OK:
            made = self._told(made, media_id, version=version, base_url=base_url, is_inside=asker.is_inside)
        is_told = self._is_told(found)
        return _uncached(made, method=method, for_all=is_told and (rest in (None, "", "info.json")))

    def asker(self, environ: "WSGIEnvironment", base_url: str) -> Asker:
        """Who asks for an image: the access cookie counts for the museum's own pages and the sites it was given for."""
        cookies = parse_cookie(environ)
        found = self.access_of(cookies.get(COOKIE_HTTPS) or cookies.get(COOKIE) or "")
        if isinstance(found, Access) and not _is_allowed_site(environ, found.origins | {base_url}):
            found = Lack.INVALID
        return Asker(access=found, is_inside=self.is_inside(environ))

    def access_of(self, cookie: str) -> Access | Lack:
        """The access behind a cookie, judged anew."""
        return image_access.of_cookie(self._engine, cookie, second_factor_roles=self._roles)

    def bearer(self, environ: "WSGIEnvironment") -> Asker:
        """Who asks the probe service: whoever the access token stands for (Authorization Flow 2.0 §5.2)."""
        given = environ.get("HTTP_AUTHORIZATION", "")
        token = given[len(_BEARER) :].strip() if given.lower().startswith(_BEARER) else ""
        if not token:
            return Asker(access=Lack.MISSING, is_inside=self.is_inside(environ))
        origin = authorization.site_of(environ.get("HTTP_ORIGIN", ""))
        found = image_access.of_token(
            self._engine, token, keys=self._keys, origin=origin, second_factor_roles=self._roles
        )
        return Asker(access=found, is_inside=self.is_inside(environ))

    def is_inside(self, environ: "WSGIEnvironment") -> bool:
        """True for a machine in one of the museum's own networks (the setting `kiosk_networks`)."""
        if not self._networks:
            return False
        try:
            # Where proxies stand in front and told nothing, the address that we see is one of theirs.
            seen = self._trust.client(environ) if self._settings.proxies else environ.get("REMOTE_ADDR", "")
            address = ipaddress.ip_address(seen)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)

    def status(self, media_id: str, asker: Asker) -> int:
        """The status that the image would have for whoever asks: 200, 401, 403 or 404."""
        found = self._find(media_id)
        if found is None:
            return HTTPStatus.NOT_FOUND
        return HTTPStatus.OK if is_open(found.state, found.level) else self._status(found, asker)

    def substitute(self, media_id: str, *, base_url: str) -> dict[str, Any] | None:
        """The small version that everybody gets of a restricted image, where the museum offers one: only of images at
        least twice as large."""
        found = self._find(media_id)
        most = self._settings.image_substitute_px
        if not most or found is None or not self._is_told(found):
            return None
        info = self._service.answer(media_id, "info.json", version=3, base_url=base_url)
        if info.status != HTTPStatus.OK:
            return None
        described = orjson.loads(info.body)
        size = authorization.substitute_size((described["width"], described["height"]), most)
        if size is None:
            return None
        return authorization.substitute_image(base_url + addresses.image_substitute(media_id), size=size)

    def substitute_bytes(self, media_id: str, *, base_url: str) -> bytes | None:
        """The JPEG of `substitute`; None where there is none."""
        told = self.substitute(media_id, base_url=base_url)
        if told is None:
            return None
        found = self._find(media_id)
        key = (found.sha256 if found else "", told["width"], told["height"])
        if key not in self._small:
            size = f"{told['width']},{told['height']}"
            made = self._service.answer(media_id, f"full/{size}/0/default.jpg", version=3, base_url=base_url)
            if made.status != HTTPStatus.OK:
                return None
            if len(self._small) >= _SMALL_KEPT:
                self._small.clear()
            self._small[key] = made.body
        return self._small[key]

    def token_of(self, access_id: str, *, origin: str) -> str:
        """An access token for a site."""
        return image_access.token_for(access_id, origin=origin, key=self._keys[0])

    @property
    def _keys(self) -> tuple[SigningKey, ...]:
        return () if self._ring is None else self._ring.keys

    def _find(self, media_id: str) -> Found | None:
        try:
            with reading(self._engine) as session:
                found = store.find_media(session, media_id)
        except NotFound:
            return None
        return found if self._settings.show_samples or not found.is_sample else None

    def _moved(self, media_id: str, rest: str | None, asker: Asker, version: int, base_url: str) -> Answer | None:
        """The way to what took its place in a merge, for those only who may know of that."""
        with reading(self._engine) as session:
            target = moved_to(session, media_id)
        if target is None or self.status(target, asker) == HTTPStatus.NOT_FOUND:
            return None
        words = "" if rest is None else f"/{quote(rest, safe='/,:!^')}"
        where = f"{base_url}{addresses.image_service(target, version)}{words}"
        return Answer(
            HTTPStatus.MOVED_PERMANENTLY, [("Location", where), ("Content-Length", "0"), _NO_STORE, _ANY_SITE], b""
        )

    def _is_told(self, found: Found) -> bool:
        return self._settings.images_on_request and is_on_request(found.kind, found.state, found.level)

    def _status(self, found: Found, asker: Asker) -> int:
        is_told = self._is_told(found)
        if asker.is_inside and is_told:
            return HTTPStatus.OK
        if not isinstance(asker.access, Access):
            return HTTPStatus.UNAUTHORIZED if is_told else HTTPStatus.NOT_FOUND
        try:
            with reading(self._engine) as session:
                record = store.get(session, found.record_id)
        except NotFound:
            return HTTPStatus.NOT_FOUND
        if may(asker.access.viewer, Action.VIEW, target_of(record, level=found.level)):
            return HTTPStatus.OK
        return HTTPStatus.FORBIDDEN if is_told else HTTPStatus.NOT_FOUND

    def _told(self, made: Answer, media_id: str, *, version: int, base_url: str, is_inside: bool) -> Answer:
        service = authorization.probe_service(
            media_id, base_url=base_url, museum=self._settings.name, is_inside=is_inside
        )
        body = orjson.dumps(authorization.with_service(orjson.loads(made.body), service, version=version))
        headers = [(n, str(len(body)) if n.lower() == "content-length" else v) for n, v in made.headers]
        return Answer(made.status, headers, body)


def gate_of(settings: Settings, engine: Engine, *, ring: KeyRing | None) -> ImageGate:
    """The gate of a museum. What its service computes is kept in memory only."""
    everything = locator(engine, open_derivatives(settings), with_samples=settings.show_samples)

    def located(identifier: str) -> Located | None:
        found = everything(identifier)
        return None if found is None else replace(found, is_public=True)  # decided already, or it wouldn't be asked

    service = ImageService(
        located,
        Limits(max_width_px=settings.image_max_width_px, max_area_px=settings.image_max_area_px),
        rendered=RenderedImages(at_once=threads.AT_ONCE_RESTRICTED, waiting=threads.WAITING_RESTRICTED),
        most_render_s=settings.image_seconds,
    )
    return ImageGate(settings, engine, service, ring=ring)


def networks_of(settings: Settings) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """The networks of the setting `kiosk_networks`. Raises Invalid for what is none."""
    try:
        return tuple(ipaddress.ip_network(words) for words in settings.kiosk_networks.replace(",", " ").split())
    except ValueError as error:
        expected = "10.30.0.0/24 10.30.1.7"
        raise Invalid(
            "config.wrong_value", key="kiosk_networks", value=settings.kiosk_networks, expected=expected
        ) from error


def _is_allowed_site(environ: Mapping[str, Any], sites: frozenset[str]) -> bool:
    """Whether the page that shows the image is one of `sites`. Programs say nothing of a page; browsers say it, unless
    a page of another site forbids them: then it isn't."""
    fetched = environ.get("HTTP_SEC_FETCH_SITE", "")
    if fetched in _OWN_SITE:
        return True
    parts = urlsplit(environ.get("HTTP_REFERER", ""))
    page = authorization.site_of(f"{parts.scheme}://{parts.netloc}") if parts.netloc else ""
    return page in sites if page else not fetched


def _refusal(status: int, media_id: str, base_url: str, *, method: str) -> Answer:
    code = "image_access.forbidden" if status == HTTPStatus.FORBIDDEN else "image_access.sign_in"
    values: dict[str, object] = {"probe": base_url + addresses.image_probe(media_id)}
    body = "".join(f"{message_of(code, language, values)}\n" for language in ("en", "vi")).encode()
    headers = [_NO_STORE, _ANY_SITE, ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    if status == HTTPStatus.UNAUTHORIZED:
        headers.append(("WWW-Authenticate", 'IIIF realm="museum"'))  # RFC 9110 §11.6.1 wants one; browsers pass it over
    return Answer(status, [*headers, ("X-Content-Type-Options", "nosniff")], b"" if method == "HEAD" else body)


def _uncached(made: Answer, *, method: str, for_all: bool) -> Answer:
    """Nothing may keep the answer; scripts of other sites read descriptions, never pixels."""
    headers = [(name, value) for name, value in made.headers if name.lower() not in _OWN_HEADERS]
    headers += [_NO_STORE, *([_ANY_SITE] if for_all else []), ("Cross-Origin-Resource-Policy", "cross-origin")]
    return Answer(made.status, headers, b"" if method == "HEAD" else made.body)
