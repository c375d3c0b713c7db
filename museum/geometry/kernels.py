"""Every compiled kernel of this package, run once over something tiny: the compiler's work is then cached beside it.

Compiling takes half a minute, the first time a picture is made or when an installation is prepared (`make setup`).
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from museum.geometry import distance, levels, measures, photograph, radiograph, render, texture, unwrapping
from museum.geometry.camera import View
from museum.geometry.distance import Surface, Yardstick
from museum.geometry.mesh import Material, Mesh
from museum.geometry.photograph import Sitter
from museum.geometry.tileset import building

_FINE = 20_000
_SIDE = 16
_VIEW = View(up="Y")


def photographs() -> None:
    """Those that take pictures of finely meshed objects: in the studio, under ultraviolet, by X-rays."""
    ball = _ball(_FINE)
    sitter = Sitter.of(ball, fluorescence=np.zeros((len(ball.vertices_mm), 3), np.uint8))
    photograph.photograph(sitter, width_px=_SIDE, height_px=_SIDE, view=_VIEW, samples=24)
    photograph.ultraviolet(sitter, width_px=_SIDE, height_px=_SIDE, view=_VIEW, samples=24)
    radiograph.radiograph(sitter, width_px=_SIDE, height_px=_SIDE, view=_VIEW)


def renders() -> None:
    """Those that take pictures of every other scan, point clouds too."""
    ball = _ball(400)
    render.render(ball, width_px=_SIDE, height_px=_SIDE, samples=48)
    cloud = replace(ball, faces=ball.faces[:0], face_material=ball.face_material[:0])
    render.render(cloud, width_px=_SIDE, height_px=_SIDE, samples=48)


def distances() -> None:
    """Those that measure how far one surface is from another, what a scan is like, and bake it into pictures."""
    distance.deviation(_ball(400), _ball(200))
    ball = levels.with_normals(_ball(400))
    level = levels.fitted(levels.in_pieces(ball, max_faces=200, pieces=2), ball)
    shown = replace(ball, uv=np.zeros((len(ball.vertices_mm), 2)), materials=(_painted(),))
    unwrapping.unwrapped(level, shown, Surface.of(ball), texture_px=64)
    torn = ball.with_faces(ball.faces[9:], ball.face_material[9:])
    measures.measure(torn, Yardstick.of(torn, samples=400))


def tilesets() -> None:
    """Those that cut a scan into tiles: a mesh, one with a picture, a cloud."""
    ball = _ball(2000)
    painted = replace(ball, uv=np.zeros((len(ball.vertices_mm), 2)), materials=(_painted(),))
    cloud = replace(ball, faces=ball.faces[:0], face_material=ball.face_material[:0])
    with TemporaryDirectory(prefix="tiles-") as folder:
        for mesh in (ball, painted, cloud):
            building.build(mesh, Path(folder) / "ball.3tz", most=500)


def _painted() -> Material:
    """A material with a picture."""
    return Material(base_texture=texture.encoded(np.zeros((16, 16, 3), np.uint8)))


def _ball(faces: int) -> Mesh:
    """A closed sphere of about so many triangles, coloured."""
    wide = max(4, round((faces / 2) ** 0.5))
    rise = np.linspace(0, np.pi, wide + 1)[1:-1]
    turn = np.linspace(0, 2 * np.pi, wide, endpoint=False)
    height, around = (grid.ravel() for grid in np.meshgrid(rise, turn, indexing="ij"))
    body = np.stack([np.sin(height) * np.cos(around), np.cos(height), np.sin(height) * np.sin(around)], axis=1)
    points = np.concatenate([body, [[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]])
    here = np.arange(wide)
    beside = (here + 1) % wide
    rows = (np.arange(wide - 2) * wide)[:, None]
    p, q, r, s = ((rows + side + down).ravel() for down, side in ((0, here), (0, beside), (wide, here), (wide, beside)))
    top, last = len(body), len(body) - wide
    parts = [
        np.stack([p, q, s], axis=1), np.stack([p, s, r], axis=1), np.stack([here * 0 + top, beside, here], axis=1),
        np.stack([here * 0 + top + 1, last + here, last + beside], axis=1),
    ]  # fmt: skip
    faces_found = np.concatenate(parts).astype(np.int32)
    return Mesh(vertices_mm=points, faces=faces_found, colors=np.full((len(points), 4), 200, np.uint8), up_axis="Y")
