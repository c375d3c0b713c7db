"""Reads a whole scan, whatever its format, and measures its topology: what the child process does."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from museum.errors import SourceError
from museum.geometry import facts, gltf_header, gltf_reader, ply_header, texture, witness
from museum.geometry.checks import check_mesh
from museum.geometry.header import damage_told, is_misnamed, read_header
from museum.geometry.limits import ScanLimits
from museum.geometry.mesh import Material, Mesh, Picture
from museum.geometry.parts import PartsFolder
from museum.geometry.reading import dae, e57, las, obj, off, ply, points, stl, threemf
from museum.geometry.reading.stated import Header
from museum.geometry.reading.workspace import Workspace

_BOX_TOLERANCE = 0.001
_SLOTS = ("base_texture", "normal_texture", "surface_texture", "occlusion_texture")


def read_whole(
    path: Path, parts: tuple[Path, ...], shown: str, limits: ScanLimits, workspace: Workspace | None = None
) -> tuple[Mesh, dict[str, Any]]:
    """(mesh in file units, facts as plain values); what was read must be what the header and a second reader say."""
    workspace = workspace or Workspace(limits=limits)
    workspace.stage("header")
    header = read_header(path, parts=parts, limits=limits, name=shown, salvage=workspace.salvage)
    workspace.drop("textures", len(header.missing))
    workspace.stage("read")
    with damage_told(shown):
        mesh = _read(path, PartsFolder(path, parts, shown=shown, salvage=workspace.salvage), header, workspace)
    workspace.stage("check")
    _compare(mesh.let_go(), header, shown)
    mesh = check_mesh(mesh, shown=shown, limits=limits, is_mesh_promised=bool(header.faces), workspace=workspace)
    if not workspace.dropped:
        witness.check(path, format_name=header.format, mesh=mesh, shown=shown)
    mesh = _with_sound_pictures(mesh, shown, limits, workspace)
    if is_misnamed(shown, header.format):
        workspace.remark("scan.misnamed", file=shown, found=header.format)
    workspace.stage("measure")
    measured = {**asdict(facts.topology(mesh.let_go(), workspace)), "area": facts.area(mesh.let_go())}
    measured["remarks"] = [{"code": e.code, "values": dict(e.values)} for e in workspace.remarks]
    measured["dropped"] = dict(workspace.dropped)
    return mesh, measured


def _read(path: Path, folder: PartsFolder, header: Header, workspace: Workspace) -> Mesh:
    shown = folder.shown
    match header.format:
        case "glb" | "gltf":
            document = gltf_header.read(path, size=path.stat().st_size, parts=folder)
            return gltf_reader.read(path, document=document, shown=shown, workspace=workspace)
        case "ply":
            found = ply_header.read(path, size=path.stat().st_size, shown=shown)
            return ply.read(path, header=found, references=header.references, shown=shown, workspace=workspace)
        case "stl":
            return stl.read(path, faces=header.faces, shown=shown, workspace=workspace)
        case "obj":
            return obj.read(path, references=header.references, shown=shown, workspace=workspace)
        case "3mf":
            return threemf.read(path, shown=shown, workspace=workspace)
        case "off":
            return off.read(path, shown=shown, workspace=workspace)
        case "dae":
            return dae.read(path, header=header, shown=shown, workspace=workspace)
        case "e57":
            return e57.read(path, shown=shown, workspace=workspace)
        case "las" | "laz":
            return las.read(path, header=header, shown=shown, workspace=workspace)
        case _:
            return points.read(path, shown=shown, workspace=workspace)


def _compare(mesh: Mesh, header: Header, shown: str) -> None:
    """Counts and box as the header states them."""
    # A polygon of four corners becomes two triangles, so only fewer faces than promised are a loss.
    found = len(mesh.faces)
    if header.faces is not None and header.format in ("ply", "stl", "off") and found < header.faces:
        raise SourceError("scan.counts_differ", file=shown, promised=header.faces, found=found)
    if header.low is None or header.high is None or not len(mesh.vertices_mm):
        return
    stated = np.array([header.low, header.high])
    read = np.array([mesh.vertices_mm.min(axis=0), mesh.vertices_mm.max(axis=0)])
    size = float(np.ptp(stated, axis=0).max())
    if not np.abs(stated - read).max() <= _BOX_TOLERANCE * max(size, 1e-9):
        wanted, real = (" × ".join(f"{v:.6g}" for v in np.ptp(box, axis=0)) for box in (stated, read))
        raise SourceError("scan.extent_differs", file=shown, stated=wanted, found=real)


def _with_sound_pictures(mesh: Mesh, shown: str, limits: ScanLimits, workspace: Workspace) -> Mesh:
    """The mesh once every picture was decoded; a workspace that salvages leaves out those that can't be."""
    seen: dict[int, bool] = {}
    materials: list[Material] = []
    for material in mesh.materials:
        lost: dict[str, Any] = {}
        for slot in _SLOTS:
            picture: Picture | None = getattr(material, slot)
            if picture is None:
                continue
            if id(picture.data) not in seen:
                seen[id(picture.data)] = _is_sound(picture, shown, limits, workspace)
            if not seen[id(picture.data)]:
                lost[slot] = None
        materials.append(replace(material, **lost))
    return replace(mesh, materials=tuple(materials)) if not all(seen.values()) else mesh


def _is_sound(picture: Picture, shown: str, limits: ScanLimits, workspace: Workspace) -> bool:
    try:
        texture.check(picture, shown=shown, pixel_limit=limits.texture_pixels)
    except SourceError:
        if not workspace.salvage:
            raise
        workspace.drop("textures", 1)
        return False
    return True
