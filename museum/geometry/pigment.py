"""Materials and their pictures, packed in flat arrays that compiled shading reads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from museum.geometry import texture
from museum.geometry.mesh import Bytes, Material, Picture

LEVELS = 13
SLOTS = 4  # base, normal, surface, occlusion


@dataclass(frozen=True, kw_only=True)
class Pigments:
    """values : (k, 6) float32 base r, g, b (linear), metallic, roughness, unused; slots : (k, 4) int32 picture or -1;

    texels : flat (t, 3) uint8 of all pictures and their halvings; places : (p, LEVELS, 3) int64 start, width, height.
    """

    values: NDArray[np.float32]
    slots: NDArray[np.int32]
    texels: Bytes
    places: NDArray[np.int64]


def pack(materials: tuple[Material, ...], *, max_px: int = 4096) -> Pigments:
    """Decode every picture once, and halve it down to one pixel so that far surfaces do not glitter."""
    values = np.zeros((len(materials), 6), np.float32)
    slots = np.full((len(materials), SLOTS), -1, np.int32)
    chunks: list[Bytes] = [np.zeros((1, 3), np.uint8)]
    places: list[NDArray[np.int64]] = []
    known: dict[int, int] = {}
    start = 1
    for i, material in enumerate(materials):
        values[i] = (*material.base_color[:3], material.metallic, material.roughness, 0)
        pictures = (
            material.base_texture, material.normal_texture, material.surface_texture, material.occlusion_texture,
        )  # fmt: skip
        for slot, picture in enumerate(pictures):
            if picture is None:
                continue
            if id(picture.data) not in known:
                known[id(picture.data)] = len(places)
                place, start = _add(picture, chunks, start, max_px)
                places.append(place)
            slots[i, slot] = known[id(picture.data)]
    return Pigments(
        values=values, slots=slots, texels=np.concatenate(chunks),
        places=np.stack(places) if places else np.zeros((1, LEVELS, 3), np.int64),
    )  # fmt: skip


def _add(picture: Picture, chunks: list[Bytes], start: int, max_px: int) -> tuple[NDArray[np.int64], int]:
    level = texture.decode(picture, max_px=max_px)[:, :, :3]
    place = np.zeros((LEVELS, 3), np.int64)
    for i in range(LEVELS):
        height, width = level.shape[:2]
        place[i] = start, width, height
        chunks.append(np.ascontiguousarray(level).reshape(-1, 3))
        start += width * height
        level = _halved(level)
    return place, start


def _halved(level: Bytes) -> Bytes:
    height, width = level.shape[:2]
    wide = level[: max(1, height // 2 * 2), : max(1, width // 2 * 2)].astype(np.uint16)
    rows = wide[0::2] + wide[1::2] if height > 1 else wide * 2
    both = rows[:, 0::2] + rows[:, 1::2] if width > 1 else rows * 2
    return ((both + 2) // 4).astype(np.uint8)
