"""Tiles from S3: what we add to the bare ranged GET of the same bytes over a kept connection."""

import http.client
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from museum.iiif.service import ImageService, Located
from museum.imaging import pyramid
from museum.imaging.tile import open_pyramid
from museum.storage.derivatives import Derivatives
from museum.storage.s3 import S3Blobs
from museum.storage.s3_reads import Connections
from tests.ceph import Ceph, Gateway, has_programs

ROUNDS = 3
_WIDTH, _HEIGHT = 6_000, 4_500
_DIGEST = "ab" * 32
_LIMIT_MS = 0.5


def run() -> list[dict[str, Any]]:
    """Measure against a gateway of our own on this machine; each round takes every tile each way in turn."""
    assert has_programs(), "Ceph is missing: sudo apt-get install --no-install-recommends radosgw ceph-mon ceph-osd"
    ceph = Ceph()
    start = time.perf_counter()
    gateway = ceph.start()
    up_s = time.perf_counter() - start
    try:
        with tempfile.TemporaryDirectory() as folder:
            rows = tile_rows(gateway, Path(folder))
    finally:
        gateway.client.close()
        ceph.stop()
    return [*rows, _row("Ceph with its gateway, from nothing to answering", up_s, unit="s", note="of the tests")]


def tile_rows(gateway: Gateway, folder: Path) -> list[dict[str, Any]]:
    """The rows about tiles. `folder` is for the picture."""
    shelf, located = _picture(gateway, folder)
    service = ImageService(lambda _: located)
    paths = [f"{x},{y},256,256/256,256/0/default.jpg" for y in range(0, 4096, 256) for x in range(0, 5632, 256)]
    bare = _Bare(gateway, shelf, folder)
    bare.ranges_of(paths)
    client = gateway.client
    place = shelf.blobs.place  # type: ignore[attr-defined]  # an S3Blobs, made above
    name = place.prefix + shelf.key(_DIGEST, "pyramid/pyramid.tif")

    def ours(turn: int) -> bytes:
        return service.answer("x", paths[turn], version=3, base_url="http://127.0.0.1").body

    def boto(turn: int) -> bytes:
        asked = f"bytes={bare.ranges[turn][0]}-{sum(bare.ranges[turn]) - 1}"
        return bytes(client.get_object(Bucket=place.bucket, Key=name, Range=asked)["Body"].read())

    ways = {"ours": ours, "bare": bare.get, "boto3": boto}
    p50: dict[str, list[float]] = {"outside": [], **{way: [] for way in ways}}
    ours(0)  # opens the picture and signs its address
    with _timed_gets() as inside:
        for round_ in range(ROUNDS):
            spent: dict[str, list[float]] = {way: [] for way in ("outside", *ways)}
            for turn in range(len(paths)):
                for way in sorted(ways, key=lambda way: hash((way, turn, round_))):  # nobody is always the first
                    inside.clear()
                    began = time.perf_counter()
                    data = ways[way](turn)
                    spent[way].append((time.perf_counter() - began) * 1e3)
                    assert data
                    if way == "ours":
                        assert len(inside) == 1, "one GET a tile"
                        spent["outside"].append(spent[way][-1] - inside[0])
            for way, times in spent.items():
                p50[way].append(statistics.median(times))
    bare.close()
    middle = {way: statistics.median(times) for way, times in p50.items()}
    note = f"p50 of {len(paths)} tiles through the image service, less the time from sending the GET to its last byte"
    return [
        _row("A tile from S3: our own time outside the GET", middle["outside"], limit=_LIMIT_MS, note=note),
        _row("A tile from S3", middle["ours"], peer=middle["bare"], note="peer: the bare GET, http.client"),
        _row("A tile from S3, beside boto3's own call", middle["ours"], peer=middle["boto3"], note="peer: get_object"),
    ]


def _picture(gateway: Gateway, folder: Path) -> tuple[Derivatives, Located]:
    noise = np.random.default_rng(4).integers(0, 255, (_HEIGHT // 20, _WIDTH // 20, 3), np.uint8)
    Image.fromarray(noise).resize((_WIDTH, _HEIGHT), Image.Resampling.BICUBIC).save(folder / "picture.png")
    facts = pyramid.build(folder / "picture.png", folder / "pyramid")
    shelf = Derivatives(S3Blobs(gateway.place()))
    for file in facts.files:
        shelf.put(_DIGEST, f"pyramid/{file}", folder / "pyramid" / file)
    place = shelf.folder(_DIGEST, "pyramid", seal="1")
    return shelf, Located(_DIGEST, place, facts.width_px, facts.height_px, "", True)


@contextmanager
def _timed_gets() -> Iterator[list[float]]:
    """Milliseconds of each GET of ours meanwhile."""
    found: list[float] = []
    real = Connections.get

    def timed(self: Connections, target: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        began = time.perf_counter()
        try:
            return real(self, target, headers)
        finally:
            found.append((time.perf_counter() - began) * 1e3)

    Connections.get = timed  # type: ignore[method-assign]  # for the measurement only
    try:
        yield found
    finally:
        Connections.get = real  # type: ignore[method-assign]


class _Bare:
    """The least that a client can do: a signed address, one connection, the ranges known beforehand."""

    def __init__(self, gateway: Gateway, shelf: Derivatives, folder: Path) -> None:
        place = shelf.blobs.place  # type: ignore[attr-defined]  # an S3Blobs
        name = place.prefix + shelf.key(_DIGEST, "pyramid/pyramid.tif")
        values = {"Bucket": place.bucket, "Key": name}
        address = urlsplit(gateway.client.generate_presigned_url("get_object", Params=values))
        self._target = f"{address.path}?{address.query}"
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port)
        self._pyramid = open_pyramid(shelf.folder(_DIGEST, "pyramid", seal="2"))
        self.ranges: list[tuple[int, int]] = []

    def ranges_of(self, paths: list[str]) -> None:
        """Take down which bytes each tile of the full size is."""
        level = self._pyramid._levels[0]
        for path in paths:
            x, y = (int(number) for number in path.split(",")[:2])
            at = y // 256 * level.columns + x // 256
            self.ranges.append((level.offsets[at], level.counts[at]))

    def get(self, turn: int) -> bytes:
        start, length = self.ranges[turn]
        self._connection.request("GET", self._target, headers={"Range": f"bytes={start}-{start + length - 1}"})
        answer = self._connection.getresponse()
        data = answer.read()
        assert (answer.status, len(data)) == (206, length)
        return data

    def close(self) -> None:
        self._connection.close()


def _row(
    name: str, ours: float, *, peer: float | None = None, limit: float | None = None, unit: str = "ms", note: str
) -> dict[str, Any]:
    ratio = None if peer is None else ours / peer
    return {"name": name, "ours": ours, "peer": peer, "ratio": ratio, "limit": limit, "unit": unit, "note": note}
