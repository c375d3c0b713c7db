"""3MF (3D Manufacturing Format, core specification 1.3; materials and properties 1.2; production 1.1)."""

import re
import zipfile
from array import array
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry import signatures
from museum.geometry.limits import ScanLimits
from museum.geometry.mesh import Floats, Material, Mesh, Picture
from museum.geometry.reading import seams, xml_stream
from museum.geometry.reading.instances import Scene, Shape
from museum.geometry.reading.package import Package
from museum.geometry.reading.stated import Header
from museum.geometry.reading.workspace import Workspace

UNITS: Mapping[str, str] = {
    "micron": "µm", "millimeter": "mm", "centimeter": "cm", "inch": "in", "foot": "ft", "meter": "m",
}  # fmt: skip
_START = "_rels/.rels"
_MODEL = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
_DEPTH = 64
_COLOR = re.compile(r"#([0-9A-Fa-f]{6})([0-9A-Fa-f]{2})?$")
_TOKEN = re.compile(rb"<(?:\w+:)?(vertex|triangle)\s")


class _RootSeenError(Exception):
    """Stops reading after the root element."""


@dataclass
class _Object:
    points: "array[float]" = field(default_factory=lambda: array("d"))
    corners: "array[int]" = field(default_factory=lambda: array("q"))
    props: "array[int]" = field(default_factory=lambda: array("q"))
    components: list[tuple[tuple[str, str], Floats]] = field(default_factory=list)


@dataclass
class _Properties:
    """Every colour and texture coordinate of the package has one number: its place in these lists."""

    colors: list[tuple[int, int, int, int]] = field(default_factory=list)
    uv: list[tuple[float, float]] = field(default_factory=list)
    texture: list[str] = field(default_factory=list)  # the picture's member, "" for a colour
    starts: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, *, color: tuple[int, int, int, int], uv: tuple[float, float], texture: str) -> None:
        self.colors.append(color)
        self.uv.append(uv)
        self.texture.append(texture)


def looks_like_3mf(path: Path) -> bool:
    """Whether a ZIP file holds the parts that make it a 3MF package."""
    try:
        with zipfile.ZipFile(path) as package:
            names = {name.casefold().lstrip("/") for name in package.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return path.suffix.lower() == ".3mf"  # damaged: its reader says how
    return "_rels/.rels" in names and any(name.endswith(".model") for name in names)


def header(path: Path, *, shown: str, limits: ScanLimits) -> Header:
    """What the package states: its unit (millimetres where it says nothing, §3.4) and that Z is up (§2.2)."""
    package = Package(path, shown=shown, limit=limits.file_bytes)
    try:
        unit = ""

        def start(name: str, attributes: Mapping[str, str]) -> None:
            nonlocal unit
            if name != "model":
                raise SourceError("scan.bad_package", file=shown, reason=f"<{name}>")
            unit = attributes.get("unit", "millimeter")
            raise _RootSeenError

        with package.open(_root(package, shown)) as stream, suppress(_RootSeenError):
            xml_stream.stream(stream, shown=shown, start=start)
    finally:
        package.close()
    if unit not in UNITS:
        raise SourceError("scan.bad_package", file=shown, reason=f"unit={unit[:40]}")
    return Header(format="3mf", vertices=None, faces=None, unit=UNITS[unit], up_axis="Z")


def read(path: Path, *, shown: str, workspace: Workspace) -> Mesh:
    """The build of the package (§3.4.1.1) as one mesh in its own unit; raises SourceError scan.*."""
    package = Package(path, shown=shown, limit=workspace.limits.file_bytes)
    try:
        return _Reading(package, workspace, shown).mesh()
    finally:
        package.close()


def _root(package: Package, shown: str) -> str:
    """The model that the package starts with (OPC relationships), else where everybody keeps it."""
    found = ""

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal found
        if name == "Relationship" and attributes.get("Type") == _MODEL:
            found = found or attributes.get("Target", "")

    with package.open(_START) as stream:
        xml_stream.stream(stream, shown=shown, start=start)
    return package.resolve(found or "/3D/3dmodel.model")


class _Reading:
    def __init__(self, package: Package, workspace: Workspace, shown: str) -> None:
        self.package, self.workspace, self.shown = package, workspace, shown
        self.objects: dict[tuple[str, str], _Object] = {}
        self.items: list[tuple[tuple[str, str], Floats]] = []
        self.properties = _Properties()
        self.textures: dict[tuple[str, str], str] = {}
        self.parts: list[str] = []

    def mesh(self) -> Mesh:
        root = _root(self.package, self.shown)
        waiting = [root]
        while waiting:
            part = waiting.pop()
            if part in self.parts:
                continue
            self.parts.append(part)
            waiting += _Part(self, part, is_root=part == root).read()
        self._check_counts()
        pictures = sorted({name for name in self.properties.texture if name})
        materials = [Material(is_stated=bool(self.properties.colors)), *(self._material(name) for name in pictures)]
        if self.properties.colors:
            materials[0] = Material(base_color=(1.0, 1.0, 1.0, 1.0))
        shapes: dict[tuple[str, str], Shape] = {}
        scene = Scene(self.workspace, shown=self.shown)
        for key, matrix in self.items:
            self._place(key, matrix, scene, shapes, {name: i + 1 for i, name in enumerate(pictures)}, ())
        return scene.joined(materials, up_axis="Z")

    def _place(
        self, key: tuple[str, str], matrix: Floats, scene: Scene, shapes: dict[tuple[str, str], Shape],
        numbers: Mapping[str, int], above: tuple[tuple[str, str], ...],
    ) -> None:  # fmt: skip
        found = self.objects.get(key)
        if found is None:
            raise SourceError("scan.bad_package", file=self.shown, reason=f"object {key[1]}")
        if key in above or len(above) > _DEPTH:
            raise SourceError("scan.node_cycle", file=self.shown, node=key[1])
        if found.points:
            if key not in shapes:
                shapes[key] = self._shape(found, key, numbers)
            scene.place(shapes[key], matrix)
        elif not found.components:
            scene.place(_EMPTY, matrix)
        for child, moved in found.components:
            self._place(child, matrix @ moved, scene, shapes, numbers, (*above, key))

    def _shape(self, found: _Object, key: tuple[str, str], numbers: Mapping[str, int]) -> Shape:
        points = np.array(found.points, np.float64).reshape(-1, 3)
        corners = np.array(found.corners, np.int64).reshape(-1, 3)
        props = np.array(found.props, np.int64).reshape(-1, 3)
        bad = (corners >= len(points)).any(axis=1) | (corners < 0).any(axis=1)
        if bad.any():
            if not self.workspace.salvage:
                raise SourceError("scan.bad_indices", file=self.shown, largest=int(corners.max()), vertices=len(points))
            self.workspace.drop("faces", int(bad.sum()))
            corners, props = corners[~bad], props[~bad]
        if not self.properties.colors or (props < 0).all():
            return Shape(vertices=points, faces=corners.astype(np.int32), material=np.zeros(len(corners), np.int32))
        found_split = seams.split(corners, props, vertices=len(points), workspace=self.workspace)
        colors = np.array([*self.properties.colors, (200, 200, 200, 255)], np.uint8)
        uv = np.array([*self.properties.uv, (0.0, 0.0)])
        owners = np.array([*(numbers.get(name, 0) for name in self.properties.texture), 0], np.int32)
        return Shape(
            vertices=np.concatenate([points, points[found_split.source]]),
            faces=found_split.faces,
            material=owners[found_split.prop][found_split.faces[:, 0]],
            colors=colors[found_split.prop],
            uv=uv[found_split.prop] if numbers else None,
        )

    def _material(self, name: str) -> Material:
        data = self.package.read(name)
        kind = signatures.media_type(data)
        if not kind:
            raise SourceError("scan.bad_texture", file=f"{self.shown} / {name}", reason="JPEG, PNG")
        return Material(base_color=(1, 1, 1, 1), base_texture=Picture(data=data, media_type=kind), roughness=0.8)

    def _check_counts(self) -> None:
        """A second reading that knows no XML: as many vertices and triangles as there are such tags."""
        seen = {b"vertex": 0, b"triangle": 0}
        for part in self.parts:
            with self.package.open(part) as stream:
                rest = b""
                while piece := stream.read(1 << 20):
                    text = rest + piece
                    cut = text.rfind(b"<")
                    text, rest = (text[:cut], text[cut:]) if cut >= 0 else (text, b"")
                    for matched in _TOKEN.finditer(text):
                        seen[matched[1]] += 1
                for matched in _TOKEN.finditer(rest):
                    seen[matched[1]] += 1
        found = sum(len(o.corners) // 3 for o in self.objects.values())
        points = sum(len(o.points) // 3 for o in self.objects.values())
        if (points, found) != (seen[b"vertex"], seen[b"triangle"]):
            raise SourceError("scan.counts_differ", file=self.shown, promised=seen[b"triangle"], found=found)


_EMPTY = Shape(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), np.int32), material=np.zeros(0, np.int32))


class _Part:
    """One model part of the package, read element by element."""

    def __init__(self, reading: _Reading, part: str, *, is_root: bool) -> None:
        self.reading, self.part, self.is_root = reading, part, is_root
        self.object = _Object()
        self.default = -1
        self.group = self.picture = ""
        self.others: list[str] = []

    def read(self) -> list[str]:
        """Read it; gives the parts that it names."""
        with self.reading.package.open(self.part) as stream:
            xml_stream.stream(stream, shown=self.reading.shown, start=self._start)
        return self.others

    def _start(self, name: str, a: Mapping[str, str]) -> None:
        if name == "vertex":
            self.object.points.extend((float(a["x"]), float(a["y"]), float(a["z"])))
        elif name == "triangle":
            self._triangle(a)
        elif name == "object":
            self.object = self.reading.objects.setdefault((self.part, a["id"]), _Object())
            self.default = self._prop(a.get("pid", ""), a.get("pindex", "0"))
        elif name == "component":
            self.object.components.append((self._target(a), _matrix(a.get("transform", ""))))
        elif name == "item" and self.is_root:
            self.reading.items.append((self._target(a), _matrix(a.get("transform", ""))))
        else:
            self._property(name, a)

    def _target(self, a: Mapping[str, str]) -> tuple[str, str]:
        path = next((value for name, value in a.items() if name.rpartition(" ")[2] == "path"), "")
        if not path:
            return self.part, a["objectid"]
        part = self.reading.package.resolve(path, base=self.part)
        self.others.append(part)
        return part, a["objectid"]

    def _triangle(self, a: Mapping[str, str]) -> None:
        self.object.corners.extend((int(a["v1"]), int(a["v2"]), int(a["v3"])))
        if "p1" not in a:
            self.object.props.extend((self.default,) * 3)
            return
        group = a.get("pid", self.group)
        first = self._prop(group, a["p1"])
        second, third = (self._prop(group, a[name]) if name in a else first for name in ("p2", "p3"))
        self.object.props.extend((first, second, third))

    def _prop(self, group: str, index: str) -> int:
        self.group = group or self.group
        start, count = self.reading.properties.starts.get((self.part, group), (0, 0))
        return start + int(index) if 0 <= int(index) < count else -1

    def _property(self, name: str, a: Mapping[str, str]) -> None:
        table = self.reading.properties
        if name in ("basematerials", "colorgroup", "texture2dgroup"):
            self.group = a["id"]
            self.picture = self.reading.textures.get((self.part, a.get("texid", "")), "")
            table.starts[self.part, a["id"]] = (len(table.colors), 0)
        elif name == "texture2d":
            self.reading.textures[self.part, a["id"]] = self.reading.package.resolve(a["path"], base=self.part)
        elif name in ("base", "color"):
            said = a.get("displaycolor", a.get("color", ""))
            self._add(color=_color(said, self.reading.shown), uv=(0.0, 0.0), texture="")
        elif name == "tex2coord":
            self._add(color=(255, 255, 255, 255), uv=(float(a["u"]), 1.0 - float(a["v"])), texture=self.picture)

    def _add(self, *, color: tuple[int, int, int, int], uv: tuple[float, float], texture: str) -> None:
        table = self.reading.properties
        table.add(color=color, uv=uv, texture=texture)
        start, count = table.starts.get((self.part, self.group), (len(table.colors) - 1, 0))
        table.starts[self.part, self.group] = (start, count + 1)


def _color(text: str, shown: str) -> tuple[int, int, int, int]:
    """sRGB of "#RRGGBB" or "#RRGGBBAA" (materials 1.2 §3)."""
    found = _COLOR.match(text)
    if found is None:
        raise SourceError("scan.bad_package", file=shown, reason=f"color {text[:20]}")
    rgb, alpha = found[1], found[2] or "FF"
    return int(rgb[:2], 16), int(rgb[2:4], 16), int(rgb[4:], 16), int(alpha, 16)


def _matrix(text: str) -> Floats:
    """(4, 4) for column vectors of a 3MF transform: twelve numbers of four rows, for row vectors (§3.3)."""
    matrix: NDArray[np.float64] = np.eye(4)
    if text:
        numbers = [float(word) for word in text.split()]
        if len(numbers) != 12 or not np.isfinite(numbers).all():
            raise ValueError(f"transform {text[:60]}")
        matrix[:3, :] = np.array(numbers).reshape(4, 3).T
    return matrix
