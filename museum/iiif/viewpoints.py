"""Where cameras, lights and notes stand around a model whose box was measured: Y up, in the model's own unit."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FIELD_OF_VIEW = 24.0  # degrees, vertical: as the poster and our own viewer
_MARGIN = 1.2
_ASPECT = 4 / 3  # of the picture that must hold the whole; a narrower window shows less of the sides
_DECIMALS = 6

Point = tuple[float, float, float]
# The axis that stands upright in the file → the turn (degrees around x, y, z) that brings it to Y.
TURNS: dict[str, Point] = {"Z": (-90.0, 0.0, 0.0), "X": (0.0, 0.0, 90.0)}


@dataclass(frozen=True, kw_only=True)
class Viewpoint:
    """A side to look from: its key among the phrases, azimuth (0 the front, growing to the right) and elevation."""

    name: str
    azimuth_deg: float
    elevation_deg: float


POSTER = Viewpoint(name="poster", azimuth_deg=-28, elevation_deg=9)
SIDES = (
    Viewpoint(name="front", azimuth_deg=0, elevation_deg=0),
    Viewpoint(name="right", azimuth_deg=90, elevation_deg=0),
    Viewpoint(name="back", azimuth_deg=180, elevation_deg=0),
    Viewpoint(name="left", azimuth_deg=-90, elevation_deg=0),
    Viewpoint(name="above", azimuth_deg=0, elevation_deg=75),
)


@dataclass(frozen=True, kw_only=True)
class Box:
    """The least and the greatest corner of a model, upright."""

    low: Point
    high: Point

    @property
    def middle(self) -> Point:
        """The center."""
        return _point((a + b) / 2 for a, b in zip(self.low, self.high, strict=True))

    @property
    def size(self) -> Point:
        """Width, height and depth."""
        return _point(b - a for a, b in zip(self.low, self.high, strict=True))

    @property
    def radius(self) -> float:
        """Of the ball around the box."""
        return math.dist(self.low, self.high) / 2


def box_of(fact: object, up_axis: str) -> Box | None:
    """The box that a model's facts state ([[x, y, z], [x, y, z]]), turned upright; None where they state none.

    A box without any extent, or with a number that is none, is no box.
    """
    if not (isinstance(fact, Sequence) and len(fact) == 2 and all(_is_point(corner) for corner in fact)):
        return None
    low, high = (_upright(corner, up_axis) for corner in fact)
    pairs = [sorted(pair) for pair in zip(low, high, strict=True)]
    box = Box(low=_point(p[0] for p in pairs), high=_point(p[1] for p in pairs))
    return box if box.radius > 0 else None


def distance(box: Box) -> float:
    """From the middle to a camera that sees the whole, whichever way the object is turned about Y."""
    tall = math.tan(math.radians(FIELD_OF_VIEW / 2))
    wide = math.sin(math.atan(tall * _ASPECT))
    girth = math.hypot(box.size[0], box.size[2]) / 2
    return max(box.size[1] / 2 / tall + girth * 0.6, girth / wide, box.radius) * _MARGIN


def place(box: Box, viewpoint: Viewpoint) -> Point:
    """Where the camera of this viewpoint stands."""
    way = direction(viewpoint)
    far = distance(box)
    return _point(m + far * w for m, w in zip(box.middle, way, strict=True))


def surface(box: Box, viewpoint: Viewpoint) -> Point:
    """The point of the box's surface that the viewpoint faces, for a note about that side."""
    way = direction(viewpoint)
    reach = min(s / 2 / abs(w) for s, w in zip(box.size, way, strict=True) if abs(w) > 1e-9)
    return _point(m + reach * w for m, w in zip(box.middle, way, strict=True))


def direction(viewpoint: Viewpoint) -> Point:
    """From the middle toward the viewpoint, of length 1."""
    azimuth, elevation = math.radians(viewpoint.azimuth_deg), math.radians(viewpoint.elevation_deg)
    level = math.cos(elevation)
    return _point((level * math.sin(azimuth), math.sin(elevation), level * math.cos(azimuth)))


def _is_point(corner: object) -> bool:
    return (
        isinstance(corner, Sequence)
        and len(corner) == 3
        and all(isinstance(v, int | float) and math.isfinite(v) for v in corner)
    )


def _upright(corner: Sequence[float], up_axis: str) -> Point:
    x, y, z = (float(v) for v in corner)
    return {"Z": (x, z, -y), "X": (-y, x, z)}.get(up_axis, (x, y, z))


def _point(values: Iterable[float]) -> Point:
    x, y, z = (round(v, _DECIMALS) + 0.0 for v in values)  # no -0.0
    return (x, y, z)
