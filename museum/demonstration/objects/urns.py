"""Nine three-footed bronze urns after the type of the Nine Dynastic Urns, generated: no measurement of a real urn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import bronze, shapes
from museum.demonstration.model import Model
from museum.demonstration.objects import urn_parts
from museum.demonstration.objects.urn_panels import cast_skin, panel_relief
from museum.demonstration.turning import Outline, Turned, turn

Floats = NDArray[np.float64]

BEFORE, AFTER = ("before", "1", ""), ("after", "2")

DENT_DEPTH_MM = 20.0
"""Depth of the dent of the later epoch of "cao", at its middle."""
DENT_SIGMA_MM = 42.0
"""Standard deviation of the dent, a Gaussian of the distance from its axis."""
DENT_AT_MM = (-409.7, 1330.0, 709.6)
"""Where the dent's axis meets the belly, left of the name; it points inward, level and through the urn's own axis."""
LOSS_DEPTH_MM = 1.5
"""Metal lost to corrosion in the patch of the later epoch of "cao"."""
LOSS_RADIUS_MM = (70.0, 95.0)
"""Full loss within the first radius of the patch's middle, none beyond the second, smooth between."""
LOSS_AT_MM = (410.0, 1251.0, 710.1)
"""The middle of the corroded patch, on the belly, right of the name."""


@dataclass(frozen=True, kw_only=True)
class UrnType:
    """What makes one urn differ: millimetres; ears "plain", "rope", "angular"; feet "knee", "paw", "ring".

    belly_at : height of the widest place as a share of the body; green 0..1 is how much verdigris it has
    """

    height: float
    mouth: float
    belly: float
    belly_at: float
    neck: float
    ear: str
    foot: str
    beads: int
    green: float
    seed: int


URNS: dict[str, UrnType] = {
    "cao": UrnType(
        height=2500,
        mouth=1390,
        belly=1640,
        belly_at=0.46,
        neck=1240,
        ear="angular",
        foot="knee",
        beads=108,
        green=0.55,
        seed=11,
    ),
    "nhan": UrnType(
        height=2310,
        mouth=1370,
        belly=1600,
        belly_at=0.50,
        neck=1230,
        ear="plain",
        foot="paw",
        beads=96,
        green=0.62,
        seed=12,
    ),
    "chuong": UrnType(
        height=2340,
        mouth=1360,
        belly=1590,
        belly_at=0.44,
        neck=1210,
        ear="rope",
        foot="ring",
        beads=120,
        green=0.5,
        seed=13,
    ),
    "anh": UrnType(
        height=2360,
        mouth=1380,
        belly=1620,
        belly_at=0.52,
        neck=1250,
        ear="plain",
        foot="knee",
        beads=0,
        green=0.42,
        seed=14,
    ),
    "nghi": UrnType(
        height=2330,
        mouth=1350,
        belly=1585,
        belly_at=0.47,
        neck=1200,
        ear="rope",
        foot="paw",
        beads=90,
        green=0.72,
        seed=15,
    ),
    "thuan": UrnType(
        height=2350,
        mouth=1365,
        belly=1600,
        belly_at=0.49,
        neck=1225,
        ear="angular",
        foot="ring",
        beads=132,
        green=0.48,
        seed=16,
    ),
    "tuyen": UrnType(
        height=2380,
        mouth=1390,
        belly=1625,
        belly_at=0.45,
        neck=1245,
        ear="rope",
        foot="knee",
        beads=100,
        green=0.66,
        seed=17,
    ),
    "du": UrnType(
        height=2345,
        mouth=1355,
        belly=1595,
        belly_at=0.51,
        neck=1215,
        ear="plain",
        foot="ring",
        beads=114,
        green=0.45,
        seed=18,
    ),
    "huyen": UrnType(
        height=2320,
        mouth=1410,
        belly=1610,
        belly_at=0.48,
        neck=1255,
        ear="angular",
        foot="paw",
        beads=84,
        green=0.58,
        seed=19,
    ),
}


def build(*, urn: str = "cao", detail: float = 1.0, epoch: str = "") -> Model:
    """The urn of that key; `epoch` "after" of "cao" has a dent and a corroded patch, of the others it changes nothing.

    Vertices correspond one to one between the epochs. Raises ValueError for an unknown urn or epoch.
    """
    if urn not in URNS:
        raise ValueError(f"no urn {urn!r}: one of {', '.join(URNS)}")
    if epoch not in BEFORE + AFTER:
        raise ValueError(f"no epoch {epoch!r}: before or after")
    kind = URNS[urn]
    form = urn_parts.form(
        height=kind.height, mouth=kind.mouth, belly=kind.belly, belly_at=kind.belly_at, neck=kind.neck
    )
    body = _body(form, detail)
    relief = (
        panel_relief(urn, body, form) + urn_parts.mouldings(body, form, beads=kind.beads) + cast_skin(body, kind.seed)
    )
    cast = body.raised(relief)
    parts = [(cast, body.faces)]
    parts += urn_parts.feet(form, kind.foot, detail=detail)
    parts += urn_parts.ears(form, kind.ear, detail=detail)
    vertices, faces = shapes.joined(parts)
    zones = urn_parts.zones(vertices, len(cast), body, form)
    touched, stained = zones.touched, np.zeros(len(vertices))
    if urn == "cao" and epoch in AFTER:
        scraped, stained = _marks(vertices)
        touched = np.maximum(touched, scraped)
        vertices = aged(vertices)
    return bronze.painted(
        vertices, faces, seed=kind.seed, name="bronze", touched=touched, sheltered=zones.sheltered,
        joined=zones.joined, corroded=stained, green=kind.green,
    )  # fmt: skip


def aged(vertices: Floats) -> Floats:
    """The later epoch of vertices (n, 3): corroded, then dented."""
    centre = np.asarray(LOSS_AT_MM)
    inner, outer = LOSS_RADIUS_MM
    away = np.linalg.norm(vertices - centre, axis=1)
    t = np.clip((outer - away) / (outer - inner), 0, 1)
    axis = np.hypot(vertices[:, 0], vertices[:, 2])
    from_axis = np.stack([vertices[:, 0] / np.maximum(axis, 1), 0 * axis, vertices[:, 2] / np.maximum(axis, 1)], axis=1)
    is_outside = axis > np.hypot(centre[0], centre[2]) - 14
    lost = LOSS_DEPTH_MM * t * t * (3 - 2 * t) * is_outside
    beside, along, direction = _from_dent(vertices)
    depth = DENT_DEPTH_MM * np.exp(-0.5 * (beside / DENT_SIGMA_MM) ** 2) * (along > -250)
    moved: Floats = vertices - from_axis * lost[:, None] - direction * depth[:, None]
    return moved


def _from_dent(vertices: Floats) -> tuple[Floats, Floats, Floats]:
    """Distance (n,) from the dent's axis, length (n,) along it, and its direction (3,) outward."""
    dent = np.asarray(DENT_AT_MM)
    direction = np.array([dent[0], 0.0, dent[2]])
    direction /= np.linalg.norm(direction)
    offset = vertices - dent
    along = offset @ direction
    beside: Floats = np.linalg.norm(offset - along[:, None] * direction, axis=1)
    return beside, along, direction


def _marks(vertices: Floats) -> tuple[Floats, Floats]:
    """(n,) wear where the blow fell (above 1: bare metal), and of the stain that spreads beyond the corroded patch."""
    beside, along, _ = _from_dent(vertices)
    scraped = 1.9 * np.exp(-0.5 * (beside / (0.8 * DENT_SIGMA_MM)) ** 2) * (np.abs(along) < 30)
    stained = np.clip(1 - np.linalg.norm(vertices - np.asarray(LOSS_AT_MM), axis=1) / 150, 0, 1)
    return scraped, stained


def _body(form: urn_parts.Form, detail: float) -> Turned:
    count = 64 * max(6, round(24 * np.sqrt(detail)))
    return turn(form.outline, count=count, coarse=form.coarse, row_share=form.row_share)


def outline(urn: str) -> Outline:
    """The outline of an urn without its relief."""
    kind = URNS[urn]
    return urn_parts.form(
        height=kind.height, mouth=kind.mouth, belly=kind.belly, belly_at=kind.belly_at, neck=kind.neck
    ).outline
