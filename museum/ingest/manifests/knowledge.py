"""What we know of the labels, rights and parts of manifests: manifests.toml and the labels of the record types."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from museum.catalog import record_types
from museum.ingest import words
from museum.ingest.columns import column_types
from museum.ingest.rows import DIMENSION_FIELDS, TEXT_FIELDS
from museum.text import Text

FURTHER = "stated_elsewhere"
"""The field that holds what a source states and no field of ours is for: "label: words"."""
# A manifest is public: what it says goes into no field that visitors do not see.
_HIDDEN = frozenset(
    {"coordinates", "coordinates_public", "storage_location", "valuation", "insurance", "acquisition_price", "donor",
     "contact", "internal_note", FURTHER}
)  # fmt: skip


def field_of(labels: Iterable[str]) -> str:
    """The field that a pair with these labels (one or more languages) is for, "" for none."""
    return next((name for label in labels if (name := _fields().get(words.key_of(label)))), "")


def told(name: str) -> Text:
    """The words before a statement that has no field ("Provided by")."""
    return Text.of(**_data()["told"][name])


def left(name: str) -> Text:
    """The words for a kind of thing that is not taken over."""
    return Text.of(**_data()["left"][name])


def kinds_left() -> tuple[str, ...]:
    """Every kind of thing that is not taken over, in the order of the report."""
    return tuple(_data()["left"])


def ask_first() -> frozenset[str]:
    """Rights statements that do not let a museum keep a copy without asking, by the last part of their address."""
    return frozenset(_data()["copying"]["ask_first"])


def undecided() -> frozenset[str]:
    """Rights statements that decide nothing."""
    return frozenset(_data()["copying"]["undecided"])


@cache
def _fields() -> Mapping[str, str]:
    """Folded label → field: ours before those of tables, the words of manifests.toml before both."""
    takes = {*TEXT_FIELDS, *DIMENSION_FIELDS, "date"} - _HIDDEN
    found: dict[str, str] = {}
    for name, column in column_types("objects").items():
        field = "date" if name == "date_text" else name
        if field in takes:
            found |= {words.key_of(known): field for known in column.names}
    types = record_types.load()
    for kind in reversed(record_types.KINDS):
        for field_type in types.of(kind).fields:
            if field_type.name in takes:
                found |= {words.key_of(label): field_type.name for label in field_type.label.values()}
    for name, labels in _data()["labels"].items():
        found |= {words.key_of(label): name for label in labels}
    return found


@cache
def _data() -> dict[str, dict[str, Any]]:
    text = (files("museum.ingest.manifests") / "manifests.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
