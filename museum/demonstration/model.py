"""What a demonstration object is: one shape with its skin, from which every picture, scan and layer is derived."""

from dataclasses import dataclass

from museum.geometry.mesh import Bytes, Mesh


@dataclass(frozen=True, kw_only=True)
class Model:
    """A closed solid of true size and what its surface does under ultraviolet light.

    mesh : upright along Y, standing on y = 0, the front towards +Z, millimetres, `colors` the albedo in sRGB, `surface`
    its gloss. Walls have two sides, so that a ray's way through the material can be measured.
    fluorescence : (n, 3) uint8 sRGB light that each vertex gives off under ultraviolet, black where it gives none
    """

    mesh: Mesh
    fluorescence: Bytes

    def __post_init__(self) -> None:
        if self.fluorescence.shape != (len(self.mesh.vertices_mm), 3):
            raise ValueError(
                f"fluorescence is {self.fluorescence.shape}, the mesh has {len(self.mesh.vertices_mm)} vertices"
            )
