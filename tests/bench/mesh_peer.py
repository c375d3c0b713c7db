"""Simplification in processes of their own: ours, and pymeshlab's quadric decimation, on the same arrays."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from museum.geometry.mesh import Mesh

REQUIREMENT = "pymeshlab==2025.7.post1"
FOLDER = Path(__file__).resolve().parents[2] / ".venv-pymeshlab"

_CHILD = """
import json, sys, time
import numpy as np
who, folder, target = sys.argv[1], sys.argv[2], int(sys.argv[3])
given = np.load(folder + "/given.npz")
vertices, faces = given["vertices"], given["faces"]
colors = given["colors"] if "colors" in given else None
if who == "ours":
    from museum.geometry import kernels
    from museum.geometry.levels import fitted, merged, simplified, with_normals
    from museum.geometry.mesh import Mesh
    mesh = merged(with_normals(Mesh(vertices_mm=vertices, faces=faces, colors=colors)))
    kernels.distances()
    start, busy = time.perf_counter(), time.process_time()
    level = fitted(simplified(mesh, max_faces=target, is_merged=True), mesh)
    seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    vertices, faces = level.vertices_mm, level.faces
else:
    import pymeshlab
    more = {} if colors is None else {"v_color_matrix": colors / 255.0}
    mesh = pymeshlab.Mesh(vertex_matrix=vertices, face_matrix=faces, **more)
    every = pymeshlab.MeshSet()
    every.add_mesh(mesh)
    start, busy = time.perf_counter(), time.process_time()
    every.meshing_decimation_quadric_edge_collapse(targetfacenum=target)
    seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    level = every.current_mesh()
    vertices, faces = level.vertex_matrix(), level.face_matrix()
np.savez(folder + f"/{who}.npz", vertices=vertices, faces=faces)
peak = int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024
print(json.dumps({"seconds": seconds, "cpu": cpu, "mib": peak}))
"""


def given(mesh: Mesh, folder: Path) -> None:
    """Leave a mesh where both find it; of one with several vertices a place, the colours are as they are."""
    more = {} if mesh.colors is None else {"colors": mesh.colors}
    np.savez(folder / "given.npz", vertices=mesh.vertices_mm, faces=mesh.faces, **more)


def simplified(who: str, folder: Path, target: int) -> tuple[Mesh, dict[str, float]]:
    """What `who` ("ours" or "pymeshlab") makes of the given mesh, and its "seconds", "cpu" seconds and "mib"."""
    environment = {**os.environ}
    if who == "pymeshlab":
        environment |= {"PYTHONPATH": str(_installed()), "QT_QPA_PLATFORM": "offscreen"}
    command: Sequence[str] = [sys.executable, "-c", _CHILD, who, str(folder), str(target)]
    told = dict(json.loads(subprocess.check_output(command, env=environment, text=True).splitlines()[-1]))
    with np.load(folder / f"{who}.npz") as found:
        return Mesh(vertices_mm=found["vertices"].astype(np.float64), faces=found["faces"].astype(np.int32)), told


def _installed() -> Path:
    stamp = FOLDER / REQUIREMENT
    lock = os.open(__file__, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists():
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
            subprocess.run([*command, "--no-deps", "--target", str(FOLDER), REQUIREMENT], check=True)
            stamp.touch()
    finally:
        os.close(lock)
    return FOLDER
