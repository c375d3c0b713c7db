"""Rows of a `values` sheet → further statements beside those of the object table; rows of a `links` sheet → links."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from museum.catalog import dates
from museum.catalog.record import Value
from museum.errors import MuseumError
from museum.ingest import words
from museum.ingest.cells import long_text_of, number_of, text_of
from museum.ingest.columns import Column, nearest, recognise
from museum.ingest.drafts import LinkDraft
from museum.ingest.fields import Fields, language_of
from museum.ingest.problems import from_error
from museum.ingest.rows import CONCEPT_FIELDS, DIMENSION_FIELDS, TEXT_FIELDS

MEASURED_FIELDS = frozenset({*DIMENSION_FIELDS, "date", "quantity"})  # of these one statement is preferred
_RANGE = re.compile(r"([\d.,]+)\s*[-–]\s*([\d.,]+)")
_NAMED_OTHERWISE = {"date_text": "date"}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One row: the field it speaks of, what it says, and whether the curator prefers it (None: not said)."""

    field: str
    value: Value
    is_preferred: bool | None = None


def read_statement(fields: Fields) -> Statement | None:
    """The statement a row makes; None when an error refuses it."""
    named = _field(fields)
    certainty = fields.word("certainty", "certainties")
    preferred = fields.word("preferred", "answers")
    level = fields.word("visibility", "levels")
    value = _value(fields, named) if named else None
    if named is None or value is None or fields.is_refused:
        return None
    value = replace(value, source=fields.text("source"), certainty=certainty or value.certainty, level=level)
    return Statement(field=_name(named), value=value, is_preferred=preferred == "yes" if preferred else None)


def read_link(fields: Fields, *, place: int) -> LinkDraft | None:
    """The link a row states, at `place` among its like where it gives no order; None when an error refuses it."""
    predicate, number = fields.word("predicate", "predicates"), fields.identifier("target")
    order = fields.number("order")
    for name, given in (("predicate", predicate), ("target", number)):
        if not given and not fields.is_refused:
            fields.problem("sheet.cell_missing", fields.column(name))
    if fields.is_refused:
        return None
    return LinkDraft(predicate=predicate, number=number, order=place if order is None else int(order))


def joined(values: Mapping[str, tuple[Value, ...]], statements: Iterable[Statement]) -> dict[str, tuple[Value, ...]]:
    """The values of an object with further statements beside them, preferred first.

    A statement is preferred where its row says so, or where nothing else stands in its language. Of a measured field
    or a date one statement is preferred: the row's word outdoes the object table's.
    """
    found = {name: list(given) for name, given in values.items()}
    for statement in statements:
        beside = found.setdefault(statement.field, [])
        alone = all(v.language != statement.value.language for v in beside)
        is_preferred = alone if statement.is_preferred is None else statement.is_preferred
        if is_preferred and statement.field in MEASURED_FIELDS:
            beside[:] = [replace(v, preferred=False) for v in beside]
        value = replace(statement.value, preferred=is_preferred)
        if replace(value, preferred=not is_preferred) not in beside and value not in beside:
            beside.append(value)
    return {name: tuple(_ranked(given)) for name, given in found.items()}


def _ranked(given: Sequence[Value]) -> list[Value]:
    return sorted(given, key=lambda v: not v.preferred)


def _name(column: Column) -> str:
    return _NAMED_OTHERWISE.get(column.field, column.field)


def _field(fields: Fields) -> Column | None:
    """The field that a row names, as a column of the object table would be headed: "Trọng lượng (kg)"."""
    place, text = fields.column("field"), fields.text("field")
    if not text:
        if not fields.is_refused:
            fields.problem("sheet.cell_missing", place)
        return None
    found = recognise(text, "objects")
    if found is None and words.key_of(text) == "date":
        found = recognise("date text", "objects")
    if found is None or _name(found) not in {*TEXT_FIELDS, *MEASURED_FIELDS}:
        values = {"text": text, "nearest": nearest(text, "objects") or "–"}
        fields.problem("sheet.unknown_field", place, values=values)
        return None
    return found


def _value(fields: Fields, named: Column) -> Value | None:
    cells = fields.cells("value")
    if not cells:
        if not fields.is_refused:
            fields.problem("sheet.cell_missing", fields.column("value"))
        return None
    column, cell = cells[0]
    written = "\n".join(long_text_of(c) for _, c in fields.cells("as_written"))
    if named.field == "date_text":
        return _date(fields, column, text_of(cell), written)
    if named.field in MEASURED_FIELDS:
        if extent := _range(text_of(cell)):
            unit = _unit(fields, column, named, "")
            return None if unit is None else Value(value=extent, unit=unit, as_written=written or text_of(cell))
        number = number_of(cell)
        if number is None:
            fields.problem("sheet.not_a_number", column, values={"text": text_of(cell)})
            return None
        if number.value <= 0:
            fields.problem("sheet.not_positive", column, values={"text": text_of(cell)})
            return None
        unit = _unit(fields, column, named, number.unit)
        if unit is None:
            return None
        value = int(number.value) if number.value.is_integer() else number.value
        doubt = "uncertain" if number.is_approximate else ""
        return Value(value=value, unit=unit, as_written=written or text_of(cell), certainty=doubt)
    said = long_text_of(cell) if named.kind == "long_text" else text_of(cell)
    spoken = fields.word("language", "languages") or named.language or language_of(said)
    return Value(value=said, language="" if named.field in CONCEPT_FIELDS else spoken, as_written=written)


def _range(text: str) -> str:
    """ "231–250" as sources give it for a whole set, low before high; "" for anything else."""
    found = _RANGE.fullmatch(text)
    low, high = (number_of(part) for part in found.groups()) if found else (None, None)
    return f"{low.value:g}–{high.value:g}" if low and high and 0 < low.value < high.value else ""


def _date(fields: Fields, column: Column, text: str, written: str) -> Value | None:
    """A date as museums write it, or EDTF itself ("1835-12/1837"), which only a source's own words explain."""
    if dates.is_edtf(text):
        return Value(value=text, as_written=written or text)
    try:
        reading = dates.parse(text)
    except MuseumError as error:
        fields.problems.append(from_error(error, file=fields.file, row=fields.row.number, column=column.header))
        return None
    if not reading.edtf:
        fields.problem("catalog.unreadable_date", column, values={"text": text}, severity="note")
    return Value(value=reading.edtf, as_written=written or reading.as_written, certainty=reading.certainty)


def _unit(fields: Fields, column: Column, named: Column, written: str) -> str | None:
    """The unit of a number: from its cell, the unit column or the field's name; None when a measure has none."""
    stated = fields.word("unit", "units")
    unit = words.code_of("units", written) if written else stated or named.unit
    if named.field == "quantity":
        return unit
    if not unit:
        if not fields.is_refused:
            fields.problem("sheet.unknown_unit" if written else "sheet.unit_missing", column, values={"text": written})
        return None
    if unit not in (words.weight_units() if named.field == "weight" else words.length_units()):
        fields.problem("sheet.unknown_unit", fields.column("unit") or column, values={"text": unit})
        return None
    return unit
