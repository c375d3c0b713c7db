"""Tilesets keep the rules of 3D Tiles 1.1, whichever way the scan stands; and our check sees what breaks them."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from museum.geometry import scan
from museum.geometry.mesh import Mesh
from museum.geometry.tileset import archive, building
from tests.geometry.tiles_rules import faults
from tests.geometry.tilesets import Tileset, open_edges, vase


def cloud(mesh: Mesh) -> Mesh:
    return replace(mesh, faces=mesh.faces[:0], face_material=mesh.face_material[:0])


@pytest.mark.parametrize("make", [lambda mesh: mesh, cloud], ids=["mesh", "cloud"])
@pytest.mark.parametrize(("up_axis", "has_scale"), [("Y", True), ("Z", True), ("X", False), ("", False)])
def test_the_rules_are_kept_however_the_scan_stands(
    tmp_path: Path, make: Callable[[Mesh], Mesh], up_axis: str, has_scale: bool
) -> None:
    out = tmp_path / "vase.3tz"
    mesh = replace(make(vase(6_000)), up_axis=up_axis, has_scale=has_scale)
    building.build(mesh, out, most=400, view_up="Z")
    assert faults(out) == []
    told = Tileset(out).json
    low, high = (np.array(told["root"]["boundingVolume"]["box"][:3]) + s * np.diag(
        np.array(told["root"]["boundingVolume"]["box"][3:]).reshape(3, 3)) for s in (-1, 1))  # fmt: skip
    axis = {"Y": 2, "Z": 1, "X": 0, "": 2}[up_axis]  # where the vase's height, along its file's Y, is in a Z-up frame
    assert np.isclose((high - low)[axis], 0.42 if has_scale else 420, rtol=0.01), (low, high)
    assert told["asset"]["extras"]["has_scale"] is has_scale


def _spoil_error(told: dict[str, Any]) -> None:
    told["root"]["children"][0]["geometricError"] = 1e9


def _spoil_box(told: dict[str, Any]) -> None:
    told["root"]["boundingVolume"]["box"][3] /= 2


def _spoil_child(told: dict[str, Any]) -> None:
    told["root"]["children"][0]["boundingVolume"]["box"][0] += 1


def _spoil_name(told: dict[str, Any]) -> None:
    told["root"]["children"][0]["content"]["uri"] = "1000.glb"


def _spoil_twice(told: dict[str, Any]) -> None:
    told["root"]["children"][1]["content"] = told["root"]["children"][0]["content"]


def _spoil_refine(told: dict[str, Any]) -> None:
    del told["root"]["refine"]


def _spoil_version(told: dict[str, Any]) -> None:
    told["asset"]["version"] = "1.0"


SPOILERS = (_spoil_error, _spoil_box, _spoil_child, _spoil_name, _spoil_twice, _spoil_refine, _spoil_version)


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda f: f.__name__.removeprefix("_spoil_"))
def test_a_broken_tileset_is_seen(tmp_path: Path, spoil: Callable[[dict[str, Any]], None]) -> None:
    good, bad = tmp_path / "good.3tz", tmp_path / "bad.3tz"
    building.build(vase(6_000), good, most=400)
    with zipfile.ZipFile(good) as opened, bad.open("wb") as stream, archive.Writer(stream) as writer:
        for name in opened.namelist():
            data = opened.read(name)
            if name == "tileset.json":
                told = json.loads(data)
                spoil(told)
                data = json.dumps(told).encode()
            writer.add(name, archive.packed(data))
    assert faults(good) == [] and len(faults(bad)) > 0


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "most"),
    [("venus-statue_vertexcolour.ply", 30_000), ("plato-bust_threedscans.stl", 1_000),
     ("saxophone_smithsonian_draco.glb", 6_000), ("venus-statue_pointcloud.ply", 8_000)],
)  # fmt: skip
def test_real_scans_lose_nothing_and_show_no_cracks(shared_data: Path, tmp_path: Path, name: str, most: int) -> None:
    opened = scan.open_scan(shared_data / "scans" / name)
    out = tmp_path / "real.3tz"
    facts = building.build(opened.mesh, out, most=most)
    assert faults(out) == []
    tileset = Tileset(out)
    if opened.mesh.is_point_cloud:
        names = [n for n in tileset.names if n.endswith(".glb")]
        assert sum(len(tileset.tile(n).grid) for n in names) == len(opened.mesh.vertices_mm) == facts.points
        return
    border, lonely = open_edges([tileset.tile(n).corners for n in tileset.leaves])
    assert len(lonely) == opened.facts.open_edges, "as many open edges as the scan itself"
    known = {tuple(edge) for edge in border.tolist()}
    random, cracked, cuts = np.random.default_rng(5), 0, 12
    for _ in range(cuts):
        cut = tileset.cut(random, share=random.random())
        found, alone = open_edges([tileset.tile(n).corners for n in cut])
        # Where the scan's own faces lie on each other or are turned about, their edges may have other numbers of
        # faces; but none runs into the void that didn't before.
        cracked += not np.array_equal(found, border) or any(tuple(edge) not in known for edge in alone.tolist())
    print(f"{name}: {cuts} mixed cuts, {cracked} with a crack; {len(lonely)} open edges")
    assert cracked == 0
