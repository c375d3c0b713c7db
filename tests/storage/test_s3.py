"""Blobs in an S3 service: what the contract can't say for every store. Ceph's gateway is the judge."""

import base64
import datetime as dt
import hashlib
import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from museum.errors import BackendError, Invalid
from museum.storage import s3_reads
from museum.storage.derivatives import Derivatives
from museum.storage.key import Key
from museum.storage.s3 import Place, S3Blobs
from tests.ceph import Gateway
from tests.museums import free_port

pytestmark = pytest.mark.ceph
PART = 2**16


@pytest.fixture
def blobs(s3_gateway: Gateway) -> S3Blobs:
    """An empty store that writes in parts of 64 KiB."""
    return S3Blobs(s3_gateway.place(), part_bytes=PART)


def uploads(gateway: Gateway, place: Place) -> list[dict[str, Any]]:
    """The unfinished uploads under a prefix."""
    found = gateway.client.list_multipart_uploads(Bucket=place.bucket, Prefix=place.prefix)
    return list(found.get("Uploads", []))


def test_nothing_outside_of_the_prefix_is_touched(s3_gateway: Gateway, tmp_path: Path) -> None:
    inside = s3_gateway.place()
    name = inside.prefix.rstrip("/")
    strangers = [f"{name}-old/a", f"{name}a", "a", f"x/{name}/a"]
    for stranger in strangers:
        s3_gateway.client.put_object(Bucket=inside.bucket, Key=stranger, Body=b"theirs")
    shelf = Derivatives(S3Blobs(inside))
    digest = hashlib.sha256(b"x").hexdigest()
    shelf.put(digest, "poster.jpg", b"ours")
    shelf.put(digest, "pyramid/pyramid.tif", b"ours")
    assert shelf.blobs.list() == [shelf.key(digest, "poster.jpg"), shelf.key(digest, "pyramid/pyramid.tif")]
    shelf.drop(digest)
    for key in ("a", name):
        shelf.blobs.delete(Key(key))
    assert shelf.blobs.list() == []
    for escape in ("../a", f"../{name}-old/a", "/a", "."):
        with pytest.raises(Invalid):
            shelf.blobs.delete(Key(escape))
    for stranger in strangers:
        assert s3_gateway.client.get_object(Bucket=inside.bucket, Key=stranger)["Body"].read() == b"theirs"


def test_names_go_in_as_nfc(s3_gateway: Gateway, blobs: S3Blobs) -> None:
    blobs.put(Key("tượng Chăm"), [b"x"])  # typed decomposed by some keyboards
    listed = s3_gateway.client.list_objects_v2(Bucket=blobs.place.bucket, Prefix=blobs.place.prefix)["Contents"]
    assert [item["Key"] for item in listed] == [f"{blobs.place.prefix}tượng Chăm"]


@pytest.mark.parametrize("size", [1000, 3 * PART + 5])
def test_bytes_changed_on_their_way_are_refused(s3_gateway: Gateway, blobs: S3Blobs, size: int) -> None:
    def spoil(request: Any, **_: Any) -> None:  # before signing: the request is right, its bytes are others
        if request.method == "PUT":
            body = request.body if isinstance(request.body, bytes) else request.body.read()
            request.data = b"\0" + body[1:]

    data = b"x" * size
    blobs.put(Key("a"), [b"before"])
    events = blobs._client.meta.events
    events.register("before-sign.s3", spoil)
    try:
        with pytest.raises(BackendError, match=r"storage\.s3_damaged"):
            blobs.put(Key("a"), [data])
        # Control: without the MD5 the spoiled bytes are taken, though a checksum of the true ones goes with them.
        name = f"{blobs.place.prefix}control"
        true = base64.b64encode(hashlib.sha256(data).digest()).decode()
        blobs._client.put_object(Bucket=blobs.place.bucket, Key=name, Body=data, ChecksumSHA256=true)
    finally:
        events.unregister("before-sign.s3", spoil)
    assert blobs.open_range(Key("control"), 0, 1) == b"\0"
    assert blobs.open_range(Key("a"), 0, 100) == b"before"
    assert uploads(s3_gateway, blobs.place) == []


def test_service_that_checks_nothing_gets_nothing(s3_gateway: Gateway) -> None:
    place = replace(s3_gateway.place(), region="us-east-2")  # a client of its own, not tried yet
    blobs = S3Blobs(place)

    def ignore(request: Any, **_: Any) -> None:
        del request.headers["Content-MD5"]

    blobs._client.meta.events.register("before-sign.s3", ignore)
    for put in (blobs.put, blobs.put_if_absent):
        with pytest.raises(BackendError, match=r"storage\.s3_careless"):
            put(Key("a"), [b"x"])
    assert "Contents" not in s3_gateway.client.list_objects_v2(Bucket=place.bucket, Prefix=place.prefix)
    blobs._client.meta.events.unregister("before-sign.s3", ignore)
    assert blobs.put(Key("a"), [b"x"]).size_bytes == 1, "control: once it checks, it gets the blob"
    blobs._client.close()


def test_upload_that_fails_leaves_nothing(s3_gateway: Gateway, blobs: S3Blobs) -> None:
    seen: list[int] = []

    def chunks() -> Iterator[bytes]:
        for _ in range(5):
            yield b"x" * PART
        seen.append(len(uploads(s3_gateway, blobs.place)))
        raise RuntimeError("the camera was unplugged")

    with pytest.raises(RuntimeError):
        blobs.put(Key("a"), chunks())
    assert seen == [1], "control: an upload in parts was under way"
    assert (uploads(s3_gateway, blobs.place), blobs.list()) == ([], [])


def test_killed_upload_shows_nowhere_and_is_dropped(s3_gateway: Gateway, blobs: S3Blobs) -> None:
    code = f"""
import os, signal
from museum.storage.s3 import Place, S3Blobs
from museum.storage.key import Key
place = Place.of("s3://{blobs.place.bucket}/{blobs.place.prefix}", endpoint="{s3_gateway.endpoint}")
def chunks():
    yield b"x" * {3 * PART}
    os.kill(os.getpid(), signal.SIGKILL)
S3Blobs(place, part_bytes={PART}).put(Key("a"), chunks())
"""
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **s3_gateway.variables}, check=False)
    assert done.returncode == -9
    assert len(uploads(s3_gateway, blobs.place)) == 1, "control: the killed process left an upload"
    assert (blobs.list(), blobs.stat(Key("a"))) == ([], None)
    assert blobs.drop_unfinished(older_than=dt.timedelta(days=1)) == 0
    assert blobs.drop_unfinished(older_than=dt.timedelta(seconds=-60)) == 1
    assert uploads(s3_gateway, blobs.place) == []


def test_request_sent_again_after_a_lost_answer_still_wins(blobs: S3Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    client = blobs._client
    real = client.put_object

    def twice(**values: Any) -> Any:
        real(**values)
        values["Body"].seek(0)
        return real(**values)

    monkeypatch.setattr(client, "put_object", twice)
    assert blobs.put_if_absent(Key("a"), [b"mine"]) is not None
    assert blobs.put_if_absent(Key("a"), [b"other"]) is None
    assert blobs.open_range(Key("a"), 0, 10) == b"mine"


def test_connections_are_kept_and_shared(blobs: S3Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs.put(Key("a"), [bytes(range(256)) * 100])
    made: list[int] = []
    real = s3_reads.Connections._connection

    def counted(self: s3_reads.Connections) -> http.client.HTTPConnection:
        made.append(1)
        return real(self)

    monkeypatch.setattr(s3_reads.Connections, "_connection", counted)
    expected = bytes(range(256)) * 2

    def read(turn: int) -> bool:
        start = turn % 256
        return blobs.open_range(Key("a"), start, 256) == expected[start : start + 256]

    with ThreadPoolExecutor(8) as pool:
        right = list(pool.map(read, range(400)))
    print(f"{len(right)} reads on {len(made)} new connections")
    assert all(right)
    assert len(made) <= 8


def test_connection_that_the_server_closed_is_replaced(blobs: S3Blobs) -> None:
    blobs.put(Key("a"), [b"0123456789"])
    assert blobs.open_range(Key("a"), 2, 3) == b"234"
    kept = blobs._service.reads._connections
    assert kept is not None
    assert kept._idle, "control: a connection was kept"
    for connection in kept._idle:
        connection.sock.shutdown(2)
    assert blobs.open_range(Key("a"), 5, 3) == b"567"


def test_refusals_say_what_to_do(s3_gateway: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    right = s3_gateway.place()
    places = {
        "storage.s3_refused": replace(right, secret_key="wrong"),
        "storage.s3_no_bucket": replace(right, bucket="nobody-made-this"),
        "storage.s3_no_keys": replace(right, access_key="", secret_key=""),
        "storage.s3_unreachable": replace(right, endpoint=f"http://127.0.0.1:{free_port()}"),
    }
    for code, place in places.items():
        blobs = S3Blobs(place)
        for call in (
            lambda b: b.put(Key("a"), [b"x"]),
            lambda b: b.put(Key("a"), [b"x" * (9 * 2**20)]),
            lambda b: b.open_range(Key("a"), 0, 1),
            lambda b: b.list(),
            lambda b: b.put_if_absent(Key("a"), [b"x"]),
            lambda b: b.delete(Key("a")),
        ):
            with pytest.raises(BackendError) as caught:
                call(blobs)
            assert caught.value.code == code
            for language in ("vi", "en"):
                words = caught.value.message(language)
                assert str(place) in words
                assert "wrong" not in words, "no key in an error's words"
        blobs._client.close()


@pytest.mark.parametrize(
    "url", ["", "bucket/prefix", "http://bucket/x", "s3://", "s3://b/../c", "s3://k:s@b/c", "s3://b?x"]
)
def test_place_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        Place.of(url)
