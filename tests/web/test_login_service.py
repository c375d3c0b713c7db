"""Signing in at another service, by the pages: the button, the way there, and back with proof only."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from museum.accounts.roles import Role
from museum.web.app import create_app
from tests.accounts.openid_service import HOA, Service, answering
from tests.web.conftest import House
from tests.web.signing_in import Forms, account


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with answering() as running:
        yield running


@pytest.fixture(scope="module")
def app(house: House, service: Service) -> Flask:
    account(house.engine, HOA, Role.CURATOR)
    settings = replace(
        house.settings, oidc_issuer=service.issuer, oidc_client_id="museum", oidc_client_secret="our secret"
    )
    made = create_app(settings, engine=house.engine)
    made.testing = True
    return made


def there(forms: Forms, service: Service, *, onward: str = "") -> str:
    """Go to the service; the address with which it sends back."""
    left = forms.get("/login/service" + (f"?next={onward}" if onward else ""))
    assert left.status_code == 303
    asked = {name: values[0] for name, values in parse_qs(urlsplit(left.headers["Location"]).query).items()}
    assert asked["redirect_uri"] == "https://baotang.example/login/service/back"
    parts = urlsplit(service.authorize(asked))
    return f"{parts.path}?{parts.query}"


def test_button_leads_there_and_back_to_the_workbench(app: Flask, service: Service) -> None:
    forms = Forms(app)
    assert 'href="/login/service"' in forms.get("/login").text
    assert forms.get(there(forms, service, onward="/work/keys")).headers["Location"] == "/work/keys"
    assert forms.get("/work").status_code == 200


def test_what_another_browser_brought_back_is_refused(app: Flask, service: Service) -> None:
    """Login CSRF: an attacker's own answer, opened by a victim, signs the victim in nowhere."""
    attacker, victim = Forms(app), Forms(app)
    back = there(attacker, service)
    assert victim.get(back).status_code == 403
    there(victim, service)
    assert victim.get(back).status_code == 403
    assert victim.get("/work").status_code == 303


def test_answer_is_good_once(app: Flask, service: Service) -> None:
    forms = Forms(app)
    back = there(forms, service)
    assert forms.get(back).status_code == 303
    assert Forms(app).get(back).status_code == 403


def test_without_a_service_there_is_no_button_and_no_way(house: House) -> None:
    assert "/login/service" not in house.client.get("/login").text
    assert house.client.get("/login/service").status_code == 404
