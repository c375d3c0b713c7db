"""People and keys at the workbench: who sees whom, what is shown once, and what nobody may give."""

import re

import pytest

from museum.accounts import invitations, keys, people
from museum.accounts.policy import Grant, operator
from museum.accounts.roles import Action, Role
from museum.catalog import institutions
from museum.catalog.institutions import Institution
from museum.db import reading, writing
from museum.text import Text
from tests.web.conftest import House
from tests.web.signing_in import Forms, account


@pytest.fixture(scope="module")
def staff(house: House) -> dict[str, Forms]:
    """Browsers of an administrator of everything, one of the museum, one of a peer, and a curator."""
    with writing(house.engine) as session:
        institutions.put(session, Institution(code="hue", name=Text.of(vi="Trung tâm Huế", en="Hue Center")))
    account(house.engine, "tong@baotang.example", Role.ADMINISTRATOR, institution="*", name="Trần Tổng")
    account(house.engine, "nha@baotang.example", Role.ADMINISTRATOR, name="Lê Nhà")
    account(house.engine, "hue@baotang.example", Role.ADMINISTRATOR, institution="hue", name="Tôn Nữ Huế")
    account(house.engine, "canbo@baotang.example", Role.CURATOR, name="Phan Cán Bộ")
    browsers = {name: Forms(house.app) for name in ("tong", "nha", "hue", "canbo")}
    for name, forms in browsers.items():
        assert forms.sign_in(f"{name}@baotang.example").status_code == 303
    return browsers


def user_id(house: House, name: str) -> str:
    with reading(house.engine) as session:
        user = people.by_email(session, f"{name}@baotang.example")
    assert user is not None
    return user.id


def test_each_administrator_sees_their_own(house: House, staff: dict[str, Forms]) -> None:
    everyone = {"Trần Tổng", "Lê Nhà", "Tôn Nữ Huế", "Phan Cán Bộ"}
    seen = {name: staff[name].get("/work/people").text for name in ("tong", "nha", "hue")}
    assert all(name in seen["tong"] for name in everyone)
    assert "Phan Cán Bộ" in seen["nha"] and "Tôn Nữ Huế" not in seen["nha"]
    assert "Phan Cán Bộ" not in seen["hue"]
    assert staff["canbo"].get("/work/people").status_code == 403
    assert staff["hue"].get(f"/work/people/{user_id(house, 'canbo')}").status_code == 404
    assert "/work/people" not in staff["canbo"].get("/work").text


def test_invitation_is_shown_once_and_opens_the_door(house: House, staff: dict[str, Forms]) -> None:
    made = staff["nha"].post(
        "/work/invite", email="moi@baotang.example", role="restorer", institution="museum", language="vi"
    )
    link = re.search(r'value="https://baotang\.example(/invitation/[^"]+)"', made.text)
    assert link is not None
    assert "mailto:moi%40baotang.example" in made.text
    assert Forms(house.app).get(link[1]).status_code == 200
    listed = staff["nha"].get("/work/people").text
    assert "moi@baotang.example" in listed and link[1] not in listed
    assert "moi@baotang.example" not in staff["hue"].get("/work/people").text
    with reading(house.engine) as session:
        number = next(i.id for i in invitations.open_for(session, operator("test")) if i.email == "moi@baotang.example")
    assert staff["hue"].post("/work/invite/withdraw", page="/work/people", invitation=str(number)).status_code == 404
    staff["nha"].post("/work/invite/withdraw", page="/work/people", invitation=str(number))
    assert Forms(house.app).get(link[1]).status_code == 404


def test_nobody_gives_more_than_they_have(house: House, staff: dict[str, Forms]) -> None:
    curator = user_id(house, "canbo")
    refused = 0
    for place in ("*", "hue"):
        for role in Role:
            answer = staff["nha"].post(
                f"/work/people/{curator}/grant", page=f"/work/people/{curator}", role=role.value, institution=place
            )
            assert answer.status_code == 400, (role, place)
            invited = staff["nha"].post("/work/invite", email="x@baotang.example", role=role.value, institution=place)
            assert invited.status_code == 400 and "/invitation/" not in invited.text
            refused += 2
    print(f"{refused} grants beyond one's own refused")
    with reading(house.engine) as session:
        assert [g.role for g in people.grants_of(session, curator)] == [Role.CURATOR]


def test_role_is_given_and_taken(house: House, staff: dict[str, Forms]) -> None:
    curator = user_id(house, "canbo")
    fields = {"page": f"/work/people/{curator}", "role": "publisher", "institution": "museum", "collection": "Gốm"}
    assert staff["nha"].post(f"/work/people/{curator}/grant", **fields).status_code == 303
    given = Grant(role=Role.PUBLISHER, institution="museum", collection="Gốm")
    with reading(house.engine) as session:
        assert given in people.grants_of(session, curator)
    assert "Gốm" in staff["nha"].get(f"/work/people/{curator}").text
    assert staff["nha"].post(f"/work/people/{curator}/revoke", **fields).status_code == 303
    with reading(house.engine) as session:
        assert given not in people.grants_of(session, curator)


def test_account_is_shut_and_opened(house: House, staff: dict[str, Forms]) -> None:
    gone = account(house.engine, "nghi@baotang.example", Role.CONTRIBUTOR, name="Vũ Nghỉ").id
    theirs = Forms(house.app)
    theirs.sign_in("nghi@baotang.example")
    page = f"/work/people/{gone}"
    staff["nha"].post(f"{page}/account", page=page, do="shut")
    assert theirs.get("/work").status_code == 303
    assert theirs.sign_in("nghi@baotang.example").status_code == 400
    staff["nha"].post(f"{page}/account", page=page, do="open")
    assert theirs.sign_in("nghi@baotang.example").status_code == 303


def test_last_administrator_stays(house: House, staff: dict[str, Forms]) -> None:
    own = f"/work/people/{user_id(house, 'tong')}"
    answer = staff["tong"].post(f"{own}/revoke", page=own, role="administrator", institution="*", collection="")
    assert answer.status_code == 400
    assert staff["tong"].get("/work/people").status_code == 200


def test_reset_link_is_shown_once(house: House, staff: dict[str, Forms]) -> None:
    page = f"/work/people/{user_id(house, 'canbo')}"
    made = staff["nha"].post(f"{page}/reset", page=page)
    link = re.search(r'value="https://baotang\.example(/reset/[^"]+)"', made.text)
    assert link is not None
    assert link[1] not in staff["nha"].get(page).text
    assert Forms(house.app).get(link[1]).status_code == 200
    assert staff["hue"].client.post(f"{page}/reset").status_code == 400


def test_key_is_shown_once_and_narrow(house: House, staff: dict[str, Forms]) -> None:
    forms = staff["canbo"]
    assert forms.post("/work/keys", name="Kiểm kê", days="30", institution="museum").status_code == 400
    made = forms.post("/work/keys", name="Kiểm kê", days="30", institution="museum", scopes="edit")
    text = re.search(r'value="(mus_[^"]+)"', made.text)
    assert text is not None
    viewer = keys.viewer_of_key(house.engine, text[1])
    assert viewer is not None and viewer.allowed == frozenset({Action.EDIT})
    listed = forms.get("/work/keys").text
    assert "Kiểm kê" in listed and text[1] not in listed
    beyond = forms.post("/work/keys", name="Rộng", days="30", institution="museum", scopes="manage_people")
    assert beyond.status_code == 400
    with reading(house.engine) as session:
        number = keys.list_of(session, user_id(house, "canbo"))[0].id
    assert staff["hue"].post("/work/keys/end", page="/work/keys", key=str(number)).status_code == 404
    forms.post("/work/keys/end", page="/work/keys", key=str(number))
    assert keys.viewer_of_key(house.engine, text[1]) is None
