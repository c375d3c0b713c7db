"""Images on request from the image service alone: at the museum's address as the whole site answers, else unknown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from museum.accounts.roles import Role
from museum.db import open_engine
from museum.web import alone
from tests.web.image_museum import ImageMuseum, build_image_museum
from tests.web.image_viewer import Viewer, services
from tests.web.signing_in import account

CURATOR = "hoa@baotang.example"
HOME = "https://baotang.example"
TILE = "/iiif/image/3/internal/0,0,256,256/256,256/0/default.jpg"
COMPUTED = "/iiif/image/3/internal/full/211,/0/default.png"


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageMuseum]:
    made = build_image_museum(tmp_path_factory.mktemp("alone-on-request"))
    account(made.engine, CURATOR, Role.CURATOR)
    yield made
    made.engine.dispose()


def images(museum: ImageMuseum, **settings: Any) -> Client:
    """The second host: a copy of the settings in a home of its own, a database that it only reads."""
    home = Path(museum.settings.home) / "second"
    changed = replace(museum.settings, home=home, database_url=museum.settings.database, **settings)
    return Client(alone.images_only(changed, open_engine(changed.database)).application, use_cookies=False)


def test_they_are_told_of_and_shown_as_by_the_whole_site(museum: ImageMuseum) -> None:
    whole = Viewer(museum.client(images_on_request=True))
    second = Viewer(images(museum, images_on_request=True))
    info = second.info("internal")
    assert info == whole.info("internal")
    for address in (TILE, COMPUTED):
        refused = second.open(address)
        assert refused.status_code == 401
        assert services(info)[0] in refused.text  # where to ask what to do
        assert "no-store" in refused.headers["Cache-Control"]
    _, access, _, logout = services(info)
    whole.sign_in(access, CURATOR)
    second.cookies, second.attributes = whole.cookies, whole.attributes
    for address in (TILE, COMPUTED):
        shown = second.open(address)
        assert shown.status_code == 200
        assert shown.get_data() == whole.open(address).get_data()
        assert shown.headers["Cache-Control"] == "private, no-store"
    whole.open(logout, in_window=True)
    assert second.open(TILE).status_code == 401
    assert not (Path(museum.settings.home) / "second").exists()  # no key is made here


def test_what_nobody_may_know_of_stays_unknown(museum: ImageMuseum) -> None:
    second = images(museum, images_on_request=True)
    for media_id in ("confident", "draftphoto", "reviewed", "withdrawn"):
        assert second.get(TILE.replace("internal", media_id), base_url=HOME).status_code == 404
    assert second.get(TILE.replace("internal", "openphoto"), base_url=HOME).status_code == 200


@pytest.mark.parametrize("settings", [{}, {"images_on_request": True, "public_url": f"{HOME}/pictures"}])
def test_without_opting_in_or_under_a_path_they_are_unknown(museum: ImageMuseum, settings: dict[str, Any]) -> None:
    second = images(museum, **settings)
    assert second.get("/iiif/image/3/internal/info.json", base_url=HOME).status_code == 404
    assert second.get(TILE, base_url=HOME).status_code == 404
    assert second.get(TILE.replace("internal", "openphoto"), base_url=HOME).status_code == 200


def test_told_of_a_path_by_the_proxy_they_are_unknown(museum: ImageMuseum) -> None:
    second = images(museum, images_on_request=True, public_url="", proxies=1)
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "hue.example"}
    assert second.get(TILE, headers=headers).status_code == 401
    assert second.get(TILE, headers={**headers, "X-Forwarded-Prefix": "/anh"}).status_code == 404
