"""Record types: which fields a kind of record has, as data (shipped TOML, which a museum may override)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from museum.errors import Invalid
from museum.text import Text

FieldKind = Literal["text", "long_text", "date", "number", "dimension", "concept"]
Obligation = Literal["required", "recommended", "optional"]
KINDS = ("object", "monument", "document", "intangible", "person", "place")


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """One field: its words, kind, the unit its numbers have unless they say otherwise, its column in legal forms.

    `legal_order` is the number of that column, 0 where the form has none; columns without one stand after the others.
    """

    name: str
    label: Text
    kind: FieldKind = "text"
    unit: str = ""
    obligation: Obligation = "optional"
    legal_column: Text = field(default_factory=Text)
    legal_order: int = 0
    vocabulary: str = ""
    facet: bool = False


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """A kind of record and its fields, in the order in which people read them."""

    kind: str
    label: Text
    plural: Text
    fields: tuple[FieldType, ...]

    def field(self, name: str) -> FieldType | None:
        """The field of that name, or None."""
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True, kw_only=True)
class RecordTypes:
    """All record types of a museum."""

    by_kind: Mapping[str, RecordType]

    def of(self, kind: str) -> RecordType:
        """The type of that kind; Invalid for an unknown one."""
        if kind not in self.by_kind:
            raise Invalid("catalog.record_type_broken", path=kind, reason="unknown kind")
        return self.by_kind[kind]

    def label(self, kind: str, name: str) -> Text:
        """The label of a field, its bare name where the type doesn't know it."""
        found = self.of(kind).field(name)
        return found.label if found else Text({"und": name})


def load(folder: Path | None = None) -> RecordTypes:
    """The shipped record types; a file of the same name in `folder` (the museum's own) takes its place.

    Raises Invalid("catalog.record_type_broken") for a file that can't be read as one.
    """
    shipped = files("museum.catalog") / "forms"
    types: dict[str, RecordType] = {}
    for kind in KINDS:
        own = folder / f"{kind}.toml" if folder is not None else None
        if own is not None and own.is_file():
            types[kind] = _read(kind, own.read_text(encoding="utf-8"), str(own))
        else:
            types[kind] = _read(kind, (shipped / f"{kind}.toml").read_text(encoding="utf-8"), f"{kind}.toml")
    return RecordTypes(by_kind=types)


def _read(kind: str, content: str, path: str) -> RecordType:
    try:
        data: dict[str, Any] = tomllib.loads(content)
        if data["kind"] != kind:
            raise ValueError(f"kind = {data['kind']!r}")
        return RecordType(
            kind=kind,
            label=Text(data["label"]),
            plural=Text(data["plural"]),
            fields=tuple(
                FieldType(**{**f, "label": Text(f["label"]), "legal_column": Text(f.get("legal_column", {}))})
                for f in data["field"]
            ),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Invalid("catalog.record_type_broken", path=path, reason=error) from error
