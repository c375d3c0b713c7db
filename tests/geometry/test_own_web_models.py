"""A web model of ours, downloaded and given back, claims no unit that its scan didn't have."""

from pathlib import Path

import numpy as np
import pytest

from museum.geometry import glb, scan
from museum.geometry.mesh import Mesh


@pytest.mark.parametrize(("has_scale", "unit"), [(True, "m"), (False, "")])
def test_a_web_model_states_metres_only_where_its_scan_had_scale(tmp_path: Path, has_scale: bool, unit: str) -> None:
    corners = np.array([[0, 0, 0], [40, 0, 0], [0, 30, 0], [0, 0, 20]], np.float64)
    faces = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], np.int32)
    out = tmp_path / "web.glb"
    glb.write_web_glb(Mesh(vertices_mm=corners, faces=faces, has_scale=has_scale), out)
    facts = scan.inspect(out)
    assert facts.unit == unit
    assert (facts.extent_mm is None) is not has_scale
