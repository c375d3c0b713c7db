"""Faces without area, taken out of a surface so that it stays as closed as it was."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from museum.geometry.chunks import slices
from museum.geometry.mesh import Floats, Ints, Mesh, face_normals, welded

_ROUNDS = 8


def flat_faces(vertices: Floats, faces: Ints) -> NDArray[np.int64]:
    """(k,) the faces whose corners lie in one line or at one place, to the last bit."""
    found = [
        part.start + np.flatnonzero(~face_normals(vertices, faces[part]).any(axis=1)) for part in slices(len(faces))
    ]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def without_flat_faces(mesh: Mesh, *, held: Floats | None = None) -> Mesh:
    """The same surface without faces that have no area; itself where there are none.

    `held` (n, 3) are the vertices as a file will hold them, where that is not as they are.

    A face with two corners at one place goes: its neighbours meet there. One with three in a line would leave a slit:
    the neighbour at its long side is divided at the corner between instead.
    """
    vertices = mesh.vertices_mm if held is None else held
    if mesh.is_point_cloud or not len(flat_faces(vertices, mesh.faces)):
        return mesh
    places, count = welded(vertices)
    faces, owner = np.array(mesh.faces), np.array(mesh.face_material)
    for _ in range(_ROUNDS):
        corners = places[faces]
        whole = (corners != np.roll(corners, -1, axis=1)).all(axis=1)
        faces, owner = faces[whole], owner[whole]
        flat = flat_faces(vertices, faces)
        if not len(flat):
            break
        _divide(vertices, faces, owner, flat, places, count)
    flat = flat_faces(vertices, faces)
    return replace(mesh, faces=np.delete(faces, flat, axis=0), face_material=np.delete(owner, flat))


def _divide(
    vertices: Floats, faces: Ints, owner: Ints, flat: NDArray[np.int64], places: NDArray[np.uint32], count: int
) -> None:
    """Give each flat face half of its neighbour at the long side, in place; of faces side by side one a round."""
    marked = np.zeros(count, bool)
    marked[places[faces[flat]].ravel()] = True
    near = np.flatnonzero(marked[places[faces]].sum(axis=1) >= 2)
    beside: dict[tuple[int, int], list[int]] = {}
    for face in near.tolist():
        a, b, c = places[faces[face]].tolist()
        for edge in ((a, b), (b, c), (c, a)):
            beside.setdefault((min(edge), max(edge)), []).append(face)
    is_flat = set(flat.tolist())
    touched: set[int] = set()
    for face in flat.tolist():
        corners = faces[face]
        sides = np.linalg.norm(vertices[np.roll(corners, -1)] - vertices[corners], axis=1)
        longest = int(np.argmax(sides))
        middle = corners[(longest + 2) % 3]
        ends = sorted(int(places[corners[(longest + i) % 3]]) for i in range(2))
        others = [one for one in beside[ends[0], ends[1]] if one != face and one not in is_flat]
        if len(others) != 1 or touched & {face, others[0]}:
            continue
        other = others[0]
        turned = [np.roll(faces[other], -i) for i in range(3)]
        p, q, r = next(t for t in turned if sorted(places[t[:2]].tolist()) == ends)
        faces[other], faces[face], owner[face] = (p, middle, r), (middle, q, r), owner[other]
        touched |= {face, other}
