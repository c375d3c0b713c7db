"""The IIIF Cookbook's documents: each is taken in or refused with a clear reason; the same again changes nothing."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from museum.catalog.record import to_json
from museum.ingest import run
from tests.founded import founded
from tests.ingest.borrowing import Home, hurry, in_both_languages
from tests.ingest.elsewhere import V3, Elsewhere, Service, encoded, picture, standing_in

pytestmark = pytest.mark.shared
_HOSTS = ("iiif.io", "fixtures.iiif.io", "upload.wikimedia.org")


def _recordings(folder: Path) -> dict[str, bytes]:
    """A short film and short sounds by ending, made here."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    tone, bars = ["-f", "lavfi", "-i", "sine=440:d=1"], ["-f", "lavfi", "-i", "testsrc=s=64x48:r=5:d=1"]
    for name, inputs in (("a.mp4", [*bars, *tone]), ("a.mp3", tone), ("a.m4a", tone)):
        subprocess.run([ffmpeg, "-v", "error", *inputs, "-shortest", str(folder / name)], check=True)
    return {path.suffix[1:]: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def cookbook(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """The Cookbook served here: its documents with their addresses filled in, and something for all they name."""
    with standing_in() as there:
        root = shared_data / "judges" / "iiif-cookbook"
        for path in sorted(root.rglob("*.json")):
            place = f"/cookbook/{path.relative_to(root).as_posix()}"
            text = path.read_text(encoding="utf-8")
            text = text.replace("{{ id.url }}", there.url + place)
            text = text.replace("{{ id.path }}", there.url + place.rpartition("/")[0])
            for host in _HOSTS:
                text = text.replace(f"https://{host}/", f"{there.url}/{host}/")
            there.put(place, text.encode())
        there.any_picture = Service()
        still = encoded(picture(64, 48, 9))
        there.any_file = {"jpg": still, "png": still, "vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nCiao\n"}
        there.any_file |= _recordings(tmp_path_factory.mktemp("av"))
        yield there


@pytest.fixture
def home(tmp_path: Path, cookbook: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    hurry(monkeypatch)
    monkeypatch.setattr(run._Run, "_await", lambda *_: None)  # viewing copies are made, and tested, elsewhere
    settings, engine = founded(tmp_path / "bao-tang")
    yield Home(cookbook.settings(settings), engine)
    engine.dispose()


def _kind(body: bytes) -> str:
    document: Any = json.loads(body)
    return str(document.get("type", document.get("@type"))).removeprefix("sc:")


def test_every_document_of_the_cookbook_is_taken_in_or_refused_with_a_reason(
    home: Home, cookbook: Elsewhere, capsys: pytest.CaptureFixture[str]
) -> None:
    documents = {path: _kind(body) for path, body in cookbook.bodies.items() if path.startswith("/cookbook/")}
    members = [{"id": cookbook.url + path, "type": "Manifest", "label": {"none": [path]}} for path in documents]
    top = {"@context": V3, "id": f"{cookbook.url}/all", "type": "Collection", "label": {"en": ["Cookbook"]}}
    address = cookbook.put("/all", {**top, "items": members})
    report = home.ingest(address, publish=False)
    in_both_languages(report)
    kinds = Counter(documents.values())
    by_code = Counter(p.code for p in report.errors)
    records = home.records()
    with capsys.disabled():
        shown = sum(m.kind != "part" for r in records for m in r.media)
        print(f"\nCookbook: {dict(kinds)}; {len(records)} records with {shown} files, refused: {dict(by_code)}")
    assert kinds["Manifest"] == 85
    others = sum(n for kind, n in kinds.items() if kind not in ("Manifest", "Collection"))
    assert by_code == {"manifest.other_type": others, "manifest.ask_first": 1}
    twins = [p.file for p in report.problems if p.code == "manifest.met_again" and "/0057-" in p.file]
    assert len(twins) == 1  # one manifest in two versions, under one id
    assert len(records) == report.count("created") == kinds["Manifest"] - 2
    missing = [r.identifier("iiif_manifest") for r in records if not any(m.kind != "part" for m in r.media)]
    assert [at.rpartition("/cookbook/")[2] for at in missing] == ["0000_template/manifest.json"]  # it shows nothing
    before = {record.id: to_json(record) for record in records}
    cookbook.asked.clear()
    again = home.ingest(address, publish=False, with_permission=True)
    assert (again.count("created"), again.count("updated")) == (1, 0)
    assert again.count("unchanged") == len(records)
    after = {record.id: to_json(record) for record in home.records()}
    (new,) = after.keys() - before.keys()
    assert {i: record for i, record in after.items() if i != new} == before
    assert not [path for path in cookbook.asked if "/info.json" in path]
