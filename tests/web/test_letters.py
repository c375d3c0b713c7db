"""Letters: in their reader's language, to open in a mail program, or sent by a server that takes them."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from museum.config import Settings
from museum.errors import BackendError
from museum.web import letters

LINK = "https://baotang.example/invitation/abc"


class Postman(socketserver.ThreadingTCPServer):
    """A mail server of a few words (RFC 5321) that keeps what it is given."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[bytes] = []
        self.refuses = False


class _Talk(socketserver.StreamRequestHandler):
    server: Postman

    def handle(self) -> None:
        self._say("220 postman")
        while line := self.rfile.readline().strip().upper():
            if line.startswith(b"DATA"):
                self._say("354 go on")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.server.taken.append(body)
                self._say("250 taken")
            elif line.startswith(b"QUIT"):
                self._say("221 bye")
                return
            elif line.startswith(b"RCPT") and self.server.refuses:
                self._say("550 nobody of that name")
            else:
                self._say("250 well")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def postman() -> Iterator[Postman]:
    with Postman() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def settings(tmp_path: Path, port: int) -> Settings:
    return Settings(
        home=tmp_path,
        name_vi="Bảo tàng Điêu khắc Chăm",
        name_en="Museum of Cham Sculpture",
        contact_email="banquanly@baotang.example",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
    )


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Lời mời làm việc tại Bảo tàng"), ("en", "Invitation to Museum")]
)
def test_letter_speaks_its_readers_language(tmp_path: Path, language: str, words: str) -> None:
    letter = letters.invitation(settings(tmp_path, 1), to="moi@baotang.example", link=LINK, language=language)
    assert letter.subject.startswith(words)
    parts = urlsplit(letter.mailto)
    assert (parts.scheme, unquote(parts.path)) == ("mailto", "moi@baotang.example")
    assert LINK in parse_qs(parts.query)["body"][0]


def test_server_gets_the_letter_with_all_its_marks(tmp_path: Path, postman: Postman) -> None:
    given = settings(tmp_path, postman.server_address[1])
    letter = letters.new_password(given, to="hoa@baotang.example", link=LINK, language="vi")
    letters.send(given, letter)
    message = message_from_bytes(postman.taken[0], policy=policy.default)
    assert (message["To"], message["From"]) == ("hoa@baotang.example", "banquanly@baotang.example")
    assert message["Subject"] == "Mật khẩu mới cho Bảo tàng Điêu khắc Chăm"
    assert LINK in message.get_content()


def test_server_that_refuses_or_is_away_is_named(tmp_path: Path, postman: Postman) -> None:
    given = settings(tmp_path, postman.server_address[1])
    letter = letters.new_password(given, to="hoa@baotang.example", link=LINK, language="vi")
    postman.refuses = True
    for wrong in (given, replace(given, smtp_port=1)):
        with pytest.raises(BackendError) as caught:
            letters.send(wrong, letter)
        assert "127.0.0.1" in caught.value.message("vi")
    assert not letters.can_send(replace(given, smtp_host=""))
