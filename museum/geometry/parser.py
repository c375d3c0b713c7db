"""Reads a whole scan, whatever its format, and measures its topology: what the child process does."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from museum.errors import SourceError
from museum.geometry import facts, gltf_header, gltf_reader, texture
from museum.geometry.checks import check_mesh
from museum.geometry.header import read_header
from museum.geometry.limits import ScanLimits
from museum.geometry.mesh import Mesh, Picture
from museum.geometry.parts import PartsFolder


def read_whole(path: Path, parts: tuple[Path, ...], shown: str, limits: ScanLimits) -> tuple[Mesh, dict[str, Any]]:
    """(mesh in file units, facts as plain values); the counts read must be those that the header promised."""
    header = read_header(path, parts=parts, limits=limits, name=shown)
    if header.format in ("glb", "gltf"):
        folder = PartsFolder(path, parts, shown=shown)
        document = gltf_header.read(path, size=path.stat().st_size, parts=folder)
        mesh = gltf_reader.read(path, document=document, shown=shown)
    else:
        from museum.geometry import formats  # its loaders take longer to import than most files to read

        mesh = formats.read(path, format_name=header.format, references=header.references, shown=shown)
    check_mesh(mesh, shown=shown, limits=limits, is_mesh_promised=bool(header.faces))
    _compare(len(mesh.faces), header.faces, header.format, shown)
    _check_pictures(mesh, shown, limits)
    measured = {**asdict(facts.topology(mesh)), "area": facts.area(mesh)}
    return mesh, measured


def _compare(found: int, promised: int | None, format_name: str, shown: str) -> None:
    # A PLY polygon of four corners becomes two triangles, so only fewer faces than promised are a loss.
    if promised is not None and format_name in ("ply", "stl") and found < promised:
        raise SourceError("scan.counts_differ", file=shown, promised=promised, found=found)


def _check_pictures(mesh: Mesh, shown: str, limits: ScanLimits) -> None:
    seen: set[int] = set()
    for material in mesh.materials:
        for slot in ("base_texture", "normal_texture", "surface_texture", "occlusion_texture"):
            picture: Picture | None = getattr(material, slot)
            if picture is not None and id(picture.data) not in seen:
                seen.add(id(picture.data))
                texture.check(picture, shown=shown, pixel_limit=limits.texture_pixels)
