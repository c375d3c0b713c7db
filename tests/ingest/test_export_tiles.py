"""Static sets: whole, exactly sized, only what visitors may see, and nothing half after a kill."""

import io
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from museum.catalog import store
from museum.db import writing
from museum.errors import Invalid, MuseumError, NotFound
from museum.iiif import static_set
from museum.iiif.image import Grid
from museum.imaging import pyramid
from museum.imaging.pyramid import levels_of
from museum.ingest import export_tiles
from museum.ingest.export_tiles import Wanted, export, static_manifest
from tests.imaging.conftest import picture
from tests.web.planted import HIDDEN_PHOTO, OPEN_PHOTO, Planted, plant
from tests.web.planted_words import IDS

BASE = "https://cdn.example/hue"
SIZES = [(1, 1), (1, 700), (700, 1), (90, 60), (256, 256), (257, 255), (512, 512), (513, 400), (97, 1009), (1021, 769)]
SIZES += [(1100, 1400), (1999, 1203), (5000, 300)]


def grid_of(width: int, height: int) -> Grid:
    return Grid(width, height, 256, levels_of(width, height, tile_px=256))


def asked_by_a_viewer(info: dict[str, Any], version: int) -> Iterator[str]:
    """Every tile address of OpenSeadragon 6 (IIIFTileSource.getTileUrl), with its special cases."""
    width, height, tile = info["width"], info["height"], info["tiles"][0]["width"]
    for factor in info["tiles"][0]["scaleFactors"]:
        across, down = math.ceil(width / factor), math.ceil(height / factor)
        if across < tile and down < tile:
            is_own = across == width if version == 2 else (across, down) == (width, height)
            word = f"{across}," if version == 2 else f"{across},{down}"
            yield f"full/{({2: 'full', 3: 'max'}[version]) if is_own else word}/0/default.jpg"
            continue
        for y in range(math.ceil(down / tile)):
            for x in range(math.ceil(across / tile)):
                left, top = x * tile * factor, y * tile * factor
                right, bottom = min(tile * factor, width - left), min(tile * factor, height - top)
                size = min(tile, across - x * tile), min(tile, down - y * tile)
                region = "full" if (right, bottom) == (width, height) else f"{left},{top},{right},{bottom}"
                word = f"{size[0]}," if version == 2 else f"{size[0]},{size[1]}"
                if version == 2 and size[0] == width:
                    word = "full"
                if version == 3 and size == (width, height):
                    word = "max"
                yield f"{region}/{word}/0/default.jpg"


@pytest.mark.parametrize("version", [2, 3])
def test_every_address_of_a_viewer_has_a_file(version: int) -> None:
    asked = 0
    for width, height in SIZES:
        grid = grid_of(width, height)
        info = json.loads(static_set.info("https://x/y", version=version, grid=grid))
        files = {path for _, paths in static_set.tiles(grid, version=version) for path in paths}
        files |= {path for whole in static_set.wholes(grid, version=version) for path in whole.paths}
        for path in asked_by_a_viewer(info, version):
            if version == 2 and width == 1 and path.startswith(("full/full", "0,")):
                continue  # one pixel wide: the viewer means a smaller level and says the whole
            assert path in files, (width, height, path)
            asked += 1
        for size in info["sizes"]:
            assert f"full/{size['width']},/0/default.jpg" in files
        assert "full/max/0/default.jpg" in files
        if width >= 200 and max(width, height) <= 1024 * width / 200:
            assert {"full/90,/0/default.jpg", "full/200,/0/default.jpg"} <= files, (width, height)
    print(f"{asked} addresses, each a file")
    assert asked > 200


def test_no_list_of_sizes_can_be_mistaken_for_the_levels() -> None:
    tried = 0
    for width in (*range(1, 1300, 37), 2048, 5000, 12000, 100_000):
        for height in (1, 90, 255, 256, 257, 300, 1024, 9000):
            grid = grid_of(width, height)
            kept = static_set.listed(grid, [whole.size for whole in static_set.wholes(grid, version=3)])
            levels = [grid.level_size(level) for level in reversed(range(grid.levels))]
            assert len(kept) not in (grid.levels, grid.levels - 1) or kept in (levels, levels[:-1]), (width, height)
            tried += 1
    print(f"{tried} pictures")


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Planted]:
    """The museum of secrets, its open photograph with a pyramid of several levels."""
    made = plant(tmp_path / "museum")
    picture(700, 530).save(tmp_path / "source.png")
    with writing(made.engine) as session:
        media = next(m for m in made.records["open"].media if m.id == OPEN_PHOTO)
        folder = export_tiles.open_derivatives(made.settings).path(media.sha256, "pyramid")
        found = next(d for d in store.derivatives(session, (media.sha256,))[media.sha256] if d.name == "pyramid")
        store.put_derivative(session, replace(found, digest="ef" * 32))
    pyramid.build(tmp_path / "source.png", folder)
    yield made
    made.engine.dispose()


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with the time of its writing and its bytes."""
    return {
        str(p.relative_to(folder)): (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()
    }


@pytest.mark.parametrize("version", [3, 2])
def test_a_set_holds_what_its_info_says(planted: Planted, tmp_path: Path, version: int) -> None:
    out = tmp_path / "out"
    done = export(planted.settings, planted.engine, Wanted(folder=out, base_url=BASE + "/", version=version))
    info = json.loads((out / OPEN_PHOTO / "info.json").read_bytes())
    assert info["id" if version == 3 else "@id"] == f"{BASE}/{OPEN_PHOTO}"
    assert (info["width"], info["height"]) == (700, 530)
    assert "level0" in str(info["profile"])
    looked = 0
    for path in (out / OPEN_PHOTO).rglob("default.jpg"):
        _region, size = path.relative_to(out / OPEN_PHOTO).parts[:2]
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            image.load()
            width, _, height = size.partition(",")
            if width.isdecimal():
                assert image.width == int(width), path
                assert not height or image.height == int(height), path
        looked += 1
    assert done.images >= 1 and looked > 12
    print(f"{looked} files of the size in their address; {done.computed} sizes drawn, no tile")


def test_tiles_are_the_stored_bytes(planted: Planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*_arguments: object, region: object, size: tuple[int, int], **_options: object) -> bytes:
        drawn.append(size)
        return b"drawn"

    drawn: list[tuple[int, int]] = []
    monkeypatch.setattr(export_tiles, "render", draw)
    export(planted.settings, planted.engine, Wanted(folder=tmp_path / "out", base_url=BASE, record_ids=[IDS["open"]]))
    one = (tmp_path / "out" / OPEN_PHOTO / "512,512,188,18/188,18/0/default.jpg").read_bytes()
    assert one.startswith(b"\xff\xd8")
    shown = next((tmp_path / "out" / OPEN_PHOTO).glob("full/90,/0/default.jpg")).read_bytes()
    assert shown == b"drawn", "control: what must be drawn is"
    assert (90, 68) in drawn


def test_a_second_run_writes_nothing(planted: Planted, tmp_path: Path) -> None:
    wanted = Wanted(folder=tmp_path / "out", base_url=BASE)
    first = export(planted.settings, planted.engine, wanted)
    before = files_of(wanted.folder)
    again = export(planted.settings, planted.engine, wanted)
    assert files_of(wanted.folder) == before
    assert (again.images, again.files, again.unchanged) == (0, 0, first.images)
    moved = export(planted.settings, planted.engine, replace(wanted, base_url="https://other.example"))
    assert moved.files == first.images, "another address changes info.json alone"
    after = files_of(wanted.folder)
    assert {name for name in after if after[name] != before[name]} == {n for n in after if n.endswith("info.json")}


def test_only_what_visitors_may_see_is_written(planted: Planted, tmp_path: Path) -> None:
    wanted = Wanted(folder=tmp_path / "out", base_url=BASE)
    export(planted.settings, planted.engine, wanted)
    there = {path.name for path in wanted.folder.iterdir()}
    assert OPEN_PHOTO in there
    for hidden in (HIDDEN_PHOTO, "draftphoto", "samplephoto"):
        assert hidden not in there
    shown = export(
        replace(planted.settings, show_samples=True), planted.engine, replace(wanted, folder=tmp_path / "more")
    )
    assert (tmp_path / "more" / "samplephoto").exists(), "control: shown where samples are shown"
    assert shown.images > len(there & {OPEN_PHOTO})
    number = next(i.value for i in planted.records["open"].identifiers)
    one = export(planted.settings, planted.engine, replace(wanted, folder=tmp_path / "one", record_ids=[number]))
    assert one.images and (tmp_path / "one" / OPEN_PHOTO).exists()
    with pytest.raises(NotFound):
        export(planted.settings, planted.engine, replace(wanted, record_ids=["KHÔNG-CÓ"]))
    with pytest.raises(Invalid, match="cannot see"):
        export(planted.settings, planted.engine, replace(wanted, record_ids=[IDS["draft"]]))


def test_what_is_withdrawn_is_taken_away(planted: Planted, tmp_path: Path) -> None:
    wanted = Wanted(folder=tmp_path / "out", base_url=BASE)
    export(planted.settings, planted.engine, wanted)
    (wanted.folder / "hình-khác").mkdir()
    with writing(planted.engine) as session:
        store.set_state(session, IDS["open"], "withdrawn", person="test", batch="three")
    done = export(planted.settings, planted.engine, wanted)
    assert done.removed >= 1
    assert not (wanted.folder / OPEN_PHOTO).exists()
    assert (wanted.folder / "hình-khác").is_dir(), "what isn't ours stays"


_EXPORT = """
import sys, time
from pathlib import Path
from museum.config import Settings
from museum.db import open_engine
from museum.ingest import export_tiles
put = export_tiles._put
def slowly(path, data, report=None):
    put(path, data, report)
    print("one", flush=True)
    time.sleep(0.01)
export_tiles._put = slowly
home = Path(sys.argv[1])
settings = Settings(home=home, media=home / "media", show_samples=False)
wanted = export_tiles.Wanted(folder=Path(sys.argv[2]), base_url="https://cdn.example/hue")
export_tiles.export(settings, open_engine(settings.database), wanted)
"""


def test_a_killed_run_leaves_nothing_half_and_goes_on(planted: Planted, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-c", _EXPORT, str(planted.settings.home), str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(8):
            assert process.stdout.readline() == b"one\n"
        os.kill(process.pid, signal.SIGKILL)
    assert not (out / OPEN_PHOTO).exists() or (out / OPEN_PHOTO / "info.json").exists()
    left = [path for path in out.rglob("default.jpg") if ".part" in str(path)]
    assert left, "killed in the middle"
    for path in left:
        with Image.open(path) as image:
            image.load()
    kept = {str(path): path.stat().st_mtime_ns for path in left}
    before = time.time_ns()
    export(planted.settings, planted.engine, Wanted(folder=out, base_url=BASE))
    info = json.loads((out / OPEN_PHOTO / "info.json").read_bytes())
    assert info["width"] == 700
    assert not [path for path in out.rglob(".*") if path.name.endswith((".part", ".half", ".old"))]
    again = [out / Path(path).relative_to(out / f".{OPEN_PHOTO}.part") for path in kept if OPEN_PHOTO in path]
    for path in again:
        assert path.stat().st_mtime_ns < before, "what was whole is not written again"


def test_manifests_point_at_the_sets() -> None:
    where = "{museum}/iiif/image/3/abc~12345678"
    services = [
        {"id": where, "type": "ImageService3", "profile": "level2"},
        {
            "@id": where.replace("/3/", "/2/"),
            "@type": "ImageService2",
            "profile": "http://iiif.io/api/image/2/level2.json",
        },
    ]
    body = {"id": f"{where}/full/max/0/default.jpg", "type": "Image", "service": services}
    stored = json.dumps({"id": "{museum}/m", "homepage": [{"id": "{museum}/o/1"}], "items": [body]}).encode()
    made = json.loads(static_manifest(stored, address=f"{BASE}/manifests/1.json", base_url=BASE, version=3))
    assert made["id"] == f"{BASE}/manifests/1.json"
    assert made["homepage"][0]["id"] == "{museum}/o/1"
    assert made["items"][0]["id"] == f"{BASE}/abc/full/max/0/default.jpg"
    assert made["items"][0]["service"] == [{"id": f"{BASE}/abc", "type": "ImageService3", "profile": "level0"}]
    older = json.loads(static_manifest(stored, address="x", base_url=BASE, version=2))
    assert [s["@type"] for s in older["items"][0]["service"]] == ["ImageService2"]


@pytest.mark.parametrize("wrong", ["cdn.example", "ftp://cdn.example", "https://", "https://x/?a=1"])
def test_a_wrong_base_address_is_refused(planted: Planted, tmp_path: Path, wrong: str) -> None:
    with pytest.raises(Invalid, match="base-url"):
        export(planted.settings, planted.engine, Wanted(folder=tmp_path / "out", base_url=wrong))


def test_a_folder_that_cannot_be_written_is_named(planted: Planted, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(MuseumError, match="file") as caught:
        export(planted.settings, planted.engine, Wanted(folder=tmp_path / "file" / "out", base_url=BASE))
    assert caught.value.code == "export.cannot_write"
