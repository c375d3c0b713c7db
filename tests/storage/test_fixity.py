"""Masters are read again: every flipped bit is found, the oldest reading goes first, every result is kept."""

import datetime as dt
import errno
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from blake3 import blake3
from sqlalchemy import Engine, select, update

from museum import db
from museum.config import Settings
from museum.errors import Conflict
from museum.migrations import schema
from museum.storage import fixity, fixity_round
from museum.storage.fixity import Pace
from museum.storage.fixity_rolling import check_masters, follow, places_of
from museum.storage.ocfl import Masters
from museum.storage.tables import FixityCheckRow, FixityDigestRow
from museum.storage.writer import lock_folder
from tests.storage.conftest import CREATED

FLIPS = 100


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A museum's settings, reading as quickly as it goes."""
    return Settings(home=tmp_path, media=tmp_path / "media", fixity_mb_per_s=0)


@pytest.fixture
def engine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty catalogue; what looks wrong is looked at twice without a pause."""
    monkeypatch.setattr(fixity, "_LOOK_AGAIN_S", 0)
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def masters(settings: Settings) -> Masters:
    """Ten objects of two versions, with photographs of several sizes."""
    made = Masters(settings.masters_root, settings.staging, fsync=False)
    made.initialize()
    for number in range(10):
        for version in (1, 2):
            with made.stage(f"{number}-{version}") as stage:
                stage.add_bytes("record.json", b'{"revision": %d, "object": %d}' % (version, number))
                if version == 1:
                    stage.add_bytes("ảnh/mặt trước.jpg", os.urandom(20_000))
                    stage.add_bytes("ảnh/lớn.jpg", os.urandom(300_000))
                else:
                    stage.carry("ảnh/mặt trước.jpg")
                    stage.carry("ảnh/lớn.jpg")
                stage.publish(_urn(number), message="m", user_name="An", created=CREATED)
    return made


def _urn(number: int) -> str:
    return f"urn:museum:hue:4kx0q2mb{number}"


def _flip(path: Path, at: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[at.randrange(len(data))] ^= 1 << at.randrange(8)
    path.write_bytes(data)


def _flipped(masters: Masters, at: random.Random) -> tuple[str, Path, bytes]:
    """Flip one bit of some file of some object; gives the object, the file and what it held."""
    object_id = _urn(at.randrange(10))
    files = sorted(path for path in masters.places.of_object(object_id).rglob("*") if path.is_file())
    path = at.choice(files)
    before = path.read_bytes()
    _flip(path, at)
    return object_id, path, before


def test_every_flipped_bit_is_found(
    masters: Masters, engine: Engine, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    at = random.Random(20261122)
    found = structural = named = 0
    assert check_masters(settings, engine).damaged == {}
    kinds = set()
    for _ in range(FLIPS):
        object_id, path, before = _flipped(masters, at)
        report = check_masters(settings, engine, every=True)
        found += list(report.damaged) == [object_id]
        place = masters.places.of_object(object_id)
        name = path.relative_to(place).as_posix()
        said = {finding.path for finding in report.damaged.get(object_id, ())}
        named += name.removesuffix(".sha512") in said
        kinds.add(path.name if "content" not in path.parts else "content")
        # The control: a look that reads no content is blind to what lies there.
        structural += any(problem.is_error for problem in masters.validate(object_id, digests=False))
        path.write_bytes(before)
    assert check_masters(settings, engine, every=True).damaged == {}
    with capsys.disabled():
        print(f"\n{found} of {FLIPS} flipped bits found, {named} in the file they were flipped in; "
              f"control without reading content: {structural}")  # fmt: skip
    assert (found, named) == (FLIPS, FLIPS)
    assert structural < FLIPS
    assert kinds == {"content", "inventory.json", "inventory.json.sha512", "0=ocfl_object_1.1"}


def test_a_flip_before_the_first_reading_is_found_by_sha512(
    masters: Masters, engine: Engine, settings: Settings
) -> None:
    at = random.Random(4)
    path = masters.open_path(_urn(3), "ảnh/lớn.jpg")
    _flip(path, at)
    report = check_masters(settings, engine)
    (finding,) = report.damaged[_urn(3)]
    assert (finding.path, finding.kind) == ("v1/content/ảnh/lớn.jpg", "changed")
    assert finding.expected == masters.logical_paths(_urn(3))["ảnh/lớn.jpg"] != finding.found
    with db.reading(engine) as session:
        taken = session.get_one(FixityDigestRow, _urn(3)).blake3
    assert "v1/content/ảnh/lớn.jpg" not in taken  # what is wrong already is never taken for the original


def test_the_first_reading_keeps_each_blake3(masters: Masters, engine: Engine, settings: Settings) -> None:
    check_masters(settings, engine)
    with db.reading(engine) as session:
        rows = {row.object_id: row.blake3 for row in session.scalars(select(FixityDigestRow))}
    assert sum(map(len, rows.values())) == 10 * 4
    for object_id, digests in rows.items():
        for path, digest in digests.items():
            assert digest == blake3((masters.places.of_object(object_id) / path).read_bytes()).hexdigest()


def test_lost_files_and_lost_objects_are_found(masters: Masters, engine: Engine, settings: Settings) -> None:
    check_masters(settings, engine)
    masters.open_path(_urn(1), "record.json").unlink()
    masters.places.of_object(_urn(2)).rename(settings.home / "elsewhere")
    report = check_masters(settings, engine)  # nothing is due but what is gone
    assert {i: [f.kind for f in found] for i, found in report.damaged.items()} == {_urn(2): ["missing"]}
    report = check_masters(settings, engine, every=True)
    assert [(f.path, f.kind) for f in report.damaged[_urn(1)]] == [("v2/content/record.json", "missing")]
    assert report.standing is not None
    assert report.standing.damaged == (_urn(1), _urn(2))


def test_what_was_destroyed_on_purpose_is_not_missed(masters: Masters, engine: Engine, settings: Settings) -> None:
    check_masters(settings, engine)
    masters.purge(_urn(5), proof="record.json", allows=lambda _: True)
    with db.writing(engine) as session:
        fixity_round.forget(session, _urn(5))
    report = check_masters(settings, engine, every=True)
    assert (report.objects, report.damaged) == (9, {})
    with db.reading(engine) as session:
        states = session.scalars(
            select(FixityCheckRow.state).where(FixityCheckRow.object_id == _urn(5)).order_by(FixityCheckRow.id)
        ).all()
    assert states == ["sound", "destroyed"]  # the evidence stays


def test_an_unreadable_sector_is_told_and_the_rest_read(
    masters: Masters, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = masters.open_path(_urn(7), "ảnh/lớn.jpg").stat().st_ino
    real = os.read

    def read(descriptor: int, count: int) -> bytes:
        if os.fstat(descriptor).st_ino == bad:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(descriptor, count)

    monkeypatch.setattr(os, "read", read)
    report = check_masters(settings, engine)
    assert [(f.kind, f.path) for f in report.damaged[_urn(7)]] == [("unreadable", "v1/content/ảnh/lớn.jpg")]
    assert report.files == 39


def test_a_wrong_digest_in_the_database_accuses_no_file(masters: Masters, engine: Engine, settings: Settings) -> None:
    check_masters(settings, engine)
    with db.writing(engine) as session:
        session.execute(
            update(FixityDigestRow)
            .where(FixityDigestRow.object_id == _urn(0))
            .values(blake3=dict.fromkeys(masters.history(_urn(0)).content.values(), "0" * 64))
        )
    report = check_masters(settings, engine, every=True)
    assert report.damaged == {}
    (event,) = [e for e in report.events if _urn(0) in str(e)]
    assert "'kind': 'note'" in str(event)
    assert "note" not in str(check_masters(settings, engine, every=True).events)  # mended


def test_an_object_that_gets_a_version_meanwhile_is_sound(
    masters: Masters, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the renames of inventory and sidecar an object looks broken: it is looked at again."""
    place = masters.places.of_object(_urn(4))
    sidecar = place / "inventory.json.sha512"
    after = sidecar.read_bytes()
    sidecar.write_bytes((place / "v1/inventory.json.sha512").read_bytes())
    monkeypatch.setattr(fixity.time, "sleep", lambda _: sidecar.write_bytes(after))
    assert check_masters(settings, engine).damaged == {}


def test_the_oldest_reading_goes_first_and_an_hour_has_its_share(
    masters: Masters, engine: Engine, settings: Settings
) -> None:
    check_masters(settings, engine)
    now = db.utc_now()
    with db.writing(engine) as session:
        for number in range(10):
            at = now - dt.timedelta(days=10 * number)
            session.execute(
                update(FixityCheckRow).where(FixityCheckRow.object_id == _urn(number)).values(checked_at=at)
            )
    found = fixity_round.objects(engine, places_of(settings))
    assert [one.object_id for one in found] == [_urn(number) for number in reversed(range(10))]
    late = fixity_round.due(found, days=75, now=now)
    assert [one.object_id for one in late] == [_urn(9), _urn(8)]
    share = fixity_round.due(found, days=100, now=now, hours=24 * 30)
    assert [one.object_id for one in share] == [_urn(9), _urn(8), _urn(7)]
    with masters.stage("new") as stage:
        stage.add_bytes("record.json", b"{}")
        stage.publish("urn:museum:hue:new", message="m", user_name="An", created=CREATED)
    found = fixity_round.objects(engine, places_of(settings))
    assert fixity_round.due(found, days=1000, now=now)[0].object_id == "urn:museum:hue:new"


def test_at_an_hour_share_each_object_is_read_within_its_days(
    masters: Masters, engine: Engine, settings: Settings
) -> None:
    """A hundred hours of a museum whose masters are to be read every two days: none waits longer."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    found = [replace(one, checked_at=now, state="sound") for one in fixity_round.objects(engine, places_of(settings))]
    longest = dt.timedelta()
    most = 0
    for hour in range(1, 101):
        at = now + dt.timedelta(hours=hour)
        taken = fixity_round.due(found, days=2, now=at, hours=1)
        most = max(most, len(taken))
        for one in taken:
            assert one.checked_at is not None
            longest = max(longest, at - one.checked_at)
        found = [one for one in found if one not in taken] + [replace(one, checked_at=at) for one in taken]
    assert longest <= dt.timedelta(days=2)
    assert most == 1  # though all were read in the same hour at first


def test_each_reading_is_kept_as_an_event(masters: Masters, engine: Engine, settings: Settings) -> None:
    report = check_masters(settings, engine)
    _flip(masters.open_path(_urn(6), "record.json"), random.Random(1))
    again = check_masters(settings, engine, every=True)
    with db.reading(engine) as session:
        rows = list(session.scalars(select(FixityCheckRow).order_by(FixityCheckRow.id)))
    assert [row.event for row in rows] == [
        event["eventIdentifier"]["eventIdentifierValue"] for event in report.events + again.events
    ]
    assert [row.object_id for row in rows if row.state == "damaged"] == [_urn(6)]
    (bad,) = [e for e in again.events if e["eventOutcomeInformation"]["eventOutcome"]["value"] == "fail"]
    assert bad["eventType"]["value"] == "fixity check"
    assert bad["linkingObjectIdentifier"]["linkingObjectIdentifierValue"] == _urn(6)
    assert again.to_json()["standing"]["damaged"] == [_urn(6)]


def test_the_rate_is_kept() -> None:
    at = 0.0
    waits: list[float] = []

    def wait(seconds: float) -> None:
        nonlocal at
        waits.append(seconds)
        at += seconds

    pace = Pace(10 * 10**6, clock=lambda: at, wait=wait)
    for _ in range(100):
        at += 0.001
        pace.spend(10**6)
    assert at == pytest.approx(10.0)
    free = Pace(0, wait=lambda _: pytest.fail("no limit waits never"))
    free.spend(10**12)


def test_two_rounds_at_once_are_refused(masters: Masters, engine: Engine, settings: Settings) -> None:
    lock = lock_folder(settings.masters_root)
    assert lock is not None
    with pytest.raises(Conflict, match=r"storage\.fixity_running"):
        check_masters(settings, engine)
    os.close(lock)
    assert check_masters(settings, engine).objects == 10


def test_the_worker_reads_by_itself_and_stops_when_told(masters: Masters, engine: Engine, settings: Settings) -> None:
    import threading

    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(engine, settings, stop), kwargs={"first_after_s": 0})
    thread.start()
    deadline = db.utc_now() + dt.timedelta(seconds=30)
    while not (read := _readings(engine)) and db.utc_now() < deadline:
        stop.wait(0.05)
    stop.set()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert read == 10


def _readings(engine: Engine) -> int:
    with db.reading(engine) as session:
        return len(session.scalars(select(FixityCheckRow.id)).all())
