"""Digirati's client of IIIF Authorization Flow 2.0 with OpenSeadragon, on another origin than the museum's.

react-iiif-vault is the one published package that we found to speak version 2.0 (its makers edit the standard). Its
store opens the windows and frames and keeps the tokens; the page around it asks the probe service and shows the tiles.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.serving import make_server

from tests.conformance.iiif_clients import _Quiet

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

CLIENTS = ("react@19.2.0", "react-dom@19.2.0", "react-iiif-vault@2.0.10", "openseadragon@6.1.1")
_PAGE = """<!doctype html><meta charset="utf-8"><title>Viewer</title>
<div id="view" style="width:640px;height:420px"></div><p id="said"></p>
<button id="login">login</button><button id="logout">logout</button>
<script>window.exports = {};</script><script src="/react/cjs/react.production.js"></script>
<script>window.React = window.exports; window.exports = {}; window.require = () => React;</script>
<script src="/react-dom/cjs/react-dom.production.js"></script>
<script>window.ReactDOM = window.exports; delete window.exports; delete window.require;</script>
<script src="/react-iiif-vault/dist/bundle.global.js"></script>
<script src="/openseadragon/build/openseadragon/openseadragon.min.js"></script>
<script>
const address = new URLSearchParams(location.search).get("image");
const seen = (window.seen = { statuses: [], errors: [], isWhole: () => false });
const store = ReactIIIFVault.createAuthStateStore();
async function probe(service, token) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const result = await (await fetch(service.id, { headers })).json();
  seen.statuses.push(result.status);
  return result;
}
function show(info) {
  const viewer = OpenSeadragon({ id: "view", tileSources: info, showNavigationControl: false, drawer: "canvas" });
  seen.isWhole = () => viewer.world.getItemCount() === 1 && viewer.world.getItemAt(0).getFullyLoaded();
}
(async () => {
  const info = await (await fetch(`${address}/info.json`)).json();
  const service = info.service.find((each) => each.type === "AuthProbeService2");
  if ((await probe(service)).status === 200) return show(info);
  let told = "";
  store.subscribe(async (state) => {
    const item = state.authItems[0];
    if (item.error) seen.errors.push(item.error);
    const token = item.session?.token ?? "";
    if (!token || token === told) return;
    told = token;
    if ((await probe(service, token)).status === 200) show(info);
  });
  for (const access of service.service) store.getState().addService(access, service.id);
  document.querySelector("#said").textContent = service.service[0].heading.en[0];
  document.querySelector("#login").onclick = () => store.getState().login();
  document.querySelector("#logout").onclick = () => store.getState().logout();
})().catch((error) => seen.errors.push(String(error)));
</script>"""


@contextlib.contextmanager
def serving(app: "WSGIApplication", *, host: str) -> Iterator[str]:
    """`app` at a free port of this machine, by the name `host`; gives its origin."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def viewer_app(folder: Path) -> "WSGIApplication":
    """The page of the viewer and the packages that it loads, from `folder`."""

    def answer(_environ: dict[str, Any], start_response: "StartResponse") -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [_PAGE.encode()]

    names = [client.partition("@")[0] for client in CLIENTS]
    return SharedDataMiddleware(answer, {f"/{name}/": str(folder / name / "package") for name in names})
