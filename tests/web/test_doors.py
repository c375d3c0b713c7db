"""The doors: signing in and out, invitations, new passwords, one's own account and second factor."""

import re
from dataclasses import replace

import pyotp
import pytest
from sqlalchemy import update

from museum import db
from museum.accounts import invitations, people, resets
from museum.accounts.policy import Grant, operator
from museum.accounts.roles import Role
from museum.accounts.tables import AttemptRow
from museum.config import Settings
from museum.db import reading, utc_now, writing
from museum.web.app import create_app
from tests.web.conftest import House
from tests.web.signing_in import PASSWORD, Forms, account

_CODE = re.compile(r"<code>([a-z0-9-]{14})</code>")


@pytest.fixture(autouse=True)
def calm(house: House) -> None:
    """Nobody waits for what an earlier test typed wrong."""
    with writing(house.engine) as session:
        session.execute(update(AttemptRow).values(count=0, blocked_until=utc_now()))


def test_somebody_signs_in_works_and_signs_out(house: House) -> None:
    account(house.engine, "huong@baotang.example", Role.CURATOR)
    forms = Forms(house.app)
    answer = forms.sign_in("Huong@baotang.example")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/work")
    page = forms.get("/work?lang=en")
    assert "Nguyễn Thị Hương" in page.text and "Curator" in page.text
    assert forms.post("/logout", page="/work").headers["Location"] == "/login"
    assert forms.get("/work").status_code == 303


def test_signing_in_gives_a_new_cookie(house: House) -> None:
    """Session fixation: what the browser had before it signed in is worth nothing afterwards."""
    account(house.engine, "moi@baotang.example", Role.CURATOR)
    forms = Forms(house.app)
    forms.get("/login")
    before = forms.client.get_cookie("__Host-museum")
    forms.sign_in("moi@baotang.example")
    after = forms.client.get_cookie("__Host-museum")
    assert before is not None and after is not None and before.value != after.value
    thief = house.app.test_client()
    thief.set_cookie("__Host-museum", before.value)
    assert thief.get("/work").status_code == 303


def anyones(page: str) -> str:
    """A page without what differs from answer to answer: what was typed, form tokens, nonces."""
    return re.sub(r'(value|nonce)="[^"]*"', "", page)


def test_unknown_and_wrong_are_answered_alike(house: House) -> None:
    account(house.engine, "biet@baotang.example", Role.CURATOR)
    said = []
    for email in ("biet@baotang.example", "khong@baotang.example"):
        answer = Forms(house.app).sign_in(email, "không phải mật khẩu này")
        assert answer.status_code == 400
        said.append(anyones(answer.text))
    assert said[0] == said[1]


def test_guessing_is_slowed_down(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    account(house.engine, "cham@baotang.example", Role.CURATOR)
    moment = utc_now()  # a busy machine must not serve the wait by being slow
    monkeypatch.setattr(db, "utc_now", lambda: moment)
    forms = Forms(house.app)
    answers = [forms.sign_in("cham@baotang.example", f"đoán thử lần {n}") for n in range(8)]
    assert [a.status_code for a in answers[:5]] == [400] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert forms.sign_in("cham@baotang.example").status_code == 429, "the right password too has to wait"


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/work",
        "//evil.example/work",
        "/\\evil.example",
        "/work\\..\\evil",
        "/search",
        "javascript:alert(1)",
        "/logout",
    ],
)
def test_door_leads_nowhere_else(house: House, onward: str) -> None:
    email = f"x{abs(hash(onward))}@baotang.example"
    account(house.engine, email, Role.CURATOR)
    assert Forms(house.app).sign_in(email, onward=onward).headers["Location"] == "/work"


def test_door_leads_back_to_where_somebody_wanted_to_go(house: House) -> None:
    account(house.engine, "ve@baotang.example", Role.CURATOR)
    assert Forms(house.app).sign_in("ve@baotang.example", onward="/account?lang=en").headers["Location"] == (
        "/account?lang=en"
    )


def test_invitation_makes_an_account_once(house: House) -> None:
    grant = Grant(role=Role.RESTORER, institution="museum")
    with writing(house.engine) as session:
        token = invitations.invite(session, "tho@baotang.example", by=operator("test"), grants=[grant]).token
    forms, address = Forms(house.app), f"/invitation/{token}"
    page = forms.get(address + "?lang=en")
    assert "Restorer" in page.text and "tho@baotang.example" in page.text
    short = forms.post(address, name="Phạm Văn Thợ", password="ngắn", again="ngắn")
    assert short.status_code == 400 and 'aria-invalid="true"' in short.text
    differing = forms.post(address, name="Phạm Văn Thợ", password=PASSWORD, again=PASSWORD + "!")
    assert differing.status_code == 400
    done = forms.post(address, name="Phạm Văn Thợ", language="en", password=PASSWORD, again=PASSWORD)
    assert done.headers["Location"] == "/account/second-factor?lang=en"
    assert "Phạm Văn Thợ" in forms.get("/work").text
    assert Forms(house.app).get(address).status_code == 404, "an invitation is good once"


def test_lost_password_is_told_alike_and_chosen_by_link(house: House) -> None:
    user = account(house.engine, "quen@baotang.example", Role.CURATOR)
    said = {Forms(house.app).post("/reset", email=e).text for e in ("quen@baotang.example", "ai@baotang.example")}
    assert len({anyones(words) for words in said}) == 1
    with reading(house.engine) as session:
        assert people.get(session, user.id).reset_asked_at is not None
    with writing(house.engine) as session:
        token = resets.issue(session, user.id, by=operator("test")).token
    elsewhere = Forms(house.app)
    elsewhere.sign_in("quen@baotang.example")
    forms, new = Forms(house.app), "bức phù điêu trong kho số ba"
    done = forms.post(f"/reset/{token}", password=new, again=new)
    assert done.headers["Location"] == "/login"
    assert elsewhere.get("/work").status_code == 303, "every session ended"
    assert forms.sign_in("quen@baotang.example", new).status_code == 303
    assert Forms(house.app).get(f"/reset/{token}").status_code == 404


def test_second_factor_from_the_code_on_the_page_to_the_last_recovery_code(house: House) -> None:
    account(house.engine, "haibuoc@baotang.example", Role.CURATOR)
    forms = Forms(house.app)
    forms.sign_in("haibuoc@baotang.example")
    page = forms.get("/account/second-factor").text
    assert "data:image/png;base64," in page
    secret = re.search(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>', page)
    assert secret is not None
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    assert forms.post("/account/second-factor", code="000000").status_code == 400
    shown = forms.post("/account/second-factor", code=totp.now())
    codes = _CODE.findall(shown.text)
    assert len(codes) == 10
    assert codes[0] not in forms.get("/account/second-factor").text, "shown once"

    again = Forms(house.app)
    assert again.sign_in("haibuoc@baotang.example").headers["Location"] == "/login/code"
    assert again.get("/work").status_code == 303, "the password alone opens nothing"
    assert again.post("/login/code", code=totp.now()).status_code == 400, "a code works once"
    assert again.post("/login/code", code=codes[0]).headers["Location"] == "/work"
    assert again.get("/work").status_code == 200

    assert again.post("/account/second-factor/off", page="/account/second-factor", code=codes[0]).status_code == 400
    assert again.post("/account/second-factor/off", page="/account/second-factor", code=codes[1]).status_code == 303
    assert Forms(house.app).sign_in("haibuoc@baotang.example").headers["Location"] == "/work"


def test_one_changes_name_language_and_password(house: House) -> None:
    account(house.engine, "doi@baotang.example", Role.CURATOR)
    here, there = Forms(house.app), Forms(house.app)
    here.sign_in("doi@baotang.example")
    there.sign_in("doi@baotang.example")
    saved = here.post("/account/name", page="/account", name="Hoàng Thị Đổi", language="en")
    assert saved.headers["Location"] == "/account?lang=en"
    assert "Hoàng Thị Đổi" in here.get("/account").text
    wrong = here.post("/account/password", page="/account", current="sai rồi", password=PASSWORD, again=PASSWORD)
    assert wrong.status_code == 400
    new = "gốm Chu Đậu vẽ lam men trắng"
    right = here.post("/account/password", page="/account", current=PASSWORD, password=new, again=new)
    assert right.status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303, "elsewhere signed out"


def test_one_ends_ones_other_sessions(house: House) -> None:
    account(house.engine, "phien@baotang.example", Role.CURATOR)
    browsers = [Forms(house.app) for _ in range(3)]
    for each in browsers:
        each.sign_in("phien@baotang.example")
    browsers[0].post("/account/sessions", page="/account", session="others")
    assert [each.get("/work").status_code for each in browsers] == [200, 303, 303]


def test_administrators_are_led_to_their_second_factor_unless_the_museum_says_otherwise(house: House) -> None:
    account(house.engine, "truong@baotang.example", Role.ADMINISTRATOR)
    account(house.engine, "vien@baotang.example", Role.CURATOR)
    default = Settings(home=house.settings.home).second_factor_roles
    usual = create_app(replace(house.settings, second_factor_roles=default), engine=house.engine)
    head, member, trusted = Forms(usual), Forms(usual), Forms(house.app)
    head.sign_in("truong@baotang.example")
    for page in ("/work", "/work/people", "/work/records"):
        assert head.get(page).headers["Location"] == "/account/second-factor", page
    shown = head.get("/account/second-factor?lang=en").text
    secret = re.search(r"[A-Z2-7]{4}( [A-Z2-7]{4}){7}", shown)
    assert secret is not None
    code = pyotp.TOTP(secret[0].replace(" ", "")).now()
    assert head.post("/account/second-factor", code=code).status_code == 200
    assert head.get("/work/people").status_code == 200
    member.sign_in("vien@baotang.example")
    assert member.get("/work").status_code == 200
    account(house.engine, "pho@baotang.example", Role.ADMINISTRATOR)
    trusted.sign_in("pho@baotang.example")
    assert trusted.get("/work").status_code == 200


def test_role_that_needs_a_second_factor_is_led_to_it(house: House) -> None:
    account(house.engine, "can@baotang.example", Role.PUBLISHER)
    strict = create_app(replace(house.settings, second_factor_roles="publisher"), engine=house.engine)
    forms = Forms(strict)
    forms.sign_in("can@baotang.example")
    assert forms.get("/work").headers["Location"] == "/account/second-factor"
    assert forms.get("/account/second-factor").status_code == 200
