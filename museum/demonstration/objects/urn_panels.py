"""The reliefs of an urn's belly: three rows of six motifs in low relief between plain rings."""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import glyphs
from museum.demonstration.grain import noise
from museum.demonstration.motifs import field, urns
from museum.demonstration.objects.urn_parts import Form
from museum.demonstration.turning import Turned

Floats = NDArray[np.float64]

RELIEF_MM = 11.0
NAME_MM = 10.0
_PANELS = 6
_FRONT = 1.5 * np.pi
_FILLED = 0.95  # share of a panel's width and height that its motif may take


def panel_relief(urn: str, body: Turned, form: Form) -> Floats:
    """(n,) millimetres of the motifs of `urn` on its turned body; the first panel of each row stands in front."""
    result = np.zeros(len(body.along))
    pitch = 2 * np.pi / _PANELS
    for panel in urns.panels(urn):
        low, high = form.rows[panel.row]
        place, _ = form.outline.at(np.array([(low + high) / 2]))
        width, height = pitch * float(place[0, 0]) * _FILLED, (high - low) * _FILLED
        margin = (high - low - height) / 2
        step = 0.85 * body.spacing
        size = round(width / step), round(height / step)
        near, value = body.stamped(
            _picture(panel.key, panel.han, size), middle=_FRONT - pitch * panel.column, width_mm=width,
            low=low + margin, high=high - margin,
        )  # fmt: skip
        result[near] += value * (NAME_MM if panel.category == "name" else RELIEF_MM)
    return result


def _picture(key: str, han: str, size: tuple[int, int]) -> NDArray[np.float32]:
    if key.startswith("name_"):
        return glyphs.text_field(han, width_px=size[0], height_px=size[1], vertical=True)
    return field.height_field(key, width_px=size[0], height_px=size[1])


def cast_skin(body: Turned, seed: int) -> Floats:
    """(n,) millimetres by which the casting is uneven: soft waves of the core, a finer grain of the mould."""
    broad = noise(body.vertices, scale_mm=420, seed=seed, octaves=2)
    fine = noise(body.vertices, scale_mm=38, seed=seed + 1, octaves=2)
    uneven: Floats = 1.5 * broad + 0.22 * fine
    return uneven
