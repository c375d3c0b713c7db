"""The demonstration collection as a folder that ingest takes like any other: pictures, scans, a sound, tables, stories.

A folder is made for one state of this program: when what pictures depend on changes, it is made anew; when only words
change, its tables and stories are written again. Cut off in the middle, it goes on with the file it stood at.
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
_WORDS = ("records/", "stories/", "tables.py", "story_files.py", "plan.toml")  # no picture depends on them


def write_folder(
    folder: Path,
    *,
    profile: Profile = "full",
    with_large_scan: bool = False,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> str:
    """Make what is missing of the collection in `folder`; gives its state, as `state_of` does.

    Only tables and stories are written where a complete folder of the same digest lies. The full profile takes some
    four minutes on two cores, the small one seconds. `workers` None: one process a core.
    """
    plan = plans.load(profile, with_large_scan=with_large_scan)
    digest = digest_of(plan)
    if _said(folder / COMPLETE) != digest:
        _make(folder, plan, digest, workers=workers, on_progress=on_progress)
    tables.write_tables(folder, plan)
    story_files.write_stories(folder)
    (folder / COMPLETE).write_text(digest, encoding="ascii")
    return state_of(plan)


def _make(
    folder: Path, plan: Plan, digest: str, *, workers: int | None, on_progress: Callable[[int, int], None] | None
) -> None:
    if folder.exists() and _said(folder / MADE_FROM) != digest:
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MADE_FROM).write_text(digest, encoding="ascii")
    processes = workers or min(len(plan.objects), os.cpu_count() or 1)
    production.produce(plan, folder, workers=processes, on_progress=on_progress)


def state_of(plan: Plan) -> str:
    """What a museum has taken in: it changes with every file and every word of the collection."""
    words = hashlib.sha256(repr(tables.tables_of(plan)).encode())
    for name, story in sorted(story_files.stories().items()):
        words.update(name.encode() + story)
    return f"{digest_of(plan)} {words.hexdigest()}"


def digest_of(plan: Plan) -> str:
    """SHA-256 of the plan and of every source file that pictures, scans and sounds depend on."""
    total = hashlib.sha256(plan.digest.encode())
    for package in _PACKAGES:
        for name, source in sorted(_sources(files(package), "")):
            total.update(f"{package}/{name}\n".encode())
            total.update(source.read_bytes())
    return total.hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for item in folder.iterdir():
        name = f"{prefix}{item.name}"
        if item.is_dir() and item.name != "__pycache__" and f"{name}/" not in _WORDS:
            yield from _sources(item, f"{name}/")
        elif item.name.endswith(_SOURCES) and name not in _WORDS:
            yield name, item


def _said(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""
