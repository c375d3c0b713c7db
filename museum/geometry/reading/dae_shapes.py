"""COLLADA's meshes: triangles, polygons, strips and fans over sources of numbers (1.4.1, chapter 5 «mesh»)."""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from museum.errors import SourceError
from museum.geometry.mesh import Floats
from museum.geometry.reading import attributes, seams
from museum.geometry.reading.instances import Shape
from museum.geometry.reading.workspace import Workspace

_SURFACES = ("triangles", "polylist", "polygons", "tristrips", "trifans")


class Shapes:
    """The geometries of one document, each read once."""

    def __init__(self, ids: Mapping[str, Element], shown: str, workspace: Workspace) -> None:
        self._ids, self._shown, self._workspace = ids, shown, workspace
        self._read: dict[int, list[tuple[str, Shape]]] = {}

    def of(self, geometry: Element) -> list[tuple[str, Shape]]:
        """(symbol of the material, shape) of each part of a geometry. Raises SourceError scan.*."""
        if id(geometry) not in self._read:
            mesh = geometry.find("mesh")
            try:
                self._read[id(geometry)] = [] if mesh is None else list(self._parts(mesh))
            except (ValueError, KeyError, IndexError) as error:
                where = f"{geometry.attrib.get('id', '?')}: {error}"
                raise SourceError("scan.bad_xml", file=self._shown, line=0, reason=where[:120]) from error
        return self._read[id(geometry)]

    def _parts(self, mesh: Element) -> Iterator[tuple[str, Shape]]:
        for surface in mesh:
            if surface.tag not in _SURFACES:
                continue
            inputs = self._inputs(surface)
            stride = 1 + max(offset for _, offset, _ in inputs)
            corners = _corners(surface, stride)
            if len(corners):
                yield surface.attrib.get("material", ""), self._shape(inputs, corners)

    def _inputs(self, surface: Element) -> list[tuple[str, int, Element]]:
        """(what, at which offset, the source) of a surface; "VERTEX" is opened into what it holds."""
        found: list[tuple[str, int, Element]] = []
        for place in surface.findall("input"):
            offset = int(place.attrib.get("offset", "0"))
            if not 0 <= offset < 64:
                raise ValueError(f"offset {offset}")
            source = self._ids[place.attrib["source"].removeprefix("#")]
            if place.attrib["semantic"] == "VERTEX":
                found += [
                    (inner.attrib["semantic"], offset, self._ids[inner.attrib["source"].removeprefix("#")])
                    for inner in source.findall("input")
                ]
            else:
                found.append((place.attrib["semantic"], offset, source))
        if not any(what == "POSITION" for what, _, _ in found):
            raise ValueError("POSITION")
        return found

    def _shape(self, inputs: list[tuple[str, int, Element]], corners: NDArray[np.int64]) -> Shape:
        """`corners` (m, 3, stride) become faces over vertices that bear what their corners do."""
        tables: dict[str, tuple[int, Floats]] = {}
        for what, offset, source in inputs:
            if what not in tables:
                tables[what] = (offset, self._numbers(source))
        for offset, table in tables.values():
            largest = int(corners[:, :, offset].max())
            if largest >= len(table) or int(corners[:, :, offset].min()) < 0:
                raise SourceError("scan.bad_indices", file=self._shown, largest=largest, vertices=len(table))
        at, points = tables["POSITION"]
        others = sorted({offset for what, (offset, _) in tables.items() if offset != at})
        faces: NDArray[Any] = corners[:, :, at]
        if others:
            kinds, number = np.unique(corners[:, :, others].reshape(-1, len(others)), axis=0, return_inverse=True)
            split = seams.split(faces, number.reshape(-1, 3), vertices=len(points), workspace=self._workspace)
            points = np.concatenate([points, points[split.source]])
            own = np.arange(len(tables["POSITION"][1]))
            base = np.concatenate([own, split.source])
            chosen = {offset: kinds[split.prop, i] for i, offset in enumerate(others)}
            faces = split.faces
        else:
            base, chosen = np.arange(len(points)), {}

        def borne(what: str, width: int) -> Floats | None:
            if what not in tables or tables[what][1].shape[1] < width:
                return None
            offset, table = tables[what]
            found: Floats = table[chosen.get(offset, base)][:, :width]
            return found

        uv, shade, normals = borne("TEXCOORD", 2), borne("COLOR", 3), borne("NORMAL", 3)
        return Shape(
            vertices=points,
            faces=faces.astype(np.int32),
            material=np.zeros(len(faces), np.int32),
            normals=None if normals is None else attributes.unit(np.ascontiguousarray(normals)),
            colors=None if shade is None else self._colors(shade),
            uv=None if uv is None else attributes.flipped(uv),
        )

    def _colors(self, shade: Floats) -> "NDArray[np.uint8]":
        wide = np.full((len(shade), 4), np.nan, np.float32)
        wide[:, :3] = shade
        return attributes.color_bytes(wide, is_wide=False, workspace=self._workspace)

    @staticmethod
    def _numbers(source: Element) -> Floats:
        """(n, width) of a source, as its accessor cuts it."""
        array = source.find("float_array")
        accessor = source.find("technique_common/accessor")
        if array is None or accessor is None:
            raise ValueError(f"source {source.attrib.get('id', '?')}")
        values = _parsed(array.text or "", np.float64)
        count, stride = int(accessor.attrib["count"]), int(accessor.attrib.get("stride", "1"))
        offset = int(accessor.attrib.get("offset", "0"))
        if min(count, stride, offset) < 0 or stride > 64 or offset + count * stride > len(values):
            raise ValueError(f"accessor {source.attrib.get('id', '?')}: {count} × {stride} > {len(values)}")
        if int(array.attrib.get("count", len(values))) != len(values):
            raise ValueError(f"float_array {array.attrib['count']} ≠ {len(values)}")
        return values[offset : offset + count * stride].reshape(count, stride)


def _corners(surface: Element, stride: int) -> NDArray[np.int64]:
    """(m, 3, stride) indices of the triangles of a surface."""
    lists = [_parsed(p.text or "", np.int64) for p in surface.findall("p")]
    if any(len(p) % stride for p in lists):
        raise ValueError(f"{surface.tag} p {len(lists[0])} % {stride}")
    if surface.tag in ("triangles", "polylist"):
        rows = np.concatenate(lists).reshape(-1, stride) if lists else np.zeros((0, stride), np.int64)
        if surface.tag == "polylist":
            return _polygons(rows, _parsed(surface.findtext("vcount") or "", np.int64))
        if len(rows) % 3:
            raise ValueError(f"triangles p {len(rows)} % 3")
        found = rows.reshape(-1, 3, stride)
    else:
        found = _each([p.reshape(-1, stride) for p in lists], surface.tag, stride)
    stated = surface.attrib.get("count", "")
    if surface.tag == "triangles" and stated.isdigit() and int(stated) != len(found):
        raise ValueError(f"triangles count {stated} ≠ {len(found)}")
    return found


def _each(lists: list[NDArray[np.int64]], kind: str, stride: int) -> NDArray[np.int64]:
    pieces = [np.zeros((0, 3, stride), np.int64)]
    for rows in lists:
        if len(rows) < 3:
            continue
        last = np.arange(len(rows) - 2)
        if kind == "tristrips":
            index = np.stack([last, last + 1, last + 2], axis=1)
            index[1::2] = index[1::2, ::-1]
        else:
            index = np.stack([np.zeros_like(last), last + 1, last + 2], axis=1)
        pieces.append(rows[index])
    return np.concatenate(pieces)


def _polygons(rows: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    if (counts < 0).any() or int(counts.sum()) != len(rows):
        raise ValueError(f"vcount {int(counts.sum())} ≠ {len(rows)}")
    starts = np.cumsum(counts) - counts
    pieces = [np.zeros((0, 3), np.int64)]
    for corners in np.unique(counts):
        if corners >= 3:
            pieces.append(seams.fans(starts[counts == corners][:, None] + np.arange(corners)))
    return rows[np.concatenate(pieces)]


def _parsed(text: str, dtype: type) -> NDArray[Any]:
    if not text.strip():
        return np.zeros(0, dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return np.fromstring(text, dtype, sep=" ")
        except DeprecationWarning as error:
            raise ValueError("number") from error
