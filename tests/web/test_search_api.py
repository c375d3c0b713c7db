"""Search for programs: what stands in it, cursors to the very end, what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from museum.catalog import changes, store
from museum.catalog.record import Record
from museum.db import reading, writing
from museum.web.context import museum
from tests.web.collection import HOST, MANY, collection, record_id, records
from tests.web.conftest import Counter, House


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A museum of many records that differ in title, year and place."""
    with collection(tmp_path_factory.mktemp("many")) as made:
        yield made


def asked(client: FlaskClient, address: str, status: int = 200) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    body: dict[str, Any] = orjson.loads(answer.data)
    return body


def walked(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    """The pages of a result, from one `next` to the other."""
    pages = [asked(client, address)]
    while pages[-1]["next"]:
        parts = urlsplit(pages[-1]["next"])
        assert f"{parts.scheme}://{parts.netloc}" == HOST
        pages.append(asked(client, f"{parts.path}?{parts.query}"))
        assert len(pages) <= 2 * MANY, "a cursor that leads nowhere"
    return pages


@pytest.mark.parametrize("sort", ["relevance", "title", "year", "year_down", "newest"])
@pytest.mark.parametrize("query", ["", "q=dinh+dong", "q=đỉnh", "place=Huế&place=Hội+An", "q=đỉnh&from=1810&to=1900"])
def test_cursors_lead_to_the_last_record_and_no_record_comes_twice(client: FlaskClient, query: str, sort: str) -> None:
    pages = walked(client, f"/api/search?{query}&sort={sort}&limit=17&lang=en")
    ids = [item["id"] for page in pages for item in page["items"]]
    assert len(ids) == len(set(ids)) == pages[0]["total"]
    assert {page["total"] for page in pages} == {len(ids)}
    assert [len(page["items"]) for page in pages[:-1]] == [17] * (len(pages) - 1)
    one_by_one = asked(client, f"/api/search?{query}&sort={sort}&limit=500&lang=en")
    assert ids == [item["id"] for item in one_by_one["items"]]
    assert one_by_one["next"] is None
    print(f"{len(ids)} records on {len(pages)} pages")


def test_each_record_says_what_lists_need_and_where_it_is(client: FlaskClient) -> None:
    (item,) = asked(client, "/api/search?q=BTH-0007")["items"]
    assert item["id"] == record_id(7)
    assert item["title"] == {"vi": "Đỉnh đồng, số 7; “nhỏ”", "en": "Bronze urn\nno. 7"}
    assert item["numbers"] == ["BTH-0007"]
    assert item["date"] == "1809"
    assert item["material"]["vi"].split("; ") == ["đồng", "gỗ"]
    assert item["page"] == f"{HOST}/o/{record_id(7)}"
    assert item["data"] == f"{HOST}/o/{record_id(7)}.json"
    assert item["manifest"] is None
    assert item["thumbnail"] is None
    assert item["matched"] == ["identifier"]


def test_counts_of_facets_are_those_of_the_search_page(client: FlaskClient) -> None:
    body = asked(client, "/api/search?q=đỉnh&place=Huế")
    counted = {one["value"]: one["count"] for one in body["facets"]["place"]}
    assert sum(counted.values()) == MANY  # the filter itself is left out of its own counts
    assert counted["Huế"] == body["total"]
    assert "facets" not in asked(client, "/api/search?q=đỉnh&facets=none")
    assert body["page"] == f"{HOST}/search?q=%C4%91%E1%BB%89nh&place=Hu%E1%BA%BF"


def test_a_word_that_stands_nowhere_is_answered_with_near_ones(client: FlaskClient) -> None:
    body = asked(client, "/api/search?q=đỉhn")
    assert body["total"] == 0
    assert body["items"] == []
    assert body["next"] is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=viele", "web.bad_limit"),
        ("limit=-1", "web.bad_limit"),
        ("limit=²", "web.bad_limit"),
        ("from=zz", "web.bad_year"),
        ("after=zz", "web.bad_cursor"),
        ("after=WyJ5ZWFyIiwwLDFd", "web.bad_cursor"),  # one of the order by year
        ("after=%00", "web.bad_cursor"),
        ("after=W10", "web.bad_cursor"),
    ],
)
def test_what_no_program_means_is_refused_in_words(client: FlaskClient, query: str, code: str) -> None:
    body = asked(client, f"/api/search?{query}", status=400)
    assert body["error"] == code
    assert body["vi"]
    assert body["en"]


def test_pages_hold_at_most_so_many(client: FlaskClient) -> None:
    assert len(asked(client, "/api/search")["items"]) == 50
    assert len(asked(client, "/api/search?limit=99999")["items"]) == MANY
    assert len(asked(client, "/api/search?limit=0")["items"]) == 1


def test_answers_have_the_described_shape(client: FlaskClient) -> None:
    document = asked(client, "/api/openapi.json")
    schema = {"$ref": "#/components/schemas/Found", "components": document["components"]}
    for address in ("/api/search", "/api/search?q=nichts", "/api/search?facets=none"):
        jsonschema.Draft202012Validator(schema).validate(asked(client, address))


def test_media_are_told_by_thumbnail_and_manifest(house: House, statements: Counter) -> None:
    body = asked(house.client, "/api/search?sort=title")
    assert statements.number == 3
    by_id = {item["id"]: item for item in body["items"]}
    assert house.ids["draft"] not in by_id
    assert house.ids["withdrawn"] not in by_id
    whole = by_id[house.ids["whole"]]
    assert whole["thumbnail"].startswith(f"{HOST}/iiif/image/3/")
    assert whole["manifest"] == f"{HOST}/iiif/presentation/3/{house.ids['whole']}/manifest"
    assert whole["has"] == ["image", "scan", "film", "sound", "document"]
    assert whole["licences"] == ["CC BY 4.0"]
    scan = by_id[house.ids["venus"]]
    assert scan["thumbnail"].startswith(f"{HOST}/d/venusscan/")


@pytest.fixture
def few(tmp_path: Path) -> Iterator[FlaskClient]:
    """A museum of eight records whose index nobody brings up to date."""
    with collection(tmp_path / "few", records(8)) as made:
        yield made


def database(client: FlaskClient) -> Engine:
    with client.application.app_context():
        return museum().engine


def change(client: FlaskClient, number: int, **changed: Any) -> None:
    with writing(database(client)) as session:
        record = store.get(session, record_id(number))
        store.save(session, replace(record, **changed), person="test", batch="two")


def hidden(record: Record, name: str) -> dict[str, Any]:
    """The values of a record, those of one field for the museum's own people."""
    values = tuple(replace(value, level="internal") for value in record.values[name])
    return {"values": {**record.values, name: values}}


def change_all_ways(client: FlaskClient) -> list[Record]:
    """Withdraw the first record, delete the second, hide where the third was found, rename the fourth."""
    with reading(database(client)) as session:
        before = [store.get(session, record_id(n)) for n in range(4)]
    change(client, 0, state="withdrawn")
    with writing(database(client)) as session:
        store.delete(session, record_id(1), person="test", batch="two")
    change(client, 2, **hidden(before[2], "place"))
    title = (replace(before[3].values["title"][0], value="Đỉnh đã đổi tên"),)
    change(client, 3, values={**before[3].values, "title": title})
    return before


def test_what_was_changed_a_moment_ago_is_told_as_it_is_now(few: FlaskClient) -> None:
    address = "/api/search?sort=year&limit=10"
    told = {item["id"]: item for item in asked(few, address)["items"]}
    assert len(told) == 8
    assert told[record_id(2)]["place"] == {"vi": "Mỹ Sơn"}
    change_all_ways(few)
    body = asked(few, address)
    now = {item["id"]: item for item in body["items"]}
    assert body["total"] == 8, "the index knows nothing of it yet"
    assert [*now] == [record_id(n) for n in range(2, 8)]
    assert now[record_id(2)]["place"] == {}
    assert now[record_id(3)]["title"] == {"vi": "Đỉnh đã đổi tên"}
    assert all(now[record_id(n)] == told[record_id(n)] for n in range(4, 8))
    print("2 records taken away, 1 field hidden, 1 changed: 0 told as they were")


def test_without_the_question_to_the_change_log_it_would_be_told(
    few: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: nothing but that question keeps back what the index still holds."""
    change_all_ways(few)
    monkeypatch.setattr(changes, "touched", lambda *_, **__: set())
    told = {item["id"]: item for item in asked(few, "/api/search?sort=year")["items"]}
    assert len(told) == 8
    assert told[record_id(2)]["place"] == {"vi": "Mỹ Sơn"}


LISTS = (
    "/search?sort=year",
    "/search?view=timeline",
    "/c/all",
    "/api/search.atom",
    "/api/search.csv",
    "/iiif/collection/search",
    "/api/suggest?q=bth-0000",
)


def test_no_list_tells_what_was_taken_away_a_moment_ago(few: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages, feed, table, collection and suggestions; control: without the question to the log they all would."""
    with writing(database(few)) as session:
        for number in range(8):
            store.put_manifest(session, record_id(number), b"{}")

    def told(address: str) -> str:
        answer = few.get(address)
        assert answer.status_code == 200, address
        text = answer.get_data(as_text=True)
        answer.close()
        return text

    change_all_ways(few)
    for address in LISTS:
        text = told(address)
        assert not [n for n in (0, 1) if record_id(n) in text], address
        assert "suggest" in address or ("Đỉnh đã đổi tên" in text and record_id(4) in text), address
    assert told("/api/search.csv").count("Mỹ Sơn") == 1, "one of two places is hidden"
    monkeypatch.setattr(changes, "touched", lambda *_, **__: set())
    kept = [address for address in LISTS if record_id(0) in told(address)]
    assert kept == [address for address in LISTS if "atom" not in address], "a feed asks for descriptions, by the rules"
    print(f"{len(LISTS)} lists asked, 2 records each: 0 told, {len(kept)} without the question")


def test_no_row_of_a_record_is_read_for_a_list(few: FlaskClient) -> None:
    asked(few, "/api/search")
    sent: list[str] = []
    event.listen(database(few), "before_cursor_execute", lambda _c, _k, statement, *_: sent.append(statement))
    assert len(asked(few, "/api/search?q=đỉnh&limit=5")["items"]) == 5
    reads = [statement for statement in sent if "SELECT" in statement]
    assert not [statement for statement in reads if "record.body" in statement or "FROM record" in statement]
    assert any("FROM change" in statement for statement in reads)
    change(few, 0, state="withdrawn")
    sent.clear()
    asked(few, "/api/search?q=đỉnh")
    assert any("FROM record" in statement for statement in sent), "control: what was changed is read"


def test_a_reader_knows_no_change_that_its_index_lacks(few: FlaskClient) -> None:
    with few.application.app_context():
        reader, engine = museum().reader, museum().engine
    with reading(engine) as session:
        assert reader.position() == changes.last_seq(session) == 8
    change(few, 0, state="withdrawn")
    assert reader.position() == 8
