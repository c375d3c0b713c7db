"""Rows of a `procedures` sheet → dated events of care."""

from museum.conservation.dossier import DETAILS
from museum.ingest.drafts import ProcedureDraft
from museum.ingest.fields import Fields
from museum.ingest.rows import read_date


def read_procedure(fields: Fields) -> ProcedureDraft | None:
    """The event a row speaks of, its files still as written; None when an error refuses it."""
    kind = fields.word("kind", "procedures")
    if not kind and not fields.is_refused:
        fields.problem("sheet.procedure_without_kind", fields.column("kind"))
    reading = read_date(fields, "date")
    unit = fields.word("unit", "units")
    level = fields.word("visibility", "levels")
    if fields.is_refused:
        return None
    return ProcedureDraft(
        kind=kind,
        date=(reading.edtf or reading.as_written) if reading else "",
        people=tuple(fields.items("person")),
        text=fields.by_language("text"),
        details={name: said for name in DETAILS if (said := fields.by_language(name))},
        files=tuple(fields.items("files")),
        unit=unit,
        source=fields.text("source"),
        level=level,
    )
