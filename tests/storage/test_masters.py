"""Masters are kept bit-exact, in versions, and never half."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from museum.errors import BackendError, Conflict, Invalid, NotFound, SourceError
from museum.storage.ocfl import Masters
from tests.conformance.ocfl_judge import OcflJudge
from tests.storage.conftest import CREATED, URN, Publish


def test_photograph_comes_back_bit_exact(masters: Masters, tmp_path: Path) -> None:
    source = tmp_path / "vạc đồng.jpg"
    source.write_bytes(os.urandom(3_000_001))
    with masters.stage("a") as stage:
        digests = stage.add_file("ảnh/vạc đồng.jpg", source)
        assert stage.publish(URN, message="m", user_name="An", created=CREATED) == 1
    data = source.read_bytes()
    assert masters.read(URN, "ảnh/vạc đồng.jpg") == data
    assert digests.sha512 == hashlib.sha512(data).hexdigest() == masters.logical_paths(URN)["ảnh/vạc đồng.jpg"]
    assert digests.sha256 == hashlib.sha256(data).hexdigest() == masters.files(URN)["ảnh/vạc đồng.jpg"].sha256
    assert digests.size_bytes == len(data) == masters.files(URN)["ảnh/vạc đồng.jpg"].size_bytes


@pytest.mark.shared
def test_real_files_come_back_bit_exact(masters: Masters, shared_data: Path, ocfl_judge: OcflJudge) -> None:
    sources = [path for path in sorted(shared_data.rglob("*")) if path.is_file() and "judges" not in path.parts]
    sources = [path for path in sources if path.stat().st_size < 20_000_000][:40]
    with masters.stage("a") as stage:
        stage.add_files({source.relative_to(shared_data).as_posix(): source for source in sources})
        stage.publish(URN, message="m", user_name="An", user_address="mailto:an@example.vn", created=CREATED)
    for source in sources:
        assert masters.read(URN, source.relative_to(shared_data).as_posix()) == source.read_bytes()
    assert masters.validate(URN) == []
    assert ocfl_judge.judge([masters.places.root])[masters.places.root].valid


def test_versions_keep_what_was_and_share_content(masters: Masters, publish: Publish, ocfl_judge: OcflJudge) -> None:
    assert publish({"record.json": b"{}", "ảnh/1.jpg": b"jpeg", "ảnh/2.jpg": b"jpeg"}) == 1
    assert publish({"record.json": b'{"a":1}', "ảnh/3.jpg": b"jpeg"}, carry=("ảnh/1.jpg",)) == 2
    assert publish({"record.json": b"{}"}, carry=("ảnh/1.jpg",)) == 3
    assert set(masters.logical_paths(URN, version=1)) == {"record.json", "ảnh/1.jpg", "ảnh/2.jpg"}
    assert set(masters.logical_paths(URN)) == {"record.json", "ảnh/1.jpg"}
    assert masters.read(URN, "record.json", version=2) == b'{"a":1}'
    stored = [path for path in masters.places.of_object(URN).rglob("content/**/*") if path.is_file()]
    assert len(stored) == 3  # {}, {"a":1} and one jpeg, though six files were given
    assert masters.validate(URN) == []
    verdict = ocfl_judge.judge([masters.places.root])[masters.places.root]
    assert (verdict.valid, verdict.objects) == (True, 1), verdict.errors


def test_equal_content_makes_no_version(masters: Masters, publish: Publish) -> None:
    publish({"record.json": b"{}"})
    before = masters.places.of_object(URN).stat().st_mtime_ns
    assert publish({"record.json": b"{}"}) == 1
    assert publish({}, carry=("record.json",)) == 1
    assert masters.places.of_object(URN).stat().st_mtime_ns == before
    assert list(masters.places.staging.iterdir()) == []


def test_unpublished_stage_leaves_nothing(masters: Masters) -> None:
    with pytest.raises(RuntimeError), masters.stage("a") as stage:
        stage.add_bytes("record.json", b"{}")
        raise RuntimeError
    assert list(masters.places.staging.iterdir()) == []
    assert not masters.exists(URN)
    with pytest.raises(NotFound, match=r"storage\.no_object"):
        masters.read(URN, "record.json")


def test_objects_are_found_by_walking_alone(masters: Masters, publish: Publish) -> None:
    ids = {f"urn:museum:hue:{number}" for number in range(20)}
    for object_id in ids:
        publish({"record.json": object_id.encode()}, object_id=object_id)
    assert set(masters.object_ids()) == ids
    again = Masters(masters.places.root, masters.places.staging)
    again.initialize()
    assert all(again.read(object_id, "record.json") == object_id.encode() for object_id in ids)


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "../a", "a/../b", ".", "a\\b", "a\nb", "ố" * 200, "a\udc80"])
def test_name_that_could_leave_the_object_is_refused(masters: Masters, name: str) -> None:
    with masters.stage("a") as stage, pytest.raises(Invalid):
        stage.add_bytes(name, b"x")


def test_decomposed_name_is_kept_composed(masters: Masters, publish: Publish) -> None:
    publish({"Mỹ Sơn.jpg": b"x"})
    assert list(masters.logical_paths(URN)) == ["Mỹ Sơn.jpg"]


def test_file_and_folder_of_one_name_are_refused(masters: Masters, publish: Publish) -> None:
    publish({"a": b"x"})
    with masters.stage("b") as stage:
        stage.add_bytes("a/b", b"y")
        stage.carry("a")
        with pytest.raises(Invalid, match=r"storage\.path_conflict"):
            stage.publish(URN, message="m", user_name="An", created=CREATED)
    with masters.stage("c") as stage:
        stage.add_bytes("a", b"y")
        with pytest.raises(Invalid, match=r"storage\.path_conflict"):
            stage.add_bytes("a/b", b"y")
    assert masters.versions(URN) == 1


def test_bad_sources_are_named_and_leave_nothing(masters: Masters, tmp_path: Path) -> None:
    with masters.stage("a") as stage:
        with pytest.raises(SourceError, match=r"storage\.source_missing"):
            stage.add_file("a", tmp_path / "không có.jpg")
        with pytest.raises(SourceError, match=r"storage\.source_not_file"):
            stage.add_file("b", tmp_path)
        assert [path for path in stage.folder.rglob("*") if path.is_file()] == []


def test_of_many_files_with_a_bad_one_none_is_in(masters: Masters, tmp_path: Path) -> None:
    files = {f"{number}.jpg": tmp_path / f"{number}" for number in range(9)}
    for source in files.values():
        source.write_bytes(os.urandom(1000))
    (tmp_path / "5").unlink()
    with masters.stage("a") as stage:
        with pytest.raises(SourceError, match=r"storage\.source_missing"):
            stage.add_files(files)
        assert [path for path in stage.folder.rglob("*") if path.is_file()] == []
        (tmp_path / "5").write_bytes(b"found")
        digests = stage.add_files(files)
        assert list(digests) == list(files)
        stage.publish(URN, message="m", user_name="An", created=CREATED)
    assert {path: masters.read(URN, path) for path in files} == {path: s.read_bytes() for path, s in files.items()}


def test_two_writers_of_one_object_never_mix(masters: Masters, publish: Publish) -> None:
    publish({"record.json": b"{}"})
    with masters.stage("one") as one, masters.stage("two") as two:
        one.add_bytes("record.json", b"1")
        two.add_bytes("record.json", b"2")
        # The second saw version 1 as newest, as the first did: it must not write over it.
        (masters.places.of_object(URN) / "v2").mkdir()
        (masters.places.of_object(URN) / "v2" / "x").touch()
        with pytest.raises(Conflict, match=r"storage\.published_meanwhile"):
            one.publish(URN, message="m", user_name="An", created=CREATED)
        (masters.places.of_object(URN) / "v2" / "x").unlink()
        (masters.places.of_object(URN) / "v2").rmdir()
        assert two.publish(URN, message="m", user_name="An", created=CREATED) == 2
    assert masters.read(URN, "record.json") == b"2"
    assert masters.validate(URN) == [] or all(not problem.is_error for problem in masters.validate(URN))


def test_many_threads_publish_side_by_side(masters: Masters, ocfl_judge: OcflJudge) -> None:
    def work(worker: int) -> None:
        for number in range(15):
            with masters.stage(f"{worker}-{number}") as stage:
                stage.add_bytes("record.json", f"{worker}-{number}".encode())
                stage.publish(f"urn:x:{worker}-{number}", message="m", user_name="An", created=CREATED)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    verdict = ocfl_judge.judge([masters.places.root])[masters.places.root]
    assert (verdict.valid, verdict.objects) == (True, 60), verdict.errors


def test_recovery_leaves_living_stages_alone(masters: Masters) -> None:
    with masters.stage("living") as stage:
        stage.add_bytes("record.json", b"{}")
        assert masters.recover().dropped_stages == ()
        assert stage.publish(URN, message="m", user_name="An", created=CREATED) == 1


def test_foreign_folder_is_not_made_a_root(tmp_path: Path) -> None:
    (tmp_path / "masters").mkdir()
    (tmp_path / "masters" / "holiday.jpg").touch()
    with pytest.raises(BackendError, match=r"storage\.not_a_root"):
        Masters(tmp_path / "masters", tmp_path / "staging").initialize()
    assert [path.name for path in (tmp_path / "masters").iterdir()] == ["holiday.jpg"]


def test_half_version_goes_to_quarantine(masters: Masters, publish: Publish) -> None:
    publish({"record.json": b"{}"})
    foreign = masters.places.of_object(URN) / "v2"
    (foreign / "content").mkdir(parents=True)
    (foreign / "content" / "lạ.jpg").write_bytes(b"x")
    report = masters.recover(every_object=True)
    assert [path.name for path in report.quarantined] == [f"{masters.places.of_object(URN).name}-v2"]
    assert (report.quarantined[0] / "content" / "lạ.jpg").read_bytes() == b"x"
    assert [problem for problem in masters.validate(URN) if problem.is_error] == []
