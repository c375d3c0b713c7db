"""What a recipe made: one derivative, still in the folder of work in progress."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Made:
    """One derivative. `files` is a single file, or with `is_folder` all files of a folder called `name`, first the one
    that tells of the others."""

    name: str
    media_type: str
    files: tuple[Path, ...]
    is_folder: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
