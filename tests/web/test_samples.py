"""Hidden samples answer like what was withdrawn, at every address there is; shown ones say what they are."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote

import numpy as np
import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import Client

from museum import addresses
from museum.catalog import store
from museum.catalog.record import Identifier, Link, Media, Procedure, Record, Value
from museum.config import Settings
from museum.db import writing
from museum.exhibitions import store as stories
from museum.exhibitions.story import Stop, Story, View
from museum.iiif.image import Limits
from museum.iiif.service import ImageService
from museum.imaging import arrays, pyramid
from museum.ingest import collecting
from museum.search import indexer
from museum.search.location import Location
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from museum.text import Text
from museum.web.app import create_app
from museum.web.labels import synthetic_label, synthetic_statement
from museum.web.locating import locator
from museum.web.private import is_private
from museum.web.tiles import ImageRoute
from tests.sample_records import digest, media, photo
from tests.sample_stories import story_id
from tests.web.conftest import House, _checked, _derive, make_house

STATEMENT = "Hình minh họa do phần mềm tạo ra, không phải ảnh chụp hiện vật"
WORDS = (
    "Đỉnh mẫu thử", "Sample urn of the test", "MẪU-0001", "mauurn", "khắc chữ 高鼎 thử", "Chuyện mẫu thử",
    "Told for a trial",
)  # fmt: skip
SLUGS: dict[Literal["exhibition", "tour"], str] = {"exhibition": "chuyen-mau", "tour": "tham-quan-mau"}
MIXED = "chuyen-that-co-mau"
TYPE = "loại riêng của mẫu"
REAL = addresses.object_page(_checked("3t8kq0zx7"))


def sample(record_id: str = "vn000007", *, number: str = "MẪU-0001") -> Record:
    """A generated object with a picture, a scan and a sound; it links to real ones and has a treatment."""
    made: dict[str, Any] = {"digital_source": "algorithmicMedia"}
    return Record(
        id=_checked(record_id),
        kind="object",
        institution="museum",
        state="published",
        is_sample=True,
        values={
            "title": (Value(value=WORDS[0], language="vi"), Value(value=WORDS[1], language="en")),
            "object_type": (Value(value=TYPE, language="vi"),),
            "inscription": (Value(value=WORDS[4], language="vi"),),
            "weight": (
                Value(value=4160, unit="can", as_written="4.160 cân", source="Minh văn"),
                Value(value=2152.6, unit="kg", source="Bảng lưu hành", certainty="disputed", preferred=False),
            ),
        },
        identifiers=(Identifier(scheme="object_id", value=number), Identifier(scheme="accession_number", value=number)),
        links=(Link(predicate="related_to", target=_checked("3t8kq0zx7")),),
        media=(
            photo("mauurnphoto", width_px=1200, height_px=900, **made),
            media("mauurnscan", "scan", order=1, **made),
            media("mauurnsound", "sound", order=2, facts={"duration_s": 3.0}, **made),
        ),
        procedures=(Procedure(id="pmau", kind="treatment", date="2025-03", text=Text.of(vi=WORDS[4])),),
    )


def sample_stories() -> tuple[Story, ...]:
    """An exhibition and a tour of the demonstration, and a real exhibition that shows the sample beside a real one."""
    urn = View(kind="image", object=sample().id, media="mauurnphoto")
    stop = Stop(id="mot", title=Text.of(vi="Một", en="One"), text=Text.of(vi="Nhìn.", en="Look."), views=(urn,))
    title = Text.of(vi=WORDS[5], en=WORDS[6])
    told = [
        Story(
            id=story_id(20 + n), slug=slug, kind=kind, institution="museum", state="published", is_sample=True,
            title=title, lead=title, cover=urn, stops=(stop,),
        )
        for n, (kind, slug) in enumerate(SLUGS.items())
    ]  # fmt: skip
    real = View(kind="image", object=_checked("3t8kq0zx7"), media="light0")
    own = Text.of(vi="Chuyện thật", en="A real story")
    mixed = replace(
        told[0], id=story_id(29), slug=MIXED, kind="exhibition", is_sample=False, title=own, lead=own, cover=real,
        stops=(stop, replace(stop, id="hai", views=(real,))),
    )  # fmt: skip
    return *told, mixed


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The test museum with one sample among its records."""
    for made in make_house(tmp_path_factory.mktemp("samples"), language="vi"):
        record = sample()
        with writing(made.engine) as session:
            store.save(session, record, person="test", batch="sample")
            for item in record.media:
                _derive(session, made.settings, item)
            _real_pyramid(made.settings, record.media[0])
            store.put_manifest(session, record.id, f'{{"label":"{WORDS[0]}"}}'.encode())
            for story in sample_stories():
                stories.save(session, story, person="test", batch="sample")
        _refresh(made.engine, made.settings)
        _refresh(made.engine, replace(made.settings, show_samples=False))
        yield made


def _real_pyramid(settings: Settings, item: Media) -> None:
    """In place of the few bytes that stand for one: the image service opens it."""
    folder = Derivatives(LocalBlobs(settings.derived)).path(item.sha256, "pyramid")
    folder.unlink()
    picture = settings.home / "picture.jpg"
    arrays.write(np.full((900, 1200, 3), 90, np.uint8), picture)
    pyramid.build(picture, folder)


def _refresh(engine: Engine, settings: Settings) -> None:
    indexer.index_once(engine, Location.of(settings))
    collecting.collect(engine, settings)


@pytest.fixture(params=[True, False], ids=["shown", "hidden"])
def visit(request: pytest.FixtureRequest, house: House) -> tuple[FlaskClient, bool]:
    """A visitor of the same museum, with samples shown or hidden."""
    return _client(house, is_shown=request.param), request.param


def _client(house: House, *, is_shown: bool) -> FlaskClient:
    app = create_app(replace(house.settings, show_samples=is_shown), engine=house.engine)
    app.testing = True
    return app.test_client()


def _addresses(house: House) -> dict[str, str]:
    """Every GET address of the application that can name a record, a medium, a file, a number or a story, filled
    with the sample's: new routes come in by themselves. Address → the rule it is of."""
    record = sample()
    scan, sound = record.media[1], record.media[2]
    with writing(house.engine) as session:
        made = store.derivatives(session, [m.sha256 for m in record.media])
    files = {(m.id, d.digest[:12], d.name) for m in record.media for d in made[m.sha256] if d.name != "pyramid"}
    found: dict[str, str] = {}
    for rule in house.app.url_map.iter_rules():
        names = rule.arguments
        # What lies behind the login sends every visitor there, whatever is asked for.
        if "GET" not in (rule.methods or ()) or not names or rule.rule.startswith(("/static", "/work/")):
            continue
        if is_private(rule.rule):  # a visitor is led to the door, whatever lies behind
            continue
        if names == {"media_id", "digest", "name"}:
            choices = [{"media_id": m, "digest": d, "name": n} for m, d, n in sorted(files)]
        elif "media_id" in names:
            choices = [{"media_id": m.id} for m in (scan, sound)]
        elif "number" in names:
            choices = [{"number": "MẪU-0001"}]
        elif rule.rule.startswith("/o/") and "name" in names:
            choices = [{"name": record.id + suffix} for suffix in ("", ".json", ".jsonld")]
        elif rule.rule.startswith(("/c/", "/iiif/collection")):
            choices = [{"slug": "type-loai-rieng-cua-mau"}]
        elif rule.rule in ("/e/<name>", "/t/<name>"):
            choices = [{"name": slug + suffix} for slug in SLUGS.values() for suffix in ("", ".json")]
        elif "slug" in names:
            choices = [{"slug": slug, "suffix": kind} for slug in SLUGS.values() for kind in ("svg", "png")]
        elif "record_id" in names:
            choices = [{"record_id": record.id} | ({"suffix": "svg"} if "suffix" in names else {})]
        else:
            continue
        for values in choices:
            path = rule.rule
            for name in names:
                path = re.sub(rf"<(?:[^<>:]+:)?{name}>", str(values.get(name, "svg")), path)
            found[path] = rule.rule
    host = "https://baotang.example"
    told = (f"/e/{SLUGS['exhibition']}", f"/t/{SLUGS['tour']}", f"/e/{SLUGS['exhibition']}?lang=en")
    for page in (f"/o/{record.id}", "/n/MẪU-0001", "/m/mauurnsound", "/s/mauurnscan", *told):
        found |= {f"/oembed?url={host}{quote(page)}&format={kind}": "/oembed" for kind in ("json", "xml")}
    return found


LISTS = (
    "/", "/?lang=en", "/search", "/search?q=M%E1%BA%AAU-0001", "/search?q=mẫu thử", "/search?q=sample+urn",
    "/search?q=高鼎", "/search?sort=newest", "/search?kind=object&sort=title", "/c", "/c/all", "/c/kind-object",
    "/iiif/collection/all", "/iiif/collection/kind-object", "/api/suggest?q=mẫu", "/api/suggest?q=sample",
    "/conservation", REAL, f"{REAL}?lang=en", "/exhibitions", "/exhibitions?lang=en", f"/e/{MIXED}",
    f"/e/{MIXED}?lang=en", f"/e/{MIXED}/text", f"/e/{MIXED}.json", f"/iiif/presentation/3/story/{MIXED}/manifest",
)  # fmt: skip


def _ask(client: FlaskClient, path: str, **headers: str) -> tuple[int, bytes]:
    with client.get(path, headers=headers) as answer:
        return answer.status_code, answer.data


def _said(body: bytes) -> list[str]:
    """Words of the sample that an answer tells."""
    text = body.decode("utf-8", "replace")
    return [word for word in (*WORDS, sample().id, TYPE) if word in text]


def test_no_address_of_a_hidden_sample_answers_and_every_one_does_when_shown(house: House) -> None:
    tried = _addresses(house)
    shown, hidden = _client(house, is_shown=True), _client(house, is_shown=False)
    rules: set[str] = set()
    for path, rule in tried.items():
        if _ask(shown, path)[0] >= 400:  # a route that has nothing for this record, such as a story's
            continue
        rules.add(rule)
        for kind in ("text/html", "application/json", "*/*"):
            status, body = _ask(hidden, path, Accept=kind)
            assert status in (401, 404, 410), path  # 401: oEmbed's word for what is not public
            said = [word for word in _said(body) if word not in unquote(path) and word != sample().id]
            assert said == [], (path, said)
    wanted = {"/o/<name>", "/d/<media_id>/<digest>/<path:name>", "/iiif/presentation/3/<record_id>/manifest",
              "/m/<media_id>", "/s/<media_id>", "/n/<path:number>", "/c/<slug>", "/iiif/collection/<slug>", "/oembed",
              "/e/<name>", "/t/<name>", "/e/<slug>/text", "/t/<slug>/text", "/e/<slug>/qr.<suffix>",
              "/t/<slug>/qr.<suffix>", "/embed/e/<slug>", "/iiif/presentation/3/story/<slug>/manifest"}  # fmt: skip
    assert wanted <= rules, wanted - rules
    print(f"hidden samples: {len(tried)} addresses of {len(rules)} routes tried")


def test_no_list_count_or_suggestion_tells_of_a_hidden_sample(house: House) -> None:
    shown, hidden = _client(house, is_shown=True), _client(house, is_shown=False)
    told = 0
    for path in LISTS:
        told += bool(_said(shown.get(path).data))
        answer = hidden.get(path)
        said = [w for w in _said(answer.data) if w not in unquote(path)]
        assert said == [], (path, said)
    assert told >= len(LISTS) - 2
    print(f"hidden samples: {len(LISTS)} lists tried, {told} tell of one when shown")


def test_counts_and_facets_leave_hidden_samples_out(visit: tuple[FlaskClient, bool]) -> None:
    client, is_shown = visit
    page = client.get("/search?kind=object").text
    assert f"{4 if is_shown else 3} kết quả" in page
    assert ("facet" in page) and (TYPE in page.lower()) is is_shown
    body = orjson.loads(client.get("/iiif/collection/all").data)
    addresses_told = [item["id"] for item in body["items"]]
    assert any(sample().id in a for a in addresses_told) is is_shown
    assert any("type-loai-rieng" in a for a in addresses_told) is is_shown


def test_the_image_service_hides_samples(house: House) -> None:
    answers: dict[bool, list[int]] = {}
    for is_shown in (True, False):
        shelf = Derivatives(LocalBlobs(house.settings.derived))
        found = locator(house.engine, shelf, with_samples=is_shown)
        service = ImageService(found, Limits(max_width_px=4096, max_area_px=4096 * 4096))
        client = Client(ImageRoute(house.app.wsgi_app, service))
        paths = [f"/iiif/image/{v}/mauurnphoto{rest}" for v in (2, 3) for rest in ("/info.json", "")]
        answers[is_shown] = [client.get(path).status_code for path in paths]
    assert answers[True] == [200, 303, 200, 303]
    assert answers[False] == [404] * 4


def test_the_setting_is_followed_without_a_rebuild_by_hand(house: House, tmp_path: Path) -> None:
    """A museum that never hid its samples starts to: no index without them exists yet, the indexer makes it."""
    settings = replace(house.settings, media=tmp_path, show_samples=False)
    hidden = Location.of(settings)
    assert hidden.current() is None
    indexer.index_once(house.engine, hidden)
    assert indexer.verify(house.engine, hidden).is_clean
    index = hidden.open()
    assert index is not None
    try:
        assert sample().id not in dict(index.contents())
        assert index.complete("mẫu") == []
    finally:
        index.close()


def test_a_sample_that_becomes_a_real_record_is_found(house: House) -> None:
    record = replace(sample("vn000008", number="MẪU-0002"), media=(), procedures=())
    hidden = replace(house.settings, show_samples=False)
    try:
        for is_sample in (True, False):
            with writing(house.engine) as session:
                store.save(session, replace(record, is_sample=is_sample), person="test", batch="flip")
            _refresh(house.engine, hidden)
            app = create_app(hidden, engine=house.engine)
            app.testing = True
            answer = app.test_client().get("/search?q=MẪU-0002")
            assert (f"/o/{record.id}" in answer.text) is not is_sample
    finally:
        with writing(house.engine) as session:
            store.delete(session, record.id, person="test", batch="flip")
        _refresh(house.engine, hidden)
        _refresh(house.engine, house.settings)


def test_what_software_made_says_so_on_card_page_json_and_linked_data(house: House) -> None:
    client = _client(house, is_shown=True)
    path = addresses.object_page(sample().id)
    page = client.get(path).text
    assert page.count("Minh họa tạo bằng máy") >= 2  # beside the title and on the stage
    assert "Mô hình 3D do phần mềm tạo ra" in page
    assert STATEMENT in client.get(f"{path}?view=mauurnphoto").text
    assert "Âm thanh tổng hợp bằng máy" in client.get(f"{path}?view=mauurnsound").text
    assert "Âm thanh do phần mềm tổng hợp" in client.get(f"{path}?view=mauurnsound").text
    english = client.get(f"{path}?lang=en").text
    assert "Computer-generated illustration" in english
    card = client.get("/search?q=MẪU-0001").text
    assert 'class="made"' in card
    body = orjson.loads(client.get(f"{path}.json").data)
    assert (body["is_sample"], body["digital_source"]) == (True, "all")
    assert {m["digital_source_type"] for m in body["media"]} == {
        "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
    }
    linked = orjson.loads(client.get(f"{path}.jsonld").data)
    assert linked["digitalSourceType"] == "https://schema.org/AlgorithmicMediaDigitalSource"
    assert {m["digitalSourceType"] for m in linked["associatedMedia"]} == {linked["digitalSourceType"]}


def test_a_real_record_says_nothing_of_software(house: House) -> None:
    client = _client(house, is_shown=True)
    page = client.get(REAL)
    body = orjson.loads(client.get(f"{REAL}.json").data)
    assert "tạo bằng máy" not in page.text.split("related")[0].split("Hồ sơ liên quan")[0]
    assert (body["is_sample"], body["digital_source"]) == (False, "none")


def test_contradicting_weights_stand_under_each_other_with_unit_source_and_doubt(house: House) -> None:
    page = _client(house, is_shown=True).get(addresses.object_page(sample().id)).text
    weights = page[page.index("Trọng lượng") :]
    weights = weights[: weights.index("</div>")]
    assert re.search(r"4\.160\s*cân.*Minh văn.*2\.152,6\s*kg.*còn tranh luận.*Bảng lưu hành", weights, re.S)
    assert weights.count("<dd") == 2


def _media(kind: Any, source: str) -> Media:
    return Media(id="m", kind=kind, sha256=digest("m"), size_bytes=1, path="p", file_name="f", media_type="t",
                 digital_source=source)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "is_made"),
    [("", False), ("digitalCapture", False), ("compositeCapture", False), ("algorithmicMedia", True),
     ("compositeSynthetic", True), ("trainedAlgorithmicMedia", True), ("print", False)],
)  # fmt: skip
def test_labels_follow_the_iptc_code(source: str, is_made: bool) -> None:
    one = _media("photo", source)
    assert bool(synthetic_label(one)) is bool(synthetic_statement(one)) is is_made
    alone = Record(id="r", kind="object", institution="m", media=(one,))
    mixed = replace(alone, media=(one, replace(_media("photo", ""), id="n")))
    assert bool(synthetic_label(alone)) is is_made
    if is_made:
        assert synthetic_statement(one).say("vi") == STATEMENT
        assert synthetic_label(mixed).say("vi").startswith("Có hình")
