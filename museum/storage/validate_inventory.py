"""Judging one inventory by itself (OCFL 1.0 and 1.1 §3.5): its keys, digests, paths and versions."""

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from museum.storage.problems import Findings

DIGEST_LENGTHS = {  # hexadecimal characters; OCFL 1.1 §2 and extension 0001
    "md5": 32,
    "sha1": 40,
    "sha256": 64,
    "sha512": 128,
    "sha512/256": 64,
    "blake2b-160": 40,
    "blake2b-256": 64,
    "blake2b-384": 96,
    "blake2b-512": 128,
}
CONTENT_ALGORITHMS = ("sha512", "sha256")
VERSION_NAME = re.compile(r"v(0*)([1-9][0-9]*)")
_TYPE = re.compile(r"https://ocfl\.io/(\d+\.\d+)/spec/#inventory")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


@dataclass
class Judged:
    """What an inventory says, as far as it could be understood; empty where it could not."""

    object_id: str = ""
    spec: str = ""
    algorithm: str = ""
    head: str = ""
    content_folder: str = "content"
    content_folder_given: bool = False
    digests: dict[str, str] = field(default_factory=dict)  # content path → digest, lower case
    fixity: dict[str, dict[str, str]] = field(default_factory=dict)  # algorithm → content path → digest, lower case
    states: dict[str, dict[str, str]] = field(default_factory=dict)  # version → logical path → digest, lower case
    details: dict[str, Any] = field(default_factory=dict)  # version → (created, message, user)

    @property
    def versions(self) -> list[str]:
        """Names of the version folders, lowest first."""
        return sorted(self.states, key=version_number)


def version_number(name: str) -> int:
    """12 of "v12" and "v0012"; 0 of anything else."""
    found = VERSION_NAME.fullmatch(name)
    return int(found[2]) if found else 0


def judge_inventory(data: bytes, *, where: str, findings: Findings) -> Judged:
    """Read and judge an inventory file; `where` begins each message."""
    judged = Judged()
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_no_twins)
    except (ValueError, RecursionError) as error:
        findings.note("E033", f"{where}: not JSON ({error})")
        return judged
    if not isinstance(found, dict):
        findings.note("E033", f"{where}: not a JSON object")
        return judged
    _judge_head_keys(found, judged, where, findings)
    manifest = _judge_manifest(found, judged, where, findings)
    used = _judge_versions(found, manifest, judged, where, findings)
    if judged.spec != "1.0":
        for digest in sorted(set(manifest) - used):
            findings.note("E107", f"{where}: manifest digest {digest[:16]}… is in no version's state")
    if "fixity" in found:
        _judge_fixity(found["fixity"], manifest, judged, where, findings)
    return judged


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _judge_head_keys(found: dict[str, Any], judged: Judged, where: str, findings: Findings) -> None:
    object_id, kind, algorithm = found.get("id"), found.get("type"), found.get("digestAlgorithm")
    if not isinstance(object_id, str) or not object_id:
        findings.note("E036" if object_id is None else "E037", f"{where}: id is missing or not a text")
    else:
        judged.object_id = object_id
        if not _URI.fullmatch(object_id):
            findings.note("W005", f"{where}: id {object_id!r} isn't a URI")
    type_found = _TYPE.fullmatch(kind) if isinstance(kind, str) else None
    if type_found is None:
        findings.note("E036" if kind is None else "E038", f"{where}: type is missing or names no OCFL inventory")
    else:
        judged.spec = type_found[1]
    if algorithm not in CONTENT_ALGORITHMS:
        findings.note("E036" if algorithm is None else "E025", f"{where}: digestAlgorithm is {algorithm!r}")
    else:
        judged.algorithm = algorithm
        if algorithm != "sha512":
            findings.note("W004", f"{where}: digestAlgorithm is {algorithm}, sha512 is advised")
    if "contentDirectory" in found:
        folder = found["contentDirectory"]
        judged.content_folder_given = True
        if not isinstance(folder, str) or not folder or "/" in folder:
            findings.note("E017", f"{where}: contentDirectory is {folder!r}")
        elif folder in (".", ".."):
            findings.note("E018", f"{where}: contentDirectory is {folder!r}")
        else:
            judged.content_folder = folder


def _judge_manifest(found: dict[str, Any], judged: Judged, where: str, findings: Findings) -> dict[str, list[str]]:
    """Manifest digests as written → content paths; also fills judged.digests."""
    manifest = found.get("manifest")
    if not isinstance(manifest, dict):
        findings.note("E041", f"{where}: manifest is missing or not an object")
        return {}
    made = _digest_block(manifest, judged.algorithm, "E096", "E092", f"{where}: manifest", findings)
    paths = [path for some in made.values() for path in some]
    _judge_paths(paths, ("E100", "E099", "E101"), f"{where}: manifest", findings)
    for digest, some in made.items():
        for path in some:
            judged.digests[path] = digest.lower()
            parts = path.split("/")
            if not (VERSION_NAME.fullmatch(parts[0]) and len(parts) > 2 and parts[1] == judged.content_folder):
                findings.note("E042", f"{where}: manifest path {path!r} is not in a version's content folder")
    return made


def _digest_block(
    block: dict[str, Any], algorithm: str, twins: str, shape: str, where: str, findings: Findings
) -> dict[str, list[str]]:
    """A block of digest → paths with what is malformed left out."""
    made: dict[str, list[str]] = {}
    seen: set[str] = set()
    length = DIGEST_LENGTHS.get(algorithm)
    for digest, paths in block.items():
        if digest.lower() in seen:
            findings.note(twins, f"{where}: digest {digest[:16]}… stands twice, in another case")
        seen.add(digest.lower())
        if length and not (len(digest) == length and re.fullmatch("[0-9a-fA-F]+", digest)):
            findings.note(shape, f"{where}: {digest[:16]!r} is no {algorithm} digest")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            findings.note(shape, f"{where}: digest {digest[:16]}… has no list of paths")
            continue
        made[digest] = paths
    return made


def _judge_paths(paths: list[str], codes: tuple[str, str, str], where: str, findings: Findings) -> None:
    """Paths without bad slashes, bad elements, repetition or conflict; codes in this order (the last for two)."""
    slash, element, unique = codes
    known = set(paths)
    if len(known) != len(paths):
        findings.note(unique, f"{where}: a path stands twice")
    for path in known:
        if path.startswith("/") or path.endswith("/"):
            findings.note(slash, f"{where}: path {path!r} begins or ends with a slash")
        if any(part in ("", ".", "..") for part in path.strip("/").split("/")):
            findings.note(element, f"{where}: path {path!r} has an empty element, . or ..")
        at = path
        while "/" in at:
            at = at.rpartition("/")[0]
            if at in known:
                findings.note(unique, f"{where}: {at!r} is a file and the folder of {path!r}")


def _judge_versions(
    found: dict[str, Any], manifest: dict[str, list[str]], judged: Judged, where: str, findings: Findings
) -> set[str]:
    """Judge head and versions; gives the manifest digests that states use."""
    used: set[str] = set()
    versions = found.get("versions")
    if not isinstance(versions, dict):
        findings.note("E043" if versions is None else "E044", f"{where}: versions is missing or not an object")
        versions = None
    elif not versions:
        findings.note("E008", f"{where}: no versions")
    names = [name for name in versions or {} if VERSION_NAME.fullmatch(name)]
    for name in versions or {}:
        if name not in names:
            findings.note("E046", f"{where}: {name!r} is no version name")
    _judge_sequence(names, where, findings)
    head = found.get("head")
    if head is None:
        findings.note("E036", f"{where}: head is missing")
    elif not isinstance(head, str) or (versions is not None and head != max(names, key=version_number, default=None)):
        findings.note("E040", f"{where}: head is {head!r}, not the highest version")
    judged.head = head if isinstance(head, str) else ""
    for name in names:
        used |= _judge_version(versions[name] if versions else None, name, manifest, judged, where, findings)
    return used


def _judge_sequence(names: list[str], where: str, findings: Findings) -> None:
    numbers = sorted(version_number(name) for name in names)
    if numbers and numbers[0] != 1:
        findings.note("E009", f"{where}: versions begin at {numbers[0]}")
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        findings.note("E010", f"{where}: versions have gaps or twins")
    padded = [name for name in names if name[1:2] == "0"]
    if padded:
        findings.note("W001", f"{where}: version names are zero-padded")
        if len(padded) != len(names):
            findings.note("E011", f"{where}: only some version names are zero-padded")
        if len({len(name) for name in names}) > 1:
            findings.note("E012", f"{where}: version names have several lengths")


def _judge_version(
    block: Any, name: str, manifest: dict[str, list[str]], judged: Judged, where: str, findings: Findings
) -> set[str]:
    at = f"{where}: {name}"
    judged.states[name] = {}
    if not isinstance(block, dict):
        findings.note("E047", f"{at} is not an object")
        return set()
    _judge_details(block, at, findings)
    judged.details[name] = (block.get("created"), block.get("message"), block.get("user"))
    state = block.get("state")
    if not isinstance(state, dict):
        findings.note("E048" if state is None else "E050", f"{at} state is missing or not an object")
        return set()
    logical: list[str] = []
    for digest, paths in state.items():
        if digest not in manifest:
            findings.note("E050", f"{at}: state digest {digest[:16]}… is not in the manifest")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            findings.note("E051", f"{at}: state digest {digest[:16]}… has no list of paths")
            continue
        logical += paths
        judged.states[name].update({path: digest.lower() for path in paths})
    _judge_paths(logical, ("E053", "E052", "E095"), f"{at} state", findings)
    return set(state)


def _judge_details(block: dict[str, Any], at: str, findings: Findings) -> None:
    created = block.get("created")
    if created is None:
        findings.note("E048", f"{at}: created is missing")
    elif not _is_time(created):
        findings.note("E049", f"{at}: created {created!r} is no RFC 3339 time")
    if "message" not in block:
        findings.note("W007", f"{at}: no message")
    elif not isinstance(block["message"], str):
        findings.note("E094", f"{at}: message is not a text")
    user = block.get("user")
    if user is None:
        findings.note("W007", f"{at}: no user")
    elif not isinstance(user, dict) or not isinstance(user.get("name"), str) or not user["name"]:
        findings.note("E054", f"{at}: user has no name")
    elif not isinstance(user.get("address"), str) or not user["address"]:
        findings.note("W008", f"{at}: user has no address")
    elif not _URI.fullmatch(user["address"]):
        findings.note("W009", f"{at}: user address is not a URI")


def _is_time(value: object) -> bool:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        dt.datetime.fromisoformat(value.upper())
    except ValueError:
        return value[17:19] == "60"  # a leap second, which RFC 3339 knows and Python doesn't
    return True


def _judge_fixity(fixity: Any, manifest: dict[str, list[str]], judged: Judged, where: str, findings: Findings) -> None:
    if not isinstance(fixity, dict):
        findings.note("E057", f"{where}: fixity is not an object")
        return
    known = {path for paths in manifest.values() for path in paths}
    for algorithm, block in fixity.items():
        at = f"{where}: fixity {algorithm}"
        if not isinstance(block, dict):
            findings.note("E057", f"{at} is not an object")
            continue
        made = _digest_block(block, algorithm, "E097", "E057", at, findings)
        _judge_paths(_flat(made.values()), ("E100", "E099", "E101"), at, findings)
        for path in _flat(made.values()):
            if path not in known:
                findings.note("E057", f"{at}: {path!r} is not in the manifest")
        if algorithm in DIGEST_LENGTHS:
            judged.fixity[algorithm] = {path: digest.lower() for digest, paths in made.items() for path in paths}


def _flat(lists: Iterable[list[str]]) -> list[str]:
    return [item for some in lists for item in some]
