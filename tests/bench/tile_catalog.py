"""What a tile costs with ten pictures in the catalogue, and with a hundred thousand; in process, without sockets."""

import copy
import random
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sqlalchemy import Engine, insert, select

from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Media, Record
from museum.catalog.tables import MediaRow, RecordRow
from museum.config import Settings
from museum.db import Base, open_engine, reading, writing
from museum.imaging import pyramid
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from museum.text import Text
from museum.web.app import wsgi
from museum.web.locating import PYRAMID, locator
from museum.web.measuring import Measured, Wsgi
from tests.bench.tile_sessions import Picture, visits
from tests.web.planted_words import IDS

FEW, MANY = 10, 100_000
_ROUNDS, _TILES, _LOOKUPS, _PYRAMIDS = 9, 4_000, 300, 3
_WIDTH, _HEIGHT = 3_000, 2_000


def rows(folder: Path) -> list[dict[str, Any]]:
    """A row with the limit of the issue, and one of the first look at a picture."""
    folder.mkdir(parents=True, exist_ok=True)
    pyramids = [_built(folder / f"pyramid{which}", seed=which) for which in range(_PYRAMIDS)]
    engines = {number: _museum(folder / str(number), number, pyramids) for number in (FEW, MANY)}
    paths = _requests()
    spent: dict[int, list[float]] = {FEW: [], MANY: []}
    found: dict[int, list[float]] = {FEW: [], MANY: []}
    apps: dict[int, Wsgi] = {n: Measured(wsgi(settings, engine=engine)) for n, (settings, engine) in engines.items()}
    for turn in range(_ROUNDS + 1):
        for number in (FEW, MANY) if turn % 2 else (MANY, FEW):
            took = _pass(apps[number], paths)
            looked = _look(*engines[number], number, seed=turn)
            if turn:  # the first round opens the pyramids
                spent[number].append(took)
                found[number].append(looked)
    for _, engine in engines.values():
        engine.dispose()
    return [
        _row(f"a tile, {MANY:,} pictures in the catalogue against {FEW}", spent, "µs", 1.1,
             f"CPU time in process, {_TILES} tiles of {FEW} pictures, medians of {_ROUNDS} interleaved rounds"),
        _row(f"finding a picture not yet open, {MANY:,} against {FEW}", found, "µs", None,
             "once per picture and five seconds, not per tile"),
    ]  # fmt: skip


def _row(name: str, times: dict[int, list[float]], unit: str, limit: float | None, note: str) -> dict[str, Any]:
    ratio = statistics.median(b / a for a, b in zip(times[FEW], times[MANY], strict=True))
    return {
        "name": name,
        "ours": round(statistics.median(times[MANY]), 1),
        "peer": round(statistics.median(times[FEW]), 1),
        "ratio": round(ratio, 3),
        "limit": limit,
        "unit": unit,
        "note": note,
    }


def _museum(home: Path, number: int, pyramids: list[Path]) -> tuple[Settings, Engine]:
    """A museum of that many published pictures, which share the pyramids."""
    settings = Settings(home=home, media=home / "media")
    home.mkdir(parents=True)
    engine = open_engine(settings.database)
    Base.metadata.create_all(engine)
    shelf = Derivatives(LocalBlobs(settings.derived))
    digests = [f"{which:064x}" for which in range(len(pyramids))]
    for digest, folder in zip(digests, pyramids, strict=True):
        for file in folder.iterdir():
            shelf.put(digest, f"{PYRAMID}/{file.name}", file)
    media = Media(id="picture0", kind="photo", sha256=digests[0], size_bytes=1, path="a.png", file_name="a.png",
                  media_type="image/png", facts={"width_px": _WIDTH, "height_px": _HEIGHT})  # fmt: skip
    first = Record(id=IDS["open"], kind="object", institution="museum", state="published", media=(media,))
    with writing(engine) as session:
        institutions.put(session, Institution(code="museum", name=Text.of(vi="Bảo tàng", en="Museum")))
        store.save(session, first, person="bench", batch="one")
    with reading(engine) as session:
        record = dict(session.execute(select(RecordRow.__table__)).mappings().one())
        medium = dict(session.execute(select(MediaRow.__table__)).mappings().one())
    with writing(engine) as session:
        for start in range(1, number, 5_000):
            which = range(start, min(number, start + 5_000))
            session.execute(insert(RecordRow.__table__), [_copied_record(record, n, digests) for n in which])
            session.execute(insert(MediaRow.__table__), [_copied_medium(medium, n, digests) for n in which])
    return settings, engine


def _built(folder: Path, *, seed: int) -> Path:
    pixels = np.random.default_rng(seed).integers(0, 255, (_HEIGHT // 8, _WIDTH // 8, 3), dtype=np.uint8)
    source = folder.with_suffix(".png")
    Image.fromarray(pixels, "RGB").resize((_WIDTH, _HEIGHT)).save(source, compress_level=1)
    folder.mkdir()
    pyramid.build(source, folder)
    return folder


def _copied_record(record: dict[str, Any], number: int, digests: list[str]) -> dict[str, Any]:
    body = copy.deepcopy(record["body"])
    body["id"] = f"record{number}"
    body["media"][0] |= {"id": f"picture{number}", "sha256": digests[number % len(digests)]}
    return {**record, "id": f"record{number}", "body": body}


def _copied_medium(medium: dict[str, Any], number: int, digests: list[str]) -> dict[str, Any]:
    changed = {"id": f"picture{number}", "record_id": f"record{number}", "sha256": digests[number % len(digests)]}
    return {**medium, **changed}


def _requests() -> list[str]:
    """Addresses of tiles: ten pictures, looked at by turns."""
    picture = Picture(_WIDTH, _HEIGHT, 256, 5)
    tiles = visits(picture, _TILES)
    return [f"/iiif/image/3/picture{n // 40 % FEW}/{tile.path(3)}" for n, tile in enumerate(tiles)]


def _pass(app: Wsgi, paths: list[str]) -> float:
    """Microseconds a tile."""
    environ = {"REQUEST_METHOD": "GET", "HTTP_HOST": "127.0.0.1", "wsgi.url_scheme": "http", "PATH_INFO": ""}
    statuses: set[str] = set()
    began = time.thread_time()
    for path in paths:
        app({**environ, "PATH_INFO": path}, lambda status, _headers: statuses.add(status))
    spent = time.thread_time() - began
    assert statuses == {"200 OK"}, statuses
    return spent / len(paths) * 1e6


def _look(settings: Settings, engine: Engine, number: int, *, seed: int) -> float:
    """Microseconds to find one picture of the catalogue."""
    locate = locator(engine, Derivatives(LocalBlobs(settings.derived)))
    chosen = [f"picture{n}" for n in random.Random(seed).choices(range(number), k=_LOOKUPS)]
    began = time.thread_time()
    found = [locate(media_id) for media_id in chosen]
    spent = time.thread_time() - began
    assert all(one is not None and one.is_public for one in found)
    return spent / _LOOKUPS * 1e6
