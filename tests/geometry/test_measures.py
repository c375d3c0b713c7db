"""Measured facts of a scan are right on solids whose answer is known, and say what was only sampled."""

from dataclasses import replace

import numpy as np
import pytest

from museum.geometry import borders, crossings, measures, symmetry
from museum.geometry.distance import Surface, sample_surface
from museum.geometry.mesh import Material, Mesh
from tests.geometry.shapes import CUBE_FACES, CUBE_POINTS, picture, sphere


def test_two_holes_are_counted_with_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    ball = sphere(rings=40)
    assert borders.borders(ball) == borders.Borders(count=0, length=0.0, longest=0.0)
    heights = ball.vertices_mm[ball.faces][:, :, 1]
    kept = (heights.max(axis=1) < 45) & (heights.min(axis=1) > -49)
    found = borders.borders(ball.with_faces(ball.faces[kept], ball.face_material[kept]))
    assert found.count == 2
    rings = [2 * np.pi * np.sqrt(50**2 - h**2) for h in (44.55, 48.63)]
    assert found.longest == pytest.approx(max(rings), rel=0.05)
    assert found.length == pytest.approx(sum(rings), rel=0.08)
    monkeypatch.setattr(borders, "_PLACES", 100)
    assert len(ball.vertices_mm) > 1_000, "in many parts"
    again = borders.borders(ball.with_faces(ball.faces[kept], ball.face_material[kept]))
    assert (again.count, again.longest) == (2, pytest.approx(found.longest))


def test_seams_are_no_borders() -> None:
    ball = sphere(rings=20)
    corners = ball.vertices_mm[ball.faces].reshape(-1, 3)
    soup = Mesh(vertices_mm=corners, faces=np.arange(len(corners), dtype=np.int32).reshape(-1, 3))
    assert borders.borders(soup).count == 0


def test_crossing_triangles_are_found_and_touching_ones_are_not() -> None:
    ball = sphere(rings=20)
    apart, through = (
        Mesh(
            vertices_mm=np.concatenate([ball.vertices_mm, ball.vertices_mm + np.array([move, 0.3, 0.2])]),
            faces=np.concatenate([ball.faces, ball.faces + len(ball.vertices_mm)]),
        )
        for move in (101.0, 60.0)
    )
    assert crossings.crossings(apart, Surface.of(apart)).triangles == 0
    found = crossings.crossings(through, Surface.of(through))
    assert (found.tested, found.is_sampled, found.undecided) == (len(through.faces), False, 0)
    assert 60 < found.triangles < 600, "the ring where the two run into each other"
    # Two cubes that share a whole side touch along planes, edges and corners: floats alone can't tell.
    turn = np.linalg.qr(np.arange(9).reshape(3, 3) + 1.7)[0]
    stacked = np.concatenate([CUBE_POINTS, CUBE_POINTS + np.array([1, 0, 0])]) @ turn
    touching = Mesh(vertices_mm=stacked, faces=np.concatenate([CUBE_FACES, CUBE_FACES + 8]))
    assert crossings.crossings(touching, Surface.of(touching)).triangles == 0


def test_a_spike_through_one_triangle_is_decided_though_it_is_thin() -> None:
    flat = np.array([[0, 0, 0], [10, 0, 0], [0, 10, 0], [2, 2, 1e-9], [2.1, 2, -1e-9], [2, 2.1, -1.0]])
    mesh = Mesh(vertices_mm=flat, faces=np.array([[0, 1, 2], [3, 4, 5]], np.int32))
    assert crossings.crossings(mesh, Surface.of(mesh)).triangles == 2


def test_the_mirror_plane_of_a_bent_shape_is_found_and_of_a_crooked_one_denied() -> None:
    ball = sphere(rings=30)
    points = ball.vertices_mm * [1.0, 0.6, 0.3]
    points[:, 1] += 0.004 * points[:, 0] ** 2  # bent within x–y, the same on both sides of x = 0
    bent = replace(ball, vertices_mm=points)
    found = symmetry.mirror(bent, sample_surface(bent, 2_000))
    assert found.rms < 0.01 * max(bent.extent)
    points[:, 1] += 0.25 * points[:, 0] + 0.3 * np.abs(points[:, 2]) * np.sign(points[:, 0])
    points[:, 2] += 0.02 * points[:, 1] * points[:, 0] / 10 + 0.3 * points[:, 0]
    points[:, 0] += 0.6 * points[:, 2]
    crooked = replace(ball, vertices_mm=points + np.maximum(points, 0) ** 2 * [0.004, 0.003, 0.02])
    assert symmetry.mirror(crooked, sample_surface(crooked, 2_000)).rms > 2 * found.rms


def test_spacing_and_texel_are_lengths_on_the_surface() -> None:
    side = np.arange(41) * 0.5
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    points = np.stack([x, y, 0 * x], axis=1)
    cloud = Mesh(vertices_mm=points, faces=np.zeros((0, 3), np.int32))
    assert measures.point_spacing(cloud) == pytest.approx(0.5)
    corner = (np.arange(40)[:, None] * 41 + np.arange(40)).ravel()
    faces = np.concatenate([np.stack([corner, corner + 1, corner + 41], axis=1),
                            np.stack([corner + 1, corner + 42, corner + 41], axis=1)]).astype(np.int32)  # fmt: skip
    sheet = Mesh(
        vertices_mm=points, faces=faces, uv=points[:, :2] / 40, materials=(Material(base_texture=picture(side=80)),)
    )
    assert measures.point_spacing(sheet) == pytest.approx(0.5)
    assert measures.texel_size(sheet) == pytest.approx(20 / (80 / 2), rel=1e-6)
    assert measures.texel_size(replace(sheet, materials=(Material(),))) is None
