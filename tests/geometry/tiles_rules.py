"""What OGC 3D Tiles 1.1 (22-025r4) asks of a tileset: checked by ourselves, for no validator is to be had from npm."""

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry.mesh import Floats
from tests.geometry.tilesets import Tile

_SLACK = 1e-6
_Y_UP_TO_Z_UP = np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])


def faults(path: Path) -> list[str]:
    """What is wrong with the archive at `path`; nothing: []."""
    with zipfile.ZipFile(path) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    told = json.loads(files.pop("tileset.json"))
    if front := told.get("asset", {}).get("extras", {}).get("front"):
        files.pop(front["uri"])  # our viewer's own: no tile may name it
    return list(_faults(told, files))


def _faults(told: dict[str, Any], files: dict[str, bytes]) -> Iterator[str]:
    if told.get("asset", {}).get("version") != "1.1":
        yield "asset.version is not 1.1"
    unknown = set(told) - {"asset", "geometricError", "root", "properties", "schema", "extras", "extensionsUsed"}
    if unknown:
        yield f"unknown properties {unknown} of the tileset"
    if not _is_error(told.get("geometricError")):
        yield "geometricError of the tileset"
    if "root" not in told:
        yield "no root"
        return
    if told["root"].get("refine") not in ("ADD", "REPLACE"):
        yield "the root must say how it refines"
    used: Counter[str] = Counter()
    yield from _tile(told["root"], told.get("geometricError", 0), None, files, used, "root")
    yield from (f"{name} is shown {used[name]} times" for name in files if used[name] != 1)


def _tile(
    tile: dict[str, Any], above: float, outer: NDArray[np.float64] | None, files: dict[str, bytes], used: Counter[str],
    place: str,
) -> Iterator[str]:  # fmt: skip
    unknown = set(tile) - {"boundingVolume", "geometricError", "refine", "content", "children", "transform", "extras"}
    if unknown:
        yield f"{place}: unknown properties {unknown}"
    error, box = tile.get("geometricError"), tile.get("boundingVolume", {}).get("box")
    if not _is_error(error):
        yield f"{place}: geometricError"
    elif error > above:
        yield f"{place}: an error of {error} below one of {above}"
    if not isinstance(box, list) or len(box) != 12 or not np.isfinite(box).all():
        yield f"{place}: no box of 12 numbers"
        return
    frame = np.array(box).reshape(4, 3)
    if (np.abs(np.linalg.det(frame[1:])) <= 0).any():
        yield f"{place}: a flat box"
    if outer is not None and not _is_inside(_corners(frame), outer):
        yield f"{place}: its box leaves that of its parent"
    if "content" in tile:
        uri = tile["content"].get("uri", "")
        used[uri] += 1
        if uri not in files:
            yield f"{place}: no file {uri}"
        elif not _is_inside(_points(files[uri]), frame):
            yield f"{place}: {uri} leaves its box"
    if tile.get("refine", "REPLACE") not in ("ADD", "REPLACE"):
        yield f"{place}: refine"
    if "children" in tile and not tile["children"]:
        yield f"{place}: children without any"
    for i, child in enumerate(tile.get("children", ())):
        yield from _tile(child, error if _is_error(error) else above, frame, files, used, f"{place}/{i}")


def _is_error(value: object) -> bool:
    return isinstance(value, int | float) and np.isfinite(value) and value >= 0


def _corners(frame: NDArray[np.float64]) -> Floats:
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    found: Floats = frame[0] + signs @ frame[1:]
    return found


def _is_inside(points: Floats, frame: NDArray[np.float64]) -> bool:
    shares = np.linalg.solve(frame[1:].T, (points - frame[0]).T)
    return bool(np.abs(shares).max() <= 1 + _SLACK + 1e-9 * np.abs(points).max() / np.abs(frame[1:]).max())


def _points(glb: bytes) -> Floats:
    """The vertices of a content in the tileset's frame: glTF's Y up becomes Z up."""
    tile = Tile.of(glb)
    matrix = np.eye(4)
    number = tile.json["scenes"][tile.json["scene"]]["nodes"][0]
    while True:
        node = tile.json["nodes"][number]
        matrix = matrix @ _matrix(node)
        if "mesh" in node:
            break
        (number,) = node["children"]
    placed: Floats = (np.c_[tile.grid, np.ones(len(tile.grid))] @ (_Y_UP_TO_Z_UP @ matrix).T)[:, :3]
    return placed


def _matrix(node: dict[str, Any]) -> NDArray[np.float64]:
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)))
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix
