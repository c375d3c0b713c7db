"""Tilesets of scans with pictures: each tile brings what it shows of them, and shows it where the scan does."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from museum.geometry.mesh import Bytes, Material, Mesh, Picture
from museum.geometry.tileset import building
from tests.geometry.tilesets import Tile, Tileset, open_edges, vase

FACES, MOST, SIDE = 30_000, 2_000, 1_024


def painting() -> Bytes:
    """(SIDE, SIDE, 3) colours that tell where on the picture they are."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    return np.stack([x * 255, y * 255, 127 + 100 * np.sin(x * 12) * np.cos(y * 9)], axis=2).astype(np.uint8)


@pytest.fixture(scope="module")
def source() -> Mesh:
    """A vase unwrapped into 24 pieces of a picture, the seams' vertices doubled; its foot has a colour alone."""
    bare = vase(FACES, is_colored=False)
    middle = bare.vertices_mm[bare.faces].mean(axis=1)
    turn = np.arctan2(middle[:, 2], middle[:, 0])
    piece = np.clip((turn / (2 * np.pi) + 0.5) * 8, 0, 7).astype(int) * 3 + np.clip(middle[:, 1] / 140, 0, 2).astype(
        int
    )
    foot = middle[:, 1] < 10
    corner = np.repeat(piece + 24 * foot, 3).astype(np.int64) * len(bare.vertices_mm) + bare.faces.ravel()
    kept, faces = np.unique(corner, return_inverse=True)
    vertices = bare.vertices_mm[kept % len(bare.vertices_mm)]
    of = kept // len(bare.vertices_mm) % 24
    around = np.arctan2(vertices[:, 2], vertices[:, 0]) / (2 * np.pi) + 0.5
    around = np.where(around - of // 3 / 8 > 0.5, around - 1, np.where(of // 3 / 8 - around > 0.5, around + 1, around))
    u = (of % 6 + np.clip((around * 8 - of // 3), 0, 1) * 0.8 + 0.1) / 6
    v = (of // 6 + np.clip(vertices[:, 1] / 140 - of % 3, 0, 1) * 0.8 + 0.1) / 4
    room = io.BytesIO()
    Image.fromarray(painting()).save(room, "PNG")
    picture = Picture(data=room.getvalue(), media_type="image/png")
    white = (1.0, 1.0, 1.0, 1.0)
    materials = (Material(base_color=white, base_texture=picture), Material(base_color=(0.5, 0.1, 0.02, 1.0)))
    return replace(
        bare, vertices_mm=vertices, faces=faces.reshape(-1, 3).astype(np.int32), uv=np.stack([u, v], axis=1),
        materials=materials, face_material=foot.astype(np.int32),
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(source: Mesh, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tileset, building.TilesetFacts]:
    out = tmp_path_factory.mktemp("tiles") / "vase.3tz"
    facts = building.build(source, out, most=MOST)
    return Tileset(out), facts


def sheet_of(tile: Tile) -> Bytes:
    view = tile.json["bufferViews"][tile.json["images"][0]["bufferView"]]
    return np.asarray(Image.open(io.BytesIO(tile.data[view["byteOffset"] :][: view["byteLength"]])).convert("RGB"))


def test_tiles_show_what_the_scan_shows_at_every_vertex(
    source: Mesh, built: tuple[Tileset, building.TilesetFacts]
) -> None:
    tileset, facts = built
    whole, tried, far = painting(), 0, 0.0
    assert source.uv is not None
    places = {tuple(row): i for i, row in enumerate(np.rint(source.vertices_mm / facts.step / 4).astype(int).tolist())}
    foot = np.zeros(len(source.vertices_mm), bool)
    foot[source.faces[source.face_material == 1].ravel()] = True
    for name in [*tileset.level(0), *tileset.level(1)[:2], *tileset.leaves[::3]]:
        tile = tileset.tile(name)
        sheet = sheet_of(tile)
        uv = tile.attributes["TEXCOORD_0"] / 65_535
        assert uv.min() >= 0 and uv.max() <= 1 and max(sheet.shape) <= 4096
        at = np.minimum((uv * sheet.shape[1::-1]).astype(int), np.array(sheet.shape[1::-1]) - 1)
        seen = sheet[at[:, 1], at[:, 0]].astype(float)
        for point, color in zip(
            np.rint(tile.positions_m * 1000 / facts.step / 4).astype(int).tolist(), seen, strict=True
        ):
            number = places.get(tuple(point))
            if number is None or foot[number]:
                continue
            # Doubled vertices of a seam lie at several places of the picture.
            same = np.flatnonzero(np.abs(source.vertices_mm - source.vertices_mm[number]).max(axis=1) < facts.step)
            texel = np.minimum((source.uv[same] * SIDE).astype(int), SIDE - 1)
            away = np.abs(whole[texel[:, 1], texel[:, 0]].astype(float) - color).max(axis=1).min()
            tried, far = tried + 1, max(far, away)
            if tried % 500 == 0:
                break
    print(f"{tried} vertices, worst difference {far:.0f} of 255")
    assert tried > 500 and far <= 24, "JPEG and halved pictures, nothing else"


def test_a_plain_material_keeps_its_color_and_borders_hold(built: tuple[Tileset, building.TilesetFacts]) -> None:
    tileset, _ = built
    low = min(tileset.leaves, key=lambda name: tileset.tile(name).positions_m[:, 1].min())
    tile = tileset.tile(low)
    sheet, uv = sheet_of(tile), tile.attributes["TEXCOORD_0"] / 65_535
    lowest = np.argsort(tile.positions_m[:, 1])[:20]
    at = (uv[lowest] * sheet.shape[1::-1]).astype(int)
    assert np.abs(sheet[at[:, 1], at[:, 0]].astype(int) - [188, 89, 39]).max() < 12, "linear 0.5, 0.1, 0.02 as sRGB"
    random = np.random.default_rng(1)
    wanted = open_edges([tileset.tile(name).corners for name in tileset.leaves])[0]
    for _ in range(20):
        cut = tileset.cut(random, share=0.5)
        assert np.array_equal(open_edges([tileset.tile(name).corners for name in cut])[0], wanted)


def test_coarse_tiles_bring_small_pictures_and_say_so(built: tuple[Tileset, building.TilesetFacts]) -> None:
    tileset, facts = built
    texels = [sum(sheet_of(tileset.tile(n))[..., 0].size for n in tileset.level(level)) for level in range(2)]
    assert texels[0] <= 700_000 and list(facts.errors) == sorted(facts.errors, reverse=True)
    leaves = [sheet_of(tileset.tile(name))[..., 0].size for name in tileset.leaves]
    assert sum(leaves) < 3 * SIDE * SIDE, "pictures are cut, not carried along whole"
