"""The image service behind a real nginx, set up as the guide says: right addresses, and HTTP as it should be."""

import datetime as dt
import http.client
import ipaddress
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import text

from museum.db import writing
from museum.migrations import schema
from tests.museums import free_port, serving
from tests.web.planted import OPEN_PHOTO, plant

pytestmark = pytest.mark.nginx
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "en" / "images.md"
TILE = "full/max/0/default.jpg"
_CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5; large_client_header_buffers 4 64k;
  server {{
    listen 127.0.0.1:{http}; listen [::1]:{http6}; listen 127.0.0.1:{https} ssl;
    ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
    location / {{ {rules} }}
    location /anh/ {{ {prefix_rules} }}
  }}
}}
"""


@dataclass(frozen=True)
class Front:
    """Where nginx listens."""

    http: int
    http6: int
    https: int

    def ask(
        self, path: str, *, method: str = "GET", host: str = "", port: int = 0, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) of one request; the path goes out as it stands."""
        port = port or self.http
        address = "::1" if port == self.http6 else "127.0.0.1"
        if port == self.https:
            trusting = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(address, port, timeout=30, context=trusting)
        else:
            connection = http.client.HTTPConnection(address, port, timeout=30)  # type: ignore[assignment]  # its base
        with closing(connection):
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            if host:
                sent["Host"] = host
            connection.request(method, path, headers=sent)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """nginx before `museum serve --only iiif`."""
    folder = tmp_path_factory.mktemp("nginx")
    planted = plant(folder / "museum")
    with writing(planted.engine) as session:  # the tables were made without migrations
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.head()})
    planted.engine.dispose()
    (planted.settings.home / "museum.toml").write_text("proxies = 1\n", encoding="utf-8")
    _write_certificate(folder)
    front = Front(free_port(), free_port(), free_port())
    with (
        serving(planted.settings.home, "--only", "iiif", "--workers", "1") as served,
        _nginx(folder, front, served.url),
    ):
        yield front


def test_the_guide_s_rules_are_used() -> None:
    rules = _rules("http://127.0.0.1:8000")
    assert rules.count("proxy_set_header") >= 6
    assert "X-Forwarded-Host $http_host" in rules


@pytest.mark.parametrize(
    ("host", "place", "said"),
    [
        ("baotang.example", "http", "http://baotang.example:{port}"),
        ("baotang.example:{port}", "http", "http://baotang.example:{port}"),
        ("baotang.example:{port}", "https", "https://baotang.example:{port}"),
        ("[::1]:{port}", "http6", "http://[::1]:{port}"),
        ("127.0.0.1:{port}", "http", "http://127.0.0.1:{port}"),
    ],
)
def test_every_address_is_the_asker_s(front: Front, host: str, place: str, said: str) -> None:
    port: int = getattr(front, place)
    base = said.format(port=port)
    where = host.format(port=port)
    status, _, body = front.ask(f"/iiif/image/3/{OPEN_PHOTO}/info.json", host=where, port=port)
    assert (status, json.loads(body)["id"]) == (200, f"{base}/iiif/image/3/{OPEN_PHOTO}")
    _, headers, _ = front.ask(f"/iiif/image/3/{OPEN_PHOTO}/{TILE}", host=where, port=port)
    assert headers["link"].startswith(f"<{base}/iiif/image/3/{OPEN_PHOTO}/")
    status, headers, _ = front.ask(f"/iiif/image/2/{OPEN_PHOTO}", host=where, port=port)
    assert (status, headers["location"]) == (303, f"{base}/iiif/image/2/{OPEN_PHOTO}/info.json")


def test_under_a_path_the_address_carries_it_and_answers(front: Front) -> None:
    status, _, body = front.ask(f"/anh/iiif/image/3/{OPEN_PHOTO}/info.json", host="hue.example")
    said = json.loads(body)["id"]
    assert (status, said) == (200, f"http://hue.example:{front.http}/anh/iiif/image/3/{OPEN_PHOTO}")
    path = "/" + said.partition("//")[2].partition("/")[2]
    assert front.ask(f"{path}/{TILE}")[0] == 200


def test_what_a_visitor_forges_is_overwritten(front: Front) -> None:
    lies = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "gopher", "Forwarded": "host=evil.example"}
    _, headers, body = front.ask(f"/iiif/image/3/{OPEN_PHOTO}/info.json", host="baotang.example", **lies)
    assert b"evil" not in body and "evil" not in str(headers)
    assert json.loads(body)["id"].startswith("http://baotang.example")


def test_head_says_what_get_says(front: Front) -> None:
    tried = 0
    for path in ("info.json", TILE, "full/30,20/0/default.png", "full/wrong/0/default.jpg", ""):
        got, head = (front.ask(f"/iiif/image/3/{OPEN_PHOTO}/{path}", method=method) for method in ("GET", "HEAD"))
        assert (head[0], head[2]) == (got[0], b"")
        own = {"date", "x-request-id"}
        assert {k: v for k, v in head[1].items() if k not in own} == {k: v for k, v in got[1].items() if k not in own}
        tried += 1
    print(f"{tried} addresses: HEAD has GET's headers and no body")


def test_preflight_and_methods(front: Front) -> None:
    path = f"/iiif/image/3/{OPEN_PHOTO}/info.json"
    preflight = {"Origin": "https://viewer.example", "Access_Control_Request_Method": "GET"}
    status, headers, body = front.ask(path, method="OPTIONS", **preflight)
    assert (status, body, headers["access-control-allow-origin"]) == (204, b"", "*")
    assert "GET" in headers["access-control-allow-methods"]
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        status, headers, body = front.ask(path, method=method)
        assert (status, headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert body


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{OPEN_PHOTO}/{TILE}?x=1&y=%20", 200),
        (f"%6fpenphoto/{TILE}", 200),
        (f"{OPEN_PHOTO}/full%2Fmax%2F0%2Fdefault.jpg", 200),
        (f"{OPEN_PHOTO}/info.json/", 400),
        (f"{OPEN_PHOTO}/{TILE}/", 400),
        (f"{OPEN_PHOTO}//{TILE}", {200, 400}),  # nginx merges slashes where it rewrites the path
        (f"{OPEN_PHOTO}/", 303),
        ("", 404),
        ("nothing/info.json", 404),
        ("%E1%BA%BF%00/info.json", {400, 404}),
        (f"{OPEN_PHOTO}/full/%5Emax/0/default.jpg", 200),
        (f"{OPEN_PHOTO}/{'9' * 2000}/max/0/default.jpg", 414),
        (f"{OPEN_PHOTO}/{'9' * 20000}/max/0/default.jpg", 414),
    ],
)
def test_odd_addresses_get_a_deliberate_answer(front: Front, path: str, expected: int | set[int]) -> None:
    status, headers, body = front.ask(f"/iiif/image/3/{path}")
    assert status in (expected if isinstance(expected, set) else {expected}), body[:200]
    if status >= 400 and "server" in headers and b"nginx" not in body:
        assert headers["access-control-allow-origin"] == "*"
        assert int(headers["content-length"]) == len(body) > 0


def test_a_known_image_is_not_sent_twice(front: Front) -> None:
    path = f"/iiif/image/3/{OPEN_PHOTO}/{TILE}"
    _, headers, _ = front.ask(path)
    status, again, body = front.ask(path, If_None_Match=headers["etag"])
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])


def _rules(target: str) -> str:
    """The lines of the guide's location, sent on to `target`."""
    found = re.search(r"location / \{(.*?)\n    \}", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "the guide shows how to set nginx up"
    return found[1].replace("http://127.0.0.1:8000", target)


@contextmanager
def _nginx(folder: Path, front: Front, backend: str) -> Iterator[None]:
    rules = _rules(backend)
    under = _rules(backend + "/").replace('X-Forwarded-Prefix ""', "X-Forwarded-Prefix /anh")
    written = _CONFIGURATION.format(folder=folder, rules=rules, prefix_rules=under, **vars(front))
    (folder / "nginx.conf").write_text(written, encoding="utf-8")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]) as process:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until and process.poll() is None:
                with closing(socket.socket()) as probe:
                    if probe.connect_ex(("127.0.0.1", front.http)) == 0:
                        break
                time.sleep(0.05)
            assert process.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
            yield
        finally:
            process.terminate()


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "baotang.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
