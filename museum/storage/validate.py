"""Judging an OCFL object, ours or anybody's, by OCFL 1.0 and 1.1: structure, inventories, sidecars, digests."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from museum.errors import BackendError
from museum.storage.digests import named_digests
from museum.storage.inventory import NAME
from museum.storage.problems import Findings, Problem
from museum.storage.validate_inventory import (
    CONTENT_ALGORITHMS,
    VERSION_NAME,
    Judged,
    judge_inventory,
    version_number,
)

__all__ = ["Problem", "validate_object"]

_SPECS = ("1.0", "1.1")
_SIDECAR_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+inventory\.json\n?")
_SIDECARS = tuple(f"{NAME}.{algorithm}" for algorithm in CONTENT_ALGORITHMS)
_REGISTERED_EXTENSIONS = frozenset(
    {
        "0000-example-extension",
        "0001-digest-algorithms",
        "0002-flat-direct-storage-layout",
        "0003-hash-and-id-n-tuple-storage-layout",
        "0004-hashed-n-tuple-storage-layout",
        "0005-mutable-head",
        "0006-flat-omit-prefix-storage-layout",
        "0007-n-tuple-omit-prefix-storage-layout",
        "0008-schema-registry",
        "0009-digest-algorithms",
        "0010-differential-n-tuple-omit-prefix-storage-layout",
        "0011-direct-clean-path-layout",
        "initial",
    }
)


def validate_object(place: Path, *, digests: bool = True) -> list[Problem]:
    """Everything wrong with the object at `place`, warnings included.

    `digests=False` doesn't read content. Raises BackendError when the disk fails, never for a broken object.
    """
    findings = Findings()
    folders = _judge_root_folder(place, findings)
    _judge_declaration(place, findings)
    if not (place / NAME).is_file():
        findings.note("E063", f"no {NAME} in the object's folder")
        return findings
    root = _judge_inventory_file(place, "root", findings)
    declared = _declared_spec(place)
    if declared and root.spec and root.spec != declared:
        findings.note("E038", f"the inventory is of OCFL {root.spec}, the declaration of {declared}")
    for name in root.states:
        if name not in folders:
            findings.note("E010", f"version folder {name} is missing")
    for name in sorted(folders - set(root.states)):
        findings.note("E046", f"folder {name} is in no inventory")
    older = _judge_version_folders(place, root, sorted(folders & set(root.states), key=version_number), findings)
    _judge_content(place, root, older, digests, findings)
    return findings


def _judge_root_folder(place: Path, findings: Findings) -> set[str]:
    """Judge the entries of the object's folder; gives the names of its version folders."""
    versions = set()
    with os.scandir(place) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = entry.name
            if entry.is_symlink():
                findings.note("E090", f"{name} is a link")
            elif entry.is_dir():
                if VERSION_NAME.fullmatch(name):
                    versions.add(name)
                elif name == "extensions":
                    _judge_extensions(Path(entry.path), findings)
                elif name != "logs":
                    findings.note("E001", f"folder {name} doesn't belong here")
            elif name != NAME and name not in _SIDECARS and not name.startswith("0="):
                findings.note("E001", f"file {name} doesn't belong here")
    return versions


def _judge_extensions(folder: Path, findings: Findings) -> None:
    for path in sorted(folder.iterdir()):
        if not path.is_dir():
            findings.note("E067", f"file {path.name} lies in extensions")
        elif path.name not in _REGISTERED_EXTENSIONS:
            findings.note("W013", f"extension {path.name} is not registered")


def _judge_declaration(place: Path, findings: Findings) -> None:
    found = sorted(path for path in place.glob("0=*") if path.is_file())
    if len(found) != 1:
        findings.note("E003", f"{len(found)} version declarations, not one")
    for path in found:
        value = path.name.removeprefix("0=")
        if value.removeprefix("ocfl_object_") not in _SPECS:
            findings.note("E004", f"declaration {path.name} names no known OCFL version")
        elif path.read_bytes() != f"{value}\n".encode():
            findings.note("E007", f"declaration {path.name} says something else inside")


def _declared_spec(place: Path) -> str:
    specs = [path.name.removeprefix("0=ocfl_object_") for path in place.glob("0=ocfl_object_*")]
    return specs[0] if len(specs) == 1 and specs[0] in _SPECS else ""


def _judge_inventory_file(folder: Path, where: str, findings: Findings) -> Judged:
    """Judge the inventory in a folder together with its sidecar."""
    path = folder / NAME
    judged = judge_inventory(path.read_bytes(), where=where, findings=findings)
    algorithm = judged.algorithm
    if not algorithm:  # the inventory doesn't tell; take what sidecar there is
        algorithm = next((name.rpartition(".")[2] for name in _SIDECARS if (folder / name).is_file()), "")
    if not algorithm or not (folder / f"{NAME}.{algorithm}").is_file():
        findings.note("E058", f"{where}: no sidecar for the inventory's digest algorithm")
        return judged
    line = _SIDECAR_LINE.fullmatch((folder / f"{NAME}.{algorithm}").read_bytes().decode("utf-8", "replace"))
    if line is None:
        findings.note("E061", f"{where}: the sidecar isn't of the form DIGEST {NAME}")
    elif line[1].lower() != named_digests(path, [algorithm])[algorithm]:
        findings.note("E060", f"{where}: the sidecar's digest is not the inventory's")
    return judged


def _judge_version_folders(place: Path, root: Judged, names: list[str], findings: Findings) -> dict[str, Judged]:
    """Judge each version folder and its inventory; gives the older inventories by version."""
    older: dict[str, Judged] = {}
    spec_before = ""
    for name in names:
        folder = place / name
        _judge_version_entries(folder, root.content_folder, findings)
        if not (folder / NAME).is_file():
            findings.note("W010", f"{name}: no inventory of its own")
            continue
        if name == root.head:
            if (folder / NAME).read_bytes() != (place / NAME).read_bytes():
                findings.note("E064", f"the root inventory and that of {name} differ")
            if _sidecar_bytes(folder) != _sidecar_bytes(place):
                findings.note("E060", f"the root sidecar and that of {name} differ")
            judged = root
        else:
            judged = _judge_inventory_file(folder, name, findings)
            older[name] = judged
            _compare(name, judged, root, findings)
        if judged.content_folder_given != root.content_folder_given:
            findings.note("E019", f"contentDirectory is set in only one of the inventories of {name} and the root")
        if judged.spec and spec_before and judged.spec < spec_before:
            findings.note("E103", f"{name}: OCFL {judged.spec} after {spec_before}")
        spec_before = judged.spec or spec_before
    return older


def _sidecar_bytes(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in _SIDECARS if (folder / name).is_file()]


def _judge_version_entries(folder: Path, content_folder: str, findings: Findings) -> None:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            at = f"{folder.name}/{entry.name}"
            if entry.is_symlink():
                findings.note("E090", f"{at} is a link")
            elif entry.is_dir():
                if entry.name != content_folder:
                    findings.note("W002", f"folder {at} is not the content folder")
            elif entry.name != NAME and entry.name not in _SIDECARS:
                findings.note("E015", f"file {at} doesn't belong here")


def _compare(name: str, judged: Judged, root: Judged, findings: Findings) -> None:
    """Compare an older inventory with the root's: same object, same states of all versions both know."""
    if judged.head != name:
        findings.note("E040", f"{name}: its inventory has head {judged.head!r}")
    if judged.object_id != root.object_id:
        findings.note("E037", f"{name}: its inventory is of {judged.object_id!r}, the root's of {root.object_id!r}")
    if judged.content_folder != root.content_folder:
        findings.note("E020", f"{name}: its content folder is {judged.content_folder!r}, not {root.content_folder!r}")
    for version, state in judged.states.items():
        if version not in root.states:
            findings.note("E066", f"{name}: knows {version}, which the root inventory doesn't")
            continue
        if _by_content(state, judged) != _by_content(root.states[version], root):
            findings.note("E066", f"{name}: the state of {version} is not that of the root inventory")
        if judged.details.get(version) != root.details.get(version):
            findings.note("W011", f"{name}: time, message or user of {version} are not those of the root inventory")
    if set(judged.states) < {known for known in root.states if version_number(known) <= version_number(name)}:
        findings.note("E066", f"{name}: its inventory lacks an earlier version")


def _by_content(state: dict[str, str], judged: Judged) -> dict[str, frozenset[str]]:
    """Logical path → the content paths that hold it: comparable across digest algorithms."""
    paths: dict[str, set[str]] = {}
    for path, digest in judged.digests.items():
        paths.setdefault(digest, set()).add(path)
    return {logical: frozenset(paths.get(digest, ())) for logical, digest in state.items()}


def _judge_content(place: Path, root: Judged, older: dict[str, Judged], digests: bool, findings: Findings) -> None:
    """Judge the content files: all declared, all there, all as their digests say."""
    present = dict(_content_files(place, root, findings))
    for path in sorted(set(present) - set(root.digests)):
        findings.note("E023", f"{path} is in no manifest")
    for path in sorted(set(root.digests) - set(present)):
        findings.note("E092", f"{path} is in the manifest and missing")
    for algorithm, block in root.fixity.items():
        for path in sorted(set(block) - set(present)):
            findings.note("E093", f"{path} has a {algorithm} digest and is missing")
    for name, judged in older.items():
        for path in sorted(path for path in present if version_number(path.split("/")[0]) <= version_number(name)):
            if path not in judged.digests:
                findings.note("E023", f"{path} is not in the manifest of {name}")
        for path in sorted(set(judged.digests) - set(present)):
            findings.note("E092", f"{path} is in the manifest of {name} and missing")
    if digests:
        for path, file in sorted(present.items()):
            _judge_digests(path, file, root, older, findings)


def _judge_digests(path: str, file: Path, root: Judged, older: dict[str, Judged], findings: Findings) -> None:
    """Read one content file once and compare every digest that any inventory gives for it."""
    claims: list[tuple[str, str, str, str]] = []  # code, algorithm, digest, who says so
    for name, judged in (("root", root), *older.items()):
        if path in judged.digests and judged.algorithm:
            claims.append(("E092", judged.algorithm, judged.digests[path], name))
        claims += [
            ("E093", algorithm, block[path], name) for algorithm, block in judged.fixity.items() if path in block
        ]
    try:
        found = named_digests(file, {claim[1] for claim in claims})
    except BackendError as error:
        findings.note("E092", f"{path} can't be read: {error.message('en')}")
        return
    for code, algorithm, digest, name in claims:
        if found[algorithm] != digest:
            findings.note(code, f"{path}: its {algorithm} is not the one in the inventory of {name}")


def _content_files(place: Path, root: Judged, findings: Findings) -> Iterator[tuple[str, Path]]:
    """Every file below the content folders, as (content path, file)."""
    for version in root.states:
        content = place / version / root.content_folder
        if content.is_dir() and not content.is_symlink() and not any(content.iterdir()):
            findings.note("W003", f"{version}: the content folder is empty")
            continue
        for folder, folders, files in os.walk(content):
            at = Path(folder)
            base = at.relative_to(place).as_posix()
            if not folders and not files:
                findings.note("E024", f"{base} is empty")
            for name in (*folders, *files):
                if (at / name).is_symlink():
                    findings.note("E090", f"{base}/{name} is a link")
            for name in files:
                yield f"{base}/{name}", at / name
