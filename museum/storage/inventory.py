"""The inventory of an object of ours: what each version holds and where its bytes lie (OCFL 1.1 §3.5)."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from museum.errors import BackendError
from museum.storage.layout import SPEC

NAME = "inventory.json"
SIDECAR = "inventory.json.sha512"
TYPE = f"https://ocfl.io/{SPEC}/spec/#inventory"


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of an object: its state is logical path → SHA-512."""

    state: Mapping[str, str]
    created: dt.datetime
    message: str
    user_name: str
    user_address: str = ""


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """All versions of an object, the first at index 0.

    `content` maps a SHA-512 to its one content path ("v1/content/front.jpg"), `sha256` the content path to its
    SHA-256 (the catalogue's digest of media).
    """

    object_id: str
    versions: tuple[Version, ...]
    content: Mapping[str, str]
    sha256: Mapping[str, str]

    @property
    def head(self) -> int:
        """The newest version's number; the first is 1."""
        return len(self.versions)

    @property
    def state(self) -> Mapping[str, str]:
        """Logical path → SHA-512 of the newest version."""
        return self.versions[-1].state

    def to_bytes(self) -> bytes:
        """The inventory file: sorted and indented, so that people can read and compare it."""
        fixity: dict[str, list[str]] = {}
        for path in sorted(self.sha256):
            fixity.setdefault(self.sha256[path], []).append(path)
        return orjson.dumps(
            {
                "id": self.object_id,
                "type": TYPE,
                "digestAlgorithm": "sha512",
                "head": f"v{self.head}",
                "contentDirectory": "content",
                "manifest": {digest: [path] for digest, path in self.content.items()},
                "fixity": {"sha256": fixity},
                "versions": {f"v{n}": _version_block(version) for n, version in enumerate(self.versions, 1)},
            },
            option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE,
        )


def sidecar_of(inventory: bytes) -> bytes:
    """The sidecar's content for an inventory file (OCFL 1.1 §3.6)."""
    return f"{hashlib.sha512(inventory).hexdigest()} {NAME}\n".encode()


def parse(data: bytes, *, where: object) -> Inventory:
    """Read an inventory that we wrote.

    Raises BackendError ``storage.inventory_bad`` when it isn't one; the full judgement is `validate`'s.
    """
    try:
        found: dict[str, Any] = orjson.loads(data)
        versions = [found["versions"][f"v{n}"] for n in range(1, len(found["versions"]) + 1)]
        if found["head"] != f"v{len(versions)}" or found["digestAlgorithm"] != "sha512":
            raise ValueError("head or digestAlgorithm")
        return Inventory(
            object_id=found["id"],
            versions=tuple(_parsed_version(block) for block in versions),
            content={digest: paths[0] for digest, paths in found["manifest"].items()},
            sha256={
                path: digest for digest, paths in found.get("fixity", {}).get("sha256", {}).items() for path in paths
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise BackendError("storage.inventory_bad", path=where, reason=repr(error)) from error


def _version_block(version: Version) -> dict[str, Any]:
    state: dict[str, list[str]] = {}
    for path in sorted(version.state):
        state.setdefault(version.state[path], []).append(path)
    user = {"name": version.user_name}
    if version.user_address:
        user["address"] = version.user_address
    created = f"{version.created.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {"created": created, "message": version.message, "user": user, "state": state}


def _parsed_version(block: dict[str, Any]) -> Version:
    user = block.get("user", {})
    return Version(
        state={path: digest for digest, paths in block["state"].items() for path in paths},
        created=dt.datetime.fromisoformat(block["created"]),
        message=block.get("message", ""),
        user_name=user.get("name", ""),
        user_address=user.get("address", ""),
    )
