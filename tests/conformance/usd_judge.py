"""Pixar's own OpenUSD as a judge of the USDZ that we write: installed once into its own folder, never our import."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

REQUIREMENT = "usd-core==26.11"
FOLDER = Path(__file__).resolve().parents[2] / ".venv-usd"
_SCRIPT = """
import json, sys
from pxr import Usd, UsdGeom, UsdValidation
registry = UsdValidation.ValidationRegistry()
validators = registry.GetOrLoadAllValidators()
for path in sys.stdin.read().splitlines():
    stage = Usd.Stage.Open(path)
    errors = [f"{e.GetName()}: {e.GetMessage()}" for e in UsdValidation.ValidationContext(validators).Validate(stage)]
    meshes = [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]
    print(json.dumps({
        "errors": errors, "validators": len(validators), "metres": UsdGeom.GetStageMetersPerUnit(stage),
        "up": str(UsdGeom.GetStageUpAxis(stage)), "data": dict(stage.GetRootLayer().customLayerData),
        "faces": sum(len(mesh.GetFaceVertexCountsAttr().Get()) for mesh in meshes),
        "extent": [list(corner) for mesh in meshes for corner in mesh.GetExtentAttr().Get()],
        "types": sorted({str(prim.GetTypeName()) for prim in stage.Traverse()}),
        "files": [str(a.Get().resolvedPath) for prim in stage.Traverse() for a in prim.GetAttributes()
                  if a.GetTypeName() == "asset"],
    }))
"""


def judged(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """For each file its "errors" by all of OpenUSD's validators, and what it holds."""
    environment = {**os.environ, "PYTHONPATH": str(_installed())}
    asked = "\n".join(str(path) for path in paths)
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], input=asked, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _installed() -> Path:
    stamp = FOLDER / REQUIREMENT
    lock = os.open(__file__, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes one makes it
        if not stamp.exists():
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
            done = subprocess.run(
                [*command, "--no-deps", "--target", str(FOLDER), REQUIREMENT],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{REQUIREMENT} can't be installed into {FOLDER}:\n{done.stderr}"
            stamp.touch()
    finally:
        os.close(lock)
    return FOLDER
