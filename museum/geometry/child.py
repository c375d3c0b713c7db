"""Parsing in a process of its own, bounded in time and memory: a hostile file can only kill the child."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from museum.errors import BackendError, MuseumError, SourceError
from museum.geometry.limits import ScanLimits
from museum.geometry.mesh import Material, Mesh, Picture

_RESULT = "mesh.npz"
_ANSWER = "answer.json"
_ARRAYS = ("vertices_mm", "faces", "normals", "colors", "uv", "face_material")
_PICTURES = ("base_texture", "normal_texture", "surface_texture", "occlusion_texture")


def parse(path: Path, *, parts: tuple[Path, ...], shown: str, limits: ScanLimits) -> tuple[Mesh, dict[str, Any]]:
    """(mesh in file units, topology facts) of the file at `path`, read by a bounded child process.

    Raises what the child raised, SourceError `scan.took_too_long` or `scan.needs_too_much_memory`, and BackendError
    `scan.parser_failed` when the child dies otherwise.
    """
    with tempfile.TemporaryDirectory(prefix="scan-") as name:
        folder = Path(name)
        request = {
            "path": str(path), "parts": [str(part) for part in parts], "shown": shown, "limits": asdict(limits),
            "folder": name,
        }  # fmt: skip
        _run(json.dumps(request), folder, shown, limits)
        answer = json.loads((folder / _ANSWER).read_text("utf-8"))
        if "error" in answer:
            raise _error_of(answer["error"])
        return _load(folder / _RESULT, answer["materials"], answer["up_axis"]), answer["facts"]


def _run(request: str, folder: Path, shown: str, limits: ScanLimits) -> None:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "museum.geometry.child"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=environment, cwd=folder, start_new_session=True,
    )  # fmt: skip
    try:
        _, complaint = process.communicate(request.encode(), timeout=limits.time_s)
    except subprocess.TimeoutExpired as error:
        raise SourceError("scan.took_too_long", file=shown, seconds=limits.time_s) from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stderr:
            process.stderr.close()
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise SourceError("scan.took_too_long", file=shown, seconds=limits.time_s)
    if process.returncode != 0 or not (folder / _ANSWER).is_file():
        text = complaint.decode("utf-8", "replace")
        if "MemoryError" in text or "bad_alloc" in text or "Cannot allocate" in text:
            raise SourceError("scan.needs_too_much_memory", file=shown, limit_mib=limits.memory_bytes >> 20)
        raise BackendError("scan.parser_failed", file=shown, status=process.returncode, reason=text[-200:].strip())


def _error_of(stated: Mapping[str, Any]) -> MuseumError:
    kind = {"SourceError": SourceError, "BackendError": BackendError}.get(stated["kind"], SourceError)
    return kind(stated["code"], **stated["values"])


def _load(path: Path, materials: list[dict[str, Any]], up_axis: str) -> Mesh:
    with np.load(path, allow_pickle=False) as stored:
        arrays: dict[str, Any] = {name: stored[name] for name in _ARRAYS if name in stored.files}
        rebuilt = []
        for i, plain in enumerate(materials):
            values = dict(plain)
            for slot in _PICTURES:
                kind = values.pop(slot)
                values[slot] = None if kind is None else Picture(data=stored[f"{slot}{i}"].tobytes(), media_type=kind)
            values["base_color"] = tuple(values["base_color"])
            rebuilt.append(Material(**values))
    return Mesh(materials=tuple(rebuilt), up_axis=up_axis, **arrays)


def _save(mesh: Mesh, path: Path) -> list[dict[str, Any]]:
    arrays = {name: value for name in _ARRAYS if (value := getattr(mesh, name)) is not None}
    materials: list[dict[str, Any]] = []
    for i, material in enumerate(mesh.materials):
        plain = {key: getattr(material, key) for key in material.__dataclass_fields__}
        for slot in _PICTURES:
            picture: Picture | None = plain[slot]
            plain[slot] = None if picture is None else picture.media_type
            if picture is not None:
                arrays[f"{slot}{i}"] = np.frombuffer(picture.data, np.uint8)
        materials.append(plain)
    np.savez(path, **arrays)
    return materials


def _bound(limits: ScanLimits) -> None:
    for what, limit in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, int(limits.time_s) + 1),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (soft, hard))


def answer(request: Mapping[str, Any], read: Callable[[Path, tuple[Path, ...], str, ScanLimits], Any]) -> None:
    """The child's whole work: bound itself, read, and leave the mesh and an answer in the request's folder."""
    limits = ScanLimits(**request["limits"])
    folder = Path(request["folder"])
    _bound(limits)
    try:
        mesh, facts = read(
            Path(request["path"]), tuple(Path(part) for part in request["parts"]), request["shown"], limits
        )
        result = {"materials": _save(mesh, folder / _RESULT), "up_axis": mesh.up_axis, "facts": facts}
    except MuseumError as error:
        values = {key: value if isinstance(value, int | float) else str(value) for key, value in error.values.items()}
        if "file" in values:
            values["file"] = values["file"] or request["shown"]
        result = {"error": {"kind": type(error).__name__, "code": error.code, "values": values}}
    except MemoryError:
        stated = {"file": request["shown"], "limit_mib": limits.memory_bytes >> 20}
        result = {"error": {"kind": "SourceError", "code": "scan.needs_too_much_memory", "values": stated}}
    (folder / _ANSWER).write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    from museum.geometry.parser import read_whole  # parsers load only in the child

    answer(json.load(sys.stdin), read_whole)
