"""Figures for Prometheus, for those only who may read them; and logs that tell everything but who it was."""

import io
import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import IntegrityError
from werkzeug.test import Client

from museum import db
from museum.catalog import store
from museum.keeping import doctor
from museum.web import logs
from museum.web.app import create_app, wsgi
from museum.web.measuring import Measured
from tests.keeping.conftest import Home
from tests.museums import serving

HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}
PERSONAL = {
    "e-mail": "hoa.nguyen@example.vn",
    "name": "Nguyễn Thị Hoa",
    "sought": "lý lịch bà Hoa",
    "address": "203.0.113.77",
    "forwarded": "198.51.100.9",
    "password": "mật khẩu rất dài 1789",
    "agent": "Trình duyệt riêng/9.9",
    "cookie": "phiên-bí-mật-123",
    "path": "so-dien-thoai-0905123456",
}


def parsed(text: str) -> dict[str, Any]:
    """Samples by name and labels; Prometheus' own parser reads them."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[(sample.name, *sorted(sample.labels.items()))] = sample.value
    return found


def test_the_figures_are_true_and_prometheus_reads_them(home: Home) -> None:
    doctor.note(home.settings, doctor.examine(home.settings, home.engine))
    client = Client(Measured(wsgi(home.settings, engine=home.engine)))
    for _ in range(3):
        client.get("/about", environ_base=HERE)
    client.get("/o/nowhere", environ_base=HERE)
    with client.get("/metrics", environ_base=HERE) as answer:
        assert answer.status_code == 200
        assert answer.content_type.startswith("text/plain; version=0.0.4")
        assert answer.headers["Cache-Control"] == "no-store"
        found = parsed(answer.get_data(as_text=True))
    assert found[("museum_records", ("state", "published"))] == 2
    assert found[("museum_records", ("state", "withdrawn"))] == 1
    assert found[("museum_media", ("kind", "photo"))] == 4
    assert found[("museum_stories", ("state", "published"))] == 1
    assert found[("museum_jobs", ("state", "dead"))] == 0
    assert found[("museum_index_behind_changes",)] == 0
    assert found[("museum_disk_free_bytes",)] > 0
    assert found[("museum_doctor_findings", ("severity", "ok"))] > 10
    labels = (("method", "GET"), ("route", "/about"), ("status", "200"))
    assert found[("museum_http_requests_total", *labels)] >= 3
    assert not [key for key in found if "nowhere" in str(key)]


@pytest.mark.parametrize(
    ("settings", "request_", "status"),
    [
        ({}, {}, 200),
        ({}, {"HTTP_HOST": "[::1]:8000", "REMOTE_ADDR": "::1"}, 200),
        ({}, {"REMOTE_ADDR": "203.0.113.77"}, 404),
        ({}, {"HTTP_HOST": "baotang.example"}, 404),
        ({}, {"HTTP_X_FORWARDED_FOR": "203.0.113.77"}, 404),
        ({}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({}, {"HTTP_FORWARDED": "for=127.0.0.1"}, 404),
        ({}, {"HTTP_VIA": "1.1 proxy"}, 404),
        ({"public_url": "https://baotang.example"}, {}, 404),
        ({"proxies": 1}, {}, 404),
        ({"metrics_token": "bí mật"}, {}, 404),
        ({"metrics_token": "token-7"}, {"HTTP_AUTHORIZATION": "Bearer token-8"}, 404),
        ({"metrics_token": "token-7"}, {"HTTP_AUTHORIZATION": "Bearer token-7", "REMOTE_ADDR": "203.0.113.77"}, 200),
        ({"metrics_token": "token-7", "proxies": 1}, {"HTTP_AUTHORIZATION": "Bearer token-7"}, 200),
    ],
)
def test_only_this_machine_or_the_token_reads_them(
    home: Home, settings: dict[str, Any], request_: dict[str, str], status: int
) -> None:
    for name, value in settings.items():
        object.__setattr__(home.settings, name, value)
    client = Client(wsgi(home.settings, engine=home.engine))
    told = {**HERE, **request_}
    with client.get("/metrics", environ_base=told, headers={"Host": told["HTTP_HOST"]}) as answer:
        assert answer.status_code == status
        assert (status == 200) == ("museum_records" in answer.get_data(as_text=True))


def test_two_web_processes_count_together(home: Home) -> None:
    home.close()
    with serving(home.settings.home, "--no-work", "--workers", "2") as served:
        for _ in range(60):
            assert served.get("/about", Connection="close")[0] == 200
        pids = {path.name.rpartition("_")[2] for path in (home.settings.media / "keeping" / "metrics").glob("*.db")}
        counts = set()
        for _ in range(6):
            status, _, body = served.get("/metrics", Connection="close")
            assert status == 200
            labels = (("method", "GET"), ("route", "/about"), ("status", "200"))
            counts.add(parsed(body.decode())[("museum_http_requests_total", *labels)])
        assert counts == {60.0}, "whichever process answers"
    print(f"{len(pids)} processes wrote their counts; every one told 60")


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """Where the logs of this process go meanwhile."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def with_faults(home: Home) -> Flask:
    """The application, with addresses that fail in ways that quote what they were given."""
    app = create_app(home.settings, engine=home.engine)

    @app.get("/fault/<path>")
    def fault(path: str) -> str:
        raise ValueError(f"{PERSONAL['e-mail']} {PERSONAL['name']} {path}")

    @app.get("/database/<path>")
    def database(path: str) -> str:
        raise IntegrityError(
            f"INSERT INTO user VALUES ('{PERSONAL['name']}')", {"email": PERSONAL["e-mail"]}, Exception(path)
        )

    return app


def visit(client: Client) -> int:
    """A person in all the ways a person shows in requests."""
    environ = {"REMOTE_ADDR": PERSONAL["address"], "HTTP_USER_AGENT": PERSONAL["agent"].encode().decode("latin-1")}
    environ |= {"HTTP_X_FORWARDED_FOR": PERSONAL["forwarded"], "HTTP_COOKIE": f"session={PERSONAL['cookie']}"}
    environ["HTTP_COOKIE"] = environ["HTTP_COOKIE"].encode().decode("latin-1")
    query = {"q": PERSONAL["sought"], "email": PERSONAL["e-mail"]}
    seen = 0
    for path in ("/", "/search", "/about", f"/o/{PERSONAL['path']}", f"/fault/{PERSONAL['path']}",
                 f"/database/{PERSONAL['path']}", f"/{PERSONAL['path']}", "/exhibitions"):  # fmt: skip
        with client.get(path, query_string=query, environ_base=environ) as answer:
            seen += answer.status_code > 0
    form = {"email": PERSONAL["e-mail"], "password": PERSONAL["password"], "name": PERSONAL["name"]}
    with client.post("/login", data=form, environ_base=environ) as answer:
        seen += answer.status_code > 0
    return seen


def leaked(text: str) -> set[str]:
    return {kind for kind, words in PERSONAL.items() if words in text or json.dumps(words)[1:-1] in text}


def test_nothing_personal_stands_in_the_logs(home: Home, told: io.StringIO) -> None:
    seen = visit(Client(Measured(with_faults(home).wsgi_app)))
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == seen == 9
    assert leaked(told.getvalue()) == set()
    print(f"{len(PERSONAL)} personal things in {seen} requests: none in {len(lines)} lines of the log")


def test_without_the_guard_they_would_be_found(home: Home, told: io.StringIO) -> None:
    """The control: the same visit, logged as Python logs by itself."""
    logging.getLogger().handlers[0].setFormatter(logging.Formatter("%(message)s"))
    app = with_faults(home)

    @app.after_request
    def _plain(response: Any) -> Any:
        logging.getLogger("museum").warning("%s %s %s", request.remote_addr, request.full_path, request.form)
        return response

    visit(Client(app.wsgi_app))
    assert {"e-mail", "name", "address", "path"} <= leaked(told.getvalue())


def test_a_line_tells_what_whoever_keeps_the_machine_needs(home: Home, told: io.StringIO) -> None:
    client = Client(Measured(with_faults(home).wsgi_app))
    with client.get("/about") as answer:
        size = len(answer.get_data())
    with client.get(f"/fault/{PERSONAL['path']}") as answer:
        request_id = answer.headers["X-Request-Id"]
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    about = next(line for line in lines if line.get("route") == "/about")
    assert (about["status"], about["method"], about["bytes"], about["level"]) == (200, "GET", size, "info")
    assert about["ms"] >= 0
    assert about["at"].endswith("Z")
    fault = next(line for line in lines if line.get("error"))
    assert fault["error"] == "ValueError"
    assert any("fault" in place for place in fault["through"])
    last = next(line for line in lines if line.get("route") == "/fault/<path>")
    assert (last["status"], last["level"], last["id"]) == (500, "error", request_id)


def test_tiles_are_counted_and_not_told(home: Home, told: io.StringIO) -> None:
    client = Client(Measured(wsgi(home.settings, engine=home.engine)))
    with db.reading(home.engine) as session:
        (record, *_) = store.published(session)
    address = f"/iiif/image/3/{record.media[0].id}/full/max/0/default.jpg"
    with client.get(address) as answer:
        assert answer.status_code == 200
    with client.get("/iiif/image/3/bcdfghjk0/full/max/0/default.jpg") as answer:
        assert answer.status_code == 404
    routes = [json.loads(line)["status"] for line in told.getvalue().splitlines()]
    assert routes == [404]


def test_every_tile_before_is_in_the_figures(home: Home) -> None:
    """Tiles are counted aside and told later; whoever asks gets them all."""
    client = Client(Measured(wsgi(home.settings, engine=home.engine)))
    with db.reading(home.engine) as session:
        (record, *_) = store.published(session)
    address = f"/iiif/image/3/{record.media[0].id}/full/max/0/default.jpg"

    def figures() -> dict[Any, float]:
        with client.get("/metrics", environ_base=HERE) as answer:
            return parsed(answer.get_data(as_text=True))

    before, sizes = figures(), []
    for _ in range(5):
        with client.get(address) as answer:
            sizes.append(len(answer.get_data()))
    client.head(address).close()
    client.get("/iiif/image/3/bcdfghjk0/info.json").close()
    after, route = figures(), ("route", "/iiif/image")
    for method, status, number in (("GET", "200", 5), ("HEAD", "200", 1), ("GET", "404", 1)):
        key = ("museum_http_requests_total", ("method", method), route, ("status", status))
        assert after[key] - before.get(key, 0) == number
    key = ("museum_http_seconds_count", route)
    assert after[key] - before.get(key, 0) == 7
    key = ("museum_http_sent_bytes_total", route)
    assert after[key] - before.get(key, 0) >= sum(sizes)


def test_measuring_costs_little(home: Home, told: io.StringIO) -> None:
    """Far below what a page costs: the bound is wide, the figure is printed."""
    app = Measured(lambda _, start: (start("200 OK", [("Content-Length", "2")]), [b"ok"])[1])
    environ = {"PATH_INFO": "/iiif/image/3/x", "REQUEST_METHOD": "GET"}
    times = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(1000):
            app(environ, lambda *_: None)
        times.append((time.perf_counter() - began) * 1000)
    print(f"{min(times):.1f} µs a tile")
    assert min(times) < 500
    assert os.environ.get("PROMETHEUS_MULTIPROC_DIR") is None
    assert Path(logs.__file__).name == "logs.py"


def test_requests_sent_away_share_lines(told: io.StringIO) -> None:
    now = [100.0]
    away = logs.SentAway(clock=lambda: now[0])
    for number in range(5000):
        away.note(request_id=f"{number:x}", route="/iiif/image", status=503 if number % 2 else 429)
    now[0] += 61
    away.note(request_id="last", route="/iiif/image", status=503)
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    assert [line["requests"] for line in lines] == [{"429": 1}, {"429": 2499, "503": 2501}]
    assert {line["level"] for line in lines} == {"warning"}
