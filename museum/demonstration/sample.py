"""Three generated objects for the first museum: an urn, a bell and a drum, each with one source of truth."""

import numpy as np
from numpy.typing import NDArray

from museum.demonstration import shapes
from museum.geometry.mesh import Mesh

Floats = NDArray[np.float64]

_BRONZE = ((74, 52, 34), (168, 124, 74))
_PATINA = (78, 112, 96)


def urn(*, detail: int = 1) -> Mesh:
    """A three-footed urn after the type of the Nine Dynastic Urns, at one fifth: 480 mm high."""
    outline = [
        (0, 120), (70, 122), (130, 142), (172, 190), (186, 250), (176, 312), (150, 352), (138, 372), (150, 392),
        (172, 400), (172, 410), (156, 410), (140, 396), (128, 372), (140, 350), (164, 308), (174, 250),
        (160, 196), (120, 152), (0, 132),
    ]  # fmt: skip
    profile = shapes.spline(outline, 420 * detail)

    def relief(angle: Floats, along: Floats) -> Floats:
        outside = along < 0.52
        bands = sum(2.2 * np.exp(-(((along - at) / 0.0045) ** 2)) for at in (0.135, 0.235, 0.335, 0.425))
        panel = np.clip(np.sin(angle * 6) * 6, -1, 1) * 0.5 + 0.5
        row = np.floor((along - 0.14) / 0.0975)
        inside = (along > 0.142) & (along < 0.43)
        u = (angle * 6 / np.pi) % 1.0 - 0.5
        v = ((along - 0.14) / 0.0975) % 1.0 - 0.5
        cloud = np.sin(14 * np.hypot(u, v * 1.1) + 3 * np.arctan2(v, u) + row) * np.exp(-7 * (u**2 + v**2))
        return np.where(outside, bands + np.where(inside, 5.2 * panel * np.clip(cloud, 0, 1), 0.0), 0.0)

    body = shapes.turned(profile, around=360 * detail, relief=relief)
    parts = [body]
    for turn in range(3):
        angle = np.pi / 2 + turn * 2 * np.pi / 3
        t = np.linspace(0, 1, 60 * detail)
        reach = 104 - 12 * np.sin(np.pi * t) ** 2 + 30 * t * t * (3 - 2 * t)
        path = np.stack([reach * np.cos(angle), 196 - 196 * t, -reach * np.sin(angle)], axis=1)
        parts.append(shapes.tube(path, 37 - 17 * np.sin(np.pi * t) ** 2 - 4 * t + 5 * t**8, around=48))
    for side in (-1, 1):
        t = np.linspace(0, np.pi, 80 * detail)
        path = np.stack([side * (163 + 12 * np.sin(t)), 396 + 84 * np.sin(t) ** 0.7, 58 * np.cos(t)], axis=1)
        parts.append(shapes.tube(path, np.full(len(path), 11.5), around=28))
    shape = shapes.joined(parts)
    return _bronze(shape, seed=1835, patina=0.45)


def bell(*, detail: int = 1) -> Mesh:
    """A bronze bell with bosses and crossed bands, 420 mm high without its loop."""
    outline = [
        (152, 0), (158, 4), (158, 16), (148, 40), (140, 110), (134, 220), (126, 320), (104, 382), (60, 410), (0, 418),
        (0, 404), (54, 396), (92, 370), (113, 316), (121, 220), (127, 110), (134, 40), (140, 4), (152, 0),
    ]  # fmt: skip
    profile = shapes.spline(outline, 420 * detail)

    def relief(angle: Floats, along: Floats) -> Floats:
        outside = (along > 0.03) & (along < 0.42)
        rings = sum(1.8 * np.exp(-(((along - at) / 0.004) ** 2)) for at in (0.06, 0.075, 0.17, 0.185, 0.34, 0.355))
        upright = np.exp(-(((((angle * 4 / (2 * np.pi)) + 0.5) % 1.0 - 0.5) / 0.02) ** 2)) * 1.6
        square = (angle * 4 / (2 * np.pi)) % 1.0
        u = (square * 4) % 1.0 - 0.5
        v = ((along - 0.195) / 0.045) % 1.0 - 0.5
        bosses = np.where((along > 0.2) & (along < 0.33), 9 * np.exp(-22 * (u**2 + v**2)), 0.0)
        return np.where(outside, rings + upright + bosses, 0.0)

    parts = [shapes.turned(profile, around=360 * detail, relief=relief)]
    t = np.linspace(0, np.pi, 90 * detail)
    path = np.stack([46 * np.cos(t), 408 + 74 * np.sin(t), 9 * np.sin(2 * t)], axis=1)
    parts.append(shapes.tube(path, 13 + 3 * np.sin(t * 6) ** 2, around=32))
    return _bronze(shapes.joined(parts), seed=1822, patina=0.7)


def drum(*, detail: int = 1) -> Mesh:
    """A bronze drum in the Đông Sơn manner: a star of twelve rays on its face, rings around it, 300 mm high."""
    outline = [
        (186, 0), (184, 6), (160, 70), (142, 120), (138, 160), (160, 196), (182, 230), (186, 262), (178, 288),
        (190, 294), (192, 300), (150, 301), (100, 301), (50, 301), (0, 301),
    ]  # fmt: skip
    profile = shapes.spline(outline, 460 * detail)

    def relief(angle: Floats, along: Floats) -> Floats:
        side = along < 0.6
        bands = 1.2 * (np.sin(along * 260) > 0.3) * (((along * 9) % 1.0) > 0.62)
        teeth = 1.2 * (np.abs((angle * 48 / np.pi) % 1.0 - 0.5) < 0.22) * (((along * 9) % 1.0) > 0.82)
        return np.where(side, bands + teeth, 0.0)

    vertices, faces = shapes.turned(profile, around=420 * detail, relief=relief)
    radius = np.hypot(vertices[:, 0], vertices[:, 2])
    angle = np.arctan2(vertices[:, 2], vertices[:, 0])
    on_face = vertices[:, 1] > 299.5
    ray = radius < 62 * (1 - 0.72 * np.abs((angle * 12 / (2 * np.pi)) % 1.0 - 0.5) * 2)
    rings = np.sin(radius * 0.42) > 0.55
    studs = (np.abs((angle * 60 / (2 * np.pi)) % 1.0 - 0.5) < 0.25) & (np.sin(radius * 0.21) > 0.7)
    vertices[:, 1] += np.where(on_face, np.where(radius < 64, 2.4 * ray, 1.3 * (rings | studs)), 0.0)
    return _bronze((vertices, faces), seed=2500, patina=1.0)


def _bronze(shape: tuple[Floats, NDArray[np.int32]], *, seed: int, patina: float) -> Mesh:
    """Bronze, darker low and bright where hands and relief are, with patina in clouds."""
    vertices, _ = shape
    wear = shapes.periodic_noise(vertices, scale_mm=180, seed=seed)
    fine = shapes.periodic_noise(vertices, scale_mm=26, seed=seed + 1)
    colors = shapes.blend(*_BRONZE, 0.5 + 0.42 * wear + 0.22 * fine).astype(np.float64)
    green = (
        np.clip((shapes.periodic_noise(vertices, scale_mm=120, seed=seed + 2) + 0.4 * fine - 0.25) * 2.2, 0, 1) * patina
    )
    mixed = colors * (1 - 0.8 * green[:, None]) + np.asarray(_PATINA) * 0.8 * green[:, None]
    return shapes.mesh_of(shape, mixed.round().astype(np.uint8), metallic=0.75, roughness=0.5)
