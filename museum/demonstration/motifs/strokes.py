"""Tapered strokes, markings, graved folds, eyes and paws: what animals and figures have in common."""

from museum.demonstration.motifs import path
from museum.demonstration.motifs.ink import Ink


def limbs(ink: Ink, level: float, *strokes: str) -> None:
    """Legs and tails as tapered strokes."""
    for stroke in strokes:
        ink.fill(path.brush(stroke), level)


def coat(ink: Ink, *strokes: str) -> None:
    """Markings cut into the coat as tapered strokes."""
    for stroke in strokes:
        ink.sink(path.brush(stroke), 1)


def folds(ink: Ink, *lines: str, width: float = 0.6) -> None:
    """Graved lines: muscles, folds, hair."""
    ink.cut([path.line(text) for text in lines], width)


def eye(ink: Ink, x: float, y: float, radius: float, *, level: float = 0.95) -> None:
    """A round eye with its pupil bored."""
    ink.fill(path.ellipse(x, y, radius * 1.25, radius), level, 0.6)
    ink.sink(path.ellipse(x, y, radius * 0.42), 1)


def paw(ink: Ink, x: float, y: float, size: float, level: float) -> None:
    """A cat's paw seen from the side, toes to the left, three of them parted."""
    shape = f"{x - size},{y + 0.6} {x - size * 0.7},{y - size * 0.5} {x},{y - size * 0.75} {x + size * 0.7},{y - 0.4}"
    ink.fill(path.blob(f"{shape} {x + size * 0.6},{y + size * 0.5} {x - size * 0.6},{y + size * 0.55}"), level)
    for k in (0.62, 0.25):
        ink.cut(path.line(f"{x - size * k},{y - size * 0.15} {x - size * (k + 0.08)},{y + size * 0.45}"), 0.5)
