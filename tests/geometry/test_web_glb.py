"""The web model is the scan: same size, same colours, same pictures, and its deviation is measured."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from museum.geometry import gltf_header, gltf_reader
from museum.geometry.distance import deviation, sample_surface, surface_distances
from museum.geometry.glb import write_web_glb
from museum.geometry.levels import simplified
from museum.geometry.mesh import Material, Mesh
from museum.geometry.open_glb import write_open_glb
from museum.geometry.parts import PartsFolder
from museum.geometry.render import Background, render
from tests.geometry.shapes import picture, sphere


def reread(path: Path) -> Mesh:
    parts = PartsFolder(path, shown=path.name)
    document = gltf_header.read(path, size=path.stat().st_size, parts=parts)
    return gltf_reader.read(path, document=document, shown=path.name)


def document_of(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    found: dict[str, Any] = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    return found


def test_a_sphere_moved_by_two_millimetres_is_two_millimetres_away() -> None:
    still, moved = sphere(rings=80), sphere(rings=80, move=2.0)
    away = surface_distances(np.array([[60.0, 0, 0], [-60.0, 0, 0], [0, 0, 0], [500.0, 0, 0]]), still)
    assert away == pytest.approx([10, 10, 50, 450], abs=0.05)
    found = deviation(still, moved)
    assert found.largest == pytest.approx(2.0, abs=0.05)
    assert found.rms == pytest.approx(2.0 / 3**0.5, abs=0.03)


def test_samples_lie_on_the_surface() -> None:
    ball = sphere()
    assert surface_distances(sample_surface(ball, 500), ball).max() < 1e-9


def test_positions_survive_within_the_quantisation_step(tmp_path: Path) -> None:
    ball = sphere()
    facts = write_web_glb(ball, tmp_path / "cầu.glb")
    again = reread(tmp_path / "cầu.glb")
    assert (facts.faces, facts.deviation) == (len(ball.faces), None)
    assert facts.size_bytes == (tmp_path / "cầu.glb").stat().st_size
    metres = replace(again, vertices_mm=again.vertices_mm * 1000)
    assert surface_distances(metres.vertices_mm, ball).max() < facts.step
    assert again.normals is not None
    outward = (again.normals * again.vertices_mm / np.linalg.norm(again.vertices_mm, axis=1, keepdims=True)).sum(axis=1)
    assert outward.min() > 0.99


def test_the_plain_copy_is_the_same_model_without_the_codec(tmp_path: Path) -> None:
    ball = sphere()
    bronze = Material(name="đồng", base_texture=picture())
    uv = np.full((len(ball.vertices_mm), 2), 0.25)
    paint = np.full((len(ball.vertices_mm), 4), 200, np.uint8)
    write_web_glb(replace(ball, uv=uv, colors=paint, materials=(bronze,)), tmp_path / "gói.glb", texture_px=32)
    size = write_open_glb(tmp_path / "gói.glb", tmp_path / "thường.glb")
    assert size == (tmp_path / "thường.glb").stat().st_size
    assert "EXT_meshopt_compression" in document_of(tmp_path / "gói.glb")["extensionsRequired"]
    plain = document_of(tmp_path / "thường.glb")
    assert plain["extensionsUsed"] == plain["extensionsRequired"] == ["KHR_mesh_quantization"]
    assert all(
        set(view) <= {"buffer", "byteOffset", "byteLength", "byteStride", "target"} for view in plain["bufferViews"]
    )
    packed, unpacked = reread(tmp_path / "gói.glb"), reread(tmp_path / "thường.glb")
    assert np.array_equal(packed.vertices_mm, unpacked.vertices_mm)
    assert np.array_equal(packed.faces, unpacked.faces)
    assert packed.colors is not None and unpacked.colors is not None
    assert np.array_equal(packed.colors, unpacked.colors)
    assert unpacked.materials[0].base_texture is not None


def test_simplification_is_measured(tmp_path: Path) -> None:
    ball = sphere(rings=100)
    facts = write_web_glb(ball, tmp_path / "cầu.glb", max_faces=2_000)
    assert facts.faces <= 2_200
    assert facts.deviation is not None
    assert 0 < facts.deviation.rms < facts.deviation.p99 < facts.deviation.largest < 1.0
    assert len(reread(tmp_path / "cầu.glb").faces) == facts.faces


def test_simplified_vertices_keep_their_own_colors() -> None:
    ball = sphere(rings=60)
    paint = np.full((len(ball.vertices_mm), 4), 255, np.uint8)
    paint[ball.vertices_mm[:, 0] > 0] = (180, 30, 20, 255)
    level = simplified(replace(ball, colors=paint), max_faces=1_500)
    assert level.colors is not None
    right = level.vertices_mm[:, 0] > 0
    assert (level.colors[right, 1] == 30).all()
    assert (level.colors[~right, 1] == 255).all()


def test_colors_come_back_as_they_were(tmp_path: Path) -> None:
    ball = sphere(rings=10)
    paint = np.full((len(ball.vertices_mm), 4), 255, np.uint8)
    paint[:, :3] = np.arange(len(paint))[:, None] % 256
    write_web_glb(replace(ball, colors=paint), tmp_path / "màu.glb")
    again = reread(tmp_path / "màu.glb")
    assert again.colors is not None
    assert sorted(again.colors[:, 0].tolist()) == sorted(paint[:, 0].tolist())
    assert document_of(tmp_path / "màu.glb")["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"] == [1, 1, 1, 1]


def test_materials_and_pictures_are_kept_and_shrunk(tmp_path: Path) -> None:
    ball = sphere(rings=10)
    uv = np.random.default_rng(1).random((len(ball.vertices_mm), 2))
    bronze = Material(
        name="đồng", base_color=(0.5, 0.4, 0.2, 1), metallic=1, roughness=0.4,
        base_texture=picture(side=64), normal_texture=picture((128, 128, 255)),
    )  # fmt: skip
    write_web_glb(replace(ball, uv=uv, materials=(bronze,)), tmp_path / "đồng.glb", texture_px=32)
    again = reread(tmp_path / "đồng.glb")
    found = again.materials[0]
    assert (found.name, found.metallic, found.roughness, found.base_color) == ("đồng", 1, 0.4, (0.5, 0.4, 0.2, 1))
    assert found.base_texture is not None
    assert found.base_texture.media_type == "image/jpeg"
    assert again.uv is not None
    images = document_of(tmp_path / "đồng.glb")["images"]
    assert len(images) == 2


def test_point_clouds_become_points(tmp_path: Path) -> None:
    ball = sphere()
    cloud = replace(ball, faces=ball.faces[:0], face_material=ball.face_material[:0])
    facts = write_web_glb(cloud, tmp_path / "điểm.glb", max_points=1_000)
    assert (facts.faces, facts.vertices) == (0, 1_000)
    assert reread(tmp_path / "điểm.glb").is_point_cloud


def test_only_a_stated_axis_turns_the_model(tmp_path: Path) -> None:
    tall = replace(sphere(), vertices_mm=sphere().vertices_mm * [1, 1, 3], has_scale=False)
    write_web_glb(replace(tall, up_axis="Z"), tmp_path / "đứng.glb")
    assert reread(tmp_path / "đứng.glb").extent == pytest.approx((100, 300, 100), rel=0.01)
    write_web_glb(replace(tall, up_axis=""), tmp_path / "nằm.glb", view_up="Z")
    assert reread(tmp_path / "nằm.glb").extent == pytest.approx((100, 100, 300), rel=0.01)
    assert document_of(tmp_path / "nằm.glb")["asset"]["extras"] == {
        "has_scale": False, "up_axis": "", "view_up": "Z",
    }  # fmt: skip


def test_structure_is_what_three_expects(tmp_path: Path) -> None:
    """EXT_meshopt_compression: a fallback buffer without bytes, strides of 4, positions with min and max."""
    write_web_glb(sphere(), tmp_path / "cầu.glb")
    document = document_of(tmp_path / "cầu.glb")
    assert set(document["extensionsRequired"]) == {"EXT_meshopt_compression", "KHR_mesh_quantization"}
    assert "uri" not in document["buffers"][1]
    assert document["buffers"][1]["extensions"]["EXT_meshopt_compression"] == {"fallback": True}
    for view in document["bufferViews"]:
        packed = view["extensions"]["EXT_meshopt_compression"]
        assert packed["buffer"] == 0
        assert packed["byteOffset"] % 4 == view["byteOffset"] % 4 == 0
        assert view["byteLength"] == packed["count"] * packed["byteStride"]
        assert view["byteOffset"] + view["byteLength"] <= document["buffers"][1]["byteLength"]
    position = document["accessors"][document["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    assert "normalized" not in position, "trimesh reads shares as steps"
    assert len(position["min"]) == len(position["max"]) == 3


def test_the_same_scan_gives_the_same_bytes(tmp_path: Path) -> None:
    write_web_glb(sphere(), tmp_path / "a.glb", max_faces=1_000)
    write_web_glb(sphere(), tmp_path / "b.glb", max_faces=1_000)
    assert (tmp_path / "a.glb").read_bytes() == (tmp_path / "b.glb").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.glb", "b.glb"]


def test_pictures_show_the_object_its_color_and_its_shadow() -> None:
    red = Material(base_color=(0.6, 0.03, 0.02, 1), roughness=0.9)
    ball = replace(sphere(), materials=(red,))
    shown = render(ball, width_px=160, height_px=120, samples=48)
    assert shown.shape == (120, 160, 3)
    middle = shown[50:70, 70:90].reshape(-1, 3).mean(axis=0)
    assert middle[0] > 3 * middle[1]
    assert shown[:8, :8].max() < 60
    assert np.array_equal(shown, render(ball, width_px=160, height_px=120, samples=48))
    # The key light stands on the left, so the floor is darker on the right of the object's foot.
    assert shown[96:106, 106:118].mean() < shown[96:106, 42:54].mean()
    alone = render(ball, width_px=80, height_px=80, background=Background(is_transparent=True), samples=48)
    assert alone.shape == (80, 80, 4)
    assert (alone[40, 40, 3], alone[0, 0, 3], alone[0, 0, :3].max()) == (255, 0, 0)
    cloud = replace(ball, faces=ball.faces[:0], face_material=ball.face_material[:0])
    points = render(cloud, width_px=80, height_px=80, background=Background(is_transparent=True), samples=48)
    assert (points[30:50, 30:50, 3] > 200).mean() > 0.9
