"""Manifests of other institutions: taken in whole with rights and source, once, politely, or refused with a reason."""

import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow
from sqlalchemy import Engine

from museum import db
from museum.accounts.roles import Level
from museum.catalog import changes, record_types, store
from museum.catalog.record import Media, Record, to_json
from museum.catalog.visibility import seen
from museum.config import Settings
from museum.errors import BackendError
from museum.ingest import av, founding, plan, recordings, run
from museum.ingest.manifests import errands
from museum.ingest.manifests.taking import Manner
from museum.ingest.parts import open_parts
from museum.ingest.report import Report
from museum.ingest.run import Options
from museum.migrations import schema
from tests.full_disk import files_up_to
from tests.ingest.elsewhere import (
    CC_BY,
    IN_COPYRIGHT,
    V2,
    V3,
    Elsewhere,
    Service,
    canvas,
    encoded,
    image,
    manifest,
    picture,
    standing_in,
)


@dataclass
class Home:
    """A museum for which a server on this machine is a peer."""

    settings: Settings
    engine: Engine

    def ingest(self, place: str | Path, *, publish: bool = True, **manner: Any) -> Report:
        parts = open_parts(self.settings, self.engine, fsync=False)
        options = Options(publish=publish, workers=0, manner=Manner(**manner))
        return run.ingest(self.settings, self.engine, place, options=options, parts=parts)

    def plan(self, place: str | Path, **manner: Any) -> Report:
        return plan.plan(self.settings, self.engine, place, options=Options(manner=Manner(**manner)))

    def records(self) -> list[Record]:
        with db.reading(self.engine) as session:
            return store.all_records(session)

    def state(self) -> tuple[bytes, int]:
        with db.reading(self.engine) as session:
            return store.canonical_dump(session), changes.count(session)

    def master(self, record: Record, media: Media) -> bytes:
        parts = open_parts(self.settings, self.engine)
        return parts.masters.read(parts.object_id(record.id), media.path)


@pytest.fixture
def there() -> Iterator[Elsewhere]:
    with standing_in() as server:
        yield server


def hurry(monkeypatch: pytest.MonkeyPatch, wait: Callable[[float], None] = time.sleep) -> None:
    """No pauses between requests to our own server."""
    real = errands.errands
    monkeypatch.setattr(
        "museum.ingest.manifests.taking.errands", lambda given: replace(real(given), pause_s=0.0, wait=wait)
    )


@pytest.fixture
def home(tmp_path: Path, there: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    hurry(monkeypatch)
    settings = founding.write_settings(tmp_path / "bao-tang", name_vi="Bảo tàng", name_en="Museum", language="vi")
    engine = db.open_engine(settings.database)
    schema.upgrade(engine)
    founding.furnish(settings, engine)
    yield Home(there.settings(settings), engine)
    engine.dispose()


def simple(there: Elsewhere, path: str = "/m/1", **said: Any) -> str:
    """A manifest of two pictures; its address."""
    there.services |= {"/img/a": Service(seed=1), "/img/b": Service(seed=2)}
    url = there.url + path
    pages = [canvas(url, n, image(there.url, f"/img/{name}")) for n, name in enumerate("ab", 1)]
    return there.put(path, manifest(url, *pages, **said))


def shown(record: Record) -> list[Media]:
    return [m for m in record.media if m.kind != "part"]


def codes(report: Report) -> set[str]:
    return {p.code for p in report.problems}


def in_both_languages(report: Report) -> None:
    """Every line of a report has words in both languages, all of them filled in."""
    for problem in report.problems:
        for language in ("vi", "en"):
            words = problem.message(language)
            assert problem.code not in words
            assert not re.search(r"(?<!\{)\{\w+\}", words)


RICH = {
    "summary": {"vi": ["<p>Trống <b>Đông Sơn</b>.</p><script>alert(1)</script>"], "en": ["a < b & c"]},
    "metadata": [
        {"label": {"en": ["Creator"], "fr": ["Auteur"]}, "value": {"none": ["Khuyết danh"]}},
        {"label": {"vi": ["Niên đại"]}, "value": {"vi": ["thế kỷ III TCN"], "en": ["3rd century BC"]}},
        {"label": {"vi": ["Cao"]}, "value": {"none": ["63 cm"]}},
        {"label": {"en": ["Subject"], "vi": ["Đề tài"]}, "value": {"en": ["birds", "boats"], "vi": ["chim Lạc"]}},
        {"label": {"en": ["Accession number"]}, "value": {"none": ["BT-1"]}},
        {"label": {"en": ["Weight"]}, "value": {"none": ["heavy"]}},
    ],
    "requiredStatement": {"label": {"en": ["Attribution"]}, "value": {"en": ["Museum of Elsewhere"]}},
    "provider": [{"id": "https://elsewhere.example/", "type": "Agent", "label": {"en": ["Elsewhere"]}}],
    "homepage": [{"id": "page/1", "type": "Text", "label": {"en": ["The page"]}, "format": "text/html"}],
    "seeAlso": [{"id": "https://elsewhere.example/1.xml", "type": "Dataset", "label": {"en": ["LIDO"]}}],
    "partOf": [{"id": "https://elsewhere.example/c", "type": "Collection", "label": {"vi": ["Bộ trống"]}}],
    "navDate": "-0300-01-01T00:00:00Z",
    "navPlace": {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"label": {"vi": ["Thanh Hóa"]}},
                      "geometry": {"type": "Point", "coordinates": [105.776, 19.8075]}}],
    },
    "structures": [{"id": "https://elsewhere.example/r", "type": "Range", "items": []}],
}  # fmt: skip


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


def test_the_same_again_changes_nothing_and_asks_for_the_manifest_only(home: Home, there: Elsewhere) -> None:
    address = simple(there, **RICH)
    home.ingest(address)
    before = home.state()
    there.asked.clear()
    report = home.ingest(address)
    assert (report.count("unchanged"), report.files) == (1, 0)
    assert home.state() == before
    assert dict(there.asked) == {"/m/1": 1}
    assert not list((home.settings.media / "fetched").iterdir())


def test_http_and_https_file_and_address_are_one_manifest(home: Home, there: Elsewhere, tmp_path: Path) -> None:
    home.ingest(simple(there))
    document = json.loads(there.bodies["/m/1"])
    document["id"] = document["id"].replace("http://", "https://") + "#top"
    (tmp_path / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
    report = home.ingest(tmp_path / "manifest.json")
    assert report.count("created") == 0
    assert len(home.records()) == 1


def test_what_changes_there_changes_here_and_corrections_here_stay(home: Home, there: Elsewhere) -> None:
    address = simple(there, summary={"vi": ["Cũ"]})
    home.ingest(address)
    (record,) = home.records()
    title = (
        replace(record.values["title"][0], value="Trống Ngọc Lũ", source="Sổ kiểm kê"),
        *record.values["title"][1:],
    )
    alone = replace(record, values={**record.values, "title": title})
    with db.writing(home.engine) as session:
        store.save(session, alone, person="Lan", batch="b1")
    document = json.loads(there.bodies["/m/1"])
    document["label"] = {"vi": ["Trống đồng lớn"]}
    del document["summary"]
    del document["items"][1]
    there.put("/m/1", document)
    report = home.ingest(address)
    assert report.count("updated") == 1
    (record,) = home.records()
    assert [(v.value, v.preferred) for v in record.values["title"]] == [
        ("Trống Ngọc Lũ", True), ("Trống đồng lớn", False)]  # fmt: skip
    assert "description" not in record.values
    assert [m.facts["fetched_from"] for m in shown(record)] == [f"{there.url}/img/a"]
    assert home.ingest(address).count("unchanged") == 1


def test_a_file_added_here_stays(home: Home, there: Elsewhere) -> None:
    address = simple(there)
    home.ingest(address)
    (record,) = home.records()
    own = replace(record.media[0], id="m-own", file_name="own.jpg", facts={"width_px": 64}, order=9)
    with db.writing(home.engine) as session:
        store.save(session, replace(record, media=(*record.media, own)), person="Lan", batch="b1")
    home.ingest(address)
    assert "m-own" in {m.id for m in home.records()[0].media}


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


def test_rights_that_forbid_copying_need_permission_and_are_not_published(home: Home, there: Elsewhere) -> None:
    address = simple(there, rights=IN_COPYRIGHT)
    report = home.ingest(address)
    assert codes(report) == {"manifest.ask_first"}
    assert (home.records(), report.count("refused")) == ([], 1)
    assert [path for path in there.asked if path.startswith("/img")] == []
    report = home.ingest(address, with_permission=True)
    assert codes(report) == {"manifest.permitted"}
    assert (home.records()[0].state, report.published) == ("draft", 0)
    in_both_languages(report)


@pytest.mark.parametrize(
    "stated", ["", "https://elsewhere.example/terms", "http://rightsstatements.org/vocab/CNE/1.0/"]
)
def test_what_nobody_may_show_yet_stays_a_draft_until_rights_are_stated(
    home: Home, there: Elsewhere, stated: str
) -> None:
    address = simple(there, rights=stated)
    report = home.ingest(address)
    assert codes(report) == {"manifest.rights_unknown" if stated else "manifest.rights_unstated"}
    (record,) = home.records()
    assert (record.state, report.published) == ("draft", 0)
    if stated:
        return
    media = tuple(replace(m, rights=CC_BY, licence="CC BY 4.0") for m in record.media)
    with db.writing(home.engine) as session:
        store.save(session, replace(record, media=media), person="Lan", batch="b1")
    assert home.ingest(address).published == 1
    assert {m.rights for m in home.records()[0].media} == {CC_BY}


def test_a_canvas_may_have_rights_and_names_of_its_own(home: Home, there: Elsewhere) -> None:
    there.services |= {"/img/a": Service(seed=1), "/img/b": Service(seed=2)}
    url = there.url + "/m/r"
    own = {"rights": "https://creativecommons.org/publicdomain/zero/1.0/",
           "requiredStatement": {"label": {"en": ["By"]}, "value": {"en": ["<span>Somebody</span>"]}},
           "summary": {"vi": ["Mặt trống"]}}  # fmt: skip
    pages = [canvas(url, 1, image(there.url, "/img/a")), canvas(url, 2, image(there.url, "/img/b"), **own)]
    home.ingest(there.put("/m/r", manifest(url, *pages, requiredStatement=RICH["requiredStatement"])))
    first, second = shown(home.records()[0])
    assert (first.licence, first.attribution) == ("CC BY 4.0", "Museum of Elsewhere")
    assert (second.licence, second.attribution) == ("CC0 1.0", "Somebody")
    assert (first.alt.say("vi"), second.alt.say("vi")) == ("tr. 1", "Mặt trống")


def test_a_collection_is_taken_in_member_by_member_and_ends_at_its_limit(home: Home, there: Elsewhere) -> None:
    members = [simple(there, f"/m/{n}") for n in range(1, 5)]
    inner = there.url + "/c/inner"
    listed = [{"id": a, "type": "Manifest", "label": {"en": ["x"]}} for a in members]
    top = {"@context": V3, "id": f"{there.url}/c/top", "type": "Collection", "label": {"vi": ["Bộ sưu tập"]}}
    there.put(
        "/c/inner", {**top, "id": inner, "items": [*listed[2:], {"id": f"{there.url}/c/top", "type": "Collection"}]}
    )
    address = there.put("/c/top", {**top, "items": [*listed[:2], {"id": inner, "type": "Collection"}]})
    told = home.plan(address)
    assert told.count("created") == 4
    assert home.records() == []
    assert "manifest.would_fetch" in codes(told)
    few = home.ingest(address, limit=2)
    assert (few.count("created"), "manifest.limit" in codes(few)) == (2, True)
    rest = home.ingest(address)
    assert (rest.count("created"), rest.count("unchanged")) == (2, 2)
    assert "manifest.met_again" in codes(rest)  # the circle
    assert any(v.value == "Thuộc: Bộ sưu tập" for v in home.records()[0].values["stated_elsewhere"])
    in_both_languages(rest)


def test_a_dry_run_fetches_documents_only_and_writes_nothing(home: Home, there: Elsewhere) -> None:
    address = simple(there)
    files = sorted(home.settings.media.rglob("*"))
    told = home.plan(address)
    assert told.count("created") == 1
    assert dict(there.asked) == {"/m/1": 1}
    assert sorted(home.settings.media.rglob("*")) == files
    home.ingest(address)
    assert home.plan(address).count("unchanged") == 1


def test_a_run_that_broke_off_goes_on_where_it_was(home: Home, there: Elsewhere) -> None:
    address = simple(there)
    for path in ("/img/b/info.json", "/img/b/full/max/0/default.jpg"):
        there.says[path] = lambda _, __: (500, {}, b"")
    report = home.ingest(address)
    assert codes(report) == {"manifest.server_said"}
    assert "canvas 2 (tr. 2)" in report.problems[0].message("vi")
    assert home.records() == []
    there.asked.clear()
    there.says.clear()
    report = home.ingest(address)
    assert report.count("created") == 1
    assert not [path for path in there.asked if path.startswith("/img/a")]


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


def test_relative_ids_are_read_from_where_the_manifest_is(home: Home, there: Elsewhere) -> None:
    there.services["/img/a"] = Service()
    body = image("", "../img/a")
    report = home.ingest(there.put("/m/rel", manifest("rel", canvas("rel", 1, body))))
    assert report.errors == []
    record = home.records()[0]
    assert record.identifier("iiif_manifest") == f"{there.url}/m/rel".replace("http:", "https:")
    assert shown(record)[0].facts["fetched_from"] == f"{there.url}/img/a"


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


def test_a_folder_may_hold_manifests_beside_its_table(home: Home, there: Elsewhere, tmp_path: Path) -> None:
    folder = tmp_path / "nguon"
    (folder / "manifests").mkdir(parents=True)
    (folder / "danh-muc.csv").write_text("Mã hiện vật,Tên hiện vật\nT-1,Ấn\n", encoding="utf-8")
    address = simple(there)
    (folder / "manifest.json").write_bytes(there.bodies["/m/1"])
    member = {"id": address, "type": "Manifest", "label": {}}
    top = {"@context": V3, "id": f"{there.url}/c/top", "type": "Collection", "label": {}, "items": [member]}
    (folder / "manifests" / "bo.json").write_text(json.dumps(top), encoding="utf-8")
    (folder / "other.json").write_text("{}", encoding="utf-8")
    report = home.ingest(folder)
    assert report.count("created") == 2
    assert report.errors == []
    assert there.asked["/m/1"] == 0  # it lay in the folder


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
