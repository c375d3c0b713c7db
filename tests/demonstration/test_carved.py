"""Carved objects: closed, true to size, the same on every build; the lintel's loss is the one that is told."""

import importlib

import numpy as np
import pytest

from museum.demonstration import carving
from museum.demonstration.glyphs import text_field
from museum.demonstration.model import Model
from museum.demonstration.objects import lintel, seal, woodblock
from museum.demonstration.solids import Body
from museum.geometry.mesh import Mesh

SIZES_MM = {
    "stele": (1560, 3100, 2250),
    "ridge_tile": (485, 520, 188),
    "lintel": (1100, 600, 250),
    "woodblock": (280, 180, 25),
    "seal": (100, 110, 100),
    "lacquer_panel": (1200, 600, 62),
}


def built(name: str, *, detail: float = 0.03, epoch: str = "") -> Model:
    model: Model = importlib.import_module(f"museum.demonstration.objects.{name}").build(detail=detail, epoch=epoch)
    return model


def volume_mm3(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices_mm[mesh.faces[:, i]] for i in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def open_edges(faces: np.ndarray) -> int:
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    keys = sides[:, 0] * (faces.max() + 1) + sides[:, 1]
    back = sides[:, 1] * (faces.max() + 1) + sides[:, 0]
    return int((~np.isin(keys, back)).sum())


@pytest.mark.parametrize("name", SIZES_MM)
def test_object_is_closed_and_of_true_size(name: str) -> None:
    model = built(name)

    mesh = model.mesh
    assert np.allclose(mesh.extent, SIZES_MM[name], rtol=0.06, atol=6)
    assert abs(mesh.vertices_mm[:, 1].min()) < 1e-9
    assert open_edges(mesh.faces) == 0
    assert volume_mm3(mesh) > 0
    assert np.isfinite(mesh.vertices_mm).all()
    assert mesh.colors is not None and mesh.surface is not None
    assert len(mesh.colors) == len(mesh.surface) == len(model.fluorescence) == len(mesh.vertices_mm)
    assert len(np.unique(mesh.colors[:, :3], axis=0)) > 500


def test_an_open_mesh_is_noticed() -> None:
    faces = built("seal").mesh.faces

    assert open_edges(faces[1:]) == 3


def test_same_object_every_time() -> None:
    first, second = built("seal"), built("seal")

    assert np.array_equal(first.mesh.vertices_mm, second.mesh.vertices_mm)
    assert np.array_equal(first.mesh.colors, second.mesh.colors)


def test_detail_changes_the_count_and_not_the_shape() -> None:
    coarse, fine = built("woodblock", detail=0.02).mesh, built("woodblock", detail=0.06).mesh

    assert len(fine.faces) > 2 * len(coarse.faces)
    assert np.allclose(coarse.extent, fine.extent, atol=1.5)
    assert volume_mm3(coarse) == pytest.approx(volume_mm3(fine), rel=0.02)


def test_cleaning_changes_colors_and_takes_only_the_known_loss() -> None:
    before, after = built("lintel", detail=0.08, epoch="1").mesh, built("lintel", detail=0.08, epoch="2").mesh

    moved = after.vertices_mm - before.vertices_mm
    assert np.array_equal(before.faces, after.faces)
    assert np.abs(moved[:, :2]).max() == 0
    x, y, rx, ry = lintel.LOSS_PATCH_MM
    radius = np.hypot((before.vertices_mm[:, 0] - x) / rx, (before.vertices_mm[:, 1] - y) / ry)
    front = before.vertices_mm[:, 2] > 60
    assert np.allclose(moved[(radius < 0.98) & front, 2], -lintel.LOSS_MM)
    assert ((radius < 0.98) & front).sum() > 50
    assert np.abs(moved[(radius > 1.02 + lintel.LOSS_EASE) | (before.vertices_mm[:, 2] < -60)]).max() == 0
    assert before.colors is not None and after.colors is not None
    assert after.colors[:, :3].mean() > before.colors[:, :3].mean() + 15


def test_no_epoch_is_the_cleaned_state() -> None:
    assert np.array_equal(built("lintel").mesh.colors, built("lintel", epoch="2").mesh.colors)


def test_printing_faces_read_in_the_mirror() -> None:
    mesh = built("seal", detail=0.3).mesh
    points = mesh.vertices_mm[mesh.vertices_mm[:, 1] < 3]
    inner = points[(np.abs(points[:, 0]) < 38) & (np.abs(points[:, 2]) < 38)]
    raised = (inner[:, 1] < 1.2).astype(float)
    field = np.asarray(text_field(seal.TEXT, vertical=True, width_px=200, height_px=200), np.float64) > 0.25
    # Looking up at the plate with its front (+z) below, x runs to the right and z runs down.
    row = np.clip(((38 - inner[:, 2]) / 76 * 200).astype(int), 0, 199)
    column = np.clip(((inner[:, 0] + 38) / 76 * 200).astype(int), 0, 199)
    mirrored = np.corrcoef(raised, field[row, 199 - column])[0, 1]
    straight = np.corrcoef(raised, field[row, column])[0, 1]
    assert mirrored > 0.6
    assert mirrored > straight + 0.3


def test_hidden_iron_is_a_closed_shell_of_its_own_material() -> None:
    mesh = built("lacquer_panel").mesh

    iron = mesh.faces[mesh.face_material == 1]
    assert [material.name for material in mesh.materials] == ["lacquer", "iron"]
    assert len(iron) > 0 and open_edges(iron) == 0


def test_text_fills_the_page() -> None:
    assert len(woodblock.TEXT) == 132


def test_a_sphere_is_found_where_it_is() -> None:
    body = Body().ellipsoid((3, 4, 5), (20, 20, 20))

    vertices, faces = carving.skin(body, cell_mm=4, step_mm=2)

    assert np.abs(np.linalg.norm(vertices - [3, 4, 5], axis=1) - 20).max() < 0.01
    assert open_edges(faces) == 0


def test_blocks_far_from_the_surface_are_judged_like_each_of_their_nodes() -> None:
    rng = np.random.default_rng(7)
    wrong = nodes = 0
    for _ in range(12):
        body = Body()
        for number in range(6):
            a, b = rng.uniform(-40, 40, (2, 3))
            if number % 2:
                body.cone(a, b, *rng.uniform(2, 12, 2), blend=6, cut=number == 5)
            else:
                body.ellipsoid(a, tuple(rng.uniform(3, 25, 3)), blend=4)
        low = np.full(3, -70.0)
        counts = (47, 50, 49)
        grid = low + 3.0 * np.stack(np.meshgrid(*map(np.arange, counts), indexing="ij"), axis=-1).reshape(-1, 3)
        alone = (body.distance(grid) < 0).reshape(counts)
        wrong += int((body.filled(low, 3.0, counts) != alone).sum())
        nodes += alone.size
        assert alone.any()
    print(f"{nodes} nodes of 12 bodies, {wrong} judged otherwise")
    assert wrong == 0
