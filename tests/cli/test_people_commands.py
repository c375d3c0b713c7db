"""`museum people` and the first administrator: by link, never by a typed password; JSON for scripts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from museum import config, db
from museum.accounts import invitations, people, policy, resets, sessions
from museum.accounts.passwords import Passwords
from museum.cli.main import main

QUICK = Passwords(time_cost=1, memory_kib=64, parallelism=1)
PASSWORD = "chín đỉnh đồng trước Thế Miếu"


def museum(*arguments: str | Path, home: Path | None = None, language: str = "en") -> Result:
    """Run `museum` in this process, with nothing to read from."""
    given = [*(["--home", str(home)] if home else []), *map(str, arguments)]
    return CliRunner(env={"MUSEUM_LANGUAGE": language}).invoke(main, given, input="")


def museum_json(*arguments: str | Path, home: Path | None = None) -> Any:
    """Run it with --json; it must succeed."""
    done = museum(*arguments, "--json", home=home)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A museum with a peer, nobody in it yet."""
    home = tmp_path_factory.mktemp("people") / "bảo tàng"
    assert museum("init", home).exit_code == 0
    added = museum_json("people", "institutions", "add", "cham", "--name-vi", "Bảo tàng Điêu khắc Chăm", home=home)
    assert added["name"] == {"vi": "Bảo tàng Điêu khắc Chăm"}
    return home


def test_init_without_an_administrator_says_how_to_add_one(tmp_path: Path) -> None:
    done = museum("init", tmp_path / "hue")
    assert (done.exit_code, "people invite EMAIL --role 'administrator:*'" in done.stdout) == (0, True)
    assert "/invitation/" not in done.stdout
    assert "người quản trị" in museum("init", tmp_path / "hue", language="vi").stdout


def test_init_invites_the_first_administrator_who_then_can_sign_in(tmp_path: Path) -> None:
    folder = tmp_path / "hue"
    made = museum_json("init", folder, "--admin-email", "Hoa@BaoTang.example", "--admin-name", "Nguyễn Thị Hoa")
    assert made["home"] == str(folder)
    administrator = made["administrator"]
    assert (administrator["email"], administrator["roles"]) == ("hoa@baotang.example", ["administrator:*"])
    engine = db.open_engine(config.load(folder).database)
    token = administrator["link"].rpartition("/invitation/")[2]
    user = invitations.accept(engine, token, password=PASSWORD, passwords=QUICK)
    with db.writing(engine) as session:
        issued = sessions.begin(session, user.id)
    found = sessions.viewer_of(engine, issued.token)
    assert found is not None
    assert policy.covers(found.viewer, people.WHOLE)
    again = museum_json("init", folder, "--admin-email", "hoa@baotang.example")
    assert again["administrator"] is None
    assert "administrator yet" not in museum("init", folder).stdout
    engine.dispose()


def test_nobody_types_a_password_at_the_command_line() -> None:
    """Neither an option nor a question takes one: it would stand in the shell's history."""
    groups = [main.commands["people"], main.commands["people"].commands["institutions"]]
    commands = [main.commands["init"], *(command for group in groups for command in group.commands.values())]
    options = {name for command in commands for option in command.params for name in option.opts}
    assert len(options) > 10
    assert not [name for name in options if re.search("pass|secret|pin", name)]


def test_a_person_is_invited_listed_and_comes_in(home: Path) -> None:
    made = museum_json(
        "people", "invite", "lan@baotang.example", "--role", "curator:cham", "--name", "Lan",
        "--base-url", "https://baotang.example/", home=home,
    )  # fmt: skip
    assert made["link"].startswith("https://baotang.example/invitation/")
    assert made["expires_at"] > "2026"
    assert [each["email"] for each in museum_json("people", "list", "--invited", home=home)] == ["lan@baotang.example"]
    engine = db.open_engine(config.load(home).database)
    invitations.accept(engine, made["link"].rpartition("/")[2], password=PASSWORD, passwords=QUICK)
    engine.dispose()
    assert museum_json("people", "list", "--invited", home=home) == []
    (listed,) = [p for p in museum_json("people", "list", home=home) if p["email"] == "lan@baotang.example"]
    assert (listed["name"], listed["roles"], listed["has_password"]) == ("Lan", ["curator:cham"], True)
    assert "password_hash" not in listed


def test_roles_are_given_and_taken(home: Path) -> None:
    added = museum_json(
        "people", "add", "minh@baotang.example", "--name", "Minh", "--role", "contributor:museum", home=home
    )
    assert added["roles"] == ["contributor:museum"]
    given = museum_json("people", "grant", "MINH@baotang.example", "restorer:cham:Tượng đá", home=home)
    assert given["roles"] == ["restorer:cham:Tượng đá", "contributor:museum"]
    taken = museum_json("people", "revoke", "minh@baotang.example", "contributor:museum", home=home)
    assert taken["roles"] == ["restorer:cham:Tượng đá"]
    shown = museum("people", "list", home=home).stdout
    assert re.search(r"minh@baotang\.example\s+Minh\s+restorer:cham:Tượng đá", shown)


def test_a_reset_link_is_printed_and_opens_that_account(home: Path) -> None:
    museum_json("people", "add", "an@baotang.example", "--name", "An", home=home)
    done = museum("people", "reset", "an@baotang.example", "--second-factor", home=home)
    link = re.search(r"/reset/(\S+)", done.stdout)
    assert link is not None
    engine = db.open_engine(config.load(home).database)
    with db.reading(engine) as session:
        assert resets.look(session, link[1]).email == "an@baotang.example"
    engine.dispose()


def test_an_account_is_shut_and_opened(home: Path) -> None:
    museum_json("people", "add", "binh@baotang.example", "--name", "Bình", home=home)
    assert museum_json("people", "deactivate", "binh@baotang.example", home=home)["is_active"] is False
    assert "(đã khóa)" in museum("people", "list", home=home, language="vi").stdout
    assert museum_json("people", "reactivate", "binh@baotang.example", home=home)["is_active"] is True


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (["grant", "nobody@baotang.example", "curator:cham"], 4, "no account"),
        (["invite", "hue@baotang.example", "--role", "boss:cham"], 2, "boss:cham"),
        (["invite", "hue@baotang.example", "--role", "curator"], 2, "ROLE:INSTITUTION"),
        (["invite", "hue@baotang.example", "--role", "curator:hoi-an"], 4, "hoi-an"),
        (["invite", "hue@baotang.example"], 2, "no role"),
        (["invite", "hue", "--role", "curator:cham"], 2, "e-mail"),
        (["institutions", "add", "cham", "--name-vi", "Chăm"], 6, "taken"),
        (["institutions", "add", "Bảo tàng", "--name-vi", "Chăm"], 2, "hyphens"),
        (["institutions", "add", "*", "--name-vi", "Chăm"], 2, "hyphens"),
        (["institutions", "add", "hoi-an"], 2, "no name"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(home: Path, arguments: list[str], exit_code: int, words: str) -> None:
    done = museum("people", *arguments, home=home)
    assert (done.exit_code, words in done.stderr) == (exit_code, True), done.stderr
    assert "Traceback" not in done.stderr
    assert museum("people", *arguments, home=home, language="vi").stderr != done.stderr


def test_the_last_administrator_cannot_be_shut_out(tmp_path: Path) -> None:
    assert museum("init", tmp_path).exit_code == 0
    museum_json("people", "add", "hoa@baotang.example", "--name", "Hoa", "--role", "administrator:*", home=tmp_path)
    assert museum("people", "revoke", "hoa@baotang.example", "administrator:*", home=tmp_path).exit_code == 6
    assert museum("people", "deactivate", "hoa@baotang.example", home=tmp_path).exit_code == 6


def test_institutions_are_listed(home: Path) -> None:
    assert [each["code"] for each in museum_json("people", "institutions", "list", home=home)] == ["cham", "museum"]
    assert "Bảo tàng Điêu khắc Chăm" in museum("people", "institutions", "list", home=home).stdout
