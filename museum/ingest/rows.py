"""A row of an object table → a draft: values with source, dates as EDTF, dimensions with units, rights as URIs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from museum.catalog import dates
from museum.catalog.licences import licence_name, licence_uri
from museum.catalog.record import Designation, Display, Identifier, Kind, Value
from museum.catalog.vocabulary import Vocabulary
from museum.errors import MuseumError
from museum.ingest import words
from museum.ingest.cells import number_of, text_of
from museum.ingest.columns import LEVEL_OF, Column
from museum.ingest.drafts import LinkDraft, RowDraft
from museum.ingest.fields import Fields
from museum.ingest.problems import from_error

TEXT_FIELDS = (
    "title", "other_names", "object_type", "object_class", "maker", "culture", "period", "material", "technique",
    "place", "description", "inscription", "motif", "condition", "collection", "acquisition", "owner", "keeper",
    "credit_line", "source", "bibliography", "community", "visiting", "language", "coordinates", "coordinates_public",
    "stated_elsewhere", "storage_location", "valuation", "insurance", "acquisition_price", "donor", "contact",
    "internal_note",
)  # fmt: skip
CONCEPT_FIELDS = frozenset({"object_type", "object_class"})  # words of a vocabulary: their language is the vocabulary's
LENGTH_FIELDS = ("height", "width", "depth", "length", "diameter", "rim_diameter")
_OF_DATES = ("date_text", "date_from", "date_to")
DIMENSION_FIELDS = (*LENGTH_FIELDS, "weight")


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Licence of an object or a file: URI of a known statement ("" when none), its words, whom to name."""

    uri: str = ""
    licence: str = ""
    attribution: str = ""


def read_row(fields: Fields, *, vocabulary: Vocabulary) -> RowDraft | None:
    """The draft of an object row, media and procedures still missing; None when an error refuses the row."""
    object_id, accession_number = fields.identifier("object_id"), fields.identifier("accession_number")
    if not object_id and not accession_number and not fields.is_refused:
        fields.problem("sheet.no_identifier", None)
    source = fields.text("source")
    values: dict[str, tuple[Value, ...]] = {}
    for name in TEXT_FIELDS:
        if found := _texts(fields, name, source="" if name == "source" else source):
            values[name] = found
    if date := _date(fields, source=source):
        values["date"] = (date,)
    for name in DIMENSION_FIELDS:
        if dimension := _dimension(fields, name, source=source):
            values[name] = (dimension,)
    quantity = fields.number("quantity")
    if quantity is not None:
        values["quantity"] = (Value(value=int(quantity) if quantity.is_integer() else quantity, source=source),)
    _set_levels(fields, values)
    rights = read_rights(fields)
    draft = RowDraft(
        table=fields.file,
        row=fields.row.number,
        object_id=object_id,
        accession_number=accession_number,
        kind=_kind(fields, vocabulary),
        values=values,
        identifiers=_identifiers(fields, object_id, accession_number),
        designations=_designations(fields, source=source),
        links=tuple(
            LinkDraft(predicate="part_of", number=number, order=order)
            for order, number in enumerate(fields.items("part_of"))
        ),
        display=_display(fields),
        display_place=fields.by_language("display_place"),
        rights=rights.uri,
        licence=rights.licence,
        attribution=rights.attribution,
        columns=fields.columns,
        blanks=fields.blanks,
        is_sample=_answer(fields, "is_sample"),
    )
    return None if fields.is_refused else draft


def _set_levels(fields: Fields, values: dict[str, tuple[Value, ...]]) -> None:
    """Who may see what the row states of a field, where a column of its own says so (`columns.LEVEL_OF`)."""
    for name in sorted(column for column in fields.columns if column.startswith(LEVEL_OF)):
        level = fields.word(name, "levels")
        stated = name.removeprefix(LEVEL_OF)
        stated = "date" if stated in _OF_DATES else stated
        if level and stated in values:
            values[stated] = tuple(replace(value, level=level) for value in values[stated])
        elif level:
            fields.problem("sheet.level_of_nothing", fields.column(name), severity="warning")


def rights_of(licence: str, *, attribution: str = "") -> Rights:
    """Rights from a licence's name or address: "CC BY 4.0" gives its URI, words unknown to us stay words."""
    uri = licence_uri(licence)
    return Rights(uri=uri, licence=licence_name(uri) or licence, attribution=attribution)


def read_rights(fields: Fields, *, fallback: Rights | None = None) -> Rights:
    """The licence columns of a row. Where a file's row repeats the object's licence words, their URI holds too."""
    fallback = fallback or Rights()
    stated, address = fields.text("licence"), fields.text("licence_url")
    attribution = fields.text("attribution") or fallback.attribution
    if not stated and not address:
        return Rights(uri=fallback.uri, licence=fallback.licence, attribution=attribution)
    by_address, by_words = licence_uri(address), licence_uri(stated)
    if by_address and by_words and by_address != by_words:
        values = {"licence": stated, "url": address}
        fields.problem("sheet.licence_contradiction", fields.column("licence"), values=values)
    if address and not by_address:
        fields.problem(
            "sheet.licence_unknown", fields.column("licence_url"), values={"url": address}, severity="warning"
        )
    uri = by_address or by_words
    if not uri and stated == fallback.licence:
        uri = fallback.uri
    text = stated or licence_name(uri)
    if address and not by_address:
        text = f"{text} ({address})" if text else address
    return Rights(uri=uri, licence=text, attribution=attribution)


def read_date(fields: Fields, name: str, *, year_from: int | None = None, year_to: int | None = None) -> Any:
    """The DateReading of a date column, or None when it is empty or impossible (a problem is noted then)."""
    text = fields.text(name)
    if not text and year_from is None and year_to is None:
        return None
    try:
        alone = dates.parse(text)
        if year_from is None and year_to is None:
            if text and not alone.edtf:
                fields.problem("catalog.unreadable_date", fields.column(name), values={"text": text}, severity="note")
            return alone
        reading = dates.parse(text, year_from=year_from, year_to=year_to)
    except MuseumError as error:
        place = fields.column(name) or fields.column("date_from") or fields.column("date_to")
        header = place.header if place else ""
        fields.problems.append(from_error(error, file=fields.file, row=fields.row.number, column=header))
        return None
    stated, counted = dates.bounds(alone.edtf), dates.bounds(reading.edtf)
    if stated and counted and (stated[1] < counted[0] or counted[1] < stated[0]):
        values = {"text": text, "years": f"{counted[0]}–{counted[1]}"}
        fields.problem("sheet.date_contradiction", fields.column(name), values=values, severity="warning")
    return reading


def _texts(fields: Fields, name: str, *, source: str) -> tuple[Value, ...]:
    return tuple(
        Value(value=text, language="" if name in CONCEPT_FIELDS else language, source=source)
        for language, text in fields.texts(name)
    )


def _date(fields: Fields, *, source: str) -> Value | None:
    first, last = fields.year("date_from"), fields.year("date_to")
    reading = read_date(fields, "date_text", year_from=first, year_to=last)
    if reading is None:
        return None
    return Value(value=reading.edtf, as_written=reading.as_written, certainty=reading.certainty, source=source)


def _dimension(fields: Fields, name: str, *, source: str) -> Value | None:
    for column, cell in fields.cells(name):
        number = number_of(cell)
        if number is None:
            fields.problem("sheet.not_a_number", column, values={"text": text_of(cell)})
            return None
        if number.value <= 0:
            fields.problem("sheet.not_positive", column, values={"text": text_of(cell)})
            return None
        unit = _unit(fields, column, number.unit, is_weight=name == "weight")
        if not unit:
            return None
        value = int(number.value) if number.value.is_integer() else number.value
        return Value(
            value=value,
            unit=unit,
            as_written=text_of(cell),
            certainty="uncertain" if number.is_approximate else "",
            source=source,
        )
    return None


def _unit(fields: Fields, column: Column, written: str, *, is_weight: bool) -> str:
    unit = words.code_of("units", written) if written else column.unit
    if not unit:
        code = "sheet.unknown_unit" if written else "sheet.unit_missing"
        fields.problem(code, column, values={"text": written})
        return ""
    if unit not in (words.weight_units() if is_weight else words.length_units()):
        fields.problem("sheet.unknown_unit", column, values={"text": unit})
        return ""
    return unit


def _kind(fields: Fields, vocabulary: Vocabulary) -> Kind | None:
    if code := fields.word("record_kind", "kinds"):
        return cast(Kind, code)
    object_type = fields.text("object_type")
    if not object_type:
        return None
    concept = vocabulary.find("object_types", object_type)
    found = concept.kind if concept and concept.kind else words.code_of("kinds", object_type)
    return cast(Kind, found) if found in get_args(Kind) else "object"


def _identifiers(fields: Fields, object_id: str, accession_number: str) -> tuple[Identifier, ...]:
    found = [
        Identifier(scheme=scheme, value=value)
        for scheme, value in (
            ("object_id", object_id),
            ("accession_number", accession_number),
            ("catalog_number", fields.identifier("catalog_number")),
        )
        if value
    ]
    found += [
        Identifier(scheme="accession_number", value=value, former=True) for value in fields.items("former_number")
    ]
    return tuple(found)


def _designations(fields: Fields, *, source: str) -> tuple[Designation, ...]:
    names = fields.items("designation")
    if not names:
        return ()
    numbers, batches = fields.slots("decision_number"), fields.slots("batch")
    days, sources = _days(fields, "decision_date"), fields.slots("designation_source")
    found: list[Designation] = []
    for place, name in enumerate(names):
        scheme = words.code_of("designations", name)
        if not scheme:
            values = {"text": name, "known": ", ".join(words.known("designations"))}
            fields.problem("sheet.unknown_word", fields.column("designation"), values=values)
            continue
        found.append(
            Designation(
                scheme=scheme,
                decision_number=_at(numbers, place),
                date=_at(days, place),
                batch=_at(batches, place),
                source=_at(sources, place) or source,
            )
        )
    return tuple(found)


def _days(fields: Fields, name: str) -> list[str]:
    """The dates of a cell that holds one for each designation, as EDTF; "" where one is missing or wrong (told)."""
    found: list[str] = []
    for text in fields.slots(name):
        try:
            found.append(dates.parse(text).edtf)
        except MuseumError as error:
            place = fields.column(name)
            fields.problems.append(
                from_error(error, file=fields.file, row=fields.row.number, column=place.header if place else "")
            )
            found.append("")
    return found


def _at(given: Sequence[str], place: int) -> str:
    return given[place] if place < len(given) else ""


def _answer(fields: Fields, name: str) -> bool | None:
    """Yes or no; None where the cell says nothing."""
    code = fields.word(name, "answers")
    return code == "yes" if code else None


def _display(fields: Fields) -> Display | None:
    code = fields.word("display", "display")
    return cast(Display, code) if code else None
