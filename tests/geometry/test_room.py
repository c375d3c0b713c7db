"""Models for a room and baked relief: what phones open holds the surface, its size, its colours and its relief."""

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from museum.geometry import atlas, baking, levels, room_glb, rungs, texture, usdz
from museum.geometry.distance import Surface, Yardstick
from museum.geometry.labelling import labelled, packed, unpacked
from museum.geometry.mesh import Floats, Material, Mesh
from museum.geometry.ply_writer import ply
from museum.geometry.render import Background, render
from tests.geometry.shapes import picture, sphere
from tests.geometry.test_web_glb import document_of, reread

SAID = {
    "title": "Tượng «Apsara»\nTrà Kiệu",
    "licence": "CC BY 4.0",
    "attribution": 'Bảo tàng "Chăm"',
    "citation": "Apsara.",
    "scale": "1:1, unit of the original: mm",
    "nothing": "",
}


def painted_ball(*, rings: int = 40) -> Mesh:
    """A ball, red where x > 0 and blue elsewhere."""
    ball = sphere(rings=rings)
    paint = np.full((len(ball.vertices_mm), 4), (30, 40, 180, 255), np.uint8)
    paint[ball.vertices_mm[:, 0] > 0] = (180, 30, 20, 255)
    return replace(levels.with_normals(ball), colors=paint)


def relief(*, side: int = 120, step: int = 1) -> Mesh:
    """A sheet of 60 mm with waves too fine for a coarse mesh, its UV upright over the whole picture."""
    at = np.linspace(0, 1, side // step + 1)
    u, v = (grid.ravel() for grid in np.meshgrid(at, at))
    height = 0.5 * np.sin(40 * u) * np.cos(34 * v)
    points = np.stack([60 * u, 60 * (1 - v), height], axis=1)
    wide = len(at)
    corner = (np.arange(wide - 1)[:, None] * wide + np.arange(wide - 1)).ravel()
    faces = np.concatenate(
        [
            np.stack([corner, corner + wide, corner + 1], axis=1),
            np.stack([corner + 1, corner + wide, corner + wide + 1], axis=1),
        ]
    ).astype(np.int32)
    stone = Material(base_color=(0.6, 0.6, 0.6, 1), base_texture=picture((200, 200, 200), side=256))
    mesh = Mesh(
        vertices_mm=points, faces=faces, uv=np.stack([u, v], axis=1), materials=(stone,), has_scale=True, up_axis="Y"
    )  # fmt: skip
    return levels.with_normals(mesh)


def test_the_room_model_asks_for_no_extension_and_stands_on_its_foot(tmp_path: Path) -> None:
    ball = replace(painted_ball(), up_axis="Z", vertices_mm=painted_ball().vertices_mm + np.array([300, -70, 900]))
    room_glb.write_room_glb(ball, tmp_path / "phòng.glb", texture_px=512)
    document = document_of(tmp_path / "phòng.glb")
    assert "extensionsUsed" not in document and "extensionsRequired" not in document
    again = reread(tmp_path / "phòng.glb")
    assert again.vertices_mm.min(axis=0) == pytest.approx([-0.05, 0, -0.05], abs=1e-4)
    assert again.extent == pytest.approx((0.1, 0.1, 0.1), abs=1e-4)
    yardstick = Yardstick.of(ball, samples=2_000)
    found = rungs.measured(tmp_path / "phòng.glb", ball, yardstick, origin=room_glb.origin_of(ball))
    assert found.largest < 0.001, "put back where it was, it is the same surface"


def test_vertex_colors_become_a_picture_for_those_who_show_none() -> None:
    ball = painted_ball()
    level = levels.simplified(ball, max_faces=1_200)
    shown = atlas.painted(level, ball, Surface.of(ball), texture_px=512)
    assert shown.colors is None and shown.uv is not None and shown.uv.min() >= 0 and shown.uv.max() <= 1
    found = shown.materials[0].base_texture
    assert found is not None
    pixels = texture.decode(found).astype(int)
    centres = shown.vertices_mm[shown.faces].mean(axis=1)
    place = (shown.uv[shown.faces].mean(axis=1) * pixels.shape[0]).astype(int)
    seen = pixels[place[:, 1], place[:, 0]]
    right, left = centres[:, 0] > 6, centres[:, 0] < -6
    assert (seen[right, 0] > 130).all() and (seen[left, 2] > 130).all()
    size = {"width_px": 120, "height_px": 120, "samples": 48, "background": Background(is_transparent=True)}
    apart = np.abs(render(level, **size).astype(int) - render(shown, **size).astype(int))[:, :, :3]  # type: ignore[arg-type]  # plain values
    assert apart.mean() < 4


def test_usdz_is_a_stored_zip_aligned_to_64_whose_layer_holds_the_surface(tmp_path: Path) -> None:
    ball = painted_ball()
    shown = atlas.painted(levels.simplified(ball, max_faces=1_200), ball, Surface.of(ball), texture_px=256)
    out = tmp_path / "phòng.usdz"
    assert usdz.write_usdz(shown, out, texture_px=256) == out.stat().st_size
    data = out.read_bytes()
    for one in (data, labelled(data, "ar.usdz", SAID)):
        path = tmp_path / "một.usdz"
        path.write_bytes(one)
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            entries = archive.infolist()
            assert [e.filename for e in entries] == ["model.usda", "textures/0.jpg"]
            for entry in entries:
                assert (entry.compress_type, entry.flag_bits & 9) == (zipfile.ZIP_STORED, 0)
                start = entry.header_offset + 30 + int.from_bytes(one[entry.header_offset + 26 :][:2], "little")
                start += int.from_bytes(one[entry.header_offset + 28 :][:2], "little")
                assert start % 64 == 0
        points, faces = usdz.surface_of(one)
        assert len(faces) == len(shown.faces) and len(points) < len(shown.vertices_mm) / 2
        assert np.ptp(points, axis=0) == pytest.approx([0.1, 0.1, 0.1], rel=0.01)
    layer = unpacked(labelled(data, "ar.usdz", SAID))["model.usda"].decode()
    assert 'string title = "Tượng «Apsara» Trà Kiệu"' in layer and 'Bảo tàng \\"Chăm\\"' in layer
    assert "metersPerUnit = 1\n" in layer and 'upAxis = "Y"' in layer and "nothing" not in layer
    assert layer.count('interpolation = "faceVarying"') == 1
    assert packed(unpacked(data)) == data, "the same files give the same bytes"


def test_files_taken_away_say_whose_they_are(tmp_path: Path) -> None:
    ball = painted_ball(rings=12)
    room_glb.write_room_glb(ball, tmp_path / "a.glb", texture_px=256)
    (tmp_path / "b.glb").write_bytes(labelled((tmp_path / "a.glb").read_bytes(), "ar.glb", SAID))
    asset = document_of(tmp_path / "b.glb")["asset"]
    assert asset["copyright"] == SAID["attribution"] and asset["extras"]["citation"] == "Apsara."
    assert asset["extras"]["unit"] == "m" and "nothing" not in asset["extras"]
    before, after = reread(tmp_path / "a.glb"), reread(tmp_path / "b.glb")
    assert np.array_equal(before.vertices_mm, after.vertices_mm) and np.array_equal(before.faces, after.faces)
    plain = ply(ball, normals=ball.normals)
    told = labelled(plain, "model.ply", SAID)
    head = told[: told.index(b"end_header")].decode().splitlines()
    assert "comment title: Tượng «Apsara» Trà Kiệu" in head and head[:2] == ["ply", "format binary_little_endian 1.0"]
    assert told.endswith(plain[plain.index(b"end_header") :])
    assert labelled(b"%PDF", "a.pdf", SAID) == b"%PDF"


def shading(mesh: Mesh, at: Floats) -> Floats:
    """The unit normals that a viewer shades a sheet (x across, y up) with at shares `at` (n, 2) of its picture."""
    assert mesh.normals is not None and mesh.uv is not None
    flat = replace(mesh, vertices_mm=np.column_stack([mesh.uv, np.zeros(len(mesh.uv))]))
    face = Surface.of(flat).nearest(np.column_stack([at, np.zeros(len(at))]))[1]
    corners = mesh.uv[mesh.faces[face]]
    u, v, p = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0], at - corners[:, 0]
    whole = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    second = (p[:, 0] * v[:, 1] - p[:, 1] * v[:, 0]) / whole
    third = (u[:, 0] * p[:, 1] - u[:, 1] * p[:, 0]) / whole
    weights = np.stack([1 - second - third, second, third], axis=1)
    normal = np.einsum("nc,ncd->nd", weights, mesh.normals[mesh.faces[face]])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    found = mesh.materials[0].normal_texture
    if found is None:
        return normal
    pixels = texture.decode(found)
    x, y = (np.clip((at[:, i] * pixels.shape[1 - i]).astype(int), 0, pixels.shape[1 - i] - 1) for i in (0, 1))
    told = pixels[y, x, :3] / 127.5 - 1
    # The picture is upright on the sheet: u runs along +x, green (against v) along +y, glTF 2.0 §3.9.3.
    tangent = np.array([1.0, 0, 0]) - normal * normal[:, :1]
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    bent = told[:, :1] * tangent + told[:, 1:2] * np.cross(normal, tangent) + told[:, 2:] * normal
    return np.asarray(bent / np.linalg.norm(bent, axis=1, keepdims=True))


def test_baked_normals_bring_the_relief_back() -> None:
    master = relief()
    level = levels.simplified(master, max_faces=500)
    baked = baking.baked(level, master, texture_px=256)
    assert baked.materials[0].normal_texture is not None and baked.materials[0].base_texture is not None
    at = np.random.default_rng(4).uniform(0.03, 0.97, (4_000, 2))
    true = shading(master, at)

    def degrees_off(mesh: Mesh) -> float:
        return float(np.degrees(np.arccos((shading(mesh, at) * true).sum(axis=1).clip(-1, 1))).mean())

    plain, better = degrees_off(level), degrees_off(baked)
    assert plain > 5 and better < plain / 3, (plain, better)
    again = baking.baked(replace(baked, uv=level.uv), replace(master, materials=baked.materials), texture_px=256)
    assert again.materials[0].normal_texture is not None, "a master's own normal texture is kept in it"


def test_relief_is_not_baked_where_the_layout_forbids_it() -> None:
    master = relief(side=60)
    level = levels.simplified(master, max_faces=400)
    assert level.uv is not None and master.uv is not None
    tiled = baking.baked(replace(level, uv=level.uv * 3), replace(master, uv=master.uv * 3), texture_px=128)
    assert tiled.materials[0].normal_texture is None
    folded = [replace(mesh, uv=np.abs(mesh.uv - 0.5) * 2) for mesh in (level, master) if mesh.uv is not None]
    assert baking.baked(folded[0], folded[1], texture_px=128).materials[0].normal_texture is None
    assert baking.baked(master, master, texture_px=128) is master
