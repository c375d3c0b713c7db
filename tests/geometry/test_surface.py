"""Roughness and metalness per vertex."""

from dataclasses import replace

import numpy as np

from museum.geometry import levels, render
from museum.geometry.mesh import Material, Mesh
from tests.geometry import shapes


def _bronze(surface: tuple[int, int] | None) -> Mesh:
    ball = shapes.sphere()
    count = len(ball.vertices_mm)
    return replace(
        ball,
        colors=np.tile(np.array([[150, 110, 60, 255]], np.uint8), (count, 1)),
        materials=(Material(base_color=(1.0, 1.0, 1.0, 1.0), metallic=1.0, roughness=0.6),),
        surface=None if surface is None else np.tile(np.array([surface], np.uint8), (count, 1)),
    )


def _seen(mesh: Mesh) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return render.render(mesh, width_px=96, height_px=96, samples=24, exposure=1.0).astype(np.float64)


def test_a_surface_equal_to_the_material_changes_nothing() -> None:
    assert np.abs(_seen(_bronze((153, 255))) - _seen(_bronze(None))).max() <= 1


def test_a_smooth_surface_shines_where_a_rough_one_does_not() -> None:
    assert _seen(_bronze((50, 255))).max() > _seen(_bronze((250, 255))).max() + 20


def test_simplified_vertices_keep_their_own_surface() -> None:
    ball = _bronze((0, 0))
    height = (ball.vertices_mm[:, 1] + 50) * 2.5
    marked = replace(ball, surface=np.stack([height, height], axis=1).astype(np.uint8))
    small = levels.simplified(marked, max_faces=800)
    assert small.surface is not None and len(small.faces) < len(marked.faces)
    assert np.array_equal(small.surface[:, 0], ((small.vertices_mm[:, 1] + 50) * 2.5).astype(np.uint8))
