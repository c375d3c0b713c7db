"""A web process with a small application of its own, for tests of how requests come in and answers go out."""

import contextvars
import io
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from museum.iiif.service import ImageService, Located
from museum.imaging.folder import LocalFolder
from museum.web.accepting import Share
from museum.web.images import Site
from museum.web.listening import listen
from museum.web.supervising import Supervisor
from museum.web.tiles import ImageRoute
from museum.web.tiles_at_hand import TilesAtHand

PIECE, PIECES = 64 * 2**10, 400
"""A long answer: 25 MiB, more than any system keeps of what nobody reads."""
WIDTH, HEIGHT = 1500, 1100
_open = 0
_counting = threading.Lock()
_tiles = {"at_hand": 0}
_said = contextvars.ContextVar("said", default="nothing")


class _Long:
    """Pieces that say which context they were made in, and count as open until they are closed."""

    def __init__(self) -> None:
        global _open
        with _counting:
            _open += 1
        self._pieces = self._make()

    def _make(self) -> Iterator[bytes]:
        token = _said.set("hello")
        for _ in range(PIECES):
            yield _said.get().encode().ljust(PIECE, b".")
        _said.reset(token)  # raises where this is another context than above

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        global _open
        with _counting:
            _open -= 1


def application(environ: dict[str, Any], start: Any) -> Any:
    """/echo /long /file /open /wait /broken, and for anything else the variables of the request."""
    path = environ["PATH_INFO"]
    if path == "/broken":
        raise RuntimeError("as wanted")
    if path == "/echo":
        body = str(len(environ["wsgi.input"].read())).encode()
    elif path == "/open":
        body = json.dumps({"open": _open, "process": os.getpid(), **_tiles}).encode()
    elif path == "/wait":
        time.sleep(0.2)
        body = b"waited"
    elif path == "/long":
        start("200 OK", [("Content-Type", "text/plain")])
        return _Long()
    elif path == "/file":
        file = io.BytesIO(bytes(range(256)) * 4096)
        start("200 OK", [("Content-Length", str(2**20))])
        return environ["wsgi.file_wrapper"](file)
    else:
        body = json.dumps({k: v for k, v in environ.items() if isinstance(v, str)}).encode()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body] if environ["REQUEST_METHOD"] != "HEAD" else []


def site(pyramid: Path) -> Site:
    """The application behind one image, "picture"."""

    def locate(identifier: str) -> Located | None:
        return Located("ab" * 32, LocalFolder(pyramid), WIDTH, HEIGHT, "", True) if identifier == "picture" else None

    def count(_status: int, _seconds: float, _size: int) -> None:
        _tiles["at_hand"] += 1

    service = ImageService(locate, trust_s=3600)
    tiles = TilesAtHand(service, lambda headers: f"http://{headers['HTTP_HOST']}", count=count)
    return Site(ImageRoute(application, service), tiles, warm=lambda: None)


def main() -> None:
    """`python -m tests.web.listening_app PYRAMID FILE_DESCRIPTOR PROCESSES`."""
    pyramid, listener, processes = Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])), int(sys.argv[3])
    listener.setblocking(False)
    counts = Share.counts(processes)

    def work(number: int) -> None:
        listen(site(pyramid), listener, Share(counts, number))

    if processes == 1:
        work(0)
    else:
        Supervisor(work, processes, after_start=lambda: None).run()


if __name__ == "__main__":
    main()
