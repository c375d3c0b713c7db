"""The bronzes of the demonstration: closed, of true size, and changed by known amounts between their epochs."""

from functools import cache

import numpy as np
import pytest

from museum.demonstration.model import Model
from museum.demonstration.motifs import urns as panels
from museum.demonstration.objects import urns
from museum.geometry.mesh import Mesh

DETAIL = 0.06


@cache
def _urn(urn: str, epoch: str = "") -> Model:
    return urns.build(urn=urn, detail=DETAIL, epoch=epoch)


def open_edges(mesh: Mesh) -> int:
    """How many directed edges have no partner that runs the other way."""
    ends = mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
    there = ends[:, 0] * len(mesh.vertices_mm) + ends[:, 1]
    back = ends[:, 1] * len(mesh.vertices_mm) + ends[:, 0]
    return int((~np.isin(there, back)).sum() + len(there) - len(np.unique(there)))


def volume_mm3(mesh: Mesh) -> float:
    """The signed volume that the faces enclose."""
    a, b, c = (mesh.vertices_mm[mesh.faces[:, k]] for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def test_nine_urns_are_those_of_the_panels() -> None:
    assert tuple(urns.URNS) == panels.URNS


@pytest.mark.parametrize("urn", urns.URNS)
def test_an_urn_is_closed_and_of_true_size(urn: str) -> None:
    mesh = _urn(urn).mesh
    assert open_edges(mesh) == 0
    wide, high, _ = mesh.extent
    assert 2310 <= round(high) <= 2500 and 1550 < wide < 1700
    assert mesh.vertices_mm[:, 1].min() == 0
    # 8.5 g/cm³: the real ones weigh about two to two and a half tonnes.
    assert 1700 < volume_mm3(mesh) * 8.5e-6 < 3200


def test_urns_differ_from_each_other() -> None:
    shapes = {(len(_urn(urn).mesh.faces), round(volume_mm3(_urn(urn).mesh))) for urn in urns.URNS}
    assert len(shapes) == 9


def test_the_dent_has_the_depth_that_is_stated() -> None:
    before, after = _urn("cao", "before").mesh.vertices_mm, _urn("cao", "after").mesh.vertices_mm
    axis = np.array([urns.DENT_AT_MM[0], 0, urns.DENT_AT_MM[2]])
    axis /= np.linalg.norm(axis)
    moved = (before - after) @ axis
    offset = before - urns.DENT_AT_MM
    beside = np.linalg.norm(offset - (offset @ axis)[:, None] * axis, axis=1)
    near = (beside < 200) & (offset @ axis > -100) & (moved > 0.01)
    far_from_loss = np.linalg.norm(before - urns.LOSS_AT_MM, axis=1) > urns.LOSS_RADIUS_MM[1]
    known = urns.DENT_DEPTH_MM * np.exp(-0.5 * (beside / urns.DENT_SIGMA_MM) ** 2)
    assert np.abs(moved - known)[near & far_from_loss].max() < 1e-9
    assert moved.max() > urns.DENT_DEPTH_MM * 0.9


def test_the_loss_has_the_depth_that_is_stated() -> None:
    before, after = _urn("cao", "before").mesh.vertices_mm, _urn("cao", "after").mesh.vertices_mm
    away = np.linalg.norm(before - urns.LOSS_AT_MM, axis=1)
    outside = np.hypot(before[:, 0], before[:, 2]) > 805
    lost = np.hypot(before[:, 0], before[:, 2]) - np.hypot(after[:, 0], after[:, 2])
    inner = (away < urns.LOSS_RADIUS_MM[0]) & outside
    assert inner.sum() > 20
    assert np.abs(lost[inner] - urns.LOSS_DEPTH_MM).max() < 0.2  # the dent's tail reaches here
    assert abs(float(np.median(lost[inner])) - urns.LOSS_DEPTH_MM) < 0.02


def test_nothing_else_moves_between_the_epochs() -> None:
    before, after = _urn("cao", "before").mesh, _urn("cao", "after").mesh
    assert np.array_equal(before.faces, after.faces)
    still = (before.vertices_mm[:, 2] < 0) | (before.vertices_mm[:, 1] > 1900)
    assert np.array_equal(before.vertices_mm[still], after.vertices_mm[still])


def test_the_same_urn_is_built_twice() -> None:
    again = urns.build(urn="nhan", detail=DETAIL)
    assert np.array_equal(again.mesh.vertices_mm, _urn("nhan").mesh.vertices_mm)
    assert np.array_equal(again.fluorescence, _urn("nhan").fluorescence)


def test_an_unknown_urn_or_epoch_is_refused() -> None:
    with pytest.raises(ValueError, match="no urn 'Cao Đỉnh'"):
        urns.build(urn="Cao Đỉnh")
    with pytest.raises(ValueError, match="no epoch '1835'"):
        urns.build(epoch="1835")
