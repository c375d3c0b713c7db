"""Tilesets of point clouds: every point once, spread evenly at every level, gaps as large as was said."""

from dataclasses import replace

import numpy as np
import pytest

from museum.geometry.mesh import Floats, Ints, Mesh
from museum.geometry.tileset import building
from tests.geometry.tilesets import Tileset, vase

POINTS, MOST = 20_000, 1_000


def nearest(points: Floats, among: Floats) -> tuple[Floats, Ints]:
    """(distance to the nearest of `among`, its number) for each of the points, by looking at all of them."""
    away, number = np.empty(len(points)), np.empty(len(points), np.int32)
    squares = (among**2).sum(axis=1)
    for i in range(0, len(points), 500):
        part = points[i : i + 500]
        number[i : i + 500] = (squares - 2 * part @ among.T).argmin(axis=1)
        away[i : i + 500] = np.linalg.norm(part - among[number[i : i + 500]], axis=1)
    return away, number


@pytest.fixture(scope="module")
def cloud() -> Mesh:
    """A vase of points, one half of it scanned five times as densely as the other."""
    whole = vase(POINTS * 2)
    dense = whole.vertices_mm[:, 0] > 0
    kept = np.flatnonzero(dense | (np.arange(len(dense)) % 5 == 0))
    assert whole.colors is not None
    return replace(
        whole, vertices_mm=whole.vertices_mm[kept], colors=whole.colors[kept], faces=whole.faces[:0],
        face_material=whole.face_material[:0],
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(cloud: Mesh, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tileset, building.TilesetFacts]:
    out = tmp_path_factory.mktemp("tiles") / "cloud.3tz"
    facts = building.build(cloud, out, most=MOST)
    return Tileset(out), facts


def test_all_tiles_together_are_the_cloud_and_no_point_is_there_twice(
    cloud: Mesh, built: tuple[Tileset, building.TilesetFacts]
) -> None:
    tileset, facts = built
    assert tileset.json["root"]["refine"] == "ADD" and facts.points == len(cloud.vertices_mm)
    names = [name for name in tileset.names if name.endswith(".glb")]
    points = np.concatenate([tileset.tile(name).positions_m * 1000 for name in names])
    far, number = nearest(points, cloud.vertices_mm)
    assert len(points) == len(cloud.vertices_mm) and far.max() <= facts.step
    assert len(np.unique(number)) == len(points), "each of them once"
    assert all("mode" in tileset.tile(n).json["meshes"][0]["primitives"][0] for n in names)
    assert max(len(tileset.tile(name).grid) for name in names) <= MOST * 1.3


def test_gaps_are_as_large_as_said_at_every_level(cloud: Mesh, built: tuple[Tileset, building.TilesetFacts]) -> None:
    tileset, facts = built
    shown, found = np.zeros((0, 3)), []
    for level in range(len(facts.errors) - 1):
        added = np.concatenate([tileset.tile(name).positions_m * 1000 for name in tileset.level(level)])
        shown = np.concatenate([shown, added])
        found.append(float(nearest(cloud.vertices_mm, shown)[0].max()))
        left, right = (shown[:, 0] > 20).sum(), (shown[:, 0] < -20).sum()
        if level == 0:
            assert 0.7 < left / right < 1.5, "as many where the scanner took five times as many"
    print("said", facts.errors, "found", found)
    for said, largest, below in zip(facts.errors, found, facts.errors[1:], strict=False):
        assert below < largest <= said * 1.1 and said < 2 * largest
