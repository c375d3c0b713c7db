"""Fewer triangles lie where the surface lies, keep their colours, and leave no crack where pieces meet."""

from dataclasses import replace

import numpy as np

from museum.geometry import borders, levels
from museum.geometry.distance import deviation
from tests.geometry.shapes import sphere


def test_fitting_brings_triangles_nearer_and_keeps_what_belongs_together() -> None:
    ball = sphere(rings=120)
    level = levels.simplified(ball, max_faces=2_000)
    near = levels.fitted(level, ball)
    before, after = deviation(ball, level, samples=8_000), deviation(ball, near, samples=8_000)
    assert after.rms < 0.75 * before.rms, (before, after)
    assert borders.borders(near).count == 0
    assert levels.fitted(ball, ball) is ball


def test_seams_stay_closed_when_vertices_move() -> None:
    ball = sphere(rings=60)
    half = ball.vertices_mm[:, 0] > 0
    paint = np.full((len(half), 4), 255, np.uint8)
    paint[half] = (180, 30, 20, 255)
    corners = ball.faces.ravel()
    torn = replace(
        ball, vertices_mm=ball.vertices_mm[corners], colors=paint[corners],
        faces=np.arange(len(corners), dtype=np.int32).reshape(-1, 3),
    )  # fmt: skip
    level = levels.fitted(levels.simplified(torn, max_faces=1_500), torn)
    assert len(level.faces) <= 1_650 and borders.borders(level).count == 0


def test_pieces_meet_without_a_crack() -> None:
    ball = replace(sphere(rings=90), colors=None)
    level = levels.reduced(ball, max_faces=6_000, piece_faces=5_000)
    assert 5_000 < len(level.faces) < 9_000
    assert borders.borders(level).count == 0, "of 7 pieces none moved its border"
    alone = ball.with_faces(ball.faces[: len(ball.faces) // 2], ball.face_material[: len(ball.faces) // 2])
    assert borders.borders(alone).count > 0, "a crack would be seen"
    assert deviation(ball, level, samples=4_000).largest < 1.0
    assert levels.reduced(ball, max_faces=10**6) is ball
