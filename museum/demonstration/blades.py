"""Parts that a potter or founder models apart and lays on: fins, locks, flames, whiskers, horns, teeth (millimetres).

Each is a closed shell drawn along a curve: a flat lens across, thin at its edges, or round.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from museum.demonstration.carving import Shape, joined
from museum.demonstration.ornament import smooth
from museum.demonstration.solids import Floats, Point


@dataclass(frozen=True, kw_only=True)
class Blade:
    """A blade along `points`: half width and half thickness as (place 0..1, millimetres) pairs; `face` looks out of it.

    `ribs` ridges run along it, each `rib_mm` high; `label` says what it is made of.
    """

    points: Sequence[Point]
    width: Sequence[tuple[float, float]]
    thick: Sequence[tuple[float, float]]
    face: Point = (0.0, 0.0, 1.0)
    ribs: int = 0
    rib_mm: float = 0.0
    label: int = 0


def round_blade(points: Sequence[Point], width: Sequence[tuple[float, float]], *, label: int) -> Blade:
    """A part that is as thick as wide: a whisker, a horn, a tooth."""
    return Blade(points=points, width=width, thick=width, label=label)


def shell(blade: Blade, *, step_mm: float) -> Shape:
    """The blade as a closed mesh with edges of about `step_mm`."""
    given = [tuple(float(c) for c in p) for p in blade.points]
    rough = smooth(given, 40)
    length = float(np.linalg.norm(np.diff(rough, axis=0), axis=1).sum())
    rows = int(np.clip(round(length / step_mm), 8, 400))
    spine = smooth(given, rows + 1)
    t = np.linspace(0, 1, rows + 1)
    wide, thick = _profile(blade.width, t), _profile(blade.thick, t)
    around = 2 * int(np.clip(round(2.2 * wide.max() / step_mm), 5 if blade.ribs == 0 else 4 * blade.ribs, 120))
    tangent = np.gradient(spine, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    face = np.asarray(blade.face, np.float64)
    side = np.cross(tangent, face / np.linalg.norm(face))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    out = np.cross(side, tangent)
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    across, up = np.cos(turn), np.sin(turn)
    height = thick[:, None] * up
    if blade.ribs:
        ridge = np.abs(np.cos(0.5 * np.pi * blade.ribs * across)) - 0.5
        swell = np.clip(wide / wide.max() * 1.6, 0, 1)[:, None]
        height = height + np.sign(up) * blade.rib_mm * ridge * np.abs(up) ** 0.4 * swell
    ring = spine[:, None] + side[:, None] * (wide[:, None] * across)[..., None] + out[:, None] * height[..., None]
    return _closed(ring, spine[0], spine[-1])


def shells(blades: Sequence[Blade], *, step_mm: float) -> tuple[Shape, Floats]:
    """All blades as one shape, and the label of each vertex."""
    parts = [shell(blade, step_mm=step_mm) for blade in blades]
    labels = [np.full(len(part[0]), float(blade.label)) for part, blade in zip(parts, blades, strict=True)]
    return joined(parts), np.concatenate(labels)


def mirrored(blades: Sequence[Blade], axis: int) -> list[Blade]:
    """The same blades seen in the mirror where coordinate `axis` is 0."""
    flip = np.ones(3)
    flip[axis] = -1
    return [
        Blade(
            points=[np.asarray(p, np.float64) * flip for p in blade.points], width=blade.width, thick=blade.thick,
            face=np.asarray(blade.face, np.float64) * flip, ribs=blade.ribs, rib_mm=blade.rib_mm, label=blade.label,
        )
        for blade in blades
    ]  # fmt: skip


def _profile(pairs: Sequence[tuple[float, float]], t: Floats) -> Floats:
    """Values at t through the pairs, eased at each of them."""
    places = np.array([pair[0] for pair in pairs])
    values = np.array([pair[1] for pair in pairs])
    number = np.clip(np.searchsorted(places, t, side="right") - 1, 0, len(places) - 2)
    share = np.clip((t - places[number]) / (places[number + 1] - places[number]), 0, 1)
    eased = 0.5 * share + 0.5 * share * share * (3 - 2 * share)
    result: Floats = values[number] + (values[number + 1] - values[number]) * eased
    return result


def _closed(ring: Floats, start: Floats, end: Floats) -> Shape:
    """(rows, around, 3) rings as a tube with a point at both ends; outside is outside."""
    rows, around = ring.shape[:2]
    number = np.arange(rows * around).reshape(rows, around)
    a, b = number[:-1], np.roll(number, -1, axis=1)[:-1]
    c, d = np.roll(number, -1, axis=1)[1:], number[1:]
    first, last = rows * around, rows * around + 1
    ends = [
        np.stack([np.roll(number[0], -1), number[0], np.full(around, first)], axis=1),
        np.stack([number[-1], np.roll(number[-1], -1), np.full(around, last)], axis=1),
    ]
    quads = [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    vertices = np.vstack([ring.reshape(-1, 3), start[None], end[None]])
    faces = np.concatenate([*quads, *ends]).astype(np.int32)
    signed = np.einsum("ij,ij->i", vertices[faces[:, 0]], np.cross(vertices[faces[:, 1]], vertices[faces[:, 2]])).sum()
    return vertices, faces if signed > 0 else faces[:, ::-1]
