"""Tiles over HTTP: `museum serve` beside nginx with tiles cut beforehand and iipsrv 1.1; 4,000 requests of visits.

A ratio is our time for one answer divided by the peer's: at most 2 means at least half its rate, at most 1/14 fourteen
times its rate. Everything of one row comes from one run: three rounds, in each of which every server starts anew, is
asked for the visits once ("first") and then five times more (the median is "again").
"""

import contextlib
import http.client
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench import tile_catalog, tile_peers, tile_quality
from tests.bench.tile_museum import photograph_museum
from tests.bench.tile_peers import Asked, iipsrv_address
from tests.bench.tile_sessions import Picture, visits
from tests.museums import Served, serving

ROUNDS, AGAIN, REQUESTS, REGIONS = 3, 5, 4_000, 200
_SITE, _ALONE, _GUNICORN, _NGINX, _IIPSRV = "museum serve", "museum serve --only iiif", "gunicorn", "nginx", "iipsrv"
_P95_MS, _ALONE_MIB, _SITE_MIB = 1.0, 120, 250
# One millisecond on the machine of the limit, as a multiple of the calibration loop's time there.
_P95_LOOPS = 2.5

_PLAIN = f"""
import sys, pyvips
image = pyvips.Image.new_from_file(sys.argv[1], access="sequential")
image.tiffsave(sys.argv[2], tile=True, pyramid=True, compression="jpeg", Q={tile_peers.QUALITY},
               tile_width=256, tile_height=256)
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """The picture, and how each server calls it."""

    home: Path
    media_id: str
    picture: Picture
    plain: Path
    """A tiled pyramid as vips writes it, for iipsrv."""
    cut: Path
    """Every tile of the visits as a file."""
    source: Path

    def ours(self, path: str, *, version: int = 3) -> str:
        """The address of an Image API request at our servers."""
        return f"/iiif/image/{version}/{self.media_id}/{path}"


@dataclass
class Times:
    """What was measured of one server, a value per round."""

    first: list[Asked] = field(default_factory=list)
    again: list[Asked] = field(default_factory=list)
    unchanged: list[Asked] = field(default_factory=list)
    regions: list[Asked] = field(default_factory=list)
    memory_mib: list[float] = field(default_factory=list)


def run() -> list[Row]:
    """Rows of the servers, of memory and of the catalogue's size; one that says what is missing to measure them."""
    lacking = tile_peers.missing()
    with tempfile.TemporaryDirectory() as folder:
        rows = tile_catalog.rows(Path(folder) / "catalog")
        if lacking:
            note = f"not measured: apt-get install {' '.join(lacking)}"
            return [*rows, {"name": "tiles beside nginx and iipsrv", "ours": None, "limit": None, "note": note}]
        place = _prepare(Path(folder))
        times, loops = _measure(place, Path(folder))
        return [*_rates(times), *_latency(times, loops), *_memory(times), *_others(times, place), *rows]


def _prepare(folder: Path) -> Place:
    museum = photograph_museum(folder)
    plain = folder / "plain.tif"
    subprocess.run([tile_peers.PYTHON, "-c", _PLAIN, museum.source, plain], check=True)
    place = Place(museum.home, museum.media_id, Picture(12_000, 9_000, 256, 7), plain, folder / "cut", museum.source)
    _cut(place)
    return place


def _cut(place: Place) -> None:
    """Write the tiles of the visits as files, as our service answers them."""
    with serving(place.home, "--no-work") as museum, _connected(museum) as ask:
        for path in dict.fromkeys(tile.path(3) for tile in visits(place.picture, REQUESTS)):
            file = place.cut / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(ask(place.ours(path)).read())


@contextlib.contextmanager
def _connected(museum: Served) -> Iterator[Callable[[str], http.client.HTTPResponse]]:
    with contextlib.closing(http.client.HTTPConnection(urlsplit(museum.url).netloc, timeout=60)) as connection:

        def ask(address: str) -> http.client.HTTPResponse:
            connection.request("GET", address)
            answer = connection.getresponse()
            assert answer.status == 200, (answer.status, address)
            return answer

        yield ask


def _measure(place: Place, folder: Path) -> tuple[dict[str, Times], list[float]]:
    """Every server in turn, three times; and the calibration loop's milliseconds."""
    times = {name: Times() for name in (_NGINX, _SITE, _ALONE, _GUNICORN, _IIPSRV)}
    loops: list[float] = []
    tiles = [tile.path(3) for tile in visits(place.picture, REQUESTS)]
    older = [tile.path(2) for tile in visits(place.picture, REQUESTS)]
    for turn in range(ROUNDS):
        loops.append(_calibrate())
        with tile_peers.static(folder / "nginx", place.cut) as port:
            _tiles(port, ["/" + path for path in tiles], times[_NGINX])
        for name, server in _ours(place).items():
            with server() as museum:
                tile_peers.until_idle(museum.process_id)
                port = urlsplit(museum.url).port or 0
                _tiles(port, [place.ours(path) for path in tiles], times[name])
                times[name].memory_mib.append(tile_peers.memory_mib(museum.process_id))
                if name == _SITE:
                    times[name].unchanged.append(_unchanged(museum, port, place, tiles))
                    asked = [place.ours(path, version=2) for path in _regions(place.picture, seed=turn)]
                    times[name].regions.append(tile_peers.ask(port, asked))
        with tile_peers.iipsrv(folder / "iipsrv") as port:
            _tiles(port, [iipsrv_address(place.plain, path) for path in older], times[_IIPSRV])
            asked = [iipsrv_address(place.plain, path) for path in _regions(place.picture, seed=turn)]
            times[_IIPSRV].regions.append(tile_peers.ask(port, asked))
    return times, loops


def _ours(place: Place) -> dict[str, Callable[[], AbstractContextManager[Served]]]:
    return {
        _SITE: lambda: serving(place.home),
        _ALONE: lambda: serving(place.home, "--only", "iiif"),
        _GUNICORN: lambda: tile_peers.gunicorn(place.home),
    }


def _tiles(port: int, requests: list[str], times: Times) -> None:
    times.first.append(tile_peers.ask(port, requests))
    later = sorted((tile_peers.ask(port, requests) for _ in range(AGAIN)), key=lambda asked: asked.each_ms)
    times.again.append(later[AGAIN // 2])


def _unchanged(museum: Served, port: int, place: Place, tiles: list[str]) -> Asked:
    """The same visits by somebody who has it all and asks whether it is still true."""
    with _connected(museum) as ask:
        tags: dict[str, str] = {}
        for path in dict.fromkeys(tiles):
            answer = ask(place.ours(path))
            tags[path] = answer.headers["ETag"]
            answer.read()
    known = [f"{place.ours(path)}\t{tags[path]}" for path in tiles]
    later = sorted((tile_peers.ask(port, known, status=304) for _ in range(AGAIN)), key=lambda asked: asked.each_ms)
    return later[AGAIN // 2]


def _regions(picture: Picture, *, seed: int) -> list[str]:
    """Regions and sizes that no stored tile answers, each once, in words of Image API 2."""
    chance = random.Random(seed)
    found = []
    for _ in range(REGIONS):
        width, height = chance.randint(300, 3_000), chance.randint(300, 3_000)
        x, y = chance.randint(1, picture.width_px - width - 1), chance.randint(1, picture.height_px - height - 1)
        found.append(f"{x},{y},{width},{height}/{chance.randint(150, min(width, 1_000))},/0/default.jpg")
    return found


def _calibrate() -> float:
    """Milliseconds of a fixed piece of plain Python: what this machine is worth at this hour."""
    took = []
    for _ in range(15):
        began = time.perf_counter()
        sum(number * number for number in range(10_000))
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def _rates(times: dict[str, Times]) -> list[Row]:
    nginx, iipsrv, site = times[_NGINX], times[_IIPSRV], times[_SITE]
    return [
        _rate(f"tile by {_SITE}, against nginx", site.again, nginx.again, 2.0),
        _rate(f"tile by {_SITE}, first pass, against nginx", site.first, nginx.first, 2.0),
        _rate(f"tile by {_SITE}, against iipsrv 1.1", site.again, iipsrv.again, 1 / 14),
        _rate(f"tile by {_SITE}, first pass, against iipsrv 1.1", site.first, iipsrv.first, 1 / 14),
        _rate(f"tile by {_ALONE}, against nginx", times[_ALONE].again, nginx.again, 2.0),
        _rate("tile by gunicorn, against iipsrv 1.1", times[_GUNICORN].again, iipsrv.again, 1 / 1.5),
        _rate("tile by gunicorn, first pass, against iipsrv 1.1", times[_GUNICORN].first, iipsrv.first, 1 / 1.5),
    ]


def _rate(name: str, ours: list[Asked], peer: list[Asked], limit: float | None, *, words: str = "tiles") -> Row:
    ratio = statistics.median(a.each_ms / b.each_ms for a, b in zip(ours, peer, strict=True))
    rates = [" / ".join(f"{asked.per_second:,.0f}" for asked in one) for one in (ours, peer)]
    return {
        "name": name,
        "ours": round(_middle(ours, "each_ms") * 1000, 1),
        "peer": round(_middle(peer, "each_ms") * 1000, 1),
        "ratio": round(ratio, 4),
        "limit": round(limit, 4) if limit else None,
        "unit": "µs",
        "note": f"{words} a second: {rates[0]} against {rates[1]}",
    }


def _middle(asked: list[Asked], name: str) -> float:
    return statistics.median(float(getattr(one, name)) for one in asked)


def _latency(times: dict[str, Times], loops: list[float]) -> list[Row]:
    loop = statistics.median(loops)
    note = (
        f"p50 {_middle(times[_SITE].again, 'p50_ms'):.2f} ms; p95 of nginx {_middle(times[_NGINX].again, 'p95_ms'):.2f}"
    )
    note += f", of iipsrv {_middle(times[_IIPSRV].again, 'p95_ms'):.2f} ms; {tile_peers.CONNECTIONS} connections"
    rows = []
    for words, asked in (("", times[_SITE].again), (", first pass", times[_SITE].first)):
        p95 = _middle(asked, "p95_ms")
        rows.append({"name": f"tile by {_SITE}{words}, p95", "ours": round(p95, 3), "limit": _P95_MS, "unit": "ms",
                     "note": note})  # fmt: skip
        rows.append({"name": f"tile by {_SITE}{words}, p95 in calibration loops", "ours": round(p95, 3),
                     "peer": round(loop, 3), "ratio": round(p95 / loop, 3), "limit": _P95_LOOPS, "unit": "ms",
                     "note": "the loop: squares of 10,000 numbers added up"})  # fmt: skip
    return rows


def _memory(times: dict[str, Times]) -> list[Row]:
    found = ((_ALONE, _ALONE_MIB), (_SITE, _SITE_MIB))
    return [
        {"name": f"memory of {name} with its processes", "ours": round(max(times[name].memory_mib), 1), "limit": most,
         "unit": "MiB", "note": "proportional set size after the visits, the largest of three"}
        for name, most in found
    ]  # fmt: skip


def _others(times: dict[str, Times], place: Place) -> list[Row]:
    site, iipsrv = times[_SITE], times[_IIPSRV]
    return [
        _rate("304 against the tile itself", site.unchanged, site.again, 1.0, words="answers"),
        _rate("arbitrary region, against iipsrv 1.1", site.regions, iipsrv.regions, 1.0, words="regions"),
        *tile_quality.rows(place.home, place.media_id, place.plain, place.source),
    ]
