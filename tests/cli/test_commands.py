"""The contract for scripts: init, ingest, list, index, check, rebuild, serve, work."""

import csv
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from museum.imaging import arrays
from tests.museums import MUSEUM, free_port, run, run_json, serving


def write_folder(folder: Path) -> Path:
    """Two objects with a small picture each."""
    folder.mkdir()
    random = np.random.default_rng(3)
    for name in ("vac.jpg", "chuong.png"):
        small = random.integers(60, 200, (12, 16, 3), np.uint8)
        arrays.write(np.kron(small, np.ones((25, 25, 1), np.uint8)), folder / name)
    with (folder / "danh-muc.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Số kiểm kê", "Tên hiện vật", "Loại hình", "Niên đại", "Tệp phương tiện", "Giấy phép"])
        writer.writerow(["BTH.01", "Vạc đồng thời chúa Nguyễn", "vạc", "1659–1684", "vac.jpg", "CC0 1.0"])
        writer.writerow(["BTH.02", "Chuông chùa", "chuông", "Minh Mạng năm thứ 3", "chuong.png", "CC0 1.0"])
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A museum of two published objects."""
    base = tmp_path_factory.mktemp("cli")
    home = base / "bảo tàng"
    assert run("init", home).returncode == 0
    done = run("ingest", write_folder(base / "in"), "--publish", home=home)
    assert done.returncode == 0, done.stderr
    assert "2 created" in done.stdout
    return home


def test_list_gives_every_address_and_fact(home: Path) -> None:
    records = run_json("list", "--base-url", "https://baotang.example", home=home)
    assert len(records) == 2
    for record in records:
        assert record["state"] == "published"
        assert record["page"] == f"https://baotang.example/o/{record['id']}"
        assert record["manifest"].startswith("https://baotang.example/iiif/presentation/3/")
        (media,) = record["media"]
        assert len(media["sha256"]) == 64
        assert media["facts"]["width_px"] == 400
        assert media["image_service"].startswith("https://baotang.example/iiif/image/3/")
        assert {"pyramid"} <= {d["name"] for d in media["derivatives"]}


def test_the_museum_is_sound_and_says_so_as_json(home: Path) -> None:
    done = run("check", "--json", home=home)
    assert done.returncode == 0
    assert json.loads(done.stdout)["sound"] is True


def test_a_lost_derivative_is_found_and_made_anew(home: Path) -> None:
    lost = next((home / "media" / "derived").rglob("pyramid.tif"))
    lost.unlink()
    found = run("check", "--quick", "--json", home=home)
    assert found.returncode == 1
    assert "check.derivative_missing" in found.stdout
    assert run("rebuild", home=home).returncode == 0
    assert lost.exists()
    assert run("check", "--quick", home=home).returncode == 0


def test_a_changed_master_is_found(home: Path, tmp_path: Path) -> None:
    master = next((home / "media" / "masters").rglob("vac.jpg"))
    whole = master.read_bytes()
    try:
        master.chmod(0o644)
        master.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        done = run("check", "--json", home=home)
        assert done.returncode == 1
        assert "check.master_invalid" in done.stdout
    finally:
        master.write_bytes(whole)


def test_the_index_can_be_built_anew(home: Path) -> None:
    done = run("index", "--rebuild", home=home)
    assert done.returncode == 0
    assert done.stdout.strip() == "2"


def test_the_index_is_compared_with_the_catalogue(home: Path) -> None:
    done = run("index", "--verify", home=home)
    assert done.returncode == 0
    assert "khớp" in done.stdout or "agrees" in done.stdout


def test_serve_says_one_line_answers_and_ends_cleanly(home: Path) -> None:
    port = free_port()
    command = [*MUSEUM, "--home", str(home), "serve", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "MUSEUM_LANGUAGE": "vi"}
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"Bảo tàng đang mở tại http://127.0.0.1:{port}\n"
    children = _children(process.pid)
    assert len(children) >= 3
    process.send_signal(signal.SIGTERM)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out, errors) == (0, "", "")
    until = time.monotonic() + 10
    while time.monotonic() < until and any(_lives(pid) for pid in children):
        time.sleep(0.1)
    assert not [pid for pid in children if _lives(pid)]


def test_a_taken_port_is_named(home: Path) -> None:
    with serving(home, "--no-work", "--workers", "1") as served:
        port = served.url.rpartition(":")[2]
        done = run("serve", "--port", port, home=home)
    assert done.returncode == 6
    assert port in done.stderr


def test_a_served_museum_has_health_page_manifest_and_tile(home: Path) -> None:
    with serving(home, "--workers", "1") as served:
        assert served.get("/healthz")[0] == 200
        record = served.records()[0]
        assert served.get(record["page"])[0] == 200
        status, headers, body = served.get(record["manifest"])
        assert status == 200
        assert json.loads(body)["id"] == served.url + record["manifest"]
        assert headers["access-control-allow-origin"] == "*"
        again, _, _ = served.get(record["manifest"], **{"If-None-Match": headers["etag"]})
        assert again == 304
        status, headers, body = served.get(record["media"][0]["image_service"] + "/0,0,256,256/256,256/0/default.jpg")
        assert (status, headers["content-type"], body[:2]) == (200, "image/jpeg", b"\xff\xd8")


@pytest.mark.parametrize("command", ["init", "ingest", "list", "index", "check", "rebuild", "serve", "work", "demo"])
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Example: museum" in done.stdout


def test_a_folder_without_museum_is_told_in_the_users_language(tmp_path: Path) -> None:
    done = run("list", home=tmp_path, env={"MUSEUM_LANGUAGE": "vi"})
    assert done.returncode == 4
    assert "museum init" in done.stderr
    assert "Không thấy bảo tàng" in done.stderr


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(path.parent.name)
            found += [child, *_children(child)]
    return found


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
