"""The connections of one web process: uvicorn's protocol, with tiles answered before it and an end to idleness."""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from museum.web.tiles_at_hand import TilesAtHand

IDLE_S = 75
"""How long a connection may wait for its next request: longer than proxies keep theirs."""
_SILENT_S = 30  # in the middle of a request, or of an answer that nobody takes
_LONGEST_REQUEST_S = 300
_MOST_HEAD_BYTES = 32 * 2**10
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Connection(HttpToolsProtocol):
    """HTTP/1.1 (RFC 9112). A whole request for a tile that lies in memory is answered at once, if nothing else is
    under way on the connection; every other byte goes to uvicorn."""

    def __init__(self, *, tiles: TilesAtHand | None, on_end: Callable[[], None], **options: Any) -> None:
        super().__init__(**options)
        self._tiles = tiles
        self._on_end = on_end
        self._is_reading = False  # a request has begun and isn't whole
        self._has_just_begun = False  # with the bytes that came last
        self._has_head = False
        self._head_bytes = 0
        self._moved_at = self._begun_at = self.loop.time()
        self._unsent_bytes = 0

    def data_received(self, data: bytes) -> None:
        """As asyncio.Protocol's."""
        self._moved_at = self.loop.time()
        if self._tiles is not None and self._is_idle and not self.flow.write_paused:
            headers = self.server_state.default_headers
            answer = self._tiles.answer(data, date=headers[0][1]) if headers else None
            if answer is not None:
                self._unset_keepalive_if_required()
                self.transport.write(answer)
                return
        self._has_just_begun = False
        super().data_received(data)
        if self._is_reading and not self._has_head and not self._has_just_begun:
            self._head_bytes += len(data)
            if self._head_bytes > _MOST_HEAD_BYTES:
                self._refuse_head()

    def _refuse_head(self) -> None:
        if self.cycle is not None:
            self.cycle.disconnected = True  # an earlier answer on this connection, if there is one, has no way left
        self.transport.write(_TOO_LONG)
        self.transport.close()

    @property
    def _is_idle(self) -> bool:
        cycle = self.cycle
        return not self._is_reading and (cycle is None or cycle.response_complete) and not self.pipeline

    def connection_lost(self, exc: Exception | None) -> None:
        """As asyncio.Protocol's."""
        self._on_end()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """As httptools calls it."""
        super().on_message_begin()
        self._is_reading = self._has_just_begun = True
        self._has_head, self._head_bytes = False, 0
        self._begun_at = self.loop.time()

    def on_headers_complete(self) -> None:
        """As httptools calls it."""
        self._has_head = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """As httptools calls it."""
        self._is_reading = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """As uvicorn calls it."""
        self._moved_at = self.loop.time()
        super().on_response_complete()

    def look_after(self) -> None:
        """Close the connection if nothing moves on it; to be called every second or so."""
        now = self.loop.time()
        unsent = self.transport.get_write_buffer_size()
        if unsent and unsent != self._unsent_bytes:
            self._moved_at = now
        self._unsent_bytes = unsent
        still_s = now - self._moved_at
        if unsent:
            if still_s > _SILENT_S:
                self.transport.abort()
        elif self._is_reading:
            if still_s > _SILENT_S or now - self._begun_at > _LONGEST_REQUEST_S:
                self.transport.close()
        elif self._is_idle and still_s > IDLE_S:
            self.transport.close()
