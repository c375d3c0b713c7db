"""Every model made of a scan passes Khronos' validator, and other programs read its size and surface."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from museum.geometry import rungs
from museum.geometry.facts import ScanFacts
from museum.geometry.labelling import labelled, unpacked
from museum.geometry.labelling import packed as packed_zip
from museum.geometry.mesh import Material, Mesh
from museum.geometry.open_glb import write_open_glb
from museum.ingest.scan_models import Bench
from tests.conformance.gltf_judge import judged
from tests.conformance.usd_judge import judged as usd_judged
from tests.geometry import delivery
from tests.geometry.shapes import picture, sphere
from tests.geometry.test_room import painted_ball, relief

# Tangents are left out where the scan has UV of its own: every client derives them as we do when baking.
EXPLAINED = {"MESH_PRIMITIVE_GENERATED_TANGENT_SPACE"}
SAID = {"attribution": "Bảo tàng", "unit": "m"}


def facts_of(mesh: Mesh) -> ScanFacts:
    return ScanFacts(
        format="ply", vertices=len(mesh.vertices_mm), faces=len(mesh.faces), is_point_cloud=mesh.is_point_cloud,
        has_vertex_color=mesh.colors is not None, has_texture=False, has_uv=mesh.uv is not None, has_normals=False,
        extent=mesh.extent, unit="mm", up_axis="Y", view_up="Y", view_up_is_guessed=False, is_watertight=False,
        is_closed=False, open_edges=0, nonmanifold_edges=0, area=1.0, volume=None,
    )  # fmt: skip


def scans() -> dict[str, Mesh]:
    ball = sphere(rings=110)
    two = replace(
        sphere(rings=30), uv=np.random.default_rng(1).random((len(sphere(rings=30).vertices_mm), 2)),
        materials=(Material(name="đồng", base_texture=picture(side=64), metallic=1.0), Material(name="men")),
    )  # fmt: skip
    two = replace(two, face_material=(np.arange(len(two.faces)) % 2).astype(np.int32))
    return {
        "sơn": painted_ball(rings=110),
        "chạm": relief(side=160),
        "cát": replace(ball, faces=ball.faces[:0], face_material=ball.face_material[:0]),
        "hai": two,
        "ba": delivery.ball(rings=75),
    }


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Each rung of a painted, a textured, a two- and a three-material scan and of a cloud; with labels and without."""
    found: list[Path] = []
    for name, mesh in scans().items():
        work = tmp_path_factory.mktemp(name)
        bench = Bench.of(mesh, facts_of(mesh), work)
        made = [bench.rung(rung) for rung in (rungs.MEDIUM, *rungs.wanted(bench.size))]
        if not mesh.is_point_cloud:
            room = list(bench.for_a_room())
            made += room[:1]
            assert room[1].files[0] == work / "ar.usdz"
        found += [one.files[0] for one in made]
        write_open_glb(work / "web.glb", work / "open.glb")
        taken = work / "taken.glb"
        taken.write_bytes(labelled((work / "open.glb").read_bytes(), "open.glb", SAID))
        found += [work / "open.glb", taken]
    return found


def test_khronos_finds_no_error_in_any_model(models: list[Path]) -> None:
    reports = judged(models)
    assert len(reports) == len(models) >= 18
    told = [
        f"{path.parent.name}/{path.name}: {message['code']} {message.get('pointer')}"
        for path, report in zip(models, reports, strict=True)
        for message in report["issues"]["messages"]
        if message["severity"] < 2 and message["code"] not in EXPLAINED
    ]
    assert told == []
    assert [report["issues"]["numErrors"] for report in reports] == [0] * len(models)


def test_models_with_a_layout_of_ours_state_their_tangents(models: list[Path]) -> None:
    said = {f"{path.parent.name}/{path.name}": path.read_bytes().count(b'"TANGENT"') for path in models}
    stated = {name.partition("/")[2] for name, count in said.items() if count and name.startswith("sơn")}
    assert stated == {"thumb.glb"}, "the ball has too few triangles for the others to lose any"
    assert not any(count for name, count in said.items() if name.startswith("chạm")), "this one has UV of its own"
    assert {name for name, count in said.items() if count and name.startswith("ba")} == {"ba0/thumb.glb"}


def test_the_validator_does_find_errors(tmp_path: Path, models: list[Path]) -> None:
    data = models[0].read_bytes()
    (tmp_path / "hỏng.glb").write_bytes(data.replace(b'"componentType":5123', b'"componentType":5120', 1))
    assert judged([tmp_path / "hỏng.glb"])[0]["issues"]["numErrors"] > 0


def test_openusd_finds_no_error_in_any_room_model(models: list[Path], tmp_path: Path) -> None:
    packed = sorted({path.with_name("ar.usdz") for path in models if path.with_name("ar.usdz").exists()})
    taken, broken = tmp_path / "taken.usdz", tmp_path / "hỏng.usdz"
    taken.write_bytes(labelled(packed[0].read_bytes(), "ar.usdz", {**SAID, "title": 'Đỉnh "Cao"'}))
    files = unpacked(packed[0].read_bytes())
    layer = files["model.usda"].replace(b'token inputs:wrapS = "repeat"', b"int inputs:wrapS = 3")
    broken.write_bytes(packed_zip({**files, "model.usda": layer.replace(b"    metersPerUnit = 1\n", b"")}))
    *reports, bad = usd_judged([*packed, taken, broken])
    assert len(packed) == 4 and bad["errors"], "the judge sees what is wrong"
    assert [report["errors"] for report in reports] == [[]] * 5 and reports[0]["validators"] > 20
    for report in reports:
        assert (report["metres"], report["up"]) == (1.0, "Y") and all(report["files"])
        assert report["faces"] > 0 and {"Mesh", "Material", "Shader"} <= set(report["types"])
        low, high = np.array(report["extent"])
        assert low[1] == pytest.approx(0, abs=1e-6) and (high - low).max() == pytest.approx(0.1, rel=0.5)
    assert reports[-1]["data"]["title"] == 'Đỉnh "Cao"' and reports[-1]["data"]["unit"] == "m"


def test_trimesh_reads_the_plain_models_at_their_size(models: list[Path]) -> None:
    read = 0
    for path in models:
        if path.name not in ("ar.glb", "taken.glb") or "cát" in path.parent.name:
            continue
        scene = trimesh.load_scene(path)
        assert scene.extents.max() == pytest.approx(0.1 if "chạm" not in path.parent.name else 0.06, rel=0.01), path
        read += 1
    assert read == 8
