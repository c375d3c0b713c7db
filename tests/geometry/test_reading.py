"""What is in the file is what comes out: sizes, colours, materials; and nothing comes out of a broken one."""

import struct
from pathlib import Path

import numpy as np
import pytest

from museum.errors import Invalid, SourceError
from museum.geometry import draco
from museum.geometry.checks import scale_conflict
from museum.geometry.facts import enclosed_volume, topology
from museum.geometry.limits import DEFAULT_LIMITS, ScanLimits
from museum.geometry.mesh import Mesh
from museum.geometry.parser import read_whole
from museum.geometry.scan import inspect, load, open_scan
from tests.geometry.shapes import (
    CUBE_FACES,
    CUBE_POINTS,
    OBJ_TEXT,
    dae_text,
    glb,
    gltf_json,
    obj_folder,
    off_text,
    ply_binary,
    ply_text,
    stl_binary,
    stl_text,
    threemf,
    threemf_model,
)  # fmt: skip


def read(path: Path) -> Mesh:
    """In this process, as the child does it."""
    return read_whole(path, (), path.name, DEFAULT_LIMITS)[0]


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.ply", ply_text()), ("b.ply", ply_binary()), ("c.ply", ply_binary(order=">")), ("d.stl", stl_binary()),
        ("e.stl", stl_text()), ("f.glb", glb()), ("g.obj", OBJ_TEXT.replace("mtllib tượng.mtl\n", "")),
        ("h.3mf", threemf(threemf_model())), ("i.off", off_text()), ("k.dae", dae_text()),
    ],
)  # fmt: skip
def test_a_cube_is_a_cube_in_every_format(tmp_path: Path, name: str, data: bytes | str) -> None:
    mesh = read(written(tmp_path, name, data))
    assert mesh.extent == (1, 1, 1)
    assert len(mesh.faces) == 12
    assert topology(mesh).is_watertight
    assert enclosed_volume(mesh) == pytest.approx(1)


def test_an_open_mesh_is_not_watertight(tmp_path: Path) -> None:
    mesh = read(written(tmp_path, "hở.ply", ply_text(faces=CUBE_FACES[:-2])))
    assert topology(mesh).open_edges == 4
    assert not topology(mesh).is_watertight


def test_cubes_that_touch_along_an_edge_are_closed_though_not_watertight() -> None:
    """Simplified scans often pinch like that; they still have an inside, which an open one hasn't."""
    points = np.concatenate([CUBE_POINTS, CUBE_POINTS + np.array([1, 1, 0])])
    touching = Mesh(vertices_mm=points, faces=np.concatenate([CUBE_FACES, CUBE_FACES + 8]))
    found = topology(touching)
    assert found.is_closed and not found.is_watertight and found.open_edges == 0
    turned = CUBE_FACES.copy()
    turned[0] = turned[0, ::-1]
    assert not topology(Mesh(vertices_mm=CUBE_POINTS, faces=turned)).is_closed
    assert not topology(Mesh(vertices_mm=points, faces=touching.faces[1:])).is_closed


def test_ply_colors_stay_srgb(tmp_path: Path) -> None:
    mesh = read(written(tmp_path, "màu.ply", ply_binary()))
    assert mesh.colors is not None
    assert mesh.colors[0].tolist() == [200, 100, 50, 255]


def test_gltf_colors_come_from_linear(tmp_path: Path) -> None:
    document = gltf_json()
    document["meshes"][0]["primitives"][0]["attributes"]["COLOR_0"] = 2
    document["accessors"].append({"bufferView": 2, "componentType": 5126, "count": 8, "type": "VEC3"})
    document["bufferViews"].append({"buffer": 0, "byteOffset": 168, "byteLength": 96})
    document["buffers"][0]["byteLength"] = 264
    buffer = glb()[-168:] + np.full((8, 3), 0.2140411, "<f4").tobytes()
    mesh = read(written(tmp_path, "màu.glb", glb(document, buffer)))
    assert mesh.colors is not None
    assert mesh.colors[0].tolist() == [127, 127, 127, 255] or mesh.colors[0].tolist() == [128, 128, 128, 255]


def test_node_transforms_are_applied(tmp_path: Path) -> None:
    document = gltf_json()
    document["nodes"] = [{"children": [1], "scale": [2, 3, 4]}, {"mesh": 0, "translation": [10, 0, 0]}]
    mesh = read(written(tmp_path, "khối.glb", glb(document)))
    assert mesh.vertices_mm.min(axis=0).tolist() == [20, 0, 0]
    assert mesh.extent == (2, 3, 4)


def test_obj_keeps_its_texture(tmp_path: Path) -> None:
    mesh = read(obj_folder(tmp_path))
    (material,) = mesh.materials
    assert material.name == "gốm"
    assert material.base_texture is not None
    assert material.base_texture.data == (tmp_path / "men ngọc.png").read_bytes()
    assert mesh.uv is not None


def test_points_without_faces_are_a_cloud(tmp_path: Path) -> None:
    mesh = read(written(tmp_path, "điểm.ply", ply_text(faces=CUBE_FACES[:0])))
    assert mesh.is_point_cloud


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_vertices_that_are_no_numbers_are_refused(tmp_path: Path, value: str) -> None:
    text = ply_text().replace("0.0 0.0 0.0", f"0.0 {value} 0.0", 1)
    with pytest.raises(SourceError, match=r"scan\.not_finite"):
        read(written(tmp_path, "hỏng.ply", text))


def test_all_vertices_in_one_place_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"scan\.collapsed"):
        read(written(tmp_path, "sập.ply", ply_text(CUBE_POINTS * 0)))


def test_faces_without_their_vertices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"scan\.bad_indices"):
        read(written(tmp_path, "sai.ply", ply_text(faces=CUBE_FACES + 90)))
    document = gltf_json()
    buffer = glb()[-168:-2] + struct.pack("<H", 60_000)
    with pytest.raises(SourceError, match=r"scan\.bad_indices"):
        read(written(tmp_path, "sai.glb", glb(document, buffer)))


def test_extents_that_contradict_the_accessor_are_refused(tmp_path: Path) -> None:
    buffer = bytes(96) + glb()[-72:]
    with pytest.raises(SourceError, match=r"scan\.extent_differs"):
        read(written(tmp_path, "không.glb", glb(buffer=buffer)))


def test_a_cut_texture_is_refused(tmp_path: Path) -> None:
    path = obj_folder(tmp_path)
    texture = tmp_path / "men ngọc.png"
    texture.write_bytes(texture.read_bytes()[:-30])
    with pytest.raises(SourceError, match=r"scan\.bad_texture"):
        read(path)


def test_the_child_is_bounded_in_time_and_memory(tmp_path: Path) -> None:
    path = written(tmp_path, "khối.ply", ply_binary())
    with pytest.raises(SourceError, match=r"scan\.took_too_long"):
        inspect(path, limits=ScanLimits(time_s=0.02))
    big = written(tmp_path, "lớn.dae", dae_text(values="0 " * 20_000_000))  # a tree can't lie in files
    with pytest.raises(SourceError, match=r"scan\.needs_too_much_memory"):
        inspect(big, limits=ScanLimits(memory_bytes=200 << 20))


def test_the_childs_error_is_the_callers_error(tmp_path: Path) -> None:
    path = written(tmp_path, "hỏng.ply", ply_text().replace("0.0 0.0 0.0", "0.0 nan 0.0", 1))
    with pytest.raises(SourceError) as raised:
        inspect(path, name="đỉnh đồng.ply")
    assert raised.value.code == "scan.not_finite"
    assert "đỉnh đồng.ply" in raised.value.message("vi")


def test_no_unit_no_scale(tmp_path: Path) -> None:
    path = obj_folder(tmp_path)
    silent = open_scan(path)
    assert silent.facts.unit == ""
    assert silent.facts.extent_mm is None
    assert silent.facts.volume is None
    assert not silent.mesh.has_scale
    assert silent.mesh.extent == (1, 1, 1)
    stated = open_scan(path, unit="cm", up_axis="Z")
    assert stated.mesh.has_scale
    assert stated.mesh.extent == (10, 10, 10)
    assert stated.facts.volume == pytest.approx(1)
    assert not stated.facts.view_up_is_guessed
    assert stated.mesh.materials[0].base_texture == silent.mesh.materials[0].base_texture


def test_unknown_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"scan\.unit_unknown"):
        load(written(tmp_path, "khối.ply", ply_binary()), unit="thước")
    with pytest.raises(Invalid, match=r"scan\.axis_unknown"):
        load(written(tmp_path, "khối.ply", ply_binary()), up_axis="W")


def test_scale_conflict_names_the_unit_that_would_explain_it() -> None:
    found = scale_conflict((694_350, 2_118_940, 637_629), (2119, 694, 638))
    assert found is not None
    assert (found.factor, found.explained_by) == (1000, "mm")
    assert scale_conflict((265, 665, 121), (665, 265, None)) is None
    assert scale_conflict((265, 665, 121), ()) is None
    odd = scale_conflict((265, 665, 121), (95,))
    assert odd is not None
    assert odd.explained_by in ("", "dm")


@pytest.mark.shared
def test_real_scans_give_their_known_facts(shared_data: Path) -> None:
    folder = shared_data / "scans"
    plato = inspect(folder / "plato-bust_threedscans.stl")
    assert (plato.vertices, plato.faces, plato.unit, plato.volume) == (51_192, 17_064, "", None)
    venus = inspect(folder / "venus-statue_vertexcolour.ply")
    assert (venus.vertices, venus.faces, venus.has_vertex_color) == (370_805, 573_044, True)
    assert venus.open_edges > 0
    cloud = inspect(folder / "venus-statue_pointcloud.ply")
    assert cloud.is_point_cloud
    assert cloud.vertices == 120_000
    obj = inspect(folder / "saxophone_obj" / "saxophone.obj")
    assert (obj.faces, obj.has_texture, obj.has_uv) == (100_000, True, True)


@pytest.mark.shared
def test_the_venus_of_milo_contradicts_its_table(shared_data: Path) -> None:
    facts = inspect(shared_data / "scans" / "venus-de-milo_smk.glb")
    assert (facts.vertices, facts.faces, facts.unit, facts.up_axis) == (15_634, 24_058, "m", "Y")
    assert facts.extent_mm is not None
    found = scale_conflict(facts.extent_mm, (2119, 694, 638))
    assert found is not None
    assert (found.factor, found.explained_by) == (1000, "mm")


@pytest.mark.shared
def test_draco_is_decoded_or_refused(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shared_data / "scans" / "saxophone_smithsonian_draco.glb"
    assert read(path).extent == pytest.approx((0.265, 0.665, 0.121), abs=0.001)
    real = draco.decode

    def zeros(data: bytes, *, ids: dict[str, int]) -> draco.DracoData:
        found = real(data, ids=ids)
        return draco.DracoData(faces=found.faces, attributes={k: v * 0 for k, v in found.attributes.items()})

    monkeypatch.setattr(draco, "decode", zeros)
    with pytest.raises(SourceError, match=r"scan\.extent_differs"):
        read(path)


@pytest.mark.shared
def test_a_broken_draco_stream_is_refused(shared_data: Path, tmp_path: Path) -> None:
    data = bytearray((shared_data / "scans" / "saxophone_smithsonian_draco.glb").read_bytes())
    start = 28 + int.from_bytes(data[12:16], "little")
    data[start : start + 4000] = bytes(4000)
    with pytest.raises(SourceError, match=r"scan\.bad_content"):
        read(written(tmp_path, "hỏng.glb", bytes(data)))
