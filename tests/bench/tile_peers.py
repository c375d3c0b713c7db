"""Who serves tiles beside us, started from Debian's packages: nginx with tiles cut beforehand, iipsrv 1.1 behind nginx.

And our own application by gunicorn, and the client in C that asks all of them. iipsrv 1.1 decodes each tile and encodes
it again; iipsrv 1.3 hands stored tiles on, as we do, but is in no package of Debian 12: nothing here speaks of it.
"""

import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.museums import Served, free_port

PYTHON = sys.executable
CONNECTIONS = 8
QUALITY = 85  # of the JPEGs, everywhere
_IIPSRV = Path("/usr/lib/iipimage-server/iipsrv.fcgi")
_PROGRAMS = {"gcc": "gcc", "nginx": "nginx-light"}
_PROCESSES = 2
_NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes {processes};
events {{ worker_connections 768; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000; keepalive_timeout 75;
  default_type image/jpeg;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  {upstream}
  server {{ listen 127.0.0.1:{port}; {place} }}
}}
"""
_PASSED = ("QUERY_STRING $query_string", "REQUEST_METHOD $request_method", "REQUEST_URI $request_uri",
           "SERVER_PROTOCOL $server_protocol")  # the request's headers go with them by themselves  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the client told of one pass."""

    each_ms: float
    """Wall time divided by the number of requests."""
    p50_ms: float
    p95_ms: float
    statuses: dict[str, int]
    bytes: int

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return 1000 / self.each_ms


def missing() -> list[str]:
    """Debian's packages that this bench wants and doesn't find."""
    found = [package for program, package in _PROGRAMS.items() if not (shutil.which(program) or _sbin(program))]
    return found + ([] if _IIPSRV.exists() else ["iipimage-server"])


def _sbin(program: str) -> str:
    path = Path("/usr/sbin") / program
    return str(path) if path.exists() else ""


@functools.cache
def _client_folder() -> "tempfile.TemporaryDirectory[str]":
    """The folder of the compiled client; it goes when this process ends."""
    folder = tempfile.TemporaryDirectory(prefix="tile-client-")
    source = Path(__file__).with_name("tile_client.c")
    subprocess.run(["gcc", "-O2", "-o", Path(folder.name) / "tile_client", source], check=True)
    return folder


def ask(port: int, requests: Sequence[str], *, status: int = 200, connections: int = CONNECTIONS) -> Asked:
    """Ask for all `requests` (addresses, or address, tab, entity tag) once; every answer must have that `status`."""
    command = [Path(_client_folder().name) / "tile_client", "127.0.0.1", str(port), str(connections)]
    done = subprocess.run(command, input="\n".join(requests) + "\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["statuses"] == {str(status): len(requests)}, told["statuses"]
    each = told["seconds"] / len(requests) * 1000
    return Asked(each, told["p50_ms"], told["p95_ms"], told["statuses"], told["bytes"])


@contextlib.contextmanager
def static(folder: Path, files: Path) -> Iterator[int]:
    """nginx with the files of a folder, as Debian sets it up, without its access log; gives the port."""
    with _nginx(folder, place=f"root {files};") as port:
        yield port


@contextlib.contextmanager
def iipsrv(folder: Path) -> Iterator[int]:
    """iipsrv 1.1, two processes, behind nginx; a picture's address is `iipsrv_address`."""
    folder.mkdir(parents=True, exist_ok=True)
    backends = [free_port() for _ in range(_PROCESSES)]
    environment = {**os.environ, "JPEG_QUALITY": str(QUALITY), "VERBOSITY": "0", "MAX_CVT": "10000"}
    # Without connections kept to it: iipsrv serves one at a time, and kept ones of other workers would hang.
    upstream = "upstream backends { " + " ".join(f"server 127.0.0.1:{port};" for port in backends) + " }"
    place = f"location / {{ fastcgi_pass backends; {' '.join(f'fastcgi_param {words};' for words in _PASSED)} }}"
    with contextlib.ExitStack() as stack:
        for port in backends:
            command = [str(_IIPSRV), "--bind", f"127.0.0.1:{port}", "--backlog", "1024"]
            stack.enter_context(_running(command, port, log=folder / f"iipsrv-{port}.log", env=environment))
        yield stack.enter_context(_nginx(folder, place=place, upstream=upstream))


def iipsrv_address(image: Path, path: str) -> str:
    """Where iipsrv answers the IIIF Image 2 request `path` on an image."""
    return f"/?IIIF={image}/{path}"


def body(port: int, address: str) -> bytes:
    """What a server of this machine answers, which must be 200."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=60) as answer:
        found: bytes = answer.read()
        return found


@contextlib.contextmanager
def gunicorn(home: Path) -> Iterator[Served]:
    """Our application by gunicorn: two processes of four threads."""
    port, counts = free_port(), home / "gunicorn-metrics"
    shutil.rmtree(counts, ignore_errors=True)
    counts.mkdir()
    command = [PYTHON, "-m", "gunicorn", "--worker-class", "gthread", "--workers", str(_PROCESSES)]
    command += ["--threads", "4", "--keep-alive", "75", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    environment = {**os.environ, "MUSEUM_HOME": str(home), "PROMETHEUS_MULTIPROC_DIR": str(counts)}
    command.append("museum.web.entry:application()")
    with _running(command, port, log=home / "gunicorn.log", env=environment) as process:
        yield Served(home, f"http://127.0.0.1:{port}", process.pid)


@contextlib.contextmanager
def _nginx(folder: Path, *, place: str, upstream: str = "") -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    port, file = free_port(), folder / "nginx.conf"
    words = _NGINX.format(folder=folder, processes=_PROCESSES, port=port, place=place, upstream=upstream)
    if os.getuid() == 0:
        words = "user root;" + words  # files of root's own folders
    file.write_text(words, encoding="utf-8")
    program = shutil.which("nginx") or _sbin("nginx")
    with _running([program, "-p", str(folder), "-c", str(file)], port, log=folder / "nginx.log"):
        yield port


@contextlib.contextmanager
def _running(
    command: Sequence[str], port: int, *, log: Path, env: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server from when it listens until the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=env)
    try:
        until = time.monotonic() + 60
        while not _listens(port):
            told = log.read_text(errors="replace")[-2000:]
            assert process.poll() is None and time.monotonic() < until, f"{command[0]} doesn't serve: {told}"
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def memory_mib(process_id: int) -> float:
    """Memory of a process and all its children in MiB, what they share counted once (proportional set size)."""
    lines = (Path(f"/proc/{one}/smaps_rollup").read_text().splitlines() for one in _tree(process_id))
    return sum(int(line.split()[1]) for told in lines for line in told if line.startswith("Pss:")) / 1024


def until_idle(process_id: int) -> None:
    """Wait until a process and its children have loaded what they load at their start."""
    until = time.monotonic() + 60
    spent = -1
    while time.monotonic() < until:
        before, spent = spent, sum(map(_ticks, _tree(process_id)))
        if spent - before <= 1:
            return
        time.sleep(0.5)


def _ticks(process_id: int) -> int:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _tree(process_id: int) -> Iterable[int]:
    yield process_id
    for task in Path(f"/proc/{process_id}/task").iterdir():
        try:
            children = (task / "children").read_text().split()
        except FileNotFoundError:  # a thread that ended meanwhile
            continue
        for child in children:
            yield from _tree(int(child))
