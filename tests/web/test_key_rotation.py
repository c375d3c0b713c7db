"""`museum rotate-key` beside running web processes: they take the new key at once; what the old one signed goes on."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import BadSignature, URLSafeTimedSerializer

from museum.accounts import signing_keys
from museum.accounts.roles import Role
from museum.web.app import create_app
from museum.web.context import museum
from tests.web.conftest import House
from tests.web.signing_in import PASSWORD, Forms, account


@pytest.fixture
def app(house: House, tmp_path: Path) -> Flask:
    made = create_app(replace(house.settings, home=tmp_path, public_url=""), engine=house.engine)
    made.testing = True
    return made


def signer(app: Flask, secret: str) -> URLSafeTimedSerializer:
    """Flask's signer of cookies, with one key alone."""
    found = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own
    return URLSafeTimedSerializer(
        [secret], salt=found.salt, serializer=found.serializer, signer_kwargs=found.signer_kwargs
    )


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("museum")
    assert cookie is not None
    return cookie.value


def test_a_form_opened_before_the_rotation_is_taken_after_it(house: House, app: Flask) -> None:
    account(house.engine, "xoay@baotang.example", Role.CURATOR)
    forms = Forms(app)
    page = forms.get("/login").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    with app.app_context():
        settings = museum().settings
    old = signing_keys.read(settings)[0]
    new = signing_keys.rotate(settings)[0]
    fields = {"csrf_token": token, "email": "xoay@baotang.example", "password": PASSWORD}
    assert forms.client.post("/login", data={**fields, "csrf_token": f"{token}x"}).status_code == 400
    assert forms.client.post("/login", data=fields).status_code == 303
    assert forms.get("/work").status_code == 200
    fresh = Forms(app)
    fresh.get("/login")
    assert signer(app, new.secret).loads(cookie_of(fresh.client))
    with pytest.raises(BadSignature):
        signer(app, old.secret).loads(cookie_of(fresh.client))


def test_every_part_that_signs_follows(app: Flask) -> None:
    """One ring serves cookies, links and access to images; nobody keeps keys of their own."""
    with app.app_context():
        ring, settings = museum().ring, museum().settings
    before = ring.keys
    signing_keys.rotate(settings)
    assert ring.keys == signing_keys.read(settings)
    assert ring.keys[1:] == before
    Forms(app).get("/login")
    assert app.secret_key == ring.keys[0].secret
    assert app.config["SECRET_KEY_FALLBACKS"] == [key.secret for key in before]
