"""Where things lie in our OCFL 1.1 storage root (OCFL 1.1 §4, extension 0003-hash-and-id-n-tuple-storage-layout)."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

SPEC = "1.1"
ROOT_DECLARATION = f"0=ocfl_{SPEC}"
OBJECT_DECLARATION = f"0=ocfl_object_{SPEC}"
LAYOUT_NAME = "0003-hash-and-id-n-tuple-storage-layout"
_TUPLE_SIZE = 2
_TUPLES = 2  # 65,536 folders: under a hundred objects in each up to six million
_PLAIN = re.compile(r"[^A-Za-z0-9_-]")
_MAX_NAME = 100


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
        return self.root.joinpath(*object_parts(object_id))


def object_parts(object_id: str) -> tuple[str, ...]:
    """The path of an object below the storage root: two tuples of its SHA-256, then its id percent-encoded."""
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    tuples = [digest[i * _TUPLE_SIZE : (i + 1) * _TUPLE_SIZE] for i in range(_TUPLES)]
    name = _PLAIN.sub(lambda found: "".join(f"%{byte:02x}" for byte in found.group().encode()), object_id)
    if len(name) > _MAX_NAME:
        name = f"{name[:_MAX_NAME]}-{digest}"
    return (*tuples, name)


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
