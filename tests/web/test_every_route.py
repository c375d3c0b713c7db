"""Every public address answers properly: 200, a redirect, or a 4xx that says why, never 500, whatever stands in it."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pytest
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from museum.catalog import store
from museum.db import reading
from museum.imaging import arrays, pyramid
from museum.storage.derivatives import Derivatives
from museum.storage.local import LocalBlobs
from museum.web.app import wsgi
from tests.web.conftest import House
from tests.web.markup import read
from tests.web.shown_elsewhere import STORY, make_shown_house

PROPER = {200, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 414, 415, 416, 429, 501}
HOSTILE = (
    "'", "\"><script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "\x00",
    "\x1f\x7f", "%ff%fe", "\udcff", "{{7*7}}", "${7*7}", "%s%n%d", "\u202e", "ｃｕｕ", "Cửu Đỉnh", "NaN", "-1", "0",
    "99999999999999999999", "a" * 5000, ".", "..", "~", "*", "null", "[]", "{}", "x.json", ".json", "x.jsonld.json",
    "İ", "ß", "\U0001f3fa", "%", "a\r\nSet-Cookie: x=1", ";", "|", "\\", "//evil.example",
)  # fmt: skip
PARAMETERS = ("q", "lang", "view", "after", "from", "to", "sort", "kind", "url", "format", "maxwidth", "maxheight",
              "object_type", "place", "page", "size", "light", "limit", "motivation", "min")  # fmt: skip
IMAGE_WORDS = ("full/max/0/default.jpg", "0,0,0,0/max/0/default.jpg", "full/0,/0/default.jpg", "-1,-1,9,9/max/0/x.jpg",
               "pct:0,0,1e99,1/max/0/default.jpg", "full/99999999,/0/default.jpg", "full/max/NaN/default.png",
               "full/max/0/default.exe", "square/^max/!90/gray.webp", "info.json", "", "%00/%ff/'/x")  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A museum with objects and stories, published, withdrawn, deleted; errors become answers as on the web."""
    for made in make_shown_house(tmp_path_factory.mktemp("every-route")):
        made.app.testing = False
        with reading(made.engine) as session:
            (item,) = store.get(session, made.ids["urn"]).media
        folder = Derivatives(LocalBlobs(made.settings.derived)).path(item.sha256, "pyramid")
        folder.unlink()
        source = made.settings.home / "urn.png"
        arrays.write(np.full((2868, 2082, 3), 90, np.uint8), source)
        pyramid.build(source, folder)
        yield made


def visitor(house: House) -> Client:
    """Somebody outside, the tiles' route before the pages' as in a museum that is served."""
    app = wsgi(house.settings, engine=house.engine)
    return Client(app)


def rules(house: House) -> list[Rule]:
    found = [r for r in house.app.url_map.iter_rules() if "GET" in (r.methods or ())]
    assert len(found) >= 30
    return found


def filled(rule: Rule, value: str) -> str:
    """The rule's address with the value, as a browser sends it, in each of its places."""
    sent = quote(value.encode("utf-8", "surrogateescape"), safe="%" if "%" in value else "")
    return re.sub(r"<[^>]+>", sent.replace("\\", "%5C"), rule.rule)


def known_values(house: House) -> tuple[str, ...]:
    return (*house.ids.values(), STORY, "ban-nhap", "da-rut", "da-xoa", "all", "kind-object", "light0", "venus", "svg",
            "png", "headfilm", "76.AD.34/a")  # fmt: skip


def test_every_route_with_every_known_name_answers_properly_in_both_languages(house: House) -> None:
    client = visitor(house)
    answers: Counter[int] = Counter()
    met: set[str] = set()
    for rule in rules(house):
        values = known_values(house) if rule.arguments else ("",)
        if rule.rule.endswith(".pdf"):  # a second each: one that is made, and those that are refused
            values = tuple(house.ids[name] for name in ("urn", "draft", "withdrawn", "deleted"))
        for value in values:
            for query in ("", "?lang=en"):
                address = filled(rule, value) + query
                answer = client.get(address)
                answers[answer.status_code] += 1
                met |= {rule.rule} if answer.status_code < 400 else set()
                assert answer.status_code in PROPER, address
                _is_whole(address, answer.status_code, answer.headers.get("Content-Type", ""), answer.get_data())
                answer.close()
    print(f"{sum(answers.values())} requests, {len(met)} routes answered with more than an error: {dict(answers)}")
    assert {200, 404, 410} <= set(answers)
    assert len(met) >= 25


def test_hostile_names_never_break_a_route(house: House) -> None:
    client = visitor(house)
    answers: Counter[int] = Counter()
    for rule in rules(house):
        if not rule.arguments:
            continue
        for value in HOSTILE:
            answer = client.get(filled(rule, value) + "?lang=en")
            answers[answer.status_code] += 1
            assert answer.status_code in PROPER, (rule.rule, value)
            assert not _runs_foreign_words(answer), (rule.rule, value)
            assert "x=1" not in answer.headers.get("Set-Cookie", "")
            answer.close()
    print(f"{sum(answers.values())} hostile names: {dict(answers)}")


def test_hostile_queries_never_break_a_route(house: House) -> None:
    client = visitor(house)
    answers: Counter[int] = Counter()
    groups = (PARAMETERS, *((name,) for name in PARAMETERS))  # one wrong word hides the others: search is asked by each
    stable = [r.rule for r in rules(house) if not r.arguments]
    pages = [*stable, f"/o/{house.ids['whole']}", f"/e/{STORY}", f"/embed/o/{house.ids['whole']}", "/c/all"]
    for page in pages:
        for value in HOSTILE:
            sent = quote(value.encode("utf-8", "surrogateescape"), safe="%" if "%" in value else "")
            for group in groups if page in ("/search", "/api/search") else groups[:1]:
                address = f"{page}?" + "&".join(f"{name}={sent}" for name in group)
                answer = client.get(address)
                answers[answer.status_code] += 1
                assert answer.status_code in PROPER, address[:300]
                assert not _runs_foreign_words(answer), address[:300]
                answer.close()
    print(f"{sum(answers.values())} hostile queries: {dict(answers)}")


def test_the_image_service_refuses_what_it_cannot_answer(house: House) -> None:
    client = visitor(house)
    answers: Counter[int] = Counter()
    for name in ("urnphoto", *HOSTILE):
        sent = quote(name.encode("utf-8", "surrogateescape"), safe="%" if "%" in name else "")
        for version in ("2", "3", "4", "%00"):
            for words in IMAGE_WORDS if name == "urnphoto" else IMAGE_WORDS[:1]:
                answer = client.get(f"/iiif/image/{version}/{sent}/{words}")
                answers[answer.status_code] += 1
                assert answer.status_code in PROPER, (name, version, words)
                answer.close()
    print(f"{sum(answers.values())} image requests: {dict(answers)}")
    assert {200, 400, 404} <= set(answers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"])
def test_other_methods_are_answered(house: House, method: str) -> None:
    client = visitor(house)
    for rule in rules(house):
        answer = client.open(filled(rule, house.ids["whole"]), method=method)
        assert answer.status_code in {*PROPER, 204}, rule.rule
        assert method != "HEAD" or answer.get_data() == b""
        answer.close()


def test_a_broken_route_is_caught(house: House) -> None:
    """Control: an error inside a route is an answer with 500, which these tests would refuse."""
    broken = visitor(house)
    name = next(n for n in house.app.view_functions if n.endswith("about"))
    kept = house.app.view_functions[name]
    client = house.app.test_client()
    try:
        house.app.view_functions[name] = lambda: 1 / 0  # type: ignore[assignment]  # it breaks on purpose
        assert client.get("/about").status_code == 500
    finally:
        house.app.view_functions[name] = kept
    assert broken.get("/about").status_code == 200


def _runs_foreign_words(answer: TestResponse) -> bool:
    return answer.mimetype == "text/html" and b"<script>alert(1)" in answer.get_data()


def _is_whole(address: str, status: int, media_type: str, body: bytes) -> None:
    """A page of whatever status is a well-formed one in a language, with a way on."""
    if not media_type.startswith("text/html") or 300 <= status < 400:
        return
    page = body.decode()
    assert read(page).problems == [], address
    assert re.search(r'<html lang="(vi|en)"', page), address
    if status >= 400:
        assert page.count("<a ") >= 2, address
