"""A backup made while the museum works becomes the same museum again, or says that it can't."""

import errno
import json
import os
import shutil
import threading
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from museum import db
from museum.catalog import store
from museum.errors import BackendError, Conflict, Invalid, MuseumError, SourceError
from museum.ingest import check, run
from museum.ingest.lock import no_purge, only_purge
from museum.ingest.removing import remove_samples
from museum.ingest.run import Options
from museum.keeping import backing_up, contents, copying, generations, log, resettling, restoring
from museum.keeping.backing_up import backup
from museum.keeping.restoring import MARK, restore
from tests.keeping.conftest import Home, reopened, tree, write_folder
from tests.keeping.killing import killed_at, steps_of


def test_a_restored_museum_is_the_same_byte_by_byte(home: Home, tmp_path: Path) -> None:
    done = backup(home.settings, home.engine, tmp_path / "sao lưu")
    restored = restore(done.folder, tmp_path / "mới", workers=0)
    again = reopened(tmp_path / "mới")
    assert again.dump() == home.dump() != b""
    assert again.story_dump() == home.story_dump() != []
    before, after = tree(home.settings.masters_root), tree(again.settings.masters_root)
    assert before == after
    made = tree(again.settings.derived).keys()
    assert made < tree(home.settings.derived).keys()  # the deleted record's are not made anew
    assert restored.media_made == 4
    assert check.is_sound(check.check(again.settings, again.engine))
    assert not (tmp_path / "mới" / MARK).exists()
    print(f"{len(before)} master files and {len(home.dump().splitlines())} records are byte-identical")
    again.close()


def test_secrets_stay_out_of_a_backup_and_are_made_anew(home: Home, tmp_path: Path) -> None:
    path = home.settings.home / "museum.toml"
    secrets = {"secret_key": "khóa cũ 0123456789 abcdefghijklmnop", "smtp_password": "mật khẩu thư 7"}
    text = path.read_text(encoding="utf-8").replace(
        'database_url = ""', 'database_url = "postgresql+psycopg://hoa:mật-khẩu-9@db/museum"'
    )
    lines = [f'{name} = "{value}"\n' for name, value in secrets.items() if f"\n{name} =" not in text]
    path.write_text(text + "".join(lines), encoding="utf-8")
    (home.settings.home / "secret.key").write_text("khóa-trong-tệp-123", encoding="ascii", errors="replace")
    done = backup(home.settings, home.engine, tmp_path / "b")
    assert {"secret_key", "smtp_password", "database_url", "secret.key"} == set(done.left_out)
    words = [word.encode() for word in (*secrets.values(), "mật-khẩu-9", "-trong-t")]
    assert [path for path, data in tree(done.folder).items() if any(word in data for word in words)] == []
    there = b"".join(data for name, data in tree(home.settings.home).items() if name in ("museum.toml", "secret.key"))
    assert all(word in there for word in words)  # the control: that is how they are found
    restored = restore(done.folder, tmp_path / "mới", derive=False)
    again = tomllib.loads((tmp_path / "mới" / "museum.toml").read_text(encoding="utf-8"))
    assert again["name_vi"] == "Bảo tàng Huế"
    assert not again.keys() & secrets.keys()
    assert len((tmp_path / "mới" / "secret.key").read_text(encoding="ascii").strip()) >= 32
    assert "database_url" in restored.to_set
    assert "Cài đặt của bảo tàng" in (tmp_path / "mới" / "museum.toml").read_text(encoding="utf-8")


def test_nobody_else_on_the_machine_reads_a_backup(home: Home, tmp_path: Path) -> None:
    done = backup(home.settings, home.engine, tmp_path / "b")
    loose = [p for p in done.folder.rglob("*") if p.stat().st_mode & 0o077 and p.is_file() and p.name != contents.NAME]
    assert loose == []
    assert done.folder.stat().st_mode & 0o077 == 0


def test_nobody_else_on_the_machine_looks_into_a_museum_or_a_restored_one(home: Home, tmp_path: Path) -> None:
    """Masters hold what few may know: valuations, vaults, exact places."""
    done = backup(home.settings, home.engine, tmp_path / "b")
    restore(done.folder, tmp_path / "mới", derive=False)
    resettling.copy_masters(home.settings.masters_root, tmp_path / "từ bản gốc")
    for media in (home.settings.media, tmp_path / "mới" / "media", tmp_path / "từ bản gốc" / "media"):
        assert media.stat().st_mode & 0o007 == 0, media
        assert any(media.rglob("record.json")), "the control: there is something to read"


def test_the_second_backup_shares_what_did_not_change(home: Home, tmp_path: Path) -> None:
    first = backup(home.settings, home.engine, tmp_path / "b")
    home.rename(home.ids()["BTH.01"], "Vạc đồng, đúc năm 1659")
    second = backup(home.settings, home.engine, tmp_path / "b")
    assert second.linked_files > 0.6 * first.files
    assert second.written_bytes < first.written_bytes / 2
    photo = next(p for p in first.folder.rglob("*.jpg"))
    assert photo.samefile(second.folder / photo.relative_to(first.folder))
    assert restoring.verify_backup(second.folder) == []
    restore(second.folder, tmp_path / "mới", derive=False)
    again = reopened(tmp_path / "mới")
    assert again.dump() == home.dump()
    again.close()
    restore(first.folder, tmp_path / "cũ", derive=False)
    again = reopened(tmp_path / "cũ")
    assert again.dump() != home.dump()
    again.close()


def test_only_the_newest_are_kept_and_a_strangers_are_left_alone(home: Home, tmp_path: Path) -> None:
    made = [backup(home.settings, home.engine, tmp_path / "b", keep=2).folder for _ in range(3)]
    stranger = tmp_path / "b" / "20200101T000000Z"
    shutil.copytree(made[-1], stranger)
    namesake = tmp_path / "b" / "20200102T000000Z"  # it was founded with the same code
    shutil.copytree(made[-1], namesake)
    for folder, said, word in ((stranger, "institution_code", "hoi-an"), (namesake, "name", "Bảo tàng Hội An")):
        about, files = contents.read(folder)
        object.__setattr__(about, said, word)
        contents.write(folder, about, files.values())
    last = backup(home.settings, home.engine, tmp_path / "b", keep=2)
    assert {g.folder for g in generations.all_of(tmp_path / "b")} == {made[-1], last.folder, stranger, namesake}
    assert last.dropped == (made[-2].name,)
    assert log.backups(home.settings)[0].folder == str(last.folder)


def test_what_failed_is_said_though_nothing_can_be_noted(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(log, "note_backup", full)
    assert backup(home.settings, home.engine, tmp_path / "b").files > 0
    monkeypatch.setattr(copying, "free_bytes", lambda _: 0)
    with pytest.raises(BackendError) as caught:
        backup(home.settings, home.engine, tmp_path / "b")
    assert caught.value.code == "keeping.no_room"


def test_an_unfinished_backup_is_never_taken_for_a_whole_one(home: Home, tmp_path: Path) -> None:
    """Killed before each step that changes the disk: nothing or the earlier backup is found, and the next succeeds."""
    destination = tmp_path / "b"

    def work() -> None:
        mine = reopened(home.settings.home)
        backup(mine.settings, mine.engine, destination)

    points = steps_of(work, destination)
    killed = 0
    for point in range(1, points + 1, max(1, points // 30)):
        before = {g.folder.name for g in generations.all_of(destination)}
        killed += killed_at(work, destination, point)
        for generation in generations.all_of(destination):
            assert generation.folder.name in before or restoring.verify_backup(generation.folder) == []
    assert killed >= 20
    done = backup(home.settings, home.engine, destination)
    assert restoring.verify_backup(done.folder) == []
    assert not list(destination.glob(".unfinished-*"))
    print(f"killed at {killed} of {points} steps: no half backup was ever listed")


@pytest.mark.parametrize("victim", ["museum.db", "record.json", "manifest.jsonl", "gone"])
def test_a_damaged_backup_is_refused_and_the_new_folder_stays_unfinished(
    home: Home, tmp_path: Path, victim: str
) -> None:
    folder = backup(home.settings, home.engine, tmp_path / "b").folder
    path = next(folder.rglob("*.jpg")) if victim == "gone" else next(folder.rglob(victim))
    if victim == "gone":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.chmod(0o600)
        path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        restore(folder, tmp_path / "mới")
    assert caught.value.code == ("keeping.list_broken" if victim == "manifest.jsonl" else "keeping.differs")
    assert not (tmp_path / "mới" / "museum.toml").exists()  # so nobody can serve it


def test_a_restore_that_was_cut_off_goes_on(home: Home, tmp_path: Path) -> None:
    folder = backup(home.settings, home.engine, tmp_path / "b").folder
    hidden = next(folder.rglob("*.jpg"))
    hidden.rename(tmp_path / "weg")
    with pytest.raises(SourceError):
        restore(folder, tmp_path / "mới")
    assert (tmp_path / "mới" / MARK).exists()
    (tmp_path / "weg").rename(hidden)
    restore(folder, tmp_path / "mới", workers=0)
    again = reopened(tmp_path / "mới")
    assert again.dump() == home.dump()
    again.close()
    with pytest.raises(Conflict) as caught:
        restore(folder, tmp_path / "mới")
    assert caught.value.code == "keeping.home_taken"


def test_a_backup_made_while_others_ingest_is_whole(home: Home, tmp_path: Path) -> None:
    """Ten records come in one by one meanwhile: every record of each backup has its masters, every object is valid."""
    titles = tuple(f"Đồng tiền Minh Mạng số {n}" for n in range(10))
    source = write_folder(tmp_path / "thêm", first=20, titles=titles, story=False)
    failed: list[MuseumError] = []

    def ingest() -> None:
        try:
            run.ingest(home.settings, home.engine, source, options=Options(publish=True, workers=0), parts=home.parts)
        except MuseumError as error:
            failed.append(error)

    busy = threading.Thread(target=ingest)
    busy.start()
    made = []
    while busy.is_alive() or not made:
        made.append(backup(home.settings, home.engine, tmp_path / "b", keep=99).folder)
    busy.join()
    assert not failed
    seen = set()
    for number, folder in enumerate(made):
        restore(folder, tmp_path / f"mới-{number}", derive=False)
        again = reopened(tmp_path / f"mới-{number}")
        findings = check.check(again.settings, again.engine)
        assert [f.code for f in findings if f.code.startswith("check.master_i") or "missing" in f.code] in (
            [],
            ["check.derivative_missing"] * sum(f.code == "check.derivative_missing" for f in findings),
        )
        with db.reading(again.engine) as session:
            seen.add(len(store.all_records(session)))
        again.close()
    print(f"{len(made)} backups during an ingest, of {sorted(seen)} records: all whole")


def test_masters_are_not_destroyed_while_they_are_copied(home: Home, tmp_path: Path) -> None:
    with no_purge(home.settings), pytest.raises(Conflict) as caught:
        remove_samples(home.parts, person="cli:hoa")
    assert caught.value.code == "keeping.copy_running"
    with only_purge(home.settings), pytest.raises(Conflict) as caught:
        backup(home.settings, home.engine, tmp_path / "b")
    assert caught.value.code == "keeping.purge_running"
    assert log.backups(home.settings)[0].error


def test_a_backup_into_the_museum_itself_is_refused(home: Home) -> None:
    with pytest.raises(Invalid) as caught:
        backup(home.settings, home.engine, home.settings.media / "sao-luu")
    assert caught.value.code == "keeping.inside_museum"


def test_derivatives_come_along_when_asked(home: Home, tmp_path: Path) -> None:
    done = backup(home.settings, home.engine, tmp_path / "b", with_derivatives=True)
    restored = restore(done.folder, tmp_path / "mới", workers=0)
    assert restored.media_made == 0
    again = reopened(tmp_path / "mới")
    assert tree(home.settings.derived) == tree(again.settings.derived)
    again.close()


def test_derivatives_elsewhere_are_left_there_and_that_is_said(home: Home, tmp_path: Path) -> None:
    elsewhere = {"derived_url": "s3://museum/derived", "s3_endpoint": "http://storage.example:7480"}
    settings = replace(home.settings, **elsewhere, s3_access_key="a", s3_secret_key="b")
    done = backup(settings, home.engine, tmp_path / "b", with_derivatives=True)
    assert done.elsewhere == "s3://museum/derived"
    about, files = contents.read(done.folder)
    assert not about.with_derivatives
    assert not [path for path in files if path.startswith(backing_up.DERIVED)]
    assert backup(settings, home.engine, tmp_path / "b").elsewhere == ""  # nobody asked for them
    assert backup(home.settings, home.engine, tmp_path / "b", with_derivatives=True).elsewhere == ""


def test_the_list_says_of_each_file_what_it_is(home: Home, tmp_path: Path) -> None:
    folder = backup(home.settings, home.engine, tmp_path / "b").folder
    lines = [json.loads(line) for line in (folder / contents.NAME).read_text(encoding="utf-8").splitlines()]
    assert lines[0]["institution_code"] == "museum"
    assert lines[0]["records"] == 4
    assert lines[-1]["files"] == len(lines) - 2 == sum(1 for p in folder.rglob("*") if p.is_file()) - 1
    assert all(len(line["blake3"]) == 64 for line in lines[1:-1])
    assert backing_up.MASTERS in lines[2]["path"]
    assert os.path.commonpath([folder, tmp_path / "b"]) == str(tmp_path / "b")
