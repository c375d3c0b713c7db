"""What carved things are made of: stone, glaze, wood, gilt bronze, lacquer; with age, wear, dirt and growth on them.

Colours are albedo in sRGB 0..255. `hollow` is how deep a place lies under its surroundings (0 flat, about ±0.3),
`up` the y part of its normal. Light under ultraviolet is a guess at what such materials do, good for teaching only.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from museum.demonstration.carving import Shape
from museum.demonstration.grain import cells, noise
from museum.demonstration.model import Model
from museum.geometry.mesh import Material, Mesh

Floats = NDArray[np.float64]
Color = tuple[float, float, float]

_DIRT = (66.0, 54.0, 42.0)
_SOOT = (34.0, 31.0, 29.0)
_LICHEN_GREY = (158.0, 160.0, 142.0)
_LICHEN_OCHRE = (168.0, 128.0, 62.0)
_ALGAE = (70.0, 78.0, 54.0)


def step(value: Floats, low: float | Floats, high: float | Floats) -> Floats:
    """0 below `low`, 1 above `high`, smooth between; falls when high < low."""
    t = np.clip((value - low) / (high - low), 0, 1)
    eased: Floats = t * t * (3 - 2 * t)
    return eased


class Skin:
    """Colour, roughness, metalness and ultraviolet light of n places, built up in coats."""

    def __init__(self, points: Floats, color: Color, *, roughness: float, metallic: float = 0.0, seed: int = 1) -> None:
        count = len(points)
        self.points, self.seed = points, seed
        self.color = np.tile(np.asarray(color, np.float64), (count, 1))
        self.roughness, self.metallic = np.full(count, roughness), np.full(count, metallic)
        self.light = np.tile(np.array([16.0, 13.0, 30.0]), (count, 1))

    def lay(
        self, color: Color, share: Floats, *, roughness: float | None = None, metallic: float | None = None,
        light: Color | None = None,
    ) -> "Skin":  # fmt: skip
        """Cover a share (n,) 0..1 of each place."""
        share = np.clip(share, 0, 1)
        self.color += (np.asarray(color) - self.color) * share[:, None]
        if roughness is not None:
            self.roughness += (roughness - self.roughness) * share
        if metallic is not None:
            self.metallic += (metallic - self.metallic) * share
        if light is not None:
            self.light += (np.asarray(light) - self.light) * share[:, None]
        return self

    def shade(self, factor: Floats) -> "Skin":
        """Multiply the colour by (n,)."""
        self.color *= factor[:, None]
        return self

    def noise(self, scale_mm: float, salt: int, *, octaves: int = 4, stretch: tuple[float, ...] = ()) -> Floats:
        """Noise at this skin's own places; another `salt`, another pattern."""
        return noise(self.points, scale_mm=scale_mm, seed=self.seed * 101 + salt, octaves=octaves, stretch=stretch)

    def model(
        self, faces: NDArray[np.int32], *, name: str, hidden: Sequence[Shape] = (), inside: str = "iron"
    ) -> Model:
        """The finished object; `hidden` are closed shells of another material (`inside`) that no picture shows."""
        vertices, count = self.points, len(self.points)
        vertices = vertices - np.array([0.0, vertices[:, 1].min(), 0.0])
        lift = float(self.points[:, 1].min())
        colors, surface = self.color, np.stack([self.roughness, self.metallic], axis=1) * 255
        light, index = self.light, np.zeros(len(faces), np.int32)
        for points, shell in hidden:
            vertices = np.vstack([vertices, points - np.array([0.0, lift, 0.0])])
            faces = np.concatenate([faces, shell + count]).astype(np.int32)
            count += len(points)
            colors = np.vstack([colors, np.full((len(points), 3), 60.0)])
            surface = np.vstack([surface, np.tile([150.0, 220.0], (len(points), 1))])
            light = np.vstack([light, np.zeros((len(points), 3))])
            index = np.concatenate([index, np.ones(len(shell), np.int32)])
        white = (1.0, 1.0, 1.0, 1.0)
        materials = [Material(name=name, base_color=white, metallic=float(self.metallic.mean()), roughness=0.7)]
        if hidden:
            materials.append(Material(name=inside, base_color=white, metallic=0.9, roughness=0.6))
        opaque = np.hstack([colors, np.full((count, 1), 255.0)])
        mesh = Mesh(
            vertices_mm=vertices, faces=faces, colors=_bytes(opaque), surface=_bytes(surface),
            materials=tuple(materials), face_material=index, has_scale=True, up_axis="Y",
        )  # fmt: skip
        return Model(mesh=mesh, fluorescence=_bytes(light))


def _bytes(values: Floats) -> NDArray[np.uint8]:
    result: NDArray[np.uint8] = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return result


def stone(points: Floats, *, low: Color, high: Color, grain_mm: float, seed: int, roughness: float = 0.86) -> Skin:
    """Bare stone between two tones: clouds, beds and grains."""
    skin = Skin(points, low, roughness=roughness, seed=seed)
    clouds = 0.5 + 0.8 * skin.noise(190, 1) + 0.35 * skin.noise(110, 2, stretch=(4, 0.35, 4))
    skin.lay(high, np.clip(clouds, 0, 1))
    grains = skin.noise(grain_mm, 3, octaves=2)
    return skin.shade(1 + 0.16 * grains + 0.07 * skin.noise(grain_mm * 5, 4))


def weathered(skin: Skin, hollow: Floats, up: Floats, *, dirt: float, lichen: float, streaks: float) -> Skin:
    """Dirt in recesses, pale ridges, rain streaks down the sides, lichen in patches that like to look up."""
    points = skin.points
    ridge = np.clip(-hollow * 4, 0, 1)
    skin.shade(1 + 0.16 * ridge)
    rough = 0.5 + 0.9 * skin.noise(60, 11)
    skin.lay(_DIRT, dirt * step(hollow, 0.0, 0.22) * np.clip(rough + 0.35, 0, 1))
    run = skin.noise(70, 12, stretch=(0.55, 9.0, 0.55)) + 0.5 * skin.noise(24, 13, stretch=(0.6, 12.0, 0.6), octaves=3)
    high = (points[:, 1] - points[:, 1].min()) / np.ptp(points[:, 1])
    wet = step(run + 0.5 * high, 0.35, 0.85) * (1 - 0.6 * np.clip(np.abs(up), 0, 1))
    skin.lay(_SOOT, streaks * 0.75 * wet)
    lime = step(skin.noise(55, 14, stretch=(0.5, 10.0, 0.5)), 0.3, 0.6)
    skin.lay((196, 190, 178), streaks * 0.35 * lime)
    _grow(skin, up, lichen)
    return skin


def _grow(skin: Skin, up: Floats, amount: float) -> None:
    """Lichen: round colonies of two kinds, and algae where it stays damp."""
    kinds = ((46.0, _LICHEN_GREY, (96, 88, 120), 21), (27.0, _LICHEN_OCHRE, (176, 92, 34), 22))
    for scale, color, light, salt in kinds:
        wobble = np.stack([skin.noise(scale * 0.5, salt + k * 7, octaves=3) for k in range(3)], axis=1) * scale * 0.3
        border, number = cells(skin.points + wobble, scale_mm=scale, seed=salt)
        where = step(skin.noise(scale * 9, salt + 3, octaves=3) + 0.3 * up, 0.55 - 0.6 * amount, 1.05 - 0.6 * amount)
        ragged = np.clip(0.55 + 0.9 * skin.noise(7, salt + 5), 0, 1)
        spot = step(border, 0.06, 0.3) * (number < 0.45 * where + 0.02) * ragged
        skin.lay(color, amount * 0.9 * spot, roughness=0.95, light=light)
    damp = step(skin.noise(240, 31, octaves=3) - 0.1 * up, 0.12, 0.5) * np.clip(0.5 + skin.noise(18, 32), 0, 1)
    skin.lay(_ALGAE, amount * 0.45 * damp, light=(104, 30, 26))


def wood(points: Floats, *, low: Color, high: Color, seed: int, axis: int = 0, roughness: float = 0.62) -> Skin:
    """Wood with its fibres along an axis: year rings, pores and medullary flecks."""
    skin = Skin(points, low, roughness=roughness, seed=seed)
    long = tuple(14.0 if k == axis else 1.0 for k in range(3))
    warp = skin.noise(90, 1, octaves=3, stretch=long)
    other = [k for k in range(3) if k != axis]
    radius = np.hypot(points[:, other[0]] * 0.9 + 42, points[:, other[1]] * 1.5 + 120) + warp * 16
    rings = 0.5 + 0.5 * np.sin(radius * 2 * np.pi / 8.5 + 1.6 * skin.noise(40, 2, stretch=long))
    fibres = skin.noise(1.9, 3, octaves=2, stretch=tuple(30.0 if k == axis else 1.0 for k in range(3)))
    skin.lay(high, np.clip(0.25 + 0.5 * rings**1.5 + 0.35 * fibres + 0.3 * warp, 0, 1))
    pores = skin.noise(1.1, 4, octaves=1, stretch=tuple(16.0 if k == axis else 1.0 for k in range(3)))
    skin.light[:] = (52, 50, 44)
    return skin.shade(1 - 0.22 * step(pores, 0.35, 0.7))


def gilt_bronze(points: Floats, hollow: Floats, up: Floats, *, seed: int, worn: float = 0.5) -> Skin:
    """Mercury gilding on bronze: gold where it stayed, brown bronze where hands were, dark in the recesses."""
    skin = Skin(points, (198, 150, 72), roughness=0.33, metallic=1.0, seed=seed)
    skin.lay((214, 170, 92), np.clip(0.5 + 0.9 * skin.noise(24, 1), 0, 1))
    fine = skin.noise(5.5, 2)
    rubbed = step(-hollow * 3.4 + 0.28 * skin.noise(16, 3) + 0.16 * fine, 0.42 - 0.25 * worn, 0.62)
    skin.lay((116, 76, 44), 0.85 * rubbed, roughness=0.40)
    scuffed = step(skin.noise(1.6, 4, octaves=2, stretch=(3, 1, 3)) + 0.5 * skin.noise(22, 6), 0.42, 0.85)
    skin.lay((128, 88, 50), 0.45 * scuffed, roughness=0.44)
    dark = step(hollow + 0.05 * fine, 0.03, 0.22)
    skin.lay((44, 32, 22), 0.86 * dark, roughness=0.75, metallic=0.45, light=(34, 34, 30))
    green = step(skin.noise(13, 5) + hollow * 2.5, 0.5, 0.9) * step(hollow, 0.03, 0.10)
    skin.lay((48, 62, 48), 0.5 * green, roughness=0.8, metallic=0.3)
    skin.roughness += 0.06 * fine + 0.06 * step(up, 0.3, 0.9)
    return skin


def leaf_gilt(skin: Skin, share: Floats, hollow: Floats, *, worn: float, ground: Color) -> Skin:
    """Gold leaf on lacquer or gesso: joints of the leaves, rubbed ridges that show the ground, glaze in the hollows."""
    fine = skin.noise(3.2, 41)
    rubbed = step(
        np.clip(-hollow, -0.3, 0.14) * 2.0 + 0.55 * skin.noise(30, 42) + 0.3 * fine,
        0.62 - 0.5 * worn,
        0.95 - 0.3 * worn,
    )
    gold = share * (1 - 0.92 * rubbed)
    skin.lay(ground, share * rubbed, roughness=0.5)
    skin.lay((214, 164, 82), gold, roughness=0.36, metallic=1.0, light=(46, 38, 22))
    skin.lay((110, 62, 26), gold * 0.55 * step(hollow, 0.02, 0.2), roughness=0.5, metallic=0.4)
    return skin.shade(1 + share * 0.10 * skin.noise(9, 43))


def glaze(skin: Skin, color: Color, share: Floats, hollow: Floats, *, pooled: float = 0.5) -> Skin:
    """A lead glaze: thin and pale on ridges, deep in hollows, clouded by the fire."""
    skin.lay(color, share, roughness=0.17, light=(60, 62, 74))
    cloud = skin.noise(42, 51)
    skin.color *= (1 + share * (0.14 * cloud - pooled * np.clip(hollow * 3.2, -0.35, 0.7)))[:, None]
    return skin
