"""Photographs made for tests: seeded, photo-like, with whatever metadata is asked for."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Photograph = Callable[..., Path]


def picture(width: int, height: int, *, seed: int = 7) -> Image.Image:
    """Soft colour fields with grain: compresses and rounds like a photograph, and no two edges are alike."""
    noise = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bands = [
        128 + 60 * np.sin(x / 97 + band) * np.cos(y / 71 - band) + 40 * np.sin((x + y) / 301 + 2 * band)
        for band in range(3)
    ]
    pixels = np.stack(bands, axis=2) + noise.normal(0, 3, (height, width, 1))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGB")


@pytest.fixture
def photograph(tmp_path: Path) -> Photograph:
    """`photograph(name, width, height, mode=…, **save options)` writes a picture and gives its path."""

    def make(name: str, width: int = 300, height: int = 200, *, mode: str = "RGB", **options: object) -> Path:
        path = tmp_path / name
        image = picture(width, height).convert(mode)
        image.save(path, **options)
        return path

    return make
