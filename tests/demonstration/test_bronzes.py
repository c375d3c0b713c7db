"""The bronzes of the demonstration: closed, of true size, and changed by known amounts between their epochs."""

from functools import cache

import numpy as np
import pytest

from museum.demonstration.model import Model
from museum.demonstration.motifs import urns as panels
from museum.demonstration.objects import bell, drum, urns
from museum.geometry.mesh import Mesh

DETAIL = 0.06


@cache
def _urn(urn: str, epoch: str = "") -> Model:
    return urns.build(urn=urn, detail=DETAIL, epoch=epoch)


def open_edges(mesh: Mesh) -> int:
    """How many edges are not passed as often one way as the other: none where the faces enclose a solid."""
    ends = mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
    low, high = ends.min(axis=1), ends.max(axis=1)
    _, number = np.unique(low * len(mesh.vertices_mm) + high, return_inverse=True)
    way = np.where(ends[:, 0] == low, 1, -1)
    return int((np.bincount(number, way) != 0).sum())


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
    assert np.abs(lost[inner] - urns.LOSS_DEPTH_MM).max() < 0.05
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


@cache
def _other(name: str) -> Model:
    return bell.build(detail=DETAIL) if name == "bell" else drum.build(detail=DETAIL)


def test_the_bell_is_closed_and_of_true_size() -> None:
    mesh = _other("bell").mesh
    body = mesh.vertices_mm[mesh.vertices_mm[:, 1] < 1500]
    assert open_edges(mesh) == 0
    assert abs(np.ptp(body[:, 0]) - bell.MOUTH_MM) < 25
    assert bell.HEIGHT_MM + 300 < mesh.extent[1] < bell.HEIGHT_MM + 550
    # The great bell of Thiên Mụ weighs 1,985.8 kg.
    assert 1700 < volume_mm3(mesh) * 8.5e-6 < 2400


def test_the_drum_is_closed_and_of_true_size() -> None:
    mesh = _other("drum").mesh
    assert open_edges(mesh) == 0
    assert abs(mesh.extent[1] - drum.HEIGHT_MM) < 6
    face = mesh.vertices_mm[mesh.vertices_mm[:, 1] > drum.HEIGHT_MM - 6]
    assert abs(np.ptp(face[:, 0]) - drum.FACE_MM) < 8
    assert 40 < volume_mm3(mesh) * 8.5e-6 < 120


@pytest.mark.parametrize("name", ["bell", "drum"])
def test_bell_and_drum_have_one_state(name: str) -> None:
    with pytest.raises(ValueError, match="has one state"):
        (bell.build if name == "bell" else drum.build)(detail=DETAIL, epoch="after")


@pytest.mark.parametrize("name", ["bell", "drum"])
def test_skin_is_varied_and_light_is_faint(name: str) -> None:
    model = _other(name)
    assert model.mesh.colors is not None and model.mesh.surface is not None
    assert model.mesh.colors[:, :3].std(axis=0).min() > 10
    assert np.ptp(model.mesh.surface[:, 0]) > 60
    assert 5 < model.fluorescence.mean() < 110
