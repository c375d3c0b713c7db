"""A seal (ấn): a square plate of gilt bronze with mirrored characters under it, a crouching kylin as its knob."""

import numpy as np

from museum.demonstration import blades, carving, glyphs, kylin, ornament
from museum.demonstration.grain import drafted, noise
from museum.demonstration.model import Model
from museum.demonstration.surfaces import Floats, gilt_bronze, step
from museum.geometry.mesh import smooth_normals

SIDE_MM, PLATE_MM = 100.0, 30.0
TEXT = "樣本\n之寶"
_STEP_MM = 13.0  # the upper plate's height


def build(*, detail: float = 1.0, epoch: str = "") -> Model:
    """The seal, about 10 × 10 × 11 cm; `epoch` has no effect."""
    del epoch
    step_mm = 0.26 / np.sqrt(detail)
    plate, upper = _plate(step_mm), _upper(step_mm)
    vertices, faces = carving.joined([plate, upper, _knob(step_mm)])
    normals = smooth_normals(vertices, faces)
    vertices = vertices + normals * (0.06 * noise(vertices, scale_mm=9, seed=91))[:, None]
    hollow = carving.hollows(vertices, faces, reach_mm=2.2) * 1.6
    skin = gilt_bronze(vertices, hollow, normals[:, 1], seed=92)
    below = step(normals[:, 1], -0.6, -0.9) * step(vertices[:, 1], 2.6, 0.4)
    paste = below * np.clip(0.35 + 0.8 * skin.noise(14, 21), 0, 0.85)
    skin.lay((118, 24, 18), paste, roughness=0.7, metallic=0.1, light=(96, 30, 22))
    return skin.model(faces, name="gilt bronze")


def _plate(step_mm: float) -> carving.Shape:
    """The plate, lying on the face that prints: characters and frame stand 2.4 mm high, in the mirror."""
    body = carving.block(SIDE_MM, SIDE_MM, PLATE_MM, step_mm=step_mm * 1.15, side_step_mm=step_mm * 2)
    points = body.front_points
    x, y = points[..., 0], points[..., 1] - SIDE_MM / 2
    pixels = round(76 / step_mm)
    text = np.asarray(glyphs.text_field(TEXT, vertical=True, width_px=pixels, height_px=pixels), np.float64)
    letters = np.clip(carving.sampled(text, (38 - x) / 76, (y + 38) / 76) * 2.2, 0, 1)
    frame = ornament.band(body.edge[body.front], low=0, high=7.5, soft=0.6)
    relief = drafted(np.maximum(letters, frame), step_mm=step_mm, slope=2.2)
    body = carving.chipped(body, depth_mm=PLATE_MM, round_mm=1.2, chip_mm=2.2, scale_mm=16, seed=93)
    vertices = body.raised(2.4 * (carving.blur(relief, 0.15 / step_mm) - 1))
    # Its face is its underside.
    down = np.stack([vertices[:, 0], -vertices[:, 2] + PLATE_MM / 2, vertices[:, 1] - SIDE_MM / 2], axis=1)
    return _framed(down, half=SIDE_MM / 2, low=0.5, high=PLATE_MM, inset=4.4), body.faces


def _upper(step_mm: float) -> carving.Shape:
    """The step on the plate, with a key fret cut around it: lies with its front upwards."""
    side = SIDE_MM - 9
    body = carving.block(side, side, _STEP_MM, step_mm=step_mm * 1.6, side_step_mm=step_mm * 2)
    edge, place = body.edge[body.front], body.place[body.front]
    pitch = body.outline_mm / round(body.outline_mm / 9)
    fret = ornament.meander(place, edge - 3.0, pitch=pitch, width=6.6)
    rim = ornament.band(edge, low=0.8, high=1.8, soft=0.4)
    body = carving.chipped(body, depth_mm=_STEP_MM, round_mm=1.6, chip_mm=1.2, scale_mm=16, seed=94)
    vertices = body.raised(0.8 * carving.blur(np.maximum(fret, rim), 0.25 / step_mm))
    up = np.stack([vertices[:, 0], vertices[:, 2] + PLATE_MM + _STEP_MM / 2 - 1.5, side / 2 - vertices[:, 1]], axis=1)
    low = PLATE_MM - 1.5
    return _framed(up, half=side / 2, low=low + 1, high=low + _STEP_MM, inset=2.6), body.faces


def _framed(points: Floats, *, half: float, low: float, high: float, inset: float) -> Floats:
    """Points of a square plate with a thin line cut around each of its sides, `inset` from their edges."""
    x, y, z = points.T
    is_x = np.abs(x) >= np.abs(z)
    along, out = np.where(is_x, z, x), np.where(is_x, x, z)
    edge = np.minimum(np.minimum(y - low, high - y), half - np.abs(along))
    cut = 0.75 * step(np.abs(edge - inset), 0.85, 0.35) + 0.4 * step(np.abs(edge - inset - 1.9), 0.6, 0.2)
    cut *= step(np.abs(out), half - 1.6, half - 1.0) * np.sign(out)
    framed: Floats = points - np.stack([np.where(is_x, cut, 0.0), np.zeros(len(cut)), np.where(is_x, 0.0, cut)], axis=1)
    return framed


def _knob(step_mm: float) -> carving.Shape:
    body = kylin.body()
    vertices, faces = carving.skin(body, cell_mm=1.55, step_mm=step_mm * 1.6)
    normals = smooth_normals(vertices, faces)
    labels = body.labels(vertices)
    curled = labels == kylin.CURL
    shift = 0.62 * (labels == kylin.TRUNK) * _scales(vertices) + 0.10 * noise(vertices, scale_mm=5, seed=95)
    shift[curled] += 0.34 * kylin.snails(vertices[curled])
    laid, _ = blades.shells(kylin.blades(), step_mm=step_mm * 1.8)
    vertices, faces = carving.joined([(vertices + normals * shift[:, None], faces), laid])
    return vertices + np.array([0.0, PLATE_MM + _STEP_MM - 2.2, 1.0]), faces


def _scales(points: Floats) -> Floats:
    """Overlapping scales, 0..1, in rows along z around the trunk, their free edges towards the tail."""
    turn = np.arctan2(points[:, 0], points[:, 1] - 14)
    row = -points[:, 2] / 3.7
    number = np.floor(row)
    v = row - number
    u = (turn / (2 * np.pi) * 22 + 0.5 * (number % 2)) % 1.0 - 0.5
    tip = 0.34 + 0.62 * np.sqrt(np.clip(1 - (2 * u) ** 2, 0, 1))
    own = step(v, tip + 0.05, tip - 0.07)
    return own * (0.55 + 0.45 * v) + (1 - own) * 0.42 * v
