"""Restricted images by IIIF Authorization Flow 2.0, step by step as a viewer on another site meets them."""

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from sqlalchemy.exc import OperationalError

from museum.accounts import people, sessions
from museum.accounts.policy import Grant, operator
from museum.accounts.roles import Role
from museum.accounts.tables import SessionRow
from museum.config import Settings
from museum.db import writing
from museum.errors import Invalid
from museum.iiif.authorization import CONTEXT, site_of
from museum.web.image_gate import ImageGate, networks_of
from tests.postgres import emptied
from tests.web.image_museum import ORIGIN, SIZE, ImageMuseum, build_image_museum
from tests.web.image_viewer import Viewer, language_map, services
from tests.web.signing_in import account

CURATOR, VISITING, NOBODY = "hoa@baotang.example", "an@khac.example", "binh@baotang.example"
FULL = "/iiif/image/3/internal/full/max/0/default.jpg"
TILE = "/iiif/image/3/internal/0,0,256,256/256,256/0/default.jpg"
COOKIE = "__Secure-museum-images"


def peopled(made: ImageMuseum) -> ImageMuseum:
    """The museum with somebody who may see all, somebody of another house, and somebody without any role."""
    account(made.engine, CURATOR, Role.CURATOR)
    account(made.engine, VISITING, Role.CURATOR, institution="khac", name="Trần An")
    account(made.engine, NOBODY, name="Phạm Bình")
    return made


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageMuseum]:
    made = peopled(build_image_museum(tmp_path_factory.mktemp("image-access")))
    yield made
    made.engine.dispose()


@pytest.fixture
def viewer(museum: ImageMuseum) -> Viewer:
    return Viewer(museum.client(images_on_request=True))


def signed_in(viewer: Viewer, email: str = CURATOR) -> str:
    """Go the whole way; gives the access token."""
    _, access, token, _ = services(viewer.info("internal"))
    viewer.sign_in(access, email)
    message = viewer.token(token)
    assert message["type"] == "AuthAccessToken2"
    return str(message["accessToken"])


def test_the_whole_way_from_refusal_to_tiles_and_out_again(viewer: Viewer) -> None:
    info = viewer.info("internal")
    assert info["@context"] == [CONTEXT, "http://iiif.io/api/image/3/context.json"]
    assert (info["width"], info["height"]) == SIZE
    probe, access, token, logout = services(info)
    assert viewer.open(TILE).status_code == 401
    assert viewer.probe(probe)["status"] == 401
    assert viewer.token(token)["profile"] == "missingAspect"
    viewer.sign_in(access, CURATOR)
    message = viewer.token(token)
    assert message["type"] == "AuthAccessToken2"
    assert 0 < message["expiresIn"] <= 300
    assert message["accessToken"] not in viewer.cookies.values()
    assert viewer.probe(probe, message["accessToken"]) == {
        "@context": CONTEXT,
        "type": "AuthProbeResult2",
        "status": 200,
    }
    for address, size in ((FULL, SIZE), (TILE, (256, 256)), (TILE.replace("/3/", "/2/"), (256, 256))):
        answer = viewer.open(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not {"ETag", "Last-Modified", "Access-Control-Allow-Origin"} & set(answer.headers.keys())
        with Image.open(io.BytesIO(answer.get_data())) as picture:
            assert picture.size == size
    ended = viewer.open(logout, in_window=True)
    assert ended.status_code == 200
    assert COOKIE not in viewer.cookies
    assert "logout" in ended.text  # one button further ends the workbench's session too
    assert viewer.probe(probe, message["accessToken"])["status"] == 401
    assert viewer.token(token)["profile"] == "missingAspect"
    assert viewer.open(TILE).status_code == 401


def test_cookie_is_apart_from_the_workbench_and_crosses_sites_alone(viewer: Viewer) -> None:
    signed_in(viewer)
    mine, work = viewer.attributes[COOKIE], viewer.attributes["__Host-museum"]
    assert all(word in mine for word in ("Secure", "HttpOnly", "SameSite=None", "Path=/iiif/"))
    assert "SameSite=Lax" in work
    assert "Domain" not in mine + work
    alone = Viewer(viewer.client, cookies={COOKIE: viewer.cookies[COOKIE]}, attributes=viewer.attributes)
    assert alone.open("/work", in_window=True).status_code == 303  # it opens images and nothing else
    assert alone.open(TILE).status_code == 200


@pytest.mark.parametrize(("host", "crosses"), [("127.0.0.1:8000", True), ("localhost", True), ("10.1.2.3:80", False)])
def test_without_https_the_cookie_crosses_sites_on_the_own_machine_only(
    museum: ImageMuseum, host: str, crosses: bool
) -> None:
    viewer = Viewer(museum.client(images_on_request=True, public_url=f"http://{host}"), home=f"http://{host}")
    viewer.sign_in(f"http://{host}/iiif/auth/2/access", CURATOR)
    rules = viewer.attributes["museum-images"]
    assert ("Secure" in rules, "SameSite=None" in rules) == (crosses, crosses)
    assert crosses or "SameSite=Lax" in rules


def test_what_is_not_told_stays_unknown_and_opens_all_the_same_to_who_may_see_it(viewer: Viewer) -> None:
    unknown = viewer.open("/iiif/image/3/khongco00/info.json")
    hidden = ("confident", "draftphoto", "reviewed", "withdrawn")
    for media_id in hidden:
        for rest in ("info.json", "full/max/0/default.jpg", ""):
            answer = viewer.open(f"/iiif/image/3/{media_id}/{rest}")
            assert answer.status_code == 404
            assert answer.get_data() == unknown.get_data().replace(b"khongco00", media_id.encode())
            assert {k for k, _ in answer.headers} == {k for k, _ in unknown.headers}
            assert answer.headers["Cache-Control"] == "no-store"
        assert viewer.probe(f"/iiif/auth/2/probe/{media_id}") == viewer.probe("/iiif/auth/2/probe/khongco00")
    token = signed_in(viewer)
    for media_id in hidden:
        assert viewer.open(f"/iiif/image/3/{media_id}/full/200,/0/default.jpg").status_code == 200
        assert viewer.probe(f"/iiif/auth/2/probe/{media_id}", token)["status"] == 200
        assert viewer.open(f"/iiif/image/3/{media_id}/info.json").status_code == 200


def test_without_opting_in_nothing_is_told(museum: ImageMuseum) -> None:
    viewer = Viewer(museum.client())
    assert viewer.open("/iiif/image/3/internal/info.json").status_code == 404
    assert viewer.open(TILE).status_code == 404
    assert viewer.probe("/iiif/auth/2/probe/internal")["status"] == 404
    viewer.sign_in("https://baotang.example/iiif/auth/2/access", CURATOR)
    assert viewer.open(TILE).status_code == 200


def test_public_images_are_as_they_were(museum: ImageMuseum, viewer: Viewer) -> None:
    address = "/iiif/image/3/openphoto/full/200,/0/default.jpg"
    before = museum.client().get(address)
    signed_in(viewer)
    after = viewer.open(address)
    assert before.get_data() == after.get_data()
    assert before.headers["Cache-Control"] == after.headers["Cache-Control"]
    assert "service" not in {s["type"] for s in viewer.info("openphoto").get("service", [])}
    assert viewer.probe("/iiif/auth/2/probe/openphoto")["status"] == 200


def test_who_has_no_right_is_told_so_and_no_more(viewer: Viewer) -> None:
    for email in (VISITING, NOBODY):
        viewer.cookies.clear()
        token = signed_in(viewer, email)
        assert viewer.open(TILE).status_code == 403
        assert viewer.probe("/iiif/auth/2/probe/internal", token)["status"] == 403
        assert viewer.open("/iiif/image/3/draftphoto/info.json").status_code == 404
        assert viewer.probe("/iiif/auth/2/probe/draftphoto", token)["status"] == 404
    viewer.cookies.clear()
    token = signed_in(viewer, VISITING)
    assert viewer.probe("/iiif/auth/2/probe/otherhouse", token)["status"] == 200


def test_losing_the_role_ends_it_at_once(museum: ImageMuseum, viewer: Viewer) -> None:
    token = signed_in(viewer)
    grant = Grant(role=Role.CURATOR, institution="museum")
    with writing(museum.engine) as session:
        user = people.by_email(session, CURATOR)
        assert user is not None
        people.revoke(session, user.id, grant, by=operator("test"))
    try:
        assert viewer.open(TILE).status_code == 403
        assert viewer.probe("/iiif/auth/2/probe/internal", token)["status"] == 403
    finally:
        with writing(museum.engine) as session:
            people.grant(session, user.id, grant, by=operator("test"))
    assert viewer.open(TILE).status_code == 200


def test_signing_out_of_the_workbench_ends_it_too(museum: ImageMuseum, viewer: Viewer) -> None:
    token = signed_in(viewer)
    with writing(museum.engine) as session:
        for row in session.query(SessionRow):
            sessions.end_one(session, row.user_id, row.token_hash[:16])
    assert viewer.open(TILE).status_code == 401
    assert viewer.probe("/iiif/auth/2/probe/internal", token)["status"] == 401
    assert viewer.token("/iiif/auth/2/token")["profile"] == "expiredAspect"


def test_only_sites_that_were_named_show_images(viewer: Viewer) -> None:
    signed_in(viewer)
    other = Viewer(viewer.client, origin="https://evil.example", cookies=viewer.cookies, attributes=viewer.attributes)
    assert other.open(TILE).status_code == 401
    assert other.open(TILE, headers={"Referer": ""}).status_code == 401  # it forbade the browser to name it
    assert other.open("/iiif/image/3/draftphoto/full/max/0/default.jpg").status_code == 404
    assert other.token("/iiif/auth/2/token")["profile"] == "invalidOrigin"
    # It claims to be the site that was named: the message is addressed to that one, and the browser says who asks.
    assert other.token("/iiif/auth/2/token", origin=ORIGIN)["profile"] == "invalidOrigin"
    own = {"Sec-Fetch-Site": "same-origin", "Referer": "https://baotang.example/o/x"}
    assert viewer.open(TILE, headers=own).status_code == 200


@pytest.mark.parametrize("query", ["", "&messageId=", "&messageId=" + "x" * 300])
def test_token_requests_without_sense_are_told_so(viewer: Viewer, query: str) -> None:
    answer = viewer.open(f"/iiif/auth/2/token?origin={ORIGIN}{query}")
    assert answer.status_code == 200
    assert '"profile":"invalidRequest"' in answer.text


@pytest.mark.parametrize("origin", ["", "null", "*", "javascript:alert(1)", "https://a.example/x", "https://a\";b",
                                    "https://user@a.example", "//a.example", "https://a.example\r\nX: y"])  # fmt: skip
def test_what_is_no_site_is_addressed_by_nobody(viewer: Viewer, origin: str) -> None:
    for path in ("access", "token", "kiosk/token"):
        answer = viewer.client.get(f"/iiif/auth/2/{path}", query_string={"origin": origin, "messageId": "1"})
        assert answer.status_code == 400
        assert "postMessage" not in answer.text
    assert site_of(origin) == ""


def test_sites_are_written_as_browsers_write_them() -> None:
    assert site_of("HTTPS://Viewer.Example:443") == "https://viewer.example"
    assert site_of("http://127.0.0.1:8080") == "http://127.0.0.1:8080"


def test_message_ids_come_back_as_they_are_and_break_no_page(viewer: Viewer) -> None:
    for message_id in ("ae3415", "</script><script>alert(1)</script>", "ế'\"\\", "{}"):
        assert viewer.token("/iiif/auth/2/token", message_id)["profile"] == "missingAspect"


def test_token_service_says_when_the_museum_cannot_answer(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(viewer)

    def broken(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(ImageGate, "access_of", broken)
    assert viewer.token("/iiif/auth/2/token")["profile"] == "unavailable"


def test_forged_cookie_is_no_access(viewer: Viewer) -> None:
    viewer.cookies[COOKIE], viewer.attributes[COOKIE] = "x" * 43, "Secure; SameSite=None"
    assert viewer.token("/iiif/auth/2/token")["profile"] == "invalidAspect"
    assert viewer.open(TILE).status_code == 401


def test_frames_of_other_sites_end_nothing(viewer: Viewer) -> None:
    signed_in(viewer)
    assert viewer.open("/iiif/auth/2/logout", headers={"Sec-Fetch-Dest": "iframe"}).status_code == 400
    assert viewer.open(TILE).status_code == 200


def test_nobody_is_let_in_without_the_windows_own_form(viewer: Viewer) -> None:
    signed_in(viewer)
    viewer.cookies.pop(COOKIE)
    answer = viewer.open(f"/iiif/auth/2/access?origin={ORIGIN}", method="POST", in_window=True, data={})
    assert answer.status_code == 400
    assert COOKIE not in viewer.cookies


def test_small_version_only_where_offered_and_never_near_the_original(museum: ImageMuseum) -> None:
    client = museum.client(images_on_request=True, image_substitute_px=300)
    viewer = Viewer(client)
    (told,) = viewer.probe("/iiif/auth/2/probe/internal")["substitute"]
    assert told["type"] == "Image"
    assert language_map(told["label"])
    answer = client.get(urlsplit(told["id"]).path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    with Image.open(io.BytesIO(answer.get_data())) as picture:
        assert picture.size == (told["width"], told["height"])
        assert max(picture.size) <= 300
    for media_id in ("confident", "draftphoto", "withdrawn", "openphoto", "khongco00"):
        assert client.get(f"/iiif/auth/2/substitute/{media_id}.jpg").status_code == 404
        assert "substitute" not in viewer.probe(f"/iiif/auth/2/probe/{media_id}")
    near = museum.client(images_on_request=True, image_substitute_px=1000)
    assert near.get("/iiif/auth/2/substitute/internal.jpg").status_code == 404
    assert museum.client(images_on_request=True).get("/iiif/auth/2/substitute/internal.jpg").status_code == 404
    signed_in(viewer)
    message = viewer.token("/iiif/auth/2/token")
    assert "substitute" not in viewer.probe("/iiif/auth/2/probe/internal", message["accessToken"])


def test_machines_inside_need_nobody(museum: ImageMuseum) -> None:
    client = museum.client(images_on_request=True, kiosk_networks="10.30.0.0/24, 2001:db8::/32")
    for inside in ("10.30.0.7", "::ffff:10.30.0.7", "2001:db8::5"):
        at = {"REMOTE_ADDR": inside}
        info = client.get(
            "/iiif/image/3/internal/info.json", environ_base=at, base_url="https://baotang.example"
        ).get_json(force=True)
        probe, access, token, logout = services(info, "kiosk")
        assert logout == ""
        assert [s["profile"] for s in info["service"][-1]["service"]] == ["kiosk", "active"]  # §3.3: in this order
        window = client.get(urlsplit(access).path, environ_base=at, query_string={"origin": ORIGIN})
        assert "window.close()" in window.text
        posted = client.get(urlsplit(token).path, environ_base=at, query_string={"origin": ORIGIN, "messageId": "1"})
        assert "AuthAccessToken2" in posted.text
        assert client.get(urlsplit(probe).path, environ_base=at).get_json(force=True)["status"] == 200
        bytes_ = client.get(FULL, environ_base=at)
        assert (bytes_.status_code, bytes_.headers["Cache-Control"]) == (200, "private, no-store")
        assert "Access-Control-Allow-Origin" not in bytes_.headers
        for hidden in ("confident", "draftphoto"):
            assert client.get(f"/iiif/image/3/{hidden}/info.json", environ_base=at).status_code == 404
    at = {"REMOTE_ADDR": "10.31.0.7"}
    forged = {"X-Forwarded-For": "10.30.0.7", "Forwarded": "for=10.30.0.7"}
    assert client.get(FULL, environ_base=at, headers=forged).status_code == 401
    assert client.get("/iiif/auth/2/kiosk", environ_base=at).status_code == 403
    outside = client.get("/iiif/image/3/internal/info.json", environ_base=at).get_json(force=True)
    assert [s["profile"] for s in outside["service"][-1]["service"]] == ["active"]
    refused = client.get("/iiif/auth/2/kiosk/token", environ_base=at, query_string={"origin": ORIGIN, "messageId": "1"})
    assert '"profile":"missingAspect"' in refused.text


def test_behind_a_proxy_its_own_address_is_no_machine_inside(museum: ImageMuseum) -> None:
    client = museum.client(images_on_request=True, kiosk_networks="10.30.0.0/24", proxies=1)
    proxy = {"REMOTE_ADDR": "10.30.0.1"}
    assert client.get(FULL, environ_base=proxy).status_code == 401
    assert client.get(FULL, environ_base=proxy, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 401
    assert client.get(FULL, environ_base=proxy, headers={"X-Forwarded-For": "10.30.0.9"}).status_code == 200


def test_wrong_settings_stop_the_start(museum: ImageMuseum) -> None:
    with pytest.raises(Invalid):
        networks_of(Settings(home=museum.settings.home, kiosk_networks="10.30.0.0/24 nhà"))
    with pytest.raises(Invalid):
        museum.client(image_substitute_px=5000)


def test_image_2_descriptions_carry_their_own_context(viewer: Viewer) -> None:
    info = viewer.info("internal", 2)
    assert info["@context"] == "http://iiif.io/api/image/2/context.json"
    service = info["service"] if isinstance(info["service"], list) else [info["service"]]
    (probe,) = [s for s in service if s.get("type") == "AuthProbeService2"]
    assert probe["@context"] == CONTEXT


@pytest.mark.postgresql
def test_on_postgresql_it_goes_the_same_way(tmp_path: Path, postgresql_url: str) -> None:
    """The other tests of this module pass there, too; these touch every table of the access."""
    made = peopled(build_image_museum(tmp_path, database_url=emptied(postgresql_url)))
    client = made.client(images_on_request=True)
    test_the_whole_way_from_refusal_to_tiles_and_out_again(Viewer(client))
    test_who_has_no_right_is_told_so_and_no_more(Viewer(client))
    test_losing_the_role_ends_it_at_once(made, Viewer(client))
    test_signing_out_of_the_workbench_ends_it_too(made, Viewer(client))
    made.engine.dispose()
