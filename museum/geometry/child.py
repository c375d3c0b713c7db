"""Parsing in a process of its own, bounded in time and memory: a hostile file can only kill the child."""

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from museum.errors import BackendError, MuseumError, SourceError
from museum.geometry.limits import ScanLimits
from museum.geometry.mesh import Material, Mesh, Picture
from museum.geometry.reading.workspace import LARGE_BYTES, Workspace

_REQUEST = "request.json"
_ANSWER = "answer.json"
_STAGE = "stage"
_COMPLAINT = "stderr"
_ARRAYS = ("vertices_mm", "faces", "normals", "colors", "uv", "face_material")
_PICTURES = ("base_texture", "normal_texture", "surface_texture", "occlusion_texture")
_LOOK_EVERY_S = 0.1
_FILES_BYTES = 64 << 30  # what the child may write: arrays too large for memory
_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What the child does now ("header", "read", "join", "check", "measure") and how much memory it has, MiB."""

    name: str
    memory_mib: int


OnStage = Callable[[Stage], None]


def parse(
    path: Path,
    *,
    parts: tuple[Path, ...],
    shown: str,
    limits: ScanLimits,
    salvage: bool = False,
    work: Path | None = None,
    on_stage: OnStage | None = None,
) -> tuple[Mesh, dict[str, Any]]:
    """(mesh in file units, topology facts) of the file at `path`, read by a bounded child process.

    `work` is where large arrays may lie (else the system's temporary folder); those of the mesh are mapped from files
    there that nobody else sees. `salvage` keeps the good parts of a damaged scan. `on_stage` is told ten times a
    second what the child does. Raises what the child raised, SourceError `scan.took_too_long` or
    `scan.needs_too_much_memory`, and BackendError `scan.parser_failed` when the child dies otherwise.
    """
    with tempfile.TemporaryDirectory(prefix="scan-", dir=work) as name:
        folder = Path(name)
        request = {
            "path": str(path), "parts": [str(part) for part in parts], "shown": shown, "limits": asdict(limits),
            "salvage": salvage,
        }  # fmt: skip
        (folder / _REQUEST).write_text(json.dumps(request), "utf-8")
        _run(folder, shown, limits, on_stage)
        answer = json.loads((folder / _ANSWER).read_text("utf-8"))
        if "error" in answer:
            raise _error_of(answer["error"])
        return _load(folder, answer["materials"], answer["up_axis"]), answer["facts"]


def _run(folder: Path, shown: str, limits: ScanLimits, on_stage: OnStage | None) -> None:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    with (folder / _COMPLAINT).open("wb") as complaint:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "museum.geometry.child", str(folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=complaint,
            env=environment, cwd=folder, start_new_session=True,
        )  # fmt: skip
    try:
        _wait(process, folder, limits, on_stage)
    except subprocess.TimeoutExpired as error:
        raise SourceError("scan.took_too_long", file=shown, seconds=limits.time_s) from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise SourceError("scan.took_too_long", file=shown, seconds=limits.time_s)
    if process.returncode != 0 or not (folder / _ANSWER).is_file():
        text = (folder / _COMPLAINT).read_bytes().decode("utf-8", "replace")
        if "MemoryError" in text or "bad_alloc" in text or "Cannot allocate" in text:
            raise SourceError("scan.needs_too_much_memory", file=shown, limit_mib=limits.memory_bytes >> 20)
        raise BackendError("scan.parser_failed", file=shown, status=process.returncode, reason=text[-200:].strip())


def _wait(process: "subprocess.Popen[bytes]", folder: Path, limits: ScanLimits, on_stage: OnStage | None) -> None:
    """Until the child has ended; raises TimeoutExpired."""
    end = time.monotonic() + limits.time_s
    while True:
        left = end - time.monotonic()
        try:
            process.wait(timeout=max(0.0, left if on_stage is None else min(left, _LOOK_EVERY_S)))
            return
        except subprocess.TimeoutExpired:
            if left <= 0:
                raise
        if on_stage is not None:
            with contextlib.suppress(OSError):
                name = (folder / _STAGE).read_text("ascii")
                on_stage(Stage(name=name or "start", memory_mib=_memory_mib(process.pid)))


def _memory_mib(pid: int) -> int:
    """What a process has in memory now, 0 where the system doesn't tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) >> 10 for line in lines if line.startswith("VmRSS:")), 0)


def _error_of(stated: Mapping[str, Any]) -> MuseumError:
    kind = {"SourceError": SourceError, "BackendError": BackendError}.get(stated["kind"], SourceError)
    return kind(stated["code"], **stated["values"])


def _load(folder: Path, materials: list[dict[str, Any]], up_axis: str) -> Mesh:
    arrays = {name: _array(folder / f"{name}.npy") for name in _ARRAYS if (folder / f"{name}.npy").is_file()}
    rebuilt = []
    for i, plain in enumerate(materials):
        values = dict(plain)
        for slot in _PICTURES:
            kind = values.pop(slot)
            data = b"" if kind is None else (folder / f"{slot}{i}").read_bytes()
            values[slot] = None if kind is None else Picture(data=data, media_type=kind)
        values["base_color"] = tuple(values["base_color"])
        rebuilt.append(Material(**values))
    return Mesh(materials=tuple(rebuilt), up_axis=up_axis, **arrays)


def _array(path: Path) -> Any:
    """A stored array; a large one mapped, so that what isn't looked at takes no memory."""
    is_large = path.stat().st_size >= LARGE_BYTES
    return np.asarray(np.load(path, allow_pickle=False, mmap_mode="c" if is_large else None))


def _save(mesh: Mesh, folder: Path) -> list[dict[str, Any]]:
    for name in _ARRAYS:
        value = getattr(mesh, name)
        if value is not None and (name != "face_material" or len(mesh.materials) > 1):
            np.save(folder / f"{name}.npy", np.ascontiguousarray(value), allow_pickle=False)
            mesh.let_go()
    materials: list[dict[str, Any]] = []
    for i, material in enumerate(mesh.materials):
        plain = {key: getattr(material, key) for key in material.__dataclass_fields__}
        for slot in _PICTURES:
            picture: Picture | None = plain[slot]
            plain[slot] = None if picture is None else picture.media_type
            if picture is not None:
                (folder / f"{slot}{i}").write_bytes(picture.data)
        materials.append(plain)
    return materials


def _bound(limits: ScanLimits) -> None:
    """Bounds for this process. Memory is what it alone holds: files mapped into it can be written out again."""
    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
    for what, limit in (
        (resource.RLIMIT_DATA, limits.memory_bytes),
        (resource.RLIMIT_CPU, int(limits.time_s) + 1),
        (resource.RLIMIT_FSIZE, _FILES_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (soft, hard))


Read = Callable[[Path, tuple[Path, ...], str, ScanLimits, Workspace], tuple[Mesh, dict[str, Any]]]


def answer(folder: Path, read: Read) -> None:
    """The child's whole work: bound itself, read, and leave the mesh and an answer in the request's folder."""
    request = json.loads((folder / _REQUEST).read_text("utf-8"))
    limits = ScanLimits(**request["limits"])
    _bound(limits)
    workspace = Workspace(
        folder=folder,
        limits=limits,
        salvage=request["salvage"],
        on_stage=lambda name: (folder / _STAGE).write_text(name, "ascii"),
    )
    try:
        parts = tuple(Path(part) for part in request["parts"])
        mesh, facts = read(Path(request["path"]), parts, request["shown"], limits, workspace)
        workspace.stage("keep")
        result: dict[str, Any] = {"materials": _save(mesh, folder), "up_axis": mesh.up_axis, "facts": facts}
    except MuseumError as error:
        result = {"error": {"kind": type(error).__name__, "code": error.code, "values": _plain(error, request)}}
    except MemoryError:
        stated = {"file": request["shown"], "limit_mib": limits.memory_bytes >> 20}
        result = {"error": {"kind": "SourceError", "code": "scan.needs_too_much_memory", "values": stated}}
    (folder / _ANSWER).write_text(json.dumps(result), "utf-8")


def _plain(error: MuseumError, request: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: value if isinstance(value, int | float) else str(value) for key, value in error.values.items()}
    if "file" in values:
        values["file"] = values["file"] or request["shown"]
    return values


if __name__ == "__main__":
    from museum.geometry.parser import read_whole  # parsers load only in the child

    answer(Path(sys.argv[1]), read_whole)
