"""The rungs of detail that a scan is offered at: those of Smithsonian's Cook, so that results compare.

Each is measured once it is written: the file is read back and compared with the whole master, both ways.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from museum.geometry import baking, gltf_header, gltf_reader, joining, texture, unwrapping
from museum.geometry.camera import studio_turn
from museum.geometry.distance import Deviation, Surface, Yardstick
from museum.geometry.levels import fitted, merged, reduced, seamless, simplified, thinned, with_normals
from museum.geometry.mesh import Floats, Mesh
from museum.geometry.parts import PartsFolder


@dataclass(frozen=True, kw_only=True)
class Rung:
    """At most so many triangles (or points of a cloud), and pictures of at most so many pixels a side."""

    name: str
    file: str
    faces: int
    texture_px: int
    points: int

    def of(self, master: "Size") -> "Size":
        """What this rung makes of a master of such a size."""
        limit = self.points if master.is_point_cloud else self.faces
        return replace(master, count=min(master.count, limit), texture_px=min(master.texture_px, self.texture_px))


@dataclass(frozen=True, kw_only=True)
class Size:
    """Triangles, or points of a cloud, and the largest side of its pictures (0 without any)."""

    count: int
    texture_px: int
    is_point_cloud: bool


THUMB = Rung(name="thumb", file="thumb.glb", faces=20_000, texture_px=512, points=50_000)
LOW = Rung(name="low", file="low.glb", faces=150_000, texture_px=1024, points=1_000_000)
MEDIUM = Rung(name="medium", file="web.glb", faces=150_000, texture_px=2048, points=1_000_000)
MEDIUM_4K = Rung(name="medium-4k", file="medium-4k.glb", faces=150_000, texture_px=4096, points=1_000_000)
HIGH = Rung(name="high", file="high.glb", faces=500_000, texture_px=4096, points=3_000_000)
AR = Rung(name="ar", file="ar.glb", faces=100_000, texture_px=2048, points=0)
MOST_FACES = 4_000_000
LADDER = (THUMB, LOW, MEDIUM, MEDIUM_4K, HIGH)


def size_of(mesh: Mesh) -> Size:
    """The size of a scan as rungs count it."""
    count = len(mesh.vertices_mm) if mesh.is_point_cloud else len(mesh.faces)
    slots = ("base_texture", "normal_texture", "surface_texture", "occlusion_texture")
    pictures = [getattr(material, slot) for material in mesh.materials for slot in slots]
    sizes = [texture.size_px(picture) for picture in pictures if picture is not None]
    side = max((max(size) for size in sizes if size is not None), default=0)
    return Size(count=count, texture_px=side, is_point_cloud=mesh.is_point_cloud)


def wanted(master: Size) -> tuple[Rung, ...]:
    """The rungs worth having beside the medium one, smallest first: each differs from all others in what it gives."""
    known = {MEDIUM.of(master)}
    found = []
    for rung in LADDER:
        made = rung.of(master)
        if made not in known:
            known.add(made)
            found.append(rung)
    return tuple(found)


def prepared(mesh: Mesh) -> Mesh:
    """The mesh that rungs are cut from: with normals, and vertices that agree in everything made one.

    Of more than 4 million triangles so many only, simplified piece by piece: eight times what the finest rung keeps.
    """
    if mesh.is_point_cloud:
        return mesh
    fewer = reduced(joining.used(mesh), max_faces=MOST_FACES)
    mesh.let_go()
    return merged(with_normals(fewer))


def cut(mesh: Mesh, rung: Rung) -> Mesh:
    """The `prepared` mesh at the rung's size: some of its vertices, with their own colours, normals and UV, moved to
    where the triangles between them lie nearest to the whole."""
    if mesh.is_point_cloud:
        return thinned(mesh, rung.points)
    return merged(fitted(simplified(mesh, max_faces=rung.faces, is_merged=True), mesh))


@dataclass(frozen=True)
class Relief:
    """What rungs with the relief of a `prepared` mesh in a picture are cut from."""

    whole: Mesh

    @cached_property
    def size(self) -> Size:
        """The whole's size; several pictures that become one count as one of all the texels that can be had."""
        found = size_of(self.whole)
        if not self._is_joined or not found.texture_px:
            return found
        is_small = found.count <= MEDIUM.faces  # it keeps its own pictures once they are within a rung's size
        return replace(found, texture_px=joining.held_px(self.whole) if is_small else joining.side_px(self.whole))

    def cut(self, rung: Rung) -> tuple[Mesh, bool]:
        """(the rung, whether it bears the whole's relief). Where there are no pictures its colours are in one, too;
        several materials become one, unless they are within the rung's size as they are."""
        is_larger = len(self.whole.faces) > rung.faces
        is_richer = self._is_joined and (
            rung is AR or joining.held_px(self.whole, most_px=rung.texture_px) > rung.texture_px
        )
        if self._plain is not None and (is_larger or is_richer):
            level = cut(self._plain, rung) if is_larger else joining.one(self.whole)
            shown = unwrapping.unwrapped(level, self._source, self._surface, texture_px=rung.texture_px)
            if shown is not level:
                return shown, shown.materials[0].normal_texture is not None
        level = cut(self.whole, rung)
        shown = baking.baked(level, self.whole, texture_px=rung.texture_px)
        return shown, shown is not level

    @property
    def _is_joined(self) -> bool:
        return len(self.whole.materials) > 1 and self._plain is not None

    @cached_property
    def _plain(self) -> Mesh | None:
        """The whole's surface, with one vertex a place: seams would stop the simplifier, and need not be kept."""
        if not unwrapping.suits(self.whole):
            return None
        return joining.bare(self.whole) if len(self.whole.materials) > 1 else seamless(self.whole) or self.whole

    @property
    def _source(self) -> Mesh:
        """What is shown in pictures."""
        assert self._plain is not None
        return self.whole if self._is_joined else self._plain

    @cached_property
    def _surface(self) -> Surface:
        return Surface.of(self._source)


def measured(path: Path, master: Mesh, yardstick: Yardstick, *, origin: Floats | None = None) -> Deviation:
    """How far the GLB at `path`, read back as it was written, lies from `master`, in the master's unit.

    `origin` (3,) is the place, Y up and in the file's unit, that the file has moved to 0.
    """
    document = gltf_header.read(path, size=path.stat().st_size, parts=PartsFolder(path, shown=path.name))
    read = gltf_reader.read(path, document=document, shown=path.name)
    return yardstick.deviation(replace(read, vertices_mm=returned(read.vertices_mm, master, origin=origin)))


def returned(points: Floats, master: Mesh, *, origin: Floats | None = None) -> Floats:
    """(n, 3) points of a derivative (metres where the master has scale, Y up) in the master's own unit and axes."""
    scale = 1000.0 if master.has_scale else 1.0
    moved = points if origin is None else points + origin
    stood: Floats = moved @ studio_turn(master.up_axis) * scale
    return stood
