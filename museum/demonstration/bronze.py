"""Old bronze: a brown metal under a dark skin, green in its recesses and streaks, warm where hands and rain rub it."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from museum.demonstration.grain import averaged, noise
from museum.demonstration.model import Model
from museum.demonstration.surfaces import Skin, step

Floats = NDArray[np.float64]

_METAL = (112.0, 82.0, 50.0)
_METAL_DEEP = (80.0, 66.0, 44.0)
_SKIN = (54.0, 49.0, 38.0)
_RUBBED = (170.0, 128.0, 78.0)
_VERDIGRIS = (92.0, 128.0, 108.0)
_PALE_GREEN = (136.0, 166.0, 142.0)
_DUST = (134.0, 122.0, 104.0)
_SOOT = (30.0, 27.0, 24.0)
_FRESH = (140.0, 178.0, 146.0)
_PITTED = (50.0, 56.0, 46.0)

# Ultraviolet is a teaching picture: metal gives nothing, wax a pale green-blue, dust and residues a dull yellow-white.
_WAX_LIGHT = (112.0, 168.0, 156.0)
_DUST_LIGHT = (118.0, 110.0, 84.0)
_SALT_LIGHT = (34.0, 46.0, 66.0)
_REPAIR_LIGHT = (5.0, 4.0, 9.0)


def painted(
    vertices: Floats,
    faces: NDArray[np.int32],
    *,
    seed: int,
    name: str,
    touched: Floats,
    sheltered: Floats,
    corroded: Floats,
    joined: Floats | None = None,
    green: float = 0.55,
    size_mm: float = 2400.0,
) -> Model:
    """The object in bronze.

    touched, sheltered, corroded : (n,) shares 0..1 of wear by hands, of shelter from rain (dust lies there), of fresh
    corrosion; joined : (n,) 1 at joints between parts, where only dirt settles. `green` 0..1 is how much verdigris
    there is; `size_mm`, about the object's size, scales the pattern.
    """
    k = size_mm / 2400
    skin = Skin(vertices, _METAL, roughness=0.44, metallic=1.0, seed=seed)
    normals = vertex_normals(vertices, faces)
    up = normals[:, 1]
    fine, broad = hollows(vertices, faces, normals, reaches_mm=(9 * (0.4 + 0.6 * k), 22 * (0.4 + 0.6 * k)))
    if joined is not None:
        fine, broad = fine + (0.02 - fine) * joined, broad + (0.04 - broad) * joined
    _patina(skin, broad, k)
    _verdigris(skin, fine, broad, up, sheltered, green, k)
    _wear(skin, fine, broad, touched, sheltered, k)
    _dust(skin, fine, up, sheltered, k)
    _fresh(skin, corroded)
    return skin.model(faces, name=name)


def vertex_normals(vertices: Floats, faces: NDArray[np.int32]) -> Floats:
    """(n, 3) unit normals, the area-weighted mean of the faces around each vertex."""
    result: Floats = _vertex_normals(vertices, faces)
    return result


def hollows(
    vertices: Floats, faces: NDArray[np.int32], normals: Floats, *, reaches_mm: tuple[float, ...]
) -> tuple[Floats, ...]:
    """For each reach (rising): (n,) how deep a vertex lies under its surroundings, in parts of it; ridges below 0."""
    sides = vertices[faces[:: max(1, len(faces) // 20_000), :2]]
    step_mm = float(np.median(np.linalg.norm(sides[:, 0] - sides[:, 1], axis=1)))
    smooth, done = vertices, 0
    result = []
    for reach in reaches_mm:
        times = int(np.clip((reach / step_mm) ** 2 * 1.2, 2, 60))
        smooth = averaged(smooth, faces, times=max(0, times - done))
        done = max(done, times)
        result.append(((smooth - vertices) * normals).sum(axis=1) / reach)
    return tuple(result)


@njit(cache=True, error_model="numpy")
def _vertex_normals(vertices, faces):  # type: ignore[no-untyped-def]  # numba infers
    result = np.zeros_like(vertices)
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = vertices[j, 0] - vertices[i, 0], vertices[j, 1] - vertices[i, 1], vertices[j, 2] - vertices[i, 2]
        vx, vy, vz = vertices[k, 0] - vertices[i, 0], vertices[k, 1] - vertices[i, 1], vertices[k, 2] - vertices[i, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in range(3):
            n = faces[f, corner]
            result[n, 0] += nx
            result[n, 1] += ny
            result[n, 2] += nz
    for n in range(len(result)):
        length = np.sqrt(result[n, 0] ** 2 + result[n, 1] ** 2 + result[n, 2] ** 2) + 1e-20
        for c in range(3):
            result[n, c] /= length
    return result


def _patina(skin: Skin, broad: Floats, k: float) -> None:
    """Brown between warm and olive, clouded; a dark skin over most of it, thin in places."""
    tone = 0.5 + 0.75 * skin.noise(520 * k, 1, octaves=2) + 0.25 * skin.noise(70 * k, 2, octaves=3)
    skin.lay(_METAL_DEEP, tone)
    cover = step(0.70 + 0.6 * skin.noise(260 * k, 3) + 1.6 * broad, 0.1, 0.9)
    skin.lay(_SKIN, 0.88 * cover, roughness=0.63, metallic=0.42)
    grain = skin.noise(9 * k, 4, octaves=3)
    skin.shade(1 + 0.10 * grain + 0.08 * skin.noise(34 * k, 5, octaves=2))
    skin.roughness += 0.05 * grain + 0.07 * skin.noise(110 * k, 6, octaves=2)
    wiped = skin.noise(58 * k, 9, octaves=2, stretch=(2.6, 0.8, 2.6))
    wax = step(skin.noise(430 * k, 7) + 0.35 * wiped, -0.12, 0.55)
    skin.light[:] = (9.0, 7.0, 18.0)
    skin.light += (np.asarray(_WAX_LIGHT) - skin.light) * (0.6 * wax * np.clip(0.7 + 0.8 * wiped, 0, 1))[:, None]
    repair = step(skin.noise(300 * k, 8, octaves=2), 0.62, 0.68)
    skin.lay(tuple(np.asarray(_SKIN) * 0.95), 0.35 * repair, light=_REPAIR_LIGHT)


def _verdigris(skin: Skin, fine: Floats, broad: Floats, up: Floats, sheltered: Floats, green: float, k: float) -> None:
    """Green-blue where water stood and where it ran: recesses, the lee of rings, streaks down the sides."""
    where = skin.noise(330 * k, 11, octaves=5)
    speckle = skin.noise(13 * k, 12, octaves=3)
    pooled = step(fine * 2.6 + broad * 2.2 + 0.46 * where + 0.18 * speckle, 0.16, 0.62)
    run = skin.noise(95 * k, 13, octaves=3, stretch=(0.55, 10.0, 0.55)) + 0.55 * skin.noise(
        30 * k, 14, octaves=2, stretch=(0.6, 13.0, 0.6)
    )
    streaks = step(run + 0.5 * where, 0.22, 0.74) * (1 - np.clip(np.abs(up), 0, 1) ** 2)
    patches = step(where + 0.30 * speckle - 0.25 * sheltered, 0.34, 0.66)
    amount = np.clip(0.95 * pooled + 0.62 * streaks + 0.7 * patches, 0, 1) * (1 - 0.55 * sheltered)
    amount *= np.clip(0.66 + 0.62 * speckle, 0, 1)
    skin.lay(_VERDIGRIS, green * 1.25 * amount, roughness=0.86, metallic=0.12, light=(16.0, 22.0, 26.0))
    pale = step(amount + 0.5 * speckle + 0.35 * skin.noise(48 * k, 15, octaves=2), 0.95, 1.35)
    skin.lay(_PALE_GREEN, green * 0.8 * pale, roughness=0.93, metallic=0.0)
    dark = step(run * 0.8 - 0.6 * where, 0.38, 0.85) * (1 - np.clip(np.abs(up), 0, 1))
    skin.lay(_SOOT, 0.5 * dark, roughness=0.68, metallic=0.45)


def _wear(skin: Skin, fine: Floats, broad: Floats, touched: Floats, sheltered: Floats, k: float) -> None:
    """High places lose their skin; hands polish what they reach."""
    blotch = skin.noise(60 * k, 21, octaves=3)
    ridge = step(-fine * 1.9 - broad * 1.6 + 0.30 * blotch, 0.12, 0.56) * (1 - sheltered)
    skin.lay(_RUBBED, 0.62 * ridge, roughness=0.36, metallic=0.97, light=(8.0, 6.0, 12.0))
    hands = touched * step(blotch + 0.5 * skin.noise(210 * k, 22, octaves=2), -0.35, 0.5)
    skin.lay(_RUBBED, 0.42 * hands, roughness=0.31, metallic=1.0, light=(8.0, 6.0, 12.0))


def _dust(skin: Skin, fine: Floats, up: Floats, sheltered: Floats, k: float) -> None:
    """Dust on what looks up and is dry; the dark of a vessel that nobody cleans."""
    patchy = np.clip(0.6 + 0.7 * skin.noise(44 * k, 31, octaves=3), 0, 1)
    skin.lay(_SOOT, 0.55 * sheltered, roughness=0.85, metallic=0.3)
    lying = step(up, 0.35, 0.95) * (0.05 + 0.72 * sheltered) * patchy
    skin.lay(_DUST, lying, roughness=0.97, metallic=0.0, light=_DUST_LIGHT)
    corners = step(fine, 0.05, 0.3) * step(up, -0.2, 0.6) * patchy
    skin.lay(_DUST, 0.22 * corners, roughness=0.95, metallic=0.1, light=_DUST_LIGHT)


def _fresh(skin: Skin, corroded: Floats) -> None:
    """Active corrosion: dark bare metal at the rim of the patch, powdery pale green in warts within it."""
    near = np.flatnonzero(corroded > 0)
    if len(near) == 0:
        return
    share = np.zeros(len(corroded))
    spots = np.zeros(len(corroded))
    places = skin.points[near]
    ragged = corroded[near] + 0.85 * noise(places, scale_mm=90, seed=skin.seed * 7, octaves=5)
    warts = noise(places, scale_mm=17, seed=skin.seed * 7 + 1, octaves=4)
    share[near] = step(ragged, 0.34, 0.62) * step(corroded[near], 0.05, 0.25)
    spots[near] = step(ragged + 0.7 * warts, 0.50, 0.95) * step(corroded[near], 0.1, 0.3)
    skin.lay(_PITTED, 0.8 * share, roughness=0.82, metallic=0.4, light=_REPAIR_LIGHT)
    skin.lay(_VERDIGRIS, 0.75 * spots, roughness=0.95, metallic=0.0, light=_SALT_LIGHT)
    skin.lay(_FRESH, 0.8 * step(spots + 0.6 * skin.noise(7, 62, octaves=3), 0.9, 1.3), roughness=0.98)
