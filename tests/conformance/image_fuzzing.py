"""The image route under nonsense: addresses that are right, nearly right, and wrong in every way we could think of.

`python -m tests.conformance.image_fuzzing 100000` is a part of `make fuzz`; the suite asks 5,000.
"""

import random
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from museum.iiif.image import FORMATS, QUALITIES, Limits
from museum.iiif.service import ImageService, Located
from museum.imaging import pyramid
from museum.imaging.folder import LocalFolder
from museum.web.tiles import ImageRoute

WIDTH, HEIGHT = 1031, 769
# Small, so that the time goes into words: what is computed is judged elsewhere.
LIMITS = Limits(max_width_px=300, max_area_px=60_000)
SETTLED = 0.3  # of the requests: from there on memory may not grow
_WORDS = ("full", "square", "max", "^max", "pct:", "!", "^", "^!", ",", ",,", "~", "info.json", "default", "..", ".",
          "%", "%2F", "%00", "\0", "\n", "٣", "①", "ế", "😀", "0x10", "1e9", "-1", "+1", "NaN", "inf", "default.jpg",
          "native.jpg", "color.jp2", "0", "1", "255", "256", "257", "769", "1031", "4294967296", "9" * 40,
          "0.0000000001", "99999999999999999999.5", "?", "&", "=", "'", '"', "<b>", "\\", ";", "/", "//")  # fmt: skip
_METHODS = ("GET",) * 40 + ("HEAD", "HEAD", "OPTIONS", "POST", "DELETE", "BREW", "")
_TAGS = ("", "", "", "*", '"', '""', 'W/"a"', '"a", "b', ", , ,", '"' * 500, "ế")
_DATES = ("", "", "Sun, 06 Nov 1994 08:49:37 GMT", "tomorrow", "0", "Sun, 99 Nov 99999 08:49:37 GMT", "\x00")
_HOSTS = ("museum.example", "museum.example:8443", "[::1]:80", "a b", "<script>", "", "x" * 300, "evil.example/path")


@dataclass
class Fuzzed:
    """How many were asked, their statuses, what broke, and memory while it went on."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    settled_mib: float = 0.0
    grown_mib: float = 0.0


def route(folder: Path) -> ImageRoute:
    """The image route with one picture, "photo"."""
    pixels = np.random.default_rng(4).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    Image.fromarray(pixels, "RGB").save(folder / "photo.png", compress_level=1)
    (folder / "pyramid").mkdir()
    pyramid.build(folder / "photo.png", folder / "pyramid")
    located = Located("cd" * 32, LocalFolder(folder / "pyramid"), WIDTH, HEIGHT, "", True, version="abc")

    def elsewhere(_: object, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("404 Not Found", [])
        return []

    return ImageRoute(elsewhere, ImageService(lambda name: located if name == "photo" else None, LIMITS))


def fuzz(asked: ImageRoute, *, cases: int, seed: int = 1) -> Fuzzed:
    """Ask `cases` requests; everything but an answer below 500 (or 501, 503) is broken."""
    chance, told = random.Random(seed), Fuzzed()
    for _ in range(cases):
        environ = _environ(chance)
        status = _status(asked, environ, told)
        told.cases += 1
        told.statuses[status] += 1
        if status >= 500 and status not in (501, 503):
            told.broken.append(f"{status} {environ}")
        if told.cases == int(cases * SETTLED):
            told.settled_mib = _resident_mib()
    told.grown_mib = _resident_mib() - told.settled_mib
    return told


def _status(asked: ImageRoute, environ: dict[str, Any], told: Fuzzed) -> int:
    said: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        said.append(status)
        for name, value in headers:
            if not (value.isprintable() and value.isascii() and name.isascii()):
                told.broken.append(f"header {name}: {value!r} for {environ}")

    try:
        body = asked(environ, start)
        assert all(isinstance(part, bytes) for part in body)
    except Exception:  # noqa: BLE001 - what the fuzz looks for
        told.broken.append(traceback.format_exc(limit=-3))
        return 599
    return int(said[0][:3])


def _environ(chance: random.Random) -> dict[str, Any]:
    path = _path(chance)
    return {
        "PATH_INFO": path.encode("utf-8", "surrogatepass").decode("latin-1"),  # as PEP 3333 hands it over
        "QUERY_STRING": chance.choice(("", "", "x=1", "%")),
        "REQUEST_METHOD": chance.choice(_METHODS),
        "HTTP_HOST": chance.choice(_HOSTS),
        "HTTP_IF_NONE_MATCH": chance.choice(_TAGS),
        "HTTP_IF_MODIFIED_SINCE": chance.choice(_DATES),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
    }


def _path(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.1:
        rest = "/".join(_words(chance) for _ in range(chance.randint(0, 8)))
    elif kind < 0.15:
        rest = "".join(chr(chance.choice((chance.randrange(128), chance.randrange(0xD800)))) for _ in range(40))
    else:
        rest = _request(chance)
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 5))):
            rest = _bent(rest, chance)
    name = chance.choice(("photo",) * 30 + ("photo~abc", "photo~", "photo~zzz", "~", "", "..", _words(chance)))
    return f"/iiif/image/{chance.choice(('2', '3', '2', '3', '2', '3', '1', '', '22'))}/{name}/{rest}"


def _request(chance: random.Random) -> str:
    """A request in the right form; its numbers may be anything."""

    def number() -> str:
        return str(chance.choice((0, 1, 2, 7, 100, 255, 256, 257, 512, 768, 769, 1030, 1031, 5000, 10**9, 10**12)))

    def share() -> str:
        return chance.choice(("0", "50", "99.99", "100", "0.0001", "1000", "12.3456789"))

    x, y = (chance.randrange(0, side, 256) for side in (WIDTH, HEIGHT))
    if chance.random() < 0.5:  # mostly a good one
        region = chance.choice(("full", "square", "info.json", f"{x},{y},256,256", f"{x + 3},{y},200,100"))
        size = chance.choice(("!200,200", "90,", "100,80", "256,256", "pct:20", "max", ",64"))
        last = f"{chance.choice(QUALITIES)}.{chance.choice((*FORMATS, 'jpg', 'jpg'))}"
        return region if region == "info.json" else f"{region}/{size}/{chance.choice(('0', '!0', '90', '45'))}/{last}"
    region = chance.choice(("full", "square", f"{x},{y},256,256", ",".join(number() for _ in range(4)),
                            "pct:" + ",".join(share() for _ in range(4))))  # fmt: skip
    size = chance.choice(("max", "full", "256,", "256,256", f"{number()},", f",{number()}", f"{number()},{number()}",
                          f"!{number()},{number()}", f"pct:{share()}"))  # fmt: skip
    turn = chance.choice(("", "!")) + chance.choice(("0", "0", "90", "360", "361", "22.5", "0.000001", "359.99"))
    quality, suffix = chance.choice((*QUALITIES, "native")), chance.choice((*FORMATS, "jp2", "pdf", "exe"))
    return f"{region}/{chance.choice(('', '', '^'))}{size}/{turn}/{quality}.{suffix}"


def _bent(words: str, chance: random.Random) -> str:
    """The words with one thing changed: taken out, put in, doubled, or put elsewhere."""
    at, end = sorted(chance.randrange(len(words) + 1) for _ in range(2))
    return chance.choice(
        (
            words[:at] + words[end:],
            words[:at] + chance.choice(_WORDS) + words[end:],
            words[:at] + chance.choice(_WORDS) + words[at:],
            words[:end] + words[at:end] * chance.choice((1, 2, 200)) + words[end:],
            words[end:] + words[at:end] + words[:at],
        )
    )


def _words(chance: random.Random) -> str:
    return "".join(chance.choice(_WORDS) for _ in range(chance.randint(0, 4)))


def _resident_mib() -> float:
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def main(cases: int) -> int:
    """Run and tell; 1 when something broke or memory grew by more than 64 MiB."""
    with tempfile.TemporaryDirectory() as folder:
        told = fuzz(route(Path(folder)), cases=cases)
    print(
        f"{told.cases} addresses of images, {len(told.broken)} broken, memory {told.settled_mib:.0f} MiB after "
        f"{SETTLED:.0%} and {told.grown_mib:+.0f} MiB since; by status {dict(sorted(told.statuses.items()))}"
    )
    for line in told.broken[:20]:
        print(line)
    return 1 if told.broken or told.grown_mib > 64 else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
