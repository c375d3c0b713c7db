"""A bronze drum in the Đông Sơn manner, generated: face 79 cm across, 63 cm high, open below."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import bronze, joints, shapes
from museum.demonstration.grain import noise
from museum.demonstration.model import Model
from museum.demonstration.objects import drum_figures as figures
from museum.demonstration.surfaces import step
from museum.demonstration.turning import Outline, Turned, turn

Floats = NDArray[np.float64]
Pattern = Callable[[Floats, Floats, float], Floats]

FACE_MM = 790.0
HEIGHT_MM = 630.0
RAYS = 14
RELIEF_MM = 1.9
_WALL = 5.0
_SIDE = [
    (404, 0), (400, 14), (376, 60), (346, 120), (322, 190), (311, 262), (310, 318), (322, 356), (356, 400), (398, 446),
    (418, 492), (420, 530), (410, 568), (394, 592), (386, 606), (388, 616), (395, 622), (395, 628),
]  # fmt: skip


def build(*, detail: float = 1.0, epoch: str = "") -> Model:
    """The drum, its face up; it has one state, so any other `epoch` is a ValueError."""
    if epoch:
        raise ValueError(f"the drum has one state, not {epoch!r}")
    outline, lip = _outline()
    body = turn(
        outline, count=64 * max(6, round(24 * np.sqrt(detail))), coarse=lambda s: 1.0 if s > lip + 4 else 5.0,
    )  # fmt: skip
    spots = _relief(body, outline, lip)
    uneven = 0.7 * noise(body.vertices, scale_mm=210, seed=41, octaves=2) * step(np.abs(body.along - lip), 2, 30)
    cast = body.raised(spots * RELIEF_MM + uneven)
    parts = [(cast, body.faces)]
    for middle in (0.0, np.pi):
        for side in (-1, 1):
            parts.append(_handle(outline, middle + side * 0.105, detail))
    vertices, faces = shapes.joined(parts)
    touched, sheltered, joined = np.zeros(len(vertices)), np.zeros(len(vertices)), np.zeros(len(vertices))
    face = np.hypot(cast[:, 0], cast[:, 2])
    touched[: len(cast)] = np.where(cast[:, 1] > HEIGHT_MM - 8, np.exp(-((face / 90) ** 2)), 0)
    sheltered[: len(cast)] = np.clip((lip - body.along) / 60, 0, 1)
    joined[len(cast) :] = np.clip((6 - outline.nearest(vertices[len(cast) :])[0]) / 5, 0, 1)
    touched[len(cast) :] = 0.6
    return bronze.painted(
        vertices, faces, seed=43, name="bronze", touched=touched, sheltered=sheltered, joined=joined,
        corroded=np.zeros(len(vertices)), green=0.95, size_mm=900,
    )  # fmt: skip


def _outline() -> tuple[Outline, float]:
    """The outline from the pole inside over the foot's rim to the middle of the face, and the rim's arc length."""
    side = Outline.through([(float(r), float(y)) for r, y in _SIDE], step_mm=1.0)
    back = side.points - side.normals * _WALL
    inside = [(float(r), float(y)) for r, y in back[::-1][14::9] if y < HEIGHT_MM - 14]
    top = HEIGHT_MM
    inner = [(0.0, top - _WALL), (180.0, top - _WALL), (350.0, top - _WALL - 0.6)]
    rim = [(400.0, -1.5), *[(float(r), float(y)) for r, y in _SIDE]]
    face = [(391.0, top), (360.0, top), (180.0, top), (0.0, top)]
    whole = Outline.through([*inner, *inside, *rim, *face], step_mm=0.8)
    return whole, float(whole.along[int(whole.points[:, 1].argmin())])


def ring(offset: Floats, width: float) -> Floats:
    """A raised line with soft sides over an offset in millimetres."""
    return step(np.abs(offset), width / 2 + 0.7, width / 2 - 0.7)


def combed(place: Floats, out: Floats, width: float) -> Floats:
    """Short strokes across the band."""
    wave = np.abs((place / 5.2) % 1.0 - 0.5) * 5.2
    return step(wave, 1.9, 0.8) * step(np.abs(out - width / 2), width / 2 - 0.5, width / 2 - 1.8)


def circles(place: Floats, out: Floats, width: float) -> Floats:
    """Dotted circles joined by slanting lines."""
    u = (place / (1.25 * width)) % 1.0 - 0.5
    u, v = u * 1.25 * width, out - width / 2
    far = np.hypot(u, v)
    slant = ring((u * 0.62 - v * 0.78), 1.8) * (far > 0.36 * width) * (np.abs(v) < 0.42 * width)
    drawn: Floats = np.maximum.reduce([ring(far - 0.36 * width, 2.0), step(far, 0.15 * width, 0.07 * width), slant])
    return drawn


def teeth(place: Floats, out: Floats, width: float) -> Floats:
    """Two rows of triangles, points towards each other."""
    u = np.abs((place / 9.0) % 1.0 - 0.5) * 2
    v = out / width
    return np.maximum(step(1 - u - 2.1 * v, 0, 0.25), step(u - 2.1 * (1 - v), 0, 0.25)) * (v > 0.03) * (v < 0.97)


def frets(place: Floats, out: Floats, width: float) -> Floats:
    """Running S scrolls."""
    u = ((place / (1.5 * width)) % 1.0 - 0.5) * 1.5 * width
    v = out - width / 2
    side = np.where(u > 0, 1.0, -1.0)
    far = np.hypot(u - side * 0.37 * width, v)
    turn_at = np.arctan2(v * side, (u - side * 0.37 * width) * side)
    winding = (far - 0.055 * width * (turn_at + np.pi) + 0.5) % (0.30 * width) - 0.15 * width
    coil = ring(winding, 2.2) * (far < 0.40 * width)
    return np.where(np.abs(v) < 0.46 * width, coil, 0.0)


def _fitted(angle: Floats, radius: float, pattern: Pattern, width: float) -> Floats:
    """(n,) millimetres around a ring, stretched a little so that the pattern meets itself."""
    pitches: dict[Pattern, float] = {combed: 5.2, teeth: 9.0, circles: 1.25 * width, frets: 1.5 * width}
    pitch = pitches[pattern]
    return angle / (2 * np.pi) * round(2 * np.pi * radius / pitch) * pitch


def _relief(body: Turned, outline: Outline, lip: float) -> Floats:
    """(n,) 0..1 of the casting's drawing."""
    result = _face(body)
    s = body.along - lip
    end = outline.where(618, beyond=lip) - lip
    outside = (s > 0) & (s < end)
    radius = np.hypot(body.vertices[:, 0], body.vertices[:, 2])

    def at(height: float) -> float:
        return outline.where(height, beyond=lip) - lip

    drawing = np.zeros(len(s))
    bands: list[tuple[float, float, Pattern]] = [
        (40, 14, combed), (58, 20, circles), (82, 14, combed), (306, 12, combed), (322, 18, circles), (344, 12, combed),
        (566, 12, teeth), (582, 16, circles), (602, 10, combed),
    ]  # fmt: skip
    for height, width, pattern in bands:
        out = s - at(height)
        inside = (out > 0) & (out < width)
        wide = float(np.interp(at(height) + lip, outline.along, outline.points[:, 0]))
        fitted = _fitted(body.angle, wide, pattern, width)
        drawing[inside] = pattern(fitted[inside], out[inside], width)
        for edge in (-2.5, width + 2.5):
            drawing = np.maximum(drawing, ring(out - edge, 2.4))
    for number in range(6):
        drawing = _placed(
            body, drawing, figures.boat, number * np.pi / 3 + np.pi / 6, 350, at(452) + lip, at(560) + lip
        )
    for number in range(12):
        middle = (number + 0.5) * np.pi / 6
        drawing = _placed(body, drawing, figures.dancer, middle, 100, at(126) + lip, at(290) + lip)
        across = ((body.angle - number * np.pi / 6 + np.pi) % (2 * np.pi) - np.pi) * radius
        column = (np.abs(across) < 17) & (s > at(112)) & (s < at(298))
        drawing[column] = combed(s[column], across[column] + 12, 24.0)
        for edge in (-14.5, 14.5):
            tall = (s > at(112)) & (s < at(298))
            drawing = np.maximum(drawing, ring(across - edge, 2.4) * tall)
    return np.maximum(result, np.where(outside, drawing, 0))


def _placed(
    body: Turned, drawing: Floats, draw: Callable[[], str], middle: float, width: float, low: float, high: float
) -> Floats:
    """The drawing with a figure of a stated width laid between two arc lengths."""
    picture = figures.figure(draw, max(24, round(width / max(0.8, 0.6 * body.spacing))))
    tall = width * picture.shape[0] / picture.shape[1]
    centre = (low + high) / 2
    near, value = body.stamped(picture, middle=middle, width_mm=width, low=centre - tall / 2, high=centre + tall / 2)
    drawing[near] = np.maximum(drawing[near], value)
    return drawing


def _face(body: Turned) -> Floats:
    """(n,) 0..1: the star with plumes between its rays, rings of ornament, two rings of birds."""
    x, z = body.vertices[:, 0], body.vertices[:, 2]
    radius, is_face = np.hypot(x, z), body.vertices[:, 1] > HEIGHT_MM - 1.5
    turn_at = body.angle
    pitch = 2 * np.pi / RAYS
    off = np.abs((turn_at + pitch / 2) % pitch - pitch / 2)
    reach = 20 + 50 * np.clip(1 - off / (pitch / 2), 0, 1) ** 1.05
    result = step(radius - reach, 0.8, -0.8) * 1.7
    between = np.abs((turn_at % pitch) - pitch / 2) * radius
    vee = ring(between - 0.30 * (radius - 42), 2.0) * (radius > 44) * (radius < 70)
    inner_vee = ring(between - 0.30 * (radius - 55), 1.8) * (radius > 56) * (radius < 70)
    result = np.maximum.reduce([result, vee, inner_vee])
    bands: list[tuple[float, float, Pattern]] = [
        (74, 11, combed), (88, 17, circles), (108, 11, combed), (124, 24, frets), (206, 11, combed), (220, 17, circles),
        (240, 11, teeth), (318, 11, combed), (332, 17, circles), (352, 17, circles), (372, 11, combed),
    ]  # fmt: skip
    for start, width, pattern in bands:
        out = radius - start
        inside = (out > 0) & (out < width)
        fitted = _fitted(turn_at, start + width / 2, pattern, width)
        result[inside] = pattern(fitted[inside], out[inside], width)
        for edge in (-1.8, width + 1.8):
            result = np.maximum(result, ring(out - edge, 2.0))
    for count, middle, width in ((10, 177.0, 92.0), (16, 284.0, 104.0)):
        picture = figures.figure(figures.bird, max(24, round(width / max(0.7, 0.55 * body.spacing))))
        tall = width * picture.shape[0] / picture.shape[1]
        u = ((turn_at / (2 * np.pi) * count) % 1.0 - 0.5) * 2 * np.pi * middle / count / width + 0.5
        v = 0.5 - (radius - middle) / tall
        inside = is_face & (u > 0) & (u < 1) & (v > 0) & (v < 1)
        i = np.clip((v[inside] * picture.shape[0]).astype(int), 0, picture.shape[0] - 1)
        j = np.clip((u[inside] * picture.shape[1]).astype(int), 0, picture.shape[1] - 1)
        result[inside] = np.maximum(result[inside], picture[i, j])
    return np.where(is_face, result, 0.0)


def _handle(outline: Outline, angle: float, detail: float) -> tuple[Floats, NDArray[np.int32]]:
    """A strap from the bulge to the waist, three plaited cords wide."""
    around = 16 * max(2, round(4 * np.sqrt(detail)))
    rows = max(24, round(70 * np.sqrt(detail)))
    bend = shapes.spline(
        [(384, 470), (414, 462), (440, 446), (448, 418), (430, 380), (392, 340), (350, 312), (318, 300), (292, 296)],
        501,
    )
    path = np.stack([bend[:, 0] * np.cos(angle), bend[:, 1], -bend[:, 0] * np.sin(angle)], axis=1)
    beside = np.array([-np.sin(angle), 0.0, -np.cos(angle)])
    section = joints.rounded(np.full(501, 46.0), np.full(501, 12.0), around=around, power=3.0)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(bend, axis=0), axis=1))])[:, None]
    across = section[:, :, 0]
    cord = np.abs(np.sin(np.pi * across / 15.3)) * (
        0.7 + 0.3 * np.sin((length + np.sign(np.sin(np.pi * across / 15.3)) * across * 1.4) * 2 * np.pi / 11)
    )
    ends = np.minimum(length, length[-1] - length)
    section[:, :, 1] *= 1 + 0.34 * (cord - 0.4) * np.clip((ends - 50) / 14, 0, 1)
    grid = joints.swept(path, section, up=beside)
    middle = len(grid) // 2
    one = joints.rooted(grid[middle::-1], outline, fillet_mm=5, rows=rows)
    other = joints.rooted(grid[middle:], outline, fillet_mm=5, rows=rows)
    return joints.closed(np.concatenate([one[::-1], other[1:]]))
