"""A tileset read back tile by tile, as a client gets it, and cut at mixed levels; scans to make tilesets of."""

import json
import struct
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.mesh import Floats, Ints, Mesh

Corners = NDArray[np.int64]
Edges = NDArray[np.int64]
_KINDS = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5122: np.int16, 5126: np.float32}
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


def vase(faces: int, *, seed: int = 7, is_colored: bool = True) -> Mesh:
    """A carved, painted vase of about so many triangles in millimetres, open above and below: 420 mm high."""
    around = int(np.sqrt(faces * 0.7))
    up = faces // 2 // around
    height, turn = np.meshgrid(
        np.linspace(0, 1, up + 1), np.linspace(0, 2 * np.pi, around, endpoint=False), indexing="ij"
    )
    random = np.random.default_rng(seed)
    radius = 120 + 50 * np.sin(height * 5.2 + 0.4)
    for k in range(1, 9):
        fine = 2.0**k
        carved = np.sin(fine * turn * 2 + random.random() * 6 + 3 * np.sin(height * fine))
        radius += 6 / fine * carved * np.cos(fine * 7 * height + random.random() * 6)
    points = np.stack([radius * np.cos(turn), height * 420, radius * np.sin(turn)], axis=2).reshape(-1, 3)
    colors = None
    if is_colored:
        paint = [120 + 30 * np.sin(9 * turn + 40 * height), 95 + 25 * np.cos(23 * height), 60 + 20 * np.sin(31 * turn)]
        noise = random.normal(0, 4, points.shape)
        colors = np.full((len(points), 4), 255, np.uint8)
        colors[:, :3] = np.clip(np.stack(paint, axis=2).reshape(-1, 3) + noise, 0, 255)
    row, here = np.arange(up)[:, None] * around, np.arange(around)
    beside = (here + 1) % around
    p, q, r, s = ((row + a).ravel() for a in (here, beside, here + around, beside + around))
    found = np.concatenate([np.stack([p, s, q], axis=1), np.stack([p, r, s], axis=1)]).astype(np.int32)
    return Mesh(vertices_mm=points, faces=found, colors=colors, has_scale=True, up_axis="Y")


@dataclass
class Tileset:
    """The archive at `path`, its tileset.json and every tile that was asked for."""

    path: Path
    json: dict[str, Any] = field(init=False)
    _read: dict[str, "Tile"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with zipfile.ZipFile(self.path) as opened:
            assert opened.testzip() is None
            self.json = json.loads(opened.read("tileset.json"))
            self.names = opened.namelist()

    def tile(self, name: str) -> "Tile":
        """One tile, read once."""
        if name not in self._read:
            with zipfile.ZipFile(self.path) as opened:
                self._read[name] = Tile.of(opened.read(name))
        return self._read[name]

    def cut(self, random: np.random.Generator, *, share: float) -> list[str]:
        """Tiles shown together: from the root down, each tile but the root is refined with the chance `share`."""

        def below(tile: dict[str, Any], *, is_root: bool = False) -> list[str]:
            if "children" in tile and (is_root or random.random() < share):
                return [name for child in tile["children"] for name in below(child)]
            return [tile["content"]["uri"]]

        return below(self.json["root"], is_root=True)

    def level(self, depth: int) -> list[str]:
        """All tiles of one level; 0 is the root's."""
        found = [self.json["root"]]
        for _ in range(depth):
            found = [child for tile in found for child in tile["children"]]
        return [tile["content"]["uri"] for tile in found]

    @property
    def leaves(self) -> list[str]:
        """The tiles that nothing refines."""
        return self.cut(np.random.default_rng(0), share=2)

    def mesh(self, names: list[str]) -> Mesh:
        """These tiles as one mesh in millimetres, in glTF's axes."""
        points, faces, count = [], [], 0
        for name in names:
            tile = self.tile(name)
            points.append(tile.positions_m * 1000)
            faces.append(tile.faces + count)
            count += len(tile.grid)
        return Mesh(vertices_mm=np.concatenate(points), faces=np.concatenate(faces).astype(np.int32), has_scale=True)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One tile's content as its reader decodes it."""

    json: dict[str, Any]
    attributes: dict[str, NDArray[np.generic]]
    faces: Ints
    data: bytes = b""

    @classmethod
    def of(cls, glb: bytes) -> "Tile":
        """Read the GLB."""
        magic, version, total = struct.unpack("<4sII", glb[:12])
        assert (magic, version, total) == (b"glTF", 2, len(glb))
        (length,) = struct.unpack("<I", glb[12:16])
        told, data = json.loads(glb[20 : 20 + length]), glb[28 + length :]

        def accessor(number: int) -> NDArray[np.generic]:
            said = told["accessors"][number]
            packed = told["bufferViews"][said["bufferView"]]["extensions"]["EXT_meshopt_compression"]
            stream = meshopt.decode(
                data[packed["byteOffset"] : packed["byteOffset"] + packed["byteLength"]],
                count=packed["count"], stride=packed["byteStride"], mode=packed["mode"],
                filter_name=packed.get("filter", "NONE"),
            )  # fmt: skip
            kind = np.dtype(_KINDS[said["componentType"]])
            rows = np.frombuffer(stream, kind).reshape(said["count"], packed["byteStride"] // kind.itemsize)
            return rows[:, : _WIDTH[said["type"]]]

        primitive = told["meshes"][0]["primitives"][0]
        attributes = {name: accessor(number) for name, number in primitive["attributes"].items()}
        faces = accessor(primitive["indices"]).reshape(-1, 3) if "indices" in primitive else np.zeros((0, 3))
        return cls(json=told, attributes=attributes, faces=faces.astype(np.int32), data=data)

    @property
    def grid(self) -> Floats:
        """(n, 3) positions as they are stored."""
        return self.attributes["POSITION"].astype(np.float64)

    @property
    def positions_m(self) -> Floats:
        """(n, 3) positions in the scene, without turning."""
        node = self.json["nodes"][0]
        result: Floats = self.grid * node["scale"] + node["translation"]
        return result

    @property
    def corners(self) -> Corners:
        """(m, 3) one number for the place of each corner: the same for the same bits of a position."""
        bits = self.attributes["POSITION"].astype(np.float32)
        whole = bits.astype(np.int64)
        assert (whole == bits).all() and (whole < 1 << 21).all(), "whole numbers of the grid"
        places = (whole[:, 0] << 42) | (whole[:, 1] << 21) | whole[:, 2]
        found: Corners = places[self.faces]
        return found


def open_edges(corners: list[Corners]) -> tuple[Edges, Edges]:
    """((k, 2) edges that are not run as often one way as the other, (l, 2) edges that one face alone has)."""
    whole = np.concatenate(corners)
    start, stop = whole.ravel(), whole[:, [1, 2, 0]].ravel()
    low, high = np.minimum(start, stop), np.maximum(start, stop)
    order = np.lexsort((high, low))
    low, high, way = low[order], high[order], np.where(start < stop, 1, -1)[order]
    first = np.flatnonzero(np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])])
    edges = np.stack([low[first], high[first]], axis=1)
    return edges[np.add.reduceat(way, first) != 0], edges[np.diff(np.r_[first, len(way)]) == 1]
