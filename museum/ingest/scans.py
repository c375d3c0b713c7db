"""Scans: the model for the web, packed for our viewer and plain for every other client, and a rendered poster.

What takes longer (`ingest.rungs`) comes after the record is public.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from museum.geometry import glb, joining, open_glb, photograph, render, rungs, scan
from museum.geometry.camera import View
from museum.geometry.distance import Yardstick
from museum.geometry.facts import ScanFacts
from museum.geometry.mesh import Bytes, Mesh
from museum.geometry.photograph import Grain, Sitter
from museum.ingest import photos, scan_models
from museum.ingest.made import Made

POSTER_PX = (1600, 1200)
_LAMPS = 40
_LIGHTS = 64  # 96 look the same at this size, and take half as long again


def derive(
    path: Path, work: Path, *, parts: Sequence[Path], unit: str, up_axis: str, name: str, salvage: bool = False
) -> list[Made]:
    """The web models (metres where a unit is known, Y up where an axis is) and posters. Raises SourceError scan.*.

    `salvage` keeps to the good parts of a damaged scan, as when it was taken in.
    """
    opened = scan.open_scan(
        path, parts=parts, unit=unit, up_axis=up_axis, name=name, salvage=salvage, work=work
    )  # fmt: skip
    mesh, facts = opened.mesh, opened.facts
    model = work / rungs.MEDIUM.file
    whole = mesh if len(mesh.faces) <= rungs.MEDIUM.faces and not joining.suits(mesh) else rungs.prepared(mesh)
    mesh.let_go()
    shown, is_baked = _level(whole)
    written = glb.write_web_glb(
        shown, model, max_faces=rungs.MEDIUM.faces, max_points=rungs.MEDIUM.points,
        texture_px=rungs.MEDIUM.texture_px, view_up=facts.view_up, is_measured=False,
    )  # fmt: skip
    plain = work / "open.glb"
    open_glb.write_open_glb(model, plain)
    said = scan_models.said_of(mesh, facts, rungs.MEDIUM, faces=written.faces, vertices=written.vertices)
    said |= {"box": scan_models.box_of(mesh)}
    said |= scan_models.relief_said(rungs.MEDIUM, shown, is_baked=is_baked)
    said |= scan_models.deviation_said(rungs.measured(model, mesh, Yardstick.of(mesh)), mesh)
    mesh.let_go()
    picture = work / "render.tif"
    pixels = _portrait(whole, facts)
    Image.fromarray(pixels).save(picture, format="TIFF")
    posters = photos.posters(picture, work, long_side_px=POSTER_PX[0], name=name)
    models = [Made(name=m.name, media_type=scan_models.GLB, files=(m,), facts=said) for m in (plain, model)]
    return [*posters, *models]


def _level(whole: Mesh) -> tuple[Mesh, bool]:
    """(the medium rung of a prepared mesh, whether it bears the relief of the whole in its normals)."""
    if len(whole.faces) <= rungs.MEDIUM.faces and not joining.suits(whole):
        return whole, False
    return rungs.Relief(whole).cut(rungs.MEDIUM)


def _portrait(mesh: Mesh, facts: ScanFacts) -> Bytes:
    """The picture shown first: from light on vertices where they are fine and closed, which is quicker."""
    width, height = POSTER_PX
    view = View(up=facts.view_up)
    if not (facts.is_closed and photograph.suits(mesh)):
        return render.poster(mesh, width_px=width, height_px=height, view=view, samples=_LIGHTS)
    sitter = Sitter.of(replace(mesh, up_axis=facts.view_up), grain=Grain(steepness=0, tone=0))
    return photograph.photograph(sitter, width_px=width, height_px=height, view=view, samples=_LAMPS)
