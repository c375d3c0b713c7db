"""The front door: the tileset of a large scan, mesh or points, in one archive."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from museum.geometry.mesh import Mesh
from museum.geometry.tileset import archive, clouds, description, meshes, snapping
from museum.geometry.tileset.tile_glb import Frame

TILE = 60_000
FRONT = 6_000  # triangles: some 50 kB, a fifth of the root


@dataclass(frozen=True, kw_only=True)
class TilesetFacts:
    """What was written. `errors` are the largest of each level from the root to the leaves, in the mesh's unit."""

    tiles: int
    faces: int
    points: int
    size_bytes: int
    root_bytes: int
    errors: tuple[float, ...]
    step: float


def build(
    mesh: Mesh, out: Path, *, most: int = TILE, threads: int = 2, view_up: str = "",
    asset: Mapping[str, Any] | None = None, has_locks: bool = True, front_faces: int = FRONT,
) -> TilesetFacts:  # fmt: skip
    """Write the tileset of a mesh or cloud to the archive `out`, its leaves of at most `most` triangles or points.

    Peak memory is some 50 bytes a triangle beside the mesh itself. `has_locks` False is for the test that locked
    borders are what closes the cracks. Beside the tiles lies `front.glb` where the root is large: the whole in
    `front_faces` triangles, for a viewer to show first.
    """
    snapped = snapping.snap(mesh)
    frame = Frame.of(mesh, snapped, view_up=view_up, asset=asset)
    with ThreadPoolExecutor(threads) as pool, out.open("wb") as stream, archive.Writer(stream) as writer:
        if mesh.is_point_cloud:
            tree, described = clouds.make(mesh, snapped, frame, writer, pool, most=most)
            front = None
        else:
            tree, described, front = meshes.make(
                mesh,
                snapped,
                frame,
                writer,
                pool,
                most=most,
                threads=threads,
                has_locks=has_locks,
                front_faces=front_faces,
            )
        said = description.tileset(described, tree, frame, mesh, snapped, front=front)
        writer.add("tileset.json", archive.packed(said))
    return TilesetFacts(
        tiles=len(described), faces=len(snapped.faces), points=len(snapped.grid) if mesh.is_point_cloud else 0,
        size_bytes=out.stat().st_size, root_bytes=described[0].size_bytes,
        errors=description.level_errors(described, tree), step=snapped.step,
    )  # fmt: skip
