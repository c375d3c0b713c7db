"""Tilesets of large scans: nothing of the scan is lost, no cut shows a crack, every error said was measured."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from museum.geometry.color import to_srgb
from museum.geometry.distance import sample_surface, surface_distances
from museum.geometry.mesh import Mesh
from museum.geometry.tileset import building
from museum.geometry.tileset.tree import Tree
from tests.geometry.tiles_rules import faults
from tests.geometry.tilesets import Tileset, open_edges, vase

FACES, TILE_FACES, CUTS = 40_000, 1_000, 300


@pytest.fixture(scope="module")
def source() -> Mesh:
    return vase(FACES)


@pytest.fixture(scope="module")
def built(source: Mesh, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tileset, building.TilesetFacts]:
    out = tmp_path_factory.mktemp("tiles") / "vase.3tz"
    facts = building.build(source, out, most=TILE_FACES)
    return Tileset(out), facts


def test_leaves_hold_every_triangle_and_color_of_the_scan(
    source: Mesh, built: tuple[Tileset, building.TilesetFacts]
) -> None:
    tileset, facts = built
    assert facts.tiles == len(tileset.names) - 1 and facts.faces == len(source.faces)

    shown = tileset.mesh(tileset.leaves)
    assert len(shown.faces) == len(source.faces)
    assert surface_distances(source.vertices_mm[::7], shown).max() <= facts.step, "moved by one step at most"
    assert source.colors is not None
    tile = tileset.tile(tileset.leaves[0])
    colors = np.rint(to_srgb(tile.attributes["COLOR_0"] / 65_535) * 255)
    near = np.linalg.norm(source.vertices_mm[None] - tile.positions_m[:50, None] * 1000, axis=2).argmin(axis=1)
    assert (colors[:50] == source.colors[near, :3]).all(), "sRGB colours come back exactly"


def test_no_mixed_cut_has_other_open_edges_than_the_scan(
    source: Mesh, built: tuple[Tileset, building.TilesetFacts], tmp_path: Path
) -> None:
    tileset, _ = built

    def cracked(tiles: Tileset, cuts: int) -> tuple[int, int]:
        random = np.random.default_rng(3)
        one_sided, lonely = open_edges([tiles.tile(name).corners for name in tiles.leaves])
        assert len(one_sided) == len(lonely) > 300, "the vase's two rims"
        bad, kinds = 0, set()
        for _ in range(cuts):
            cut = tiles.cut(random, share=np.sqrt(random.random()))
            kinds.add(tuple(cut))
            found = open_edges([tiles.tile(name).corners for name in cut])
            bad += not (np.array_equal(found[0], one_sided) and np.array_equal(found[1], lonely))
        return bad, len(kinds)

    bad, kinds = cracked(tileset, CUTS)
    print(f"{CUTS} cuts at mixed levels, {kinds} different ones: {bad} with a crack")
    assert bad == 0 and kinds > CUTS / 2, "few of them near the root, where there are few"
    unlocked = tmp_path / "unlocked.3tz"
    building.build(source, unlocked, most=TILE_FACES, has_locks=False)
    assert cracked(Tileset(unlocked), 20)[0] > 10, "without locks there are cracks, and this test sees them"


def test_near_the_root_each_tile_is_cut_in_two(built: tuple[Tileset, building.TilesetFacts]) -> None:
    """So that a device that bears few triangles need not stay with the root: eight at once would be too many."""
    tileset, _ = built
    assert [len(tileset.level(level)) for level in range(5)] == [1, 2, 4, 16, 64]

    def told(tile: dict[str, Any]) -> None:
        faces = len(tileset.tile(tile["content"]["uri"]).faces)
        assert tile["extras"] == {"faces": faces} and faces <= TILE_FACES * 1.3
        for child in tile.get("children", ()):
            assert child["geometricError"] < tile["geometricError"], "or nobody would ever show the tile above"
            told(child)

    told(tileset.json["root"])
    alike = [Tree.of(leaf).depths for leaf in (1, 2, 3, 4, 5, 9, 10)]
    assert alike == [(0, 1), (0, 1, 2), (0, 1, 2, 3), (0, 1, 2, 4), (0, 1, 2, 3, 5), (0, 1, 2, 3, 5, 7, 9),
                     (0, 1, 2, 4, 6, 8, 10)]  # fmt: skip


def test_said_errors_hold_on_samples_of_our_own(source: Mesh, built: tuple[Tileset, building.TilesetFacts]) -> None:
    tileset, facts = built
    points = sample_surface(source, 50_000)[::2]
    depths = range(len(facts.errors) - 1)
    found = []
    for depth in depths:
        level = tileset.mesh(tileset.level(depth))
        there = surface_distances(points, level).max()
        back = surface_distances(sample_surface(level, 20_000), source).max()
        found.append(float(max(there, back)))
    print("said", facts.errors, "found", found)
    for depth in depths:
        assert found[depth] <= facts.errors[depth] * 1.05
        assert found[depth] > facts.errors[depth] / 3, (
            "a third of it would be a lie; nor is it a guess on the safe side"
        )


def test_the_whole_in_few_triangles_lies_beside_the_tiles(source: Mesh, tmp_path: Path) -> None:
    out = tmp_path / "front.3tz"
    building.build(source, out, most=TILE_FACES, front_faces=200)
    tileset = Tileset(out)
    told = tileset.json["asset"]["extras"]["front"]
    assert told["uri"] in tileset.names and faults(out) == [], "no tile of the tree"
    front, root = tileset.tile(told["uri"]), tileset.tile("0.glb")
    assert len(front.faces) == told["faces"] <= 220 < len(root.faces)
    assert front.attributes.keys() == root.attributes.keys(), "with its colours and normals"
    mesh = tileset.mesh([told["uri"]])
    assert np.allclose(mesh.extent, source.extent, rtol=0.03)
    assert surface_distances(sample_surface(mesh, 5_000), source).max() < 0.03 * max(source.extent)
    plain = tmp_path / "plain.3tz"
    building.build(source, plain, most=TILE_FACES)
    assert "front" not in Tileset(plain).json["asset"]["extras"], "a small root needs none"
