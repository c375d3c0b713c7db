"""One tile as a GLB: whole-number positions as 32-bit floats, normals, linear colours, all meshopt-compressed.

EXT_meshopt_compression 1.0: positions go through the EXPONENTIAL filter with exponent 0, so that a reader gets back
exactly the numbers of the common grid. Every tile has the same node: the same shader makes the same of the same vertex.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from museum.geometry import meshopt
from museum.geometry.color import to_linear, to_srgb
from museum.geometry.gltf_builder import FLOAT, SHORT, WORD, Builder, container
from museum.geometry.mesh import Bytes, Ints, Mesh
from museum.geometry.tileset.sheets import SIDE_PX, Sheet
from museum.geometry.tileset.snapping import Snapped

_NORMAL_BITS = 10
_MANTISSA = 0x00FF_FFFF
_TURN = {"Z": [-(0.5**0.5), 0.0, 0.0, 0.5**0.5], "X": [0.0, 0.0, 0.5**0.5, 0.5**0.5]}


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What all tiles of a scan have in common: where the grid stands, and what the asset says of itself."""

    nodes: tuple[Mapping[str, Any], ...]
    asset: Mapping[str, Any]

    @classmethod
    def of(cls, mesh: Mesh, snapped: Snapped, *, view_up: str = "", asset: Mapping[str, Any] | None = None) -> "Frame":
        """In metres where the mesh has scale; a stated Z or X axis is turned to glTF's Y, as in `glb.write_web_glb`."""
        scale = 0.001 if mesh.has_scale else 1.0
        origin = [float(v) * scale for v in snapped.origin]
        node = {"mesh": 0, "scale": [snapped.step * scale] * 3, "translation": origin}
        nodes: list[Mapping[str, Any]] = [node]
        if mesh.up_axis in _TURN:
            nodes.append({"children": [0], "rotation": _TURN[mesh.up_axis]})
        said = dict(asset or {})
        extras = dict(said.pop("extras", {}))
        extras |= {"has_scale": mesh.has_scale, "up_axis": mesh.up_axis, "view_up": mesh.up_axis or view_up}
        return cls(nodes=tuple(nodes), asset={"version": "2.0", "generator": "museum", **said, "extras": extras})


def write(
    snapped: Snapped, faces: Ints, numbers: Ints, frame: Frame, *, materials: Sequence[Mapping[str, Any]],
    sheet: Sheet | None = None,
) -> bytes:  # fmt: skip
    """The GLB of a tile: `faces` (k, 3) over its own vertices, whose `numbers` in the whole are given.

    One primitive for each of the whole's `materials` that it shows; with a `sheet` one alone, under that picture.
    """
    builder = Builder()
    if sheet is not None:
        textured = dict(materials[0])
        picture = builder.picture(sheet.picture, max_px=SIDE_PX, is_data=False)
        textured["pbrMetallicRoughness"] = {
            **textured["pbrMetallicRoughness"], "baseColorFactor": [1.0, 1.0, 1.0, 1.0], "baseColorTexture": picture,
        }  # fmt: skip
        return pack(builder, [_primitive(builder, snapped, faces, numbers, sheet.uv)], [textured], frame)
    if snapped.owner is None:
        return pack(builder, [_primitive(builder, snapped, faces, numbers)], [dict(materials[0])], frame)
    owner = snapped.owner[numbers[faces[:, 0]]]
    primitives: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    for number in np.unique(owner).tolist():
        primitives.append(_primitive(builder, snapped, faces[owner == number], numbers) | {"material": len(shown)})
        shown.append(dict(materials[number]))
    return pack(builder, primitives, shown, frame)


def _primitive(
    builder: Builder, snapped: Snapped, faces: Ints, numbers: Ints, uv: NDArray[np.float32] | None = None
) -> dict[str, Any]:
    ordered, order = _ordered(faces, len(numbers))
    found = attributes(builder, snapped, numbers[order])
    if uv is not None:
        words = np.rint(uv[order] * 65_535).astype(np.uint16)
        found["TEXCOORD_0"] = builder.attribute(words, kind="VEC2", component=WORD, normalized=True)
    return {"attributes": found, "indices": builder.triangles(ordered, len(order)), "material": 0, "mode": 4}


def pack(builder: Builder, primitives: list[dict[str, Any]], materials: list[dict[str, Any]], frame: Frame) -> bytes:
    """The GLB of what was built."""
    document = builder.document([dict(node) for node in frame.nodes], primitives, materials)
    document["asset"] = dict(frame.asset)
    return container(document, bytes(builder.data))


def attributes(builder: Builder, snapped: Snapped, numbers: NDArray[np.integer]) -> dict[str, int]:
    """Add positions, normals and colours of these vertices; gives glTF's attributes."""
    grid = snapped.grid[numbers]
    limits = [float(v) for v in grid.min(axis=0)], [float(v) for v in grid.max(axis=0)]
    found = {
        "POSITION": builder.attribute(
            grid & _MANTISSA, kind="VEC3", component=FLOAT, normalized=False, filter_name="EXPONENTIAL", limits=limits
        )
    }
    if snapped.normals is not None:
        rows = meshopt.octahedral(snapped.normals[numbers] / np.float32(32_767), bits=_NORMAL_BITS)
        found["NORMAL"] = builder.attribute(
            rows, kind="VEC3", component=SHORT, normalized=True, filter_name="OCTAHEDRAL"
        )
    if snapped.colors is not None:
        words, kind = color_words(snapped.colors[numbers])
        found["COLOR_0"] = builder.attribute(words, kind=kind, component=WORD, normalized=True)
    return found


def _ordered(faces: Ints, count: int) -> tuple[Ints, NDArray[np.integer]]:
    """(faces in an order that codec and graphics card like, the old numbers of their vertices in order of use)."""
    quick = meshopt.cache_order(faces, count)
    return meshopt.in_order_of_use(quick, count)


def color_words(colors: Bytes) -> tuple[NDArray[np.uint16], str]:
    """((n, 4) linear words of (n, 4) sRGB bytes, "VEC3" where all are opaque, else "VEC4")."""
    result = _linear_table()[colors]
    if (colors[:, 3] == 255).all():
        result[:, 3] = 0
        return result, "VEC3"
    result[:, 3] = colors[:, 3].astype(np.uint16) * 257
    return result, "VEC4"


@cache
def _linear_table() -> NDArray[np.uint16]:
    """(256,) for each sRGB byte the linear word with the most zeros at its end of those that come back as that byte.

    The codec stores the low byte of most colours in no bits at all then, and nothing is lost of the 8 bits given.
    """
    words = np.arange(65_536)
    comes_back = np.rint(to_srgb(words / 65_535) * 255).astype(np.int64)
    exact = np.rint(to_linear(np.arange(256) / 255) * 65_535).astype(np.int64)
    table = np.empty(256, np.uint16)
    for value in range(256):
        mine = words[comes_back == value]
        for zeros in range(16, -1, -1):
            rounded = mine[mine % (1 << zeros) == 0]
            if len(rounded):
                table[value] = rounded[np.argmin(np.abs(rounded - exact[value]))]
                break
    return table
