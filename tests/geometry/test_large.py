"""What is done piece by piece for the sake of memory gives what doing it at once gives."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from museum.geometry import borders, chunks, distance, edges, facts, levels, pieces
from museum.geometry.distance import sample_surface
from museum.geometry.mesh import Mesh
from museum.geometry.reading.workspace import Workspace
from tests.geometry.shapes import sphere


def resident_file_kib() -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssFile:"))


def test_arrays_in_files_give_their_memory_back_and_keep_their_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(4 << 20, dtype=np.float64))
    array = np.asarray(np.load(tmp_path / "a.npy", mmap_mode="c"))
    before = resident_file_kib()
    total = array.sum()
    held = resident_file_kib() - before
    assert held > 30_000, "looked at, it takes its 32 MiB"
    part = array[5:].reshape(-1, 1)
    chunks.let_go(np.arange(3), None, part)
    assert resident_file_kib() - before < held / 4, "by whichever view it is named"
    assert array.sum() == total


def test_edges_are_counted_alike_in_one_heap_and_in_many(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ball = sphere(rings=40)
    torn = ball.with_faces(ball.faces[40:], ball.face_material[40:])
    fin = Mesh(vertices_mm=torn.vertices_mm, faces=np.concatenate([torn.faces, torn.faces[300:310, [1, 0, 2]]]))
    for mesh in (ball, torn, fin):
        at_once = facts.topology(mesh)
        with monkeypatch.context() as few:
            few.setattr(edges, "_HEAP_EDGES", 700)
            few.setattr(edges, "_HELD_BYTES", 512)
            assert len(list(edges.uses(mesh, Workspace(folder=tmp_path)))) > 10
            assert facts.topology(mesh, Workspace(folder=tmp_path)) == at_once
            assert facts.topology(mesh) == at_once, "without a folder all stays in memory"
    assert facts.topology(ball).is_watertight and facts.topology(fin).nonmanifold_edges > 0


def test_samples_lie_where_they_lie_without_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    ball = sphere(rings=40)
    at_once = sample_surface(ball, 5_000)
    monkeypatch.setattr(distance, "_AREAS", 500)
    in_parts = sample_surface(ball, 5_000)
    assert (np.abs(in_parts - at_once).max(axis=1) < 1e-9).mean() > 0.999


def test_pieces_share_places_not_only_vertices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every triangle has corners of its own, so no vertex is shared; a border that is held by places opens no crack."""
    ball = replace(sphere(rings=60), colors=None)
    paint = np.full((len(ball.vertices_mm), 4), 255, np.uint8)
    paint[ball.vertices_mm[:, 0] > 0] = (180, 30, 20, 255)  # two colours meet: seams across all pieces
    corners = ball.faces.ravel()
    torn = levels.merged(
        replace(
            ball, vertices_mm=ball.vertices_mm[corners], colors=np.repeat(paint[ball.faces[:, 0]], 3, axis=0),
            faces=np.arange(len(corners), dtype=np.int32).reshape(-1, 3),
        )
    )  # fmt: skip
    level = levels.in_pieces(torn, max_faces=4_000, pieces=8)
    assert len(level.faces) < 6_000 and borders.borders(level).count == 0
    of = pieces.Pieces.of

    def unlocked(mesh: Mesh, count: int) -> pieces.Pieces:
        found = of(mesh, count)
        return replace(found, shared=np.zeros_like(found.shared))

    monkeypatch.setattr(pieces.Pieces, "of", staticmethod(unlocked))
    assert borders.borders(levels.in_pieces(torn, max_faces=4_000, pieces=8)).count > 0, "without locks it would crack"


def test_a_painted_scan_keeps_the_axes_of_its_colours() -> None:
    grays = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 4, axis=1)
    assert levels._color_axes(grays).shape == (3, 1), "light to dark is one"
    hues = np.random.default_rng(3).integers(0, 256, (4000, 4)).astype(np.uint8)
    assert levels._color_axes(hues).shape == (3, 3)
    assert levels._color_axes(np.full((50, 4), 90, np.uint8)).shape == (3, 0) == levels._color_axes(None).shape
