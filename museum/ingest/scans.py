"""Scans: the model for the web, packed for our viewer and plain for every other client, and a rendered poster."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from museum.geometry import glb, open_glb, photograph, render, scan
from museum.geometry.camera import View
from museum.geometry.facts import ScanFacts
from museum.geometry.mesh import Bytes, Mesh
from museum.geometry.photograph import Grain, Sitter
from museum.ingest import photos
from museum.ingest.made import Made

POSTER_PX = (1600, 1200)
_LAMPS = 40


def derive(path: Path, work: Path, *, parts: Sequence[Path], unit: str, up_axis: str, name: str) -> list[Made]:
    """The web models (metres where a unit is known, Y up where an axis is) and posters. Raises SourceError scan.*."""
    opened = scan.open_scan(path, parts=parts, unit=unit, up_axis=up_axis, name=name)
    mesh, facts = opened.mesh, opened.facts
    model = work / "web.glb"
    written = glb.write_web_glb(mesh, model, view_up=facts.view_up)
    plain = work / "open.glb"
    open_glb.write_open_glb(model, plain)
    said = {
        "unit": "m" if mesh.has_scale else None,
        "up_axis": "Y" if mesh.up_axis else facts.view_up,
        "faces": written.faces,
        "vertices": written.vertices,
        "is_point_cloud": True if mesh.is_point_cloud else None,
        "deviation_rms": written.deviation.rms if written.deviation else None,
        "deviation_p99": written.deviation.p99 if written.deviation else None,
        "deviation_unit": ("mm" if mesh.has_scale else None) if written.deviation else None,
    }
    picture = work / "render.tif"
    pixels = _portrait(mesh, facts)
    Image.fromarray(pixels).save(picture, format="TIFF")
    shown = photos.posters(picture, work, long_side_px=POSTER_PX[0], name=name)
    models = [Made(name=m.name, media_type="model/gltf-binary", files=(m,), facts=said) for m in (plain, model)]
    return [*shown, *models]


def _portrait(mesh: Mesh, facts: ScanFacts) -> Bytes:
    """The picture shown first: from light on vertices where they are fine and closed, which is quicker."""
    width, height = POSTER_PX
    view = View(up=facts.view_up)
    if not (facts.is_closed and photograph.suits(mesh)):
        return render.poster(mesh, width_px=width, height_px=height, view=view)
    sitter = Sitter.of(replace(mesh, up_axis=facts.view_up), grain=Grain(steepness=0, tone=0))
    return photograph.photograph(sitter, width_px=width, height_px=height, view=view, samples=_LAMPS)
