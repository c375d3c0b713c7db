"""The demonstration's exhibitions, as files that ingest reads: museum/demonstration/stories/*.toml."""

from importlib.resources import files
from pathlib import Path

FOLDER = "stories"


def write_stories(folder: Path) -> int:
    """Copy the stories into ``folder/stories``, where they differ from what lies there; how many there are.

    Cheap, and apart from the pictures: a changed word makes no picture anew.
    """
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    count = 0
    for source in (files("museum.demonstration") / FOLDER).iterdir():
        if source.name.endswith(".toml"):
            count += 1
            data, path = source.read_bytes(), target / source.name
            if not path.is_file() or path.read_bytes() != data:
                path.write_bytes(data)
    return count
