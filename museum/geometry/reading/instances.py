"""Shapes that a scene shows at places of their own: joined into one mesh, never more of them than the limits allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry.mesh import Bytes, Floats, Ints, Material, Mesh
from museum.geometry.reading.workspace import Workspace

_INSTANCES = 100_000
_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A piece of a scene in its own coordinates; arrays as of `Mesh`."""

    vertices: Floats
    faces: Ints
    material: Ints
    normals: Floats | None = None
    colors: Bytes | None = None
    uv: Floats | None = None


class Scene:
    """Collects shapes with their places."""

    def __init__(self, workspace: Workspace, *, shown: str) -> None:
        self._limits = workspace.limits
        self._shown = shown
        self._placed: list[tuple[Shape, Floats]] = []
        self._vertices = 0
        self._faces = 0

    def place(self, shape: Shape, matrix: Floats) -> None:
        """Show `shape` where the (4, 4) `matrix` (column vectors) puts it. Raises SourceError scan.too_many."""
        self._vertices += len(shape.vertices)
        self._faces += len(shape.faces)
        for what, count, limit in (
            ("vertices", self._vertices, self._limits.vertices),
            ("faces", self._faces, self._limits.faces),
            ("instances", len(self._placed), _INSTANCES),
        ):
            if count > limit:
                raise SourceError("scan.too_many", file=self._shown, what=what, count=count, limit=limit)
        self._placed.append((shape, matrix))

    def joined(self, materials: Sequence[Material], *, up_axis: str) -> Mesh:
        """Everything as one mesh. Raises SourceError scan.no_geometry."""
        if not self._vertices:
            raise SourceError("scan.no_geometry", file=self._shown)
        shapes = [shape for shape, _ in self._placed]
        starts = np.cumsum([0, *(len(shape.vertices) for shape in shapes)])
        faces = []
        for (shape, matrix), start in zip(self._placed, starts, strict=False):
            turned = shape.faces if np.linalg.det(matrix[:3, :3]) >= 0 else shape.faces[:, ::-1]
            faces.append((turned + start).astype(np.int32))
        return Mesh(
            vertices_mm=np.concatenate([s.vertices @ m[:3, :3].T + m[:3, 3] for s, m in self._placed]),
            faces=np.concatenate(faces),
            normals=_stacked([_turned(s.normals, m) for s, m in self._placed], shapes, None),
            colors=_stacked([s.colors for s in shapes], shapes, np.full(4, 255, np.uint8)),
            uv=_stacked([s.uv for s in shapes], shapes, np.zeros(2)),
            materials=tuple(materials),
            face_material=np.concatenate([shape.material for shape in shapes]).astype(np.int32),
            up_axis=up_axis,
        )


def _turned(normals: Floats | None, matrix: Floats) -> Floats | None:
    if normals is None:
        return None
    moved = normals @ np.linalg.pinv(matrix[:3, :3])
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    unit: Floats = moved / np.where(length > 0, length, 1)
    return unit


def _stacked(
    arrays: Sequence[NDArray[_T] | None], shapes: Sequence[Shape], missing: NDArray[_T] | None
) -> NDArray[_T] | None:
    """All of them; None where none has any, or where one lacks what can't be made up (`missing` None)."""
    if all(a is None for a in arrays) or (missing is None and any(a is None for a in arrays)):
        return None
    pieces: list[NDArray[_T]] = []
    for array, shape in zip(arrays, shapes, strict=True):
        if array is not None:
            pieces.append(array)
        elif missing is not None:
            pieces.append(np.tile(missing, (len(shape.vertices), 1)))
    return np.concatenate(pieces)
