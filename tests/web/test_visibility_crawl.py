"""Nothing that is hidden leaves on any route; and the same walk finds it all where nobody guards it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from museum.catalog.record import Record
from museum.web.app import create_app
from tests.web.crawling import Visit, crawl
from tests.web.planted import plant
from tests.web.planted_words import SECRETS

LEAST = 50


def _walk(home: Path, *, is_guarded: bool) -> Visit:
    planted = plant(home, is_guarded=is_guarded)
    app = create_app(planted.settings, engine=planted.engine)
    app.testing = True
    try:
        return crawl(app, planted, with_prints=is_guarded)
    finally:
        planted.engine.dispose()


def test_a_visitor_finds_no_secret_at_any_address(tmp_path: Path) -> None:
    visit = _walk(tmp_path / "museum", is_guarded=True)
    assert len(SECRETS) >= LEAST
    assert visit.found == {}
    assert visit.statuses[200] > 300
    assert not [status for status in visit.statuses if status >= 500]
    print(f"\n{visit.addresses} addresses read, 0 of {len(SECRETS)} secrets found; answers by status {visit.statuses}")


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
    monkeypatch.setattr("museum.web.public.fence", lambda *_: "")
    monkeypatch.setattr("museum.ingest.publish.fence", lambda *_: "")
    visit = _walk(tmp_path / "museum", is_guarded=False)
    missed = sorted(SECRETS.keys() - visit.found.keys())
    print(f"\n{visit.addresses} addresses read without the guard, {len(visit.found)} of {len(SECRETS)} secrets found")
    assert missed == []
