"""A scan in memory: vertices in millimetres (or file units, when no unit is known), faces, colours, materials."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.chunks import let_go, slices

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]

STONE = (0.55, 0.53, 0.50, 1.0)
_NORMALS_ROWS = 1 << 20  # faces whose normals are computed at a time


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An encoded picture (JPEG, PNG or WebP bytes) that a material uses."""

    data: bytes
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Material:
    """How a surface takes light, in the terms of glTF 2.0 §3.9 (metallic-roughness).

    `base_color` is linear RGBA 0..1 and multiplies the sRGB `base_texture`; `surface_texture` holds roughness in G
    and metalness in B; `normal_texture` is in tangent space; `occlusion_texture` darkens ambient light by R.
    `is_stated` is False where the file names no colour at all: then the renderer shows neutral stone.
    """

    name: str = ""
    base_color: tuple[float, float, float, float] = STONE
    metallic: float = 0.0
    roughness: float = 0.75
    base_texture: Picture | None = None
    normal_texture: Picture | None = None
    surface_texture: Picture | None = None
    occlusion_texture: Picture | None = None
    is_stated: bool = True


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """A triangle mesh, or a point cloud when `faces` is empty. Right-handed.

    vertices_mm : (n, 3) float64, millimetres when `has_scale`, else the file's own units
    faces : (m, 3) int32, counter-clockwise seen from outside
    normals : (n, 3) float64 of unit length, or None
    colors : (n, 4) uint8 sRGB with straight alpha, or None
    tangents : (n, 4) float64 unit tangent and 1 or -1 (glTF 2.0 §3.7.2.1), which normal textures go by, or None
    surface : (n, 2) uint8 roughness and metalness, 255 = 1, which stand for those of the material, or None
    uv : (n, 2) float64, origin at the top left (glTF), or None
    face_material : (m,) int32 index into `materials`
    up_axis : "X", "Y" or "Z" where known, "" where not
    """

    vertices_mm: Floats
    faces: Ints
    normals: Floats | None = None
    colors: Bytes | None = None
    uv: Floats | None = None
    materials: tuple[Material, ...] = field(default_factory=lambda: (Material(is_stated=False),))
    face_material: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    has_scale: bool = False
    up_axis: str = ""
    surface: Bytes | None = None
    tangents: Floats | None = None

    def __post_init__(self) -> None:
        if len(self.face_material) != len(self.faces):
            object.__setattr__(self, "face_material", np.zeros(len(self.faces), np.int32))

    @property
    def is_point_cloud(self) -> bool:
        """Whether there are points and no faces."""
        return len(self.faces) == 0

    @property
    def extent(self) -> tuple[float, float, float]:
        """Size along x, y, z in the unit of `vertices_mm`."""
        size = np.ptp(self.vertices_mm, axis=0)
        return float(size[0]), float(size[1]), float(size[2])

    def let_go(self) -> "Mesh":
        """The mesh itself, once arrays that lie in files have given their memory back (see `workspace.let_go`)."""
        let_go(self.vertices_mm, self.faces, self.normals, self.colors, self.uv, self.face_material, self.surface)
        return self

    def with_faces(self, faces: Ints, face_material: Ints) -> "Mesh":
        """The same vertices under other faces; vertices that no face uses are dropped."""
        used = np.zeros(len(self.vertices_mm), bool)
        used[faces.ravel()] = True
        order = np.cumsum(used, dtype=np.int32)
        order -= 1
        return replace(
            self,
            vertices_mm=self.vertices_mm[used],
            faces=order[faces],
            normals=None if self.normals is None else self.normals[used],
            colors=None if self.colors is None else self.colors[used],
            surface=None if self.surface is None else self.surface[used],
            uv=None if self.uv is None else self.uv[used],
            tangents=None if self.tangents is None else self.tangents[used],
            face_material=face_material,
        )


def unsigned_zeros(vertices: Floats) -> Floats:
    """The same array, or where it holds −0 a copy with 0 instead: bit by bit these differ, yet are one place."""
    if any(np.signbit(vertices[part][vertices[part] == 0]).any() for part in slices(len(vertices))):
        return vertices + 0.0
    return vertices


def welded(vertices: Floats) -> tuple[NDArray[np.uint32], int]:
    """((n,) for each vertex the number of its place, how many places): vertices at exactly the same place share one."""
    return meshopt.numbered(unsigned_zeros(vertices))


def face_normals(vertices: Floats, faces: Ints) -> Floats:
    """(m, 3) normals whose length is twice the face's area; zero for degenerate faces."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    crossed: Floats = np.cross(b - a, c - a)
    return crossed


def smooth_normals(vertices: Floats, faces: Ints) -> Floats:
    """(n, 3) unit normals, the area-weighted mean of the faces around each place; duplicates at seams agree."""
    places, count = welded(vertices)
    total = np.zeros((count, 3))
    for part in slices(len(faces), _NORMALS_ROWS):
        crossed = face_normals(vertices, faces[part])
        corners = places[faces[part].ravel()]
        for axis in range(3):
            total[:, axis] += np.bincount(corners, np.repeat(crossed[:, axis], 3), minlength=count)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    total /= np.where(length > 0, length, 1)
    unit: Floats = total if count == len(vertices) else total[places]
    return unit


def shown_materials(mesh: Mesh) -> tuple[Material, ...]:
    """The materials as they are to be drawn: under vertex colours, stone that stands in for no colour turns white."""
    if mesh.colors is None:
        return mesh.materials
    return tuple(m if m.is_stated else replace(m, base_color=(1.0, 1.0, 1.0, 1.0)) for m in mesh.materials)
