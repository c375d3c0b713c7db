"""The demonstration collection: whole, honestly labelled, resumable, taken in and taken out again."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from museum import config, db
from museum.catalog import store
from museum.cli.main import main
from museum.demonstration import folder as demonstration
from museum.demonstration import labels, plan, production, scan_files, story_files, tables
from museum.demonstration.plan import Plan
from museum.errors import Conflict
from museum.exhibitions import store as exhibitions
from museum.geometry import scan
from museum.imaging import arrays, source
from museum.ingest import parts as parts_of
from museum.ingest import removing
from tests.geometry import shapes

OWN = "object_id,title_vi,title_en,description_vi,media\nHUE-1,Bình gốm,Ceramic jar,Bình gốm men lam.,jar.jpg\n"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small profile. Tests must not change it."""
    out = tmp_path_factory.mktemp("demonstration") / "small"
    demonstration.write_folder(out, profile="small", workers=2)
    return out


def _museum(*arguments: str | Path) -> str:
    done = CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_every_planned_file_has_words_in_both_languages_and_a_name_of_its_own() -> None:
    whole = plan.load("full", with_large_scan=True)
    files = [f for one in whole.objects for f in one.files]
    assert len({f.name for f in files}) == len(files)
    assert len({one.number for one in whole.objects}) == len(whole.objects) == 17
    for file in files:
        assert all(file.label.say(language) and file.alt.say(language) for language in ("vi", "en")), file.name
        assert "{" not in file.alt.say("vi") + file.label.say("en"), file.name
    assert sum(f.width_px * f.height_px >= 30_000_000 for f in files) == 5


def test_pictures_say_what_they_are_and_name_no_camera(small: Path) -> None:
    pictures = sorted(small.glob("*.jpg"))
    assert len(pictures) >= 6
    for path in pictures:
        facts = source.inspect(path, max_pixels=10**7)
        assert facts.capture["digital_source"] == "algorithmicMedia", path.name
        assert "không phải ảnh chụp hiện vật" in str(facts.capture["description"])
        assert "CC0" in facts.rights_text
        assert not {"camera", "lens", "exposure", "taken_at", "iso", "artist"} & set(facts.capture), path.name
        assert labels.SOURCE_TYPE.encode() in path.read_bytes()


def test_a_picture_without_the_label_says_nothing(tmp_path: Path) -> None:
    arrays.write(np.full((40, 50, 3), 90, np.uint8), tmp_path / "plain.jpg")
    assert "digital_source" not in source.inspect(tmp_path / "plain.jpg", max_pixels=10**6).capture


@pytest.mark.parametrize("suffix", ["ply", "obj", "stl", "glb"])
def test_scans_say_what_they_are(suffix: str, tmp_path: Path) -> None:
    sphere = shapes.sphere()
    colored = replace(sphere, colors=np.full((len(sphere.vertices_mm), 4), 200, np.uint8))
    made = scan_files.write_scan(colored, tmp_path / f"ball.{suffix}", max_faces=1000, name="ball")
    for path in made:
        assert b"enerated by software" in path.read_bytes(), path.name
    if suffix == "glb":
        data = made[0].read_bytes()
        (length,) = struct.unpack_from("<I", data, 12)
        asset = json.loads(data[20 : 20 + length])["asset"]
        assert "CC0" in asset["copyright"] and asset["extras"]["digital_source_type"] == labels.SOURCE_TYPE
        assert asset["extras"]["has_scale"] is True


def test_the_large_scan_has_the_triangles_it_promises(tmp_path: Path) -> None:
    """A tenth of it: the model is made fine enough, the file has as many as its label says, and a scan is read."""
    whole = plan.load("full", with_large_scan=True)
    one = whole.object("urn-cao")
    (file,) = [f for f in one.files if f.max_faces >= 5_000_000]
    assert file.name not in {f.name for f in plan.load("full").object("urn-cao").files}, "on request only"
    (batch,) = [b for b in production.batches_of(whole, tmp_path) if file in b.files]
    model = production.build(one, detail=batch.detail / 10, epoch=file.epoch)
    assert len(model.mesh.faces) >= 500_000
    (made,) = scan_files.write_scan(model.mesh, tmp_path / file.name, max_faces=500_000)
    facts = scan.inspect(made, unit="mm")
    assert 499_900 <= facts.faces <= 500_000 and facts.is_closed and facts.has_vertex_color


def test_an_interrupted_run_goes_on_with_what_is_missing(small: Path, tmp_path: Path) -> None:
    """What stands is not made again; half a file under its working name is swept away."""
    whole = plan.load("small")
    one = whole.object("bell")
    out = tmp_path / "cut"
    out.mkdir()
    for file in one.files:
        if file.make != "sound":
            (out / file.name).write_bytes(b"made before")
    (out / ".bell.wav.part.wav").write_bytes(b"half")
    told: list[tuple[int, int]] = []
    only = Plan(profile="small", digest="", objects=(one,))
    production.produce(only, out, workers=1, on_progress=lambda done, total: told.append((done, total)))
    assert (out / "bell.wav").stat().st_size > 100_000
    assert (out / "bell.jpg").read_bytes() == b"made before"
    assert not list(out.glob(".*.part*"))
    assert told[0] == (1, 2) and told[-1] == (2, 2)


def _unchanged(patch: pytest.MonkeyPatch, small: Path) -> None:
    """The program as it was when the folder was made, should somebody be working on it meanwhile."""
    made_from = (small / demonstration.COMPLETE).read_text()
    patch.setattr(demonstration, "digest_of", lambda _: made_from)


def test_digests_tell_profiles_apart() -> None:
    assert demonstration.digest_of(plan.load("full")) != demonstration.digest_of(plan.load("small"))


def test_a_whole_folder_of_this_version_is_left(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _unchanged(monkeypatch, small)
    stamps = {path.name: path.stat().st_mtime_ns for path in small.glob("*.jpg")}
    demonstration.write_folder(small, profile="small")
    assert {path.name: path.stat().st_mtime_ns for path in small.glob("*.jpg")} == stamps


def test_a_folder_of_an_older_version_is_cleared(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / demonstration.MADE_FROM).write_text("an older program")
    (old / "gone.jpg").write_bytes(b"old")
    monkeypatch.setattr(production, "produce", lambda *_, **__: None)
    demonstration.write_folder(old, profile="small")
    assert not (old / "gone.jpg").exists() and (old / "media.csv").exists()


@pytest.fixture(scope="module")
def mixed(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, bytes, str]]:
    """A museum with a real record and then the demonstration: its home, the dump before, what removing said."""
    base = tmp_path_factory.mktemp("mixed")
    own, home = base / "own", base / "home"
    own.mkdir()
    arrays.write(np.full((400, 500, 3), 90, np.uint8), own / "jar.jpg")
    (own / "table.csv").write_text(OWN, encoding="utf-8")
    _museum("init", home)
    _museum("--home", home, "ingest", own, "--publish", "--workers", "0")
    settings = config.load(home)
    engine = db.open_engine(settings.database)
    with db.reading(engine) as session:
        before = store.canonical_dump(session)
    files = _kept(settings.media)
    inbox = settings.media / "inbox" / removing.INBOX
    inbox.parent.mkdir(parents=True, exist_ok=True)
    _copy(small, inbox)
    with pytest.MonkeyPatch.context() as patch:
        _unchanged(patch, small)
        _museum("demo", "--home", home, "--small")
        _reworded(patch, engine, inbox, home)
    with db.reading(engine) as session:
        numbers = [i.value for r in store.all_records(session) for i in r.identifiers]
        sources = {m.digital_source for r in store.all_records(session) if r.is_sample for m in r.media}
    assert any(number.startswith("MẪU-") for number in numbers)
    assert sources == {"algorithmicMedia"}
    real = parts_of.open_parts(settings, engine)
    with db.reading(engine) as session:
        (kept,) = [r for r in store.all_records(session) if not r.is_sample]
    with pytest.raises(Conflict) as refused:
        real.masters.purge(real.object_id(kept.id), proof="record.json", allows=removing._is_sample)
    assert refused.value.code == "storage.purge_refused"
    assert _traces(settings.media), "the control: while it stands, its traces are found"
    said = _museum("demo", "--home", home, "--remove")
    assert _kept(settings.media) == files
    yield home, before, said
    engine.dispose()


def _reworded(patch: pytest.MonkeyPatch, engine: Engine, inbox: Path, home: Path) -> None:
    """Words changed by a newer program reach a museum that stands; no picture is made or taken in again."""
    pictures = {path: path.stat().st_mtime_ns for path in inbox.glob("[!.]*.*") if path.suffix != ".csv"}
    before = _told(engine)
    told = tables.tables_of
    patch.setattr(tables, "tables_of", lambda chosen: _with_title(told(chosen)))
    written = story_files.stories
    patch.setattr(story_files, "stories", lambda: {n: d.replace(*_OTHER_LEAD) for n, d in written().items()})
    patch.setattr(production, "produce", lambda *_, **__: pytest.fail("pictures were made again"))
    _museum("demo", "--home", home, "--small")
    after = _told(engine)
    assert _NEW_TITLE in after.titles - before.titles
    assert len(after.leads - before.leads) == 1 and _OTHER_LEAD[1].decode() in (after.leads - before.leads).pop()
    assert after.files == before.files
    assert {path: path.stat().st_mtime_ns for path in pictures} == pictures


_NEW_TITLE = "Cao Đỉnh, lời mới"
_OTHER_LEAD = ("Mùa đông năm 1835".encode(), "Vào mùa đông năm 1835".encode())


def _with_title(made: tables.Tables) -> tables.Tables:
    made.catalogue[0] = {**made.catalogue[0], "title_vi": _NEW_TITLE}
    return made


@dataclass(frozen=True)
class _Told:
    titles: set[str]
    leads: set[str]
    files: set[str]


def _told(engine: Engine) -> _Told:
    with db.reading(engine) as session:
        records = list(store.all_records(session))
        return _Told(
            titles={str(v.value) for r in records for v in r.values.get("title", ())},
            leads={story.lead.say("vi") for story in exhibitions.all_stories(session)},
            files={m.sha256 for r in records for m in r.media},
        )


def _kept(media: Path) -> set[Path]:
    """Every file below the museum's media but the index, which is built anew, and empty locks."""
    found = {path.relative_to(media) for path in media.rglob("*") if path.is_file() and path.suffix != ".lock"}
    return {path for path in found if path.parts[0] != "index"}


def _copy(source_folder: Path, out: Path) -> None:
    out.mkdir()
    for path in source_folder.rglob("*"):
        target = out / path.relative_to(source_folder)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(path.read_bytes())


def _traces(media: Path) -> list[Path]:
    marks = ("MẪU-".encode(), json.dumps("MẪU-").encode()[1:-1])
    return [p for p in media.rglob("*") if p.is_file() and any(mark in p.read_bytes() for mark in marks)]


def test_removing_leaves_no_trace_and_every_real_record_untouched(mixed: tuple[Path, bytes, str]) -> None:
    home, before, _ = mixed
    settings = config.load(home)
    engine = db.open_engine(settings.database)
    with db.reading(engine) as session:
        assert store.canonical_dump(session) == before
    masters = parts_of.open_parts(settings, engine).masters
    assert len(list(masters.object_ids())) == 1
    assert not [p for name in masters.object_ids() for p in masters.validate(name) if p.is_error]
    engine.dispose()
    assert _traces(settings.media) == []
    assert not (settings.media / "inbox" / removing.INBOX).exists()


def test_removing_again_finds_nothing(mixed: tuple[Path, bytes, str]) -> None:
    home, _, said = mixed
    assert " 0 " not in said.partition(":")[2][:4]
    assert "0 " in _museum("demo", "--home", home, "--remove")
