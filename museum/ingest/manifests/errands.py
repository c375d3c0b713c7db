"""Asking other institutions' servers as a good guest: one request at a time, waits kept, an end where all fails."""

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import FileIO
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from museum.config import Settings
from museum.errors import BackendError, MuseumError, SourceError
from museum.fetching import Fetched, Fetcher, Rules
from museum.ingest.manifests.document import Json
from museum.storage import disk

DOCUMENT_BYTES = 64 << 20  # of a manifest or a description of an image
_DOCUMENT_SECONDS = 60.0
_JSON = "application/ld+json, application/json;q=0.9, */*;q=0.1"
_BUSY = frozenset({429, 503})
_RESTRICTED = frozenset({401, 403})
_GONE = frozenset({404, 410})
_TRIES = 3
_GIVE_UP = 3  # failures of one host in a row after which it is left alone


class _Sink:
    """A file that is being fetched; remembers whether the disk refused it."""

    def __init__(self) -> None:
        self.failure: OSError | None = None
        self._stream: FileIO | None = None

    def opened(self, path: Path, mode: str) -> "_Sink":
        self.close()
        try:
            self._stream = FileIO(path, mode)
        except OSError as error:
            self.failure = error
            raise
        return self

    def write(self, data: bytes, /) -> None:
        assert self._stream is not None
        left = memoryview(data)
        try:
            while left:
                left = left[self._stream.write(left) :]
        except OSError as error:
            self.failure = error
            raise

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()


@dataclass
class Errands:
    """Fetches documents and files through the guarded client. One object serves one run; `wait` is time.sleep.

    `pause_s` lies between two requests to one host; a host that says how long to wait (429, 503 with Retry-After) is
    given that long, up to `patience_s`.
    """

    settings: Settings
    documents: Fetcher
    files: Fetcher
    wait: Callable[[float], None] = time.sleep
    pause_s: float = 0.1
    patience_s: float = 120.0
    asked: int = 0
    _last: dict[str, float] = field(default_factory=dict)
    _failures: Counter[str] = field(default_factory=Counter)

    def document(self, address: str) -> Fetched:
        """A JSON document. Raises SourceError, Forbidden or BackendError: fetch.*, manifest.*"""
        return self._ask(address, lambda: self.documents.fetch(address, accept=_JSON))

    def json(self, address: str) -> Json:
        """A JSON object. Raises as `document`, and SourceError manifest.not_json."""
        answer = self.document(address)
        try:
            found = orjson.loads(answer.body)
        except orjson.JSONDecodeError as error:
            raise SourceError("manifest.not_json", reason=str(error)) from error
        if not isinstance(found, dict):
            raise SourceError("manifest.not_json", reason=type(found).__name__)
        return found

    def file(self, address: str, path: Path) -> Fetched:
        """A file into `path`; what a broken transfer left there is gone on with where the server can.

        Raises as `document`; what came of a file that broke off stays in `path`.
        """
        tag = path.with_name(f"{path.name}.tag")  # what the server calls the version that `path` holds a part of
        headers: dict[str, str] = {}
        if path.is_file() and path.stat().st_size and tag.is_file():
            headers = {"Range": f"bytes={path.stat().st_size}-", "If-Range": tag.read_text(encoding="ascii")}
        sink = _Sink()

        def into(head: Fetched) -> _Sink:
            is_rest = head.status == 206 and path.is_file() and _begins_at(head) == path.stat().st_size
            if head.status == 206 and not is_rest:
                raise SourceError("manifest.server_said", address=address, status=206)
            version = head.headers.get("etag", "")
            version = "" if version.startswith("W/") else version or head.headers.get("last-modified", "")
            if version.isascii() and version:
                tag.write_text(version, encoding="ascii")
            else:
                tag.unlink(missing_ok=True)
            return sink.opened(path, "ab" if is_rest else "wb")

        try:
            answer = self._ask(address, lambda: self.files.fetch(address, headers=headers, into=into))
        except SourceError as error:
            if headers and error.code == "manifest.server_said":  # 416, or another part than asked: from the start
                path.unlink(missing_ok=True)
                return self.file(address, path)
            raise
        except BackendError as error:
            if sink.failure is not None:  # it was our disk that gave up
                raise disk.named(sink.failure, path) from error
            raise
        finally:
            sink.close()
        tag.unlink(missing_ok=True)
        return answer

    def _ask(self, address: str, ask: Callable[[], Fetched]) -> Fetched:
        host = urlsplit(address).netloc.lower()
        if self._failures[host] >= _GIVE_UP:
            raise SourceError("manifest.host_down", host=host, count=_GIVE_UP)
        for attempt in range(1, _TRIES + 1):
            self._pause(host)
            try:
                answer = ask()
            except BackendError:
                self._failures[host] += 1
                raise
            except SourceError as error:
                self._failures[host] += error.code == "fetch.too_slow"
                raise
            finally:
                self.asked += 1
                self._last[host] = time.monotonic()
            if answer.status in _BUSY and attempt < _TRIES:
                seconds = _seconds(answer.headers.get("retry-after", ""), attempt)
                if seconds > self.patience_s:
                    raise SourceError("manifest.busy", address=address, seconds=round(seconds))
                self.wait(seconds)
                continue
            self._failures[host] = self._failures[host] + 1 if answer.status >= 500 else 0
            if answer.status not in (200, 206):
                raise _refusal(address, answer)
            return answer
        raise AssertionError("unreachable")

    def _pause(self, host: str) -> None:
        left = self._last.get(host, -self.pause_s) + self.pause_s - time.monotonic()
        if left > 0:
            self.wait(left)


def errands(settings: Settings) -> Errands:
    """Errands within the museum's settings: fetch_peers, fetch_ports, fetch_seconds, max_upload_bytes."""
    base = Rules.of(peers=settings.fetch_peers, ports=settings.fetch_ports)
    documents = Rules(max_bytes=DOCUMENT_BYTES, seconds=_DOCUMENT_SECONDS, ports=base.ports, peers=base.peers)
    files = Rules(max_bytes=settings.max_upload_bytes, seconds=settings.fetch_seconds, ports=base.ports,
                  peers=base.peers)  # fmt: skip
    return Errands(settings=settings, documents=Fetcher(documents), files=Fetcher(files))


def _refusal(address: str, answer: Fetched) -> MuseumError:
    if answer.status in _RESTRICTED:
        return SourceError("manifest.restricted", address=address, status=answer.status)
    if answer.status in _GONE:
        return SourceError("manifest.gone", address=address, status=answer.status)
    if answer.status in _BUSY:
        return SourceError("manifest.busy", address=address, seconds=answer.headers.get("retry-after", "?"))
    return SourceError("manifest.server_said", address=address, status=answer.status)


def _seconds(said: str, attempt: int) -> float:
    """How long a server asks to wait: seconds or a date (RFC 9110 §10.2.3); if it is silent, longer each time."""
    said = said.strip()
    if said.isdecimal():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return float(2**attempt)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _begins_at(head: Fetched) -> int:
    """The first byte of a partial answer (RFC 9110 §14.4), -1 where it doesn't say."""
    match = re.match(r"bytes (\d+)-", head.headers.get("content-range", ""))
    return int(match[1]) if match else -1
