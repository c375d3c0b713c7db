"""Record types: which fields a kind of record has, as data (shipped TOML, which a museum may override)."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from museum.accounts.roles import Level
from museum.errors import Invalid
from museum.text import Text

FieldKind = Literal["text", "long_text", "date", "number", "dimension", "concept"]
Obligation = Literal["required", "recommended", "optional"]
LEVELS_FILE = "levels.toml"
KINDS = ("object", "monument", "document", "intangible", "person", "place")


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """One field: its words, kind, the unit its numbers have unless they say otherwise, its column in legal forms.

    `legal_order` is the number of that column, 0 where the form has none; columns without one stand after the others.
    `level` is who may see it where a statement says nothing else, `level_while_living` who may see it of somebody who
    may be alive (dates of a person's life).
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
    level: Level = Level.PUBLIC
    level_while_living: Level = Level.PUBLIC


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
class Levels:
    """Who may see what is no field: events by kind ("other": the rest), parts of records, numbers by scheme.

    A number whose scheme is not named is public; an event or a part that is not named is internal.
    """

    procedures: Mapping[str, Level] = field(default_factory=dict)
    parts: Mapping[str, Level] = field(default_factory=dict)
    identifiers: Mapping[str, Level] = field(default_factory=dict)

    def of_procedure(self, kind: str) -> Level:
        """The level of events of a kind."""
        return self.procedures.get(kind, self.procedures.get("other", Level.INTERNAL))

    def of_part(self, name: str) -> Level:
        """The level of "people", "place_off_display" or "unknown_field"; INTERNAL where nothing is said."""
        return self.parts.get(name, Level.INTERNAL)


@dataclass(frozen=True, kw_only=True)
class RecordTypes:
    """All record types of a museum, and the levels of what is no field."""

    by_kind: Mapping[str, RecordType]
    levels: Levels = field(default_factory=Levels)

    def of(self, kind: str) -> RecordType:
        """The type of that kind; Invalid for an unknown one."""
        if kind not in self.by_kind:
            raise Invalid("catalog.record_type_broken", path=kind, reason="unknown kind")
        return self.by_kind[kind]

    def label(self, kind: str, name: str) -> Text:
        """The label of a field, its bare name where the type doesn't know it."""
        found = self.of(kind).field(name)
        return found.label if found else Text({"und": name})

    @cached_property
    def fields_by_kind(self) -> Mapping[str, Mapping[str, FieldType]]:
        """The fields of each kind by name."""
        return {kind: {f.name: f for f in found.fields} for kind, found in self.by_kind.items()}

    @cached_property
    def levels_by_field(self) -> Mapping[str, Level]:
        """The narrowest level that any kind gives a field of that name: for statements a kind's own form lacks."""
        found: dict[str, Level] = {}
        for record_type in self.by_kind.values():
            for f in record_type.fields:
                found[f.name] = max(found.get(f.name, Level.PUBLIC), f.level)
        return found

    @cached_property
    def levels_digest(self) -> str:
        """Changes whenever a level does: what was built for the public under another one must be built anew."""
        said = [
            [f"{kind}.{f.name}={f.level:d},{f.level_while_living:d}" for f in found.fields]
            for kind, found in sorted(self.by_kind.items())
        ]
        rest = [sorted((k, int(v)) for k, v in part.items()) for part in vars(self.levels).values()]
        return hashlib.sha256(repr((said, rest)).encode()).hexdigest()[:16]


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
    return RecordTypes(by_kind=types, levels=_read_levels(shipped, folder))


def _read_levels(shipped: Traversable, folder: Path | None) -> Levels:
    own = folder / LEVELS_FILE if folder is not None else None
    content, path = (shipped / LEVELS_FILE).read_text(encoding="utf-8"), LEVELS_FILE
    if own is not None and own.is_file():
        content, path = own.read_text(encoding="utf-8"), str(own)
    try:
        data: dict[str, Any] = tomllib.loads(content)
        said = {name: {k: _level(word) for k, word in part.items()} for name, part in data.items()}
        return Levels(**said)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid("catalog.record_type_broken", path=path, reason=error) from error


def _level(word: Any) -> Level:
    """The level of a word; ValueError for any other."""
    found = {level.name.lower(): level for level in Level}
    if word not in found:
        raise ValueError(f"level = {word!r}")
    return found[word]


def _read(kind: str, content: str, path: str) -> RecordType:
    try:
        data: dict[str, Any] = tomllib.loads(content)
        if data["kind"] != kind:
            raise ValueError(f"kind = {data['kind']!r}")
        return RecordType(
            kind=kind,
            label=Text(data["label"]),
            plural=Text(data["plural"]),
            fields=tuple(_field(f) for f in data["field"]),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Invalid("catalog.record_type_broken", path=path, reason=error) from error


def _field(data: Mapping[str, Any]) -> FieldType:
    levels = {name: _level(data[name]) for name in ("level", "level_while_living") if name in data}
    return FieldType(
        **{**data, **levels, "label": Text(data["label"]), "legal_column": Text(data.get("legal_column", {}))}
    )
