"""The studio: a large soft key light, a sky of fill light, a rim light, each with its own shadow."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from museum.geometry import raster
from museum.geometry.camera import Camera
from museum.geometry.mesh import Floats

SUBSETS = 4  # one for each of the 2 × 2 samples of a pixel: together they see every light

_KEY_COLOR = (1.0, 0.93, 0.84)
_RIM = (142.0, 34.0)
_RIM_COLOR = (0.86, 0.93, 1.0)
_SKY_COLOR = (0.80, 0.88, 1.0)
_GOLDEN = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True, kw_only=True)
class Lamps:
    """Where the key light stands relative to the camera (degrees), its angular radius, and how strong each light is.

    `bounce` is the share of the room's own warm light that comes back, `floor_shadow` how deep the floor's shadows are;
    `lift` is how far places are lifted off the surface before their light is looked up, in texels of a shadow map.
    """

    key_azimuth_deg: float = -48.0
    key_elevation_deg: float = 44.0
    key_radius_deg: float = 17.0
    key: float = 2.35
    rim: float = 1.35
    sky: float = 0.95
    bounce: float = 1.0
    floor_shadow: float = 1.0
    lift: float = 1.5


STUDIO = Lamps()
_RAKING = {
    "key_elevation_deg": 13.0,
    "key_radius_deg": 1.6,
    "key": 5.2,
    "rim": 0.0,
    "sky": 0.07,
    "bounce": 0.12,
    "floor_shadow": 0.35,
}
RAKING_LEFT = Lamps(key_azimuth_deg=-70.0, **_RAKING)
RAKING_RIGHT = Lamps(key_azimuth_deg=70.0, **_RAKING)


@dataclass(frozen=True, kw_only=True)
class Studio:
    """Lights ready for shading, grouped in SUBSETS of equal size one after the other.

    axes : (k, 3, 3) float32; placing : (k, 4) float32; power : (k, 3) float32 irradiance that light gives to a surface
    facing it when only its own subset shines; maps : (k, side, side) uint16; boxes : (b, 8) float32 soft boxes seen
    in reflections: direction, colour, cosine width, unused; key : (6,) direction and whole irradiance of the key light.
    """

    axes: NDArray[np.float32]
    placing: NDArray[np.float32]
    power: NDArray[np.float32]
    maps: NDArray[np.uint16]
    key_count: int
    boxes: NDArray[np.float32]
    key: NDArray[np.float32]


def build(
    points: NDArray[np.float32], faces: NDArray[np.int32], camera: Camera, *, samples: int = 96, side: int = 768,
    lamps: Lamps = STUDIO, is_closed: bool = False,
) -> Studio:  # fmt: skip
    """Set the lights around `points` (studio space) and draw their shadow maps; sooner where the object is closed."""
    key_count, rim_count = samples // (3 * SUBSETS), max(1, samples // (12 * SUBSETS))
    sky_count = max(4, samples // SUBSETS - key_count - rim_count)
    heading = math.degrees(math.atan2(-camera.axes[2, 0], -camera.axes[2, 2]))
    directions: list[Floats] = []
    power: list[Floats] = []
    key_direction = _direction(heading, lamps.key_azimuth_deg, lamps.key_elevation_deg)
    for subset in range(SUBSETS):
        key = _cone(key_direction, lamps.key_radius_deg, key_count, subset)
        rim = _cone(_direction(heading, *_RIM), 12.0, rim_count, subset)
        sky = _dome(sky_count, subset)
        directions += [key, rim, sky]
        power += [
            np.tile(np.array(_KEY_COLOR) * lamps.key / key_count, (key_count, 1)),
            np.tile(np.array(_RIM_COLOR) * lamps.rim / rim_count, (rim_count, 1)),
            _sky_light(sky, key_direction) * (lamps.sky / sky_count),
        ]
    all_directions = np.concatenate(directions)
    axes = np.stack([_frame(direction) for direction in all_directions]).astype(np.float32)
    placing = _placing(points, axes)
    return Studio(
        axes=axes,
        placing=placing,
        power=np.concatenate(power).astype(np.float32),
        maps=raster.shadow_maps(points, faces, axes, placing, side, is_closed),
        key_count=key_count,
        boxes=_boxes(heading, lamps),
        key=np.concatenate([key_direction, np.array(_KEY_COLOR) * lamps.key]).astype(np.float32),
    )


def _direction(heading: float, azimuth: float, elevation: float) -> Floats:
    turn, rise = math.radians(heading + azimuth), math.radians(elevation)
    return np.array([math.sin(turn) * math.cos(rise), math.sin(rise), math.cos(turn) * math.cos(rise)])


def _frame(direction: Floats) -> Floats:
    """Rows across, along and towards the light."""
    helper = np.array([0.0, 1.0, 0.0]) if abs(direction[1]) < 0.95 else np.array([1.0, 0.0, 0.0])
    across = np.cross(helper, direction)
    across /= np.linalg.norm(across)
    return np.stack([across, np.cross(direction, across), direction])


def _cone(centre: Floats, radius_deg: float, count: int, subset: int) -> Floats:
    """`count` of SUBSETS × count directions spread evenly over a round soft box."""
    frame = _frame(centre)
    number = np.arange(count) * SUBSETS + subset
    distance = np.sqrt((number + 0.5) / (count * SUBSETS)) * math.tan(math.radians(radius_deg))
    turn = number * _GOLDEN
    spread = frame[2] + np.outer(distance * np.cos(turn), frame[0]) + np.outer(distance * np.sin(turn), frame[1])
    unit: Floats = spread / np.linalg.norm(spread, axis=1, keepdims=True)
    return unit


def _dome(count: int, subset: int) -> Floats:
    """Directions spread evenly over the sky, a little below the horizon too."""
    number = np.arange(count) * SUBSETS + subset
    height = 1.0 - (number + 0.5) / (count * SUBSETS) * 1.12
    ring = np.sqrt(np.maximum(0, 1 - height**2))
    turn = number * _GOLDEN
    return np.stack([ring * np.cos(turn), height, ring * np.sin(turn)], axis=1)


def _sky_light(directions: Floats, key: Floats) -> Floats:
    """Cool from above, warmer towards the key, faint at the horizon."""
    upward = np.clip(directions[:, 1:2], 0, 1)
    towards = np.clip(directions @ key, 0, 1)[:, None]
    cool, warm = np.array(_SKY_COLOR), np.array(_KEY_COLOR)
    light: Floats = (0.30 + 0.70 * upward) * cool * 1.15 + 0.7 * towards**2 * warm
    return light


def _placing(points: NDArray[np.float32], axes: NDArray[np.float32]) -> NDArray[np.float32]:
    result = np.empty((len(axes), 4), np.float32)
    thin = points[:: max(1, len(points) // 6_000)]
    for i, frame in enumerate(axes):
        seen = thin @ frame.T
        low, high = seen.min(axis=0), seen.max(axis=0)
        half = float((high - low).max()) / 2 * 1.05
        middle = (low + high) / 2
        result[i] = middle[0], middle[1], half, middle[2] - half
    return result


def _boxes(heading: float, lamps: Lamps) -> NDArray[np.float32]:
    """Soft boxes as reflections see them: key, rim, and a tall strip on the right."""
    rows = []
    rim, sky = lamps.rim / STUDIO.rim, lamps.sky / STUDIO.sky
    key_width = max(4.0, lamps.key_radius_deg + 7)
    for azimuth, elevation, color, strength, width in (
        (lamps.key_azimuth_deg, lamps.key_elevation_deg, _KEY_COLOR, 5.2, key_width),
        (*_RIM, _RIM_COLOR, 5.0 * rim, 16.0),
        (78.0, 12.0, _SKY_COLOR, 1.3 * sky, 20.0),
        (-100.0, 20.0, _SKY_COLOR, 0.7 * sky, 22.0),
    ):
        direction = _direction(heading, azimuth, elevation)
        rows.append([*direction, *(strength * channel for channel in color), math.radians(width), 0.0])
    return np.array(rows, np.float32)
