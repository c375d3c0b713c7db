"""Headers, cookies, forms and limits: what a stranger's page, frame, script or request must not be able to do."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from museum.accounts.roles import Role
from museum.errors import Invalid
from museum.web.app import create_app
from museum.web.private import is_private
from museum.web.sending import safe_type
from museum.web.sessions import client_address
from tests.web.conftest import House
from tests.web.signing_in import ADMINISTRATOR, PASSWORD, Forms, account, signed_in_as

PUBLIC = (
    "/",
    "/search",
    "/search?q=dinh",
    "/c",
    "/exhibitions",
    "/monuments",
    "/conservation",
    "/about",
    "/accessibility",
    "/o/{whole}",
    "/o/{venus}",
    "/o/{whole}.json",
    "/o/{whole}/card",
    "/o/{whole}/qr.svg",
    "/embed/o/{whole}",
    "/iiif/presentation/3/{whole}/manifest",
    "/oembed?url=https%3A%2F%2Fbaotang.example%2Fo%2F{whole}",
    "/o/zzzzzzzzz",
    "/healthz",
    "/robots.txt",
)
PRIVATE = (
    "/login",
    "/reset",
    "/work",
    "/work/people",
    "/work/invite",
    "/work/keys",
    "/work/links",
    "/work/jobs",
    "/work/none",
)


def addresses(house: House) -> list[str]:
    return [path.format(**house.ids) for path in PUBLIC]


def writing_routes(app: Flask) -> list[tuple[str, str]]:
    """(method, address) of every route that takes more than reading."""
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            found.append((method, re.sub(r"<(?:[^:<>]+:)?[^<>]+>", "1", rule.rule)))
    return found


def test_no_form_is_taken_without_its_token(house: House) -> None:
    routes = writing_routes(house.app)
    refused = 0
    with signed_in_as(house.app, ADMINISTRATOR):
        for method, address in routes:
            for data in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": "IjEi.x.y"}):
                answer = house.client.open(address, method=method, data=data)
                expected = (401, 403) if address.startswith("/api/") else (400,)
                assert answer.status_code in expected, (method, address, answer.status_code)
                refused += 1
    print(f"{len(routes)} routes that write, {refused} requests without a token or key refused")
    assert len(routes) >= 20


def test_token_of_another_browser_is_refused(house: House) -> None:
    theirs = Forms(house.app).get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', theirs)
    assert token is not None
    mine = house.app.test_client()
    mine.get("/login")
    assert mine.post("/login", data={"csrf_token": token[1], "email": "a@b.example"}).status_code == 400


def test_without_the_guard_forms_are_taken(house: House) -> None:
    """The control: with CSRF protection off the same requests reach the pages behind."""
    app = create_app(house.settings, engine=house.engine)
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = True
    answer = app.test_client().post("/reset", data={"email": "ai@baotang.example"})
    assert answer.status_code == 200
    assert app.test_client().post("/logout").status_code == 303


def test_public_addresses_neither_read_nor_set_cookies(house: House) -> None:
    account(house.engine, "banh@baotang.example", Role.ADMINISTRATOR, institution="*")
    forms = Forms(house.app)
    forms.sign_in("banh@baotang.example")
    assert forms.get("/work").status_code == 200
    visitor = house.app.test_client()
    for address in addresses(house):
        with forms.client.get(address, buffered=True) as signed, visitor.get(address, buffered=True) as plain:
            assert signed.data == plain.data, address
            for answer in (signed, plain):
                assert "Set-Cookie" not in answer.headers, address
                assert "cookie" not in answer.headers.get("Vary", "").casefold(), address
    print(f"{len(addresses(house))} public addresses the same with and without a session")


@pytest.mark.parametrize(("public_url", "name"), [("https://baotang.example", "__Host-museum"), ("", "museum")])
def test_cookie_is_fenced(house: House, public_url: str, name: str) -> None:
    app = create_app(replace(house.settings, public_url=public_url), engine=house.engine)
    cookie = app.test_client().get("/login").headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    assert ("Secure" in cookie) is bool(public_url)
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie


def test_https_form_from_another_site_is_refused(house: House) -> None:
    """Over HTTPS the form must come from our own pages, too: a token that leaked does not help."""
    client = house.app.test_client()
    base = "https://baotang.example"
    page = client.get("/login", base_url=base).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token[1], "email": "ai@baotang.example", "password": PASSWORD}
    for referrer in ("https://evil.example/login", ""):
        headers = {"Referer": referrer} if referrer else {}
        assert client.post("/login", base_url=base, data=data, headers=headers).status_code == 400
    own = client.post("/login", base_url=base, data=data, headers={"Referer": f"{base}/login"})
    assert "aria-invalid" in own.text or "notice-bad" in own.text


def test_every_answer_carries_its_headers(house: House) -> None:
    asked = 0
    with signed_in_as(house.app, ADMINISTRATOR):
        for address in (*addresses(house), *PRIVATE):
            answer = house.client.get(address, buffered=True)
            headers = answer.headers
            assert headers["X-Content-Type-Options"] == "nosniff", address
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", address
            assert headers["Strict-Transport-Security"].startswith("max-age=31536000"), address
            assert "geolocation=()" in headers["Permissions-Policy"], address
            assert headers["Referrer-Policy"] in ("same-origin", "strict-origin-when-cross-origin"), address
            if answer.mimetype in ("text/html", "image/svg+xml"):
                _strict(headers["Content-Security-Policy"], address)
            if is_private(address.partition("?")[0]):
                assert headers["Cache-Control"] == "private, no-store", address
                assert headers["X-Robots-Tag"] == "noindex"
            asked += 1
    print(f"{asked} answers carry every protecting header")


def _strict(policy: str, address: str) -> None:
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'" and rules["base-uri"] == "'none'" and rules["object-src"] == "'none'"
    assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy, address
    assert rules["frame-ancestors"] == ("*" if address.startswith("/embed/") else "'none'"), address
    assert rules["form-action"] == "'self'"


def test_plain_http_promises_no_https(house: House) -> None:
    app = create_app(replace(house.settings, public_url=""), engine=house.engine)
    assert "Strict-Transport-Security" not in app.test_client().get("/about").headers


class _Inline(HTMLParser):
    """Collects what a strict policy forbids in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.nonces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given:
            self.found.append(f"<{tag} style>")
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on")]
        self.found += [
            f"<{tag} {name}=…>"
            for name, value in given.items()
            if name in ("href", "src", "action", "formaction") and (value or "").strip().startswith("javascript:")
        ]
        if tag == "script" and not given.get("src") and "json" not in (given.get("type") or ""):
            self.found.append("<script> inline")
        if tag == "script" and given.get("src"):
            self.nonces.append(given.get("nonce") or "")


def test_no_page_holds_inline_script_or_style(house: House) -> None:
    judged = 0
    with signed_in_as(house.app, ADMINISTRATOR):
        for address in (*addresses(house), *PRIVATE):
            answer = house.client.get(address, buffered=True)
            if answer.mimetype != "text/html":
                continue
            page = _Inline()
            page.feed(answer.text)
            assert page.found == [], address
            judged += 1
    print(f"{judged} pages hold nothing inline")
    bad = _Inline()
    bad.feed("<p style='x' onclick='y'><script>1</script><a href='javascript:x'>")
    assert len(bad.found) == 4, "the control: the reader sees what is inline"


def test_script_of_a_private_page_runs_only_with_its_nonce(house: House) -> None:
    seen = set()
    for _ in range(3):
        answer = house.app.test_client().get("/login")
        found = re.search(r"script-src 'nonce-([\w-]{22})' 'strict-dynamic'", answer.headers["Content-Security-Policy"])
        assert found is not None
        page = _Inline()
        page.feed(answer.text)
        assert all(nonce == found[1] for nonce in page.nonces)
        seen.add(found[1])
    assert len(seen) == 3, "a new one for each answer"
    assert "nonce" not in house.client.get("/about").text


def test_embeds_are_framed_by_whom_the_setting_names(house: House) -> None:
    sites = "https://tour.example https://*.danang.example"
    app = create_app(replace(house.settings, embed_ancestors=sites), engine=house.engine)
    client = app.test_client()
    policy = client.get(f"/embed/o/{house.ids['whole']}").headers["Content-Security-Policy"]
    assert f"frame-ancestors {sites};" in policy
    assert "frame-ancestors 'none'" in client.get(f"/o/{house.ids['whole']}").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "given", ["", "x; script-src *", "https://a.example\r\nX: y", "javascript:", "'unsafe-inline'"]
)
def test_wrong_frame_setting_stops_the_start(house: House, given: str) -> None:
    with pytest.raises(Invalid):
        create_app(replace(house.settings, embed_ancestors=given), engine=house.engine)


def test_large_bodies_are_refused(house: House) -> None:
    client: FlaskClient = house.app.test_client()
    assert client.post("/login", data={"email": "x" * 2_000_000}).status_code == 413
    field = {"email": "x" * 300_000}
    assert client.post("/login", data=field, content_type="multipart/form-data").status_code == 413
    many = {f"f{n}": "x" for n in range(500)}
    assert client.post("/login", data=many, content_type="multipart/form-data").status_code == 413


def test_unknown_address_of_the_workbench_says_nothing(house: House) -> None:
    assert house.app.test_client().get("/work/none").status_code == 404
    assert house.app.test_client().get("/work/people/u12345678").status_code == 303


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "198.51.100.7", "127.0.0.1"),  # nobody stands in front: the header is the asker's own word
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.9.9.9, 198.51.100.7", "198.51.100.7"),  # the asker put one in front of what the proxy wrote
        (2, "10.9.9.9, 198.51.100.7, 203.0.113.1", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_address_is_believed_only_from_our_proxies(house: House, proxies: int, forwarded: str, seen: str) -> None:
    app = create_app(replace(house.settings, proxies=proxies), engine=house.engine)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with app.test_request_context("/login", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        assert client_address() == seen


@pytest.mark.parametrize(
    "kind", ["image/svg+xml", " Image/SVG+XML; charset=utf-8", "text/html", "application/javascript", ""]
)
def test_what_might_run_is_sent_as_bytes(kind: str) -> None:
    assert safe_type(kind) == "application/octet-stream"
    assert [safe_type(k) for k in ("image/webp", "text/vtt", "model/gltf-binary", "application/pdf")] == [
        "image/webp",
        "text/vtt",
        "model/gltf-binary",
        "application/pdf",
    ]
