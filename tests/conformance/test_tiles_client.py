"""Tilesets before other people's judges: Khronos' glTF validator, and NASA's 3d-tiles-renderer in Chromium."""

import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from museum.geometry import open_glb
from museum.geometry.mesh import Material
from museum.geometry.tileset import building
from tests.conformance import tiles_site
from tests.conformance.gltf_judge import judged
from tests.geometry.shapes import picture, sphere
from tests.geometry.tilesets import Tileset, vase

FOREIGN = "UNSUPPORTED_EXTENSION"  # the validator knows no meshopt compression and looks no further into such views


@pytest.fixture(scope="module")
def vase_tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tiles") / "vase.3tz"
    building.build(vase(60_000), out, most=2_000)
    return out


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiles_site.bundle(tmp_path_factory.mktemp("page"))


Opened = tuple[Page, Counter[str]]


@pytest.fixture
def opened(browser: Browser, script: str) -> Iterator[Callable[..., Opened]]:
    """Shows an archive as its tiles are served; gives the page and how often each file was asked for."""
    context = browser.new_context(viewport={"width": 800, "height": 800})

    def show(path: Path, **options: Any) -> Opened:
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page, tiles_site.show(page, path, script, **options)

    yield show
    context.close()


@pytest.fixture(scope="module")
def cloud_tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, whole = tmp_path_factory.mktemp("tiles") / "cloud.3tz", vase(20_000)
    building.build(replace(whole, faces=whole.faces[:0], face_material=whole.face_material[:0]), out, most=1_000)
    return out


@pytest.fixture(scope="module")
def picture_tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, ball = tmp_path_factory.mktemp("tiles") / "ball.3tz", sphere(rings=60)
    uv = np.clip(ball.vertices_mm[:, :2] / 100 + 0.5, 0, 1)
    painted = Material(base_color=(1.0, 1.0, 1.0, 1.0), base_texture=picture(side=256))
    building.build(replace(ball, uv=uv, materials=(painted,)), out, most=1_000)
    return out


@pytest.mark.parametrize("kind", ["vase_tiles", "cloud_tiles", "picture_tiles"])
def test_khronos_finds_no_error_in_any_tile(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    archive: Path = request.getfixturevalue(kind)
    tileset = Tileset(archive)
    tiles = [name for name in tileset.names if name.endswith(".glb")]
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path, tiles)
    plain = tmp_path / "plain"
    plain.mkdir()
    for name in tiles:
        open_glb.write_open_glb(tmp_path / name, plain / name)
    for folder in (tmp_path, plain):
        found = judged(folder / name for name in tiles)
        assert len(found) == len(tiles)
        for report in found:
            said = [m for m in report["issues"]["messages"] if m["severity"] < 2 and m["code"] != FOREIGN]
            assert said == [], (report["path"], said[:5])
    broken = tmp_path / "broken.glb"
    broken.write_bytes((plain / tiles[0]).read_bytes().replace(b'"VEC3"', b'"VEC2"', 1))
    assert judged([broken])[0]["issues"]["numErrors"] > 0, "it would tell"
    print(f"{2 * len(tiles)} GLBs validated: 0 errors, 0 warnings")


@pytest.mark.browser
def test_the_renderer_opens_it_with_default_settings_and_every_tile_once(
    vase_tiles: Path, opened: Callable[..., Opened]
) -> None:
    tileset = Tileset(vase_tiles)
    page, asked = opened(vase_tiles)
    first = page.evaluate("window.look()")
    assert first["failed"] == [] and "0.glb" in first["loaded"] and first["triangles"] > 0
    low, high = np.array(first["box"])
    size = high - low
    assert np.allclose(size[1], 0.42, atol=0.002) and np.allclose(low[1], 0, atol=0.002), "metres, Y up, where it was"
    page, asked = opened(vase_tiles, errorTarget=1e-6)
    whole = page.evaluate("window.look()")
    assert whole["failed"] == [] and sorted(whole["visible"]) == sorted(tileset.leaves)
    assert whole["triangles"] == tileset.json["asset"]["extras"]["faces"]
    assert asked == Counter(tileset.names), "every file asked for once"
    assert sorted(whole["loaded"]) == sorted(name for name in tileset.names if name != "tileset.json")


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["cloud_tiles", "picture_tiles"])
def test_clouds_and_pictures_open_whole(
    kind: str, request: pytest.FixtureRequest, opened: Callable[..., Opened]
) -> None:
    archive: Path = request.getfixturevalue(kind)
    told = Tileset(archive).json["asset"]["extras"]
    page, asked = opened(archive, errorTarget=1e-6)
    whole = page.evaluate("window.look()")
    assert whole["failed"] == [] and asked == Counter(Tileset(archive).names)
    assert (whole["points"], whole["triangles"]) == (told["points"], told["faces"])


@pytest.mark.browser
def test_no_light_falls_through_a_ball_of_mixed_levels(opened: Callable[..., Opened], tmp_path: Path) -> None:
    ball, path, loose = sphere(radius=100, rings=150), tmp_path / "ball.3tz", tmp_path / "loose.3tz"
    facts = building.build(ball, path, most=1_000)
    building.build(ball, loose, most=1_000, has_locks=False)
    depth = {name: level for level in range(len(facts.errors)) for name in Tileset(path).level(level)}

    def look(archive: Path) -> tuple[int, int]:
        holes, mixed = 0, 0
        page, _ = opened(archive, errorTarget=0.5, isFlat=True)
        for nearness, view in ((1.8, [0, 0, 1]), (2.0, [1, 0.3, 0.2]), (2.4, [-0.5, 1, 0.3])):
            seen = page.evaluate("([near, from]) => window.look(near, from)", [nearness, view])
            assert seen["failed"] == []
            mixed += len({depth[name] for name in seen["visible"]}) > 1
            found = page.evaluate("window.holes()")
            assert found["inside"] > 400_000
            holes += found["holes"]
        return holes, mixed

    holes, mixed = look(path)
    print(f"3 views, {mixed} of mixed levels: {holes} pixels of the background")
    assert holes == 0 and mixed >= 2
    assert look(loose)[0] > 0, "without locks the background shows through"
