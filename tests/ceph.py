"""A Ceph cluster with its S3 gateway for tests: one monitor, one store in memory, loopback ports, ended by pid.

It stands in for every S3 server: of those that install here it alone keeps to the rules that we rely on.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.museums import free_port

if TYPE_CHECKING:
    from museum.storage.s3 import Place

PROGRAMS = (
    "ceph",
    "ceph-authtool",
    "monmaptool",
    "ceph-mon",
    "ceph-osd",
    "radosgw",
    "radosgw-admin",
)
ACCESS_KEY, SECRET_KEY = "museumaccesskey", "museumsecretkey"
_REQUEST = re.compile(r'"([A-Z]+) ([^ "?]*)[^ "]* HTTP/1\.1" (\d+)')
_START_S = 120  # generous: a busy machine takes 30


@dataclass(frozen=True)
class Gateway:
    """Where an S3 service answers, and with which keys."""

    endpoint: str
    log: Path
    access_key: str = ACCESS_KEY
    secret_key: str = SECRET_KEY

    @property
    def variables(self) -> dict[str, str]:
        """The keys as environment variables of AWS."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    @cached_property
    def client(self) -> Any:
        """boto3's own client, to look from outside."""
        import boto3  # here, since every test session imports this module and few start a gateway
        from botocore.config import Config

        keys = {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret_key}
        session = boto3.session.Session(region_name="us-east-1", **keys)
        return session.client("s3", endpoint_url=self.endpoint, config=Config(s3={"addressing_style": "path"}))

    def requests(self, place: "Place") -> list[str]:
        """Every request so far for something below `place`, as "GET /bucket/key 206", by the gateway's own log."""
        mark = f"/{uuid.uuid4().hex}"
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(self.endpoint + mark).close()
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            said = [f"{m[1]} {m[2]} {m[3]}" for m in _REQUEST.finditer(self.log.read_text(errors="replace"))]
            if f"GET {mark} 404" in said:
                return [line for line in said if f" /{place.bucket}/{place.prefix}" in line]
            time.sleep(0.05)
        raise AssertionError(f"the gateway's log doesn't tell of its requests: {self.log}")

    def place(self, *, bucket: str = "museum-tests", prefix: str = "") -> "Place":
        """A prefix in a bucket; a new one where none is named."""
        from museum.storage.s3 import Place

        self.client.create_bucket(Bucket=bucket)  # no error where it exists and is ours
        keys = {"access_key": self.access_key, "secret_key": self.secret_key}
        return Place.of(f"s3://{bucket}/{prefix or uuid.uuid4().hex}", endpoint=self.endpoint, **keys)


def has_programs() -> bool:
    """Whether Ceph's servers and tools are installed."""
    return all(shutil.which(program) for program in PROGRAMS)


@contextlib.contextmanager
def shared(folder: Path) -> Iterator[Gateway]:
    """A gateway that all processes using `folder` share: the first starts the cluster, the last to leave ends it."""
    with _locked(folder) as state:
        if not state["users"]:
            cluster = Ceph()
            gateway = cluster.start()
            state |= {"endpoint": gateway.endpoint, "pids": cluster.pids, "folder": str(cluster.folder)}
        state["users"] += 1
    try:
        gateway = Gateway(state["endpoint"], Path(state["folder"]) / "log" / "client.admin.log")
        yield gateway
    finally:
        gateway.client.close()
        with _locked(folder) as state:
            state["users"] -= 1
            if not state["users"]:
                _end(state["pids"], Path(state["folder"]))


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[dict[str, Any]]:
    """What the processes that share a cluster know of it, for one of them at a time."""
    path = folder / "ceph.json"
    with (folder / "ceph.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"users": 0}
        yield state
        path.write_text(json.dumps(state))


def _end(pids: Sequence[int], folder: Path) -> None:
    """Kill the servers (nothing in them is worth an orderly end) and remove their folder."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


class Ceph:
    """One throw-away cluster. It runs as whoever runs the tests, root or not."""

    def __init__(self) -> None:
        # A socket's path may have 107 bytes at most, and pytest's folders are long.
        self.folder = Path(tempfile.mkdtemp(prefix="ceph"))
        self._port = free_port()

    @property
    def pids(self) -> list[int]:
        """The processes of the cluster."""
        return [int(path.read_text()) for path in (self.folder / "run").glob("*.pid")]

    def start(self) -> Gateway:
        """Make and start the cluster; it answers S3 requests when this returns."""
        try:
            self._configure()
            self._start_monitor()
            self._start_store()
            return self._start_gateway()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End its processes and remove its folder."""
        _end(self.pids, self.folder)

    def _configure(self) -> None:
        self._fsid = str(uuid.uuid4())
        self._monitor = f"[v2:127.0.0.1:{free_port()},v1:127.0.0.1:{free_port()}]"
        for name in ("mon", "osd", "run", "log", "gateway"):
            (self.folder / name).mkdir()
        at = self.folder
        options = {
            "fsid": self._fsid,
            "mon host": self._monitor,
            "public addr": "127.0.0.1",
            "cluster addr": "127.0.0.1",
            "auth cluster required": "none",
            "auth service required": "none",
            "auth client required": "none",
            "ms mon client mode": "crc",  # without it the gateway ends with -13: its default is secure, with cephx
            "keyring": f"{at}/keyring",
            "run dir": f"{at}/run",
            "admin socket": f"{at}/run/$name.$pid.asok",
            "pid file": f"{at}/run/$name.pid",
            "log file": f"{at}/log/$name.log",
            "mon cluster log file": f"{at}/log/cluster.log",
            "crash dir": f"{at}/log",
            "mon data": f"{at}/mon",
            "osd data": f"{at}/osd",
            "rgw data": f"{at}/gateway",
            "osd class update on start": "false",
            "osd crush update on start": "false",
            "osd objectstore": "memstore",
            "memstore device bytes": str(4 * 2**30),
            "osd pool default size": "1",
            "osd pool default min size": "1",
            "osd crush chooseleaf type": "0",
            "osd pool default pg num": "8",
            "osd pool default pgp num": "8",
            "mon allow pool size one": "true",
            "mon data avail crit": "1",  # percent: a full disk of a build machine is no reason to stop
            "paxos propose interval": "0.05",
            "paxos min wait": "0.01",
            "rgw enable usage log": "false",
            "rgw multipart min part size": str(2**16),  # 5 MiB elsewhere: tests of parts needn't be that large
            "debug rgw": "1/1",  # one line in its log for each request
            "rgw gc obj min wait": "5",
            "rgw thread pool size": "64",
        }
        text = "[global]\n" + "".join(f"{name} = {value}\n" for name, value in options.items())
        (at / "ceph.conf").write_text(text, encoding="utf-8")

    def _start_monitor(self) -> None:
        ring, map_ = self.folder / "keyring", self.folder / "monmap"
        allowed = ["--cap", "mon", "allow *", "--cap", "osd", "allow *"]
        self._run("ceph-authtool", "--create-keyring", ring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
        self._run("ceph-authtool", ring, "--gen-key", "-n", "client.admin", *allowed)
        self._run("monmaptool", "--create", "--fsid", self._fsid, "--addv", "a", self._monitor, map_)
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", map_, "--keyring", ring)
        self._serve("ceph-mon", "-i", "a", "--public-addrv", self._monitor)

    def _start_store(self) -> None:
        number = str(uuid.uuid4())
        self._run("ceph", "osd", "create", number)
        self._run("ceph", "osd", "crush", "add", "osd.0", "1.0", "host=h", "root=default")
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", number)
        self._serve("ceph-osd", "-i", "0")

    def _start_gateway(self) -> Gateway:
        where = Gateway(f"http://127.0.0.1:{self._port}", self.folder / "log" / "client.admin.log")
        self._serve(
            "radosgw",
            "-n",
            "client.admin",
            "--ms_mon_client_mode=crc",
            "--auth_client_required=none",
            f"--rgw_frontends=beast endpoint=127.0.0.1:{self._port} tcp_nodelay=1",
        )
        self._await(where.endpoint)
        keys = ["--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY]
        self._run("radosgw-admin", "user", "create", "--uid", "museum", "--display-name", "museum", *keys)
        return where

    def _serve(self, program: str, *arguments: str) -> None:
        """Start a server, which goes into the background by itself and writes its pid down."""
        with (self.folder / "log" / f"{program}.out").open("wb") as out:
            command = [program, *self._options(), *arguments]
            done = subprocess.run(command, stdout=out, stderr=out, check=False, cwd=self.folder, timeout=_START_S)
        assert done.returncode == 0, f"{command}\n{self._logs()}"

    def _run(self, program: str, *arguments: str | Path) -> str:
        command = [
            program,
            *([] if program in ("ceph-authtool", "monmaptool") else self._options()),
            *map(str, arguments),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder, timeout=_START_S)
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}{self._logs()}"
        return done.stdout

    def _options(self) -> list[str]:
        return ["-c", str(self.folder / "ceph.conf")]

    def _await(self, address: str) -> None:
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    if answer.status == 200:
                        return
            except urllib.error.HTTPError as error:
                with error:
                    if error.code < 500:
                        return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the S3 gateway did not answer:\n{self._logs()}")

    def _logs(self) -> str:
        paths = sorted((self.folder / "log").glob("*"))
        return "".join(f"\n== {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in paths)
