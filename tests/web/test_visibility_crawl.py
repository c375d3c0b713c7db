"""Nothing that is hidden leaves on any route; and the same walk finds it all where nobody guards it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from museum.catalog import store
from museum.catalog.record import Media, Record
from museum.db import reading
from museum.iiif import canvases
from museum.web.app import create_app
from tests.web.crawling import Visit, crawl
from tests.web.planted import plant
from tests.web.planted_words import IDS, SECRETS

LEAST = 50


def _walk(home: Path, *, is_guarded: bool, **settings: Any) -> Visit:
    planted = plant(home, is_guarded=is_guarded, **settings)
    app = create_app(planted.settings, engine=planted.engine)
    app.testing = True
    try:
        return crawl(app, planted, with_prints=is_guarded and not settings)
    finally:
        planted.engine.dispose()


def test_a_visitor_finds_no_secret_at_any_address(tmp_path: Path) -> None:
    visit = _walk(tmp_path / "museum", is_guarded=True)
    assert len(SECRETS) >= LEAST
    assert visit.found == {}
    assert visit.statuses[200] > 300
    assert not [status for status in visit.statuses if status >= 500]
    print(f"\n{visit.addresses} addresses read, 0 of {len(SECRETS)} secrets found; answers by status {visit.statuses}")


def test_a_museum_that_tells_of_images_on_request_tells_no_secret_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = _walk(tmp_path / "museum", is_guarded=True, images_on_request=True, image_substitute_px=200)
    assert visit.found == {}
    assert visit.statuses[401] > 10  # they are told of, and asked for along the manifest's own addresses
    assert not [status for status in visit.statuses if status >= 500]
    print(f"\n{visit.addresses} addresses read, 0 of {len(SECRETS)} secrets found; answers by status {visit.statuses}")
    # Control: were such an image to get a canvas like any other, its words would have been read there.
    monkeypatch.setattr("museum.ingest.publish.told_on_request", _told_in_full)
    monkeypatch.setattr(canvases, "on_request", lambda bench, media, **_: canvases.photograph(bench, media))
    planted = plant(tmp_path / "other", images_on_request=True)
    with reading(planted.engine) as session:
        body, _ = store.manifest(session, IDS["open"])
    planted.engine.dispose()
    assert all(SECRETS[f"hidden file {what}"].encode() in body for what in ("label", "alt", "attribution"))


def _told_in_full(record: Record) -> tuple[Media, ...]:
    return tuple(m for m in record.media if m.level == "internal")


def test_without_the_guard_the_same_walk_finds_every_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(record: Record, *_: Any, **__: Any) -> Record:
        return record

    def yes(*_: Any, **__: Any) -> bool:
        return True

    def open_to_all(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **named: function(*given, **{**named, "with_samples": True})

    for module in ("museum.web.public", "museum.search.location", "museum.ingest.publish", "museum.ingest.collecting"):
        monkeypatch.setattr(f"{module}.seen", whole)
    monkeypatch.setattr("museum.search.location.Location.takes", lambda _self, record: record is not None)
    for name in ("museum.web.public.may", "museum.web.public.is_wanted", "museum.web.locating.may"):
        monkeypatch.setattr(name, yes)
    monkeypatch.setattr("museum.web.public.is_behind", yes)
    visit = _walk(tmp_path / "museum", is_guarded=False)
    missed = sorted(SECRETS.keys() - visit.found.keys())
    print(f"\n{visit.addresses} addresses read without the guard, {len(visit.found)} of {len(SECRETS)} secrets found")
    assert missed == []
