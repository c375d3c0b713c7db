"""The compiled kernels of models and pictures, made before anybody waits for them: `make setup` runs this module."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from museum.demonstration import bronze, grain
from museum.demonstration.solids import Body
from museum.demonstration.turning import Outline
from museum.geometry import kernels


def models() -> None:
    """Those of this package: noise, carving, blended solids, turned outlines."""
    points = np.random.default_rng(1).random((12, 3)) * 10
    faces = np.array([[0, 1, 2], [2, 1, 3]], np.int32)
    grain.noise(points, scale_mm=3.0, seed=1)
    grain.cells(points, scale_mm=3.0, seed=1)
    grain.along(points[:, :2], points[:5, :2])
    grain.drafted(np.zeros((4, 4)), step_mm=1.0, slope=1.0)
    grain.averaged(points, faces, times=1)
    bronze.vertex_normals(points, faces)
    body = Body().add(_drop())
    body.distance(points)
    body.filled(points[0], 1.0, (2, 2, 2))
    body.labels(points)
    body.settled(points)
    body.heights(np.arange(3.0), np.arange(3.0), top=5.0, floor=-5.0)
    Outline.through([(10.0, 0.0), (12.0, 10.0), (8.0, 20.0)]).nearest(points)


def _drop() -> Body:
    body = Body()
    body.cone((0, 0, 0), (5, 0, 0), 2.0, 1.0, blend=1.0)
    return body


WORK: tuple[Callable[[], None], ...] = (
    kernels.photographs, models, kernels.renders, kernels.distances, kernels.tilesets,
)  # fmt: skip


def compile_all(*, workers: int) -> None:
    """Compile whatever isn't yet in the caches, the longest first."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(work) for work in WORK]:
            done.result()


if __name__ == "__main__":
    compile_all(workers=2)
