"""Pictures of a model: studio, raking and ultraviolet light, X-rays, each with its label inside the file."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from museum.demonstration import labels
from museum.demonstration.model import Model
from museum.demonstration.plan import PlannedFile, PlannedObject
from museum.geometry import photograph, radiograph, studio
from museum.geometry.camera import View
from museum.geometry.mesh import Bytes, Mesh
from museum.geometry.photograph import Grain, Sitter
from museum.geometry.render import LACQUER, Background
from museum.imaging import arrays

_LAMPS = {"studio": studio.STUDIO, "raking-left": studio.RAKING_LEFT, "raking-right": studio.RAKING_RIGHT}
_FLOATING = Background(glow=LACQUER.glow, edge=LACQUER.edge, has_floor=False)
_QUALITY = {"large": 90, "photo": 91, "turntable": 86}
_SAMPLES = {"large": 48, "photo": 36, "turntable": 20}
_SMALL_SAMPLES = 24
_SMALL_PX = 600


class Photographer:
    """Takes the pictures of one state of an object; `exposures` by light are shared with its other states."""

    def __init__(self, planned: PlannedObject, model: Model, exposures: dict[str, float]) -> None:
        grain = Grain(seed=int(planned.number[-4:]), **planned.grain) if planned.grain else Grain()
        self._sitter = Sitter.of(model.mesh, fluorescence=model.fluorescence, grain=grain)
        self._model, self._grain = model, grain
        self._exposures = exposures
        self._title = planned.names.say("vi")

    def take(self, file: PlannedFile, out: Path) -> None:
        """Make one picture and write it to `out`."""
        packet = labels.xmp(f"{self._title}: {file.label.say('vi')} / {file.label.say('en')}")
        arrays.write(self._picture(file), out, quality=_QUALITY[file.make], xmp=packet)

    def _picture(self, file: PlannedFile) -> Bytes:
        width, height = file.width_px, file.height_px
        view = View(
            up="Y", azimuth_deg=file.azimuth_deg, elevation_deg=file.elevation_deg, fov_deg=file.fov_deg,
            region=file.region,
        )  # fmt: skip
        if file.light == "x-ray":
            return radiograph.radiograph(self._sitter, width_px=width, height_px=height, view=view)
        if file.light == "uv":
            return photograph.ultraviolet(
                self._sitter, width_px=width, height_px=height, view=view, samples=_SAMPLES["photo"]
            )
        if file.is_laid:
            laid = Sitter.of(_laid(self._model.mesh), grain=self._grain)
            return photograph.photograph(laid, width_px=width, height_px=height, view=view, background=_FLOATING)
        lamps = _LAMPS[file.light]
        samples = _SAMPLES[file.make] if max(width, height) > _SMALL_PX else _SMALL_SAMPLES
        if file.light not in self._exposures:
            self._exposures[file.light] = photograph.exposure_of(
                self._sitter, view, width_px=width, height_px=height, lamps=lamps, samples=samples
            )
        return photograph.photograph(
            self._sitter, width_px=width, height_px=height, view=view, lamps=lamps, samples=samples,
            exposure=self._exposures[file.light], background=LACQUER if file.has_floor else _FLOATING,
        )  # fmt: skip


def _laid(mesh: Mesh) -> Mesh:
    """The mesh turned on its back: what was below looks to the front."""
    turn = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
    normals = None if mesh.normals is None else mesh.normals @ turn.T
    return replace(mesh, vertices_mm=mesh.vertices_mm @ turn.T, normals=normals)
