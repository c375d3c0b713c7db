"""Digirati's client of IIIF Authorization Flow 2.0 with OpenSeadragon, on another origin than the museum's.

react-iiif-vault is the one published package that we found to speak version 2.0 (its makers edit the standard). Its
store opens the windows and frames and keeps the tokens; the page around it asks the probe service and shows the tiles.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import BrowserContext, Page
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.serving import make_server

from tests.conformance.iiif_clients import _Quiet
from tests.web.signing_in import PASSWORD

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

WITHIN_MS = 40_000
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
const asked = new URLSearchParams(location.search);
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
async function found() {  // the image named, or the last one of the manifest with the services that stand there
  if (asked.has("image")) return [asked.get("image"), null];
  const manifest = await (await fetch(asked.get("manifest"))).json();
  const image = manifest.items.at(-1).items[0].items[0].body.service.find((each) => each.type === "ImageService3");
  return [image.id, image.service[0]];
}
(async () => {
  const [address, named] = await found();
  const info = await (await fetch(`${address}/info.json`)).json();
  const service = named ?? info.service.find((each) => each.type === "AuthProbeService2");
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
  document.body.dataset.service = service.id;
  for (const access of service.service) store.getState().addService(access, service.id);
  document.querySelector("#said").textContent = service.service[0].heading.en[0];
  document.querySelector("#login").onclick = () => store.getState().login();
  document.querySelector("#logout").onclick = () => store.getState().logout();
})().catch((error) => seen.errors.push(String(error)));
</script>"""


@contextlib.contextmanager
def serving(app: "WSGIApplication", *, host: str, is_https: bool = False) -> Iterator[str]:
    """`app` at a free port of this machine, by the name `host`; gives its origin. With https its certificate is made
    for the occasion and known to nobody."""
    certificate = "adhoc" if is_https else None
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet, ssl_context=certificate)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http{'s' if is_https else ''}://{host}:{server.server_port}"
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


class Seat:
    """Somebody before the viewer: the page, and what the museum answered its pictures."""

    def __init__(self, context: BrowserContext, museum: str, address: str) -> None:
        self.museum = museum
        self.page: Page = context.new_page()
        self.pictures: list[int] = []
        self.page.on("response", lambda r: self.pictures.append(r.status) if "default.jpg" in r.url else None)
        self.page.goto(address)
        self.page.wait_for_function("() => seen.statuses.length === 1", timeout=WITHIN_MS)

    def sign_in(self, email: str) -> None:
        with self.page.expect_popup() as opened:
            self.page.click("#login")
        window = opened.value
        window.fill("#email", email)
        window.fill("#password", PASSWORD)
        window.click("button.key")
        window.locator(".image-access-site").wait_for(timeout=WITHIN_MS)
        with window.expect_event("close", timeout=WITHIN_MS):
            window.click("button.key")

    def until(self, what: str) -> None:
        end = time.monotonic() + WITHIN_MS / 1000
        while not self.page.evaluate(f"() => {what}"):
            state = self.page.evaluate("JSON.stringify(seen)")
            assert time.monotonic() < end, f"{what}: {state}, pictures {self.pictures}"
            self.page.wait_for_timeout(100)

    def loads(self) -> str:
        """What becomes of a picture of the restricted image on this page: "load" or "error"."""
        address = f"{self.museum}/iiif/image/3/internal/full/300,/0/default.jpg"
        found: str = self.page.evaluate(
            """(src) => new Promise((done) => {
                const picture = new Image();
                picture.onload = picture.onerror = (event) => done(event.type);
                picture.src = `${src}?${Math.random()}`;
            })""",
            address,
        )
        return found

    @property
    def statuses(self) -> list[int]:
        found: list[int] = self.page.evaluate("seen.statuses")
        return found
