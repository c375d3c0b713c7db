"""What a page costs before anybody touches it: bytes of the bodies as they travel, by what they are."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Request

HTML_CSS_BYTES = 30_000
SCRIPT_BYTES = 25_000
POSTER_BYTES = 80_000
FONT_BYTES = 60_000
_KINDS = {"document": "html", "stylesheet": "css", "script": "script", "font": "font", "image": "image"}


@dataclass(kw_only=True)
class Weight:
    """Bytes of the bodies as transferred; `images` by address; `foreign` are addresses of other hosts."""

    html: int = 0
    css: int = 0
    script: int = 0
    font: int = 0
    other: int = 0
    images: dict[str, int] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    poster: int = 0

    @property
    def html_css(self) -> int:
        """The page and its style sheets together."""
        return self.html + self.css


def weigh(context: BrowserContext, origin: str, address: str) -> Weight:
    """Load `origin` + `address` in a fresh page of `context` and weigh what came until the network was quiet.

    The poster is the picture on the stage, in the size and format the browser chose among those offered.
    """
    page = context.new_page()
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    try:
        page.goto(origin + address, wait_until="networkidle")
        chosen = page.evaluate(
            "() => [...document.querySelectorAll('.viewer-poster, .av-picture')].map(i => i.currentSrc)"
            ".concat([...document.querySelectorAll('video')].map(v => v.poster))"
        )
        weight = Weight()
        for request in requests:
            _add(weight, request, origin)
        weight.poster = max((size for url, size in weight.images.items() if url in chosen), default=0)
        return weight
    finally:
        page.close()


def _add(weight: Weight, request: Request, origin: str) -> None:
    url = request.url
    if urlsplit(url).scheme in ("data", "blob"):
        return
    if not url.startswith(origin + "/"):
        weight.foreign.append(url)
    size = request.sizes()["responseBodySize"]
    kind = _KINDS.get(request.resource_type, "other")
    if kind == "image":
        weight.images[url] = weight.images.get(url, 0) + size
    else:
        setattr(weight, kind, getattr(weight, kind) + size)
