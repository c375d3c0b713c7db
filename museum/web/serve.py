"""`museum serve`: supervises the web processes and one `museum work`, and ends cleanly."""

import contextlib
import http.client
import importlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from museum import config
from museum.config import Settings
from museum.errors import Conflict
from museum.web import accepting
from museum.web.prepared import in_child, prepare
from museum.web.supervising import Supervisor

_READY_TIMEOUT_S = 60
_RESTART_PAUSE_S = 2.0

log = logging.getLogger("museum.serve")


def serve(
    home: Path,
    *,
    host: str,
    port: int,
    web_workers: int,
    with_worker: bool,
    check: Callable[[Path], None],
    say_ready: Callable[[str], None],
    only_images: bool = False,
) -> None:
    """Serve the museum at `home`, or its images alone, until SIGTERM or SIGINT.

    `check` is asked first, in a process of its own, whether this can be served, and raises what speaks against it.
    `say_ready` is called once, with the address, when /healthz answers. Raises Conflict("web.port_taken") when
    another program listens on the port.
    """
    _refuse_taken_port(host, port)
    os.environ["MUSEUM_HOME"] = str(home)
    module = "museum.web.alone" if only_images else "museum.web.entry"
    settings = config.load(home)
    if not only_images:
        _share_counts(settings)
    in_child(check, home)
    from museum.web.listening import listen

    if only_images:
        prepare([module, *(["museum.web.image_gate"] if settings.images_on_request else [])])
    else:
        prepare([module, "edtf"])
    stopping = threading.Event()
    worker = _Worker(home, stopping) if with_worker else None

    def after_start() -> None:
        threading.Thread(target=_announce, args=(host, port, stopping, say_ready), daemon=True).start()
        if worker is not None:
            worker.start()

    listener, counts = accepting.listener(host, port), accepting.Share.counts(web_workers)

    def work(number: int) -> None:
        listen(importlib.import_module(module).site(), listener, accepting.Share(counts, number))

    try:
        Supervisor(work, web_workers, after_start=after_start).run()
    finally:
        stopping.set()
        if worker is not None:
            worker.end()


def _share_counts(settings: Settings) -> None:
    """A folder in which the web processes count together for /metrics; begun anew, as counters may."""
    folder = settings.media / "keeping" / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # read when the application is loaded


class _Worker:
    """The one process for jobs and index: started, started again when it dies, ended with us."""

    def __init__(self, home: Path, stopping: threading.Event) -> None:
        self._command = [sys.executable, "-m", "museum.cli", "--home", str(home), "work", "--parent", str(os.getpid())]
        self._stopping = stopping
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command)
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            if self._process is not None and self._process.poll() is not None:
                log.warning("the worker ended with code %s; starting it again", self._process.returncode)
                if self._stopping.wait(_RESTART_PAUSE_S):
                    return
                self._process = subprocess.Popen(self._command)
            self._stopping.wait(0.5)

    def end(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _refuse_taken_port(host: str, port: int) -> None:
    with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Conflict("web.port_taken", host=host, port=port, reason=error.strerror) from error


def _announce(host: str, port: int, stopping: threading.Event, say_ready: Callable[[str], None]) -> None:
    # A listener on all addresses answers on loopback.
    asked = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)
    until = time.monotonic() + _READY_TIMEOUT_S
    while time.monotonic() < until and not stopping.is_set():
        with contextlib.closing(http.client.HTTPConnection(asked, port, timeout=2)) as connection:
            try:
                connection.request("GET", "/healthz", headers={"Connection": "close"})
                is_ready = connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                is_ready = False
        if is_ready:
            say_ready(f"http://{f'[{asked}]' if ':' in asked else asked}:{port}")
            return
        stopping.wait(0.1)
