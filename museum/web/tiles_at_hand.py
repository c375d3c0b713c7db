"""Tiles answered from the bytes of a request, for the event loop of a web process: no thread, no WSGI, no waiting.

Only requests of the plainest form are taken, and only tiles that lie in memory; whatever else is asked, or asked
otherwise, goes the way of all requests and gets the same answer there.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import httptools

from museum.iiif.answering import NOSNIFF
from museum.iiif.service import ImageService
from museum.web.wsgi_environ import header_variables

Count = Callable[[int, float, int], None]
"""(status, seconds, bytes of the body) of an answer."""

_ASKED = re.compile(
    rb"GET /iiif/image/([23])/([\w.~-]{1,200})/([\d,]{7,40}/[\d,]{1,20}/0/default\.\w{3,4}) HTTP/1\.1\r\n"
)
_CONDITION = re.compile(rb"\r\n(if-none-match|if-modified-since):[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.IGNORECASE)
# With one of these the request has a body, wants the connection closed, or something else than a tile.
_NOT_PLAIN = {
    "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "HTTP_CONNECTION", "HTTP_EXPECT", "HTTP_UPGRADE", "HTTP_RANGE",
    "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE",
}  # fmt: skip
_TAG = b"\r\nIf-None-Match: "
_MOST_BYTES, _MOST_KEPT = 4096, 512


class _Asker(NamedTuple):
    base_url: str
    if_none_match: str = ""
    if_modified_since: str = ""


class TilesAtHand:
    """Answers for the tiles of `service` that nothing has to be waited for.

    `base_url` gives the public origin for the header variables of a request, None where that is not plain. What the
    headers of a request mean is remembered, since a browser sends the same with each tile.
    """

    def __init__(
        self,
        service: ImageService,
        base_url: Callable[[Mapping[str, str]], str | None],
        *,
        count: Count | None = None,
    ) -> None:
        self._service = service
        self._base_url = base_url
        self._count = count
        self._askers: dict[bytes, _Asker | None] = {}
        self._written: dict[tuple[tuple[str, str], ...], str] = {}

    def answer(self, request: bytes, *, date: bytes) -> bytes | bytearray | None:
        """The whole answer to a whole request, `date` being the value of its header Date; None: ask elsewhere."""
        began = time.perf_counter()
        asked = _ASKED.match(request)
        if asked is None:
            return None
        asker = self._asker(request[asked.end() - 2 :])
        if asker is None:
            return None
        version, identifier, rest = asked.groups()
        tile = self._service.at_hand(identifier.decode("ascii"), rest.decode("ascii"), version=int(version))
        if tile is None:
            return None
        common = f"ETag: {tile.etag}\r\n{self._lines(tile.headers)}Link: <{asker.base_url}{tile.link}\r\n"
        day = date.decode("ascii")
        if tile.is_unchanged(asker.if_none_match, asker.if_modified_since):
            whole: bytes | bytearray | None = f"HTTP/1.1 304 Not Modified\r\n{common}Date: {day}\r\n\r\n".encode(
                "latin-1"
            )
            self._tell(304, began, 0)
            return whole
        size = tile.place.size_bytes
        whole = tile.place.read_now(
            f"HTTP/1.1 200 OK\r\n{common}Content-Type: {tile.kind[1]}\r\nContent-Length: {size}\r\n"
            f"{NOSNIFF[0]}: {NOSNIFF[1]}\r\nDate: {day}\r\n\r\n".encode("latin-1")
        )
        if whole is not None:
            self._tell(200, began, size)
        return whole

    def _tell(self, status: int, began: float, size_bytes: int) -> None:
        if self._count is not None:
            self._count(status, time.perf_counter() - began, size_bytes)

    def _lines(self, headers: tuple[tuple[str, str], ...]) -> str:
        written = self._written.get(headers)
        if written is None:
            if len(self._written) >= _MOST_KEPT:
                self._written.clear()
            written = self._written[headers] = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return written

    def _asker(self, lines: bytes) -> _Asker | None:
        """What the header lines of a request say, between the line ends before and after them."""
        try:
            return self._askers[lines]
        except KeyError:
            pass
        if len(lines) > _MOST_BYTES:
            return None
        if (at := lines.find(_TAG)) >= 0:  # as browsers ask whether a tile they have is still good
            end = lines.find(b"\r\n", at + len(_TAG))  # none in a request cut off here: nobody is known then
            known = self._askers.get(lines[:at] + lines[end:])
            if known is not None:
                return _Asker(known.base_url, lines[at + len(_TAG) : end].decode("latin-1").strip())
        found = _CONDITION.findall(lines)
        conditions = {name.lower(): value.decode("latin-1") for name, value in found}
        if len(conditions) != len(found):
            return None
        plain = _CONDITION.sub(b"", lines) if conditions else lines
        if plain not in self._askers:
            if len(self._askers) >= _MOST_KEPT:
                self._askers.clear()
            self._askers[plain] = self._read(plain)
        asker = self._askers[plain]
        if asker is None or not conditions:
            return asker
        none_match, since = conditions.get(b"if-none-match", ""), conditions.get(b"if-modified-since", "")
        return _Asker(asker.base_url, none_match, since)

    def _read(self, lines: bytes) -> _Asker | None:
        headers = _headers(lines)
        if headers is None:
            return None
        found = header_variables(headers)
        if found.get("HTTP_CONNECTION", "").lower() == "keep-alive":
            del found["HTTP_CONNECTION"]
        if not _NOT_PLAIN.isdisjoint(found):
            return None
        base_url = self._base_url(found)
        return None if base_url is None else _Asker(base_url)


class _Collected:
    """What the parser of the web server finds in a head."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.begun = self.messages = 0

    def on_message_begin(self) -> None:
        self.begun += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_message_complete(self) -> None:
        self.messages += 1


def _headers(lines: bytes) -> list[tuple[bytes, bytes]] | None:
    """Header lines read by the very parser that reads all other requests; None where they aren't those of one GET."""
    collected = _Collected()
    parser = httptools.HttpRequestParser(collected)
    try:
        parser.feed_data(b"GET / HTTP/1.1" + lines)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return None
    return collected.headers if collected.begun == collected.messages == 1 else None
