"""The box that a scan's model states is the one that its file has: scenes place cameras and measures by it."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from museum.geometry import glb, open_glb
from museum.geometry.mesh import Mesh
from museum.ingest.scan_models import box_of

CORNERS = np.array([[10, 20, 30], [400, 20, 30], [10, 250, 30], [10, 20, 930]], dtype=np.float64)
FACES = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], dtype=np.int32)


@pytest.mark.parametrize("has_scale", [True, False])
@pytest.mark.parametrize("up_axis", ["", "Y", "Z", "X"])
def test_the_box_of_a_scan_is_that_of_its_written_model(tmp_path: Path, up_axis: str, has_scale: bool) -> None:
    mesh = Mesh(vertices_mm=CORNERS, faces=FACES, has_scale=has_scale, up_axis=up_axis)
    packed, plain = tmp_path / "web.glb", tmp_path / "open.glb"
    glb.write_web_glb(mesh, packed)
    open_glb.write_open_glb(packed, plain)
    found = trimesh.load(plain, force="scene").bounds
    step = 900 / 65_535 * (0.001 if has_scale else 1)
    assert np.allclose(box_of(mesh), found, atol=step)
