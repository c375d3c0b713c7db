"""`museum demo` killed in the middle, twice, and run again: it ends as if nothing had happened."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from museum import config, db
from museum.catalog import store
from museum.demonstration import plan
from museum.exhibitions import store as exhibitions
from museum.ingest import parts as parts_of
from museum.ingest import removing
from museum.jobs import queue

_PATIENCE_S = 300


def test_killed_while_generating_and_while_taking_in(tmp_path: Path) -> None:
    home, inbox = tmp_path / "home", tmp_path / "home" / "media" / "inbox" / removing.INBOX
    planned = {f.name for one in plan.load("small").objects for f in one.files}

    def made() -> set[str]:
        return {name for name in planned if (inbox / name).exists()}

    _killed(home, when=lambda: bool(made()))
    assert 0 < len(made()) < len(planned), "killed in the middle of generating"
    assert not (inbox / ".complete").exists() and not (home / "built").exists()
    stamps = {name: (inbox / name).stat().st_mtime_ns for name in made()}

    _killed(home, when=lambda: bool(list((home / "media" / "masters").rglob("inventory.json"))))
    assert made() == planned and not (home / "built").exists(), "killed in the middle of taking in"
    assert {name: (inbox / name).stat().st_mtime_ns for name in stamps} == stamps, "nothing is made twice"

    assert _start(home).wait(timeout=_PATIENCE_S) == 0
    assert (home / "built").exists() and not list(inbox.glob(".*.part*"))
    settings = config.load(home)
    engine = db.open_engine(settings.database)
    with db.reading(engine) as session:
        records = list(store.all_records(session))
        assert len({i.value for r in records for i in r.identifiers}) == len(records), "nothing is taken in twice"
        assert {r.state for r in records} == {"published"}
        taken_in = {m.file_name for r in records for m in r.media}
        made_of = store.derivatives(session, (m.sha256 for r in records for m in r.media))
        stories = exhibitions.all_stories(session)
        assert {story.slug for story in stories} == {"cuu-dinh", "mot-hien-vat-duoc-lam-sach"}
        assert not queue.waiting(session, "")
    assert planned <= taken_in and all(made_of[m.sha256] for r in records for m in r.media)
    masters = parts_of.open_parts(settings, engine).masters
    assert len(list(masters.object_ids())) == len(records) + len(stories)
    assert not [p for name in masters.object_ids() for p in masters.validate(name) if p.is_error]
    engine.dispose()


def _start(home: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "museum.cli", "demo", "--small", "--home", str(home)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _killed(home: Path, *, when: Callable[[], bool]) -> None:
    """Start, wait for the moment, kill; the processes it started end by themselves."""
    process = _start(home)
    began = time.monotonic()
    try:
        while not when():
            assert process.poll() is None and time.monotonic() - began < _PATIENCE_S
            time.sleep(0.02)
        children = _children(process.pid)
        assert children, "pictures are made by processes of their own"
    finally:
        process.kill()
        process.wait()
    while any(_is_running(child) for child in children):
        assert time.monotonic() - began < _PATIENCE_S
        time.sleep(0.1)


def _children(parent: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()]


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
