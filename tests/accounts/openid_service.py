"""A small OpenID provider that really answers on this machine, for tests of signing in at another service."""

import base64
import datetime as dt
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

HOA = "hoa@baotang.example"
KEY = RSAKey.generate_key(2048, parameters={"kid": "one"})
Claims = dict[str, Any]


class Service(ThreadingHTTPServer):
    """An OpenID provider: /authorize sends back with a code, /token judges code, secret and PKCE verifier."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.codes: dict[str, dict[str, str]] = {}
        self.now = dt.datetime.now(dt.UTC)
        self.change: Callable[[Claims], None] = lambda _: None  # what a test makes wrong in the token
        self.sign: Callable[[Claims], str] = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)
        self.describe: Callable[[Claims], None] = lambda _: None
        self.methods = ["client_secret_basic"]

    def description(self) -> Claims:
        told: Claims = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": self.methods,
        }
        self.describe(told)
        return told

    def authorize(self, query: dict[str, str]) -> str:
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert set(query["scope"].split()) == {"openid", "email", "profile"}
        code = f"code{len(self.codes)}"
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.issuer}
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], authorization: str) -> Claims | None:
        asked = self.codes.pop(form.get("code", ""), None)
        if "client_secret_basic" in self.methods:
            given = unquote_plus(base64.b64decode(authorization.removeprefix("Basic ")).decode())
        else:
            given = f"{form.get('client_id')}:{form.get('client_secret')}"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if (
            asked is None
            or given != "museum:our secret"
            or challenge.decode() != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return None
        stamp = int(self.now.timestamp())
        claims: Claims = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": asked["client_id"],
            "nonce": asked["nonce"],
            "iat": stamp,
            "exp": stamp + 300,
            "email": "Hoa@BaoTang.example",
            "email_verified": True,
            "name": "Nguyễn Thị Hoa",
        }
        self.change(claims)
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.sign(claims)}


class _Answer(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.server.authorize(query))
            self.end_headers()
        elif parts.path == "/.well-known/openid-configuration":
            self._put(self.server.description())
        elif parts.path == "/keys":
            self._put({"keys": [KEY.as_dict(private=False)]})
        else:
            self._put(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._put(self.server.token(form, self.headers.get("Authorization", "")))

    def _put(self, told: Claims | None) -> None:
        self.send_response(200 if told is not None else 400)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def answering() -> Iterator[Service]:
    """The service, answering until the end."""
    with Service() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()
