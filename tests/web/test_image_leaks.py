"""A private image answers no stranger: no route, spelling, method, validator, cache, version or former address does.

Strangers: nobody, a forged cookie, an access that ended, a person without the right, a site that was not named, a
bearer token where a cookie belongs. Everything is asked after the images were shown to somebody with the right (whose
caches are warm then), and after two of them were public for a while.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote

import pytest
from werkzeug.test import Client

from museum.accounts.roles import Role
from museum.addresses import versioned
from museum.catalog import store
from museum.db import reading
from museum.web.image_gate import ImageGate
from tests.web.image_museum import MERGED_PHOTO, ImageMuseum, build_image_museum, set_level
from tests.web.image_viewer import Viewer
from tests.web.signing_in import account

CURATOR, NOBODY = "hoa@baotang.example", "binh@baotang.example"
PRIVATE = ("internal", "confident", "draftphoto", "reviewed", "withdrawn", "oncepublic", MERGED_PHOTO)
TOLD = ("internal", "oncepublic", MERGED_PHOTO)
PATHS = (
    "full/max/0/default.jpg", "full/full/0/default.jpg", "0,0,256,256/256,256/0/default.jpg", "full/90,/0/default.jpg",
    "0,0,256,256/256,/0/default.jpg", "full/400,257/0/default.jpg", "square/100,/90/gray.png",
    "full/!50,50/0/default.webp", "1024,768,256,132/256,132/0/default.jpg",
)  # fmt: skip
BOTH = ("nobody at all", "no right")
ELSEWHERE = (
    "/iiif/auth/2/substitute/{}.jpg", "/d/{}/000000000000/poster.jpg", "/m/{}", "/master/{}", "/work/master/{}",
    "/iiif/image/1/{}/full/full/0/native.jpg", "/iiif/2/{}/full/max/0/default.jpg",
)  # fmt: skip
DESCRIPTIONS = ("info.json", "", None)
ODD = (
    "Info.json", "info.json/", "./info.json", "../internal/info.json", "full//max/0/default.jpg", "x", "manifest.json",
    "full/max/0/../0/default.jpg", "full/max/0/default.jpg/", "full/max/0/default.jpg?x=1", "%66ull/max/0/default.jpg",
)  # fmt: skip


@dataclass
class Tally:
    """What was asked, and what should not have come."""

    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scene:
    """The museum served once, its caches warm, and its strangers by name: the headers each sends."""

    museum: ImageMuseum
    client: Client
    strangers: dict[str, dict[str, str]]
    validators: tuple[dict[str, str], ...]
    digests: dict[str, str]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    museum = build_image_museum(tmp_path_factory.mktemp("image-leaks"), extra=("oncepublic",))
    account(museum.engine, CURATOR, Role.CURATOR)
    account(museum.engine, NOBODY, name="Phạm Bình")
    client = museum.client(images_on_request=True)
    # While it was public everybody asked for it, and kept the validators.
    tags = set()
    for path in (*PATHS[:5], "info.json"):
        answer = client.get(f"/iiif/image/3/oncepublic/{path}")
        tags |= {answer.headers.get("ETag", "")}
        last = answer.headers.get("Last-Modified", "")
    set_level(museum, "oncepublic", "internal")
    viewers = {}
    for name, email in (("curator", CURATOR), ("nobody", NOBODY), ("gone", CURATOR)):
        viewers[name] = Viewer(client)
        viewers[name].sign_in("https://baotang.example/iiif/auth/2/access", email)
    token = viewers["curator"].token("/iiif/auth/2/token")["accessToken"]
    cookie = {name: f"__Secure-museum-images={v.cookies['__Secure-museum-images']}" for name, v in viewers.items()}
    work = f"__Host-museum={viewers['curator'].cookies['__Host-museum']}"
    crosses = {"Sec-Fetch-Site": "cross-site"}
    viewers["gone"].open("/iiif/auth/2/logout", in_window=True)
    warm(viewers["curator"])
    with reading(museum.engine) as session:
        digests = {
            i: next(d.digest for d in store.derivatives(session, (sha,))[sha] if d.name == "pyramid")
            for i in PRIVATE
            if i != MERGED_PHOTO and (sha := store.find_media(session, i).sha256)
        }
    yield Scene(
        museum=museum,
        client=client,
        strangers={
            "nobody at all": {},
            "forged cookie": {"Cookie": "__Secure-museum-images=" + "x" * 43},
            "ended access": {"Cookie": cookie["gone"]},
            "no right": {"Cookie": cookie["nobody"]},
            "foreign site": {"Cookie": cookie["curator"], "Referer": "https://evil.example/", **crosses},
            "silent site": {"Cookie": cookie["curator"], **crosses},
            "token for cookie": {"Cookie": f"__Secure-museum-images={token}", "Authorization": f"Bearer {token}"},
            "workbench cookie": {"Cookie": work},
            "says it is inside": {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
        },
        validators=({}, {"If-None-Match": ", ".join(sorted(filter(None, tags)))}, {"If-None-Match": "*"},
                    {"If-Modified-Since": last or "Sun, 06 Nov 2094 08:49:37 GMT"}, {"Range": "bytes=0-99"}),
        digests=digests,
    )  # fmt: skip
    museum.engine.dispose()


def warm(curator: Viewer) -> None:
    """Somebody with the right looks at all of them, so that every cache we have holds them."""
    shown = 0
    for media_id in PRIVATE:
        for path in PATHS:
            shown += curator.open(f"/iiif/image/3/{media_id}/{path}").status_code in (200, 301)
    assert shown >= len(PRIVATE) * 8


def spellings(scene: Scene, media_id: str) -> list[str]:
    """The identifier as it may be written, and those of other states of the same image."""
    digest = scene.digests.get(media_id, "0" * 64)
    escaped = f"%{ord(media_id[0]):02x}{media_id[1:]}"
    return [
        media_id, versioned(media_id, digest), versioned(media_id, "0" * 64), f"{media_id}~", escaped,
        media_id.upper(), f"{media_id}%00", quote(f"{media_id}/", safe=""), f" {media_id}",
    ]  # fmt: skip


def ask(scene: Scene, tally: Tally, address: str, headers: dict[str, str], *, method: str = "GET", told: bool) -> None:
    """One request of a stranger: no picture, no 304, nothing that a cache may keep for others."""
    answer = scene.client.open(address, method=method, headers=headers, base_url="https://baotang.example")
    tally.asked += 1
    tally.statuses[answer.status_code] += 1
    body = answer.get_data()
    kind = answer.headers.get("Content-Type", "")
    is_description = told and "/info.json" in address and answer.status_code == 200
    is_picture = kind.startswith("image/") or body[:3] == b"\xff\xd8\xff" or body[:4] in (b"\x89PNG", b"RIFF", b"GIF8")
    is_kept = "no-store" not in answer.headers.get("Cache-Control", "no-store") and answer.status_code < 300
    opened = answer.status_code in (200, 206, 304) and not is_description
    if is_picture or opened or "ETag" in answer.headers or "Last-Modified" in answer.headers or is_kept:
        tally.leaks.append(f"{method} {address} {sorted(headers)} → {answer.status_code} {kind}")
    answer.close()


def walk(scene: Scene, *, is_short: bool = False) -> Tally:
    """Every stranger, image, version of the API, path, validator; spellings and odd paths by nobody in particular."""
    tally = Tally()
    for media_id in PRIVATE:
        told = media_id in TOLD
        for name, sent in scene.strangers.items():
            for version in (2, 3):
                base = f"/iiif/image/{version}/{media_id}"
                for path in PATHS[2:4] if is_short else (*PATHS, *DESCRIPTIONS):
                    address = base if path is None else f"{base}/{path}"
                    for method in ("GET", "HEAD") if name in BOTH else ("GET",):
                        ask(scene, tally, address, sent, method=method, told=told)
                for validator in () if is_short else scene.validators[1:]:
                    for path in (PATHS[2], "info.json"):
                        ask(scene, tally, f"{base}/{path}", {**sent, **validator}, told=told)
            for other in () if is_short else ELSEWHERE:
                asker = {} if name == "workbench cookie" else sent
                ask(scene, tally, other.format(media_id), asker, told=told)
        for spelling in () if is_short else spellings(scene, media_id):
            for path in (*PATHS[:3], "info.json", *(ODD if spelling == media_id else ())):
                for version in (2, 3):
                    ask(scene, tally, f"/iiif/image/{version}/{spelling}/{path}", {}, told=told)
    return tally


def test_no_stranger_gets_a_private_image_by_any_way(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = walk(scene)
    print(f"{tally.asked} requests of {len(scene.strangers)} kinds of strangers, {len(tally.leaks)} leaks: "
          f"{dict(tally.statuses)}")  # fmt: skip
    assert tally.leaks == []
    assert {301, 401, 403, 404} <= set(tally.statuses)
    # The same walk with the guard off finds them: it would have seen a leak.
    monkeypatch.setattr(ImageGate, "_status", lambda *_: HTTPStatus.OK)
    unguarded = walk(scene, is_short=True)
    print(f"guard off: {len(unguarded.leaks)} leaks in {unguarded.asked} requests")
    assert all(
        any(f"/{media_id}" in leak for leak in unguarded.leaks) for media_id in PRIVATE if media_id != MERGED_PHOTO
    )
    assert len(unguarded.leaks) > unguarded.asked // 4


def test_the_curator_sees_each_of_them(scene: Scene) -> None:
    """The walk's other control: what strangers are refused is there."""
    viewer = Viewer(scene.client)
    viewer.sign_in("https://baotang.example/iiif/auth/2/access", CURATOR)
    for media_id in PRIVATE[:-1]:
        answer = viewer.open(f"/iiif/image/3/{media_id}/full/400,257/0/default.jpg")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.get_data()[:3] == b"\xff\xd8\xff"
    moved = viewer.open(f"/iiif/image/3/{MERGED_PHOTO}/full/max/0/default.jpg")
    assert (moved.status_code, moved.headers["Cache-Control"]) == (301, "private, no-store")
    assert moved.headers["Location"].endswith("/iiif/image/3/internal/full/max/0/default.jpg")


def test_unknown_and_hidden_are_not_told_apart(scene: Scene) -> None:
    """The same status, headers and words, but for the identifier that was asked for; on every path and by the probe."""
    hidden = [i for i in PRIVATE if i not in TOLD]
    asked = 0
    images = [f"/iiif/image/{version}/{{}}/{path}" for version in (2, 3) for path in (*PATHS, "info.json", "")]
    for media_id in hidden:
        pair = (media_id, "khongco000"[: len(media_id)].ljust(len(media_id), "0"))
        for path in (*images, "/iiif/auth/2/probe/{}", "/iiif/auth/2/substitute/{}.jpg"):
            seen = [scene.client.get(path.format(i), base_url="https://baotang.example") for i in pair]
            asked += 2
            bodies = [answer.get_data().replace(i.encode(), b"") for answer, i in zip(seen, pair, strict=True)]
            assert bodies[0] == bodies[1]
            assert seen[0].status_code == seen[1].status_code
            assert dict(seen[0].headers) == dict(seen[1].headers)
    print(f"{asked} requests, hidden and unknown alike")
