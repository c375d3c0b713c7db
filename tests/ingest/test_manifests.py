"""Manifests of other institutions: all that they say arrives, with rights and source, and nothing of it harmed."""

import json
from dataclasses import replace

import pytest
from PIL import Image as Pillow

from museum.accounts.roles import Level
from museum.catalog import record_types
from museum.catalog.record import to_json
from museum.catalog.visibility import seen
from museum.ingest import av, recordings
from tests.ingest.borrowing import RICH, Home, codes, in_both_languages, shown, simple
from tests.ingest.elsewhere import (
    CC_BY,
    V2,
    Elsewhere,
    Service,
    canvas,
    image,
    manifest,
    picture,
)


def test_everything_said_arrives_with_its_source(home: Home, there: Elsewhere) -> None:
    address = simple(there, **RICH)
    report = home.ingest(address)
    assert report.errors == []
    assert (report.count("created"), report.published) == (1, 1)
    (record,) = home.records()
    values = record.values
    assert dict(record.title) == {"vi": "Trống đồng", "en": "Bronze drum"}
    assert values["maker"][0].value == "Khuyết danh"
    assert [(v.value, v.as_written) for v in values["date"]] == [("-0299/-0200", "thế kỷ III TCN")]
    assert (values["height"][0].value, values["height"][0].unit) == (63, "cm")
    assert values["coordinates_public"][0].value == "19.8075, 105.776"
    assert {v.source for given in values.values() for v in given} == {address}
    further = {(v.language, v.value) for v in values["stated_elsewhere"]}
    assert further >= {
        ("en", "Subject: birds; boats"),
        ("vi", "Đề tài: chim Lạc"),
        ("", "Accession number: BT-1"),
        ("", "Weight: heavy"),
        ("en", "Provided by: Elsewhere"),
        ("en", f"Homepage: The page ({there.url}/m/page/1)"),
        ("en", "See also: LIDO (https://elsewhere.example/1.xml)"),
        ("vi", "Thuộc: Bộ trống (https://elsewhere.example/c)"),
        ("vi", "Nơi chốn: Thanh Hóa"),
    }
    assert values["description"][0].value == "Trống <b>Đông Sơn</b>."
    assert values["description"][1].value == "a < b & c"
    assert not record.identifier("accession_number")  # it is theirs, not ours
    first, second = shown(record)
    assert (first.order, second.order) == (1, 2)
    assert (first.rights, first.licence, first.attribution) == (CC_BY, "CC BY 4.0", "Museum of Elsewhere")
    assert first.facts["fetched_from"] == f"{there.url}/img/a"
    assert dict(first.label) == {"und": "tr. 1"}
    assert [p.code for p in report.problems] == ["manifest.not_taken"]
    assert "(Range): 1" in report.problems[0].message("vi")
    in_both_languages(report)


def test_the_manifest_itself_is_kept_bit_for_bit(home: Home, there: Elsewhere) -> None:
    address = simple(there, **RICH)
    home.ingest(address)
    (record,) = home.records()
    (original,) = [m for m in record.media if m.kind == "part"]
    assert home.master(record, original) == there.bodies["/m/1"]
    assert (original.level, original.role, original.facts["fetched_from"]) == ("internal", "manifest", address)
    public = seen(record, record_types.load(), Level.PUBLIC)
    assert [m.id for m in public.media] == [m.id for m in shown(record)]


def test_version_2_says_the_same_as_version_3(home: Home, there: Elsewhere) -> None:
    there.services |= {"/img/a": Service(seed=1, version=2), "/img/b": Service(seed=2, version=2, refuses=("full",))}
    bodies = [image(there.url, f"/img/{name}", version=2) for name in "ab"]
    resources = [{"@id": b["id"], "@type": "dctypes:Image", "service": b["service"][0]} for b in bodies]
    document = {
        "@context": V2, "@id": f"{there.url}/m/2", "@type": "sc:Manifest",
        "label": [{"@value": "Ấn", "@language": "vi"}, {"@value": "Seal", "@language": "en"}],
        "description": "Ấn ngọc", "attribution": "Elsewhere", "license": CC_BY, "logo": "https://x.example/l.png",
        "metadata": [{"label": "Author", "value": ["A", "B"]}],
        "related": {"@id": "https://elsewhere.example/1", "label": "Page"}, "within": "https://elsewhere.example/c",
        "sequences": [{"@type": "sc:Sequence", "canvases": [
            {"@id": f"{there.url}/c/1", "@type": "sc:Canvas", "label": "1r", "width": 64, "height": 48, "images": [
                {"@type": "oa:Annotation", "motivation": "sc:painting", "on": f"{there.url}/c/1", "resource": {
                    "@type": "oa:Choice", "default": resources[0] | {"label": "Normal"},
                    "item": [resources[1] | {"label": "Ultraviolet"}]}}],
             "otherContent": [{"@id": "https://elsewhere.example/list"}]}]},
            {"@type": "sc:Sequence", "canvases": []}],
    }  # fmt: skip
    report = home.ingest(there.put("/m/2", document))
    assert report.errors == []
    (record,) = home.records()
    assert dict(record.title) == {"vi": "Ấn", "en": "Seal"}
    assert record.values["maker"][0].value == "A; B"
    assert [m.label.say("en") for m in shown(record)] == ["Normal", "Ultraviolet"]
    assert {(m.rights, m.attribution) for m in shown(record)} == {(CC_BY, "Elsewhere")}
    told = {p.message("en").rpartition("manifest: ")[2] for p in report.problems}
    assert told == {"annotation pages at addresses of their own: 1.", "other page orders (sequences): 1."}


@pytest.mark.parametrize("version", [2, 3])
def test_a_capped_picture_is_put_together_from_tiles_without_loss(home: Home, there: Elsewhere, version: int) -> None:
    there.services["/img/t"] = Service(width=331, height=203, version=version, most_px=100, tile_px=64, seed=3)
    url = there.url + "/m/t"
    address = there.put("/m/t", manifest(url, canvas(url, 1, image(there.url, "/img/t", version=version))))
    report = home.ingest(address)
    assert codes(report) == {"manifest.assembled"}
    (record,) = home.records()
    (media,) = shown(record)
    assert media.facts["assembled_tiles"] == 6 * 4
    path = home.settings.home / "whole.tif"
    path.write_bytes(home.master(record, media))
    with Pillow.open(path) as whole:
        assert whole.size == (331, 203)
        assert whole.tobytes() == picture(331, 203, 3).tobytes()
    assert home.ingest(address).count("unchanged") == 1


CAPPED = Service(width=300, height=200, most_px=100)


@pytest.mark.parametrize("service", [CAPPED, replace(CAPPED, tile_px=64, tile_off_by=1)])
def test_a_service_that_gives_no_more_is_told(home: Home, there: Elsewhere, service: Service) -> None:
    there.services["/img/s"] = service
    url = there.url + "/m/s"
    report = home.ingest(there.put("/m/s", manifest(url, canvas(url, 1, image(there.url, "/img/s")))))
    assert codes(report) == {"manifest.reduced"}
    assert "100 × 66" in report.problems[0].message("en")
    assert "300 × 200" in report.problems[0].message("vi")
    assert shown(home.records()[0])[0].facts["offered_px"] == [300, 200]


def test_relative_ids_are_read_from_where_the_manifest_is(home: Home, there: Elsewhere) -> None:
    there.services["/img/a"] = Service()
    body = image("", "../img/a")
    report = home.ingest(there.put("/m/rel", manifest("rel", canvas("rel", 1, body))))
    assert report.errors == []
    record = home.records()[0]
    assert record.identifier("iiif_manifest") == f"{there.url}/m/rel".replace("http:", "https:")
    assert shown(record)[0].facts["fetched_from"] == f"{there.url}/img/a"


def test_captions_come_with_their_film(home: Home, there: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "inspect", lambda *_, **__: av.AvFacts(kind="film", duration_s=1.0, container="mp4"))
    monkeypatch.setattr(recordings, "derive_film", lambda *_, **__: [])
    there.bodies |= {
        "/f/film.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 64,
        "/f/vi.vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nA\n",
    }
    url = there.url + "/m/f"
    track = {"id": f"{there.url}/f/vi.vtt", "type": "Text", "format": "text/vtt", "language": "vi"}
    notes = {"type": "AnnotationPage", "items": [
        {"type": "Annotation", "motivation": "supplementing", "body": track},
        {"type": "Annotation", "motivation": "commenting", "body": {"type": "TextualBody", "value": "!"}}]}  # fmt: skip
    film = {"id": f"{there.url}/f/film.mp4", "type": "Video", "format": "video/mp4", "duration": 1}
    report = home.ingest(there.put("/m/f", manifest(url, canvas(url, 1, film, annotations=[notes]))), publish=False)
    assert report.errors == [], report.lines("en")
    clip, words = shown(home.records()[0])
    assert (clip.kind, words.kind, words.of, words.language) == ("film", "captions", clip.id, "vi")
    assert [p.code for p in report.problems] == ["manifest.not_taken"]


def test_odd_words_come_through_unharmed(home: Home, there: Elsewhere) -> None:
    label = {"@none": ['A "quoted" \\ \u202e label\u0000 {x} %s'], "zz-!": ["?"], "none": [], "vi": "chuỗi trần"}
    report = home.ingest(simple(there, label=label, summary={"en": ["<img src=x onerror=alert(1)>"]}))
    assert report.errors == []
    record = home.records()[0]
    assert record.title["vi"] == "chuỗi trần"
    assert '"quoted" \\' in record.title["und"]
    assert "onerror" not in json.dumps(to_json(record))
    in_both_languages(report)
