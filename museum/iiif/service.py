"""The image service: an identifier and a path in, a whole HTTP answer out, without web framework, session or query."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from threading import Lock
from typing import NamedTuple
from urllib.parse import quote

from museum import addresses
from museum.errors import BackendError, Conflict, MuseumError, NotFound
from museum.iiif import image
from museum.iiif.allowance import Allowance
from museum.iiif.answering import CORS, NOSNIFF, Answer, Headers, is_unchanged, other_method, refusal
from museum.iiif.at_hand import TileAtHand
from museum.iiif.image import FORMATS, STORED_FORMATS, Grid, ImageRequest, Limits
from museum.iiif.info import CONTEXTS, PROFILES, About, info
from museum.iiif.rendered import RenderedImages
from museum.imaging.folder import Folder
from museum.imaging.render import render
from museum.imaging.tile import PYRAMID_NAME, OpenPyramids, Pyramid

__all__ = ["Answer", "Headers", "ImageService", "Located"]

# An image may be hidden tomorrow (decision 0018): whoever holds a plain address asks again after minutes, and a strong
# ETag makes that a 304. An address with a version never changes; shared caches ask again every hour all the same.
_CACHED = ("Cache-Control", "public, max-age=300, stale-while-revalidate=600")
_CACHED_FOR_EVER = ("Cache-Control", "public, max-age=31536000, s-maxage=3600, immutable")
_CACHED_INFO = ("Cache-Control", "public, max-age=60, stale-while-revalidate=300")
_PLAIN = "/,:!^"  # what image requests hold beside letters and digits
_AREA_OF_A_TOKEN = 4_000_000  # pixels computed for one token of an address's allowance
_MOST_TILES = 16_384  # remembered of all open images together, some 750 bytes each
_LARGE_AREA = 8_000_000  # pixels; 40 million take up to 270 MiB while they are computed, 8 million some 60
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
    version: str = ""
    """What an identifier with a version carries (see `addresses.versioned`); changes with the pyramid."""
    record_id: str = ""
    """The record that shows the image, or empty."""
    webp_folder: Folder | None = None
    """Where the same pyramid lies with tiles in WebP, if it was built."""


@dataclass(frozen=True)
class _Stored:
    """A pyramid in one format."""

    pyramid: Pyramid
    tag: str  # start of the ETags of its tiles
    modified: tuple[str, str]
    kind: tuple[str, str]
    headers: tuple[tuple[str, str], ...]  # of all its tiles


@dataclass(frozen=True)
class _Opened:
    located: Located
    grid: Grid
    stored: Mapping[str, _Stored]  # by format; always jpg
    cached: tuple[str, str]
    until: float
    version: object  # of the catalogue when it was located
    tiles: dict[tuple[str, int], TileAtHand] = field(default_factory=dict)  # those asked for, as long as it is open


class _Asked(NamedTuple):
    """What stands in a request beside its path."""

    path: str  # of the image service, without trailing slash
    base_url: str
    version: int
    if_none_match: str
    if_modified_since: str
    client: Callable[[], str]
    is_head: bool

    @property
    def uri(self) -> str:
        """Of the image service, without trailing slash."""
        return self.base_url + self.path


class _Elsewhere(Exception):
    """The identifier names a version of the image that is not, or no longer, the one we have."""


class ImageService:
    """Answers IIIF Image API 2.1 and 3.0 requests, level 2, tiles without decoding.

    `locate` says where an identifier's image lies (None: unknown). Its answer is trusted as long as `version` gives the
    same answer, and at most `trust_s` seconds: a withdrawn image is gone with the change, without `version` (where
    nothing tells of changes) within a second. An identifier may carry the image's version (`addresses.versioned`).
    What is no tile is computed through `rendered`, within the client's `allowance`. Threads may share one service.
    """

    def __init__(
        self,
        locate: Callable[[str], Located | None],
        limits: Limits | None = None,
        *,
        version: Callable[[], object] | None = None,
        trust_s: float | None = None,
        most_open: int = 128,
        rendered: RenderedImages | None = None,
        allowance: Allowance | None = None,
        most_render_s: float = 20.0,
    ) -> None:
        self._locate = locate
        self._limits = limits or Limits()
        self._version = version or _unchanging
        self._trust_s = trust_s if trust_s is not None else 5.0 if version else 1.0
        self._most_open = most_open
        self._pyramids = OpenPyramids(most=most_open)
        self._opened: OrderedDict[str, _Opened] = OrderedDict()
        self._lock = Lock()
        self._tiles_kept = 0
        self._rendered = rendered or RenderedImages()
        self._allowance = allowance or Allowance(burst=1, per_minute=0)
        self._most_render_s = most_render_s

    def answer(
        self,
        identifier: str,
        rest: str | None,
        *,
        version: int,
        base_url: str,
        if_none_match: str = "",
        if_modified_since: str = "",
        method: str = "GET",
        client: Callable[[], str] = lambda: "",
    ) -> Answer:
        """Answer `method` on `rest`, the path after the identifier and its slash (None: not even the slash).

        `base_url` is the public origin without trailing slash, `client` gives the network address that asks, where
        something must be computed. Never raises a MuseumError: it becomes the answer.
        """
        if method not in ("GET", "HEAD"):
            return other_method(method)
        path = addresses.image_service(identifier, version)
        asked = _Asked(path, base_url, version, if_none_match, if_modified_since, client, method == "HEAD")
        try:
            try:
                made = self._answer(identifier, rest, asked)
            except Conflict:  # made anew while it was open
                self._forget(identifier)
                made = self._answer(identifier, rest, asked)
        except _Elsewhere:
            made = _to_plain(identifier, rest, asked)
        except MuseumError as error:
            made = refusal(error)
        return Answer(made.status, made.headers, b"") if method == "HEAD" else made

    def at_hand(self, identifier: str, rest: str, *, version: int) -> TileAtHand | None:
        """The stored tile that `rest`, the path after the identifier and its slash, asks for, if its image is open.

        None for whatever takes waiting, computing or refusing: `answer` has an answer to that.
        """
        opened = self._opened.get(identifier)
        if opened is None or opened.version != self._version() or opened.until < time.monotonic():
            return None
        tile = opened.tiles.get((rest, version))
        if tile is None:
            found = image.tile_path(rest, version=version, grid=opened.grid)
            if found is None or found[2] not in opened.stored:
                return None
            path = addresses.image_service(identifier, version)
            tile = _tile(opened.stored[found[2]], found[0], found[1], path, version)
            self._keep(opened, (rest, version), tile)
        return tile

    def _keep(self, opened: _Opened, asked: tuple[str, int], tile: TileAtHand) -> None:
        if self._tiles_kept >= _MOST_TILES:
            with self._lock:
                for other in self._opened.values():
                    other.tiles.clear()
            self._tiles_kept = 0
        opened.tiles[asked] = tile
        self._tiles_kept += 1

    def _answer(self, identifier: str, rest: str | None, asked: _Asked) -> Answer:
        opened = self._opened.get(identifier)
        now = self._version()
        if opened is None or opened.version != now or opened.until < time.monotonic():
            opened = self._open(identifier, now)
        if not rest:
            return Answer(303, [("Location", f"{asked.uri}/info.json"), CORS, ("Content-Length", "0")], b"")
        if found := image.tile_path(rest, version=asked.version, grid=opened.grid):
            place, canonical, suffix = found
            if suffix in opened.stored:
                return _told(_tile(opened.stored[suffix], place, canonical, asked.path, asked.version), asked)
        if rest == "info.json":
            return self._info(opened, asked)
        request = image.parse(rest, version=asked.version, grid=opened.grid, limits=self._limits)
        if request.tile and request.format in opened.stored:
            tile = _tile(opened.stored[request.format], request.tile, request.canonical, asked.path, asked.version)
            return _told(tile, asked)
        return self._computed(opened, request, asked)

    def _open(self, identifier: str, version: object) -> _Opened:
        name, asked_version = addresses.without_version(identifier)
        located = self._locate(name)
        if located is None or not located.is_public:
            with self._lock:
                self._opened.pop(identifier, None)
            raise NotFound("image_request.unknown", identifier=identifier[:80])
        if asked_version is not None and asked_version != located.version:
            raise _Elsewhere
        pyramid = self._pyramid(located.folder)
        grid = Grid(pyramid.width_px, pyramid.height_px, pyramid.tile_px, pyramid.levels, pyramid.is_grey)
        cached = _CACHED if asked_version is None else _CACHED_FOR_EVER
        opened = _Opened(
            located=located,
            grid=grid,
            stored=self._stored(located, pyramid, cached),
            cached=cached,
            until=time.monotonic() + self._trust_s,
            version=version,
        )
        with self._lock:
            self._opened[identifier] = opened
            self._opened.move_to_end(identifier)
            while len(self._opened) > self._most_open:
                self._opened.popitem(last=False)
        return opened

    def _forget(self, identifier: str) -> None:
        with self._lock:
            opened = self._opened.pop(identifier, None)
        for folder in (opened.located.folder, opened.located.webp_folder) if opened else ():
            if folder is not None:
                self._pyramids.forget(folder)

    def _pyramid(self, folder: Folder) -> Pyramid:
        """The pyramid in `folder`, opened anew where it was replaced meanwhile."""
        pyramid = self._pyramids.get(folder)
        try:
            is_current = folder.version(PYRAMID_NAME) == pyramid.version
        except OSError as error:
            raise BackendError("image.pyramid_broken", reason=f"{folder.name}: {error.strerror}") from error
        if not is_current:
            self._pyramids.forget(folder)
            pyramid = self._pyramids.get(folder)
        return pyramid

    def _stored(self, located: Located, pyramid: Pyramid, cached: tuple[str, str]) -> Mapping[str, _Stored]:
        found = {"jpg": pyramid}
        if located.webp_folder is not None:
            try:
                webp = self._pyramid(located.webp_folder)
            except BackendError:
                pass  # WebP is the lighter copy of what JPEG has as well; `museum check` tells of it
            else:
                same = ("width_px", "height_px", "tile_px", "levels")
                if webp.kind == "webp" and all(getattr(webp, name) == getattr(pyramid, name) for name in same):
                    found["webp"] = webp
        stored = {}
        for suffix, one in found.items():
            modified = ("Last-Modified", formatdate(one.modified_at, usegmt=True))
            stored[suffix] = _Stored(
                pyramid=one,
                tag=f'"{located.digest[:16]}-{int(one.modified_at * 1000):x}{"" if suffix == "jpg" else suffix}',
                modified=modified,
                kind=("Content-Type", FORMATS[suffix]),
                headers=(modified, cached, CORS),
            )
        return stored

    def _computed(self, opened: _Opened, request: ImageRequest, asked: _Asked) -> Answer:
        stored = opened.stored["jpg"]
        etag = f'{stored.tag}-{request.canonical.replace("/", "_")}-{asked.version}"'
        link = f'<{asked.uri}/{request.canonical}>;rel="canonical", <{PROFILES[asked.version]}>;rel="profile"'
        headers = [("ETag", etag), stored.modified, opened.cached, CORS, ("Link", link)]
        if _has_it(asked, etag, stored.modified[1]):
            return Answer(304, headers, b"")

        area = request.size[0] * request.size[1]

        def make() -> bytes:
            return render(
                opened.located.folder,
                stored.pyramid,
                region=request.region,
                size=request.size,
                is_mirrored=request.is_mirrored,
                rotation_deg=request.rotation_deg,
                quality=request.quality,
                kind=request.format,
                seconds=self._most_render_s,
            )

        def admit() -> None:
            self._allowance.take(asked.client(), cost=1 + area // _AREA_OF_A_TOKEN)

        seen = (request.region, request.size, request.is_mirrored, request.rotation_deg, request.quality)
        key = f"{stored.tag}:{seen}.{request.format}"
        headers += [("Content-Type", FORMATS[request.format]), NOSNIFF]
        if asked.is_head:  # nothing is computed to tell its length (RFC 9110 §9.3.2)
            kept = self._rendered.kept(key)
            return Answer(200, headers if kept is None else [*headers, ("Content-Length", str(len(kept)))], b"")
        body = self._rendered.get(key, make, admit=admit, is_large=area > _LARGE_AREA)
        return Answer(200, [*headers, ("Content-Length", str(len(body)))], body)

    def _info(self, opened: _Opened, asked: _Asked) -> Answer:
        located = opened.located
        preferred = [suffix for suffix in reversed(STORED_FORMATS) if suffix in opened.stored]
        about = About(
            rights=located.rights,
            record_id=located.record_id,
            preferred_formats=preferred if len(preferred) > 1 else (),
        )
        body = info(
            asked.uri,
            version=asked.version,
            base_url=asked.base_url,
            grid=opened.grid,
            limits=self._limits,
            about=about,
        )
        stored = opened.stored["jpg"]
        etag = f'{stored.tag}-info{asked.version}-{_short_digest(body)}"'
        link = f'<{PROFILES[asked.version]}>;rel="profile"'
        # Rights and limits change without the pyramid: only the tag says that nothing changed.
        headers = [("ETag", etag), stored.modified, _CACHED_INFO, CORS, ("Link", link)]
        if asked.if_none_match and is_unchanged(etag, "", if_none_match=asked.if_none_match, if_modified_since=""):
            return Answer(304, headers, b"")
        headers += [("Content-Type", _CONTENT_TYPES[asked.version]), ("Content-Length", str(len(body))), NOSNIFF]
        return Answer(200, headers, body)


def _tile(stored: _Stored, place: tuple[int, int, int], canonical: str, path: str, version: int) -> TileAtHand:
    return TileAtHand(
        f'{stored.tag}-{place[0]}.{place[1]}.{place[2]}"',
        stored.modified[1],
        stored.headers,
        stored.kind,
        f'{path}/{canonical}>;rel="canonical", <{PROFILES[version]}>;rel="profile"',
        stored.pyramid.place(*place),
    )


def _told(tile: TileAtHand, asked: _Asked) -> Answer:
    headers = [("ETag", tile.etag), *tile.headers, ("Link", f"<{asked.base_url}{tile.link}")]
    if tile.is_unchanged(asked.if_none_match, asked.if_modified_since):
        return Answer(304, headers, b"")
    body = tile.place.read()
    headers += [tile.kind, ("Content-Length", str(len(body))), NOSNIFF]
    return Answer(200, headers, body)


def _to_plain(identifier: str, rest: str | None, asked: _Asked) -> Answer:
    """Another version than ours is asked for: the address without one shows the image as it is now."""
    name, _ = addresses.without_version(identifier)
    where = asked.base_url + addresses.image_service(name, asked.version)
    if rest is not None:
        where += f"/{quote(rest, safe=_PLAIN)}"
    headers = [("Location", where), ("Cache-Control", "public, max-age=60"), CORS, ("Content-Length", "0")]
    return Answer(303, headers, b"")


def _has_it(asked: _Asked, etag: str, modified: str) -> bool:
    tags, date = asked.if_none_match, asked.if_modified_since
    return bool(tags or date) and is_unchanged(etag, modified, if_none_match=tags, if_modified_since=date)


def _unchanging() -> object:
    return None


def _short_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
