"""The workbench: who is let in, what its frame offers, and that public addresses know nothing of it."""

from dataclasses import replace

from museum.accounts.policy import Grant
from museum.accounts.roles import Role
from tests.web.conftest import House
from tests.web.signing_in import ADMINISTRATOR, CONTRIBUTOR, signed_in_as


def test_visitor_is_led_to_the_door_and_back(house: House) -> None:
    answer = house.client.get("/work?lang=en")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=%2Fwork%3Flang%3Den&lang=en"


def test_frame_offers_what_the_roles_include(house: House) -> None:
    with signed_in_as(house.app, ADMINISTRATOR):
        page = house.client.get("/work?lang=en")
    assert page.status_code == 200
    assert "Administrator" in page.text and ADMINISTRATOR.name in page.text
    with signed_in_as(house.app, CONTRIBUTOR):
        assert 'href="/work/people' not in house.client.get("/work").text


def test_workbench_is_never_stored(house: House) -> None:
    with signed_in_as(house.app, ADMINISTRATOR):
        answer = house.client.get("/work")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "ETag" not in answer.headers


def test_cookie_of_the_workbench_is_guarded(house: House) -> None:
    with signed_in_as(house.app, ADMINISTRATOR):
        cookie = house.client.get("/work", base_url="https://baotang.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-museum=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie


def test_first_page_shows_what_waits(house: House) -> None:
    with signed_in_as(house.app, ADMINISTRATOR):
        page = house.client.get("/work?lang=en").text
    assert f"/work/o/{house.ids['draft']}/history" in page
    assert f"/work/o/{house.ids['whole']}/history" not in page, "what is published does not wait"
    with signed_in_as(house.app, replace(CONTRIBUTOR, grants=(Grant(role=Role.CONTRIBUTOR, institution="hue"),))):
        assert f"/work/o/{house.ids['draft']}/history" not in house.client.get("/work").text, "a peer's draft"
