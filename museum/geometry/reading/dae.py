"""COLLADA 1.4.1 and 1.5 (.dae): the meshes of the shown scene at their places, with colours and textures."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import numpy as np

from museum.errors import SourceError
from museum.geometry.limits import ScanLimits
from museum.geometry.mesh import Floats, Material, Mesh
from museum.geometry.parts import PartsFolder
from museum.geometry.reading import dae_effects, dae_places, dae_shapes, xml_stream
from museum.geometry.reading.instances import Scene, Shape
from museum.geometry.reading.stated import Header
from museum.geometry.reading.workspace import Workspace
from museum.geometry.units import UNITS_MM

_AXES = {"X_UP": "X", "Y_UP": "Y", "Z_UP": "Z"}
_TREE_BYTES = 1 << 30  # a tree of it takes about three times as much memory
_DEPTH = 64


def header(path: Path, *, parts: PartsFolder, limits: ScanLimits) -> Header:
    """The unit and axis that the file states (`asset`), and the pictures that it names. Raises SourceError scan.*."""
    _check_size(path, parts.shown, limits)
    metres, axis, names = _stated(path, parts.shown)
    return Header(
        format="dae", vertices=None, faces=None, unit=_unit(metres)[0], up_axis=_AXES.get(axis, "Y"),
        references=parts.pictures({name: _plain(name) for name in names}),
    )  # fmt: skip


def pictures(path: Path, *, shown: str) -> list[str]:
    """The names of the pictures that the file asks for, without percent escapes. Raises SourceError scan.bad_xml."""
    return [_plain(name) for name in _stated(path, shown)[2]]


def _plain(name: str) -> str:
    return unquote(name.removeprefix("file:///").removeprefix("./"))


def _stated(path: Path, shown: str) -> tuple[str, str, list[str]]:
    """(metres in the unit, up axis, addresses of pictures), read without keeping the rest."""
    trail: list[str] = []
    text: list[str] = []
    names: list[str] = []
    metres = axis = ""

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal metres
        trail.append(name)
        text.clear()
        if trail == ["COLLADA", "asset", "unit"]:
            metres = attributes.get("meter", "")

    def end(name: str) -> None:
        nonlocal axis
        said = "".join(text).strip()
        if trail[1:] == ["asset", "up_axis"]:
            axis = said
        elif trail[1:3] == ["library_images", "image"] and name in ("init_from", "ref") and said:
            names.append(said)
        trail.pop()
        text.clear()

    def data(piece: str) -> None:
        if trail[-1] in ("up_axis", "init_from", "ref"):
            text.append(piece)

    with path.open("rb") as file:
        xml_stream.stream(file, shown=shown, start=start, end=end, text=data)
    return metres, axis, list(dict.fromkeys(names))


def _check_size(path: Path, shown: str, limits: ScanLimits) -> None:
    size = path.stat().st_size
    if size > min(_TREE_BYTES, limits.file_bytes):
        raise SourceError("scan.too_large", file=shown, bytes=size, limit=min(_TREE_BYTES, limits.file_bytes))


def _root(path: Path, shown: str, limits: ScanLimits) -> Element:
    _check_size(path, shown, limits)
    with path.open("rb") as file:
        root = xml_stream.tree(file, shown=shown)
    if root.tag != "COLLADA":
        raise SourceError("scan.bad_xml", file=shown, line=1, reason=f"<{root.tag}>")
    return root


def _unit(meter: str) -> tuple[str, float]:
    """(unit, factor to it) of `asset/unit/@meter`; a length that is no unit of ours is turned into metres."""
    try:
        metres = float(meter or "nan")
    except ValueError:
        return "", 1.0
    if not 0 < metres < 1e9:
        return "", 1.0
    known = next((name for name, mm in UNITS_MM.items() if abs(metres * 1000 / mm - 1) < 1e-6), "")
    return (known, 1.0) if known else ("m", metres)


def read(path: Path, *, header: Header, shown: str, workspace: Workspace) -> Mesh:
    """The scene as one mesh in the unit of `header`; raises SourceError scan.*."""
    root = _root(path, shown, workspace.limits)
    stated = root.find("asset/unit")
    factor = _unit("" if stated is None else stated.attrib.get("meter", ""))[1]
    return _Reading(root, header.references, shown, workspace).mesh(header.up_axis, factor)


class _Reading:
    def __init__(self, root: Element, references: Mapping[str, Path], shown: str, workspace: Workspace) -> None:
        self.root, self.shown = root, shown
        self.ids = {e.attrib["id"]: e for e in root.iter() if "id" in e.attrib}
        self.effects = dae_effects.Effects(self.ids, references)
        self.shapes = dae_shapes.Shapes(self.ids, shown, workspace)
        self.scene = Scene(workspace, shown=shown)
        self.materials: list[Material] = [Material(is_stated=False)]
        self.numbers: dict[str, int] = {}
        self.nodes = 0

    def mesh(self, up_axis: str, factor: float) -> Mesh:
        shown = self.root.find("scene/instance_visual_scene")
        scenes = [self._target(shown)] if shown is not None else self.root.findall("library_visual_scenes/visual_scene")
        start = np.diag([factor, factor, factor, 1.0])
        for scene in scenes[:1]:
            for node in scene.findall("node"):
                self._node(node, start, ())
        return self.scene.joined(self.materials, up_axis=up_axis)

    def _target(self, place: Element) -> Element:
        url = place.attrib.get("url", place.attrib.get("target", ""))
        found = self.ids.get(url.removeprefix("#"))
        if found is None:
            raise SourceError("scan.bad_xml", file=self.shown, line=0, reason=f"{place.tag} {url[:60]}")
        return found

    def _node(self, node: Element, matrix: Floats, above: tuple[int, ...]) -> None:
        self.nodes += 1
        if id(node) in above or len(above) > _DEPTH or self.nodes > 100_000:
            raise SourceError("scan.node_cycle", file=self.shown, node=node.attrib.get("id", "?"))
        above = (*above, id(node))
        try:
            matrix = matrix @ dae_places.local(node)
        except ValueError as error:
            raise SourceError(
                "scan.bad_xml", file=self.shown, line=0, reason=f"node {node.attrib.get('id', '?')}: {error}"[:120]
            ) from error
        for child in node:
            if child.tag == "node":
                self._node(child, matrix, above)
            elif child.tag == "instance_node":
                self._node(self._target(child), matrix, above)
            elif child.tag in ("instance_geometry", "instance_controller"):
                for shape in self._bound(child):
                    self.scene.place(shape, matrix)

    def _bound(self, instance: Element) -> Iterator[Shape]:
        geometry = self._target(instance)
        if geometry.tag == "controller":
            skin = geometry.find("skin")
            found = self.ids.get(skin.attrib.get("source", "").removeprefix("#")) if skin is not None else None
            if found is None:
                return
            geometry = found
        bound = {
            place.attrib.get("symbol", ""): place.attrib.get("target", "").removeprefix("#")
            for place in instance.iter("instance_material")
        }
        for symbol, shape in self.shapes.of(geometry):
            number = self._number(bound.get(symbol, symbol))
            yield Shape(
                vertices=shape.vertices, faces=shape.faces, normals=shape.normals, colors=shape.colors, uv=shape.uv,
                material=np.full(len(shape.faces), number, np.int32),
            )  # fmt: skip

    def _number(self, material: str) -> int:
        if material not in self.numbers:
            made = self.effects.material(material)
            if made is None:
                self.numbers[material] = 0
            else:
                self.materials.append(made)
                self.numbers[material] = len(self.materials) - 1
        return self.numbers[material]
