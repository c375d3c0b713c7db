"""What is fetched for manifests: gone on with, waited for, left alone, and never from a private network."""

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from museum.errors import BackendError
from museum.ingest.manifests import errands
from tests.full_disk import files_up_to
from tests.ingest.borrowing import Home, codes, hurry, shown, simple
from tests.ingest.elsewhere import (
    Elsewhere,
    canvas,
    encoded,
    manifest,
    picture,
    standing_in,
)


def test_half_a_file_is_gone_on_with(home: Home, there: Elsewhere) -> None:
    data = encoded(picture(200, 200, 5))
    half = len(data) // 2
    asked: list[str] = []

    def answer(count: int, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        asked.append(headers.get("range", ""))
        if count == 1:
            return 200, {"ETag": '"v1"', "Content-Length": str(len(data))}, data[:half]
        assert headers["if-range"] == '"v1"'
        return 206, {"ETag": '"v1"', "Content-Range": f"bytes {half}-{len(data) - 1}/{len(data)}"}, data[half:]

    there.says["/files/a.png"] = answer
    url = there.url + "/m/h"
    body = {"id": f"{there.url}/files/a.png", "type": "Image", "format": "image/png"}
    address = there.put("/m/h", manifest(url, canvas(url, 1, body)))
    assert codes(home.ingest(address)) == {"fetch.cut_off"}
    assert home.ingest(address).count("created") == 1
    assert asked == ["", f"bytes={half}-"]
    record = home.records()[0]
    assert home.master(record, shown(record)[0]) == data


def test_a_full_disk_ends_the_run_and_is_no_fault_of_the_server(home: Home, there: Elsewhere, tmp_path: Path) -> None:
    data = random.Random(1).randbytes(400_000)
    there.bodies["/files/film.mp4"] = data
    asking, path = errands.errands(home.settings), tmp_path / "film.part"
    with files_up_to(100_000), pytest.raises(BackendError) as caught:
        asking.file(f"{there.url}/files/film.mp4", path)
    assert caught.value.code == "storage.disk_full"
    asking.file(f"{there.url}/files/film.mp4", path)
    assert path.read_bytes() == data
    low = Home(replace(home.settings, keep_free_mib=1 << 40), home.engine)
    with pytest.raises(BackendError) as caught:
        low.ingest(simple(there))
    assert caught.value.code == "ingest.disk_low"
    assert [path for path in there.asked if path.startswith("/img")] == []


def test_a_server_is_waited_for_as_it_asks(home: Home, there: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    hurry(monkeypatch, waits.append)
    address = simple(there)
    there.says["/m/1"] = lambda count, _: (429, {"Retry-After": "7"}, b"") if count == 1 else None
    assert home.ingest(address).count("created") == 1
    assert waits == [7.0]
    there.says["/m/1"] = lambda _, __: (503, {"Retry-After": "86400"}, b"")
    assert codes(home.ingest(address)) == {"manifest.busy"}
    assert waits == [7.0]


def test_a_file_held_already_stays_when_it_is_gone_there(home: Home, there: Elsewhere) -> None:
    address = simple(there)
    home.ingest(address)
    there.services.clear()
    report = home.ingest(address, leaves_out=True, again=True)
    assert codes(report) == {"manifest.gone"}
    assert len(shown(home.records()[0])) == 2


def test_a_server_that_fails_again_and_again_is_left_alone(home: Home, there: Elsewhere) -> None:
    url = there.url + "/m/many"
    pages = [canvas(url, n, {"id": f"{there.url}/gone/{n}.jpg", "type": "Image"}) for n in range(20)]
    for n in range(20):
        there.says[f"/gone/{n}.jpg"] = lambda _, __: (500, {}, b"")
    report = home.ingest(there.put("/m/many", manifest(url, *pages)))
    assert sum(there.asked[f"/gone/{n}.jpg"] for n in range(20)) == 3
    assert codes(report) == {"manifest.server_said", "manifest.host_down"}


def test_no_manifest_leads_into_a_private_network(home: Home, there: Elsewhere) -> None:
    """0 leaked of every way in: the manifest's own address, its pictures, services, redirects; with the guard open for
    that network the same way leads there."""
    url = there.url + "/m/p"
    with standing_in("127.0.0.2") as inside:
        secret = inside.put("/inside.png", encoded(picture(64, 48)))
        there.says["/redirect.png"] = lambda _, __: (302, {"Location": secret}, b"")
        service = {"id": f"{inside.url}/inside", "type": "ImageService3", "profile": "level1"}
        ways = {
            "body": {"id": secret, "type": "Image"},
            "redirect": {"id": f"{there.url}/redirect.png", "type": "Image"},
            "service": {"id": f"{there.url}/a.png", "type": "Image", "service": [service]},
            "file": {"id": "file:///etc/passwd", "type": "Image"},
        }
        ports = f"{home.settings.fetch_ports} {inside.url.rpartition(':')[2]}"
        shut = Home(replace(home.settings, fetch_peers="127.0.0.1/32", fetch_ports=ports), home.engine)
        for name, body in ways.items():
            report = shut.ingest(there.put("/m/p", manifest(url, canvas(url, 1, body))), publish=False)
            expected = {"manifest.nothing_shown", "manifest.not_taken"} if name == "file" else {"fetch.private"}
            assert codes(report) == expected, name
            assert not any(shown(record) for record in home.records())
        assert codes(shut.ingest(secret)) == {"fetch.private"}
        assert inside.asked.total() == 0
        print(f"0 of {len(ways) + 1} ways led inside")
        there.put("/m/p", manifest(url, canvas(url, 1, ways["redirect"])))
        open_ = Home(replace(shut.settings, fetch_peers="127.0.0.0/8"), home.engine)
        assert open_.ingest(url).errors == []
        assert inside.asked["/inside.png"] == 1
