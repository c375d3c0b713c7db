"""The image service: an identifier and a path in, a whole HTTP answer out, without web framework, session or query."""

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from threading import Lock

from museum import addresses
from museum.errors import BackendError, Invalid, MuseumError, NotFound
from museum.iiif import image
from museum.iiif.image import Grid, ImageRequest, Limits
from museum.iiif.info import CONTEXTS, PROFILES, info, sizes
from museum.iiif.rendered import RenderedImages
from museum.imaging.folder import Folder
from museum.imaging.render import render
from museum.imaging.tile import PYRAMID_NAME, OpenPyramids, Pyramid

Headers = list[tuple[str, str]]
_METHODS = "GET, HEAD, OPTIONS"
_CORS = ("Access-Control-Allow-Origin", "*")
_NOSNIFF = ("X-Content-Type-Options", "nosniff")
# Identifiers carry no version, so a day and not for ever; after it a strong ETag makes the answer a 304.
_CACHED = ("Cache-Control", "public, max-age=86400, stale-while-revalidate=604800")
_CACHED_INFO = ("Cache-Control", "public, max-age=3600, stale-while-revalidate=86400")
_THUMBNAILS = (90, 100, 200, 400)  # widths that viewers ask for whole images
_TAG = re.compile(r'"[^"]*"')
# Always JSON-LD, whatever is accepted: viewers read it as JSON, and caches need no Vary.
_CONTENT_TYPES = {version: f'application/ld+json;profile="{context}"' for version, context in CONTEXTS.items()}


@dataclass(frozen=True)
class Located:
    """Where the image behind an identifier lies, and who may see it."""

    digest: str
    """sha-256 of the master, hexadecimal."""
    folder: Folder
    width_px: int
    height_px: int
    rights: str
    """A rights URI, or empty."""
    is_public: bool


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; the body of a HEAD is already empty."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class _Opened:
    located: Located
    pyramid: Pyramid
    grid: Grid
    tag: str  # start of every ETag of this image
    modified: tuple[str, str]
    until: float
    version: object  # of the catalogue when it was located


class ImageService:
    """Answers IIIF Image API 2.1 and 3.0 requests, level 2, tiles without decoding.

    `locate` says where an identifier's image lies (None: unknown). Its answer is trusted as long as `version` gives the
    same answer, and at most `trust_s` seconds: a withdrawn image is gone with the change, without `version` (where
    nothing tells of changes) within a second. Threads may share one service.
    """

    def __init__(
        self,
        locate: Callable[[str], Located | None],
        limits: Limits | None = None,
        *,
        version: Callable[[], object] | None = None,
        trust_s: float | None = None,
        most_open: int = 128,
    ) -> None:
        self._locate = locate
        self._limits = limits or Limits()
        self._version = version or _unchanging
        self._trust_s = trust_s if trust_s is not None else 5.0 if version else 1.0
        self._most_open = most_open
        self._pyramids = OpenPyramids(most=most_open)
        self._opened: OrderedDict[str, _Opened] = OrderedDict()
        self._lock = Lock()
        self._rendered = RenderedImages()

    def answer(
        self,
        identifier: str,
        rest: str | None,
        *,
        version: int,
        base_url: str,
        if_none_match: str = "",
        method: str = "GET",
    ) -> Answer:
        """Answer `method` on `rest`, the path after the identifier and its slash (None: not even the slash).

        `base_url` is the public origin without trailing slash. Never raises a MuseumError: it becomes the answer.
        """
        try:
            made = self._answer(identifier, rest, version, base_url, if_none_match, method)
        except MuseumError as error:
            made = _refusal(error)
        return Answer(made.status, made.headers, b"") if method == "HEAD" else made

    def _answer(
        self, identifier: str, rest: str | None, version: int, base_url: str, if_none_match: str, method: str
    ) -> Answer:
        if method not in ("GET", "HEAD"):
            return _other_method(method)
        opened = self._opened.get(identifier)
        now = self._version()
        if opened is None or opened.version != now or opened.until < time.monotonic():
            opened = self._open(identifier, now)
        uri = base_url + addresses.image_service(identifier, version)
        if not rest:
            return Answer(303, [("Location", f"{uri}/info.json"), _CORS, ("Content-Length", "0")], b"")
        if found := image.tile_path(rest, version=version, grid=opened.grid):
            place, canonical = found
            return self._tile(opened, place, canonical, uri, version, if_none_match)
        if rest == "info.json":
            return self._info(opened, uri, version, if_none_match)
        request = image.parse(rest, version=version, grid=opened.grid, limits=self._limits)
        if request.tile:
            return self._tile(opened, request.tile, request.canonical, uri, version, if_none_match)
        return self._computed(opened, request, uri, version, if_none_match)

    def _open(self, identifier: str, version: object) -> _Opened:
        located = self._locate(identifier)
        if located is None or not located.is_public:
            with self._lock:
                self._opened.pop(identifier, None)
            raise NotFound("image_request.unknown", identifier=identifier[:80])
        before = self._opened.get(identifier)
        if before is not None and _version(located.folder) != before.pyramid.version:
            self._pyramids.forget(located.folder)
        pyramid = self._pyramids.get(located.folder)
        grid = Grid(pyramid.width_px, pyramid.height_px, pyramid.tile_px, pyramid.levels, pyramid.is_grey)
        opened = _Opened(
            located=located,
            pyramid=pyramid,
            grid=grid,
            tag=f'"{located.digest[:16]}-{int(pyramid.modified_at * 1000):x}',
            modified=("Last-Modified", formatdate(pyramid.modified_at, usegmt=True)),
            until=time.monotonic() + self._trust_s,
            version=version,
        )
        with self._lock:
            self._opened[identifier] = opened
            self._opened.move_to_end(identifier)
            while len(self._opened) > self._most_open:
                self._opened.popitem(last=False)
        return opened

    def _tile(
        self, opened: _Opened, place: tuple[int, int, int], canonical: str, uri: str, version: int, if_none_match: str
    ) -> Answer:
        etag = f'{opened.tag}-{place[0]}.{place[1]}.{place[2]}"'
        link = f'<{uri}/{canonical}>;rel="canonical", <{PROFILES[version]}>;rel="profile"'
        headers = [("ETag", etag), opened.modified, _CACHED, _CORS, ("Link", link)]
        if if_none_match and _matches(if_none_match, etag):
            return Answer(304, headers, b"")
        body = opened.pyramid.tile(*place)
        headers += [("Content-Type", "image/jpeg"), ("Content-Length", str(len(body))), _NOSNIFF]
        return Answer(200, headers, body)

    def _computed(self, opened: _Opened, request: ImageRequest, uri: str, version: int, if_none_match: str) -> Answer:
        etag = f'{opened.tag}-{request.canonical.replace("/", "_")}-{version}"'
        link = f'<{uri}/{request.canonical}>;rel="canonical", <{PROFILES[version]}>;rel="profile"'
        headers = [("ETag", etag), opened.modified, _CACHED, _CORS, ("Link", link)]
        if _matches(if_none_match, etag):
            return Answer(304, headers, b"")

        def make() -> bytes:
            return render(
                opened.located.folder,
                opened.pyramid,
                region=request.region,
                size=request.size,
                is_mirrored=request.is_mirrored,
                rotation_deg=request.rotation_deg,
                quality=request.quality,
                kind=request.format,
            )

        whole = request.region[2:] == (opened.grid.width_px, opened.grid.height_px)
        is_listed = whole and (request.size in sizes(opened.grid, self._limits) or request.size[0] in _THUMBNAILS)
        body = self._rendered.get((opened.tag, request.canonical, version), make, is_kept=is_listed)
        kind = image.FORMATS[request.format]
        headers += [("Content-Type", kind), ("Content-Length", str(len(body))), _NOSNIFF]
        return Answer(200, headers, body)

    def _info(self, opened: _Opened, uri: str, version: int, if_none_match: str) -> Answer:
        rights = opened.located.rights
        body = info(uri, version=version, grid=opened.grid, limits=self._limits, rights=rights)
        etag = f'{opened.tag}-info{version}-{_short_digest(body)}"'
        link = f'<{PROFILES[version]}>;rel="profile"'
        headers = [("ETag", etag), opened.modified, _CACHED_INFO, _CORS, ("Link", link)]
        if _matches(if_none_match, etag):
            return Answer(304, headers, b"")
        headers += [("Content-Type", _CONTENT_TYPES[version]), ("Content-Length", str(len(body))), _NOSNIFF]
        return Answer(200, headers, body)


def _unchanging() -> object:
    return None


def _short_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def _version(folder: Folder) -> object:
    try:
        return folder.version(PYRAMID_NAME)
    except OSError as error:
        raise BackendError("image.pyramid_broken", reason=f"{folder.name}: {error.strerror}") from error


def _matches(if_none_match: str, etag: str) -> bool:
    """RFC 9110 §13.1.2: any tag of the list, weakly compared, or ``*``."""
    return if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)


def _other_method(method: str) -> Answer:
    if method == "OPTIONS":
        allowed = [("Access-Control-Allow-Methods", _METHODS), ("Access-Control-Allow-Headers", "*")]
        headers = [_CORS, *allowed, ("Access-Control-Max-Age", "86400"), ("Allow", _METHODS)]
        return Answer(204, headers, b"")
    body = f"{method[:20]}: only {_METHODS}\n".encode("ascii", "replace")
    return Answer(405, [("Allow", _METHODS), _CORS, *_text(body)], body)


def _refusal(error: MuseumError) -> Answer:
    """400, 404, 501 or 500, with the error's words in English and Vietnamese as the body."""
    status = 500
    if isinstance(error, NotFound):
        status = 404
    elif isinstance(error, Invalid):
        status = 501 if error.code.endswith("_not_offered") else 400
    body = f"{error.message('en')}\n{error.message('vi')}\n".encode()
    cached = ("Cache-Control", "no-store" if status >= 500 else "public, max-age=60")
    return Answer(status, [cached, _CORS, *_text(body)], body)


def _text(body: bytes) -> Headers:
    return [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), _NOSNIFF]
