"""Scans of several materials: one layout and one picture on their low rungs, each place under its own colour."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from museum.geometry import baking, color, glb, joining, render, rungs, texture, unwrapping
from museum.geometry.distance import Surface, Yardstick, sample_surface
from museum.geometry.mesh import STONE, Floats, Material, Mesh, Picture
from tests.geometry import delivery
from tests.geometry.shapes import picture
from tests.geometry.source_files import read
from tests.geometry.test_unwrapping import mixed, mixed_uv, off, pixels_at, shading, spots
from tests.geometry.test_web_glb import document_of, reread

LOW = replace(rungs.THUMB, faces=1_500, texture_px=512)


@pytest.fixture(scope="module")
def whole() -> Mesh:
    return rungs.prepared(delivery.ball())


@pytest.fixture(scope="module")
def low(whole: Mesh) -> Mesh:
    return cut(whole)


def cut(mesh: Mesh, rung: rungs.Rung = LOW) -> Mesh:
    return rungs.Relief(mesh).cut(rung)[0]


def shown_at(mesh: Mesh, points: Floats) -> Floats:
    """(k, 3) the base picture at the places nearest to points."""
    base = mesh.materials[0].base_texture
    assert base is not None and len(mesh.materials) == 1
    return pixels_at(texture.decode(base), mixed_uv(mesh, *spots(mesh, points)))


def test_each_place_has_the_color_of_its_own_picture(whole: Mesh, low: Mesh) -> None:
    points = sample_surface(whole, 4_000)
    true, is_clear = delivery.tones_at(points)
    assert is_clear.sum() > 3_000
    assert np.abs(shown_at(low, points) - true)[is_clear].max(axis=1).mean() < 4
    assert np.quantile(np.abs(shown_at(low, points) - true)[is_clear].max(axis=1), 0.99) < 20
    mixed_up = cut(replace(whole, materials=whole.materials[1:] + whole.materials[:1]))
    assert np.abs(shown_at(mixed_up, points) - true)[is_clear].max(axis=1).mean() > 60
    pixels = texture.decode(low.materials[0].base_texture or picture())[:, :, :3].astype(int)
    assert (np.abs(pixels - delivery.RUBBISH).sum(axis=2) < 200).sum() == 0, "what lies beside charts never bleeds"


def test_the_rendered_picture_is_that_of_the_whole(whole: Mesh, low: Mesh, tmp_path: Path) -> None:
    def drawn(mesh: Mesh) -> Floats:
        glb.write_web_glb(mesh, tmp_path / "bóng.glb", max_faces=len(mesh.faces), texture_px=512, is_measured=False)
        shown = render.render(reread(tmp_path / "bóng.glb"), width_px=120, height_px=120, samples=24, exposure=1.0)
        return shown.astype(np.float64)

    true = drawn(whole)
    rolled = replace(whole, materials=whole.materials[2:] + whole.materials[:2])
    good, bad = (float(np.sqrt(((drawn(mesh) - true) ** 2).mean())) for mesh in (low, cut(rolled)))
    assert good < 4 and bad > 5 * good, (good, bad)


def test_one_picture_one_part_and_as_many_triangles_as_promised(whole: Mesh, low: Mesh, tmp_path: Path) -> None:
    assert LOW.faces * 0.9 < len(low.faces) <= LOW.faces * 1.1
    glb.write_web_glb(low, tmp_path / "thấp.glb", max_faces=LOW.faces, texture_px=512, is_measured=False)
    document = document_of(tmp_path / "thấp.glb")
    assert len(document["images"]) == 2 and len(document["meshes"][0]["primitives"]) == 1
    attributes = document["meshes"][0]["primitives"][0]["attributes"]
    assert {"TANGENT", "TEXCOORD_0"} <= set(attributes) and "COLOR_0" not in attributes
    assert document["materials"][0]["pbrMetallicRoughness"]["roughnessFactor"] == 0.75
    assert rungs.size_of(low).texture_px == 512
    far = rungs.measured(tmp_path / "thấp.glb", whole, Yardstick.of(whole))
    assert far.rms < 0.15 and far.largest < 1.0, "millimetres of a hundred"


def test_an_obj_with_three_pictures_keeps_them_apart(tmp_path: Path) -> None:
    read_back = read(delivery.as_obj(delivery.ball(rings=50), tmp_path))
    assert len(read_back.materials) == 3 and read_back.uv is not None
    points = sample_surface(read_back, 2_000)
    true, is_clear = delivery.tones_at(points)
    shown = cut(rungs.prepared(read_back))
    assert np.abs(shown_at(shown, points) - true)[is_clear].max(axis=1).mean() < 5


def test_colors_are_multiplied_in_linear_light(whole: Mesh) -> None:
    paint = np.full((len(whole.vertices_mm), 4), (200, 120, 255, 255), np.uint8)
    grey = picture((188, 188, 188), side=32)
    materials = (
        Material(base_color=(0.5, 1.0, 0.25, 1.0), base_texture=grey), Material(base_color=(0.2, 0.4, 0.6, 1.0)),
        Material(is_stated=False),
    )  # fmt: skip
    shown = cut(replace(whole, materials=materials, colors=paint))
    assert shown.colors is None and shown.materials[0].base_color == (1, 1, 1, 1)
    points = sample_surface(whole, 2_000)
    painted = color.to_linear(np.array([200, 120, 255]) / 255)
    factors = np.array([(0.5, 1.0, 0.25), (0.2, 0.4, 0.6), (1, 1, 1)])
    factors[0] *= color.to_linear(np.full(3, 188 / 255))
    true = color.to_srgb(factors * painted)[np.digitize(points[:, 1], [-15.0, 15.0])] * 255
    is_clear = delivery.tones_at(points)[1]
    assert np.abs(shown_at(shown, points) - true)[is_clear].mean() < 3
    plain = cut(replace(whole, materials=materials, uv=None))
    stone = color.to_srgb(np.array(STONE[:3])) * 255
    assert np.abs(shown_at(plain, points[points[:, 1] > 20]) - stone).mean() < 3


def test_metal_and_roughness_stay_with_their_places(whole: Mesh, low: Mesh) -> None:
    assert low.materials[0].surface_texture is None and low.materials[0].metallic == 0, "alike everywhere: no picture"
    bronze = replace(whole.materials[0], metallic=1.0, roughness=0.3)
    shown = cut(replace(whole, materials=(bronze, *whole.materials[1:])))
    assert (shown.materials[0].metallic, shown.materials[0].roughness) == (1, 1)
    assert shown.materials[0].surface_texture is not None
    points = sample_surface(whole, 2_000)
    told = pixels_at(texture.decode(shown.materials[0].surface_texture), mixed_uv(shown, *spots(shown, points))) / 255
    is_clear, is_bronze = delivery.tones_at(points)[1], points[:, 1] < -15
    assert told[is_clear & is_bronze].mean(axis=0) == pytest.approx([1, 0.3, 1], abs=0.02)
    assert told[is_clear & ~is_bronze].mean(axis=0) == pytest.approx([1, 0.75, 0], abs=0.02)


def test_normal_pictures_of_the_materials_come_back_in_one(whole: Mesh) -> None:
    leaning = replace(whole.materials[1], normal_texture=picture((190, 160, 220), side=16))
    leant = replace(whole, materials=(whole.materials[0], leaning, whole.materials[2]))
    points = sample_surface(whole, 4_000)
    points = points[np.abs(points[:, 1]) < 12]
    corners, weights = spots(whole, points)
    assert whole.normals is not None
    smooth = mixed(whole.normals, corners, weights)
    told = np.tile(np.array([190, 160, 220]) / 127.5 - 1, (len(points), 1))
    true = baking.bent(whole, corners, smooth, told)
    assert off(true, smooth) > 20
    for rung in (LOW, replace(LOW, faces=len(whole.faces))):
        assert off(shading(cut(leant, rung), points), true) < 4, rung.faces


def test_pictures_are_as_large_as_promised_and_no_larger_than_their_sources(whole: Mesh) -> None:
    shown = sum(joining._measures(whole)[1])
    assert joining.side_px(whole) == pytest.approx(np.sqrt(shown / 0.55), abs=128)
    assert rungs.Relief(whole).size.texture_px == joining.held_px(whole) == round(512 * 3**0.5)
    assert joining.held_px(whole, most_px=256) == round(256 * 3**0.5) and joining.held_px(cut(whole, LOW)) == 512
    many = rungs.Relief(rungs.prepared(delivery.ball(rings=200)))
    assert many.size.texture_px == joining.side_px(many.whole), "of more than 150,000 triangles all rungs are joined"
    fine = replace(whole, materials=tuple(replace(m, base_texture=delivery.sheet(t, side=2048, kind="JPEG"))
                                          for m, t in zip(whole.materials, delivery.TONES, strict=True)))  # fmt: skip
    made = [rung.name for rung in rungs.wanted(rungs.Relief(fine).size)]
    assert "medium-4k" in made and rungs.size_of(fine).texture_px == 2048, "three of 2,048 px have more than one"
    roomy = replace(rungs.MEDIUM, texture_px=4096)
    assert rungs.Relief(whole).cut(roomy) == (whole, False), "within the rung's size as it is: nothing is made anew"
    small = cut(whole, replace(roomy, texture_px=256))
    assert len(small.faces) == len(whole.faces) and rungs.size_of(small).texture_px == 256
    assert small.materials[0].normal_texture is None and small.tangents is None, "it has all triangles of its own"


def test_for_a_room_several_materials_always_become_one(whole: Mesh) -> None:
    assert len(cut(whole, rungs.AR).materials) == 1 and len(cut(whole, rungs.MEDIUM).materials) == 3


def test_loose_crumbs_have_their_own_color(whole: Mesh) -> None:
    assert whole.uv is not None
    spots_mm = np.random.default_rng(5).normal(size=(40, 3))
    spots_mm *= 60 / np.linalg.norm(spots_mm, axis=1, keepdims=True)
    bead = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0], [0, 0, 4]], np.float64)
    corners = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)
    beads = (np.arange(40)[:, None, None] * 4 + corners).reshape(-1, 3) + len(whole.vertices_mm)
    scattered = replace(
        whole, vertices_mm=np.concatenate([whole.vertices_mm, (spots_mm[:, None] + bead).reshape(-1, 3)]), normals=None,
        faces=np.concatenate([whole.faces, beads]).astype(np.int32),
        uv=np.concatenate([whole.uv, np.tile([0.5, 0.5], (160, 1))]),
        materials=(*whole.materials, Material(base_color=(1.0, 1.0, 0.0, 1.0))),
        face_material=np.concatenate([whole.face_material, np.full(160, 3)]).astype(np.int32),
    )  # fmt: skip
    shown = cut(rungs.prepared(scattered), replace(LOW, faces=6_000))
    far = sample_surface(shown, 40_000)
    far = far[np.linalg.norm(far, axis=1) > 54]
    assert len(far) > 1_000
    assert np.median(np.abs(shown_at(shown, far) - (255, 255, 0)), axis=0).max() < 12


def clear(*, beside: bool) -> Picture:
    """A picture that is clear beside its disc, or in the middle of it."""
    pixels = np.full((64, 64, 4), 200, np.uint8)
    rows, columns = np.mgrid[0:64, 0:64] / 31.5 - 1
    far = rows**2 + columns**2
    pixels[:, :, 3] = np.where((far > 0.9**2) if beside else (far < 0.5**2), 0, 255)
    room = io.BytesIO()
    Image.fromarray(pixels).save(room, "PNG")
    return Picture(data=room.getvalue(), media_type="image/png")


def test_what_lets_light_through_keeps_its_own_materials(whole: Mesh) -> None:
    first, *others = whole.materials
    assert joining.suits(whole) and unwrapping.suits(whole)
    assert joining.suits(replace(whole, materials=(replace(first, base_texture=clear(beside=True)), *others)))
    holed = replace(whole, materials=(replace(first, base_texture=clear(beside=False)), *others))
    glass = replace(whole, materials=(replace(first, base_color=(1, 1, 1, 0.5)), *others))
    veiled = replace(whole, colors=np.full((len(whole.vertices_mm), 4), 120, np.uint8))
    for mesh in (holed, glass, veiled):
        assert not joining.suits(mesh)
        assert len(cut(mesh).materials) == 3
    assert not joining.suits(replace(whole, face_material=np.zeros_like(whole.face_material)))


def test_materials_that_no_triangle_has_are_none(whole: Mesh) -> None:
    spare = replace(whole, materials=(Material(), *whole.materials, Material()), face_material=whole.face_material + 1)
    assert joining.used(spare).materials == whole.materials
    assert np.array_equal(joining.used(spare).face_material, whole.face_material)
    assert joining.used(whole) is whole
    assert Surface.of(joining.bare(spare)).faces.shape[0] == len(whole.faces)
