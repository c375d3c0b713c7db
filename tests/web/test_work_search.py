"""Curators at the workbench: why records are found, saved searches, what visitors ask for, synonyms at work."""

import datetime as dt

from museum.accounts.policy import Viewer
from museum.db import reading, utc_now, writing
from museum.search import saved_searches, search_counts, synonym_edits
from tests.web.conftest import House
from tests.web.signing_in import ADMINISTRATOR, CONTRIBUTOR, CURATOR, Forms, signed_in_as

SYNONYMS, SEARCH = "/work/synonyms", "/work/search"


def post(house: House, who: Viewer, address: str, *, page: str = "", **fields: str) -> str:
    """Send a form as somebody; gives the page that follows."""
    with signed_in_as(house.app, who):
        forms = Forms(house.app)
        answer = forms.post(f"{address}?lang=en", page=f"{page or address}?lang=en", **fields)
        assert answer.status_code in (303, 400), answer.status_code
        return answer.text if answer.status_code == 400 else forms.get(answer.headers["Location"]).text


def look(house: House, address: str, who: Viewer = CURATOR) -> str:
    with signed_in_as(house.app, who):
        answer = house.client.get(address)
    assert answer.status_code == 200
    return answer.text


def found(house: House, words: str) -> bool:
    return f"/o/{house.ids['venus']}" in house.client.get("/search", query_string={"q": words}).text


def test_a_synonym_counts_with_the_next_search_and_no_more_once_removed(house: House) -> None:
    assert not found(house, "thần sắc đẹp")
    assert "It counts from the next search on" in post(house, CURATOR, SYNONYMS, vi="Vệ Nữ\nthần sắc đẹp", en="")
    assert found(house, "thần sắc đẹp")
    assert "thần sắc đẹp" in house.client.get("/search?q=thần+sắc+đẹp").text
    with reading(house.engine) as session:
        code = synonym_edits.log(session)[0].code
    page = post(house, CURATOR, f"{SYNONYMS}/{code}/remove", page=f"{SYNONYMS}/{code}")
    assert "counts no more" in page
    assert not found(house, "thần sắc đẹp")
    with reading(house.engine) as session:
        edits = synonym_edits.log(session)
    assert [edit.person for edit in edits] == [CURATOR.user_id] * 2
    assert "taken back" in post(house, CURATOR, f"{SYNONYMS}/take-back", page=SYNONYMS, edit=str(edits[0].seq))
    assert found(house, "thần sắc đẹp")


def test_a_group_that_would_find_nothing_is_told_and_what_was_typed_stays(house: House) -> None:
    page = post(house, CURATOR, SYNONYMS, vi="một từ thôi", en="")
    assert "at least two different terms" in page
    assert "một từ thôi</textarea>" in page


def test_only_curators_edit_but_all_colleagues_may_read(house: House) -> None:
    assert "<textarea" in look(house, SYNONYMS)
    with signed_in_as(house.app, CONTRIBUTOR):
        page = house.client.get(SYNONYMS)
        assert page.status_code == 200
        assert "<textarea" not in page.text
        assert house.client.get(f"{SYNONYMS}/vac-cauldron").status_code == 403
        answer = Forms(house.app).post(SYNONYMS, page="/work/keys", vi="a b\nc d", en="")
    assert answer.status_code == 403
    assert house.client.get(SYNONYMS).status_code == 303, "a visitor is led to the door"


def test_why_is_told_in_the_records_own_words(house: House) -> None:
    page = look(house, f"{SEARCH}?lang=en&q=tuong+ve+nu")
    assert f"/o/{house.ids['venus']}" in page
    assert "<mark>Vệ</mark>" in page
    assert "ve: with other marks" in page
    assert "Every word in the title" in page


def test_why_tells_of_public_records_only(house: House) -> None:
    page = look(house, f"{SEARCH}?lang=en&q=bản+nháp", ADMINISTRATOR)
    assert house.ids["draft"] not in page
    assert "Nothing was found" in page


def test_a_saved_search_is_shared_by_its_link(house: House) -> None:
    page = post(house, CURATOR, f"{SEARCH}/save", page=SEARCH, title="Điêu khắc", asked=(
        "https://baotang.example/search?q=t%C6%B0%E1%BB%A3ng&has=scan&after=abc&lang=en"))  # fmt: skip
    assert "Its link can be sent to anybody" in page
    with reading(house.engine) as session:
        (saved,) = saved_searches.all_of(session)
    assert (saved.query, saved.total, saved.person) == ("q=t%C6%B0%E1%BB%A3ng&has=scan", 1, CURATOR.user_id)
    assert f"https://baotang.example/q/{saved.id}" in page
    answer = house.client.get(f"/q/{saved.id}?lang=en")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/search?{saved.query}&lang=en")
    with signed_in_as(house.app, CONTRIBUTOR):
        assert Forms(house.app).post(f"{SEARCH}/forget", page=SEARCH, search=saved.id).status_code == 403
    assert "leads nowhere" in post(house, CURATOR, f"{SEARCH}/forget", page=SEARCH, search=saved.id)
    assert house.client.get(f"/q/{saved.id}").status_code == 404


def test_what_is_no_search_is_not_saved(house: House) -> None:
    assert "This address is no search" in post(
        house, CURATOR, f"{SEARCH}/save", page=SEARCH, title="Không", asked="https://baotang.example/search?after=x"
    )
    assert "Give this search a name" in post(house, CURATOR, f"{SEARCH}/save", page=SEARCH, title=" ", asked="bia")


def test_searches_of_visitors_are_counted_once_and_those_of_people_not(house: House) -> None:
    for _ in range(4):
        house.client.get("/search?q=khánh+đá+lạ")
    house.client.get("/search?q=khánh+đá+lạ&after=WzFd")
    house.client.get("/search?q=khánh+đá+lạ&has=image")
    house.client.get("/search?q=khánh+đá+lạ&from=1800&to=1850")
    house.client.get("/search?q=khánh+đá+lạ&sort=title")
    house.client.get("/search?q=khánh+đá+lạ&view=timeline")
    house.client.get("/api/suggest?q=khánh+đá+lạ")
    look(house, f"{SEARCH}?q=khánh+đá+lạ")
    for _ in range(4):
        house.client.get("/search?q=0912+345+678")
    house.client.get("/search?q=hiếm+hoi")
    page = look(house, f"{SEARCH}?lang=en")
    with reading(house.engine) as session:
        counts = search_counts.unfound(session, since=utc_now().date())
    assert [(c.asked, c.unfound) for c in counts if c.words == "khánh đá lạ"] == [(4, 4)]
    assert "khánh đá lạ" in page and "hiếm hoi" not in page and "0912" not in page


def test_counts_fall_into_the_asked_period(house: House) -> None:
    with writing(house.engine) as session:
        search_counts.add(session, {"bia cũ": (9, 9)}, day=utc_now().date() - dt.timedelta(days=20))
    assert "bia cũ" not in look(house, f"{SEARCH}?days=7")
    assert "bia cũ" in look(house, f"{SEARCH}?days=30")
