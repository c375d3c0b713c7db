"""The doors and the workbench in a real browser: no fault known to axe, nothing too wide, no script needed."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from PIL import Image
from playwright.sync_api import Page
from sqlalchemy import Engine

from museum import config, db
from museum.accounts import invitations, people, resets
from museum.accounts.passwords import STRONG
from museum.accounts.policy import Grant, operator
from museum.accounts.roles import Role
from tests.browser.axe import judge
from tests.browser.conftest import Visit
from tests.browser.places import in_language
from tests.museums import Served, run, serving

pytestmark = pytest.mark.browser
Visitors = Callable[..., AbstractContextManager[Visit]]
PASSWORD = "chín đỉnh đồng trước Thế Miếu"
SIZES = ((1440, 900), (360, 740))


@dataclass(frozen=True)
class Staffed:
    """A museum with people, drafts, an open invitation, and somebody who asks for a new password."""

    served: Served
    invitation: str
    reset: str
    curator_id: str

    def pages(self) -> dict[str, str]:
        """Every kind of page of the workbench, by name."""
        record = self.served.records()[0]
        return {
            "overview": "/work",
            "records": "/work/records",
            "history": f"/work/o/{record['id']}/history",
            "changes": "/work/changes",
            "search": "/work/search",
            "search that tells why": "/work/search?q=BTH-0123",
            "synonyms": "/work/synonyms",
            "synonym": "/work/synonyms/vac-cauldron",
            "links": f"/work/links?of={record['id']}",
            "people": "/work/people",
            "person": f"/work/people/{self.curator_id}",
            "invite": "/work/invite",
            "keys": "/work/keys",
            "jobs": "/work/jobs",
            "keeping": "/work/keeping",
            "account": "/account",
            "second factor": "/account/second-factor",
        }


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    home = tmp_path_factory.mktemp("staffed") / "museum"
    assert run("init", home).returncode == 0
    with (home / "museum.toml").open("a", encoding="utf-8") as settings:
        settings.write('second_factor_roles = ""\n')  # the administrator comes in by the password alone
    folder = home.parent / "folder"
    folder.mkdir()
    for number, color in (("BTH-0123", (120, 60, 30)), ("BTH-0124", (30, 90, 80))):
        picture = io.BytesIO()
        Image.new("RGB", (320, 240), color).save(picture, "JPEG")
        (folder / f"{number}.jpg").write_bytes(picture.getvalue())
    done = run("ingest", folder, home=home)
    assert done.returncode == 0, done.stderr[-2000:]
    invitation, reset, curator_id = _people(home)
    with serving(home, "--no-work", "--workers", "1") as served:
        yield Staffed(served, invitation, reset, curator_id)


def _people(home: Path) -> tuple[str, str, str]:
    by, hashed = operator("test"), STRONG.hash(PASSWORD)
    with _engine(home) as engine:
        with db.writing(engine) as session:
            for email, name, role, place in (
                ("quan@baotang.example", "Trần Văn Quản", Role.ADMINISTRATOR, "*"),
                ("hoa@baotang.example", "Lê Thị Hoa", Role.CURATOR, "museum"),
            ):
                grant = Grant(role=role, institution=place)
                user = people.create(session, email, name=name, by=by, grants=[grant], password_hash=hashed)
            restorer = Grant(role=Role.RESTORER, institution="museum")
            invited = invitations.invite(session, "moi@baotang.example", by=by, grants=[restorer])
            reset = resets.issue(session, user.id, by=by)
        resets.ask(engine, "hoa@baotang.example", address="203.162.4.191")
    return invited.token, reset.token, user.id


@contextmanager
def _engine(home: Path) -> Iterator[Engine]:
    engine = db.open_engine(config.load(home).database)
    yield engine
    engine.dispose()


def sign_in(page: Page, staffed: Staffed, email: str = "quan@baotang.example") -> None:
    page.goto(f"{staffed.served.url}/login")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/work$"))


def _faults(page: Page, name: str) -> Iterator[str]:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            yield f"{name}, {width} px: wider than the window"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            verdict = judge(page)
            assert verdict.rules_held >= 12, f"{name}: axe judged next to nothing"
            yield from (f"{name}, {scheme}, {width} px: {fault}" for fault in verdict.faults)


def test_axe_finds_no_fault_at_the_doors(visitors: Visitors, staffed: Staffed) -> None:
    doors = {
        "login": "/login",
        "cannot sign in": "/reset",
        "invitation": f"/invitation/{staffed.invitation}",
        "new password": f"/reset/{staffed.reset}",
    }
    faults: list[str] = []
    with visitors(staffed.served, reduced_motion="reduce") as visitor:
        for language in ("vi", "en"):
            for name, address in doors.items():
                faults += _faults(visitor.open(in_language(address, language)), f"{name}, {language}")
    print(f"{len(doors) * 8} states of doors judged, {len(faults)} faults")
    assert not faults, "\n".join(faults)


def test_axe_finds_no_fault_at_the_workbench(visitors: Visitors, staffed: Staffed) -> None:
    pages = staffed.pages()
    faults: list[str] = []
    with visitors(staffed.served, reduced_motion="reduce") as visitor:
        sign_in(visitor.page, staffed)
        for language in ("vi", "en"):
            for name, address in pages.items():
                faults += _faults(visitor.open(in_language(address, language)), f"{name}, {language}")
    print(f"{len(pages) * 8} states of the workbench judged, {len(faults)} faults")
    assert not faults, "\n".join(faults)


def test_workbench_needs_no_script(visitors: Visitors, staffed: Staffed) -> None:
    """Inviting, making a key and a second factor, and signing out, with scripts off."""
    with visitors(staffed.served, java_script_enabled=False) as visitor:
        page = visitor.page
        sign_in(page, staffed)
        visitor.open("/work/invite")
        page.fill("#email", "ban@baotang.example")
        page.select_option("#role", "curator")
        page.click("main .form button[type=submit]")
        assert "/invitation/" in page.input_value("#link")

        visitor.open("/work/keys")
        page.fill("#name", "Kiểm kê")
        page.check("input[name=scopes][value=export]")
        page.click("main .form button[type=submit]")
        assert page.input_value("#new-key").startswith("mus_")

        visitor.open("/account/second-factor")
        page.click("summary")
        secret = page.text_content("code.secret") or ""
        page.fill("#code", pyotp.TOTP(secret.replace(" ", "")).now())
        page.click("main .form button[type=submit]")
        codes = page.locator(".codes code").all_text_contents()
        assert len(codes) == 10

        page.click(".work-top form button")
        page.wait_for_url(re.compile("/login$"))
        page.fill("#email", "quan@baotang.example")
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.fill("#code", codes[0])
        page.click("main .form button[type=submit]")
        page.wait_for_url(re.compile("/work$"))
        visitor.open("/account/second-factor")
        page.fill("#code", codes[1])
        page.click("button.grave")
        page.wait_for_url(re.compile("/account$"))
