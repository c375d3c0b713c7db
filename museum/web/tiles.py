"""The image route in front of Flask: what costs 112 µs a tile there takes about 15 here, and less at hand."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from museum.addresses import without_version
from museum.iiif.answering import Answer
from museum.iiif.service import ImageService
from museum.web.proxies import origin, refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    Gate = Callable[[WSGIEnvironment, str, str | None, int, str], Answer | None]
    """(environ, identifier, what follows it, version, base URL) → the answer; None for an unknown image."""

_PREFIX = "/iiif/image/"
_MOST_PATH = 1024  # the longest request with sense in it has some 150 characters
_PLAIN = "/,:!^"  # what IIIF Image requests hold beside letters and digits
_VERSIONS = {"2": 2, "3": 3}
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_NOT_FOUND = HTTPStatus.NOT_FOUND.value


class ImageRoute:
    """WSGI: answers /iiif/image/2/… and /iiif/image/3/… from `service`, hands everything else to `app`.

    `base_url` gives the public origin of a request, without trailing slash; see `origin`. `moved` says which identifier
    took the place of one that the service doesn't know (asked only then). `client` gives the network address that asks
    (asked only where an image must be computed). `gate` answers for images that not everybody may see; without one
    they are unknown.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        service: ImageService,
        *,
        base_url: "Callable[[WSGIEnvironment], str]" = origin,
        moved: Callable[[str], str | None] = lambda _: None,
        client: "Callable[[WSGIEnvironment], str]" = lambda environ: environ.get("REMOTE_ADDR", ""),
        gate: "Gate | None" = None,
    ) -> None:
        self._app = app
        self._service = service
        self._base_url = base_url
        self._moved = moved
        self._client = client
        self._gate = gate

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not path.startswith(_PREFIX):
            return self._app(environ, start_response)
        if not path.isascii():
            path = path.encode("latin-1", "replace").decode("utf-8", "replace")
        if len(path) > _MOST_PATH:
            return refuse(environ, start_response, 414, "image_route.too_long", most=_MOST_PATH)
        version, _, tail = path[len(_PREFIX) :].partition("/")
        identifier, slash, rest = tail.partition("/")
        method = environ["REQUEST_METHOD"]
        if method in ("GET", "HEAD") and (version not in _VERSIONS or not identifier):
            code = "image_route.no_identifier" if version in _VERSIONS else "image_request.version"
            return refuse(environ, start_response, 404, code, value=version[:20])
        base_url = self._base_url(environ)
        answer = self._service.answer(
            identifier,
            rest if slash else None,
            version=_VERSIONS.get(version, 3),
            base_url=base_url,
            if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
            if_modified_since=environ.get("HTTP_IF_MODIFIED_SINCE", ""),
            method=method,
            client=lambda: self._client(environ),
        )
        if answer.status == _NOT_FOUND and self._gate is not None:
            asked = rest if slash else None
            answer = self._gate(environ, identifier, asked, _VERSIONS[version], base_url) or _for_now(answer)
        if answer.status == _NOT_FOUND and (target := self._moved(without_version(identifier)[0])):
            where = f"{base_url}{_PREFIX}{version}/{target}{slash}{quote(rest, safe=_PLAIN)}"
            headers = [("Location", where), ("Content-Length", "0"), ("Cache-Control", "public, max-age=60")]
            start_response(_STATUS[301], [*headers, ("Access-Control-Allow-Origin", "*")])
            return []
        start_response(_STATUS[answer.status], answer.headers)
        return [answer.body] if answer.body else []


def _for_now(answer: Answer) -> Answer:
    """An unknown image, or one that only some may see: no cache may keep from those what others are told."""
    kept = [header for header in answer.headers if header[0] != "Cache-Control"]
    return Answer(answer.status, [*kept, ("Cache-Control", "no-store")], answer.body)
