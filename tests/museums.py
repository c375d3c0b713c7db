"""Museums for tests that need a whole one: built by the command line as a user would, served on a free port."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MUSEUM = [sys.executable, "-m", "museum.cli"]


def run(
    *arguments: str | Path, home: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `museum` and give what it printed; the caller judges the exit code."""
    command = [*MUSEUM, *(["--home", str(home)] if home else []), *map(str, arguments)]
    environment = {**os.environ, "MUSEUM_LANGUAGE": "en", **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=900)


def run_json(*arguments: str | Path, home: Path) -> Any:
    """Run `museum … --json`, which must succeed, and parse its answer."""
    done = run(*arguments, "--json", home=home)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(done.stdout)


@dataclass(frozen=True)
class Served:
    """A museum that answers."""

    home: Path
    url: str
    process_id: int = 0

    def records(self) -> list[dict[str, Any]]:
        """What `museum list --json` says."""
        listed: list[dict[str, Any]] = run_json("list", home=self.home)
        return listed

    def by_object_id(self) -> dict[str, dict[str, Any]]:
        """The records by their object id."""
        return {i["value"]: r for r in self.records() for i in r["identifiers"] if i["scheme"] == "object_id"}

    def get(self, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) of an address of this museum; no redirect is followed."""
        request = urllib.request.Request(self.url + address, headers=headers)
        opener = urllib.request.build_opener(_Stay)
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(home: Path, *arguments: str) -> Iterator[Served]:
    """Serve a museum until the block ends; its process must end by itself within 15 s of SIGTERM."""
    port = free_port()
    log = home / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*MUSEUM, "--home", str(home), "serve", "--port", str(port), *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Tiles in WebP come some time later: what a test looks at must not change under its eyes.
            env={"MUSEUM_WEBP_TILES": "false", **os.environ},
        )
        try:
            _await(f"http://127.0.0.1:{port}/healthz", process, log)
            yield Served(home, f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the museum did not answer:\n{log.read_text(errors='replace')[-3000:]}")


def members(server: int, *, worker: bool) -> list[int]:
    """The processes of a served museum: its worker, or its web processes."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            words = entry.joinpath("cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # ended while we looked
        if parent == server and (b"work" in words) is worker:
            found.append(int(entry.name))
    return sorted(found, reverse=True)


def built_once(folder: Path, source: Path, *arguments: str) -> Path:
    """A museum made from `source` in `folder`, by whichever test process comes first; the others wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        home = folder / "museum"
        if not (folder / "done").exists():
            assert run("init", home).returncode == 0
            done = run("ingest", source, "--publish", "--json", *arguments, home=home)
            (folder / "report.json").write_text(done.stdout, encoding="utf-8")
            (folder / "stderr.txt").write_text(done.stderr, encoding="utf-8")
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
            (folder / "done").touch()
        return home
