"""Where the picture is taken from: an orbit around the object and a lens that frames it."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from museum.geometry.mesh import Floats

_TO_Y_UP = {
    "Y": np.eye(3),
    "Z": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "X": np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]),
}
_WHOLE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class View:
    """An orbit: `azimuth_deg` turns to the object's left side when negative, `elevation_deg` looks down when positive.

    `up` is the axis that stands ("" = Y); azimuth 0 looks at the front (+Z of glTF, −Y where Z stands). `margin` is
    the part of the frame's height kept free above and below. `region` (x, y, width, height in shares of the frame)
    shows that part of it only, at the picture's full size: a close-up from the same place.
    """

    azimuth_deg: float = -28.0
    elevation_deg: float = 9.0
    up: str = ""
    fov_deg: float = 24.0
    margin: float = 0.085
    region: tuple[float, float, float, float] = _WHOLE


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A pinhole with lens shift: `eye` (3,), `axes` (3, 3) rows right, up, forward; pixels per unit and centre."""

    eye: Floats
    axes: Floats
    focal_px: float
    centre_x: float
    centre_y: float

    def project(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 3) float32 pixel x, pixel y (down) and 1 / depth; the last is not positive behind the eye."""
        seen = (points - self.eye) @ self.axes.T
        depth = seen[:, 2]
        inverse = np.where(depth > 1e-4, 1 / np.where(depth > 1e-4, depth, 1), -1)
        return np.stack(
            [
                self.centre_x + self.focal_px * seen[:, 0] * inverse,
                self.centre_y - self.focal_px * seen[:, 1] * inverse,
                inverse,
            ],
            axis=1,
        ).astype(np.float32)


def studio_turn(up: str) -> Floats:
    """(3, 3) rotation that stands the object on the studio's floor (Y up)."""
    return _TO_Y_UP[up or "Y"]


def framed(points: NDArray[np.float32], view: View, *, width_px: int, height_px: int) -> Camera:
    """The camera on `view`'s orbit that shows all `points` (studio space, Y up) as large as the margins allow."""
    x_share, y_share, w_share, h_share = view.region
    if view.region != _WHOLE:
        width, height = width_px / w_share, height_px / h_share
        whole = framed(points, replace(view, region=_WHOLE), width_px=round(width), height_px=round(height))
        return replace(whole, centre_x=whole.centre_x - x_share * width, centre_y=whole.centre_y - y_share * height)
    turn, rise = math.radians(view.azimuth_deg), math.radians(view.elevation_deg)
    forward = -np.array([math.sin(turn) * math.cos(rise), math.sin(rise), math.cos(turn) * math.cos(rise)])
    right = np.array([math.cos(turn), 0.0, -math.sin(turn)])
    axes = np.stack([right, np.cross(right, forward), forward])
    focal = height_px / 2 / math.tan(math.radians(view.fov_deg) / 2)
    half_h = height_px * (0.5 - view.margin)
    half_w = width_px * 0.5 - height_px * view.margin
    local = points.astype(np.float64) @ axes.T
    # The lens is shifted so that the object stands in the middle: only its size on the film decides the distance.
    near = float(local[:, 2].min())
    low, high = near - 400.0, near - 0.05
    for _ in range(60):
        middle = (low + high) / 2
        if _fits(local, middle, focal, half_w, half_h):
            low = middle
        else:
            high = middle
    depth = local[:, 2] - low
    base_x, base_y = _aim(local)
    x = focal * (local[:, 0] - base_x) / depth
    y = focal * (local[:, 1] - base_y) / depth
    eye = np.array([base_x, base_y, low]) @ axes
    return Camera(
        eye=eye,
        axes=axes,
        focal_px=focal,
        centre_x=width_px / 2 - float(x.min() + x.max()) / 2,
        centre_y=height_px / 2 + float(y.min() + y.max()) / 2,
    )


def _aim(local: Floats) -> tuple[float, float]:
    return float(local[:, 0].min() + local[:, 0].max()) / 2, float(local[:, 1].min() + local[:, 1].max()) / 2


def _fits(local: Floats, eye_z: float, focal: float, half_w: float, half_h: float) -> bool:
    base_x, base_y = _aim(local)
    depth = local[:, 2] - eye_z
    x, y = (local[:, 0] - base_x) / depth, (local[:, 1] - base_y) / depth
    return bool(focal * np.ptp(x) <= 2 * half_w and focal * np.ptp(y) <= 2 * half_h)
