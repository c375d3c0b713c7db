"""A scan's page and its API say how large each model is, how far it lies from the original, and what was measured."""

import hashlib
import json
import re
from typing import Any

import pytest

from museum.catalog import store
from museum.catalog.store import Derivative
from museum.db import writing
from museum.geometry.ply_writer import ply
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from tests.geometry.shapes import glb, sphere
from tests.sample_records import digest
from tests.web.conftest import House

GLB = "model/gltf-binary"


def deviating(rung: str, faces: int, rms: float) -> dict[str, Any]:
    """The facts of a model."""
    return {
        "rung": rung, "faces": faces, "vertices": faces // 2, "unit": "m", "up_axis": "Y", "texture_px": 512,
        "deviation_rms": rms, "deviation_p99": 3 * rms, "deviation_largest": 7 * rms, "deviation_samples": 80_000,
        "deviation_unit": "mm",
    }  # fmt: skip


MEASURED = {
    "unit": "mm", "extent": [120.5, 211.9, 80.25], "borders": 2, "border_length": 310.4, "border_longest": 250.0,
    "point_spacing": 0.412, "texel_size": 0.205, "crossing_triangles": 14, "crossing_tested": 200_000,
    "crossing_is_sampled": True, "mirror_rms": 3.21, "mirror_share": 0.0152, "mirror_normal": [1.0, 0.0, 0.0],
}  # fmt: skip
TURN = {
    "frames": 24, "columns": 6, "rows": 4, "frame_width_px": 640, "frame_height_px": 480, "azimuth_start_deg": -28.0,
    "azimuth_step_deg": 15.0, "elevation_deg": 9.0,
}  # fmt: skip
MADE = {
    "thumb.glb": (GLB, glb(), deviating("thumb", 20_000, 0.046)),
    "web.glb": (GLB, glb(), deviating("medium", 150_000, 0.0123)),
    "open.glb": (GLB, glb(), deviating("medium", 150_000, 0.0123)),
    "ar.glb": (GLB, glb(), deviating("ar", 100_000, 0.02)),
    "ar.usdz": ("model/vnd.usdz+zip", b"PK", deviating("ar", 100_000, 0.02)),
    "model.ply": ("model/ply", ply(sphere(rings=4)), {"faces": 48, "unit": "mm"}),
    "turntable.webp": ("image/webp", b"RIFF", TURN),
    "measures.json": ("application/json", b"{}", MEASURED),
}


@pytest.fixture(scope="module")
def scanned(house: House) -> House:
    """The museum once its worker has made all of one scan."""
    blobs, sha256 = Derivatives(LocalBlobs(house.settings.derived)), digest("venus")
    with writing(house.engine) as session:
        for name, (media_type, body, facts) in MADE.items():
            blobs.put(sha256, name, body)
            own = hashlib.sha256(body).hexdigest()
            store.put_derivative(
                session,
                Derivative(
                    sha256=sha256, name=name, media_type=media_type, size_bytes=len(body), digest=own, facts=facts
                ),
            )
    return house


def page(house: House, language: str) -> str:
    found = house.client.get(f"/o/{house.ids['whole']}?view=venus&lang={language}")
    assert found.status_code == 200
    return re.sub(r"\s+", " ", found.get_data(as_text=True).replace("\u00a0", " "))


def test_the_page_tells_deviation_and_measures_in_both_languages(scanned: House) -> None:
    vietnamese, english = page(scanned, "vi"), page(scanned, "en")
    assert "Overview: 20,000 triangles, 512 px" in english
    assert "deviation RMS 0.046, 99 % within 0.14, at most 0.32 mm" in english
    assert "độ lệch RMS 0,046, 99 % trong khoảng 0,14, lớn nhất 0,32 mm" in vietnamese
    assert "2, together 310 mm, the longest 250 mm" in english and "2, dài tổng cộng 310 mm" in vietnamese
    assert "14 of a random sample of 200,000" in english and "14 trong mẫu ngẫu nhiên 200.000" in vietnamese
    for words in ("120.5 × 211.9 × 80.2 mm", "0.412 mm", "0.205 mm", "the best mirror image is 3.21 mm away (RMS)"):
        assert words in english, words


def test_the_viewer_is_told_of_every_rung_and_opens_the_medium_one(scanned: House) -> None:
    told = next(
        found
        for text in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page(scanned, "en"))
        if "rungs" in (found := json.loads(text))
    )
    assert [(r["name"], r["faces"]) for r in told["rungs"]] == [("thumb", 20_000), ("medium", 150_000)]
    assert told["model"].endswith("/web.glb") and told["turntable"]["frames"] == 24
    assert told["ar"]["glb"].endswith("/ar.glb") and told["ar"]["usdz"].endswith("/ar.usdz")


def test_the_api_gives_deviation_and_measures_as_numbers(scanned: House) -> None:
    body = json.loads(scanned.client.get(f"/o/{scanned.ids['whole']}.json").data)
    media = next(m for m in body["media"] if m["id"] == "venus")
    facts = {d["name"]: d["facts"] for d in media["derivatives"]}
    assert facts["thumb.glb"]["deviation_largest"] == pytest.approx(0.322)
    assert facts["measures.json"]["borders"] == 2 and facts["measures.json"]["unit"] == "mm"


def test_what_is_taken_away_says_whose_it_is(scanned: House) -> None:
    links = re.findall(r'href="(/d/venus/[^"]+\?download=1)"', page(scanned, "en"))
    assert [link.split("/")[-1] for link in links] == [
        "ar.usdz?download=1",
        "model.ply?download=1",
        "open.glb?download=1",
    ]
    found = scanned.client.get(links[2])
    length = int.from_bytes(found.data[12:16], "little")
    asset = json.loads(found.data[20 : 20 + length])["asset"]
    assert asset["extras"]["licence"] and asset["extras"]["citation"].endswith(f"/o/{scanned.ids['whole']}")
    assert (asset["extras"]["unit"], asset["extras"]["original_sha256"]) == ("m", digest("venus"))
    assert asset["copyright"] == asset["extras"]["attribution"]
    assert "immutable" not in found.headers["Cache-Control"] and "attachment" in found.headers["Content-Disposition"]
    again = scanned.client.get(links[2], headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304
    with scanned.client.get(links[2].removesuffix("?download=1")) as shown:
        assert shown.data == glb() and "immutable" in shown.headers["Cache-Control"]
    head = scanned.client.get(links[1]).data.split(b"end_header")[0].decode()
    assert "comment licence: " in head and "comment scale: 1:1, unit of the original: mm" in head


def test_a_scan_of_unknown_scale_shows_no_length_and_no_room_model(house: House, scanned: House) -> None:
    sha256 = digest("plato")
    facts = {**MEASURED, "unit": None}
    with writing(scanned.engine) as session:
        store.put_derivative(
            session,
            Derivative(sha256=sha256, name="measures.json", media_type="application/json", size_bytes=2,
                       digest="a" * 64, facts=facts),
        )  # fmt: skip
    found = house.client.get(f"/o/{house.ids['whole']}?view=plato&lang=en").get_data(as_text=True)
    assert "Holes and open rims" in found and "Size of the scan" not in found and "310" not in found
    assert '"ar"' not in found
