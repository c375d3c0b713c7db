"""IIIF Content Search 2.0 inside one object: what is found, where it points, pages, completion, what stays hidden."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from flask.testing import FlaskClient

from museum.catalog import institutions, store
from museum.catalog.institutions import Institution
from museum.catalog.record import Record, Value
from museum.db import Base, open_engine, writing
from museum.exhibitions import store as stories
from museum.iiif import checks, semantics_4
from museum.iiif.content_search import CONTEXT, PAGE_SIZE, naming_services, service
from museum.ingest import publish
from museum.text import Text
from museum.web.context import Museum
from tests.postgres import emptied
from tests.sample_records import derivatives_of, media, whole_record
from tests.sample_stories import hand_made_story, story_id
from tests.web.collection import HOST, collection
from tests.web.conftest import _checked

VI = "WEBVTT\n\n00:01.000 --> 00:02.500\nĐầu tượng quay <i>chậm</i>.\n\n00:02.500 --> 00:07.500\nMàu cũ còn trên tóc.\n"
EN = "WEBVTT\n\n00:01.000 --> 00:02.500\nThe head turns slowly.\n"
BELL = "Chuông chùa Thiên Mụ.\n\nĐúc năm 1710; chuông nặng hơn hai tấn."
MANY = 2 * PAGE_SIZE + 30
ID, LONG, BARE = (_checked(i) for i in ("3t8kq0zx7", "vn000021", "vn000022"))
SEARCH, COMPLETE = f"/iiif/search/2/{ID}/search", f"/iiif/search/2/{ID}/autocomplete"
SEARCH_1, COMPLETE_1 = SEARCH.replace("/2/", "/1/"), COMPLETE.replace("/2/", "/1/")
CANVAS = f"{HOST}/iiif/presentation/3/{ID}/canvas"


def _records() -> list[Record]:
    whole = whole_record(id=ID, identifiers=())
    values = {**whole.values, "inscription": (Value(value="Minh Mạng niên chế 明命年製", language="vi"),)}
    whole = replace(
        whole, values=values, media=(*whole.media, media("bellwords", "transcript", of="bell1", language="vi"))
    )
    # Not public: neither their words nor that there are any may be found.
    hidden = (Value(value="câu bí mật", language="vi", level="internal"),)
    whole = replace(whole, values={**whole.values, "inscription": (*values["inscription"], *hidden)})
    secret = media("secretcaps", "captions", of="film1", language="fr", level="internal")
    long = replace(whole, id=LONG, media=(media("longfilm", "film"), media("longcaps", "captions", of="longfilm")))
    bare = replace(whole, id=BARE, values={}, media=(media("barephoto", "document"),))
    return [replace(whole, media=(*whole.media, secret)), replace(long, values={}), bare]


def _text_of(media_id: str) -> str:
    if media_id == "longcaps":
        return "WEBVTT\n\n" + "".join(
            f"{n // 60:02}:{n % 60:02}.000 --> {n // 60:02}:{n % 60:02}.900\nlời {n}\n\n" for n in range(MANY)
        )
    return {
        "capvi": VI,
        "capen": EN,
        "bellwords": BELL,
        "words": "không ai đọc",
        "secretcaps": EN.replace("head", "secret"),
    }[media_id]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A museum of three objects with texts, manifests, and a story about one of them."""
    given = _records()
    with collection(tmp_path_factory.mktemp("inside"), given) as made:
        museum: Museum = made.application.extensions["museum"]
        with writing(museum.engine) as session:
            for record in given:
                for item in record.media:
                    for derivative in derivatives_of(record)[item.sha256]:
                        store.put_derivative(session, derivative)
                        if derivative.media_type in ("text/vtt", "text/plain"):
                            museum.store.put(item.sha256, derivative.name, _text_of(item.id).encode())
                body = publish.manifest_of(session, record, settings=museum.settings, types=museum.types)
                publish.put_manifest(session, record, body, settings=museum.settings, types=museum.types)
            story = hand_made_story({"whole": ID, "bare": LONG}, state="published")
            stories.save(session, story, person="test", batch="one")
            draft = replace(story, id=story_id(77), slug="ban-nhap", state="draft", title=Text.of(vi="Chưa công bố"))
            stop = replace(story.stops[0], text=Text.of(vi="lời chưa công bố"))
            stories.save(session, replace(draft, stops=(stop,)), person="test", batch="one")
        yield made


def got(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address.removeprefix(HOST))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"] == f'application/ld+json;profile="{CONTEXT}"'
    body: dict[str, Any] = orjson.loads(answer.data)
    assert body["@context"] == CONTEXT
    return body


def searched(client: FlaskClient, address: str) -> dict[str, Any]:
    """A page of annotations that is one for the Presentation API too, matches and all."""
    body = got(client, address)
    assert body["type"] == "AnnotationPage"
    assert {key.partition("=")[0] for key in urlsplit(body["id"]).query.split("&")} <= {"q", "motivation", "page", ""}
    assert body["items"] or "annotations" not in body
    plain = {key: body[key] for key in ("id", "type", "items")}
    found = checks.problems({"@context": "http://iiif.io/api/presentation/3/context.json", **plain})
    assert [fault for fault in found if fault.code != "empty_items"] == []  # only a search may find nothing
    by_id = {item["id"]: item for item in body["items"]}
    assert len(by_id) == len(body["items"])
    for mark in (m for page in body.get("annotations", ()) for m in page["items"]):
        (selector,) = mark["target"]["selector"]
        quote = selector.get("prefix", "") + selector["exact"] + selector.get("suffix", "")
        assert mark["motivation"] == "highlighting"
        assert quote in by_id[mark["target"]["source"]]["body"]["value"]
    return body


def words(body: dict[str, Any]) -> list[str]:
    return [item["body"]["value"] for item in body["items"]]


def marked(body: dict[str, Any]) -> list[str]:
    return [m["target"]["selector"][0]["exact"] for page in body.get("annotations", ()) for m in page["items"]]


def test_the_manifest_names_the_service_and_its_completion(client: FlaskClient) -> None:
    manifest = orjson.loads(client.get(f"/iiif/presentation/3/{ID}/manifest").data)
    assert manifest["service"] == [
        {
            "id": f"{HOST}{SEARCH}",
            "type": "SearchService2",
            "service": [{"id": f"{HOST}{COMPLETE}", "type": "AutoCompleteService2"}],
        },
        content_search_1_service(),
    ]
    assert manifest["@context"] == [CONTEXT, "http://iiif.io/api/presentation/3/context.json"]
    assert checks.problems(manifest) == []
    assert len(manifest["items"]) > 5


def content_search_1_service() -> dict[str, Any]:
    profile = "http://iiif.io/api/search/1/"
    completion = {"@id": f"{HOST}{COMPLETE_1}", "@type": "AutoCompleteService1", "profile": f"{profile}autocomplete"}
    own = {"@id": f"{HOST}{SEARCH_1}", "@type": "SearchService1", "profile": f"{profile}search"}
    return {**own, "service": [completion]}


def test_viewers_that_know_version_1_find_the_same(client: FlaskClient) -> None:
    newer = searched(client, f"{SEARCH}?q=chuong")
    answer = client.get(f"{SEARCH_1}?q=chuong&user=x")
    body = orjson.loads(answer.data)
    assert body["@context"][0] == "http://iiif.io/api/presentation/2/context.json"
    assert body["@type"] == "sc:AnnotationList"
    assert body["within"]["total"] == len(newer["items"])
    assert body["within"]["ignored"] == ["user"]
    assert [r["resource"]["chars"] for r in body["resources"]] == words(newer)
    assert [r["@id"] for r in body["resources"]] == [item["id"] for item in newer["items"]]
    assert [hit["match"] for hit in body["hits"]] == marked(newer)
    for hit in body["hits"]:
        (said,) = [r["resource"]["chars"] for r in body["resources"] if [r["@id"]] == hit["annotations"]]
        assert hit["before"] + hit["match"] + hit["after"] in said
    assert all("#" in r["on"] for r in body["resources"])
    (spot,) = orjson.loads(client.get(f"{SEARCH_1}?q=vương+miện").data)["resources"]
    assert spot["on"] == f"{CANVAS}/venus#xywh=0,0,1200,900"
    assert spot["motivation"] == "oa:commenting"
    own = orjson.loads(client.get(f"{SEARCH_1}?q=chuong&motivation=painting").data)
    assert {r["motivation"] for r in own["resources"]} == {"sc:painting"}


def test_version_1_pages_and_completes(client: FlaskClient) -> None:
    address, ids = f"/iiif/search/1/{LONG}/search?q=lời", []
    while address:
        body = orjson.loads(client.get(address.removeprefix(HOST)).data)
        ids += [r["@id"] for r in body["resources"]]
        address = body.get("next", "")
        assert len(ids) <= MANY
    assert len(set(ids)) == MANY
    assert body["startIndex"] == 2 * PAGE_SIZE
    completed = orjson.loads(client.get(f"{COMPLETE_1}?q=chu").data)
    assert completed["@type"] == "search:TermList"
    for term in completed["terms"]:
        found = orjson.loads(client.get(term["url"].removeprefix(HOST)).data)
        assert found["within"]["total"] == term["count"] > 0
    assert client.get(COMPLETE_1).status_code == 400


def test_a_manifest_without_words_names_none(client: FlaskClient) -> None:
    manifest = orjson.loads(client.get(f"/iiif/presentation/3/{BARE}/manifest").data)
    assert "service" not in manifest
    assert searched(client, f"/iiif/search/2/{BARE}/search?q=a")["items"] == []


def test_captions_are_found_on_their_moment_of_the_film(client: FlaskClient) -> None:
    body = searched(client, f"{SEARCH}?q=quay+chậm")
    (item,) = body["items"]
    assert body["id"] == f"{HOST}{SEARCH}?q=quay+ch%E1%BA%ADm"
    assert item["body"] == {
        "type": "TextualBody", "value": "Đầu tượng quay chậm.", "format": "text/plain", "language": "vi",
    }  # fmt: skip
    assert item["target"] == f"{CANVAS}/film1#t=1,2.5"
    assert item["motivation"] == "supplementing"
    assert marked(body) == ["quay", "chậm"]
    assert words(searched(client, f"{SEARCH}?q=turns")) == ["The head turns slowly."]


def test_every_target_is_a_canvas_of_the_manifest(client: FlaskClient) -> None:
    manifest = orjson.loads(client.get(f"/iiif/presentation/3/{ID}/manifest").data)
    canvases = {item["id"] for item in manifest["items"]}
    everything = searched(client, SEARCH)["items"]
    assert {item["target"].partition("#")[0] for item in everything} <= canvases
    assert len({item["target"] for item in everything}) > 5
    print(f"{len(everything)} annotations, 0 beside the manifest's canvases")


def test_transcripts_inscriptions_stops_and_points_are_found(client: FlaskClient) -> None:
    bell = searched(client, f"{SEARCH}?q=chuong&motivation=supplementing")
    assert words(bell) == ["Chuông chùa Thiên Mụ.", "Đúc năm 1710; chuông nặng hơn hai tấn."]
    assert {item["target"] for item in bell["items"]} == {f"{CANVAS}/bell1"}
    (heard,) = searched(client, f"{SEARCH}?q=chuong&motivation=commenting")["items"]
    assert heard["target"] == f"{CANVAS}/bell1#t=1,4"
    written = searched(client, f"{SEARCH}?q=明命")
    assert words(written) == ["Minh Mạng niên chế 明命年製"]
    assert marked(written) == ["明命"]
    (stop,) = searched(client, f"{SEARCH}?q=vet+sap")["items"]
    assert stop["body"]["value"] == "Đèn xiên\nMỗi vệt sáp đổ một bóng."
    assert stop["motivation"] == "commenting"
    assert re.fullmatch(rf"{CANVAS}/light0#xywh=625,287,833,860", stop["target"])
    (point,) = searched(client, f"{SEARCH}?q=vuong+mien")["items"]
    assert point["target"] == f"{CANVAS}/venus"
    assert point["body"]["value"] == "Vương miện"


def test_the_manifest_of_scenes_names_a_service_that_finds_in_its_own_containers(client: FlaskClient) -> None:
    manifest = orjson.loads(client.get(f"/iiif/presentation/4/{ID}/manifest").data)
    (service_4,) = manifest["service"]
    assert service_4["type"] == "SearchService2"
    assert manifest["@context"] == [CONTEXT, semantics_4.CONTEXT]
    assert checks.problems(manifest, version=4) == []
    containers = {item["id"]: item["type"] for item in manifest["items"]}
    assert {"Scene", "Canvas", "Timeline"} <= set(containers.values())
    body = got(client, service_4["id"])
    plain = {"@context": semantics_4.CONTEXT, **{key: body[key] for key in ("id", "type", "items")}}
    assert checks.problems(plain, version=4) == []
    wholes = [item["target"].get("source", item["target"]) for item in body["items"]]
    assert all(containers[whole["id"]] == whole["type"] for whole in wholes)
    assert [item["body"]["value"] for item in body["items"]] == words(searched(client, SEARCH)), "the same words"
    (point,) = got(client, f"{service_4['id']}?q=vuong+mien")["items"]
    assert point["target"]["type"] == "Scene"
    (heard,) = got(client, f"{service_4['id']}?q=chuong&motivation=commenting")["items"]
    assert heard["target"]["source"]["type"] == "Timeline"
    assert heard["target"]["selector"] == [{"type": "FragmentSelector", "value": "t=1,4"}]
    assert heard["motivation"] == ["commenting"]
    (completion,) = service_4["service"]
    for term in got(client, f"{completion['id']}?q=chu")["items"]:
        assert len(got(client, term["service"][0]["id"])["items"]) == term["total"] > 0
    assert client.get(f"/iiif/search/2/{BARE}/4/search?q=a").status_code == 404, "it has no scan, so no such manifest"
    print(f"{len(wholes)} annotations, 0 beside the manifest's containers")


@pytest.mark.parametrize("asked", ["bí mật", "secret", "chưa công bố", "không ai đọc", "câu"])
def test_what_is_not_public_is_not_found(client: FlaskClient, asked: str) -> None:
    assert searched(client, f"{SEARCH}?q={asked}")["items"] == []
    assert got(client, f"/iiif/search/2/{ID}/4/search?q={asked}")["items"] == []
    assert got(client, f"{COMPLETE}?q={asked}")["items"] == []


def test_motivations_choose_and_other_parameters_are_named_as_ignored(client: FlaskClient) -> None:
    told = searched(client, f"{SEARCH}?motivation=commenting+highlighting")
    assert {item["motivation"] for item in told["items"]} == {"commenting"}
    both = searched(client, f"{SEARCH}?motivation=commenting+supplementing")
    assert len(both["items"]) > len(told["items"]) > 0
    assert searched(client, f"{SEARCH}?motivation=painting")["items"] == []
    body = searched(client, f"{SEARCH}?q=chậm&user=https%3A%2F%2Fa.example&date=x&foo=1")
    assert body["ignored"] == ["date", "user"]
    assert len(body["items"]) == 1
    assert "ignored" not in told


def test_long_results_come_page_by_page(client: FlaskClient) -> None:
    address = f"/iiif/search/2/{LONG}/search?q=lời"
    pages = [searched(client, address)]
    while "next" in pages[-1]:
        pages.append(searched(client, pages[-1]["next"]["id"]))
        assert len(pages) <= 10
    ids = [item["id"] for page in pages for item in page["items"]]
    assert len(ids) == len(set(ids)) == MANY
    assert [page["startIndex"] for page in pages] == [0, PAGE_SIZE, 2 * PAGE_SIZE]
    assert {page["partOf"]["total"] for page in pages} == {MANY}
    assert {page["partOf"]["first"]["id"] for page in pages} == {pages[0]["id"]}
    assert {page["partOf"]["last"]["id"] for page in pages} == {pages[-1]["id"]}
    assert pages[1]["prev"]["id"] == pages[0]["id"]
    assert "prev" not in pages[0]
    assert searched(client, f"{address}&page=99")["id"] == pages[-1]["id"]
    assert searched(client, f"{address}&page=-1")["items"] == pages[0]["items"]


def test_beginnings_are_completed_and_each_finds_as_many_as_it_says(client: FlaskClient) -> None:
    body = got(client, f"{COMPLETE}?q=ch&motivation=supplementing")
    assert body["type"] == "TermPage"
    assert body["id"] == f"{HOST}{COMPLETE}?q=ch&motivation=supplementing"
    assert [(t["value"], t["total"]) for t in body["items"]] == [("chậm", 1), ("chế", 1), ("chùa", 1), ("chuông", 2)]
    tried = 0
    for beginning in ("ch", "đ", "m", "t", "the h", "thiên"):
        for term in got(client, f"{COMPLETE}?q={beginning}")["items"]:
            (service,) = term["service"]
            assert service["type"] == "SearchService2"
            assert parse_qs(urlsplit(service["id"]).query)["q"] == [term["value"]]
            assert len(searched(client, service["id"])["items"]) == term["total"]
            tried += 1
    print(f"{tried} completions, 0 differ")
    assert tried > 15
    phrase = got(client, f"{COMPLETE}?q=thiên m")["items"][0]
    assert phrase["value"] == '"thiên mụ"'
    assert phrase["label"] == {"none": ["thiên mụ"]}
    fewer = got(client, f"{COMPLETE}?q=ch&min=2&user=x")
    assert [t["value"] for t in fewer["items"]] == ["che", "chế", "chuông"]  # the first two are one without marks
    assert fewer["ignored"] == ["user"]


def test_completion_needs_letters(client: FlaskClient) -> None:
    answer = client.get(COMPLETE)
    assert answer.status_code == 400
    assert orjson.loads(answer.data)["error"] == "web.no_words"


@pytest.mark.parametrize("record", ["vn999999", "x", "%00", _checked("vn000099")])
def test_records_that_nobody_may_see_answer_like_none(client: FlaskClient, record: str) -> None:
    for part in ("search", "autocomplete"):
        assert client.get(f"/iiif/search/2/{record}/{part}?q=a").status_code == 404


def test_words_like_the_placeholder_stay_words(client: FlaskClient) -> None:
    body = searched(client, f"{SEARCH}?q=%7Bmuseum%7D")
    assert body["id"] == f"{HOST}{SEARCH}?q=%7Bmuseum%7D"


def test_only_a_manifest_of_ours_gets_the_service() -> None:
    for body in (b"", b"{}", b'{"id":"x"}', b'{"@context":"a"}'):
        assert naming_services(body, [service(ID)]) == body
    named = orjson.loads(naming_services(b'{"@context":["auth","prezi"],"id":"x","items":[]}', [service(ID)]))
    assert named["@context"] == ["auth", CONTEXT, "prezi"]
    assert list(named) == ["@context", "service", "id", "items"]


@pytest.mark.postgresql
def test_stories_that_show_a_record_are_found_on_postgresql(postgresql_url: str) -> None:
    engine = open_engine(emptied(postgresql_url))
    Base.metadata.create_all(engine)
    story = hand_made_story({"whole": ID, "bare": LONG})
    others = {"slug": "ban-nhap", "id": story_id(2), "state": "draft"}, {"slug": "khac", "id": story_id(3), "stops": ()}
    with writing(engine) as session:
        institutions.put(session, Institution(code="museum", name=Text.of(vi="Bảo tàng thử", en="Test Museum")))
        for one in (story, *(replace(story, **given) for given in others)):
            stories.save(session, one, person="test", batch="one")
        assert [found.slug for found in stories.showing(session, LONG)] == [story.slug]
        assert {found.slug for found in stories.showing(session, ID)} == {story.slug, "khac"}  # whose cover it is
        assert stories.showing(session, BARE) == []
    engine.dispose()
