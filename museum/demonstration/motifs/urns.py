"""The panels of the Nine Dynastic Urns (Cửu Đỉnh) of Huế: three rows of six, one of them the urn's name."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from museum.text import Text

URNS = ("cao", "nhan", "chuong", "anh", "nghi", "thuan", "tuyen", "du", "huyen")


@dataclass(frozen=True)
class Panel:
    """One relief of an urn.

    row : 0 above to 2 below; column : 0 is the first of its row as published, in the middle row the urn's name
    key : the motif's name for `field.height_field`; of a name panel "name_<urn>", whose characters are `han`
    """

    row: int
    column: int
    key: str
    name: Text
    han: str
    category: str


@dataclass(frozen=True)
class Urn:
    """An urn's name and how sure its list of panels is ("read" or "to be checked")."""

    key: str
    name: Text
    han: str
    certainty: str


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "urns.toml").read_text(encoding="utf-8"))


def urn(key: str) -> Urn:
    """The urn `key` of URNS. Raises KeyError for another."""
    row = _table()[key]
    return Urn(key, Text.of(row["vi"], row["en"]), row["han"], row["certainty"])


def panels(urn: str) -> tuple[Panel, ...]:
    """The 18 panels of `urn` (a key of URNS), row by row. Raises KeyError for another."""
    return tuple(
        Panel(row, column, cell["key"], Text.of(cell["vi"], cell["en"]), cell["han"], cell["category"])
        for row, cells in enumerate(_table()[urn]["rows"])
        for column, cell in enumerate(cells)
    )
