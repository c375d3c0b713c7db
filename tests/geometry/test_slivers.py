"""Faces without area go, and what was closed stays closed."""

import numpy as np

from museum.geometry import facts
from museum.geometry.mesh import Mesh
from museum.geometry.slivers import flat_faces, without_flat_faces
from tests.geometry.shapes import sphere


def pinched(rings: int = 12) -> Mesh:
    """A closed ball in which edges were divided in a line, and corners lie at one place, as rounding leaves them."""
    ball = sphere(rings=rings)
    vertices, faces = ball.vertices_mm.tolist(), ball.faces.tolist()
    for face in range(0, len(faces), 7):  # a corner in the middle of an edge, with a flat face between it and the edge
        a, b, c = faces[face]
        middle = len(vertices)
        vertices[a], vertices[b] = np.rint(vertices[a]).tolist(), np.rint(vertices[b]).tolist()
        vertices.append(((np.array(vertices[a]) + np.array(vertices[b])) / 2).tolist())
        faces[face] = [a, middle, c]
        faces += [[middle, b, c], [a, b, middle]]
    for face in range(3, 60, 9):  # a corner twice, with a flat face between both
        a, b, c = faces[face]
        twin = len(vertices)
        vertices.append(vertices[a])
        faces[face] = [twin, b, c]
        faces.append([a, twin, b])
    return Mesh(vertices_mm=np.array(vertices), faces=np.array(faces, np.int32))


def test_flat_faces_go_and_no_slit_opens() -> None:
    torn = pinched()
    flat = flat_faces(torn.vertices_mm, torn.faces)
    before = facts.topology(torn)
    mended = without_flat_faces(torn)
    after = facts.topology(mended)
    assert len(flat) > 40, "flat faces of both kinds to begin with"
    assert len(flat_faces(mended.vertices_mm, mended.faces)) == 0
    assert after.open_edges == before.open_edges == 0 and after.is_watertight
    assert np.isclose(facts.enclosed_volume(mended), facts.enclosed_volume(torn))
    dropped = torn.with_faces(np.delete(torn.faces, flat, axis=0), np.delete(torn.face_material, flat))
    assert facts.topology(dropped).open_edges > 0, "left out alone they would leave slits"


def test_a_sound_surface_is_left_alone() -> None:
    ball = sphere(rings=12)
    assert without_flat_faces(ball) is ball
