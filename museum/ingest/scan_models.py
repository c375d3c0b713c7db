"""The files made of one scan beside those that its page begins with: rungs of detail, a turn around it, measures."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from museum.geometry import atlas, glb, measures, ply_writer, render, room_glb, rungs, scan, usdz
from museum.geometry.camera import View
from museum.geometry.distance import Deviation, Yardstick
from museum.geometry.facts import ScanFacts
from museum.geometry.mesh import Mesh
from museum.geometry.rungs import Rung
from museum.geometry.units import unit_mm
from museum.ingest.made import Made

GLB = "model/gltf-binary"
MEASURES = "measures.json"
_FRAMES, _COLUMNS = 24, 6
_FRAME_PX = (640, 480)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be made, in plain values that another process understands. `name` is the file's original one;
    `has_dispute`: its size contradicts the record, so that nobody is to see it at that size in a room; `salvage`: only
    its good parts are shown."""

    path: Path
    parts: tuple[Path, ...]
    unit: str
    up_axis: str
    name: str
    has_dispute: bool = False
    salvage: bool = False


def make(order: Order, work: Path) -> list[Made]:
    """Everything that is made later, in the folder `work`; the measured facts last. Raises SourceError scan.*."""
    opened = scan.open_scan(
        order.path, parts=order.parts, unit=order.unit, up_axis=order.up_axis, name=order.name, salvage=order.salvage,
        work=work,
    )  # fmt: skip
    bench = Bench.of(opened.mesh, opened.facts, work)
    found = [bench.rung(rung) for rung in rungs.wanted(bench.size)]
    if opened.mesh.has_scale and not order.has_dispute and not opened.mesh.is_point_cloud:
        found += bench.for_a_room()
    found += [bench.ply(), bench.turntable()]
    yardstick = bench.yardstick
    del bench  # what rungs are cut from takes as much memory as what is measured now
    return [*found, measures_of(opened.mesh, opened.facts, yardstick, work)]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A scan on the work bench: `whole` is what rungs are cut from, `yardstick` what they are measured against."""

    master: Mesh
    facts: ScanFacts
    whole: Mesh
    yardstick: Yardstick
    size: rungs.Size
    work: Path
    relief: rungs.Relief
    _cuts: dict[int, Mesh] = field(default_factory=dict)

    @classmethod
    def of(cls, master: Mesh, facts: ScanFacts, work: Path) -> "Bench":
        """Prepare a scan that was read."""
        whole = rungs.prepared(master)
        relief = rungs.Relief(whole)
        size = replace(rungs.size_of(master), texture_px=relief.size.texture_px)
        return cls(
            master=master, facts=facts, whole=whole, yardstick=Yardstick.of(master), size=size, work=work, relief=relief
        )  # fmt: skip

    def rung(self, rung: Rung) -> Made:
        """One model for the viewer: meshopt-compressed, with the master's relief in its normals where that goes."""
        out = self.work / rung.file
        shown, is_baked = (self._cut(rung), False) if rung is rungs.HIGH else self.relief.cut(rung)
        written = glb.write_web_glb(
            shown, out, max_faces=max(1, len(shown.faces)), max_points=rung.points, texture_px=rung.texture_px,
            view_up=self.facts.view_up, is_measured=False,
        )  # fmt: skip
        said = self._said(rung, faces=written.faces, vertices=written.vertices)
        said |= relief_said(rung, shown, is_baked=is_baked)
        said |= self._deviation(rungs.measured(out, self.master, self.yardstick))
        return Made(name=out.name, media_type=GLB, files=(out,), facts=said)

    def for_a_room(self) -> Iterator[Made]:
        """The model at its true size: as plain GLB, and as USDZ."""
        rung = rungs.AR
        baked, is_baked = self.relief.cut(rung)
        shown = atlas.painted(baked, self.master, self.yardstick.surface, texture_px=rung.texture_px)
        said = self._said(rung, faces=len(shown.faces), vertices=len(shown.vertices_mm))
        said |= relief_said(rung, shown, is_baked=is_baked)
        origin = room_glb.origin_of(shown)
        plain, packed = self.work / rung.file, self.work / "ar.usdz"
        room_glb.write_room_glb(shown, plain, texture_px=rung.texture_px)
        told = self._deviation(rungs.measured(plain, self.master, self.yardstick, origin=origin))
        yield Made(name=plain.name, media_type=GLB, files=(plain,), facts={**said, **told})
        usdz.write_usdz(shown, packed, texture_px=rung.texture_px)
        points, faces = usdz.surface_of(packed.read_bytes())
        again = Mesh(vertices_mm=rungs.returned(points, self.master, origin=origin), faces=faces)
        told = self._deviation(self.yardstick.deviation(again))
        yield Made(name=packed.name, media_type="model/vnd.usdz+zip", files=(packed,), facts={**said, **told})

    def ply(self) -> Made:
        """The finest rung for programs that measure: in the scan's own unit and axes."""
        level, out = self._cut(rungs.HIGH), self.work / "model.ply"
        normals = None if level.is_point_cloud else level.normals
        out.write_bytes(ply_writer.ply(level, normals=normals, colors=ply_writer.vertex_colors(level)))
        said = self._said(rungs.HIGH, faces=len(level.faces), vertices=len(level.vertices_mm))
        told = self._deviation(self.yardstick.deviation(_single(level)))
        said |= {"rung": None, "texture_px": None, "unit": "mm" if self.master.has_scale else None}
        return Made(name=out.name, media_type="model/ply", files=(out,), facts={**said, **told})

    def turntable(self) -> Made:
        """A turn around the object as one picture of many, for those whose browser shows no models."""
        width, height = _FRAME_PX
        view, out = View(up=self.facts.view_up), self.work / "turntable.webp"
        sheet = np.zeros((_FRAMES // _COLUMNS * height, _COLUMNS * width, 3), np.uint8)
        turning = render.turntable(self._cut(rungs.MEDIUM), frames=_FRAMES, width_px=width, height_px=height, view=view)
        for number, frame in enumerate(turning):
            row, column = divmod(number, _COLUMNS)
            sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = frame
        Image.fromarray(sheet).save(out, "WEBP", quality=72, method=4)
        said = {
            "frames": _FRAMES,
            "columns": _COLUMNS,
            "rows": _FRAMES // _COLUMNS,
            "frame_width_px": width,
            "frame_height_px": height,
            "azimuth_start_deg": view.azimuth_deg,
            "azimuth_step_deg": 360 / _FRAMES,
            "elevation_deg": view.elevation_deg,
        }
        return Made(name=out.name, media_type="image/webp", files=(out,), facts=said)

    def _cut(self, rung: Rung) -> Mesh:
        count = rung.of(self.size).count
        if count not in self._cuts:
            self._cuts[count] = rungs.cut(self.whole, rung)
        return self._cuts[count]

    def _said(self, rung: Rung, *, faces: int, vertices: int) -> dict[str, Any]:
        return said_of(self.master, self.facts, rung, faces=faces, vertices=vertices)

    def _deviation(self, found: Deviation) -> dict[str, Any]:
        return deviation_said(found, self.master)


def measures_of(mesh: Mesh, facts: ScanFacts, yardstick: Yardstick, work: Path) -> Made:
    """What is measured on the master itself, as a file and as facts."""
    found, out = measures.measure(mesh, yardstick), work / MEASURES
    scale = unit_mm(facts.unit) if mesh.has_scale else 1.0
    said: dict[str, Any] = {
        "unit": "mm" if mesh.has_scale else None,
        "extent": list(mesh.extent),
        "point_spacing": found.point_spacing,
        "texel_size": found.texel_size,
        "mirror_rms": found.mirror.rms,
        "mirror_share": found.mirror.rms / max(mesh.extent),
        "mirror_normal": list(found.mirror.normal),
    }
    if not mesh.is_point_cloud:
        said |= {
            "area": facts.area * scale**2,
            "volume": None if facts.volume is None else facts.volume * scale**3,
            "borders": found.borders,
            "border_length": found.border_length,
            "border_longest": found.border_longest,
            "crossing_triangles": found.crossings.triangles,
            "crossing_tested": found.crossings.tested,
            "crossing_undecided": found.crossings.undecided,
            "crossing_is_sampled": found.crossings.is_sampled,
        }
    told = {name: value for name, value in said.items() if value is not None}
    out.write_text(json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1), "utf-8")
    return Made(name=MEASURES, media_type="application/json", files=(out,), facts=told)


def said_of(master: Mesh, facts: ScanFacts, rung: Rung, *, faces: int, vertices: int) -> dict[str, Any]:
    """What is said of one model: its counts, its unit, its axis; None says nothing."""
    return {
        "unit": "m" if master.has_scale else None,
        "up_axis": "Y" if master.up_axis else facts.view_up,
        "faces": faces,
        "vertices": vertices,
        "texture_px": rung.of(rungs.size_of(master)).texture_px or None,
        "is_point_cloud": True if master.is_point_cloud else None,
        "rung": rung.name,
    }


def relief_said(rung: Rung, shown: Mesh, *, is_baked: bool) -> dict[str, Any]:
    """What is said of the pictures of a model, beside the rest: whether they bear its master's relief."""
    said: dict[str, Any] = {"texture_px": rung.of(rungs.size_of(shown)).texture_px or None}
    return said | ({"has_baked_normals": True} if is_baked else {})


def box_of(master: Mesh) -> list[list[float]]:
    """The least and the greatest corner of what `glb.write_web_glb` makes of a scan: metres where there is scale, Y up
    where an axis is stated (a guessed one is not turned)."""
    scale = 0.001 if master.has_scale else 1.0
    low, high = (corner(axis=0) * scale for corner in (master.vertices_mm.min, master.vertices_mm.max))
    if master.up_axis == "Z":
        low, high = (np.array([a[0], a[2], -b[1]]) for a, b in ((low, high), (high, low)))
    elif master.up_axis == "X":
        low, high = (np.array([-b[1], a[0], a[2]]) for a, b in ((low, high), (high, low)))
    return [[round(float(v), 9) for v in corner] for corner in (low, high)]


def deviation_said(found: Deviation, master: Mesh) -> dict[str, Any]:
    """How far a model lies from its master, as it is stored with the model."""
    return {
        "deviation_rms": found.rms,
        "deviation_p99": found.p99,
        "deviation_largest": found.largest,
        "deviation_samples": found.samples,
        "deviation_unit": "mm" if master.has_scale else None,
    }


def _single(mesh: Mesh) -> Mesh:
    """The mesh as single-precision files hold it."""
    return replace(mesh, vertices_mm=mesh.vertices_mm.astype(np.float32).astype(np.float64))
