"""The plane that best mirrors a surface onto itself, with what is left over: said, never put right."""

from dataclasses import dataclass

import numpy as np

from museum.geometry.distance import Surface
from museum.geometry.levels import simplified, thinned
from museum.geometry.mesh import Floats, Mesh

_COARSE, _FINE = 200, 600
_AROUND = 12
_ROUNDS = 7
_FACES = 10_000  # a mirrored object lies far from itself unless it is symmetric: then a coarse one is as good
_CELLS = 40


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """`rms` is how far the mirrored surface lies from itself, in its unit; `normal` (3,) of the plane."""

    rms: float
    normal: tuple[float, float, float]


def mirror(mesh: Mesh, points: Floats) -> Mirror:
    """The best mirror plane among those through the middle, refined; `points` (n, 3) lie on the surface of `mesh`."""
    coarse = thinned(mesh, _FACES) if mesh.is_point_cloud else _bare(mesh)
    surface = Surface.of(coarse, most_cells=_CELLS)
    middle = points.mean(axis=0)
    axes = np.linalg.eigh(np.cov((points - middle).T))[1].T
    turns = np.arange(_AROUND) * np.pi / _AROUND
    standing = [np.array([np.cos(turn), 0.0, np.sin(turn)]) for turn in turns]
    lying = [np.array([np.cos(turn), np.sin(turn), 0.0]) for turn in turns]
    rms, normal = min(
        ((_rms(surface, points, _COARSE, one, middle), one) for one in (*axes, *standing, *lying)),
        key=lambda pair: pair[0],
    )  # fmt: skip
    rms, normal = _refined(surface, points, normal, middle)
    if normal[np.argmax(np.abs(normal))] < 0:
        normal = -normal
    return Mirror(rms=rms, normal=(float(normal[0]), float(normal[1]), float(normal[2])))


def _bare(mesh: Mesh) -> Mesh:
    return simplified(Mesh(vertices_mm=mesh.vertices_mm, faces=mesh.faces), max_faces=_FACES)


def _refined(surface: Surface, points: Floats, normal: Floats, middle: Floats) -> tuple[float, Floats]:
    """Turn and shift the plane by ever smaller steps while that helps."""
    best = _rms(surface, points, _FINE, normal, middle)
    size = float(np.ptp(points, axis=0).max())
    turn, shift = np.radians(6.0), 0.02 * size
    for _ in range(_ROUNDS):
        across = np.linalg.svd(normal[None, :])[2][1:]
        trials = [(normal + np.tan(turn) * sign * axis, middle) for axis in across for sign in (1, -1)]
        trials += [(normal, middle + shift * sign * normal) for sign in (1, -1)]
        judged = []
        for one, place in trials:
            unit = one / np.linalg.norm(one)
            judged.append((_rms(surface, points, _FINE, unit, place), unit, place))
        least = min(judged, key=lambda entry: entry[0])
        if least[0] < best:
            best, normal, middle = least
        else:
            turn, shift = turn / 2, shift / 2
    return best, normal


def _rms(surface: Surface, points: Floats, count: int, normal: Floats, middle: Floats) -> float:
    some = points[:: max(1, len(points) // count)]
    mirrored = some - 2 * ((some - middle) @ normal)[:, None] * normal
    return float(np.sqrt((surface.distances(mirrored) ** 2).mean()))
