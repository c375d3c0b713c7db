"""A result as a feed: what feedparser and the rules of RFC 4287 find in it, page after page."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from flask.testing import FlaskClient

from tests.web.collection import HOST, MANY, collection, record_id, records
from tests.web.conftest import Counter, House

ATOM = "{http://www.w3.org/2005/Atom}"
TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A museum of many records that differ in title, year and place."""
    with collection(tmp_path_factory.mktemp("many")) as made:
        yield made


def read(client: FlaskClient, address: str) -> Any:
    answer = client.get(address.removeprefix(HOST))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/atom+xml"
    assert faults(answer.data) == []
    found = feedparser.parse(answer.data, response_headers={"content-type": answer.headers["Content-Type"]})
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def faults(body: bytes) -> list[str]:
    """What RFC 4287 §4.1 demands of a feed and its entries and this one lacks."""
    root = ElementTree.fromstring(body)
    wrong = [] if root.tag == f"{ATOM}feed" else ["no feed"]
    for holder in (root, *root.findall(f"{ATOM}entry")):
        name = holder.tag.removeprefix(ATOM)
        wrong += [f"{name}: {part}" for part in ("id", "title", "updated") if len(holder.findall(ATOM + part)) != 1]
        wrong += [f"{name}: author"] if not holder.findtext(f"{ATOM}author/{ATOM}name") else []
        links = [(x.get("rel"), x.get("type"), x.get("hreflang")) for x in holder.findall(f"{ATOM}link")]
        alternates = [link for link in links if link[0] == "alternate"]
        wrong += [f"{name}: alternate"] if not alternates or len(alternates) != len(set(alternates)) else []
        wrong += [f"{name}: relative"] if any(":" not in x.get("href", "") for x in holder.iter(f"{ATOM}link")) else []
    own = [x for x in root.findall(f"{ATOM}link") if x.get("rel") == "self"]
    ids = [x.findtext(f"{ATOM}id") for x in root.findall(f"{ATOM}entry")]
    return wrong + (["self"] if len(own) != 1 else []) + (["twice"] if len(ids) != len(set(ids)) else [])


def test_the_rules_are_no_rubber_stamp() -> None:
    assert len(faults(b'<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>')) >= 10


def test_readers_find_the_newest_records_first(client: FlaskClient) -> None:
    found = read(client, "/api/search.atom?q=đỉnh")
    assert found.feed.id == f"{HOST}/api/search.atom?q=%C4%91%E1%BB%89nh"
    assert found.feed.title.startswith("đỉnh – ")
    assert found.feed.language == "vi"
    assert found.feed.opensearch_totalresults == str(MANY)
    assert [e.id for e in found.entries] == [f"{HOST}/o/{record_id(n)}" for n in range(MANY - 1, MANY - 31, -1)]
    newest = found.entries[0]
    assert newest.title == f"Đỉnh đồng, số {MANY - 1}; “nhỏ”"
    assert newest.link == newest.id
    assert newest.author == "Bảo tàng thử"
    assert newest.published_parsed
    assert str(1802 + MANY - 1) in newest.summary
    assert found.feed.updated_parsed == max(e.updated_parsed for e in found.entries)


def test_pages_of_a_feed_lead_to_the_last_record(client: FlaskClient) -> None:
    found = read(client, "/api/search.atom?place=Huế&limit=7&lang=en")
    first, ids = found.feed.id, [e.id for e in found.entries]
    while following := [link.href for link in found.feed.links if link.rel == "next"]:
        found = read(client, following[0])
        assert found.feed.id == first  # RFC 5005 §3: one feed, page by page
        ids += [e.id for e in found.entries]
        assert len(ids) <= MANY
    assert len(ids) == len(set(ids)) == len([r for r in records() if r.values["place"][0].value == "Huế"])
    assert found.entries[0].title.startswith("Bronze urn")


def test_a_feed_of_nothing_is_a_feed(client: FlaskClient) -> None:
    found = read(client, "/api/search.atom?q=nichts")
    assert found.entries == []
    assert found.feed.opensearch_totalresults == "0"


def test_who_has_it_already_is_told_so(client: FlaskClient) -> None:
    answer = client.get("/api/search.atom?q=đỉnh")
    again = client.get("/api/search.atom?q=đỉnh", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_words_that_are_markup_stay_words(client: FlaskClient) -> None:
    found = read(client, "/api/search.atom?q=%3Cb%3E%26%22%00%0B]]%3E")
    assert found.feed.title.startswith('<b>&"') or "&lt;b&gt;" in found.feed.title


def test_entries_tell_picture_manifest_and_data(house: House, statements: Counter) -> None:
    answer = house.client.get("/api/search.atom?sort=title")
    assert statements.number == 6
    assert faults(answer.data) == []
    found = feedparser.parse(answer.data)
    by_id = {entry.id: entry for entry in found.entries}
    whole = by_id[f"{HOST}/o/{house.ids['whole']}"]
    related = {link.type: link.href for link in whole.links if link.rel == "related"}
    assert related["application/json"] == f"{HOST}/o/{house.ids['whole']}.json"
    assert f"{HOST}/iiif/presentation/3/{house.ids['whole']}/manifest" in related.values()
    assert whole.media_thumbnail[0]["url"].startswith(f"{HOST}/iiif/image/3/")
    assert f"{HOST}/o/{house.ids['withdrawn']}" not in by_id
    assert "Người vẽ đặt từng vệt sáp nóng." in whole.summary


@pytest.mark.parametrize("query", ["after=zz", "limit=x", "from=x"])
def test_what_no_reader_means_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/search.atom?{query}").status_code == 400
