"""Blobs in a bucket of an S3 service; the only importer of boto3.

No checksum that a server claims to check is believed (every server tried took an object with a wrong ChecksumSHA256):
each request carries the MD5 of its bytes, a service is tried for refusing a wrong one before it gets anything, and
what lies there is asked for after writing.
"""

import base64
import datetime as dt
import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from museum.errors import BackendError, Conflict, Invalid, NotFound, SourceError
from museum.storage.blobs import BlobStat
from museum.storage.key import Key
from museum.storage.s3_errors import named, status_of
from museum.storage.s3_reads import SIGNED_FOR_S, SignedReads

_PART_BYTES = 8 * 2**20
_PARTS_OF_A_SIZE = 2000  # an upload has at most 10,000 parts: each two thousand are twice as large as those before
_SPOOL_BYTES = 16 * 2**20
_INCOMING = ".incoming"  # no key may begin with it in a folder, so none may here
_WRITER = "writer"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A bucket, and the prefix in it that is ours; without keys the usual variables and files of AWS are asked."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = field(default="", repr=False)

    @classmethod
    def of(
        cls, url: str, *, endpoint: str = "", region: str = "", access_key: str = "", secret_key: str = ""
    ) -> "Place":
        """The place that "s3://bucket/prefix" names. Raises Invalid storage.s3_bad_url."""
        parts = urlsplit(url)
        prefix = parts.path.strip("/")
        if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment:
            raise Invalid("storage.s3_bad_url", url=url)
        return cls(
            bucket=parts.netloc,
            prefix=f"{Key(prefix)}/" if prefix else "",
            endpoint=endpoint.rstrip("/"),
            region=region,
            access_key=access_key,
            secret_key=secret_key,
        )

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}" + (f" ({self.endpoint})" if self.endpoint else "")


@dataclass(frozen=True)
class _Service:
    """What a process keeps for a bucket: one client, whose connections all threads share, and its own reads."""

    client: Any
    reads: SignedReads
    is_careful: Event = field(default_factory=Event)
    """Set once the service was seen to refuse bytes with the MD5 of others."""


@lru_cache(maxsize=8)
def _service(bucket: str, endpoint: str, region: str, access_key: str, secret_key: str, process_id: int) -> _Service:
    """`process_id` is a part of the key, since a fork must not share its parent's connections."""
    del process_id
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region or ("us-east-1" if endpoint else None),
        aws_access_key_id=access_key or None,
        aws_secret_access_key=secret_key or None,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if endpoint else "auto"},
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 4},
            max_pool_connections=32,
            tcp_keepalive=True,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )

    def sign(name: str) -> str:
        values = {"Bucket": bucket, "Key": name}
        address: str = client.generate_presigned_url("get_object", Params=values, ExpiresIn=SIGNED_FOR_S)
        return address

    return _Service(client, SignedReads(sign))


class S3Blobs:
    """The blobs under a prefix of a bucket. Nothing outside of the prefix is read, written or deleted.

    Unlike in a folder, "a" and "a/b" may both be blobs. Threads may share one.
    """

    def __init__(self, place: Place, *, part_bytes: int = _PART_BYTES) -> None:
        self.place = place
        self._part_bytes = part_bytes

    def put(self, key: Key, chunks: Iterable[bytes]) -> BlobStat:
        """As Blobs.put: in one request, or in parts that appear together at the end."""
        name = self._name(key)
        self._try_carefulness()
        parts = _parts(chunks, self._part_bytes)
        first, second = next(parts, b""), next(parts, None)
        if second is None:
            tag, size = self._put_whole(name, first), len(first)
        else:
            tag, size = self._put_parts(name, chain((first, second), parts))
        return self._checked(key, tag, size)

    def put_file(self, key: Key, source: Path, *, move: bool = False) -> BlobStat:
        """As Blobs.put_file; `move` removes the file once its blob is there."""
        if not source.is_file():
            raise SourceError("storage.source_missing", path=source)
        stat = self.put(key, _chunks_of(source))
        if move:
            source.unlink()
        return stat

    def put_if_absent(self, key: Key, chunks: Iterable[bytes]) -> BlobStat | None:
        """As Blobs.put_if_absent (If-None-Match), always in one request: at most 5 GiB."""
        name, writer, digest = self._name(key), uuid.uuid4().hex, hashlib.md5(usedforsecurity=False)
        self._try_carefulness()
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as spool:
            for chunk in chunks:
                digest.update(chunk)
                spool.write(chunk)
            size = spool.tell()
            spool.seek(0)
            try:
                made = self._client.put_object(
                    Bucket=self.place.bucket,
                    Key=name,
                    Body=spool,
                    ContentMD5=base64.b64encode(digest.digest()).decode(),
                    IfNoneMatch="*",
                    Metadata={_WRITER: writer},
                )
            except (ClientError, BotoCoreError) as error:
                if status_of(error) not in (409, 412):
                    raise named(error, self.place, key) from error
                # A request sent again after a lost answer meets its own blob.
                head = self._head(key)
                if head is None or head.get("Metadata", {}).get(_WRITER) != writer:
                    return None
                return _stat(key, head)
        return self._checked(key, made["ETag"], size)

    def open_range(self, key: Key, start: int, length: int, *, tag: str = "") -> bytes:
        """As Blobs.open_range: one ranged GET."""
        if start < 0 or length < 0:
            raise Invalid("storage.bad_range", key=key, start=start, length=length)
        name = self._name(key)
        if length:
            try:
                data = self._service.reads.get(name, start, length, tag)
            except BotoCoreError as error:
                raise named(error, self.place, key) from error
            if data is not None:
                return data
        return self._open_range(key, start, length, tag)[1]

    def peek(self, key: Key, length: int) -> tuple[BlobStat, bytes]:
        """As Blobs.peek."""
        return self._open_range(key, 0, length, "")

    def stat(self, key: Key) -> BlobStat | None:
        """As Blobs.stat."""
        head = self._head(key)
        return None if head is None else _stat(key, head)

    def list(self, prefix: str = "") -> list[Key]:
        """As Blobs.list; names that are no keys of ours (a "folder/" made by hand) are passed over."""
        return list(self.sizes(prefix))

    def sizes(self, prefix: str = "") -> dict[Key, int]:
        """As Blobs.sizes: a request for each thousand."""
        folder = prefix.rpartition("/")[0]
        if folder:
            Key(folder)
        found: dict[Key, int] = {}
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=self.place.prefix + prefix):
                for item in page.get("Contents", ()):
                    with suppress(Invalid):
                        found[Key(item["Key"].removeprefix(self.place.prefix))] = int(item["Size"])
        except (ClientError, BotoCoreError) as error:
            raise named(error, self.place, prefix) from error
        return dict(sorted(found.items()))

    def delete(self, key: Key) -> None:
        """As Blobs.delete."""
        try:
            self._client.delete_object(Bucket=self.place.bucket, Key=self._name(key))
        except (ClientError, BotoCoreError) as error:
            raise named(error, self.place, key) from error

    def local_path(self, key: Key) -> Path | None:
        """As Blobs.local_path: there is none."""
        return None

    def drop_unfinished(self, *, older_than: dt.timedelta) -> int:
        """As Blobs.drop_unfinished: uploads in parts."""
        before, count = dt.datetime.now(dt.UTC) - older_than, 0
        try:
            pages = self._client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=self.place.prefix):
                for item in page.get("Uploads", ()):
                    if item["Initiated"] < before and item["Key"].startswith(self.place.prefix):
                        self._abort(item["Key"], item["UploadId"])
                        count += 1
        except (ClientError, BotoCoreError) as error:
            raise named(error, self.place, "") from error
        return count

    @property
    def _service(self) -> _Service:
        at = self.place
        try:
            return _service(at.bucket, at.endpoint, at.region, at.access_key, at.secret_key, os.getpid())
        except (BotoCoreError, ValueError) as error:  # ValueError: an endpoint that is no address
            raise named(error, at, "") from error

    @property
    def _client(self) -> Any:
        return self._service.client

    def _name(self, key: Key) -> str:
        key = Key(key)
        if key.parts[0] == _INCOMING or len((self.place.prefix + key).encode()) > 1024:
            raise Invalid("storage.bad_key", key=key)
        return self.place.prefix + key

    def _head(self, key: Key) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._client.head_object(Bucket=self.place.bucket, Key=self._name(key))
        except (ClientError, BotoCoreError) as error:
            if status_of(error) == 404:
                return None
            raise named(error, self.place, key) from error
        return found

    def _open_range(self, key: Key, start: int, length: int, tag: str) -> tuple[BlobStat, bytes]:
        held = {"IfMatch": tag} if tag else {}
        asked = f"bytes={start}-{start + length - 1}" if length else "bytes=0-0"
        try:
            answer = self._client.get_object(Bucket=self.place.bucket, Key=self._name(key), Range=asked, **held)
            data = answer["Body"].read()
        except (ClientError, BotoCoreError) as error:
            status = status_of(error)
            if status == 416:  # beyond the end, or an empty blob
                return self._found(key), b""
            if status == 412:
                raise Conflict("storage.blob_changed", key=key) from error
            raise named(error, self.place, key) from error
        if "ContentRange" not in answer:
            raise BackendError("storage.s3_no_ranges", place=self.place)
        whole = int(answer["ContentRange"].rpartition("/")[2])
        return BlobStat(key, whole, answer["LastModified"], answer["ETag"]), data[:length]

    def _try_carefulness(self) -> None:
        """Before a process first writes: a service that takes bytes with the MD5 of others would take damaged ones."""
        if self._service.is_careful.is_set():
            return
        probe = {"Bucket": self.place.bucket, "Key": f"{self.place.prefix}.probe-{uuid.uuid4().hex}"}
        try:
            self._client.put_object(**probe, Body=b"damaged", ContentMD5=_md5(b"whole"))
            self._client.delete_object(**probe)
        except (ClientError, BotoCoreError) as error:
            if status_of(error) != 400:
                raise named(error, self.place, probe["Key"]) from error
            self._service.is_careful.set()
            return
        raise BackendError("storage.s3_careless", place=self.place)

    def _put_whole(self, name: str, data: bytes) -> str:
        try:
            made = self._client.put_object(Bucket=self.place.bucket, Key=name, Body=data, ContentMD5=_md5(data))
        except (ClientError, BotoCoreError) as error:
            raise named(error, self.place, name) from error
        return str(made["ETag"])

    def _put_parts(self, name: str, parts: Iterable[bytes]) -> tuple[str, int]:
        at: dict[str, Any] = {"Bucket": self.place.bucket, "Key": name}
        upload, done, size = "", [], 0
        try:
            upload = self._client.create_multipart_upload(**at)["UploadId"]
            for number, part in enumerate(parts, start=1):
                made = self._client.upload_part(
                    **at, UploadId=upload, PartNumber=number, Body=part, ContentMD5=_md5(part)
                )
                done.append({"PartNumber": number, "ETag": made["ETag"]})
                size += len(part)
            whole = {"Parts": done}
            tag = self._client.complete_multipart_upload(**at, UploadId=upload, MultipartUpload=whole)["ETag"]
        except (ClientError, BotoCoreError) as error:
            self._abort(name, upload)
            raise named(error, self.place, name) from error
        except BaseException:
            self._abort(name, upload)
            raise
        return str(tag), size

    def _abort(self, name: str, upload: str) -> None:
        """Give the parts back; where even that fails they stay invisible until `drop_unfinished`."""
        if upload:
            with suppress(ClientError, BotoCoreError):
                self._client.abort_multipart_upload(Bucket=self.place.bucket, Key=name, UploadId=upload)

    def _found(self, key: Key) -> BlobStat:
        found = self.stat(key)
        if found is None:
            raise NotFound("storage.no_blob", key=key)
        return found

    def _checked(self, key: Key, tag: str, size: int) -> BlobStat:
        """What lies there now, which is of our size unless somebody wrote over it meanwhile."""
        found = self._found(key)
        if found.tag == tag and found.size_bytes != size:
            raise BackendError("storage.s3_damaged", place=self.place, key=key)
        return found


def _stat(key: Key, head: dict[str, Any]) -> BlobStat:
    return BlobStat(key, int(head["ContentLength"]), head["LastModified"], head["ETag"])


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _parts(chunks: Iterable[bytes], part_bytes: int) -> Iterator[bytes]:
    """The chunks put together to parts: all of full size but the last, and none for no bytes."""
    held, number = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) >= (size := part_bytes << number // _PARTS_OF_A_SIZE):
            yield bytes(held[:size])
            del held[:size]
            number += 1
    if held:
        yield bytes(held)


def _chunks_of(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(2**20):
                yield chunk
    except OSError as error:
        raise SourceError("storage.source_unreadable", path=path, reason=error.strerror or str(error)) from error
