"""Header names in any language → fields, by the data in columns.toml."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from museum.ingest import words
from museum.ingest.cells import Flaw, SheetRow, is_blank, text_of
from museum.ingest.problems import Problem
from museum.text import tidy

Role = Literal["objects", "media", "values", "links", "procedures"]
ROLES: tuple[Role, ...] = ("objects", "media", "values", "links", "procedures")
HEADER_SEARCH_ROWS = 20
LEVEL_OF = "level:"  # and a field: the column that says who may see what the row states of that field
_BRACKETS = re.compile(r"[(\[（]([^()\[\]（）]*)[)\]）]")


@dataclass(frozen=True, kw_only=True)
class ColumnType:
    """What columns.toml says of a field."""

    field: str
    kind: str
    in_language: bool = False
    required: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of one table: where it stands (from 0), its header as written, what it means."""

    index: int
    header: str
    field: str
    kind: str
    language: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Header:
    """The header of a sheet: its row, what the sheet is about, its known columns, what is wrong with it."""

    row: int
    role: Role
    columns: tuple[Column, ...]
    width: int
    problems: tuple[Problem, ...] = ()

    def has(self, field: str) -> bool:
        """True when the table has a column for the field."""
        return any(column.field == field for column in self.columns)


def find_header(rows: Sequence[SheetRow], *, file: str) -> Header | None:
    """The header among the first rows of a sheet (a title may stand above it); None when no row looks like one."""
    best: tuple[int, SheetRow, Header] | None = None
    for row in rows[:HEADER_SEARCH_ROWS]:
        for role in ROLES:
            header = _read_header(row, role)
            score = len({(c.field, c.language) for c in header.columns})
            if score >= min(2, len(row.cells)) and _has_required(header) and (best is None or score > best[0]):
                best = (score, row, header)
    if best is None:
        return None
    _, row, header = best
    return replace(header, problems=tuple(_header_problems(row, header, file=file)))


def recognise(header: str, role: Role) -> Column | None:
    """The meaning of one header name (index 0), or None."""
    name = tidy(header)
    if role == "objects" and (of := _level_of(name)) is not None:
        return Column(index=0, header=name, field=f"{LEVEL_OF}{of.field}", kind="word")
    language, unit, rest = _split_brackets(name)
    found = _match(rest, role)
    if found is None:
        found, language, unit = _match_with_suffix(rest, role, language=language, unit=unit)
    if found is None:
        return None
    if language and not found.in_language:
        return None
    return Column(index=0, header=name, field=found.field, kind=found.kind, language=language, unit=unit)


def nearest(header: str, role: Role) -> str:
    """The known column name that `header` resembles most, or ""."""
    names = {key: name for kind in _types()[role].values() for name in kind.names if (key := words.key_of(name))}
    close = difflib.get_close_matches(words.key_of(_BRACKETS.sub(" ", header)), list(names), n=1, cutoff=0.7)
    return names[close[0]] if close else ""


def column_types(role: Role) -> Mapping[str, ColumnType]:
    """Every field a table of that role may have."""
    return _types()[role]


def _has_required(header: Header) -> bool:
    if header.role == "objects":
        return any(header.has(field) for field in ("object_id", "accession_number", "title"))
    return all(header.has(kind.field) for kind in _types()[header.role].values() if kind.required)


def _read_header(row: SheetRow, role: Role) -> Header:
    columns: dict[tuple[str, str], Column] = {}
    for index, cell in enumerate(row.cells):
        found = None if is_blank(cell) or isinstance(cell, Flaw) else recognise(text_of(cell), role)
        if found is not None:
            columns.setdefault((found.field, found.language), replace(found, index=index))
    return Header(row=row.number, role=role, columns=tuple(columns.values()), width=len(row.cells))


def _header_problems(row: SheetRow, header: Header, *, file: str) -> Iterator[Problem]:
    taken = {column.index for column in header.columns}
    for index, cell in enumerate(row.cells):
        if index in taken or is_blank(cell):
            continue
        name = text_of(cell)
        found = None if isinstance(cell, Flaw) else recognise(name, header.role)
        if found is not None:
            same = (c.header for c in header.columns if (c.field, c.language) == (found.field, found.language))
            yield Problem(
                code="sheet.duplicate_column", file=file, row=row.number, column=name, values={"first": next(same)}
            )
            continue
        close = nearest(name, header.role)
        code = "sheet.unknown_column_near" if close else "sheet.unknown_column"
        yield Problem(code=code, file=file, row=row.number, column=name, values={"nearest": close}, severity="warning")


def _split_brackets(name: str) -> tuple[str, str, str]:
    language = unit = ""
    for inside in _BRACKETS.findall(name):
        language = language or words.code_of("languages", inside)
        unit = unit or words.code_of("units", inside)
    return language, unit, _BRACKETS.sub(" ", name)


def _match(name: str, role: Role) -> ColumnType | None:
    return _names(role).get(words.key_of(name))


def _level_of(name: str) -> ColumnType | None:
    """The field whose visibility a header speaks of: "Nơi xuất xứ (phạm vi xem)", "visibility: place"; else None."""
    spoken = {words.key_of(each) for each in ("visibility", *_types()["values"]["visibility"].names)}
    if any(words.key_of(inside) in spoken for inside in _BRACKETS.findall(name)):
        return _match(_BRACKETS.sub(" ", name), "objects")
    key = words.key_of(name)
    rests = [key.removeprefix(f"{each} ") for each in spoken] + [key.removesuffix(f" {each}") for each in spoken]
    return next((found for rest in rests if rest != key and (found := _match(rest, "objects"))), None)


def _match_with_suffix(name: str, role: Role, *, language: str, unit: str) -> tuple[ColumnType | None, str, str]:
    """Peel a language or a unit off the end: "title_en", "height cm", "Tên tiếng Anh"."""
    parts = words.key_of(name).split(" ")
    for cut in (1, 2):
        if len(parts) <= cut:
            continue
        head, tail = " ".join(parts[:-cut]), " ".join(parts[-cut:])
        found = _match(head, role)
        if found is None:
            continue
        if not language and (spoken := words.code_of("languages", tail)):
            return found, spoken, unit
        if not unit and (measured := words.code_of("units", tail)):
            return found, language, measured
    return None, language, unit


@cache
def _names(role: Role) -> Mapping[str, ColumnType]:
    return {words.key_of(name): kind for kind in _types()[role].values() for name in (kind.field, *kind.names)}


@cache
def _types() -> Mapping[str, Mapping[str, ColumnType]]:
    data: dict[str, Any] = tomllib.loads((files("museum.ingest") / "columns.toml").read_text(encoding="utf-8"))
    return {
        role: {
            field: ColumnType(
                field=field,
                kind=body["kind"],
                in_language=body.get("in_language", False),
                required=body.get("required", False),
                names=tuple(body["names"]),
            )
            for field, body in fields.items()
        }
        for role, fields in data.items()
    }
