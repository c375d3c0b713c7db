"""Another institution's server, standing in on this machine: documents, image services with their limits, files."""

import io
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from PIL import Image as Pillow

from museum.config import Settings

V3 = "http://iiif.io/api/presentation/3/context.json"
V2 = "http://iiif.io/api/presentation/2/context.json"
CC_BY = "http://creativecommons.org/licenses/by/4.0/"
IN_COPYRIGHT = "http://rightsstatements.org/vocab/InC/1.0/"
_REQUEST = re.compile(r"(?P<id>.+)/(?P<region>[^/]+)/(?P<size>[^/]+)/0/(?:default|native)\.jpg")
_TYPES = {"jpg": "image/jpeg", "png": "image/png", "mp4": "video/mp4", "vtt": "text/vtt", "json": "application/json"}


@cache
def picture(width: int, height: int, seed: int = 0) -> Pillow.Image:
    """Pixels that differ from place to place and from seed to seed."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    bands = [(x * 3 + seed * 40) % 256, (y * 5) % 256, (x + y + seed) % 256]
    return Pillow.fromarray(np.stack(bands, axis=-1).astype(np.uint8))


def encoded(image: Pillow.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@dataclass
class Service:
    """An image service of one picture. `most_px` caps what is given at once, `tile_px` are its tiles (0: none)."""

    width: int = 64
    height: int = 48
    version: int = 3
    seed: int = 0
    most_px: int = 0
    tile_px: int = 0
    tile_off_by: int = 0
    refuses: tuple[str, ...] = ()  # sizes that are answered with 501

    def info(self, address: str) -> dict[str, Any]:
        said: dict[str, Any] = {"id" if self.version == 3 else "@id": address, "width": self.width,
                                "height": self.height, "protocol": "http://iiif.io/api/image"}  # fmt: skip
        if self.most_px and self.version == 3:
            said["maxWidth"] = self.most_px
        if self.most_px and self.version == 2:
            said["profile"] = ["http://iiif.io/api/image/2/level1.json", {"maxWidth": self.most_px}]
        if self.tile_px:
            said["tiles"] = [{"width": self.tile_px, "scaleFactors": [1, 2]}]
        return said

    def answer(self, region: str, size: str) -> tuple[int, bytes]:
        if size in self.refuses:
            return 501, b""
        image = picture(self.width, self.height, self.seed)
        if region != "full":
            x, y, w, h = map(int, region.split(","))
            image = image.crop((x, y, x + w - self.tile_off_by, y + h))
        elif self.most_px and max(image.size) > self.most_px:
            if size == "full":
                return 400, b"too large"
            image = image.resize((self.most_px, self.most_px * self.height // self.width))
        return 200, encoded(image)


@dataclass
class Elsewhere:
    """What the server has, by path, and what it was asked. `says` overrides an answer: status, headers, body."""

    url: str = ""
    bodies: dict[str, bytes] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    says: dict[str, Callable[[int, Mapping[str, str]], tuple[int, dict[str, str], bytes] | None]] = field(
        default_factory=dict
    )
    asked: Counter[str] = field(default_factory=Counter)
    any_picture: Service | None = None
    any_file: dict[str, bytes] = field(default_factory=dict)  # by suffix

    def put(self, path: str, document: Mapping[str, Any] | bytes) -> str:
        """Serve a document at a path; its address."""
        body = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
        self.bodies[path] = body
        return self.url + path

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.asked[path] += 1
        if path in self.says and (said := self.says[path](self.asked[path], headers)):
            return said
        if path in self.bodies:
            kind = _TYPES.get(path.rpartition(".")[2], "application/json")
            return 200, {"Content-Type": kind}, self.bodies[path]
        if path.endswith("/info.json"):
            service = self.services.get(path.removesuffix("/info.json"), self.any_picture)
            if service:
                info = service.info(self.url + path.removesuffix("/info.json"))
                return 200, {"Content-Type": "application/ld+json"}, json.dumps(info).encode()
        if found := _REQUEST.fullmatch(path):
            service = self.services.get(found["id"], self.any_picture)
            if service:
                status, body = service.answer(found["region"], found["size"])
                return status, {"Content-Type": "image/png"}, body
        suffix = path.rpartition(".")[2]
        if suffix in self.any_file:
            return 200, {"Content-Type": _TYPES.get(suffix, "application/octet-stream")}, self.any_file[suffix]
        return 404, {}, b"nothing"

    def settings(self, settings: Settings) -> Settings:
        """The museum's settings, this server being a peer."""
        return replace(settings, fetch_peers="127.0.0.0/8", fetch_ports=self.url.rpartition(":")[2])


@contextmanager
def standing_in(host: str = "127.0.0.1") -> Iterator[Elsewhere]:
    """The server, on a port of its own, until the block ends."""
    elsewhere = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = elsewhere.answer(self.path, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(status)
            stated = headers.pop("Content-Length", str(len(body)))
            for name, value in {**headers, "Content-Length": stated}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer((host, 0), Handler)
    elsewhere.url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield elsewhere
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def manifest(url: str, *canvases: Mapping[str, Any], **said: Any) -> dict[str, Any]:
    """A manifest of version 3 with these canvases."""
    body = {"@context": V3, "id": url, "type": "Manifest", "label": {"vi": ["Trống đồng"], "en": ["Bronze drum"]}}
    return {**body, "rights": CC_BY, **said, "items": list(canvases)}


def canvas(url: str, number: int, *bodies: Mapping[str, Any], **said: Any) -> dict[str, Any]:
    """A canvas that paints these bodies."""
    here = f"{url}/canvas/{number}"
    annotations = [
        {"id": f"{here}/{n}", "type": "Annotation", "motivation": "painting", "body": body, "target": here}
        for n, body in enumerate(bodies)
    ]
    page = {"id": f"{here}/page", "type": "AnnotationPage", "items": annotations}
    label = {"none": [f"tr. {number}"]}
    return {"id": here, "type": "Canvas", "width": 64, "height": 48, "label": label, "items": [page], **said}


def image(url: str, path: str, *, version: int = 3, **said: Any) -> dict[str, Any]:
    """An image body with its service."""
    service = {"id": url + path, "type": "ImageService3", "profile": "level1"}
    if version == 2:
        base = "http://iiif.io/api/image/2"
        service = {"@id": url + path, "@context": f"{base}/context.json", "profile": f"{base}/level1.json"}
    size = "max" if version == 3 else "full"
    return {"id": f"{url}{path}/full/{size}/0/default.jpg", "type": "Image", "format": "image/jpeg",
            "service": [service], **said}  # fmt: skip
