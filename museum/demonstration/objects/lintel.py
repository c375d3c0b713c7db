"""A carved lintel in the Cham manner, before and after its cleaning: the same stone, but for one known loss.

Epoch "1" wears a black crust of soot and growth; "2" (and "") is cleaned. Both have the same vertices and faces; in
epoch "2" the front lies `LOSS_MM` further back inside `LOSS_PATCH_MM`, where flaking sandstone came away.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import carving, figures, ornament
from museum.demonstration.grain import along, drafted, noise
from museum.demonstration.model import Model
from museum.demonstration.solids import Body
from museum.demonstration.surfaces import Skin, step, stone, weathered
from museum.geometry.mesh import smooth_normals

Floats = NDArray[np.float64]

WIDTH_MM, HEIGHT_MM, DEPTH_MM = 1100.0, 600.0, 250.0
LOSS_MM = 0.8
"""How far the front moved back along -z between epoch "1" and epoch "2" inside the patch."""
LOSS_PATCH_MM = (262.0, 33.0, 92.0, 19.0)
"""The patch on the plinth: centre x and y above the base, and its half axes; full loss inside, eased over LOSS_EASE."""
LOSS_EASE = 0.6
"""The loss falls from whole to nothing between 1 and 1 + LOSS_EASE of the ellipse's radius."""

_SUNK = -95.0
_VOLUTES = (
    # root x, y, the angle at which the volute begins, how the stem bends; centre, radius, turning clockwise
    ((206.0, 372.0, 150.0, -6.0, 18.0), (262.0, 440.0), 40.0, True),
    ((262.0, 396.0, 215.0, 12.0, -6.0), (356.0, 440.0), 42.0, False),
    ((370.0, 396.0, 150.0, 4.0, 4.0), (452.0, 440.0), 40.0, True),
    ((492.0, 430.0, 60.0, 6.0, -10.0), (466.0, 352.0), 30.0, True),
    ((496.0, 330.0, 60.0, 4.0, -10.0), (468.0, 272.0), 27.0, True),
    ((497.0, 250.0, 60.0, 4.0, -10.0), (470.0, 198.0), 25.0, True),
    ((498.0, 180.0, 60.0, 4.0, -10.0), (472.0, 132.0), 22.0, True),
)
_DOWEL = ((-430.0, 560.0, -30.0), (-430.0, 640.0, -30.0))


def build(*, detail: float = 1.0, epoch: str = "") -> Model:
    """The lintel, 110 × 60 × 25 cm; `epoch` "1" before cleaning, "2" or "" after."""
    vertices, faces, normals, hollow, deep = _shape(detail)
    skin = stone(vertices, low=(142, 120, 96), high=(176, 158, 132), grain_mm=3.0, seed=71)
    skin.lay((150, 104, 84), 0.5 * step(skin.noise(260, 61, octaves=2), 0.1, 0.5))
    up = normals[:, 1]
    weathered(skin, hollow + 0.5 * deep, up, dirt=0.55, lichen=0.12, streaks=0.12)
    loss = _loss(vertices)
    if epoch == "1":
        _crusted(skin, hollow, deep, up)
    else:
        vertices = vertices - loss[:, None] * np.array([0.0, 0.0, LOSS_MM])
        skin.points = vertices
        fresh = loss * np.clip(0.4 + 0.8 * skin.noise(26, 62) + 0.4 * skin.noise(6, 67), 0, 0.8)
        skin.lay((192, 166, 132), fresh, light=(58, 54, 66))
    inside = [carving.rod(np.array(_DOWEL[0]) - [0, 70, 0], np.array(_DOWEL[1]) - [0, 70, 0], 11.0)]
    return skin.model(faces, name="sandstone", hidden=inside)


def _crusted(skin: Skin, hollow: Floats, deep: Floats, up: Floats) -> None:
    """Black crust where rain does not wash: recesses, undersides, in clouds; algae and lichen where it is damp."""
    sheltered = 0.56 + 1.5 * (hollow + deep) - 0.25 * up + 0.75 * skin.noise(150, 63) + 0.3 * skin.noise(21, 64)
    crust = step(sheltered, 0.08, 0.62)
    skin.lay((37, 34, 31), 0.9 * crust, roughness=0.96, light=(8, 8, 10))
    run = step(skin.noise(60, 65, stretch=(0.5, 10, 0.5)) + 0.35 * skin.noise(15, 66, stretch=(0.6, 8, 0.6)), 0.12, 0.5)
    skin.lay((45, 42, 37), 0.55 * run)
    weathered(skin, hollow, up, dirt=0.2, lichen=0.75, streaks=0.3)


def _loss(vertices: Floats) -> Floats:
    """(n,) share of the loss, only on the front."""
    x, y, rx, ry = LOSS_PATCH_MM
    radius = np.hypot((vertices[:, 0] - x) / rx, (vertices[:, 1] - y) / ry)
    return step(radius, 1 + LOSS_EASE, 1.0) * (vertices[:, 2] > 0)


@lru_cache(maxsize=1)
def _shape(detail: float) -> tuple[Floats, NDArray[np.int32], Floats, Floats, Floats]:
    """Vertices, faces, normals, fine and wide hollows: the same for both epochs."""
    step_mm = 1.08 / np.sqrt(detail)
    body = carving.block(WIDTH_MM, HEIGHT_MM, DEPTH_MM, step_mm=step_mm, side_step_mm=step_mm * 4)
    xs, ys = body.front_points[0, :, 0], body.front_points[:, 0, 1]
    relief = _relief(xs, ys, step_mm)
    broken = carving.chipped(body, depth_mm=DEPTH_MM, round_mm=9, chip_mm=46, scale_mm=120, seed=72)
    margin = np.clip(body.edge[body.front] / 16, 0, 1)
    vertices = broken.raised(relief * margin)
    normals = smooth_normals(vertices, body.faces)
    rough = 0.9 * noise(vertices, scale_mm=34, seed=73) + 0.35 * noise(vertices, scale_mm=5, seed=74, octaves=2)
    pits = step(noise(vertices, scale_mm=11, seed=75, octaves=3), 0.42, 0.7) * 1.3
    vertices = vertices + normals * (rough - pits)[:, None]
    vertices[:, 1] -= vertices[:, 1].min()
    normals = smooth_normals(vertices, body.faces)
    hollow = np.zeros(len(vertices))
    deep = np.zeros(len(vertices))
    z = vertices[body.front, 2]
    hollow[body.front] = np.clip((carving.blur(z, 7 / step_mm) - z) / 7, -0.5, 0.5)
    deep[body.front] = np.clip((carving.blur(z, 28 / step_mm) - z) / 60, -0.4, 0.5)
    return vertices, body.faces, normals, hollow, deep


def _relief(xs: Floats, ys: Floats, step_mm: float) -> Floats:
    """(len(ys), len(xs)) millimetres from the block's face: the ground is sunk, the figures come up to the face."""
    grid_x, grid_y = np.meshgrid(xs, ys)
    points = np.stack([grid_x.ravel(), grid_y.ravel()], axis=1)
    ornaments = _SUNK + _arch(points) + _scrolls(points)
    ground = ornaments.reshape(grid_x.shape)
    people = _people().heights(xs, ys, top=120.0, floor=-1.0) + _SUNK - 6
    raised = np.maximum(ground, people)
    raised = np.maximum.reduce([raised, _frame(grid_x, grid_y), _SUNK + _seat(grid_x, grid_y)])
    raised = drafted(raised, step_mm=step_mm, slope=1.9)
    worn = carving.blur(raised, 1.1 / step_mm)
    wear = step(noise(np.stack([grid_x, grid_y, 0 * grid_x], -1).reshape(-1, 3), scale_mm=260, seed=76), -0.1, 0.35)
    soft = carving.blur(raised, 3.0 / step_mm)
    return worn + (soft - worn) * wear.reshape(worn.shape) * 0.4


def _people() -> Body:
    body = figures.seated().moved((0, 116, 0), scale=1.03)
    aside = figures.kneeling().moved((-356, 88, 0), scale=1.04)
    return body.add(aside).add(aside.mirrored())


def _seat(x: Floats, y: Floats) -> Floats:
    """The lotus under the main figure: a round cushion with petals turned up, a smaller row turned down."""
    turn = np.arcsin(np.clip(x / 150, -1, 1))
    bulge = 74 * np.sqrt(np.clip(1 - (x / 150) ** 2, 0, 1))
    up = 13 * ornament.petals(turn * 150 + 17, y - 84, pitch=34, length=36)
    down = 9 * ornament.petals(turn * 150, 84 - y, pitch=29, length=22)
    belly = np.sqrt(np.clip(1 - ((y - 94) / 44) ** 2, 0, 1))
    return np.where((np.abs(x) < 149) & (y > 58) & (y < 128), bulge * belly + np.maximum(up, down) - 8, -400.0)


def _frame(x: Floats, y: Floats) -> Floats:
    """Plinth with lotus petals below, a cornice with beads and petals above, pilasters at both ends."""
    none = np.full_like(x, -400.0)
    plinth = np.where(y < 58, 0.0, none)
    petals = np.where((y >= 58) & (y < 92), -30 + 13 * ornament.petals(x + 20, 92 - y, pitch=40, length=32), none)
    cornice = np.where(y > 548, 0.0 - 8 * ornament.band(y, low=562, high=566, soft=3), none)
    lower = np.where((y > 508) & (y <= 548), -30 + 15 * ornament.petals(x, y - 509, pitch=37, length=38), none)
    rail = np.where((y > 494) & (y <= 508), -46 + 9 * ornament.beads(x, y - 501, pitch=15, size=7), none)
    side = WIDTH_MM / 2 - np.abs(x)
    post = np.where(side < 46, -14 - 10 * ornament.band(side, low=14, high=32, soft=4), none)
    rosette = 12 * ornament.beads(y - 10, side - 23, pitch=62, size=15)
    post = np.where((side < 46) & (y > 92) & (y < 494), post + rosette, post)
    highest: Floats = np.maximum.reduce([plinth, petals, cornice, lower, rail, post])
    return highest


def _arch(points: Floats) -> Floats:
    """The niche: a lobed arch with beads on it and flames along its back, ending in outward curls."""
    half = [(196, 96), (190, 180), (176, 262), (182, 330), (150, 392), (96, 414), (62, 452), (0, 488)]
    path = ornament.smooth([*half, *[(-x, y) for x, y in half[-2::-1]]], 300)
    distance, place, normal = along(points, path)
    closest = points - ornament.foot(path, place)
    out = (closest * normal).sum(axis=1) * -1
    away = np.where(np.abs(out) < 0.7 * distance, distance, out)
    height = 46 * ornament.band(away, low=-15, high=15, soft=7)
    height += 9 * ornament.beads(place, away, pitch=17, size=7) * (np.abs(away) < 8)
    height -= 7 * ornament.band(away, low=8, high=11, soft=3) + 7 * ornament.band(away, low=-11, high=-8, soft=3)
    total = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    mirrored = np.where(place < total / 2, place, total - place)
    rising = points[:, 1] > 108
    flames = ornament.petals(mirrored, away - 12, pitch=33, length=40, lean=0.95) * rising
    behind = ornament.petals(mirrored + 16, away - 12, pitch=33, length=50, lean=0.95) * rising
    inner = np.where((away < -14) & (points[:, 1] > 90), -10.0, 0.0)
    halo = np.hypot(points[:, 0] / 74, (points[:, 1] - 372) / 84)
    inner += 11 * ornament.band(halo, low=-1, high=1, soft=0.08) + 5 * ornament.band(halo, low=0.86, high=1, soft=0.06)
    highest: Floats = np.maximum.reduce([height, 27 * flames, 17 * behind]) + inner
    return highest


def _scrolls(points: Floats) -> Floats:
    """Foliate scrolls above the attendants and beside them, the same mirrored."""
    mirrored = np.stack([np.abs(points[:, 0]), points[:, 1]], axis=1)
    height = np.zeros(len(points))
    for root, centre, reach, clockwise in _VOLUTES:
        start = (centre[0] + reach * np.cos(np.radians(root[2])), centre[1] + reach * np.sin(np.radians(root[2])))
        bend = ((root[0] + start[0]) / 2 + root[3], (root[1] + start[1]) / 2 + root[4])
        inward = ornament.spiral(centre, start, turns=1.35, clockwise=clockwise)
        line = np.vstack([ornament.smooth([root[:2], bend, start], 24)[:-1], inward])
        side = 1.0 if clockwise else -1.0
        leaves = ornament.vine(mirrored, line, width=8, leaf=0.36 * reach, pitch=0.42 * reach, side=side)
        away = np.hypot(mirrored[:, 0] - centre[0], mirrored[:, 1] - centre[1])
        angle = np.arctan2(mirrored[:, 1] - centre[1], mirrored[:, 0] - centre[0])
        size = 0.27 * reach
        flower = np.sqrt(np.clip(1 - (away / (size * (1 + 0.16 * np.cos(6 * angle)))) ** 2, 0, 1))
        height = np.maximum(height, np.maximum(32 * leaves, 34 * flower - 8 * np.exp(-((away / 4) ** 2))))
    return height
