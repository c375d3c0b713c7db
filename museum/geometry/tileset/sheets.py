"""Pictures cut for one tile: what its faces show of them, put side by side on a sheet of the tile's own.

Only base colours are cut; a material without a picture becomes a patch of its colour, so that a tile is one primitive.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.geometry import texture
from museum.geometry.color import to_linear, to_srgb
from museum.geometry.mesh import Bytes, Ints, Material, Mesh, Picture, shown_materials
from museum.geometry.tileset.snapping import Snapped

SIDE_PX = 4_096
_GUTTER = 3
_PATCH_PX = 8
_FINE, _QUALITY = 88, 80  # of JPEG: of the scan's own texels, and of those that others replace when one looks closer
_MOST_HALVINGS = 12


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A tile's own picture with the UV of its vertices on it, and how many halvings it is from the scan's pictures."""

    picture: Picture
    uv: NDArray[np.float32]
    halvings: int


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The pictures of all materials, each whole, halved, halved again …; (h, w, 3) uint8 sRGB."""

    levels: tuple[tuple[Bytes, ...], ...]
    is_plain: tuple[bool, ...]

    @classmethod
    def of(cls, mesh: Mesh) -> "Sources | None":
        """Decode them all; None where no material has a picture."""
        materials = shown_materials(mesh)
        if mesh.uv is None or not any(material.base_texture for material in materials):
            return None
        return cls(
            levels=tuple(_halved(_picture_of(material)) for material in materials),
            is_plain=tuple(material.base_texture is None for material in materials),
        )

    def cut(self, snapped: Snapped, faces: Ints, numbers: Ints, *, budget_px: int) -> Sheet:
        """What `faces` (k, 3) over own vertices show, on a sheet of at most about `budget_px` texels."""
        assert snapped.uv is not None
        owner = np.zeros(len(numbers), np.int32) if snapped.owner is None else snapped.owner[numbers]
        charts = _charts(faces, len(numbers))
        _, chart = np.unique(charts, return_inverse=True)
        sizes = np.array([levels[0].shape[1::-1] for levels in self.levels], np.float64)
        uv = snapped.uv[numbers].astype(np.float64)
        plain = np.array(self.is_plain)[owner]
        uv[plain] = 0.5
        low = np.full((int(chart.max()) + 1, 2), np.inf)
        np.minimum.at(low, chart, uv)
        texels = (uv - np.floor(low)[chart]) * sizes[owner]  # charts begin in the first repetition of their picture
        boxes, box_owner, box = _boxes(texels, chart, owner)
        for halvings in range(_MOST_HALVINGS):
            width, height, places = _packed(_sizes(boxes, halvings))
            if width * height <= budget_px * 1.3 and max(width, height) <= SIDE_PX:
                break
        sheet = np.zeros((height, width, 3), np.uint8)
        starts = np.floor(boxes[:, :2] / 2**halvings).astype(np.int64) - _GUTTER
        for i, ((x, y), (wide, high)) in enumerate(zip(places.tolist(), _sizes(boxes, halvings).tolist(), strict=True)):
            sheet[y : y + high, x : x + wide] = _crop(self.levels[box_owner[i]], halvings, starts[i], wide, high)
        moved = texels / 2**halvings - starts[box] + places[box]
        return Sheet(
            picture=texture.encoded(sheet, quality=_FINE if halvings == 0 else _QUALITY),
            uv=(moved / [width, height]).astype(np.float32),
            halvings=halvings,
        )


def texel(snapped: Snapped, faces: Ints, numbers: Ints, sheet: Sheet, sources: Sources) -> float:
    """The usual side of a texel on the surface, in the mesh's unit."""
    assert snapped.uv is not None
    points, uv = snapped.positions(numbers), snapped.uv[numbers].astype(np.float64)
    owner = np.zeros(len(numbers), np.int32) if snapped.owner is None else snapped.owner[numbers]
    sizes = np.array([levels[0].shape[1::-1] for levels in sources.levels], np.float64)
    texels = uv * sizes[owner] / 2**sheet.halvings
    a, b, c = (points[faces[:, i]] for i in range(3))
    surface = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    p, q, r = (texels[faces[:, i]] for i in range(3))
    u, v = q - p, r - p
    covered = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    seen = covered > 0
    return float(np.sqrt(surface[seen].sum() / covered[seen].sum())) if seen.any() else 0.0


def _sizes(boxes: NDArray[np.float64], halvings: int) -> NDArray[np.int64]:
    """(b, 2) width and height in texels that boxes take on a sheet, with their gutters."""
    sizes: NDArray[np.int64] = np.ceil((boxes[:, 2:] - boxes[:, :2]) / 2**halvings).astype(np.int64)
    return sizes + 2 * _GUTTER + 1


def _picture_of(material: Material) -> Bytes:
    """(h, w, 3) uint8 sRGB, the material's base colour multiplied in."""
    factor = np.asarray(material.base_color[:3], np.float64)
    if material.base_texture is None:
        color = np.rint(to_srgb(factor) * 255).astype(np.uint8)
        return np.broadcast_to(color, (_PATCH_PX, _PATCH_PX, 3)).copy()
    pixels = np.ascontiguousarray(texture.decode(material.base_texture, max_px=16_384)[..., :3])
    if (factor == 1).all():
        return pixels
    ramp = to_linear(np.arange(256) / 255)
    for i in range(3):
        pixels[..., i] = np.rint(to_srgb(ramp * factor[i]) * 255).astype(np.uint8)[pixels[..., i]]
    return pixels


def _halved(pixels: Bytes) -> tuple[Bytes, ...]:
    """The picture and its halves, quarters … down to one that no tile needs smaller."""
    found = [pixels]
    while min(found[-1].shape[:2]) > 1 and max(found[-1].shape[:2]) > _PATCH_PX:
        last = found[-1]
        height, width = last.shape[0] // 2 * 2, last.shape[1] // 2 * 2
        half = np.zeros((height // 2, width // 2, 3), np.uint16)
        for y in range(2):
            for x in range(2):
                half += last[y:height:2, x:width:2]
        found.append(((half + 2) // 4).astype(np.uint8))
    return tuple(found)


def _crop(levels: Sequence[Bytes], halvings: int, start: NDArray[np.int64], wide: int, high: int) -> Bytes:
    """(high, wide, 3) of a picture halved so often from `start` on; beyond its sides it repeats (glTF §3.8.4)."""
    level = min(halvings, len(levels) - 1)
    source, more = levels[level], 2 ** (halvings - level)
    rows = ((start[1] + np.arange(high)) * more) % source.shape[0]
    columns = ((start[0] + np.arange(wide)) * more) % source.shape[1]
    found: Bytes = source[rows][:, columns]
    return found


def _boxes(
    texels: NDArray[np.float64], chart: NDArray[np.int64], owner: Ints
) -> tuple[NDArray[np.float64], Ints, NDArray[np.int64]]:
    """((b, 4) rectangles x0 y0 x1 y1 in texels, whose picture each is of, (n,) the rectangle of each vertex)."""
    count = int(chart.max()) + 1
    boxes = np.concatenate([np.full((count, 2), np.inf), np.full((count, 2), -np.inf)], axis=1)
    np.minimum.at(boxes[:, :2], chart, texels)
    np.maximum.at(boxes[:, 2:], chart, texels)
    of = np.zeros(count, np.int32)
    of[chart] = owner
    into = _joined(boxes, of)
    kept, number = np.unique(into, return_inverse=True)
    return boxes[kept], of[kept], number[chart]


def _packed(sizes: NDArray[np.int64]) -> tuple[int, int, NDArray[np.int64]]:
    """(width, height, (b, 2) places) of rectangles in rows, the highest first."""
    order = np.argsort(-sizes[:, 1], kind="stable")
    width = int(max(sizes[:, 0].max(), np.ceil(np.sqrt(float(sizes.prod(axis=1).sum()) * 1.05))))
    width = -(-width // 4) * 4
    places = np.zeros_like(sizes)
    x = y = row = 0
    for i in order.tolist():
        wide, high = int(sizes[i, 0]), int(sizes[i, 1])
        if x + wide > width:
            x, y, row = 0, y + row, 0
        places[i] = x, y
        x, row = x + wide, max(row, high)
    return width, -(-(y + row) // 4) * 4, places


@njit(cache=True, nogil=True, error_model="numpy")
def _charts(faces, count):  # type: ignore[no-untyped-def]  # numba infers
    """(n,) one number for all vertices that faces connect."""
    parent = np.arange(count)
    for f in range(len(faces)):
        first = faces[f, 0]
        while parent[first] != first:
            parent[first] = parent[parent[first]]
            first = parent[first]
        for corner in range(1, 3):
            other = faces[f, corner]
            while parent[other] != other:
                parent[other] = parent[parent[other]]
                other = parent[other]
            parent[other] = first
    for i in range(count):
        root = i
        while parent[root] != root:
            root = parent[root]
        parent[i] = root
    return parent


@njit(cache=True, nogil=True, error_model="numpy")
def _joined(boxes, of):  # type: ignore[no-untyped-def]  # numba infers
    """(b,) for each box the one that it has become part of; `boxes` of those grow."""
    into = np.arange(len(boxes))
    for _ in range(2):
        for i in range(len(boxes)):
            if into[i] != i:
                continue
            for j in range(len(boxes)):
                if j == i or into[j] != j or of[i] != of[j]:
                    continue
                x0, y0 = min(boxes[i, 0], boxes[j, 0]), min(boxes[i, 1], boxes[j, 1])
                x1, y1 = max(boxes[i, 2], boxes[j, 2]), max(boxes[i, 3], boxes[j, 3])
                alone = (boxes[i, 2] - boxes[i, 0] + 8) * (boxes[i, 3] - boxes[i, 1] + 8)
                alone += (boxes[j, 2] - boxes[j, 0] + 8) * (boxes[j, 3] - boxes[j, 1] + 8)
                if (x1 - x0 + 8) * (y1 - y0 + 8) <= 1.15 * alone:  # so much waste is worth one rectangle less
                    boxes[i, 0], boxes[i, 1], boxes[i, 2], boxes[i, 3] = x0, y0, x1, y1
                    into[j] = i
    for i in range(len(boxes)):
        root = i
        while into[root] != root:
            root = into[root]
        into[i] = root
    return into
