"""Manifests that lie in a folder: JSON files right in it, or in its folder "manifests", that say what they are."""

from pathlib import Path

from museum.ingest.manifests.document import looks_like_one
from museum.ingest.references import SourceFolder, natural_key

FOLDER = "manifests"
_SUFFIXES = (".json", ".jsonld")
_LOOKED_AT = 64 << 10  # a manifest names its context at the beginning, but nothing makes it


def manifests_in(folder: SourceFolder) -> list[Path]:
    """The files of manifests and collections in a folder, in natural order."""
    places = (folder.root, folder.root / FOLDER)
    found = [p for place in places if place.is_dir() and not place.is_symlink() for p in place.iterdir()]
    return sorted((p for p in found if is_manifest(p, folder.root)), key=lambda p: natural_key(str(p)))


def is_manifest(path: Path, root: Path) -> bool:
    """Whether a file of the folder `root` lies where manifests do, and is one."""
    if path.suffix.lower() not in _SUFFIXES or path.parent not in (root, root / FOLDER) or path.is_symlink():
        return False
    try:
        with path.open("rb") as stream:
            return looks_like_one(stream.read(_LOOKED_AT))
    except OSError:
        return False
