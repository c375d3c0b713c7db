"""Photographs, raking and ultraviolet light, and radiographs of one object lie on each other and tell its shape."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from museum.geometry import photograph, radiograph, studio
from museum.geometry.camera import View
from museum.geometry.mesh import Mesh
from museum.geometry.photograph import Sitter
from tests.geometry import shapes

FRONT = View(up="Y", azimuth_deg=0, elevation_deg=0)
SIDE = 180


@pytest.fixture(scope="module")
def ball() -> Mesh:
    """A grey sphere of 50 mm radius."""
    sphere = shapes.sphere()
    return replace(sphere, colors=np.full((len(sphere.vertices_mm), 4), (150, 150, 150, 255), np.uint8), up_axis="Y")


def _grey(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    return picture.astype(np.float64).mean(axis=2)


def test_the_way_through_a_sphere_is_its_diameter(ball: Mesh) -> None:
    way = radiograph.thickness_mm(Sitter.of(ball), width_px=SIDE, height_px=SIDE, view=FRONT)
    radius = float(np.ptp(ball.vertices_mm, axis=0).max()) / 2
    assert way[SIDE // 2, SIDE // 2] == pytest.approx(2 * radius, rel=0.02)
    assert way.max() <= 2 * radius * 1.001
    assert way[2, 2] == 0


def test_no_ray_is_counted_twice_or_lost_where_faces_meet(ball: Mesh) -> None:
    """A ray that met one face of a shared edge twice would seem to go through the whole room."""
    way = radiograph.thickness_mm(Sitter.of(ball), width_px=311, height_px=293, view=View(up="Y", azimuth_deg=17.3))
    inside = way > 5
    steps = np.abs(np.diff(way, axis=1))[inside[:, 1:] & inside[:, :-1]]
    assert steps.max() < 12


def test_every_light_sees_the_same_outline(ball: Mesh) -> None:
    sitter = Sitter.of(ball, fluorescence=np.full((len(ball.vertices_mm), 3), (40, 220, 120), np.uint8))
    seen = {
        "studio": _grey(photograph.photograph(sitter, width_px=SIDE, height_px=SIDE, view=FRONT)) > 60,
        "ultraviolet": _grey(photograph.ultraviolet(sitter, width_px=SIDE, height_px=SIDE, view=FRONT)) > 60,
        "radiograph": radiograph.thickness_mm(sitter, width_px=SIDE, height_px=SIDE, view=FRONT) > 0,
    }
    for name, outline in seen.items():
        differing = (outline ^ seen["radiograph"]).mean()
        assert differing < 0.04, name


def test_raking_light_comes_from_its_side(ball: Mesh) -> None:
    sitter = Sitter.of(ball)
    left, right = (
        _grey(photograph.photograph(sitter, width_px=SIDE, height_px=SIDE, view=FRONT, lamps=lamps))
        for lamps in (studio.RAKING_LEFT, studio.RAKING_RIGHT)
    )
    middle = slice(SIDE // 3, 2 * SIDE // 3)
    assert left[middle, : SIDE // 2].mean() > 2 * left[middle, SIDE // 2 :].mean()
    assert right[middle, SIDE // 2 :].mean() > 2 * right[middle, : SIDE // 2].mean()


def test_a_region_shows_that_part_of_the_frame(ball: Mesh) -> None:
    sitter = Sitter.of(ball)
    exposure = photograph.exposure_of(sitter, FRONT, width_px=2 * SIDE, height_px=2 * SIDE)
    whole = photograph.photograph(sitter, width_px=2 * SIDE, height_px=2 * SIDE, view=FRONT, exposure=exposure)
    near = replace(FRONT, region=(0.25, 0.25, 0.5, 0.5))
    part = photograph.photograph(sitter, width_px=SIDE, height_px=SIDE, view=near, exposure=exposure)
    crop = whole[SIDE // 2 : SIDE // 2 + SIDE, SIDE // 2 : SIDE // 2 + SIDE]
    assert np.abs(_grey(part) - _grey(crop)).mean() < 2


def test_the_same_object_gives_the_same_picture(ball: Mesh) -> None:
    first, second = (
        photograph.photograph(Sitter.of(ball), width_px=SIDE, height_px=SIDE, view=FRONT) for _ in range(2)
    )
    assert np.array_equal(first, second)


def test_grain_is_seen_on_rough_skin_and_not_without() -> None:
    sphere = shapes.sphere()
    colored = replace(sphere, colors=np.full((len(sphere.vertices_mm), 4), (150, 150, 150, 255), np.uint8))
    plain = Sitter.of(colored, grain=photograph.Grain(steepness=0, tone=0))
    rough = Sitter.of(colored, grain=photograph.Grain(steepness=0.8, tone=0.1, largest_mm=6))
    rows = slice(SIDE // 2 - 20, SIDE // 2 + 20)
    spread = [
        np.abs(np.diff(_grey(photograph.photograph(s, width_px=SIDE, height_px=SIDE, view=FRONT))[rows, rows])).mean()
        for s in (plain, rough)
    ]
    assert spread[1] > 2 * spread[0]


def test_only_what_shows_its_outside_is_lit_on_its_vertices() -> None:
    sphere = shapes.sphere(rings=100)
    assert photograph.suits(sphere), "a scan without colors too: its material has one"
    assert not photograph.suits(replace(sphere, faces=sphere.faces[:, ::-1])), "turned inside out"
    assert not photograph.suits(replace(sphere, faces=sphere.faces[:9000])), "too coarse"


def test_light_lies_on_divided_faces_as_on_fine_ones() -> None:
    coarse, fine = Sitter.of(shapes.sphere(rings=12)), Sitter.of(shapes.sphere(rings=200))
    assert len(coarse.faces) > 4 * len(shapes.sphere(rings=12).faces)
    assert coarse.faces.max() == len(coarse.points) - 1 == len(coarse.skin) - 1
    lengths = np.linalg.norm(coarse.points[coarse.faces] - np.roll(coarse.points[coarse.faces], 1, axis=1), axis=2)
    assert lengths.max() <= 1 / 50
    pictures = [photograph.photograph(s, width_px=SIDE, height_px=SIDE, view=FRONT) for s in (coarse, fine)]
    assert np.abs(_grey(pictures[0]) - _grey(pictures[1])).mean() < 4
