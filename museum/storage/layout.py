"""Where things lie in our OCFL 1.1 storage root (OCFL 1.1 §4, extension 0003-hash-and-id-n-tuple-storage-layout)."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

SPEC = "1.1"
ROOT_DECLARATION = f"0=ocfl_{SPEC}"
OBJECT_DECLARATION = f"0=ocfl_object_{SPEC}"
LAYOUT_NAME = "0003-hash-and-id-n-tuple-storage-layout"
_TUPLE_SIZE = 3
_TUPLES = 1  # 4,096 folders: under a thousand objects in each up to four million
_ENCODED = {code: f"%{code:02x}" for code in range(128) if not (chr(code).isalnum() or chr(code) in "_-")}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_MAX_NAME = 100
_TUPLE = re.compile(r"[0-9a-f]{3}")


@dataclass(frozen=True, kw_only=True)
class Places:
    """The folders masters live in, and how carefully they are written."""

    root: Path
    staging: Path  # beside the root, on the same file system: anything foreign inside makes the root invalid (E073)
    quarantine: Path
    fsync: bool = True
    verify: bool = True

    def of_object(self, object_id: str) -> Path:
        """The object root of `object_id`."""
        return Path(self.folder_of(object_id))

    def folder_of(self, object_id: str) -> str:
        """The object root as plain text, which costs a tenth."""
        return f"{self.root}/{'/'.join(object_parts(object_id))}"


@lru_cache(1024)
def object_parts(object_id: str) -> tuple[str, ...]:
    """The path of an object below the root: the first three digits of its SHA-256, then its id percent-encoded."""
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    tuples = [digest[i * _TUPLE_SIZE : (i + 1) * _TUPLE_SIZE] for i in range(_TUPLES)]
    name = object_id.translate(_ENCODED)
    if not name.isascii():
        name = _BEYOND_ASCII.sub(lambda found: "".join(f"%{byte:02x}" for byte in found.group().encode()), name)
    if len(name) > _MAX_NAME:
        name = f"{name[:_MAX_NAME]}-{digest}"
    return (*tuples, name)


def objects_below(root: Path) -> Iterator[tuple[str, str]]:
    """(object id, folder) of every object by the names of folders alone: nothing inside an object is read.

    Where an id was too long for a folder's name, the name stands for it.
    """
    with os.scandir(root) as tuples:
        above = sorted(entry.path for entry in tuples if _TUPLE.fullmatch(entry.name) and entry.is_dir())
    for folder in above:
        with os.scandir(folder) as entries:
            yield from sorted((unquote(entry.name), entry.path) for entry in entries if entry.is_dir())


def root_files() -> dict[str, bytes]:
    """The files that make a folder an OCFL storage root: relative path → content."""
    layout = {
        "extension": LAYOUT_NAME,
        "description": "Hashed n-tuples, then the percent-encoded object id (OCFL community extension 0003)",
    }
    config = {
        "extensionName": LAYOUT_NAME,
        "digestAlgorithm": "sha256",
        "tupleSize": _TUPLE_SIZE,
        "numberOfTuples": _TUPLES,
    }
    return {
        f"extensions/{LAYOUT_NAME}/config.json": json.dumps(config, indent=2).encode() + b"\n",
        "ocfl_layout.json": json.dumps(layout, indent=2).encode() + b"\n",
        ROOT_DECLARATION: f"ocfl_{SPEC}\n".encode(),
    }
