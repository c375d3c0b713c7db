"""What a scan file says of itself before it is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a scan file says of itself before it is loaded.

    `vertices` and `faces` are None where the format only tells after reading (OBJ, text STL, compressed glTF);
    `references` names each part the file asks for and where it lies; `unit` and `up_axis` are what the format, or the
    file, states ("" where neither does). `missing` are pictures that a salvaged scan goes without. `low` and `high` are
    the corners of its box, where the file states one.
    """

    format: str
    vertices: int | None
    faces: int | None
    references: Mapping[str, Path] = field(default_factory=dict)
    unit: str = ""
    up_axis: str = ""
    missing: tuple[str, ...] = ()
    low: tuple[float, float, float] | None = None
    high: tuple[float, float, float] | None = None
