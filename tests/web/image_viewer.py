"""A viewer of IIIF Authorization Flow 2.0 by the letter of the standard, and the person who sits before it."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from werkzeug.test import Client, TestResponse

from museum.iiif.authorization import CONTEXT
from tests.web.image_museum import ORIGIN
from tests.web.signing_in import PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_POSTED = re.compile(r'window\.parent\.postMessage\((\{.*\}), "([^"]+)"\);</script>')
MAPS = ("label", "heading", "note", "confirmLabel", "errorHeading", "errorNote")


def language_map(value: Any) -> bool:
    """Presentation 3.0 §4.1."""
    return isinstance(value, dict) and all(
        isinstance(k, str) and all(isinstance(w, str) for w in v) for k, v in value.items()
    )


@dataclass
class Viewer:
    """Runs on a page of `origin`. Browsers keep its museum's cookies, and send other sites' frames and pictures only
    the one with SameSite=None."""

    client: Client
    origin: str = ORIGIN
    home: str = "https://baotang.example"
    cookies: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)

    def open(self, address: str, *, method: str = "GET", in_window: bool = False, **options: Any) -> TestResponse:
        """Ask as the browser does: from a window of the museum's own with all cookies, else for the page's picture."""
        sent = self.cookies if in_window else {k: v for k, v in self.cookies.items() if self._crosses(k)}
        headers = {"Sec-Fetch-Site": "none" if in_window else "cross-site"}
        headers |= {"Sec-Fetch-Dest": "document"} if in_window else {"Referer": f"{self.origin}/"}
        headers |= {"Cookie": "; ".join(f"{k}={v}" for k, v in sent.items())} if sent else {}
        headers |= options.pop("headers", {})
        parts = urlsplit(address)
        base = f"{parts.scheme}://{parts.netloc}" if parts.netloc else self.home
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = self.client.open(path, method=method, base_url=base, headers=headers, **options)
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, rest = line.partition("=")
            value, _, attributes = rest.partition(";")
            self.attributes[name] = attributes
            if "Max-Age=0" in attributes or not value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    def info(self, media_id: str, version: int = 3) -> dict[str, Any]:
        """The description, fetched by script: without cookies."""
        answer = self.client.get(f"/iiif/image/{version}/{media_id}/info.json", base_url=self.home)
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        found: dict[str, Any] = answer.get_json(force=True)
        return found

    def probe(self, address: str, token: str = "") -> dict[str, Any]:
        """§5: the browser asks first whether the token may be sent, then sends it."""
        if token:
            before = self.client.options(
                urlsplit(address).path,
                headers={"Origin": self.origin, "Access-Control-Request-Headers": "authorization"},
            )
            assert before.status_code == 204
            assert before.headers["Access-Control-Allow-Headers"].lower() == "authorization"
            assert before.headers["Access-Control-Allow-Origin"] == "*"
        headers = {"Origin": self.origin, **({"Authorization": f"Bearer {token}"} if token else {})}
        answer = self.client.get(urlsplit(address).path, headers=headers, base_url=self.home)
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "no-store" in answer.headers["Cache-Control"]
        found: dict[str, Any] = answer.get_json(force=True)
        assert (found["@context"], found["type"]) == (CONTEXT, "AuthProbeResult2")
        assert isinstance(found["status"], int)
        assert found["status"] == 200 or (language_map(found["heading"]) and language_map(found["note"]))
        assert "location" not in found
        return found

    def token(self, address: str, message_id: str = "a-1", origin: str = "") -> dict[str, Any]:
        """§4: a hidden frame; what it posts reaches this page only when it is addressed to its origin."""
        asked = urlencode({"messageId": message_id, "origin": origin or self.origin})
        answer = self.open(f"{address}?{asked}")
        assert answer.status_code == 200
        assert answer.mimetype == "text/html"
        posted = _POSTED.search(answer.text)
        assert posted is not None
        assert posted[2] == (origin or self.origin)
        policy = answer.headers["Content-Security-Policy"]
        assert f"frame-ancestors 'self' {posted[2]}" in policy
        nonce = re.search(r"'nonce-([^']+)'", policy)
        assert nonce is not None
        assert f'<script nonce="{nonce[1]}">' in answer.text
        message: dict[str, Any] = orjson.loads(posted[1])
        assert message["@context"] == CONTEXT
        assert message["messageId"] == message_id
        return message

    def sign_in(self, access: str, email: str, password: str = PASSWORD) -> TestResponse:
        """§3.3.1: open the access service in a window, go through the museum's own door, press its button."""
        window = self.open(f"{access}?origin={quote(self.origin, safe='')}", in_window=True)
        if window.status_code == 303:
            door = window.headers["Location"]
            page = self.open(door, in_window=True)
            assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
            window = self._send(door, page, email=email, password=password)
            assert window.status_code == 303
            window = self.open(window.headers["Location"], in_window=True)
        assert window.status_code == 200
        assert window.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
        action = re.search(r'<form class="form" action="([^"]+)"', window.text)
        assert action is not None
        done = self._send(action[1].replace("&amp;", "&"), window)
        assert "window.close()" in done.text
        return done

    def _send(self, address: str, page: TestResponse, **fields: str) -> TestResponse:
        token = _TOKEN.search(page.text)
        assert token is not None
        data = {"csrf_token": token[1], **fields}
        headers = {"Referer": f"{self.home}/", "Sec-Fetch-Site": "same-origin"}
        return self.open(address, method="POST", in_window=True, data=data, headers=headers)

    def _crosses(self, name: str) -> bool:
        return "SameSite=None" in self.attributes.get(name, "") and "Secure" in self.attributes.get(name, "")


def services(info: dict[str, Any], profile: str = "active") -> tuple[str, str, str, str]:
    """(probe, access, token, logout) of a description, judged by §2–§6; "" where there is none."""
    probe = next(s for s in info["service"] if s["type"] == "AuthProbeService2")
    access = next(s for s in probe["service"] if s["profile"] == profile)
    assert access["type"] == "AuthAccessService2"
    inner = {s["type"]: s for s in access["service"]}
    assert inner.keys() <= {"AuthAccessTokenService2", "AuthLogoutService2"}
    for thing in (probe, access, *inner.values()):
        assert thing["id"].startswith("https://")
        assert all(language_map(thing[name]) for name in MAPS if name in thing)
        assert "errorNote" not in thing or "errorHeading" in thing
    if profile == "active":
        assert {"label", "heading", "note", "confirmLabel"} <= access.keys()
        assert "label" in inner["AuthLogoutService2"]
    logout = inner.get("AuthLogoutService2", {}).get("id", "")
    return probe["id"], access["id"], inner["AuthAccessTokenService2"]["id"], logout
