"""The demonstration collection as a folder that ingest takes like any other: pictures, scans, a sound, tables, stories.

A folder is made for one state of this program: when the program or the plan changes, it is made anew; cut off in the
middle, it goes on with the file it stood at.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from museum.demonstration import plan as plans
from museum.demonstration import production, story_files, tables
from museum.demonstration.plan import Plan, Profile

MADE_FROM = ".made-from"  # the digest of what the folder is being made from
COMPLETE = ".complete"  # written last, with the same digest
_PACKAGES = ("museum.demonstration", "museum.geometry")
_SOURCES = (".py", ".toml", ".txt", ".json", ".csv", ".npz")


def write_folder(
    folder: Path,
    *,
    profile: Profile = "full",
    with_large_scan: bool = False,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> str:
    """Make what is missing of the collection in `folder`; gives the digest of what it was made from.

    Nothing is done where a complete folder of the same digest lies. The full profile takes some four minutes on two
    cores, the small one seconds. `workers` None: one process a core.
    """
    plan = plans.load(profile, with_large_scan=with_large_scan)
    digest = digest_of(plan)
    if _said(folder / COMPLETE) == digest:
        story_files.write_stories(folder)
        return digest
    if folder.exists() and _said(folder / MADE_FROM) != digest:
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MADE_FROM).write_text(digest, encoding="ascii")
    processes = workers or min(len(plan.objects), os.cpu_count() or 1)
    production.produce(plan, folder, workers=processes, on_progress=on_progress)
    tables.write_tables(folder, plan)
    story_files.write_stories(folder)
    _write_stories(folder / "stories")
    (folder / COMPLETE).write_text(digest, encoding="ascii")
    return digest


def _write_stories(out: Path) -> None:
    """The stories as they are: ingest leaves out the views of what a smaller profile lacks."""
    out.mkdir(exist_ok=True)
    for item in (files("museum.demonstration") / "stories").iterdir():
        if item.name.endswith(".toml"):
            (out / item.name).write_bytes(item.read_bytes())


def digest_of(plan: Plan) -> str:
    """SHA-256 of the plan and of every source file that what is made depends on."""
    total = hashlib.sha256(plan.digest.encode())
    for package in _PACKAGES:
        for name, source in sorted(_sources(files(package), "")):
            total.update(f"{package}/{name}\n".encode())
            total.update(source.read_bytes())
    return total.hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir() and item.name not in ("__pycache__", story_files.FOLDER):
            yield from _sources(item, f"{prefix}{item.name}/")
        elif item.name.endswith(_SOURCES):
            yield f"{prefix}{item.name}", item


def _said(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""
