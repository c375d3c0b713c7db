"""Colours and relief of scans without pictures: in pictures of their low rungs, on a layout that shows each place."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from museum.geometry import charts, glb, raster, rungs, texture, unwrapping
from museum.geometry.distance import Surface, sample_surface
from museum.geometry.mesh import Bytes, Floats, Ints, Mesh, smooth_normals
from tests.geometry.shapes import sphere
from tests.geometry.test_web_glb import document_of

LOW = replace(rungs.THUMB, faces=1_500, texture_px=512)


def carved(*, rings: int = 90) -> Mesh:
    """A ball with waves finer than 1,500 triangles show, and a colour that follows them."""
    ball = sphere(rings=rings)
    unit = ball.vertices_mm / np.linalg.norm(ball.vertices_mm, axis=1, keepdims=True)
    wave = np.sin(26 * unit[:, 0]) * np.sin(26 * unit[:, 1]) * np.sin(26 * unit[:, 2])
    points = ball.vertices_mm + unit * wave[:, None]
    paint = np.full((len(points), 4), 255, np.uint8)
    paint[:, :3] = np.rint(128 + 90 * np.stack([wave, unit[:, 1], -wave], axis=1)).clip(0, 255)
    return replace(ball, vertices_mm=points, normals=smooth_normals(points, ball.faces), colors=paint)


def spots(mesh: Mesh, points: Floats) -> tuple[Ints, Floats]:
    """(the triangles nearest to points, the weights of their corners there)."""
    corners = mesh.faces[Surface.of(mesh).nearest(points)[1]]
    a, b, c = (mesh.vertices_mm[corners[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    whole = np.maximum((normal**2).sum(axis=1), 1e-300)
    second = (np.cross(points - a, c - a) * normal).sum(axis=1) / whole
    third = (np.cross(b - a, points - a) * normal).sum(axis=1) / whole
    weights = np.stack([1 - second - third, second, third], axis=1).clip(0, 1)
    return corners, weights / weights.sum(axis=1, keepdims=True)


def shading(mesh: Mesh, points: Floats) -> Floats:
    """The unit normals that a shader which goes by the stated tangents uses, glTF 2.0 §3.7.2.1 and §3.9.3."""
    corners, weights = spots(mesh, points)
    assert mesh.normals is not None
    normal = mixed(mesh.normals, corners, weights)
    picture = mesh.materials[0].normal_texture
    if picture is None or mesh.tangents is None or mesh.uv is None:
        return normal
    told = pixels_at(texture.decode(picture), mixed_uv(mesh, corners, weights)) / 127.5 - 1
    right = mixed(mesh.tangents[:, :3], corners, weights)
    up = mixed(np.cross(mesh.normals, mesh.tangents[:, :3]) * mesh.tangents[:, 3:], corners, weights)
    bent = right * told[:, :1] + up * told[:, 1:2] + normal * told[:, 2:]
    return np.asarray(bent / np.linalg.norm(bent, axis=1, keepdims=True))


def mixed(values: Floats, corners: Ints, weights: Floats) -> Floats:
    found = np.einsum("kc,kcd->kd", weights, values[corners])
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def mixed_uv(mesh: Mesh, corners: Ints, weights: Floats) -> Floats:
    assert mesh.uv is not None
    return np.asarray(np.einsum("kc,kcd->kd", weights, mesh.uv[corners]))


def pixels_at(pixels: Bytes, uv: Floats) -> Floats:
    x, y = (np.clip((uv[:, i] * pixels.shape[1 - i]).astype(int), 0, pixels.shape[1 - i] - 1) for i in (0, 1))
    return np.asarray(pixels[y, x, :3].astype(np.float64))


def off(one: Floats, other: Floats) -> float:
    """Mean angle in degrees."""
    return float(np.degrees(np.arccos((one * other).sum(axis=1).clip(-1, 1))).mean())


@pytest.fixture(scope="module")
def whole() -> Mesh:
    return rungs.prepared(carved())


@pytest.fixture(scope="module")
def baked(whole: Mesh) -> Mesh:
    shown, is_baked = rungs.Relief(whole).cut(LOW)
    assert is_baked
    return shown


def test_relief_and_colors_of_colored_vertices_come_back_in_pictures(whole: Mesh, baked: Mesh) -> None:
    points = sample_surface(whole, 4_000)
    true = shading(whole, points)
    plain = off(shading(rungs.cut(whole, LOW), points), true)
    better = off(shading(baked, points), true)
    assert baked.tangents is not None
    turned = replace(baked, tangents=baked.tangents * [-1, -1, -1, 1])
    wrong = off(shading(turned, points), true)
    assert plain > 8 and better < plain / 2 and wrong > 2 * better, (plain, better, wrong)
    assert baked.colors is None and whole.colors is not None and baked.materials[0].base_texture is not None
    shown = pixels_at(texture.decode(baked.materials[0].base_texture), mixed_uv(baked, *spots(baked, points)))
    corners, weights = spots(whole, points)
    real = np.einsum("kc,kcd->kd", weights, whole.colors[corners][:, :, :3].astype(np.float64))
    assert np.abs(shown - real).mean() < 8


def test_each_place_of_the_surface_has_its_own_place_in_the_picture(whole: Mesh) -> None:
    level = rungs.cut(whole, LOW)
    found = charts.layout(level, side_px=512)
    assert found is not None and found.uv.min() >= 0 and found.uv.max() <= 1
    assert np.array_equal(found.vertices[found.faces], level.faces), "the same triangles in the same order"
    own = found.faces[~found.is_guest]
    places = np.ones((len(found.uv), 3), np.float32)
    places[:, :2] = found.uv * 512
    covered = int((raster.draw(places, own, 512, 512)[1] >= 0).sum())
    a, b, c = (found.uv[own[:, i]] * 512 for i in range(3))
    area = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / -2
    assert area.min() > 0, "nothing is mirrored: v counts down"
    assert area.sum() < 1.03 * covered and covered > 0.4 * 512**2
    assert found.is_guest.mean() < 0.05 and 6 <= found.count < 60


def test_tangents_are_stated_for_pictures_that_nobody_could_derive_them_from(baked: Mesh, tmp_path: Path) -> None:
    assert baked.tangents is not None and baked.normals is not None
    assert np.abs(np.linalg.norm(baked.tangents[:, :3], axis=1) - 1).max() < 1e-9
    assert np.abs((baked.tangents[:, :3] * baked.normals).sum(axis=1)).max() < 1e-9
    assert set(baked.tangents[:, 3]) == {1.0}
    glb.write_web_glb(baked, tmp_path / "thấp.glb", max_faces=LOW.faces, is_measured=False)
    document = document_of(tmp_path / "thấp.glb")
    attributes = document["meshes"][0]["primitives"][0]["attributes"]
    assert {"TANGENT", "TEXCOORD_0", "NORMAL"} <= set(attributes) and "COLOR_0" not in attributes
    assert document["accessors"][attributes["TANGENT"]]["type"] == "VEC4"


def test_a_scan_without_colors_keeps_its_relief_and_its_stone(whole: Mesh) -> None:
    shown, is_baked = rungs.Relief(replace(whole, colors=None)).cut(LOW)
    assert is_baked and shown.materials[0].base_texture is None and not shown.materials[0].is_stated


def test_what_can_not_be_unwrapped_keeps_its_colors_on_its_vertices(whole: Mesh) -> None:
    nearly = replace(LOW, faces=len(whole.faces) * 9 // 10)
    assert rungs.Relief(whole).cut(nearly)[0].colors is not None, "most triangles are there: nothing to bake"
    assert whole.colors is not None
    clear = replace(whole, colors=np.where(np.arange(4) == 3, 128, whole.colors).astype(np.uint8))
    assert not unwrapping.suits(clear) and unwrapping.suits(whole)
    assert not unwrapping.suits(replace(whole, faces=whole.faces[:0]))
    crumbs = np.random.default_rng(3).random((3 * 2_000, 3))
    soup = Mesh(vertices_mm=crumbs, faces=np.arange(len(crumbs), dtype=np.int32).reshape(-1, 3))
    assert charts.layout(soup, side_px=64) is None
    flat = Mesh(vertices_mm=np.zeros((3, 3)), faces=np.array([[0, 1, 2]], np.int32))
    assert charts.layout(flat, side_px=256) is None


def test_a_vertex_far_away_is_no_work_without_end(whole: Mesh) -> None:
    """The triangles that it makes would cover a hundred billion texels, if anybody counted them."""
    level, far = rungs.cut(whole, LOW), 1e6
    needle = np.array([[0, 60, 0], [far, far, far / 3], [far + 100, far, far / 3]])
    count = len(level.vertices_mm)
    faces = np.concatenate([level.faces, [[count, count + 1, count + 2]]]).astype(np.int32)
    stray = Mesh(vertices_mm=np.concatenate([level.vertices_mm, needle]), faces=faces)
    assert charts.layout(stray, side_px=512) is None, "there is no room for it"
