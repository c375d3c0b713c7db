"""The demonstration's exhibitions, as files that ingest reads: museum/demonstration/stories/*.toml."""

from importlib.resources import files
from pathlib import Path

FOLDER = "stories"


def stories() -> dict[str, bytes]:
    """Each story as it is, by file name: ingest leaves out the views of what a smaller profile lacks."""
    folder = files("museum.demonstration") / FOLDER
    return {item.name: item.read_bytes() for item in folder.iterdir() if item.name.endswith(".toml")}


def write_stories(folder: Path) -> int:
    """Copy the stories into ``folder/stories``, where they differ from what lies there; how many there are."""
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    found = stories()
    for name, data in found.items():
        path = target / name
        if not path.is_file() or path.read_bytes() != data:
            path.write_bytes(data)
    return len(found)
