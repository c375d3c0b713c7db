"""Pages of one scan without a museum behind them: the built scripts and styles, a small box of known size."""

import contextlib
import gzip
import json
import struct
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.viewer.strings import scan_strings
from museum.web.protection import POLICY
from tests.museums import Served

DIST = Path(__file__).parents[2] / "museum" / "web" / "static" / "dist"
BOX_MM = (100.0, 60.0, 40.0)
_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".glb": "model/gltf-binary"}


def box_glb(
    size_mm: tuple[float, float, float] = BOX_MM, *, cells: int = 8, as_points: bool = False, metallic: float = 0
) -> bytes:
    """A box around the origin, in metres, with vertex colors, as a plain GLB (glTF 2.0 §4.4); `cells` along a side."""
    places: list[NDArray[np.float64]] = []
    colors: list[NDArray[np.float64]] = []
    corners: list[NDArray[np.int64]] = []
    for axis in range(3):
        for sign in (-1, 1):
            u, v = np.meshgrid(np.linspace(-1, 1, cells + 1), np.linspace(-1, 1, cells + 1), indexing="ij")
            side = np.stack([np.full_like(u, sign), u, v * sign], axis=-1).reshape(-1, 3)
            start = sum(len(place) for place in places)
            places.append(np.roll(side, axis, axis=1) * np.array(size_mm) / 2000)
            colors.append(np.tile(np.eye(3)[axis] * 0.5 + 0.3 + 0.1 * sign, (len(side), 1)))
            grid = np.arange((cells + 1) ** 2).reshape(cells + 1, cells + 1) + start
            a, b, c, d = grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]
            corners.append(np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3))
    position = np.concatenate(places).astype("<f4")
    color = np.concatenate(colors).astype("<f4")
    index = np.concatenate(corners).astype("<u4")
    parts = [position.tobytes(), color.tobytes(), *([] if as_points else [index.tobytes()])]
    starts = np.cumsum([0, *map(len, parts)])
    count = len(position)
    low, high = position.min(axis=0).tolist(), position.max(axis=0).tolist()
    shape: dict[str, Any] = {"attributes": {"POSITION": 0, "COLOR_0": 1}, "mode": 0 if as_points else 4, "material": 0}
    accessors: list[dict[str, Any]] = [
        {"bufferView": 0, "componentType": 5126, "count": count, "type": "VEC3", "min": low, "max": high},
        {"bufferView": 1, "componentType": 5126, "count": count, "type": "VEC3"},
    ]
    if not as_points:
        shape["indices"] = 2
        accessors.append({"bufferView": 2, "componentType": 5125, "count": index.size, "type": "SCALAR"})
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [shape]}],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": metallic, "roughnessFactor": 0.9}}],
        "accessors": accessors,
        "bufferViews": [
            {"buffer": 0, "byteOffset": int(start), "byteLength": len(part)}
            for start, part in zip(starts, parts, strict=False)
        ],
        "buffers": [{"byteLength": int(starts[-1])}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = b"".join(parts)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(body), 0x004E4942) + body
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


def page_of(options: Mapping[str, Any], *, language: str = "vi") -> bytes:
    """An object's page with the viewer's markup and nothing else."""
    told = json.dumps({**options, "strings": scan_strings(language)}).replace("<", "\\u003c")
    poster = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='8' height='6'/%3E"
    return f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Hộp</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/site.css"><link rel="stylesheet" href="/static/viewer.css">
<script type="module" src="/static/site.js"></script></head><body><main><h1>Hộp</h1>
<figure class="viewer" data-viewer="scan"><div class="viewer-stage">
<img class="viewer-poster" src="{poster}" width="800" height="600" alt="Hộp gỗ"></div>
<figcaption class="stage-caption"><div class="wrap">Bản quét 3D</div></figcaption>
<script type="application/json">{told}</script></figure></main></body></html>""".encode()


@contextlib.contextmanager
def serving_files(files: Mapping[str, bytes], *, zipped: bool = False) -> Iterator[Served]:
    """Serve `files` (path → body) and the built front end on a free port, under the museum's own policy. `zipped`: as
    the museum sends them, gzip over connections that are kept."""
    packed: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1" if zipped else "HTTP/1.0"

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # what is no longer wanted
                super().handle()

        def do_GET(self) -> None:
            path = self.path.partition("?")[0].partition("#")[0]
            body = files.get(path)
            if body is None and path.startswith("/static/") and (DIST / path[8:]).is_file():
                body = (DIST / path[8:]).read_bytes()
            self.send_response(200 if body is not None else 404)
            if zipped and body is not None:
                body = packed[path] = packed.get(path) or gzip.compress(body, 6)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Type", _TYPES.get(Path(path).suffix, "text/html; charset=utf-8"))
            self.send_header("Content-Length", str(len(body or b"")))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(Path(), f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
