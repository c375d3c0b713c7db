"""Stored collections follow the change log, and only what differs changes its digest."""

import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from museum import addresses, db
from museum.catalog import collections, institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Media, Record, Value
from museum.config import Settings
from museum.errors import NotFound
from museum.ingest import collecting
from museum.ingest.collecting import collect, follow
from museum.migrations import schema
from museum.text import Text


def cannon(object_type: str) -> Record:
    photo = Media(
        id=addresses.new_id(), kind="photo", sha256="a" * 64, size_bytes=1, path="p", file_name="p.jpg",
        media_type="image/jpeg", facts={"width_px": 3, "height_px": 2},
    )  # fmt: skip
    values = {"title": (Value(value="Cửu vị thần công", language="vi"),), "object_type": (Value(value=object_type),)}
    return Record(
        id=addresses.new_id(), kind="object", institution="museum", state="published", values=values, media=(photo,)
    )


def test_collections_follow_the_log(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, media=tmp_path / "media")
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    first, second = cannon("cannon"), cannon("bell")
    with db.writing(engine) as session:
        institutions.put(session, Institution(code="museum", name=Text.of(vi="Bảo tàng")))
        store.save(session, first, person="a", batch="b")
    assert collect(engine, settings) == 3  # all, kind-object, type-cannon
    assert collect(engine, settings) == 0
    with db.writing(engine) as session:
        store.save(session, second, person="a", batch="b")
    assert collect(engine, settings) == 3  # all and kind-object differ, type-bell is new, type-cannon stays
    with db.writing(engine) as session:
        store.set_state(session, first.id, "withdrawn", person="a", batch="b")
    collect(engine, settings)
    with db.reading(engine) as session:
        everything = json.loads(collections.get(session, "all"))
        assert first.id not in json.dumps(everything)
        assert second.id in json.dumps(everything)
        try:
            collections.get(session, "type-cannon")
        except NotFound as error:
            assert "type-cannon" in error.message("vi")
        else:
            raise AssertionError("a collection without records is still stored")
    engine.dispose()


@pytest.mark.parametrize("most_at_home", [0, 10])
def test_many_records_are_collected_in_a_process_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_at_home: int
) -> None:
    begun: list[int] = []
    start = subprocess.Popen

    def popen(*given: Any, **named: Any) -> Any:
        child = start(*given, **named)
        begun.append(child.pid)
        return child

    monkeypatch.setattr("subprocess.Popen", popen)
    monkeypatch.setattr(collecting, "_MOST_AT_HOME", most_at_home)
    monkeypatch.setattr(collecting, "_EVERY_S", 0.05)
    settings = Settings(home=tmp_path, media=tmp_path / "media")
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    with db.writing(engine) as session:
        institutions.put(session, Institution(code="museum", name=Text.of(vi="Bảo tàng")))
        store.save(session, cannon("cannon"), person="a", batch="b")
    stop = threading.Event()
    follower = threading.Thread(target=follow, args=(engine, settings, stop))
    follower.start()
    try:
        for kinds in ("cannon", "bell"):
            await_collection(engine, f"type-{kinds}")
            with db.writing(engine) as session:
                store.save(session, cannon("bell"), person="a", batch="b")
    finally:
        stop.set()
        follower.join()
    assert bool(begun) is (most_at_home == 0)
    for pid in begun:
        with pytest.raises(ProcessLookupError):  # none is left
            os.kill(pid, 0)
    engine.dispose()


def await_collection(engine: Engine, slug: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with db.reading(engine) as session:
                collections.get(session, slug)
            return
        except NotFound:
            assert time.monotonic() < end, slug
            time.sleep(0.02)
