"""`museum fixity`: what is due is read again, damage is told with exit code 1, in the user's language."""

from pathlib import Path

import pytest

from museum.config import Settings
from museum.storage.ocfl import Masters
from tests.museums import run, run_json
from tests.storage.conftest import CREATED


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A museum with one object."""
    home = tmp_path / "bảo tàng"
    assert run("init", home).returncode == 0
    masters = _masters(home)
    masters.initialize()
    with masters.stage("a") as stage:
        stage.add_bytes("ảnh/vạc.jpg", b"jpeg" * 5_000)
        stage.publish("urn:museum:hue:4kx0q2mb7", message="m", user_name="An", created=CREATED)
    return home


def _masters(home: Path) -> Masters:
    settings = Settings(home=home, media=home / "media")
    return Masters(settings.masters_root, settings.staging, fsync=False)


def test_due_objects_are_read_and_damage_is_told(home: Path) -> None:
    report = run_json("fixity", home=home)
    assert (report["objects"], report["damaged"]) == (1, {})
    assert report["standing"] | {"oldest": ""} == {"objects": 1, "never": 0, "overdue": 0, "oldest": "", "damaged": []}
    assert [event["eventType"]["value"] for event in report["events"]] == ["fixity check"]
    assert run_json("fixity", home=home)["objects"] == 0  # nothing is due
    path = _masters(home).open_path("urn:museum:hue:4kx0q2mb7", "ảnh/vạc.jpg")
    path.write_bytes(path.read_bytes().replace(b"jpeg", b"jpEg", 1))
    done = run("fixity", "--all", "--rate", "0", home=home, env={"MUSEUM_LANGUAGE": "vi"})
    assert done.returncode == 1
    assert "urn:museum:hue:4kx0q2mb7: v1/content/ảnh/vạc.jpg: nội dung đã khác" in done.stderr
    assert "khôi phục" in done.stderr
    assert "hỏng: 1" in done.stdout
    again = run("fixity", home=home)  # nothing is due, and still it isn't well
    assert again.returncode == 1
    assert "found damaged at its last reading" in again.stderr
