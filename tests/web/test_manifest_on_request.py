"""Images on request in manifests: named with the way to sign in where the museum opted in, and nowhere else."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from PIL import Image

from museum.accounts.roles import Role
from museum.catalog import record_types, store
from museum.db import reading
from museum.iiif.authorization import CONTEXT
from museum.iiif.checks import problems
from museum.ingest import export_tiles
from museum.ingest.publish import renew_manifests
from tests.web.image_museum import RECORDS, SECRET_LABEL, SIZE, ImageMuseum, build_image_museum, set_level
from tests.web.image_viewer import Viewer, services
from tests.web.signing_in import account

CURATOR = "hoa@baotang.example"
HOME = "https://baotang.example"
TOLD = {"images_on_request": True, "image_substitute_px": 300}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageMuseum]:
    made = build_image_museum(tmp_path_factory.mktemp("on-request"))
    account(made.engine, CURATOR, Role.CURATOR)
    yield made
    made.engine.dispose()


@pytest.fixture
def museum(built: ImageMuseum) -> ImageMuseum:
    """The museum with its manifests as they are without opting in."""
    renew(built)
    return built


def renew(museum: ImageMuseum, **settings: Any) -> int:
    """What the museum's worker does when it starts with these settings."""
    changed = replace(museum.settings, **settings)
    with reading(museum.engine) as session:
        records = store.published(session)
    return renew_manifests(museum.engine, changed, records, types=record_types.load(changed.record_types))


def manifest(museum: ImageMuseum, name: str = "open", **settings: Any) -> dict[str, Any] | None:
    """The manifest as a stranger gets it; None for 404."""
    path = f"/iiif/presentation/3/{RECORDS[name]}/manifest"
    answer = museum.client(**settings).get(path, base_url=HOME)
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json(force=True)
    assert problems(found) == []
    return found


def painted(found: dict[str, Any] | None) -> list[str]:
    """The media of the canvases, in order."""
    return [] if found is None else [c["id"].rpartition("/")[2] for c in found["items"]]


def test_opted_in_they_stand_last_with_the_way_to_sign_in_and_nothing_else(museum: ImageMuseum) -> None:
    renew(museum, **TOLD)
    found = manifest(museum, **TOLD)
    assert painted(found) == ["openphoto", "internal"]
    assert found is not None
    assert found["@context"] == [CONTEXT, "http://iiif.io/api/presentation/3/context.json"]
    told = orjson.dumps(found).decode()
    assert SECRET_LABEL not in told
    assert "confident" not in told
    assert "internal" not in orjson.dumps([found[k] for k in found.keys() - {"items", "structures"}]).decode()
    canvas = found["items"][1]
    said = {"requiredStatement"}  # whom to thank for the others stands above: here no name, the licence and the museum
    assert canvas.keys() == {"id", "type", "label", "summary", "height", "width", "thumbnail", "items"} | said
    assert canvas["summary"]["en"][0].startswith("Only people with the right see this image.")
    assert canvas["label"] == {"vi": ["Ảnh xem theo yêu cầu"], "en": ["Image shown on request"]}
    assert (canvas["width"], canvas["height"]) == SIZE
    (annotation,) = canvas["items"][0]["items"]
    body = annotation["body"]
    assert body.keys() == {"id", "type", "format", "width", "height", "service"}
    info = museum.client(**TOLD).get("/iiif/image/3/internal/info.json", base_url=HOME).get_json(force=True)
    assert services(body["service"][0]) == services(info)


def test_the_way_from_the_manifest_to_the_tiles(museum: ImageMuseum) -> None:
    renew(museum, **TOLD)
    found = manifest(museum, **TOLD)
    assert found is not None
    canvas = found["items"][1]
    body = canvas["items"][0]["items"][0]["body"]
    viewer = Viewer(museum.client(**TOLD))
    small = viewer.client.get(urlsplit(canvas["thumbnail"][0]["id"]).path)
    with Image.open(io.BytesIO(small.get_data())) as picture:
        assert picture.size == (canvas["thumbnail"][0]["width"], canvas["thumbnail"][0]["height"])
        assert max(picture.size) <= TOLD["image_substitute_px"]
    probe, access, token, logout = services(body["service"][0])
    assert viewer.open(body["id"]).status_code == 401
    refused = viewer.probe(probe)
    assert (refused["status"], refused["substitute"][0]["id"]) == (401, canvas["thumbnail"][0]["id"])
    viewer.sign_in(access, CURATOR)
    message = viewer.token(token)
    assert viewer.probe(probe, message["accessToken"])["status"] == 200
    assert viewer.open(body["id"]).status_code == 200
    assert viewer.open(logout, in_window=True).status_code == 200
    assert viewer.open(body["id"]).status_code == 401


def test_without_opting_in_manifests_never_name_them(museum: ImageMuseum) -> None:
    found = manifest(museum)
    assert painted(found) == ["openphoto"]
    told = orjson.dumps(found).decode()
    assert CONTEXT not in told
    assert "internal" not in told
    assert manifest(museum, "other") is None
    # Control: the same question finds it where the museum opted in.
    renew(museum, **TOLD)
    assert "internal" in orjson.dumps(manifest(museum, **TOLD)).decode()


def test_a_manifest_that_names_them_goes_with_the_setting(museum: ImageMuseum) -> None:
    renew(museum, **TOLD)
    assert manifest(museum) is None
    assert renew(museum) == 3
    assert painted(manifest(museum)) == ["openphoto"]


def test_until_manifests_are_renewed_the_older_one_serves(museum: ImageMuseum) -> None:
    assert painted(manifest(museum, **TOLD)) == ["openphoto"]
    assert renew(museum, **TOLD) == 3
    assert renew(museum, **TOLD) == 0
    # Other words for the same images: what stands there may be shown until the worker has renewed it.
    other = {**TOLD, "image_substitute_px": 0}
    assert painted(manifest(museum, **other)) == ["openphoto", "internal"]
    assert renew(museum, **other) == 3
    found = manifest(museum, **other)
    assert found is not None
    assert "thumbnail" not in found["items"][1]


def test_one_that_becomes_confidential_is_gone_with_the_change(museum: ImageMuseum) -> None:
    renew(museum, **TOLD)
    set_level(museum, "internal", "confidential")
    try:
        assert manifest(museum, **TOLD) is None
        renew(museum, **TOLD)
        assert painted(manifest(museum, **TOLD)) == ["openphoto"]
    finally:
        set_level(museum, "internal", "internal")


def test_a_record_with_nothing_else_gets_a_manifest_of_them_alone(museum: ImageMuseum) -> None:
    renew(museum, **TOLD)
    found = manifest(museum, "other", **TOLD)
    assert painted(found) == ["otherhouse"]
    assert found is not None
    assert "thumbnail" not in found  # what stands for the record in lists is for everybody
    for name in ("draft", "review", "gone"):
        assert museum.client(**TOLD).get(f"/iiif/presentation/3/{RECORDS[name]}/manifest").status_code in (404, 410)


def test_static_sets_leave_them_out(museum: ImageMuseum, tmp_path: Path) -> None:
    renew(museum, **TOLD)
    settings = replace(museum.settings, **TOLD)
    wanted = export_tiles.Wanted(folder=tmp_path, base_url="https://cdn.example/anh", with_manifests=True)
    done = export_tiles.export(settings, museum.engine, wanted)
    assert (done.images, done.manifests) == (1, 1)
    written = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    assert len(written) == 2
    for path, data in written.items():
        assert b"internal" not in data, path
        assert b"/iiif/auth/" not in data, path
