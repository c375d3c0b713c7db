"""Manifests that cannot be taken in whole: each refused with its reason, and nothing of it kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.borrowing import Home, codes, in_both_languages, shown, simple
from tests.ingest.elsewhere import (
    V3,
    Elsewhere,
    canvas,
    encoded,
    manifest,
    picture,
)


def _refused(home: Home, there: Elsewhere, body: dict[str, Any] | bytes) -> str:
    report = home.ingest(there.put("/m/bad", body))
    assert home.records() == []
    assert report.count("refused") == 1
    in_both_languages(report)
    return report.errors[0].code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\x00\x01", "manifest.not_json"),
        (b"[]", "manifest.not_json"),
        (b"[" * 100_000, "manifest.not_json"),
        (b"<!DOCTYPE html><html></html>", "manifest.is_page"),
        ({"id": "https://a.example/m", "type": "Manifest"}, "manifest.no_context"),
        ({"@context": "https://schema.org", "type": "Manifest"}, "manifest.unknown_context"),
        ({"@context": "http://www.shared-canvas.org/ns/context.json"}, "manifest.version_1"),
        ({"@context": "http://iiif.io/api/presentation/4/context.json", "type": "Manifest"}, "manifest.version_4"),
        ({"@context": V3, "type": "AnnotationPage"}, "manifest.other_type"),
        ({"@context": V3, "type": "Manifest", "id": "{{ id.url }}"}, "manifest.relative_id"),
    ],
)
def test_what_is_no_manifest_is_refused_with_its_reason(
    home: Home, there: Elsewhere, body: dict[str, Any] | bytes, code: str
) -> None:
    assert _refused(home, there, body) == code


@pytest.mark.parametrize(("status", "code"), [(404, "no_document"), (401, "closed_document"), (500, "server_said")])
def test_a_manifest_that_is_not_to_be_had_is_told(home: Home, there: Elsewhere, status: int, code: str) -> None:
    there.says["/m/1"] = lambda _, __: (status, {}, b"")
    report = home.ingest(simple(there))
    assert [p.code for p in report.errors] == [f"manifest.{code}"]
    in_both_languages(report)


def test_no_report_line_steers_a_terminal(home: Home, there: Elsewhere) -> None:
    odd = "\u001b]0;x\u0007\u001b[2J"
    bodies = [
        {"@context": V3, "type": odd},
        {"@context": odd},
        {"@context": V3, "type": "Manifest", "id": f"http://[{odd}"},
    ]
    named = manifest(f"{there.url}/m/9", {"type": "Canvas", "label": {"none": [odd]}, "items": []}, label={"vi": [odd]})
    for body in (*bodies, named):
        report = home.ingest(there.put("/m/9", body))
        assert report.problems
        for line in (*report.lines("vi"), *report.lines("en")):
            assert "\u001b" not in line


def test_a_file_without_an_address_of_its_own_is_refused(home: Home, there: Elsewhere, tmp_path: Path) -> None:
    for stated, code in ((None, "manifest.no_id"), ("m/1", "manifest.relative_id")):
        document = {"@context": V3, "type": "Manifest", **({"id": stated} if stated else {})}
        (tmp_path / "m.json").write_text(json.dumps(document), encoding="utf-8")
        assert [p.code for p in home.ingest(tmp_path / "m.json").errors] == [code]


BROKEN: list[tuple[str, dict[str, str], bytes, str]] = [
    ("/files/x.png", {}, encoded(picture(64, 64))[:-40], "image.truncated"),
    ("/files/x.png", {"Content-Type": "text/html"}, b"<html>Sign in</html>", "image.unknown_format"),
    ("/files/x.png", {"Content-Length": "900000"}, b"short", "fetch.cut_off"),
]


@pytest.mark.parametrize(("path", "headers", "data", "code"), BROKEN)
def test_a_bad_file_refuses_the_whole_and_is_named(
    home: Home, there: Elsewhere, path: str, headers: dict[str, str], data: bytes, code: str
) -> None:
    there.says[path] = lambda _, __: (200, dict(headers), data)
    url = there.url + "/m/b"
    body = {"id": there.url + path, "type": "Image"}
    report = home.ingest(there.put("/m/b", manifest(url, canvas(url, 1, body))))
    assert [p.code for p in report.errors] == [code]
    assert "canvas 1" in report.errors[0].message("en")
    assert home.records() == []


@pytest.mark.parametrize(("status", "code"), [(401, "manifest.restricted"), (403, "manifest.restricted"),
                                              (404, "manifest.gone"), (500, "manifest.server_said")])  # fmt: skip
def test_what_cannot_be_had_refuses_the_manifest_or_is_left_out_on_request(
    home: Home, there: Elsewhere, status: int, code: str
) -> None:
    address = simple(there)
    for path in ("/img/b/info.json", "/img/b/full/max/0/default.jpg"):
        there.says[path] = lambda _, __: (status, {}, b"no")
    report = home.ingest(address)
    assert [p.code for p in report.errors] == [code]
    assert home.records() == []
    report = home.ingest(address, leaves_out=True)
    assert (report.errors, report.count("created")) == ([], 1)
    assert len(shown(home.records()[0])) == 1
    in_both_languages(report)


def test_too_many_canvases_are_refused_before_anything_is_fetched(
    home: Home, there: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("museum.ingest.manifests.taking._MOST_CANVASES", 1)
    assert [p.code for p in home.ingest(simple(there)).errors] == ["manifest.too_many_canvases"]
    assert [path for path in there.asked if path.startswith("/img")] == []


def test_a_manifest_from_another_host_is_told(home: Home, there: Elsewhere) -> None:
    document = json.loads(there.bodies[simple(there).removeprefix(there.url)])
    document["id"] = "https://elsewhere.example/m/1"
    report = home.ingest(there.put("/m/1", document))
    assert codes(report) == {"manifest.id_elsewhere"}
    assert home.records()[0].identifier("iiif_manifest") == "https://elsewhere.example/m/1"
