"""Derivatives: whatever is made from a master by a recipe and can be made again."""

import re
from pathlib import Path

from museum.errors import Invalid, NotFound
from museum.storage.blob_folder import BlobFolder
from museum.storage.blob_stream import BlobStream
from museum.storage.blobs import Blobs
from museum.storage.key import Key

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Derivatives:
    """Derivatives by the SHA-256 of their master and a name "recipe/file" ("pyramid-256-q85/pyramid.tif")."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs

    def put(self, sha256: str, name: str, source: Path | bytes, *, move: bool = False) -> Key:
        """Store a file or bytes under `name`, replacing what was there; `move` takes a file instead of copying it."""
        key = self.key(sha256, name)
        if isinstance(source, bytes):
            self.blobs.put(key, [source])
        else:
            self.blobs.put_file(key, source, move=move)
        return key

    def key(self, sha256: str, name: str = "") -> Key:
        """The key of a derivative, or without `name` the folder of all of a master's. Raises Invalid."""
        if not _SHA256.fullmatch(sha256):
            raise Invalid("storage.bad_digest", digest=sha256)
        folder = f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
        return Key(f"{folder}/{name}" if name else folder)

    @property
    def is_local(self) -> bool:
        """Whether derivatives are files of this machine, so that `path` finds them."""
        return self.blobs.local_path(Key("a")) is not None

    def path(self, sha256: str, name: str) -> Path:
        """A local path to read the derivative (or folder of derivatives) from. Raises NotFound."""
        path = self.blobs.local_path(self.key(sha256, name))
        if path is None or not path.exists():
            raise NotFound("storage.no_derivative", sha256=sha256, name=name)
        return path

    def folder(self, sha256: str, name: str, *, seal: str) -> BlobFolder:
        """A folder of derivatives read by range; `seal` differs once they were made anew. Asks nothing yet."""
        return BlobFolder(self.blobs, self.key(sha256, name), seal)

    def stream(self, sha256: str, name: str) -> BlobStream:
        """The derivative as a file to read from, wherever it lies. Raises NotFound."""
        try:
            return BlobStream(self.blobs, self.key(sha256, name))
        except NotFound as error:
            raise NotFound("storage.no_derivative", sha256=sha256, name=name) from error

    def read(self, sha256: str, name: str) -> bytes:
        """All bytes of a derivative, which should be small. Raises NotFound."""
        with self.stream(sha256, name) as stream:
            return stream.readall()

    def has(self, sha256: str, name: str) -> bool:
        """Whether the derivative is there."""
        return self.blobs.stat(self.key(sha256, name)) is not None

    def names(self, sha256: str) -> list[str]:
        """The names of all derivatives of a master, sorted."""
        start = f"{self.key(sha256)}/"
        return [key.removeprefix(start) for key in self.blobs.list(start)]

    def sizes(self, sha256: str) -> dict[str, int]:
        """The names of all derivatives of a master and how many bytes each holds; one request of a store elsewhere."""
        start = f"{self.key(sha256)}/"
        return {key.removeprefix(start): size for key, size in self.blobs.sizes(start).items()}

    def drop(self, sha256: str) -> None:
        """Remove all derivatives of a master."""
        for key in self.blobs.list(f"{self.key(sha256)}/"):
            self.blobs.delete(key)
