"""The page Keeping at the workbench: figures for auditors, folders and findings for those of the whole museum."""

import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask

from museum import db
from museum.accounts.roles import Role
from museum.keeping import backing_up, doctor, log
from museum.keeping.log import BackupNote
from museum.web.app import create_app
from tests.keeping.conftest import Home
from tests.web.signing_in import ADMINISTRATOR, CURATOR, person, signed_in_as


@pytest.fixture
def app(home: Home) -> Iterator[Flask]:
    yield create_app(home.settings, engine=home.engine)


def page(app: Flask, language: str = "vi") -> str:
    return app.test_client().get(f"/work/keeping?lang={language}").text


def test_it_shows_backups_masters_and_what_the_doctor_found(home: Home, app: Flask, tmp_path: object) -> None:
    with signed_in_as(app, ADMINISTRATOR):
        assert "Chưa có bản sao lưu nào" in page(app)
        assert "Chưa kiểm tra lần nào" in page(app)
        done = backing_up.backup(home.settings, home.engine, home.settings.home.parent / "sao lưu")
        at = db.utc_now() + dt.timedelta(seconds=5)
        log.note_backup(home.settings, BackupNote(at=at, folder="x", error={"vi": "ổ đĩa đầy", "en": "disk full"}))
        doctor.note(home.settings, doctor.examine(home.settings, home.engine))
        shown = page(app)
        assert str(done.folder) in shown
        assert "ổ đĩa đầy" in shown
        assert "Đang lưu giữ 7 đối tượng." in shown
        assert shown.index("Có lỗi") < shown.index("mục ổn</summary>")
        assert "disk full" in page(app, "en")


def test_an_institutions_administrator_learns_nothing_of_the_machine(home: Home, app: Flask) -> None:
    done = backing_up.backup(home.settings, home.engine, home.settings.home.parent / "sao lưu")
    doctor.note(home.settings, doctor.examine(home.settings, home.engine))
    with signed_in_as(app, person(Role.ADMINISTRATOR, institution="hoi-an")):
        shown = page(app)
    assert "Sao lưu" in shown
    assert str(done.folder.parent) not in shown
    assert "libvips" not in shown
    with signed_in_as(app, ADMINISTRATOR):
        assert "libvips" in page(app)  # the control


def test_nobody_else_sees_it(app: Flask) -> None:
    assert app.test_client().get("/work/keeping").status_code == 303
    with signed_in_as(app, CURATOR):
        assert app.test_client().get("/work/keeping").status_code == 403
