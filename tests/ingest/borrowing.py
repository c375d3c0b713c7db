"""A museum that takes in manifests of a server on this machine, and what is asked about them."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from museum import db
from museum.catalog import changes, store
from museum.catalog.record import Media, Record
from museum.config import Settings
from museum.ingest import plan, run
from museum.ingest.manifests import errands
from museum.ingest.manifests.taking import Manner
from museum.ingest.parts import open_parts
from museum.ingest.report import Report
from museum.ingest.run import Options
from tests.ingest.elsewhere import (
    Elsewhere,
    Service,
    canvas,
    image,
    manifest,
)


@dataclass
class Home:
    """A museum for which a server on this machine is a peer."""

    settings: Settings
    engine: Engine

    def ingest(self, place: str | Path, *, publish: bool = True, **manner: Any) -> Report:
        parts = open_parts(self.settings, self.engine, fsync=False)
        options = Options(publish=publish, workers=0, manner=Manner(**manner))
        return run.ingest(self.settings, self.engine, place, options=options, parts=parts)

    def plan(self, place: str | Path, **manner: Any) -> Report:
        return plan.plan(self.settings, self.engine, place, options=Options(manner=Manner(**manner)))

    def records(self) -> list[Record]:
        with db.reading(self.engine) as session:
            return store.all_records(session)

    def state(self) -> tuple[bytes, int]:
        with db.reading(self.engine) as session:
            return store.canonical_dump(session), changes.count(session)

    def master(self, record: Record, media: Media) -> bytes:
        parts = open_parts(self.settings, self.engine)
        return parts.masters.read(parts.object_id(record.id), media.path)


def hurry(monkeypatch: pytest.MonkeyPatch, wait: Callable[[float], None] = time.sleep) -> None:
    """No pauses between requests to our own server."""
    real = errands.errands
    monkeypatch.setattr(
        "museum.ingest.manifests.taking.errands", lambda given: replace(real(given), pause_s=0.0, wait=wait)
    )


def simple(there: Elsewhere, path: str = "/m/1", **said: Any) -> str:
    """A manifest of two pictures; its address."""
    there.services |= {"/img/a": Service(seed=1), "/img/b": Service(seed=2)}
    url = there.url + path
    pages = [canvas(url, n, image(there.url, f"/img/{name}")) for n, name in enumerate("ab", 1)]
    return there.put(path, manifest(url, *pages, **said))


def shown(record: Record) -> list[Media]:
    return [m for m in record.media if m.kind != "part"]


def codes(report: Report) -> set[str]:
    return {p.code for p in report.problems}


def in_both_languages(report: Report) -> None:
    """Every line of a report has words in both languages, all of them filled in."""
    for problem in report.problems:
        for language in ("vi", "en"):
            words = problem.message(language)
            assert problem.code not in words
            assert not re.search(r"(?<!\{)\{\w+\}", words)


RICH = {
    "summary": {"vi": ["<p>Trống <b>Đông Sơn</b>.</p><script>alert(1)</script>"], "en": ["a < b & c"]},
    "metadata": [
        {"label": {"en": ["Creator"], "fr": ["Auteur"]}, "value": {"none": ["Khuyết danh"]}},
        {"label": {"vi": ["Niên đại"]}, "value": {"vi": ["thế kỷ III TCN"], "en": ["3rd century BC"]}},
        {"label": {"vi": ["Cao"]}, "value": {"none": ["63 cm"]}},
        {"label": {"en": ["Subject"], "vi": ["Đề tài"]}, "value": {"en": ["birds", "boats"], "vi": ["chim Lạc"]}},
        {"label": {"en": ["Accession number"]}, "value": {"none": ["BT-1"]}},
        {"label": {"en": ["Weight"]}, "value": {"none": ["heavy"]}},
    ],
    "requiredStatement": {"label": {"en": ["Attribution"]}, "value": {"en": ["Museum of Elsewhere"]}},
    "provider": [{"id": "https://elsewhere.example/", "type": "Agent", "label": {"en": ["Elsewhere"]}}],
    "homepage": [{"id": "page/1", "type": "Text", "label": {"en": ["The page"]}, "format": "text/html"}],
    "seeAlso": [{"id": "https://elsewhere.example/1.xml", "type": "Dataset", "label": {"en": ["LIDO"]}}],
    "partOf": [{"id": "https://elsewhere.example/c", "type": "Collection", "label": {"vi": ["Bộ trống"]}}],
    "navDate": "-0300-01-01T00:00:00Z",
    "navPlace": {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"label": {"vi": ["Thanh Hóa"]}},
                      "geometry": {"type": "Point", "coordinates": [105.776, 19.8075]}}],
    },
    "structures": [{"id": "https://elsewhere.example/r", "type": "Range", "items": []}],
}  # fmt: skip
