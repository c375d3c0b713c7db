"""What is hidden answers like what never was, changes take effect at once, a shared file is shown by whom it may."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client

from museum.catalog import listing, record_types, store
from museum.catalog.record import Media, Record, Value, to_json
from museum.db import reading, writing
from museum.iiif.image import Limits
from museum.iiif.service import ImageService
from museum.ingest import collecting
from museum.search import indexer
from museum.search.location import Location
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from museum.web.app import create_app
from museum.web.locating import Watch, locator
from museum.web.tiles import ImageRoute
from tests.web.planted import HIDDEN_FILM, HIDDEN_PHOTO, OPEN_PHOTO, Planted, plant
from tests.web.planted_words import IDS, SECRETS, SLUGS, checked

NONE = checked("vv00000z")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    made = plant(tmp_path_factory.mktemp("visibility") / "museum")
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def client(planted: Planted) -> FlaskClient:
    app = create_app(planted.settings, engine=planted.engine)
    app.testing = True
    return app.test_client()


@pytest.fixture
def pictures(planted: Planted) -> Client:
    """The image service as the server runs it, told of each change without waiting."""
    service = ImageService(
        locator(planted.engine, Derivatives(LocalBlobs(planted.settings.derived)), with_samples=False),
        Limits(max_width_px=4096, max_area_px=4096 * 4096),
        version=Watch(str(planted.engine.url.database), look_every_s=0),
    )
    return Client(ImageRoute(lambda *_: [], service))


def _change(planted: Planted, change: Callable[[Record], Record], *, record: str = "open") -> None:
    with writing(planted.engine) as session:
        store.save(session, change(store.get(session, IDS[record])), person="test", batch="change")


def _levels(record: Record, **levels: str) -> Record:
    return replace(record, media=tuple(replace(m, level=levels.get(m.id, m.level)) for m in record.media))


@pytest.mark.parametrize("path", ["/o/{}", "/o/{}.json", "/o/{}.jsonld", "/o/{}/card", "/o/{}/conservation",
                                  "/o/{}/qr.svg", "/embed/o/{}", "/iiif/presentation/3/{}/manifest",
                                  "/iiif/presentation/4/{}/manifest", "/o/{}/scene",
                                  "/oembed?url=/o/{}"])  # fmt: skip
@pytest.mark.parametrize("name", ["draft", "review", "unpublished"])
def test_what_was_never_public_answers_like_what_never_was(client: FlaskClient, path: str, name: str) -> None:
    hidden, none = client.get(path.format(IDS[name])), client.get(path.format(NONE))
    assert hidden.status_code == none.status_code == 404
    assert hidden.text.replace(IDS[name], NONE) == none.text
    same = {k: v for k, v in hidden.headers if k not in ("Content-Length", "ETag")}
    assert same == {k: v for k, v in none.headers if k not in ("Content-Length", "ETag")}


@pytest.mark.parametrize("path", ["/m/{}", "/s/{}", "/d/{}/0123456789ab/poster-480.jpg", "/oembed?url=/m/{}"])
@pytest.mark.parametrize("media_id", [HIDDEN_PHOTO, HIDDEN_FILM, "draftphoto", "hiddencaps", "lonelycaps"])
def test_a_hidden_file_answers_like_none(client: FlaskClient, path: str, media_id: str) -> None:
    hidden, none = client.get(path.format(media_id)), client.get(path.format("nosuchfile"))
    assert hidden.status_code == none.status_code == 404
    assert hidden.text.replace(media_id, "nosuchfile") == none.text


def test_a_hidden_picture_answers_like_none(pictures: Client) -> None:
    for rest in ("", "/info.json", "/full/max/0/default.jpg", "/0,0,256,256/256,256/0/default.jpg"):
        hidden, none = pictures.get(f"/iiif/image/3/{HIDDEN_PHOTO}{rest}"), pictures.get(f"/iiif/image/3/none{rest}")
        assert hidden.status_code == none.status_code == 404
        assert hidden.text.replace(HIDDEN_PHOTO, "none") == none.text
        assert pictures.get(f"/iiif/image/3/{OPEN_PHOTO}{rest}").status_code in (200, 303)


def test_numbers_of_drafts_and_secret_codes_lead_nowhere(client: FlaskClient) -> None:
    assert client.get("/n/BTH.12").status_code == 302
    for number in (SECRETS["draft number"], SECRETS["location code"]):
        refused, none = client.get(f"/n/{number}"), client.get("/n/none")
        assert refused.status_code == 404
        assert refused.text.replace(number, "none") == none.text


def test_a_file_of_two_records_is_shown_by_the_one_that_shows_it(
    planted: Planted, client: FlaskClient, pictures: Client
) -> None:
    hidden = next(m for m in planted.records["open"].media if m.id == HIDDEN_PHOTO)
    (shared,) = planted.records["shared"].media
    assert hidden.sha256 == shared.sha256
    with reading(planted.engine) as session:
        made = store.derivatives(session, [shared.sha256])[shared.sha256]
    for one in (d for d in made if d.name != "pyramid"):
        answers = [client.get(f"/d/{m.id}/{one.digest[:12]}/{one.name}") for m in (shared, hidden)]
        assert [answer.status_code for answer in answers] == [200, 404]
        for answer in answers:
            answer.close()
    assert pictures.get(f"/iiif/image/3/{shared.id}/info.json").status_code == 200


def test_a_level_takes_effect_with_the_change(planted: Planted, client: FlaskClient, pictures: Client) -> None:
    asked = (f"/iiif/image/3/{OPEN_PHOTO}/full/90,/0/default.jpg", f"/iiif/image/3/{OPEN_PHOTO}/info.json")
    manifest, page = f"/iiif/presentation/3/{IDS['open']}/manifest", f"/o/{IDS['open']}"
    try:
        for level, status in (("public", 200), ("internal", 404), ("public", 200), ("confidential", 404)):
            _change(planted, lambda record, level=level: _levels(record, **{OPEN_PHOTO: level}))  # type: ignore[misc]  # bound at once
            assert [pictures.get(path).status_code for path in asked] == [status, status], level
            for path in (page, f"{page}.json", f"{page}.jsonld", f"/e/{SLUGS[0]}.json", f"/embed/o/{IDS['open']}"):
                assert (OPEN_PHOTO in client.get(path).text) is (status == 200), (level, path)
            said = client.get(manifest)
            assert status == 200 or said.status_code == 404, "a manifest of what is hidden now is not shown"
            collecting.collect(planted.engine, planted.settings)
            said = client.get(manifest)
            assert (said.status_code, OPEN_PHOTO in said.text) == (200, status == 200), "and soon there is a new one"
    finally:
        _change(planted, lambda record: _levels(record, **{OPEN_PHOTO: ""}))
        collecting.collect(planted.engine, planted.settings)


def test_a_state_takes_effect_with_the_change(planted: Planted, client: FlaskClient, pictures: Client) -> None:
    asked = "/iiif/image/3/sharedphoto/info.json"
    try:
        for state, status in (("published", 200), ("draft", 404), ("published", 200), ("withdrawn", 404)):
            _change(planted, lambda record, state=state: replace(record, state=state), record="shared")  # type: ignore[misc]  # bound at once
            assert pictures.get(asked).status_code == status, state
            assert (client.get("/m/sharedphoto").status_code == 302) is (status == 200)
    finally:
        _change(planted, lambda record: replace(record, state="published"), record="shared")


def test_a_value_that_is_hidden_leaves_index_facets_and_manifest(planted: Planted, client: FlaskClient) -> None:
    word = "xưởng Phường Đúc"

    def with_maker(level: str) -> Callable[[Record], Record]:
        maker = (Value(value=word, language="vi", level=level),)
        return lambda record: replace(record, values={**record.values, "maker": maker, "place": maker})

    def told() -> list[bool]:
        indexer.index_once(planted.engine, Location.of(planted.settings))
        collecting.collect(planted.engine, planted.settings)
        app = create_app(planted.settings, engine=planted.engine)
        app.testing = True
        fresh = app.test_client()
        manifest = fresh.get(f"/iiif/presentation/3/{IDS['open']}/manifest").get_json()
        return [
            IDS["open"] in fresh.get(f"/search?q={word}").text,
            word in "".join(orjson.loads(fresh.get("/api/suggest?q=xưởng").data)[0:1] and [word]),
            word in str(manifest.get("metadata")),
        ]

    before = planted.records["open"]
    try:
        for level, is_told in (("", True), ("internal", False), ("public", True)):
            _change(planted, with_maker(level))
            assert told() == [is_told] * 3, level
    finally:
        _change(planted, lambda record: replace(record, values=before.values))
        told()


def test_levels_of_the_museums_own_make_the_index_anew(planted: Planted, tmp_path: Path) -> None:
    index = Location.of(planted.settings)
    assert index.current() is not None
    (tmp_path / "levels.toml").write_text('[procedures]\nvaluation = "public"\n', encoding="utf-8")
    changed = Location(index.root, with_samples=index.with_samples, types=record_types.load(tmp_path))
    assert changed.current() is None, "an index of other levels is none"


def test_the_media_row_knows_the_level_of_what_it_serves(planted: Planted) -> None:
    def row(media: Media) -> int:
        with reading(planted.engine) as session:
            return int(store.find_media(session, media.id).level)

    found = {m.id: row(m) for m in planted.records["open"].media}
    assert found == {
        OPEN_PHOTO: 0, "openpng": 0, "openpaper": 0, HIDDEN_PHOTO: 1, HIDDEN_FILM: 2, "hiddencaps": 2, "lonelycaps": 2,
    }  # fmt: skip


def test_a_visitors_list_holds_what_visitors_see(planted: Planted) -> None:
    with reading(planted.engine) as session:
        whole = store.all_records(session)
    told = listing.as_visitor(whole, record_types.load(), with_samples=False)
    assert {record.id for record in told} == {IDS[name] for name in ("open", "person", "stored", "shared")}
    bodies = [listing.describe(record, {}, has_manifest=True) for record in told]
    text = orjson.dumps(bodies).decode()
    assert [place for place, secret in SECRETS.items() if secret in text] == []
    assert [link["target"] for link in bodies[[r.id for r in told].index(IDS["open"])]["links"]] == [IDS["person"]]
    assert any(secret in orjson.dumps([to_json(r) for r in whole]).decode() for secret in SECRETS.values())


def test_behind_the_login_a_hidden_file_and_none_send_a_visitor_to_the_same_door(
    planted: Planted, client: FlaskClient
) -> None:
    rules = [r.rule for r in client.application.url_map.iter_rules() if r.rule.startswith("/work/") and r.arguments]
    assert rules
    for rule in rules:
        answers = [client.get(re.sub(r"<[^>]+>", name, rule)) for name in (IDS["draft"], HIDDEN_PHOTO, NONE) if rule]
        assert len({answer.status_code for answer in answers}) == 1, rule
        assert answers[0].status_code in (303, 404, 405, 429), rule
