"""Scan files as contractors send them, written for tests, and what our readers make of one."""

from pathlib import Path

import laspy
import numpy as np
import pye57

from museum.geometry.limits import DEFAULT_LIMITS
from museum.geometry.mesh import Mesh
from museum.geometry.parser import read_whole
from museum.geometry.reading.workspace import Workspace

POINTS = {
    "cách.xyz": "0 0 0\n1 0 0\n0 2 3\n",
    "phẩy.xyz": "0,0,0\n1,0,0\n0,2,3\n",
    "châu âu.xyz": "0,0 0,0 0,0\n1,0 0,0 0,0\n0,0 2,0 3,0\n",
    "chấm phẩy.xyz": "0;0;0\n1,0;0;0\n0;2,0;3\n",
    "tiêu đề.xyz": "# đợt 1\nX Y Z\n0 0 0\n1 0 0\n0 2 3\n",
    "đếm.pts": "3\n0 0 0 -500 1 2 3\n1 0 0 12 1 2 3\n0 2 3 9 1 2 3\n",
}


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def read(path: Path, *, salvage: bool = False) -> Mesh:
    """In this process, as the child does it."""
    return read_whole(path, (), path.name, DEFAULT_LIMITS, Workspace(salvage=salvage))[0]


def las(path: Path, *, points: int = 5000, kind: int = 3, colored: bool = True, wide: bool = True) -> Path:
    rng = np.random.default_rng(1)
    head = laspy.LasHeader(point_format=kind, version="1.4" if kind >= 6 else "1.2")
    head.scales, head.offsets = np.full(3, 0.001), np.array([560_000.0, 1_820_000.0, 0.0])
    cloud = laspy.LasData(head)
    cloud.x, cloud.y, cloud.z = rng.uniform(560_000, 560_030, points), rng.uniform(1_820_000, 1_820_020, points), (
        rng.uniform(0, 12, points)
    )  # fmt: skip
    if colored:
        for name, value in (("red", 200), ("green", 100), ("blue", 50)):
            cloud[name] = np.full(points, value * (257 if wide else 1), np.uint16)
    cloud.write(str(path))
    return path


def e57(path: Path, *, points: int = 3000, moved: float = 0.0) -> Path:
    rng = np.random.default_rng(2)
    with pye57.E57(str(path), mode="w") as file:
        for shift in (0.0, moved):
            data = {f"cartesian{a}": rng.uniform(0, size, points) for a, size in zip("XYZ", (3, 2, 1), strict=True)}
            data |= {f"color{c}": np.full(points, v, np.uint8) for c, v in (("Red", 10), ("Green", 20), ("Blue", 30))}
            file.write_scan_raw(data, rotation=np.array([1.0, 0, 0, 0]), translation=np.array([shift, 0.0, 0.0]))
    return path
