"""Behind proxies: the museum's address in what it says is the one that the asker used, and nobody forges it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from museum.config import Settings
from museum.errors import Invalid
from museum.web.app import wsgi
from museum.web.proxies import KNOWN, Trust, origin
from tests.web.planted import OPEN_PHOTO, Planted, plant
from tests.web.planted_words import IDS

INFO = f"/iiif/image/3/{OPEN_PHOTO}/info.json"
TILE = f"/iiif/image/3/{OPEN_PHOTO}/full/max/0/default.jpg"
MANIFEST = f"/iiif/presentation/3/{IDS['open']}/manifest"
HONEST = {
    "Host": "127.0.0.1:8000",
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "baotang.example",
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return plant(tmp_path_factory.mktemp("proxies") / "museum")


Ask = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def ask(planted: Planted) -> Ask:
    """Ask the whole site with these settings and headers."""

    running: dict[Settings, Client] = {}

    def made(path: str, headers: dict[str, str], **given: Any) -> TestResponse:
        settings = replace(planted.settings, **{"public_url": "", "proxies": 1, **given})
        if settings not in running:
            running[settings] = Client(wsgi(settings, engine=planted.engine))
        return running[settings].get(path, headers=headers)

    return made


def names(answer: TestResponse) -> str:
    """The address that an info.json gives as its own, up to the identifier."""
    assert answer.status_code == 200, answer.text
    said: str = json.loads(answer.data)["id"]
    return said.removesuffix(f"/iiif/image/3/{OPEN_PHOTO}")


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (HONEST, "https://baotang.example"),
        ({"Host": "baotang.example"}, "http://baotang.example"),
        ({"Host": "baotang.example:8080"}, "http://baotang.example:8080"),
        ({"Host": "baotang.example", "X-Forwarded-Proto": "https"}, "https://baotang.example"),
        ({**HONEST, "X-Forwarded-Host": "baotang.example:8443"}, "https://baotang.example:8443"),
        ({**HONEST, "X-Forwarded-Port": "8443"}, "https://baotang.example:8443"),
        ({**HONEST, "X-Forwarded-Port": "443"}, "https://baotang.example"),
        ({**HONEST, "X-Forwarded-Host": "a.example:8080", "X-Forwarded-Port": "80"}, "https://a.example:8080"),
        ({**HONEST, "X-Forwarded-Host": "[2001:db8::7]:8443"}, "https://[2001:db8::7]:8443"),
        ({**HONEST, "X-Forwarded-Host": "[2001:db8::7]", "X-Forwarded-Port": "8443"}, "https://[2001:db8::7]:8443"),
        ({**HONEST, "X-Forwarded-Host": "evil.example, baotang.example"}, "https://baotang.example"),
        ({**HONEST, "X-Forwarded-Proto": "https, http"}, "http://baotang.example"),
        ({**HONEST, "X-Forwarded-Proto": "javascript"}, "http://baotang.example"),
        ({**HONEST, "X-Forwarded-Host": 'x"><script>', "Host": "h.example"}, "https://h.example"),
        ({**HONEST, "X-Forwarded-Port": "0"}, "https://baotang.example"),
        ({**HONEST, "X-Forwarded-Port": "99999"}, "https://baotang.example"),
        ({**HONEST, "Forwarded": "host=evil.example;proto=http"}, "https://baotang.example"),
    ],
)
def test_one_proxy_tells_where_we_are(ask: Ask, headers: dict[str, str], said: str) -> None:
    assert names(ask(INFO, headers)) == said


@pytest.mark.parametrize(
    ("forwarded", "said"),
    [
        ("for=203.0.113.7;proto=https;host=baotang.example", "https://baotang.example"),
        ('For="[2001:db8::7]:4711";Proto=HTTPS;Host="baotang.example:8443"', "https://baotang.example:8443"),
        ('host=evil.example, for=203.0.113.7; proto=https; host="baotang.example"', "https://baotang.example"),
        ('for="a\\"b,c;d=e";proto=https;host=baotang.example', "https://baotang.example"),
        ('for="open,proto=https;host=baotang.example', "http://127.0.0.1:8000"),
        ("gibberish", "http://127.0.0.1:8000"),
    ],
)
def test_the_standard_header_says_the_same(ask: Ask, forwarded: str, said: str) -> None:
    headers = {**HONEST, "Forwarded": forwarded, "X-Forwarded-Host": "evil.example"}
    assert names(ask(INFO, headers, proxy_headers="forwarded")) == said


def test_two_proxies_and_a_liar_before_them(ask: Ask) -> None:
    headers = {**HONEST, "X-Forwarded-Host": "evil.example, baotang.example, inner:8000"}
    headers["X-Forwarded-Proto"] = "gopher, https, http"
    assert names(ask(INFO, headers, proxies=2)) == "https://baotang.example"
    # The outer one wrote it, the inner one handed it on as it was.
    headers |= {"X-Forwarded-Host": "baotang.example", "X-Forwarded-Proto": "https"}
    assert names(ask(INFO, headers, proxies=2)) == "https://baotang.example"


def test_without_proxies_nobody_is_believed(ask: Ask) -> None:
    lies = {**HONEST, "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    tried = 0
    for path in (INFO, TILE, MANIFEST, f"/iiif/image/2/{OPEN_PHOTO}/info.json", f"/iiif/image/3/{OPEN_PHOTO}"):
        answer = ask(path, lies, proxies=0)
        told = f"{answer.headers} {answer.data.decode('latin-1')}"
        assert answer.status_code in (200, 303)
        assert "evil" not in told and "http://127.0.0.1:8000/iiif" in told, path
        believed = ask(path, lies, proxies=1)  # control: whoever trusts a liar repeats the lie
        assert "evil" in f"{believed.headers} {believed.data.decode('latin-1')}", path
        tried += 1
    print(f"{tried} kinds of answers, none repeats a forged host")


def test_only_the_headers_that_proxies_write_are_believed(ask: Ask) -> None:
    headers = {**HONEST, "X-Forwarded-Host": "evil.example", "Host": "baotang.example"}
    assert names(ask(INFO, headers, proxy_headers="x-forwarded-for x-forwarded-proto")) == "https://baotang.example"


def test_the_setting_goes_before_every_header(ask: Ask) -> None:
    for settings in ({"proxies": 0}, {"proxies": 1}):
        answer = ask(INFO, HONEST, public_url="https://www.baotang.example:444/", **settings)
        assert names(answer) == "https://www.baotang.example:444"


def test_canonical_link_manifest_and_base_redirect_agree(ask: Ask) -> None:
    where = "https://baotang.example"
    assert f'<{where}{TILE}>;rel="canonical"' in ask(TILE, HONEST).headers["Link"]
    assert json.loads(ask(MANIFEST, HONEST).data)["id"] == where + MANIFEST
    assert ask(f"/iiif/image/3/{OPEN_PHOTO}", HONEST).headers["Location"] == where + INFO


def test_the_site_refuses_to_live_under_a_path(ask: Ask, planted: Planted) -> None:
    answer = ask(INFO, {**HONEST, "X-Forwarded-Prefix": "/museum"})
    assert answer.status_code == 501
    assert "/museum" in answer.text and "--only iiif" in answer.text
    assert names(ask(INFO, {**HONEST, "X-Forwarded-Prefix": "/"})) == "https://baotang.example"
    with pytest.raises(Invalid, match="public_url"):
        wsgi(replace(planted.settings, public_url="https://hue.example/museum"), engine=planted.engine)


@pytest.mark.parametrize("given", ["x-real-ip", "forwarded, x-forwarded-for", "host"])
def test_a_header_that_tells_nothing_stops_the_start(planted: Planted, given: str) -> None:
    with pytest.raises(Invalid, match="proxy_headers"):
        wsgi(replace(planted.settings, proxies=1, proxy_headers=given), engine=planted.engine)


@pytest.mark.parametrize(
    ("proxies", "headers", "environ", "seen"),
    [
        (1, "x-forwarded-for", {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7"}, "198.51.100.7"),
        (2, "x-forwarded-for", {"HTTP_X_FORWARDED_FOR": "198.51.100.7"}, ""),
        (1, "forwarded", {"HTTP_FORWARDED": 'for=1.2.3.4, for="198.51.100.7:4711"'}, "198.51.100.7"),
        (1, "forwarded", {"HTTP_FORWARDED": 'for="[2001:db8::7]:80"'}, "2001:db8::7"),
        (1, "forwarded", {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, ""),
        (0, "x-forwarded-for", {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, ""),
    ],
)
def test_who_asks_is_told_by_the_same_proxies(
    planted: Planted, proxies: int, headers: str, environ: dict[str, str], seen: str
) -> None:
    settings = replace(planted.settings, proxies=proxies, proxy_headers=headers)
    assert Trust.of(settings).client(environ) == seen


def test_default_ports_and_bare_addresses_are_written_as_browsers_do() -> None:
    said = [
        ({"HTTP_HOST": "h.example:80"}, "http://h.example"),
        ({"HTTP_HOST": "h.example:443", "wsgi.url_scheme": "https"}, "https://h.example"),
        ({"HTTP_HOST": "h.example:443"}, "http://h.example:443"),
        ({"HTTP_HOST": "[::1]:80"}, "http://[::1]"),
        ({"SERVER_NAME": "::1", "SERVER_PORT": "8000"}, "http://[::1]:8000"),
        ({"HTTP_HOST": "h.example/../", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80"}, "http://127.0.0.1"),
    ]
    for environ, expected in said:
        assert origin(environ) == expected  # type: ignore[arg-type]  # a part of an environ
    assert set(KNOWN) >= set(Settings.proxy_headers.replace(",", " ").split())


def test_pages_name_the_same_host(ask: Ask) -> None:
    page = ask(f"/o/{IDS['open']}", HONEST).text
    assert "https://baotang.example/o/" in page
    assert "127.0.0.1:8000" not in page
